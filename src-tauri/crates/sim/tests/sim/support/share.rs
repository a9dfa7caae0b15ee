//! The share of a tax-inclusive price that is not tax, read from invoice lines.

use std::collections::BTreeMap;

use serde_json::Value;

use crate::support::{Desk, Ratio, int, text};

/// What tax leaves of an amount: by the latest invoice line that has any.
pub(crate) fn without_tax(subscription: &Value, taxed: &BTreeMap<String, (i64, Ratio)>) -> Ratio {
    taxed
        .get(text(&subscription["id"]))
        .map_or(Ratio(1, 1), |(_, share)| *share)
}

/// The share that tax leaves, by subscription, with the start of the line it was first seen on.
pub(crate) async fn inclusive_shares(desk: &Desk) -> BTreeMap<String, (i64, Ratio)> {
    let mut shares: BTreeMap<String, (i64, Ratio)> = BTreeMap::new();
    for invoice in desk.walk("/v1/invoices").await {
        for line in invoice["lines"]["data"].as_array().unwrap() {
            let (Some(subscription), Some(tax)) =
                (line["subscription"].as_str(), line["taxes"].get(0))
            else {
                continue;
            };
            let net = int(&line["amount"])
                - line["discount_amounts"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .map(|d| int(&d["amount"]))
                    .sum::<i64>();
            if tax["tax_behavior"] == "inclusive" && net > 0 {
                let at = int(&line["period"]["start"]);
                let share = Ratio::new(i128::from(net - int(&tax["amount"])), i128::from(net));
                let entry = shares.entry(subscription.to_owned()).or_insert((at, share));
                assert_eq!(
                    entry.1, share,
                    "the share of tax is the same whichever line one looks at: {line}"
                );
            }
        }
    }
    shares
}
