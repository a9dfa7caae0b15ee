//! Every request against Stripe's published description: the operation, each parameter with its value, and each step of each
//! expansion; and every field that we read against the object that it is read from.

use super::super::{endpoint, permission, wire};
use super::introspect::fields_of;
use super::overlay::{NEW_FIELDS, NEW_PARAMETERS};
use super::published_file;
use crate::http::{Question, Verb};
use crate::provider::Access;
use coffer_domain::record::Kind;
use coffer_domain::sync::Slice;
use endpoint::Part;
use serde_json::Value;

fn every_question() -> Vec<Question> {
    let since = chrono::DateTime::from_timestamp(1_700_000_000, 0);
    let mut all = vec![
        endpoint::account(),
        endpoint::balance(),
        endpoint::clocks(Some("clock_1")),
        endpoint::events(since.unwrap(), Some("evt_1")),
        endpoint::invoice_lines("in_1", Some("il_1")),
        endpoint::credit_note_lines("cn_1", Some("cnli_1")),
        endpoint::subscription_items("sub_1", Some("si_1")),
        endpoint::price_with_tiers("price_1", ["eur"].into_iter()),
        endpoint::events_of("invoice.sent", since.unwrap(), None),
        endpoint::refunds_of("ch_1", Some("re_1")),
        endpoint::credit_notes_of("in_1", Some("cn_1")),
        endpoint::ledger_of("cus_1", Some("cbtxn_1")),
    ];
    let slices = [
        Slice::WHOLE,
        Slice::Created {
            from: since,
            to: since,
        },
        Slice::Unsettled,
        Slice::Of("cus_1".to_owned()),
        Slice::OnClock("clock_1".to_owned()),
    ];
    for kind in Kind::ALL {
        let listed = slices.iter().flat_map(|slice| {
            [Part::First, Part::Drafts]
                .into_iter()
                .filter_map(move |part| endpoint::list(kind, slice, part, Some("x")))
        });
        let before = all.len();
        all.extend(listed);
        assert!(all.len() > before, "{kind:?} can be listed");
        let one = if kind == Kind::CustomerBalanceTransactions {
            endpoint::one(kind, &["cus_1", "cbtxn_1"])
        } else {
            endpoint::one(kind, &["x"])
        };
        all.push(one);
    }
    all.extend(
        permission::permissions()
            .iter()
            .filter_map(permission::probe),
    );
    all
}

/// The operations on a path, whatever its parameters are called there.
pub(super) fn described<'a>(spec: &'a Value, path: &str) -> Option<&'a Value> {
    let shape = |path: &str| -> Vec<String> {
        path.split('/')
            .map(|part| {
                if part.starts_with('{') {
                    "{}".to_owned()
                } else {
                    part.to_owned()
                }
            })
            .collect()
    };
    let wanted = shape(path);
    spec["paths"]
        .as_object()?
        .iter()
        .find_map(|(path, described)| (shape(path) == wanted).then_some(described))
}

/// The schema of a parameter of an operation, or of a field of its form.
pub(super) fn parameter<'a>(operation: &'a Value, verb: Verb, name: &str) -> Option<&'a Value> {
    match verb {
        Verb::Get => operation["parameters"]
            .as_array()?
            .iter()
            .find(|it| it["in"] == "query" && it["name"] == name)
            .map(|it| &it["schema"]),
        Verb::Post | Verb::Delete => operation["requestBody"]["content"]["application/x-www-form-urlencoded"]
            ["schema"]["properties"]
            .get(name),
    }
}

/// Whether a schema takes this value behind these keys (`gte` in `created[gte]`).
pub(super) fn takes(schema: &Value, keys: &[&str], value: &str) -> bool {
    if let Some(choices) = schema["anyOf"].as_array() {
        return choices.iter().any(|choice| takes(choice, keys, value));
    }
    if let Some((key, rest)) = keys.split_first() {
        let inside = match *key {
            key if key.is_empty() || key.bytes().all(|byte| byte.is_ascii_digit()) => {
                &schema["items"]
            }
            key if schema["properties"][key].is_object() => &schema["properties"][key],
            _ => &schema["additionalProperties"],
        };
        return inside.is_object() && takes(inside, rest, value);
    }
    if let Some(words) = schema["enum"].as_array() {
        return words.iter().any(|word| word == value);
    }
    match schema["type"].as_str() {
        Some("string") => true,
        Some("integer") => value.parse::<i64>().is_ok(),
        Some("boolean") => matches!(value, "true" | "false"),
        _ => false,
    }
}

