//! Where answers go: one JSON document or text on stdout, everything else on stderr.

use coffer_engine::api::types::ApiErrorView;
use comfy_table::{CellAlignment, ContentArrangement, Table, presets};
use serde_json::{Value, json};
use std::io::{IsTerminal as _, Write as _};

/// Where answers go.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Output {
    json: bool,
    quiet: bool,
}

impl Output {
    pub(crate) const fn new(json: bool, quiet: bool) -> Self {
        Self { json, quiet }
    }

    /// Whether a machine reads.
    pub(crate) const fn is_json(self) -> bool {
        self.json
    }

    /// Whether progress may be drawn.
    pub(crate) fn shows_progress(self) -> bool {
        !self.quiet && std::io::stderr().is_terminal()
    }

    /// The one document of a machine's answer.
    pub(crate) fn document(self, value: &Value) -> std::io::Result<()> {
        let mut out = std::io::stdout().lock();
        serde_json::to_writer(&mut out, value)?;
        writeln!(out)
    }

    /// A line for a person.
    pub(crate) fn line(self, text: &str) -> std::io::Result<()> {
        writeln!(std::io::stdout().lock(), "{text}")
    }

    /// A line beside the answer.
    pub(crate) fn note(self, text: &str) {
        if !self.quiet {
            // A closed stderr is nobody's loss.
            let _ = writeln!(std::io::stderr().lock(), "{text}");
        }
    }

    /// A table for a person; columns named in `right` are aligned on the right.
    pub(crate) fn table(
        self,
        header: &[&str],
        right: &[usize],
        rows: Vec<Vec<String>>,
    ) -> std::io::Result<()> {
        for line in aligned(header, right, rows) {
            self.line(&line)?;
        }
        Ok(())
    }

    /// What went wrong, on stdout for a machine and on stderr for a person.
    pub(crate) fn error(self, view: &ApiErrorView) {
        if self.json {
            let _ = self.document(&json!({ "error": view }));
            return;
        }
        let mut text = format!("error: {}", view.message);
        if let Some(hint) = &view.hint {
            text.push_str("\n       ");
            text.push_str(hint);
        }
        let _ = writeln!(std::io::stderr().lock(), "{text}");
    }
}

/// The lines of a table, without the space that stands before and after every cell at their ends.
fn aligned(header: &[&str], right: &[usize], rows: Vec<Vec<String>>) -> Vec<String> {
    let mut table = Table::new();
    table
        .load_preset(presets::NOTHING)
        .set_content_arrangement(ContentArrangement::Disabled);
    table.set_header(header.iter().map(|name| name.to_uppercase()));
    table.add_rows(rows);
    for index in right {
        if let Some(column) = table.column_mut(*index) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table
        .lines()
        .map(|line| {
            let line = line.trim_end();
            line.strip_prefix(' ').unwrap_or(line).to_owned()
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::aligned;

    #[test]
    fn a_first_column_can_stand_on_the_right() {
        let rows = [["9", "a"], ["10", "b"]].map(|row| row.map(str::to_owned).to_vec());
        assert_eq!(
            aligned(&["line", "who"], &[0], rows.to_vec()),
            ["LINE  WHO", "   9  a", "  10  b"]
        );
    }
}
