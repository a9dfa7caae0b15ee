//! What an operation would do, line by line: what the customer gets or pays, what is left, what figures become.
//!
//! Amounts that a customer would be charged are the provider's reckoning and stand beside this; nothing of that is worked out
//! here.

use crate::api::types::{EffectView, PreviewView};
use crate::books::Books;
use crate::error::EngineError;
use crate::outbox::accept::Proposed;
use crate::outbox::words::{preview_view, sentence};
use crate::view::money::{day, money};
use coffer_domain::metric::evaluate::intervals;
use coffer_domain::metric::policy::Policy;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::operation::{
    Intent, PauseKind, PlanChange, Proration, RefundIntent, When, worth_after,
};
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{PauseBehavior, Payment, Record, Subscription};
use coffer_store::query::object;
use coffer_store::table::facts;

fn effect(what: &str, text: impl Into<String>, amount: Option<Money>) -> EffectView {
    EffectView {
        what: what.to_owned(),
        text: text.into(),
        amount: amount.map(money),
    }
}

impl Proposed {
    /// The reckoning as it is shown.
    #[must_use]
    pub fn preview_view(&self) -> Option<PreviewView> {
        self.preview.as_ref().map(preview_view)
    }

    /// What it does, line by line. Blocks.
    ///
    /// # Errors
    /// The file's.
    pub fn effects<M: Mode>(&self, books: &Books<M>) -> Result<Vec<EffectView>, EngineError> {
        let mut all = match (&self.intent, &self.target.record) {
            (Intent::Refund(it), Record::Payment(payment)) => self.refunding(it, payment),
            (Intent::CreditNote(it), _) => vec![
                effect(
                    "customer_gets",
                    "The customer gets back",
                    Some(Money::new(it.refund_minor, it.amount.currency)),
                ),
                effect(
                    "credit",
                    "Goes to the customer's credit",
                    Some(Money::new(it.credit_minor, it.amount.currency)),
                ),
            ],
            (Intent::CustomerCredit { amount, .. }, Record::Customer(it)) => vec![effect(
                "credit",
                "To the good after that",
                Some(Money::new(
                    amount.minor.saturating_sub(it.balance),
                    amount.currency,
                )),
            )],
            (Intent::Cancel { when, .. }, Record::Subscription(it)) => {
                self.ending(books, it, *when)?
            }
            (Intent::PlanChange(change), Record::Subscription(it)) => {
                self.changing(books, it, change)?
            }
            (
                Intent::Pause {
                    what: PauseKind::Collection { bills },
                    ..
                },
                _,
            ) => vec![effect(
                "bills",
                match bills {
                    PauseBehavior::Void => "Bills that fall into the pause are voided",
                    PauseBehavior::KeepAsDraft => "Bills that fall into the pause stay drafts",
                    PauseBehavior::MarkUncollectible => {
                        "Bills that fall into the pause are written off"
                    }
                    PauseBehavior::Other(_) => "Bills that fall into the pause are not collected",
                },
                None,
            )],
            _ => Vec::new(),
        };
        if let Some(undo) = &self.undo {
            all.push(effect(
                "undo",
                format!("To take it back: {}", sentence(undo)),
                None,
            ));
        } else {
            all.push(effect("undo", "This cannot be taken back", None));
        }
        Ok(all)
    }

    fn refunding(&self, it: &RefundIntent, payment: &Payment) -> Vec<EffectView> {
        let left = payment.amount.minor - payment.amount_refunded - it.amount.minor;
        let mut all = vec![
            effect("customer_gets", "The customer gets back", Some(it.amount)),
            effect(
                "left",
                "Left of the payment after that",
                Some(Money::new(left, it.amount.currency)),
            ),
        ];
        if let Some(fee) = self.fee {
            all.push(effect(
                "fee",
                "The provider's fee, which does not come back",
                Some(fee),
            ));
        }
        all.push(effect(
            "cash",
            "Net volume falls by",
            Some(Money::new(-it.amount.minor, it.amount.currency)),
        ));
        all.push(effect(
            "mrr",
            "MRR stays as it is: a refund changes no subscription",
            None,
        ));
        all
    }

    /// What a subscription is worth today, and the part of its prices that is tax.
    fn worth_now<M: Mode>(
        &self,
        books: &Books<M>,
        it: &Subscription,
    ) -> Result<(Ratio, Ratio), EngineError> {
        let at = self
            .target
            .account
            .synced_at
            .unwrap_or_else(|| books.clock.now());
        let own = books.store.read(|read| {
            facts::of_customer(read.sql(), self.target.account.id.as_str(), &it.customer)
        })?;
        let policy = Policy::coffer_1();
        let facts = own
            .subscriptions
            .iter()
            .find(|facts| facts.id == it.id.as_str());
        let worth = facts
            .map(|facts| intervals(facts, &policy))
            .unwrap_or_default()
            .iter()
            .find(|interval| interval.span.holds(at.timestamp()))
            .map_or(Ratio::ZERO, |interval| interval.monthly);
        let tax = facts
            .and_then(|facts| facts.stretches.last())
            .and_then(|stretch| stretch.items.first())
            .map_or(Ratio::ZERO, |item| item.tax_share);
        Ok((worth, tax))
    }

    fn ending<M: Mode>(
        &self,
        books: &Books<M>,
        it: &Subscription,
        when: When,
    ) -> Result<Vec<EffectView>, EngineError> {
        let (worth, _) = self.worth_now(books, it)?;
        let ends = match when {
            When::Now => {
                "It ends at once; what was paid for the rest of the period is not given back"
                    .to_owned()
            }
            When::PeriodEnd => it
                .items
                .iter()
                .filter_map(|item| item.period_end)
                .max()
                .map_or_else(
                    || "It ends with its period".to_owned(),
                    |end| format!("It runs until {} and ends then", day(end)),
                ),
        };
        let minor = worth.round_half_even().unwrap_or(0);
        Ok(vec![
            effect("ends", ends, None),
            effect(
                "mrr",
                match when {
                    When::Now => "MRR falls by",
                    When::PeriodEnd => "MRR falls then by",
                },
                Some(Money::new(minor, it.currency)),
            ),
        ])
    }

    fn changing<M: Mode>(
        &self,
        books: &Books<M>,
        it: &Subscription,
        change: &PlanChange,
    ) -> Result<Vec<EffectView>, EngineError> {
        let (now, tax) = self.worth_now(books, it)?;
        let (catalog, customer) = books.store.read(|read| {
            let account = &self.target.account.id;
            let catalog = object::catalog_of(read.sql(), account)?;
            let customer = object::customer_discount(read.sql(), account, &it.customer)?;
            Ok((catalog, customer))
        })?;
        let after = worth_after(
            it,
            change,
            customer.as_ref(),
            tax,
            &catalog,
            &Policy::coffer_1(),
        );
        let shown = |worth: Ratio| {
            worth
                .round_half_even()
                .ok()
                .map(|minor| Money::new(minor, it.currency))
        };
        let mut all = vec![effect("mrr_now", "MRR of the subscription now", shown(now))];
        all.push(match after {
            Ok(after) => effect("mrr_after", "MRR of the subscription then", shown(after)),
            Err(why) => effect(
                "mrr_after",
                format!("Its MRR then is not known: {why}"),
                None,
            ),
        });
        if self.estimated && change.when == When::Now && change.proration != Proration::None {
            all.push(effect(
                "estimated",
                "Estimated, will be checked again: what it costs is the provider's reckoning, which is asked before anything is sent",
                None,
            ));
        }
        Ok(all)
    }
}
