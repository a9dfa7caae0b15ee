//! What crosses the border between the engine and whoever looks at it: the window, the browser, scripts.
//!
//! Every type here is plain data with its TypeScript twin generated from it. Money carries minor units, currency and
//! ready text, so that no view formats or adds money itself. No type here can hold a key on its way out: only
//! `AccountAddRequest` carries one, and it can be read but not written.

pub use crate::api::annotations::{AnnotationPut, AnnotationRemove, AnnotationView, Annotations};
pub use crate::api::backup::{BackupMade, BackupRequest};
pub use crate::api::charts::{
    BarView, Chart, ChartExport, ChartExportRequest, ChartForm, ChartName, ChartNote, ChartPoint,
    ChartRequest, ChartTheme, Comparison, EarlierPoint, MovementsChart, MovementsChartRequest,
};
pub use crate::api::choices::{Choices, ChoicesRequest, CouponChoice, PriceChoice};
pub use crate::api::document::{InvoiceDocumentRequest, InvoiceDocumentView};
pub use crate::api::limit::{LimitRow, LimitSetRequest, LimitTable};
pub use crate::api::note::{
    NoteAddRequest, NoteChangeRequest, NoteRef, NoteRemoveRequest, NoteView,
};
pub use crate::api::notifications::{
    Glance, MarkView, NotificationRules, NotificationRulesRequest, NotificationRulesSet,
    NotificationView,
};
pub use crate::api::numbers::{
    CohortCell, CohortView, CohortsAnswer, CohortsRequest, ExplainAnswer, ExplainRequest,
    ExplainRow, ForecastAnswer, ForecastRequest, KnownAheadView, MetricsAnswer, MetricsRequest,
    MonthAheadView, PointView, Policies, PoliciesRequest, PolicyView, RuleView, SeriesView,
    ValueView,
};
pub use crate::api::preferences::{PreferencesRequest, PreferencesSet, PreferencesView};
pub use crate::api::privacy::{ContactView, DataFile, Privacy};
pub use crate::api::reconcile::{
    BesideView, CauseSort, CauseView, CustomerGap, ExportKind, ReconcileAnswer, ReconcileCsv,
    ReconcileRequest, SplitStanding, SplitView,
};
pub use crate::api::records::{
    RecordKey, RecordKeys, RecordKeysRequest, RecordList, RecordPage, RecordRow, RecordSort,
    RecordTwin, RecordsAfter, RecordsCsv, RecordsCsvRequest, RecordsRequest, SavedView,
    SavedViewName, SavedViews, SavedViewsSet,
};
pub use crate::api::today::{
    MovedPart, MovedSpan, Need, News, NewsGroup, NewsLine, NewsSeenRequest, Today, TodayFigure,
    TodayRequest,
};
pub use crate::outbox::{AddedItem, CreditedLine, Wish};
use coffer_domain::mode::ModeName;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use ts_rs::TS;

/// An amount in the currency's minor unit with the text a person reads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MoneyView {
    /// Minor units as the provider counts them (cents; whole yen; thousandths of a dinar).
    pub minor: i64,
    /// ISO 4217 code in capitals.
    pub currency: String,
    /// The amount as shown, for instance `$1,234.50` or `−€20.00`.
    pub text: String,
}

/// Which mode's file a request speaks of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "lowercase")]
pub enum ModeView {
    /// Real customers, real money.
    Live,
    /// The provider's test mode or a sandbox.
    Test,
}

impl From<ModeName> for ModeView {
    fn from(mode: ModeName) -> Self {
        match mode {
            ModeName::Live => Self::Live,
            ModeName::Test => Self::Test,
        }
    }
}

impl From<ModeView> for ModeName {
    fn from(mode: ModeView) -> Self {
        match mode {
            ModeView::Live => Self::Live,
            ModeView::Test => Self::Test,
        }
    }
}

/// A request that needs nothing said.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct StateRequest {}

/// A request about one mode.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ModeRequest {
    /// The mode.
    pub mode: ModeView,
}

/// Where secrets are kept on this machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum SecretsKind {
    /// The operating system's keychain.
    Keychain,
    /// A file sealed with a passphrase.
    File,
}

