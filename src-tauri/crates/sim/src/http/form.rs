//! The body of a write: names and values, form-encoded, in which brackets nest.
//!
//! The provider is strict about names and so is this: what an endpoint does not know is an error that names it, a misspelt
//! parameter inside brackets too. Values are read where they are needed, each with the provider's own refusal.

use serde_json::{Map, Value};

use super::error::Refusal;

/// The parameters of a write, in order.
#[derive(Clone, Debug, Default)]
pub(crate) struct Form {
    pairs: Vec<(String, String)>,
}

/// How many keys metadata may have, and how long its keys and values may be.
const METADATA: (usize, usize, usize) = (50, 40, 500);

fn unescape(text: &str) -> String {
    let mut bytes = Vec::with_capacity(text.len());
    let mut rest = text.bytes();
    while let Some(byte) = rest.next() {
        match byte {
            b'+' => bytes.push(b' '),
            b'%' => {
                let digits: Vec<u32> = rest
                    .by_ref()
                    .take(2)
                    .filter_map(|digit| char::from(digit).to_digit(16))
                    .collect();
                if let [high, low] = digits.as_slice() {
                    bytes.push((high * 16 + low) as u8);
                }
            }
            other => bytes.push(other),
        }
    }
    String::from_utf8_lossy(&bytes).into_owned()
}

/// Whether a pattern covers a name: the name itself, or with `[]` at its end whatever stands in brackets there.
fn covers(pattern: &str, name: &str) -> bool {
    pattern.strip_suffix("[]").map_or(pattern == name, |root| {
        name.strip_prefix(root)
            .is_some_and(|rest| rest.is_empty() || (rest.starts_with('[') && rest.ends_with(']')))
    })
}

/// A refusal of one parameter's value.
pub(crate) fn wrong(name: &str, message: String) -> Refusal {
    Refusal::invalid(400, None, Some(name), message)
}

/// A refusal because a parameter is not there.
pub(crate) fn missing(name: &str) -> Refusal {
    Refusal::invalid(
        400,
        Some("parameter_missing"),
        Some(name),
        format!("Missing required param: {name}."),
    )
}

impl Form {
    pub(crate) fn parse(raw: &str) -> Self {
        let pairs = raw
            .split('&')
            .filter(|part| !part.is_empty())
            .map(|part| {
                let (name, value) = part.split_once('=').unwrap_or((part, ""));
                (unescape(name), unescape(value))
            })
            .collect();
        Self { pairs }
    }

    /// The parameters in an order of their own, to tell whether two requests ask for the same.
    pub(crate) fn canonical(&self) -> String {
        let mut lines: Vec<String> = self
            .pairs
            .iter()
            .map(|(name, value)| format!("{name}={value}\n"))
            .collect();
        lines.sort_unstable();
        lines.concat()
    }

