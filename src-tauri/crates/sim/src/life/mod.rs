//! The lives of customers: everything that can happen, and who carries it out.
//!
//! A happening is planned for an instant and may find, when it comes, that the world has moved on: a plan change for a
//! subscription that has been cancelled since. It then does nothing. Nothing is ever taken out of the queue early; that keeps
//! the order of the world simple enough to be certain of.
//!
//! `arrival` brings customers and subscriptions, `month` decides what befalls a subscription next, `change` alters what it
//! holds, `billing` and `invoicing` write its invoices, `payment` collects them, `ending` closes things, `aftermath` is
//! refunds and disputes, and `oneoff` is invoices without a subscription. `credit` keeps the ledger of what the merchant
//! owes, `schedule` what is settled ahead, `checkout` the visits to the payment page, and `pausing` what stands still.
//! `request` is what requests make of lives. `wholesale` and `corner` bring customers beside those asked for; their lives move nobody else's dice.

mod aftermath;
mod arrival;
mod billing;
pub(crate) mod change;
mod checkout;
mod corner;
mod credit;
mod ending;
mod invoicing;
mod month;
mod oneoff;
mod pausing;
mod payment;
pub(crate) mod request;
mod schedule;
mod wholesale;

use crate::world::World;

/// Something that happens to a customer. Records are named by number.
#[derive(Clone, Debug)]
pub(crate) enum Happening {
    SignUp,
    Subscribe {
        again: bool,
    },
    OneOff {
        many_lines: bool,
    },
    Mail,
    Delete,
    Month(u32),
    Renew {
        subscription: u32,
        generation: u32,
    },
    TrialNotice(u32),
    EndTrial(u32),
    Seats(u32),
    PlanChange(u32),
    AddOn(u32),
    YearSwitch(u32),
    Discount(u32),
    DiscountEnd(u32),
    Cancel {
        subscription: u32,
        at_end: bool,
    },
    Uncancel(u32),
    Settle(u32),
    Expire(u32),
    Finalize(u32),
    Retry {
        invoice: u32,
        first_failed: i64,
    },
    PayByHand(u32),
    Overdue(u32),
    GiveUp(u32),
    Refund(u32),
    DisputeOpen(u32),
    DisputeEvidence(u32),
    DisputeClose {
        dispute: u32,
        won: bool,
    },
    Goodwill(u32),
    Slip,
    FixPlan(u32),
    SettleAhead,
    CallOff(u32),
    PhaseEnd(u32),
    Downgrade(u32),
    Visit {
        known: bool,
        recurring: bool,
    },
    VisitEnd(u32),
    Wholesale(u32),
    Bulk {
        round: u8,
    },
    LowerBill(u32),
    CreditBack(u32),
    Corner(corner::Corner),
    Pause(u32),
    PauseCollection {
        subscription: u32,
        how: &'static str,
    },
    RemoveDiscount(u32),
    CloseByHand {
        invoice: u32,
        void: bool,
    },
    CollectAgain(u32),
}

impl World {
    /// Lets one planned thing happen.
    pub(crate) fn happen(&mut self, at: i64, customer: u32, happening: &Happening) {
        match *happening {
            Happening::SignUp => self.sign_up(at, customer),
            Happening::Subscribe { again } => self.subscribe(at, customer, again),
            Happening::OneOff { many_lines } => self.bill_once(at, customer, many_lines),
            Happening::Mail => self.change_mail(at, customer),
            Happening::Delete => self.delete_customer(at, customer),
            Happening::Month(subscription) => self.month(at, subscription),
            Happening::Renew {
                subscription,
                generation,
            } => self.renew(at, subscription, generation),
            Happening::TrialNotice(subscription) => self.give_trial_notice(at, subscription),
            Happening::EndTrial(subscription) => self.end_trial_early(at, subscription),
            Happening::Seats(subscription) => self.change_seats(at, subscription),
            Happening::PlanChange(subscription) => self.change_plan(at, subscription),
            Happening::AddOn(subscription) => self.change_add_on(at, subscription),
            Happening::YearSwitch(subscription) => self.switch_to_year(at, subscription),
            Happening::Discount(subscription) => self.discount_in_passing(at, subscription),
            Happening::DiscountEnd(discount) => self.end_discount(at, discount),
            Happening::Cancel {
                subscription,
                at_end,
            } => self.cancel(at, subscription, at_end),
            Happening::Uncancel(subscription) => self.uncancel(at, subscription),
            Happening::Settle(subscription) => self.settle(at, subscription),
            Happening::Expire(subscription) => self.expire(at, subscription),
            Happening::Finalize(invoice) => self.finalize_and_collect(at, invoice),
            Happening::Retry {
                invoice,
                first_failed,
            } => self.retry(at, invoice, first_failed),
            Happening::PayByHand(invoice) => self.pay_by_hand(at, invoice),
            Happening::Overdue(invoice) => self.overdue(at, invoice),
            Happening::GiveUp(invoice) => self.give_up(at, invoice),
            Happening::Refund(charge) => self.refund(at, charge),
            Happening::DisputeOpen(charge) => self.open_dispute(at, charge),
            Happening::DisputeEvidence(dispute) => self.answer_dispute(at, dispute),
            Happening::DisputeClose { dispute, won } => self.close_dispute(at, dispute, won),
            _ => self.happen_beside(at, customer, happening),
        }
    }

    /// What happens beside the ordinary course: credit, schedules, visits, and the extra customers.
    fn happen_beside(&mut self, at: i64, customer: u32, happening: &Happening) {
        match *happening {
            Happening::Goodwill(subscription) => self.give_goodwill(at, subscription),
            Happening::Slip => self.slip(at, customer),
            Happening::FixPlan(subscription) => self.fix_plan(at, subscription),
            Happening::SettleAhead => self.settle_ahead(at, customer),
            Happening::CallOff(schedule) => self.call_off(at, schedule),
            Happening::PhaseEnd(schedule) => self.end_phase(at, schedule),
            Happening::Downgrade(subscription) => self.settle_downgrade(at, subscription),
            Happening::Visit { known, recurring } => self.visit(at, customer, known, recurring),
            Happening::VisitEnd(session) => self.end_visit(at, session),
            Happening::Wholesale(number) => self.come_wholesale(at, number),
            Happening::Bulk { round } => self.buy_in_bulk(at, customer, round),
            Happening::LowerBill(invoice) => self.lower_bill(at, invoice),
            Happening::CreditBack(invoice) => self.credit_back(at, invoice),
            Happening::Corner(corner) => self.come_by_corner(at, corner),
            Happening::Pause(subscription) => self.pause(at, subscription, "pause_requested"),
            Happening::PauseCollection { subscription, how } => {
                self.pause_collection(at, subscription, how);
            }
            Happening::CollectAgain(subscription) => self.collect_again(at, subscription),
            Happening::RemoveDiscount(subscription) => self.remove_discount(at, subscription),
            Happening::CloseByHand { invoice, void } => self.close_by_hand(at, invoice, void),
            _ => {}
        }
    }
}
