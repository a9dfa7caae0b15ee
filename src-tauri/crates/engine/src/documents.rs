//! Invoices as the provider draws them: fetched when somebody wants one, and kept, so that they are there without a network.
//!
//! A kept one is given as long as the invoice in the copy is what it shows. Where the invoice has changed, the provider is
//! asked; where the provider cannot be asked, the older one is given and said to be that.

use crate::account::asked;
use crate::books::Books;
use crate::error::EngineError;
use crate::sync::client;
use chrono::SubsecRound as _;
use coffer_domain::Instant;
use coffer_domain::mode::Mode;
use coffer_domain::record::{Invoice, Kind, Record};
use coffer_providers::{ClientOptions, Haste, ProviderName, reread};
use coffer_store::query::object;
use coffer_store::table::account::{self, AccountRow};
use coffer_store::table::invoice_document::{self, Kept};
use coffer_store::table::{contact, reads};
use std::sync::Arc;

/// An invoice's PDF.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct InvoiceDocument {
    /// The number that the customer knows the invoice by, else its id.
    pub number: String,
    /// A PDF.
    pub bytes: Vec<u8>,
    /// When it was fetched.
    pub fetched_at: Instant,
    /// Why it may not show the invoice as it is now; `None` where it does.
    pub older: Option<String>,
}

/// Gives an invoice's PDF, from the file where it is kept and still true, else from the provider.
///
/// # Errors
/// When there is no such invoice or it has no PDF yet, when the provider cannot be asked and none is kept, or the file's.
pub async fn invoice_document<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
    options: &ClientOptions,
) -> Result<InvoiceDocument, EngineError> {
    let missing = |what| EngineError::NotFound {
        what,
        id: id.to_owned(),
        mode: M::NAME,
    };
    let (row, invoice) = of_the_copy(books, id)
        .await?
        .ok_or_else(|| missing("invoice"))?;
    let number = invoice.number.clone().unwrap_or_else(|| id.to_owned());
    let (account, wanted) = (row.id.clone(), id.to_owned());
    let kept = books
        .read(move |read| invoice_document::get(read.sql(), &account, &wanted))
        .await?;
    let given = |kept: Kept, older: Option<String>| InvoiceDocument {
        number: number.clone(),
        bytes: kept.bytes,
        fetched_at: kept.fetched_at,
        older,
    };
    let kept = match kept {
        Some(kept) if kept.state == state(&invoice) => return Ok(given(kept, None)),
        other => other,
    };
    match fetch(books, &row, id, options).await {
        Ok(Some(fresh)) => Ok(given(fresh, None)),
        Ok(None) => Err(missing("PDF yet of the invoice")),
        Err(error) => match kept {
            Some(kept) => Ok(given(kept, Some(error.to_string()))),
            None => Err(error),
        },
    }
}

/// The account of an invoice, and the invoice as it is in the copy.
async fn of_the_copy<M: Mode>(
    books: &Arc<Books<M>>,
    id: &str,
) -> Result<Option<(AccountRow, Invoice)>, EngineError> {
    let wanted = id.to_owned();
    let found = books
        .read(move |read| {
            for row in account::all(read.sql())? {
                if let Some(found) = object::of_kind(read.sql(), &row.id, Kind::Invoices, &wanted)?
                {
                    return Ok(Some((row, found.json)));
                }
            }
            Ok(None)
        })
        .await?;
    let Some((row, json)) = found else {
        return Ok(None);
    };
    let provider = ProviderName::parse(&row.provider).ok_or_else(|| {
        EngineError::Internal(format!("the account's provider is `{}`", row.provider))
    })?;
    match reread(provider, Kind::Invoices, &json).map_err(EngineError::Internal)? {
        (Record::Invoice(invoice), _) => Ok(Some((row, *invoice))),
        _ => Err(EngineError::Internal("an invoice is none".to_owned())),
    }
}

/// Asks the provider, counts whom that asked, and keeps what came.
async fn fetch<M: Mode>(
    books: &Arc<Books<M>>,
    row: &AccountRow,
    id: &str,
    options: &ClientOptions,
) -> Result<Option<Kept>, EngineError> {
    let options = ClientOptions {
        haste: Haste::Person,
        ..options.clone()
    };
    let provider = client(books, row, &options).await?;
    let answer = provider.invoice_document(id).await;
    let (account, now) = (row.id.clone(), books.clock.now());
    let (mut asked, mut elsewhere) = (asked(&provider.usage()), provider.elsewhere());
    if row.api_url.is_some() {
        // What stands in for a provider on this machine has one address.
        asked.requests += elsewhere.iter().map(|(_, requests)| requests).sum::<u64>();
        elsewhere.clear();
    }
    let kept = match &answer {
        Ok(Some(document)) => match &document.invoice.record {
            Record::Invoice(invoice) => Some(Kept {
                state: state(invoice),
                bytes: document.bytes.clone(),
                // As the file keeps it.
                fetched_at: now.trunc_subsecs(0),
            }),
            _ => None,
        },
        _ => None,
    };
    let (stored, wanted) = (kept.clone(), id.to_owned());
    books
        .write(move |write| {
            reads::note(write, &account, now, asked)?;
            for (host, requests) in &elsewhere {
                contact::note_host(write, &account, host, now, *requests)?;
            }
            match &stored {
                Some(kept) => invoice_document::put(write, &account, &wanted, kept),
                None => Ok(()),
            }
        })
        .await?;
    answer?;
    Ok(kept)
}

/// What of an invoice its drawing shows and can change once it was drawn.
fn state(invoice: &Invoice) -> String {
    format!(
        "{:?} of {} paid {} left {}",
        invoice.status, invoice.amount_due, invoice.amount_paid, invoice.amount_remaining
    )
}
