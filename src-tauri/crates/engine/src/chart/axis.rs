//! Where hairlines stand and how their numbers read: whole steps of 1, 2 or 5, three to five of them.

use coffer_domain::currency::Currency;
use coffer_domain::money::Money;

/// From figures to heights.
pub(super) struct Scale {
    pub(super) top: i32,
    pub(super) bottom: i32,
    pub(super) lowest: i64,
    pub(super) highest: i64,
}

impl Scale {
    #[expect(
        clippy::cast_precision_loss,
        reason = "figures become pixels here and nowhere else"
    )]
    pub(super) fn y(&self, minor: i64) -> f64 {
        let span = self.highest.saturating_sub(self.lowest).max(1) as f64;
        let height = f64::from(self.bottom - self.top);
        f64::from(self.top) + height * (self.highest.saturating_sub(minor) as f64 / span)
    }
}

/// The values at which hairlines stand, from zero up to the first at or above `top` minor units.
pub(super) fn ticks(top: i64) -> Vec<i64> {
    let top = top.max(1);
    let step = step(top);
    let mut values = vec![0];
    let mut at: i64 = 0;
    while at < top && values.len() < 12 {
        at = at.saturating_add(step);
        values.push(at);
    }
    values
}

/// The smallest of 1, 2, 5 times a power of ten that needs at most four steps.
fn step(top: i64) -> i64 {
    let mut power: i64 = 1;
    loop {
        for factor in [1, 2, 5] {
            let step = power.saturating_mul(factor);
            if top / step < 4 || step == i64::MAX {
                return step.max(1);
            }
        }
        power = power.saturating_mul(10);
    }
}

/// A short number for an axis: `$12.5 k`.
pub(crate) fn short(minor: i64, currency: Currency) -> String {
    let unit = 10_i64.pow(currency.exponent());
    let whole = minor / unit;
    let sign = currency
        .symbol()
        .map_or_else(|| format!("{currency} "), str::to_owned);
    for (size, letter) in [(1_000_000_000, "bn"), (1_000_000, "m"), (1_000, "k")] {
        if whole >= size {
            let tenths = minor / (unit * size / 10);
            let text = if tenths % 10 == 0 {
                format!("{}", tenths / 10)
            } else {
                format!("{}.{}", tenths / 10, tenths % 10)
            };
            return format!("{sign}{text} {letter}");
        }
    }
    if minor % unit == 0 {
        format!("{sign}{whole}")
    } else {
        Money::new(minor, currency).text()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_are_three_to_five_hairlines_and_the_last_is_above_the_figures() {
        for top in [
            1,
            2,
            3,
            7,
            10,
            99,
            100,
            1_234,
            4_000,
            123_456,
            9_999_999_999,
        ] {
            let ticks = ticks(top);
            assert!((2..=5).contains(&ticks.len()), "{top}: {ticks:?}");
            assert!(*ticks.last().unwrap() >= top, "{top}: {ticks:?}");
        }
    }

    #[test]
    fn numbers_on_an_axis_are_short() {
        let usd = Currency::USD;
        for (minor, text) in [
            (0, "$0"),
            (50, "$0.50"),
            (50_000, "$500"),
            (1_250_000, "$12.5 k"),
            (200_000_000, "$2 m"),
        ] {
            assert_eq!(short(minor, usd), text);
        }
        assert_eq!(short(12_000, Currency::parse("JPY").unwrap()), "¥12 k");
    }
}
