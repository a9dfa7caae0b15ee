//! What the merchant sells: products, prices and the arithmetic of a price at a quantity.
//!
//! The catalogue is the same for every seed, because a test that wants "the graduated price in krónur" must find one in
//! every world. It has each shape the provider knows: flat, per seat, graduated and volume tiers with flat amounts, packages,
//! sub-cent decimals, tax-inclusive prices, weekly, monthly, quarterly and yearly terms, six currencies. Metered prices are
//! sold only where the rare states are asked for. Meters and payment links are here too: they are the same in every world.
//!
//! Invariant: unit amounts are whole ten-thousandths of a wire unit, and a tax-inclusive price divides exactly by its rate,
//! so that the tax share of its invoice lines is the same fraction whichever line one looks at.

use std::collections::BTreeMap;

use crate::calendar::Term;
use crate::currency::Currency;
use crate::fraction::Fraction;
use crate::shelf::Shelf;

/// Unit amounts are kept in ten-thousandths of a wire unit.
pub(crate) const E4: i128 = 10_000;

/// What a price is for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Family {
    #[default]
    Starter,
    Team,
    Business,
    Platform,
    Pulse,
    Seats,
    Storage,
    Support,
    Onboarding,
    /// Starter, sold with the tax in the price.
    StarterGross,
    /// Starter at the price of the first months.
    StarterFounding,
    /// Bought by the piece, in long invoices.
    Packs,
    /// Counted by a meter.
    Calls,
}

pub(crate) const FAMILIES: [Family; 12] = [
    Family::Starter,
    Family::Team,
    Family::Business,
    Family::Platform,
    Family::Pulse,
    Family::Seats,
    Family::Storage,
    Family::Support,
    Family::Onboarding,
    Family::StarterGross,
    Family::StarterFounding,
    Family::Packs,
];

/// One step of a tiered price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Tier {
    pub(crate) up_to: Option<u32>,
    pub(crate) unit_e4: i64,
    pub(crate) flat: i64,
}

/// How a price turns a quantity into an amount.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scheme {
    PerUnit { unit_e4: i64 },
    Package { unit_e4: i64, divide_by: u32 },
    Graduated(Vec<Tier>),
    Volume(Vec<Tier>),
}

impl Scheme {
    /// The amount for `quantity`, in ten-thousandths of a wire unit.
    pub(crate) fn amount_e4(&self, quantity: u32) -> i128 {
        let units = i128::from(quantity);
        match self {
            Self::PerUnit { unit_e4 } => units * i128::from(*unit_e4),
            Self::Package { unit_e4, divide_by } => {
                i128::from(quantity.div_ceil((*divide_by).max(1))) * i128::from(*unit_e4)
            }
            Self::Graduated(tiers) => {
                let mut below = 0u32;
                let mut sum = 0i128;
                for tier in tiers {
                    let top = tier.up_to.unwrap_or(u32::MAX).min(quantity);
                    if top > below {
                        sum += i128::from(top - below) * i128::from(tier.unit_e4)
                            + i128::from(tier.flat) * E4;
                        below = top;
                    }
                }
                sum
            }
            Self::Volume(tiers) => tiers
                .iter()
                .find(|tier| tier.up_to.is_none_or(|top| quantity <= top))
                .map_or(0, |tier| {
                    units * i128::from(tier.unit_e4) + i128::from(tier.flat) * E4
                }),
        }
    }

    /// The unit amount, where there is one.
    pub(crate) const fn unit_e4(&self) -> Option<i64> {
        match self {
            Self::PerUnit { unit_e4 } | Self::Package { unit_e4, .. } => Some(*unit_e4),
            Self::Graduated(_) | Self::Volume(_) => None,
        }
    }
}

/// Whether tax is named with the price.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum TaxBehavior {
    Unspecified,
    Exclusive,
    Inclusive,
}

/// A price.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Price {
    pub(crate) ix: u32,
    pub(crate) product: u32,
    pub(crate) family: Family,
    pub(crate) currency: Currency,
    /// `None` for a price that is charged once.
    pub(crate) term: Option<Term>,
    pub(crate) scheme: Scheme,
    pub(crate) tax: TaxBehavior,
    pub(crate) created: i64,
    pub(crate) archived_at: Option<i64>,
    /// The meter that counts what is billed.
    pub(crate) meter: Option<u32>,
}

impl Price {
    /// The amount for a full period as an invoice states it.
    pub(crate) fn amount(&self, quantity: u32) -> i64 {
        self.currency.round(self.scheme.amount_e4(quantity), E4)
    }

    /// What `quantity` is worth a month, before tax share and discounts, in wire units.
    pub(crate) fn monthly(&self, quantity: u32) -> Fraction {
        Fraction::new(self.scheme.amount_e4(quantity), E4) * self.per_month()
    }

    /// The factor from a period of this price to a month.
    pub(crate) fn per_month(&self) -> Fraction {
        match self.term {
            _ if self.meter.is_some() => Fraction::ZERO,
            Some(Term::Weekly) => Fraction::new(52, 12),
            Some(Term::Monthly) => Fraction::whole(1),
            Some(Term::Quarterly) => Fraction::new(1, 3),
            Some(Term::Yearly) => Fraction::new(1, 12),
            None => Fraction::ZERO,
        }
    }
}

