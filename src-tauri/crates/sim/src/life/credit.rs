//! What the merchant owes its customers: the credit ledger and credit notes.
//!
//! A customer's balance moves only through the ledger, so that its movements add up to the balance exactly and each one says
//! what the balance was after it. Invoices take credit by themselves when they are finalised, and give some when their total
//! is below nothing. Goodwill by hand must not move anybody's dice, and an invoice that is wholly covered by credit is not
//! charged. So it is given to customers whose last subscription has ended and expires when they buy again, or by mistake,
//! and is then taken back in the same second; only the wholesale customers, who have dice of their own, use such credit up. A credit note either goes with a refund, or becomes credit, or lowers what is still
//! due; it never changes what a subscription is worth.
//!
//! Invariant: what credit notes take back of an invoice after its payment is never more than was paid; their lines and taxes
//! add up to their total.

use crate::calendar::{DAY, HOUR};
use crate::currency::Currency;
use crate::event::Snapshot;
use crate::life::Happening;
use crate::life::invoicing::left_of;
use crate::record::{Credit, CreditLine, CreditNote, CreditedTo, InvoiceStatus};
use crate::stream::Stream;
use crate::world::{Temper, World};

/// What moves a customer's credit.
#[derive(Clone, Copy, Debug, Default)]
pub(super) struct Movement {
    pub(super) amount: i64,
    pub(super) kind: &'static str,
    pub(super) invoice: Option<u32>,
    pub(super) credit_note: Option<u32>,
    pub(super) description: Option<&'static str>,
}

/// How a credit note gives back.
#[derive(Clone, Copy, Debug)]
pub(super) enum Means {
    /// By lowering what is due.
    LessDue,
    /// Together with a refund that was made.
    Refunded(u32),
    /// As credit for what comes.
    ToBalance,
}

impl World {
    /// The customer's balance as an invoice in this currency sees it.
    pub(super) fn balance_in(&self, customer: u32, currency: Currency) -> i64 {
        let record = &self.customers[customer];
        if record.currency == currency {
            record.balance
        } else {
            0
        }
    }

    /// Moves a customer's credit; `before` is the customer as it was.
    pub(super) fn move_credit(
        &mut self,
        at: i64,
        customer: u32,
        movement: Movement,
        before: Option<Snapshot>,
    ) -> u32 {
        let record = &mut self.customers[customer];
        record.balance += movement.amount;
        let (ending_balance, currency) = (record.balance, record.currency);
        let credit = self.credits.push(|ix| Credit {
            ix,
            customer,
            created: at,
            amount: movement.amount,
            ending_balance,
            currency,
            kind: movement.kind,
            invoice: movement.invoice,
            credit_note: movement.credit_note,
            description: movement.description,
        });
        self.souls[customer].credits.push(credit);
        self.note_customer(at, "customer.updated", customer, before);
        credit
    }

    /// Issues a credit note over `amount` of a finalised invoice.
    pub(super) fn credit(
        &mut self,
        at: i64,
        invoice: u32,
        amount: i64,
        means: Means,
        reason: Option<&'static str>,
    ) {
        let lines = self.credit_lines(invoice, amount);
        self.credit_as(at, invoice, (amount, lines), means, reason);
    }

