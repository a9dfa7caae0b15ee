//! Sums that must agree, over everything the API shows.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Desk, int, text};

fn sum(list: &Value, field: &str) -> i64 {
    list.as_array()
        .unwrap()
        .iter()
        .map(|entry| int(&entry[field]))
        .sum()
}

/// The sums of one invoice.
fn check_invoice(invoice: &Value, lines: &[Value]) {
    let id = text(&invoice["id"]);
    assert_eq!(
        lines.len() as i64,
        int(&invoice["lines"]["total_count"]),
        "{id} has all its lines"
    );
    let amounts: i64 = lines.iter().map(|line| int(&line["amount"])).sum();
    assert_eq!(
        amounts,
        int(&invoice["subtotal"]),
        "{id}: lines to subtotal"
    );
    let discounted: i64 = lines
        .iter()
        .map(|line| sum(&line["discount_amounts"], "amount"))
        .sum();
    assert_eq!(
        discounted,
        sum(&invoice["total_discount_amounts"], "amount"),
        "{id}: line discounts to the invoice's"
    );
    let taxed: i64 = lines.iter().map(|line| sum(&line["taxes"], "amount")).sum();
    assert_eq!(
        taxed,
        sum(&invoice["total_taxes"], "amount"),
        "{id}: line taxes to the invoice's"
    );
    let inclusive = invoice["total_taxes"]
        .get(0)
        .is_some_and(|tax| tax["tax_behavior"] == "inclusive");
    let added = if inclusive { 0 } else { taxed };
    let total = int(&invoice["total"]);
    assert_eq!(
        int(&invoice["subtotal"]) - discounted + added,
        total,
        "{id}: subtotal to total"
    );
    assert_eq!(
        int(&invoice["total_excluding_tax"]),
        total - taxed,
        "{id}: the total without tax"
    );
    let due = int(&invoice["amount_due"]);
    assert_eq!(
        (total + int(&invoice["starting_balance"])).max(0)
            - int(&invoice["pre_payment_credit_notes_amount"]),
        due,
        "{id}: total, balance and earlier credit notes to what is due"
    );
    let payments = invoice["payments"]["data"].as_array().unwrap();
    let paid: i64 = payments
        .iter()
        .filter_map(|payment| payment["amount_paid"].as_i64())
        .sum();
    assert_eq!(
        paid,
        int(&invoice["amount_paid"]),
        "{id}: payments to amount paid"
    );
    assert_eq!(
        due - paid,
        int(&invoice["amount_remaining"]),
        "{id}: what remains"
    );
    assert!(
        invoice["status"] != "paid" || invoice["amount_remaining"] == 0,
        "{id}: paid means that nothing remains"
    );
}

/// Lines, discounts, taxes and payments of every invoice.
pub(crate) async fn check_invoices(desk: &Desk, seed: u64) {
    let mut long = 0;
    for invoice in desk.walk("/v1/invoices?expand[]=data.payments").await {
        long += usize::from(invoice["lines"]["has_more"] == true);
        check_invoice(&invoice, &desk.lines(&invoice).await);
    }
    assert!(
        long > 0,
        "seed {seed}: some invoices have more lines than they show"
    );
}

/// Refunds, fees and the balance.
pub(crate) async fn check_charges(desk: &Desk) {
    let mut refunds: BTreeMap<String, i64> = BTreeMap::new();
    for refund in desk.walk("/v1/refunds").await {
        *refunds
            .entry(text(&refund["charge"]).to_owned())
            .or_default() += int(&refund["amount"]);
    }
    let mut moved: BTreeMap<(String, String), i64> = BTreeMap::new();
    for transaction in desk.walk("/v1/balance_transactions").await {
        assert_eq!(
            int(&transaction["net"]),
            int(&transaction["amount"]) - int(&transaction["fee"]),
            "net is what the fee leaves"
        );
        assert_eq!(
            sum(&transaction["fee_details"], "amount"),
            int(&transaction["fee"]),
            "fees add up"
        );
        let (currency, status) = (
            text(&transaction["currency"]).to_owned(),
            text(&transaction["status"]).to_owned(),
        );
        *moved.entry((currency, status)).or_default() += int(&transaction["net"]);
    }
    for charge in desk.walk("/v1/charges?expand[]=data.payment_intent").await {
        let id = text(&charge["id"]);
        assert_eq!(
            refunds.remove(id).unwrap_or(0),
            int(&charge["amount_refunded"]),
            "{id}: refunds to amount refunded"
        );
        assert!(
            int(&charge["amount_refunded"]) <= int(&charge["amount"]),
            "{id}: no more is refunded than was charged"
        );
        if charge["status"] == "succeeded" {
            assert_eq!(
                charge["payment_intent"]["amount_received"], charge["amount"],
                "{id}: the intent has received it"
            );
        }
    }
    assert!(refunds.is_empty(), "every refund has its charge");
    let balance = desk.get("/v1/balance").await;
    for (part, status) in [("available", "available"), ("pending", "pending")] {
        for entry in balance[part].as_array().unwrap() {
            let key = (text(&entry["currency"]).to_owned(), status.to_owned());
            assert_eq!(
                int(&entry["amount"]),
                moved.get(&key).copied().unwrap_or(0),
                "{part} balance in {}",
                key.0
            );
        }
    }
}
