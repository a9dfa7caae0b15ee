//! One mode's books: its open file, the secrets that belong to it, and what is at work on it.
//!
//! Everything that touches a merchant's data takes `Books<M>`; whoever holds the books of one mode has no way to the
//! other's file or keys.

use crate::clock::{SharedClock, random_bytes};
use crate::error::EngineError;
use crate::figures::FigureCache;
use crate::home::Home;
use crate::notes::RemovedNotes;
use crate::outbox::{LogState, look_at_mark, settle_what_was_left, verify};
use crate::secrets::Secrets;
use crate::sync::SyncBoard;
use crate::view::records::RecordsCache;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::Mode;
use coffer_providers::{ApiBase, ApiKey, ClientOptions, Limits, ProviderName, limits, read_key};
use coffer_store::table::account::{self, AccountRow};
use coffer_store::table::dirty;
use coffer_store::{DatabaseKey, Listener, Read, Store, StoreError, Write, derive_all};
use secrecy::SecretString;
use std::collections::{HashMap, VecDeque};
use std::sync::{Arc, Mutex, OnceLock, PoisonError};
use std::thread::available_parallelism;
use zeroize::Zeroizing;

/// One mode's books, open.
pub struct Books<M: Mode> {
    /// The encrypted file.
    pub store: Store<M>,
    /// The folder it lies in.
    pub home: Home,
    /// Where its keys are.
    pub secrets: Arc<dyn Secrets>,
    /// The machine's clock.
    pub clock: SharedClock,
    /// How its syncs stand.
    pub board: SyncBoard,
    /// Its intervals, read once for each revision.
    pub figures: FigureCache,
    /// How many rows the desk's lists have, counted once for each revision.
    pub records: RecordsCache,
    /// Notes that were taken out and can be put back.
    pub removed_notes: RemovedNotes,
    /// Operations that a person asked for while others were being carried out.
    urgent: Mutex<VecDeque<String>>,
    /// Whether the action log held together when it was followed after these books were opened.
    log: OnceLock<LogState>,
    /// How fast each account may be asked, shared by everything that asks.
    limits: Mutex<HashMap<AccountId, Arc<Limits>>>,
}

impl<M: Mode> Books<M> {
    /// Whether this mode has a file in the home.
    #[must_use]
    pub fn exist(home: &Home) -> bool {
        Store::<M>::path_in(home.path()).exists()
    }

    /// Opens the mode's file; its key is made when the file is.
    ///
    /// # Errors
    /// When the secrets cannot be asked, the key is missing or wrong, or the file cannot be opened. Nothing is changed.
    pub fn open(
        home: &Home,
        secrets: Arc<dyn Secrets>,
        clock: SharedClock,
        listener: Listener,
    ) -> Result<Self, EngineError> {
        let _opening = home.lock_opening(M::NAME)?;
        let key = key_of_file::<M>(home, secrets.as_ref())?;
        let store = Store::open(home.path(), &key, listener)?;
        let books = Self {
            store,
            home: home.clone(),
            secrets,
            clock,
            board: SyncBoard::default(),
            figures: FigureCache::default(),
            records: RecordsCache::default(),
            removed_notes: RemovedNotes::default(),
            urgent: Mutex::default(),
            log: OnceLock::new(),
            limits: Mutex::default(),
        };
        match look_at_mark(&books) {
            Ok(false) => {}
            Ok(true) => tracing::warn!(
                "this file is older than what was done before; what waits in it is looked for at the provider first"
            ),
            // What is here can be read all the same; nothing is sent from a file whose keychain does not answer.
            Err(error) => tracing::warn!(
                code = error.code().as_str(),
                "whether this file is the latest could not be found out"
            ),
        }
        settle_what_was_left(&books)?;
        if let Err(error) = books.derive_what_was_left() {
            // What is here can be read all the same, and the next sync tries again.
            tracing::warn!(
                code = error.code().as_str(),
                "what was left to derive could not be"
            );
        }
        Ok(books)
    }

    /// Whether the action log holds together: followed from its first line, once for these books. Blocks.
    ///
    /// # Errors
    /// The file's.
    pub fn log_at_start(&self) -> Result<&LogState, EngineError> {
        if let Some(known) = self.log.get() {
            return Ok(known);
        }
        let found = verify(self)?;
        if let LogState::Broken(broken) = &found {
            tracing::error!(
                mode = M::NAME.as_str(),
                line = broken.seq,
                why = broken.why,
                "the action log does not hold together"
            );
        }
        Ok(self.log.get_or_init(|| found))
    }

    /// Derives what is still marked: after an update that makes facts anew, or a sync that was killed, no figure is told of
    /// half of them. Where a sync is at work, it does so itself.
    fn derive_what_was_left(&self) -> Result<(), EngineError> {
        if self
            .store
            .read(|read| dirty::dirty(read.sql(), 1))?
            .is_empty()
        {
            return Ok(());
        }
        let Some(_only_one) = self.home.try_lock(&format!("sync-{}", M::NAME))? else {
            return Ok(());
        };
        self.derive_all()
    }

    /// Makes the facts of every marked customer anew, on every core, as of the last sync. Blocks.
    pub(crate) fn derive_all(&self) -> Result<(), EngineError> {
        let accounts = self.store.read(|read| account::all(read.sql()))?;
        // What the tables mean is as of when they were brought, by the provider's clock.
        let synced = accounts.iter().filter_map(|row| row.synced_at).max();
        let as_of = synced.unwrap_or_else(|| self.clock.now());
        let cores = available_parallelism().map_or(1, usize::from);
        Ok(derive_all(&self.store, as_of, cores)?)
    }