    /// Issues a credit note over these lines.
    pub(super) fn credit_as(
        &mut self,
        at: i64,
        invoice: u32,
        (amount, lines): (i64, Vec<CreditLine>),
        means: Means,
        reason: Option<&'static str>,
    ) {
        let record = &self.invoices[invoice];
        let (customer, currency) = (record.customer, record.currency);
        let number = self.credit_notes.len();
        let before = self.keep_invoice(at, invoice);
        let to = match means {
            Means::LessDue => {
                self.lower_due(invoice, amount);
                CreditedTo::Invoice
            }
            Means::Refunded(refund) => CreditedTo::Refund(refund),
            Means::ToBalance => {
                let owner = self.keep_customer(at, customer);
                let moved = Movement {
                    amount: -amount,
                    kind: "credit_note",
                    invoice: Some(invoice),
                    credit_note: Some(number),
                    ..Movement::default()
                };
                CreditedTo::Balance(self.move_credit(at, customer, moved, owner))
            }
        };
        let record = &mut self.invoices[invoice];
        record.credit_notes += 1;
        if to == CreditedTo::Invoice {
            record.credited_before += amount;
        } else {
            record.credited_after += amount;
        }
        let place = record.credit_notes;
        let note = self.credit_notes.push(|ix| CreditNote {
            ix,
            customer,
            invoice,
            number: place,
            created: at,
            currency,
            total: amount,
            lines,
            to,
            reason,
        });
        self.note_credit_note(at, "credit_note.created", note, None);
        self.note_invoice(at, "invoice.updated", invoice, before);
    }

    /// An open invoice of which nothing is left to be paid is paid.
    pub(super) fn settle_credited(&mut self, at: i64, invoice: u32) {
        let before = self.keep_invoice(at, invoice);
        let record = &mut self.invoices[invoice];
        record.status = InvoiceStatus::Paid;
        record.paid_at = Some(at);
        record.next_attempt = None;
        if let Some(payment) = record.payment {
            let intent = self.payments[payment].intent;
            let intent_before = self.keep_intent(at, intent);
            self.payments[payment].canceled_at = Some(at);
            let record = &mut self.intents[intent];
            (record.status, record.canceled_at) = ("canceled", Some(at));
            self.note_intent(at, "payment_intent.canceled", intent, intent_before);
        }
        self.note_invoice(at, "invoice.updated", invoice, before);
        self.note_invoice(at, "invoice.paid", invoice, None);
    }

    /// An open invoice asks for less, and so does the intent that collects it. The intent has no notice for this; who reads
    /// the invoice again sees it.
    fn lower_due(&mut self, invoice: u32, amount: i64) {
        self.invoices[invoice].amount_due -= amount;
        if let Some(payment) = self.invoices[invoice].payment {
            let intent = self.payments[payment].intent;
            self.payments[payment].amount -= amount;
            self.intents[intent].amount -= amount;
        }
    }

    /// Takes an amount from the lines of an invoice in their order, after what earlier notes have taken.
    pub(super) fn credit_lines(&self, invoice: u32, amount: i64) -> Vec<CreditLine> {
        let record = &self.invoices[invoice];
        let mut skip = record.credited_before + record.credited_after;
        let mut left = amount;
        let mut taken = Vec::new();
        for (number, line) in (0u16..).zip(record.lines.iter()) {
            let inclusive = record.tax.is_some_and(|tax| tax.inclusive);
            let tax = line.tax.map_or(0, |(tax, _)| tax);
            let whole = left_of(line) + if inclusive { 0 } else { tax };
            let free = (whole - skip).max(0);
            skip = (skip - whole.max(0)).max(0);
            let part = free.min(left);
            if part <= 0 {
                continue;
            }
            left -= part;
            let tax = match record.tax {
                Some(_) if part == whole => tax,
                Some(levied) => {
                    let rate = i128::from(levied.rate);
                    record.currency.round(i128::from(part) * rate, 100 + rate)
                }
                None => 0,
            };
            taken.push(CreditLine {
                line: number,
                amount: if inclusive { part } else { part - tax },
                tax,
            });
        }
        taken
    }

    /// Some refunds of an invoice's payment get a credit note.
    pub(super) fn certify_refund(&mut self, at: i64, refund: u32) {
        let (charge, amount) = (self.refunds[refund].charge, self.refunds[refund].amount);
        let invoice = self.intents[self.charges[charge].intent].invoice;
        let mut dice = Stream::new(self.spec.seed, 40, u64::from(refund));
        let (wanted, reason) = (
            dice.per_mille(450),
            dice.pick(&[Some("product_unsatisfactory"), Some("order_change"), None]),
        );
        let reason = match self.refunds[refund].reason {
            Some("duplicate") => Some("duplicate"),
            _ => reason,
        };
        let record = &self.invoices[invoice];
        if wanted && record.credited_after + amount <= record.amount_paid {
            self.credit(at, invoice, amount, Means::Refunded(refund), reason);
        }
    }

