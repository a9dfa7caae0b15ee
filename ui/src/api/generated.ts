// Generated from the engine's list of commands by `cargo xtask bindings`; changes belong there.

/**
 * A key to add. It is read once and goes to the keychain; it cannot be serialised.
 */
export type AccountAddRequest = { 
/**
 * `stripe`.
 */
provider: string, 
/**
 * What the user calls the account.
 */
name: string, 
/**
 * The provider's secret or restricted key.
 */
key: string, 
/**
 * Another host, loopback only.
 */
api_url: string | null, 
/**
 * The mode the user expects; refused when the key belongs to the other one.
 */
expect_mode: ModeView | null, 
/**
 * For a key of an organization: the account that it is to be used for, `acct_…`.
 */
provider_account: string | null, };

/**
 * The accounts of both modes.
 */
export type AccountList = { 
/**
 * Live ones first, each in the order they were added.
 */
items: Array<AccountView>, };

/**
 * The accounts of both modes.
 */
export type AccountListRequest = Record<symbol, never>;

/**
 * How one account stands in a sync.
 */
export type AccountProgress = { 
/**
 * The account.
 */
account: string, 
/**
 * What the user calls it.
 */
name: string, 
/**
 * Each resource, in the order they are read.
 */
resources: Array<ResourceProgress>, 
/**
 * Requests sent in this run.
 */
requests: number, 
/**
 * Seconds since it began.
 */
seconds: number, 
/**
 * How many seconds are left, roughly.
 */
seconds_left: number | null, 
/**
 * What it is at: `reprojecting`, `walking`, `deriving`, `changes`, `sweeping`, `proving` or `ended`.
 */
phase: string, 
/**
 * Whether it is at work now.
 */
running: boolean, 
/**
 * Whether everything is here and the proof held; false while running.
 */
complete: boolean, 
/**
 * What could not be done, in plain words.
 */
warnings: Array<string>, 
/**
 * Why it stopped short.
 */
error: ApiErrorView | null, };

/**
 * One account.
 */
export type AccountRef = { 
/**
 * Its mode.
 */
mode: ModeView, 
/**
 * Its id.
 */
id: string, };

/**
 * Removes an account.
 */
export type AccountRemoveRequest = { 
/**
 * Its mode.
 */
mode: ModeView, 
/**
 * Its id.
 */
id: string, 
/**
 * Whether its data goes too; the key always goes.
 */
forget_data: boolean, };

/**
 * What was removed.
 */
export type AccountRemoved = { 
/**
 * The account's id.
 */
id: string, 
/**
 * Whether its data went too.
 */
data_forgotten: boolean, };

/**
 * An account as shown.
 */
export type AccountView = { 
/**
 * The account's id at the provider, for instance `acct_1A2b`.
 */
id: string, 
/**
 * Which file it lives in.
 */
mode: ModeView, 
/**
 * `stripe`.
 */
provider: string, 
/**
 * What the user calls it.
 */
name: string, 
/**
 * `restricted` or `secret`.
 */
key_kind: string, 
/**
 * The last four characters of the key.
 */
key_last4: string, 
/**
 * The loopback address it was pointed at, if any.
 */
api_url: string | null, 
/**
 * When it was added, RFC 3339.
 */
added_at: string, 
/**
 * The instant its data is as of, RFC 3339; `None` before the first complete page of everything.
 */
synced_at: string | null, 
/**
 * Whether the last sync brought everything.
 */
complete: boolean, 
/**
 * What the key may do.
 */
permissions: Array<PermissionView>, 
/**
 * What it used of the reads that the provider allows.
 */
reads: ReadsView, 
/**
 * Whether its copy was proved whole.
 */
proof: ProofView, };

/**
 * What went wrong, what it means and what to do.
 */
export type ApiErrorView = { 
/**
 * One of the closed set of codes.
 */
code: string, 
/**
 * What happened, in one sentence.
 */
message: string, 
/**
 * What to do, when something can be done.
 */
hint: string | null, };

/**
 * What the window needs before it can draw anything.
 */
