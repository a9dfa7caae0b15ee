//! What each item of a subscription held, from when to when.
//!
//! A recurring line says what an item holds from the start of its period; a proration pair says what it held before and
//! after an instant; a credit alone says that the item went; what we saw ourselves stands from when we saw it. Where the
//! first word comes late, the item is carried back to the subscription's start as `inferred`. A change that left no
//! trace until the next bill is dated at that bill's period start, and one not billed yet at the time we first saw it.

use crate::Instant;
use crate::ids::{InvoiceId, InvoiceItemId, PriceId, SubscriptionItemId};
use crate::metric::Basis;
use crate::metric::history::Past;
use crate::metric::worth::Catalog;
use crate::ratio::Ratio;
use crate::record::{InvoiceLine, LineOrigin, PriceScheme};
use chrono::TimeDelta;
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// What an item held from an instant on, until the next state.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct ItemState {
    /// The first instant.
    pub(super) from: Instant,
    /// Price and quantity; `None` once the item is gone.
    pub(super) holds: Option<(PriceId, i64)>,
    /// What says so.
    pub(super) basis: Basis,
}

/// One line, with the item it speaks of resolved.
struct Spoken<'a> {
    line: &'a InvoiceLine,
    item: SubscriptionItemId,
    bill: Option<&'a InvoiceId>,
}

/// The states of every item that the subscription ever held, each in order of time.
pub(super) fn item_states(
    past: &Past<'_>,
    catalog: &Catalog,
) -> BTreeMap<SubscriptionItemId, Vec<ItemState>> {
    let spoken = spoken_lines(past);
    let first_word = spoken.iter().map(|it| it.line.period_start).min();
    let mut ids: BTreeSet<&SubscriptionItemId> = spoken.iter().map(|it| &it.item).collect();
    ids.extend(past.subscription.items.iter().map(|item| &item.id));
    ids.extend(
        past.observations
            .iter()
            .flat_map(|seen| seen.items.iter().map(|(id, ..)| id)),
    );
    ids.into_iter()
        .map(|id| {
            let of_item: Vec<&Spoken<'_>> = spoken.iter().filter(|it| it.item == *id).collect();
            (
                id.clone(),
                states_of(past, catalog, id, &of_item, first_word),
            )
        })
        .collect()
}

/// The lines that speak of this subscription's items: those on its bills, and those that wait for the next one.
fn spoken_lines<'a>(past: &Past<'a>) -> Vec<Spoken<'a>> {
    let items_of: HashMap<&InvoiceItemId, &SubscriptionItemId> = past
        .invoice_items
        .iter()
        .filter_map(|it| Some((&it.id, it.line.item.as_ref()?)))
        .collect();
    let only_item = match past.subscription.items.as_slice() {
        [only] => Some(&only.id),
        _ => None,
    };
    let resolve = |line: &InvoiceLine| {
        let through = line
            .invoice_item
            .as_ref()
            .and_then(|id| items_of.get(id).copied());
        line.item.as_ref().or(through).or(only_item).cloned()
    };
    let mut billed: BTreeSet<&InvoiceItemId> = BTreeSet::new();
    let mut spoken = Vec::new();
    for invoice in past.invoices {
        for line in &invoice.lines {
            if line
                .subscription
                .as_ref()
                .is_some_and(|id| *id != past.subscription.id)
                || line.origin == LineOrigin::OneOff
            {
                continue;
            }
            billed.extend(line.invoice_item.as_ref());
            if let Some(item) = resolve(line) {
                spoken.push(Spoken {
                    line,
                    item,
                    bill: Some(&invoice.id),
                });
            }
        }
    }
    for waiting in past.invoice_items {
        let ours = waiting.line.subscription.as_ref() == Some(&past.subscription.id);
        if !ours || waiting.line.origin == LineOrigin::OneOff || billed.contains(&waiting.id) {
            continue;
        }
        if let Some(item) = resolve(&waiting.line) {
            spoken.push(Spoken {
                line: &waiting.line,
                item,
                bill: waiting.invoice.as_ref(),
            });
        }
    }
    spoken
}

