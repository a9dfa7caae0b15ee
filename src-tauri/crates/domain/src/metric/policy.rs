//! The rules by which subscriptions become figures, as data.
//!
//! A policy is a name and a value for each switch. The engine is one and the same for all of them: what differs between
//! two dashboards of the same merchant is one of these values, so that the difference can be shown instead of argued about.
//! A rule never changes under a name once published; another rule is another policy. `coffer-1` is the default. The
//! vendors' presets are what their own documents say; where a document is silent the value is our reading of it, and
//! `readings` names those switches.

use serde::{Deserialize, Serialize};

/// The policy that figures follow when none is named.
pub const DEFAULT: &str = "coffer-1";

/// What becomes of a subscription whose bill is not paid.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PastDue {
    /// It counts until the provider ends it, pauses it or gives its bills up.
    Counts,
    /// It counts for so many days after the first failed attempt, and again once the bill is paid.
    Days(u16),
    /// It counts for as long as the provider lets it run.
    WhileRunning,
}

/// When a subscription that is canceled at the end of its period stops counting.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Cancellation {
    /// When it ends.
    AtEnd,
    /// When the end is asked for.
    AtRequest,
}

/// What a discount does to MRR while it runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Discounting {
    /// Nothing.
    Ignored,
    /// It is taken off.
    Subtracted,
    /// It is taken off where it is a percentage.
    PercentageOnly,
}

/// What a customer is whom discounts bring to zero.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum FullDiscount {
    /// Free and still an active subscriber.
    FreeActive,
    /// Free: neither an active subscriber nor churned.
    Free,
    /// Churned.
    Churned,
}

/// What metered usage is worth.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Metered {
    /// Nothing: usage is its own line.
    Out,
    /// What was invoiced for a period, over that period.
    InvoicedAmount,
}

/// What a paused subscription is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Paused {
    /// Worth nothing, and its customer neither active nor churned.
    Contraction,
    /// Worth what it was until it ends.
    Counts,
    /// Not there: its customer has churned unless something else counts.
    Out,
}

/// What churned customers are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ChurnBase {
    /// Churned within the period ÷ active at its start; who joined and left within it is in neither.
    ActiveAtStart,
    /// Churned in the last 30 days ÷ active 30 days ago.
    ThirtyDaysAgo,
    /// Churned in the last 30 days ÷ (active 30 days ago + new in the 30 days).
    ThirtyDaysAgoPlusNew,
}

/// Which churn rate a lifetime value is taken from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LtvChurn {
    /// The period's own.
    Period,
    /// The mean of the rates of the last so many periods, this one included.
    Trailing(u8),
}

/// What converted trials are divided by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum TrialBase {
    /// Converted at an end within the period ÷ ended within it.
    Ended,
    /// Of the trials that started within the period, the part that has converted since.
    StartedCohort,
    /// Converted in the last 30 days ÷ started in the last 30 days.
    StartedThirtyDays,
}

/// One policy.
#[derive(Debug, Clone, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Policy {
    /// What every answer calls it.
    pub id: String,
    /// What people call it.
    pub name: String,
    /// Unpaid bills.
    pub past_due: PastDue,
    /// Cancellations ahead.
    pub cancellation: Cancellation,
    /// Discounts of one bill.
    pub once: Discounting,
    /// Discounts of some months.
    pub repeating: Discounting,
    /// Discounts without an end.
    pub forever: Discounting,
    /// Customers at zero through discounts.
    pub full_discount: FullDiscount,
    /// Usage.
    pub metered: Metered,
    /// Pauses.
    pub paused: Paused,
    /// The customer churn rate.
    pub churn_base: ChurnBase,
    /// The lifetime value.
    pub ltv_churn: LtvChurn,
    /// The trial conversion.
    pub trial_base: TrialBase,
    /// The switches whose value is our reading, where the vendor leaves the rule unsaid.
    #[serde(default)]
    pub readings: Vec<Switch>,
}

/// One rule of a policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Switch {
    /// `past_due`.
    PastDue,
    /// `cancellation`.
    Cancellation,
    /// `once`.
    Once,
    /// `repeating`.
    Repeating,
    /// `forever`.
    Forever,
    /// `full_discount`.
    FullDiscount,
    /// `metered`.
    Metered,
    /// `paused`.
    Paused,
    /// How many weeks a month has: 52/12 under every policy.
    Week,
    /// `churn_base`.
    ChurnBase,
    /// `ltv_churn`.
    LtvChurn,
    /// `trial_base`.
    TrialBase,
}