    /// Refuses names that the endpoint does not know.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let strange = self.pairs.iter().find(|(name, _)| {
            !covers("expand[]", name) && !known.iter().any(|pattern| covers(pattern, name))
        });
        strange.map_or(Ok(()), |(name, _)| {
            Err(Refusal::invalid(
                400,
                Some("parameter_unknown"),
                Some(name),
                format!("Received unknown parameter: {name}"),
            ))
        })
    }

    /// Refuses what the provider knows here and the simulated merchant does not yet do.
    pub(crate) fn without(&self, unsupported: &[&str]) -> Result<(), Refusal> {
        let asked = self
            .pairs
            .iter()
            .find(|(name, _)| unsupported.iter().any(|pattern| covers(pattern, name)));
        asked.map_or(Ok(()), |(name, _)| {
            Err(wrong(
                name,
                format!("The simulated merchant does not support the parameter `{name}` here."),
            ))
        })
    }

    /// The value of a name; the last one counts.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .rev()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// A value that must be there and not be empty.
    pub(crate) fn required(&self, name: &str) -> Result<&str, Refusal> {
        self.get(name)
            .filter(|value| !value.is_empty())
            .ok_or_else(|| missing(name))
    }

    /// A text as a field; an empty one unsets it.
    pub(crate) fn text(&self, name: &str) -> Option<Value> {
        self.get(name).map(|value| {
            if value.is_empty() {
                Value::Null
            } else {
                Value::String(value.to_owned())
            }
        })
    }

    pub(crate) fn integer(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.get(name).filter(|value| !value.is_empty()) else {
            return Ok(None);
        };
        value.parse().map(Some).map_err(|_| {
            Refusal::invalid(
                400,
                Some("parameter_invalid_integer"),
                Some(name),
                format!("Invalid integer: {value}"),
            )
        })
    }

    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(wrong(name, format!("Invalid boolean: {other}"))),
        }
    }

    /// A value out of a few.
    pub(crate) fn one_of(
        &self,
        name: &str,
        allowed: &[&'static str],
    ) -> Result<Option<&'static str>, Refusal> {
        let Some(value) = self.get(name) else {
            return Ok(None);
        };
        allowed
            .iter()
            .find(|known| **known == value)
            .map(|known| Some(*known))
            .ok_or_else(|| {
                let list = allowed.join(", ");
                wrong(name, format!("Invalid {name}: must be one of {list}"))
            })
    }

    /// Whether the form says anything of a name or of what is inside its brackets.
    pub(crate) fn speaks_of(&self, root: &str) -> bool {
        let inside = format!("{root}[]");
        self.pairs.iter().any(|(name, _)| covers(&inside, name))
    }

    /// The numbers in the first brackets after a name, in order.
    pub(crate) fn places(&self, root: &str) -> Vec<usize> {
        let places: std::collections::BTreeSet<usize> = self
            .pairs
            .iter()
            .filter_map(|(name, _)| {
                let rest = name.strip_prefix(root)?.strip_prefix('[')?;
                rest.split(']').next()?.parse().ok()
            })
            .collect();
        places.into_iter().collect()
    }

    /// Refuses what stands in the second brackets after a name and a number and is not known there.
    pub(crate) fn fields_of(
        &self,
        root: &str,
        place: usize,
        known: &[&str],
    ) -> Result<(), Refusal> {
        let start = format!("{root}[{place}][");
        let strange = self.pairs.iter().find(|(name, _)| {
            name.strip_prefix(start.as_str())
                .and_then(|rest| rest.split(']').next())
                .is_some_and(|field| !known.contains(&field))
        });
        strange.map_or(Ok(()), |(name, _)| {
            Err(Refusal::invalid(
                400,
                Some("parameter_unknown"),
                Some(name),
                format!("Received unknown parameter: {name}"),
            ))
        })
    }

    /// The paths of `expand`.
    pub(crate) fn expand(&self) -> Vec<&str> {
        self.pairs
            .iter()
            .filter(|(name, _)| covers("expand[]", name))
            .map(|(_, path)| path.as_str())
            .collect()
    }

    /// The metadata after this write: keys are added to `held`, an empty value takes its key away, empty metadata all keys.
    /// `None` when the write does not speak of metadata.
    pub(crate) fn metadata(
        &self,
        held: Option<&Map<String, Value>>,
    ) -> Result<Option<Map<String, Value>>, Refusal> {
        let mut metadata = held.cloned().unwrap_or_default();
        let mut spoken_of = false;
        for (name, value) in &self.pairs {
            let Some(rest) = name.strip_prefix("metadata") else {
                continue;
            };
            spoken_of = true;
            let key = rest
                .strip_prefix('[')
                .and_then(|rest| rest.strip_suffix(']'));
            match key {
                None if rest.is_empty() && value.is_empty() => metadata.clear(),
                Some(key) if !key.is_empty() && !key.contains(['[', ']']) => {
                    if key.chars().count() > METADATA.1 {
                        let message = format!(
                            "Metadata keys can have up to {} characters, and you passed in a key with more.",
                            METADATA.1
                        );
                        return Err(wrong("metadata", message));
                    }
                    if value.chars().count() > METADATA.2 {
                        let message = format!(
                            "Metadata values can have up to {} characters, and you passed in a value with more.",
                            METADATA.2
                        );
                        return Err(wrong(name, message));
                    }
                    if value.is_empty() {
                        metadata.remove(key);
                    } else {
                        metadata.insert(key.to_owned(), Value::String(value.clone()));
                    }
                }
                _ => return Err(wrong("metadata", "Invalid object".to_owned())),
            }
        }
        if metadata.len() > METADATA.0 {
            let message = format!("You can have up to {} metadata keys.", METADATA.0);
            return Err(wrong("metadata", message));
        }
        Ok(spoken_of.then_some(metadata))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_known_by_their_brackets() {
        let form = Form::parse("recurring%5Binterval%5D=month&metadata[a]=1&expand[]=product");
        assert!(form.only(&["recurring[interval]", "metadata[]"]).is_ok());
        assert!(
            form.only(&["recurring[interval_count]", "metadata[]"])
                .is_err(),
            "a name inside brackets counts"
        );
        assert!(Form::parse("metadatas[a]=1").only(&["metadata[]"]).is_err());
    }

    #[test]
    fn metadata_is_added_taken_away_and_cleared() {
        let held = Form::parse("metadata[a]=1&metadata[b]=2")
            .metadata(None)
            .unwrap()
            .unwrap();
        let keys = |raw: &str| {
            Form::parse(raw)
                .metadata(Some(&held))
                .unwrap()
                .map(|metadata| metadata.keys().cloned().collect::<Vec<_>>())
        };
        assert_eq!(keys("metadata[a]=&metadata[c]=3").unwrap(), ["b", "c"]);
        assert_eq!(keys("metadata=").unwrap(), Vec::<String>::new());
        assert_eq!(keys("name=x"), None);
    }
}
