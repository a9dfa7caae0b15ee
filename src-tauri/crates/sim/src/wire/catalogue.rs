//! The JSON of products, prices, coupons, promotion codes and discounts.

use serde_json::{Map, Value, json};

use super::{decimal, empty};
use crate::catalogue::{Price, Product, Scheme, TaxBehavior, Tier};
use crate::coupon::{Coupon, Discount, Lasting, PROMOTION_CODES};
use crate::ids::{Sort, nested};
use crate::world::World;

/// The whole unit amount, where there is one.
fn whole(e4: i64) -> Option<i64> {
    (e4.rem_euclid(10_000) == 0).then_some(e4 / 10_000)
}

fn tax_behavior(price: &Price) -> &'static str {
    match price.tax {
        TaxBehavior::Unspecified => "unspecified",
        TaxBehavior::Exclusive => "exclusive",
        TaxBehavior::Inclusive => "inclusive",
    }
}

fn tiers_json(price: &Price) -> Value {
    let (Scheme::Graduated(tiers) | Scheme::Volume(tiers)) = &price.scheme else {
        return Value::Null;
    };
    let tier = |tier: &Tier| {
        json!({
            "flat_amount": (tier.flat != 0).then_some(tier.flat),
            "flat_amount_decimal": (tier.flat != 0).then(|| tier.flat.to_string()),
            "unit_amount": whole(tier.unit_e4),
            "unit_amount_decimal": decimal(tier.unit_e4),
            "up_to": tier.up_to,
        })
    };
    tiers.iter().map(tier).collect()
}

impl World {
    pub(crate) fn product_json(&self, product: &Product) -> Value {
        let price = self
            .catalogue
            .prices
            .iter()
            .find(|price| price.product == product.ix)
            .map(|price| self.id(Sort::Price, price.ix));
        json!({
            "id": self.id(Sort::Product, product.ix),
            "object": "product",
            "active": true,
            "created": product.created,
            "default_price": price,
            "description": product.description,
            "images": [],
            "livemode": self.spec.livemode,
            "marketing_features": [],
            "metadata": empty(),
            "name": product.name,
            "package_dimensions": null,
            "shippable": null,
            "statement_descriptor": null,
            "tax_code": null,
            "tax_details": null,
            "type": "service",
            "unit_label": product.unit,
            "updated": product.created + 3_600,
            "url": null,
        })
    }

    fn nickname(&self, price: &Price) -> String {
        let (interval, count) = price.term.map_or(("once", 1), |term| term.interval());
        let product = &self.catalogue.products[price.product];
        let founding = if price.archived_at.is_some() {
            " (founding)"
        } else {
            ""
        };
        if count == 1 {
            format!("{} {interval}ly{founding}", product.name)
        } else {
            format!("{} quarterly", product.name)
        }
    }

    pub(crate) fn price_json(&self, price: &Price) -> Value {
        let unit = price.scheme.unit_e4();
        let recurring = price.term.map(|term| {
            let (interval, count) = term.interval();
            let meter = price.meter.map(|meter| self.id(Sort::Meter, meter));
            json!({ "interval": interval, "interval_count": count, "meter": meter, "trial_period_days": null, "usage_type": usage(price) })
        });
        let (scheme, mode) = match price.scheme {
            Scheme::PerUnit { .. } | Scheme::Package { .. } => ("per_unit", None),
            Scheme::Graduated(_) => ("tiered", Some("graduated")),
            Scheme::Volume(_) => ("tiered", Some("volume")),
        };
        json!({
            "id": self.id(Sort::Price, price.ix),
            "object": "price",
            "active": self.price_is_active(price),
            "billing_scheme": scheme,
            "created": price.created,
            "currency": price.currency.wire(),
            "custom_unit_amount": null,
            "livemode": self.spec.livemode,
            "lookup_key": null,
            "metadata": empty(),
            "nickname": self.nickname(price),
            "product": self.id(Sort::Product, price.product),
            "recurring": recurring,
            "tax_behavior": tax_behavior(price),
            "tiers_mode": mode,
            "transform_quantity": transform(price),
            "type": if price.term.is_some() { "recurring" } else { "one_time" },
            "unit_amount": unit.and_then(whole),
            "unit_amount_decimal": unit.map(decimal),
        })
    }

    pub(crate) fn price_is_active(&self, price: &Price) -> bool {
        price.archived_at.is_none_or(|at| self.now < at)
    }

    /// The price in the shape it had before prices existed; still part of every subscription item.
    pub(crate) fn plan_json(&self, price: &Price) -> Value {
        let unit = price.scheme.unit_e4();
        let (interval, count) = price.term.unwrap_or_default().interval();
        let (scheme, mode) = match price.scheme {
            Scheme::PerUnit { .. } | Scheme::Package { .. } => ("per_unit", None),
            Scheme::Graduated(_) => ("tiered", Some("graduated")),
            Scheme::Volume(_) => ("tiered", Some("volume")),
        };
        json!({
            "id": self.id(Sort::Price, price.ix),
            "object": "plan",
            "active": self.price_is_active(price),
            "amount": unit.and_then(whole),
            "amount_decimal": unit.map(decimal),
            "billing_scheme": scheme,
            "created": price.created,
            "currency": price.currency.wire(),
            "interval": interval,
            "interval_count": count,
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "meter": price.meter.map(|meter| self.id(Sort::Meter, meter)),
            "nickname": self.nickname(price),
            "product": self.id(Sort::Product, price.product),
            "tiers_mode": mode,
            "transform_usage": transform(price),
            "trial_period_days": null,
            "usage_type": usage(price),
        })
    }

