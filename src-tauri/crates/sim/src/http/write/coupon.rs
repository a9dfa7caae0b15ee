//! Coupons and promotion codes made, changed and removed by requests.
//!
//! A coupon that a request deletes is gone from its list; discounts that came of it keep naming it, as at the provider.

use serde_json::{Map, Value, json};

use super::catalogue::taken;
use super::{Stop, Writing, begun, only_new};
use crate::http::error::Refusal;
use crate::http::form::{Form, missing, wrong};

const KNOWN: [&str; 10] = [
    "id",
    "name",
    "percent_off",
    "amount_off",
    "currency",
    "duration",
    "duration_in_months",
    "max_redemptions",
    "redeem_by",
    "metadata[]",
];

/// What a coupon takes off.
enum Off {
    Percent(f64),
    Amount(i64, String),
}

fn off(form: &Form) -> Result<Off, Refusal> {
    let percent = match form.get("percent_off") {
        None => None,
        Some(text) => match text.parse::<f64>() {
            Ok(percent) if percent > 0.0 && percent <= 100.0 => Some(percent),
            _ => {
                let message = format!(
                    "Invalid percent_off: must be greater than 0 and at most 100 (got {text})"
                );
                return Err(wrong("percent_off", message));
            }
        },
    };
    match (percent, form.integer("amount_off")?) {
        (Some(percent), None) => Ok(Off::Percent(percent)),
        (None, Some(amount)) if amount > 0 => {
            let currency = form.required("currency")?.to_ascii_lowercase();
            Ok(Off::Amount(amount, currency))
        }
        (None, Some(_)) => Err(wrong("amount_off", "Invalid positive integer".to_owned())),
        (None, None) => Err(missing("percent_off")),
        (Some(_), Some(_)) => {
            let message = "You may only specify one of these parameters: amount_off, percent_off.";
            Err(wrong("percent_off", message.to_owned()))
        }
    }
}

pub(super) fn create(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["applies_to[]", "currency_options[]"])?;
    form.only(&KNOWN)?;
    let (percent, amount, currency) = match off(form)? {
        Off::Percent(percent) => (Some(percent), None, None),
        Off::Amount(amount, currency) => (None, Some(amount), Some(currency)),
    };
    let duration = form
        .one_of("duration", &["forever", "once", "repeating"])?
        .unwrap_or("once");
    let months = form.integer("duration_in_months")?;
    match (duration, months) {
        ("repeating", None) => return Err(missing("duration_in_months").into()),
        ("repeating", Some(1..)) | (_, None) => {}
        _ => {
            let message = "You may only specify `duration_in_months`, of at least 1, when `duration` is `repeating`.";
            return Err(wrong("duration_in_months", message.to_owned()).into());
        }
    }
    let redemptions = form.integer("max_redemptions")?;
    let redeem_by = form.integer("redeem_by")?;
    let metadata = writing.new_metadata()?;
    let id = match form.get("id") {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => writing.fresh_id("coupon"),
    };
    let world = &mut *writing.world;
    if world.object(&id).is_some() {
        return Err(begun(taken("id", "Coupon already exists.")));
    }
    let coupon = json!({
        "id": id,
        "object": "coupon",
        "amount_off": amount,
        "created": world.now,
        "currency": currency,
        "duration": duration,
        "duration_in_months": months,
        "livemode": world.spec.livemode,
        "max_redemptions": redemptions,
        "metadata": metadata,
        "name": form.text("name"),
        "percent_off": percent,
        "redeem_by": redeem_by,
        "times_redeemed": 0,
        "valid": redeem_by.is_none_or(|by| by > world.now),
    });
    let after = world.coupons.len() as u32;
    world.make(
        ("coupon", "coupon.created"),
        (id, after),
        coupon.clone(),
        Some(writing.by),
    );
    Ok(coupon)
}

pub(super) fn update(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["currency_options[]"])?;
    form.only(&["name", "metadata[]"])?;
    form.metadata(None)?;
    let object = writing.find("coupon", "coupon", id)?;
    let mut fields = Map::new();
    writing.change_texts(&["name"], &mut fields);
    writing.change_metadata(&object, &mut fields)?;
    writing.world.change(
        ("coupon", Some("coupon.updated")),
        id,
        only_new(&object, fields),
        Some(writing.by),
    );
    writing.find("coupon", "coupon", id)
}

