//! Money that moved, summed for each quarter of an hour in which it did.
//!
//! A day begins at another instant in every zone, and everywhere on a quarter of an hour: from these sums the days of any
//! zone are added up without looking at a single payment. They are kept up with the rows they are of, in the same
//! transaction: what a row came to is taken away before it is replaced, and what it comes to is added after.

use crate::error::StoreError;
use coffer_domain::currency::Currency;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};

pub(crate) const SCHEMA_3: &str = "
CREATE TABLE cash (
    account TEXT NOT NULL,
    currency TEXT NOT NULL,
    sort INTEGER NOT NULL,       -- 0 payments, 1 refunds, 2 fees, 3 disputes
    quarter INTEGER NOT NULL,    -- quarters of an hour since 1970
    amount INTEGER NOT NULL,
    count INTEGER NOT NULL,
    PRIMARY KEY (account, currency, sort, quarter)
) STRICT, WITHOUT ROWID;
INSERT INTO cash SELECT account, currency, 0, created / 900, sum(amount), count(*) FROM payment
    WHERE status = 'succeeded' AND deleted = 0 GROUP BY 1, 2, 4;
INSERT INTO cash SELECT account, currency, 1, created / 900, sum(amount), count(*) FROM refund
    WHERE status NOT IN ('failed', 'canceled') AND deleted = 0 GROUP BY 1, 2, 4;
INSERT INTO cash SELECT account, currency, 2, created / 900, sum(fee), count(*) FROM balance_transaction
    WHERE fee <> 0 AND deleted = 0 GROUP BY 1, 2, 4;
INSERT INTO cash SELECT account, currency, 3, created / 900, sum(amount), count(*) FROM dispute
    WHERE status IN ('needs_response', 'under_review', 'lost') AND deleted = 0 GROUP BY 1, 2, 4;
";

/// What kind of money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Sort {
    /// Payments that came.
    Payments,
    /// Money given back, unless that failed.
    Refunds,
    /// What the provider kept.
    Fees,
    /// Money contested and not won back.
    Disputes,
}

impl Sort {
    /// Every sort.
    pub const ALL: [Self; 4] = [Self::Payments, Self::Refunds, Self::Fees, Self::Disputes];

    const fn number(self) -> i64 {
        match self {
            Self::Payments => 0,
            Self::Refunds => 1,
            Self::Fees => 2,
            Self::Disputes => 3,
        }
    }
}

/// The statement that tells what a row comes to: currency, quarter and amount, or nothing.
const fn row_of(kind: Kind) -> Option<(Sort, &'static str)> {
    Some(match kind {
        Kind::Charges => (
            Sort::Payments,
            "SELECT currency, created / 900, amount FROM payment
             WHERE account = ?1 AND id = ?2 AND status = 'succeeded' AND deleted = 0",
        ),
        Kind::Refunds => (
            Sort::Refunds,
            "SELECT currency, created / 900, amount FROM refund
             WHERE account = ?1 AND id = ?2 AND status NOT IN ('failed', 'canceled') AND deleted = 0",
        ),
        Kind::BalanceTransactions => (
            Sort::Fees,
            "SELECT currency, created / 900, fee FROM balance_transaction
             WHERE account = ?1 AND id = ?2 AND fee <> 0 AND deleted = 0",
        ),
        Kind::Disputes => (
            Sort::Disputes,
            "SELECT currency, created / 900, amount FROM dispute
             WHERE account = ?1 AND id = ?2 AND status IN ('needs_response', 'under_review', 'lost') AND deleted = 0",
        ),
        _ => return None,
    })
}

/// Takes what an object's row comes to out of the sums; before it is replaced or deleted.
pub(crate) fn take(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    put(sql, account, kind, id, -1)
}

/// Adds what an object's row comes to; after it was written.
pub(crate) fn give(
    sql: &Connection,
    account: &str,
    kind: Kind,
    id: &str,
) -> Result<(), StoreError> {
    put(sql, account, kind, id, 1)
}

fn put(sql: &Connection, account: &str, kind: Kind, id: &str, sign: i64) -> Result<(), StoreError> {
    let Some((sort, question)) = row_of(kind) else {
        return Ok(());
    };
    let mut statement = sql.prepare_cached(question)?;
    let mut rows = statement.query([account, id])?;
    let Some(row) = rows.next()? else {
        return Ok(());
    };
    let (currency, quarter, amount): (String, i64, i64) = (row.get(0)?, row.get(1)?, row.get(2)?);
    sql.prepare_cached(
        "INSERT INTO cash (account, currency, sort, quarter, amount, count) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
         ON CONFLICT (account, currency, sort, quarter) DO UPDATE SET
           amount = amount + excluded.amount, count = count + excluded.count",
    )?
    .execute(params![
        account,
        currency,
        sort.number(),
        quarter,
        amount.saturating_mul(sign),
        sign
    ])?;
    Ok(())
}

/// One quarter of an hour of one sort.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Moved {
    /// The currency.
    pub currency: Currency,
    /// What kind of money.
    pub sort: Sort,
    /// The first second of the quarter of an hour.
    pub at: i64,
    /// Minor units.
    pub amount: i64,
}

/// Everything that moved from one instant on and before another, in seconds, of one account or of all.
///
/// # Errors
/// The file's.
pub fn between(
    sql: &Connection,
    account: Option<&str>,
    from: i64,
    before: i64,
) -> Result<Vec<Moved>, StoreError> {
    let mut statement = sql.prepare_cached(
        "SELECT currency, sort, quarter, sum(amount) FROM cash
         WHERE (?1 IS NULL OR account = ?1) AND account IN (SELECT id FROM account)
           AND quarter >= ?2 AND quarter < ?3 AND (amount <> 0)
         GROUP BY currency, sort, quarter",
    )?;
    let quarter = |second: i64| second.div_euclid(900);
    let mut rows = statement.query(params![account, quarter(from), quarter(before)])?;
    let mut found = Vec::new();
    while let Some(row) = rows.next()? {
        let number: i64 = row.get(1)?;
        let Some(sort) = Sort::ALL.into_iter().find(|it| it.number() == number) else {
            continue;
        };
        let quarter: i64 = row.get(2)?;
        found.push(Moved {
            currency: crate::table::currency(row, 0)?,
            sort,
            at: quarter.saturating_mul(900),
            amount: row.get(3)?,
        });
    }
    Ok(found)
}
