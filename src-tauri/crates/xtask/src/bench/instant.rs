//! Instants as text and as seconds since 1970, in UTC.
//!
//! The merchant says its present as text and is asked in seconds. The arithmetic is that of the proleptic Gregorian
//! calendar, with years that begin in March so that the day that some years have more comes last.

use anyhow::{Context as _, Result};

const DAY: i64 = 86_400;

/// Reads `2026-11-21T22:43:32Z`, with or without a fraction, which is dropped.
pub(super) fn read(text: &str) -> Result<i64> {
    seconds_of(text).with_context(|| format!("`{text}` is no instant in UTC"))
}

fn seconds_of(text: &str) -> Option<i64> {
    let (date, time) = text.strip_suffix('Z')?.split_once('T')?;
    let time = time.split_once('.').map_or(time, |(whole, _)| whole);
    let [year, month, day] = three(date, '-')?;
    let [hour, minute, second] = three(time, ':')?;
    let (year, month) = if month > 2 {
        (year, month - 3)
    } else {
        (year - 1, month + 9)
    };
    let days = 365 * year + year.div_euclid(4) - year.div_euclid(100)
        + year.div_euclid(400)
        + (153 * month + 2) / 5
        + day
        - 1
        - 719_468;
    Some(days * DAY + hour * 3_600 + minute * 60 + second)
}

fn three(text: &str, between: char) -> Option<[i64; 3]> {
    let mut parts = text.split(between).map(|part| part.parse().ok());
    let found = [parts.next()??, parts.next()??, parts.next()??];
    parts.next().is_none().then_some(found)
}

/// Writes what [`read`] reads.
pub(super) fn write(seconds: i64) -> String {
    let (days, rest) = (seconds.div_euclid(DAY), seconds.rem_euclid(DAY));
    let since = days + 719_468;
    let era = since.div_euclid(146_097);
    let of_era = since.rem_euclid(146_097);
    let year_of_era = (of_era - of_era / 1_460 + of_era / 36_524 - of_era / 146_096) / 365;
    let of_year = of_era - (365 * year_of_era + year_of_era / 4 - year_of_era / 100);
    let from_march = (5 * of_year + 2) / 153;
    let day = of_year - (153 * from_march + 2) / 5 + 1;
    let month = if from_march < 10 {
        from_march + 3
    } else {
        from_march - 9
    };
    let year = era * 400 + year_of_era + i64::from(month <= 2);
    format!(
        "{year:04}-{month:02}-{day:02}T{:02}:{:02}:{:02}Z",
        rest / 3_600,
        rest / 60 % 60,
        rest % 60
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn known_instants_are_read_and_written() {
        for (text, seconds) in [
            ("1970-01-01T00:00:00Z", 0),
            ("1999-12-31T23:59:59Z", 946_684_799),
            ("2000-02-29T12:00:00Z", 951_825_600),
            ("2026-11-21T22:43:32Z", 1_795_301_012),
        ] {
            assert_eq!(read(text).unwrap(), seconds);
            assert_eq!(write(seconds), text);
        }
        assert_eq!(read("1970-01-01T00:00:01.75Z").unwrap(), 1);
    }

    #[test]
    fn every_day_of_a_century_comes_back() {
        for day in 0..36_525 {
            let seconds = day * DAY + 4_242;
            assert_eq!(read(&write(seconds)).unwrap(), seconds);
        }
    }

    #[test]
    fn what_is_no_instant_is_refused() {
        for text in [
            "",
            "2026-11-21",
            "2026-11-21T22:43:32+01:00",
            "2026-11-21T22:43Z",
        ] {
            assert!(read(text).is_err(), "{text}");
        }
    }
}
