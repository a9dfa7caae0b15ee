//! Every address that is ever asked for, with its query or its form.
//!
//! They are data, so that a test can hold each against Stripe's published description: a wrong `expand` path is refused
//! outright, and an expansion may go four levels deep and no more. Nothing is sent from here.

use crate::http::{Question, Verb};
use coffer_domain::Instant;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;

/// The most objects on a page.
pub(super) const PAGE: &str = "100";

/// The kinds whose lists can be asked for by when objects were created.
pub(super) const BY_CREATED: [Kind; 17] = [
    Kind::Products,
    Kind::Prices,
    Kind::Coupons,
    Kind::PromotionCodes,
    Kind::Customers,
    Kind::Subscriptions,
    Kind::SubscriptionSchedules,
    Kind::InvoiceItems,
    Kind::Invoices,
    Kind::InvoicePayments,
    Kind::Charges,
    Kind::PaymentIntents,
    Kind::Refunds,
    Kind::Disputes,
    Kind::CreditNotes,
    Kind::BalanceTransactions,
    Kind::CheckoutSessions,
];

/// The kinds with a filter for what is unsettled. Disputes have none. That a payment of an invoice or a visit to a checkout
/// page has begun is told by no event.
pub(super) const UNSETTLED: [Kind; 5] = [
    Kind::Subscriptions,
    Kind::InvoiceItems,
    Kind::Invoices,
    Kind::InvoicePayments,
    Kind::CheckoutSessions,
];

/// The kinds whose list can be asked for by one object that they belong to, with the kind of that object.
pub(super) const OF_ONE: [(Kind, Kind); 7] = [
    (Kind::CustomerBalanceTransactions, Kind::Customers),
    (Kind::Subscriptions, Kind::Customers),
    (Kind::SubscriptionSchedules, Kind::Customers),
    (Kind::InvoiceItems, Kind::Customers),
    (Kind::Invoices, Kind::Customers),
    (Kind::Refunds, Kind::Charges),
    (Kind::InvoicePayments, Kind::Invoices),
];

/// What lives on a test clock and is left out of lists for it: all that says on which clock it is.
pub(super) const ON_CLOCKS: [Kind; 5] = [
    Kind::Customers,
    Kind::Subscriptions,
    Kind::SubscriptionSchedules,
    Kind::InvoiceItems,
    Kind::Invoices,
];

/// Whether a kind is listed for one object at a time and in no other way.
pub(super) fn only_of_one(kind: Kind) -> bool {
    kind == Kind::CustomerBalanceTransactions
}

/// Stands for an object that cannot exist: ids of Stripe's end in a long random text.
const NOBODY: &str = "cofferprobe";

/// The path of a kind's list, and of one object of it.
const fn paths(kind: Kind) -> (&'static str, &'static str) {
    match kind {
        Kind::Customers => ("/v1/customers", "/v1/customers/{id}"),
        Kind::Products => ("/v1/products", "/v1/products/{id}"),
        Kind::Prices => ("/v1/prices", "/v1/prices/{id}"),
        Kind::Coupons => ("/v1/coupons", "/v1/coupons/{id}"),
        Kind::PromotionCodes => ("/v1/promotion_codes", "/v1/promotion_codes/{id}"),
        Kind::Subscriptions => ("/v1/subscriptions", "/v1/subscriptions/{id}"),
        Kind::Invoices => ("/v1/invoices", "/v1/invoices/{id}"),
        Kind::InvoiceItems => ("/v1/invoiceitems", "/v1/invoiceitems/{id}"),
        Kind::InvoicePayments => ("/v1/invoice_payments", "/v1/invoice_payments/{id}"),
        Kind::Charges => ("/v1/charges", "/v1/charges/{id}"),
        Kind::PaymentIntents => ("/v1/payment_intents", "/v1/payment_intents/{id}"),
        Kind::Refunds => ("/v1/refunds", "/v1/refunds/{id}"),
        Kind::Disputes => ("/v1/disputes", "/v1/disputes/{id}"),
        Kind::BalanceTransactions => ("/v1/balance_transactions", "/v1/balance_transactions/{id}"),
        Kind::SubscriptionSchedules => (
            "/v1/subscription_schedules",
            "/v1/subscription_schedules/{id}",
        ),
        Kind::CreditNotes => ("/v1/credit_notes", "/v1/credit_notes/{id}"),
        Kind::CustomerBalanceTransactions => (
            "/v1/customers/{id}/balance_transactions",
            "/v1/customers/{id}/balance_transactions/{id}",
        ),
        Kind::Meters => ("/v1/billing/meters", "/v1/billing/meters/{id}"),
        Kind::CheckoutSessions => ("/v1/checkout/sessions", "/v1/checkout/sessions/{id}"),
        Kind::PaymentLinks => ("/v1/payment_links", "/v1/payment_links/{id}"),
    }
}

