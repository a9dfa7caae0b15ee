//! Running a program to its end: what it prints is shown as it comes and kept, and it may not take for ever.
//!
//! When the time is over the program is ended together with everything it started. A helper that outlives its parent and
//! still holds the parent's pipe is not waited for.

use anyhow::{Context as _, Result};
use std::io::{BufRead as _, BufReader, Read, Write};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::sync::{Arc, Mutex, PoisonError, mpsc};
use std::time::{Duration, Instant};

const LOOK_EVERY: Duration = Duration::from_millis(40);
/// How long the last words of a program that has ended may take to arrive.
const LAST_WORDS: Duration = Duration::from_secs(2);

/// How a program ended.
#[derive(Debug)]
pub(crate) struct Said {
    /// Its code, or none when it was ended.
    status: Option<ExitStatus>,
    /// Everything it printed on either stream.
    pub(crate) text: String,
}

impl Said {
    /// Whether it ended by itself and well.
    pub(crate) fn well(&self) -> bool {
        self.status.is_some_and(|status| status.success())
    }

    /// Why it did not end well.
    pub(crate) fn why(&self) -> String {
        match self.status {
            Some(status) => status.code().map_or_else(
                || "it was killed".to_owned(),
                |code| format!("it ended with {code}"),
            ),
            None => "it took too long and was ended".to_owned(),
        }
    }
}

/// Runs a program, showing and keeping what it prints.
pub(crate) fn watch(command: &mut Command, limit: Duration) -> Result<Said> {
    run(command, limit, true)
}

/// Runs a program, keeping what it prints and showing nothing.
pub(crate) fn listen(command: &mut Command, limit: Duration) -> Result<Said> {
    run(command, limit, false)
}

/// Runs a program on this terminal until it ends or is interrupted; says whether it ended well.
pub(crate) fn hand_over(command: &mut Command) -> Result<bool> {
    let name = name_of(command);
    let status = command
        .status()
        .with_context(|| format!("`{name}` could not be started"))?;
    Ok(status.success())
}

fn name_of(command: &Command) -> String {
    command.get_program().to_string_lossy().into_owned()
}

fn run(command: &mut Command, limit: Duration, show: bool) -> Result<Said> {
    let name = name_of(command);
    let began = Instant::now();
    let mut child = command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .with_context(|| format!("`{name}` could not be started"))?;
    let kept = Arc::new(Mutex::new(String::new()));
    let (ended, wait) = mpsc::channel();
    if let Some(stream) = child.stdout.take() {
        follow(stream, show.then(std::io::stdout), &kept, ended.clone());
    }
    if let Some(stream) = child.stderr.take() {
        follow(stream, show.then(std::io::stderr), &kept, ended);
    }
    let status = wait_for(&mut child, began, limit)?;
    let until = Instant::now() + LAST_WORDS;
    while wait
        .recv_timeout(until.saturating_duration_since(Instant::now()))
        .is_ok()
    {}
    let text = kept.lock().unwrap_or_else(PoisonError::into_inner).clone();
    Ok(Said { status, text })
}

/// Copies a stream line by line, until it ends.
fn follow<W: Write + Send + 'static>(
    stream: impl Read + Send + 'static,
    mut show: Option<W>,
    kept: &Arc<Mutex<String>>,
    ended: mpsc::Sender<()>,
) {
    let kept = Arc::clone(kept);
    std::thread::spawn(move || {
        let mut reader = BufReader::new(stream);
        let mut line = Vec::new();
        while reader
            .read_until(b'\n', &mut line)
            .is_ok_and(|count| count > 0)
        {
            if let Some(out) = &mut show {
                // Whoever watched has gone; the work goes on.
                let _ = out.write_all(&line).and_then(|()| out.flush());
            }
            kept.lock()
                .unwrap_or_else(PoisonError::into_inner)
                .push_str(&String::from_utf8_lossy(&line));
            line.clear();
        }
        drop(ended);
    });
}

