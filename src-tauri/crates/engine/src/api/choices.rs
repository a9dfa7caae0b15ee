//! What an action can be made of: the prices and coupons of an account, in words; and taking an operation back.

use crate::api::act::go_on;
use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView, OperationRef, OperationView};
use crate::books::{Books, blocking};
use crate::desk::Desk;
use crate::error::EngineError;
use crate::outbox::{Who, accept, operation_view, propose_undo};
use crate::view::words;
use crate::with_books;
use coffer_domain::currency::Currency;
use coffer_domain::mode::Mode;
use coffer_domain::record::Price;
use coffer_providers::ClientOptions;
use coffer_store::query::object;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Asks for the prices and coupons of an account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ChoicesRequest {
    /// The mode.
    pub mode: ModeView,
    /// The account.
    pub account: String,
    /// Prices in this currency alone.
    pub currency: Option<String>,
}

/// A price that a subscription could have.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PriceChoice {
    /// The provider's id.
    pub id: String,
    /// The product's name.
    pub product: String,
    /// For instance `$29.00 per month`.
    pub terms: String,
    /// What the provider's user calls it.
    pub nickname: Option<String>,
}

/// A coupon that could be put on a subscription.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CouponChoice {
    /// The provider's id.
    pub id: String,
    /// The name customers see, else the id.
    pub name: String,
    /// For instance `20 % off`.
    pub terms: String,
}

/// The prices and coupons of an account that can still be sold.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Choices {
    /// By product and terms.
    pub prices: Vec<PriceChoice>,
    /// By name.
    pub coupons: Vec<CouponChoice>,
}

/// Answers `choices`.
///
/// # Errors
/// When the currency is none, or the mode's file cannot be read.
pub async fn choices(desk: &Arc<Desk>, request: ChoicesRequest) -> Result<Choices, ApiErrorView> {
    out(async {
        let currency = request
            .currency
            .as_deref()
            .map(|code| Currency::parse(code).map_err(|it| EngineError::Usage(it.to_string())))
            .transpose()?;
        with_books!(needed(desk, request.mode).await?, books => {
            let account = request.account;
            blocking(move || of_account(&books, &account, currency)).await
        })
    }
    .await)
}

fn of_account<M: Mode>(
    books: &Books<M>,
    account: &str,
    currency: Option<Currency>,
) -> Result<Choices, EngineError> {
    let on_sale = books
        .store
        .read(|read| object::on_sale(read.sql(), account))?;
    let sold_in = |it: &Price, code: Currency| {
        it.currency == code || it.other_currencies.iter().any(|(other, _)| *other == code)
    };
    let mut prices: Vec<PriceChoice> = on_sale
        .prices
        .iter()
        .filter(|it| it.recurring.is_some())
        .filter(|it| currency.is_none_or(|code| sold_in(it, code)))
        .map(|it| PriceChoice {
            id: it.id.to_string(),
            product: on_sale
                .products
                .get(&it.product)
                .cloned()
                .unwrap_or_else(|| it.product.to_string()),
            terms: words::terms(it),
            nickname: it.nickname.clone(),
        })
        .collect();
    prices.sort_by(|a, b| (&a.product, &a.terms, &a.id).cmp(&(&b.product, &b.terms, &b.id)));
    let mut coupons: Vec<CouponChoice> = on_sale
        .coupons
        .iter()
        .map(|it| CouponChoice {
            id: it.id.to_string(),
            name: it.name.clone().unwrap_or_else(|| it.id.to_string()),
            terms: words::off(it),
        })
        .collect();
    coupons.sort_by(|a, b| (&a.name, &a.id).cmp(&(&b.name, &b.id)));
    Ok(Choices { prices, coupons })
}

/// Answers `outbox_undo`: what takes the operation back is accepted as an operation of its own.
///
/// # Errors
/// When there is none, nothing takes it back, or something has to be said first.
pub async fn outbox_undo(
    desk: &Arc<Desk>,
    request: OperationRef,
) -> Result<OperationView, ApiErrorView> {
    out(async {
        let options = desk.client_options().clone();
        with_books!(needed(desk, request.mode).await?, books => undo(&books, request, options).await)
    }
    .await)
}

async fn undo<M: Mode>(
    books: &Arc<Books<M>>,
    request: OperationRef,
    options: ClientOptions,
) -> Result<OperationView, EngineError> {
    let proposed = propose_undo(books, &request.id, &options, false).await?;
    let own = Arc::clone(books);
    let row = blocking(move || {
        let who = Who {
            name: request.operator,
            pin: request.pin,
        };
        let note = format!("Takes {} back", request.id);
        accept(&own, &proposed, Some(&note), &who, None)
    })
    .await?;
    go_on(books, &row, false, options);
    Ok(operation_view::<M>(&row))
}
