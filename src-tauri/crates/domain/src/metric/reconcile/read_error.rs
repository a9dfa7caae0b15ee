//! Why an export could not be read, in words that let a person find the cell.
//!
//! Of a cell only its beginning is kept, and only where it should have held an amount, a date or a currency.

/// Why an export could not be read. Lines count from 1, columns are named as the header writes them.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ReadError {
    /// There is no row below the header.
    #[error("the file has no rows")]
    Empty,
    /// The header is none of the three exports'.
    #[error("the columns {} are of no export that is known here", .columns.join(", "))]
    UnknownHeader {
        /// What the header has.
        columns: Vec<String>,
    },
    /// Two columns are the same month.
    #[error("column {column} is there twice")]
    ColumnTwice {
        /// The second of them.
        column: String,
    },
    /// A quoted cell never ends.
    #[error("the quote that opens on line {line} is never closed")]
    OpenQuote {
        /// Where it opens.
        line: u64,
    },
    /// A row has too few or too many cells: the file was cut off or edited.
    #[error("line {line} has {cells} cells where the header has {columns}")]
    Cells {
        /// The line the row begins on.
        line: u64,
        /// Its cells.
        cells: usize,
        /// The header's columns.
        columns: usize,
    },
    /// A row names no customer.
    #[error("line {line}, column {column}: no customer is named")]
    NoCustomer {
        /// The line.
        line: u64,
        /// The column.
        column: String,
    },
    /// A cell is not an amount.
    #[error("line {line}, column {column}: `{text}` is not an amount")]
    NotAnAmount {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The beginning of the cell.
        text: String,
    },
    /// The comma of an amount could part thousands or decimals.
    #[error("line {line}, column {column}: the comma in `{text}` can be read in two ways")]
    TwoReadings {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The cell.
        text: String,
    },
    /// A cell is not a month or day.
    #[error("line {line}, column {column}: `{text}` is not a month or a day")]
    NotADate {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The beginning of the cell.
        text: String,
    },
    /// A cell is not a currency.
    #[error("line {line}, column {column}: `{text}` is not a currency")]
    NotACurrency {
        /// The line.
        line: u64,
        /// The column.
        column: String,
        /// The beginning of the cell.
        text: String,
    },
    /// The reader of cells gave up.
    #[error("line {line} cannot be taken apart into cells")]
    Unreadable {
        /// The line the row begins on.
        line: u64,
    },
    /// The row names no currency and none was given to assume.
    #[error("line {line} does not say what currency it is in")]
    NoCurrency {
        /// The line.
        line: u64,
    },
}
