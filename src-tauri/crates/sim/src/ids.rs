//! Identifiers that look random and yet say which record they mean.
//!
//! The provider's ids of objects grow with time (the examples in its documentation do), but only roughly, and code that sorts
//! by them is wrong: so ours keep the order of blocks of records and none within a block. Ids of events and requests carry no
//! order at all. Each id is a keyed permutation of the record's number, written in base 62 and padded with a checksum. Looking
//! an id up is undoing the permutation, which spares the world a table of strings. Nothing here is cryptography.
//!
//! Invariant: `decode(encode(sort, n)) == (sort, n)`, and any string that `encode` did not make decodes to nothing.

use crate::stream::fold;

/// What an id names.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Sort {
    Customer,
    Product,
    Price,
    PromotionCode,
    Subscription,
    SubscriptionItem,
    Invoice,
    LineItem,
    InvoiceItem,
    InvoicePayment,
    PaymentIntent,
    Charge,
    Refund,
    Dispute,
    BalanceTransaction,
    Event,
    Discount,
    PaymentMethod,
    TaxRate,
    Request,
    Schedule,
    CreditNote,
    CreditNoteLine,
    Credit,
    Meter,
    Session,
    SessionItem,
    PaymentLink,
    TestClock,
}

const SORTS: [Sort; 29] = [
    Sort::Customer,
    Sort::Product,
    Sort::Price,
    Sort::PromotionCode,
    Sort::Subscription,
    Sort::SubscriptionItem,
    Sort::Invoice,
    Sort::LineItem,
    Sort::InvoiceItem,
    Sort::InvoicePayment,
    Sort::PaymentIntent,
    Sort::Charge,
    Sort::Refund,
    Sort::Dispute,
    Sort::BalanceTransaction,
    Sort::Event,
    Sort::Discount,
    Sort::PaymentMethod,
    Sort::TaxRate,
    Sort::Request,
    Sort::Schedule,
    Sort::CreditNote,
    Sort::CreditNoteLine,
    Sort::Credit,
    Sort::Meter,
    Sort::Session,
    Sort::SessionItem,
    Sort::PaymentLink,
    Sort::TestClock,
];

impl Sort {
    const fn prefix(self) -> &'static str {
        match self {
            Self::Customer => "cus_",
            Self::Product => "prod_",
            Self::Price => "price_1",
            Self::PromotionCode => "promo_1",
            Self::Subscription => "sub_1",
            Self::SubscriptionItem => "si_",
            Self::Invoice => "in_1",
            Self::LineItem => "il_1",
            Self::InvoiceItem => "ii_1",
            Self::InvoicePayment => "inpay_1",
            Self::PaymentIntent => "pi_3",
            Self::Charge => "ch_3",
            Self::Refund => "re_3",
            Self::Dispute => "du_1",
            Self::BalanceTransaction => "txn_3",
            Self::Event => "evt_1",
            Self::Discount => "di_1",
            Self::PaymentMethod => "pm_1",
            Self::TaxRate => "txr_1",
            Self::Request => "req_",
            Self::Schedule => "sub_sched_1",
            Self::CreditNote => "cn_1",
            Self::CreditNoteLine => "cnli_1",
            Self::Credit => "cbtxn_1",
            Self::Meter => "mtr_6",
            Self::Session => "cs_a1",
            Self::SessionItem => "li_1",
            Self::PaymentLink => "plink_1",
            Self::TestClock => "clock_1",
        }
    }

    /// Whether ids grow with time, roughly.
    const fn is_ordered(self) -> bool {
        !matches!(self, Self::Event | Self::Request)
    }

    /// Letters after the eleven that carry the number.
    const fn padding(self) -> usize {
        match self {
            Self::Customer | Self::Product | Self::SubscriptionItem | Self::Request => 3,
            _ => 12,
        }
    }
}

/// Records within which ids have no order; a power of two.
const BLOCK: u64 = 64;

const DIGITS: &[u8; 62] = b"0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";

/// Writes `len` base-62 letters of `value`, most significant first.
pub(crate) fn base62(mut value: u128, len: usize) -> String {
    let mut letters: Vec<u8> = Vec::with_capacity(len);
    for _ in 0..len {
        letters.push(DIGITS.get((value % 62) as usize).copied().unwrap_or(b'0'));
        value /= 62;
    }
    letters.reverse();
    String::from_utf8(letters).unwrap_or_default()
}

