//! Reads an export: which one it is, and every row of it, or where it is wrong.
//!
//! Tolerant of what changes between downloads (column order, case, further columns, a byte-order mark, line ends, quoted
//! cells) and of nothing else: a row that is cut short, a cell that is not an amount or a quote that never closes is an
//! error with its line and column, because a figure read half would be explained as a difference that is not there.

use super::cell::{Decimal, NotADecimal, When, decimal, when};
use super::header::{ChangeIn, Header, Layout, Unrecognised, metric, movement, recognise};
use super::read_error::ReadError;
use super::statement::{
    CustomerChange, CustomerMonth, Metric, Month, Movement, Printed, Statement, SummaryFigure,
    Value,
};
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::ratio::Ratio;
use csv::StringRecord;

/// Reads an export whose every row names its currency.
///
/// # Errors
/// When the text is none of the three exports, or a cell cannot be read exactly.
pub fn read(text: &str) -> Result<Statement, ReadError> {
    read_in(text, None)
}

/// Reads an export, taking rows that name no currency to be in `currency`: the account's default, which is what the
/// summary is in.
///
/// # Errors
/// When the text is none of the three exports, or a cell cannot be read exactly.
pub fn read_assuming(text: &str, currency: Currency) -> Result<Statement, ReadError> {
    read_in(text, Some(currency))
}

fn read_in(text: &str, assumed: Option<Currency>) -> Result<Statement, ReadError> {
    let text = text.strip_prefix('\u{feff}').unwrap_or(text);
    every_quote_closes(text)?;
    let mut reader = csv::ReaderBuilder::new()
        .has_headers(false)
        .flexible(true)
        .from_reader(text.as_bytes());
    let mut records = reader.records().map(|record| record.map_err(unreadable));
    let columns = records.next().ok_or(ReadError::Empty)??;
    let header = recognise(columns.iter().map(str::to_owned).collect()).map_err(
        |(columns, why)| match why {
            Unrecognised::Unknown => ReadError::UnknownHeader { columns },
            Unrecognised::Twice(column) => ReadError::ColumnTwice { column },
        },
    )?;
    let mut statement = match header.layout {
        Layout::CustomersByMonth { .. } | Layout::CustomerMonths { .. } => {
            Statement::CustomerMonths(Vec::new())
        }
        Layout::Changes { .. } => Statement::CustomerChanges(Vec::new()),
        Layout::MetricsByMonth { .. } | Layout::MonthsByMetric { .. } => {
            Statement::Summary(Vec::new())
        }
    };
    for record in records {
        let record = record?;
        let row = Row {
            line: line_of(text, &record),
            record: &record,
            header: &header,
            assumed,
        };
        if record.iter().all(|cell| cell.trim().is_empty()) {
            continue;
        }
        row.has_its_cells()?;
        match &mut statement {
            Statement::CustomerMonths(months) => row.customer_months(months)?,
            Statement::CustomerChanges(changes) => row.change(changes)?,
            Statement::Summary(figures) => row.figures(figures)?,
        }
    }
    let rows = match &statement {
        Statement::CustomerMonths(rows) => rows.len(),
        Statement::CustomerChanges(rows) => rows.len(),
        Statement::Summary(rows) => rows.len(),
    };
    if rows == 0 {
        return Err(ReadError::Empty);
    }
    Ok(statement)
}

fn unreadable(error: csv::Error) -> ReadError {
    ReadError::Unreadable {
        line: error.position().map_or(0, csv::Position::line),
    }
}

/// The line a record begins on. The reader places it before the blank lines that it skips.
fn line_of(text: &str, record: &StringRecord) -> u64 {
    record.position().map_or(0, |position| {
        let begins = usize::try_from(position.byte()).unwrap_or(text.len());
        let skipped = text
            .bytes()
            .skip(begins)
            .take_while(|byte| b"\r\n".contains(byte));
        position.line() + skipped.filter(|byte| *byte == b'\n').count() as u64
    })
}