export type AppState = { 
/**
 * The product's version.
 */
version: string, 
/**
 * The folder that holds the database files.
 */
home: string, 
/**
 * True inside the simulated merchant's own home.
 */
demo: boolean, 
/**
 * Where secrets are kept.
 */
secrets: SecretsKind, 
/**
 * The accounts of both modes, live first.
 */
accounts: Array<AccountView>, 
/**
 * A fault that keeps a mode's file closed (wrong key, damaged, newer version); `None` when all is well.
 */
fault: ApiErrorView | null, };

/**
 * How much the user looks.
 */
export type AttentionView = "focused" | "idle" | "asleep";

/**
 * A figure beside an earlier one.
 */
export type ChangeView = { 
/**
 * The difference with its sign in the text.
 */
amount: MoneyView, 
/**
 * With one decimal, for instance `4.2`; `None` when the earlier figure is zero.
 */
percent: string | null, 
/**
 * `up`, `down` or `flat`.
 */
direction: string, 
/**
 * The day compared with, `YYYY-MM-DD`.
 */
since: string, };

/**
 * Sent to every open window when something changed; the window asks again for what it shows.
 */
export type Changed = { 
/**
 * The mode whose file changed.
 */
mode: ModeView, 
/**
 * The file's change counter.
 */
revision: number, 
/**
 * The kinds that changed, named like the tables: `customers`, `subscriptions`, `metrics`, `accounts`, `sync`, …
 */
kinds: Array<string>, };

/**
 * A drawing with the points to hover over.
 */
export type Chart = { 
/**
 * The drawing; colours are CSS classes so that the theme applies. `None` while there is nothing to draw.
 */
svg: string | null, 
/**
 * The drawing's width in pixels.
 */
width: number, 
/**
 * The drawing's height in pixels.
 */
height: number, 
/**
 * What it shows, for screen readers and exports.
 */
title: string, 
/**
 * The currency.
 */
currency: string | null, 
/**
 * Its points in order of time.
 */
points: Array<ChartPoint>, };

/**
 * One point of a chart.
 */
export type ChartPoint = { 
/**
 * Pixels from the left.
 */
x: number, 
/**
 * Pixels from the top.
 */
y: number, 
/**
 * `YYYY-MM-DD`.
 */
date: string, 
/**
 * For people, for instance `March 2026`.
 */
label: string, 
/**
 * The figure.
 */
value: MoneyView, 
/**
 * Against the point before; `None` at the first.
 */
change: MoneyView | null, 
/**
 * Active subscribers at that point.
 */
active_subscribers: number, 
/**
 * What the figure rests on: `observed`, `invoiced` or `inferred`, the weakest of its parts.
 */
basis: string, 
/**
 * Whether the period is still running.
 */
unfinished: boolean, };

/**
 * Asks for a chart.
 */
export type ChartRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The currency; as in the overview when not given.
 */
currency: string | null, 
/**
 * How many month ends, the unfinished month included; 2 to 120.
 */
months: number, 
/**
 * Width in pixels, 240 to 4,000.
 */
width: number, 
/**
 * Height in pixels, 120 to 2,000.
 */
height: number, };

/**
 * MRR of one currency.
 */
export type CurrencyFigure = { 
/**
 * The currency.
 */
currency: string, 
/**
 * Its MRR.
 */
mrr: MoneyView, 
/**
 * Its active subscribers.
 */
active_subscribers: number, };

/**
 * One customer with everything that happened.
 */
export type CustomerDetail = { 
/**
 * The row.
 */
customer: CustomerRow, 
/**
 * Subscriptions, running ones first.
 */
subscriptions: Array<SubscriptionView>, 
/**
 * Newest first, at most 500.
 */
timeline: Array<TimelineEntry>, 
/**
 * Whether older entries were left out.
 */
timeline_cut: boolean, 
/**
 * The instant the data is as of, RFC 3339.
 */
as_of: string | null, 
/**
 * The customer's page at the provider, when it has one.
 */
provider_url: string | null, };

/**
 * A page of customers.
 */