/// What the window needs before it can draw anything.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AppState {
    /// The product's version.
    pub version: String,
    /// The folder that holds the database files.
    pub home: String,
    /// True inside the simulated merchant's own home.
    pub demo: bool,
    /// Where secrets are kept.
    pub secrets: SecretsKind,
    /// The accounts of both modes, live first.
    pub accounts: Vec<AccountView>,
    /// A fault that keeps a mode's file closed (wrong key, damaged, newer version); `None` when all is well.
    pub fault: Option<ApiErrorView>,
}

/// A key to add. It is read once and goes to the keychain; it cannot be serialised.
#[derive(Debug, Deserialize, TS)]
pub struct AccountAddRequest {
    /// `stripe`.
    pub provider: String,
    /// What the user calls the account.
    pub name: String,
    /// The provider's secret or restricted key.
    #[ts(type = "string")]
    pub key: SecretString,
    /// Another host, loopback only.
    #[serde(default)]
    pub api_url: Option<String>,
    /// The mode the user expects; refused when the key belongs to the other one.
    #[serde(default)]
    pub expect_mode: Option<ModeView>,
    /// For a key of an organization: the account that it is to be used for, `acct_…`.
    #[serde(default)]
    pub provider_account: Option<String>,
}

/// The accounts of both modes.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct AccountListRequest {}

/// The accounts of both modes.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountList {
    /// Live ones first, each in the order they were added.
    pub items: Vec<AccountView>,
}

/// One thing a key may or may not do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PermissionView {
    /// The resource, named like the provider's list path.
    pub resource: String,
    /// The box to tick at the provider, for instance `Customers: Read`.
    pub label: String,
    /// `read` or `write`.
    pub access: String,
    /// The provider's own name for the permission, for instance `rak_customer_read`.
    pub slug: String,
    /// Whether the key has it; `None` when the provider gave no clear answer.
    pub granted: Option<bool>,
}

/// What an account used of the reads that its provider allows.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ReadsView {
    /// Requests in the last 30 days.
    pub used: u64,
    /// How many the provider allows in 30 days: 500 for each transaction, and never fewer than 10,000.
    pub allowed: u64,
}

/// Something that does not add up although it was fetched again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct MismatchView {
    /// `refunds`, `invoice_payments`, `lines` or `ledger`.
    pub rule: String,
    /// Named like the provider's list path.
    pub resource: String,
    /// The object's id.
    pub id: String,
    /// What the object says.
    pub expected: String,
    /// What its parts come to.
    pub found: String,
}

/// Whether an account's copy was proved whole, and what stands against it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ProofView {
    /// When everything last held together, RFC 3339.
    pub proved_at: Option<String>,
    /// What does not add up; the first 200.
    pub mismatches: Vec<MismatchView>,
    /// How many things do not add up.
    pub mismatch_count: u64,
    /// References to objects that the provider no longer has.
    pub gone: u64,
}

/// Pages of the provider on which a key is made, with the boxes ticked beforehand.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeyLinks {
    /// For a key that may only read.
    pub read_only: String,
    /// For a key that may also act.
    pub with_actions: String,
}

/// Asks for the permissions that a provider's key should have.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct KeyGuideRequest {
    /// `stripe`.
    pub provider: String,
}

/// What a key should have, and where it is made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct KeyGuide {
    /// Every box, reading first.
    pub permissions: Vec<PermissionView>,
    /// Where the key is made.
    pub links: KeyLinks,
}

/// An account as shown.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct AccountView {
    /// The account's id at the provider, for instance `acct_1A2b`.
    pub id: String,
    /// Which file it lives in.
    pub mode: ModeView,
    /// `stripe`.
    pub provider: String,
    /// What the user calls it.
    pub name: String,
    /// `restricted` or `secret`.
    pub key_kind: String,
    /// The last four characters of the key.
    pub key_last4: String,
    /// The loopback address it was pointed at, if any.
    pub api_url: Option<String>,
    /// When it was added, RFC 3339.
    pub added_at: String,
    /// The instant its data is as of, RFC 3339; `None` before the first complete page of everything.
    pub synced_at: Option<String>,
    /// Whether the last sync brought everything.
    pub complete: bool,
    /// What the key may do.
    pub permissions: Vec<PermissionView>,
    /// What it used of the reads that the provider allows.
    pub reads: ReadsView,
    /// Whether its copy was proved whole.
    pub proof: ProofView,
}

