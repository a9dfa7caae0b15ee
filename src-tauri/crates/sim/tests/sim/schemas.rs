//! The answers: every list and one object of each kind hold to the provider's published schemas.
//!
//! The document and the digest of the types lie beside the repository on the machines of those who work on it. Where they are
//! absent there is nothing to compare with, and the test says that it was skipped. A difference between the document's
//! version and the spoken one stands in `endive-overlay.json`, with its reason; anything else is a fault of ours.

use std::collections::BTreeMap;
use std::path::Path;

use coffer_sim::{ServerOptions, WorldSpec};
use jsonschema::Validator;
use serde_json::Value;

use crate::support::openapi::Document;
use crate::support::{Desk, spec, text};

/// A list: what is asked, and the path of the operation in the document.
const LISTS: [(&str, &str); 26] = [
    ("customers", "/v1/customers"),
    ("products", "/v1/products"),
    ("prices", "/v1/prices"),
    (
        "prices?expand[]=data.tiers&expand[]=data.currency_options",
        "/v1/prices",
    ),
    ("coupons?expand[]=data.applies_to", "/v1/coupons"),
    ("promotion_codes", "/v1/promotion_codes"),
    ("subscriptions?status=all", "/v1/subscriptions"),
    (
        "subscriptions?status=all&expand[]=data.discounts&expand[]=data.schedule",
        "/v1/subscriptions",
    ),
    ("subscription_schedules", "/v1/subscription_schedules"),
    ("invoices", "/v1/invoices"),
    ("invoices?expand[]=data.payments", "/v1/invoices"),
    ("invoiceitems", "/v1/invoiceitems"),
    ("invoice_payments", "/v1/invoice_payments"),
    ("charges", "/v1/charges"),
    (
        "charges?expand[]=data.balance_transaction&expand[]=data.refunds",
        "/v1/charges",
    ),
    ("payment_intents", "/v1/payment_intents"),
    ("refunds", "/v1/refunds"),
    ("disputes", "/v1/disputes"),
    ("credit_notes", "/v1/credit_notes"),
    ("balance_transactions", "/v1/balance_transactions"),
    ("billing/meters", "/v1/billing/meters"),
    (
        "checkout/sessions?expand[]=data.line_items",
        "/v1/checkout/sessions",
    ),
    ("checkout/sessions", "/v1/checkout/sessions"),
    ("payment_links", "/v1/payment_links"),
    ("test_helpers/test_clocks", "/v1/test_helpers/test_clocks"),
    ("events", "/v1/events"),
];

/// Parts of single objects: the kind whose ids fill the path, and the path, which is also the operation's.
const PARTS: [(&str, &str, &str); 4] = [
    ("invoices", "invoice", "/v1/invoices/{invoice}/lines"),
    (
        "credit_notes",
        "credit_note",
        "/v1/credit_notes/{credit_note}/lines",
    ),
    (
        "customers",
        "customer",
        "/v1/customers/{customer}/balance_transactions",
    ),
    (
        "subscriptions?status=all",
        "subscription",
        "/v1/subscription_items",
    ),
];

fn reference(name: &str) -> Option<Value> {
    let path = Path::new(env!("CARGO_MANIFEST_DIR"))
        .join("../../../../shared/reference/stripe")
        .join(name);
    let bytes = std::fs::read(path).ok()?;
    Some(serde_json::from_slice(&bytes).unwrap())
}

/// The checks of one world, with the validators that were made so far.
struct Check {
    document: Document,
    types: Value,
    made: BTreeMap<String, Validator>,
    faults: BTreeMap<String, String>,
    checked: BTreeMap<String, usize>,
}

impl Check {
    fn pointer(operation: &str) -> String {
        let path = operation.replace('/', "~1");
        format!("/paths/{path}/get/responses/200/content/application~1json/schema")
    }

    /// Whether the digest of the spoken version knows a field of that name.
    fn digest_knows(&self, field: &str) -> bool {
        let name = field.rsplit('.').next().unwrap_or(field);
        self.types.as_object().unwrap().values().any(|file| {
            file.as_object()
                .unwrap()
                .values()
                .any(|interface| interface["props"].get(name).is_some())
        })
    }

    fn value(&mut self, pointer: &str, called: &str, value: &Value) {
        let document = &self.document;
        let validator = self
            .made
            .entry(pointer.to_owned())
            .or_insert_with(|| document.validator(pointer));
        for error in validator.iter_errors(value) {
            let shown = error.to_string().chars().take(160).collect::<String>();
            let place = error.instance_path().to_string();
            let place: Vec<&str> = place
                .split('/')
                .filter(|part| part.parse::<usize>().is_err())
                .collect();
            self.faults
                .entry(format!("{called} {}", place.join("/")))
                .or_insert(shown);
        }
        let mut unknown = Vec::new();
        let schema = self.document.spec.pointer(pointer).unwrap();
        self.document.unknown(schema, value, called, &mut unknown);
        for field in unknown {
            let known = if self.digest_knows(&field) {
                "the digest knows such a field: add it to the overlay"
            } else {
                "neither the document nor the digest knows it"
            };
            self.faults.insert(field, known.to_owned());
        }
    }

    fn page(&mut self, operation: &str, page: &Value) {
        let count = page["data"].as_array().unwrap().len();
        *self.checked.entry(operation.to_owned()).or_default() += count;
        self.value(&Self::pointer(operation), operation, page);
    }

