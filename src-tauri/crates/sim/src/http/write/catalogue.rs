//! Products and prices made and changed by requests.
//!
//! Nobody in the simulated life buys them; they are there to be listed, read and changed. A price of the world's own that a
//! request archives is shown as archived, and the life, which has no eye for requests, may still sell it.

use serde_json::{Map, Value, json};

use super::{Stop, Writing, begun, only_new};
use crate::http::error::Refusal;
use crate::http::form::{Form, missing, wrong};
use crate::wire::decimal;

const PRODUCT_TEXTS: [&str; 5] = [
    "name",
    "description",
    "unit_label",
    "url",
    "statement_descriptor",
];

pub(super) fn create_product(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&[
        "default_price_data[]",
        "images[]",
        "marketing_features[]",
        "package_dimensions[]",
        "shippable",
        "tax_code",
        "tax_details[]",
    ])?;
    form.only(&[&PRODUCT_TEXTS[..], &["id", "active", "metadata[]", "type"]].concat())?;
    form.one_of("type", &["service"])?;
    form.required("name")?;
    let active = form.flag("active")?.unwrap_or(true);
    let metadata = writing.new_metadata()?;
    let id = match form.get("id") {
        Some(id) if !id.is_empty() => id.to_owned(),
        _ => writing.fresh_id("product"),
    };
    if writing.world.object(&id).is_some() {
        return Err(begun(taken("id", "Product already exists.")));
    }
    let world = &mut *writing.world;
    let product = json!({
        "id": id,
        "object": "product",
        "active": active,
        "created": world.now,
        "default_price": null,
        "description": form.text("description"),
        "images": [],
        "livemode": world.spec.livemode,
        "marketing_features": [],
        "metadata": metadata,
        "name": form.text("name"),
        "package_dimensions": null,
        "shippable": null,
        "statement_descriptor": form.text("statement_descriptor"),
        "tax_code": null,
        "tax_details": null,
        "type": "service",
        "unit_label": form.text("unit_label"),
        "updated": world.now,
        "url": form.text("url"),
    });
    let after = world.catalogue.products.len();
    world.make(
        ("product", "product.created"),
        (id, after),
        product.clone(),
        Some(writing.by),
    );
    Ok(product)
}

/// A refusal because a name is taken.
pub(super) fn taken(param: &str, message: &str) -> Refusal {
    Refusal::invalid(
        400,
        Some("resource_already_exists"),
        Some(param),
        message.to_owned(),
    )
}

pub(super) fn update_product(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.only(
        &[
            &PRODUCT_TEXTS[..],
            &["active", "metadata[]", "default_price"],
        ]
        .concat(),
    )?;
    let active = form.flag("active")?;
    form.metadata(None)?;
    if form.get("name").is_some_and(str::is_empty) {
        return Err(wrong("name", "You passed an empty string for 'name'.".to_owned()).into());
    }
    let object = writing.find("product", "product", id)?;
    let mut fields = Map::new();
    writing.change_texts(&PRODUCT_TEXTS, &mut fields);
    writing.change_metadata(&object, &mut fields)?;
    if let Some(active) = active {
        fields.insert("active".to_owned(), json!(active));
    }
    if let Some(price) = form.text("default_price") {
        if let Some(price) = price.as_str() {
            let found = writing.find_named("price", "default_price", price)?;
            if found.get("product").and_then(Value::as_str) != Some(id) {
                let message = format!("The price specified ({price}) belongs to another product.");
                return Err(begun(wrong("default_price", message)));
            }
        }
        fields.insert("default_price".to_owned(), price);
    }
    let mut fields = only_new(&object, fields);
    if !fields.is_empty() {
        fields.insert("updated".to_owned(), json!(writing.world.now));
    }
    writing.world.change(
        ("product", Some("product.updated")),
        id,
        fields,
        Some(writing.by),
    );
    writing.find("product", "product", id)
}

/// The unit amount of a form in ten-thousandths of the wire unit.
fn unit_amount(form: &Form) -> Result<i64, Refusal> {
    if let Some(amount) = form.integer("unit_amount")? {
        if form.get("unit_amount_decimal").is_some() {
            let message =
                "You may only specify one of these parameters: unit_amount, unit_amount_decimal.";
            return Err(wrong("unit_amount_decimal", message.to_owned()));
        }
        if amount < 0 {
            let message = "This value must be greater than or equal to 0.".to_owned();
            return Err(wrong("unit_amount", message));
        }
        return Ok(amount.saturating_mul(10_000));
    }
    let text = form
        .get("unit_amount_decimal")
        .ok_or_else(|| missing("unit_amount"))?;
    let (whole, rest) = text.split_once('.').unwrap_or((text, ""));
    let digits = |part: &str| part.bytes().all(|digit| digit.is_ascii_digit());
    if whole.is_empty() || rest.len() > 4 || !digits(whole) || !digits(rest) {
        return Err(wrong(
            "unit_amount_decimal",
            format!("Invalid decimal: {text}; the simulated merchant takes up to four places"),
        ));
    }
    format!("{whole}{rest:0<4}")
        .parse()
        .map_err(|_| wrong("unit_amount_decimal", format!("Invalid decimal: {text}")))
}

