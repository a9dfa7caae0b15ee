//! Proof that the copy is whole, from what the provider itself says of its objects.
//!
//! Some objects tell a sum over others: a payment tells what was refunded of it, an invoice what was paid of it and what
//! its lines come to, a customer what its ledger stands at. Where the objects here do not come to what the object tells,
//! something is missing or old, and the mismatch says where to look. `reference` asks the other question: whether what
//! is referred to is here.
//!
//! Each rule is one statement with two beginnings: over all that can be wrong in an account, or over the groups that
//! given objects belong to. Both read the same rows in the same way, so that they cannot disagree. Deleted objects do
//! not count; a rule whose kinds the key may not read is left out.

mod reference;

pub use reference::{Unresolved, unresolved};

use crate::error::StoreError;
use crate::table::ids_json;
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};
use std::collections::BTreeSet;

/// What was held against what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Rule {
    /// What a payment says was refunded, against its refunds.
    Refunds,
    /// What an invoice says was paid, against what paid it.
    InvoicePayments,
    /// What an invoice comes to before discounts and tax, against its lines.
    Lines,
    /// What a customer's ledger stands at, against its entries.
    Ledger,
}

impl Rule {
    /// Every rule.
    pub const ALL: [Self; 4] = [
        Self::Refunds,
        Self::InvoicePayments,
        Self::Lines,
        Self::Ledger,
    ];

    /// The name in JSON and in the file.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Refunds => "refunds",
            Self::InvoicePayments => "invoice_payments",
            Self::Lines => "lines",
            Self::Ledger => "ledger",
        }
    }

    /// Reads the name back.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|rule| rule.as_str() == text)
    }

    const fn statement(self) -> &'static Statement {
        match self {
            Self::Refunds => &REFUNDS,
            Self::InvoicePayments => &INVOICE_PAYMENTS,
            Self::Lines => &LINES,
            Self::Ledger => &LEDGER,
        }
    }
}

/// An object that says one thing while the objects it sums up come to another.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Mismatch {
    /// What was held against what.
    pub rule: Rule,
    /// The kind of the object that tells the sum.
    pub kind: Kind,
    /// Its id.
    pub id: String,
    /// What it tells, minor units.
    pub expected: String,
    /// What the objects here come to, minor units.
    pub found: String,
}

/// One rule as SQL. `p` is the object that tells the sum, `?1` the account.
struct Statement {
    /// The object that tells the sum.
    head: Kind,
    /// The kinds that must be readable.
    needs: &'static [Kind],
    /// The table of the head.
    table: &'static str,
    /// Where to look when everything is to be proved: no head outside of it can be wrong.
    everywhere: &'static str,
    /// What the head tells.
    told: &'static str,
    /// What its parts come to.
    sum: &'static str,
    /// The sums that fit what it tells.
    fits: &'static str,
    /// How an object of another kind leads to its head: `?2` is a JSON list of ids.
    sides: &'static [(Kind, &'static str)],
}

const REFUNDS: Statement = Statement {
    head: Kind::Charges,
    needs: &[Kind::Charges, Kind::Refunds],
    table: "payment",
    everywhere: "(SELECT id FROM payment INDEXED BY payment_refunded WHERE account = ?1 AND amount_refunded <> 0
       UNION SELECT payment FROM refund WHERE account = ?1 AND payment IS NOT NULL) h
     CROSS JOIN payment p ON p.account = ?1 AND p.id = h.id",
    told: "p.amount_refunded",
    sum: "SELECT coalesce(sum(r.amount), 0) FROM refund r INDEXED BY refund_by_payment
     WHERE r.payment = p.id AND r.account = p.account AND r.deleted = 0 AND r.status NOT IN ('failed', 'canceled')",
    fits: "p.amount_refunded",
    sides: &[(
        Kind::Refunds,
        "SELECT payment FROM refund
         WHERE account = ?1 AND id IN (SELECT value FROM json_each(?2)) AND payment IS NOT NULL",
    )],
};

const INVOICE_PAYMENTS: Statement = Statement {
    head: Kind::Invoices,
    needs: &[Kind::Invoices, Kind::InvoicePayments],
    table: "invoice",
    everywhere: "invoice p",
    told: "p.amount_paid",
    sum: "SELECT coalesce(sum(x.amount_paid), 0) FROM invoice_payment x INDEXED BY invoice_payment_of_invoice
     WHERE x.account = p.account AND x.invoice = p.id AND x.deleted = 0 AND x.status = 'paid'",
    // What was paid elsewhere may or may not have a payment of its own, and what came beyond may or may not be told of.
    fits: "p.amount_paid, p.amount_paid - p.paid_elsewhere, p.amount_paid + p.amount_overpaid,
      p.amount_paid - p.paid_elsewhere + p.amount_overpaid",
    sides: &[(
        Kind::InvoicePayments,
        "SELECT invoice FROM invoice_payment WHERE account = ?1 AND id IN (SELECT value FROM json_each(?2))",
    )],
};

