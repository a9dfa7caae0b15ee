//! Money closes: lines add up to invoices, payments to what was paid, refunds to what was refunded, fees to the balance.

use std::collections::BTreeMap;

use crate::support::closing::{check_charges, check_invoices};
use crate::support::{Desk, int, spec, text};

#[tokio::test]
async fn money_closes() {
    for seed in [31, 32, 33] {
        let desk = Desk::open(spec(seed, 700, 18)).await;
        check_invoices(&desk, seed).await;
        check_charges(&desk).await;
    }
}

#[tokio::test]
async fn amounts_are_in_steps_that_their_currency_can_charge() {
    let desk = Desk::open(spec(34, 1_500, 18)).await;
    let mut seen: BTreeMap<String, usize> = BTreeMap::new();
    for charge in desk.walk("/v1/charges").await {
        let step = match text(&charge["currency"]) {
            "kwd" => 10,
            "isk" => 100,
            _ => 1,
        };
        assert_eq!(int(&charge["amount"]) % step, 0, "{charge}");
        *seen
            .entry(text(&charge["currency"]).to_owned())
            .or_default() += 1;
    }
    assert_eq!(seen.len(), 6, "all six currencies are charged: {seen:?}");
}
