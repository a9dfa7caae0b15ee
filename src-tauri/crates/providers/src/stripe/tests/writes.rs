//! Every request that changes something against Stripe's published description: the operation, each parameter, each value.

use super::super::freeze::{self, freeze};
use super::super::preview;
use super::overlay::{NEW_FORMS, NEW_OPERATIONS};
use super::published::{described, parameter, takes};
use super::published_file;
use crate::action::{Frozen, Method, Order};
use crate::http::Verb;
use coffer_domain::Instant;
use coffer_domain::currency::Currency;
use coffer_domain::ids::CouponId;
use coffer_domain::money::Money;
use coffer_domain::operation::{
    CreditNoteIntent, CreditNoteLine, Intent, InvoiceAction, ItemChange, PauseKind, PlanChange,
    Proration, RefundIntent, RefundReason, TrialEnd, Voucher, When,
};
use coffer_domain::record::{
    PauseBehavior, Record, ScheduleDiscount, ScheduleItem, SchedulePhase, Subscription,
    SubscriptionItem, SubscriptionSchedule, SubscriptionStatus,
};
use reqwest::Url;
use serde_json::Value;

fn at(seconds: i64) -> Instant {
    chrono::DateTime::from_timestamp(seconds, 0).unwrap()
}

fn subscription() -> Subscription {
    Subscription {
        id: "sub_1".into(),
        customer: "cus_1".into(),
        status: SubscriptionStatus::Active,
        currency: Currency::USD,
        created: at(1),
        start: at(1),
        trial_start: None,
        trial_end: None,
        cancel_at: None,
        cancel_at_period_end: true,
        canceled_at: None,
        ended_at: None,
        items: ["si_1", "si_2"]
            .map(|id| SubscriptionItem {
                id: id.into(),
                price: "price_1".into(),
                product: "prod_1".into(),
                quantity: Some(3),
                created: at(1),
                period_start: Some(at(1)),
                period_end: Some(at(1_000)),
                discounts: Vec::new(),
            })
            .to_vec(),
        discounts: Vec::new(),
        pause: None,
        latest_invoice: None,
        sends_invoices: false,
        schedule: Some("sub_sched_1".into()),
        flexible: true,
    }
}

fn schedule(discount: ScheduleDiscount) -> SubscriptionSchedule {
    SubscriptionSchedule {
        id: "sub_sched_1".into(),
        customer: Some("cus_1".into()),
        subscription: Some("sub_1".into()),
        status: "active".to_owned(),
        created: at(1),
        end_behavior: "release".to_owned(),
        phases: vec![SchedulePhase {
            start: at(1),
            end: at(1_000),
            items: vec![ScheduleItem {
                price: "price_1".into(),
                quantity: Some(3),
                discounts: vec![ScheduleDiscount::Existing("di_1".into())],
            }],
            trial_end: None,
            discounts: vec![discount],
        }],
    }
}

fn changes() -> Vec<ItemChange> {
    vec![
        ItemChange::Set {
            item: "si_1".into(),
            price: "price_2".into(),
            quantity: Some(5),
        },
        ItemChange::Remove {
            item: "si_2".into(),
        },
        ItemChange::Add {
            price: "price_3".into(),
            quantity: Some(1),
        },
    ]
}

fn plan(when: When, proration: Proration) -> PlanChange {
    PlanChange {
        subscription: "sub_1".into(),
        items: changes(),
        when,
        proration,
        reckoned_from: Some(at(500)),
    }
}

/// Every form of every operation.
fn every_intent() -> Vec<Intent> {
    [money_intents(), subscription_intents(), bill_intents()].concat()
}

/// Every form of what moves money, in currencies of every number of decimals.
fn money_intents() -> Vec<Intent> {
    let money = |minor, code| Money::new(minor, Currency::parse(code).unwrap());
    let mut all = Vec::new();
    for (minor, code) in [
        (1_050, "usd"),
        (500, "jpy"),
        (5_120, "kwd"),
        (50_000, "isk"),
    ] {
        for reason in RefundReason::ALL {
            all.push(Intent::Refund(RefundIntent {
                payment: "ch_1".into(),
                amount: money(minor, code),
                reason,
            }));
            for lines in [
                Vec::new(),
                vec![CreditNoteLine {
                    line: "il_1".into(),
                    amount: minor,
                }],
            ] {
                all.push(Intent::CreditNote(CreditNoteIntent {
                    invoice: "in_1".into(),
                    amount: money(minor, code),
                    lines,
                    refund_minor: minor - 100,
                    credit_minor: 100,
                    payment: Some("ch_1".into()),
                    reason,
                }));
            }
        }
        all.push(Intent::CustomerCredit {
            customer: "cus_1".into(),
            amount: money(minor, code),
        });
    }
    all
}

