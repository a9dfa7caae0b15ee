//! A mode's file as one file that can be kept elsewhere, and brought back on this machine or on another.
//!
//! The copy is encrypted under a key of its own, which stands in its head sealed with a passphrase; neither the file's own
//! key nor a provider's key is in it. What is brought back is looked at as a whole first, the file that was there is moved
//! aside, and operations that waited in the copy are looked for at the provider before anything is sent.

use crate::books::{Books, key_of_file, new_key_of_file};
use crate::clock::{SharedClock, random_bytes};
use crate::error::EngineError;
use crate::home::Home;
use crate::outbox::{doubt, trust};
use crate::secrets::seal::{self, MEMORY_KIB, PASSES};
use crate::secrets::{Secrets, SecretsError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead as _, KeyInit as _, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use chrono::SecondsFormat;
use coffer_domain::Instant;
use coffer_domain::mode::{Live, Mode, ModeName, Test};
use coffer_store::{DatabaseKey, Store};
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use std::fs::{self, File};
use std::io::{BufReader, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::sync::Arc;
use zeroize::Zeroizing;

/// What a backup begins with.
const BEGIN: &[u8; 16] = b"coffer backup 1\n";
/// A head is short.
const HEAD_BYTES_MAX: u32 = 64 * 1024;
/// A passphrase is no shorter than this.
const PASSPHRASE_MIN: usize = 10;

#[derive(Serialize, Deserialize)]
struct Head {
    mode: String,
    made_at: String,
    version: String,
    /// How long what follows is.
    bytes: u64,
    memory_kib: u32,
    passes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

/// A backup that was made.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Made {
    /// Where it lies.
    pub file: PathBuf,
    /// How long it is.
    pub bytes: u64,
    /// What it is as of.
    pub made_at: Instant,
}

/// A backup that was brought back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct BroughtBack {
    /// Whose file it was.
    pub mode: ModeName,
    /// When it was made, RFC 3339.
    pub made_at: String,
    /// Where the file lies that was there before.
    pub aside: Option<PathBuf>,
}

/// What a backup of a mode is called unless somebody says otherwise.
#[must_use]
pub fn name_of(mode: ModeName, at: Instant) -> String {
    format!("coffer-{mode}-{}.backup", at.format("%Y-%m-%dT%H%M%SZ"))
}

/// Writes a backup. Nothing may stand at `to` yet. Blocks.
///
/// # Errors
/// When the passphrase is too short, something stands there, or it cannot be written. Nothing is left behind then.
pub fn make<M: Mode>(
    books: &Books<M>,
    to: &Path,
    passphrase: &SecretString,
) -> Result<Made, EngineError> {
    if passphrase.expose_secret().chars().count() < PASSPHRASE_MIN {
        return Err(EngineError::Usage(format!(
            "The passphrase of a backup has at least {PASSPHRASE_MIN} characters."
        )));
    }
    if to.exists() {
        return Err(EngineError::Usage(format!(
            "{} is there already; name another file.",
            to.display()
        )));
    }
    let made_at = books.clock.now();
    let key = Zeroizing::new(random::<32>()?);
    let copy = beside(to, "copy");
    let _ = fs::remove_file(&copy);
    books
        .store
        .copy_to(&copy, &DatabaseKey::new(*key))
        .map_err(EngineError::from)?;
    let part = beside(to, "part");
    let written = write::<M>(&copy, &part, &key, passphrase, made_at).and_then(|bytes| {
        fs::rename(&part, to).map_err(|source| io(to, source))?;
        Ok(bytes)
    });
    let _ = fs::remove_file(&copy);
    if written.is_err() {
        let _ = fs::remove_file(&part);
    }
    Ok(Made {
        file: to.to_owned(),
        bytes: written?,
        made_at,
    })
}

fn write<M: Mode>(
    copy: &Path,
    part: &Path,
    key: &[u8; 32],
    passphrase: &SecretString,
    made_at: Instant,
) -> Result<u64, EngineError> {
    let length = fs::metadata(copy).map_err(|it| io(copy, it))?.len();
    let head = sealed::<M>(key, passphrase, made_at, length)?;
    let head =
        serde_json::to_vec(&head).map_err(|error| EngineError::Internal(error.to_string()))?;
    let long = u32::try_from(head.len()).unwrap_or(u32::MAX);
    let mut out = private(part)?;
    let mut put = |bytes: &[u8]| out.write_all(bytes).map_err(|it| io(part, it));
    put(BEGIN)?;
    put(&long.to_le_bytes())?;
    put(&head)?;
    let mut from = File::open(copy).map_err(|it| io(copy, it))?;
    let copied = std::io::copy(&mut from, &mut out).map_err(|it| io(part, it))?;
    out.sync_all().map_err(|it| io(part, it))?;
    Ok(copied + u64::from(long) + 20)
}

/// The head, with the copy's key sealed.
fn sealed<M: Mode>(
    key: &[u8; 32],
    passphrase: &SecretString,
    made_at: Instant,
    bytes: u64,
) -> Result<Head, EngineError> {
    let (salt, nonce) = (random::<16>()?, random::<24>()?);
    let internal = |error: String| EngineError::Internal(error);
    let derived = seal::key_of(passphrase, &salt, MEMORY_KIB, PASSES)
        .map_err(|error| internal(error.to_string()))?;
    let cipher = XChaCha20Poly1305::new_from_slice(derived.as_slice())
        .map_err(|error| internal(error.to_string()))?;
    let payload = Payload {
        msg: key,
        aad: M::NAME.as_str().as_bytes(),
    };
    let sealed = cipher
        .encrypt(&XNonce::from(nonce), payload)
        .map_err(|error| internal(error.to_string()))?;
    Ok(Head {
        mode: M::NAME.as_str().to_owned(),
        made_at: made_at.to_rfc3339_opts(SecondsFormat::Secs, true),
        version: env!("CARGO_PKG_VERSION").to_owned(),
        bytes,
        memory_kib: MEMORY_KIB,
        passes: PASSES,
        salt: BASE64.encode(salt),
        nonce: BASE64.encode(nonce),
        sealed: BASE64.encode(sealed),
    })
}

/// Brings a backup back into a home that no other program has open. Blocks.
///
/// # Errors
/// When the file is no backup or damaged, the passphrase is wrong, or another program has the mode's file open. Nothing is
/// changed then.
pub fn bring_back(
    home: &Home,
    secrets: &Arc<dyn Secrets>,
    clock: &SharedClock,
    from: &Path,
    passphrase: &SecretString,
) -> Result<BroughtBack, EngineError> {
    let (head, mut rest) = read_head(from)?;
    match head.mode.as_str() {
        "live" => bring::<Live>(home, secrets, clock, (from, &head, &mut rest), passphrase),
        "test" => bring::<Test>(home, secrets, clock, (from, &head, &mut rest), passphrase),
        _ => Err(no_backup(from)),
    }
}

fn bring<M: Mode>(
    home: &Home,
    secrets: &Arc<dyn Secrets>,
    clock: &SharedClock,
    (from, head, rest): (&Path, &Head, &mut BufReader<File>),
    passphrase: &SecretString,
) -> Result<BroughtBack, EngineError> {
    let key = opened::<M>(from, head, passphrase)?;
    let Some(_syncing) = home.try_lock(&format!("sync-{}", M::NAME))? else {
        return Err(EngineError::SyncRunning(M::NAME));
    };
    let _opening = home.lock_opening(M::NAME)?;
    let (own, forgotten) = match key_of_file::<M>(home, secrets.as_ref()) {
        // With its key the file that is there was lost; the copy needs one of its own.
        Err(EngineError::DatabaseKeyMissing { .. }) => {
            (new_key_of_file::<M>(home, secrets.as_ref())?, true)
        }
        other => (other?, false),
    };
    let copy = home.path().join(format!("{}.backup-copy", M::NAME));
    let brought = unpack(rest, &copy, from, head.bytes).and_then(|()| {
        // Before the file is there, so that nothing can be sent from it unseen.
        let mark = doubt(home, M::NAME, secrets.as_ref())?;
        let aside = format!("db.before-{}", clock.now().format("%Y-%m-%dT%H%M%SZ"));
        let brought = Store::<M>::bring_back(home.path(), &own, &copy, &key, &aside);
        if brought.is_err() {
            let mark = mark.as_ref().map(|it| it.as_str());
            trust(home, M::NAME, secrets.as_ref(), mark)?;
        }
        Ok(brought?)
    });
    let _ = fs::remove_file(&copy);
    if brought.is_err() && forgotten {
        secrets.forget(M::NAME, &home.database_secret())?;
    }
    Ok(BroughtBack {
        mode: M::NAME,
        made_at: head.made_at.clone(),
        aside: brought?,
    })
}

/// Reads the head; what follows it is left to be read.
fn read_head(from: &Path) -> Result<(Head, BufReader<File>), EngineError> {
    let file = File::open(from).map_err(|it| io(from, it))?;
    let mut reader = BufReader::new(file);
    let mut begin = [0; BEGIN.len()];
    let mut long = [0; 4];
    let whole = reader
        .read_exact(&mut begin)
        .and_then(|()| reader.read_exact(&mut long));
    let long = u32::from_le_bytes(long);
    if whole.is_err() || begin != *BEGIN || long > HEAD_BYTES_MAX {
        return Err(no_backup(from));
    }
    let mut head = vec![0; usize::try_from(long).unwrap_or(0)];
    reader.read_exact(&mut head).map_err(|_| no_backup(from))?;
    let head: Head = serde_json::from_slice(&head).map_err(|_| no_backup(from))?;
    if seal::is_absurd(head.memory_kib, head.passes) {
        return Err(no_backup(from));
    }
    Ok((head, reader))
}

/// The copy's key.
fn opened<M: Mode>(
    from: &Path,
    head: &Head,
    passphrase: &SecretString,
) -> Result<DatabaseKey, EngineError> {
    let read = |text: &str| BASE64.decode(text).map_err(|_| no_backup(from));
    let (salt, sealed) = (read(&head.salt)?, read(&head.sealed)?);
    let nonce: [u8; 24] = read(&head.nonce)?.try_into().map_err(|_| no_backup(from))?;
    let derived = seal::key_of(passphrase, &salt, head.memory_kib, head.passes)
        .map_err(|_| no_backup(from))?;
    let cipher =
        XChaCha20Poly1305::new_from_slice(derived.as_slice()).map_err(|_| no_backup(from))?;
    let payload = Payload {
        msg: &sealed,
        aad: M::NAME.as_str().as_bytes(),
    };
    let key = cipher
        .decrypt(&XNonce::from(nonce), payload)
        .map_err(|_| EngineError::Secrets(SecretsError::WrongPassphrase))?;
    let key = Zeroizing::new(key);
    let bytes: [u8; 32] = key.as_slice().try_into().map_err(|_| no_backup(from))?;
    Ok(DatabaseKey::new(bytes))
}

/// Writes what follows the head into a file of its own; it must be as long as the head says.
fn unpack(
    rest: &mut BufReader<File>,
    copy: &Path,
    from: &Path,
    bytes: u64,
) -> Result<(), EngineError> {
    let _ = fs::remove_file(copy);
    let mut out = private(copy)?;
    let found = std::io::copy(rest, &mut out).map_err(|it| io(copy, it))?;
    out.sync_all().map_err(|it| io(copy, it))?;
    if found == bytes {
        return Ok(());
    }
    Err(EngineError::Usage(format!(
        "{} is not whole: {found} of {bytes} bytes are there.",
        from.display()
    )))
}

fn no_backup(from: &Path) -> EngineError {
    EngineError::Usage(format!("{} is no backup of Coffer's.", from.display()))
}

fn random<const N: usize>() -> Result<[u8; N], EngineError> {
    random_bytes::<N>().map_err(|error| EngineError::Internal(error.to_string()))
}

/// A path beside another one, for what is not finished.
fn beside(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(".");
    name.push(ending);
    PathBuf::from(name)
}

/// A new file that its owner alone may read.
fn private(path: &Path) -> Result<File, EngineError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    options.open(path).map_err(|source| io(path, source))
}

fn io(path: &Path, source: std::io::Error) -> EngineError {
    EngineError::Io {
        path: path.to_owned(),
        source,
    }
}
