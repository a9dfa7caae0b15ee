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
 * A line of the action log.
 */
export type ActionLine = { 
/**
 * Its place, from 1.
 */
seq: number, 
/**
 * When, RFC 3339.
 */
at: string, 
/**
 * Who: an operator, the owner, or the program going on with what was accepted.
 */
who: string, 
/**
 * The operation it is about.
 */
operation: string | null, 
/**
 * What happened: `accepted`, `sending`, `answered`, `looked`, `held_up`, `discarded`, …
 */
action: string, 
/**
 * The rest, as JSON text: that is what the hash is over.
 */
detail: string, 
/**
 * Its hash, which the next line builds upon.
 */
hash: string, };

/**
 * Lines of the action log.
 */
export type ActionLog = { 
/**
 * The lines.
 */
items: Array<ActionLine>, 
/**
 * What to give as `before` for the next page.
 */
next: number | null, };

/**
 * That the log holds together.
 */
export type ActionLogProof = { 
/**
 * How many lines it has.
 */
lines: number, 
/**
 * The last line's hash.
 */
last: string | null, };

/**
 * Which lines of the action log.
 */
export type ActionLogRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Those of one operation, oldest first; otherwise the newest come first.
 */
operation: string | null, 
/**
 * The `next` of the page before.
 */
before: number | null, 
/**
 * So many at most.
 */
limit: number, };

/**
 * A price with a quantity, to be added.
 */
export type AddedItem = { 
/**
 * The price.
 */
price: string, 
/**
 * How many; one when left out.
 */
quantity: number | null, };

/**
 * Writes words on a day, or puts others in their place.
 */
export type AnnotationPut = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Which are changed; new ones when left out.
 */
id: number | null, 
/**
 * The day, `YYYY-MM-DD`, from 2000 to a year ahead.
 */
day: string, 
/**
 * The words; 1 to 120 characters.
 */
text: string, };

/**
 * Takes words away.
 */
export type AnnotationRemove = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Which.
 */
id: number, };

/**
 * Words on a day.
 */
export type AnnotationView = { 
/**
 * Its number.
 */
id: number, 
/**
 * The day, `YYYY-MM-DD`.
 */
day: string, 
/**
 * The words.
 */
text: string, 
/**
 * When they were written, or changed last, RFC 3339.
 */
written_at: string, };

/**
 * All words on days of a mode.
 */
export type Annotations = { 
/**
 * In order of their days.
 */
items: Array<AnnotationView>, 
/**
 * How many there may be.
 */
most: number, 
/**
 * How many characters each may have.
 */
characters: number, };

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
 * A backup that was made.
 */
export type BackupMade = { 
/**
 * Where it lies.
 */
file: string, 
/**
 * How long it is.
 */
bytes: number, 
/**
 * What it is as of.
 */
made_at: string, };

/**
 * Asks for a backup.
 */
export type BackupRequest = { 
/**
 * The mode whose file it is of.
 */
mode: ModeView, 
/**
 * What opens it again. It is read once and kept nowhere.
 */
passphrase: string, };

/**
 * A bar of the drawing.
 */
export type BarView = { 
/**
 * Pixels from the left, its middle.
 */
x: number, 
/**
 * Pixels from the top, the line between gains and losses.
 */
y: number, 
/**
 * The period's first day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * What it stands for: opening, the movements and closing.
 */
point: PointView, 
/**
 * The difference of closing and opening, with its sign.
 */
change: MoneyView, };

/**
 * A metric of a summary beside ours.
 */
export type BesideView = { 
/**
 * The month.
 */
month: string, 
/**
 * What it is called.
 */
name: string, 
/**
 * Ours; nothing where we have none.
 */
ours: string | null, 
/**
 * Theirs.
 */
theirs: string, 
/**
 * Ours less theirs; nothing where we have none.
 */
difference: string | null, 
/**
 * Whether both are the same as they are written.
 */
same: boolean, };

/**
 * What sort of cause it is.
 */
export type CauseSort = "rule" | "sides" | "weak" | "unexplained";

/**
 * What one cause makes of a difference.
 */
export type CauseView = { 
/**
 * Its word, the same as on the command line.
 */
cause: string, 
/**
 * What sort of cause it is.
 */
sort: CauseSort, 
/**
 * Its name for people.
 */
title: string, 
/**
 * What it says, and what to do where something can be done.
 */
says: string, 
/**
 * Ours less theirs, with its sign.
 */
difference: MoneyView, 
/**
 * Its part of the whole difference, `75.0 %`; nothing where the whole is none.
 */
share: string | null, 
/**
 * How many customers are behind it.
 */
customers: number, 
/**
 * Those with the largest parts.
 */
largest: Array<CustomerGap>, 
/**
 * How many are not named here.
 */
rest_customers: number, 
/**
 * What those and what is no single customer's come to.
 */
rest: MoneyView, };

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
 * How wide a period is, in pixels.
 */
step: number, 
/**
 * How far down the figures reach; the axis is below.
 */
floor: number, 
/**
 * How far down marks of words stand.
 */
marks_y: number, 
/**
 * Its points in order of time.
 */
points: Array<ChartPoint>, 
/**
 * Words on its days.
 */
notes: Array<ChartNote>, };

/**
 * A chart as a file.
 */
export type ChartExport = { 
/**
 * What the file is to be called: with mode, figure, currency and day.
 */
file_name: string, 
/**
 * What is in it.
 */
media_type: string, 
/**
 * The file's text, where it is text.
 */
text: string | null, 
/**
 * The file's bytes in base64, where it is not.
 */
base64: string | null, };

/**
 * Asks for a chart as a file, as it is seen.
 */
export type ChartExportRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Which chart.
 */
chart: ChartName, 
/**
 * Which file.
 */
form: ChartForm, 
/**
 * In which colours; means nothing for text.
 */
theme: ChartTheme, 
/**
 * The ledger; the main one when left out.
 */
currency: string | null, 
/**
 * The policy, for movements; the preferred one when left out.
 */
policy: string | null, 
/**
 * `day`, `week` or `month`; MRR is drawn by month.
 */
every: string, 
/**
 * How many periods, the unfinished one included; 2 to 120.
 */
periods: number, 
/**
 * What MRR is compared with.
 */
compare: Comparison | null, 
/**
 * Width of the whole picture in pixels, 240 to 4,000.
 */
width: number, 
/**
 * Height of the whole picture in pixels, 120 to 2,000.
 */
height: number, };

/**
 * Which file.
 */
export type ChartForm = "svg" | "png" | "csv";

/**
 * Which chart.
 */
export type ChartName = "mrr" | "movements";

/**
 * Words on days of one period.
 */
export type ChartNote = { 
/**
 * Its number in the picture.
 */
number: number, 
/**
 * Pixels from the left.
 */
x: number, 
/**
 * The period's last day, as the point's.
 */
date: string, 
/**
 * The words, in order of their days.
 */
items: Array<AnnotationView>, };

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
 * The period's first day, `YYYY-MM-DD`.
 */
from: string, 
/**
 * Its last day, `YYYY-MM-DD`.
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
unfinished: boolean, 
/**
 * What moved it within the period: opening, the movements, closing.
 */
moved: Array<ValueView>, 
/**
 * What it is compared with, where that was asked for.
 */
earlier: EarlierPoint | null, };

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
 * What it is compared with; nothing when left out.
 */