/// Every form of what is done to a subscription.
fn subscription_intents() -> Vec<Intent> {
    let mut all = Vec::new();
    for proration in [Proration::Prorate, Proration::InvoiceNow, Proration::None] {
        all.push(Intent::PlanChange(plan(When::Now, proration)));
    }
    all.push(Intent::PlanChange(plan(When::PeriodEnd, Proration::None)));
    let subscription = || "sub_1".into();
    for when in [When::Now, When::PeriodEnd] {
        all.push(Intent::Cancel {
            subscription: subscription(),
            when,
        });
    }
    all.push(Intent::Uncancel {
        subscription: subscription(),
    });
    for bills in [
        PauseBehavior::KeepAsDraft,
        PauseBehavior::MarkUncollectible,
        PauseBehavior::Void,
    ] {
        all.push(Intent::Pause {
            subscription: subscription(),
            what: PauseKind::Collection {
                bills: bills.clone(),
            },
            until: Some(at(2_000)),
        });
        all.push(Intent::Resume {
            subscription: subscription(),
            what: PauseKind::Collection { bills },
        });
    }
    all.push(Intent::Pause {
        subscription: subscription(),
        what: PauseKind::Service,
        until: None,
    });
    all.push(Intent::Resume {
        subscription: subscription(),
        what: PauseKind::Service,
    });
    for end in [TrialEnd::Now, TrialEnd::At(at(3_000))] {
        all.push(Intent::Trial {
            subscription: subscription(),
            end,
        });
    }
    for voucher in [
        Voucher::Coupon(CouponId::new("SPRING & more")),
        Voucher::PromotionCode("promo_1".into()),
    ] {
        all.push(Intent::ApplyDiscount {
            subscription: subscription(),
            voucher,
        });
    }
    all.push(Intent::ReleaseSchedule {
        subscription: subscription(),
    });
    all.push(Intent::RemoveDiscount {
        subscription: subscription(),
    });
    all
}

/// Every form of what is done to bills and customers.
fn bill_intents() -> Vec<Intent> {
    let mut all = Vec::new();
    for action in [
        InvoiceAction::Pay,
        InvoiceAction::Send,
        InvoiceAction::Void,
        InvoiceAction::WriteOff,
    ] {
        all.push(Intent::Invoice {
            invoice: "in_1".into(),
            action,
        });
    }
    all.push(Intent::UpdateCustomer {
        customer: "cus_1".into(),
        email: Some("dana+x@post.example".to_owned()),
        name: Some("Dana Ä".to_owned()),
    });
    all
}

/// Every request, each step of each operation.
fn every_request() -> Vec<(Intent, Frozen)> {
    let target = Record::Subscription(Box::new(subscription()));
    let mut all = Vec::new();
    for intent in every_intent() {
        for discount in [
            ScheduleDiscount::Coupon("HALF".into()),
            ScheduleDiscount::Existing("di_2".into()),
        ] {
            let made = Record::SubscriptionSchedule(Box::new(schedule(discount)));
            for step in 0..intent.steps() {
                let order = Order {
                    intent: &intent,
                    mark: "0123456789abcdef",
                    step,
                    target: &target,
                    made: Some(&made),
                };
                all.push((intent.clone(), freeze(order).unwrap()));
            }
        }
    }
    all
}

fn pairs(form: &str) -> Vec<(String, String)> {
    let url = Url::parse(&format!("https://form.invalid/?{form}")).unwrap();
    url.query_pairs().into_owned().collect()
}

/// Whether the digest of this version's types knows a parameter below an interface.
fn digest_takes(digest: &Value, interface: &str, keys: &[&str], value: &str) -> bool {
    let all = &digest["Subscriptions"];
    let Some((key, rest)) = keys.split_first() else {
        return all[interface]["alias"]
            .as_str()
            .is_some_and(|words| words.contains(&format!("'{value}'")));
    };
    let mut letters = key.split('_').map(|part| {
        let (first, rest) = part.split_at(1);
        format!("{}{rest}", first.to_uppercase())
    });
    let below = format!("{interface}.{}", letters.by_ref().collect::<String>());
    all[interface]["props"][*key].is_object() && digest_takes(digest, &below, rest, value)
}

