//! Comparing an object with the interface that describes it.

use serde_json::Value;

/// Compares an object with an interface, and what lies within with the interfaces nested in it.
pub(crate) fn compare(
    types: &Value,
    file: &str,
    interface: &str,
    object: &Value,
    faults: &mut Vec<String>,
) {
    let Some(props) = types[file][interface]["props"].as_object() else {
        return;
    };
    let Some(fields) = object.as_object() else {
        return;
    };
    for (name, prop) in props {
        let Some(value) = fields.get(name) else {
            if prop["opt"] != true {
                faults.push(format!("{interface}.{name} is missing"));
            }
            continue;
        };
        let kind = prop["type"].as_str().unwrap_or_default();
        if value.is_null() && !kind.contains("null") {
            faults.push(format!("{interface}.{name} is null and must not be"));
        }
        // Nested interfaces are named after their last part, below the interface itself or one of its ancestors.
        let last = kind
            .split(['|', '<', '>', ' '])
            .find(|word| word.contains('.'))
            .and_then(|word| word.rsplit('.').next());
        if let Some(last) = last {
            let nested = format!("{interface}.{last}");
            let values = value
                .as_array()
                .cloned()
                .unwrap_or_else(|| vec![value.clone()]);
            values
                .iter()
                .filter(|value| value.get("object").is_none())
                .for_each(|value| compare(types, file, &nested, value, faults));
        }
    }
    for name in fields.keys() {
        if !props.contains_key(name) {
            faults.push(format!("{interface}.{name} is not known"));
        }
    }
}

/// The objects within an object that have interfaces of their own.
pub(crate) fn compare_parts(
    types: &Value,
    interface: &str,
    object: &Value,
    faults: &mut Vec<String>,
) {
    let parts = match interface {
        "Subscription" => Some((
            "SubscriptionItems",
            "SubscriptionItem",
            &object["items"]["data"],
        )),
        "Invoice" => Some((
            "InvoiceLineItems",
            "InvoiceLineItem",
            &object["lines"]["data"],
        )),
        _ => None,
    };
    if let Some((file, part, list)) = parts {
        list.as_array()
            .into_iter()
            .flatten()
            .for_each(|entry| compare(types, file, part, entry, faults));
    }
    if object["discount"].is_object() {
        compare(types, "Discounts", "Discount", &object["discount"], faults);
    }
}
