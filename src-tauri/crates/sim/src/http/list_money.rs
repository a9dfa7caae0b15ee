//! Lists of invoices and of what was paid, refunded and disputed.

use serde_json::Value;

use super::error::Refusal;
use super::list::{known, over, shown};
use super::page::Listing;
use super::query::Query;
use crate::ids::{Sort, unnested};
use crate::record::{
    BalanceTransaction, Charge, CreditNote, Dispute, Intent, Invoice, InvoiceItem, InvoicePayment,
    Refund,
};
use crate::wire::balance::balance_kind;
use crate::world::World;

pub(super) fn invoices<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &[
            "created",
            "customer",
            "customer_account",
            "collection_method",
            "due_date",
            "status",
            "subscription",
        ],
    )?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let subscription = query.record(world, Sort::Subscription, "subscription")?;
    let (status, method) = (query.get("status"), query.get("collection_method"));
    let (due, any_due) = (
        query.range("due_date")?,
        query.range("due_date")? == super::query::Range::ALL,
    );
    let shown = shown(world, query, &["customer", "subscription"]);
    let keep = move |record: &Invoice| {
        shown(record.customer)
            && customer.is_none_or(|customer| record.customer == customer)
            && subscription.is_none_or(|subscription| record.subscription == Some(subscription))
            && status.is_none_or(|status| record.status.wire() == status)
            && method.is_none_or(|method| (method == "send_invoice") == record.send_invoice)
            && (any_due || record.due_date.is_some_and(|at| due.contains(at)))
    };
    over(
        world,
        query,
        ("invoice", Sort::Invoice),
        &world.invoices,
        |record| record.created,
        Box::new(keep),
        World::invoice_json,
    )
}

pub(super) fn invoice_items<'a>(
    world: &'a World,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &[
            "created",
            "customer",
            "customer_account",
            "invoice",
            "pending",
        ],
    )?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let invoice = query.record(world, Sort::Invoice, "invoice")?;
    let pending = query.flag("pending")?;
    let shown = shown(world, query, &["customer", "invoice"]);
    let keep = move |record: &InvoiceItem| {
        shown(record.customer)
            && customer.is_none_or(|customer| record.customer == customer)
            && invoice.is_none_or(|invoice| record.invoice == Some(invoice))
            && pending.is_none_or(|pending| record.invoice.is_none() == pending)
    };
    let kind = ("invoiceitem", Sort::InvoiceItem);
    over(
        world,
        query,
        kind,
        &world.invoice_items,
        |record| record.created,
        Box::new(keep),
        World::invoice_item_json,
    )
}

pub(super) fn invoice_payments<'a>(
    world: &'a World,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "invoice", "payment", "status"])?;
    let invoice = query.record(world, Sort::Invoice, "invoice")?;
    let intent = query.record(world, Sort::PaymentIntent, "payment[payment_intent]")?;
    // Payments are always by intent here, so asking for those by charge finds none.
    let other = query
        .get("payment[type]")
        .is_some_and(|kind| kind != "payment_intent")
        || query.get("payment[charge]").is_some();
    let status = query.get("status");
    let keep = move |record: &InvoicePayment| {
        let is = match (record.paid_at, record.canceled_at) {
            (Some(_), _) => "paid",
            (None, Some(_)) => "canceled",
            (None, None) => "open",
        };
        !other
            && invoice.is_none_or(|invoice| record.invoice == invoice)
            && intent.is_none_or(|intent| record.intent == intent)
            && status.is_none_or(|status| status == is)
    };
    let kind = ("invoice_payment", Sort::InvoicePayment);
    over(
        world,
        query,
        kind,
        &world.payments,
        |record| record.created,
        Box::new(keep),
        World::invoice_payment_json,
    )
}

pub(super) fn charges<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &["created", "customer", "payment_intent", "transfer_group"],
    )?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let intent = query.record(world, Sort::PaymentIntent, "payment_intent")?;
    let grouped = query.get("transfer_group").is_some();
    let keep = move |record: &Charge| {
        !grouped
            && customer.is_none_or(|customer| record.customer == customer)
            && intent.is_none_or(|intent| record.intent == intent)
    };
    over(
        world,
        query,
        ("charge", Sort::Charge),
        &world.charges,
        |record| record.created,
        Box::new(keep),
        World::charge_json,
    )
}

pub(super) fn payment_intents<'a>(
    world: &'a World,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "customer", "customer_account"])?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let keep = move |record: &Intent| customer.is_none_or(|customer| record.customer == customer);
    let kind = ("payment_intent", Sort::PaymentIntent);
    over(
        world,
        query,
        kind,
        &world.intents,
        |record| record.created,
        Box::new(keep),
        World::intent_json,
    )
}

