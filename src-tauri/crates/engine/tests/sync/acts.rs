//! Every operation, on an object of the merchant's that it fits, and ways to carry it out.

use crate::support::Shop;
use coffer_engine::api::carry_out;
use coffer_engine::api::types::{CreditedLine, Wish};
use coffer_engine::books::Books;
use coffer_engine::domain::mode::Test;
use coffer_engine::domain::outbox::State;
use coffer_engine::domain::record::Kind;
use coffer_engine::outbox::{RunOptions, Who, accept, propose};
use coffer_engine::store::table::operation::{self, OperationRow};
use serde_json::{Value, json};
use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

/// One operation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Act {
    RefundAll,
    RefundPart,
    CreditNoteBack,
    CreditNoteLine,
    CreditNoteToCredit,
    CreditNoteOfDue,
    Credit,
    PlanProrated,
    PlanBilled,
    PlanFree,
    QuantityFree,
    ItemAdded,
    PlanAtPeriodEnd,
    CancelNow,
    CancelAtPeriodEnd,
    Uncancel,
    PauseCollection,
    ResumeCollection,
    PauseService,
    TrialLonger,
    Coupon,
    PromotionCode,
    RemoveCoupon,
    Pay,
    Send,
    Void,
    WriteOff,
    UpdateCustomer,
}

impl Act {
    pub(crate) const ALL: [Self; 28] = [
        Self::RefundAll,
        Self::RefundPart,
        Self::CreditNoteBack,
        Self::CreditNoteLine,
        Self::CreditNoteToCredit,
        Self::CreditNoteOfDue,
        Self::Credit,
        Self::PlanProrated,
        Self::PlanBilled,
        Self::PlanFree,
        Self::QuantityFree,
        Self::ItemAdded,
        Self::PlanAtPeriodEnd,
        Self::CancelNow,
        Self::CancelAtPeriodEnd,
        Self::Uncancel,
        Self::PauseCollection,
        Self::ResumeCollection,
        Self::PauseService,
        Self::TrialLonger,
        Self::Coupon,
        Self::PromotionCode,
        Self::RemoveCoupon,
        Self::Pay,
        Self::Send,
        Self::Void,
        Self::WriteOff,
        Self::UpdateCustomer,
    ];

    /// What really happens at the merchant: requests that do something.
    pub(crate) const fn effects(self) -> usize {
        match self {
            Self::PlanAtPeriodEnd => 2,
            _ => 1,
        }
    }
}

/// The merchant's objects as the copy has them, each used once.
pub(crate) struct Shelf {
    objects: BTreeMap<(Kind, String), Value>,
    used: HashSet<String>,
}

impl Shelf {
    pub(crate) fn of(shop: &Shop) -> Self {
        let objects = shop
            .content()
            .into_iter()
            .filter(|(_, (_, deleted))| !deleted)
            .map(|(key, (json, _))| (key, serde_json::from_str(&json).unwrap()))
            .collect();
        Self {
            objects,
            used: HashSet::new(),
        }
    }

    fn all(&self, kind: Kind) -> impl Iterator<Item = &Value> {
        self.objects
            .iter()
            .filter(move |((of, _), _)| *of == kind)
            .map(|(_, value)| value)
    }

    /// An object that fits and whose customer nothing was done to before.
    fn take(&mut self, kind: Kind, fits: impl Fn(&Value) -> bool) -> Value {
        let customer = |it: &Value| match kind {
            Kind::Customers => it["id"].as_str().map(str::to_owned),
            _ => it["customer"].as_str().map(str::to_owned),
        };
        let found = self
            .all(kind)
            .filter(|it| customer(it).is_some_and(|customer| !self.used.contains(&customer)))
            .filter(|it| {
                let owner = customer(it).unwrap();
                self.objects.contains_key(&(Kind::Customers, owner))
            })
            .find(|it| fits(it))
            .unwrap_or_else(|| panic!("the world has no more of {kind:?} that fit"))
            .clone();
        self.used.insert(customer(&found).unwrap());
        found
    }

    fn payment(&mut self) -> String {
        id(&self.take(Kind::Charges, |it| {
            it["status"] == "succeeded"
                && ["usd", "eur", "gbp"].contains(&it["currency"].as_str().unwrap())
                && it["disputed"] == false
                && it["amount_refunded"] == 0
                && it["amount"].as_i64().unwrap() > 2_000
        }))
    }

