//! A few fields of a JSON text, found by their names.
//!
//! What prints these texts is our own, and a whole reader of JSON would double the time this crate takes to build. Escapes
//! are not undone and names are looked for at any depth, so this is not for what others wrote.

/// A field of text.
pub(super) fn text(json: &str, name: &str) -> Option<String> {
    let rest = after_name(json, name)?.strip_prefix('"')?;
    rest.split_once('"').map(|(value, _)| value.to_owned())
}

/// Every whole number under a name.
pub(super) fn numbers(json: &str, name: &str) -> Vec<u64> {
    let mut found = Vec::new();
    let mut rest = json;
    while let Some(after) = after_name(rest, name) {
        found.extend(leading(after));
        rest = after;
    }
    found
}

/// The first whole number under a name.
pub(super) fn number(json: &str, name: &str) -> Option<u64> {
    leading(after_name(json, name)?)
}

/// The first number under a name, with its decimals.
pub(super) fn decimal(json: &str, name: &str) -> Option<f64> {
    let rest = after_name(json, name)?;
    let end = rest.find(|c: char| !(c.is_ascii_digit() || c == '.'));
    rest.get(..end.unwrap_or(rest.len()))?.parse().ok()
}

/// Whether the first field of a name says yes.
pub(super) fn yes(json: &str, name: &str) -> bool {
    after_name(json, name).is_some_and(|rest| rest.starts_with("true"))
}

/// The text of the first object under a name, without its braces.
pub(super) fn object<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    inside(after_name(json, name)?)
}

/// The fields of an object that are objects themselves, each with its name; takes what [`object`] gives.
pub(super) fn objects(fields: &str) -> Vec<(&str, &str)> {
    let mut found = Vec::new();
    let mut rest = fields;
    while let Some((name, after)) = rest
        .split_once('"')
        .and_then(|(_, after)| after.split_once('"'))
    {
        let Some(value) = after.trim_start().strip_prefix(':').map(str::trim_start) else {
            break;
        };
        rest = value;
        if let Some(own) = inside(value) {
            found.push((name, own));
            rest = value.get(own.len() + 2..).unwrap_or_default();
        }
    }
    found
}

/// Every whole number among the fields of an object, whatever its name; takes what [`object`] gives.
pub(super) fn values(fields: &str) -> impl Iterator<Item = u64> {
    fields
        .split(',')
        .filter_map(|field| leading(field.rsplit_once(':')?.1.trim_start()))
}

/// What stands between the braces of the object that a text begins with.
fn inside(text: &str) -> Option<&str> {
    let own = text.strip_prefix('{')?;
    let mut depth = 1_u32;
    let mut quoted = false;
    let mut escaped = false;
    for (at, letter) in own.char_indices() {
        match letter {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            '{' if !quoted => depth += 1,
            '}' if !quoted => {
                depth -= 1;
                if depth == 0 {
                    return own.get(..at);
                }
            }
            _ => {}
        }
    }
    None
}

fn leading(text: &str) -> Option<u64> {
    let end = text.find(|c: char| !c.is_ascii_digit());
    text.get(..end.unwrap_or(text.len()))?.parse().ok()
}

fn after_name<'a>(json: &'a str, name: &str) -> Option<&'a str> {
    let (_, rest) = json.split_once(&format!("\"{name}\""))?;
    Some(rest.trim_start().strip_prefix(':')?.trim_start())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn fields_are_found_by_their_whole_name() {
        let json = r#"{"json_bytes_kept":7,"json_bytes": 12,"url":"http://127.0.0.1:9/","more":[{"fetched":3},{"fetched":4}]}"#;
        assert_eq!(numbers(json, "json_bytes"), [12]);
        assert_eq!(numbers(json, "fetched"), [3, 4]);
        assert_eq!(number(json, "fetched"), Some(3));
        assert_eq!(text(json, "url").as_deref(), Some("http://127.0.0.1:9/"));
        assert_eq!(text(json, "key"), None);
    }

    #[test]
    fn decimals_and_answers_of_yes_are_read() {
        let json = r#"{"seconds": 0.125, "whole":3,"complete": true, "walked":false}"#;
        assert_eq!(decimal(json, "seconds"), Some(0.125));
        assert_eq!(decimal(json, "whole"), Some(3.0));
        assert_eq!(decimal(json, "complete"), None);
        assert!(yes(json, "complete"));
        assert!(!yes(json, "walked"));
        assert!(!yes(json, "missing"));
    }

    #[test]
    fn objects_end_at_their_own_brace() {
        let json = r#"{"endpoints":{"GET /v1/customers/{id}":{"requests":2},"GET /v1/prices": {"requests": 5}},"after":{"requests":9}}"#;
        let fields = object(json, "endpoints").unwrap();
        assert_eq!(
            objects(fields),
            [
                ("GET /v1/customers/{id}", r#""requests":2"#),
                ("GET /v1/prices", r#""requests": 5"#)
            ],
            "a brace inside a name is no brace"
        );
        assert_eq!(objects(""), []);
    }

    #[test]
    fn values_are_taken_whatever_their_names() {
        let json = "{\"objects\": {\n  \"charges\": 17,\n  \"prices\": 4\n}, \"more\": 1}";
        let fields = object(json, "objects").unwrap();
        assert_eq!(values(fields).sum::<u64>(), 21);
        assert_eq!(values("").sum::<u64>(), 0);
    }
}