pub(super) fn refunds<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "charge", "payment_intent"])?;
    let charge = query.record(world, Sort::Charge, "charge")?;
    let intent = query.record(world, Sort::PaymentIntent, "payment_intent")?;
    let keep = move |record: &Refund| {
        charge.is_none_or(|charge| record.charge == charge)
            && intent.is_none_or(|intent| world.charges[record.charge].intent == intent)
    };
    over(
        world,
        query,
        ("refund", Sort::Refund),
        &world.refunds,
        |record| record.created,
        Box::new(keep),
        World::refund_json,
    )
}

pub(super) fn disputes<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "charge", "payment_intent"])?;
    let charge = query.record(world, Sort::Charge, "charge")?;
    let intent = query.record(world, Sort::PaymentIntent, "payment_intent")?;
    let keep = move |record: &Dispute| {
        charge.is_none_or(|charge| record.charge == charge)
            && intent.is_none_or(|intent| world.charges[record.charge].intent == intent)
    };
    over(
        world,
        query,
        ("dispute", Sort::Dispute),
        &world.disputes,
        |record| record.created,
        Box::new(keep),
        World::dispute_json,
    )
}

pub(super) fn balance_transactions<'a>(
    world: &'a World,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "currency", "payout", "source", "type"])?;
    let (currency, source, kind) = (
        query.get("currency"),
        query.get("source"),
        query.get("type"),
    );
    let paid_out = query.get("payout").is_some();
    let keep = move |record: &BalanceTransaction| {
        !paid_out
            && currency.is_none_or(|currency| record.currency.wire() == currency)
            && source.is_none_or(|source| world.balance_source(record) == source)
            && kind.is_none_or(|kind| balance_kind(record.moved).0 == kind)
    };
    let listed = ("balance_transaction", Sort::BalanceTransaction);
    over(
        world,
        query,
        listed,
        &world.balance,
        |record| record.created,
        Box::new(keep),
        World::balance_transaction_json,
    )
}

pub(super) fn credit_notes<'a>(world: &'a World, query: &'a Query) -> Result<Listing<'a>, Refusal> {
    known(
        query,
        &["created", "customer", "customer_account", "invoice"],
    )?;
    let customer = query.record(world, Sort::Customer, "customer")?;
    let invoice = query.record(world, Sort::Invoice, "invoice")?;
    let keep = move |record: &CreditNote| {
        customer.is_none_or(|customer| record.customer == customer)
            && invoice.is_none_or(|invoice| record.invoice == invoice)
    };
    over(
        world,
        query,
        ("credit_note", Sort::CreditNote),
        &world.credit_notes,
        |record| record.created,
        Box::new(keep),
        World::credit_note_json,
    )
}

/// The lines of one credit note, in its own order.
pub(crate) fn credit_note_lines<'a>(
    world: &'a World,
    note: u32,
    query: &Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &[])?;
    let record = &world.credit_notes[note];
    Ok(Listing {
        kind: "credit_note_line_item",
        len: record.lines.len() as u32,
        position: Box::new(move |id| {
            let (sort, n) = world.ids.decode(id)?;
            let (outer, inner) = unnested(n);
            (sort == Sort::CreditNoteLine && outer == record.ix).then_some(u32::from(inner))
        }),
        keep: Box::new(|_| true),
        stop: Box::new(|_| false),
        write: Box::new(move |n| {
            record.lines.get(n as usize).map_or(Value::Null, |line| {
                world.credit_line_json(record, n as u16, line)
            })
        }),
    })
}

/// The movements of one customer's credit, newest first.
pub(crate) fn credits<'a>(
    world: &'a World,
    customer: u32,
    query: &'a Query,
) -> Result<Listing<'a>, Refusal> {
    known(query, &["created", "invoice"])?;
    let range = query.range("created")?;
    let invoice = query.record(world, Sort::Invoice, "invoice")?;
    let own = &world.souls[customer].credits;
    let at = move |n: u32| {
        let place = own.len().checked_sub(1 + n as usize)?;
        world.credits.find(*own.get(place)?)
    };
    Ok(Listing {
        kind: "customer_balance_transaction",
        len: own.len() as u32,
        position: Box::new(move |id| match world.ids.decode(id)? {
            (Sort::Credit, n) => own
                .iter()
                .rev()
                .position(|credit| u64::from(*credit) == n)
                .map(|place| place as u32),
            _ => None,
        }),
        keep: Box::new(move |n| {
            at(n).is_some_and(|credit| {
                range.contains(credit.created)
                    && invoice.is_none_or(|invoice| credit.invoice == Some(invoice))
            })
        }),
        stop: Box::new(move |n| at(n).is_none_or(|credit| credit.created < range.from)),
        write: Box::new(move |n| at(n).map_or(Value::Null, |credit| world.credit_json(credit))),
    })
}
