//! Secrets in one file sealed with a passphrase, for servers, containers and machines without a keychain.
//!
//! The passphrase goes through argon2id with the file's own salt; the whole map is sealed with XChaCha20-Poly1305 under
//! a fresh nonce at every write, and the file is replaced in one step, so a crash leaves the old one. The file says how
//! it was made; it never says how many secrets it holds or for which accounts.

use crate::clock::random_bytes;
use crate::secrets::seal::{self, MEMORY_KIB, PASSES};
use crate::secrets::{Secrets, SecretsError};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use chacha20poly1305::aead::{Aead, KeyInit, Payload};
use chacha20poly1305::{XChaCha20Poly1305, XNonce};
use coffer_domain::mode::ModeName;
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};
use zeroize::{Zeroize, Zeroizing};

const FORMAT: &str = "coffer-secrets-1";

#[derive(Serialize, Deserialize)]
struct Envelope {
    format: String,
    memory_kib: u32,
    passes: u32,
    salt: String,
    nonce: String,
    sealed: String,
}

/// A derived key with the salt it belongs to.
struct Derived {
    salt: Vec<u8>,
    memory_kib: u32,
    passes: u32,
    key: Zeroizing<[u8; 32]>,
}

/// A file sealed with a passphrase.
pub struct SealedFile {
    path: PathBuf,
    passphrase: SecretString,
    derived: Mutex<Option<Derived>>,
}

type Map = BTreeMap<String, String>;

impl SealedFile {
    /// Uses the file inside `home`, which is made at the first secret. An existing file is opened at once, so that a
    /// wrong passphrase is told before anything else happens.
    ///
    /// # Errors
    /// When the passphrase is wrong or the file cannot be read.
    pub fn open(home: &Path, passphrase: SecretString) -> Result<Self, SecretsError> {
        let file = Self {
            path: home.join("secrets.sealed"),
            passphrase,
            derived: Mutex::new(None),
        };
        let mut map = file.load()?;
        wipe(&mut map);
        Ok(file)
    }

    fn io(&self, source: std::io::Error) -> SecretsError {
        if source.kind() == std::io::ErrorKind::StorageFull {
            return SecretsError::DiskFull;
        }
        SecretsError::Io {
            path: self.path.clone(),
            source,
        }
    }

    fn damaged(&self, detail: impl ToString) -> SecretsError {
        SecretsError::Damaged {
            path: self.path.clone(),
            detail: detail.to_string(),
        }
    }

    /// The cipher for a salt; the key is derived once and kept.
    fn cipher(
        &self,
        salt: &[u8],
        memory_kib: u32,
        passes: u32,
    ) -> Result<XChaCha20Poly1305, SecretsError> {
        let mut derived = self.derived.lock().unwrap_or_else(PoisonError::into_inner);
        let known = derived.as_ref().is_some_and(|it| {
            it.salt == salt && it.memory_kib == memory_kib && it.passes == passes
        });
        if !known {
            let key = seal::key_of(&self.passphrase, salt, memory_kib, passes)
                .map_err(|error| self.damaged(error))?;
            *derived = Some(Derived {
                salt: salt.to_vec(),
                memory_kib,
                passes,
                key,
            });
        }
        let key = derived
            .as_ref()
            .map(|it| it.key.as_slice())
            .unwrap_or_default();
        XChaCha20Poly1305::new_from_slice(key).map_err(|error| self.damaged(error))
    }

    fn envelope(&self) -> Result<Option<Envelope>, SecretsError> {
        let bytes = match fs::read(&self.path) {
            Ok(bytes) => bytes,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            Err(error) => return Err(self.io(error)),
        };
        let envelope: Envelope =
            serde_json::from_slice(&bytes).map_err(|error| self.damaged(error))?;
        if envelope.format != FORMAT {
            return Err(self.damaged(format!("its format is `{}`", envelope.format)));
        }
        if seal::is_absurd(envelope.memory_kib, envelope.passes) {
            return Err(self.damaged("its key derivation asks for too much"));
        }
        Ok(Some(envelope))
    }