compare: Comparison | null, 
/**
 * Width in pixels, 240 to 4,000.
 */
width: number, 
/**
 * Height in pixels, 120 to 2,000.
 */
height: number, };

/**
 * In which colours.
 */
export type ChartTheme = "light" | "dark";

/**
 * The prices and coupons of an account that can still be sold.
 */
export type Choices = { 
/**
 * By product and terms.
 */
prices: Array<PriceChoice>, 
/**
 * By name.
 */
coupons: Array<CouponChoice>, };

/**
 * Asks for the prices and coupons of an account.
 */
export type ChoicesRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The account.
 */
account: string, 
/**
 * Prices in this currency alone.
 */
currency: string | null, };

/**
 * A cell of the triangle.
 */
export type CohortCell = { 
/**
 * The value, for people.
 */
text: string, 
/**
 * Its part of the first in percent with one decimal.
 */
percent: string | null, 
/**
 * The same in whole percent, for a shade; what is above a hundred stays so.
 */
shade: number, };

/**
 * Those who first paid in one month.
 */
export type CohortView = { 
/**
 * The month, `2026-01`.
 */
month: string, 
/**
 * How many they are.
 */
size: number, 
/**
 * At the end of that month and of each after it.
 */
cells: Array<CohortCell>, };

/**
 * The retention triangle.
 */
export type CohortsAnswer = { 
/**
 * Its currency, of revenue.
 */
currency: string | null, 
/**
 * Whether everything was synced.
 */
complete: boolean, 
/**
 * The instant it is as of, RFC 3339.
 */
as_of: string | null, 
/**
 * The oldest first.
 */
cohorts: Array<CohortView>, };

/**
 * Asks for the retention triangle.
 */
export type CohortsRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * `customers` or `revenue`.
 */
measure: string, 
/**
 * The ledger, of revenue; the main one when left out.
 */
currency: string | null, 
/**
 * The policy; the preferred one when left out.
 */
policy: string | null, };

/**
 * What a line is compared with.
 */
export type Comparison = "previous" | "year";

/**
 * A host that was contacted.
 */
export type ContactView = { 
/**
 * From which mode.
 */
mode: ModeView, 
/**
 * The host; with the address where it is this machine.
 */
host: string, 
/**
 * Requests sent.
 */
requests: number, 
/**
 * The first, RFC 3339.
 */
first_at: string, 
/**
 * The latest, RFC 3339.
 */
last_at: string, };

/**
 * A coupon that could be put on a subscription.
 */
export type CouponChoice = { 
/**
 * The provider's id.
 */
id: string, 
/**
 * The name customers see, else the id.
 */
name: string, 
/**
 * For instance `20 % off`.
 */
terms: string, };

/**
 * A part of an invoice.
 */
export type CreditedLine = { 
/**
 * The line, `il_…`.
 */
line: string, 
/**
 * How much of it; all of it when left out.
 */
amount: string | null, };

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
 * Newest first, at most 500 entries and all notes.
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
 * One customer's part of a difference.
 */
export type CustomerGap = { 
/**
 * The provider's id.
 */
customer: string, 
/**
 * The name, else e-mail, where the copy has one.
 */
name: string | null, 
/**
 * Whether the copy has the customer, so that there is a page to open.
 */
here: boolean, 
/**
 * The provider's page of a customer whom the copy has not.
 */
address: string | null, 
/**
 * Ours.
 */
ours: MoneyView, 
/**
 * Theirs.
 */
theirs: MoneyView, 
/**
 * Ours less theirs, with its sign.
 */
difference: MoneyView, };

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
 * A file with data of a merchant's.
 */
export type DataFile = { 
/**
 * Its mode.
 */
mode: ModeView, 
/**
 * Its name in the folder.
 */
name: string, 
/**
 * Its size in bytes, with what is not yet merged into it.
 */
bytes: number, 
/**
 * What it is encrypted with.
 */
encryption: string, };

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
 * The same figure at an earlier time.
 */
export type EarlierPoint = { 
/**
 * The day, `YYYY-MM-DD`.
 */
date: string, 
/**
 * For people: a month, or the day where the month is not over.
 */
label: string, 
/**
 * Pixels from the top; `None` where there is no history.
 */
y: number | null, 
/**
 * The figure then.
 */
value: MoneyView | null, 
/**
 * By how much it is more now, with its sign.
 */
difference: MoneyView | null, 
/**
 * The same in percent with its sign and one decimal, for instance `+4.2 %`.
 */
percent: string | null, 
/**
 * `up`, `down` or `flat`.
 */
direction: string, 
/**
 * Why something of it is undefined.
 */
why: string | null, };

/**
 * One thing that an operation would do.
 */
export type EffectView = { 
/**
 * A word for it, such as `customer_gets`, `fee`, `mrr`.
 */
what: string, 
/**
 * A sentence, which the amount follows where there is one.
 */
text: string, 
/**
 * The amount.
 */
amount: MoneyView | null, };

/**
 * A figure, taken apart.
 */
export type ExplainAnswer = { 
/**
 * The metric.
 */
metric: string, 
/**
 * The period's last day.
 */
date: string, 
/**
 * The policy.
 */
policy: string, 
/**
 * The ledger.
 */
currency: string | null, 
/**
 * The figure, for people.
 */
text: string, 
/**
 * The figure and the sum of all rows, exactly.
 */
exact: string, 
/**
 * The rows of this page.
 */
rows: Array<ExplainRow>, 
/**
 * Where the next page begins.
 */
next: string | null, 
/**
 * The exact sum of the rows that are not on this page.
 */
rest: string, 
/**
 * Whether everything was synced.
 */
complete: boolean, };

/**
 * Asks what a figure is made of.
 */
export type ExplainRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * A metric, or a movement such as `new` or `churn`.
 */
metric: string, 
/**
 * The day, or one of the period meant; the present when left out.
 */
date: string | null, 
/**
 * The length of the period.
 */
every: string, 
/**
 * The ledger; the main one when left out.
 */
currency: string | null, 
/**
 * The policy; the preferred one when left out.
 */
policy: string | null, 
/**
 * One customer alone.
 */
customer: string | null, 
/**
 * The `next` of the page before.
 */
after: string | null, 
/**
 * Rows at most.
 */
limit: number, };

/**
 * A row that a figure is made of.
 */
export type ExplainRow = { 
/**
 * The customer's id.
 */
customer: string, 
/**
 * Its name, else e-mail.
 */
customer_name: string | null, 
/**
 * The subscription.
 */
subscription: string | null, 
/**
 * The item, or the object that moved money.
 */
item: string | null, 
/**
 * Its part, for people.
 */
text: string, 
/**
 * Its part, exactly.
 */
exact: string, 
/**
 * What it is made of, in sentences.
 */
because: Array<string>, };

/**
 * What kind of export it was.
 */
export type ExportKind = "customer_months" | "customer_changes" | "summary";

/**
 * What lies ahead.
 */