/// One account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountRef {
    /// Its mode.
    pub mode: ModeView,
    /// Its id.
    pub id: String,
}

/// Removes an account.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountRemoveRequest {
    /// Its mode.
    pub mode: ModeView,
    /// Its id.
    pub id: String,
    /// Whether its data goes too; the key always goes.
    pub forget_data: bool,
}

/// What was removed.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct AccountRemoved {
    /// The account's id.
    pub id: String,
    /// Whether its data went too.
    pub data_forgotten: bool,
}

/// Starts a sync.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SyncRequest {
    /// The mode.
    pub mode: ModeView,
    /// One account, or all of the mode.
    #[serde(default)]
    pub account: Option<String>,
    /// Whether to read every list again and prove the copy from nothing.
    #[serde(default)]
    pub full: bool,
}

/// How much the user looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, TS)]
#[serde(rename_all = "snake_case")]
pub enum AttentionView {
    /// The window has the focus.
    Focused,
    /// It is open and not looked at.
    Idle,
    /// It is hidden.
    Asleep,
}

/// Says what is being looked at, so that syncs in the background come as often as is useful.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct PresenceRequest {
    /// The mode in view.
    pub mode: ModeView,
    /// How much it is looked at.
    pub attention: AttentionView,
}

/// Nothing more to say.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct Noted {}

/// How one resource stands in a sync.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ResourceProgress {
    /// Named like the provider's list path.
    pub resource: String,
    /// Objects brought in this run.
    pub fetched: u64,
    /// Objects left to be brought, roughly; `None` while nothing is known of that.
    pub left: Option<u64>,
    /// Whether this resource is finished.
    pub done: bool,
}

/// How one account stands in a sync.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct AccountProgress {
    /// The account.
    pub account: String,
    /// What the user calls it.
    pub name: String,
    /// Each resource, in the order they are read.
    pub resources: Vec<ResourceProgress>,
    /// Requests sent in this run.
    pub requests: u64,
    /// Seconds since it began.
    pub seconds: f64,
    /// How many seconds are left, roughly.
    pub seconds_left: Option<f64>,
    /// What it is at: `reprojecting`, `walking`, `deriving`, `changes`, `sweeping`, `proving` or `ended`.
    pub phase: String,
    /// Whether it is at work now.
    pub running: bool,
    /// Whether everything is here and the proof held; false while running.
    pub complete: bool,
    /// What could not be done, in plain words.
    pub warnings: Vec<String>,
    /// Why it stopped short.
    pub error: Option<ApiErrorView>,
}

/// How a mode's sync stands.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct SyncStatus {
    /// The mode.
    pub mode: ModeView,
    /// Whether any account is at work.
    pub running: bool,
    /// Each account of the mode.
    pub accounts: Vec<AccountProgress>,
    /// The instant the data is as of: the oldest of the accounts, RFC 3339.
    pub as_of: Option<String>,
    /// The change counter of the mode's file.
    pub revision: u64,
    /// Whether the last attempt failed to reach the provider.
    pub offline: bool,
}

/// Asks for the overview.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OverviewRequest {
    /// The mode.
    pub mode: ModeView,
    /// The currency to show; the one with the most subscribers when not given.
    #[serde(default)]
    pub currency: Option<String>,
}

/// A figure beside an earlier one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ChangeView {
    /// The difference with its sign in the text.
    pub amount: MoneyView,
    /// With one decimal, for instance `4.2`; `None` when the earlier figure is zero.
    pub percent: Option<String>,
    /// `up`, `down` or `flat`.
    pub direction: String,
    /// The day compared with, `YYYY-MM-DD`.
    pub since: String,
}

/// MRR of one currency.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CurrencyFigure {
    /// The currency.
    pub currency: String,
    /// Its MRR.
    pub mrr: MoneyView,
    /// Its active subscribers.
    pub active_subscribers: u64,
}