/// How a form says the price recurs; `null` for a price that is charged once.
fn recurring(form: &Form) -> Result<Value, Refusal> {
    let interval = form.one_of("recurring[interval]", &["day", "week", "month", "year"])?;
    let count = form.integer("recurring[interval_count]")?;
    let usage = form.one_of("recurring[usage_type]", &["licensed", "metered"])?;
    let Some(interval) = interval else {
        return match (count, usage) {
            (None, None) => Ok(Value::Null),
            _ => Err(missing("recurring[interval]")),
        };
    };
    if usage == Some("metered") {
        let message = "The simulated merchant makes no metered prices on request.".to_owned();
        return Err(wrong("recurring[usage_type]", message));
    }
    let count = count.unwrap_or(1);
    if !(1..=1_095).contains(&count) {
        let message = "This value must be greater than or equal to 1.".to_owned();
        return Err(wrong("recurring[interval_count]", message));
    }
    Ok(json!({
        "interval": interval,
        "interval_count": count,
        "meter": null,
        "trial_period_days": null,
        "usage_type": "licensed",
    }))
}

const PRICE_KNOWN: [&str; 15] = [
    "currency",
    "product",
    "unit_amount",
    "unit_amount_decimal",
    "recurring[interval]",
    "recurring[interval_count]",
    "recurring[usage_type]",
    "nickname",
    "lookup_key",
    "transfer_lookup_key",
    "metadata[]",
    "active",
    "billing_scheme",
    "tax_behavior",
    "product_data[name]",
];

const TAX_BEHAVIORS: [&str; 3] = ["inclusive", "exclusive", "unspecified"];

/// Refuses a lookup key that another price has.
fn check_lookup_key(writing: &Writing<'_>, id: &str) -> Result<(), Stop> {
    let Some(key) = writing.form.get("lookup_key").filter(|key| !key.is_empty()) else {
        return Ok(());
    };
    let written = &writing.world.written;
    let mut others = written
        .made("price")
        .iter()
        .map(|made| made.id.as_str())
        .chain(written.moved("price"))
        .filter(|other| *other != id);
    let holder = others.find(|other| {
        writing
            .world
            .object(other)
            .is_some_and(|price| price.get("lookup_key").and_then(Value::as_str) == Some(key))
    });
    holder.map_or(Ok(()), |holder| {
        let message = format!("A price (`{holder}`) already uses that lookup key.");
        Err(begun(wrong("lookup_key", message)))
    })
}

pub(super) fn create_price(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&[
        "currency_options[]",
        "custom_unit_amount[]",
        "tiers[]",
        "tiers_mode",
        "transform_quantity[]",
        "transfer_lookup_key",
        "product_data[]",
        "recurring[meter]",
    ])?;
    form.only(&PRICE_KNOWN)?;
    let currency = form.required("currency")?.to_ascii_lowercase();
    if currency.len() != 3 || !currency.bytes().all(|letter| letter.is_ascii_lowercase()) {
        return Err(wrong("currency", format!("Invalid currency: {currency}")).into());
    }
    let product = form.required("product")?;
    form.one_of("billing_scheme", &["per_unit"])?;
    let tax = form.one_of("tax_behavior", &TAX_BEHAVIORS)?;
    let active = form.flag("active")?.unwrap_or(true);
    let unit = unit_amount(form)?;
    let recurring = recurring(form)?;
    let metadata = writing.new_metadata()?;
    writing.find_named("product", "product", product)?;
    check_lookup_key(writing, "")?;
    let id = writing.fresh_id("price");
    let world = &mut *writing.world;
    let price = json!({
        "id": id,
        "object": "price",
        "active": active,
        "billing_scheme": "per_unit",
        "created": world.now,
        "currency": currency,
        "custom_unit_amount": null,
        "livemode": world.spec.livemode,
        "lookup_key": form.text("lookup_key"),
        "metadata": metadata,
        "nickname": form.text("nickname"),
        "product": product,
        "type": if recurring.is_null() { "one_time" } else { "recurring" },
        "recurring": recurring,
        "tax_behavior": tax.unwrap_or("unspecified"),
        "tiers_mode": null,
        "transform_quantity": null,
        "unit_amount": (unit % 10_000 == 0).then_some(unit / 10_000),
        "unit_amount_decimal": decimal(unit),
    });
    let after = world.catalogue.prices.len();
    world.make(
        ("price", "price.created"),
        (id, after),
        price.clone(),
        Some(writing.by),
    );
    Ok(price)
}

pub(super) fn update_price(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    form.without(&["currency_options[]", "transfer_lookup_key"])?;
    form.only(&[
        "active",
        "nickname",
        "metadata[]",
        "lookup_key",
        "tax_behavior",
    ])?;
    let active = form.flag("active")?;
    let tax = form.one_of("tax_behavior", &TAX_BEHAVIORS)?;
    form.metadata(None)?;
    let object = writing.find("price", "price", id)?;
    let mut fields = Map::new();
    writing.change_texts(&["nickname", "lookup_key"], &mut fields);
    writing.change_metadata(&object, &mut fields)?;
    check_lookup_key(writing, id)?;
    if let Some(active) = active {
        fields.insert("active".to_owned(), json!(active));
    }
    if let Some(tax) = tax {
        let held = object.get("tax_behavior").and_then(Value::as_str);
        if held != Some("unspecified") && held != Some(tax) {
            let message =
                "You cannot change the tax behavior of a price once it is set.".to_owned();
            return Err(begun(wrong("tax_behavior", message)));
        }
        fields.insert("tax_behavior".to_owned(), json!(tax));
    }
    writing.world.change(
        ("price", Some("price.updated")),
        id,
        only_new(&object, fields),
        Some(writing.by),
    );
    writing.find("price", "price", id)
}