/// A product.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Product {
    pub(crate) ix: u32,
    pub(crate) family: Family,
    pub(crate) name: &'static str,
    pub(crate) description: &'static str,
    pub(crate) unit: Option<&'static str>,
    pub(crate) created: i64,
}

/// Products and prices.
#[derive(Clone, Debug, Default)]
pub(crate) struct Catalogue {
    pub(crate) products: Shelf<Product>,
    pub(crate) prices: Shelf<Price>,
    index: BTreeMap<(Family, Currency, Option<Term>), u32>,
}

const PRODUCTS: [(Family, &str, &str, Option<&str>); 10] = [
    (
        Family::Starter,
        "Starter",
        "For one person with a handful of projects.",
        None,
    ),
    (
        Family::Team,
        "Team",
        "For teams; billed by the seat.",
        Some("seat"),
    ),
    (
        Family::Business,
        "Business",
        "For companies; seats get cheaper as they grow.",
        Some("seat"),
    ),
    (
        Family::Platform,
        "Platform",
        "For other people’s products; one rate for the whole volume.",
        Some("workspace"),
    ),
    (
        Family::Pulse,
        "Pulse report",
        "A report every Monday.",
        None,
    ),
    (
        Family::Seats,
        "Extra seats",
        "Guests and read-only seats.",
        Some("guest"),
    ),
    (
        Family::Storage,
        "Storage",
        "In packs of fifty gigabytes.",
        Some("gigabyte"),
    ),
    (
        Family::Support,
        "Priority support",
        "An answer within two hours.",
        None,
    ),
    (
        Family::Onboarding,
        "Onboarding",
        "A day with one of us.",
        Some("day"),
    ),
    (
        Family::Packs,
        "Message pack",
        "A hundred messages, bought as they are needed.",
        Some("pack"),
    ),
];

const METERED: (Family, &str, &str, Option<&str>) = (
    Family::Calls,
    "API calls",
    "Billed by what was used.",
    Some("call"),
);

/// A meter: name, the name of its events, how they are added up, what an event's payload calls the number, still in use.
pub(crate) type Meter = (&'static str, &'static str, &'static str, &'static str, bool);

/// The meters, oldest first.
pub(crate) const METERS: [Meter; 2] = [
    (
        "Reports rendered",
        "report_rendered",
        "count",
        "value",
        false,
    ),
    ("API calls", "api_call", "sum", "calls", true),
];

/// The meter of metered prices.
pub(crate) const CALLS: u32 = 1;

/// What a payment link sells, in which currency, how much of it, and whether it is open.
pub(crate) type PaymentLink = (Family, Currency, Option<Term>, u32, bool);

/// The payment links, oldest first.
pub(crate) const PAYMENT_LINKS: [PaymentLink; 4] = [
    (
        Family::StarterFounding,
        Currency::Usd,
        Some(Term::Monthly),
        1,
        false,
    ),
    (Family::Starter, Currency::Usd, Some(Term::Monthly), 1, true),
    (Family::Starter, Currency::Eur, Some(Term::Yearly), 1, true),
    (Family::Onboarding, Currency::Usd, None, 1, true),
];

/// The rate a tax-inclusive price is made for: its currency says which country's.
pub(crate) const fn inclusive_rate(currency: Currency) -> Option<u16> {
    match currency {
        Currency::Eur => Some(19),
        Currency::Gbp => Some(20),
        _ => None,
    }
}

const fn tier(up_to: Option<u32>, unit: i64, flat: i64) -> Tier {
    Tier {
        up_to,
        unit_e4: unit * 10_000,
        flat,
    }
}

fn times(cents: i64, term: Term) -> i64 {
    match term {
        Term::Weekly => cents * 2 / 5,
        Term::Monthly => cents,
        Term::Quarterly => cents * 285 / 100,
        Term::Yearly => cents * 10,
    }
}

/// The scheme of a family in a currency and term.
fn scheme(family: Family, currency: Currency, term: Term) -> Scheme {
    let at = |cents: i64| currency.price_point(times(cents, term));
    let flat = |cents: i64| Scheme::PerUnit {
        unit_e4: at(cents) * 10_000,
    };
    match family {
        Family::Starter => flat(1_900),
        Family::StarterFounding => flat(1_500),
        Family::Team => flat(1_200),
        Family::Pulse => flat(1_750),
        Family::Support => flat(4_900),
        Family::Onboarding => flat(45_000),
        Family::Packs => flat(120),
        Family::Calls => flat(25),
        // Sub-cent decimals, except where the currency has no cents to split.
        Family::Seats => match currency {
            Currency::Usd | Currency::Eur | Currency::Gbp => Scheme::PerUnit {
                unit_e4: at(149) * 10_000 + 7_525,
            },
            Currency::Jpy | Currency::Kwd | Currency::Isk => flat(149),
        },
        Family::Storage => Scheme::Package {
            unit_e4: at(500) * 10_000,
            divide_by: 50,
        },
        Family::Business => Scheme::Graduated(vec![
            tier(Some(10), at(800), at(9_900)),
            tier(Some(50), at(700), 0),
            tier(None, at(600), at(1_500)),
        ]),
        Family::Platform => Scheme::Volume(vec![
            tier(Some(20), at(1_500), at(2_000)),
            tier(Some(100), at(1_200), at(2_000)),
            tier(None, at(900), 0),
        ]),
        Family::StarterGross => {
            let rate = i64::from(inclusive_rate(currency).unwrap_or(0));
            Scheme::PerUnit {
                unit_e4: times(
                    20 * (100 + rate),
                    if term == Term::Yearly {
                        term
                    } else {
                        Term::Monthly
                    },
                ) * 10_000,
            }
        }
    }
}

