//! The simulated merchant as a program: it makes a world, serves it on loopback, and says where.
//!
//! It prints one line of JSON when it is ready and nothing else. The clock is read here and nowhere below.

use std::collections::BTreeMap;
use std::io::Write;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::time::Duration;

use chrono::{DateTime, Utc};
use coffer_sim::{Limits, Server, ServerOptions, WorldSpec};

const HELP: &str = "coffer-sim [--seed N] [--customers N] [--months N] [--now INSTANT] [--port N] [--state-dir DIR] [--live] [--frozen] [--corners]\n\
    \x20          [--limits live|test|PER_ENDPOINT,OVERALL] [--concurrency PER_ENDPOINT,OVERALL] [--latency-ms N]\n\
    \x20          [--event-version VERSION] [--test-clocks N]\n\
    Serves a simulated merchant on loopback. Unless --frozen or --now is given, its time follows the clock. With --limits it\n\
    refuses what the provider would: more than so many requests a second to one endpoint, and to all. With --test-clocks\n\
    customers of a sandbox live on clocks, three on each.\n";

#[expect(
    clippy::disallowed_methods,
    reason = "the binary is the edge where the clock is read"
)]
fn wall_clock() -> DateTime<Utc> {
    Utc::now()
}

/// Options by name; a flag has an empty value.
fn read_arguments(
    arguments: impl Iterator<Item = String>,
) -> Result<BTreeMap<String, String>, String> {
    let mut options = BTreeMap::new();
    let mut arguments = arguments;
    while let Some(argument) = arguments.next() {
        let (name, given) = match argument.split_once('=') {
            Some((name, value)) => (name.to_owned(), Some(value.to_owned())),
            None => (argument, None),
        };
        let value = match name.as_str() {
            "--live" | "--frozen" | "--corners" | "--help" => String::new(),
            "--seed" | "--customers" | "--months" | "--now" | "--port" | "--state-dir"
            | "--limits" | "--concurrency" | "--latency-ms" | "--event-version"
            | "--test-clocks" => given
                .or_else(|| arguments.next())
                .ok_or_else(|| format!("{name} needs a value"))?,
            _ => return Err(format!("{name} is not an option")),
        };
        options.insert(name, value);
    }
    Ok(options)
}

fn parsed<T: std::str::FromStr>(
    options: &BTreeMap<String, String>,
    name: &str,
    default: T,
) -> Result<T, String> {
    options.get(name).map_or(Ok(default), |value| {
        value
            .parse()
            .map_err(|_| format!("{name} cannot be {value}"))
    })
}

/// Two whole numbers with a comma between them.
fn pair(name: &str, text: &str) -> Result<(u32, u32), String> {
    let cannot = || format!("{name} cannot be {text}");
    let (first, second) = text.split_once(',').ok_or_else(cannot)?;
    match (first.trim().parse(), second.trim().parse()) {
        (Ok(first), Ok(second)) => Ok((first, second)),
        _ => Err(cannot()),
    }
}

/// The limits asked for. Without rates, a limit on requests at once leaves the rates as good as unlimited.
fn limits(options: &BTreeMap<String, String>) -> Result<Option<Limits>, String> {
    let rates = match options.get("--limits").map(String::as_str) {
        None => None,
        Some("live") => Some(Limits::LIVE),
        Some("test") => Some(Limits::TEST),
        Some(text) => {
            let (endpoint, overall) = pair("--limits", text)?;
            Some(Limits::rates(endpoint, overall))
        }
    };
    let Some(text) = options.get("--concurrency") else {
        return Ok(rates);
    };
    let (endpoint, overall) = pair("--concurrency", text)?;
    Ok(Some(Limits {
        endpoint_concurrency: Some(endpoint),
        overall_concurrency: Some(overall),
        ..rates.unwrap_or(Limits::rates(u32::MAX, u32::MAX))
    }))
}

fn server_options(options: &BTreeMap<String, String>) -> Result<ServerOptions, String> {
    let spec = WorldSpec {
        seed: parsed(options, "--seed", 1)?,
        customers: parsed(options, "--customers", 400)?,
        months: parsed(options, "--months", 18)?,
        now: parsed(options, "--now", wall_clock())?,
        livemode: options.contains_key("--live"),
        corners: options.contains_key("--corners"),
    };
    let mut server = ServerOptions::new(spec);
    server.port = parsed(options, "--port", 0)?;
    server.state_dir = options.get("--state-dir").map(PathBuf::from);
    server.limits = limits(options)?;
    server.latency = options
        .get("--latency-ms")
        .map(|_| parsed(options, "--latency-ms", 0).map(Duration::from_millis))
        .transpose()?;
    server.event_version = options.get("--event-version").cloned();
    server.test_clocks = parsed(options, "--test-clocks", 0)?;
    if !options.contains_key("--frozen") && !options.contains_key("--now") {
        server.follow_clock = Some(Arc::new(wall_clock));
    }
    Ok(server)
}

async fn asked_to_stop() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
    }
    // Without a signal to wait for there is only the end of the process, which needs no farewell.
    let _ = tokio::signal::ctrl_c().await;
}

async fn run(options: ServerOptions) -> Result<(), Box<dyn std::error::Error>> {
    let running = Server::start(options).await?;
    let now = running
        .world()
        .read()
        .map(|world| world.present())
        .map_err(|_| "the world is lost")?;
    let ready = serde_json::json!({
        "url": running.base_url(),
        "key": running.key(),
        "secret_key": running.secret_key(),
        "now": now,
    });
    writeln!(std::io::stdout(), "{ready}")?;
    std::io::stdout().flush()?;
    asked_to_stop().await;
    running.stop().await?;
    Ok(())
}

#[tokio::main]
async fn main() -> ExitCode {
    let options = read_arguments(std::env::args().skip(1));
    if options
        .as_ref()
        .is_ok_and(|options| options.contains_key("--help"))
    {
        return if write!(std::io::stdout(), "{HELP}").is_ok() {
            ExitCode::SUCCESS
        } else {
            ExitCode::FAILURE
        };
    }
    let outcome = match options.and_then(|options| server_options(&options)) {
        Ok(options) => run(options).await.map_err(|error| error.to_string()),
        Err(message) => Err(format!("{message}\n{HELP}")),
    };
    match outcome {
        Ok(()) => ExitCode::SUCCESS,
        Err(message) => {
            // There is nowhere left to report that the report failed.
            let _ = writeln!(std::io::stderr(), "{message}");
            ExitCode::FAILURE
        }
    }
}
