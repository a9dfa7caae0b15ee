//! The arguments: a contract. Flags are added freely and changed only with a line in CHANGELOG.md.

use chrono::NaiveDate;
use clap::{Args, Parser, Subcommand, ValueEnum};
use clap_complete::Shell;
use std::path::PathBuf;

const EXAMPLES: &str = "\
Examples:
  coffer demo --headless                 look around with a simulated merchant
  coffer account add --provider stripe --name Acme < key.txt
  coffer sync                            bring the local copy up to date
  coffer metrics --metric mrr,arpa       the last twelve month ends
  coffer customers --search dana --json  for scripts

Exit codes: 0 done, 1 failed, 2 wrong usage, 3 incomplete, 4 something needs a person.
Secrets lie in the OS keychain; with COFFER_SECRETS=file they lie in a file sealed with COFFER_PASSPHRASE.";

/// The billing desk that never leaves your laptop.
#[derive(Debug, Parser)]
#[command(name = "coffer", version, after_help = EXAMPLES, arg_required_else_help = true)]
pub(crate) struct Cli {
    #[command(flatten)]
    pub(crate) global: Global,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// What every command takes.
#[derive(Debug, Args)]
pub(crate) struct Global {
    /// The folder that holds the database files, the locks and the logs
    #[arg(long, global = true, env = "COFFER_HOME", value_name = "DIR")]
    pub(crate) home: Option<PathBuf>,
    /// Print exactly one JSON document on stdout
    #[arg(long, global = true)]
    pub(crate) json: bool,
    /// Which mode's file to open [default: live]
    #[arg(long, global = true, value_name = "MODE")]
    pub(crate) mode: Option<ModeArg>,
    /// Say nothing that was not asked for
    #[arg(long, short, global = true)]
    pub(crate) quiet: bool,
}

/// Live or test.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ModeArg {
    /// Real customers, real money
    Live,
    /// The provider's test mode or a sandbox
    Test,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Add, check, list and remove accounts
    #[command(subcommand)]
    Account(AccountCommand),
    /// Bring the local copy up to date
    Sync(SyncArgs),
    /// MRR, its movements, churn, retention, trials and cash over time
    Metrics(MetricsArgs),
    /// How many of those who came in a month are still there, and what they pay
    Cohorts(CohortsArgs),
    /// Take a figure apart, down to subscriptions, prices, coupons and invoice lines
    Explain(ExplainArgs),
    /// The next twelve months, with how far off such forecasts would have been
    Forecast(ForecastArgs),
    /// Hold our figures against the provider's own export, and name the causes of each difference
    Reconcile(ReconcileArgs),
    /// The definitions that figures follow, each with its rules
    Policies {
        /// Take a policy of your own from a file
        #[arg(long, value_name = "FILE.json")]
        add: Option<PathBuf>,
    },
    /// The rates of exchange that figures are converted with
    Rates {
        /// Take newer ones from a file: the central bank's daily history as CSV
        #[arg(long, value_name = "FILE.csv")]
        import: Option<PathBuf>,
    },
    /// List customers
    Customers(ListArgs),
    /// List subscriptions, newest first
    Subscriptions(ListArgs),
    /// List invoices, newest first
    Invoices(ListArgs),
    /// List payments, newest first
    Payments(ListArgs),
    /// List refunds, newest first
    Refunds(ListArgs),
    /// List disputes, newest first
    Disputes(ListArgs),
    /// Show one object of any kind by the provider's id
    Show {
        /// For instance cus_…, sub_…, in_…, ch_… or pi_…
        id: String,
    },
    /// Find customers, invoices, payments and ids
    Search {
        /// The beginnings of words, an e-mail address, a number, an id
        text: String,
        /// Hits wanted
        #[arg(long, default_value_t = 20, value_parser = clap::value_parser!(u32).range(1..=200))]
        limit: u32,
    },
    /// Give money back from a payment
    Refund(RefundArgs),
    /// Correct an invoice: take off what is due, or give back what was paid
    CreditNote(CreditNoteArgs),
    /// Give a customer something to the good for later bills
    Credit(CreditArgs),
    /// Change a subscription's price, quantity or items
    PlanChange(PlanChangeArgs),
    /// End a subscription
    Cancel {
        /// The subscription
        subscription: String,
        /// now or period-end
        #[arg(long)]
        when: String,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Take a subscription's coming end back
    Uncancel {
        /// The subscription
        subscription: String,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Pause a subscription, or its collection, whichever it allows
    Pause {
        /// The subscription
        subscription: String,
        /// Until when; only the collection can end its pause by itself
        #[arg(long, value_name = "YYYY-MM-DD")]
        until: Option<String>,
        /// collection or service [default: service where the subscription allows it]
        #[arg(long)]
        what: Option<String>,
        /// What becomes of bills while collection is paused: void, keep-as-draft or mark-uncollectible [default: void]
        #[arg(long)]
        bills: Option<String>,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Go on after a pause
    Resume {
        /// The subscription
        subscription: String,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Put a coupon on a subscription, or take its coupons off
    Coupon {
        /// The subscription
        subscription: String,
        /// The coupon's id
        #[arg(long, value_name = "ID", required_unless_present_any = ["promotion_code", "remove"])]
        coupon: Option<String>,
        /// A promotion code, as customers type it or by its id
        #[arg(long, value_name = "CODE", conflicts_with_all = ["coupon", "remove"])]
        promotion_code: Option<String>,
        /// Take its coupons off
        #[arg(long, conflicts_with = "coupon")]
        remove: bool,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Let a subscription keep its plan: a change planned for later does not happen
    KeepPlan {
        /// The subscription
        subscription: String,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Let a trial last longer, or end it
    ExtendTrial {
        /// The subscription
        subscription: String,
        /// The day on which it ends, or `now`
        #[arg(long, value_name = "YYYY-MM-DD|now")]
        until: String,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Collect, send, void or write off an invoice
    #[command(subcommand)]
    Invoice(InvoiceCommand),
    /// Change what is written down of a customer
    #[command(subcommand)]
    Customer(CustomerCommand),
    /// What waits, what happened, and carrying on
    #[command(subcommand)]
    Outbox(OutboxCommand),
    /// Who did what, and proof that nobody altered it
    #[command(subcommand)]
    Log(LogCommand),
    /// How much may be done at once and in a day, and from where on somebody has to confirm
    Limits(LimitsArgs),
    /// Who may act here
    #[command(subcommand)]
    Operator(OperatorCommand),
    /// Draw a chart into a file
    Chart(ChartArgs),
    /// Look at the home, the secrets and the files, and say what is wrong
    Doctor,
    /// Write a copy of a mode's file that a passphrase opens; providers' keys are not in it
    Backup {
        /// Where to; a file named after the mode and the instant here when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
    /// Bring a backup back; the file that is there is moved aside
    Restore {
        /// The backup
        file: PathBuf,
    },
    /// A simulated merchant behind real HTTP, synced like any other account
    Demo(DemoArgs),
    /// The same UI in a browser on this machine, guarded by a token
    Serve(ServeArgs),
    /// Print completions for a shell
    Completions {
        /// The shell
        shell: Shell,
    },
}

/// What can be done with accounts.
#[derive(Debug, Subcommand)]
pub(crate) enum AccountCommand {
    /// Show the boxes a key should have ticked, and the pages that tick them beforehand
    Guide {
        /// The provider
        #[arg(long, default_value = "stripe")]
        provider: String,
    },
    /// Check a key with the provider and keep it (the key comes on stdin, or at a prompt without echo)
    Add {
        /// The provider: stripe
        #[arg(long)]
        provider: String,
        /// What to call the account; the provider's own name when left out
        #[arg(long, default_value = "")]
        name: String,
        /// Another address, on this machine only
        #[arg(long, value_name = "URL")]
        api_url: Option<String>,
        /// For a key of an organization: the account that it is to be used for
        #[arg(long, value_name = "ACCT")]
        provider_account: Option<String>,
    },
    /// List the accounts of both modes
    List,
    /// Ask the provider again what the stored key may do
    Check {
        /// The account's id
        id: String,
    },
    /// Forget an account's key
    Remove {
        /// The account's id
        id: String,
        /// Forget everything synced for it as well
        #[arg(long)]
        forget_data: bool,
    },
}

/// How to sync.
#[derive(Debug, Args)]
pub(crate) struct SyncArgs {
    /// One account instead of all
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// Read every list again and prove the copy from nothing
    #[arg(long)]
    pub(crate) full: bool,
    /// Make the tables anew from the JSON kept, without the network
    #[arg(long, conflicts_with_all = ["full", "watch"])]
    pub(crate) reproject: bool,
    /// Go on until interrupted, as often as the provider's allowance of reads permits
    #[arg(long)]
    pub(crate) watch: bool,
}

/// Whose figures, by which rules and in which money.
#[derive(Debug, Args)]
pub(crate) struct FigureArgs {
    /// The policy: an id that `coffer policies` lists, or a policy's file ending in .json
    #[arg(long, default_value = "coffer-1")]
    pub(crate) policy: String,
    /// A currency to convert everything into, or `each` for every ledger in its own [default: the account's own ledger]
    #[arg(long)]
    pub(crate) currency: Option<String>,
    /// One account instead of all
    #[arg(long, value_name = "ID")]
    pub(crate) account: Option<String>,
    /// The reporting zone, for instance Europe/Berlin
    #[arg(long, default_value = "UTC")]
    pub(crate) zone: String,
}

/// Which figures.
#[derive(Debug, Args)]
pub(crate) struct MetricsArgs {
    /// mrr, arr, arpa, active_subscribers, trials, committed_mrr, movements, customer_churn_rate, gross_mrr_churn_rate,
    /// net_mrr_churn_rate, nrr, grr, ltv, quick_ratio, trial_conversion, failed_payments, recovered, gross_volume, refunds,
    /// net_volume, fees, disputes; several with commas
    #[arg(long, value_delimiter = ',', required = true)]
    pub(crate) metric: Vec<String>,
    /// The first day [default: eleven months before the last]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<NaiveDate>,
    /// The last day [default: the day of the last sync]
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) to: Option<NaiveDate>,
    /// day, week or month
    #[arg(long, default_value = "month")]
    pub(crate) every: String,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
    /// Cut by plan, country, interval, provider or currency
    #[arg(long)]
    pub(crate) by: Option<String>,
    /// Convert at the rates of this day throughout, so that rates of exchange move nothing
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) rates_of: Option<NaiveDate>,
    /// Only what this price bills
    #[arg(long, value_name = "PRICE")]
    pub(crate) plan: Option<String>,
    /// Only customers of this country
    #[arg(long, value_name = "CODE")]
    pub(crate) country: Option<String>,
    /// Only what bills so often, for instance month, year or "3 months"
    #[arg(long)]
    pub(crate) interval: Option<String>,
    /// Only this provider's accounts
    #[arg(long)]
    pub(crate) provider: Option<String>,
    /// Only customers or subscriptions that carry this in their metadata
    #[arg(long, value_name = "KEY=VALUE")]
    pub(crate) metadata: Option<String>,
}

/// Which cohorts.
#[derive(Debug, Args)]
pub(crate) struct CohortsArgs {
    /// month
    #[arg(long, default_value = "month")]
    pub(crate) every: String,
    /// customers or revenue
    #[arg(long, default_value = "customers")]
    pub(crate) measure: String,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

/// Which figure to take apart.
#[derive(Debug, Args)]
pub(crate) struct ExplainArgs {
    /// A metric, or a movement: new, expansion, contraction, churn, reactivation
    #[arg(long)]
    pub(crate) metric: String,
    /// The day, or a day of the period that is meant
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) date: NaiveDate,
    /// The period of what happens within one: day, week or month
    #[arg(long, default_value = "day")]
    pub(crate) every: String,
    /// One customer alone
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Rows at most [default: all]
    #[arg(long, value_parser = clap::value_parser!(u32).range(1..))]
    pub(crate) limit: Option<u32>,
    /// The `next` of the page before
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

/// What to look ahead at.
#[derive(Debug, Args)]
pub(crate) struct ForecastArgs {
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

/// What to hold our figures against.
#[derive(Debug, Args)]
pub(crate) struct ReconcileArgs {
    /// One of the provider's own exports
    #[arg(long, value_name = "FILE.csv")]
    pub(crate) against: PathBuf,
    /// Customers named for each cause
    #[arg(long, default_value_t = 20)]
    pub(crate) customers: usize,
    #[command(flatten)]
    pub(crate) figures: FigureArgs,
}

/// Which rows of a list.
#[derive(Debug, Args)]
pub(crate) struct ListArgs {
    /// The beginnings of words to find
    #[arg(long)]
    pub(crate) search: Option<String>,
    /// Those of one customer
    #[arg(long, value_name = "ID")]
    pub(crate) customer: Option<String>,
    /// Those that stand so, for instance past_due or paid
    #[arg(long)]
    pub(crate) status: Option<String>,
    /// Rows wanted
    #[arg(long, default_value_t = 50, value_parser = clap::value_parser!(u32).range(1..=1000))]
    pub(crate) limit: u32,
    /// The `next` of the page before
    #[arg(long, value_name = "CURSOR")]
    pub(crate) after: Option<String>,
}

/// Which chart.
#[derive(Debug, Args)]
pub(crate) struct ChartArgs {
    /// The chart: mrr
    pub(crate) name: String,
    /// The file, ending in .svg or .png
    #[arg(long, value_name = "FILE")]
    pub(crate) out: PathBuf,
    /// The first day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) from: Option<NaiveDate>,
    /// The last day
    #[arg(long, value_name = "YYYY-MM-DD")]
    pub(crate) to: Option<NaiveDate>,
    /// day, week or month
    #[arg(long, default_value = "month")]
    pub(crate) every: String,
    /// light or dark
    #[arg(long, default_value = "light")]
    pub(crate) theme: String,
    /// Width x height in pixels
    #[arg(long, default_value = "960x360", value_name = "WxH")]
    pub(crate) size: String,
    /// A currency code [default: the account's own]
    #[arg(long)]
    pub(crate) currency: Option<String>,
}

/// Which simulated merchant.
#[derive(Debug, Args)]
pub(crate) struct DemoArgs {
    /// Sync, print the numbers and end
    #[arg(long)]
    pub(crate) headless: bool,
    /// The world's seed
    #[arg(long, default_value_t = 7)]
    pub(crate) seed: u64,
    /// How many customers signed up
    #[arg(long, default_value_t = 600, value_parser = clap::value_parser!(u32).range(1..=100_000))]
    pub(crate) customers: u32,
    /// The port of the browser's UI; a free one when 0
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
}

/// Where to serve.
#[derive(Debug, Args)]
pub(crate) struct ServeArgs {
    /// The port; a free one when 0
    #[arg(long, default_value_t = 0)]
    pub(crate) port: u16,
}

/// What every command takes that does something at a provider.
#[derive(Debug, Args)]
pub(crate) struct ActArgs {
    /// Answer the question put to you with yes
    #[arg(long, short)]
    pub(crate) yes: bool,
    /// Put it into the outbox and send nothing now
    #[arg(long)]
    pub(crate) offline: bool,
    /// Say what would be done and do nothing
    #[arg(long)]
    pub(crate) dry_run: bool,
    /// Why: needed in live mode for money that leaves
    #[arg(long, value_name = "TEXT")]
    pub(crate) note: Option<String>,
    #[command(flatten)]
    pub(crate) who: WhoArgs,
}

/// Who asks.
#[derive(Debug, Args)]
pub(crate) struct WhoArgs {
    /// Who asks, where there are operators (the PIN is asked for, or read from COFFER_PIN)
    #[arg(long, value_name = "NAME")]
    pub(crate) operator: Option<String>,
}

/// What to give back.
#[derive(Debug, Args)]
pub(crate) struct RefundArgs {
    /// The payment, ch_… or its payment intent, pi_…
    pub(crate) payment: String,
    /// How much, in the payment's currency [default: all that is left]
    #[arg(long, value_name = "12.34")]
    pub(crate) amount: Option<String>,
    /// duplicate, fraudulent or requested_by_customer [default: requested_by_customer]
    #[arg(long)]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
}

/// What to credit.
#[derive(Debug, Args)]
pub(crate) struct CreditNoteArgs {
    /// The invoice
    pub(crate) invoice: String,
    /// How much, tax included [default: all of it]
    #[arg(long, value_name = "12.34", conflicts_with = "line")]
    pub(crate) amount: Option<String>,
    /// A line, with an amount where not all of it is meant; may be given several times
    #[arg(long, value_name = "LINE[=12.34]")]
    pub(crate) line: Vec<String>,
    /// Put what was paid into the customer's credit instead of giving it back
    #[arg(long)]
    pub(crate) to_credit: bool,
    /// duplicate, fraudulent or requested_by_customer [default: requested_by_customer]
    #[arg(long)]
    pub(crate) reason: Option<String>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
}

/// What to give to the good.
#[derive(Debug, Args)]
pub(crate) struct CreditArgs {
    /// The customer
    pub(crate) customer: String,
    /// How much
    #[arg(long, value_name = "12.34")]
    pub(crate) amount: String,
    /// The currency, where the customer has none yet
    #[arg(long)]
    pub(crate) currency: Option<String>,
    #[command(flatten)]
    pub(crate) act: ActArgs,
}

/// What to change of a subscription.
#[derive(Debug, Args)]
pub(crate) struct PlanChangeArgs {
    /// The subscription
    pub(crate) subscription: String,
    /// The price from then on
    #[arg(long)]
    pub(crate) price: Option<String>,
    /// The quantity from then on [default: as it is]
    #[arg(long)]
    pub(crate) quantity: Option<i64>,
    /// Which item is meant, where there are several
    #[arg(long, value_name = "ITEM")]
    pub(crate) item: Option<String>,
    /// A price to add, with a quantity where it is not one; may be given several times
    #[arg(long, value_name = "PRICE[=N]")]
    pub(crate) add: Vec<String>,
    /// An item to remove; may be given several times
    #[arg(long, value_name = "ITEM")]
    pub(crate) remove: Vec<String>,
    /// now or period-end
    #[arg(long, default_value = "now")]
    pub(crate) when: String,
    /// What the rest of the period costs: prorate, invoice-now or none
    #[arg(long, default_value = "prorate")]
    pub(crate) proration: String,
    /// Print what the customer would pay, and do nothing
    #[arg(long)]
    pub(crate) preview: bool,
    #[command(flatten)]
    pub(crate) act: ActArgs,
}

/// What can be done with a bill.
#[derive(Debug, Subcommand)]
pub(crate) enum InvoiceCommand {
    /// Try to collect it now
    Pay(InvoiceArgs),
    /// Send it to the customer
    Send(InvoiceArgs),
    /// Take it back
    Void(InvoiceArgs),
    /// Write it off
    Uncollectible(InvoiceArgs),
    /// Save its PDF, which is kept so that it is there without a network
    Pdf {
        /// The invoice
        id: String,
        /// Where to; a file named after the invoice's number here when left out
        #[arg(long, value_name = "FILE")]
        out: Option<PathBuf>,
    },
}

/// Which bill.
#[derive(Debug, Args)]
pub(crate) struct InvoiceArgs {
    /// The invoice
    pub(crate) id: String,
    #[command(flatten)]
    pub(crate) act: ActArgs,
}

/// What can be changed of a customer.
#[derive(Debug, Subcommand)]
pub(crate) enum CustomerCommand {
    /// Write down another e-mail address or name
    Update {
        /// The customer
        id: String,
        /// The e-mail address
        #[arg(long)]
        email: Option<String>,
        /// The name
        #[arg(long)]
        name: Option<String>,
        #[command(flatten)]
        act: ActArgs,
    },
}

/// What can be done with the outbox.
#[derive(Debug, Subcommand)]
pub(crate) enum OutboxCommand {
    /// List operations, newest first
    List {
        /// Those that stand so: queued, done, unknown, needs_review, …
        #[arg(long)]
        state: Option<String>,
        /// Those of one customer
        #[arg(long, value_name = "ID")]
        customer: Option<String>,
        /// Operations wanted
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// The `next` of the page before
        #[arg(long, value_name = "CURSOR")]
        after: Option<i64>,
    },
    /// Show one operation with what happened to it
    Show {
        /// The operation
        id: String,
    },
    /// Carry out what waits, and look for what is not known
    Run,
    /// Let an operation go on as things are now
    Retry {
        /// The operation
        id: String,
        #[command(flatten)]
        who: WhoArgs,
    },
    /// Take back what was done, where something does: by an operation of its own
    Undo {
        /// The operation
        id: String,
        #[command(flatten)]
        act: ActArgs,
    },
    /// Take an operation out that has not been sent
    Discard {
        /// The operation
        id: String,
        #[command(flatten)]
        who: WhoArgs,
    },
    /// Approve what another operator asked for
    Approve {
        /// The operation
        id: String,
        /// Do not send it now
        #[arg(long)]
        offline: bool,
        #[command(flatten)]
        who: WhoArgs,
    },
}

/// What can be asked of the action log.
#[derive(Debug, Subcommand)]
pub(crate) enum LogCommand {
    /// List what was done, newest first
    List {
        /// One operation's lines
        #[arg(long, value_name = "OP")]
        operation: Option<String>,
        /// Lines wanted
        #[arg(long, default_value_t = 200, value_parser = clap::value_parser!(u32).range(1..=1000))]
        limit: u32,
        /// The `next` of the page before
        #[arg(long, value_name = "CURSOR")]
        after: Option<i64>,
    },
    /// Prove that nobody altered it
    Verify,
    /// Write all of it into a file, a JSON document a line
    Export {
        /// The file
        #[arg(long, value_name = "FILE.jsonl")]
        out: PathBuf,
    },
}

/// Limits to set; without any, they are shown.
#[derive(Debug, Args)]
pub(crate) struct LimitsArgs {
    /// The most that one refund may give back, by currency; `none` takes a limit away
    #[arg(long, value_name = "USD=500")]
    pub(crate) each: Vec<String>,
    /// The most that is given back within twenty-four hours
    #[arg(long, value_name = "USD=2000")]
    pub(crate) day: Vec<String>,
    /// Above this the amount of a live action has to be typed
    #[arg(long, value_name = "USD=200")]
    pub(crate) typed_above: Vec<String>,
    /// Above this another operator has to approve
    #[arg(long, value_name = "USD=300")]
    pub(crate) approval_above: Vec<String>,
    #[command(flatten)]
    pub(crate) who: WhoArgs,
}

/// What can be done with operators.
#[derive(Debug, Subcommand)]
pub(crate) enum OperatorCommand {
    /// List who may act here
    List,
    /// Add somebody, or give a new PIN (the PIN comes on stdin, or at a prompt without echo)
    Add {
        /// The name
        name: String,
        #[command(flatten)]
        who: WhoArgs,
    },
    /// Take somebody out
    Remove {
        /// The name
        name: String,
        #[command(flatten)]
        who: WhoArgs,
    },
}
