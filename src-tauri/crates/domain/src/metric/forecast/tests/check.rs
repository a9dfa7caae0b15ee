//! What is no history, or too little of one.

use super::*;

#[test]
fn too_little_history_says_how_much_is_needed() {
    for months in 0..HISTORY_MONTHS_MIN {
        let history = history(1_000, &vec![new(10); months]);
        let latest = Latest {
            day: date("2020-03-01"),
            closing_minor: 5,
        };
        let short = Outlook::NotEnoughHistory { months, needed: 3 };
        assert_eq!(forecast(&history, latest, &[]), Ok(short));
    }
    let before_the_first_customer = [new(0), new(0), new(0), new(500), new(0)];
    let history = history(0, &before_the_first_customer);
    assert_eq!(
        forecast(&history, latest(&history), &[]),
        Ok(Outlook::NotEnoughHistory {
            months: 2,
            needed: 3
        }),
        "months in which there was nothing are no history"
    );
}

#[test]
fn a_history_that_is_none_is_refused() {
    let good = history(1_000, &[new(10); 5]);
    let latest = latest(&good);
    let with = |place: usize, change: fn(&mut Month)| {
        let mut months = good.clone();
        change(&mut months[place]);
        forecast(&months, latest, &[])
    };
    let day = good[2].day;
    assert_eq!(
        with(2, |m| m.churn_minor = 1),
        Err(Unreadable::Unbalanced { day })
    );
    assert_eq!(
        with(2, |m| (m.opening_minor, m.new_minor) = (0, 1_030)),
        Err(Unreadable::Unbalanced { day }),
        "the opening is not the closing before"
    );
    assert_eq!(
        with(2, |m| m.new_minor = i64::MIN),
        Err(Unreadable::OutOfRange { day })
    );
    assert_eq!(
        with(2, |m| m.closing_minor = -1),
        Err(Unreadable::OutOfRange { day })
    );
    assert_eq!(
        with(2, |m| m.day = date("2020-03-30")),
        Err(Unreadable::OutOfOrder {
            day: date("2020-03-30")
        })
    );
    let gap = [good[0], good[1], good[3], good[4]];
    assert_eq!(
        forecast(&gap, latest, &[]),
        Err(Unreadable::OutOfOrder { day: good[3].day })
    );
}

#[test]
fn the_latest_figure_must_stand_in_the_month_after_the_history() {
    let months = history(1_000, &[new(0); 5]);
    for day in ["2020-05-30", "2020-07-01"].map(date) {
        let latest = Latest {
            day,
            closing_minor: 1_000,
        };
        assert_eq!(
            forecast(&months, latest, &[]),
            Err(Unreadable::LatestOutOfPlace { day })
        );
    }
    let day = date("2020-05-31");
    let other = Latest {
        day,
        closing_minor: 1_001,
    };
    assert_eq!(
        forecast(&months, other, &[]),
        Err(Unreadable::Unbalanced { day })
    );
    let day = date("2020-06-01");
    let negative = Latest {
        day,
        closing_minor: -1,
    };
    assert_eq!(
        forecast(&months, negative, &[]),
        Err(Unreadable::OutOfRange { day })
    );
}

#[test]
fn the_end_of_the_calendar_is_refused() {
    let day = date("+262142-11-30");
    let mut months = history(1_000, &[new(0); 3]);
    for (month, end) in months
        .iter_mut()
        .zip(["+262142-09-30", "+262142-10-31", "+262142-11-30"])
    {
        month.day = date(end);
    }
    assert_eq!(
        forecast(&months, latest(&months), &[]),
        Err(Unreadable::OutOfRange { day })
    );
}

#[test]
fn only_the_last_five_years_are_looked_at() {
    let mut moves = vec![new(1_000_000); 20];
    moves.extend((0..60).map(|month| new(month % 5 * 100)));
    let all = history(0, &moves);
    assert_eq!(of(&all), of(&all[20..]));
}