const LINES: Statement = Statement {
    head: Kind::Invoices,
    needs: &[Kind::Invoices],
    table: "invoice",
    everywhere: "invoice p",
    told: "p.subtotal",
    sum: "SELECT coalesce(sum(l.amount), 0) FROM invoice_line l WHERE l.account = p.account AND l.invoice = p.id",
    fits: "p.subtotal, p.subtotal + p.line_discounts",
    sides: &[],
};

const LEDGER: Statement = Statement {
    head: Kind::Customers,
    needs: &[Kind::Customers, Kind::CustomerBalanceTransactions],
    table: "customer",
    everywhere: "(SELECT id FROM customer INDEXED BY customer_with_balance WHERE account = ?1 AND balance <> 0
       UNION SELECT customer FROM credit_entry INDEXED BY credit_entry_of_customer WHERE account = ?1) h
     CROSS JOIN customer p ON p.account = ?1 AND p.id = h.id",
    told: "p.balance",
    sum: "SELECT coalesce(sum(e.amount), 0) FROM credit_entry e INDEXED BY credit_entry_of_customer
     WHERE e.account = p.account AND e.customer = p.id AND e.deleted = 0
       AND (p.currency IS NULL OR e.currency = p.currency)",
    fits: "p.balance",
    sides: &[(
        Kind::CustomerBalanceTransactions,
        "SELECT customer FROM credit_entry WHERE account = ?1 AND id IN (SELECT value FROM json_each(?2))",
    )],
};

/// Proves everything that is stored of an account; a few scans.
///
/// # Errors
/// The file's.
pub fn whole(
    sql: &Connection,
    account: &AccountId,
    readable: &[Kind],
) -> Result<Vec<Mismatch>, StoreError> {
    let mut found = Vec::new();
    for rule in provable(readable) {
        let everywhere = rule.statement().everywhere;
        check(sql, account, rule, everywhere, None, &mut found)?;
    }
    Ok(found)
}

/// Proves only what these objects tell or are summed up in; costs as much as they are many.
///
/// # Errors
/// The file's.
pub fn around(
    sql: &Connection,
    account: &AccountId,
    readable: &[Kind],
    touched: &[(Kind, String)],
) -> Result<Vec<Mismatch>, StoreError> {
    let mut found = Vec::new();
    for rule in provable(readable) {
        let heads = heads(sql, account, rule, touched)?;
        if heads.is_empty() {
            continue;
        }
        let source = format!(
            "json_each(?2) h CROSS JOIN {} p ON p.account = ?1 AND p.id = h.value",
            rule.statement().table
        );
        let heads = ids_json("mismatch", heads.iter())?;
        check(sql, account, rule, &source, Some(&heads), &mut found)?;
    }
    Ok(found)
}

fn provable(readable: &[Kind]) -> impl Iterator<Item = Rule> {
    Rule::ALL.into_iter().filter(|rule| {
        let mut needs = rule.statement().needs.iter();
        needs.all(|kind| readable.contains(kind))
    })
}

fn check(
    sql: &Connection,
    account: &AccountId,
    rule: Rule,
    source: &str,
    heads: Option<&str>,
    found: &mut Vec<Mismatch>,
) -> Result<(), StoreError> {
    let Statement {
        head,
        told,
        sum,
        fits,
        ..
    } = rule.statement();
    // The second argument stands in the statement also where nothing is named, so that both forms take the same.
    let mut statement = sql.prepare_cached(&format!(
        "SELECT p.id, {told}, ({sum}) FROM {source}
         WHERE p.account = ?1 AND p.deleted = 0 AND (?2 IS NULL OR 1) AND ({sum}) NOT IN ({fits})"
    ))?;
    let mut rows = statement.query(params![account.as_str(), heads])?;
    while let Some(row) = rows.next()? {
        found.push(Mismatch {
            rule,
            kind: *head,
            id: row.get(0)?,
            expected: row.get::<_, i64>(1)?.to_string(),
            found: row.get::<_, i64>(2)?.to_string(),
        });
    }
    Ok(())
}

/// The objects whose sums a rule would prove for what was touched.
pub(crate) fn heads(
    sql: &Connection,
    account: &AccountId,
    rule: Rule,
    touched: &[(Kind, String)],
) -> Result<BTreeSet<String>, StoreError> {
    let of = |wanted: Kind| {
        touched
            .iter()
            .filter(move |(kind, _)| *kind == wanted)
            .map(|(_, id)| id)
    };
    let mut heads: BTreeSet<String> = of(rule.statement().head).cloned().collect();
    for (kind, question) in rule.statement().sides {
        if of(*kind).next().is_none() {
            continue;
        }
        let ids = ids_json("mismatch", of(*kind))?;
        let mut statement = sql.prepare_cached(question)?;
        let rows = statement.query_map(params![account.as_str(), ids], |row| row.get(0))?;
        for head in rows {
            heads.insert(head?);
        }
    }
    Ok(heads)
}
