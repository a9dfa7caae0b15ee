//! The rules that could have been others: every switch of a policy, set to each thing that the export may rest on.

use coffer_domain::metric::policy::{
    Cancellation, Discounting, FullDiscount, Metered, PastDue, Paused, Policy, Switch,
};
use coffer_domain::metric::reconcile::Alternative;

/// A switch set otherwise.
#[derive(Debug, Clone, Copy)]
pub struct Rule {
    /// Its name.
    pub id: &'static str,
    /// What it says, as a sentence.
    pub says: &'static str,
    /// The switch that it sets.
    pub switch: Switch,
    set: fn(&mut Policy),
}

impl Rule {
    /// Sets it in a policy.
    pub(super) fn set(&self, policy: &mut Policy) {
        (self.set)(policy);
    }

    /// As the comparison asks for it.
    pub(super) fn alternative(&self) -> Alternative {
        Alternative {
            id: self.id.to_owned(),
            says: self.says.to_owned(),
        }
    }
}

/// Every rule, the likeliest first.
const RULES: [Rule; 13] = [
    Rule {
        id: "cancel_at_request",
        says: "A cancellation drops MRR when it is asked for.",
        switch: Switch::Cancellation,
        set: |it| it.cancellation = Cancellation::AtRequest,
    },
    Rule {
        id: "cancel_at_end",
        says: "A cancellation drops MRR when the period ends.",
        switch: Switch::Cancellation,
        set: |it| it.cancellation = Cancellation::AtEnd,
    },
    Rule {
        id: "repeating_ignored",
        says: "Discounts of some months are ignored.",
        switch: Switch::Repeating,
        set: |it| it.repeating = Discounting::Ignored,
    },
    Rule {
        id: "repeating_subtracted",
        says: "Discounts of some months are subtracted.",
        switch: Switch::Repeating,
        set: |it| it.repeating = Discounting::Subtracted,
    },
    Rule {
        id: "forever_ignored",
        says: "Discounts without an end are ignored.",
        switch: Switch::Forever,
        set: |it| it.forever = Discounting::Ignored,
    },
    Rule {
        id: "forever_subtracted",
        says: "Discounts without an end are subtracted.",
        switch: Switch::Forever,
        set: |it| it.forever = Discounting::Subtracted,
    },
    Rule {
        id: "once_subtracted",
        says: "Discounts of one bill are subtracted in its period.",
        switch: Switch::Once,
        set: |it| it.once = Discounting::Subtracted,
    },
    Rule {
        id: "full_discount_churned",
        says: "A customer at zero through a discount has churned.",
        switch: Switch::FullDiscount,
        set: |it| it.full_discount = FullDiscount::Churned,
    },
    Rule {
        id: "paused_counts",
        says: "A paused subscription counts until it ends.",
        switch: Switch::Paused,
        set: |it| it.paused = Paused::Counts,
    },
    Rule {
        id: "past_due_left_out",
        says: "A subscription with an unpaid bill does not count.",
        switch: Switch::PastDue,
        set: |it| it.past_due = PastDue::Days(0),
    },
    Rule {
        id: "past_due_30_days",
        says: "An unpaid bill is waited for 30 days.",
        switch: Switch::PastDue,
        set: |it| it.past_due = PastDue::Days(30),
    },
    Rule {
        id: "past_due_15_days",
        says: "An unpaid bill is waited for 15 days.",
        switch: Switch::PastDue,
        set: |it| it.past_due = PastDue::Days(15),
    },
    Rule {
        id: "metered_counts",
        says: "Metered usage counts with what was invoiced.",
        switch: Switch::Metered,
        set: |it| it.metered = Metered::InvoicedAmount,
    },
];

/// A rule by its name.
#[must_use]
pub fn rule(id: &str) -> Option<Rule> {
    RULES.into_iter().find(|it| it.id == id)
}

/// Those that would change a policy.
pub(super) fn others(policy: &Policy) -> Vec<Rule> {
    RULES
        .into_iter()
        .filter(|it| {
            let mut other = policy.clone();
            it.set(&mut other);
            other != *policy
        })
        .collect()
}