/// The reader would take the rest of the file for one cell.
fn every_quote_closes(text: &str) -> Result<(), ReadError> {
    let mut line = 1;
    let mut opened = None;
    for byte in text.bytes() {
        match byte {
            b'\n' => line += 1,
            b'"' => {
                opened = match opened {
                    None => Some(line),
                    Some(_) => None,
                }
            }
            _ => {}
        }
    }
    opened.map_or(Ok(()), |line| Err(ReadError::OpenQuote { line }))
}

/// One row on its way in.
struct Row<'a> {
    line: u64,
    record: &'a StringRecord,
    header: &'a Header,
    assumed: Option<Currency>,
}

impl Row<'_> {
    /// The summary may head its parts with a row of one cell; a customer's row is whole or broken.
    fn has_its_cells(&self) -> Result<(), ReadError> {
        let columns = self.header.columns.len();
        let cells = self.record.len();
        let short_is_fine = matches!(self.header.layout, Layout::MetricsByMonth { .. });
        let beyond = self
            .record
            .iter()
            .skip(columns)
            .any(|cell| !cell.trim().is_empty());
        if beyond || (cells < columns && !short_is_fine) {
            return Err(ReadError::Cells {
                line: self.line,
                cells,
                columns,
            });
        }
        Ok(())
    }

    fn customer_months(&self, rows: &mut Vec<CustomerMonth>) -> Result<(), ReadError> {
        match &self.header.layout {
            Layout::CustomersByMonth { customer, months } => {
                let customer = self.customer(*customer)?;
                let currency = self.currency()?;
                for (column, month) in months {
                    rows.push(CustomerMonth {
                        month: *month,
                        customer: customer.clone(),
                        mrr: self.amount(*column, currency)?,
                    });
                }
            }
            Layout::CustomerMonths {
                customer,
                when,
                mrr,
            } => rows.push(CustomerMonth {
                month: self.when(*when)?.month,
                customer: self.customer(*customer)?,
                mrr: self.amount(*mrr, self.currency()?)?,
            }),
            _ => {}
        }
        Ok(())
    }

    fn change(&self, rows: &mut Vec<CustomerChange>) -> Result<(), ReadError> {
        if let Layout::Changes {
            customer,
            when,
            movement: kind,
            change,
        } = &self.header.layout
        {
            let When { month, day } = self.when(*when)?;
            let movement = kind.and_then(|column| movement(self.text(column)));
            rows.push(CustomerChange {
                month,
                day,
                customer: self.customer(*customer)?,
                change: self.changed(*change, movement.as_ref())?,
                movement,
            });
        }
        Ok(())
    }

    fn changed(&self, change: ChangeIn, movement: Option<&Movement>) -> Result<Printed, ReadError> {
        let currency = self.currency()?;
        match change {
            ChangeIn::Column(column) => {
                let printed = self.amount(column, currency)?;
                if movement.is_some_and(Movement::is_loss) && !printed.minor.is_negative() {
                    let minor = self.fits(column, Ratio::ZERO.minus(printed.minor))?;
                    return Ok(Printed { minor, ..printed });
                }
                Ok(printed)
            }
            ChangeIn::Between { before, after } => {
                let (from, to) = (
                    self.amount(before, currency)?,
                    self.amount(after, currency)?,
                );
                Ok(Printed {
                    minor: self.fits(after, to.minor.minus(from.minor))?,
                    currency,
                })
            }
        }
    }

    fn figures(&self, rows: &mut Vec<SummaryFigure>) -> Result<(), ReadError> {
        match &self.header.layout {
            Layout::MetricsByMonth { label, months } => {
                let metric = metric(self.text(*label));
                for (column, month) in months {
                    self.figure(*column, *month, &metric, rows)?;
                }
            }
            Layout::MonthsByMetric { when, metrics } => {
                let month = self.when(*when)?.month;
                for (column, metric) in metrics {
                    self.figure(*column, month, metric, rows)?;
                }
            }
            _ => {}
        }
        Ok(())
    }

    /// Adds a figure; a blank is none, and neither is text under a metric that is not known here.
    fn figure(
        &self,
        column: usize,
        month: Month,
        metric: &Metric,
        rows: &mut Vec<SummaryFigure>,
    ) -> Result<(), ReadError> {
        let known = !matches!(metric, Metric::Other(_));
        let found = match decimal(self.text(column)) {
            Ok(Some(found)) => found,
            Ok(None) => return Ok(()),
            Err(_) if !known => return Ok(()),
            Err(why) => return Err(self.not_an_amount(column, why)),
        };
        let Decimal { value, percent } = found;
        let value = if metric.is_money() {
            let printed = self.printed(column, found, self.currency()?)?;
            Value::Money(Printed {
                minor: self.lost(column, metric, printed.minor)?,
                ..printed
            })
        } else if percent {
            Value::Share(self.fits(column, value.over(Ratio::whole(100)))?)
        } else {
            Value::Number(self.lost(column, metric, value)?)
        };
        rows.push(SummaryFigure {
            month,
            metric: metric.clone(),
            value,
        });
        Ok(())
    }

    fn lost(&self, column: usize, metric: &Metric, value: Ratio) -> Result<Ratio, ReadError> {
        if metric.is_loss() && value.is_negative() {
            self.fits(column, Ratio::ZERO.minus(value))
        } else {
            Ok(value)
        }
    }

    fn text(&self, column: usize) -> &str {
        self.record.get(column).unwrap_or_default().trim()
    }

    fn column(&self, column: usize) -> String {
        let name = self.header.columns.get(column).map_or("", String::as_str);
        name.trim().to_owned()
    }

    fn customer(&self, column: usize) -> Result<CustomerId, ReadError> {
        match self.text(column) {
            "" => Err(ReadError::NoCustomer {
                line: self.line,
                column: self.column(column),
            }),
            id => Ok(CustomerId::new(id)),
        }
    }

    fn when(&self, column: usize) -> Result<When, ReadError> {
        when(self.text(column)).ok_or_else(|| ReadError::NotADate {
            line: self.line,
            column: self.column(column),
            text: self.beginning(column),
        })
    }

    fn currency(&self) -> Result<Currency, ReadError> {
        let named = self
            .header
            .currency
            .filter(|column| !self.text(*column).is_empty());
        match named {
            Some(column) => {
                Currency::parse(self.text(column)).map_err(|_| ReadError::NotACurrency {
                    line: self.line,
                    column: self.column(column),
                    text: self.beginning(column),
                })
            }
            None => self
                .assumed
                .ok_or(ReadError::NoCurrency { line: self.line }),
        }
    }

    /// An amount of money; a blank is nothing.
    fn amount(&self, column: usize, currency: Currency) -> Result<Printed, ReadError> {
        match decimal(self.text(column)) {
            Ok(Some(found)) => self.printed(column, found, currency),
            Ok(None) => Ok(Printed {
                minor: Ratio::ZERO,
                currency,
            }),
            Err(why) => Err(self.not_an_amount(column, why)),
        }
    }

    fn printed(
        &self,
        column: usize,
        found: Decimal,
        currency: Currency,
    ) -> Result<Printed, ReadError> {
        if found.percent {
            return Err(self.not_an_amount(column, NotADecimal::Other));
        }
        self.fits(column, Printed::from_major(found.value, currency))
    }

    fn fits<T, E>(&self, column: usize, result: Result<T, E>) -> Result<T, ReadError> {
        result.map_err(|_| self.not_an_amount(column, NotADecimal::Other))
    }

    fn not_an_amount(&self, column: usize, why: NotADecimal) -> ReadError {
        let (line, column, text) = (self.line, self.column(column), self.beginning(column));
        match why {
            NotADecimal::Ambiguous => ReadError::TwoReadings { line, column, text },
            NotADecimal::Other => ReadError::NotAnAmount { line, column, text },
        }
    }

    /// Enough of a cell to find it by.
    fn beginning(&self, column: usize) -> String {
        self.text(column).chars().take(40).collect()
    }
}
