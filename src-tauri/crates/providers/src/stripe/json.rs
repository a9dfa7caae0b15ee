//! Works on JSON text without reading it into values: numbers keep their digits and members keep their order.
//!
//! It takes out the white space between tokens and replaces the `data` of a list inside an object. It is not a parser;
//! the text has been through one before.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The text without white space between its tokens.
pub(crate) fn compact(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut kept_to = 0;
    let mut in_string = false;
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate() {
        if in_string {
            in_string = escaped || byte != b'"';
            escaped = !escaped && byte == b'\\';
        } else if byte.is_ascii_whitespace() {
            out.push_str(text.get(kept_to..at).unwrap_or_default());
            kept_to = at + 1;
        } else {
            in_string = byte == b'"';
        }
    }
    out.push_str(text.get(kept_to..).unwrap_or_default());
    out
}

/// The members of an object, each as it is written.
#[derive(Debug)]
struct Members<'a>(Vec<(&'a RawValue, &'a RawValue)>);

impl<'de> Deserialize<'de> for Members<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Collect;
        impl<'de> Visitor<'de> for Collect {
            type Value = Members<'de>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an object")
            }

            fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
                let mut members = Vec::new();
                while let Some(member) = map.next_entry()? {
                    members.push(member);
                }
                Ok(Members(members))
            }
        }
        deserializer.deserialize_map(Collect)
    }
}

/// Rewrites the object with the values that `replace` gives for its members.
fn rewrite(
    object: &str,
    replace: impl Fn(&str, &str) -> Result<Option<String>, serde_json::Error>,
) -> Result<String, serde_json::Error> {
    let members: Members<'_> = serde_json::from_str(object)?;
    let mut out = String::with_capacity(object.len());
    out.push('{');
    for (index, (name, value)) in members.0.iter().enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(name.get());
        out.push(':');
        let name: String = serde_json::from_str(name.get())?;
        match replace(&name, value.get())? {
            Some(new) => out.push_str(&new),
            None => out.push_str(value.get()),
        }
    }
    out.push('}');
    Ok(out)
}

/// Puts all of a list's objects into the list inside an object, which then says that there are no more.
pub(crate) fn with_whole_list(
    object: &str,
    list: &str,
    data: &[String],
) -> Result<String, serde_json::Error> {
    rewrite(object, |name, value| {
        if name != list {
            return Ok(None);
        }
        rewrite(value, |name, _| {
            Ok(match name {
                "data" => Some(format!("[{}]", data.join(","))),
                "has_more" => Some("false".to_owned()),
                _ => None,
            })
        })
        .map(Some)
    })
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use serde_json::Value;

    #[test]
    fn white_space_goes_and_everything_else_stays() {
        let text = "{\n  \"a b\" : [ 1.50 , \"x \\\" y\\\\\" ,\tnull ],\r\n \"ü\": { } }";
        assert_eq!(compact(text), r#"{"a b":[1.50,"x \" y\\",null],"ü":{}}"#);
    }

    #[test]
    fn a_list_inside_an_object_is_made_whole() {
        let text = r#"{"id":"in_1","lines":{"object":"list","data":[{"id":"old"}],"has_more":true,"url":"/x"},"total":1.50}"#;
        let whole = with_whole_list(
            text,
            "lines",
            &[r#"{"id":"il_1"}"#.to_owned(), r#"{"id":"il_2"}"#.to_owned()],
        )
        .unwrap();
        assert_eq!(
            whole,
            r#"{"id":"in_1","lines":{"object":"list","data":[{"id":"il_1"},{"id":"il_2"}],"has_more":false,"url":"/x"},"total":1.50}"#
        );
    }

    fn any_json() -> impl Strategy<Value = Value> {
        let leaf = prop_oneof![
            Just(Value::Null),
            any::<bool>().prop_map(Value::from),
            any::<i64>().prop_map(Value::from),
            "\\PC*".prop_map(Value::from),
        ];
        leaf.prop_recursive(4, 32, 5, |inner| {
            prop_oneof![
                proptest::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
                proptest::collection::btree_map("\\PC{0,8}", inner, 0..5)
                    .prop_map(|map| Value::Object(map.into_iter().collect())),
            ]
        })
    }

    proptest! {
        #[test]
        fn compact_text_means_the_same(value in any_json()) {
            let pretty = serde_json::to_string_pretty(&value).unwrap();
            let short = compact(&pretty);
            prop_assert_eq!(&short, &value.to_string());
        }
    }
}