/// The figures at the top of the overview.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct Overview {
    /// The mode.
    pub mode: ModeView,
    /// The currency shown; `None` while there is nothing to show.
    pub currency: Option<String>,
    /// Every currency with a ledger, the largest first.
    pub currencies: Vec<CurrencyFigure>,
    /// The policy that made the figures.
    pub policy: String,
    /// The instant the figures are as of, RFC 3339.
    pub as_of: Option<String>,
    /// Whether everything was synced; a figure from a partial copy says so.
    pub complete: bool,
    /// Whether the past rests partly on the present state carried back.
    pub inferred: bool,
    /// Monthly recurring revenue.
    pub mrr: Option<MoneyView>,
    /// Against the end of last month.
    pub mrr_change: Option<ChangeView>,
    /// Customers with MRR above zero, or free by discount.
    pub active_subscribers: u64,
    /// Against the end of last month.
    pub active_change: i64,
    /// MRR ÷ active subscribers.
    pub arpa: Option<MoneyView>,
    /// Customers in the file, deleted ones left out.
    pub customers: u64,
}

/// A customer as a row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CustomerRow {
    /// The provider's id.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// `stripe`.
    pub provider: String,
    /// The name, when the provider has one.
    pub name: Option<String>,
    /// The e-mail address, when the provider has one.
    pub email: Option<String>,
    /// ISO 3166 code.
    pub country: Option<String>,
    /// The day it was created, `YYYY-MM-DD`.
    pub created: String,
    /// `active`, `free`, `trialing`, `past_due`, `paused`, `churned`, `none` (never subscribed) or `deleted`.
    pub standing: String,
    /// MRR now, one for each currency; empty when nothing is subscribed to.
    pub mrr: Vec<MoneyView>,
    /// Money received less money refunded, one for each currency.
    pub paid: Vec<MoneyView>,
}

/// Asks for one customer.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct CustomerRequest {
    /// The mode.
    pub mode: ModeView,
    /// The provider's id.
    pub id: String,
}

/// What a subscription bills, in one line.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubscriptionItemView {
    /// The provider's id of the item.
    pub id: String,
    /// The product's name or the price's id.
    pub product: String,
    /// The price's id.
    pub price: String,
    /// The quantity, when the price counts one.
    pub quantity: Option<i64>,
    /// For instance `$29.00 per month` or `graduated tiers per year`.
    pub terms: String,
}

/// A subscription as a strip.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SubscriptionView {
    /// The provider's id.
    pub id: String,
    /// One of our nine words.
    pub status: String,
    /// What it bills.
    pub items: Vec<SubscriptionItemView>,
    /// Its MRR now.
    pub mrr: MoneyView,
    /// The discounts in force, for instance `20 % off until 2027-01-31`.
    pub discounts: Vec<String>,
    /// When it renews, ends or ended, in plain words.
    pub outlook: String,
    /// When it began, `YYYY-MM-DD`.
    pub started: String,
    /// What can be asked for as it stands: `plan_change`, `keep_plan`, `cancel`, `uncancel`, `pause`, `resume`, `trial`, `coupon`,
    /// `remove_coupon`.
    pub acts: Vec<String>,
    /// Its currency.
    pub currency: String,
}

/// One thing that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct TimelineEntry {
    /// When, RFC 3339.
    pub at: String,
    /// `customer`, `subscription`, `mrr`, `invoice`, `payment`, `payment_failed`, `refund`, `dispute` or `note`.
    pub kind: String,
    /// What happened, as a sentence.
    pub sentence: String,
    /// The amount concerned.
    pub amount: Option<MoneyView>,
    /// The provider's id of the object behind it, or a note's.
    pub id: String,
    /// What can be asked for on that object as it stands: `refund`, or `pay`, `send`, `credit_note`, `void`, `uncollectible`.
    pub acts: Vec<String>,
    /// What somebody wrote, where that is what stands here.
    pub note: Option<NoteView>,
}

/// One customer with everything that happened.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct CustomerDetail {
    /// The row.
    pub customer: CustomerRow,
    /// Subscriptions, running ones first.
    pub subscriptions: Vec<SubscriptionView>,
    /// Newest first, at most 500 entries and all notes.
    pub timeline: Vec<TimelineEntry>,
    /// Whether older entries were left out.
    pub timeline_cut: bool,
    /// The instant the data is as of, RFC 3339.
    pub as_of: Option<String>,
    /// The customer's page at the provider, when it has one.
    pub provider_url: Option<String>,
}

