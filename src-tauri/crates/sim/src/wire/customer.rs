//! The JSON of customers, of the account, and of what a customer pays with.

use serde_json::{Value, json};

use super::{empty, with};
use crate::ids::{Sort, base62};
use crate::record::{Card, Customer};
use crate::stream::fold;
use crate::world::World;

/// The name the merchant trades under.
pub(crate) const MERCHANT: &str = "Foxglove Desk";

impl World {
    pub(crate) fn address_json(&self, customer: &Customer) -> Value {
        let country = customer.name.country();
        json!({
            "city": country.city,
            "country": country.code,
            "line1": customer.name.street(),
            "line2": null,
            "postal_code": country.postcode,
            "state": null,
        })
    }

    pub(crate) fn invoice_prefix(&self, customer: u32) -> String {
        base62(
            u128::from(fold(&[self.spec.seed, 5, u64::from(customer)])),
            8,
        )
        .to_uppercase()
    }

    pub(crate) fn customer_json(&self, customer: &Customer) -> Value {
        let id = self.id(Sort::Customer, customer.ix);
        if customer.deleted_at.is_some_and(|at| at <= self.now) {
            return json!({ "id": id, "object": "customer", "deleted": true });
        }
        let billed = customer.next_number > 1;
        let discount = customer
            .discount
            .map(|discount| self.discount_json(&self.discounts[discount]));
        let shown = json!({
            "id": id,
            "object": "customer",
            "balance": customer.balance,
            "created": customer.created,
            "currency": billed.then_some(customer.currency.wire()),
            "customer_account": null,
            "default_source": null,
            "delinquent": customer.delinquent,
            "description": null,
            "email": customer.name.email(customer.email_changed),
            "invoice_prefix": self.invoice_prefix(customer.ix),
            "invoice_settings": {
                "custom_fields": null,
                "default_payment_method": (!customer.cardless).then(|| self.id(Sort::PaymentMethod, customer.ix)),
                "footer": null,
                "rendering_options": null,
            },
            "livemode": self.spec.livemode,
            "metadata": { "contact": customer.name.person() },
            "name": customer.name.shown(),
            "next_invoice_sequence": customer.next_number,
            "phone": null,
            "preferred_locales": [],
            "shipping": null,
            "tax_exempt": "none",
            "test_clock": self.clock_id(customer.ix),
        });
        with(
            with(shown, "address", self.address_json(customer)),
            "discount",
            discount.unwrap_or_default(),
        )
    }

    /// A card as a charge shows it.
    pub(crate) fn card_json(&self, card: Card, country: &str) -> Value {
        json!({
            "amount_authorized": null,
            "authorization_code": null,
            "brand": card.brand,
            "checks": { "address_line1_check": null, "address_postal_code_check": "pass", "cvc_check": "pass" },
            "country": country,
            "electronic_commerce_indicator": null,
            "exp_month": card.exp_month,
            "exp_year": card.exp_year,
            "fingerprint": base62(u128::from(fold(&[self.spec.seed, u64::from(card.last4), u64::from(card.exp_year)])), 16),
            "funding": "credit",
            "installments": null,
            "last4": format!("{:04}", card.last4),
            "mandate": null,
            "network": card.brand,
            "network_transaction_id": null,
            "regulated_status": "unregulated",
            "three_d_secure": null,
            "transaction_link_id": null,
            "wallet": null,
        })
    }

    pub(crate) fn billing_details_json(&self, customer: &Customer) -> Value {
        let details = json!({
            // The card was given with the first address; a later change of the customer does not reach it.
            "email": customer.name.email(false),
            "name": customer.name.person(),
            "phone": null,
            "tax_id": null,
        });
        with(details, "address", self.address_json(customer))
    }

    pub(crate) fn payment_method_json(&self, customer: &Customer) -> Value {
        json!({
            "id": self.id(Sort::PaymentMethod, customer.ix),
            "object": "payment_method",
            "allow_redisplay": "always",
            "billing_details": self.billing_details_json(customer),
            "card": self.card_json(customer.card, customer.name.country().code),
            "created": customer.created,
            "customer": self.id(Sort::Customer, customer.ix),
            "customer_account": null,
            "livemode": self.spec.livemode,
            "metadata": empty(),
            "type": "card",
        })
    }

    pub(crate) fn account_json(&self) -> Value {
        json!({
            "id": self.account_id(),
            "object": "account",
            "business_profile": {
                "mcc": "5734",
                "minority_owned_business_designation": null,
                "name": MERCHANT,
                "specified_commercial_transactions_act_url": null,
                "support_address": null,
                "support_email": "help@foxglovedesk.example",
                "support_phone": null,
                "support_url": null,
                "url": "https://foxglovedesk.example",
            },
            "business_type": "company",
            "charges_enabled": true,
            "country": "US",
            "created": self.start,
            "default_currency": "usd",
            "details_submitted": true,
            "email": "owner@foxglovedesk.example",
            "metadata": empty(),
            "payouts_enabled": true,
            "settings": {
                "branding": { "icon": null, "logo": null, "primary_color": null, "secondary_color": null },
                "card_payments": {
                    "statement_descriptor_prefix": "FOXGLOVE",
                    "statement_descriptor_prefix_kana": null,
                    "statement_descriptor_prefix_kanji": null,
                },
                "dashboard": { "display_name": MERCHANT, "timezone": "Etc/UTC" },
                "payments": {
                    "statement_descriptor": "FOXGLOVE DESK",
                    "statement_descriptor_kana": null,
                    "statement_descriptor_kanji": null,
                    "statement_descriptor_prefix_kana": null,
                    "statement_descriptor_prefix_kanji": null,
                },
            },
            "type": "standard",
        })
    }
}
