//! `coffer`: the engine on the command line, and the host of the browser.
//!
//! This crate reads arguments and the environment, calls the engine and writes answers; it decides nothing about data.
//! The contract is one JSON document on stdout with `--json`, sentences for people without it, and an exit code that
//! says how it went: 0 done, 1 failed, 2 wrong usage, 3 incomplete, 4 something needs a person.

mod args;
mod command;
mod output;
mod progress;
mod serve;

use args::{Cli, Command, InvoiceCommand};
use clap::Parser as _;
use coffer_engine::EngineError;
use coffer_engine::api::types::ApiErrorView;
use output::Output;
use std::process::ExitCode;

/// How a command ended when it did not fail.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Ended {
    /// Done.
    Well,
    /// Not everything could be brought, or the answer rests on a partial copy.
    Incomplete,
    /// The answer was given, and it is that something failed.
    Failed,
    /// Something needs a person.
    NeedsPerson,
}

/// Why a command failed.
#[derive(Debug)]
pub(crate) enum Failure {
    /// The engine's word.
    Engine(EngineError),
    /// The word of a command of the one list.
    Api(ApiErrorView),
    /// Our own words about the arguments.
    Usage(String),
    /// The reader of our answer went away.
    Output(std::io::Error),
    /// Somebody was asked and said no.
    Declined,
}

impl From<EngineError> for Failure {
    fn from(error: EngineError) -> Self {
        Self::Engine(error)
    }
}

impl From<ApiErrorView> for Failure {
    fn from(error: ApiErrorView) -> Self {
        Self::Api(error)
    }
}

impl From<std::io::Error> for Failure {
    fn from(error: std::io::Error) -> Self {
        Self::Output(error)
    }
}

fn main() -> ExitCode {
    let wants_json = std::env::args_os().any(|argument| argument == "--json");
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        Err(error) => return refuse_arguments(&error, wants_json),
    };
    let output = Output::new(cli.global.json, cli.global.quiet);
    start_log();
    let cores = std::thread::available_parallelism().map_or(1, std::num::NonZero::get);
    // Reading a page keeps a thread busy for some milliseconds; whoever watches the time needs another.
    let runtime = match tokio::runtime::Builder::new_multi_thread()
        .worker_threads(cores + 2)
        .enable_all()
        .build()
    {
        Ok(runtime) => runtime,
        Err(error) => return fail(&output, &Failure::Output(error)),
    };
    let result = runtime.block_on(run(&cli, &output));
    // What is stuck (a keychain that never answers) must not keep the program from ending.
    runtime.shutdown_timeout(std::time::Duration::from_secs(2));
    match result {
        Ok(Ended::Well) => ExitCode::SUCCESS,
        Ok(Ended::Failed) => ExitCode::from(1),
        Ok(Ended::Incomplete) => ExitCode::from(3),
        Ok(Ended::NeedsPerson) => ExitCode::from(4),
        Err(failure) => fail(&output, &failure),
    }
}