impl Switch {
    /// Every switch, in the order in which they are told.
    pub const ALL: [Self; 12] = [
        Self::PastDue,
        Self::Cancellation,
        Self::Once,
        Self::Repeating,
        Self::Forever,
        Self::FullDiscount,
        Self::Metered,
        Self::Paused,
        Self::Week,
        Self::ChurnBase,
        Self::LtvChurn,
        Self::TrialBase,
    ];

    /// Its name in JSON and in a policy file.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::PastDue => "past_due",
            Self::Cancellation => "cancellation",
            Self::Once => "once",
            Self::Repeating => "repeating",
            Self::Forever => "forever",
            Self::FullDiscount => "full_discount",
            Self::Metered => "metered",
            Self::Paused => "paused",
            Self::Week => "week",
            Self::ChurnBase => "churn_base",
            Self::LtvChurn => "ltv_churn",
            Self::TrialBase => "trial_base",
        }
    }

    /// What it decides, in words.
    #[must_use]
    pub const fn question(self) -> &'static str {
        match self {
            Self::PastDue => "A subscription with an unpaid bill",
            Self::Cancellation => "A cancellation at the end of the period drops MRR",
            Self::Once => "A discount of one bill",
            Self::Repeating => "A discount of some months",
            Self::Forever => "A discount without an end",
            Self::FullDiscount => "A customer at zero through a discount",
            Self::Metered => "Metered usage",
            Self::Paused => "A paused subscription",
            Self::Week => "Weeks in a month",
            Self::ChurnBase => "Customer churn rate",
            Self::LtvChurn => "Lifetime value divides by",
            Self::TrialBase => "Trial conversion",
        }
    }
}

impl Policy {
    /// The value of one switch, in words.
    #[must_use]
    pub fn rule(&self, switch: Switch) -> String {
        let discounting = |value: Discounting, subtracted: &str| match value {
            Discounting::Ignored => "is ignored".to_owned(),
            Discounting::Subtracted => subtracted.to_owned(),
            Discounting::PercentageOnly => {
                "is subtracted while it runs, if it is a percentage".to_owned()
            }
        };
        match switch {
            Switch::PastDue => match self.past_due {
                PastDue::Counts => {
                    "counts until it really ends, is paused or is given up".to_owned()
                }
                PastDue::Days(days) => {
                    format!("counts for {days} days after the first failed attempt")
                }
                PastDue::WhileRunning => "counts while the provider lets it run".to_owned(),
            },
            Switch::Cancellation => match self.cancellation {
                Cancellation::AtEnd => "when the period ends".to_owned(),
                Cancellation::AtRequest => "when the end is asked for".to_owned(),
            },
            Switch::Once => discounting(self.once, "is subtracted in the period of its bill"),
            Switch::Repeating => discounting(self.repeating, "is subtracted while it runs"),
            Switch::Forever => discounting(self.forever, "is subtracted"),
            Switch::FullDiscount => match self.full_discount {
                FullDiscount::FreeActive => "is free and an active subscriber",
                FullDiscount::Free => "is free, neither an active subscriber nor churned",
                FullDiscount::Churned => "has churned",
            }
            .to_owned(),
            Switch::Metered => match self.metered {
                Metered::Out => "is no part of MRR",
                Metered::InvoicedAmount => "counts with what was invoiced for its period",
            }
            .to_owned(),
            Switch::Paused => match self.paused {
                Paused::Contraction => "is worth nothing; the customer has not churned",
                Paused::Counts => "counts until it ends",
                Paused::Out => "is not there; the customer has churned",
            }
            .to_owned(),
            Switch::Week => "52/12".to_owned(),
            Switch::ChurnBase => match self.churn_base {
                ChurnBase::ActiveAtStart => "churned within ÷ active at the start",
                ChurnBase::ThirtyDaysAgo => "churned in 30 days ÷ active 30 days ago",
                ChurnBase::ThirtyDaysAgoPlusNew => {
                    "churned in 30 days ÷ (active 30 days ago + new in the 30 days)"
                }
            }
            .to_owned(),
            Switch::LtvChurn => match self.ltv_churn {
                LtvChurn::Period => "the period's churn rate".to_owned(),
                LtvChurn::Trailing(periods) => {
                    format!("the mean churn rate of {periods} periods")
                }
            },
            Switch::TrialBase => match self.trial_base {
                TrialBase::Ended => "converted ÷ trials ended within",
                TrialBase::StartedCohort => {
                    "of the trials started within, the part that has converted"
                }
                TrialBase::StartedThirtyDays => "converted in 30 days ÷ trials started in 30 days",
            }
            .to_owned(),
        }
    }

