//! The log: a plain file a day in the home, two weeks of them.
//!
//! Other people's crates write warnings and worse only, whatever is asked for: their details can hold headers and
//! bodies. Lines are written as they come, so that the last one before a crash is there. A panic is a line too; its
//! words pass through the redaction that takes out keys, addresses and card numbers.

use anyhow::Context as _;
use coffer_engine::providers::http::redact;
use std::panic::PanicHookInfo;
use std::path::Path;
use tracing::level_filters::LevelFilter;
use tracing_appender::rolling::{RollingFileAppender, Rotation};
use tracing_subscriber::Layer as _;
use tracing_subscriber::filter::Targets;
use tracing_subscriber::layer::SubscriberExt as _;
use tracing_subscriber::util::SubscriberInitExt as _;

const DAYS_KEPT: usize = 14;

/// Starts writing to `<home>/logs`; `level` speaks of our own crates, `info` when it is none.
///
/// # Errors
/// When the folder cannot be written.
pub(crate) fn start(home: &Path, level: Option<&str>) -> anyhow::Result<()> {
    let folder = home.join("logs");
    // The appender counts old files before it makes the folder, and complains on stderr when there is none.
    std::fs::create_dir_all(&folder)
        .with_context(|| format!("The log cannot be written in {}", folder.display()))?;
    let file = RollingFileAppender::builder()
        .rotation(Rotation::DAILY)
        .filename_prefix("coffer")
        .filename_suffix("log")
        .max_log_files(DAYS_KEPT)
        .build(&folder)
        .with_context(|| format!("The log cannot be written in {}", folder.display()))?;
    let lines = tracing_subscriber::fmt::layer()
        .with_ansi(false)
        .with_writer(file)
        .with_filter(filter(level));
    tracing_subscriber::registry()
        .with(lines)
        .try_init()
        .context("The log was started twice")?;
    let before = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |panic| {
        tracing::error!("{}", describe(panic));
        before(panic);
    }));
    Ok(())
}

fn filter(level: Option<&str>) -> Targets {
    let ours = level
        .and_then(|word| word.parse().ok())
        .unwrap_or(LevelFilter::INFO);
    Targets::new()
        .with_default(LevelFilter::WARN)
        .with_target("coffer", ours)
}

fn describe(panic: &PanicHookInfo<'_>) -> String {
    let thread = std::thread::current();
    let place = panic
        .location()
        .map_or_else(|| "an unknown place".to_owned(), ToString::to_string);
    let words = panic.payload_as_str().unwrap_or("no words");
    format!(
        "thread {} panicked at {place}: {}",
        thread.name().unwrap_or("without a name"),
        redact(words)
    )
}

#[cfg(test)]
mod tests {
    use super::filter;
    use tracing::Level;

    #[test]
    fn other_crates_never_get_below_warnings() {
        for asked in [None, Some("debug"), Some("trace"), Some("nonsense")] {
            let filter = filter(asked);
            assert!(
                !filter.would_enable("hyper::proto", &Level::INFO),
                "{asked:?} opens no other crate's details"
            );
            assert!(filter.would_enable("hyper::proto", &Level::WARN));
            assert!(filter.would_enable("coffer_engine::sync", &Level::INFO));
        }
        assert!(filter(Some("debug")).would_enable("coffer_desktop", &Level::DEBUG));
    }
}