fn states_of(
    past: &Past<'_>,
    catalog: &Catalog,
    id: &SubscriptionItemId,
    spoken: &[&Spoken<'_>],
    first_word: Option<Instant>,
) -> Vec<ItemState> {
    let mut states = told_states(catalog, spoken);
    let present = past.subscription.items.iter().find(|item| item.id == *id);
    for seen in past.observations {
        let held = seen.items.iter().find(|(item, ..)| item == id);
        let holds = held.map(|(_, price, quantity)| (price.clone(), *quantity));
        state_at(&mut states, seen.at, holds, Basis::Observed);
    }
    match present {
        Some(item) => {
            let holds = Some((item.price.clone(), item.quantity.unwrap_or(1)));
            state_at(&mut states, past.as_of, holds, Basis::Observed);
        }
        None => {
            let end = past.subscription.ended_at.unwrap_or(past.as_of);
            let at = gone_without_a_word(spoken, end);
            state_at(&mut states, at, None, Basis::Observed);
        }
    }
    carry_back(past, present, spoken, first_word, &mut states);
    states
}

/// What lines and prorations say, in order of time.
fn told_states(catalog: &Catalog, spoken: &[&Spoken<'_>]) -> Vec<ItemState> {
    let mut told: BTreeMap<Instant, (Option<&InvoiceId>, PriceId, i64)> = BTreeMap::new();
    for it in spoken {
        let (Some(price), false) = (
            it.line.price.as_ref(),
            it.line.origin == LineOrigin::Proration { credit: true },
        ) else {
            continue;
        };
        let quantity = it.line.quantity.unwrap_or(1);
        match told.get_mut(&it.line.period_start) {
            // One line for each tier: together they hold the quantity.
            Some((bill, known, sum))
                if *bill == it.bill && known == price && is_tiered(catalog, price) =>
            {
                *sum += quantity;
            }
            _ => {
                told.insert(it.line.period_start, (it.bill, price.clone(), quantity));
            }
        }
    }
    let mut states: Vec<ItemState> = told
        .iter()
        .map(|(from, (_, price, quantity))| ItemState {
            from: *from,
            holds: Some((price.clone(), *quantity)),
            basis: Basis::Invoiced,
        })
        .collect();
    for it in spoken {
        let alone = it.line.origin == LineOrigin::Proration { credit: true }
            && !told.contains_key(&it.line.period_start);
        if alone {
            states.push(ItemState {
                from: it.line.period_start,
                holds: None,
                basis: Basis::Invoiced,
            });
        }
    }
    states.sort_by_key(|state| state.from);
    states.dedup_by(|later, earlier| {
        later.from == earlier.from && later.holds.is_none() && earlier.holds.is_none()
    });
    states
}

fn is_tiered(catalog: &Catalog, price: &PriceId) -> bool {
    catalog
        .prices
        .get(price)
        .is_some_and(|price| matches!(price.scheme, PriceScheme::Tiered(..)))
}

/// Records what was seen at an instant, unless the states already say so.
fn state_at(states: &mut Vec<ItemState>, at: Instant, holds: Option<(PriceId, i64)>, basis: Basis) {
    let before = states.iter().rposition(|state| state.from <= at);
    let known = before.and_then(|index| states.get(index));
    let same = known.map_or(holds.is_none(), |state| state.holds == holds);
    if same {
        return;
    }
    let index = before.map_or(0, |index| index + 1);
    states.insert(
        index,
        ItemState {
            from: at,
            holds,
            basis,
        },
    );
}

/// An item that is no longer there and of whose going no line tells: it went at the end of what was last billed for it.
fn gone_without_a_word(spoken: &[&Spoken<'_>], as_of: Instant) -> Instant {
    spoken
        .iter()
        .filter(|it| it.line.origin == LineOrigin::Recurring)
        .map(|it| it.line.period_end)
        .max()
        .map_or(as_of, |end| end.min(as_of))
}

/// Puts a beginning before the first state where the item was there earlier than the first word about it.
fn carry_back(
    past: &Past<'_>,
    present: Option<&crate::record::SubscriptionItem>,
    spoken: &[&Spoken<'_>],
    first_word: Option<Instant>,
    states: &mut Vec<ItemState>,
) {
    let Some(first) = states.first().cloned() else {
        return;
    };
    let start = past.subscription.start;
    // A credit at the very instant of the first word tells what stood before it.
    let credited = spoken.iter().find_map(|it| {
        let credit = it.line.origin == LineOrigin::Proration { credit: true };
        let at_first = it.line.period_start == first.from;
        (credit && at_first)
            .then(|| Some((it.line.price.clone()?, it.line.quantity.unwrap_or(1))))
            .flatten()
    });
    let began = match present {
        // An item made together with its subscription was there from the start, also where that was dated back.
        Some(item) if item.created <= past.subscription.created + TimeDelta::minutes(1) => start,
        Some(item) => item.created.max(start),
        // Other lines spoke earlier and not of this item: it came later.
        None if credited.is_none() && first_word.is_some_and(|word| word < first.from) => {
            first.from
        }
        None => start,
    };
    if began < first.from
        && let Some(holds) = credited.or(first.holds)
    {
        let state = ItemState {
            from: began,
            holds: Some(holds),
            basis: Basis::Inferred,
        };
        states.insert(0, state);
    }
}

/// The part of the amount that is tax inside it, by the item's latest bill, whatever the price itself says: an account's
/// default and old tax rates put tax inside a price that does not tell. Zero where none is inside or nothing was billed.
pub(super) fn tax_share(past: &Past<'_>, item: &SubscriptionItemId) -> Ratio {
    past.invoices
        .iter()
        .flat_map(|invoice| {
            invoice
                .lines
                .iter()
                .map(move |line| (invoice.created, line))
        })
        .filter(|(_, line)| line.item.as_ref() == Some(item) && line.tax_inclusive_base > 0)
        .max_by_key(|(created, line)| (*created, line.period_start))
        .and_then(|(_, line)| {
            Ratio::new(
                i128::from(line.tax_inclusive),
                i128::from(line.tax_inclusive_base),
            )
            .ok()
        })
        .unwrap_or(Ratio::ZERO)
}
