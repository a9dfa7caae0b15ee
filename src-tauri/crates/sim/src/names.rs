//! Who the customers are: people and companies of many countries, made from word lists.
//!
//! A demo whose customers are called "Customer 17" convinces nobody, and search, sorting and layout are only tried by names
//! with accents, long companies and short ones. A name is kept as a few small numbers and written out when served. The mail
//! domains end in `.example`, which is reserved, so that no message can ever reach a real person.

use crate::currency::Currency;
use crate::stream::Stream;
use crate::words::{FIRST, NameLists, PEOPLE, SECOND};

/// A country customers come from: code, currency they are billed in, which list of names, a city and a postcode, VAT.
pub(crate) struct Country {
    pub(crate) code: &'static str,
    pub(crate) currency: Currency,
    names: usize,
    pub(crate) city: &'static str,
    pub(crate) postcode: &'static str,
    /// Standard rate of value added tax in percent, where the merchant collects it.
    pub(crate) vat: u16,
    legal: &'static str,
    weight: u64,
}

macro_rules! country {
    ($code:literal, $currency:ident, $names:literal, $city:literal, $postcode:literal, $vat:literal, $legal:literal, $weight:literal) => {
        Country {
            code: $code,
            currency: Currency::$currency,
            names: $names,
            city: $city,
            postcode: $postcode,
            vat: $vat,
            legal: $legal,
            weight: $weight,
        }
    };
}

const COUNTRIES: [Country; 26] = [
    country!("US", Usd, 0, "Portland", "97205", 0, "Inc.", 280),
    country!("CA", Usd, 0, "Halifax", "B3J 1S9", 0, "Ltd.", 45),
    country!("AU", Usd, 0, "Hobart", "7000", 0, "Pty Ltd", 35),
    country!("GB", Gbp, 0, "Bristol", "BS1 4DJ", 20, "Ltd", 110),
    country!("IE", Eur, 0, "Cork", "T12 W8KP", 23, "Ltd", 18),
    country!("DE", Eur, 1, "Leipzig", "04109", 19, "GmbH", 95),
    country!("AT", Eur, 1, "Graz", "8010", 20, "GmbH", 20),
    country!("CH", Eur, 1, "Luzern", "6003", 0, "AG", 20),
    country!("FR", Eur, 2, "Nantes", "44000", 20, "SAS", 60),
    country!("BE", Eur, 2, "Namur", "5000", 21, "SRL", 16),
    country!("ES", Eur, 3, "Valencia", "46002", 21, "S.L.", 38),
    country!("MX", Usd, 3, "Guadalajara", "44100", 0, "S.A. de C.V.", 22),
    country!("AR", Usd, 3, "Rosario", "S2000", 0, "S.A.", 12),
    country!("IT", Eur, 4, "Torino", "10121", 22, "S.r.l.", 34),
    country!("SE", Eur, 5, "Malmö", "211 20", 25, "AB", 24),
    country!("DK", Eur, 5, "Aarhus", "8000", 25, "ApS", 18),
    country!("IS", Isk, 5, "Reykjavík", "101", 0, "ehf.", 22),
    country!("PL", Eur, 6, "Wrocław", "50-020", 23, "sp. z o.o.", 26),
    country!("CZ", Eur, 6, "Brno", "602 00", 21, "s.r.o.", 14),
    country!("JP", Jpy, 7, "Kyoto", "600-8001", 0, "K.K.", 48),
    country!("IN", Usd, 8, "Pune", "411001", 0, "Pvt. Ltd.", 40),
    country!("KW", Kwd, 9, "Kuwait City", "15000", 0, "W.L.L.", 18),
    country!("AE", Usd, 9, "Sharjah", "61999", 0, "FZE", 12),
    country!("BR", Usd, 10, "Curitiba", "80010-000", 0, "Ltda.", 30),
    country!("NG", Usd, 11, "Lagos", "101233", 0, "Ltd", 14),
    country!("KE", Usd, 11, "Nairobi", "00100", 0, "Ltd", 12),
];

/// A name as numbers into the lists.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Name {
    country: u8,
    given: u8,
    family: u8,
    first: u8,
    second: u8,
    company: bool,
    tag: u16,
}

