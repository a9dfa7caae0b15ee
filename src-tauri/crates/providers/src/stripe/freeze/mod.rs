//! What each operation is on Stripe's wire.
//!
//! Pure: an intent and the object it is for become the bytes that will be sent. Our own id goes into the metadata of whatever
//! takes metadata, because it is how an operation is found again after its key has lapsed. Every form here is held against
//! Stripe's published description by a test.

mod plan;
mod subscription;

pub(super) use plan::{items, proration_word};

use crate::action::{Frozen, Method, Order, Unsupported};
use coffer_domain::operation::{
    CreditNoteIntent, Intent, InvoiceAction, RefundIntent, RefundReason,
};
use coffer_domain::outbox::Nature;
use reqwest::Url;

/// Where our id is left.
pub(super) const MARK: &str = "coffer_op";

pub(super) const REFUNDS: &str = "/v1/refunds";
pub(super) const CREDIT_NOTES: &str = "/v1/credit_notes";
pub(super) const LEDGER: &str = "/v1/customers/{id}/balance_transactions";
pub(super) const CUSTOMER: &str = "/v1/customers/{id}";
pub(super) const SUBSCRIPTION: &str = "/v1/subscriptions/{id}";
pub(super) const PAUSE: &str = "/v1/subscriptions/{id}/pause";
pub(super) const RESUME: &str = "/v1/subscriptions/{id}/resume";
pub(super) const SCHEDULES: &str = "/v1/subscription_schedules";
pub(super) const SCHEDULE: &str = "/v1/subscription_schedules/{id}";
pub(super) const RELEASE: &str = "/v1/subscription_schedules/{id}/release";
pub(super) const PAY: &str = "/v1/invoices/{id}/pay";
pub(super) const SEND: &str = "/v1/invoices/{id}/send";
pub(super) const VOID: &str = "/v1/invoices/{id}/void";
pub(super) const WRITE_OFF: &str = "/v1/invoices/{id}/mark_uncollectible";

/// Every path that is ever changed, by which kept requests find theirs again.
pub(super) const PATHS: [&str; 14] = [
    REFUNDS,
    CREDIT_NOTES,
    LEDGER,
    CUSTOMER,
    SUBSCRIPTION,
    PAUSE,
    RESUME,
    SCHEDULES,
    SCHEDULE,
    RELEASE,
    PAY,
    SEND,
    VOID,
    WRITE_OFF,
];

/// The fields of a form, in order.
#[derive(Debug, Default)]
pub(super) struct Fields(Vec<(String, String)>);

impl Fields {
    pub(super) fn put(&mut self, name: impl Into<String>, value: impl Into<String>) {
        self.0.push((name.into(), value.into()));
    }

    fn marked(mut self, mark: &str) -> Self {
        self.put(format!("metadata[{MARK}]"), mark);
        self
    }

    /// Form-encoded.
    pub(super) fn encoded(&self) -> String {
        // The client's own encoder; the address is never used.
        Url::parse("https://form.invalid/").map_or_else(
            |_| String::new(),
            |mut url| {
                url.query_pairs_mut().extend_pairs(&self.0);
                url.query().unwrap_or_default().to_owned()
            },
        )
    }
}

fn post(path: &str, ids: &[&str], fields: &Fields) -> Frozen {
    Frozen {
        method: Method::Post,
        path: path.to_owned(),
        ids: ids.iter().map(|id| (*id).to_owned()).collect(),
        body: fields.encoded(),
        nature: Nature::Keyed,
    }
}

/// The request of a step.
///
/// # Errors
/// When Stripe cannot do it.
pub(crate) fn freeze(order: Order<'_>) -> Result<Frozen, Unsupported> {
    match order.intent {
        Intent::Refund(it) => Ok(refund(it, order.mark)),
        Intent::CreditNote(it) => Ok(credit_note(it, order.mark)),
        Intent::CustomerCredit { customer, amount } => {
            let mut fields = Fields::default();
            // Below zero is what the customer has to the good.
            fields.put("amount", (-i128::from(amount.minor)).to_string());
            fields.put("currency", amount.currency.code().to_ascii_lowercase());
            Ok(post(
                LEDGER,
                &[customer.as_str()],
                &fields.marked(order.mark),
            ))
        }
        Intent::UpdateCustomer {
            customer,
            email,
            name,
        } => {
            let mut fields = Fields::default();
            if let Some(email) = email {
                fields.put("email", email);
            }
            if let Some(name) = name {
                fields.put("name", name);
            }
            Ok(post(
                CUSTOMER,
                &[customer.as_str()],
                &fields.marked(order.mark),
            ))
        }
        Intent::Invoice { invoice, action } => {
            let mut fields = Fields::default();
            let path = match action {
                InvoiceAction::Pay => {
                    // Nobody sits in front of a page that could ask for a confirmation.
                    fields.put("off_session", "true");
                    PAY
                }
                InvoiceAction::Send => SEND,
                InvoiceAction::Void => VOID,
                InvoiceAction::WriteOff => WRITE_OFF,
            };
            Ok(post(path, &[invoice.as_str()], &fields))
        }
        Intent::PlanChange(change) => plan::change(change, order),
        intent => subscription::request(intent, order),
    }
}

fn refund(it: &RefundIntent, mark: &str) -> Frozen {
    let mut fields = Fields::default();
    fields.put("charge", it.payment.as_str());
    fields.put("amount", it.amount.minor.to_string());
    fields.put("reason", it.reason.as_str());
    post(REFUNDS, &[], &fields.marked(mark))
}

fn credit_note(it: &CreditNoteIntent, mark: &str) -> Frozen {
    let mut fields = Fields::default();
    fields.put("invoice", it.invoice.as_str());
    if it.lines.is_empty() {
        fields.put("amount", it.amount.minor.to_string());
    }
    for (n, line) in it.lines.iter().enumerate() {
        fields.put(format!("lines[{n}][type]"), "invoice_line_item");
        fields.put(format!("lines[{n}][invoice_line_item]"), line.line.as_str());
        fields.put(format!("lines[{n}][amount]"), line.amount.to_string());
    }
    if it.refund_minor > 0 {
        fields.put("refund_amount", it.refund_minor.to_string());
    }
    if it.credit_minor > 0 {
        fields.put("credit_amount", it.credit_minor.to_string());
    }
    fields.put(
        "reason",
        match it.reason {
            RefundReason::Duplicate => "duplicate",
            RefundReason::Fraudulent => "fraudulent",
            RefundReason::RequestedByCustomer => "order_change",
        },
    );
    // What the customer is told is the merchant's own doing.
    fields.put("email_type", "none");
    post(CREDIT_NOTES, &[], &fields.marked(mark))
}
