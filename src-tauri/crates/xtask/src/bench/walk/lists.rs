//! The provider's lists as a first sync asks for them: path, what is asked for beside, and whether they can be cut by when
//! their objects were created.
//!
//! It says what `providers/src/stripe/endpoint.rs` says, once more, because this crate depends on nothing of the product. An
//! expansion that the merchant does not know is refused, so a mistake here ends the measurement and does not falsify it.

/// A list.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct List {
    /// Below `/v1/`.
    pub(super) path: &'static str,
    /// Named as the engine names them, for choosing some.
    pub(super) name: &'static str,
    by_created: bool,
    extra: &'static str,
}

const fn list(name: &'static str, extra: &'static str) -> List {
    List {
        path: name,
        name,
        by_created: true,
        extra,
    }
}

/// All lists but the customers' ledgers, which are listed for one customer at a time.
pub(super) const LISTS: [List; 19] = [
    list("products", ""),
    list(
        "prices",
        "&expand%5B%5D=data.tiers&expand%5B%5D=data.currency_options",
    ),
    list(
        "coupons",
        "&expand%5B%5D=data.applies_to&expand%5B%5D=data.currency_options",
    ),
    list("promotion_codes", ""),
    list("customers", "&expand%5B%5D=data.discount.source.coupon"),
    list(
        "subscriptions",
        "&status=all&expand%5B%5D=data.discounts.source.coupon&expand%5B%5D=data.items.data.discounts",
    ),
    list("subscription_schedules", ""),
    list("invoiceitems", ""),
    list(
        "invoices",
        "&expand%5B%5D=data.discounts.source.coupon&expand%5B%5D=data.lines.data.discounts",
    ),
    list("invoice_payments", ""),
    list("charges", ""),
    list("payment_intents", ""),
    list("refunds", ""),
    list("disputes", ""),
    list("credit_notes", ""),
    list("balance_transactions", ""),
    List {
        path: "billing/meters",
        name: "meters",
        by_created: false,
        extra: "",
    },
    List {
        path: "checkout/sessions",
        name: "checkout_sessions",
        by_created: true,
        extra: "",
    },
    List {
        path: "payment_links",
        name: "payment_links",
        by_created: false,
        extra: "",
    },
];

/// A part of a list: what was created from one instant on and before another.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Part {
    list: &'static List,
    from: Option<i64>,
    to: Option<i64>,
}

impl Part {
    /// The question for the page after an object, or for the first.
    pub(super) fn question(&self, after: Option<&str>) -> String {
        let mut question = format!("/v1/{}?limit=100{}", self.list.path, self.list.extra);
        if let Some(from) = self.from {
            question.push_str(&format!("&created%5Bgte%5D={from}"));
        }
        if let Some(to) = self.to {
            question.push_str(&format!("&created%5Blt%5D={to}"));
        }
        if let Some(after) = after {
            question.push_str(&format!("&starting_after={after}"));
        }
        question
    }
}

/// A list cut into parts of equal length in time; one that cannot be cut stays whole. The first part reaches back for ever
/// and the last has no end, so that together they leave nothing out.
pub(super) fn parts(list: &'static List, oldest: i64, newest: i64, count: i64) -> Vec<Part> {
    let count = if list.by_created { count.max(1) } else { 1 };
    let cut = |number: i64| oldest + (newest - oldest) / count * number;
    (0..count)
        .rev()
        .map(|number| Part {
            list,
            from: (number > 0).then(|| cut(number)),
            to: (number + 1 < count).then(|| cut(number + 1)),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn parts_meet_and_reach_for_ever() {
        let customers = LISTS.iter().find(|list| list.name == "customers").unwrap();
        let meters = LISTS.iter().find(|list| list.name == "meters").unwrap();
        let bounds = |list, count| -> Vec<_> {
            let parts = parts(list, 0, 300, count);
            parts.iter().map(|part| (part.from, part.to)).collect()
        };
        assert_eq!(
            bounds(customers, 3),
            [(Some(200), None), (Some(100), Some(200)), (None, Some(100))]
        );
        assert_eq!(bounds(customers, 0), [(None, None)]);
        assert_eq!(bounds(meters, 3), [(None, None)], "it cannot be cut");
    }

    #[test]
    fn a_question_asks_for_full_pages_and_expansions() {
        let part = Part {
            list: LISTS
                .iter()
                .find(|list| list.name == "subscriptions")
                .unwrap(),
            from: Some(5),
            to: Some(9),
        };
        assert_eq!(
            part.question(Some("sub_1")),
            "/v1/subscriptions?limit=100&status=all&expand%5B%5D=data.discounts.source.coupon\
             &expand%5B%5D=data.items.data.discounts&created%5Bgte%5D=5&created%5Blt%5D=9&starting_after=sub_1"
        );
    }
}