    /// The parts of a price that are only shown on request.
    pub(crate) fn price_part(&self, price: u32, part: &str) -> Option<Value> {
        let price = self.catalogue.prices.find(price)?;
        if part == "tiers" {
            return matches!(price.scheme, Scheme::Graduated(_) | Scheme::Volume(_))
                .then(|| tiers_json(price));
        }
        let unit = price.scheme.unit_e4();
        let mut option = json!({
            "custom_unit_amount": null,
            "tax_behavior": tax_behavior(price),
            "unit_amount": unit.and_then(whole),
            "unit_amount_decimal": unit.map(decimal),
        });
        if unit.is_none()
            && let Some(option) = option.as_object_mut()
        {
            option.insert("tiers".to_owned(), tiers_json(price));
        }
        Some(json!({ price.currency.wire(): option }))
    }

    pub(crate) fn coupon_json(&self, coupon: &Coupon) -> Value {
        let used = self
            .coupons
            .iter()
            .position(|other| other.id == coupon.id)
            .and_then(|n| self.coupon_uses.get(n));
        let (duration, months) = match coupon.lasting {
            Lasting::Forever => ("forever", None),
            Lasting::Once => ("once", None),
            Lasting::Months(months) => ("repeating", Some(months)),
        };
        json!({
            "id": coupon.id,
            "object": "coupon",
            "amount_off": coupon.off.first().map(|(_, amount)| amount),
            "created": coupon.created,
            "currency": coupon.off.first().map(|(currency, _)| currency.wire()),
            "duration": duration,
            "duration_in_months": months,
            "livemode": self.spec.livemode,
            "max_redemptions": null,
            "metadata": empty(),
            "name": coupon.name,
            "percent_off": coupon.percent.map(|percent| percent as f64),
            "redeem_by": null,
            "times_redeemed": used,
            "valid": true,
        })
    }

    /// The parts of a coupon that are only shown on request.
    pub(crate) fn coupon_part(&self, id: &str, part: &str) -> Option<Value> {
        let coupon = self.coupons.iter().find(|coupon| coupon.id == id)?;
        if part == "applies_to" {
            let products: Vec<String> = coupon
                .products
                .iter()
                .map(|product| self.id(Sort::Product, *product))
                .collect();
            return (!products.is_empty()).then(|| json!({ "products": products }));
        }
        let options: Map<String, Value> = coupon
            .off
            .iter()
            .map(|(currency, amount)| (currency.wire().to_owned(), json!({ "amount_off": amount })))
            .collect();
        (!options.is_empty()).then_some(Value::Object(options))
    }

    /// Promotion codes were made one after the other once the coupons were there.
    pub(crate) fn promotion_created(&self, number: u32) -> i64 {
        self.coupons.last().map_or(0, |coupon| coupon.created) + 60 * i64::from(number + 1)
    }

    pub(crate) fn promotion_json(&self, number: u32) -> Option<Value> {
        let (code, coupon, active) = PROMOTION_CODES.get(number as usize)?;
        let coupon = self.coupons.get(*coupon as usize)?;
        Some(json!({
            "id": self.id(Sort::PromotionCode, number),
            "object": "promotion_code",
            "active": active,
            "code": code,
            "created": self.promotion_created(number),
            "customer": null,
            "customer_account": null,
            "expires_at": null,
            "livemode": self.spec.livemode,
            "max_redemptions": null,
            "metadata": empty(),
            "promotion": { "coupon": coupon.id, "type": "coupon" },
            "restrictions": { "first_time_transaction": false, "minimum_amount": null, "minimum_amount_currency": null },
            "times_redeemed": self.promotion_uses.get(number as usize),
        }))
    }

    pub(crate) fn discount_json(&self, discount: &Discount) -> Value {
        let item = discount
            .subscription
            .zip(discount.item)
            .map(|(outer, inner)| self.id(Sort::SubscriptionItem, nested(outer, inner)));
        json!({
            "id": self.id(Sort::Discount, discount.ix),
            "object": "discount",
            "checkout_session": null,
            "customer": self.id(Sort::Customer, discount.customer),
            "customer_account": null,
            "end": discount.end,
            "invoice": null,
            "invoice_item": null,
            "promotion_code": discount.promotion.map(|code| self.id(Sort::PromotionCode, code)),
            "source": { "coupon": self.coupons.get(discount.coupon as usize).map(|coupon| coupon.id), "type": "coupon" },
            "start": discount.start,
            "subscription": discount.subscription.map(|subscription| self.id(Sort::Subscription, subscription)),
            "subscription_item": item,
        })
    }
}

const fn usage(price: &Price) -> &'static str {
    if price.meter.is_some() {
        "metered"
    } else {
        "licensed"
    }
}

fn transform(price: &Price) -> Value {
    match price.scheme {
        Scheme::Package { divide_by, .. } => json!({ "divide_by": divide_by, "round": "up" }),
        _ => Value::Null,
    }
}
