//! What an approval rested on: the few facts of an object that would have made somebody think again.
//!
//! It is written down when an operation is accepted and compared with the object just before it is sent. It is not the
//! whole object: a changed description must not keep a refund from going out.

use crate::operation::intent::Intent;
use crate::record::{Record, Subscription};
use serde::{Deserialize, Serialize};

/// Facts by name, in words that can be shown.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Basis(Vec<(String, String)>);

/// A fact that is not what it was.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Difference {
    /// Which.
    pub what: String,
    /// As it was when the operation was accepted.
    pub was: String,
    /// As it is.
    pub is: String,
}

impl Basis {
    /// What an intent rests on, as an object shows it.
    #[must_use]
    pub fn of(intent: &Intent, record: &Record) -> Self {
        let facts: Vec<(&str, String)> = match record {
            Record::Payment(it) => vec![
                ("status", it.status.as_str().to_owned()),
                ("refunded", it.amount_refunded.to_string()),
                ("disputed", it.disputed.to_string()),
            ],
            Record::Invoice(it) => vec![
                ("status", it.status.as_str().to_owned()),
                ("remaining", it.amount_remaining.to_string()),
            ],
            Record::Customer(it) => match intent {
                Intent::UpdateCustomer { email, name, .. } => {
                    let mut facts = Vec::new();
                    if email.is_some() {
                        facts.push(("e-mail", it.email.clone().unwrap_or_default()));
                    }
                    if name.is_some() {
                        facts.push(("name", it.name.clone().unwrap_or_default()));
                    }
                    facts
                }
                _ => Vec::new(),
            },
            Record::Subscription(it) => of_subscription(it),
            _ => Vec::new(),
        };
        Self(
            facts
                .into_iter()
                .map(|(what, fact)| (what.to_owned(), fact))
                .collect(),
        )
    }

    /// What is different now. A fact that only one side has is different too.
    #[must_use]
    pub fn differences(&self, now: &Self) -> Vec<Difference> {
        let find = |facts: &[(String, String)], what: &str| {
            facts
                .iter()
                .find(|(name, _)| name == what)
                .map(|(_, fact)| fact.clone())
        };
        let mut names: Vec<&String> = self.0.iter().map(|(name, _)| name).collect();
        names.extend(
            now.0
                .iter()
                .map(|(name, _)| name)
                .filter(|name| find(&self.0, name).is_none()),
        );
        names
            .into_iter()
            .filter_map(|what| {
                let (was, is) = (find(&self.0, what), find(&now.0, what));
                (was != is).then(|| Difference {
                    what: what.clone(),
                    was: was.unwrap_or_default(),
                    is: is.unwrap_or_default(),
                })
            })
            .collect()
    }
}

fn of_subscription(it: &Subscription) -> Vec<(&'static str, String)> {
    let items = it.items.iter().map(|item| {
        let quantity = item
            .quantity
            .map_or_else(|| "metered".to_owned(), |quantity| quantity.to_string());
        format!("{} × {} ({})", item.price, quantity, item.id)
    });
    let discounts = it.discounts.iter().map(|it| it.coupon.to_string());
    vec![
        ("status", it.status.as_str().to_owned()),
        ("items", items.collect::<Vec<_>>().join(", ")),
        ("coupons", discounts.collect::<Vec<_>>().join(", ")),
        (
            "ends",
            it.cancel_at
                .map(|at| at.format("%Y-%m-%d").to_string())
                .unwrap_or_default(),
        ),
        ("collection paused", it.pause.is_some().to_string()),
        (
            "trial ends",
            it.trial_end
                .map(|at| at.format("%Y-%m-%d").to_string())
                .unwrap_or_default(),
        ),
        (
            "schedule",
            it.schedule
                .as_ref()
                .map(ToString::to_string)
                .unwrap_or_default(),
        ),
    ]
}
