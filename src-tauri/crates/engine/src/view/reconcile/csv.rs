//! The differences as CSV: a line for each customer, month and currency that differs. The first column carries the mode.

use super::{names, words};
use crate::api::types::ReconcileCsv;
use crate::books::Books;
use crate::error::EngineError;
use crate::reconcile::{Compared, word};
use crate::view::csv_line::write_line;
use crate::view::money::day;
use coffer_domain::metric::policy::Policy;
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;

const COLUMNS: [&str; 12] = [
    "mode",
    "policy",
    "export",
    "month",
    "currency",
    "cause",
    "what_it_says",
    "customer",
    "name",
    "ours",
    "theirs",
    "difference",
];

/// Answers `reconcile_csv`.
///
/// # Errors
/// The file's.
pub fn csv<M: Mode>(
    books: &Books<M>,
    found: &Compared,
    policy: &Policy,
) -> Result<ReconcileCsv, EngineError> {
    let names = names(books, found)?;
    let mut text = String::new();
    write_line(&mut text, COLUMNS.into_iter().map(str::to_owned));
    let mut rows = 0;
    for split in &found.made.splits {
        let decimal = |minor| Money::new(minor, split.currency).decimal_text();
        for share in &split.causes {
            let head = [
                M::NAME.as_str().to_owned(),
                policy.id.clone(),
                words::export_name(found.kind).to_owned(),
                split.month.to_string(),
                split.currency.code().to_owned(),
                word(&share.cause),
                words::title(&share.cause),
            ];
            for own in &share.largest {
                let id = own.customer.as_str();
                let own = [
                    id.to_owned(),
                    names.get(id).cloned().unwrap_or_default(),
                    decimal(own.ours_minor),
                    decimal(own.theirs_minor),
                    decimal(own.minor),
                ];
                write_line(&mut text, head.iter().cloned().chain(own));
                rows += 1;
            }
            // What no single customer carries, so that the lines of a month add up to its difference.
            if share.rest_minor != 0 {
                let nobody = [String::new(), String::new(), String::new(), String::new()];
                let rest = nobody.into_iter().chain([decimal(share.rest_minor)]);
                write_line(&mut text, head.iter().cloned().chain(rest));
                rows += 1;
            }
        }
    }
    Ok(ReconcileCsv {
        text,
        rows,
        file_name: format!(
            "coffer-{}-reconcile-{}-{}.csv",
            M::NAME.as_str(),
            policy.id,
            day(books.clock.now())
        ),
    })
}
