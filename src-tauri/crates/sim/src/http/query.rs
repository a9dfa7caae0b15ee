//! Reading a query string the way the provider does: brackets nest, unknown names are an error.

use super::error::Refusal;
use crate::ids::Sort;
use crate::world::World;

/// The parameters of a request, in order.
#[derive(Debug, Default)]
pub(crate) struct Query {
    pairs: Vec<(String, String)>,
}

/// A range of instants or numbers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Range {
    pub(crate) from: i64,
    pub(crate) to: i64,
}

impl Range {
    pub(crate) const ALL: Self = Self {
        from: i64::MIN,
        to: i64::MAX,
    };

    pub(crate) const fn contains(self, value: i64) -> bool {
        self.from <= value && value <= self.to
    }
}

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

impl Query {
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

    /// Refuses names that the endpoint does not know.
    pub(crate) fn only(&self, known: &[&str]) -> Result<(), Refusal> {
        let unknown = self
            .pairs
            .iter()
            .map(|(name, _)| name.split('[').next().unwrap_or(name))
            .find(|root| !known.contains(root));
        unknown.map_or(Ok(()), |name| {
            Err(Refusal::invalid(
                400,
                Some("parameter_unknown"),
                Some(name),
                format!("Received unknown parameter: {name}"),
            ))
        })
    }

    /// The value of a name.
    pub(crate) fn get(&self, name: &str) -> Option<&str> {
        self.pairs
            .iter()
            .find(|(known, _)| known == name)
            .map(|(_, value)| value.as_str())
    }

    /// All values of a list: `name[]`, `name[0]`, …
    pub(crate) fn many(&self, name: &str) -> Vec<&str> {
        let nested = |known: &str| {
            known
                .strip_prefix(name)
                .is_some_and(|rest| rest.starts_with('[') && rest.ends_with(']'))
        };
        self.pairs
            .iter()
            .filter(|(known, _)| nested(known))
            .map(|(_, value)| value.as_str())
            .collect()
    }

    fn number(&self, name: &str) -> Result<Option<i64>, Refusal> {
        let Some(value) = self.get(name) else {
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

    /// `name=n` or any of `name[gt|gte|lt|lte]=n`.
    pub(crate) fn range(&self, name: &str) -> Result<Range, Refusal> {
        let mut range = Range::ALL;
        if let Some(exact) = self.number(name)? {
            return Ok(Range {
                from: exact,
                to: exact,
            });
        }
        for (bound, value) in ["gt", "gte", "lt", "lte"]
            .map(|bound| (bound, self.number(&format!("{name}[{bound}]"))))
        {
            let Some(value) = value? else { continue };
            match bound {
                "gt" => range.from = range.from.max(value.saturating_add(1)),
                "gte" => range.from = range.from.max(value),
                "lt" => range.to = range.to.min(value.saturating_sub(1)),
                _ => range.to = range.to.min(value),
            }
        }
        Ok(range)
    }

    /// `true` or `false`.
    pub(crate) fn flag(&self, name: &str) -> Result<Option<bool>, Refusal> {
        match self.get(name) {
            None => Ok(None),
            Some("true") => Ok(Some(true)),
            Some("false") => Ok(Some(false)),
            Some(other) => Err(Refusal::invalid(
                400,
                None,
                Some(name),
                format!("Invalid boolean: {other}"),
            )),
        }
    }

    /// How many objects a page may hold.
    pub(crate) fn limit(&self) -> Result<usize, Refusal> {
        match self.number("limit")? {
            None => Ok(10),
            Some(limit @ 1..=100) => Ok(limit as usize),
            Some(limit) => {
                let message = if limit > 100 {
                    format!(
                        "This value must be less than or equal to 100 (it currently is '{limit}')."
                    )
                } else {
                    format!(
                        "This value must be greater than or equal to 1 (it currently is '{limit}')."
                    )
                };
                Err(Refusal::invalid(
                    400,
                    Some("parameter_invalid_integer"),
                    Some("limit"),
                    message,
                ))
            }
        }
    }

    /// The record a parameter names; an id that names nothing is refused.
    pub(crate) fn record(
        &self,
        world: &World,
        sort: Sort,
        name: &str,
    ) -> Result<Option<u32>, Refusal> {
        let Some(id) = self.get(name) else {
            return Ok(None);
        };
        match world.ids.decode(id) {
            Some((found, n)) if found == sort && world.object(id).is_some() => {
                Ok(u32::try_from(n).ok())
            }
            _ => Err(Refusal::missing(400, name, id, name)),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn brackets_escapes_and_bounds_are_read() {
        let query = Query::parse(
            "created%5Bgte%5D=5&created[lt]=9&expand[]=data.customer&expand[1]=data.charge&email=a%40b.example&x=1+2",
        );
        assert_eq!(query.range("created").unwrap(), Range { from: 5, to: 8 });
        assert_eq!(query.many("expand"), ["data.customer", "data.charge"]);
        assert_eq!(query.get("email"), Some("a@b.example"));
        assert_eq!(query.get("x"), Some("1 2"));
        assert!(
            query.only(&["created", "expand", "email"]).is_err(),
            "x is unknown"
        );
    }
}