export type ForecastAnswer = { 
/**
 * The ledger.
 */
currency: string, 
/**
 * The policy.
 */
policy: string, 
/**
 * Whether everything was synced.
 */
complete: boolean, 
/**
 * MRR now.
 */
mrr: MoneyView, 
/**
 * The same without what is to end.
 */
committed: MoneyView, 
/**
 * Changes that are known to come, the nearest first; the first thousand.
 */
known: Array<KnownAheadView>, 
/**
 * How many there are.
 */
known_count: number, 
/**
 * The months ahead; empty where there is not enough history.
 */
months: Array<MonthAheadView>, 
/**
 * How the model is called.
 */
model: string | null, 
/**
 * How far off such forecasts would have been, in words.
 */
error: string | null, 
/**
 * Why there is no forecast.
 */
missing: string | null, };

/**
 * Asks what lies ahead.
 */
export type ForecastRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The ledger; the main one when left out.
 */
currency: string | null, 
/**
 * The policy; the preferred one when left out.
 */
policy: string | null, };

/**
 * Asks for an invoice's PDF.
 */
export type InvoiceDocumentRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The invoice's id.
 */
id: string, };

/**
 * An invoice's PDF.
 */
export type InvoiceDocumentView = { 
/**
 * What a file of it is called; in test mode it says so.
 */
file_name: string, 
/**
 * The PDF in base64.
 */
base64: string, 
/**
 * When it was fetched from the provider.
 */
fetched_at: string, 
/**
 * Why it may not show the invoice as it is now; `null` where it does.
 */
older: string | null, };

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
 * A change that is known to come.
 */
export type KnownAheadView = { 
/**
 * When.
 */
date: string, 
/**
 * Whose.
 */
customer: string, 
/**
 * The name, else e-mail.
 */
customer_name: string | null, 
/**
 * Of which subscription.
 */
subscription: string, 
/**
 * `cancellation`, `discount`, `trial_end`, `schedule` or `resume`.
 */
why: string, 
/**
 * By how much a month, with its sign.
 */
delta: MoneyView, };

/**
 * One limit.
 */
export type LimitRow = { 
/**
 * `each`, `day`, `typed_above` or `approval_above`.
 */
rule: string, 
/**
 * How much.
 */
amount: MoneyView, 
/**
 * The same as it would be typed.
 */
decimal: string, };

/**
 * Sets one limit or takes it away.
 */
export type LimitSetRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * `each`, `day`, `typed_above` or `approval_above`.
 */
rule: string, 
/**
 * The currency.
 */
currency: string, 
/**
 * A decimal of that currency; not limited when left out.
 */
amount: string | null, 
/**
 * Who asks, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, };

/**
 * The limits, one row for each that is set.
 */
export type LimitTable = { 
/**
 * By currency, then by rule.
 */
rows: Array<LimitRow>, };

/**
 * Asks for the limits, or sets them.
 */
export type LimitsRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The limits from now on; as they are when left out.
 */
set: LimitsView | null, 
/**
 * Who asks, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, };

/**
 * Limits, in minor units by currency.
 */
export type LimitsView = { 
/**
 * The most that one refund may give back.
 */
each: { [key in string]: number }, 
/**
 * The most that is given back within twenty-four hours.
 */
day: { [key in string]: number }, 
/**
 * Above this the amount of a live action has to be typed.
 */
typed_above: { [key in string]: number }, 
/**
 * Above this another operator has to approve.
 */
approval_above: { [key in string]: number }, };

/**
 * A mark of MRR.
 */
export type MarkView = { 
/**
 * The amount.
 */
amount: MoneyView, 
/**
 * The same as it is typed.
 */
typed: string, };

/**
 * Figures over time.
 */
export type MetricsAnswer = { 
/**
 * The policy that made them.
 */
policy: string, 
/**
 * The instant they are as of, RFC 3339.
 */
as_of: string | null, 
/**
 * Whether everything was synced.
 */
complete: boolean, 
/**
 * Every currency that has a ledger.
 */
currencies: Array<string>, 
/**
 * The series: one, or one for each part.
 */
series: Array<SeriesView>, };

/**
 * Which figures.
 */
export type MetricsRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Names of metrics.
 */
metrics: Array<string>, 
/**
 * The first day, `YYYY-MM-DD`; eleven months before the last when left out.
 */
from: string | null, 
/**
 * The last day; the present when left out.
 */
to: string | null, 
/**
 * `day`, `week` or `month`.
 */
every: string, 
/**
 * The ledger; the main one when left out.
 */
currency: string | null, 
/**
 * The policy; the preferred one when left out.
 */
policy: string | null, 
/**
 * Cut by `plan`, `country`, `interval`, `provider` or `currency`.
 */
by: string | null, };

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
 * A month ahead.
 */
export type MonthAheadView = { 
/**
 * Its last day.
 */
date: string, 
/**
 * Below this in one of ten.
 */
low: MoneyView, 
/**
 * What is expected.
 */
expected: MoneyView, 
/**
 * Above this in one of ten.
 */
high: MoneyView, };

/**
 * How much one kind of movement made.
 */
export type MovedPart = { 
/**
 * `new`, `expansion`, `reactivation`, `contraction`, `churn` or `fx`.
 */
kind: string, 
/**
 * What it did to MRR, with its sign.
 */
amount: MoneyView, };

/**
 * How MRR moved over a span that ends now.
 */
export type MovedSpan = { 
/**
 * `day`, `month` or `year`.
 */
span: string, 
/**
 * Its first day.
 */
from: string, 
/**
 * The present day.
 */
date: string, 
/**
 * By how much, with its sign.
 */
change: MoneyView, 
/**
 * The same in percent with one decimal; `None` where MRR was zero before.
 */
percent: string | null, 
/**
 * `up`, `down` or `flat`.
 */
direction: string, 
/**
 * What makes it; kinds that moved nothing are left out.
 */
parts: Array<MovedPart>, };

/**
 * Movements, drawn.
 */
export type MovementsChart = { 
/**
 * The drawing; `None` while there is nothing to draw.
 */
svg: string | null, 
/**
 * Its width in pixels.
 */
width: number, 
/**
 * Its height in pixels.
 */
height: number, 
/**
 * Its currency.
 */
currency: string | null, 
/**
 * Whether everything was synced.
 */
complete: boolean, 
/**
 * How wide a period is, in pixels.
 */
step: number, 
/**
 * How far down the bars reach; the axis is below.
 */
floor: number, 
/**
 * How far down marks of words stand.
 */
marks_y: number, 
/**
 * Its bars in order of time.
 */
bars: Array<BarView>, 
/**
 * Words on its days.
 */
notes: Array<ChartNote>, };

/**
 * Asks for the movements as a drawing.
 */
export type MovementsChartRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The ledger, as for metrics.
 */
currency: string | null, 
/**
 * The policy, as for metrics.
 */
policy: string | null, 
/**
 * `day`, `week` or `month`.
 */
every: string, 
/**
 * How many periods, the unfinished one included; 2 to 120.
 */
periods: number, 
/**
 * Width in pixels, 240 to 4,000.
 */
width: number, 
/**
 * Height in pixels, 120 to 2,000.
 */
height: number, };

/**
 * Something that waits for a person.
 */
export type Need = { 
/**
 * `operation`, `dispute` or `recovery`.
 */
kind: string, 
/**
 * The object's id.
 */
id: string, 
/**
 * The customer's id, where it is one's.
 */
customer: string | null, 
/**
 * The customer's name, else e-mail.
 */
customer_name: string | null, 
/**
 * What it is, in a sentence.
 */
text: string, 
/**
 * Until when, RFC 3339.
 */
due_by: string | null, };

/**
 * What happened since somebody last looked.
 */