export type CustomerPage = { 
/**
 * The rows.
 */
rows: Array<CustomerRow>, 
/**
 * How many there are in all under this search.
 */
total: number, 
/**
 * The offset of the first row.
 */
offset: number, 
/**
 * The change counter of the file they were read from.
 */
revision: number, };

/**
 * Asks for one customer.
 */
export type CustomerRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The provider's id.
 */
id: string, };

/**
 * A customer as a row.
 */
export type CustomerRow = { 
/**
 * The provider's id.
 */
id: string, 
/**
 * The account it belongs to.
 */
account: string, 
/**
 * `stripe`.
 */
provider: string, 
/**
 * The name, when the provider has one.
 */
name: string | null, 
/**
 * The e-mail address, when the provider has one.
 */
email: string | null, 
/**
 * ISO 3166 code.
 */
country: string | null, 
/**
 * The day it was created, `YYYY-MM-DD`.
 */
created: string, 
/**
 * `active`, `free`, `trialing`, `past_due`, `paused`, `churned`, `none` (never subscribed) or `deleted`.
 */
standing: string, 
/**
 * MRR now, one for each currency; empty when nothing is subscribed to.
 */
mrr: Array<MoneyView>, 
/**
 * Money received less money refunded, one for each currency.
 */
paid: Array<MoneyView>, };

/**
 * How the customers table is sorted.
 */
export type CustomerSort = "created" | "name" | "mrr";

/**
 * Asks for a page of customers.
 */
export type CustomersRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Words to find in name, e-mail or id.
 */
search: string | null, 
/**
 * The order.
 */
sort: CustomerSort, 
/**
 * Largest or newest first.
 */
descending: boolean, 
/**
 * Rows to leave out at the start.
 */
offset: number, 
/**
 * Rows wanted, at most 200.
 */
limit: number, };

/**
 * Opens the simulated merchant.
 */
export type DemoRequest = { 
/**
 * The world's seed.
 */
seed: number | null, 
/**
 * How many customers signed up.
 */
customers: number | null, };

/**
 * What a key should have, and where it is made.
 */
export type KeyGuide = { 
/**
 * Every box, reading first.
 */
permissions: Array<PermissionView>, 
/**
 * Where the key is made.
 */
links: KeyLinks, };

/**
 * Asks for the permissions that a provider's key should have.
 */
export type KeyGuideRequest = { 
/**
 * `stripe`.
 */
provider: string, };

/**
 * Pages of the provider on which a key is made, with the boxes ticked beforehand.
 */
export type KeyLinks = { 
/**
 * For a key that may only read.
 */
read_only: string, 
/**
 * For a key that may also act.
 */
with_actions: string, };

/**
 * Something that does not add up although it was fetched again.
 */
export type MismatchView = { 
/**
 * `refunds`, `invoice_payments`, `lines` or `ledger`.
 */
rule: string, 
/**
 * Named like the provider's list path.
 */
resource: string, 
/**
 * The object's id.
 */
id: string, 
/**
 * What the object says.
 */
expected: string, 
/**
 * What its parts come to.
 */
found: string, };

/**
 * A request about one mode.
 */
export type ModeRequest = { 
/**
 * The mode.
 */
mode: ModeView, };

/**
 * Which mode's file a request speaks of.
 */
export type ModeView = "live" | "test";

/**
 * An amount in the currency's minor unit with the text a person reads.
 */
export type MoneyView = { 
/**
 * Minor units as the provider counts them (cents; whole yen; thousandths of a dinar).
 */
minor: number, 
/**
 * ISO 4217 code in capitals.
 */
currency: string, 
/**
 * The amount as shown, for instance `$1,234.50` or `−€20.00`.
 */
text: string, };

/**
 * Nothing more to say.
 */
export type Noted = Record<symbol, never>;

/**
 * The figures at the top of the overview.
 */
export type Overview = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The currency shown; `None` while there is nothing to show.
 */
currency: string | null, 
/**
 * Every currency with a ledger, the largest first.
 */
currencies: Array<CurrencyFigure>, 
/**
 * The policy that made the figures.
 */
policy: string, 
/**
 * The instant the figures are as of, RFC 3339.
 */