    /// The same policy under which a cancellation ahead counts as done: what is committed.
    #[must_use]
    pub fn committed(&self) -> Self {
        Self {
            cancellation: Cancellation::AtRequest,
            ..self.clone()
        }
    }

    /// A published policy by its id.
    #[must_use]
    pub fn preset(id: &str) -> Option<Self> {
        presets().into_iter().find(|policy| policy.id == id)
    }

    /// The default.
    #[must_use]
    pub fn coffer_1() -> Self {
        Self {
            id: DEFAULT.to_owned(),
            name: "Coffer".to_owned(),
            past_due: PastDue::Counts,
            cancellation: Cancellation::AtEnd,
            once: Discounting::Ignored,
            repeating: Discounting::Subtracted,
            forever: Discounting::Subtracted,
            full_discount: FullDiscount::FreeActive,
            metered: Metered::Out,
            paused: Paused::Contraction,
            churn_base: ChurnBase::ActiveAtStart,
            ltv_churn: LtvChurn::Period,
            trial_base: TrialBase::Ended,
            readings: Vec::new(),
        }
    }
}

/// Every published policy: our own first, then the vendors'.
#[must_use]
pub fn presets() -> Vec<Policy> {
    let like = |id: &str, name: &str| Policy {
        id: id.to_owned(),
        name: name.to_owned(),
        ..Policy::coffer_1()
    };
    // Two vendors say what counts and little of what is made of it.
    let little_said = vec![
        Switch::PastDue,
        Switch::Week,
        Switch::ChurnBase,
        Switch::LtvChurn,
        Switch::TrialBase,
    ];
    vec![
        Policy::coffer_1(),
        Policy {
            cancellation: Cancellation::AtRequest,
            repeating: Discounting::Ignored,
            full_discount: FullDiscount::Churned,
            paused: Paused::Counts,
            churn_base: ChurnBase::ThirtyDaysAgoPlusNew,
            readings: vec![Switch::Week],
            ..like("stripe", "Stripe")
        },
        Policy {
            once: Discounting::Subtracted,
            metered: Metered::InvoicedAmount,
            ltv_churn: LtvChurn::Trailing(6),
            trial_base: TrialBase::StartedCohort,
            readings: vec![Switch::Week],
            ..like("chartmogul", "ChartMogul")
        },
        Policy {
            past_due: PastDue::Days(30),
            once: Discounting::Subtracted,
            full_discount: FullDiscount::Churned,
            churn_base: ChurnBase::ThirtyDaysAgo,
            trial_base: TrialBase::StartedThirtyDays,
            readings: vec![Switch::Week, Switch::Paused],
            ..like("baremetrics", "Baremetrics")
        },
        Policy {
            past_due: PastDue::Days(15),
            once: Discounting::Subtracted,
            full_discount: FullDiscount::Free,
            metered: Metered::InvoicedAmount,
            // "Smoothed" in the vendor's words, without a formula.
            ltv_churn: LtvChurn::Trailing(3),
            readings: vec![Switch::Week, Switch::LtvChurn, Switch::TrialBase],
            ..like("profitwell", "ProfitWell")
        },
        Policy {
            past_due: PastDue::WhileRunning,
            cancellation: Cancellation::AtRequest,
            repeating: Discounting::Ignored,
            forever: Discounting::Ignored,
            paused: Paused::Out,
            readings: little_said.clone(),
            ..like("paddle", "Paddle")
        },
        Policy {
            repeating: Discounting::PercentageOnly,
            forever: Discounting::PercentageOnly,
            full_discount: FullDiscount::Free,
            paused: Paused::Out,
            readings: little_said,
            ..like("lemonsqueezy", "Lemon Squeezy")
        },
    ]
}

/// A policy of somebody's own, as it is written in a file: what it says nothing about is as in the policy it is based on.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    id: String,
    name: Option<String>,
    based_on: Option<String>,
    past_due: Option<PastDue>,
    cancellation: Option<Cancellation>,
    once: Option<Discounting>,
    repeating: Option<Discounting>,
    forever: Option<Discounting>,
    full_discount: Option<FullDiscount>,
    metered: Option<Metered>,
    paused: Option<Paused>,
    churn_base: Option<ChurnBase>,
    ltv_churn: Option<LtvChurn>,
    trial_base: Option<TrialBase>,
}

/// Why a policy file cannot be used.
#[derive(Debug, thiserror::Error)]
pub enum PolicyError {
    /// It is not what a policy looks like.
    #[error("the policy cannot be read: {0}")]
    Form(#[from] serde_json::Error),
    /// Its id is not one.
    #[error(
        "`{0}` cannot be a policy's id: 1 to 40 small letters, digits and hyphens, beginning with a letter"
    )]
    Id(String),
    /// Its id is taken.
    #[error("`{0}` is a published policy, whose rules never change; give yours another id")]
    Published(String),
    /// What it is based on is not there.
    #[error("`{0}` is not a published policy to build on")]
    Base(String),
    /// A number is out of its bounds.
    #[error("{0}")]
    Bounds(&'static str),
}