export type News = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Since when, RFC 3339.
 */
since: string | null, 
/**
 * Whether somebody looked then; otherwise it is the last seven days.
 */
looked: boolean, 
/**
 * Up to when, RFC 3339: what is told to be seen.
 */
until: string | null, 
/**
 * By kind; those without anything are left out.
 */
groups: Array<NewsGroup>, };

/**
 * Everything of one kind that happened.
 */
export type NewsGroup = { 
/**
 * `new`, `expansion`, `reactivation`, `contraction`, `churn`, `failed` or `dispute`.
 */
kind: string, 
/**
 * How often.
 */
count: number, 
/**
 * The newest.
 */
lines: Array<NewsLine>, };

/**
 * One thing that happened.
 */
export type NewsLine = { 
/**
 * The customer, where it is known.
 */
customer: string | null, 
/**
 * The customer's name, else e-mail.
 */
customer_name: string | null, 
/**
 * The day, `YYYY-MM-DD`.
 */
date: string, 
/**
 * How much; of a movement what it did to MRR, with its sign.
 */
amount: MoneyView, 
/**
 * The invoice or the dispute that it is about.
 */
about: string | null, };

/**
 * Says that the news were seen.
 */
export type NewsSeenRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The `until` of the news that were seen.
 */
until: string, };

/**
 * Writes a note.
 */
export type NoteAddRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The customer's id.
 */
customer: string, 
/**
 * What to write, at most 4,000 characters.
 */
text: string, 
/**
 * Who writes, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, };

/**
 * Puts other words in place of a note's.
 */
export type NoteChangeRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The note's id.
 */
id: string, 
/**
 * What is to stand there.
 */
text: string, 
/**
 * Who writes, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, };

/**
 * Which note.
 */
export type NoteRef = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Its id.
 */
id: string, };

/**
 * Takes a note out.
 */
export type NoteRemoveRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The note's id.
 */
id: string, 
/**
 * Who takes it out, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, };

/**
 * What somebody wrote about a customer.
 */
export type NoteView = { 
/**
 * Its id.
 */
id: string, 
/**
 * The customer it is about.
 */
customer: string, 
/**
 * What was written, with line breaks.
 */
text: string, 
/**
 * The operator who wrote it, where there are operators.
 */
author: string | null, 
/**
 * When, RFC 3339.
 */
written_at: string, 
/**
 * When it was changed last, RFC 3339.
 */
changed_at: string | null, };

/**
 * Nothing more to say.
 */
export type Noted = Record<symbol, never>;

/**
 * What somebody wants to be told.
 */
export type NotificationRules = { 
/**
 * Marks of MRR; passing one is told.
 */
mrr_marks: Array<MarkView>, 
/**
 * Whether days on which payments fail more than usual are told.
 */
failed_payments: boolean, 
/**
 * Whether new disputes are told.
 */
disputes: boolean, 
/**
 * Whether operations that need a person are told.
 */
operations: boolean, 
/**
 * From which hour of the day yesterday is told; never when left out.
 */
digest_hour: number | null, };

/**
 * Asks what is told, or sets it.
 */
export type NotificationRulesRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * What is told from now on; as it is when left out.
 */
set: NotificationRulesSet | null, };

/**
 * What is to be told from now on.
 */
export type NotificationRulesSet = { 
/**
 * Marks of MRR, decimals in the currency it is told in.
 */
mrr_marks: Array<string>, 
/**
 * As in the rules.
 */
failed_payments: boolean, 
/**
 * As in the rules.
 */
disputes: boolean, 
/**
 * As in the rules.
 */
operations: boolean, 
/**
 * As in the rules.
 */
digest_hour: number | null, };

/**
 * What an action would do.
 */
export type OperationPreview = { 
/**
 * The mode it would happen in.
 */
mode: ModeView, 
/**
 * `refund`, `plan_change`, `cancel`, …
 */
kind: string, 
/**
 * The provider's id of what it is about.
 */
target: string, 
/**
 * The kind of that object.
 */
target_kind: string, 
/**
 * The customer concerned.
 */
customer: string | null, 
/**
 * What it is, in one sentence.
 */
sentence: string, 
/**
 * The amount, where there is one.
 */
amount: MoneyView | null, 
/**
 * What it does, line by line.
 */
effects: Array<EffectView>, 
/**
 * The provider's reckoning of a change of plan.
 */
preview: PreviewView | null, 
/**
 * Whether the provider could not be asked, so that it will be asked before anything is sent.
 */
estimated: boolean, 
/**
 * Whether a note is needed.
 */
needs_note: boolean, 
/**
 * The amount that has to be typed again, where that is needed.
 */
needs_amount: MoneyView | null, 
/**
 * Whether another operator has to approve.
 */
needs_approval: boolean, 
/**
 * Whether an operator has to be named.
 */
needs_operator: boolean, };

/**
 * What is the matter with an operation.
 */
export type OperationProblem = { 
/**
 * A word for programs: the provider's code, or ours.
 */
code: string, 
/**
 * A sentence for people.
 */
message: string, };

/**
 * One operation, and who asks.
 */
export type OperationRef = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Our id.
 */
id: string, 
/**
 * Who asks, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, };

/**
 * An action to look at before it is accepted.
 */
export type OperationRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * What is wanted.
 */
wish: Wish, 
/**
 * Whether the provider is not to be asked.
 */
offline: boolean, };

/**
 * What an operation made or changed at the provider.
 */
export type OperationResult = { 
/**
 * The provider's id of it.
 */
id: string, };

/**
 * An action to accept.
 */
export type OperationSubmit = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * What is wanted.
 */
wish: Wish, 
/**
 * Why; needed for money that leaves in live mode.
 */
note: string | null, 
/**
 * Who asks, where there are operators.
 */
operator: string | null, 
/**
 * The operator's PIN. It is read once and kept nowhere.
 */
pin: string | null, 
/**
 * The amount typed again, where that is needed.
 */
typed_amount: string | null, 
/**
 * The total of the reckoning that was shown; refused when it is another now.
 */
approved_total: number | null, 
/**
 * Whether it is to wait in the outbox.
 */
offline: boolean, };

/**
 * An operation: something that is to be done, is being done or was done at a provider.
 */
export type OperationView = { 
/**
 * Our id.
 */
id: string, 
/**
 * The mode it belongs to.
 */
mode: ModeView, 
/**
 * The account.
 */
account: string, 
/**
 * `refund`, `plan_change`, `cancel`, …
 */
kind: string, 
/**
 * `draft`, `awaiting_approval`, `queued`, `sending`, `done`, `pending`, `refused`, `unknown`, `needs_review` or `discarded`.
 */
state: string, 
/**
 * The provider's id of what it is about.
 */
target: string, 
/**
 * The kind of that object, named like the provider's list path.
 */
target_kind: string, 
/**
 * The customer concerned.
 */
customer: string | null, 
/**
 * That customer's name, else e-mail, where the copy has it.
 */
customer_name: string | null, 
/**
 * What it is, beside the object that it is about.
 */
title: string, 
/**
 * What it is, in one sentence.
 */
sentence: string, 
/**
 * The amount, where somebody chose one.
 */
amount: MoneyView | null, 
/**
 * Requests sent for it.
 */
attempts: number, 
/**
 * The request that is next or under way, from 0.
 */
step: number, 
/**
 * How many there are.
 */
steps: number, 
/**
 * What it made or changed at the provider.
 */
result: OperationResult | null, 
/**
 * What is the matter with it.
 */
problem: OperationProblem | null, 
/**
 * The provider's name for the last request, for a question to its support.
 */
request_id: string | null, 
/**
 * Why, in the words of whoever asked for it.
 */
note: string | null, 
/**
 * Who asked for it.
 */
asked_by: string, 
/**
 * Who approved it.
 */
approved_by: string | null, 
/**
 * Whether what was approved was not asked at the provider.
 */
estimated: boolean, 
/**
 * What was approved to be paid.
 */
preview: PreviewView | null, 
/**
 * What would take it back, in one sentence.
 */
undo: string | null, 
/**
 * Not to be sent before, RFC 3339.
 */
not_before: string | null, 
/**
 * When it was accepted, RFC 3339.
 */
created_at: string, 
/**
 * When it last moved, RFC 3339.
 */
changed_at: string, };

