//! Whether everything that stored objects refer to is here.
//!
//! One table says which field of which kind leads to which kind; one statement asks it, over all rows or over those of
//! given objects. A reference is resolved when its object is stored, also as a deleted one, or when it was asked for by
//! its id and the provider does not have it. What a reference leads to is told once however many lead there.

use crate::error::StoreError;
use crate::table::{ids_json, table_of};
use coffer_domain::ids::AccountId;
use coffer_domain::record::Kind;
use rusqlite::{Connection, params};

/// A reference that leads to nothing stored.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Unresolved {
    /// The kind of an object that refers to it; there may be more of them.
    pub from_kind: Kind,
    /// Its id.
    pub from_id: String,
    /// The field.
    pub field: &'static str,
    /// The kind that the field leads to.
    pub kind: Kind,
    /// The id that stands in it.
    pub id: String,
}

/// One field that refers to objects. `f` is a row of the table.
struct Reference {
    from: Kind,
    /// The table with the field, and what else it takes to read it.
    table: &'static str,
    /// The column with the id of the object that the row belongs to.
    key: &'static str,
    field: &'static str,
    /// The id referred to.
    value: &'static str,
    to: Kind,
    /// Which rows count.
    counts: &'static str,
}

const STANDS: &str = "f.deleted = 0";
const OF_A_SUBSCRIPTION: &str = "EXISTS (SELECT 1 FROM subscription o
    WHERE o.account = f.account AND o.id = f.subscription AND o.deleted = 0)";
const OF_AN_INVOICE: &str = "EXISTS (SELECT 1 FROM invoice o
    WHERE o.account = f.account AND o.id = f.invoice AND o.deleted = 0)";

const fn field(
    from: Kind,
    table: &'static str,
    field: &'static str,
    value: &'static str,
    to: Kind,
) -> Reference {
    Reference {
        from,
        table,
        key: "id",
        field,
        value,
        to,
        counts: STANDS,
    }
}

/// Every field that is looked at.
const REFERENCES: &[Reference] = &[
    field(
        Kind::Prices,
        "price f",
        "product",
        "f.product",
        Kind::Products,
    ),
    field(
        Kind::PromotionCodes,
        "promotion_code f",
        "coupon",
        "f.coupon",
        Kind::Coupons,
    ),
    field(
        Kind::Subscriptions,
        "subscription f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::Subscriptions,
        "subscription f",
        "latest_invoice",
        "f.latest_invoice",
        Kind::Invoices,
    ),
    Reference {
        key: "subscription",
        counts: OF_A_SUBSCRIPTION,
        ..field(
            Kind::Subscriptions,
            "subscription_item f",
            "items.price",
            "f.price",
            Kind::Prices,
        )
    },
    field(
        Kind::SubscriptionSchedules,
        "subscription_schedule f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::SubscriptionSchedules,
        "subscription_schedule f",
        "subscription",
        "f.subscription",
        Kind::Subscriptions,
    ),
    field(
        Kind::InvoiceItems,
        "invoice_item f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::InvoiceItems,
        "invoice_item f",
        "subscription",
        "f.subscription",
        Kind::Subscriptions,
    ),
    field(
        Kind::InvoiceItems,
        "invoice_item f",
        "price",
        "f.price",
        Kind::Prices,
    ),
    field(
        Kind::InvoiceItems,
        "invoice_item f",
        "invoice",
        "f.invoice",
        Kind::Invoices,
    ),
    field(
        Kind::Invoices,
        "invoice f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::Invoices,
        "invoice f",
        "subscription",
        "f.subscription",
        Kind::Subscriptions,
    ),
    Reference {
        key: "invoice",
        counts: OF_AN_INVOICE,
        ..field(
            Kind::Invoices,
            "invoice_line f",
            "lines.price",
            "f.price",
            Kind::Prices,
        )
    },
    field(
        Kind::InvoicePayments,
        "invoice_payment f",
        "invoice",
        "f.invoice",
        Kind::Invoices,
    ),
    field(
        Kind::InvoicePayments,
        "invoice_payment f",
        "payment_intent",
        "f.payment_intent",
        Kind::PaymentIntents,
    ),
    field(
        Kind::InvoicePayments,
        "invoice_payment f",
        "charge",
        "f.payment",
        Kind::Charges,
    ),
    field(
        Kind::Charges,
        "payment f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::Charges,
        "payment f",
        "payment_intent",
        "f.payment_intent",
        Kind::PaymentIntents,
    ),
    field(
        Kind::Charges,
        "payment f",
        "balance_transaction",
        "f.balance_transaction",
        Kind::BalanceTransactions,
    ),
    field(
        Kind::PaymentIntents,
        "payment_intent f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::PaymentIntents,
        "payment_intent f",
        "latest_charge",
        "f.latest_payment",
        Kind::Charges,
    ),
    field(
        Kind::Refunds,
        "refund f",
        "charge",
        "f.payment",
        Kind::Charges,
    ),
    field(
        Kind::Disputes,
        "dispute f",
        "charge",
        "f.payment",
        Kind::Charges,
    ),
    // What moved a balance may be of many kinds; only these are here, and their ids say so.
    Reference {
        counts: "f.deleted = 0 AND substr(f.source, 1, 3) IN ('ch_', 'py_')",
        ..field(
            Kind::BalanceTransactions,
            "balance_transaction f",
            "source",
            "f.source",
            Kind::Charges,
        )
    },
    Reference {
        counts: "f.deleted = 0 AND substr(f.source, 1, 3) = 're_'",
        ..field(
            Kind::BalanceTransactions,
            "balance_transaction f",
            "source",
            "f.source",
            Kind::Refunds,
        )
    },
    field(
        Kind::CreditNotes,
        "credit_note f",
        "invoice",
        "f.invoice",
        Kind::Invoices,
    ),
    field(
        Kind::CreditNotes,
        "credit_note f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::CreditNotes,
        "credit_note f CROSS JOIN json_each(f.refunds) j",
        "refunds",
        "j.value",
        Kind::Refunds,
    ),
    field(
        Kind::CustomerBalanceTransactions,
        "credit_entry f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::CustomerBalanceTransactions,
        "credit_entry f",
        "invoice",
        "f.invoice",
        Kind::Invoices,
    ),
    field(
        Kind::CustomerBalanceTransactions,
        "credit_entry f",
        "credit_note",
        "f.credit_note",
        Kind::CreditNotes,
    ),
    field(
        Kind::CheckoutSessions,
        "checkout_session f",
        "customer",
        "f.customer",
        Kind::Customers,
    ),
    field(
        Kind::CheckoutSessions,
        "checkout_session f",
        "subscription",
        "f.subscription",
        Kind::Subscriptions,
    ),
    field(
        Kind::CheckoutSessions,
        "checkout_session f",
        "invoice",
        "f.invoice",
        Kind::Invoices,
    ),
    field(
        Kind::CheckoutSessions,
        "checkout_session f",
        "payment_intent",
        "f.payment_intent",
        Kind::PaymentIntents,
    ),
    field(
        Kind::CheckoutSessions,
        "checkout_session f",
        "payment_link",
        "f.payment_link",
        Kind::PaymentLinks,
    ),
];

