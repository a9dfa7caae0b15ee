//! Whatever Stripe adds, decoding goes on; whatever else comes, nothing panics.

use super::{RESOURCES, fixtures, record};
use coffer_domain::record::Kind;
use proptest::prelude::*;
use serde_json::{Value, json};

/// Fields whose value is one of a set of words that may grow.
const WORDS: [&str; 15] = [
    "status",
    "type",
    "billing_reason",
    "interval",
    "usage_type",
    "billing_scheme",
    "tiers_mode",
    "tax_behavior",
    "duration",
    "reason",
    "round",
    "behavior",
    "end_behavior",
    "mode",
    "payment_status",
];

/// Puts a new field into every object and a new word into every growing set, where `choose` says so.
fn grow(value: &mut Value, choose: &mut impl FnMut() -> bool) {
    match value {
        Value::Object(fields) => {
            for (name, field) in fields.iter_mut() {
                if field.is_string() && WORDS.contains(&name.as_str()) && choose() {
                    *field = json!("a_word_of_tomorrow");
                } else {
                    grow(field, choose);
                }
            }
            if choose() {
                fields.insert(
                    "a_field_of_tomorrow".to_owned(),
                    json!({"nested": [1, 2.5, null, "x"]}),
                );
            }
        }
        Value::Array(values) => values.iter_mut().for_each(|value| grow(value, choose)),
        _ => {}
    }
}

fn any_json() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        any::<f64>().prop_map(Value::from),
        "\\PC{0,12}".prop_map(Value::from),
    ];
    leaf.prop_recursive(3, 16, 4, |inner| {
        prop_oneof![
            proptest::collection::vec(inner.clone(), 0..4).prop_map(Value::from),
            proptest::collection::btree_map("[a-z_]{1,10}", inner, 0..4)
                .prop_map(|map| Value::Object(map.into_iter().collect())),
        ]
    })
}

/// The number of fields in a value, at any depth.
fn fields(value: &Value) -> usize {
    match value {
        Value::Object(members) => members.values().map(|value| 1 + fields(value)).sum(),
        Value::Array(values) => values.iter().map(fields).sum(),
        _ => 0,
    }
}

/// Replaces the `nth` field, counted at any depth.
fn replace(value: &mut Value, nth: &mut usize, with: &Value) {
    match value {
        Value::Object(members) => {
            for member in members.values_mut() {
                if *nth == 0 {
                    *member = with.clone();
                }
                *nth = nth.wrapping_sub(1);
                replace(member, nth, with);
            }
        }
        Value::Array(values) => values
            .iter_mut()
            .for_each(|value| replace(value, nth, with)),
        _ => {}
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]

    #[test]
    fn what_is_new_never_stops_decoding(choices in proptest::collection::vec(any::<bool>(), 1..64)) {
        let Some(fixtures) = fixtures() else { return Ok(()) };
        for (name, kind) in RESOURCES {
            let mut sample = fixtures[name].clone();
            let mut turn = choices.iter().cycle();
            grow(&mut sample, &mut || *turn.next().unwrap());
            let text = sample.to_string().replace(r#""currency":"currency""#, r#""currency":"usd""#);
            let read = record(kind, &text);
            prop_assert!(read.is_ok(), "{}: {:?}", name, read.err());
        }
    }

    #[test]
    fn a_field_of_any_shape_is_read_or_refused(place in any::<prop::sample::Index>(), with in any_json()) {
        let Some(fixtures) = fixtures() else { return Ok(()) };
        for (name, kind) in RESOURCES {
            let mut sample = fixtures[name].clone();
            let mut nth = place.index(fields(&sample));
            replace(&mut sample, &mut nth, &with);
            let _ = record(kind, &sample.to_string());
        }
    }

    #[test]
    fn any_json_is_read_or_refused(value in any_json()) {
        for kind in Kind::ALL {
            let _ = record(kind, &value.to_string());
        }
    }
}
