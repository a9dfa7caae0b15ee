//! A comparison with an export as it is shown: every amount with its text, every cause in words, and the same as CSV.

mod csv;
mod words;

pub use csv::csv;

use crate::api::types::{
    BesideView, CauseView, CustomerGap, ExportKind, MoneyView, ReconcileAnswer, SplitView,
};
use crate::books::Books;
use crate::error::EngineError;
use crate::reconcile::{Compared, word};
use crate::view::customers::called;
use crate::view::money::{difference, instant, money};
use coffer_domain::currency::Currency;
use coffer_domain::metric::policy::Policy;
use coffer_domain::metric::reconcile::{
    Beside, CustomerDifference, MonthSplit, Share, StatementKind, Value,
};
use coffer_domain::mode::Mode;
use coffer_domain::money::Money;
use coffer_domain::ratio::Ratio;
use std::collections::{BTreeMap, BTreeSet};

/// What the customers of a comparison are called, where they are called anything.
type Names = BTreeMap<String, String>;

/// Answers `reconcile`.
///
/// # Errors
/// The file's.
pub fn answer<M: Mode>(
    books: &Books<M>,
    found: &Compared,
    policy: &Policy,
    file: String,
) -> Result<ReconcileAnswer, EngineError> {
    let names = names(books, found)?;
    let shown = Shown {
        found,
        policy,
        names: &names,
        live: M::NAME.is_live(),
    };
    let splits: Vec<SplitView> = found.made.splits.iter().map(|it| shown.split(it)).collect();
    Ok(ReconcileAnswer {
        file,
        kind: match found.kind {
            StatementKind::CustomerMonths => ExportKind::CustomerMonths,
            StatementKind::CustomerChanges => ExportKind::CustomerChanges,
            StatementKind::Summary => ExportKind::Summary,
        },
        kind_name: words::export_name(found.kind).to_owned(),
        policy: policy.id.clone(),
        policy_name: policy.name.clone(),
        complete: found.complete,
        as_of: found.as_of.map(instant),
        overall: words::overall(&found.made.splits, found.kind),
        doubt: found.strangers.then(|| words::strangers(M::NAME)),
        currencies: currencies(found),
        beside: found
            .made
            .beside
            .iter()
            .map(beside)
            .collect::<Result<_, _>>()?,
        splits,
    })
}

/// The names of everybody who stands behind a cause.
fn names<M: Mode>(books: &Books<M>, found: &Compared) -> Result<Names, EngineError> {
    let ids: BTreeSet<&str> = found
        .made
        .splits
        .iter()
        .flat_map(|split| &split.causes)
        .flat_map(|share| &share.largest)
        .map(|own| own.customer.as_str())
        .collect();
    let ids: Vec<String> = ids.into_iter().map(str::to_owned).collect();
    let found = called(books, &ids)?;
    Ok(ids
        .into_iter()
        .zip(found)
        .filter_map(|(id, name)| Some((id, name?)))
        .collect())
}

/// Every currency that something was compared in, the main one first.
fn currencies(found: &Compared) -> Vec<String> {
    let all: BTreeSet<Currency> = found.made.splits.iter().map(|it| it.currency).collect();
    let (main, others): (Vec<Currency>, Vec<Currency>) =
        all.into_iter().partition(|it| *it == found.main);
    main.iter()
        .chain(&others)
        .map(|it| it.code().to_owned())
        .collect()
}

/// What every part of an answer is shown with.
struct Shown<'a> {
    found: &'a Compared,
    policy: &'a Policy,
    names: &'a Names,
    live: bool,
}

