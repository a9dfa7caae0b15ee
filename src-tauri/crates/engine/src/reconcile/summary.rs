//! Our side of a summary: the metrics of its months, exact.

use crate::error::EngineError;
use crate::figures::Figures;
use chrono::NaiveDate;
use coffer_domain::calendar::Every;
use coffer_domain::currency::Currency;
use coffer_domain::metric::figures::{Ledgers, periods, tell};
use coffer_domain::metric::movement::Movement;
use coffer_domain::metric::reconcile::{Metric, Month, OurFigure};
use coffer_domain::ratio::{Ratio, Sum};
use std::collections::BTreeSet;

/// Our metrics of the months of a summary.
pub(super) fn figures_of(
    figures: &Figures,
    currency: Currency,
    months: &BTreeSet<Month>,
    present: NaiveDate,
) -> Result<Vec<OurFigure>, EngineError> {
    let ends: Vec<NaiveDate> = months.iter().filter_map(|month| month.last_day()).collect();
    let wanted = periods(&ends, Every::Month, present);
    let told = tell(
        &figures.rollup,
        &wanted,
        &Ledgers::One(currency),
        &figures.view.policy,
    )
    .map_err(|error| EngineError::Internal(error.to_string()))?
    .figures;
    let mut found = Vec::new();
    for it in &told {
        let month = Month::of(it.period.date);
        let mut put = |metric: Metric, value: Option<Ratio>| {
            found.extend(value.map(|value| OurFigure {
                month,
                metric,
                value,
            }));
        };
        let exact = |sum: &Sum| Ratio::parse(&sum.exact_text()).ok();
        let moved = |movement: Movement| it.moved.get(movement.place()).and_then(exact);
        let movers = |movement: Movement| {
            let count = it.movers.get(movement.place()).copied();
            count.map(Ratio::whole)
        };
        put(Metric::OpeningMrr, exact(&it.opening));
        put(Metric::NewMrr, moved(Movement::New));
        put(Metric::ReactivationMrr, moved(Movement::Reactivation));
        put(Metric::ExpansionMrr, moved(Movement::Expansion));
        put(Metric::ContractionMrr, moved(Movement::Contraction));
        put(Metric::ChurnedMrr, moved(Movement::Churn));
        put(Metric::FxMrr, exact(&it.fx));
        put(Metric::ClosingMrr, exact(&it.closing));
        put(
            Metric::OpeningSubscribers,
            Some(Ratio::whole(it.active_before)),
        );
        put(Metric::NewSubscribers, movers(Movement::New));
        put(
            Metric::ReactivatedSubscribers,
            movers(Movement::Reactivation),
        );
        put(Metric::ChurnedSubscribers, movers(Movement::Churn));
        put(Metric::ClosingSubscribers, Some(Ratio::whole(it.active)));
    }
    Ok(found)
}
