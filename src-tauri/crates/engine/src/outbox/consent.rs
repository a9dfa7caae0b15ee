//! How much may be done at once, in a day, and by whom.
//!
//! Limits are set for each mode and currency; where none is set, nothing is limited. Operators are people with a PIN: where
//! there are any, each action names one, and what is above the approval limit waits for another. Test mode knows the same
//! rules and starts without any.

use crate::books::Books;
use crate::clock::random_bytes;
use crate::error::EngineError;
use crate::outbox::log::note_alone;
use argon2::Argon2;
use argon2::password_hash::{PasswordHash, PasswordHasher as _, PasswordVerifier as _, SaltString};
use chrono::TimeDelta;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_store::table::operation;
use coffer_store::table::setting::{self, OperatorRow};
use coffer_store::{Read, StoreError};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use serde_json::{Map, json};
use std::collections::BTreeMap;

/// The name of the setting.
const LIMITS: &str = "limits";
/// The shortest PIN.
const PIN_MIN: usize = 4;
/// The longest name of an operator.
const NAME_MAX: usize = 60;

/// Limits, in minor units by currency. An absent currency is not limited.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Limits {
    /// The most that one refund may give back.
    #[serde(default)]
    pub each: BTreeMap<String, i64>,
    /// The most that is given back within twenty-four hours.
    #[serde(default)]
    pub day: BTreeMap<String, i64>,
    /// Above this the amount of a live action has to be typed.
    #[serde(default)]
    pub typed_above: BTreeMap<String, i64>,
    /// Above this another operator has to approve.
    #[serde(default)]
    pub approval_above: BTreeMap<String, i64>,
}

impl Limits {
    /// Whether an amount is above one of the limits by currency.
    fn above(by_currency: &BTreeMap<String, i64>, amount: Money) -> Option<Money> {
        let most = by_currency.get(amount.currency.code())?;
        (amount.minor > *most).then(|| Money::new(*most, amount.currency))
    }

    /// Whether the amount has to be typed.
    #[must_use]
    pub fn has_to_be_typed(&self, amount: Money) -> bool {
        Self::above(&self.typed_above, amount).is_some()
    }

    /// Whether another operator has to approve.
    #[must_use]
    pub fn has_to_be_approved(&self, amount: Money) -> bool {
        Self::above(&self.approval_above, amount).is_some()
    }
}

/// Somebody who may act, as others see it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Operator {
    /// The name.
    pub name: String,
    /// Since when.
    pub added_at: Instant,
}

/// The limits of this mode. Blocks.
///
/// # Errors
/// The file's.
pub fn limits<M: Mode>(books: &Books<M>) -> Result<Limits, EngineError> {
    Ok(books.store.read(read_limits)?)
}

pub(super) fn read_limits(read: &Read<'_>) -> Result<Limits, StoreError> {
    Ok(setting::get(read.sql(), LIMITS)?.unwrap_or_default())
}

/// Sets the limits of this mode; the change stands in the log. Blocks.
///
/// # Errors
/// The file's, or a limit below zero.
pub fn set_limits<M: Mode>(books: &Books<M>, who: &str, limits: Limits) -> Result<(), EngineError> {
    let all = [
        &limits.each,
        &limits.day,
        &limits.typed_above,
        &limits.approval_above,
    ];
    if all.iter().any(|it| it.values().any(|most| *most < 0)) {
        return Err(EngineError::Usage(
            "A limit cannot be below zero.".to_owned(),
        ));
    }
    let (now, who) = (books.clock.now(), who.to_owned());
    books.store.write(move |write| {
        setting::set(write, LIMITS, &limits)?;
        let mut detail = Map::new();
        detail.insert("limits".to_owned(), json!(limits));
        note_alone(write, &who, "limits_set", now, detail)
    })?;
    Ok(())
}