/// What is left out unless it is asked for, as paths inside one object. An expansion expands what it leads through.
const fn expansions(kind: Kind) -> &'static [&'static str] {
    match kind {
        Kind::Customers => &["discount.source.coupon"],
        Kind::Prices => &["tiers", "currency_options"],
        Kind::Coupons => &["applies_to", "currency_options"],
        Kind::Subscriptions => &["discounts.source.coupon", "items.data.discounts"],
        Kind::Invoices => &["discounts.source.coupon", "lines.data.discounts"],
        Kind::Products
        | Kind::PromotionCodes
        | Kind::InvoiceItems
        | Kind::InvoicePayments
        | Kind::Charges
        | Kind::PaymentIntents
        | Kind::Refunds
        | Kind::Disputes
        | Kind::BalanceTransactions
        | Kind::SubscriptionSchedules
        | Kind::CreditNotes
        | Kind::CustomerBalanceTransactions
        | Kind::Meters
        | Kind::CheckoutSessions
        | Kind::PaymentLinks => &[],
    }
}

/// The path to the coupon behind a discount, in an expansion.
const COUPON: &str = ".source.coupon";

/// The same question without the coupons behind discounts, for a key that may not read coupons; `None` where it does not
/// ask for them. A discount then names its coupon by id.
pub(super) fn without_coupons(question: &Question) -> Option<Question> {
    let mut left = question.clone();
    left.fields = question
        .fields
        .iter()
        .filter_map(|(name, value)| match value.strip_suffix(COUPON) {
            // A customer's discount stands in the customer whole and cannot be expanded.
            Some(discount) if discount.ends_with("discount") => None,
            Some(discounts) => Some((*name, discounts.to_owned())),
            None => Some((*name, value.clone())),
        })
        .collect();
    (left.fields != question.fields).then_some(left)
}

fn get(
    path: &'static str,
    ids: impl IntoIterator<Item = String>,
    fields: Vec<(&'static str, String)>,
) -> Question {
    Question {
        verb: Verb::Get,
        path,
        ids: ids.into_iter().collect(),
        fields,
        form: None,
    }
}

/// What is left to ask for of a list that is asked for in parts, one after the other.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Part {
    /// The only one, or the first.
    First,
    /// Of unsettled invoices: those that are not final, after those that are not paid.
    Drafts,
}

