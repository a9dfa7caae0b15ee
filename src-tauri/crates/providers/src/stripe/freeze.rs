//! What each operation is on Stripe's wire.
//!
//! Pure: an intent and the object it is for become the bytes that will be sent. Our own id goes into the metadata of whatever
//! takes metadata, because it is how an operation is found again after its key has lapsed. Every form here is held against
//! Stripe's published description by a test.

use crate::action::{Frozen, Method, Order, Unsupported};
use coffer_domain::operation::{
    CreditNoteIntent, Intent, InvoiceAction, ItemChange, PauseKind, PlanChange, Proration,
    RefundIntent, RefundReason, TrialEnd, Voucher, When,
};
use coffer_domain::outbox::Nature;
use coffer_domain::record::{
    PauseBehavior, Record, ScheduleDiscount, Subscription, SubscriptionItem, SubscriptionSchedule,
};
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
        Intent::PlanChange(change) => plan_change(change, order),
        intent => on_subscription(intent, order),
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

fn on_subscription(intent: &Intent, order: Order<'_>) -> Result<Frozen, Unsupported> {
    let subscription = intent.target().1;
    let mut fields = Fields::default();
    match intent {
        Intent::Cancel {
            when: When::Now, ..
        } => {
            return Ok(Frozen {
                method: Method::Delete,
                path: SUBSCRIPTION.to_owned(),
                ids: vec![subscription.to_owned()],
                body: String::new(),
                nature: Nature::Repeatable,
            });
        }
        Intent::Cancel {
            when: When::PeriodEnd,
            ..
        } => fields.put("cancel_at_period_end", "true"),
        Intent::Uncancel { .. } => match order.target {
            Record::Subscription(it) if !it.cancel_at_period_end => fields.put("cancel_at", ""),
            _ => fields.put("cancel_at_period_end", "false"),
        },
        Intent::Pause {
            what: PauseKind::Collection { bills },
            until,
            ..
        } => {
            fields.put("pause_collection[behavior]", bills_word(bills)?);
            if let Some(until) = until {
                fields.put(
                    "pause_collection[resumes_at]",
                    until.timestamp().to_string(),
                );
            }
        }
        Intent::Pause {
            what: PauseKind::Service,
            until: Some(_),
            ..
        } => {
            return Err(Unsupported(
                "Stripe cannot end a pause by itself; resume it when it is over, or pause its collection instead.".to_owned(),
            ));
        }
        Intent::Pause {
            what: PauseKind::Service,
            ..
        } => {
            fields.put("type", "subscription");
            return Ok(post(PAUSE, &[subscription], &fields));
        }
        Intent::Resume {
            what: PauseKind::Collection { .. },
            ..
        } => fields.put("pause_collection", ""),
        Intent::Resume {
            what: PauseKind::Service,
            ..
        } => {
            fields.put("billing_cycle_anchor[type]", "now");
            return Ok(post(RESUME, &[subscription], &fields));
        }
        Intent::Trial { end, .. } => {
            fields.put(
                "trial_end",
                match end {
                    TrialEnd::Now => "now".to_owned(),
                    TrialEnd::At(at) => at.timestamp().to_string(),
                },
            );
            fields.put("proration_behavior", "none");
        }
        Intent::ApplyDiscount { voucher, .. } => match voucher {
            Voucher::Coupon(coupon) => fields.put("discounts[0][coupon]", coupon.as_str()),
            Voucher::PromotionCode(code) => {
                fields.put("discounts[0][promotion_code]", code.as_str());
            }
        },
        Intent::RemoveDiscount { .. } => fields.put("discounts", ""),
        Intent::ReleaseSchedule { .. } => {
            let Record::Subscription(it) = order.target else {
                return Err(nothing_planned());
            };
            let schedule = it.schedule.as_ref().ok_or_else(nothing_planned)?;
            return Ok(post(RELEASE, &[schedule.as_str()], &fields));
        }
        _ => return Err(Unsupported("Stripe has no such operation.".to_owned())),
    }
    Ok(post(
        SUBSCRIPTION,
        &[subscription],
        &fields.marked(order.mark),
    ))
}

fn nothing_planned() -> Unsupported {
    Unsupported("Nothing is planned for this subscription.".to_owned())
}

fn bills_word(bills: &PauseBehavior) -> Result<&'static str, Unsupported> {
    match bills {
        PauseBehavior::KeepAsDraft => Ok("keep_as_draft"),
        PauseBehavior::MarkUncollectible => Ok("mark_uncollectible"),
        PauseBehavior::Void => Ok("void"),
        PauseBehavior::Other(word) => Err(Unsupported(format!(
            "Bills of a paused collection cannot be treated as `{word}`."
        ))),
    }
}

/// The changes of items as they stand in a form, below `prefix`.
pub(super) fn items(fields: &mut Fields, prefix: &str, changes: &[ItemChange]) {
    let named = |n: usize, field: &str| {
        if prefix.is_empty() {
            format!("items[{n}][{field}]")
        } else {
            format!("{prefix}[items][{n}][{field}]")
        }
    };
    for (n, change) in changes.iter().enumerate() {
        match change {
            ItemChange::Set {
                item,
                price,
                quantity,
            } => {
                fields.put(named(n, "id"), item.as_str());
                fields.put(named(n, "price"), price.as_str());
                if let Some(quantity) = quantity {
                    fields.put(named(n, "quantity"), quantity.to_string());
                }
            }
            ItemChange::Add { price, quantity } => {
                fields.put(named(n, "price"), price.as_str());
                if let Some(quantity) = quantity {
                    fields.put(named(n, "quantity"), quantity.to_string());
                }
            }
            ItemChange::Remove { item } => {
                fields.put(named(n, "id"), item.as_str());
                fields.put(named(n, "deleted"), "true");
            }
        }
    }
}