/// At most `limit` things that are referred to and not here, each with one object that refers to it.
///
/// `touched` asks only what these objects refer to and costs as much as they are many; `None` asks of everything stored.
/// References to kinds outside of `readable` are left out.
///
/// # Errors
/// The file's.
pub fn unresolved(
    sql: &Connection,
    account: &AccountId,
    readable: &[Kind],
    touched: Option<&[(Kind, String)]>,
    limit: usize,
) -> Result<Vec<Unresolved>, StoreError> {
    let mut found = Vec::new();
    for reference in REFERENCES {
        if found.len() >= limit {
            break;
        }
        if !readable.contains(&reference.to) {
            continue;
        }
        let ids = match touched {
            None => None,
            Some(touched) => {
                let own = || {
                    let own = touched.iter().filter(|(kind, _)| *kind == reference.from);
                    own.map(|(_, id)| id)
                };
                if own().next().is_none() {
                    continue;
                }
                Some(ids_json("gone", own())?)
            }
        };
        ask(sql, account, reference, ids.as_deref(), limit, &mut found)?;
    }
    Ok(found)
}

fn ask(
    sql: &Connection,
    account: &AccountId,
    reference: &Reference,
    ids: Option<&str>,
    limit: usize,
    found: &mut Vec<Unresolved>,
) -> Result<(), StoreError> {
    let mut statement = sql.prepare_cached(&question(reference, ids.is_some()))?;
    let left = i64::try_from(limit.saturating_sub(found.len())).unwrap_or(i64::MAX);
    let arguments = params![account.as_str(), reference.to.as_str(), left, ids];
    let mut rows = statement.query(arguments)?;
    while let Some(row) = rows.next()? {
        found.push(Unresolved {
            from_kind: reference.from,
            from_id: row.get(0)?,
            field: reference.field,
            kind: reference.to,
            id: row.get(1)?,
        });
    }
    Ok(())
}

fn question(reference: &Reference, named: bool) -> String {
    let Reference {
        table,
        key,
        value,
        to,
        counts,
        ..
    } = reference;
    let (names, which) = if named {
        (
            "json_each(?4) n CROSS JOIN",
            format!("AND f.{key} = n.value"),
        )
    } else {
        ("", "AND (?4 IS NULL OR 1)".to_owned())
    };
    let target = match to {
        // Prices and coupons also have rows of what was seen inside other objects; only their own JSON is the object.
        Kind::Prices | Kind::Coupons => "raw_object t WHERE t.kind = ?2 AND".to_owned(),
        to => format!("{} t WHERE", table_of(*to)),
    };
    format!(
        "SELECT min(f.{key}), {value} FROM {names} {table}
         WHERE f.account = ?1 {which} AND {value} IS NOT NULL
           AND NOT EXISTS (SELECT 1 FROM {target} t.account = ?1 AND t.id = {value})
           AND NOT EXISTS (SELECT 1 FROM gone g WHERE g.account = ?1 AND g.kind = ?2 AND g.id = {value})
           AND {counts}
         GROUP BY {value} LIMIT ?3"
    )
}
