//! An invoice's PDF as it crosses the border.

use crate::api::handle::{needed, out};
use crate::api::types::{ApiErrorView, ModeView};
use crate::desk::Desk;
use crate::documents;
use crate::view::money::instant;
use crate::with_books;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use coffer_domain::mode::ModeName;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use ts_rs::TS;

/// Asks for an invoice's PDF.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InvoiceDocumentRequest {
    /// The mode.
    pub mode: ModeView,
    /// The invoice's id.
    pub id: String,
}

/// An invoice's PDF.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct InvoiceDocumentView {
    /// What a file of it is called; in test mode it says so.
    pub file_name: String,
    /// The PDF in base64.
    pub base64: String,
    /// When it was fetched from the provider.
    pub fetched_at: String,
    /// Why it may not show the invoice as it is now; `null` where it does.
    pub older: Option<String>,
}

/// Answers `invoice_document`.
///
/// # Errors
/// When there is no such invoice or it has no PDF yet, when the provider cannot be asked and none is kept, or the file's.
pub async fn invoice_document(
    desk: &Arc<Desk>,
    request: InvoiceDocumentRequest,
) -> Result<InvoiceDocumentView, ApiErrorView> {
    out(async {
        let mode = ModeName::from(request.mode);
        let found = with_books!(needed(desk, request.mode).await?, books => {
            documents::invoice_document(&books, &request.id, desk.client_options()).await
        })?;
        Ok(InvoiceDocumentView {
            file_name: file_name(&found.number, mode),
            base64: STANDARD.encode(&found.bytes),
            fetched_at: instant(found.fetched_at),
            older: found.older,
        })
    }
    .await)
}

/// What a file of an invoice is called. A number is the merchant's own words, so what no file may be called is left out.
#[must_use]
pub fn file_name(number: &str, mode: ModeName) -> String {
    let plain: String = number
        .chars()
        .map(|it| {
            if it.is_alphanumeric() || matches!(it, '-' | '_' | '.') {
                it
            } else {
                '-'
            }
        })
        .collect();
    let test = if mode.is_live() { "" } else { "TEST-" };
    format!("{test}invoice-{}.pdf", plain.trim_matches('.'))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_is_called_by_its_number_and_names_test_mode() {
        assert_eq!(file_name("AB-0001", ModeName::Live), "invoice-AB-0001.pdf");
        assert_eq!(
            file_name("../2026/07 №4", ModeName::Test),
            "TEST-invoice--2026-07--4.pdf",
            "no part of a number leads to another folder"
        );
    }
}
