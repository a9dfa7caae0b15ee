//! Reading exports and comparing them, as sentences.

mod comparing;
mod desk;
mod reading;
mod splitting;
mod summing;

use super::Month;
use crate::currency::Currency;
use crate::ratio::Ratio;

fn currency(code: &str) -> Currency {
    Currency::parse(code).unwrap()
}

fn month(text: &str) -> Month {
    let (year, month) = text.split_once('-').unwrap();
    Month::new(year.parse().unwrap(), month.parse().unwrap()).unwrap()
}

fn ratio(numerator: i128, denominator: i128) -> Ratio {
    Ratio::new(numerator, denominator).unwrap()
}
