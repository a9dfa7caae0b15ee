//! How many tests passed, failed and were skipped, read from what the runners print at their end.
//!
//! Each runner has a line or a few that it prints last and that people read too; those are what is parsed, with colours
//! taken off. A runner whose end cannot be found gives no counts, and the report then counts the step itself.

/// Tests of one runner, or of all together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub(crate) struct Counts {
    /// Those that passed.
    pub(crate) passed: u64,
    /// Those that failed, were cut off or could not be started.
    pub(crate) failed: u64,
    /// Those that were left out.
    pub(crate) skipped: u64,
}

impl Counts {
    /// Adds another runner's.
    pub(crate) fn add(&mut self, other: Self) {
        self.passed += other.passed;
        self.failed += other.failed;
        self.skipped += other.skipped;
    }

    /// Adds what a runner calls by a word; unknown words are left alone.
    fn note(&mut self, number: u64, word: &str) {
        match word {
            "passed" | "pass" | "flaky" => self.passed += number,
            "failed" | "fail" | "timed out" | "exec failed" | "cancelled" | "interrupted" => {
                self.failed += number
            }
            "skipped" | "ignored" | "todo" | "did not run" => self.skipped += number,
            _ => {}
        }
    }
}

/// Reads a runner's counts from everything it printed.
pub(crate) type Reader = fn(&str) -> Option<Counts>;

/// A step that counts nothing.
pub(crate) fn nothing(_: &str) -> Option<Counts> {
    None
}

/// `Summary [ 1.2s] 12 tests run: 10 passed (1 slow), 1 failed, 1 timed out, 3 skipped`. A test that found what it needs
/// absent passes for the runner; it says `skipped: …` in its own words, and counts as that here.
pub(crate) fn nextest(text: &str) -> Option<Counts> {
    let plain = plain(text);
    let line = plain
        .lines()
        .rev()
        .find(|line| line.trim_start().starts_with("Summary [") && line.contains(" run:"))?;
    let (_, list) = line.split_once(" run:")?;
    let mut counts = listed(&without_brackets(list), ',')?;
    let left_out = left_out(&plain).min(counts.passed);
    counts.passed -= left_out;
    counts.skipped += left_out;
    Some(counts)
}

/// How many of the tests whose words are shown said that they were skipped.
fn left_out(plain: &str) -> u64 {
    let mut count = 0;
    let mut said = false;
    for line in plain.lines().map(str::trim_start) {
        if line.starts_with("PASS [") {
            said = false;
        } else if line.starts_with("skipped: ") && !said {
            said = true;
            count += 1;
        }
    }
    count
}

/// `test result: ok. 3 passed; 0 failed; 1 ignored; …`, once for each crate.
pub(crate) fn doc_tests(text: &str) -> Option<Counts> {
    let plain = plain(text);
    let mut sum = None;
    for line in plain
        .lines()
        .filter_map(|line| line.trim().strip_prefix("test result: "))
    {
        let (_, list) = line.split_once(". ")?;
        sum.get_or_insert_with(Counts::default)
            .add(listed(list, ';')?);
    }
    sum
}

/// `Tests  1 failed | 55 passed | 2 skipped (58)`.
pub(crate) fn vitest(text: &str) -> Option<Counts> {
    let plain = plain(text);
    let list = plain
        .lines()
        .rev()
        .filter_map(|line| line.trim().strip_prefix("Tests "))
        .find(|line| {
            line.contains(" passed") || line.contains(" failed") || line.contains(" skipped")
        })?;
    listed(&without_brackets(list), '|')
}

/// `12 passed (30.1s)`, `1 failed`, `2 skipped`, each on a line of its own.
pub(crate) fn playwright(text: &str) -> Option<Counts> {
    let plain = plain(text);
    let mut counts = None;
    for line in plain.lines() {
        let line = without_brackets(line);
        let Some((number, word)) = line.trim().split_once(' ') else {
            continue;
        };
        let known = [
            "passed",
            "failed",
            "flaky",
            "skipped",
            "interrupted",
            "did not run",
        ]
        .contains(&word);
        if let (true, Ok(number)) = (known, number.parse()) {
            counts
                .get_or_insert_with(Counts::default)
                .note(number, word);
        }
    }
    counts
}

