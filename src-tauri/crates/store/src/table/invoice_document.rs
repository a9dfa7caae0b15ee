//! Invoices as the provider draws them, kept once they were looked at so that they are there without a network.
//!
//! A document is kept with the state of the invoice that it was drawn of: where the invoice has changed since, it is
//! fetched again when there is a network, and shown as an older one when there is none.

pub(crate) const SCHEMA_7: &str = "
CREATE TABLE invoice_document (
    account TEXT NOT NULL,
    invoice TEXT NOT NULL,
    state TEXT NOT NULL,         -- what of the invoice the drawing shows, as one text to compare
    bytes BLOB NOT NULL,
    fetched_at INTEGER NOT NULL,
    PRIMARY KEY (account, invoice)
) STRICT;
";
