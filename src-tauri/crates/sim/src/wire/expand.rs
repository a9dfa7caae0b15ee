//! Which references a client may have followed, and following them.
//!
//! The table below is the whole rule: from a kind of object, by a field, to a kind of object, and whether the field itself
//! can be expanded or is only on the way. A path that the table does not know is refused, as the provider refuses it, and so
//! is a path of more than four levels, the `data` of a list counted.
//!
//! Invariant: a path is judged by the table alone, never by what happens to be in the answer, so that a wrong path fails on
//! an empty list too.

use serde_json::{Value, json};

use super::list;
use crate::ids::Sort;
use crate::world::World;

/// How far a path may reach.
const DEEPEST: usize = 4;

/// What a field leads to.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Step {
    /// An id that becomes the object.
    Follow(&'static str),
    /// Something that is left out until asked for.
    Include(&'static str),
    /// Only on the way to something else.
    Through(&'static str),
}

use Step::{Follow, Include, Through};

const NOTHING: &str = "nothing";

fn step(kind: &str, field: &str) -> Option<Step> {
    if let Some(element) = kind.strip_prefix("list:") {
        return (field == "data").then_some(Through(match element {
            "subscription" => "subscription",
            "subscription_item" => "subscription_item",
            "line_item" => "line_item",
            "invoice_payment" => "invoice_payment",
            "refund" => "refund",
            "item" => "item",
            _ => NOTHING,
        }));
    }
    sale_step(kind, field)
        .or_else(|| money_step(kind, field))
        .or_else(|| paper_step(kind, field))
}

/// Customers, subscriptions and what they are made of.
fn sale_step(kind: &str, field: &str) -> Option<Step> {
    Some(match (kind, field) {
        (
            "subscription" | "invoice" | "invoiceitem" | "charge" | "payment_intent" | "refund"
            | "promotion_code" | "discount" | "source" | "payment_method",
            "customer",
        ) => Follow("customer"),
        ("customer", "subscriptions") => Include("list:subscription"),
        ("customer", "sources" | "tax_ids") => Include("list:nothing"),
        ("customer", "discount") => Through("discount"),
        ("customer", "default_source" | "test_clock") => Follow(NOTHING),
        ("customer", "invoice_settings") => Through("invoice_settings"),
        ("invoice_settings", "default_payment_method") => Follow("payment_method"),
        ("subscription", "latest_invoice") | ("invoiceitem" | "invoice_payment", "invoice") => {
            Follow("invoice")
        }
        (
            "subscription" | "subscription_item" | "invoice" | "line_item" | "invoiceitem",
            "discounts",
        ) => Follow("discount"),
        ("subscription", "items") => Through("list:subscription_item"),
        (
            "subscription" | "invoice",
            "default_payment_method"
            | "default_source"
            | "on_behalf_of"
            | "application"
            | "test_clock",
        )
        | ("subscription", "pending_setup_intent")
        | ("product", "tax_code") => Follow(NOTHING),
        ("subscription_item", "price") => Through("price"),
        ("price", "product") => Follow("product"),
        ("price", "tiers" | "currency_options") | ("coupon", "applies_to" | "currency_options") => {
            Include(NOTHING)
        }
        ("product", "default_price") => Follow("price"),
        ("promotion_code", "promotion") | ("discount", "source") => Through("coupon_holder"),
        ("coupon_holder", "coupon") => Follow("coupon"),
        ("discount", "promotion_code") => Follow("promotion_code"),
        _ => return None,
    })
}

/// Invoices and payments.
fn money_step(kind: &str, field: &str) -> Option<Step> {
    Some(match (kind, field) {
        ("invoice", "lines") => Through("list:line_item"),
        ("invoice", "payments") => Include("list:invoice_payment"),
        ("invoice", "parent") => Through("parent"),
        ("parent", "subscription_details") => Through("subscription_holder"),
        ("subscription_holder" | "line_item", "subscription") => Follow("subscription"),
        ("invoice", "total_discount_amounts") | ("line_item", "discount_amounts") => {
            Through("discount_holder")
        }
        ("discount_holder", "discount") => Follow("discount"),
        ("line_item" | "invoiceitem", "pricing") => Through("pricing"),
        ("pricing", "price_details") => Through("price_holder"),
        ("price_holder", "price") => Follow("price"),
        ("invoice_payment", "payment") => Through("payment_holder"),
        ("payment_holder" | "refund" | "dispute" | "source", "charge") => Follow("charge"),
        ("payment_holder" | "charge" | "refund" | "dispute" | "source", "payment_intent") => {
            Follow("payment_intent")
        }
        ("charge" | "refund" | "source", "balance_transaction") => Follow("balance_transaction"),
        ("charge" | "refund", "failure_balance_transaction") => Follow("balance_transaction"),
        ("charge", "refunds") => Include("list:refund"),
        ("payment_intent", "latest_charge") => Follow("charge"),
        ("payment_intent" | "refund", "payment_method") => Follow("payment_method"),
        ("balance_transaction", "source") => Follow("source"),
        _ => return None,
    })
}

/// Schedules, credit and the payment page.
fn paper_step(kind: &str, field: &str) -> Option<Step> {
    Some(match (kind, field) {
        ("subscription", "schedule") => Follow("subscription_schedule"),
        (
            "subscription_schedule"
            | "credit_note"
            | "customer_balance_transaction"
            | "checkout.session",
            "customer",
        ) => Follow("customer"),
        ("subscription_schedule" | "checkout.session", "subscription") => Follow("subscription"),
        ("subscription_schedule", "phases") => Through("phase"),
        ("phase", "items") => Through("phase_item"),
        ("phase_item" | "item", "price") => Follow("price"),
        ("credit_note" | "customer_balance_transaction" | "checkout.session", "invoice") => {
            Follow("invoice")
        }
        ("credit_note", "customer_balance_transaction") => Follow("customer_balance_transaction"),
        ("credit_note", "refunds") => Through("refund_holder"),
        ("refund_holder", "refund") => Follow("refund"),
        ("customer_balance_transaction", "credit_note") => Follow("credit_note"),
        ("customer_balance_transaction", "checkout_session") => Follow("checkout.session"),
        ("checkout.session", "payment_intent") => Follow("payment_intent"),
        ("checkout.session", "payment_link") => Follow("payment_link"),
        ("checkout.session" | "payment_link", "line_items") => Include("list:item"),
        _ => return None,
    })
}

/// Why a path was refused.
pub(crate) struct Refused(pub(crate) String);

/// Judges a path from an object of `kind`; `listed` when the answer is a page of them.
pub(crate) fn check(kind: &str, listed: bool, path: &str) -> Result<(), Refused> {
    let mut fields: Vec<&str> = path.split('.').collect();
    if fields.len() > DEEPEST {
        return Err(Refused(format!(
            "You cannot expand more than {DEEPEST} levels of a property. Property: {path}"
        )));
    }
    let hint = if listed && !path.starts_with("data.") {
        format!(" You may want to try expanding 'data.{path}' instead.")
    } else {
        String::new()
    };
    let refused = || Refused(format!("This property cannot be expanded ({path}).{hint}"));
    if listed && (fields.is_empty() || fields.remove(0) != "data") {
        return Err(refused());
    }
    let mut at = kind;
    let mut last = None;
    for field in fields {
        let taken = step(at, field).ok_or_else(refused)?;
        let (Follow(to) | Include(to) | Through(to)) = taken;
        (at, last) = (to, Some(taken));
    }
    match last {
        Some(Follow(_) | Include(_)) => Ok(()),
        Some(Through(_)) | None => Err(refused()),
    }
}

impl World {
    /// Follows a path that [`check`] has allowed, from an object of `kind`.
    pub(crate) fn expand(&self, value: &mut Value, kind: &str, path: &[&str]) {
        let Some((field, rest)) = path.split_first() else {
            return;
        };
        if let Value::Array(elements) = value {
            elements
                .iter_mut()
                .for_each(|element| self.expand(element, kind, path));
            return;
        }
        let Some(taken) = step(kind, field) else {
            return;
        };
        let (Follow(to) | Include(to) | Through(to)) = taken;
        if let Include(_) = taken {
            self.include(value, kind, field);
        }
        let Some(inner) = value.get_mut(*field) else {
            return;
        };
        if let Follow(_) = taken {
            self.follow(inner);
        }
        self.expand(inner, to, rest);
    }

    fn follow(&self, value: &mut Value) {
        match value {
            Value::String(id) => {
                if let Some(object) = self.object(id) {
                    *value = object;
                }
            }
            Value::Array(elements) => elements.iter_mut().for_each(|element| self.follow(element)),
            _ => {}
        }
    }

    /// Adds what is left out until asked for.
    fn include(&self, value: &mut Value, kind: &str, field: &str) {
        let Some(id) = value.get("id").and_then(Value::as_str).map(str::to_owned) else {
            return;
        };
        if value.get(field).is_some() || value.get("deleted").is_some() {
            return;
        }
        let number = self.ids.decode(&id).map(|(_, n)| n as u32);
        let part = match (kind, field) {
            ("coupon", _) => self.coupon_part(&id, field),
            ("price", _) => number.and_then(|number| self.price_part(number, field)),
            ("customer", "subscriptions") => number.map(|number| self.subscriptions_of(number)),
            ("invoice", _) => number.map(|number| self.payments_of(number)),
            ("charge", _) => number.map(|number| self.refunds_of(number)),
            ("checkout.session", _) => {
                number.and_then(|number| self.sold_items(Sort::Session, number))
            }
            ("payment_link", _) => {
                number.and_then(|number| self.sold_items(Sort::PaymentLink, number))
            }
            _ => Some(list(
                &format!("/v1/customers/{id}/{field}"),
                Vec::new(),
                false,
            )),
        };
        if let (Some(part), Some(fields)) = (part, value.as_object_mut()) {
            fields.insert(field.to_owned(), part);
        }
    }

    fn subscriptions_of(&self, customer: u32) -> Value {
        let mut owned: Vec<Value> = Vec::new();
        // A customer whom a request made has no soul, and with it no subscriptions.
        let soul = self.souls.find(customer);
        for subscription in soul.iter().flat_map(|soul| soul.subscriptions.iter().rev()) {
            let record = &self.subscriptions[*subscription];
            if !record.status.ended() {
                owned.push(self.as_written(self.subscription_json(record)));
            }
        }
        list(
            &format!(
                "/v1/customers/{}/subscriptions",
                self.id(Sort::Customer, customer)
            ),
            owned,
            false,
        )
    }

    fn payments_of(&self, invoice: u32) -> Value {
        let payments = self.invoices[invoice]
            .payment
            .map(|payment| self.invoice_payment_json(&self.payments[payment]));
        list(
            "/v1/invoice_payments",
            payments.into_iter().collect(),
            false,
        )
    }

    fn refunds_of(&self, charge: u32) -> Value {
        let refunds = self
            .refunds
            .iter()
            .rev()
            .filter(|refund| refund.charge == charge)
            .map(|refund| self.as_written(self.refund_json(refund)))
            .collect();
        json!(list(
            &format!("/v1/charges/{}/refunds", self.id(Sort::Charge, charge)),
            refunds,
            false
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::check;

    #[test]
    fn paths_are_judged_without_an_answer() {
        let table = [
            ("subscription", true, "data.discounts.source.coupon", true),
            ("subscription", true, "data.items.data.discounts", true),
            ("subscription", true, "data.items.data.price.tiers", false),
            ("subscription", false, "items.data.price.tiers", true),
            ("subscription", true, "latest_invoice", false),
            ("invoice", true, "data.payments", true),
            ("invoice", true, "data.subscription", false),
            ("charge", true, "data.balance_transaction", true),
            ("charge", true, "data.invoice", false),
            ("price", true, "data.tiers", true),
            ("subscription", true, "data.items", false),
            ("invoice", true, "data", false),
        ];
        for (kind, listed, path, allowed) in table {
            assert_eq!(
                check(kind, listed, path).is_ok(),
                allowed,
                "{path} from {kind}"
            );
        }
    }
}
