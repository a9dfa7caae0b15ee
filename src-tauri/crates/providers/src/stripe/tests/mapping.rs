//! Records made from objects as this version of the API writes them.

use super::record;
use coffer_domain::currency::Currency;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use coffer_domain::record::{
    Coupon, CouponDuration, CouponOff, DiscountTarget, Invoice, InvoiceItem, InvoiceLine, Kind,
    LineOrigin, PauseBehavior, Price, PriceScheme, Record, Rounding, Subscription,
    SubscriptionStatus, TierMode,
};
use serde_json::{Value, json};
use std::collections::BTreeSet;

fn read(kind: Kind, value: &Value) -> (Record, Vec<Record>) {
    record(kind, &value.to_string()).unwrap()
}

/// The object with some of its fields replaced.
fn with(mut object: Value, fields: Value) -> Value {
    let (Value::Object(object_fields), Value::Object(fields)) = (&mut object, fields) else {
        panic!("both are objects");
    };
    object_fields.extend(fields);
    object
}

fn price_of(fields: Value) -> Price {
    let base = json!({
        "id": "price_1", "object": "price", "product": "prod_1", "currency": "usd", "active": true, "created": 1,
        "billing_scheme": "per_unit", "unit_amount": 1000, "unit_amount_decimal": "1000", "livemode": false,
        "recurring": {"interval": "month", "interval_count": 1, "usage_type": "licensed"},
    });
    match read(Kind::Prices, &with(base, fields)).0 {
        Record::Price(price) => *price,
        other => panic!("{other:?}"),
    }
}

fn ratio(numerator: i128, denominator: i128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap()
}

#[test]
fn a_unit_amount_is_exact_to_the_last_decimal() {
    let price = price_of(json!({"unit_amount": null, "unit_amount_decimal": "0.000000000001"}));
    assert_eq!(
        price.scheme,
        PriceScheme::PerUnit(ratio(1, 1_000_000_000_000))
    );
    let price = price_of(json!({"unit_amount_decimal": null}));
    assert_eq!(price.scheme, PriceScheme::PerUnit(Ratio::whole(1000)));
}

#[test]
fn tiers_packages_and_other_currencies_are_read() {
    let price = price_of(json!({
        "billing_scheme": "tiered", "tiers_mode": "volume", "unit_amount": null, "unit_amount_decimal": null,
        "tiers": [
            {"up_to": 10, "unit_amount": 500, "unit_amount_decimal": "500", "flat_amount": null, "flat_amount_decimal": null},
            {"up_to": null, "unit_amount": null, "unit_amount_decimal": "0.5", "flat_amount": 100, "flat_amount_decimal": "100"},
        ],
        "transform_quantity": {"divide_by": 100, "round": "up"},
        "tax_behavior": "inclusive",
        "currency_options": {
            "usd": {"unit_amount": 1000, "unit_amount_decimal": "1000"},
            "eur": {"tiers": null},
        },
    }));
    let PriceScheme::Tiered(TierMode::Volume, tiers) = &price.scheme else {
        panic!("{:?}", price.scheme);
    };
    assert_eq!(tiers[0].up_to, Some(10));
    assert_eq!(tiers[1].up_to, None, "no end");
    assert_eq!(tiers[1].unit, ratio(1, 2));
    assert_eq!(tiers[1].flat, Ratio::whole(100));
    let transform = price.transform.unwrap();
    assert_eq!((transform.divide_by, transform.round), (100, Rounding::Up));
    assert!(price.tax_inclusive);
    assert_eq!(
        price.other_currencies,
        [(Currency::EUR, PriceScheme::Unknown)],
        "the price's own currency is no other one, and tiers that did not come are unknown"
    );
}

