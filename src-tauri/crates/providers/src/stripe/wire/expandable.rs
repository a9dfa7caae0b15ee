//! The shapes that Stripe uses everywhere: an id that may have been expanded to its object, and exact decimals.
//!
//! A decimal is read through its JSON text, so that it never becomes a float; an expanded object is read where it stands, so
//! that nothing is gone over twice.

use coffer_domain::ratio::Ratio;
use serde::de::value::MapAccessDeserializer;
use serde::de::{Error as _, MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;
use std::fmt;
use std::marker::PhantomData;

/// An id, or the object that it stands for.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Expandable<T> {
    /// Only the id.
    Id(String),
    /// The object.
    Object(Box<T>),
}

impl<'de, T: Deserialize<'de>> Deserialize<'de> for Expandable<T> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Either<T>(PhantomData<T>);
        impl<'de, T: Deserialize<'de>> Visitor<'de> for Either<T> {
            type Value = Expandable<T>;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("an id or an object")
            }

            fn visit_str<E>(self, id: &str) -> Result<Self::Value, E> {
                Ok(Expandable::Id(id.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Self::Value, A::Error> {
                let object = T::deserialize(MapAccessDeserializer::new(map))?;
                Ok(Expandable::Object(Box::new(object)))
            }
        }
        deserializer.deserialize_any(Either(PhantomData))
    }
}

/// The id of something, whether it was expanded, deleted or neither.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Reference(pub(crate) String);

impl<'de> Deserialize<'de> for Reference {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        #[derive(Deserialize)]
        struct Named {
            id: String,
        }
        Ok(Self(
            match Expandable::<Named>::deserialize(deserializer)? {
                Expandable::Id(id) => id,
                Expandable::Object(object) => object.id,
            },
        ))
    }
}

/// A decimal, written as a string or as a number, read exactly.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Decimal(pub(crate) Ratio);

impl<'de> Deserialize<'de> for Decimal {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = <&RawValue>::deserialize(deserializer)?.get();
        let number = text
            .strip_prefix('"')
            .and_then(|rest| rest.strip_suffix('"'))
            .unwrap_or(text);
        exact(number)
            .map(Self)
            .ok_or_else(|| D::Error::custom("a decimal that cannot be read exactly"))
    }
}

/// Reads `12.5` and, because JSON allows it, `1.25e1`.
fn exact(number: &str) -> Option<Ratio> {
    let Some((mantissa, exponent)) = number.split_once(['e', 'E']) else {
        return Ratio::decimal(number).ok();
    };
    let mantissa = Ratio::decimal(mantissa).ok()?;
    let exponent: i32 = exponent.parse().ok()?;
    let power = Ratio::new(10_i128.checked_pow(exponent.unsigned_abs())?, 1).ok()?;
    if exponent < 0 {
        mantissa.over(power).ok()
    } else {
        mantissa.times(power).ok()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_decimal_is_read_exactly_from_either_form() {
        for (text, numerator, denominator) in [
            ("\"0.000000000001\"", 1, 1_000_000_000_000),
            ("25.5", 51, 2),
            ("33.333333333333", 33_333_333_333_333, 1_000_000_000_000),
            ("100", 100, 1),
            ("1.25e1", 25, 2),
            ("5E-1", 1, 2),
            ("-2.5", -5, 2),
        ] {
            let decimal: Decimal = serde_json::from_str(text).unwrap();
            assert_eq!(decimal.0, Ratio::new(numerator, denominator).unwrap());
        }
        for text in ["true", "\"\"", "\"ten\"", "null", "1e99", "[]", "{}"] {
            assert!(serde_json::from_str::<Decimal>(text).is_err(), "{text}");
        }
    }

    #[test]
    fn a_reference_is_the_id_in_every_form() {
        for text in [
            r#""cus_1""#,
            r#"{"id":"cus_1","object":"customer","name":"x"}"#,
            r#"{"id":"cus_1","deleted":true}"#,
        ] {
            let reference: Reference = serde_json::from_str(text).unwrap();
            assert_eq!(reference.0, "cus_1");
        }
        assert!(serde_json::from_str::<Reference>("7").is_err());
        assert!(serde_json::from_str::<Reference>("{}").is_err());
    }
}