/**
 * An operator to add, or to give a new PIN.
 */
export type OperatorAddRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The name.
 */
name: string, 
/**
 * The PIN. It is read once and kept as a hash.
 */
pin: string, 
/**
 * Who adds, where there are operators already.
 */
by: string | null, 
/**
 * The PIN of who adds.
 */
by_pin: string | null, };

/**
 * Who may act here.
 */
export type OperatorList = { 
/**
 * By name.
 */
items: Array<OperatorView>, };

/**
 * An operator to take out.
 */
export type OperatorRemoveRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The name.
 */
name: string, 
/**
 * Who removes.
 */
by: string | null, 
/**
 * The PIN of who removes.
 */
by_pin: string | null, };

/**
 * Somebody who may act here.
 */
export type OperatorView = { 
/**
 * The name.
 */
name: string, 
/**
 * Since when, RFC 3339.
 */
added_at: string, };

/**
 * How many operations stand so.
 */
export type OutboxCount = { 
/**
 * The state.
 */
state: string, 
/**
 * How many.
 */
count: number, };

/**
 * Operations, newest first.
 */
export type OutboxList = { 
/**
 * The operations.
 */
operations: Array<OperationView>, 
/**
 * What to give as `before` for the next page.
 */
next: number | null, 
/**
 * How many there are in each state.
 */
counts: Array<OutboxCount>, 
/**
 * What is wrong with the action log, followed when the file was opened. Nothing is sent by itself then.
 */
log_fault: ApiErrorView | null, };

/**
 * Which operations.
 */
export type OutboxRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * Those that stand so.
 */
state: string | null, 
/**
 * Those of one customer.
 */
customer: string | null, 
/**
 * Those about one object.
 */
target: string | null, 
/**
 * The `next` of the page before.
 */
before: number | null, 
/**
 * So many at most.
 */
limit: number, };

/**
 * What a run of the outbox came to.
 */
export type OutboxRun = { 
/**
 * How often an operation moved.
 */
moved: number, 
/**
 * Whether the network was in the way.
 */
offline: boolean, 
/**
 * Whether another Coffer was at it already.
 */
elsewhere: boolean, };

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
 * One point of a series.
 */
export type PointView = { 
/**
 * The period's last day.
 */
date: string, 
/**
 * Whether the period is not over.
 */
unfinished: boolean, 
/**
 * Whether part of it is carried back from the present.
 */
inferred: boolean, 
/**
 * Subscriptions whose worth is not known.
 */
unknown: number, 
/**
 * Its values, in the order of the question; movements stand in eight.
 */
values: Array<ValueView>, };

/**
 * The policies.
 */
export type Policies = { 
/**
 * Ours first.
 */
items: Array<PolicyView>, };

/**
 * Asks for the policies.
 */
export type PoliciesRequest = Record<symbol, never>;

/**
 * A policy.
 */
export type PolicyView = { 
/**
 * Its id.
 */
id: string, 
/**
 * Its name.
 */
name: string, 
/**
 * Its rules.
 */
rules: Array<RuleView>, };

/**
 * Asks what is preferred, or sets it.
 */
export type PreferencesRequest = { 
/**
 * The mode whose currencies can be chosen from.
 */
mode: ModeView, 
/**
 * What is preferred from now on, in both modes.
 */
set: PreferencesSet | null, };

/**
 * What is preferred; what is left out is as it is for everybody.
 */
export type PreferencesSet = { 
/**
 * A policy's id.
 */
policy: string | null, 
/**
 * The currency that stands first.
 */
currency: string | null, 
/**
 * A zone, such as `Europe/Berlin`.
 */
zone: string | null, };

/**
 * What is preferred.
 */
export type PreferencesView = { 
/**
 * The policy's id.
 */
policy: string, 
/**
 * The currency that stands first; `null` where the account's own does.
 */
currency: string | null, 
/**
 * The zone whose days and months are told.
 */
zone: string, 
/**
 * The currencies that there are figures in.
 */
currencies: Array<string>, };

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
 * One line of what a change of plan would cost.
 */
export type PreviewLineView = { 
/**
 * The provider's words.
 */
description: string, 
/**
 * How much; below zero for what is credited.
 */
amount: MoneyView, 
/**
 * Whether it is for a part of a period because something changes.
 */
proration: boolean, };

/**
 * What a change of plan would cost, as the provider reckons it.
 */
export type PreviewView = { 
/**
 * The lines of the next bill.
 */
lines: Array<PreviewLineView>, 
/**
 * Before tax.
 */
subtotal: MoneyView, 
/**
 * Tax.
 */
tax: MoneyView, 
/**
 * With tax.
 */
total: MoneyView, 
/**
 * What would be collected with that bill.
 */
amount_due: MoneyView, 
/**
 * What of it would be collected at once.
 */
due_now: MoneyView, 
/**
 * Whether the bill is made at once.
 */
billed_now: boolean, 
/**
 * When it is made otherwise, RFC 3339.
 */
billed_at: string | null, 
/**
 * The instant from which the rest of the period was reckoned, RFC 3339.
 */
reckoned_from: string, };

/**
 * A price that a subscription could have.
 */
export type PriceChoice = { 
/**
 * The provider's id.
 */
id: string, 
/**
 * The product's name.
 */
product: string, 
/**
 * For instance `$29.00 per month`.
 */
terms: string, 
/**
 * What the provider's user calls it.
 */
nickname: string | null, };

/**
 * Where the data lies and whom this program asked.
 */
export type Privacy = { 
/**
 * The folder.
 */
home: string, 
/**
 * The files with data of a merchant's.
 */
files: Array<DataFile>, 
/**
 * Every host ever contacted, since this program keeps count.
 */
contacts: Array<ContactView>, };

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
 * Our figures beside an export.
 */
export type ReconcileAnswer = { 
/**
 * What the file is called.
 */
file: string, 
/**
 * Which export it was.
 */
kind: ExportKind, 
/**
 * What the provider calls it.
 */
kind_name: string, 
/**
 * The policy that made ours.
 */
policy: string, 
/**
 * Its name.
 */
policy_name: string, 
/**
 * Whether our copy is complete.
 */
complete: boolean, 
/**
 * The instant our side is as of, RFC 3339.
 */
as_of: string | null, 
/**
 * What was compared and how much of it agrees, as a sentence.
 */
overall: string, 
/**
 * What makes the whole comparison doubtful, as a sentence.
 */
doubt: string | null, 
/**
 * The currencies, the main one first.
 */
currencies: Array<string>, 
/**
 * Every month and currency, in order.
 */
splits: Array<SplitView>, 
/**
 * The metrics of a summary, in its order.
 */
beside: Array<BesideView>, };

