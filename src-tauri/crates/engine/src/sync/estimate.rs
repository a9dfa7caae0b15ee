//! How much of a walk is left, from how dense the lists have turned out to be.
//!
//! Each stretch under way tells how far down it is and how many objects its last page held for the time it covered; what
//! lies below is taken to be as dense. A stretch that has no lower end is taken to end where the oldest object seen so far
//! was created. It is an estimate for a progress bar and decides nothing.

use coffer_domain::Instant;
use coffer_domain::record::Kind;
use coffer_domain::sync::Stretch;
use std::collections::HashMap;

/// What is known of one stretch under way.
#[derive(Debug, Clone, Copy)]
struct Under {
    reached: Instant,
    from: Option<Instant>,
    objects_per_second: f64,
}

/// What is known of a walk.
#[derive(Debug, Default)]
pub(super) struct Estimate {
    under: HashMap<(Kind, Option<Instant>), Under>,
    oldest: Option<Instant>,
}

impl Estimate {
    /// Notes a page: where it left its stretch and how much it held.
    pub(super) fn page(
        &mut self,
        stretch: &Stretch,
        newest: Instant,
        oldest: Instant,
        objects: usize,
    ) {
        self.oldest = Some(self.oldest.map_or(oldest, |known| known.min(oldest)));
        let key = (stretch.kind, stretch.to);
        if stretch.done {
            self.under.remove(&key);
            return;
        }
        let seconds = (newest - oldest).num_seconds().max(1);
        #[expect(clippy::cast_precision_loss, reason = "an estimate for a progress bar")]
        let objects_per_second = objects as f64 / seconds as f64;
        self.under.insert(
            key,
            Under {
                reached: oldest,
                from: stretch.from,
                objects_per_second,
            },
        );
    }

    /// Notes that a stretch ended.
    pub(super) fn ended(&mut self, stretch: &Stretch) {
        self.under.remove(&(stretch.kind, stretch.to));
    }

    /// How many objects of a kind are left, roughly.
    pub(super) fn left(&self, kind: Kind) -> u64 {
        let left: f64 = self
            .under
            .iter()
            .filter(|((of, _), _)| *of == kind)
            .map(|(_, under)| {
                let floor = under.from.or(self.oldest).unwrap_or(under.reached);
                #[expect(clippy::cast_precision_loss, reason = "an estimate for a progress bar")]
                let seconds = (under.reached - floor).num_seconds().max(0) as f64;
                seconds * under.objects_per_second
            })
            .sum();
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "an estimate for a progress bar, never below zero"
        )]
        let whole = left.min(1e12) as u64;
        whole
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> Instant {
        chrono::DateTime::from_timestamp(seconds, 0).unwrap()
    }

    #[test]
    fn what_is_left_is_as_dense_as_what_was_seen() {
        let mut estimate = Estimate::default();
        let customers = Stretch::whole(Kind::Customers);
        estimate.page(&customers, at(10_000), at(9_000), 100);
        assert_eq!(estimate.left(Kind::Customers), 0, "nothing older was seen");
        estimate.page(&Stretch::whole(Kind::Charges), at(10_000), at(5_000), 100);
        assert_eq!(estimate.left(Kind::Customers), 400);
        let mut done = customers;
        done.done = true;
        estimate.page(&done, at(9_000), at(5_000), 100);
        assert_eq!(estimate.left(Kind::Customers), 0);
    }
}
