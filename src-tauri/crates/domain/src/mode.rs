//! Live and test as types, so that the two cannot meet.
//!
//! A key, a client, a database file and everything made from them carry the mode as a type parameter. A function that
//! takes a `Store<M>` and a `Client<M>` cannot be given one of each. The two markers are the only implementations there
//! will ever be; `ModeName` is the same fact as data, for files, messages and the border to the window.

use std::fmt;

/// The mode as data.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ModeName {
    /// Real customers and real money.
    Live,
    /// A provider's test mode or sandbox.
    Test,
}

impl ModeName {
    /// `live` or `test`, as it stands in file names, flags and JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Live => "live",
            Self::Test => "test",
        }
    }

    /// Reads `live` or `test`.
    #[must_use]
    pub fn parse(text: &str) -> Option<Self> {
        match text {
            "live" => Some(Self::Live),
            "test" => Some(Self::Test),
            _ => None,
        }
    }

    /// The one that it is not.
    #[must_use]
    pub const fn other(self) -> Self {
        match self {
            Self::Live => Self::Test,
            Self::Test => Self::Live,
        }
    }

    /// Whether objects of this mode carry `livemode: true`.
    #[must_use]
    pub const fn is_live(self) -> bool {
        matches!(self, Self::Live)
    }
}

impl fmt::Display for ModeName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.as_str())
    }
}

mod sealed {
    pub trait Sealed {}
    impl Sealed for super::Live {}
    impl Sealed for super::Test {}
}

/// The mode as a type.
pub trait Mode: sealed::Sealed + Copy + Send + Sync + fmt::Debug + 'static {
    /// The same mode as data.
    const NAME: ModeName;
}

/// Marks what belongs to live mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Live;

/// Marks what belongs to test mode.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Test;

impl Mode for Live {
    const NAME: ModeName = ModeName::Live;
}

impl Mode for Test {
    const NAME: ModeName = ModeName::Test;
}