as_of: string | null, 
/**
 * Whether everything was synced; a figure from a partial copy says so.
 */
complete: boolean, 
/**
 * Whether the past rests partly on the present state carried back.
 */
inferred: boolean, 
/**
 * Monthly recurring revenue.
 */
mrr: MoneyView | null, 
/**
 * Against the end of last month.
 */
mrr_change: ChangeView | null, 
/**
 * Customers with MRR above zero, or free by discount.
 */
active_subscribers: number, 
/**
 * Against the end of last month.
 */
active_change: number, 
/**
 * MRR ÷ active subscribers.
 */
arpa: MoneyView | null, 
/**
 * Customers in the file, deleted ones left out.
 */
customers: number, };

/**
 * Asks for the overview.
 */
export type OverviewRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The currency to show; the one with the most subscribers when not given.
 */
currency: string | null, };

/**
 * One thing a key may or may not do.
 */
export type PermissionView = { 
/**
 * The resource, named like the provider's list path.
 */
resource: string, 
/**
 * The box to tick at the provider, for instance `Customers: Read`.
 */
label: string, 
/**
 * `read` or `write`.
 */
access: string, 
/**
 * The provider's own name for the permission, for instance `rak_customer_read`.
 */
slug: string, 
/**
 * Whether the key has it; `None` when the provider gave no clear answer.
 */
granted: boolean | null, };

/**
 * Says what is being looked at, so that syncs in the background come as often as is useful.
 */
export type PresenceRequest = { 
/**
 * The mode in view.
 */
mode: ModeView, 
/**
 * How much it is looked at.
 */
attention: AttentionView, };

/**
 * Whether an account's copy was proved whole, and what stands against it.
 */
export type ProofView = { 
/**
 * When everything last held together, RFC 3339.
 */
proved_at: string | null, 
/**
 * What does not add up; the first 200.
 */
mismatches: Array<MismatchView>, 
/**
 * How many things do not add up.
 */
mismatch_count: number, 
/**
 * References to objects that the provider no longer has.
 */
gone: number, };

/**
 * What an account used of the reads that its provider allows.
 */
export type ReadsView = { 
/**
 * Requests in the last 30 days.
 */
used: number, 
/**
 * How many the provider allows in 30 days: 500 for each transaction, and never fewer than 10,000.
 */
allowed: number, };

/**
 * How one resource stands in a sync.
 */
export type ResourceProgress = { 
/**
 * Named like the provider's list path.
 */
resource: string, 
/**
 * Objects brought in this run.
 */
fetched: number, 
/**
 * Objects left to be brought, roughly; `None` while nothing is known of that.
 */
left: number | null, 
/**
 * Whether this resource is finished.
 */
done: boolean, };

/**
 * One hit.
 */
export type SearchHit = { 
/**
 * `customer`, `subscription`, `invoice`, `payment`, `refund`.
 */
kind: string, 
/**
 * The provider's id.
 */
id: string, 
/**
 * The account it belongs to.
 */
account: string, 
/**
 * What to show first.
 */
title: string, 
/**
 * What to show beside it.
 */
detail: string, 
/**
 * The customer it belongs to.
 */
customer: string | null, };

/**
 * Asks for hits.
 */
export type SearchRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * What was typed.
 */
text: string, 
/**
 * At most 200.
 */
limit: number, };

/**
 * The hits.
 */
export type SearchResults = { 
/**
 * The best first.
 */
items: Array<SearchHit>, };

/**
 * Where secrets are kept on this machine.
 */
export type SecretsKind = "keychain" | "file";

/**
 * A request that needs nothing said.
 */
export type StateRequest = Record<symbol, never>;

/**
 * What a subscription bills, in one line.
 */
export type SubscriptionItemView = { 
/**
 * The product's name or the price's id.
 */
product: string, 
/**
 * The price's id.
 */
price: string, 
/**
 * The quantity, when the price counts one.
 */
quantity: number | null, 
/**
 * For instance `$29.00 per month` or `graduated tiers per year`.
 */
terms: string, };

/**
 * A subscription as a strip.
 */
