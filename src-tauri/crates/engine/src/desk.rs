//! What a host holds: the home with its two modes, or the demo's in their place.
//!
//! A mode's file is opened when it is first needed and never made just to be looked at. Hosts reach data only through
//! `api`; nothing here returns a key.

use crate::account::{self, NewAccount};
use crate::api::types::Changed;
use crate::backup::{self, BroughtBack};
use crate::books::{Books, blocking};
use crate::clock::{MachineClock, SharedClock};
use crate::demo::{self, DemoSpec};
use crate::error::EngineError;
use crate::home::Home;
use crate::preferences;
use crate::secrets::{Keychain, SealedFile, Secrets};
use crate::sync::Looking;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::{Live, Mode, ModeName, Test};
use coffer_providers::{
    AnyKey, ApiBase, ApiKey, ClientOptions, OrganizationKey, ProviderError, ProviderName, read_key,
};
use coffer_sim::Running;
use coffer_store::table::account::AccountRow;
use coffer_store::{Listener, Notice};
use secrecy::SecretString;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use tokio::sync::{Mutex, broadcast};

/// Where secrets are to be kept.
#[derive(Debug, Clone)]
pub enum SecretsChoice {
    /// In the operating system's keychain.
    Keychain,
    /// In a file sealed with this passphrase.
    Passphrase(SecretString),
    /// In a file, and no passphrase was given: every use of it says so.
    FileWithoutPassphrase,
}

/// How a desk is opened.
#[derive(Clone)]
pub struct DeskOptions {
    /// The folder.
    pub home: PathBuf,
    /// Where secrets are kept.
    pub secrets: SecretsChoice,
    /// The machine's clock.
    pub clock: SharedClock,
    /// How clients behave.
    pub client: ClientOptions,
}

impl DeskOptions {
    /// The usual way to open a folder.
    #[must_use]
    pub fn new(home: PathBuf, secrets: SecretsChoice) -> Self {
        Self {
            home,
            secrets,
            clock: Arc::new(MachineClock),
            client: ClientOptions::default(),
        }
    }
}

/// One home, with the books that have been opened.
pub struct Room {
    /// The folder.
    pub home: Home,
    /// Whether it is the demo's.
    pub is_demo: bool,
    secrets: Mutex<Option<Arc<dyn Secrets>>>,
    live: Mutex<Option<Arc<Books<Live>>>>,
    test: Mutex<Option<Arc<Books<Test>>>>,
    /// The simulated merchant, as long as the demo is open.
    merchant: Option<Running>,
}

/// What a host holds.
pub struct Desk {
    options: DeskOptions,
    room: Mutex<Arc<Room>>,
    changed: broadcast::Sender<Changed>,
    looking: Arc<Looking>,
}

/// What was asked for with a key.
struct Asked {
    provider: ProviderName,
    name: String,
    base: ApiBase,
    /// The account that the key is meant to open.
    wanted: Option<AccountId>,
}

/// The books of one mode, whichever it is.
pub enum AnyBooks {
    /// Live mode's.
    Live(Arc<Books<Live>>),
    /// Test mode's.
    Test(Arc<Books<Test>>),
}

/// Runs the same expression on the books of either mode.
#[macro_export]
macro_rules! with_books {
    ($any:expr, $books:ident => $body:expr) => {
        match $any {
            $crate::desk::AnyBooks::Live($books) => $body,
            $crate::desk::AnyBooks::Test($books) => $body,
        }
    };
}

impl Desk {
    /// Opens a folder. No database file and no keychain is touched yet.
    ///
    /// # Errors
    /// When the folder cannot be made or read.
    pub fn open(options: DeskOptions) -> Result<Self, EngineError> {
        let room = Room::new(&options.home, None)?;
        let (changed, _) = broadcast::channel(256);
        Ok(Self {
            options,
            room: Mutex::new(Arc::new(room)),
            changed,
            looking: Arc::default(),
        })
    }

    /// What is being looked at.
    #[must_use]
    pub const fn looking(&self) -> &Arc<Looking> {
        &self.looking
    }

    /// What changes, from now on.
    #[must_use]
    pub fn subscribe(&self) -> broadcast::Receiver<Changed> {
        self.changed.subscribe()
    }

    /// How clients behave.
    #[must_use]
    pub const fn client_options(&self) -> &ClientOptions {
        &self.options.client
    }

    /// The machine's clock.
    #[must_use]
    pub const fn clock(&self) -> &SharedClock {
        &self.options.clock
    }

    /// The home that is open now: the user's, or the demo's.
    pub async fn room(&self) -> Arc<Room> {
        Arc::clone(&*self.room.lock().await)
    }