#[test]
fn every_change_is_published_with_its_parameters_and_their_values() {
    let (Some(spec), Some(digest)) = (
        published_file("spec3.json"),
        published_file("types-endive.json"),
    ) else {
        return;
    };
    let spec: Value = serde_json::from_str(&spec).unwrap();
    let digest: Value = serde_json::from_str(&digest).unwrap();
    let operations = published_file("operations-endive.tsv").unwrap();
    let preview = Frozen {
        method: Method::Post,
        path: "/v1/invoices/create_preview".to_owned(),
        ids: Vec::new(),
        body: preview::form(&plan(When::Now, Proration::InvoiceNow), at(400)),
        nature: coffer_domain::outbox::Nature::Keyed,
    };
    let mut requests: Vec<Frozen> = every_request().into_iter().map(|(_, it)| it).collect();
    requests.push(preview);
    for frozen in requests {
        let path = frozen.path.as_str();
        assert_eq!(path.matches("{id}").count(), frozen.ids.len(), "{path}");
        let verb = match frozen.method {
            Method::Post => Verb::Post,
            Method::Delete => Verb::Delete,
        };
        let new = NEW_OPERATIONS.iter().find(|new| new.0 == path);
        for (name, value) in pairs(&frozen.body) {
            let mut keys = name.split('[').map(|key| key.trim_end_matches(']'));
            let plain = keys.next().unwrap();
            let keys: Vec<&str> = keys.collect();
            if let Some((_, interface, _)) = new {
                let tail = path.rsplit('/').next().unwrap();
                assert!(
                    operations.contains(&format!("/{tail}\tSubscriptions.{tail}")),
                    "{path}"
                );
                let all: Vec<&str> = [plain].into_iter().chain(keys).collect();
                assert!(
                    digest_takes(&digest, interface, &all, &value),
                    "{path} takes no {name}={value}"
                );
                continue;
            }
            if let Some((_, _, interface, _)) =
                NEW_FORMS.iter().find(|new| (new.0, new.1) == (path, plain))
            {
                assert!(
                    digest_takes(&digest, interface, &keys, &value),
                    "{path} takes no {name}={value}"
                );
                continue;
            }
            let operation = match verb {
                Verb::Delete => &described(&spec, path).unwrap()["delete"],
                _ => &described(&spec, path).unwrap()["post"],
            };
            assert!(operation.is_object(), "{verb:?} {path} is not published");
            let schema = parameter(operation, verb, plain)
                .unwrap_or_else(|| panic!("{path} takes no {name}"));
            assert!(
                takes(schema, &keys, &value),
                "{path} takes no {name}={value}"
            );
        }
    }
}

#[test]
fn what_takes_our_mark_carries_it() {
    let without = [
        freeze::PAUSE,
        freeze::RESUME,
        freeze::SCHEDULES,
        freeze::RELEASE,
        freeze::PAY,
        freeze::SEND,
        freeze::VOID,
        freeze::WRITE_OFF,
    ];
    for (intent, frozen) in every_request() {
        let marked = pairs(&frozen.body)
            .iter()
            .any(|(name, value)| name == "metadata[coffer_op]" && value == "0123456789abcdef");
        let takes_none = frozen.method == Method::Delete || without.contains(&frozen.path.as_str());
        assert_eq!(marked, !takes_none, "{}: {}", intent.kind(), frozen.body);
    }
}

#[test]
fn the_same_intent_is_the_same_bytes() {
    assert_eq!(every_request(), every_request());
    assert!(
        every_request()
            .iter()
            .all(|(_, it)| freeze::PATHS.contains(&it.path.as_str()))
    );
}

#[test]
fn a_refund_always_says_how_much() {
    for (intent, frozen) in every_request() {
        if let Intent::Refund(it) = &intent {
            let amount = it.amount.minor.to_string();
            assert!(pairs(&frozen.body).contains(&("amount".to_owned(), amount)));
        }
    }
}

#[test]
fn credit_is_below_zero_on_the_wire() {
    let credits = every_request()
        .into_iter()
        .filter(|(intent, _)| matches!(intent, Intent::CustomerCredit { .. }));
    for (_, frozen) in credits {
        let amount = pairs(&frozen.body)[0].clone();
        assert_eq!(amount.0, "amount");
        assert!(amount.1.starts_with('-'), "{}", frozen.body);
    }
}

#[test]
fn a_discount_that_is_not_named_stops_a_change_at_the_periods_end() {
    let target = Record::Subscription(Box::new(subscription()));
    let made = Record::SubscriptionSchedule(Box::new(schedule(ScheduleDiscount::Unsaid)));
    let intent = Intent::PlanChange(plan(When::PeriodEnd, Proration::None));
    let order = Order {
        intent: &intent,
        mark: "m",
        step: 1,
        target: &target,
        made: Some(&made),
    };
    assert!(
        freeze(order).is_err(),
        "a discount would be lost without a word"
    );
}