/**
 * The differences as CSV.
 */
export type ReconcileCsv = { 
/**
 * A line for each customer, month and currency that differs. The first column carries the mode.
 */
text: string, 
/**
 * Rows in it.
 */
rows: number, 
/**
 * A name for the file.
 */
file_name: string, };

/**
 * An export to hold our figures against.
 */
export type ReconcileRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The policy; the preferred one when left out.
 */
policy: string | null, 
/**
 * What the file is called.
 */
file: string, 
/**
 * What stands in it.
 */
text: string, };

/**
 * What a list can be narrowed by.
 */
export type RecordKey = { 
/**
 * The key, for instance `status`.
 */
key: string, 
/**
 * How a term with it looks.
 */
example: string, 
/**
 * The words it may have here; empty where others are possible.
 */
values: Array<string>, };

/**
 * What a list can be narrowed by, the most useful first.
 */
export type RecordKeys = { 
/**
 * The keys.
 */
items: Array<RecordKey>, };

/**
 * Which list.
 */
export type RecordKeysRequest = { 
/**
 * The list.
 */
view: RecordList, };

/**
 * A list of the desk.
 */
export type RecordList = "customers" | "subscriptions" | "payments" | "invoices" | "disputes" | "recovery" | "trials";

/**
 * A page of a list.
 */
export type RecordPage = { 
/**
 * The rows.
 */
rows: Array<RecordRow>, 
/**
 * How many there are in all under this filter, or how many were counted.
 */
total: number, 
/**
 * Whether there are more than were counted.
 */
more: boolean, 
/**
 * How many of them can be listed.
 */
listed: number, 
/**
 * What they come to, one amount for each currency; empty where that is not known or means nothing.
 */
sums: Array<MoneyView>, 
/**
 * What was not looked at, and how it can be.
 */
note: string | null, 
/**
 * The filter as Coffer writes it.
 */
filter: string, 
/**
 * The offset of the first row.
 */
offset: number, 
/**
 * What the copy is as of.
 */
as_of: string | null, 
/**
 * The change counter of the file they were read from.
 */
revision: number, };

/**
 * A row of a list. What its list has no use for is empty.
 */
export type RecordRow = { 
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
 * The customer's id, when it has one.
 */
customer: string | null, 
/**
 * The customer's name, when it has one.
 */
name: string | null, 
/**
 * The customer's e-mail address, when it has one.
 */
email: string | null, 
/**
 * How it stands. Of a customer: `active`, `free`, `trialing`, `past_due`, `paused`, `churned`, `none` (never subscribed) or
 * `deleted`. Of a trial: `trialing`, `converted`, `lost` or `trial_over`.
 */
state: string, 
/**
 * What tells it apart: plans with quantities, an invoice's number, a dispute's reason, what was paid with.
 */
what: string, 
/**
 * Why it failed, in plain words.
 */
reason: string | null, 
/**
 * A payment's or dispute's amount, an invoice's total, what is due, what a subscription is worth a month.
 */
amount: MoneyView | null, 
/**
 * Beside it: what was refunded, what is still due, the MRR at risk.
 */
besides: MoneyView | null, 
/**
 * The day it was made, or a subscription began, `YYYY-MM-DD`.
 */
created: string, 
/**
 * The day it renews, ends, is due, has to be answered or is tried again.
 */
date: string | null, 
/**
 * Days from the present to that day; below zero when it is past.
 */
days_left: number | null, 
/**
 * What happens then, in words.
 */
outlook: string | null, 
/**
 * How often collection was tried.
 */
attempts: number | null, 
/**
 * Discounts in words.
 */
discounts: Array<string>, 
/**
 * The card in words, for instance `Visa 4242`.
 */
card: string | null, 
/**
 * When the card expires or expired, in words, where that is soon or past.
 */
card_note: string | null, 
/**
 * Whether there is something to collect a trial's first bill with, when that is known.
 */
has_card: boolean | null, 
/**
 * Whether the customer had a trial before.
 */
again: boolean, 
/**
 * Another payment that looks like the same one made twice.
 */
twin: RecordTwin | null, 
/**
 * A customer's country, ISO 3166.
 */
country: string | null, 
/**
 * A customer's MRR, one for each currency.
 */
mrr: Array<MoneyView>, 
/**
 * Money received from a customer less money refunded, one for each currency.
 */
paid: Array<MoneyView>, };

/**
 * What a list is in order of.
 */
export type RecordSort = "created" | "amount" | "due" | "name";

/**
 * Another payment that looks like the same one made twice.
 */
export type RecordTwin = { 
/**
 * The other payment.
 */
id: string, 
/**
 * Why it is pointed at, for instance `The same amount as ch_1 of 2026-11-26, 12 minutes before. Neither was refunded.`
 */
text: string, };

/**
 * Where the next piece of a file begins.
 */
export type RecordsAfter = { 
/**
 * Seconds since 1970.
 */
created: number, 
/**
 * An id, or nothing.
 */
id: string, };

/**
 * A piece of a list as CSV.
 */
export type RecordsCsv = { 
/**
 * Lines of CSV; the first piece begins with the columns' names. The first column carries the mode.
 */
text: string, 
/**
 * Rows in it.
 */
rows: number, 
/**
 * Where to go on; nothing at the end.
 */
next: RecordsAfter | null, 
/**
 * A name for the file.
 */
file_name: string, };

/**
 * Asks for a piece of a list as CSV, newest first.
 */
export type RecordsCsvRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The list.
 */
view: RecordList, 
/**
 * What it is narrowed by.
 */
filter: string, 
/**
 * Where to go on; nothing for the first piece.
 */
after: RecordsAfter | null, };

/**
 * Asks for a page of a list.
 */
export type RecordsRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The list.
 */
view: RecordList, 
/**
 * What it is narrowed by, for instance `status:past_due country:DE`.
 */
filter: string, 
/**
 * The order.
 */
sort: RecordSort, 
/**
 * Largest or latest first.
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
 * One rule of a policy.
 */
export type RuleView = { 
/**
 * What it decides.
 */
question: string, 
/**
 * How.
 */
rule: string, 
/**
 * Whether the vendor leaves it unsaid, and it is our reading.
 */
our_reading: boolean, };

/**
 * A list narrowed and ordered, with a name.
 */
export type SavedView = { 
/**
 * The name.
 */
name: string, 
/**
 * The list.
 */
view: RecordList, 
/**
 * What it is narrowed by.
 */
filter: string, 
/**
 * The order.
 */
sort: RecordSort, 
/**
 * Largest or latest first.
 */
descending: boolean, };

/**
 * Which list with a name.
 */
export type SavedViewName = { 
/**
 * The list.
 */
view: RecordList, 
/**
 * The name.
 */
name: string, };

/**
 * The lists that were given a name.
 */
export type SavedViews = { 
/**
 * In order of their names.
 */
items: Array<SavedView>, };

/**
 * Gives a list a name, or takes a name away.
 */
export type SavedViewsSet = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * What to keep; it replaces one of the same list and name.
 */
