//! What somebody asks for, in the words of a command or a form, and the intent that it becomes.
//!
//! A wish may leave things open (all that is left, the only item, whichever pause is possible); an intent may not. What is
//! decided here is shown to whoever asked before it is accepted.

use crate::books::Books;
use crate::error::EngineError;
use crate::outbox::target::Target;
use chrono::{NaiveDate, NaiveTime};
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::operation::{
    CreditNoteIntent, CreditNoteLine, Intent, InvoiceAction, ItemChange, PauseKind, PlanChange,
    Proration, RefundIntent, RefundReason, TrialEnd, Voucher, When,
};
use coffer_domain::record::{
    Customer, Invoice, InvoiceStatus, PauseBehavior, Payment, Record, Subscription,
    SubscriptionStatus,
};
use coffer_store::query::object;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

/// A price with a quantity, to be added.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AddedItem {
    /// The price.
    pub price: String,
    /// How many; one when left out.
    #[serde(default)]
    pub quantity: Option<i64>,
}

/// A part of an invoice.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CreditedLine {
    /// The line, `il_…`.
    pub line: String,
    /// How much of it; all of it when left out.
    #[serde(default)]
    pub amount: Option<String>,
}

/// What somebody asks for. Amounts are decimals of the object's own currency, dates are `YYYY-MM-DD`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(tag = "kind", rename_all = "snake_case")]
pub enum Wish {
    /// Give money back.
    Refund {
        /// The payment, or its payment intent.
        payment: String,
        /// How much; all that is left when left out.
        #[serde(default)]
        amount: Option<String>,
        /// `duplicate`, `fraudulent` or `requested_by_customer`, which is meant when nothing is said.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Correct an invoice.
    CreditNote {
        /// The invoice.
        invoice: String,
        /// How much, tax included; all of it when neither this nor lines are given.
        #[serde(default)]
        amount: Option<String>,
        /// Single lines.
        #[serde(default)]
        lines: Vec<CreditedLine>,
        /// Whether what was paid goes to the customer's credit instead of back to where it came from.
        #[serde(default)]
        to_credit: bool,
        /// As for a refund.
        #[serde(default)]
        reason: Option<String>,
    },
    /// Give a customer something to the good.
    CustomerCredit {
        /// The customer.
        customer: String,
        /// How much.
        amount: String,
        /// The currency, where the customer has none yet.
        #[serde(default)]
        currency: Option<String>,
    },
    /// Another price, quantity or set of items.
    PlanChange {
        /// The subscription.
        subscription: String,
        /// The price of the item from then on.
        #[serde(default)]
        price: Option<String>,
        /// Its quantity; as it is when left out.
        #[serde(default)]
        quantity: Option<i64>,
        /// Which item; the only one when left out.
        #[serde(default)]
        item: Option<String>,
        /// What is added.
        #[serde(default)]
        add: Vec<AddedItem>,
        /// Items that go.
        #[serde(default)]
        remove: Vec<String>,
        /// `now` or `period_end`.
        #[serde(default)]
        when: Option<String>,
        /// `prorate`, `invoice_now` or `none`.
        #[serde(default)]
        proration: Option<String>,
    },
    /// End a subscription.
    Cancel {
        /// The subscription.
        subscription: String,
        /// `now` or `period_end`.
        when: String,
    },
    /// Take a coming end back.
    Uncancel {
        /// The subscription.
        subscription: String,
    },
    /// Pause.
    Pause {
        /// The subscription.
        subscription: String,
        /// `collection` or `service`; whichever is possible when left out.
        #[serde(default)]
        what: Option<String>,
        /// `void`, `keep_as_draft` or `mark_uncollectible`: what becomes of bills while collection is paused.
        #[serde(default)]
        bills: Option<String>,
        /// Until when.
        #[serde(default)]
        until: Option<String>,
    },
    /// Go on after a pause.
    Resume {
        /// The subscription.
        subscription: String,
    },
    /// Let a trial last longer, or end it.
    Trial {
        /// The subscription.
        subscription: String,
        /// A date, or `now`.
        until: String,
    },
    /// Put a coupon on a subscription.
    Coupon {
        /// The subscription.
        subscription: String,
        /// The coupon's id.
        #[serde(default)]
        coupon: Option<String>,
        /// A promotion code, as customers type it or by its id.
        #[serde(default)]
        promotion_code: Option<String>,
    },
    /// Take a subscription's coupons away.
    RemoveCoupon {
        /// The subscription.
        subscription: String,
    },
    /// Let a subscription go from its schedule: what was planned for later does not happen.
    KeepPlan {
        /// The subscription.
        subscription: String,
    },
    /// Do something with a bill.
    Invoice {
        /// The invoice.
        invoice: String,
        /// `pay`, `send`, `void` or `uncollectible`.
        action: String,
    },
    /// Write down another address or name.
    CustomerUpdate {
        /// The customer.
        customer: String,
        /// The e-mail address.
        #[serde(default)]
        email: Option<String>,
        /// The name.
        #[serde(default)]
        name: Option<String>,
    },
}

fn usage(text: impl Into<String>) -> EngineError {
    EngineError::Usage(text.into())
}

fn one_of<T>(what: &str, text: &str, known: &[(&str, T)]) -> Result<T, EngineError>
where
    T: Clone,
{
    let text = text.replace('-', "_");
    known
        .iter()
        .find(|(word, _)| *word == text)
        .map(|(_, value)| value.clone())
        .ok_or_else(|| {
            let words: Vec<&str> = known.iter().map(|(word, _)| *word).collect();
            usage(format!(
                "`{text}` is no {what}; it can be {}.",
                words.join(", ")
            ))
        })
}

fn bill_action(text: &str) -> Result<InvoiceAction, EngineError> {
    one_of(
        "action",
        text,
        &[
            ("pay", InvoiceAction::Pay),
            ("send", InvoiceAction::Send),
            ("void", InvoiceAction::Void),
            ("uncollectible", InvoiceAction::WriteOff),
        ],
    )
}

fn reason(text: Option<&str>) -> Result<RefundReason, EngineError> {
    let Some(text) = text else {
        return Ok(RefundReason::RequestedByCustomer);
    };
    one_of(
        "reason",
        text,
        &RefundReason::ALL.map(|reason| (reason.as_str(), reason)),
    )
}

fn when(text: &str) -> Result<When, EngineError> {
    one_of(
        "time",
        text,
        &[("now", When::Now), ("period_end", When::PeriodEnd)],
    )
}

/// The first instant of a day.
fn day(text: &str) -> Result<Instant, EngineError> {
    let day: NaiveDate = text.parse().map_err(|_| {
        usage(format!(
            "`{text}` is no date; it should look like 2026-11-30."
        ))
    })?;
    Ok(day.and_time(NaiveTime::MIN).and_utc())
}

fn amount(text: &str, currency: Currency) -> Result<Money, EngineError> {
    Money::parse_decimal(text, currency).map_err(|error| usage(format!("{error}.")))
}

impl Wish {
    /// The id of the object and what it should be.
    #[must_use]
    pub fn object(&self) -> (&str, &'static str) {
        match self {
            Self::Refund { payment, .. } => (payment, "payment"),
            Self::CreditNote { invoice, .. } | Self::Invoice { invoice, .. } => {
                (invoice, "invoice")
            }
            Self::CustomerCredit { customer, .. } | Self::CustomerUpdate { customer, .. } => {
                (customer, "customer")
            }
            Self::PlanChange { subscription, .. }
            | Self::Cancel { subscription, .. }
            | Self::Uncancel { subscription }
            | Self::Pause { subscription, .. }
            | Self::Resume { subscription }
            | Self::Trial { subscription, .. }
            | Self::Coupon { subscription, .. }
            | Self::RemoveCoupon { subscription }
            | Self::KeepPlan { subscription } => (subscription, "subscription"),
        }
    }

