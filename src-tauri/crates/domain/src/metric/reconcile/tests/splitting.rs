//! The causes of a difference add up to it, whatever both sides say.

use super::{currency, month};
use crate::currency::Currency;
use crate::ids::CustomerId;
use crate::metric::reconcile::{
    Alternative, Cause, CustomerChange, CustomerMonth, Flag, Metric, Month, MonthSplit, OurLine,
    Ours, Place, Printed, Reconciliation, Statement, SummaryFigure, Value, compare,
};
use crate::ratio::Ratio;
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};

const CODES: [&str; 4] = ["USD", "JPY", "KWD", "ISK"];
const MONTHS: [&str; 3] = ["2026-01", "2026-02", "2026-03"];

type Key = (usize, usize, usize);

/// A small world: customer, currency and month to what each side says.
#[derive(Debug, Clone)]
struct World {
    ours: BTreeMap<Key, (Ratio, Option<Flag>)>,
    /// Sets of alternatives, by the ids they have, to worths.
    under: BTreeMap<(Key, Vec<String>), Ratio>,
    theirs: Vec<(Key, Ratio)>,
    alternatives: Vec<Alternative>,
    customers: BTreeSet<CustomerId>,
    customers_max: usize,
}

fn customer(index: usize) -> CustomerId {
    CustomerId::new(format!("cus_{index}"))
}

fn key() -> impl Strategy<Value = Key> {
    (0..8_usize, 0..CODES.len(), 0..MONTHS.len())
}

fn worth() -> impl Strategy<Value = Ratio> {
    (
        0_i64..4_000,
        prop_oneof![Just(1_i64), Just(3), Just(12), Just(7)],
    )
        .prop_map(|(top, below)| Ratio::new(i128::from(top), i128::from(below)).unwrap())
}

fn flag() -> impl Strategy<Value = Option<Flag>> {
    prop_oneof![
        Just(None),
        Just(Some(Flag::UnknownWorth)),
        Just(Some(Flag::InferredPast))
    ]
}

prop_compose! {
    fn world()(
        ours in proptest::collection::btree_map(key(), (worth(), flag()), 0..40),
        under in proptest::collection::btree_map((key(), 0..6_usize), worth(), 0..60),
        picks in proptest::collection::vec((key(), 0..5_u8, worth()), 1..40),
        known in proptest::collection::btree_set(0..8_usize, 0..8),
        customers_max in 0..4_usize,
    ) -> World {
        let alternatives: Vec<Alternative> = ["a", "b", "c"]
            .map(|id| Alternative { id: id.to_owned(), says: String::new() })
            .to_vec();
        let sets = [vec!["a"], vec!["b"], vec!["c"], vec!["a", "b"], vec!["a", "c"], vec!["b", "c"]];
        let under: BTreeMap<(Key, Vec<String>), Ratio> = under
            .into_iter()
            .map(|((key, set), worth)| ((key, sets[set].iter().map(|id| (*id).to_owned()).collect()), worth))
            .collect();
        // Most of what they print is our figure, or what a rule would make of it, rounded.
        let theirs = picks
            .into_iter()
            .map(|(key, pick, other)| {
                let mine = ours.get(&key).map_or(Ratio::ZERO, |(worth, _)| *worth);
                let ruled = under.iter().find(|((at, _), _)| *at == key).map(|(_, worth)| *worth);
                let figure = match pick {
                    0 => mine,
                    1 | 2 => ruled.unwrap_or(mine),
                    3 => return (key, other),
                    _ => Ratio::ZERO,
                };
                (key, Ratio::whole(figure.round_half_even().unwrap()))
            })
            .collect();
        let customers = ours.keys().map(|key| key.0).chain(known).map(customer).collect();
        World { ours, under, theirs, alternatives, customers, customers_max }
    }
}

fn code(index: usize) -> Currency {
    currency(CODES[index])
}

impl World {
    fn compare(&self, statement: &Statement) -> Reconciliation {
        let names: Vec<CustomerId> = (0..8).map(customer).collect();
        let lines: Vec<OurLine<'_>> = self
            .ours
            .iter()
            .map(|((who, currency, at), (worth, flag))| OurLine {
                customer: &names[*who],
                currency: code(*currency),
                month: month(MONTHS[*at]),
                worth: *worth,
                flag: *flag,
            })
            .collect();
        let under = |place: Place<'_>, set: &[&Alternative]| self.under(place, set);
        let ours = Ours {
            customers: &self.customers,
            lines: &lines,
            figures: &[],
            alternatives: &self.alternatives,
            under: &under,
        };
        compare(statement, ours, self.customers_max).unwrap()
    }

    fn under(&self, place: Place<'_>, set: &[&Alternative]) -> Option<Ratio> {
        let who = (0..8).find(|index| customer(*index) == *place.customer)?;
        let currency = (0..CODES.len()).find(|index| code(*index) == place.currency)?;
        let at = (0..MONTHS.len()).find(|index| month(MONTHS[*index]) == place.month)?;
        let ids = set.iter().map(|one| one.id.clone()).collect();
        self.under.get(&((who, currency, at), ids)).copied()
    }