/// Asks for hits.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct SearchRequest {
    /// The mode.
    pub mode: ModeView,
    /// What was typed.
    pub text: String,
    /// At most 200.
    pub limit: u32,
}

/// One hit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchHit {
    /// `customer`, `subscription`, `invoice`, `payment`, `refund`.
    pub kind: String,
    /// The provider's id.
    pub id: String,
    /// The account it belongs to.
    pub account: String,
    /// What to show first.
    pub title: String,
    /// What to show beside it.
    pub detail: String,
    /// The customer it belongs to.
    pub customer: Option<String>,
}

/// The hits.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct SearchResults {
    /// The best first.
    pub items: Vec<SearchHit>,
}

/// Opens the simulated merchant.
#[derive(Debug, Clone, Default, Serialize, Deserialize, TS)]
pub struct DemoRequest {
    /// The world's seed.
    #[serde(default)]
    pub seed: Option<u64>,
    /// How many customers signed up.
    #[serde(default)]
    pub customers: Option<u32>,
}

/// What went wrong, what it means and what to do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ApiErrorView {
    /// One of the closed set of codes.
    pub code: String,
    /// What happened, in one sentence.
    pub message: String,
    /// What to do, when something can be done.
    pub hint: Option<String>,
}

/// Sent to every open window when something changed; the window asks again for what it shows.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, TS)]
pub struct Changed {
    /// The mode whose file changed.
    pub mode: ModeView,
    /// The file's change counter.
    pub revision: u64,
    /// The kinds that changed, named like the tables: `customers`, `subscriptions`, `metrics`, `accounts`, `sync`, …
    pub kinds: Vec<String>,
}

/// What an operation made or changed at the provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperationResult {
    /// The provider's id of it.
    pub id: String,
}

/// What is the matter with an operation.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperationProblem {
    /// A word for programs: the provider's code, or ours.
    pub code: String,
    /// A sentence for people.
    pub message: String,
}

/// One line of what a change of plan would cost.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewLineView {
    /// The provider's words.
    pub description: String,
    /// How much; below zero for what is credited.
    pub amount: MoneyView,
    /// Whether it is for a part of a period because something changes.
    pub proration: bool,
}

/// What a change of plan would cost, as the provider reckons it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct PreviewView {
    /// The lines of the next bill.
    pub lines: Vec<PreviewLineView>,
    /// Before tax.
    pub subtotal: MoneyView,
    /// Tax.
    pub tax: MoneyView,
    /// With tax.
    pub total: MoneyView,
    /// What would be collected with that bill.
    pub amount_due: MoneyView,
    /// What of it would be collected at once.
    pub due_now: MoneyView,
    /// Whether the bill is made at once.
    pub billed_now: bool,
    /// When it is made otherwise, RFC 3339.
    pub billed_at: Option<String>,
    /// The instant from which the rest of the period was reckoned, RFC 3339.
    pub reckoned_from: String,
}

/// One thing that an operation would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct EffectView {
    /// A word for it, such as `customer_gets`, `fee`, `mrr`.
    pub what: String,
    /// A sentence, which the amount follows where there is one.
    pub text: String,
    /// The amount.
    pub amount: Option<MoneyView>,
}