/// Holds an amount that would go back to a customer against the limits.
///
/// # Errors
/// When it is too much at once, or too much for a day.
pub(super) fn hold_to_limits(
    read: &Read<'_>,
    limits: &Limits,
    amount: Money,
    now: Instant,
) -> Result<Option<String>, StoreError> {
    if let Some(most) = Limits::above(&limits.each, amount) {
        return Ok(Some(format!(
            "{} is more than may be given back at once here, which is {}.",
            amount.text(),
            most.text()
        )));
    }
    let Some(most) = limits.day.get(amount.currency.code()) else {
        return Ok(None);
    };
    let since = now - TimeDelta::hours(24);
    let given = operation::given_back_since(read.sql(), amount.currency, since)?;
    let would_be = given.minor.saturating_add(amount.minor);
    Ok((would_be > *most).then(|| {
        format!(
            "With {} this would be {} within twenty-four hours, and at most {} may be given back in that time here.",
            amount.text(),
            Money::new(would_be, amount.currency).text(),
            Money::new(*most, amount.currency).text()
        )
    }))
}

/// Who may act here. Blocks.
///
/// # Errors
/// The file's.
pub fn operators<M: Mode>(books: &Books<M>) -> Result<Vec<Operator>, EngineError> {
    let rows = books.store.read(|read| setting::operators(read.sql()))?;
    Ok(rows
        .into_iter()
        .map(|row| Operator {
            name: row.name,
            added_at: row.added_at,
        })
        .collect())
}

/// Adds an operator, or gives one a new PIN. Blocks.
///
/// # Errors
/// When the name or PIN cannot be used, or the file's.
pub fn add_operator<M: Mode>(
    books: &Books<M>,
    who: &str,
    name: &str,
    pin: &SecretString,
) -> Result<Operator, EngineError> {
    let name = name.trim().to_owned();
    if name.is_empty() || name.chars().count() > NAME_MAX || name.chars().any(char::is_control) {
        return Err(EngineError::Usage(
            "An operator needs a name of at most sixty letters.".to_owned(),
        ));
    }
    if pin.expose_secret().chars().count() < PIN_MIN {
        return Err(EngineError::Usage(format!(
            "A PIN needs at least {PIN_MIN} characters."
        )));
    }
    let added_at = books.clock.now();
    let row = OperatorRow {
        name: name.clone(),
        pin: hash(pin)?,
        added_at,
    };
    let (who, named) = (who.to_owned(), name.clone());
    books.store.write(move |write| {
        setting::put_operator(write, &row)?;
        let mut detail = Map::new();
        detail.insert("operator".to_owned(), json!(named));
        note_alone(write, &who, "operator_added", added_at, detail)
    })?;
    Ok(Operator { name, added_at })
}

/// Takes an operator out. Blocks.
///
/// # Errors
/// When there is none of that name, or the file's.
pub fn remove_operator<M: Mode>(
    books: &Books<M>,
    who: &str,
    name: &str,
) -> Result<(), EngineError> {
    let (who, wanted, now) = (who.to_owned(), name.to_owned(), books.clock.now());
    let found = books.store.write(move |write| {
        let found = setting::remove_operator(write, &wanted)?;
        if found {
            let mut detail = Map::new();
            detail.insert("operator".to_owned(), json!(wanted));
            note_alone(write, &who, "operator_removed", now, detail)?;
        }
        Ok(found)
    })?;
    if found {
        return Ok(());
    }
    Err(EngineError::NotFound {
        what: "operator",
        id: name.to_owned(),
        mode: M::NAME,
    })
}

fn hash(pin: &SecretString) -> Result<String, EngineError> {
    let internal = |error: String| EngineError::Internal(error);
    let bytes = random_bytes::<16>().map_err(|error| internal(error.to_string()))?;
    let salt = SaltString::encode_b64(&bytes).map_err(|error| internal(error.to_string()))?;
    Argon2::default()
        .hash_password(pin.expose_secret().as_bytes(), &salt)
        .map(|hash| hash.to_string())
        .map_err(|error| internal(error.to_string()))
}

/// Whether a PIN is an operator's. Blocks for as long as the hash takes, on purpose.
pub(super) fn is_pin(row: &OperatorRow, pin: &SecretString) -> bool {
    PasswordHash::new(&row.pin).is_ok_and(|hash| {
        Argon2::default()
            .verify_password(pin.expose_secret().as_bytes(), &hash)
            .is_ok()
    })
}