/// One page of a part of a kind's list; `None` where the kind has no such part.
pub(super) fn list(kind: Kind, slice: &Slice, part: Part, after: Option<&str>) -> Option<Question> {
    let mut fields = vec![("limit", PAGE.to_owned())];
    let mut ids = None;
    match slice {
        Slice::Created { from, to } => {
            if kind == Kind::CustomerBalanceTransactions {
                return None;
            }
            if (from.is_some() || to.is_some()) && !BY_CREATED.contains(&kind) {
                return None;
            }
            if let Some(from) = from {
                fields.push(("created[gte]", from.timestamp().to_string()));
            }
            if let Some(to) = to {
                fields.push(("created[lt]", to.timestamp().to_string()));
            }
            if kind == Kind::Subscriptions {
                // Without it, ended subscriptions are left out.
                fields.push(("status", "all".to_owned()));
            }
        }
        Slice::Unsettled => match (kind, part) {
            // Without a status, what ended is left out.
            (Kind::Subscriptions, _) => {}
            (Kind::InvoiceItems, _) => fields.push(("pending", "true".to_owned())),
            (Kind::Invoices, Part::First) | (Kind::InvoicePayments | Kind::CheckoutSessions, _) => {
                fields.push(("status", "open".to_owned()));
            }
            (Kind::Invoices, Part::Drafts) => fields.push(("status", "draft".to_owned())),
            _ => return None,
        },
        Slice::Of(id) => match kind {
            Kind::CustomerBalanceTransactions => ids = Some(id.clone()),
            Kind::Refunds => fields.push(("charge", id.clone())),
            Kind::InvoicePayments => fields.push(("invoice", id.clone())),
            Kind::Subscriptions => {
                fields.push(("customer", id.clone()));
                fields.push(("status", "all".to_owned()));
            }
            Kind::SubscriptionSchedules | Kind::InvoiceItems | Kind::Invoices => {
                fields.push(("customer", id.clone()));
            }
            _ => return None,
        },
        Slice::OnClock(id) => match kind {
            Kind::Customers => fields.push(("test_clock", id.clone())),
            _ => return None,
        },
    }
    for expansion in expansions(kind) {
        fields.push(("expand[]", format!("data.{expansion}")));
    }
    Some(get(paths(kind).0, ids, with_cursor(fields, after)))
}

/// The smallest question that shows whether a kind may be read.
pub(super) fn probe(kind: Kind) -> Question {
    let nobody = (kind == Kind::CustomerBalanceTransactions).then(|| format!("cus_{NOBODY}"));
    get(paths(kind).0, nobody, vec![("limit", "1".to_owned())])
}

/// What shows whether a kind may be changed: a change of an object that cannot exist. A key without the permission is
/// refused before anybody looks for the object. `None` where nothing of the kind can be asked for by an id.
pub(super) fn probe_write(kind: Kind) -> Option<Question> {
    let prefix = match kind {
        Kind::Customers => "cus_",
        Kind::Coupons => "",
        Kind::PromotionCodes => "promo_",
        Kind::Subscriptions => "sub_",
        Kind::SubscriptionSchedules => "sub_sched_",
        Kind::Invoices => "in_",
        Kind::Refunds => "re_",
        Kind::Disputes => "du_",
        Kind::CreditNotes => "cn_",
        Kind::CheckoutSessions => "cs_",
        Kind::PaymentLinks => "plink_",
        Kind::CustomerBalanceTransactions => "cbtxn_",
        _ => return None,
    };
    let customer = (kind == Kind::CustomerBalanceTransactions).then(|| format!("cus_{NOBODY}"));
    Some(Question {
        verb: Verb::Post,
        path: paths(kind).1,
        ids: customer
            .into_iter()
            .chain([format!("{prefix}{NOBODY}")])
            .collect(),
        fields: vec![("metadata[coffer_probe]", "1".to_owned())],
        form: None,
    })
}

/// One object. `ids` are its own, after that of the object it is listed for where there is one.
pub(super) fn one(kind: Kind, ids: &[&str]) -> Question {
    get(
        paths(kind).1,
        ids.iter().map(|id| (*id).to_owned()),
        expansions(kind)
            .iter()
            .map(|expansion| ("expand[]", (*expansion).to_owned()))
            .collect(),
    )
}

/// One price with the tiers of these currencies. `currency_options.tiers` is accepted and ignored; only the form with
/// each currency's own name expands them.
pub(super) fn price_with_tiers<'a>(
    id: &str,
    currencies: impl Iterator<Item = &'a str>,
) -> Question {
    let mut question = one(Kind::Prices, &[id]);
    for currency in currencies {
        question
            .fields
            .push(("expand[]", format!("currency_options.{currency}.tiers")));
    }
    question
}

