//! The JSON of the credit ledger and of credit notes.
//!
//! A credit note shows its first ten lines; the rest is had from its list of lines.

use serde_json::{Value, json};

use super::{empty, list, with};
use crate::ids::{Sort, nested};
use crate::record::{Credit, CreditLine, CreditNote, CreditedTo};
use crate::world::World;

/// Lines shown within the credit note itself.
const EMBEDDED: usize = 10;

impl World {
    pub(crate) fn credit_json(&self, record: &Credit) -> Value {
        json!({
            "id": self.id(Sort::Credit, record.ix),
            "object": "customer_balance_transaction",
            "amount": record.amount,
            "checkout_session": null,
            "created": record.created,
            "credit_note": record.credit_note.map(|note| self.id(Sort::CreditNote, note)),
            "currency": record.currency.wire(),
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "description": record.description,
            "ending_balance": record.ending_balance,
            "invoice": record.invoice.map(|invoice| self.id(Sort::Invoice, invoice)),
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "type": record.kind,
        })
    }

    pub(crate) fn credit_note_json(&self, record: &CreditNote) -> Value {
        let id = self.id(Sort::CreditNote, record.ix);
        let invoice = &self.invoices[record.invoice];
        let lines = (0u16..)
            .zip(&record.lines)
            .take(EMBEDDED)
            .map(|(n, line)| self.credit_line_json(record, n, line))
            .collect();
        let lines = list(
            &format!("/v1/credit_notes/{id}/lines"),
            lines,
            record.lines.len() > EMBEDDED,
        );
        let amounts: i64 = record.lines.iter().map(|line| line.amount).sum();
        let taxes: i64 = record.lines.iter().map(|line| line.tax).sum();
        let bare = record.total - taxes;
        let before = record.to == CreditedTo::Invoice;
        let refund = match record.to {
            CreditedTo::Refund(refund) => vec![json!({
                "amount_refunded": record.total,
                "payment_record_refund": null,
                "refund": self.id(Sort::Refund, refund),
                "type": "refund",
            })],
            CreditedTo::Invoice | CreditedTo::Balance(_) => Vec::new(),
        };
        let movement = match record.to {
            CreditedTo::Balance(credit) => Some(self.id(Sort::Credit, credit)),
            CreditedTo::Invoice | CreditedTo::Refund(_) => None,
        };
        let note = json!({
            "id": id,
            "object": "credit_note",
            "amount": record.total,
            "amount_shipping": 0,
            "created": record.created,
            "currency": record.currency.wire(),
            "customer": self.id(Sort::Customer, record.customer),
            "customer_account": null,
            "customer_balance_transaction": movement,
            "discount_amount": 0,
            "discount_amounts": [],
            "effective_at": record.created,
            "invoice": self.id(Sort::Invoice, record.invoice),
            "livemode": self.spec.livemode,
            "memo": null,
            "metadata": empty(),
            "number": format!(
                "{}-{:04}-CN-{:02}",
                self.invoice_prefix(record.customer),
                invoice.number.unwrap_or(0),
                record.number
            ),
            "out_of_band_amount": null,
            "pdf": format!("https://pay.stripe.example/credit_notes/{}/{id}/pdf", self.account_id()),
            "post_payment_amount": if before { 0 } else { record.total },
            "pre_payment_amount": if before { record.total } else { 0 },
            "pretax_credit_amounts": [],
            "reason": record.reason,
            "refunds": refund,
            "shipping_cost": null,
            "status": "issued",
            "subtotal": amounts,
            "subtotal_excluding_tax": bare,
            "total": record.total,
            "total_excluding_tax": bare,
            "total_taxes": invoice.tax.map_or_else(Vec::new, |tax| vec![self.tax_json(tax, taxes, bare)]),
            "type": if before { "pre_payment" } else { "post_payment" },
            "voided_at": null,
        });
        with(note, "lines", lines)
    }

    pub(crate) fn credit_line_json(
        &self,
        record: &CreditNote,
        number: u16,
        line: &CreditLine,
    ) -> Value {
        let invoice = &self.invoices[record.invoice];
        let described = invoice
            .lines
            .get(usize::from(line.line))
            .map(|of| self.describe(of.price, of.quantity, None, of.period.0));
        let taxes = invoice.tax.map_or_else(Vec::new, |tax| {
            let bare = line.amount - if tax.inclusive { line.tax } else { 0 };
            vec![self.tax_json(tax, line.tax, bare)]
        });
        json!({
            "id": self.id(Sort::CreditNoteLine, nested(record.ix, number)),
            "object": "credit_note_line_item",
            "amount": line.amount,
            "description": described,
            "discount_amount": 0,
            "discount_amounts": [],
            "invoice_line_item": self.id(Sort::LineItem, nested(record.invoice, line.line)),
            "livemode": self.spec.livemode,
            "pretax_credit_amounts": [],
            "quantity": null,
            "tax_rates": [],
            "taxes": taxes,
            "type": "invoice_line_item",
            "unit_amount": null,
            "unit_amount_decimal": null,
        })
    }
}
