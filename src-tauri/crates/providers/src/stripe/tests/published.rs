//! Every address against Stripe's published description: the path, each parameter, and each step of each expansion.

use super::super::{endpoint, permission};
use super::published_file;
use crate::http::Get;
use coffer_domain::record::Kind;
use serde_json::Value;

/// What this version has and the published description, which is some months older, has not: nothing at present.
const NEWER: [(&str, &str); 0] = [];

fn every_address() -> Vec<Get> {
    let since = chrono::DateTime::from_timestamp(1_700_000_000, 0).unwrap();
    let mut all = vec![
        endpoint::account(),
        endpoint::balance(),
        endpoint::probe_events(),
        endpoint::events(since, Some("evt_1")),
        endpoint::invoice_lines("in_1", Some("il_1")),
        endpoint::subscription_items("sub_1", Some("si_1")),
        endpoint::price_with_tiers("price_1", ["eur"].into_iter()),
    ];
    for kind in Kind::ALL {
        all.push(endpoint::list(kind, Some("x")));
        all.push(endpoint::probe(kind));
        all.push(endpoint::one(kind, "x"));
    }
    all
}

/// The description of a path, whatever its parameter is called there.
fn described<'a>(spec: &'a Value, path: &str) -> Option<&'a Value> {
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
        .find_map(|(path, described)| (shape(path) == wanted).then(|| &described["get"]))
}

#[test]
fn every_address_and_parameter_is_published() {
    let Some(text) = published_file("spec3.json") else {
        return;
    };
    let spec: Value = serde_json::from_str(&text).unwrap();
    for get in every_address() {
        let described =
            described(&spec, get.path).unwrap_or_else(|| panic!("{} is not published", get.path));
        let parameters: Vec<&str> = described["parameters"]
            .as_array()
            .unwrap()
            .iter()
            .filter(|parameter| parameter["in"] == "query")
            .map(|parameter| parameter["name"].as_str().unwrap())
            .collect();
        for (name, value) in &get.query {
            let plain = name.split('[').next().unwrap();
            assert!(
                parameters.contains(&plain) || NEWER.contains(&(get.path, plain)),
                "{} takes no {name}",
                get.path
            );
            if plain == "expand" {
                let answer =
                    &described["responses"]["200"]["content"]["application/json"]["schema"];
                let steps: Vec<&str> = value.split('.').collect();
                assert!(steps.len() <= 4, "{value} goes deeper than four levels");
                assert!(
                    leads_somewhere(&spec, answer, &steps),
                    "{} cannot expand {value}",
                    get.path
                );
            }
        }
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
fn every_kind_has_a_row_among_the_permissions() {
    let rows: Vec<Option<Kind>> = permission::permissions()
        .iter()
        .map(|row| row.kind)
        .collect();
    let kinds: Vec<Option<Kind>> = Kind::ALL.into_iter().map(Some).chain([None]).collect();
    assert_eq!(rows, kinds);
}

#[test]
fn the_page_for_a_key_asks_for_reading_and_nothing_else() {
    let url = permission::key_creation_url();
    assert!(url.starts_with("https://dashboard.stripe.com/apikeys/create?name=Coffer&"));
    assert!(!url.contains("_write"));
    for row in permission::permissions() {
        assert_eq!(
            url.matches(&format!("={}&", row.slug)).count()
                + usize::from(url.ends_with(&format!("={}", row.slug))),
            1,
            "{} stands once",
            row.slug
        );
    }
}