#[test]
fn every_request_is_published_with_its_parameters_and_their_values() {
    let Some(text) = published_file("spec3.json") else {
        return;
    };
    let spec: Value = serde_json::from_str(&text).unwrap();
    for question in every_question() {
        let path = question.path;
        let operations =
            described(&spec, path).unwrap_or_else(|| panic!("{path} is not published"));
        let operation = match question.verb {
            Verb::Get => &operations["get"],
            Verb::Post => &operations["post"],
            Verb::Delete => &operations["delete"],
        };
        assert!(operation.is_object(), "{:?} {path}", question.verb);
        assert_eq!(path.matches("{id}").count(), question.ids.len(), "{path}");
        for (name, value) in &question.fields {
            let mut keys = name.split('[').map(|key| key.trim_end_matches(']'));
            let plain = keys.next().unwrap();
            let keys: Vec<&str> = keys.collect();
            if NEW_PARAMETERS
                .iter()
                .any(|new| (new.0, new.1) == (path, plain))
            {
                continue;
            }
            let schema = parameter(operation, question.verb, plain)
                .unwrap_or_else(|| panic!("{path} takes no {name}"));
            assert!(
                takes(schema, &keys, value),
                "{path} takes no {name}={value}"
            );
            if plain == "expand" {
                let answer =
                    &operation["responses"]["200"]["content"]["application/json"]["schema"];
                let steps: Vec<&str> = value.split('.').collect();
                assert!(steps.len() <= 4, "{value} goes deeper than four levels");
                assert!(
                    leads_somewhere(&spec, answer, &steps),
                    "{path} cannot expand {value}"
                );
            }
        }
    }
}

#[test]
fn the_words_asked_for_are_words_of_this_version_too() {
    let Some(text) = published_file("types-endive.json") else {
        return;
    };
    let digest: Value = serde_json::from_str(&text).unwrap();
    for (path, file, alias) in [
        ("/v1/invoices", "Invoices", "InvoiceListParams.Status"),
        (
            "/v1/subscriptions",
            "Subscriptions",
            "SubscriptionListParams.Status",
        ),
    ] {
        let words = digest[file][alias]["alias"].as_str().unwrap();
        let mut seen = 0;
        for question in every_question().iter().filter(|it| it.path == path) {
            for (_, value) in question.fields.iter().filter(|(name, _)| *name == "status") {
                assert!(words.contains(&format!("'{value}'")), "{path}: {value}");
                seen += 1;
            }
        }
        assert!(seen > 0, "{path} is asked for by status");
    }
}