#[test]
fn what_is_not_told_about_a_price_is_unknown_and_not_nothing() {
    for fields in [
        json!({"unit_amount": null, "unit_amount_decimal": null}),
        json!({"billing_scheme": "tiered", "tiers_mode": "graduated"}),
        json!({"billing_scheme": "tiered", "tiers_mode": "new", "tiers": [{"up_to": null, "unit_amount": 1}]}),
        json!({"billing_scheme": "new"}),
        json!({"recurring": {"interval": "lustrum", "interval_count": 1}}),
        json!({"recurring": {"interval": "month", "interval_count": 0}}),
        json!({"transform_quantity": {"divide_by": 0, "round": "up"}}),
        json!({"transform_quantity": {"divide_by": 5, "round": "sideways"}}),
    ] {
        let price = price_of(fields.clone());
        assert_eq!(price.scheme, PriceScheme::Unknown, "{fields}");
        assert!(price.recurring.is_some(), "it stays a recurring price");
    }
    assert!(price_of(json!({"recurring": null})).recurring.is_none());
}

fn coupon_of(fields: Value) -> Coupon {
    let base = json!({"id": "TEN", "object": "coupon", "created": 1, "duration": "forever", "valid": true});
    match read(Kind::Coupons, &with(base, fields)).0 {
        Record::Coupon(coupon) => coupon,
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_coupon_takes_off_exactly_what_it_says() {
    let text = r#"{"id":"T","created":1,"duration":"forever","percent_off":33.333333333333336,"valid":true}"#;
    let (Record::Coupon(coupon), _) = record(Kind::Coupons, text).unwrap() else {
        panic!("a coupon");
    };
    assert_eq!(
        coupon.off,
        CouponOff::Percent(Ratio::decimal("33.333333333333336").unwrap()),
        "the digits on the wire, not a float's"
    );
    let coupon = coupon_of(json!({
        "amount_off": 500, "currency": "usd", "duration": "repeating", "duration_in_months": 3,
        "currency_options": {"usd": {"amount_off": 500}, "eur": {"amount_off": 450}},
        "applies_to": {"products": ["prod_1"]},
    }));
    assert_eq!(
        coupon.off,
        CouponOff::Amount(vec![
            Money::new(500, Currency::USD),
            Money::new(450, Currency::EUR)
        ])
    );
    assert_eq!(coupon.duration, CouponDuration::Repeating(Some(3)));
    assert_eq!(coupon.applies_to.unwrap()[0].as_str(), "prod_1");
    let coupon = coupon_of(json!({"percent_off": 5, "duration": "new"}));
    assert_eq!(coupon.duration, CouponDuration::Repeating(None));
}

fn discount(fields: Value) -> Value {
    with(
        json!({"id": "di_1", "object": "discount", "customer": "cus_1", "start": 5, "end": null,
               "source": {"type": "coupon", "coupon": "TEN"}, "subscription": null, "subscription_item": null,
               "invoice": null, "invoice_item": null}),
        fields,
    )
}

fn subscription_of(fields: Value) -> (Subscription, Vec<Record>) {
    let base = json!({
        "id": "sub_1", "object": "subscription", "customer": "cus_1", "status": "active", "currency": "usd", "created": 10,
        "start_date": 9, "cancel_at_period_end": false, "cancel_at": null, "discounts": [],
        "items": {"object": "list", "has_more": false, "data": [{
            "id": "si_1", "created": 10, "quantity": 2, "current_period_start": 10, "current_period_end": 20, "discounts": [],
            "price": {"id": "price_1", "product": {"id": "prod_1", "name": "x"}, "currency": "usd", "created": 1},
        }]},
        "pause_collection": null, "latest_invoice": "in_1",
    });
    let (record, also) = read(Kind::Subscriptions, &with(base, fields));
    match record {
        Record::Subscription(subscription) => (*subscription, also),
        other => panic!("{other:?}"),
    }
}

#[test]
fn a_subscription_is_read_with_its_items() {
    let (subscription, _) = subscription_of(json!({}));
    assert_eq!(subscription.status, SubscriptionStatus::Active);
    assert_eq!(subscription.start.timestamp(), 9);
    let item = &subscription.items[0];
    assert_eq!(item.product.as_str(), "prod_1", "expanded or not");
    assert_eq!(item.quantity, Some(2));
    assert_eq!(item.period_end.unwrap().timestamp(), 20);
    for fields in [
        json!({"cancel_at_period_end": true}),
        json!({"cancel_at": 99}),
    ] {
        let (subscription, _) = subscription_of(fields);
        assert_eq!(subscription.status, SubscriptionStatus::CancelPending);
    }
    let (subscription, _) = subscription_of(json!({"status": "hibernating",
        "pause_collection": {"behavior": "snooze", "resumes_at": 7}, "customer": null, "customer_account": "acct_9"}));
    assert_eq!(subscription.status.as_str(), "hibernating");
    assert_eq!(subscription.customer.as_str(), "acct_9");
    assert_eq!(
        subscription.pause.unwrap().behavior,
        PauseBehavior::Other("snooze".to_owned())
    );
}

#[test]
fn a_discount_is_known_by_where_it_stands() {
    let coupon = json!({"id": "TEN", "object": "coupon", "created": 1, "duration": "forever", "percent_off": 10});
    let (subscription, also) = subscription_of(json!({
        "discounts": [discount(json!({"source": {"type": "coupon", "coupon": coupon}}))],
        "items": {"data": [{"id": "si_1", "created": 1, "discounts": [discount(json!({"id": "di_2", "end": 50}))],
            "price": {"id": "price_1", "product": "prod_1", "currency": "usd", "created": 1}}]},
    }));
    let on_subscription = &subscription.discounts[0];
    assert_eq!(on_subscription.target, DiscountTarget::Subscription);
    assert_eq!(on_subscription.coupon.as_str(), "TEN");
    let on_item = &subscription.items[0].discounts[0];
    assert_eq!(on_item.target, DiscountTarget::Item);
    assert_eq!(on_item.item.as_ref().unwrap().as_str(), "si_1");
    assert_eq!(on_item.end.unwrap().timestamp(), 50);
    let inside: BTreeSet<(Kind, &str)> = also.iter().map(|it| (it.kind(), it.id())).collect();
    let expected = BTreeSet::from([(Kind::Prices, "price_1"), (Kind::Coupons, "TEN")]);
    assert_eq!(
        inside, expected,
        "the price and the coupon that stood inside"
    );
    let (Record::Customer(customer), _) = read(
        Kind::Customers,
        &json!({"id": "cus_1", "created": 1, "discount": discount(json!({}))}),
    ) else {
        panic!("a customer");
    };
    assert_eq!(customer.discount.unwrap().target, DiscountTarget::Customer);
}

#[test]
fn a_discount_that_came_as_an_id_is_refused() {
    let text = json!({"id": "cus_1", "created": 1, "discount": "di_1"}).to_string();
    let problem = record(Kind::Customers, &text).unwrap_err();
    assert_eq!(problem.to_string(), "a discount came as an id only");
}

fn line(fields: Value) -> Value {
    with(
        json!({"id": "il_1", "object": "line_item", "amount": 1000, "currency": "usd", "description": "x", "quantity": 1,
               "period": {"start": 100, "end": 200}, "discounts": [], "discount_amounts": [], "taxes": [],
               "pricing": {"type": "price_details", "unit_amount_decimal": "1000",
                           "price_details": {"price": "price_1", "product": "prod_1"}},
               "parent": {"type": "subscription_item_details", "invoice_item_details": null, "subscription_item_details": {
                   "invoice_item": null, "proration": false, "proration_details": {"credited_items": null},
                   "subscription": "sub_1", "subscription_item": "si_1"}}}),
        fields,
    )
}

fn invoice_of(fields: Value) -> (Invoice, Vec<Record>) {
    let base = json!({
        "id": "in_1", "object": "invoice", "number": "A-1", "customer": "cus_1", "status": "paid", "currency": "usd",
        "created": 10, "subtotal": 1000, "total": 1000, "amount_due": 1000, "amount_paid": 1000, "amount_remaining": 0,
        "attempt_count": 1, "billing_reason": "subscription_cycle", "discounts": [],
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1"}},
        "status_transitions": {"paid_at": 12}, "lines": {"has_more": false, "data": [line(json!({}))]},
    });
    let (record, also) = read(Kind::Invoices, &with(base, fields));
    match record {
        Record::Invoice(invoice) => (*invoice, also),
        other => panic!("{other:?}"),
    }
}

fn line_of(fields: Value) -> InvoiceLine {
    let (invoice, _) = invoice_of(json!({"lines": {"data": [line(fields)]}}));
    invoice.lines.into_iter().next().unwrap()
}

#[test]
fn an_invoice_is_read_with_its_lines() {
    let (invoice, _) = invoice_of(json!({}));
    assert_eq!(invoice.subscription.unwrap().as_str(), "sub_1");
    assert_eq!(invoice.paid_at.unwrap().timestamp(), 12);
    let line = &invoice.lines[0];
    assert_eq!(line.origin, LineOrigin::Recurring);
    assert_eq!(line.item.as_ref().unwrap().as_str(), "si_1");
    assert_eq!(line.price.as_ref().unwrap().as_str(), "price_1");
    assert_eq!(line.period_end.timestamp(), 200);
}

#[test]
fn a_lines_origin_is_read_from_its_parent() {
    let item = |proration: bool, credited: Value| {
        json!({"type": "invoice_item_details", "invoice_item_details": {"invoice_item": "ii_1", "proration": proration,
               "subscription": "sub_1", "proration_details": {"credited_items": credited}}})
    };
    let of_item = |proration: bool| {
        json!({"type": "subscription_item_details", "subscription_item_details": {"proration": proration,
               "subscription": "sub_1", "subscription_item": "si_1"}})
    };
    let credit = LineOrigin::Proration { credit: true };
    let debit = LineOrigin::Proration { credit: false };
    for (fields, origin) in [
        (json!({"parent": of_item(false)}), LineOrigin::Recurring),
        (json!({"parent": of_item(true)}), debit),
        (json!({"parent": of_item(true), "amount": -5}), credit),
        (json!({"parent": item(true, Value::Null)}), debit),
        (
            json!({"parent": item(true, Value::Null), "amount": -5}),
            credit,
        ),
        (
            json!({"parent": item(true, json!({"invoice": "in_0", "invoice_line_items": ["il_0"]})), "amount": 0}),
            credit,
        ),
        (
            json!({"parent": item(false, Value::Null)}),
            LineOrigin::OneOff,
        ),
        (json!({"parent": null}), LineOrigin::OneOff),
        (
            json!({"parent": {"type": "new_details"}}),
            LineOrigin::OneOff,
        ),
    ] {
        assert_eq!(line_of(fields.clone()).origin, origin, "{fields}");
    }
    let line = line_of(json!({"parent": item(true, Value::Null)}));
    assert_eq!(line.invoice_item.unwrap().as_str(), "ii_1");
    assert_eq!(line.subscription.unwrap().as_str(), "sub_1");
}

#[test]
fn inclusive_tax_stands_with_the_amount_it_is_a_part_of() {
    let tax = |amount: i64, behavior: &str, taxable: Value| json!({"amount": amount, "tax_behavior": behavior, "taxable_amount": taxable});
    for (fields, base, tax) in [
        (json!({"taxes": null}), 1000, 0),
        (
            json!({"taxes": [tax(167, "inclusive", json!(833))]}),
            1000,
            167,
        ),
        (
            json!({"taxes": [tax(100, "inclusive", json!(800)), tax(100, "inclusive", json!(800))]}),
            1000,
            200,
        ),
        (
            json!({"taxes": [tax(150, "inclusive", Value::Null)], "discount_amounts": [{"amount": 100, "discount": "di_1"}]}),
            900,
            150,
        ),
        (
            json!({"taxes": [tax(190, "exclusive", json!(1000))]}),
            1000,
            0,
        ),
        (json!({"taxes": [tax(190, "new", json!(1000))]}), 1000, 0),
    ] {
        let line = line_of(fields.clone());
        assert_eq!(
            (line.tax_inclusive_base, line.tax_inclusive),
            (base, tax),
            "{fields}"
        );
    }
    let text = line(json!({"taxes": [tax(i64::MAX, "inclusive", json!(i64::MAX))]}));
    let whole = json!({"id": "in_1", "currency": "usd", "created": 1, "subtotal": 0, "total": 0, "amount_due": 0,
                       "amount_paid": 0, "amount_remaining": 0, "lines": {"data": [text]}});
    let problem = record(Kind::Invoices, &whole.to_string()).unwrap_err();
    assert_eq!(problem.to_string(), "the amounts of a line are too large");
}

#[test]
fn an_invoice_gathers_each_lasting_discount_once() {
    let of_subscription = discount(json!({"id": "di_sub", "subscription": "sub_1"}));
    let of_item =
        discount(json!({"id": "di_item", "subscription": "sub_1", "subscription_item": "si_1"}));
    let of_customer = discount(json!({"id": "di_cus"}));
    let of_this_bill = discount(json!({"id": "di_bill", "invoice": "in_1"}));
    let (invoice, _) = invoice_of(json!({
        "discounts": [of_subscription, of_customer, of_this_bill],
        "lines": {"data": [
            line(json!({"discounts": [of_item, of_subscription]})),
            line(json!({"id": "il_2", "discounts": [of_item]})),
        ]},
    }));
    let found: Vec<_> = invoice
        .discounts
        .iter()
        .map(|discount| (discount.id.as_str(), discount.target))
        .collect();
    assert_eq!(
        found,
        [
            ("di_sub", DiscountTarget::Subscription),
            ("di_cus", DiscountTarget::Customer),
            ("di_item", DiscountTarget::Item),
        ],
        "what was put on this bill alone does not last"
    );
}

#[test]
fn an_invoice_item_is_a_line_in_waiting() {
    let value = json!({
        "id": "ii_1", "object": "invoiceitem", "amount": -500, "currency": "usd", "customer": {"id": "cus_1", "deleted": true},
        "date": 77, "description": "Unused time", "invoice": null, "period": {"start": 1, "end": 2}, "proration": true,
        "proration_details": {"discount_amounts": []}, "quantity": 1,
        "parent": {"type": "subscription_details", "subscription_details": {"subscription": "sub_1", "subscription_item": "si_1"}},
        "pricing": {"type": "price_details", "price_details": {"price": "price_1", "product": "prod_1"}},
    });
    let (
        Record::InvoiceItem(InvoiceItem {
            line,
            customer,
            created,
            ..
        }),
        _,
    ) = read(Kind::InvoiceItems, &value)
    else {
        panic!("an invoice item");
    };
    assert_eq!(customer.as_str(), "cus_1");
    assert_eq!(created.timestamp(), 77);
    assert_eq!(line.origin, LineOrigin::Proration { credit: true });
    assert_eq!(line.item.unwrap().as_str(), "si_1");
    assert_eq!(line.invoice_item.unwrap().as_str(), "ii_1");
}

#[test]
fn a_payment_keeps_its_card_and_its_failure() {
    let value = json!({
        "id": "ch_1", "amount": 1000, "amount_refunded": 100, "currency": "jpy", "status": "failed", "created": 5,
        "payment_intent": {"id": "pi_1"}, "failure_code": "card_declined", "failure_message": "Declined.",
        "payment_method_details": {"type": "card", "card": {"brand": "visa", "last4": "4242"}},
        "balance_transaction": "txn_1", "disputed": false,
    });
    let (Record::Payment(payment), _) = read(Kind::Charges, &value) else {
        panic!("a payment");
    };
    assert_eq!(payment.amount.currency.code(), "JPY");
    assert_eq!(payment.payment_intent.unwrap().as_str(), "pi_1");
    assert_eq!(payment.card_last4.as_deref(), Some("4242"));
    assert_eq!(payment.failure_code.as_deref(), Some("card_declined"));
}

#[test]
fn a_customer_has_a_ledger_in_a_currency() {
    let (Record::Customer(customer), _) = read(
        Kind::Customers,
        &json!({"id": "cus_1", "created": 1, "discount": null, "balance": -250, "currency": "eur"}),
    ) else {
        panic!("a customer");
    };
    assert_eq!(customer.balance, -250);
    assert_eq!(customer.currency, Some(Currency::EUR));
    let (Record::Customer(customer), _) = read(
        Kind::Customers,
        &json!({"id": "cus_1", "created": 1, "balance": 0, "currency": null}),
    ) else {
        panic!("a customer");
    };
    assert_eq!((customer.balance, customer.currency), (0, None));
}

#[test]
fn what_a_lines_own_discounts_took_off_is_told_from_what_the_invoices_did() {
    let off = |amount: i64, discount: &str| json!({"amount": amount, "discount": discount});
    let of_item = discount(json!({"id": "di_item", "subscription_item": "si_1"}));
    let (invoice, _) = invoice_of(json!({
        "amount_overpaid": 7, "amount_paid_off_stripe": 9, "starting_balance": -5, "ending_balance": 0,
        "discounts": [discount(json!({"id": "di_inv", "subscription": "sub_1"}))],
        "lines": {"data": [
            line(json!({"discounts": [of_item], "discount_amounts": [off(30, "di_item"), off(11, "di_inv")]})),
            line(json!({"id": "il_2", "discounts": [], "discount_amounts": [off(13, "di_inv"), {"amount": 1}]})),
            line(json!({"id": "il_3", "discounts": [of_item], "discount_amounts": [
                {"amount": 4, "discount": {"id": "di_item"}}]})),
        ]},
    }));
    assert_eq!(invoice.line_discounts, 34);
    assert_eq!((invoice.amount_overpaid, invoice.paid_elsewhere), (7, 9));
    assert!(invoice.touches_ledger);
    let (plain, _) = invoice_of(json!({"starting_balance": 0, "ending_balance": null}));
    assert_eq!(plain.line_discounts, 0);
    assert_eq!((plain.amount_overpaid, plain.paid_elsewhere), (0, 0));
    assert!(!plain.touches_ledger);
    let (draft, _) = invoice_of(json!({"starting_balance": 3, "ending_balance": null}));
    assert!(draft.touches_ledger);
}

#[test]
fn a_schedule_keeps_the_subscription_it_was_released_from() {
    let value = json!({
        "id": "sub_sched_1", "customer": "cus_1", "subscription": null, "released_subscription": "sub_1", "status": "released",
        "created": 5, "end_behavior": "release",
        "phases": [{"start_date": 10, "end_date": 20, "trial_end": 12, "items": [
            {"price": {"id": "price_1", "deleted": true}, "quantity": 2}, {"price": "price_2"}]}],
    });
    let (Record::SubscriptionSchedule(schedule), _) = read(Kind::SubscriptionSchedules, &value)
    else {
        panic!("a schedule");
    };
    assert_eq!(schedule.subscription.unwrap().as_str(), "sub_1");
    let phase = &schedule.phases[0];
    assert_eq!((phase.start.timestamp(), phase.end.timestamp()), (10, 20));
    assert_eq!(phase.trial_end.unwrap().timestamp(), 12);
    let items: Vec<_> = phase
        .items
        .iter()
        .map(|item| (item.price.as_str(), item.quantity))
        .collect();
    assert_eq!(items, [("price_1", Some(2)), ("price_2", None)]);
}

#[test]
fn a_credit_note_names_its_refunds_and_its_entry() {
    let value = json!({
        "id": "cn_1", "number": "CN-1", "invoice": {"id": "in_1"}, "customer": "cus_1", "amount": 500, "currency": "usd",
        "pre_payment_amount": 100, "post_payment_amount": 400, "status": "void", "reason": "duplicate", "created": 5,
        "voided_at": 9, "customer_balance_transaction": "cbtxn_1",
        "refunds": [{"refund": {"id": "re_1"}, "amount_refunded": 400}, {"refund": null, "type": "payment_record_refund"}],
        "lines": {"data": [{"id": "cnli_1", "zzz": 1}], "has_more": false},
    });
    let (Record::CreditNote(note), _) = read(Kind::CreditNotes, &value) else {
        panic!("a credit note");
    };
    assert_eq!(note.invoice.as_str(), "in_1");
    assert_eq!(note.amount, Money::new(500, Currency::USD));
    assert_eq!((note.pre_payment, note.post_payment), (100, 400));
    assert_eq!(note.voided_at.unwrap().timestamp(), 9);
    assert_eq!(note.refunds.len(), 1);
    assert_eq!(note.refunds[0].as_str(), "re_1");
    assert_eq!(note.credit_entry.unwrap().as_str(), "cbtxn_1");
}

#[test]
fn entries_sessions_links_and_meters_are_read() {
    let entry = json!({"id": "cbtxn_1", "customer": "cus_1", "amount": -500, "currency": "usd", "ending_balance": -700,
        "type": "applied_to_invoice", "created": 5, "invoice": "in_1", "credit_note": null, "description": ""});
    let (Record::CreditEntry(entry), _) = read(Kind::CustomerBalanceTransactions, &entry) else {
        panic!("an entry");
    };
    assert_eq!(entry.amount, Money::new(-500, Currency::USD));
    assert_eq!(entry.ending_balance, -700);
    assert_eq!(entry.kind, "applied_to_invoice");
    assert_eq!(entry.invoice.unwrap().as_str(), "in_1");
    assert_eq!(entry.description, None);
    let session = json!({"id": "cs_1", "customer": null, "customer_account": "acct_9", "status": "open", "mode": "payment",
        "payment_status": "unpaid", "amount_total": 900, "currency": "jpy", "payment_link": {"id": "plink_1"},
        "payment_intent": "pi_1", "created": 5, "expires_at": 99});
    let (Record::CheckoutSession(session), _) = read(Kind::CheckoutSessions, &session) else {
        panic!("a session");
    };
    assert_eq!(session.customer.unwrap().as_str(), "acct_9");
    assert_eq!(session.total.unwrap().minor, 900);
    assert_eq!(session.payment_link.unwrap().as_str(), "plink_1");
    assert_eq!(session.expires.timestamp(), 99);
    let link = json!({"id": "plink_1", "url": "https://buy.example.com/x", "active": false});
    let (Record::PaymentLink(link), _) = read(Kind::PaymentLinks, &link) else {
        panic!("a link");
    };
    assert_eq!(
        (link.url.as_str(), link.active),
        ("https://buy.example.com/x", false)
    );
    let meter = json!({"id": "mtr_1", "display_name": "Calls", "event_name": "calls", "status": "active", "created": 5});
    let (Record::Meter(meter), _) = read(Kind::Meters, &meter) else {
        panic!("a meter");
    };
    assert_eq!(meter.event_name, "calls");
}

#[test]
fn what_cannot_be_read_names_its_field() {
    let base = || json!({"id": "sub_1", "customer": "cus_1", "status": "active", "currency": "usd", "created": 1});
    let long = json!({"data": [{"id": "si_1", "created": 1, "price": {"id": "p", "product": "q", "currency": "usd", "created": "Jane"}}]});
    for (kind, value, told) in [
        (
            Kind::Subscriptions,
            with(base(), json!({"created": "Jane"})),
            "`created`: invalid type: string …, expected i64",
        ),
        (
            Kind::Subscriptions,
            with(base(), json!({"items": long})),
            "`items.data.price.created`: invalid type: string …, expected i64",
        ),
        (
            Kind::Subscriptions,
            json!({"id": "sub_1"}),
            "missing field `status`",
        ),
        (
            Kind::Coupons,
            json!({"id": "T", "created": 1, "percent_off": "Jane"}),
            "`percent_off`: a decimal that cannot be read exactly",
        ),
        (
            Kind::Meters,
            json!({"id": "m", "display_name": 7, "event_name": "x", "status": "y", "created": 1}),
            "`display_name`: invalid type: integer `…`, expected a string",
        ),
        (
            Kind::CreditNotes,
            json!({"id": "cn_1", "invoice": "in_1", "amount": 1, "currency": "zz", "pre_payment_amount": 0,
                   "post_payment_amount": 0, "status": "x", "created": 1}),
            "`currency` is no currency",
        ),
    ] {
        let problem = record(kind, &value.to_string()).unwrap_err().to_string();
        assert!(problem.starts_with(told), "{problem}");
        assert!(!problem.contains("Jane"), "{problem}");
    }
}
