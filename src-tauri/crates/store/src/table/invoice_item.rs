//! What waits for the next invoice, or went onto one as an item.

use crate::error::StoreError;
use crate::table::invoice::{line_from_row, origin_number};
use crate::table::{instant, seconds};
use coffer_domain::ids::{
    CustomerId, InvoiceId, InvoiceItemId, PriceId, SubscriptionId, SubscriptionItemId,
};
use coffer_domain::record::InvoiceItem;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_1: &str = "
CREATE TABLE invoice_item (
    account TEXT NOT NULL,
    id TEXT NOT NULL,
    customer TEXT NOT NULL,
    created INTEGER NOT NULL,
    invoice TEXT,
    amount INTEGER NOT NULL,
    currency TEXT NOT NULL,
    description TEXT,
    subscription TEXT,
    item TEXT,
    price TEXT,
    quantity INTEGER,
    period_start INTEGER NOT NULL,
    period_end INTEGER NOT NULL,
    origin INTEGER NOT NULL,
    tax_inclusive_base INTEGER NOT NULL,
    tax_inclusive INTEGER NOT NULL,
    deleted INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (account, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX invoice_item_by_customer ON invoice_item (customer, created);
";

pub(crate) const SCHEMA_2: &str = "
CREATE INDEX invoice_item_unsettled ON invoice_item (account, id) WHERE deleted = 0 AND invoice IS NULL;
";

pub(crate) fn put(sql: &Connection, account: &str, it: &InvoiceItem) -> Result<(), StoreError> {
    let line = &it.line;
    sql.prepare_cached(
        "INSERT OR REPLACE INTO invoice_item (account, id, customer, created, invoice, amount, currency, description,
           subscription, item, price, quantity, period_start, period_end, origin, tax_inclusive_base, tax_inclusive)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17)",
    )?
    .execute(params![
        account,
        it.id.as_str(),
        it.customer.as_str(),
        seconds(it.created),
        it.invoice.as_ref().map(InvoiceId::as_str),
        line.amount,
        line.currency.code(),
        line.description,
        line.subscription.as_ref().map(SubscriptionId::as_str),
        line.item.as_ref().map(SubscriptionItemId::as_str),
        line.price.as_ref().map(PriceId::as_str),
        line.quantity,
        seconds(line.period_start),
        seconds(line.period_end),
        origin_number(line.origin),
        line.tax_inclusive_base,
        line.tax_inclusive,
    ])?;
    Ok(())
}

/// The invoice items of a customer in the order they were made.
pub(crate) fn of_customer(
    sql: &Connection,
    account: &str,
    customer: &CustomerId,
) -> Result<Vec<InvoiceItem>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT id, amount, currency, description, subscription, item, id, price, quantity, period_start, period_end,
           origin, tax_inclusive_base, tax_inclusive, customer, created, invoice
         FROM invoice_item INDEXED BY invoice_item_by_customer
         WHERE account = ?1 AND customer = ?2 AND deleted = 0 ORDER BY created, id",
    )?;
    let rows = statement.query_map(params![account, customer.as_str()], |row| {
        Ok(InvoiceItem {
            id: InvoiceItemId::new(row.get::<_, String>(0)?),
            customer: CustomerId::new(row.get::<_, String>(14)?),
            created: instant(row, 15)?,
            invoice: row.get::<_, Option<String>>(16)?.map(InvoiceId::new),
            line: line_from_row(row)?,
        })
    })?;
    Ok(rows.collect::<Result<_, _>>()?)
}
