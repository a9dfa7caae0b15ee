//! Products, prices, coupons and promotion codes on the wire.

use super::{Decimal, Expandable, Reference};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Debug, Deserialize)]
pub(crate) struct Product {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) name: Option<String>,
    pub(crate) active: Option<bool>,
    pub(crate) created: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Price {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) product: Reference,
    pub(crate) currency: String,
    pub(crate) active: Option<bool>,
    pub(crate) nickname: Option<String>,
    pub(crate) created: i64,
    pub(crate) billing_scheme: Option<String>,
    pub(crate) recurring: Option<Recurring>,
    pub(crate) tiers_mode: Option<String>,
    pub(crate) tiers: Option<Vec<Tier>>,
    pub(crate) unit_amount: Option<i64>,
    pub(crate) unit_amount_decimal: Option<Decimal>,
    pub(crate) transform_quantity: Option<TransformQuantity>,
    pub(crate) tax_behavior: Option<String>,
    pub(crate) currency_options: Option<BTreeMap<String, CurrencyOption>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Recurring {
    pub(crate) interval: Option<String>,
    pub(crate) interval_count: Option<i64>,
    pub(crate) usage_type: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Tier {
    pub(crate) up_to: Option<i64>,
    pub(crate) unit_amount: Option<i64>,
    pub(crate) unit_amount_decimal: Option<Decimal>,
    pub(crate) flat_amount: Option<i64>,
    pub(crate) flat_amount_decimal: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct TransformQuantity {
    pub(crate) divide_by: Option<i64>,
    pub(crate) round: Option<String>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CurrencyOption {
    pub(crate) tiers: Option<Vec<Tier>>,
    pub(crate) unit_amount: Option<i64>,
    pub(crate) unit_amount_decimal: Option<Decimal>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Coupon {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) name: Option<String>,
    pub(crate) percent_off: Option<Decimal>,
    pub(crate) amount_off: Option<i64>,
    pub(crate) currency: Option<String>,
    pub(crate) currency_options: Option<BTreeMap<String, CouponCurrencyOption>>,
    pub(crate) duration: Option<String>,
    pub(crate) duration_in_months: Option<i64>,
    pub(crate) applies_to: Option<AppliesTo>,
    pub(crate) created: i64,
    pub(crate) valid: Option<bool>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct CouponCurrencyOption {
    pub(crate) amount_off: Option<i64>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct AppliesTo {
    pub(crate) products: Option<Vec<Reference>>,
}

#[derive(Debug, Deserialize)]
pub(crate) struct PromotionCode {
    pub(crate) id: String,
    pub(crate) livemode: Option<bool>,
    pub(crate) deleted: Option<bool>,
    pub(crate) code: String,
    pub(crate) promotion: Option<Promotion>,
    pub(crate) active: Option<bool>,
    pub(crate) created: i64,
}

#[derive(Debug, Deserialize)]
pub(crate) struct Promotion {
    pub(crate) coupon: Option<Expandable<Coupon>>,
}