    fn load(&self) -> Result<Map, SecretsError> {
        let Some(envelope) = self.envelope()? else {
            return Ok(Map::new());
        };
        let read = |text: &str| BASE64.decode(text).map_err(|error| self.damaged(error));
        let (salt, nonce, sealed) = (
            read(&envelope.salt)?,
            read(&envelope.nonce)?,
            read(&envelope.sealed)?,
        );
        let nonce: [u8; 24] = nonce
            .try_into()
            .map_err(|_| self.damaged("its nonce has the wrong length"))?;
        let cipher = self.cipher(&salt, envelope.memory_kib, envelope.passes)?;
        let payload = Payload {
            msg: &sealed,
            aad: FORMAT.as_bytes(),
        };
        let plain = cipher
            .decrypt(XNonce::from_slice(&nonce), payload)
            .map(Zeroizing::new)
            .map_err(|_| SecretsError::WrongPassphrase)?;
        serde_json::from_slice(&plain).map_err(|error| self.damaged(error))
    }

    fn save(&self, map: &Map) -> Result<(), SecretsError> {
        let salt = match self.envelope()? {
            Some(envelope) => BASE64
                .decode(&envelope.salt)
                .map_err(|error| self.damaged(error))?,
            None => random_bytes::<16>()
                .map_err(|error| self.damaged(error))?
                .to_vec(),
        };
        let nonce = random_bytes::<24>().map_err(|error| self.damaged(error))?;
        let plain = Zeroizing::new(serde_json::to_vec(map).map_err(|error| self.damaged(error))?);
        let payload = Payload {
            msg: &plain,
            aad: FORMAT.as_bytes(),
        };
        let sealed = self
            .cipher(&salt, MEMORY_KIB, PASSES)?
            .encrypt(XNonce::from_slice(&nonce), payload)
            .map_err(|error| self.damaged(error))?;
        let envelope = Envelope {
            format: FORMAT.to_owned(),
            memory_kib: MEMORY_KIB,
            passes: PASSES,
            salt: BASE64.encode(salt),
            nonce: BASE64.encode(nonce),
            sealed: BASE64.encode(sealed),
        };
        let text = serde_json::to_vec_pretty(&envelope).map_err(|error| self.damaged(error))?;
        self.replace(&text).map_err(|error| self.io(error))
    }

    /// Writes beside the file and moves into its place, so that there is always one whole file.
    fn replace(&self, bytes: &[u8]) -> std::io::Result<()> {
        let beside = self.path.with_extension("sealed.new");
        let mut options = fs::OpenOptions::new();
        options.write(true).create(true).truncate(true);
        #[cfg(unix)]
        {
            use std::os::unix::fs::OpenOptionsExt as _;
            options.mode(0o600);
        }
        let mut file = options.open(&beside)?;
        file.write_all(bytes)?;
        file.sync_all()?;
        fs::rename(&beside, &self.path)
    }

    /// Changes the map while no other process does.
    fn change(&self, change: impl FnOnce(&mut Map)) -> Result<(), SecretsError> {
        let lock =
            File::create(self.path.with_extension("lock")).map_err(|error| self.io(error))?;
        crate::home::lock_in_time(&lock).map_err(|error| self.io(error))?;
        let mut map = self.load()?;
        change(&mut map);
        let saved = self.save(&map);
        wipe(&mut map);
        saved
    }
}

fn wipe(map: &mut Map) {
    for secret in map.values_mut() {
        secret.zeroize();
    }
}

fn place(mode: ModeName, name: &str) -> String {
    format!("{mode}/{name}")
}

impl Secrets for SealedFile {
    fn is_keychain(&self) -> bool {
        false
    }

    fn get(&self, mode: ModeName, name: &str) -> Result<Option<Zeroizing<String>>, SecretsError> {
        let mut map = self.load()?;
        let found = map.remove(&place(mode, name)).map(Zeroizing::new);
        wipe(&mut map);
        Ok(found)
    }

    fn set(&self, mode: ModeName, name: &str, secret: &str) -> Result<(), SecretsError> {
        self.change(|map| {
            map.insert(place(mode, name), secret.to_owned());
        })
    }

    fn forget(&self, mode: ModeName, name: &str) -> Result<(), SecretsError> {
        self.change(|map| {
            if let Some(mut secret) = map.remove(&place(mode, name)) {
                secret.zeroize();
            }
        })
    }
}
