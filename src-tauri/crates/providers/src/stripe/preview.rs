//! What a change of plan would cost, as Stripe reckons it. Asking changes nothing.

use super::freeze::{Fields, items, proration_word};
use super::read::unreadable;
use super::{Asker, endpoint, map};
use crate::action::{Preview, PreviewLine};
use crate::error::ProviderError;
use coffer_domain::Instant;
use coffer_domain::operation::{PlanChange, Proration, When};
use coffer_domain::record::{Kind, LineOrigin, Record};

impl Asker {
    /// The next bill with the change. `now` is where the rest of the period is reckoned from, unless the change says.
    pub(super) async fn preview(
        &self,
        change: &PlanChange,
        now: Instant,
    ) -> Result<Preview, ProviderError> {
        let reckoned_from = change.reckoned_from.unwrap_or(now);
        let reply = self
            .ask(&endpoint::preview(form(change, reckoned_from)))
            .await?;
        let request_id = reply.request_id.as_deref();
        let problem = |what: String| unreadable(format!("the preview: {what}"), request_id);
        let text =
            std::str::from_utf8(&reply.body).map_err(|_| problem("it is no text".to_owned()))?;
        let parsed = map::object(Kind::Invoices, text).map_err(|it| problem(it.to_string()))?;
        self.hold_to_mode(parsed.livemode)?;
        let made = parsed.made.map_err(|it| problem(it.to_string()))?;
        let Record::Invoice(invoice) = made.0 else {
            return Err(problem("it is no invoice".to_owned()));
        };
        let billed_now = change.when == When::Now && change.proration == Proration::InvoiceNow;
        Ok(Preview {
            currency: invoice.currency,
            lines: invoice
                .lines
                .iter()
                .map(|line| PreviewLine {
                    description: line.description.clone().unwrap_or_default(),
                    amount: line.amount,
                    proration: matches!(line.origin, LineOrigin::Proration { .. }),
                })
                .collect(),
            subtotal: invoice.subtotal,
            // What discounts took off is inside the subtotal's lines; what is left between the two is tax.
            tax: tax(text),
            total: invoice.total,
            amount_due: invoice.amount_due,
            billed_now,
            billed_at: (!billed_now).then_some(invoice.next_attempt).flatten(),
            reckoned_from,
        })
    }
}

/// The tax of a bill, minor units.
fn tax(text: &str) -> i64 {
    #[derive(serde::Deserialize)]
    struct Taxed {
        total_taxes: Option<Vec<Tax>>,
    }
    #[derive(serde::Deserialize)]
    struct Tax {
        amount: i64,
    }
    serde_json::from_str::<Taxed>(text)
        .ok()
        .and_then(|it| it.total_taxes)
        .map_or(0, |taxes| taxes.iter().map(|tax| tax.amount).sum())
}

/// The form of the question.
pub(super) fn form(change: &PlanChange, reckoned_from: Instant) -> String {
    let mut fields = Fields::default();
    fields.put("subscription", change.subscription.as_str());
    items(&mut fields, "subscription_details", &change.items);
    match change.when {
        When::Now => {
            fields.put(
                "subscription_details[proration_behavior]",
                proration_word(change.proration),
            );
            if change.proration != Proration::None {
                fields.put(
                    "subscription_details[proration_date]",
                    reckoned_from.timestamp().to_string(),
                );
            }
        }
        When::PeriodEnd => fields.put("subscription_details[proration_behavior]", "none"),
    }
    // A discount that came as an id alone tells nothing.
    for expansion in ["discounts", "lines.data.discounts"] {
        fields.put("expand[]", expansion);
    }
    fields.encoded()
}