    /// The object within a notice, by the schema of its kind.
    fn notice(&mut self, event: &Value) {
        let object = &event["data"]["object"];
        let kind = text(&object["object"]);
        let pointer = format!("/components/schemas/{kind}");
        self.value(&pointer, &format!("notice of {kind}"), object);
    }
}

async fn pages(desk: &Desk, path: &str) -> Vec<Value> {
    let join = if path.contains('?') { '&' } else { '?' };
    let mut pages: Vec<Value> = Vec::new();
    loop {
        let last = pages
            .last()
            .and_then(|page| page["data"].as_array()?.last());
        let cursor = last.map_or_else(String::new, |last| {
            format!("&starting_after={}", text(&last["id"]))
        });
        let page = desk.get(&format!("{path}{join}limit=100{cursor}")).await;
        let more = page["has_more"] == true;
        pages.push(page);
        if !more {
            return pages;
        }
    }
}

/// Every list, and one object of each kind by its id.
async fn lists(desk: &Desk, check: &mut Check) {
    for (asked, operation) in LISTS {
        let mut one = None;
        for page in pages(desk, &format!("/v1/{asked}")).await {
            check.page(operation, &page);
            one = one.or_else(|| page["data"].get(0).cloned());
            if operation == "/v1/events" {
                page["data"]
                    .as_array()
                    .unwrap()
                    .iter()
                    .for_each(|event| check.notice(event));
            }
        }
        let one = one.unwrap_or_else(|| panic!("{asked} has something to check"));
        let (path, expand) = asked.split_once('?').unwrap_or((asked, ""));
        let id = text(&one["id"]);
        if expand.is_empty() {
            let object = desk.get(&format!("/v1/{path}/{id}")).await;
            let template = check.document.spec["paths"]
                .as_object()
                .unwrap()
                .keys()
                .find(|key| {
                    key.strip_prefix(&format!("{operation}/"))
                        .is_some_and(|rest| rest.starts_with('{') && rest.ends_with('}'))
                })
                .unwrap()
                .clone();
            check.value(&Check::pointer(&template), &template, &object);
        }
    }
}

/// The lists below single objects, and the single objects that have no list.
async fn parts(desk: &Desk, check: &mut Check) {
    for (list, name, operation) in PARTS {
        let all = desk.walk(&format!("/v1/{list}")).await;
        for owner in all.iter().take(40) {
            let id = text(&owner["id"]);
            let path = if operation.contains('{') {
                operation.replace(&format!("{{{name}}}"), id)
            } else {
                format!("{operation}?{name}={id}")
            };
            for page in pages(desk, &path).await {
                check.page(operation, &page);
                let first = page["data"]
                    .get(0)
                    .map(|first| text(&first["id"]).to_owned());
                if let Some(first) = first.filter(|_| operation.ends_with("balance_transactions")) {
                    let object = desk.get(&format!("{path}/{first}")).await;
                    let template = format!("{operation}/{{transaction}}");
                    check.value(&Check::pointer(&template), &template, &object);
                }
            }
        }
    }
    for path in ["/v1/account", "/v1/balance"] {
        let object = desk.get(path).await;
        check.value(&Check::pointer(path), path, &object);
    }
    for wrong in ["/v1/customers/cus_nobody", "/v1/customers?limit=0"] {
        let (status, body) = desk.ask(wrong).await;
        assert!(status >= 400, "{wrong} is refused");
        check.value("/components/schemas/error", "error", &body);
    }
}

#[tokio::test]
async fn every_answer_holds_to_the_published_schemas() {
    let (Some(spec3), Some(types)) = (reference("spec3.json"), reference("types-endive.json"))
    else {
        println!("skipped: the published schemas are not here");
        return;
    };
    let overlay: Value = serde_json::from_str(include_str!("endive-overlay.json")).unwrap();
    let mut check = Check {
        document: Document::new(spec3, &overlay),
        types,
        made: BTreeMap::new(),
        faults: BTreeMap::new(),
        checked: BTreeMap::new(),
    };
    for step in overlay["steps"].as_array().unwrap() {
        for field in step["add"]
            .as_object()
            .into_iter()
            .flatten()
            .map(|(name, _)| name)
        {
            assert!(
                field == "total_count" || check.digest_knows(field),
                "the overlay adds {field}, which the spoken version does not know"
            );
        }
    }
    let worlds = [
        (spec(3, 160, 14), false),
        (spec(4, 60, 9), true),
        (spec(5, 220, 12), true),
    ];
    for (world, corners) in worlds {
        let mut options = ServerOptions::new(WorldSpec { corners, ..world });
        options.test_clocks = 2;
        let desk = Desk::with(options).await;
        crate::support::writes::fill(&desk).await;
        lists(&desk, &mut check).await;
        parts(&desk, &mut check).await;
    }
    let faults: Vec<String> = check
        .faults
        .iter()
        .map(|(place, fault)| format!("{place}: {fault}"))
        .collect();
    assert!(
        faults.is_empty(),
        "{} differences:\n{}",
        faults.len(),
        faults.join("\n")
    );
    for (operation, checked) in check.checked {
        assert!(checked > 0, "{operation} was checked with something in it");
    }
}
