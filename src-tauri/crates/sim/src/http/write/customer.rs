//! Customers made, changed and deleted by requests.
//!
//! A customer that a request made is a card in the file and nothing more: the simulated life does not give them a
//! subscription. Deleting one of the world's own ends their life with the merchant.

use serde_json::{Map, Value, json};

use super::{Stop, Writing, only_new};
use crate::http::error::Refusal;
use crate::http::form::Form;
use crate::ids::{Sort, base62};
use crate::stream::fold;

const TEXTS: [&str; 4] = ["email", "name", "description", "phone"];
const KNOWN: [&str; 12] = [
    "email",
    "name",
    "description",
    "phone",
    "metadata[]",
    "address",
    "address[line1]",
    "address[line2]",
    "address[city]",
    "address[state]",
    "address[postal_code]",
    "address[country]",
];
/// What the provider knows of customers and the simulated merchant does not.
const UNSUPPORTED: [&str; 12] = [
    "balance",
    "business_name",
    "cash_balance[]",
    "individual_name",
    "invoice_prefix",
    "invoice_settings[]",
    "payment_method",
    "preferred_locales[]",
    "shipping[]",
    "source",
    "tax_exempt",
    "test_clock",
];

fn check(form: &Form) -> Result<(), Refusal> {
    form.without(&UNSUPPORTED)?;
    form.only(&KNOWN)?;
    let valid = |email: &str| {
        email
            .split_once('@')
            .is_some_and(|(name, domain)| !name.is_empty() && !domain.is_empty())
    };
    match form.get("email").filter(|email| !email.is_empty()) {
        Some(email) if !valid(email) => Err(Refusal::invalid(
            400,
            Some("email_invalid"),
            Some("email"),
            format!("Invalid email address: {email}"),
        )),
        _ => Ok(()),
    }
}

/// The address in a form; an empty `address` takes it away.
fn address(form: &Form) -> Option<Value> {
    if form.get("address").is_some_and(str::is_empty) {
        return Some(Value::Null);
    }
    const LINES: [&str; 6] = ["city", "country", "line1", "line2", "postal_code", "state"];
    let given = |line: &str| form.text(&format!("address[{line}]"));
    LINES.iter().any(|line| given(line).is_some()).then(|| {
        let lines: Map<String, Value> = LINES
            .iter()
            .map(|line| ((*line).to_owned(), given(line).unwrap_or_default()))
            .collect();
        Value::Object(lines)
    })
}

pub(super) fn create(writing: &mut Writing<'_>) -> Result<Value, Stop> {
    let form = writing.form;
    check(form)?;
    let metadata = writing.new_metadata()?;
    let id = writing.fresh_id("customer");
    let world = &mut *writing.world;
    let number = world.written.next_number("customer");
    let prefix = base62(
        u128::from(fold(&[world.spec.seed, 37, u64::from(number)])),
        8,
    );
    let customer = json!({
        "id": id,
        "object": "customer",
        "address": address(form),
        "balance": 0,
        "created": world.now,
        "currency": null,
        "customer_account": null,
        "default_source": null,
        "delinquent": false,
        "description": form.text("description"),
        "discount": null,
        "email": form.text("email"),
        "invoice_prefix": prefix.to_uppercase(),
        "invoice_settings": {
            "custom_fields": null,
            "default_payment_method": null,
            "footer": null,
            "rendering_options": null,
        },
        "livemode": world.spec.livemode,
        "metadata": metadata,
        "name": form.text("name"),
        "next_invoice_sequence": 1,
        "phone": form.text("phone"),
        "preferred_locales": [],
        "shipping": null,
        "tax_exempt": "none",
        "test_clock": null,
    });
    let after = world.customers.len();
    world.make(
        ("customer", "customer.created"),
        (id, after),
        customer.clone(),
        Some(writing.by),
    );
    Ok(customer)
}

pub(super) fn update(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    let form = writing.form;
    check(form)?;
    form.metadata(None)?;
    let object = writing.find("customer", "customer", id)?;
    let mut fields = Map::new();
    writing.change_texts(&TEXTS, &mut fields);
    writing.change_metadata(&object, &mut fields)?;
    if let Some(address) = address(form) {
        fields.insert("address".to_owned(), address);
    }
    writing.world.change(
        ("customer", Some("customer.updated")),
        id,
        only_new(&object, fields),
        Some(writing.by),
    );
    writing.find("customer", "customer", id)
}

pub(super) fn delete(writing: &mut Writing<'_>, id: &str) -> Result<Value, Stop> {
    writing.form.only(&[])?;
    writing.find("customer", "customer", id)?;
    match writing.world.ids.decode(id) {
        Some((Sort::Customer, n)) if !writing.world.written.is_made(id) => {
            writing.world.delete_by_request(n as u32, Some(writing.by));
        }
        _ => writing
            .world
            .remove(("customer", "customer.deleted"), id, Some(writing.by)),
    }
    Ok(json!({ "id": id, "object": "customer", "deleted": true }))
}
