//! A key from a passphrase: argon2id with a salt of its own.

use argon2::{Algorithm, Argon2, Params, Version};
use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// 64 MiB and three passes: about a tenth of a second.
pub(crate) const MEMORY_KIB: u32 = 64 * 1024;
/// The passes of today.
pub(crate) const PASSES: u32 = 3;
/// A file that asks for more work than this is not one of ours.
const MEMORY_KIB_MAX: u32 = 1024 * 1024;
const PASSES_MAX: u32 = 20;

/// Whether a file asks for absurd work.
pub(crate) const fn is_absurd(memory_kib: u32, passes: u32) -> bool {
    memory_kib > MEMORY_KIB_MAX || passes > PASSES_MAX
}

/// Derives the key.
pub(crate) fn key_of(
    passphrase: &SecretString,
    salt: &[u8],
    memory_kib: u32,
    passes: u32,
) -> Result<Zeroizing<[u8; 32]>, argon2::Error> {
    let params = Params::new(memory_kib, passes, 1, Some(32))?;
    let mut key = Zeroizing::new([0; 32]);
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params).hash_password_into(
        passphrase.expose_secret().as_bytes(),
        salt,
        key.as_mut_slice(),
    )?;
    Ok(key)
}