    /// The books of a mode; `None` when it has none yet.
    ///
    /// # Errors
    /// When they are there and cannot be opened.
    pub async fn books(&self, mode: ModeName) -> Result<Option<AnyBooks>, EngineError> {
        let room = self.room().await;
        Ok(match mode {
            ModeName::Live => self
                .existing::<Live>(&room, &room.live)
                .await?
                .map(AnyBooks::Live),
            ModeName::Test => self
                .existing::<Test>(&room, &room.test)
                .await?
                .map(AnyBooks::Test),
        })
    }

    async fn existing<M: Mode>(
        &self,
        room: &Arc<Room>,
        slot: &Mutex<Option<Arc<Books<M>>>>,
    ) -> Result<Option<Arc<Books<M>>>, EngineError> {
        if slot.lock().await.is_none() && !Books::<M>::exist(&room.home) {
            return Ok(None);
        }
        self.opened(room, slot).await.map(Some)
    }

    /// The books of a mode, opened or made.
    async fn opened<M: Mode>(
        &self,
        room: &Arc<Room>,
        slot: &Mutex<Option<Arc<Books<M>>>>,
    ) -> Result<Arc<Books<M>>, EngineError> {
        let mut slot = slot.lock().await;
        if let Some(books) = &*slot {
            return Ok(Arc::clone(books));
        }
        let secrets = self.secrets(room).await?;
        let (home, clock, listener) = (
            room.home.clone(),
            Arc::clone(&self.options.clock),
            self.listener(),
        );
        let books =
            Arc::new(blocking(move || Books::<M>::open(&home, secrets, clock, listener)).await?);
        *slot = Some(Arc::clone(&books));
        Ok(books)
    }

    /// The secrets of a home, reached for when they are first needed.
    async fn secrets(&self, room: &Arc<Room>) -> Result<Arc<dyn Secrets>, EngineError> {
        let mut slot = room.secrets.lock().await;
        if let Some(secrets) = &*slot {
            return Ok(Arc::clone(secrets));
        }
        let choice = self.options.secrets.clone();
        let folder = room.home.path().to_owned();
        let secrets: Arc<dyn Secrets> = blocking(move || {
            Ok(match choice {
                SecretsChoice::Keychain => Arc::new(Keychain::open()?) as Arc<dyn Secrets>,
                SecretsChoice::Passphrase(passphrase) => {
                    Arc::new(SealedFile::open(&folder, passphrase)?)
                }
                SecretsChoice::FileWithoutPassphrase => {
                    return Err(EngineError::Secrets(crate::secrets::SecretsError::NoStore));
                }
            })
        })
        .await?;
        *slot = Some(Arc::clone(&secrets));
        Ok(secrets)
    }

    /// Brings a backup back into the home. No program may have that mode's file open, this one included.
    ///
    /// # Errors
    /// When the file is no backup or damaged, the passphrase is wrong, or somebody has the file open. Nothing is changed then.
    pub async fn bring_back(
        &self,
        from: PathBuf,
        passphrase: SecretString,
    ) -> Result<BroughtBack, EngineError> {
        let room = self.room().await;
        let secrets = self.secrets(&room).await?;
        let (home, clock) = (room.home.clone(), Arc::clone(&self.options.clock));
        blocking(move || backup::bring_back(&home, &secrets, &clock, &from, &passphrase)).await
    }

    /// Whether secrets are meant to lie in the keychain.
    #[must_use]
    pub const fn uses_keychain(&self) -> bool {
        matches!(self.options.secrets, SecretsChoice::Keychain)
    }

    fn listener(&self) -> Listener {
        let changed = self.changed.clone();
        Arc::new(move |notice: Notice| {
            // Nobody listening is no fault.
            let _ = changed.send(Changed {
                mode: notice.mode.into(),
                revision: notice.revision,
                kinds: notice.kinds.into_iter().map(str::to_owned).collect(),
            });
        })
    }

    /// Checks a key and keeps it with its account, in the books of the key's own mode.
    ///
    /// # Errors
    /// When the key cannot be used, is of the other mode than expected, or anything on the way fails.
    pub async fn add_account(
        &self,
        provider: ProviderName,
        name: String,
        key: SecretString,
        api_url: Option<&str>,
        expected: Option<ModeName>,
        provider_account: Option<&str>,
    ) -> Result<(ModeName, AccountRow), EngineError> {
        let base = match api_url.map(str::trim).filter(|url| !url.is_empty()) {
            Some(url) => ApiBase::loopback(url)?,
            None => ApiBase::official(provider),
        };
        let key = read_key(provider, key)?;
        if let (Some(expected), Some(found)) = (expected, key.mode())
            && expected != found
        {
            return Err(EngineError::KeyWrongMode { expected, found });
        }
        let wanted = provider_account
            .map(str::trim)
            .filter(|id| !id.is_empty())
            .map(AccountId::new);
        let room = self.room().await;
        let asked = Asked {
            provider,
            name,
            base,
            wanted,
        };
        let added = match key {
            AnyKey::Live(key) => (
                ModeName::Live,
                self.add_checked(&room, &room.live, &asked, key).await?,
            ),
            AnyKey::Test(key) => (
                ModeName::Test,
                self.add_checked(&room, &room.test, &asked, key).await?,
            ),
            AnyKey::Organization(key) => {
                self.add_of_organization(&room, &asked, &key, expected.or(key.mode()))
                    .await?
            }
        };
        preferences::carry_over(self, added.0).await?;
        Ok(added)
    }