impl Policy {
    /// Reads a policy of somebody's own from JSON.
    ///
    /// # Errors
    /// When it is not a policy, has a published id, or builds on one that is not published.
    pub fn read(text: &str) -> Result<Self, PolicyError> {
        let written: Written = serde_json::from_str(text)?;
        let mut letters = written.id.bytes();
        let well = written.id.len() <= 40
            && letters.next().is_some_and(|it| it.is_ascii_lowercase())
            && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'-');
        if !well {
            return Err(PolicyError::Id(written.id));
        }
        if Self::preset(&written.id).is_some() {
            return Err(PolicyError::Published(written.id));
        }
        if written
            .past_due
            .is_some_and(|it| matches!(it, PastDue::Days(days) if days > 366))
        {
            return Err(PolicyError::Bounds("past_due takes 0 to 366 days"));
        }
        if written
            .ltv_churn
            .is_some_and(|it| matches!(it, LtvChurn::Trailing(0)))
        {
            return Err(PolicyError::Bounds(
                "ltv_churn takes at least one trailing period",
            ));
        }
        let based_on = written.based_on.as_deref().unwrap_or(DEFAULT);
        let base = Self::preset(based_on).ok_or_else(|| PolicyError::Base(based_on.to_owned()))?;
        Ok(Self {
            name: written.name.unwrap_or_else(|| written.id.clone()),
            id: written.id,
            past_due: written.past_due.unwrap_or(base.past_due),
            cancellation: written.cancellation.unwrap_or(base.cancellation),
            once: written.once.unwrap_or(base.once),
            repeating: written.repeating.unwrap_or(base.repeating),
            forever: written.forever.unwrap_or(base.forever),
            full_discount: written.full_discount.unwrap_or(base.full_discount),
            metered: written.metered.unwrap_or(base.metered),
            paused: written.paused.unwrap_or(base.paused),
            churn_base: written.churn_base.unwrap_or(base.churn_base),
            ltv_churn: written.ltv_churn.unwrap_or(base.ltv_churn),
            trial_base: written.trial_base.unwrap_or(base.trial_base),
            readings: Vec::new(),
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn seven_policies_are_published_and_ours_is_the_default() {
        let ids: Vec<String> = presets().into_iter().map(|it| it.id).collect();
        assert_eq!(
            ids,
            [
                "coffer-1",
                "stripe",
                "chartmogul",
                "baremetrics",
                "profitwell",
                "paddle",
                "lemonsqueezy"
            ]
        );
        assert_eq!(Policy::preset(DEFAULT), Some(Policy::coffer_1()));
    }

    #[test]
    fn a_policy_of_ones_own_says_only_what_differs() {
        let own = Policy::read(
            r#"{"id":"board-2","based_on":"stripe","past_due":{"days":45},"cancellation":"at_end"}"#,
        )
        .unwrap();
        let stripe = Policy::preset("stripe").unwrap();
        assert_eq!(own.past_due, PastDue::Days(45));
        assert_eq!(own.cancellation, Cancellation::AtEnd);
        assert_eq!(own.churn_base, stripe.churn_base);
        assert!(own.readings.is_empty(), "nothing of it is our reading");
    }

    #[test]
    fn what_is_not_a_policy_is_refused_with_the_reason() {
        for (text, says) in [
            ("{}", "missing field"),
            (r#"{"id":"Mine"}"#, "small letters"),
            (r#"{"id":"stripe"}"#, "published"),
            (r#"{"id":"mine","based_on":"theirs"}"#, "`theirs`"),
            (r#"{"id":"mine","weeks":4}"#, "unknown field `weeks`"),
            (
                r#"{"id":"mine","once":"halved"}"#,
                "unknown variant `halved`",
            ),
            (r#"{"id":"mine","past_due":{"days":400}}"#, "366"),
            (
                r#"{"id":"mine","ltv_churn":{"trailing":0}}"#,
                "at least one",
            ),
        ] {
            let error = Policy::read(text).unwrap_err().to_string();
            assert!(error.contains(says), "{text}: {error}");
        }
    }

    #[test]
    fn every_rule_of_every_policy_has_words() {
        for policy in presets() {
            for switch in Switch::ALL {
                assert!(!policy.rule(switch).is_empty());
                assert!(!switch.question().is_empty());
            }
        }
    }
}