fn from_base62(text: &str) -> Option<u64> {
    text.bytes().try_fold(0u64, |value, letter| {
        let digit = DIGITS.iter().position(|d| *d == letter)? as u64;
        value.checked_mul(62)?.checked_add(digit)
    })
}

/// The ids of one world.
#[derive(Clone, Debug)]
pub(crate) struct Ids {
    key: u64,
}

impl Ids {
    pub(crate) const fn new(seed: u64) -> Self {
        Self { key: seed }
    }

    /// What every number of a sort is counted from, so that ids begin with letters.
    fn origin(&self, sort: Sort) -> u64 {
        (fold(&[self.key, sort as u64, 13]) >> 3) | (1 << 62)
    }

    /// What a number is mixed with inside its block.
    fn within(&self, sort: Sort, n: u64) -> u64 {
        fold(&[self.key, sort as u64, n / BLOCK, 17]) % BLOCK
    }

    fn mix(&self, sort: Sort, n: u64) -> u64 {
        if !sort.is_ordered() {
            let (mut left, mut right) = ((n >> 32) as u32, n as u32);
            for round in 0..4 {
                (left, right) = (right, left ^ self.round(sort, round, right));
            }
            return (u64::from(left) << 32) | u64::from(right);
        }
        self.origin(sort).wrapping_add(n ^ self.within(sort, n))
    }

    fn unmix(&self, sort: Sort, mixed: u64) -> u64 {
        if !sort.is_ordered() {
            let (mut left, mut right) = ((mixed >> 32) as u32, mixed as u32);
            for round in (0..4).rev() {
                (left, right) = (right ^ self.round(sort, round, left), left);
            }
            return (u64::from(left) << 32) | u64::from(right);
        }
        let n = mixed.wrapping_sub(self.origin(sort));
        n ^ self.within(sort, n)
    }

    fn round(&self, sort: Sort, round: u64, half: u32) -> u32 {
        fold(&[self.key, sort as u64, round, u64::from(half)]) as u32
    }

    /// The id of record `n`.
    pub(crate) fn encode(&self, sort: Sort, n: u64) -> String {
        let mixed = self.mix(sort, n);
        let check = (u128::from(fold(&[self.key, mixed, 7])) << 64)
            | u128::from(fold(&[mixed, sort as u64, 11]));
        format!(
            "{}{}{}",
            sort.prefix(),
            base62(u128::from(mixed), 11),
            base62(check, sort.padding())
        )
    }

    /// What an id names, when this world made it.
    pub(crate) fn decode(&self, id: &str) -> Option<(Sort, u64)> {
        let sort = SORTS
            .into_iter()
            .find(|sort| id.starts_with(sort.prefix()))?;
        let mixed = from_base62(id.get(sort.prefix().len()..sort.prefix().len() + 11)?)?;
        let n = self.unmix(sort, mixed);
        (self.encode(sort, n) == id).then_some((sort, n))
    }
}

/// The number of the `inner`th part of record `outer`: lines of an invoice, items of a subscription.
pub(crate) const fn nested(outer: u32, inner: u16) -> u64 {
    ((outer as u64) << 16) | inner as u64
}

/// Undoes [`nested`].
pub(crate) const fn unnested(n: u64) -> (u32, u16) {
    ((n >> 16) as u32, n as u16)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_id_leads_back_to_its_record_and_no_other_string_does() {
        let ids = Ids::new(42);
        for sort in SORTS {
            for n in [0, 1, 2, 61, 1_000_000, u64::from(u32::MAX) << 16] {
                let id = ids.encode(sort, n);
                assert_eq!(ids.decode(&id), Some((sort, n)), "{id} is ours");
                let foreign = Ids::new(43).encode(sort, n);
                assert_eq!(ids.decode(&foreign), None, "{foreign} is another world's");
            }
        }
        let late = ids.encode(Sort::Invoice, 10_000);
        assert!(
            ids.encode(Sort::Invoice, 9_000) < late,
            "a thousand invoices ago"
        );
        let block: Vec<String> = (0..BLOCK).map(|n| ids.encode(Sort::Invoice, n)).collect();
        assert!(!block.is_sorted(), "neighbours have no order");
        let events: Vec<String> = (0..10)
            .map(|n| ids.encode(Sort::Event, n * 1_000))
            .collect();
        assert!(!events.is_sorted(), "events have none at all");
        assert_eq!(
            ids.decode("cus_é23456789012"),
            None,
            "a letter of two bytes is not a digit"
        );
    }
}