/// Waits until the program ends; `None` when its time was over first.
fn wait_for(child: &mut Child, began: Instant, limit: Duration) -> Result<Option<ExitStatus>> {
    loop {
        if let Some(status) = child.try_wait()? {
            return Ok(Some(status));
        }
        if began.elapsed() > limit {
            end_with_children(child);
            return Ok(None);
        }
        std::thread::sleep(LOOK_EVERY);
    }
}

/// Ends a program and everything it started.
fn end_with_children(child: &mut Child) {
    let below = descendants(child.id());
    // It may have ended by itself in this moment; then there is nothing left to end.
    let _ = child.kill();
    let _ = child.wait();
    if !below.is_empty() {
        let _ = Command::new("kill")
            .arg("-KILL")
            .args(below)
            .stderr(Stdio::null())
            .status();
    }
}

/// The processes below one, where the system lists them as files.
fn descendants(of: u32) -> Vec<String> {
    let pairs: Vec<(u32, u32)> = std::fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .filter_map(|entry| {
            let process: u32 = entry.ok()?.file_name().to_str()?.parse().ok()?;
            Some((process, parent_of(process)?))
        })
        .collect();
    let mut found = vec![of];
    let mut next = 0;
    while let Some(parent) = found.get(next).copied() {
        found.extend(
            pairs
                .iter()
                .filter(|(_, above)| *above == parent)
                .map(|(process, _)| *process),
        );
        next += 1;
    }
    found
        .into_iter()
        .skip(1)
        .map(|process| process.to_string())
        .collect()
}

fn parent_of(process: u32) -> Option<u32> {
    let text = std::fs::read_to_string(format!("/proc/{process}/stat")).ok()?;
    // The name stands in brackets and may hold anything: what counts comes after the last one.
    text.rsplit_once(')')?
        .1
        .split_whitespace()
        .nth(1)?
        .parse()
        .ok()
}

#[cfg(all(test, unix))]
mod tests {
    use super::*;

    fn shell(script: &str) -> Command {
        let mut command = Command::new("sh");
        command.args(["-c", script]);
        command
    }

    #[test]
    fn both_streams_and_the_code_are_kept() {
        let said = listen(
            &mut shell("echo out; echo err >&2; exit 3"),
            Duration::from_secs(10),
        )
        .unwrap();
        assert!(
            said.text.contains("out\n") && said.text.contains("err\n"),
            "{}",
            said.text
        );
        assert!(!said.well());
        assert_eq!(said.why(), "it ended with 3");
    }

    #[test]
    fn a_program_that_never_ends_is_ended_with_what_it_started() {
        let began = Instant::now();
        let said = listen(
            &mut shell("sleep 61 & echo $!; wait"),
            Duration::from_millis(300),
        )
        .unwrap();
        assert!(!said.well());
        assert!(
            began.elapsed() < Duration::from_secs(20),
            "the deadline must hold"
        );
        let helper: u32 = said.text.trim().parse().unwrap();
        // A process that was told to end may be seen running once more before it does.
        let state = || std::fs::read_to_string(format!("/proc/{helper}/stat")).unwrap_or_default();
        let ended = |state: &str| state.is_empty() || state.contains(") Z ");
        let patience = Instant::now();
        while !ended(&state()) && patience.elapsed() < Duration::from_secs(10) {
            std::thread::sleep(Duration::from_millis(20));
        }
        assert!(ended(&state()), "the helper must not go on: {}", state());
    }

    #[test]
    fn a_helper_that_keeps_the_pipe_is_not_waited_for() {
        let began = Instant::now();
        let said = listen(&mut shell("sleep 20 & exit 0"), Duration::from_secs(15)).unwrap();
        assert!(said.well());
        assert!(
            began.elapsed() < Duration::from_secs(10),
            "the program had ended at once"
        );
    }
}