    /// Puts an operation before those that wait, for whoever is carrying them out just now.
    pub(crate) fn urgent(&self, id: String) {
        self.urgent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push_back(id);
    }

    /// The next operation that a person waits for.
    pub(crate) fn next_urgent(&self) -> Option<String> {
        self.urgent
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .pop_front()
    }

    /// Whether what is held of an account is proved to be whole. What the sync at work here has just brought and is about to
    /// prove is taken on trust until it has said so.
    #[must_use]
    pub fn is_whole(&self, row: &AccountRow) -> bool {
        row.complete && (!row.unproved || self.board.is_running(row.id.as_str()))
    }

    /// How fast an account may be asked: one measure for everything that asks it.
    ///
    /// # Errors
    /// When its provider or address is none.
    pub fn limits_of(
        &self,
        row: &AccountRow,
        options: &ClientOptions,
    ) -> Result<Arc<Limits>, EngineError> {
        let (provider, base) = whom(row)?;
        let mut all = self.limits.lock().unwrap_or_else(PoisonError::into_inner);
        let known = all
            .entry(row.id.clone())
            .or_insert_with(|| limits(provider, M::NAME, &base, options));
        Ok(Arc::clone(known))
    }

    /// The key of an account, as one of this mode and no other.
    ///
    /// # Errors
    /// When it is not there or the secrets cannot be asked.
    pub fn account_key(
        &self,
        provider: ProviderName,
        account: &AccountId,
    ) -> Result<ApiKey<M>, EngineError> {
        let name = self.home.account_secret(account.as_str());
        let missing = || EngineError::NotFound {
            what: "key for account",
            id: account.to_string(),
            mode: M::NAME,
        };
        let text = self.secrets.get(M::NAME, &name)?.ok_or_else(missing)?;
        let any = read_key(provider, SecretString::from(text.as_str()))?;
        any.of_mode::<M>().ok_or(EngineError::KeyWrongMode {
            expected: M::NAME,
            found: M::NAME.other(),
        })
    }

    /// Answers a question off the async threads.
    ///
    /// # Errors
    /// The question's own.
    pub async fn read<T: Send + 'static>(
        self: &Arc<Self>,
        question: impl FnOnce(&Read<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let books = Arc::clone(self);
        blocking(move || Ok(books.store.read(question)?)).await
    }

    /// Carries out a change off the async threads.
    ///
    /// # Errors
    /// The change's own.
    pub async fn write<T: Send + 'static>(
        self: &Arc<Self>,
        change: impl FnOnce(&mut Write<'_>) -> Result<T, StoreError> + Send + 'static,
    ) -> Result<T, EngineError> {
        let books = Arc::clone(self);
        blocking(move || Ok(books.store.write(change)?)).await
    }
}

/// Runs what blocks on a thread made for it.
pub(crate) async fn blocking<T: Send + 'static>(
    work: impl FnOnce() -> Result<T, EngineError> + Send + 'static,
) -> Result<T, EngineError> {
    tokio::task::spawn_blocking(work)
        .await
        .map_err(|error| EngineError::Internal(error.to_string()))?
}

/// Who is asked for an account, and where.
///
/// # Errors
/// When this version does not know the provider, or the address is not one of this machine.
pub(crate) fn whom(row: &AccountRow) -> Result<(ProviderName, ApiBase), EngineError> {
    let provider = ProviderName::parse(&row.provider).ok_or_else(|| {
        EngineError::Usage(format!(
            "This version does not know the provider `{}`.",
            row.provider
        ))
    })?;
    let base = match &row.api_url {
        Some(url) => ApiBase::loopback(url)?,
        None => ApiBase::official(provider),
    };
    Ok((provider, base))
}

/// The key of a mode's file, which is made where there is no file yet.
pub(crate) fn key_of_file<M: Mode>(
    home: &Home,
    secrets: &dyn Secrets,
) -> Result<DatabaseKey, EngineError> {
    let name = home.database_secret();
    match secrets.get(M::NAME, &name)? {
        Some(text) => decode(&text),
        None if Books::<M>::exist(home) => Err(EngineError::DatabaseKeyMissing {
            path: Store::<M>::path_in(home.path()),
        }),
        None => new_key_of_file::<M>(home, secrets),
    }
}

/// Makes a key for a mode's file.
pub(crate) fn new_key_of_file<M: Mode>(
    home: &Home,
    secrets: &dyn Secrets,
) -> Result<DatabaseKey, EngineError> {
    let bytes = Zeroizing::new(
        random_bytes::<32>().map_err(|error| EngineError::Internal(error.to_string()))?,
    );
    let text = Zeroizing::new(BASE64.encode(*bytes));
    secrets.set(M::NAME, &home.database_secret(), &text)?;
    Ok(DatabaseKey::new(*bytes))
}

fn decode(text: &str) -> Result<DatabaseKey, EngineError> {
    let bytes = Zeroizing::new(BASE64.decode(text.trim()).map_err(|_| {
        EngineError::Internal("the database key in the keychain is not one of ours".to_owned())
    })?);
    let bytes: [u8; 32] = bytes.as_slice().try_into().map_err(|_| {
        EngineError::Internal("the database key in the keychain has the wrong length".to_owned())
    })?;
    Ok(DatabaseKey::new(bytes))
}
