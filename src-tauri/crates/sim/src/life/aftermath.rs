//! What comes after a payment: refunds and disputes.
//!
//! Invariant: the refunds of a charge add up to its refunded amount and never exceed the charge. By chance no disputed charge
//! is refunded as well; one of the rare states is just that.

use crate::calendar::DAY;
use crate::life::Happening;
use crate::record::{Dispute, Moved, Refund};
use crate::world::{Temper, World};

impl World {
    pub(super) fn plan_aftermath(&mut self, at: i64, customer: u32, charge: u32) {
        let dice = self.dice(customer);
        let (refunded, again, disputed) =
            (dice.per_mille(14), dice.per_mille(200), dice.per_mille(4));
        let (soon, later) = (
            dice.between(600, 12 * DAY),
            dice.between(13 * DAY, 25 * DAY),
        );
        if self.souls[customer].temper != Temper::Natural {
            return;
        }
        if refunded {
            self.plan(customer, at + soon, Happening::Refund(charge));
            if again {
                self.plan(customer, at + later, Happening::Refund(charge));
            }
        } else if disputed {
            self.plan(customer, at + later, Happening::DisputeOpen(charge));
        }
    }

    pub(super) fn refund(&mut self, at: i64, charge: u32) {
        let record = &self.charges[charge];
        let (customer, currency, left) = (
            record.customer,
            record.currency,
            record.amount - record.refunded,
        );
        let step = currency.step();
        let dice = self.dice(customer);
        let (whole, share) = (dice.per_mille(550), i128::from(dice.between(10, 60)));
        let reason = dice.pick(&[
            Some("requested_by_customer"),
            Some("duplicate"),
            None,
            Some("requested_by_customer"),
        ]);
        if left < step {
            return;
        }
        let amount = if whole {
            left
        } else {
            currency
                .round(i128::from(left) * share, 100)
                .clamp(step, left)
        };
        let number = self.refunds.len();
        let balance = self.move_balance(at, -amount, 0, currency, Moved::Refund(number));
        let before = self.keep_charge(at, charge);
        self.charges[charge].refunded += amount;
        let refund = self.refunds.push(|ix| Refund {
            ix,
            charge,
            created: at,
            amount,
            reason,
            balance: Some(balance),
        });
        self.note_charge(at, "charge.refunded", charge, before);
        self.note_refund(at, "refund.created", refund, None);
        self.certify_refund(at, refund);
    }

    pub(super) fn open_dispute(&mut self, at: i64, charge: u32) {
        let record = &self.charges[charge];
        if record.refunded > 0 || record.disputed {
            return;
        }
        let (customer, currency, amount) = (record.customer, record.currency, record.amount);
        let number = self.disputes.len();
        let fee = currency.price_point(1_500);
        let taken = self.move_balance(at, -amount, fee, currency, Moved::DisputeOpened(number));
        let dice = self.dice(customer);
        let reason = dice.pick(&[
            "fraudulent",
            "subscription_canceled",
            "product_not_received",
            "duplicate",
            "unrecognized",
        ]);
        let (answers, won) = (dice.per_mille(600), dice.per_mille(450));
        let (answer_after, close_after) =
            (dice.between(DAY, 7 * DAY), dice.between(20 * DAY, 60 * DAY));
        let before = self.keep_charge(at, charge);
        self.charges[charge].disputed = true;
        let dispute = self.disputes.push(|ix| Dispute {
            ix,
            charge,
            created: at,
            amount,
            reason,
            status: "needs_response",
            due_by: (at / DAY + 9) * DAY - 1,
            submitted: false,
            balance: vec![taken],
        });
        self.note_charge(at, "charge.updated", charge, before);
        self.note_dispute(at, "charge.dispute.created", dispute, None);
        self.note_dispute(at, "charge.dispute.funds_withdrawn", dispute, None);
        if answers {
            self.plan(
                customer,
                at + answer_after,
                Happening::DisputeEvidence(dispute),
            );
            self.plan(
                customer,
                at + close_after,
                Happening::DisputeClose { dispute, won },
            );
        } else {
            self.plan(
                customer,
                at + 9 * DAY,
                Happening::DisputeClose {
                    dispute,
                    won: false,
                },
            );
        }
    }

    pub(super) fn answer_dispute(&mut self, at: i64, dispute: u32) {
        let before = self.keep_dispute(at, dispute);
        let record = &mut self.disputes[dispute];
        record.status = "under_review";
        record.submitted = true;
        self.note_dispute(at, "charge.dispute.updated", dispute, before);
    }

    pub(super) fn close_dispute(&mut self, at: i64, dispute: u32, won: bool) {
        let before = self.keep_dispute(at, dispute);
        let record = &self.disputes[dispute];
        let (amount, currency) = (record.amount, self.charges[record.charge].currency);
        if won {
            let back = self.move_balance(at, amount, 0, currency, Moved::DisputeWon(dispute));
            self.disputes[dispute].balance.push(back);
        }
        self.disputes[dispute].status = if won { "won" } else { "lost" };
        self.note_dispute(at, "charge.dispute.closed", dispute, before);
        if won {
            self.note_dispute(at, "charge.dispute.funds_reinstated", dispute, None);
        }
    }
}
