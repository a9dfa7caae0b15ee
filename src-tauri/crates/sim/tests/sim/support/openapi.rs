//! The provider's published OpenAPI document as JSON Schema, brought to the pinned version by an overlay.
//!
//! The document is older than the version that is spoken. `endive-overlay.json` writes down each difference with its
//! reason; a step that finds its place missing, or that changes nothing, is a fault of the overlay. OpenAPI says `nullable`
//! where JSON Schema has a type for it; nothing else of its dialect matters here.

use jsonschema::{Registry, Validator};
use serde_json::{Value, json};

const HOME: &str = "urn:provider";

/// The document, ready to be asked.
pub(crate) struct Document {
    pub(crate) spec: Value,
    registry: Registry<'static>,
}

fn entry<'a>(spec: &'a mut Value, at: &str) -> &'a mut Value {
    spec.pointer_mut(at)
        .unwrap_or_else(|| panic!("the overlay's {at} is not in the document"))
}

/// Carries out one step of the overlay.
fn amend(spec: &mut Value, step: &Value) {
    let at = step["at"].as_str().unwrap();
    assert!(
        step["reason"]
            .as_str()
            .is_some_and(|reason| reason.len() > 10),
        "{at}: a difference has a reason"
    );
    let target = entry(spec, at);
    if let Some(fields) = step["add"].as_object() {
        let target = target.as_object_mut().unwrap();
        for (name, schema) in fields {
            let old = target.insert(name.clone(), schema.clone());
            assert!(old.is_none(), "{at}: {name} is in the document already");
        }
    }
    for value in step["widen"].as_array().into_iter().flatten() {
        let words = target.as_array_mut().unwrap();
        assert!(!words.contains(value), "{at}: {value} is there already");
        words.push(value.clone());
    }
    for value in step["drop"].as_array().into_iter().flatten() {
        let words = target.as_array_mut().unwrap();
        let before = words.len();
        words.retain(|word| word != value);
        assert!(words.len() < before, "{at}: {value} is not there");
    }
    if let Some(replacement) = step.get("replace") {
        assert_ne!(target, replacement, "{at} is like that already");
        *target = replacement.clone();
    }
}

/// Rewrites `nullable` and leaves out what is only said to people.
fn convert(schema: &mut Value) {
    match schema {
        Value::Array(entries) => entries.iter_mut().for_each(convert),
        Value::Object(fields) => {
            fields.retain(|name, value| {
                let words = matches!(name.as_str(), "description" | "format" | "title");
                !(name.starts_with("x-") || (words && value.is_string()))
            });
            fields.values_mut().for_each(convert);
            if fields.get("nullable") == Some(&Value::Bool(true)) {
                fields.remove("nullable");
                if let Some(words) = fields.get_mut("enum").and_then(Value::as_array_mut) {
                    words.push(Value::Null);
                }
                if let Some(kind) = fields.get("type").cloned() {
                    fields.insert("type".to_owned(), json!([kind, "null"]));
                } else {
                    let rest = Value::Object(std::mem::take(fields));
                    *schema = json!({ "anyOf": [rest, { "type": "null" }] });
                }
            }
        }
        _ => {}
    }
}

impl Document {
    /// The document with the overlay on it.
    pub(crate) fn new(mut spec: Value, overlay: &Value) -> Self {
        for step in overlay["steps"].as_array().unwrap() {
            amend(&mut spec, step);
        }
        let mut spec =
            json!({ "components": spec["components"].take(), "paths": spec["paths"].take() });
        convert(&mut spec);
        let registry = Registry::new()
            .add(HOME, spec.clone())
            .unwrap()
            .prepare()
            .unwrap();
        Self { spec, registry }
    }

    /// What checks values against the schema at a pointer.
    pub(crate) fn validator(&self, pointer: &str) -> Validator {
        assert!(self.spec.pointer(pointer).is_some(), "{pointer} is a place");
        let fragment = pointer.replace('{', "%7B").replace('}', "%7D");
        jsonschema::options()
            .with_registry(&self.registry)
            .build(&json!({ "$ref": format!("{HOME}#{fragment}") }))
            .unwrap()
    }

    fn resolve<'a>(&'a self, schema: &'a Value) -> &'a Value {
        match schema["$ref"].as_str().and_then(|to| to.strip_prefix('#')) {
            Some(pointer) => self.spec.pointer(pointer).unwrap(),
            None => schema,
        }
    }

    /// The object schemas a value may be meant by: where several say which `object` they are, the one that says this one.
    fn meant<'a>(&'a self, schema: &'a Value, value: &Value) -> Vec<&'a Value> {
        let schema = self.resolve(schema);
        let Some(choices) = schema["anyOf"].as_array() else {
            return vec![schema];
        };
        let all: Vec<&Value> = choices
            .iter()
            .flat_map(|choice| self.meant(choice, value))
            .collect();
        let named = |schema: &&&Value| {
            schema["properties"]["object"]["enum"]
                .as_array()
                .is_some_and(|words| words.contains(&value["object"]))
        };
        let exact: Vec<&Value> = all.iter().filter(named).copied().collect();
        if exact.is_empty() { all } else { exact }
    }

    /// The fields of a value that its schema does not know, by path.
    pub(crate) fn unknown(&self, schema: &Value, value: &Value, at: &str, found: &mut Vec<String>) {
        let meant = self.meant(schema, value);
        match value {
            Value::Array(entries) => {
                for entry in entries {
                    for items in meant.iter().filter_map(|schema| schema.get("items")) {
                        self.unknown(items, entry, at, found);
                    }
                }
            }
            Value::Object(fields) => {
                let open = |schema: &&Value| {
                    schema
                        .get("additionalProperties")
                        .is_some_and(|more| more != &json!(false))
                        || (schema["type"] == "object" && schema.get("properties").is_none())
                };
                if meant.iter().any(open) {
                    return;
                }
                for (name, inner) in fields {
                    let of: Vec<&Value> = meant
                        .iter()
                        .filter_map(|schema| schema["properties"].get(name))
                        .collect();
                    let path = format!("{at}.{name}");
                    if of.is_empty() {
                        found.push(path);
                        continue;
                    }
                    for schema in of {
                        self.unknown(schema, inner, &path, found);
                    }
                }
            }
            _ => {}
        }
    }
}
