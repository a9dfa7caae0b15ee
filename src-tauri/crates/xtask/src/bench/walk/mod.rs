//! `xtask bench walk`: a client that reads the same lists as a first sync and throws everything away.
//!
//! What it takes is what the merchant and the loopback take; a sync can only be slower. It is even told how long the lists
//! are, which a sync must find out. It is a process of its own, of the
//! release profile, because a sync is one too. It is not for people to start: `bench sync` does. The key comes on the
//! standard input, and one line of JSON tells what was passed over.

mod lists;
mod page;

use super::connection::Connection;
use super::json;
use crate::options::Options;
use crate::words::tell;
use anyhow::{Context as _, Result, anyhow, bail};
use lists::{LISTS, List, Part, parts};
use std::collections::VecDeque;
use std::io::Read as _;
use std::process::ExitCode;
use std::sync::{Mutex, PoisonError};

/// Objects of one part: few enough that no connection is long at work when the others are done, so many that nearly every
/// page is full.
const OF_A_PART: u64 = 2_000;
const PARTS_MAX: u64 = 16;
const MONTH: i64 = 31 * 86_400;
/// Pages of one part; a server that repeats itself for ever is stopped here.
const PAGES_MAX: usize = 1_000_000;
const KEY_BYTES_MAX: u64 = 4_096;

/// What the command takes.
pub(super) const VALUED: &[&str] = &["--url", "--newest", "--months", "--connections", "--only"];

/// What was passed over.
#[derive(Debug, Default, Clone, Copy)]
struct Passed {
    pages: u64,
    objects: u64,
    lines: u64,
}

impl Passed {
    const fn and(self, other: Self) -> Self {
        Self {
            pages: self.pages + other.pages,
            objects: self.objects + other.objects,
            lines: self.lines + other.lines,
        }
    }
}

/// Walks and tells.
pub(super) fn run(options: &Options) -> Result<ExitCode> {
    let url = options.text("--url").context("--url is missing")?;
    let newest = options.number("--newest")?.context("--newest is missing")?;
    let months = options.number("--months")?.context("--months is missing")?;
    let connections = options.number("--connections")?.unwrap_or(1).clamp(1, 64);
    let mut key = String::new();
    std::io::stdin()
        .take(KEY_BYTES_MAX)
        .read_to_string(&mut key)?;
    let newest = i64::try_from(newest)?;
    let oldest = newest - i64::try_from(months)?.saturating_mul(MONTH);
    let mut counts = Connection::open(url, "")?;
    let counts = String::from_utf8_lossy(counts.get("/_sim/counts")?).into_owned();
    let waiting: VecDeque<Part> = chosen(options.text("--only"))?
        .into_iter()
        .flat_map(|list| parts(list, oldest, newest, parts_of(list, &counts)))
        .collect();
    let waiting = Mutex::new(waiting);
    let passed = together(url, key.trim(), connections, &waiting)?;
    tell(&format!(
        r#"{{"pages":{},"objects":{},"lines":{}}}"#,
        passed.pages, passed.objects, passed.lines
    ));
    Ok(ExitCode::SUCCESS)
}

/// Into how many parts a list is cut, by what the merchant says it holds.
fn parts_of(list: &List, counts: &str) -> i64 {
    let held = json::number(counts, &format!("/v1/{}", list.path)).unwrap_or(0);
    i64::try_from((held / OF_A_PART).clamp(1, PARTS_MAX)).unwrap_or(1)
}

/// The lists named, or all.
fn chosen(only: Option<&str>) -> Result<Vec<&'static List>> {
    let Some(only) = only else {
        return Ok(LISTS.iter().collect());
    };
    only.split(',')
        .map(|name| {
            LISTS
                .iter()
                .find(|list| list.name == name)
                .with_context(|| format!("there is no list of `{name}`"))
        })
        .collect()
}

/// As many walkers as there are to be connections, each taking the next part when it is done with one.
fn together(
    url: &str,
    key: &str,
    connections: u64,
    waiting: &Mutex<VecDeque<Part>>,
) -> Result<Passed> {
    std::thread::scope(|scope| {
        let walkers: Vec<_> = (0..connections)
            .map(|_| scope.spawn(|| walker(url, key, waiting)))
            .collect();
        let mut all = Passed::default();
        for walker in walkers {
            let passed = walker.join().map_err(|_| anyhow!("a walker was lost"))??;
            all = all.and(passed);
        }
        Ok(all)
    })
}

fn walker(url: &str, key: &str, waiting: &Mutex<VecDeque<Part>>) -> Result<Passed> {
    let mut connection = Connection::open(url, key)?;
    let mut all = Passed::default();
    loop {
        let next = waiting
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front();
        let Some(part) = next else {
            return Ok(all);
        };
        all = all.and(walk(&mut connection, &part)?);
    }
}

/// Walks a part from its newest object to its oldest.
fn walk(connection: &mut Connection, part: &Part) -> Result<Passed> {
    let mut passed = Passed::default();
    let mut after: Option<String> = None;
    for _ in 0..PAGES_MAX {
        let seen = page::look(connection.get(&part.question(after.as_deref()))?)?;
        passed = passed.and(Passed {
            pages: 1,
            objects: seen.objects,
            lines: seen.lines,
        });
        if !seen.has_more {
            return Ok(passed);
        }
        if seen.last.is_none() || seen.last == after {
            bail!("a list does not move on");
        }
        after = seen.last;
    }
    bail!("a list has no end")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_lists_are_cut_and_short_ones_are_not() {
        let counts = r#"{"/v1/charges":9000,"/v1/customers":400,"/v1/invoices":1000000}"#;
        let parts = |name| parts_of(LISTS.iter().find(|list| list.name == name).unwrap(), counts);
        assert_eq!(parts("charges"), 4);
        assert_eq!(parts("customers"), 1);
        assert_eq!(parts("invoices"), 16);
        assert_eq!(parts("refunds"), 1, "of which nothing is said");
    }

    #[test]
    fn lists_are_chosen_by_name_and_none_is_passed_over_in_silence() {
        let names = |only| -> Vec<&str> {
            let chosen = chosen(Some(only)).unwrap();
            chosen.iter().map(|list| list.name).collect()
        };
        assert_eq!(names("customers,invoices"), ["customers", "invoices"]);
        assert!(chosen(Some("customers,invoces")).is_err());
        assert_eq!(chosen(None).unwrap().len(), LISTS.len());
    }
}