export type SubscriptionView = { 
/**
 * The provider's id.
 */
id: string, 
/**
 * One of our nine words.
 */
status: string, 
/**
 * What it bills.
 */
items: Array<SubscriptionItemView>, 
/**
 * Its MRR now.
 */
mrr: MoneyView, 
/**
 * The discounts in force, for instance `20 % off until 2027-01-31`.
 */
discounts: Array<string>, 
/**
 * When it renews, ends or ended, in plain words.
 */
outlook: string, 
/**
 * When it began, `YYYY-MM-DD`.
 */
started: string, };

/**
 * Starts a sync.
 */
export type SyncRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * One account, or all of the mode.
 */
account: string | null, 
/**
 * Whether to read every list again and prove the copy from nothing.
 */
full: boolean, };

/**
 * How a mode's sync stands.
 */
export type SyncStatus = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Whether any account is at work.
 */
running: boolean, 
/**
 * Each account of the mode.
 */
accounts: Array<AccountProgress>, 
/**
 * The instant the data is as of: the oldest of the accounts, RFC 3339.
 */
as_of: string | null, 
/**
 * The change counter of the mode's file.
 */
revision: number, 
/**
 * Whether the last attempt failed to reach the provider.
 */
offline: boolean, };

/**
 * One thing that happened.
 */
export type TimelineEntry = { 
/**
 * When, RFC 3339.
 */
at: string, 
/**
 * `customer`, `subscription`, `mrr`, `invoice`, `payment`, `payment_failed`, `refund` or `dispute`.
 */
kind: string, 
/**
 * What happened, as a sentence.
 */
sentence: string, 
/**
 * The amount concerned.
 */
amount: MoneyView | null, 
/**
 * The provider's id of the object behind it.
 */
id: string, };

/** Every command with what it takes and gives. */
export interface Commands {
  /** What the window needs before it can draw anything: the accounts, where secrets lie, whether this is the demo. */
  state: { request: StateRequest; response: AppState };
  /** Checks a key with the provider, keeps it in the keychain and records the account. */
  account_add: { request: AccountAddRequest; response: AccountView };
  /** The accounts of both modes. */
  account_list: { request: AccountListRequest; response: AccountList };
  /** Asks the provider again what the stored key may do. */
  account_check: { request: AccountRef; response: AccountView };
  /** Forgets an account's key and, when asked, its data. */
  account_remove: { request: AccountRemoveRequest; response: AccountRemoved };
  /** Which boxes a key should have ticked, and the pages that tick them beforehand. */
  key_guide: { request: KeyGuideRequest; response: KeyGuide };
  /** Says what is being looked at, so that syncs in the background come as often as is useful. */
  presence: { request: PresenceRequest; response: Noted };
  /** Starts bringing the local copy up to date, in the background. */
  sync_start: { request: SyncRequest; response: SyncStatus };
  /** How far the running sync is, or how the last one ended. */
  sync_status: { request: ModeRequest; response: SyncStatus };
  /** The figures at the top of the overview. */
  overview: { request: OverviewRequest; response: Overview };
  /** MRR by month as a drawing, with the points to hover over. */
  mrr_chart: { request: ChartRequest; response: Chart };
  /** A page of the customers table. */
  customers: { request: CustomersRequest; response: CustomerPage };
  /** One customer with subscriptions and everything that happened. */
  customer: { request: CustomerRequest; response: CustomerDetail };
  /** Finds customers, invoices, payments and ids while the user types. */
  search: { request: SearchRequest; response: SearchResults };
  /** Opens the simulated merchant in a home of its own. */
  demo_enter: { request: DemoRequest; response: AppState };
  /** Goes back from the simulated merchant to the user's own home. */
  demo_leave: { request: StateRequest; response: AppState };
}

/** Every command's name. */
export const COMMAND_NAMES = [
  "state",
  "account_add",
  "account_list",
  "account_check",
  "account_remove",
  "key_guide",
  "presence",
  "sync_start",
  "sync_status",
  "overview",
  "mrr_chart",
  "customers",
  "customer",
  "search",
  "demo_enter",
  "demo_leave",
] as const satisfies readonly (keyof Commands)[];
