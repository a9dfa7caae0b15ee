//! What happened on a day, as somebody wrote it beside the figures: a price that went up, a launch, an outage.

pub(crate) const SCHEMA_7: &str = "
CREATE TABLE annotation (
    id INTEGER PRIMARY KEY,
    day TEXT NOT NULL,           -- YYYY-MM-DD, in whatever zone the figures are told
    text TEXT NOT NULL,
    written_at INTEGER NOT NULL
) STRICT;
CREATE INDEX annotation_by_day ON annotation (day);
";
