//! Subscriptions ended, paused, made cheaper: one request each.

use super::{Fields, PAUSE, RELEASE, RESUME, SUBSCRIPTION, post};
use crate::action::{Frozen, Method, Order, Unsupported};
use coffer_domain::operation::{Intent, PauseKind, TrialEnd, Voucher, When};
use coffer_domain::outbox::Nature;
use coffer_domain::record::{PauseBehavior, Record};

/// The request of an operation on a subscription that is no change of plan.
pub(super) fn request(intent: &Intent, order: Order<'_>) -> Result<Frozen, Unsupported> {
    let subscription = intent.target().1;
    let mut fields = Fields::default();
    match intent {
        Intent::Cancel {
            when: When::Now, ..
        } => Ok(Frozen {
            method: Method::Delete,
            path: SUBSCRIPTION.to_owned(),
            ids: vec![subscription.to_owned()],
            body: String::new(),
            nature: Nature::Repeatable,
        }),
        Intent::Pause {
            what: PauseKind::Service,
            until,
            ..
        } => {
            if until.is_some() {
                return Err(Unsupported(
                    "Stripe cannot end a pause by itself; resume it when it is over, or pause its collection instead.".to_owned(),
                ));
            }
            fields.put("type", "subscription");
            Ok(post(PAUSE, &[subscription], &fields))
        }
        Intent::Resume {
            what: PauseKind::Service,
            ..
        } => {
            fields.put("billing_cycle_anchor[type]", "now");
            Ok(post(RESUME, &[subscription], &fields))
        }
        Intent::ReleaseSchedule { .. } => {
            let Record::Subscription(it) = order.target else {
                return Err(nothing_planned());
            };
            let schedule = it.schedule.as_ref().ok_or_else(nothing_planned)?;
            Ok(post(RELEASE, &[schedule.as_str()], &fields))
        }
        _ => {
            let fields = changed(intent, order.target)?.marked(order.mark);
            Ok(post(SUBSCRIPTION, &[subscription], &fields))
        }
    }
}

/// The fields of a subscription that an operation writes.
fn changed(intent: &Intent, target: &Record) -> Result<Fields, Unsupported> {
    let mut fields = Fields::default();
    match intent {
        Intent::Cancel { .. } => fields.put("cancel_at_period_end", "true"),
        Intent::Uncancel { .. } => match target {
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
        Intent::Resume { .. } => fields.put("pause_collection", ""),
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
        _ => return Err(Unsupported("Stripe has no such operation.".to_owned())),
    }
    Ok(fields)
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