    fn printed(minor: Ratio, index: usize) -> Printed {
        Printed {
            minor,
            currency: code(index),
        }
    }

    fn levels(&self) -> Statement {
        let rows = self
            .theirs
            .iter()
            .map(|((who, code, at), minor)| CustomerMonth {
                month: month(MONTHS[*at]),
                customer: customer(*who),
                mrr: Self::printed(*minor, *code),
            });
        Statement::CustomerMonths(rows.collect())
    }

    fn changes(&self) -> Statement {
        let rows = self
            .theirs
            .iter()
            .map(|((who, code, at), minor)| CustomerChange {
                month: month(MONTHS[*at]),
                day: None,
                customer: customer(*who),
                movement: None,
                change: Self::printed(*minor, *code),
            });
        Statement::CustomerChanges(rows.collect())
    }

    fn summary(&self) -> Statement {
        let rows = self
            .theirs
            .iter()
            .map(|((_, code, at), minor)| SummaryFigure {
                month: month(MONTHS[*at]),
                metric: Metric::ClosingMrr,
                value: Value::Money(Self::printed(*minor, *code)),
            });
        Statement::Summary(rows.collect())
    }

    /// Our exact total in whole minor units, worked out here by hand.
    fn total(&self, at: Month, currency: Currency) -> i64 {
        let sum = self
            .ours
            .iter()
            .filter(|((_, code_index, month_index), _)| {
                code(*code_index) == currency && month(MONTHS[*month_index]) == at
            })
            .fold(Ratio::ZERO, |sum, (_, (worth, _))| {
                sum.plus(*worth).unwrap()
            });
        sum.round_half_even().unwrap()
    }
}

fn adds_up(split: &MonthSplit, customers_max: usize) {
    let causes: i64 = split.causes.iter().map(|share| share.minor).sum();
    assert_eq!(
        causes, split.difference_minor,
        "causes add up to the difference"
    );
    assert_eq!(
        split.ours_minor - split.theirs_minor,
        split.difference_minor
    );
    for share in &split.causes {
        let named: i64 = share.largest.iter().map(|customer| customer.minor).sum();
        assert_eq!(
            named + share.rest_minor,
            share.minor,
            "customers add up to the cause"
        );
        assert_eq!(
            share.largest.len() as u64 + share.rest_customers,
            share.customers
        );
        assert!(share.largest.len() <= customers_max);
        assert!(
            share
                .largest
                .is_sorted_by_key(|customer| std::cmp::Reverse(customer.minor.unsigned_abs()))
        );
        for customer in &share.largest {
            assert_eq!(customer.ours_minor - customer.theirs_minor, customer.minor);
            assert_ne!(customer.minor, 0, "who agrees is behind no cause");
        }
    }
    assert!(
        split
            .causes
            .is_sorted_by_key(|share| std::cmp::Reverse(share.minor.unsigned_abs()))
    );
    let different: BTreeSet<&Cause> = split.causes.iter().map(|share| &share.cause).collect();
    assert_eq!(different.len(), split.causes.len(), "a cause stands once");
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn the_causes_of_a_level_add_up_to_it(world in world()) {
        let outcome = world.compare(&world.levels());
        for split in &outcome.splits {
            adds_up(split, world.customers_max);
            prop_assert_eq!(split.ours_minor, world.total(split.month, split.currency));
        }
    }

    #[test]
    fn the_causes_of_a_change_add_up_to_it(world in world()) {
        for split in &world.compare(&world.changes()).splits {
            adds_up(split, world.customers_max);
        }
    }

    #[test]
    fn the_causes_of_a_summary_add_up_to_it(world in world()) {
        let outcome = world.compare(&world.summary());
        for split in &outcome.splits {
            adds_up(split, world.customers_max);
            prop_assert_eq!(split.ours_minor, world.total(split.month, split.currency));
        }
    }

    /// What is said of one customer does not hang on the others.
    #[test]
    fn a_rule_is_named_only_where_it_gives_their_figure(world in world()) {
        let statement = world.levels();
        let outcome = world.compare(&statement);
        for split in &outcome.splits {
            for share in &split.causes {
                let Cause::Rules(ids) = &share.cause else { continue };
                let set: Vec<&Alternative> = world.alternatives.iter().filter(|one| ids.contains(&one.id)).collect();
                for found in &share.largest {
                    let place = Place { customer: &found.customer, currency: split.currency, month: split.month };
                    let figure = world.under(place, &set).unwrap();
                    let apart = figure.minus(Ratio::whole(found.theirs_minor)).unwrap();
                    let step = Ratio::whole(i64::from(Printed::step_minor(split.currency)) * 8);
                    prop_assert!(apart < step && Ratio::ZERO.minus(apart).unwrap() < step);
                }
            }
        }
    }
}