impl Shown<'_> {
    fn split(&self, it: &MonthSplit) -> SplitView {
        SplitView {
            month: it.month.to_string(),
            currency: it.currency.code().to_owned(),
            ours: plain(it.ours_minor, it.currency),
            theirs: plain(it.theirs_minor, it.currency),
            difference: difference(it.difference_minor, it.currency),
            unfinished: it
                .month
                .last_day()
                .is_some_and(|day| day >= self.found.present),
            agreeing: it.agreeing,
            headline: words::headline(it, self.found.made.measure),
            explained: words::explained(it, self.found.kind),
            standing: words::standing(it),
            causes: it
                .causes
                .iter()
                .map(|share| self.cause(it, share))
                .collect(),
        }
    }

    fn cause(&self, split: &MonthSplit, share: &Share) -> CauseView {
        CauseView {
            cause: word(&share.cause),
            sort: words::sort(&share.cause),
            title: words::title(&share.cause),
            says: words::says(&share.cause, self.policy, self.found.kind),
            difference: difference(share.minor, split.currency),
            share: words::percent(share.minor, split.difference_minor),
            customers: share.customers,
            largest: share
                .largest
                .iter()
                .map(|own| self.gap(own, split.currency))
                .collect(),
            rest_customers: share.rest_customers,
            rest: difference(share.rest_minor, split.currency),
        }
    }

    fn gap(&self, own: &CustomerDifference, currency: Currency) -> CustomerGap {
        let id = own.customer.as_str();
        let name = self.names.get(id).cloned();
        let here = name.is_some() || self.found.customers.contains(&own.customer);
        let address = (!here && self.found.official).then(|| page_at_provider(id, self.live));
        CustomerGap {
            customer: id.to_owned(),
            name,
            here,
            address: address.flatten(),
            ours: plain(own.ours_minor, currency),
            theirs: plain(own.theirs_minor, currency),
            difference: difference(own.minor, currency),
        }
    }
}

/// The provider's page of a customer. The id is the file's word, so it has to look like one.
fn page_at_provider(id: &str, live: bool) -> Option<String> {
    let rest = id.strip_prefix("cus_")?;
    let clean = !rest.is_empty() && rest.bytes().all(|it| it.is_ascii_alphanumeric());
    let test = if live { "" } else { "test/" };
    clean.then(|| format!("https://dashboard.stripe.com/{test}customers/{id}"))
}

fn plain(minor: i64, currency: Currency) -> MoneyView {
    money(Money::new(minor, currency))
}

fn beside(it: &Beside) -> Result<BesideView, EngineError> {
    let overflow = |error: coffer_domain::ratio::Overflow| EngineError::Internal(error.to_string());
    let text = |value: Ratio, signed: bool| -> Result<String, EngineError> {
        match &it.theirs {
            Value::Money(printed) => {
                let amount =
                    Money::new(value.round_half_even().map_err(overflow)?, printed.currency);
                Ok(if signed {
                    amount.signed_text()
                } else {
                    amount.text()
                })
            }
            Value::Number(_) => Ok(words::number(value, signed)),
            Value::Share(_) => Ok(words::share(value, signed)),
        }
    };
    let theirs = it.theirs.exact();
    let apart = it
        .ours
        .map(|ours| ours.minus(theirs).map_err(overflow))
        .transpose()?;
    let written = text(theirs, false)?;
    let ours = it.ours.map(|ours| text(ours, false)).transpose()?;
    Ok(BesideView {
        month: it.month.to_string(),
        name: words::metric(&it.metric),
        same: ours.as_ref() == Some(&written),
        ours,
        theirs: written,
        difference: apart.map(|it| text(it, true)).transpose()?,
    })
}

#[cfg(test)]
mod tests {
    use super::page_at_provider;

    #[test]
    fn an_id_of_the_file_becomes_an_address_only_if_it_looks_like_one() {
        assert_eq!(
            page_at_provider("cus_Ab1", false).as_deref(),
            Some("https://dashboard.stripe.com/test/customers/cus_Ab1")
        );
        assert_eq!(
            page_at_provider("cus_Ab1", true).as_deref(),
            Some("https://dashboard.stripe.com/customers/cus_Ab1")
        );
        for odd in ["cus_", "acme", "cus_a/../settings", "cus_a?b", "cus_ä"] {
            assert_eq!(page_at_provider(odd, true), None, "{odd}");
        }
    }
}
