//! Operations in words: what they are, what they do, where they stand.

use crate::api::types::{
    EffectView, OperationProblem, OperationResult, OperationView, PreviewLineView, PreviewView,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::outbox::accept::Proposed;
use crate::view::money::{day, instant, money};
use coffer_domain::metric::policy::Policy;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::operation::{
    Intent, InvoiceAction, ItemChange, PauseKind, PlanChange, Proration, TrialEnd, Voucher, When,
    worth_after,
};
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{PauseBehavior, Record, Subscription};
use coffer_providers::Preview;
use coffer_store::query::object;
use coffer_store::table::facts;
use coffer_store::table::operation::OperationRow;

/// What an operation is, in one sentence without its end.
#[must_use]
pub fn sentence(intent: &Intent) -> String {
    match intent {
        Intent::Refund(it) => format!("Refund {} of payment {}", it.amount.text(), it.payment),
        Intent::CreditNote(it) => format!("Credit {} of invoice {}", it.amount.text(), it.invoice),
        Intent::CustomerCredit { customer, amount } => {
            format!("Give {customer} {} to the good", amount.text())
        }
        Intent::PlanChange(it) => plan_change(it),
        Intent::Cancel { subscription, when } => match when {
            When::Now => format!("Cancel {subscription} now"),
            When::PeriodEnd => format!("Cancel {subscription} when its period ends"),
        },
        Intent::Uncancel { subscription } => format!("Let {subscription} go on"),
        Intent::Pause {
            subscription,
            what,
            until,
        } => {
            let what = match what {
                PauseKind::Service => "Pause",
                PauseKind::Collection { .. } => "Pause the collection of",
            };
            let until = until.map_or_else(String::new, |until| format!(" until {}", day(until)));
            format!("{what} {subscription}{until}")
        }
        Intent::Resume { subscription, what } => match what {
            PauseKind::Service => format!("Resume {subscription}"),
            PauseKind::Collection { .. } => format!("Resume the collection of {subscription}"),
        },
        Intent::Trial { subscription, end } => match end {
            TrialEnd::Now => format!("End the trial of {subscription} now"),
            TrialEnd::At(at) => format!("Let the trial of {subscription} end on {}", day(*at)),
        },
        Intent::ApplyDiscount {
            subscription,
            voucher,
        } => match voucher {
            Voucher::Coupon(id) => format!("Put the coupon {id} on {subscription}"),
            Voucher::PromotionCode(id) => format!("Put the promotion code {id} on {subscription}"),
        },
        Intent::RemoveDiscount { subscription } => {
            format!("Take the coupons off {subscription}")
        }
        Intent::ReleaseSchedule { subscription } => {
            format!("Let {subscription} keep its plan: what was planned for later does not happen")
        }
        Intent::Invoice { invoice, action } => match action {
            InvoiceAction::Pay => format!("Collect invoice {invoice} now"),
            InvoiceAction::Send => format!("Send invoice {invoice}"),
            InvoiceAction::Void => format!("Void invoice {invoice}"),
            InvoiceAction::WriteOff => format!("Write off invoice {invoice}"),
        },
        Intent::UpdateCustomer { customer, .. } => {
            format!("Change the address or name of {customer}")
        }
    }
}

fn plan_change(it: &PlanChange) -> String {
    let many = |quantity: &Option<i64>| {
        quantity.map_or_else(String::new, |quantity| format!(" × {quantity}"))
    };
    let items: Vec<String> = it
        .items
        .iter()
        .map(|change| match change {
            ItemChange::Set {
                price, quantity, ..
            } => format!("to {price}{}", many(quantity)),
            ItemChange::Add { price, quantity } => format!("add {price}{}", many(quantity)),
            ItemChange::Remove { item } => format!("without {item}"),
        })
        .collect();
    let when = match it.when {
        When::Now => "now",
        When::PeriodEnd => "when its period ends",
    };
    format!("Change {} {}, {when}", it.subscription, items.join(", "))
}

/// A reckoning as it is shown.
fn preview_view(it: &Preview) -> PreviewView {
    let shown = |minor| money(Money::new(minor, it.currency));
    PreviewView {
        lines: it
            .lines
            .iter()
            .map(|line| PreviewLineView {
                description: line.description.clone(),
                amount: shown(line.amount),
                proration: line.proration,
            })
            .collect(),
        subtotal: shown(it.subtotal),
        tax: shown(it.tax),
        total: shown(it.total),
        amount_due: shown(it.amount_due),
        due_now: shown(if it.billed_now { it.amount_due } else { 0 }),
        billed_now: it.billed_now,
        billed_at: it.billed_at.map(instant),
        reckoned_from: instant(it.reckoned_from),
    }
}

/// An operation as it is shown.
#[must_use]
pub fn operation_view<M: Mode>(row: &OperationRow) -> OperationView {
    let (kind, target) = row.intent.target();
    let preview: Option<Preview> = row
        .preview
        .as_deref()
        .and_then(|text| serde_json::from_str(text).ok());
    OperationView {
        id: row.id.clone(),
        mode: M::NAME.into(),
        account: row.account.to_string(),
        kind: row.intent.kind().to_owned(),
        state: row.progress.state.as_str().to_owned(),
        target: target.to_owned(),
        target_kind: kind.as_str().to_owned(),
        customer: row.customer.as_ref().map(ToString::to_string),
        sentence: sentence(&row.intent),
        amount: row.intent.amount().map(money),
        attempts: row.progress.attempts,
        step: row.progress.step,
        steps: row.progress.steps,
        result: row.result.clone().map(|id| OperationResult { id }),
        problem: row
            .code
            .clone()
            .or_else(|| row.message.as_ref().map(|_| String::new()))
            .map(|code| OperationProblem {
                code,
                message: row.message.clone().unwrap_or_default(),
            }),
        request_id: row.request_id.clone(),
        note: row.note.clone(),
        asked_by: row.asked_by.clone(),
        approved_by: row.approved_by.clone(),
        estimated: row.estimated,
        preview: preview.as_ref().map(preview_view),
        undo: row.undo.as_ref().map(sentence),
        not_before: row.progress.not_before.map(instant),
        created_at: instant(row.created_at),
        changed_at: instant(row.changed_at),
    }
}

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
            (Intent::Refund(it), Record::Payment(payment)) => {
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
            .map(|facts| coffer_domain::metric::evaluate::intervals(facts, &policy))
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