    fn paid_invoice(&mut self) -> Value {
        let charges: HashSet<String> = self
            .all(Kind::Charges)
            .filter(|it| it["disputed"] == true || it["amount_refunded"] != 0)
            .filter_map(|it| it["customer"].as_str().map(str::to_owned))
            .collect();
        self.take(Kind::Invoices, |it| {
            it["status"] == "paid"
                && it["amount_paid"].as_i64().unwrap() > 2_000
                && it["amount_paid"] == it["total"]
                && it["post_payment_credit_notes_amount"] == 0
                && it["pre_payment_credit_notes_amount"] == 0
                && it["automatic_tax"]["enabled"] == false
                && it["total_taxes"].as_array().is_none_or(Vec::is_empty)
                && it["lines"]["data"][0]["amount"].as_i64().unwrap() > 100
                && !charges.contains(it["customer"].as_str().unwrap_or_default())
        })
    }

    fn open_invoice(&mut self, sent: bool) -> String {
        let way = if sent {
            "send_invoice"
        } else {
            "charge_automatically"
        };
        id(&self.take(Kind::Invoices, |it| {
            it["status"] == "open"
                && it["amount_remaining"].as_i64().unwrap() > 500
                && it["collection_method"] == way
        }))
    }

    fn any_open_invoice(&mut self) -> String {
        id(&self.take(Kind::Invoices, |it| {
            it["status"] == "open" && it["amount_remaining"].as_i64().unwrap() > 500
        }))
    }

    fn subscription(&mut self, fits: impl Fn(&Value) -> bool) -> Value {
        self.take(Kind::Subscriptions, |it| {
            let item = &it["items"]["data"][0];
            it["status"] == "active"
                && it["collection_method"] == "charge_automatically"
                && it["schedule"].is_null()
                && it["pause_collection"].is_null()
                && it["automatic_tax"]["enabled"] == false
                && it["items"]["data"].as_array().unwrap().len() == 1
                && item["price"]["recurring"]["usage_type"] == "licensed"
                && item["price"]["recurring"]["interval"] == "month"
                && item["price"]["recurring"]["interval_count"] == 1
                && fits(it)
        })
    }

    fn plain(&mut self) -> Value {
        self.subscription(|it| it["cancel_at_period_end"] == false && it["discounts"] == json!([]))
    }

    /// Another price that can take the place of the one held.
    fn other_price(&self, subscription: &Value) -> String {
        let held = &subscription["items"]["data"][0]["price"];
        let found = self.all(Kind::Prices).find(|it| {
            it["currency"] == held["currency"]
                && it["id"] != held["id"]
                && it["recurring"]["interval"] == "month"
                && it["recurring"]["interval_count"] == 1
                && it["recurring"]["usage_type"] == "licensed"
                && it["active"] == true
        });
        id(found.unwrap())
    }

    fn coupon(&self) -> String {
        id(self
            .all(Kind::Coupons)
            .find(|it| it["valid"] == true && !it["percent_off"].is_null())
            .unwrap())
    }

    fn code(&self) -> String {
        let found = self
            .all(Kind::PromotionCodes)
            .find(|it| it["active"] == true);
        found.unwrap()["code"].as_str().unwrap().to_owned()
    }

    /// The wish of an operation on an object that it fits.
    pub(crate) fn wish(&mut self, act: Act) -> Wish {
        match act {
            Act::RefundAll | Act::RefundPart => Wish::Refund {
                payment: self.payment(),
                amount: (act == Act::RefundPart).then(|| "7".to_owned()),
                reason: Some("duplicate".to_owned()),
            },
            Act::CreditNoteBack | Act::CreditNoteLine | Act::CreditNoteToCredit => {
                let invoice = self.paid_invoice();
                let line = CreditedLine {
                    line: id(&invoice["lines"]["data"][0]),
                    amount: Some("1".to_owned()),
                };
                let by_line = act == Act::CreditNoteLine;
                Wish::CreditNote {
                    invoice: id(&invoice),
                    amount: (!by_line).then(|| "2".to_owned()),
                    lines: if by_line { vec![line] } else { Vec::new() },
                    to_credit: act == Act::CreditNoteToCredit,
                    reason: None,
                }
            }
            Act::CreditNoteOfDue => Wish::CreditNote {
                invoice: self.any_open_invoice(),
                amount: Some("1".to_owned()),
                lines: Vec::new(),
                to_credit: false,
                reason: None,
            },
            Act::Credit => Wish::CustomerCredit {
                customer: id(&self.take(Kind::Customers, |it| !it["currency"].is_null())),
                amount: "3".to_owned(),
                currency: None,
            },
            Act::Pay | Act::Void | Act::WriteOff => Wish::Invoice {
                invoice: self.any_open_invoice(),
                action: match act {
                    Act::Pay => "pay",
                    Act::Void => "void",
                    _ => "uncollectible",
                }
                .to_owned(),
            },
            Act::Send => Wish::Invoice {
                invoice: self.open_invoice(true),
                action: "send".to_owned(),
            },
            Act::UpdateCustomer => Wish::CustomerUpdate {
                customer: id(&self.take(Kind::Customers, |_| true)),
                email: Some("new@post.example".to_owned()),
                name: Some("Newly Named".to_owned()),
            },
            _ => self.of_subscription(act),
        }
    }

