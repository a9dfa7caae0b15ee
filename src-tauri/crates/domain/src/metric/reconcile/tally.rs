//! Gathering customers under their causes, so that the parts add up to the difference.

use super::attribute::Cause;
use super::outcome::{CustomerDifference, MonthSplit, Share};
use super::statement::Month;
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::{Overflow, Ratio, Sum};
use std::cmp::Reverse;
use std::collections::BTreeMap;

/// What has been found so far of one month and currency.
#[derive(Debug, Default)]
pub(super) struct Tally {
    found: BTreeMap<Cause, Found>,
}

#[derive(Debug, Default)]
struct Found {
    customers: Vec<CustomerDifference>,
    /// What is no single customer's.
    loose_minor: i64,
}

impl Tally {
    /// One customer's difference: both figures in whole minor units. One that does not show in them is none.
    pub(super) fn add(
        &mut self,
        cause: Cause,
        customer: &CustomerId,
        ours: Ratio,
        theirs: Ratio,
    ) -> Result<(), Overflow> {
        let (ours_minor, theirs_minor) = (ours.round_half_even()?, theirs.round_half_even()?);
        let minor = ours_minor.checked_sub(theirs_minor).ok_or(Overflow)?;
        if minor != 0 {
            let found = self.found.entry(cause).or_default();
            found.customers.push(CustomerDifference {
                customer: customer.clone(),
                ours_minor,
                theirs_minor,
                minor,
            });
        }
        Ok(())
    }

    /// What is missing to the whole difference goes to a cause without a customer.
    pub(super) fn leave_rest_to(&mut self, cause: Cause, whole: i64) -> Result<(), Overflow> {
        let mut rest = whole;
        for found in self.found.values() {
            rest = rest.checked_sub(found.minor()?).ok_or(Overflow)?;
        }
        if rest != 0 {
            let found = self.found.entry(cause).or_default();
            found.loose_minor = found.loose_minor.checked_add(rest).ok_or(Overflow)?;
        }
        Ok(())
    }

    /// The split of a ledger. What the customers leave of the difference of the totals is rounding.
    pub(super) fn split(
        mut self,
        (month, currency): (Month, Currency),
        agreeing: u64,
        ours: &Sum,
        theirs: &Sum,
        customers_max: usize,
    ) -> Result<MonthSplit, Overflow> {
        let (ours_minor, theirs_minor) = (ours.round_half_even()?, theirs.round_half_even()?);
        let difference_minor = ours_minor.checked_sub(theirs_minor).ok_or(Overflow)?;
        self.leave_rest_to(Cause::Rounding, difference_minor)?;
        let mut causes = self
            .found
            .into_iter()
            .map(|(cause, found)| found.share(cause, customers_max))
            .collect::<Result<Vec<_>, _>>()?;
        causes.sort_by(|one, other| {
            let size = |share: &Share| Reverse(share.minor.unsigned_abs());
            size(one)
                .cmp(&size(other))
                .then_with(|| one.cause.cmp(&other.cause))
        });
        Ok(MonthSplit {
            month,
            currency,
            ours_minor,
            theirs_minor,
            difference_minor,
            agreeing,
            causes,
        })
    }
}

impl Found {
    fn minor(&self) -> Result<i64, Overflow> {
        self.customers
            .iter()
            .try_fold(self.loose_minor, |sum, customer| {
                sum.checked_add(customer.minor)
            })
            .ok_or(Overflow)
    }

    fn share(mut self, cause: Cause, customers_max: usize) -> Result<Share, Overflow> {
        let minor = self.minor()?;
        let customers = self.customers.len() as u64;
        self.customers.sort_by(|one, other| {
            let size = |customer: &CustomerDifference| Reverse(customer.minor.unsigned_abs());
            size(one)
                .cmp(&size(other))
                .then_with(|| one.customer.cmp(&other.customer))
        });
        let rest_customers = self.customers.len().saturating_sub(customers_max) as u64;
        self.customers.truncate(customers_max);
        let mut rest_minor = minor;
        for customer in &self.customers {
            rest_minor = rest_minor.checked_sub(customer.minor).ok_or(Overflow)?;
        }
        Ok(Share {
            cause,
            minor,
            customers,
            largest: self.customers,
            rest_customers,
            rest_minor,
        })
    }
}
