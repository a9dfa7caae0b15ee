//! Corrections of invoices, and the ledger of what a customer has to the good.

use crate::Instant;
use crate::ids::{CreditEntryId, CreditNoteId, CustomerId, InvoiceId, RefundId};
use crate::money::Money;

/// A correction of an invoice.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditNote {
    /// The provider's id.
    pub id: CreditNoteId,
    /// What people call it.
    pub number: Option<String>,
    /// The invoice it corrects.
    pub invoice: InvoiceId,
    /// Whose invoice.
    pub customer: Option<CustomerId>,
    /// By how much, tax included.
    pub amount: Money,
    /// What it took off the invoice before it was paid, minor units.
    pub pre_payment: i64,
    /// What it gave back after the invoice was paid, minor units.
    pub post_payment: i64,
    /// `issued` or `void`, in the provider's word.
    pub status: String,
    /// Why, in the provider's word.
    pub reason: Option<String>,
    /// When.
    pub created: Instant,
    /// When it was taken back.
    pub voided_at: Option<Instant>,
    /// The refunds it was paid out through.
    pub refunds: Vec<RefundId>,
    /// The entry of the customer's ledger that holds what was credited.
    pub credit_entry: Option<CreditEntryId>,
}

/// An entry of a customer's credit ledger.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CreditEntry {
    /// The provider's id.
    pub id: CreditEntryId,
    /// Whose ledger.
    pub customer: CustomerId,
    /// Below zero for what the customer has to the good.
    pub amount: Money,
    /// The ledger after it, minor units.
    pub ending_balance: i64,
    /// What kind of entry, in the provider's word.
    pub kind: String,
    /// When.
    pub created: Instant,
    /// The invoice it was applied to or came from.
    pub invoice: Option<InvoiceId>,
    /// The credit note it came from.
    pub credit_note: Option<CreditNoteId>,
    /// The words on it.
    pub description: Option<String>,
}