/// Stripe's word for what the rest of a period costs.
pub(super) const fn proration_word(proration: Proration) -> &'static str {
    match proration {
        Proration::Prorate => "create_prorations",
        Proration::InvoiceNow => "always_invoice",
        Proration::None => "none",
    }
}

fn plan_change(change: &PlanChange, order: Order<'_>) -> Result<Frozen, Unsupported> {
    let id = change.subscription.as_str();
    if change.when == When::Now {
        let mut fields = Fields::default();
        items(&mut fields, "", &change.items);
        fields.put("proration_behavior", proration_word(change.proration));
        if let (Some(from), true) = (change.reckoned_from, change.proration != Proration::None) {
            fields.put("proration_date", from.timestamp().to_string());
        }
        if matches!(order.target, Record::Subscription(it) if !it.sends_invoices) {
            // A card that is declined leaves everything as it was, instead of a change that is owed for.
            fields.put("payment_behavior", "error_if_incomplete");
        }
        return Ok(post(SUBSCRIPTION, &[id], &fields.marked(order.mark)));
    }
    if order.step == 0 {
        let mut fields = Fields::default();
        fields.put("from_subscription", id);
        return Ok(post(SCHEDULES, &[], &fields));
    }
    let (Some(Record::SubscriptionSchedule(schedule)), Record::Subscription(subscription)) =
        (order.made, order.target)
    else {
        return Err(Unsupported(
            "The schedule that the change goes into is not known.".to_owned(),
        ));
    };
    let fields = phases(change, subscription, schedule)?;
    Ok(post(
        SCHEDULE,
        &[schedule.id.as_str()],
        &fields.marked(order.mark),
    ))
}

/// The current phase as it is until the period ends, and then the new items for as long as nobody changes them again.
fn phases(
    change: &PlanChange,
    subscription: &Subscription,
    schedule: &SubscriptionSchedule,
) -> Result<Fields, Unsupported> {
    let unknown = || Unsupported("The schedule has no phase that could be continued.".to_owned());
    let current = schedule.phases.last().ok_or_else(unknown)?;
    let end = subscription
        .items
        .iter()
        .filter_map(|item| item.period_end)
        .min()
        .unwrap_or(current.end);
    let mut fields = Fields::default();
    fields.put(
        "phases[0][start_date]",
        current.start.timestamp().to_string(),
    );
    fields.put("phases[0][end_date]", end.timestamp().to_string());
    for (n, item) in current.items.iter().enumerate() {
        fields.put(format!("phases[0][items][{n}][price]"), item.price.as_str());
        if let Some(quantity) = item.quantity {
            fields.put(
                format!("phases[0][items][{n}][quantity]"),
                quantity.to_string(),
            );
        }
        discounts(
            &mut fields,
            &format!("phases[0][items][{n}]"),
            &item.discounts,
        )?;
    }
    discounts(&mut fields, "phases[0]", &current.discounts)?;
    for (n, (price, quantity)) in after(change, &subscription.items).into_iter().enumerate() {
        fields.put(format!("phases[1][items][{n}][price]"), price);
        if let Some(quantity) = quantity {
            fields.put(
                format!("phases[1][items][{n}][quantity]"),
                quantity.to_string(),
            );
        }
    }
    fields.put("phases[1][start_date]", end.timestamp().to_string());
    // After that the schedule lets go, and the subscription goes on with what it then has.
    fields.put("phases[1][duration][interval]", "month");
    fields.put("phases[1][duration][interval_count]", "1");
    discounts(&mut fields, "phases[1]", &current.discounts)?;
    fields.put("end_behavior", "release");
    fields.put("proration_behavior", "none");
    Ok(fields)
}

fn discounts(
    fields: &mut Fields,
    prefix: &str,
    held: &[ScheduleDiscount],
) -> Result<(), Unsupported> {
    for (n, discount) in held.iter().enumerate() {
        match discount {
            ScheduleDiscount::Coupon(coupon) => {
                fields.put(format!("{prefix}[discounts][{n}][coupon]"), coupon.as_str());
            }
            ScheduleDiscount::Existing(discount) => {
                fields.put(
                    format!("{prefix}[discounts][{n}][discount]"),
                    discount.as_str(),
                );
            }
            ScheduleDiscount::Unsaid => {
                return Err(Unsupported(
                    "The subscription has a discount that its schedule does not name; change its plan at the provider.".to_owned(),
                ));
            }
        }
    }
    Ok(())
}

/// What a subscription bills after a change.
fn after(change: &PlanChange, held: &[SubscriptionItem]) -> Vec<(String, Option<i64>)> {
    let mut all: Vec<(String, Option<i64>)> = held
        .iter()
        .filter_map(|item| {
            let changed = change.items.iter().find_map(|change| match change {
                ItemChange::Set { item: id, .. } | ItemChange::Remove { item: id }
                    if *id == item.id =>
                {
                    Some(change)
                }
                _ => None,
            });
            match changed {
                Some(ItemChange::Set {
                    price, quantity, ..
                }) => Some((price.to_string(), *quantity)),
                Some(_) => None,
                None => Some((item.price.to_string(), item.quantity)),
            }
        })
        .collect();
    all.extend(change.items.iter().filter_map(|change| match change {
        ItemChange::Add { price, quantity } => Some((price.to_string(), *quantity)),
        _ => None,
    }));
    all
}
