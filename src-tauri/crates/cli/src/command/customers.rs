//! `coffer customers`.

use crate::args::{Cli, ListArgs};
use crate::command::{blocking, books, desk, mode, name_mode};
use crate::output::Output;
use crate::{Ended, Failure};
use coffer_engine::api::types::{CustomerRow, MoneyView};
use coffer_engine::view::customers;
use coffer_engine::with_books;
use serde_json::json;

pub(crate) async fn run(cli: &Cli, args: &ListArgs, output: &Output) -> Result<Ended, Failure> {
    if args.customer.is_some() || args.status.is_some() {
        return Err(Failure::Usage("`customers` is filtered with --search; --customer and --status belong to the other lists.".to_owned()));
    }
    let desk = desk(cli)?;
    let first: u32 = match args.after.as_deref() {
        None => 0,
        Some(cursor) => cursor
            .strip_prefix("row-")
            .and_then(|row| row.parse().ok())
            .ok_or_else(|| Failure::Usage(format!("`{cursor}` is not a cursor of this list.")))?,
    };
    let mode = mode(cli);
    let (search, limit) = (args.search.clone(), args.limit);
    let (rows, total) = with_books!(books(&desk, mode).await?, books => {
        blocking(move || customers::newest(&books, search.as_deref(), first, limit)).await?
    });
    let reached = u64::from(first) + rows.len() as u64;
    let next = (reached < total).then(|| format!("row-{reached}"));
    if output.is_json() {
        output.document(&json!({ "items": rows, "next": next, "total": total }))?;
        return Ok(Ended::Well);
    }
    name_mode(mode, output)?;
    tell(&rows, output)?;
    output.note(&format!("{} of {total} customers.", rows.len()));
    Ok(Ended::Well)
}

fn tell(rows: &[CustomerRow], output: &Output) -> Result<(), Failure> {
    let amounts = |amounts: &[MoneyView]| {
        let texts: Vec<&str> = amounts.iter().map(|it| it.text.as_str()).collect();
        texts.join(" + ")
    };
    let table = rows
        .iter()
        .map(|row| {
            vec![
                row.id.clone(),
                row.name.clone().unwrap_or_default(),
                row.email.clone().unwrap_or_default(),
                row.standing.replace('_', " "),
                amounts(&row.mrr),
                amounts(&row.paid),
                row.created.clone(),
            ]
        })
        .collect();
    let header = ["id", "name", "e-mail", "standing", "mrr", "paid", "since"];
    output.table(&header, &[4, 5], table)?;
    Ok(())
}
