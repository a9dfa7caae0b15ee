//! The database's key: 32 random bytes that live in the keychain and are handed to SQLCipher as they are.
//!
//! The key is never derived from anything a person types, so opening needs no key stretching. Its fingerprint may be
//! written beside the file: it tells a wrong key from a damaged file and says nothing of the key.

use sha2::{Digest, Sha256};
use std::fmt;
use zeroize::{Zeroize, ZeroizeOnDrop};

/// A raw key of 32 bytes.
#[derive(Clone, Zeroize, ZeroizeOnDrop)]
pub struct DatabaseKey([u8; 32]);

impl DatabaseKey {
    /// Takes 32 bytes from a good source of randomness.
    #[must_use]
    pub const fn new(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes, for the keychain.
    #[must_use]
    pub const fn expose(&self) -> &[u8; 32] {
        &self.0
    }

    /// Sixteen hexadecimal digits that differ for different keys.
    #[must_use]
    pub fn fingerprint(&self) -> String {
        let mut hasher = Sha256::new();
        hasher.update(b"coffer database key fingerprint\0");
        hasher.update(self.0);
        hex(hasher.finalize().iter().take(8))
    }

    /// The statement that hands the key to SQLCipher.
    pub(crate) fn pragma(&self) -> zeroize::Zeroizing<String> {
        let digits = zeroize::Zeroizing::new(hex(self.0.iter()));
        zeroize::Zeroizing::new(format!("PRAGMA key = \"x'{}'\";", digits.as_str()))
    }
}

fn hex<'a>(bytes: impl Iterator<Item = &'a u8>) -> String {
    use std::fmt::Write as _;
    let mut out = String::new();
    for byte in bytes {
        // Writing to a String cannot fail.
        let _ = write!(out, "{byte:02x}");
    }
    out
}

impl fmt::Debug for DatabaseKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("DatabaseKey(…)")
    }
}