/// An operation: something that is to be done, is being done or was done at a provider.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperationView {
    /// Our id.
    pub id: String,
    /// The mode it belongs to.
    pub mode: ModeView,
    /// The account.
    pub account: String,
    /// `refund`, `plan_change`, `cancel`, …
    pub kind: String,
    /// `draft`, `awaiting_approval`, `queued`, `sending`, `done`, `pending`, `refused`, `unknown`, `needs_review` or `discarded`.
    pub state: String,
    /// The provider's id of what it is about.
    pub target: String,
    /// The kind of that object, named like the provider's list path.
    pub target_kind: String,
    /// The customer concerned.
    pub customer: Option<String>,
    /// That customer's name, else e-mail, where the copy has it.
    pub customer_name: Option<String>,
    /// What it is, beside the object that it is about.
    pub title: String,
    /// What it is, in one sentence.
    pub sentence: String,
    /// The amount, where somebody chose one.
    pub amount: Option<MoneyView>,
    /// Requests sent for it.
    pub attempts: u32,
    /// The request that is next or under way, from 0.
    pub step: u8,
    /// How many there are.
    pub steps: u8,
    /// What it made or changed at the provider.
    pub result: Option<OperationResult>,
    /// What is the matter with it.
    pub problem: Option<OperationProblem>,
    /// The provider's name for the last request, for a question to its support.
    pub request_id: Option<String>,
    /// Why, in the words of whoever asked for it.
    pub note: Option<String>,
    /// Who asked for it.
    pub asked_by: String,
    /// Who approved it.
    pub approved_by: Option<String>,
    /// Whether what was approved was not asked at the provider.
    pub estimated: bool,
    /// What was approved to be paid.
    pub preview: Option<PreviewView>,
    /// What would take it back, in one sentence.
    pub undo: Option<String>,
    /// Not to be sent before, RFC 3339.
    pub not_before: Option<String>,
    /// When it was accepted, RFC 3339.
    pub created_at: String,
    /// When it last moved, RFC 3339.
    pub changed_at: String,
}

/// An action to look at before it is accepted.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OperationRequest {
    /// The mode.
    pub mode: ModeView,
    /// What is wanted.
    pub wish: Wish,
    /// Whether the provider is not to be asked.
    #[serde(default)]
    pub offline: bool,
}

/// What an action would do.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperationPreview {
    /// The mode it would happen in.
    pub mode: ModeView,
    /// `refund`, `plan_change`, `cancel`, …
    pub kind: String,
    /// The provider's id of what it is about.
    pub target: String,
    /// The kind of that object.
    pub target_kind: String,
    /// The customer concerned.
    pub customer: Option<String>,
    /// What it is, in one sentence.
    pub sentence: String,
    /// The amount, where there is one.
    pub amount: Option<MoneyView>,
    /// What it does, line by line.
    pub effects: Vec<EffectView>,
    /// The provider's reckoning of a change of plan.
    pub preview: Option<PreviewView>,
    /// Whether the provider could not be asked, so that it will be asked before anything is sent.
    pub estimated: bool,
    /// Whether a note is needed.
    pub needs_note: bool,
    /// The amount that has to be typed again, where that is needed.
    pub needs_amount: Option<MoneyView>,
    /// Whether another operator has to approve.
    pub needs_approval: bool,
    /// Whether an operator has to be named.
    pub needs_operator: bool,
}

/// An action to accept.
#[derive(Debug, Deserialize, TS)]
pub struct OperationSubmit {
    /// The mode.
    pub mode: ModeView,
    /// What is wanted.
    pub wish: Wish,
    /// Why; needed for money that leaves in live mode.
    #[serde(default)]
    pub note: Option<String>,
    /// Who asks, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
    /// The amount typed again, where that is needed.
    #[serde(default)]
    pub typed_amount: Option<String>,
    /// The total of the reckoning that was shown; refused when it is another now.
    #[serde(default)]
    pub approved_total: Option<i64>,
    /// Whether it is to wait in the outbox.
    #[serde(default)]
    pub offline: bool,
}

/// Which operations.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct OutboxRequest {
    /// The mode.
    pub mode: ModeView,
    /// Those that stand so.
    #[serde(default)]
    pub state: Option<String>,
    /// Those of one customer.
    #[serde(default)]
    pub customer: Option<String>,
    /// Those about one object.
    #[serde(default)]
    pub target: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub before: Option<i64>,
    /// So many at most.
    pub limit: u32,
}

/// How many operations stand so.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxCount {
    /// The state.
    pub state: String,
    /// How many.
    pub count: u64,
}

/// Operations, newest first.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxList {
    /// The operations.
    pub operations: Vec<OperationView>,
    /// What to give as `before` for the next page.
    pub next: Option<i64>,
    /// How many there are in each state.
    pub counts: Vec<OutboxCount>,
    /// What is wrong with the action log, followed when the file was opened. Nothing is sent by itself then.
    pub log_fault: Option<ApiErrorView>,
}