    /// Checks a key and keeps it. The mode's file is made only when the provider accepted the key.
    async fn add_checked<M: Mode>(
        &self,
        room: &Arc<Room>,
        slot: &Mutex<Option<Arc<Books<M>>>>,
        asked: &Asked,
        key: ApiKey<M>,
    ) -> Result<AccountRow, EngineError> {
        let new = NewAccount {
            provider: asked.provider,
            name: asked.name.clone(),
            key,
            base: asked.base.clone(),
        };
        let now = self.options.clock.now();
        let checked = account::check_new(new, now, &self.options.client).await?;
        if let Some(wanted) = &asked.wanted
            && wanted != checked.id()
        {
            return Err(EngineError::Usage(format!(
                "This key belongs to the account {}, not to {wanted}.",
                checked.id()
            )));
        }
        let books = self.opened(room, slot).await?;
        account::keep(&books, checked).await
    }

    /// A key of an organization opens many accounts of both modes: which one is asked for, and the provider tells the mode
    /// where the key does not.
    async fn add_of_organization(
        &self,
        room: &Arc<Room>,
        asked: &Asked,
        key: &OrganizationKey,
        mode: Option<ModeName>,
    ) -> Result<(ModeName, AccountRow), EngineError> {
        let account = asked
            .wanted
            .clone()
            .ok_or(EngineError::OrganizationAccountMissing)?;
        if mode != Some(ModeName::Test) {
            let live = key.into_key(account.clone())?;
            match self.add_checked(room, &room.live, asked, live).await {
                Err(EngineError::Provider(ProviderError::WrongMode { .. })) if mode.is_none() => {}
                result => return Ok((ModeName::Live, result?)),
            }
        }
        let test = key.into_key(account)?;
        let row = self.add_checked(room, &room.test, asked, test).await?;
        Ok((ModeName::Test, row))
    }

    /// Opens the simulated merchant in a home of its own and adds its account there.
    ///
    /// # Errors
    /// When the merchant cannot be started or its account not be added.
    pub async fn enter_demo(&self, spec: DemoSpec) -> Result<(), EngineError> {
        if self.room().await.is_demo {
            return Ok(());
        }
        let folder = demo::home_in(&self.options.home);
        std::fs::create_dir_all(&folder).map_err(|source| EngineError::Io {
            path: folder.clone(),
            source,
        })?;
        let merchant = demo::start(&folder, spec, &self.options.clock).await?;
        let (url, key) = (merchant.base_url(), SecretString::from(merchant.key()));
        let before = {
            let mut room = self.room.lock().await;
            std::mem::replace(&mut *room, Arc::new(Room::new(&folder, Some(merchant))?))
        };
        let added = self
            .add_account(
                ProviderName::Stripe,
                "Simulated merchant".to_owned(),
                key,
                Some(&url),
                Some(ModeName::Test),
                None,
            )
            .await;
        if let Err(error) = added {
            *self.room.lock().await = before;
            return Err(error);
        }
        Ok(())
    }

    /// Goes back to the user's own home.
    ///
    /// # Errors
    /// When it cannot be opened again.
    pub async fn leave_demo(&self) -> Result<(), EngineError> {
        let mut room = self.room.lock().await;
        if room.is_demo {
            *room = Arc::new(Room::new(&self.options.home, None)?);
        }
        Ok(())
    }
}

impl Room {
    fn new(folder: &Path, merchant: Option<Running>) -> Result<Self, EngineError> {
        Ok(Self {
            home: Home::open(folder)?,
            is_demo: merchant.is_some(),
            secrets: Mutex::new(None),
            live: Mutex::new(None),
            test: Mutex::new(None),
            merchant,
        })
    }

    /// Where the simulated merchant answers, while the demo is open.
    #[must_use]
    pub fn merchant_url(&self) -> Option<String> {
        self.merchant.as_ref().map(Running::base_url)
    }
}
