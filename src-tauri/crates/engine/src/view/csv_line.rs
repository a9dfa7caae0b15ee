//! A line of a CSV file as spreadsheets read it: cells with commas are quoted, and no cell starts a formula.

/// Adds a line.
pub(super) fn write_line(out: &mut String, cells: impl Iterator<Item = String>) {
    for (index, cell) in cells.enumerate() {
        if index > 0 {
            out.push(',');
        }
        out.push_str(&quoted(&cell));
    }
    out.push_str("\r\n");
}

/// A cell as spreadsheets read it. What somebody else wrote must not start a formula there.
fn quoted(cell: &str) -> String {
    let number = cell
        .strip_prefix('-')
        .is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()));
    let formula = cell.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let cell = if formula {
        format!("'{cell}")
    } else {
        cell.to_owned()
    };
    if cell.contains([',', '"', '\n', '\r']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell
    }
}

#[cfg(test)]
mod tests {
    use super::quoted;

    #[test]
    fn a_cell_is_one_cell_and_no_formula() {
        for (cell, written) in [
            ("Dana", "Dana"),
            ("Dana, Inc.", "\"Dana, Inc.\""),
            ("the \"best\"", "\"the \"\"best\"\"\""),
            ("=1+1", "'=1+1"),
            ("-12.50", "-12.50"),
            ("-cmd", "'-cmd"),
            ("@import", "'@import"),
            ("a\nb", "\"a\nb\""),
        ] {
            assert_eq!(quoted(cell), written);
        }
    }
}
