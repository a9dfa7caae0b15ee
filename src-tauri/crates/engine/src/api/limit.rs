//! The limits as a person reads and types them: one row for each, decimals of its own currency, set one at a time.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeRequest, ModeView, MoneyView};
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::outbox::{self, Limits, Who, keep_mark};
use crate::view::money::money;
use crate::with_books;
use coffer_domain::currency::Currency;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::sync::Arc;
use ts_rs::TS;

type Answer<T> = Result<T, ApiErrorView>;

/// The limits, one row for each that is set.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LimitTable {
    /// By currency, then by rule.
    pub rows: Vec<LimitRow>,
}

/// One limit.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct LimitRow {
    /// `each`, `day`, `typed_above` or `approval_above`.
    pub rule: String,
    /// How much.
    pub amount: MoneyView,
    /// The same as it would be typed.
    pub decimal: String,
}

/// Sets one limit or takes it away.
#[derive(Debug, Deserialize, TS)]
pub struct LimitSetRequest {
    /// The mode.
    pub mode: ModeView,
    /// `each`, `day`, `typed_above` or `approval_above`.
    pub rule: String,
    /// The currency.
    pub currency: String,
    /// A decimal of that currency; not limited when left out.
    #[serde(default)]
    pub amount: Option<String>,
    /// Who asks, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
}

/// Answers `limit_table`.
///
/// # Errors
/// The file's.
pub async fn limit_table(desk: &Arc<Desk>, request: ModeRequest) -> Answer<LimitTable> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || table(&books)).await
        })
    }
    .await)
}

/// Answers `limit_set`.
///
/// # Errors
/// When the rule, the currency or the amount cannot be understood, or the operator is not right.
pub async fn limit_set(desk: &Arc<Desk>, request: LimitSetRequest) -> Answer<LimitTable> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || {
                let who = Who { name: request.operator.clone(), pin: request.pin.clone() };
                let name = outbox::name_of(&books, &who)?;
                outbox::set_limits(&books, &name, changed(&books, &request)?)?;
                keep_mark(&books)?;
                table(&books)
            })
            .await
        })
    }
    .await)
}

fn changed<M: Mode>(books: &Books<M>, request: &LimitSetRequest) -> Result<Limits, EngineError> {
    let usage = |error: String| EngineError::Usage(format!("{error}."));
    let mut limits = outbox::limits(books)?;
    let currency = Currency::parse(request.currency.trim().to_uppercase().as_str())
        .map_err(|error| usage(error.to_string()))?;
    let by_currency = match request.rule.as_str() {
        "each" => &mut limits.each,
        "day" => &mut limits.day,
        "typed_above" => &mut limits.typed_above,
        "approval_above" => &mut limits.approval_above,
        other => return Err(usage(format!("There is no limit `{other}`"))),
    };
    match request.amount.as_deref().map(str::trim) {
        None | Some("") => {
            by_currency.remove(currency.code());
        }
        Some(text) => {
            let amount =
                Money::parse_decimal(text, currency).map_err(|it| usage(it.to_string()))?;
            by_currency.insert(currency.code().to_owned(), amount.minor);
        }
    }
    Ok(limits)
}

fn table<M: Mode>(books: &Books<M>) -> Result<LimitTable, EngineError> {
    let limits = outbox::limits(books)?;
    let rules: [(&str, &BTreeMap<String, i64>); 4] = [
        ("each", &limits.each),
        ("day", &limits.day),
        ("typed_above", &limits.typed_above),
        ("approval_above", &limits.approval_above),
    ];
    let mut rows = Vec::new();
    for (rule, by_currency) in rules {
        for (code, minor) in by_currency {
            let Ok(currency) = Currency::parse(code) else {
                continue;
            };
            let amount = Money::new(*minor, currency);
            rows.push(LimitRow {
                rule: rule.to_owned(),
                amount: money(amount),
                decimal: amount.decimal_text(),
            });
        }
    }
    rows.sort_by(|a, b| a.amount.currency.cmp(&b.amount.currency));
    Ok(LimitTable { rows })
}
