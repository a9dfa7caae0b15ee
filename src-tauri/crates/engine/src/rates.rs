//! The rates of exchange: those that ship with the program, and newer ones from a file that the user gives.
//!
//! They are public figures and lie in the home as plain text. The program asks nobody for them.

use crate::error::EngineError;
use crate::home::Home;
use coffer_domain::metric::fx::{RateTable, RateTableError};
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};

/// The central bank's daily history as it was when this version was made.
static SHIPPED: &[u8] = include_bytes!("../assets/eurofxref-hist.csv.zst");
/// The largest file that is read: the whole history of all currencies is a few million bytes.
const BYTES_MAX: u64 = 64 * 1024 * 1024;

fn file_in(home: &Home) -> PathBuf {
    home.path().join("rates.csv")
}

fn shipped() -> Result<&'static RateTable, EngineError> {
    static TABLE: OnceLock<Result<RateTable, String>> = OnceLock::new();
    TABLE
        .get_or_init(|| {
            let text = zstd::decode_all(SHIPPED).map_err(|error| error.to_string())?;
            let text = String::from_utf8(text).map_err(|error| error.to_string())?;
            RateTable::parse(&text).map_err(|error| error.to_string())
        })
        .as_ref()
        .map_err(|error| EngineError::Internal(format!("the rates of exchange: {error}")))
}

/// The table last made, with what it was made of.
type Latest = Option<(PathBuf, Option<std::time::SystemTime>, Arc<RateTable>)>;

/// The rates to convert with.
///
/// # Errors
/// When the user's file cannot be read.
pub fn table(home: &Home) -> Result<Arc<RateTable>, EngineError> {
    static LATEST: Mutex<Latest> = Mutex::new(None);
    let path = file_in(home);
    let changed = fs::metadata(&path).and_then(|it| it.modified()).ok();
    let mut latest = LATEST.lock().unwrap_or_else(PoisonError::into_inner);
    if let Some((known, at, table)) = latest.as_ref()
        && *known == path
        && *at == changed
    {
        return Ok(Arc::clone(table));
    }
    let mut table = shipped()?.clone();
    if changed.is_some() {
        table.take_newer(&read(&path)?);
    }
    let table = Arc::new(table);
    *latest = Some((path, changed, Arc::clone(&table)));
    Ok(table)
}

fn read(path: &Path) -> Result<RateTable, EngineError> {
    let io = |source| EngineError::Io {
        path: path.to_owned(),
        source,
    };
    if fs::metadata(path).map_err(io)?.len() > BYTES_MAX {
        return Err(EngineError::Usage(format!(
            "{} is too long to be a table of rates.",
            path.display()
        )));
    }
    let text = fs::read_to_string(path).map_err(io)?;
    RateTable::parse(&text).map_err(|error| unusable(path, &error))
}

fn unusable(path: &Path, error: &RateTableError) -> EngineError {
    EngineError::Usage(format!(
        "{} holds no rates of exchange: {error}. Give the central bank's daily history as CSV.",
        path.display()
    ))
}

/// Takes newer rates from a file; what it does not hold stays as it was.
///
/// # Errors
/// When the file holds no rates, or ours cannot be written. Nothing is changed then.
pub fn import(home: &Home, from: &Path) -> Result<Arc<RateTable>, EngineError> {
    read(from)?;
    let to = file_in(home);
    let io = |source| EngineError::Io {
        path: to.clone(),
        source,
    };
    // In one step, so that whoever reads meanwhile finds the old one or the new one.
    let text = fs::read_to_string(from).map_err(io)?;
    let half = to.with_extension("csv.new");
    fs::write(&half, text).map_err(io)?;
    fs::rename(&half, &to).map_err(io)?;
    table(home)
}

#[cfg(test)]
mod tests {
    use super::*;
    use coffer_domain::currency::Currency;

    #[test]
    fn the_shipped_rates_are_read_and_know_the_last_decade() {
        let table = shipped().unwrap();
        assert!(table.day_count() > 2_500);
        let day = "2015-01-15".parse().unwrap();
        let franc = Currency::parse("CHF").unwrap();
        let rate = table.rate(Currency::EUR, franc, day).unwrap();
        assert_eq!(rate.per_unit.to_string(), "257/250", "1.0280 on that day");
    }

    #[test]
    fn newer_rates_from_a_file_are_taken_and_nonsense_is_not() {
        let folder = tempfile::TempDir::new().unwrap();
        let home = Home::open(folder.path()).unwrap();
        let day = "2030-01-02".parse().unwrap();
        let before = table(&home).unwrap();
        let given = folder.path().join("given.csv");
        fs::write(&given, "not,rates\n1,2\n").unwrap();
        assert!(import(&home, &given).is_err());
        assert_eq!(table(&home).unwrap().last_day(), before.last_day());
        fs::write(&given, "Date,USD\n2030-01-02,2.5\n").unwrap();
        let after = import(&home, &given).unwrap();
        assert_eq!(after.last_day(), Some(day));
        let rate = after.rate(Currency::EUR, Currency::USD, day).unwrap();
        assert_eq!(rate.per_unit.to_string(), "5/2");
        assert_eq!(after.first_day(), before.first_day(), "the older ones stay");
    }
}
