//! Randomness that belongs to one entity.
//!
//! Every customer draws from a stream of its own, seeded by the world's seed and the customer's place in the order of
//! arrival. What happens to one customer therefore never shifts the dice of another, and a world stopped half way and
//! continued is the same world as one run straight through. The generator is written out here (SplitMix64) rather than
//! taken from a crate because a demo world that changes with a dependency's version would not be the same merchant.
//! It is not for secrets.

/// A deterministic stream of draws.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Stream(u64);

/// Scrambles a number; the finaliser of SplitMix64.
pub(crate) const fn scramble(mut x: u64) -> u64 {
    x ^= x >> 30;
    x = x.wrapping_mul(0xBF58_476D_1CE4_E5B9);
    x ^= x >> 27;
    x = x.wrapping_mul(0x94D0_49BB_1331_11EB);
    x ^ (x >> 31)
}

/// Folds several numbers into one.
pub(crate) fn fold(parts: &[u64]) -> u64 {
    parts.iter().fold(0x9E37_79B9_7F4A_7C15, |state, part| {
        scramble(state ^ scramble(part.wrapping_add(0x9E37_79B9))).wrapping_add(state << 7)
    })
}

impl Stream {
    /// The stream of entity `n` of the sort `sort` in the world `seed`.
    pub(crate) fn new(seed: u64, sort: u64, n: u64) -> Self {
        Self(fold(&[seed, sort, n]))
    }

    /// The next 64 bits.
    pub(crate) fn bits(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9E37_79B9_7F4A_7C15);
        scramble(self.0)
    }

    /// A number in `0..n`; zero when `n` is zero.
    pub(crate) fn below(&mut self, n: u64) -> u64 {
        ((u128::from(self.bits()) * u128::from(n)) >> 64) as u64
    }

    /// A number in `low..=high`.
    pub(crate) fn between(&mut self, low: i64, high: i64) -> i64 {
        low + self.below((high - low + 1).max(1) as u64) as i64
    }

    /// True `n` times in a thousand.
    pub(crate) fn per_mille(&mut self, n: u64) -> bool {
        self.below(1000) < n
    }

    /// One of the values; the default of the type when there are none.
    pub(crate) fn pick<T: Copy + Default>(&mut self, from: &[T]) -> T {
        let n = self.below(from.len() as u64) as usize;
        from.get(n).copied().unwrap_or_default()
    }

    /// The value whose weight the draw falls on; the first when all weights are zero.
    pub(crate) fn weighted<T: Copy + Default>(&mut self, from: &[(u64, T)]) -> T {
        let mut left = self.below(from.iter().map(|(weight, _)| weight).sum());
        for (weight, value) in from {
            if left < *weight {
                return *value;
            }
            left -= weight;
        }
        from.first().map(|(_, value)| *value).unwrap_or_default()
    }
}
