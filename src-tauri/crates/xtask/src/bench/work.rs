//! A program that works to its end while its memory is watched.
//!
//! It may not take for ever, and it does not outlive the measurement, however that ends. The time is from its start to its
//! end, so it includes what a user waits for before the work begins.

use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write as _};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// How often the memory of a program at work is looked at; the system itself keeps the highest.
const LOOK_EVERY: Duration = Duration::from_millis(5);
/// How long the last words of a program that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_secs(5);

/// How a program ended.
#[derive(Debug)]
pub(super) struct Ended {
    pub(super) status: ExitStatus,
    /// What it printed on its standard output.
    pub(super) said: String,
    /// From its start to its end.
    pub(super) took: Duration,
    /// The most memory it held; `None` where the system does not tell.
    pub(super) peak_bytes: Option<u64>,
}

/// A program at work. It ends when this is dropped.
struct Working(Child);

impl Drop for Working {
    fn drop(&mut self) {
        // It has mostly ended by itself.
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Runs a program to its end, giving it a text to read where it wants one.
pub(super) fn to_its_end(
    command: &mut Command,
    input: Option<&str>,
    limit: Duration,
) -> Result<Ended> {
    let name = command.get_program().to_string_lossy().into_owned();
    let stdin = if input.is_some() {
        Stdio::piped()
    } else {
        Stdio::null()
    };
    let began = Instant::now();
    let child = command.stdin(stdin).stdout(Stdio::piped()).spawn();
    let mut working = Working(child.with_context(|| format!("`{name}` could not be started"))?);
    let (say, hear) = mpsc::channel();
    if let Some(mut stream) = working.0.stdout.take() {
        std::thread::spawn(move || {
            let mut said = String::new();
            let read = stream.read_to_string(&mut said);
            // Whoever waited may have given up.
            let _ = say.send(read.map(|_| said));
        });
    }
    if let (Some(input), Some(mut stdin)) = (input, working.0.stdin.take()) {
        stdin.write_all(input.as_bytes())?;
    }
    let mut peak_bytes = None;
    let status = loop {
        peak_bytes = peak_of(working.0.id()).or(peak_bytes);
        if let Some(status) = working.0.try_wait()? {
            break status;
        }
        if began.elapsed() > limit {
            bail!("`{name}` took longer than {} s", limit.as_secs());
        }
        std::thread::sleep(LOOK_EVERY);
    };
    let took = began.elapsed();
    let said = hear
        .recv_timeout(LAST_WORDS)
        .with_context(|| format!("what `{name}` printed has no end"))?;
    Ok(Ended {
        status,
        said: said.with_context(|| format!("what `{name}` printed could not be read"))?,
        took,
        peak_bytes,
    })
}

/// The most memory a process has held so far, where the system tells it as a file.
fn peak_of(process: u32) -> Option<u64> {
    peak_in(&std::fs::read_to_string(format!("/proc/{process}/status")).ok()?)
}

fn peak_in(status: &str) -> Option<u64> {
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmHWM:"))?;
    let kibibytes: u64 = line.trim().strip_suffix(" kB")?.parse().ok()?;
    Some(kibibytes * 1024)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_highest_memory_is_told_in_bytes() {
        let status = "Name:\tcoffer\nVmPeak:\t  900 kB\nVmHWM:\t   41236 kB\nVmRSS:\t 7 kB\n";
        assert_eq!(peak_in(status), Some(41_236 * 1024));
        assert_eq!(peak_in("Name:\tcoffer\nState:\tZ (zombie)\n"), None);
    }

    #[cfg(unix)]
    #[test]
    fn a_program_reads_what_it_is_given_and_may_not_take_for_ever() {
        let ended = to_its_end(&mut Command::new("cat"), Some("a key"), LAST_WORDS).unwrap();
        assert!(ended.status.success());
        assert_eq!(ended.said, "a key");
        let began = Instant::now();
        let late = to_its_end(
            Command::new("sleep").arg("60"),
            None,
            Duration::from_millis(50),
        );
        assert!(late.is_err());
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the deadline must hold"
        );
    }
}