    /// What it means for an object. Blocks.
    ///
    /// # Errors
    /// When it cannot be understood or the object is of another kind.
    pub fn intent<M: Mode>(
        &self,
        books: &Books<M>,
        target: &Target,
    ) -> Result<Intent, EngineError> {
        match (self, &target.record) {
            (Self::Refund { amount, reason, .. }, Record::Payment(it)) => {
                refund(it, amount.as_deref(), reason.as_deref())
            }
            (
                Self::CreditNote {
                    amount,
                    lines,
                    to_credit,
                    reason,
                    ..
                },
                Record::Invoice(it),
            ) => {
                let payment = books.store.read(|read| {
                    object::payment_of_invoice(read.sql(), &target.account.id, it.id.as_str())
                })?;
                credit_note(
                    it,
                    amount.as_deref(),
                    lines,
                    (*to_credit, payment),
                    reason.as_deref(),
                )
            }
            (
                Self::CustomerCredit {
                    amount: text,
                    currency,
                    ..
                },
                Record::Customer(it),
            ) => credit(it, text, currency.as_deref()),
            (Self::CustomerUpdate { email, name, .. }, Record::Customer(it)) => {
                Ok(Intent::UpdateCustomer {
                    customer: it.id.clone(),
                    email: email.as_ref().map(|text| text.trim().to_owned()),
                    name: name.as_ref().map(|text| text.trim().to_owned()),
                })
            }
            (Self::Invoice { action, .. }, Record::Invoice(it)) => Ok(Intent::Invoice {
                invoice: it.id.clone(),
                action: bill_action(action)?,
            }),
            (
                Self::Coupon {
                    coupon,
                    promotion_code,
                    ..
                },
                Record::Subscription(it),
            ) => {
                let voucher = voucher(books, target, coupon.as_deref(), promotion_code.as_deref())?;
                Ok(Intent::ApplyDiscount {
                    subscription: it.id.clone(),
                    voucher,
                })
            }
            (_, Record::Subscription(it)) => self.on_subscription(it),
            _ => {
                let (id, what) = self.object();
                Err(usage(format!("{id} is no {what}.")))
            }
        }
    }

