//! Where the version that we read differs from the published description, which is some months older (2026-01-28.clover).
//!
//! Each line says why, and a test holds each line against the types of the version itself: one that is not needed or not
//! true fails.

/// A field of an answer that the description does not know yet.
pub(super) struct NewField {
    /// The description's name of the object.
    pub(super) schema: &'static str,
    /// The file and the interface in the digest of this version's types.
    pub(super) digest: (&'static str, &'static str),
    /// The field.
    pub(super) field: &'static str,
    /// Since when, and what for.
    pub(super) reason: &'static str,
}

/// Fields that we read.
pub(super) const NEW_FIELDS: [NewField; 1] = [NewField {
    schema: "invoice",
    digest: ("Invoices", "Invoice"),
    field: "amount_paid_off_stripe",
    reason: "2026-05-27.dahlia: what was paid by other means is told apart from what was paid through Stripe",
}];

/// Parameters that we send, as path, name and reason: none is newer than the description at present.
pub(super) const NEW_PARAMETERS: [(&str, &str, &str); 0] = [];

/// Operations that the description does not know yet, as path, the digest's name of their parameters and reason.
pub(super) const NEW_OPERATIONS: [(&str, &str, &str); 1] = [(
    "/v1/subscriptions/{id}/pause",
    "SubscriptionPauseParams",
    "2026-09-30.endive: a subscription itself can be paused, not its collection alone",
)];

/// Parameters whose form has changed since, as path, name, the digest's name of them and reason.
pub(super) const NEW_FORMS: [(&str, &str, &str, &str); 1] = [(
    "/v1/subscriptions/{id}/resume",
    "billing_cycle_anchor",
    "SubscriptionResumeParams.BillingCycleAnchor",
    "2026-09-30.endive: a word became an object with a type",
)];