    /// Some customers whose subscription has ended are given credit for having been patient.
    pub(super) fn plan_goodwill(&mut self, at: i64, subscription: u32) {
        let mut dice = Stream::new(self.spec.seed, 41, u64::from(subscription));
        if dice.per_mille(120) {
            let customer = self.subscriptions[subscription].customer;
            let later = dice.between(2 * HOUR, 60 * HOUR);
            self.plan(customer, at + later, Happening::Goodwill(subscription));
        }
    }

    pub(super) fn give_goodwill(&mut self, at: i64, subscription: u32) {
        let customer = self.subscriptions[subscription].customer;
        let over = |ix: &u32| self.subscriptions[*ix].status.ended();
        let gone = self.customers[customer].deleted_at.is_some();
        let Some(invoice) = self.subscriptions[subscription]
            .latest_invoice
            .filter(|_| !gone && self.souls[customer].subscriptions.iter().all(over))
        else {
            return;
        };
        let record = &self.invoices[invoice];
        let refunded = record
            .payment
            .and_then(|payment| self.intents[self.payments[payment].intent].latest_charge)
            .is_none_or(|charge| self.charges[charge].refunded > 0);
        if record.status != InvoiceStatus::Paid
            || refunded
            || record.currency != self.customers[customer].currency
        {
            return;
        }
        let mut dice = Stream::new(self.spec.seed, 49, u64::from(subscription));
        let (noted, share) = (dice.per_mille(700), i128::from(dice.between(20, 60)));
        let amount = record
            .currency
            .round(i128::from(record.amount_paid) * share, 100);
        if amount <= 0 {
            return;
        }
        if noted {
            self.credit(at, invoice, amount, Means::ToBalance, Some("order_change"));
        } else {
            self.adjust(at, customer, -amount, "Goodwill");
        }
        self.souls[customer].goodwill += amount;
    }

    /// Goodwill ends when the customer buys again.
    pub(super) fn end_goodwill(&mut self, at: i64, customer: u32) {
        let given = std::mem::take(&mut self.souls[customer].goodwill);
        if given > 0 {
            self.adjust(at, customer, given, "Goodwill expired");
        }
    }

    /// Credit given or taken by hand.
    pub(super) fn adjust(&mut self, at: i64, customer: u32, amount: i64, why: &'static str) {
        if self.customers[customer].deleted_at.is_some() {
            return;
        }
        let before = self.keep_customer(at, customer);
        let moved = Movement {
            amount,
            kind: "adjustment",
            description: Some(why),
            ..Movement::default()
        };
        self.move_credit(at, customer, moved, before);
    }

    /// Credit entered for the wrong customer, and taken back at once.
    pub(super) fn slip(&mut self, at: i64, customer: u32) {
        let record = &self.customers[customer];
        if record.deleted_at.is_some() || self.souls[customer].temper != Temper::Natural {
            return;
        }
        let amount = record.currency.price_point(2_500);
        self.adjust(at, customer, -amount, "Credit for the outage");
        self.adjust(at, customer, amount, "Entered by mistake");
    }

    /// Papers beside a new subscription, drawn from a stream of their own: a slip of credit, a plan that is fixed ahead.
    pub(super) fn plan_paperwork(&mut self, at: i64, subscription: u32) {
        let customer = self.subscriptions[subscription].customer;
        let mut dice = Stream::new(self.spec.seed, 46, u64::from(subscription));
        let (slips, slip) = (dice.per_mille(12), dice.between(3 * DAY, 25 * DAY));
        let (fixes, fix) = (dice.per_mille(40), dice.between(5 * DAY, 200 * DAY));
        if slips {
            self.plan(customer, at + slip, Happening::Slip);
        }
        if fixes {
            self.plan(customer, at + fix, Happening::FixPlan(subscription));
        }
    }
}
