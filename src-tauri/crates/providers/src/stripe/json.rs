//! Works on JSON text without reading it into values: numbers keep their digits and members keep their order.
//!
//! It takes out the white space between tokens and replaces the `data` of a list inside an object. It is not a parser;
//! the text has been through one before.

use serde::de::{Deserialize, Deserializer, MapAccess, Visitor};
use serde_json::value::RawValue;
use std::fmt;

/// The text without white space between its tokens.
pub(crate) fn compact(text: &str) -> String {
    let bytes = text.as_bytes();
    let mut out = String::with_capacity(text.len());
    let mut kept_to = 0;
    let mut at = 0;
    while let Some(byte) = bytes.get(at) {
        match byte {
            b'"' => at = behind_string(bytes, at + 1),
            b' ' | b'\n' | b'\r' | b'\t' => {
                out.push_str(text.get(kept_to..at).unwrap_or_default());
                let rest = bytes.get(at..).unwrap_or_default();
                let white = rest.iter().take_while(|byte| byte.is_ascii_whitespace());
                at += white.count();
                kept_to = at;
            }
            _ => at += 1,
        }
    }
    out.push_str(text.get(kept_to..).unwrap_or_default());
    out
}

/// The place behind a string's closing quote; `at` is a place inside it.
fn behind_string(bytes: &[u8], mut at: usize) -> usize {
    loop {
        let rest = bytes.get(at..).unwrap_or_default();
        let Some(found) = rest.iter().position(|byte| matches!(byte, b'"' | b'\\')) else {
            return bytes.len();
        };
        let is_quote = rest.get(found) == Some(&b'"');
        at += found + if is_quote { 1 } else { 2 };
        if is_quote {
            return at;
        }
    }
}

/// The names of the fields that lead to a place in a text, joined by dots; the place is a line and a column as a decoding
/// error tells them. Elements of arrays have no name. Where something is `missing`, the path is that of what lacks it.
pub(crate) fn path_at(text: &str, line: usize, column: usize, missing: bool) -> String {
    let line_start = match line {
        0 | 1 => 0,
        _ => text
            .match_indices('\n')
            .nth(line - 2)
            .map_or(text.len(), |(at, _)| at + 1),
    };
    let end = line_start.saturating_add(column);
    // For each container that is open: the name of the member that is being read, none in an array.
    let mut open: Vec<Option<&str>> = Vec::new();
    let mut string_from = None;
    let mut last_string = "";
    let mut escaped = false;
    for (at, byte) in text.bytes().enumerate().take(end) {
        if let Some(from) = string_from {
            if byte == b'"' && !escaped {
                last_string = text.get(from..at).unwrap_or_default();
                string_from = None;
            }
            escaped = !escaped && byte == b'\\';
            continue;
        }
        match byte {
            b'"' => string_from = Some(at + 1),
            b'{' | b'[' => open.push(None),
            b':' => {
                if let Some(name) = open.last_mut() {
                    *name = Some(last_string);
                }
            }
            // A value that is found wrong is told where it ends or right behind that.
            _ if at + 1 == end && !missing => {}
            b'}' | b']' if at + 1 < end => drop(open.pop()),
            // What is missing is told where its object ends: no member of it is being read any more.
            b',' | b'}' | b']' => {
                if let Some(name) = open.last_mut() {
                    *name = None;
                }
            }
            _ => {}
        }
    }
    let names: Vec<&str> = open.into_iter().flatten().collect();
    names.join(".")
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

/// The text of one member of an object; an error where it has none.
pub(crate) fn member<'a>(object: &'a str, wanted: &str) -> Result<&'a str, serde_json::Error> {
    let members: Members<'_> = serde_json::from_str(object)?;
    for (name, value) in members.0 {
        let name: String = serde_json::from_str(name.get())?;
        if name == wanted {
            return Ok(value.get());
        }
    }
    Err(serde::de::Error::custom("a list is missing"))
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

    #[test]
    fn a_place_is_named_by_the_fields_that_lead_to_it() {
        let text = "{\"a\":1,\n\"b, \\\"c\":[{\"d\":{}},{\"e\": true}],\"f\":2}";
        let path = |needle: &str| {
            let at = text.find(needle).unwrap() + needle.len();
            let line = text[..at].matches('\n').count() + 1;
            let column = at - text[..at].rfind('\n').map_or(0, |at| at + 1);
            [false, true].map(|missing| path_at(text, line, column, missing))
        };
        let both = |path: &str| [path.to_owned(), path.to_owned()];
        assert_eq!(path("\"a\":1"), both("a"));
        assert_eq!(path("\"a\":1,"), ["a", ""]);
        assert_eq!(path("\"d\":{"), both("b, \\\"c.d"));
        assert_eq!(path("\"e\": true"), both("b, \\\"c.e"));
        assert_eq!(path("\"e\": true}"), ["b, \\\"c.e", "b, \\\"c"]);
        assert_eq!(path("\"f\":"), both("f"));
        assert_eq!(path_at("", 0, 0, false), "");
        assert_eq!(path_at("[[[", 7, 7, true), "");
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
