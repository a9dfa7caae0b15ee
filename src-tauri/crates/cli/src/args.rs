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
    /// Draw a chart into a file
    Chart(ChartArgs),
    /// Look at the home, the secrets and the files, and say what is wrong
    Doctor,
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