const fn terms(family: Family) -> &'static [Term] {
    match family {
        Family::Pulse => &[Term::Weekly],
        Family::StarterGross => &[Term::Monthly, Term::Yearly],
        Family::StarterFounding | Family::Onboarding | Family::Packs | Family::Calls => {
            &[Term::Monthly]
        }
        _ => &[Term::Monthly, Term::Quarterly, Term::Yearly],
    }
}

impl Catalogue {
    /// The catalogue of a merchant who opened at `opened`; the founding price was withdrawn at `archived`. What is metered
    /// comes last, so that all other prices are the same with and without it.
    pub(crate) fn new(opened: i64, archived: i64, metered: bool) -> Self {
        let mut catalogue = Self::default();
        let products = PRODUCTS.into_iter().chain(metered.then_some(METERED));
        for (n, (family, name, description, unit)) in products.enumerate() {
            let created = opened + n as i64 * 40;
            catalogue.products.push(|ix| Product {
                ix,
                family,
                name,
                description,
                unit,
                created,
            });
        }
        let mut created = opened + 600;
        for family in FAMILIES.into_iter().chain(metered.then_some(Family::Calls)) {
            for currency in Currency::ALL {
                if family == Family::StarterGross && inclusive_rate(currency).is_none() {
                    continue;
                }
                for term in terms(family) {
                    created += 7;
                    catalogue.add(
                        family,
                        currency,
                        *term,
                        created,
                        (family == Family::StarterFounding).then_some(archived),
                    );
                }
            }
        }
        catalogue
    }

    fn add(
        &mut self,
        family: Family,
        currency: Currency,
        term: Term,
        created: i64,
        archived_at: Option<i64>,
    ) {
        let sold_as = match family {
            Family::StarterGross | Family::StarterFounding => Family::Starter,
            other => other,
        };
        let product = self
            .products
            .iter()
            .find(|product| product.family == sold_as)
            .map_or(0, |product| product.ix);
        let tax = match (family, currency) {
            (Family::StarterGross, _) => TaxBehavior::Inclusive,
            (_, Currency::Eur | Currency::Gbp) => TaxBehavior::Exclusive,
            _ => TaxBehavior::Unspecified,
        };
        let once = matches!(family, Family::Onboarding | Family::Packs);
        let term_kept = (!once).then_some(term);
        let scheme = scheme(family, currency, term);
        let ix = self.prices.push(|ix| Price {
            ix,
            product,
            family,
            currency,
            term: term_kept,
            scheme,
            tax,
            created,
            archived_at,
            meter: (family == Family::Calls).then_some(CALLS),
        });
        self.index.insert((family, currency, term_kept), ix);
    }

    /// The price of a family in a currency and term, if it is sold like that.
    pub(crate) fn price(
        &self,
        family: Family,
        currency: Currency,
        term: Option<Term>,
    ) -> Option<u32> {
        self.index.get(&(family, currency, term)).copied()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn schemes_price_a_quantity_as_documented() {
        let graduated = Scheme::Graduated(vec![tier(Some(10), 800, 9_900), tier(None, 700, 50)]);
        let volume = Scheme::Volume(vec![tier(Some(20), 1_500, 2_000), tier(None, 1_200, 0)]);
        let package = Scheme::Package {
            unit_e4: 5_000_000,
            divide_by: 50,
        };
        let table = [
            (&graduated, 10, 17_900),
            (&graduated, 11, 18_650),
            (&volume, 20, 32_000),
            (&volume, 21, 25_200),
            (&package, 50, 500),
            (&package, 51, 1_000),
        ];
        for (scheme, quantity, amount) in table {
            assert_eq!(
                scheme.amount_e4(quantity),
                amount * E4,
                "{scheme:?} at {quantity}"
            );
        }
    }

    #[test]
    fn every_amount_is_a_multiple_of_what_its_currency_can_charge() {
        let catalogue = Catalogue::new(0, 0, true);
        for price in catalogue.prices.iter() {
            for quantity in [1, 7, 60] {
                let amount = price.amount(quantity);
                assert!(
                    amount > 0 && amount % price.currency.step() == 0,
                    "{price:?} × {quantity} = {amount}"
                );
            }
        }
    }
}