/// `ℹ pass 3` or `# pass 3`, one line for each word; the last of each counts. A plain line such as ours will do as well.
pub(crate) fn node_test(text: &str) -> Option<Counts> {
    let plain = plain(text);
    let mut counts: Option<Counts> = None;
    for word in ["pass", "fail", "cancelled", "skipped", "todo"] {
        let number = plain.lines().rev().find_map(|line| {
            let rest = line
                .strip_prefix("ℹ ")
                .or_else(|| line.strip_prefix("# "))?;
            rest.strip_prefix(word)?
                .strip_prefix(' ')?
                .trim()
                .parse()
                .ok()
        });
        if let Some(number) = number {
            counts
                .get_or_insert_with(Counts::default)
                .note(number, word);
        }
    }
    counts.or_else(|| {
        let ours = |line: &&str| line.contains(" passed, ") && line.contains(" failed");
        listed(plain.lines().rev().find(ours)?, ',')
    })
}

/// Reads `10 passed, 2 failed` and the like.
fn listed(list: &str, separator: char) -> Option<Counts> {
    let mut counts = Counts::default();
    let mut any = false;
    for part in list.split(separator) {
        let Some((number, word)) = part.trim().split_once(' ') else {
            continue;
        };
        if let Ok(number) = number.parse() {
            counts.note(number, word.trim());
            any = true;
        }
    }
    any.then_some(counts)
}

/// Takes what stands in round brackets away.
fn without_brackets(text: &str) -> String {
    let mut depth = 0_u32;
    let mut out = String::new();
    for letter in text.chars() {
        match letter {
            '(' => depth += 1,
            ')' => depth = depth.saturating_sub(1),
            _ if depth == 0 => out.push(letter),
            _ => {}
        }
    }
    out
}

/// Takes the colours away.
fn plain(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut letters = text.chars();
    while let Some(letter) = letters.next() {
        if letter != '\u{1b}' {
            out.push(letter);
            continue;
        }
        // A colour is an escape, a bracket, digits and one closing letter.
        for inside in letters.by_ref() {
            if inside.is_ascii_alphabetic() {
                break;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn counts(passed: u64, failed: u64, skipped: u64) -> Option<Counts> {
        Some(Counts {
            passed,
            failed,
            skipped,
        })
    }

    #[test]
    fn nextest_is_read_from_its_last_summary() {
        let text = "     Summary [   0.1s] 1 test run: 1 passed, 0 skipped\n\u{1b}[32;1m     Summary\u{1b}[0m [  12.3s] 124/130 tests run: 120 passed (3 slow, 1 flaky), 2 failed, 1 timed out, 1 exec failed, 5 skipped\n        FAIL a::b\n";
        assert_eq!(nextest(text), counts(120, 4, 5));
        let text = "     Summary [   0.1s] 4 tests run: 4 passed, 0 skipped\n        PASS [   0.1s] (1/4) a one\n  stdout ───\n    skipped: x is not here\n    skipped: y is not here\n        PASS [   0.1s] (2/4) a two\n    skipped: x is not here\n        PASS [   0.1s] (3/4) a three\n    running 1 test\n";
        assert_eq!(
            nextest(text),
            counts(2, 0, 2),
            "what was skipped is not passed"
        );
        assert_eq!(
            nextest("error: could not compile"),
            None,
            "a build that failed has no counts"
        );
    }

    #[test]
    fn doc_tests_are_added_over_crates() {
        let text = "test result: ok. 3 passed; 0 failed; 1 ignored; 0 measured; 0 filtered out; finished in 0.1s\n\ntest result: FAILED. 1 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out\n";
        assert_eq!(doc_tests(text), counts(4, 2, 1));
    }

    #[test]
    fn vitest_is_read_from_its_tests_line_and_not_from_its_files_line() {
        let text = " Test Files  1 failed | 9 passed (10)\n      Tests  1 failed | 55 passed | 2 skipped (58)\n   Start at  10:00:00\n";
        assert_eq!(vitest(text), counts(55, 1, 2));
    }

    #[test]
    fn playwright_is_read_line_by_line() {
        let text = "  ✓  1 overview.spec.ts:3:1 › 12 passed things (2.0s)\n\n  1 failed\n    overview.spec.ts:9:1 › a name\n  1 flaky\n  2 skipped\n  3 did not run\n  12 passed (31.4s)\n";
        assert_eq!(playwright(text), counts(13, 1, 5));
    }

    #[test]
    fn node_tests_are_read_in_both_of_their_forms() {
        let spec =
            "ℹ tests 4\nℹ suites 0\nℹ pass 3\nℹ fail 1\nℹ cancelled 0\nℹ skipped 0\nℹ todo 0\n";
        assert_eq!(node_test(spec), counts(3, 1, 0));
        assert_eq!(
            node_test("# tests 2\n# pass 2\n# fail 0\n# cancelled 0\n# skipped 0\n"),
            counts(2, 0, 0)
        );
        assert_eq!(
            node_test("4 passed, 1 failed, 2 skipped\n"),
            counts(4, 1, 2)
        );
    }
}