/// One page of an invoice's lines.
pub(super) fn invoice_lines(invoice: &str, after: Option<&str>) -> Question {
    let fields = vec![
        ("limit", PAGE.to_owned()),
        ("expand[]", "data.discounts".to_owned()),
    ];
    get(
        "/v1/invoices/{id}/lines",
        [invoice.to_owned()],
        with_cursor(fields, after),
    )
}

/// One page of a credit note's lines.
pub(super) fn credit_note_lines(note: &str, after: Option<&str>) -> Question {
    let fields = vec![("limit", PAGE.to_owned())];
    get(
        "/v1/credit_notes/{id}/lines",
        [note.to_owned()],
        with_cursor(fields, after),
    )
}

/// One page of a subscription's items.
pub(super) fn subscription_items(subscription: &str, after: Option<&str>) -> Question {
    let fields = vec![
        ("subscription", subscription.to_owned()),
        ("limit", PAGE.to_owned()),
        ("expand[]", "data.discounts".to_owned()),
    ];
    get("/v1/subscription_items", None, with_cursor(fields, after))
}

/// One page of what happened at or after an instant.
pub(super) fn events(since: Instant, after: Option<&str>) -> Question {
    let fields = vec![
        ("created[gte]", since.timestamp().to_string()),
        ("limit", PAGE.to_owned()),
    ];
    get("/v1/events", None, with_cursor(fields, after))
}

/// One page of the events of one kind at or after an instant.
pub(super) fn events_of(kind: &str, since: Instant, after: Option<&str>) -> Question {
    let mut question = events(since, after);
    question.fields.push(("type", kind.to_owned()));
    question
}

/// One page of the refunds of a payment.
pub(super) fn refunds_of(payment: &str, after: Option<&str>) -> Question {
    let fields = vec![("charge", payment.to_owned()), ("limit", PAGE.to_owned())];
    get("/v1/refunds", None, with_cursor(fields, after))
}

/// One page of the credit notes of an invoice.
pub(super) fn credit_notes_of(invoice: &str, after: Option<&str>) -> Question {
    let fields = vec![("invoice", invoice.to_owned()), ("limit", PAGE.to_owned())];
    get("/v1/credit_notes", None, with_cursor(fields, after))
}

/// One page of a customer's credit ledger.
pub(super) fn ledger_of(customer: &str, after: Option<&str>) -> Question {
    let fields = vec![("limit", PAGE.to_owned())];
    get(
        "/v1/customers/{id}/balance_transactions",
        [customer.to_owned()],
        with_cursor(fields, after),
    )
}

/// The next bill as it would be. Nothing is made by asking.
pub(super) fn preview(form: String) -> Question {
    Question {
        verb: Verb::Post,
        path: "/v1/invoices/create_preview",
        ids: Vec::new(),
        fields: Vec::new(),
        form: Some(form),
    }
}

/// The smallest question that shows whether events may be read.
pub(super) fn probe_events() -> Question {
    get("/v1/events", None, vec![("limit", "1".to_owned())])
}

/// One page of the test clocks of a sandbox.
pub(super) fn clocks(after: Option<&str>) -> Question {
    let fields = vec![("limit", PAGE.to_owned())];
    get(
        "/v1/test_helpers/test_clocks",
        None,
        with_cursor(fields, after),
    )
}

/// The account that the key belongs to.
pub(super) fn account() -> Question {
    get("/v1/account", None, Vec::new())
}

/// The balance, whose mode is the key's.
pub(super) fn balance() -> Question {
    get("/v1/balance", None, Vec::new())
}

fn with_cursor(
    mut fields: Vec<(&'static str, String)>,
    after: Option<&str>,
) -> Vec<(&'static str, String)> {
    if let Some(after) = after {
        fields.push(("starting_after", after.to_owned()));
    }
    fields
}
