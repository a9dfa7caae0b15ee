//! An invoice's PDF. The link to it stands in the invoice, opens it for whoever has it, and grows old: it is asked for anew
//! each time.

use crate::error::ProviderError;
use crate::provider::{Document, Found};
use crate::stripe::Asker;
use coffer_domain::record::Kind;
use serde::Deserialize;

/// Every link of Stripe's leads to a host of this domain.
const DOMAIN: &str = "stripe.com";

#[derive(Deserialize)]
struct Drawn {
    invoice_pdf: Option<String>,
}

impl Asker {
    pub(super) async fn invoice_document(
        &self,
        id: &str,
    ) -> Result<Option<Document>, ProviderError> {
        let Found::Here(invoice) = self.look_up(Kind::Invoices, id).await? else {
            return Ok(None);
        };
        let unreadable = |what: &str| ProviderError::Unreadable {
            what: format!("{what} of invoice {id}"),
            request_id: None,
        };
        let drawn: Drawn =
            serde_json::from_str(&invoice.raw).map_err(|_| unreadable("the link to the PDF"))?;
        let Some(link) = drawn.invoice_pdf else {
            return Ok(None);
        };
        let bytes = self.client.document(&link, DOMAIN).await?;
        if !bytes.starts_with(b"%PDF-") {
            return Err(unreadable("what came is no PDF, but was sent as that"));
        }
        Ok(Some(Document { invoice, bytes }))
    }
}
