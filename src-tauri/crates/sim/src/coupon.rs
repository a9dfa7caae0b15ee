//! Coupons, promotion codes and the discounts that come of them.
//!
//! A coupon is the offer, a discount is one customer's or one subscription's use of it, with a start and possibly an end.
//! The discount outlives its place: when it expires it leaves the subscription but stays readable through the invoices it
//! touched, which is the only trace the provider leaves of it.
//!
//! Invariant: a discount is never removed before its natural end, because the provider would leave no trace of the instant.

use crate::catalogue::{Catalogue, Family};
use crate::currency::Currency;

/// How long a coupon applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Lasting {
    Forever,
    Once,
    Months(u32),
}

/// A coupon.
#[derive(Clone, Debug)]
pub(crate) struct Coupon {
    pub(crate) id: &'static str,
    pub(crate) name: &'static str,
    pub(crate) percent: Option<i64>,
    /// Amounts per currency; the first is the coupon's own currency.
    pub(crate) off: Vec<(Currency, i64)>,
    pub(crate) lasting: Lasting,
    /// The products it is limited to; empty means all.
    pub(crate) products: Vec<u32>,
    pub(crate) created: i64,
}

impl Coupon {
    /// The amount off in a currency.
    pub(crate) fn amount_off(&self, currency: Currency) -> Option<i64> {
        self.off
            .iter()
            .find(|(of, _)| *of == currency)
            .map(|(_, amount)| *amount)
    }

    /// Whether a customer of this currency can use it.
    pub(crate) fn usable_in(&self, currency: Currency) -> bool {
        self.percent.is_some() || self.amount_off(currency).is_some()
    }

    /// Whether it covers a product.
    pub(crate) fn covers(&self, product: u32) -> bool {
        self.products.is_empty() || self.products.contains(&product)
    }
}

/// The place of each coupon in [`coupons`].
pub(crate) mod which {
    pub(crate) const SUPPORTER: u32 = 0;
    pub(crate) const LAUNCH: u32 = 1;
    pub(crate) const FIRST_YEAR: u32 = 2;
    pub(crate) const HALF_YEAR_OFF: u32 = 3;
    pub(crate) const LOYAL: u32 = 4;
    pub(crate) const WELCOME: u32 = 5;
    pub(crate) const TEAM_ONLY: u32 = 6;
    pub(crate) const FRIEND: u32 = 7;
    pub(crate) const PARTNER: u32 = 8;
}

/// All coupons, in the order of [`which`].
pub(crate) fn coupons(catalogue: &Catalogue, opened: i64) -> Vec<Coupon> {
    use Currency::{Eur, Gbp, Isk, Jpy, Kwd, Usd};
    let team: Vec<u32> = catalogue
        .products
        .iter()
        .filter(|product| product.family == Family::Team)
        .map(|product| product.ix)
        .collect();
    let percent = |id, name, percent, lasting, nth: i64| Coupon {
        id,
        name,
        percent: Some(percent),
        off: Vec::new(),
        lasting,
        products: Vec::new(),
        created: opened + 1_200 + nth * 90,
    };
    let mut team_only = percent("TEAM15", "Team, 15 % off", 15, Lasting::Forever, 6);
    team_only.products = team;
    let mut half_year = percent(
        "K2v8QmZr",
        "5 off for half a year",
        0,
        Lasting::Months(6),
        3,
    );
    half_year.percent = None;
    half_year.off = vec![(Usd, 500), (Eur, 450), (Gbp, 400)];
    let mut loyal = percent("LOYAL3", "3 off for good", 0, Lasting::Forever, 4);
    loyal.percent = None;
    loyal.off = vec![
        (Usd, 300),
        (Eur, 300),
        (Gbp, 250),
        (Jpy, 450),
        (Kwd, 900),
        (Isk, 40_000),
    ];
    vec![
        percent("EARLY20", "Early supporter", 20, Lasting::Forever, 0),
        percent(
            "LAUNCH50",
            "Launch: half price for three months",
            50,
            Lasting::Months(3),
            1,
        ),
        percent(
            "uY7pXw3D",
            "A quarter off the first year",
            25,
            Lasting::Months(12),
            2,
        ),
        half_year,
        loyal,
        percent(
            "WELCOME30",
            "30 % off the first invoice",
            30,
            Lasting::Once,
            5,
        ),
        team_only,
        percent("FRIENDS", "Friends of the house", 100, Lasting::Forever, 7),
        percent("PARTNER10", "Partner", 10, Lasting::Forever, 8),
    ]
}

/// Promotion codes: the code customers type, and the coupon behind it.
pub(crate) const PROMOTION_CODES: [(&str, u32, bool); 5] = [
    ("WELCOME30", which::WELCOME, true),
    ("LAUNCH50", which::LAUNCH, false),
    ("TEAM15", which::TEAM_ONLY, true),
    ("EARLYBIRD", which::SUPPORTER, false),
    ("HALFYEAR", which::HALF_YEAR_OFF, true),
];

/// One use of a coupon.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Discount {
    pub(crate) ix: u32,
    pub(crate) coupon: u32,
    pub(crate) promotion: Option<u32>,
    pub(crate) start: i64,
    pub(crate) end: Option<i64>,
    pub(crate) customer: u32,
    pub(crate) subscription: Option<u32>,
    /// The item of the subscription, where it is the item's own.
    pub(crate) item: Option<u16>,
}

impl Discount {
    /// Whether `at` lies in `[start, end)`.
    pub(crate) fn runs(&self, at: i64) -> bool {
        self.start <= at && self.end.is_none_or(|end| at < end)
    }
}