pub(super) fn delete(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    writing.form.only(&[])?;
    writing.find("coupon", "coupon", id)?;
    writing
        .world
        .remove(("coupon", "coupon.deleted"), id, Some(writing.by));
    Ok(json!({ "id": id, "object": "coupon", "deleted": true }))
}

const CODE_KNOWN: [&str; 11] = [
    "promotion[type]",
    "promotion[coupon]",
    "code",
    "active",
    "customer",
    "expires_at",
    "max_redemptions",
    "restrictions[first_time_transaction]",
    "restrictions[minimum_amount]",
    "restrictions[minimum_amount_currency]",
    "metadata[]",
];

/// Whether an active promotion code reads like this one.
fn code_in_use(writing: &Writing<'_>, code: &str) -> bool {
    let world = &*writing.world;
    let own = (0..world.promotion_uses.len() as u32)
        .map(|number| world.id(crate::ids::Sort::PromotionCode, number));
    let made = world.written.made("promotion_code");
    own.chain(made.iter().map(|made| made.id.clone()))
        .filter_map(|id| world.object(&id))
        .any(|other| {
            let same = other
                .get("code")
                .and_then(Value::as_str)
                .is_some_and(|other| other.eq_ignore_ascii_case(code));
            same && other.get("active").and_then(Value::as_bool) == Some(true)
        })
}

pub(super) fn create_code(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.only(&CODE_KNOWN)?;
    form.required("promotion[type]")?;
    form.one_of("promotion[type]", &["coupon"])?;
    let coupon = form.required("promotion[coupon]")?;
    let active = form.flag("active")?.unwrap_or(true);
    let first_time = form
        .flag("restrictions[first_time_transaction]")?
        .unwrap_or(false);
    let minimum = form.integer("restrictions[minimum_amount]")?;
    if minimum.is_some() {
        form.required("restrictions[minimum_amount_currency]")?;
    }
    let (redemptions, expires) = (
        form.integer("max_redemptions")?,
        form.integer("expires_at")?,
    );
    let metadata = writing.new_metadata()?;
    writing.find_named("coupon", "promotion[coupon]", coupon)?;
    if let Some(customer) = form.get("customer") {
        writing.find_named("customer", "customer", customer)?;
    }
    let id = writing.fresh_id("promotion_code");
    let code = form
        .get("code")
        .filter(|code| !code.is_empty())
        .map_or_else(
            || {
                id.chars()
                    .skip(7)
                    .take(8)
                    .collect::<String>()
                    .to_uppercase()
            },
            str::to_owned,
        );
    if active && code_in_use(writing, &code) {
        let message = format!("An active promotion code with `code: {code}` already exists.");
        return Err(begun(wrong("code", message)));
    }
    let world = &mut *writing.world;
    let promotion = json!({
        "id": id,
        "object": "promotion_code",
        "active": active,
        "code": code,
        "created": world.now,
        "customer": form.text("customer"),
        "customer_account": null,
        "expires_at": expires,
        "livemode": world.spec.livemode,
        "max_redemptions": redemptions,
        "metadata": metadata,
        "promotion": { "coupon": coupon, "type": "coupon" },
        "restrictions": {
            "first_time_transaction": first_time,
            "minimum_amount": minimum,
            "minimum_amount_currency": form.text("restrictions[minimum_amount_currency]"),
        },
        "times_redeemed": 0,
    });
    let after = world.promotion_uses.len() as u32;
    world.make(
        ("promotion_code", "promotion_code.created"),
        (id, after),
        promotion.clone(),
        Some(writing.by),
    );
    Ok(promotion)
}

pub(super) fn update_code(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["restrictions[]"])?;
    form.only(&["active", "metadata[]"])?;
    let active = form.flag("active")?;
    form.metadata(None)?;
    let (kind, called) = ("promotion_code", "promotion code");
    let object = writing.find(kind, called, id)?;
    let mut fields = Map::new();
    writing.change_metadata(&object, &mut fields)?;
    if let Some(active) = active {
        let code = object
            .get("code")
            .and_then(Value::as_str)
            .unwrap_or_default();
        let reactivates = active && object.get("active").and_then(Value::as_bool) == Some(false);
        if reactivates && code_in_use(writing, code) {
            let message = format!("An active promotion code with `code: {code}` already exists.");
            return Err(begun(wrong("active", message)));
        }
        fields.insert("active".to_owned(), json!(active));
    }
    writing.world.change(
        (kind, Some("promotion_code.updated")),
        id,
        only_new(&object, fields),
        Some(writing.by),
    );
    writing.find(kind, called, id)
}