/// What is read of each object, by the description's name of it.
fn everything_read() -> Vec<(&'static str, &'static [&'static str])> {
    vec![
        ("account", fields_of::<wire::Account>()),
        ("balance", fields_of::<wire::Balance>()),
        ("product", fields_of::<wire::Product>()),
        ("price", fields_of::<wire::Price>()),
        ("price_tier", fields_of::<wire::Tier>()),
        ("coupon", fields_of::<wire::Coupon>()),
        ("promotion_code", fields_of::<wire::PromotionCode>()),
        ("customer", fields_of::<wire::Customer>()),
        ("discount", fields_of::<wire::Discount>()),
        ("subscription", fields_of::<wire::Subscription>()),
        ("subscription_item", fields_of::<wire::SubscriptionItem>()),
        (
            "subscription_schedule",
            fields_of::<wire::SubscriptionSchedule>(),
        ),
        (
            "subscription_schedule_phase_configuration",
            fields_of::<wire::Phase>(),
        ),
        (
            "subscription_schedule_configuration_item",
            fields_of::<wire::PhaseItem>(),
        ),
        ("invoiceitem", fields_of::<wire::InvoiceItem>()),
        ("invoice", fields_of::<wire::Invoice>()),
        ("line_item", fields_of::<wire::Line>()),
        (
            "discounts_resource_discount_amount",
            fields_of::<wire::DiscountAmount>(),
        ),
        ("invoice_payment", fields_of::<wire::InvoicePayment>()),
        ("charge", fields_of::<wire::Charge>()),
        ("payment_intent", fields_of::<wire::PaymentIntent>()),
        ("refund", fields_of::<wire::Refund>()),
        ("dispute", fields_of::<wire::Dispute>()),
        ("credit_note", fields_of::<wire::CreditNote>()),
        ("credit_note_refund", fields_of::<wire::CreditNoteRefund>()),
        (
            "balance_transaction",
            fields_of::<wire::BalanceTransaction>(),
        ),
        (
            "customer_balance_transaction",
            fields_of::<wire::CreditEntry>(),
        ),
        ("billing.meter", fields_of::<wire::Meter>()),
        ("checkout.session", fields_of::<wire::CheckoutSession>()),
        ("payment_link", fields_of::<wire::PaymentLink>()),
    ]
}

/// What any object may say of itself: its mode, and in place of everything else that it is gone.
const ANY_OBJECT: [&str; 2] = ["livemode", "deleted"];

#[test]
fn every_field_that_is_read_is_published() {
    let Some(text) = published_file("spec3.json") else {
        return;
    };
    let spec: Value = serde_json::from_str(&text).unwrap();
    for (name, fields) in everything_read() {
        assert!(!fields.is_empty(), "{name} is a struct");
        let properties = &spec["components"]["schemas"][name]["properties"];
        assert!(properties.is_object(), "{name} is not published");
        for field in fields {
            let newer = NEW_FIELDS
                .iter()
                .any(|new| (new.schema, new.field) == (name, *field));
            let known = properties[*field].is_object();
            assert!(
                known != newer || ANY_OBJECT.contains(field),
                "{name}.{field}: described {known}, in the overlay {newer}"
            );
        }
    }
}

#[test]
fn every_line_of_the_overlay_is_true_of_this_version() {
    let Some(text) = published_file("types-endive.json") else {
        return;
    };
    let digest: Value = serde_json::from_str(&text).unwrap();
    let read = everything_read();
    for new in NEW_FIELDS {
        let (file, interface) = new.digest;
        assert!(
            digest[file][interface]["props"][new.field].is_object(),
            "{}.{}",
            new.schema,
            new.field
        );
        let is_read =
            |(name, fields): &(&str, &[&str])| *name == new.schema && fields.contains(&new.field);
        assert!(read.iter().any(is_read), "{} is read", new.field);
        assert!(!new.reason.is_empty());
    }
}

/// Follows a path of fields through schemas, whichever of their alternatives has it.
fn leads_somewhere(spec: &Value, schema: &Value, steps: &[&str]) -> bool {
    let Some((step, rest)) = steps.split_first() else {
        return true;
    };
    schemas(spec, schema).into_iter().any(|object| {
        let field = &object["properties"][*step];
        let entry = &object["additionalProperties"];
        [field, entry]
            .into_iter()
            .any(|next| next.is_object() && leads_somewhere(spec, next, rest))
    })
}

/// A schema with its references and alternatives opened.
fn schemas<'a>(spec: &'a Value, schema: &'a Value) -> Vec<&'a Value> {
    if let Some(reference) = schema["$ref"].as_str() {
        let name = reference.rsplit('/').next().unwrap();
        return schemas(spec, &spec["components"]["schemas"][name]);
    }
    let mut all = vec![schema];
    for choice in schema["anyOf"].as_array().into_iter().flatten() {
        all.extend(schemas(spec, choice));
    }
    if schema["items"].is_object() {
        all.extend(schemas(spec, &schema["items"]));
    }
    for choice in schema["x-expansionResources"]["oneOf"]
        .as_array()
        .into_iter()
        .flatten()
    {
        all.extend(schemas(spec, choice));
    }
    all
}

#[test]
fn every_kind_has_a_row_among_the_permissions_to_read() {
    let of = |access: Access| {
        let rows = permission::permissions().iter();
        rows.filter(move |row| row.access == access)
            .map(|row| row.kind)
    };
    let kinds: Vec<Option<Kind>> = Kind::ALL.into_iter().map(Some).chain([None]).collect();
    assert_eq!(of(Access::Read).collect::<Vec<_>>(), kinds);
    let writes: Vec<Option<Kind>> = of(Access::Write).collect();
    let first = permission::permissions().get(..kinds.len()).unwrap();
    assert!(
        first.iter().all(|row| row.access == Access::Read),
        "reading stands before writing"
    );
    let in_order = Kind::ALL.into_iter().map(Some).chain([None]);
    let expected: Vec<_> = in_order.filter(|kind| writes.contains(kind)).collect();
    assert_eq!(writes, expected, "each once and in the same order");
    for row in permission::permissions() {
        let asks = permission::probe(row).map(|question| question.verb);
        let expected = match (row.access, row.kind) {
            (Access::Read, _) => Some(Verb::Get),
            (Access::Write, Some(_)) => Some(Verb::Post),
            (Access::Write, None) => None,
        };
        assert_eq!(asks, expected, "{}", row.label);
    }
}

#[test]
fn the_pages_for_a_key_ask_for_what_they_say_and_nothing_else() {
    let reading = permission::key_creation_url();
    let acting = permission::key_creation_url_with_actions();
    assert!(!reading.contains("_write"));
    for (url, wanted) in [
        (&reading, &[Access::Read][..]),
        (&acting, &[Access::Read, Access::Write]),
    ] {
        assert!(url.starts_with("https://dashboard.stripe.com/apikeys/create?name=Coffer&"));
        let slugs: Vec<&str> = url
            .split('=')
            .skip(2)
            .map(|part| part.split('&').next().unwrap())
            .collect();
        for row in permission::permissions() {
            assert_eq!(
                slugs.iter().filter(|slug| **slug == row.slug).count(),
                usize::from(wanted.contains(&row.access)),
                "{} in {url}",
                row.slug
            );
        }
    }
}
