//! `coffer rates`: which rates of exchange there are, and newer ones from a file.

use crate::args::Cli;
use crate::command::desk;
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::domain::metric::fx::RateTable;
use coffer_engine::rates;
use serde_json::json;
use std::path::Path;

pub(crate) async fn run(
    cli: &Cli,
    import: Option<&Path>,
    output: &Output,
) -> Result<Ended, Failure> {
    let room = desk(cli)?.room().await;
    let home = &room.home;
    let table = match import {
        Some(file) => rates::import(home, file)?,
        None => rates::table(home)?,
    };
    let codes: Vec<String> = table
        .currencies()
        .iter()
        .map(|it| it.code().to_owned())
        .collect();
    let day = |day: Option<chrono::NaiveDate>| day.map(|day| day.to_string());
    if output.is_json() {
        output.document(&json!({
            "source": RateTable::SOURCE,
            "first_day": day(table.first_day()),
            "last_day": day(table.last_day()),
            "days": table.day_count(),
            "currencies": codes,
        }))?;
        return Ok(Ended::Well);
    }
    output.line(&format!(
        "{}, {} to {}, {} days",
        RateTable::SOURCE,
        day(table.first_day()).unwrap_or_default(),
        day(table.last_day()).unwrap_or_default(),
        table.day_count()
    ))?;
    output.line(&codes.join(" "))?;
    Ok(Ended::Well)
}