    fn of_subscription(&mut self, act: Act) -> Wish {
        let it = match act {
            Act::Uncancel => self.subscription(|it| it["cancel_at_period_end"] == true),
            Act::RemoveCoupon => self.subscription(|it| {
                it["discounts"] != json!([]) && it["cancel_at_period_end"] == false
            }),
            Act::ResumeCollection => return self.resume(),
            Act::PauseService => self.subscription(|it| {
                it["billing_mode"]["type"] == "flexible" && it["cancel_at_period_end"] == false
            }),
            _ => self.plain(),
        };
        let subscription = id(&it);
        match act {
            Act::CancelNow | Act::CancelAtPeriodEnd => Wish::Cancel {
                subscription,
                when: if act == Act::CancelNow {
                    "now"
                } else {
                    "period_end"
                }
                .to_owned(),
            },
            Act::Uncancel => Wish::Uncancel { subscription },
            Act::PauseCollection | Act::PauseService => Wish::Pause {
                subscription,
                what: Some(
                    if act == Act::PauseService {
                        "service"
                    } else {
                        "collection"
                    }
                    .to_owned(),
                ),
                bills: None,
                until: None,
            },
            Act::TrialLonger => Wish::Trial {
                subscription,
                until: "2027-01-15".to_owned(),
            },
            Act::Coupon => Wish::Coupon {
                subscription,
                coupon: Some(self.coupon()),
                promotion_code: None,
            },
            Act::PromotionCode => Wish::Coupon {
                subscription,
                coupon: None,
                promotion_code: Some(self.code()),
            },
            Act::RemoveCoupon => Wish::RemoveCoupon { subscription },
            _ => self.plan(act, &it),
        }
    }

    fn plan(&self, act: Act, it: &Value) -> Wish {
        let price = self.other_price(it);
        let held = it["items"]["data"][0]["quantity"].as_i64().unwrap();
        let (set, add) = match act {
            Act::ItemAdded => (
                None,
                vec![coffer_engine::api::types::AddedItem {
                    price,
                    quantity: Some(2),
                }],
            ),
            Act::QuantityFree => (None, Vec::new()),
            _ => (Some(price), Vec::new()),
        };
        Wish::PlanChange {
            subscription: id(it),
            price: set,
            quantity: (act == Act::QuantityFree).then_some(held + 3),
            item: None,
            add,
            remove: Vec::new(),
            when: Some(
                if act == Act::PlanAtPeriodEnd {
                    "period-end"
                } else {
                    "now"
                }
                .to_owned(),
            ),
            proration: Some(
                match act {
                    Act::PlanBilled => "invoice-now",
                    Act::PlanProrated | Act::ItemAdded => "prorate",
                    _ => "none",
                }
                .to_owned(),
            ),
        }
    }

    /// Only the rare states have a paused collection.
    fn resume(&mut self) -> Wish {
        let found = self.take(Kind::Subscriptions, |it| !it["pause_collection"].is_null());
        Wish::Resume {
            subscription: id(&found),
        }
    }
}

pub(crate) fn id(value: &Value) -> String {
    value["id"].as_str().unwrap().to_owned()
}

/// Accepts an operation; with `offline` the provider is not asked before.
pub(crate) async fn accepted(
    books: &Arc<Books<Test>>,
    shop: &Shop,
    wish: Wish,
    offline: bool,
) -> OperationRow {
    let options = shop.desk.client_options().clone();
    let proposed = propose(books, wish, &options, offline).await.unwrap();
    accept(books, &proposed, Some("tried"), &Who::default(), None).unwrap()
}

/// A run of everything, or of one operation, that keeps to every wait.
pub(crate) fn running(shop: &Shop, only: Option<&str>) -> RunOptions {
    RunOptions {
        only: only.map(str::to_owned),
        at_once: false,
        client: shop.desk.client_options().clone(),
    }
}

/// Carries out what waits, and says how an operation stands then.
pub(crate) async fn carried_out(books: &Arc<Books<Test>>, shop: &Shop, id: &str) -> OperationRow {
    carry_out(books, running(shop, Some(id))).await.unwrap();
    standing(books, id)
}

pub(crate) fn standing(books: &Arc<Books<Test>>, id: &str) -> OperationRow {
    books
        .store
        .read(|read| operation::one(read.sql(), id))
        .unwrap()
        .unwrap()
}

pub(crate) fn state(row: &OperationRow) -> State {
    row.progress.state
}