async fn run(cli: &Cli, output: &Output) -> Result<Ended, Failure> {
    match &cli.command {
        Command::Account(sub) => command::account::run(cli, sub, output).await,
        Command::Sync(options) => command::sync::run(cli, options, output).await,
        Command::Metrics(options) => command::metrics::run(cli, options, output).await,
        Command::Cohorts(options) => command::cohorts::run(cli, options, output).await,
        Command::Explain(options) => command::explain::run(cli, options, output).await,
        Command::Forecast(options) => command::forecast::run(cli, options, output).await,
        Command::Reconcile(options) => command::reconcile::run(cli, options, output).await,
        Command::Policies { add } => command::policies::run(cli, add.as_deref(), output).await,
        Command::Rates { import } => command::rates::run(cli, import.as_deref(), output).await,
        Command::Customers(options) => command::customers::run(cli, options, output).await,
        Command::Subscriptions(options) => {
            command::lists::run(cli, options, command::lists::Which::Subscriptions, output).await
        }
        Command::Invoices(options) => {
            command::lists::run(cli, options, command::lists::Which::Invoices, output).await
        }
        Command::Payments(options) => {
            command::lists::run(cli, options, command::lists::Which::Payments, output).await
        }
        Command::Refunds(options) => {
            command::lists::run(cli, options, command::lists::Which::Refunds, output).await
        }
        Command::Disputes(options) => {
            command::lists::run(cli, options, command::lists::Which::Disputes, output).await
        }
        Command::Show { id } => command::show::run(cli, id, output).await,
        Command::Invoice(InvoiceCommand::Pdf { id, out }) => {
            command::document::run(cli, id, out.as_deref(), output).await
        }
        Command::Backup { out } => command::backup::make(cli, out.as_deref(), output).await,
        Command::Restore { file } => command::backup::bring_back(cli, file, output).await,
        Command::Search { text, limit } => command::search::run(cli, text, *limit, output).await,
        Command::Refund(_)
        | Command::CreditNote(_)
        | Command::Credit(_)
        | Command::PlanChange(_)
        | Command::Cancel { .. }
        | Command::Uncancel { .. }
        | Command::Pause { .. }
        | Command::Resume { .. }
        | Command::Coupon { .. }
        | Command::KeepPlan { .. }
        | Command::ExtendTrial { .. }
        | Command::Invoice(_)
        | Command::Customer(_) => command::act::run(cli, output).await,
        Command::Outbox(sub) => command::outbox::run(cli, sub, output).await,
        Command::Log(sub) => command::log::run(cli, sub, output).await,
        Command::Limits(options) => command::consent::limits(cli, options, output).await,
        Command::Operator(sub) => command::consent::operators(cli, sub, output).await,
        Command::Chart(options) => command::chart::run(cli, options, output).await,
        Command::Doctor => command::doctor::run(cli, output).await,
        Command::Demo(options) => command::demo::run(cli, options, output).await,
        Command::Serve(options) => serve::run(cli, options, output).await,
        Command::Completions { shell } => command::completions(*shell, output),
    }
}

/// Warnings go to stderr; more of them with `COFFER_LOG`.
fn start_log() {
    let filter = tracing_subscriber::EnvFilter::try_from_env("COFFER_LOG")
        .unwrap_or_else(|_| tracing_subscriber::EnvFilter::new("error"));
    tracing_subscriber::fmt()
        .with_env_filter(filter)
        .with_writer(std::io::stderr)
        .init();
}

fn refuse_arguments(error: &clap::Error, wants_json: bool) -> ExitCode {
    if wants_json && error.use_stderr() {
        let text = error.to_string();
        // What clap says before its usage lines, on one line.
        let said = text.split("\n\n").next().unwrap_or_default();
        let words: Vec<&str> = said
            .trim_start_matches("error: ")
            .split_whitespace()
            .collect();
        let message = format!("{}.", words.join(" ").trim_end_matches('.'));
        return fail(&Output::new(true, false), &Failure::Usage(message));
    }
    // Help and version go to stdout and are no failure.
    let _ = error.print();
    ExitCode::from(if error.use_stderr() { 2 } else { 0 })
}

fn fail(output: &Output, failure: &Failure) -> ExitCode {
    let (view, exit) = match failure {
        Failure::Engine(error) => (error.view(), error.code().exit()),
        Failure::Api(view) => (
            view.clone(),
            if view.code == "usage" || view.code == "api_url_refused" {
                2
            } else {
                1
            },
        ),
        Failure::Usage(message) => {
            let view = ApiErrorView {
                hint: Some(
                    "`coffer --help` shows every command, `coffer COMMAND --help` its flags."
                        .to_owned(),
                ),
                ..EngineError::Usage(message.clone()).view()
            };
            (view, 2)
        }
        Failure::Declined => {
            let view = ApiErrorView {
                code: "declined".to_owned(),
                message: "Nothing was done.".to_owned(),
                hint: None,
            };
            (view, 1)
        }
        // Whoever read our answer has stopped: there is nobody to tell.
        Failure::Output(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {
            return ExitCode::SUCCESS;
        }
        Failure::Output(error) => {
            let view = ApiErrorView {
                code: "io".to_owned(),
                message: format!("{error}."),
                hint: None,
            };
            (view, 1)
        }
    };
    output.error(&view);
    ExitCode::from(exit)
}
