//! What somebody wrote about a customer. It is ours alone and goes to no provider; it is forgotten with the customer's data.

pub(crate) const SCHEMA_7: &str = "
CREATE TABLE note (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    customer TEXT NOT NULL,
    text TEXT NOT NULL,
    author TEXT,                 -- the operator, where there are operators
    written_at INTEGER NOT NULL,
    changed_at INTEGER           -- where it was changed since
) STRICT;
CREATE INDEX note_of_customer ON note (account, customer, written_at);
";
