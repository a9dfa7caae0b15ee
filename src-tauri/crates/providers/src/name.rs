//! The names of the providers Coffer speaks to.
//!
//! A name stands here only once its adapter exists: text that names another provider reads as nothing, so that no
//! account can be made that nobody can sync.

use std::fmt;

/// A payment provider.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ProviderName {
    /// Stripe.
    Stripe,
}

impl ProviderName {
    /// Every provider.
    pub const ALL: [Self; 1] = [Self::Stripe];

    /// The name in JSON, in flags and in file names.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Stripe => "stripe",
        }
    }

    /// The name as people write it.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Stripe => "Stripe",
        }
    }

    /// Reads a name; `None` for a provider without an adapter.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|name| name.as_str() == text)
    }
}

impl fmt::Display for ProviderName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}