keep: SavedView | null, 
/**
 * The list and the name of what to forget.
 */
forget: SavedViewName | null, };

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
 * A line of points.
 */
export type SeriesView = { 
/**
 * The part of a cut that it is.
 */
key: string | null, 
/**
 * The same for people.
 */
name: string | null, 
/**
 * The currency of its money.
 */
currency: string | null, 
/**
 * Its points, in order of time.
 */
points: Array<PointView>, };

/**
 * How a month stands.
 */
export type SplitStanding = "same" | "explained" | "open";

/**
 * One month in one currency.
 */
export type SplitView = { 
/**
 * The month, `2026-10`.
 */
month: string, 
/**
 * The currency.
 */
currency: string, 
/**
 * Ours.
 */
ours: MoneyView, 
/**
 * Theirs.
 */
theirs: MoneyView, 
/**
 * Ours less theirs, with its sign.
 */
difference: MoneyView, 
/**
 * Whether the month is not over in our copy.
 */
unfinished: boolean, 
/**
 * Customers on whom both sides agree.
 */
agreeing: number, 
/**
 * What it comes to, as a sentence.
 */
headline: string, 
/**
 * How much of it is explained, as a sentence.
 */
explained: string, 
/**
 * How it stands.
 */
standing: SplitStanding, 
/**
 * What makes the difference, the largest first; they add up to it.
 */
causes: Array<CauseView>, };

/**
 * A request that needs nothing said.
 */
export type StateRequest = Record<symbol, never>;

/**
 * What a subscription bills, in one line.
 */
export type SubscriptionItemView = { 
/**
 * The provider's id of the item.
 */
id: string, 
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
started: string, 
/**
 * What can be asked for as it stands: `plan_change`, `keep_plan`, `cancel`, `uncancel`, `pause`, `resume`, `trial`, `coupon`,
 * `remove_coupon`.
 */
acts: Array<string>, 
/**
 * Its currency.
 */
currency: string, };

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
 * `customer`, `subscription`, `mrr`, `invoice`, `payment`, `payment_failed`, `refund`, `dispute` or `note`.
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
 * The provider's id of the object behind it, or a note's.
 */
id: string, 
/**
 * What can be asked for on that object as it stands: `refund`, or `pay`, `send`, `credit_note`, `void`, `uncollectible`.
 */
acts: Array<string>, 
/**
 * What somebody wrote, where that is what stands here.
 */
note: NoteView | null, };

/**
 * The figures of today.
 */
export type Today = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The ledger.
 */
currency: string | null, 
/**
 * Today, this month, this year; empty while there is no ledger.
 */
moved: Array<MovedSpan>, 
/**
 * The figures, in their order.
 */
figures: Array<TodayFigure>, 
/**
 * What waits for a person: the most urgent first.
 */
needs: Array<Need>, 
/**
 * How many wait, shown or not.
 */
needs_count: number, };

/**
 * One figure with its last months.
 */
export type TodayFigure = { 
/**
 * The metric.
 */
metric: string, 
/**
 * The last day of its period.
 */
date: string, 
/**
 * Ready text; `None` where it is undefined.
 */
text: string | null, 
/**
 * The same at the end of last month; `None` where it was undefined.
 */
before: string | null, 
/**
 * Whether the period is not over.
 */
unfinished: boolean, 
/**
 * Whether part of it is carried back from the present.
 */
inferred: boolean, 
/**
 * The last months, this one last, from 0 to 1,000 between the smallest and the largest; `None` where undefined.
 */
line: Array<number | null>, };

/**
 * Asks for the figures of today.
 */
export type TodayRequest = { 
/**
 * The mode.
 */
mode: ModeView, 
/**
 * The ledger; the main one when left out.
 */
currency: string | null, };

/**
 * One value of a point.
 */
export type ValueView = { 
/**
 * The metric, or the movement.
 */
name: string, 
/**
 * Ready text; a dash where it is undefined.
 */
text: string, 
/**
 * Minor units or a count, where it is one.
 */
whole: number | null, };

/**
 * What somebody asks for. Amounts are decimals of the object's own currency, dates are `YYYY-MM-DD`.
 */