fn nth<'a>(list: &[&'a str], n: u8) -> &'a str {
    list.get(usize::from(n)).copied().unwrap_or_default()
}

impl Name {
    /// Draws somebody from somewhere.
    pub(crate) fn draw(stream: &mut Stream) -> Self {
        let mut weights: Vec<(u64, u8)> = Vec::with_capacity(COUNTRIES.len());
        weights.extend(
            COUNTRIES
                .iter()
                .enumerate()
                .map(|(n, country)| (country.weight, n as u8)),
        );
        let country = stream.weighted(&weights);
        let mut name = Self {
            country,
            given: 0,
            family: 0,
            first: 0,
            second: 0,
            company: stream.per_mille(640),
            tag: stream.below(10_000) as u16,
        };
        let (given, family) = name.people();
        name.given = stream.below(given.len() as u64) as u8;
        name.family = stream.below(family.len() as u64) as u8;
        name.first = stream.below(FIRST.len() as u64) as u8;
        name.second = stream.below(SECOND.len() as u64) as u8;
        name
    }

    /// Where they are.
    pub(crate) fn country(self) -> &'static Country {
        const FALLBACK: &Country = &country!("US", Usd, 0, "Portland", "97205", 0, "Inc.", 0);
        COUNTRIES.get(usize::from(self.country)).unwrap_or(FALLBACK)
    }

    fn people(self) -> NameLists {
        PEOPLE
            .get(self.country().names)
            .copied()
            .unwrap_or((&[], &[]))
    }

    /// The person.
    pub(crate) fn person(self) -> String {
        let (given, family) = self.people();
        format!("{} {}", nth(given, self.given), nth(family, self.family))
    }

    fn company(self) -> String {
        format!("{} {}", nth(&FIRST, self.first), nth(&SECOND, self.second))
    }

    /// What the customer record is called: the company, or the person where there is none.
    pub(crate) fn shown(self) -> String {
        if self.company {
            format!("{} {}", self.company(), self.country().legal)
        } else {
            self.person()
        }
    }

    /// The mail address; the person's later one after a change.
    pub(crate) fn email(self, changed: bool) -> String {
        let (given, family) = self.people();
        let (given, family) = (
            plain(nth(given, self.given)),
            plain(nth(family, self.family)),
        );
        let local = match (changed, self.tag % 4) {
            (true, _) => format!("billing+{given}"),
            (false, 0) => given,
            (false, 1) => format!("{given}.{family}"),
            (false, 2) => format!("{}{family}", given.chars().next().unwrap_or('x')),
            (false, _) => format!("{given}{}", self.tag % 97),
        };
        if self.company {
            format!(
                "{local}@{}{}.example",
                plain(&self.company()),
                self.tag % 1000
            )
        } else {
            format!("{local}{}@post{}.example", self.tag, self.tag % 9)
        }
    }

    /// The street.
    pub(crate) fn street(self) -> String {
        format!(
            "{} {}",
            nth(&FIRST, self.second),
            1 + u32::from(self.tag) % 180
        )
    }
}

/// Folds a word to the letters a mail address may have.
fn plain(word: &str) -> String {
    word.to_lowercase()
        .chars()
        .filter_map(|letter| match letter {
            'a'..='z' => Some(letter),
            'á' | 'à' | 'ã' | 'â' | 'ä' | 'å' | 'æ' => Some('a'),
            'ç' | 'č' => Some('c'),
            'é' | 'è' | 'ê' | 'ë' | 'ě' | 'ę' => Some('e'),
            'í' | 'ì' | 'ï' => Some('i'),
            'ł' => Some('l'),
            'ñ' | 'ń' | 'ň' => Some('n'),
            'ó' | 'ò' | 'ô' | 'ö' | 'õ' | 'ø' | 'ō' => Some('o'),
            'ř' => Some('r'),
            'š' | 'ś' | 'ß' => Some('s'),
            'ú' | 'ü' | 'ù' => Some('u'),
            'ý' => Some('y'),
            'ž' | 'ż' | 'ź' => Some('z'),
            'ð' => Some('d'),
            'þ' => Some('t'),
            _ => None,
        })
        .collect()
}
