//! What is sold, for how much, and what makes it cheaper.

use crate::Instant;
use crate::currency::Currency;
use crate::ids::{CouponId, PriceId, ProductId, PromotionCodeId};
use crate::money::Money;
use crate::ratio::Ratio;
use serde::{Deserialize, Serialize};

/// Something sold.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Product {
    /// The provider's id.
    pub id: ProductId,
    /// Its name.
    pub name: String,
    /// Whether it is still sold.
    pub active: bool,
    /// When it was created.
    pub created: Instant,
}

/// How often a price bills.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum RecurringInterval {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

impl RecurringInterval {
    /// `day`, `week`, `month` or `year`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Year => "year",
        }
    }
}

/// The recurring part of a price.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Recurring {
    /// The unit of time.
    pub interval: RecurringInterval,
    /// How many of them between bills, at least 1.
    pub count: u32,
    /// Whether usage is billed after the fact; such items are not MRR.
    pub metered: bool,
}

/// How tiers are applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum TierMode {
    /// Each unit at the price of the tier it falls in.
    Graduated,
    /// All units at the price of the tier the quantity falls in.
    Volume,
}

/// One tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// The last quantity that falls in; `None` for the last tier.
    pub up_to: Option<i64>,
    /// Minor units for each unit.
    pub unit: Ratio,
    /// Minor units once when the tier is reached.
    pub flat: Ratio,
}

/// How an amount follows from a quantity.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum PriceScheme {
    /// So many minor units for each unit.
    PerUnit(Ratio),
    /// By tiers.
    Tiered(TierMode, Vec<Tier>),
    /// The provider did not say: tiers that were not read, or an amount the customer chooses. Worth is unknown, not zero.
    Unknown,
}

/// Which way a transformed quantity is rounded.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum Rounding {
    /// To the next package.
    Up,
    /// To the package begun.
    Down,
}

/// Units are sold in packages of `divide_by`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct TransformQuantity {
    /// Units in a package, at least 1.
    pub divide_by: i64,
    /// What happens to a package begun.
    pub round: Rounding,
}

/// A price. Its amounts never change once created; a new price is made instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Price {
    /// The provider's id.
    pub id: PriceId,
    /// What it prices.
    pub product: ProductId,
    /// Its currency.
    pub currency: Currency,
    /// Whether it can still be bought.
    pub active: bool,
    /// The merchant's own name for it.
    pub nickname: Option<String>,
    /// When it was created.
    pub created: Instant,
    /// How often it bills; `None` for a one-off.
    pub recurring: Option<Recurring>,
    /// How an amount follows from a quantity.
    pub scheme: PriceScheme,
    /// Amounts in further currencies, each as the scheme there.
    pub other_currencies: Vec<(Currency, PriceScheme)>,
    /// Packages.
    pub transform: Option<TransformQuantity>,
    /// Whether tax is inside the amount.
    pub tax_inclusive: bool,
}

/// How long a coupon lasts once applied.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub enum CouponDuration {
    /// On one bill.
    Once,
    /// For so many months.
    Repeating(Option<u32>),
    /// Until removed.
    Forever,
}

/// What a coupon takes off.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub enum CouponOff {
    /// Percent, 0 to 100.
    Percent(Ratio),
    /// A fixed amount for each billing period, in each of these currencies.
    Amount(Vec<Money>),
}

/// A coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Coupon {
    /// The provider's id.
    pub id: CouponId,
    /// The name customers see.
    pub name: Option<String>,
    /// What it takes off.
    pub off: CouponOff,
    /// How long it lasts.
    pub duration: CouponDuration,
    /// The products it is limited to; `None` for all.
    pub applies_to: Option<Vec<ProductId>>,
    /// When it was created.
    pub created: Instant,
    /// Whether it can still be applied.
    pub valid: bool,
}

/// A code that customers type for a coupon.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PromotionCode {
    /// The provider's id.
    pub id: PromotionCodeId,
    /// What customers type.
    pub code: String,
    /// The coupon it stands for.
    pub coupon: Option<CouponId>,
    /// Whether it can still be used.
    pub active: bool,
    /// When it was created.
    pub created: Instant,
}