/// What a run of the outbox came to.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OutboxRun {
    /// How often an operation moved.
    pub moved: u64,
    /// Whether the network was in the way.
    pub offline: bool,
    /// Whether another Coffer was at it already.
    pub elsewhere: bool,
}

/// One operation, and who asks.
#[derive(Debug, Deserialize, TS)]
pub struct OperationRef {
    /// The mode.
    pub mode: ModeView,
    /// Our id.
    pub id: String,
    /// Who asks, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
}

/// Which lines of the action log.
#[derive(Debug, Clone, Serialize, Deserialize, TS)]
pub struct ActionLogRequest {
    /// The mode.
    pub mode: ModeView,
    /// Those of one operation, oldest first; otherwise the newest come first.
    #[serde(default)]
    pub operation: Option<String>,
    /// The `next` of the page before.
    #[serde(default)]
    pub before: Option<i64>,
    /// So many at most.
    pub limit: u32,
}

/// A line of the action log.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionLine {
    /// Its place, from 1.
    pub seq: i64,
    /// When, RFC 3339.
    pub at: String,
    /// Who: an operator, the owner, or the program going on with what was accepted.
    pub who: String,
    /// The operation it is about.
    pub operation: Option<String>,
    /// What happened: `accepted`, `sending`, `answered`, `looked`, `held_up`, `discarded`, …
    pub action: String,
    /// The rest, as JSON text: that is what the hash is over.
    pub detail: String,
    /// Its hash, which the next line builds upon.
    pub hash: String,
}

/// Lines of the action log.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionLog {
    /// The lines.
    pub items: Vec<ActionLine>,
    /// What to give as `before` for the next page.
    pub next: Option<i64>,
}

/// That the log holds together.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct ActionLogProof {
    /// How many lines it has.
    pub lines: i64,
    /// The last line's hash.
    pub last: Option<String>,
}

/// Limits, in minor units by currency.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct LimitsView {
    /// The most that one refund may give back.
    #[serde(default)]
    pub each: BTreeMap<String, i64>,
    /// The most that is given back within twenty-four hours.
    #[serde(default)]
    pub day: BTreeMap<String, i64>,
    /// Above this the amount of a live action has to be typed.
    #[serde(default)]
    pub typed_above: BTreeMap<String, i64>,
    /// Above this another operator has to approve.
    #[serde(default)]
    pub approval_above: BTreeMap<String, i64>,
}

/// Asks for the limits, or sets them.
#[derive(Debug, Deserialize, TS)]
pub struct LimitsRequest {
    /// The mode.
    pub mode: ModeView,
    /// The limits from now on; as they are when left out.
    #[serde(default)]
    pub set: Option<LimitsView>,
    /// Who asks, where there are operators.
    #[serde(default)]
    pub operator: Option<String>,
    /// The operator's PIN. It is read once and kept nowhere.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub pin: Option<SecretString>,
}

/// Somebody who may act here.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatorView {
    /// The name.
    pub name: String,
    /// Since when, RFC 3339.
    pub added_at: String,
}

/// Who may act here.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize, TS)]
pub struct OperatorList {
    /// By name.
    pub items: Vec<OperatorView>,
}

/// An operator to add, or to give a new PIN.
#[derive(Debug, Deserialize, TS)]
pub struct OperatorAddRequest {
    /// The mode.
    pub mode: ModeView,
    /// The name.
    pub name: String,
    /// The PIN. It is read once and kept as a hash.
    #[ts(type = "string")]
    pub pin: SecretString,
    /// Who adds, where there are operators already.
    #[serde(default)]
    pub by: Option<String>,
    /// The PIN of who adds.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub by_pin: Option<SecretString>,
}

/// An operator to take out.
#[derive(Debug, Deserialize, TS)]
pub struct OperatorRemoveRequest {
    /// The mode.
    pub mode: ModeView,
    /// The name.
    pub name: String,
    /// Who removes.
    #[serde(default)]
    pub by: Option<String>,
    /// The PIN of who removes.
    #[serde(default)]
    #[ts(type = "string | null")]
    pub by_pin: Option<SecretString>,
}