export type Wish = { "kind": "refund", 
/**
 * The payment, or its payment intent.
 */
payment: string, 
/**
 * How much; all that is left when left out.
 */
amount: string | null, 
/**
 * `duplicate`, `fraudulent` or `requested_by_customer`, which is meant when nothing is said.
 */
reason: string | null, } | { "kind": "credit_note", 
/**
 * The invoice.
 */
invoice: string, 
/**
 * How much, tax included; all of it when neither this nor lines are given.
 */
amount: string | null, 
/**
 * Single lines.
 */
lines: Array<CreditedLine>, 
/**
 * Whether what was paid goes to the customer's credit instead of back to where it came from.
 */
to_credit: boolean, 
/**
 * As for a refund.
 */
reason: string | null, } | { "kind": "customer_credit", 
/**
 * The customer.
 */
customer: string, 
/**
 * How much.
 */
amount: string, 
/**
 * The currency, where the customer has none yet.
 */
currency: string | null, } | { "kind": "plan_change", 
/**
 * The subscription.
 */
subscription: string, 
/**
 * The price of the item from then on.
 */
price: string | null, 
/**
 * Its quantity; as it is when left out.
 */
quantity: number | null, 
/**
 * Which item; the only one when left out.
 */
item: string | null, 
/**
 * What is added.
 */
add: Array<AddedItem>, 
/**
 * Items that go.
 */
remove: Array<string>, 
/**
 * `now` or `period_end`.
 */
when: string | null, 
/**
 * `prorate`, `invoice_now` or `none`.
 */
proration: string | null, } | { "kind": "cancel", 
/**
 * The subscription.
 */
subscription: string, 
/**
 * `now` or `period_end`.
 */
when: string, } | { "kind": "uncancel", 
/**
 * The subscription.
 */
subscription: string, } | { "kind": "pause", 
/**
 * The subscription.
 */
subscription: string, 
/**
 * `collection` or `service`; whichever is possible when left out.
 */
what: string | null, 
/**
 * `void`, `keep_as_draft` or `mark_uncollectible`: what becomes of bills while collection is paused.
 */
bills: string | null, 
/**
 * Until when.
 */
until: string | null, } | { "kind": "resume", 
/**
 * The subscription.
 */
subscription: string, } | { "kind": "trial", 
/**
 * The subscription.
 */
subscription: string, 
/**
 * A date, or `now`.
 */
until: string, } | { "kind": "coupon", 
/**
 * The subscription.
 */
subscription: string, 
/**
 * The coupon's id.
 */
coupon: string | null, 
/**
 * A promotion code, as customers type it or by its id.
 */
promotion_code: string | null, } | { "kind": "remove_coupon", 
/**
 * The subscription.
 */
subscription: string, } | { "kind": "keep_plan", 
/**
 * The subscription.
 */
subscription: string, } | { "kind": "invoice", 
/**
 * The invoice.
 */
invoice: string, 
/**
 * `pay`, `send`, `void` or `uncollectible`.
 */
action: string, } | { "kind": "customer_update", 
/**
 * The customer.
 */
customer: string, 
/**
 * The e-mail address.
 */
email: string | null, 
/**
 * The name.
 */
name: string | null, };

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
  /** How MRR moved today, this month and this year, the month's figures, and what waits for a person. */
  today: { request: TodayRequest; response: Today };
  /** What happened since somebody last looked. */
  news: { request: ModeRequest; response: News };
  /** Says that the news were seen. */
  news_seen: { request: NewsSeenRequest; response: Noted };
  /** MRR by month as a drawing with its movements below, beside an earlier time when asked, with the points to hover over. */
  mrr_chart: { request: ChartRequest; response: Chart };
  /** Figures over time, by a policy, in a money, cut by whatever is asked for. */
  metrics: { request: MetricsRequest; response: MetricsAnswer };
  /** What moved MRR, as a drawing with the bars to hover over. */
  movements_chart: { request: MovementsChartRequest; response: MovementsChart };
  /** A chart as a file: a drawing, a bitmap or text. */
  chart_export: { request: ChartExportRequest; response: ChartExport };
  /** What was written on days. */
  annotations: { request: ModeRequest; response: Annotations };
  /** Writes words on a day, or puts others in their place. */
  annotation_put: { request: AnnotationPut; response: Annotations };
  /** Takes words on a day away. */
  annotation_remove: { request: AnnotationRemove; response: Annotations };
  /** What a figure or a movement is made of, row by row. */
  explain: { request: ExplainRequest; response: ExplainAnswer };
  /** The retention triangle. */
  cohorts: { request: CohortsRequest; response: CohortsAnswer };
  /** The next twelve months, and what is known to come. */
  forecast: { request: ForecastRequest; response: ForecastAnswer };
  /** The definitions, each with its rules. */
  policies: { request: PoliciesRequest; response: Policies };
  /** Our figures beside an export of the provider's, with the causes of each difference. */
  reconcile: { request: ReconcileRequest; response: ReconcileAnswer };
  /** The same differences as CSV, customer by customer. */
  reconcile_csv: { request: ReconcileRequest; response: ReconcileCsv };
  /** One customer with subscriptions and everything that happened. */
  customer: { request: CustomerRequest; response: CustomerDetail };
  /** Writes a note on a customer. */
  note_add: { request: NoteAddRequest; response: NoteView };
  /** Puts other words in place of a note's. */
  note_change: { request: NoteChangeRequest; response: NoteView };
  /** Takes a note out. */
  note_remove: { request: NoteRemoveRequest; response: NoteView };
  /** Puts a note back that was just taken out. */
  note_restore: { request: NoteRef; response: NoteView };
  /** A page of one of the desk's lists, narrowed by a filter. */
  records: { request: RecordsRequest; response: RecordPage };
  /** A piece of such a list as CSV, however long it is. */
  records_csv: { request: RecordsCsvRequest; response: RecordsCsv };
  /** An invoice's PDF, from the file where it is kept and still true, else from the provider. */
  invoice_document: { request: InvoiceDocumentRequest; response: InvoiceDocumentView };
  /** What a list can be narrowed by. */
  record_keys: { request: RecordKeysRequest; response: RecordKeys };
  /** The lists that were given a name. */
  saved_views: { request: ModeRequest; response: SavedViews };
  /** Gives a list a name, or takes a name away. */
  saved_views_set: { request: SavedViewsSet; response: SavedViews };
  /** Finds customers, invoices, payments and ids while the user types. */
  search: { request: SearchRequest; response: SearchResults };
  /** The prices and coupons of an account that can still be sold. */
  choices: { request: ChoicesRequest; response: Choices };
  /** Works out what an action would do, with the provider's own reckoning where there is one. Nothing is kept. */
  operation_preview: { request: OperationRequest; response: OperationPreview };
  /** Accepts an action: it is on disk when this is answered, and on its way unless it is to wait. */
  operation_submit: { request: OperationSubmit; response: OperationView };
  /** What waits, is unknown, needs somebody or was done, newest first. */
  outbox_list: { request: OutboxRequest; response: OutboxList };
  /** One operation. */
  outbox_show: { request: OperationRef; response: OperationView };
  /** Carries out what waits, and looks for what is not known. */
  outbox_run: { request: ModeRequest; response: OutboxRun };
  /** Lets an operation go on as things are now. */
  outbox_retry: { request: OperationRef; response: OperationView };
  /** Takes an operation out that has not been sent. */
  outbox_discard: { request: OperationRef; response: OperationView };
  /** Takes back what was done, by an operation of its own. */
  outbox_undo: { request: OperationRef; response: OperationView };
  /** Approves what another operator asked for. */
  outbox_approve: { request: OperationRef; response: OperationView };
  /** Who did what, when, why, and what came of it. */
  action_log: { request: ActionLogRequest; response: ActionLog };
  /** Follows the log's chain from its first line. */
  action_log_verify: { request: ModeRequest; response: ActionLogProof };
  /** How much may be done at once and in a day, and from where on somebody has to confirm; sets it when told to. */
  limits: { request: LimitsRequest; response: LimitsView };
  /** The limits, one row for each that is set, as they would be typed. */
  limit_table: { request: ModeRequest; response: LimitTable };
  /** Sets one limit or takes it away. */
  limit_set: { request: LimitSetRequest; response: LimitTable };
  /** Who may act here. */
  operator_list: { request: ModeRequest; response: OperatorList };
  /** Adds an operator, or gives one a new PIN. */
  operator_add: { request: OperatorAddRequest; response: OperatorView };
  /** Takes an operator out. */
  operator_remove: { request: OperatorRemoveRequest; response: OperatorList };
  /** What is told while nobody looks; sets it when told to. */
  notification_rules: { request: NotificationRulesRequest; response: NotificationRules };
  /** By which rules, in whose days and in which currency figures are told; sets it when told to. */
  preferences: { request: PreferencesRequest; response: PreferencesView };
  /** Writes a copy of a mode's file that a passphrase opens, into a folder of the home. */
  backup: { request: BackupRequest; response: BackupMade };
  /** Where the data lies, how it is encrypted, and every host ever contacted. */
  privacy: { request: StateRequest; response: Privacy };
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
  "today",
  "news",
  "news_seen",
  "mrr_chart",
  "metrics",
  "movements_chart",
  "chart_export",
  "annotations",
  "annotation_put",
  "annotation_remove",
  "explain",
  "cohorts",
  "forecast",
  "policies",
  "reconcile",
  "reconcile_csv",
  "customer",
  "note_add",
  "note_change",
  "note_remove",
  "note_restore",
  "records",
  "records_csv",
  "invoice_document",
  "record_keys",
  "saved_views",
  "saved_views_set",
  "search",
  "choices",
  "operation_preview",
  "operation_submit",
  "outbox_list",
  "outbox_show",
  "outbox_run",
  "outbox_retry",
  "outbox_discard",
  "outbox_undo",
  "outbox_approve",
  "action_log",
  "action_log_verify",
  "limits",
  "limit_table",
  "limit_set",
  "operator_list",
  "operator_add",
  "operator_remove",
  "notification_rules",
  "preferences",
  "backup",
  "privacy",
  "demo_enter",
  "demo_leave",
] as const satisfies readonly (keyof Commands)[];

/** The longest export that `reconcile` takes, in bytes. */
export const EXPORT_BYTES_MAX = 32000000;

/** Characters that a note on a customer may have. */
export const NOTE_TEXT_MAX = 4000;

/** Characters that words on a day may have. */
export const WORDS_TEXT_MAX = 120;