    fn on_subscription(&self, it: &Subscription) -> Result<Intent, EngineError> {
        let subscription = it.id.clone();
        match self {
            Self::PlanChange {
                price,
                quantity,
                item,
                add,
                remove,
                when: at,
                proration,
                ..
            } => Ok(Intent::PlanChange(PlanChange {
                subscription,
                items: changes(
                    it,
                    price.as_deref(),
                    *quantity,
                    item.as_deref(),
                    add,
                    remove,
                )?,
                when: when(at.as_deref().unwrap_or("now"))?,
                proration: one_of(
                    "proration",
                    proration.as_deref().unwrap_or("prorate"),
                    &[
                        ("prorate", Proration::Prorate),
                        ("invoice_now", Proration::InvoiceNow),
                        ("none", Proration::None),
                    ],
                )?,
                reckoned_from: None,
            })),
            Self::Cancel { when: at, .. } => Ok(Intent::Cancel {
                subscription,
                when: when(at)?,
            }),
            Self::Uncancel { .. } => Ok(Intent::Uncancel { subscription }),
            Self::Pause {
                what, bills, until, ..
            } => pause(it, what.as_deref(), bills.as_deref(), until.as_deref()),
            Self::Resume { .. } => Ok(Intent::Resume {
                subscription,
                what: if it.status == SubscriptionStatus::Paused {
                    PauseKind::Service
                } else {
                    PauseKind::Collection {
                        bills: it
                            .pause
                            .as_ref()
                            .map_or(PauseBehavior::Void, |pause| pause.behavior.clone()),
                    }
                },
            }),
            Self::Trial { until, .. } => Ok(Intent::Trial {
                subscription,
                end: if until == "now" {
                    TrialEnd::Now
                } else {
                    TrialEnd::At(day(until)?)
                },
            }),
            Self::RemoveCoupon { .. } => Ok(Intent::RemoveDiscount { subscription }),
            Self::KeepPlan { .. } => Ok(Intent::ReleaseSchedule { subscription }),
            _ => {
                let (id, what) = self.object();
                Err(usage(format!("{id} is no {what}.")))
            }
        }
    }
}

fn refund(it: &Payment, text: Option<&str>, why: Option<&str>) -> Result<Intent, EngineError> {
    let currency = it.amount.currency;
    Ok(Intent::Refund(RefundIntent {
        payment: it.id.clone(),
        amount: match text {
            Some(text) => amount(text, currency)?,
            None => Money::new(it.amount.minor - it.amount_refunded, currency),
        },
        reason: reason(why)?,
    }))
}

fn credit(it: &Customer, text: &str, code: Option<&str>) -> Result<Intent, EngineError> {
    let asked = code
        .map(Currency::parse)
        .transpose()
        .map_err(|error| usage(format!("{error}.")))?;
    let currency = asked.or(it.currency).ok_or_else(|| {
        usage("This customer has no currency yet; say which one the credit is in.")
    })?;
    Ok(Intent::CustomerCredit {
        customer: it.id.clone(),
        amount: amount(text, currency)?,
    })
}

fn credit_note(
    it: &Invoice,
    text: Option<&str>,
    lines: &[CreditedLine],
    (to_credit, payment): (bool, Option<String>),
    why: Option<&str>,
) -> Result<Intent, EngineError> {
    if text.is_some() && !lines.is_empty() {
        return Err(usage("Give an amount or lines, not both."));
    }
    let mut credited = Vec::new();
    for wanted in lines {
        let line = it
            .lines
            .iter()
            .find(|line| line.id.as_str() == wanted.line)
            .ok_or_else(|| usage(format!("The invoice has no line {}.", wanted.line)))?;
        credited.push(CreditNoteLine {
            line: line.id.clone(),
            amount: match &wanted.amount {
                Some(text) => amount(text, it.currency)?.minor,
                None => line.amount,
            },
        });
    }
    let paid = it.status == InvoiceStatus::Paid;
    let all = if paid { it.total } else { it.amount_remaining };
    let minor = match text {
        Some(text) => amount(text, it.currency)?.minor,
        None if credited.is_empty() => all,
        None => credited.iter().map(|line| line.amount).sum(),
    };
    let back = paid && !to_credit && payment.is_some();
    Ok(Intent::CreditNote(CreditNoteIntent {
        invoice: it.id.clone(),
        amount: Money::new(minor, it.currency),
        lines: credited,
        refund_minor: if back { minor } else { 0 },
        credit_minor: if paid && !back { minor } else { 0 },
        payment: payment.filter(|_| back).map(Into::into),
        reason: reason(why)?,
    }))
}

fn changes(
    it: &Subscription,
    price: Option<&str>,
    quantity: Option<i64>,
    item: Option<&str>,
    add: &[AddedItem],
    remove: &[String],
) -> Result<Vec<ItemChange>, EngineError> {
    let mut all = Vec::new();
    if price.is_some() || quantity.is_some() {
        let held = match item {
            Some(id) => it.items.iter().find(|held| held.id.as_str() == id),
            None if it.items.len() == 1 => it.items.first(),
            None => None,
        };
        let held = held.ok_or_else(|| {
            let ids: Vec<&str> = it.items.iter().map(|held| held.id.as_str()).collect();
            usage(format!(
                "Say which item is meant; this subscription has {}.",
                ids.join(", ")
            ))
        })?;
        all.push(ItemChange::Set {
            item: held.id.clone(),
            price: price.map_or_else(|| held.price.clone(), Into::into),
            quantity: quantity.or(held.quantity),
        });
    }
    all.extend(add.iter().map(|added| ItemChange::Add {
        price: added.price.as_str().into(),
        quantity: Some(added.quantity.unwrap_or(1)),
    }));
    all.extend(remove.iter().map(|id| ItemChange::Remove {
        item: id.as_str().into(),
    }));
    if all.is_empty() {
        return Err(usage(
            "Say what is to change: a price, a quantity, an item to add or to remove.",
        ));
    }
    Ok(all)
}

fn pause(
    it: &Subscription,
    what: Option<&str>,
    bills: Option<&str>,
    until: Option<&str>,
) -> Result<Intent, EngineError> {
    let until = until.map(day).transpose()?;
    let service = match what {
        Some(what) => one_of("pause", what, &[("collection", false), ("service", true)])?,
        // The real pause where there is one; it cannot end by itself and has no bills to say anything about.
        None => it.flexible && it.schedule.is_none() && until.is_none() && bills.is_none(),
    };
    let bills = one_of(
        "way to treat bills",
        bills.unwrap_or("void"),
        &[
            ("void", PauseBehavior::Void),
            ("keep_as_draft", PauseBehavior::KeepAsDraft),
            ("mark_uncollectible", PauseBehavior::MarkUncollectible),
        ],
    )?;
    Ok(Intent::Pause {
        subscription: it.id.clone(),
        what: if service {
            PauseKind::Service
        } else {
            PauseKind::Collection { bills }
        },
        until,
    })
}

fn voucher<M: Mode>(
    books: &Books<M>,
    target: &Target,
    coupon: Option<&str>,
    code: Option<&str>,
) -> Result<Voucher, EngineError> {
    match (coupon, code) {
        (Some(coupon), None) => Ok(Voucher::Coupon(coupon.into())),
        (None, Some(code)) => {
            let found = books
                .store
                .read(|read| object::promotion_code(read.sql(), &target.account.id, code))?;
            // What is no code that customers type may be the id of one.
            Ok(Voucher::PromotionCode(
                found.unwrap_or_else(|| code.to_owned()).into(),
            ))
        }
        _ => Err(usage("Give a coupon or a promotion code.")),
    }
}
