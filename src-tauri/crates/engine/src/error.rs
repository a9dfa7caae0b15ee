//! Every fault as one sentence, one code and one thing to do.
//!
//! The codes are a closed set: the command line turns them into exit codes, the window into what it offers next. No
//! decision anywhere is made on the text of a message.

use crate::api::types::ApiErrorView;
use crate::secrets::SecretsError;
use coffer_domain::filter::NotAFilter;
use coffer_domain::metric::reconcile::ReadError as NotAnExport;
use coffer_domain::mode::ModeName;
use coffer_domain::operation::Objection;
use coffer_providers::{KeyRefused, NotLoopback, ProviderError};
use coffer_store::StoreError;
use std::path::PathBuf;

/// What kind of fault it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ErrorCode {
    /// The request itself is wrong.
    Usage,
    /// The text is no filter of the list.
    FilterRefused,
    /// The text is not a key that can be used.
    KeyRefused,
    /// The key belongs to the other mode.
    KeyWrongMode,
    /// The provider does not accept the key.
    KeyRejected,
    /// The provider says that the key has expired.
    KeyExpired,
    /// The key may not do this.
    NotPermitted,
    /// The address is not on this machine.
    ApiUrlRefused,
    /// The provider could not be reached.
    Offline,
    /// The provider did not answer in time.
    TimedOut,
    /// The provider asks for fewer requests.
    RateLimited,
    /// The provider refused, failed or could not be understood.
    Provider,
    /// Neither a keychain nor a passphrase is there.
    NoSecretStore,
    /// The keychain did not answer or would not open.
    KeychainUnavailable,
    /// The passphrase does not open the secrets.
    WrongPassphrase,
    /// The secrets file is damaged.
    SecretsDamaged,
    /// The database needs a key that is not there.
    DatabaseWrongKey,
    /// The database is damaged.
    DatabaseDamaged,
    /// The database was written by a newer version.
    DatabaseNewer,
    /// Another program keeps the database locked.
    DatabaseLocked,
    /// The disk is full.
    DiskFull,
    /// A file could not be read or written.
    Io,
    /// There is no such account, customer or object.
    NotFound,
    /// A sync is already at work.
    SyncRunning,
    /// Nothing has been added yet.
    NoAccount,
    /// A key of an organization came without the account that it is to be used for.
    ProviderAccountMissing,
    /// What was asked for makes no sense for the object as it is.
    NotPossible,
    /// The provider has no such operation.
    NotSupported,
    /// Another operation holds the object.
    OperationOpen,
    /// A limit that was set here would be passed.
    Limit,
    /// Something has to be said first: a note, or the amount.
    Consent,
    /// An operator has to be named, or is not the right one.
    Operator,
    /// The action log does not hold together.
    LogBroken,
    /// A fault of ours.
    Internal,
}

impl ErrorCode {
    /// The code in JSON.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Usage => "usage",
            Self::FilterRefused => "filter_refused",
            Self::KeyRefused => "key_refused",
            Self::KeyWrongMode => "key_wrong_mode",
            Self::KeyRejected => "key_rejected",
            Self::KeyExpired => "key_expired",
            Self::NotPermitted => "not_permitted",
            Self::ApiUrlRefused => "api_url_refused",
            Self::Offline => "offline",
            Self::TimedOut => "timed_out",
            Self::RateLimited => "rate_limited",
            Self::Provider => "provider",
            Self::NoSecretStore => "no_secret_store",
            Self::KeychainUnavailable => "keychain_unavailable",
            Self::WrongPassphrase => "wrong_passphrase",
            Self::SecretsDamaged => "secrets_damaged",
            Self::DatabaseWrongKey => "database_wrong_key",
            Self::DatabaseDamaged => "database_damaged",
            Self::DatabaseNewer => "database_newer",
            Self::DatabaseLocked => "database_locked",
            Self::DiskFull => "disk_full",
            Self::Io => "io",
            Self::NotFound => "not_found",
            Self::SyncRunning => "sync_running",
            Self::NoAccount => "no_account",
            Self::ProviderAccountMissing => "provider_account_missing",
            Self::NotPossible => "not_possible",
            Self::NotSupported => "not_supported",
            Self::OperationOpen => "operation_open",
            Self::Limit => "limit",
            Self::Consent => "consent_needed",
            Self::Operator => "operator",
            Self::LogBroken => "log_broken",
            Self::Internal => "internal",
        }
    }

    /// The exit code of the command line.
    #[must_use]
    pub const fn exit(self) -> u8 {
        match self {
            Self::Usage | Self::FilterRefused | Self::ApiUrlRefused => 2,
            _ => 1,
        }
    }
}

/// A fault of the engine.
#[derive(Debug, thiserror::Error)]
pub enum EngineError {
    /// The file's.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The provider's.
    #[error(transparent)]
    Provider(#[from] ProviderError),
    /// The keychain's or the secrets file's.
    #[error(transparent)]
    Secrets(#[from] SecretsError),
    /// The text is not a key.
    #[error(transparent)]
    Key(#[from] KeyRefused),
    /// The address is not on this machine.
    #[error(transparent)]
    Address(#[from] NotLoopback),
    /// The key belongs to the other mode than the one asked for.
    #[error("This key is for {found} mode, and {expected} mode was asked for.")]
    KeyWrongMode {
        /// The mode asked for.
        expected: ModeName,
        /// The mode of the key.
        found: ModeName,
    },
    /// The database is there and its key is not.
    #[error("The key of {path} is not in the keychain.")]
    DatabaseKeyMissing {
        /// The file.
        path: PathBuf,
    },
    /// A file or folder of the home.
    #[error("{path} cannot be used: {source}.")]
    Io {
        /// The path.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// The request itself is wrong.
    #[error("{0}")]
    Usage(String),
    /// The text is no filter of the list.
    #[error(transparent)]
    Filter(#[from] NotAFilter),
    /// The text is no export of the provider's, or not a whole one.
    #[error("The file {file} cannot be compared: {why}.")]
    Export {
        /// What the file is called.
        file: String,
        /// Why.
        why: NotAnExport,
    },
    /// The text is longer than a page may hand over.
    #[error(
        "The file {file} is longer than {megabytes_max} MB, which is the most that is taken here."
    )]
    ExportTooLong {
        /// What the file is called.
        file: String,
        /// The most.
        megabytes_max: usize,
    },
    /// No such thing.
    #[error("There is no {what} `{id}` in {mode} mode.")]
    NotFound {
        /// `account`, `customer`, …
        what: &'static str,
        /// What was asked for.
        id: String,
        /// Where it was looked for.
        mode: ModeName,
    },
    /// A sync is at work here or in another process.
    #[error("A sync of {0} mode is already running.")]
    SyncRunning(ModeName),
    /// Nothing has been added yet.
    #[error("There is no account in {0} mode yet.")]
    NoAccount(ModeName),
    /// A key of an organization needs to be told which of its accounts it is to open.
    #[error("this is a key of an organization, which opens many accounts")]
    OrganizationAccountMissing,
    /// What was asked for makes no sense for the object as it is.
    #[error(transparent)]
    Objection(#[from] Objection),
    /// The provider has no such operation.
    #[error("{0}")]
    Unsupported(String),
    /// The key may not act so.
    #[error("the key may not do this: “{label}” is not ticked for it")]
    MayNotAct {
        /// The box on the provider's page.
        label: String,
    },
    /// A change of plan costs something else than what was shown.
    #[error("this costs something else now: look at it again")]
    CostChanged {
        /// The bill's total now, minor units.
        total: i64,
        /// What of it is collected, minor units.
        due: i64,
    },
    /// Another operation holds the object.
    #[error("the operation {0} about the same object is not finished")]
    OperationOpen(String),
    /// A limit that was set here would be passed.
    #[error("{0}")]
    LimitPassed(String),
    /// A note is needed.
    #[error("in live mode this needs a note that says why")]
    NoteMissing,
    /// The amount has to be typed.
    #[error("this needs the amount typed again: {0}")]
    AmountNotTyped(String),
    /// An operator has to be named.
    #[error("an operator and a PIN are needed here")]
    OperatorMissing,
    /// The name or the PIN is wrong.
    #[error("the operator or the PIN is not right")]
    OperatorUnknown,
    /// Nobody approves what they asked for themselves.
    #[error("this was asked for by the same operator; another one has to approve it")]
    OwnApproval,
    /// A note is changed by whoever wrote it.
    #[error("{0} wrote this note, and nobody else changes it or takes it out")]
    NoteOfAnother(String),
    /// An operation cannot move so.
    #[error("{0}")]
    CannotMove(String),
    /// The action log does not hold together.
    #[error("the action log does not hold together at line {seq}: {why}")]
    LogBroken {
        /// The first line that does not fit.
        seq: i64,
        /// Why.
        why: String,
    },
    /// A drawing failed.
    #[error("The chart could not be drawn: {0}.")]
    Chart(String),
    /// A figure does not fit, a thread died: a fault of ours.
    #[error("Coffer made a mistake: {0}.")]
    Internal(String),
}

impl EngineError {
    /// What kind of fault it is.
    #[must_use]
    pub fn code(&self) -> ErrorCode {
        match self {
            Self::Store(error) => store_code(error),
            Self::Provider(error) => provider_code(error),
            Self::Secrets(error) => match error {
                SecretsError::NoStore => ErrorCode::NoSecretStore,
                SecretsError::WrongPassphrase => ErrorCode::WrongPassphrase,
                SecretsError::Damaged { .. } => ErrorCode::SecretsDamaged,
                SecretsError::Io { source, .. }
                    if source.kind() == std::io::ErrorKind::TimedOut =>
                {
                    ErrorCode::DatabaseLocked
                }
                SecretsError::Io { .. } => ErrorCode::Io,
                SecretsError::DiskFull => ErrorCode::DiskFull,
                SecretsError::TimedOut
                | SecretsError::Locked { .. }
                | SecretsError::Unavailable { .. } => ErrorCode::KeychainUnavailable,
            },
            Self::Key(_) => ErrorCode::KeyRefused,
            Self::Address(_) => ErrorCode::ApiUrlRefused,
            Self::KeyWrongMode { .. } => ErrorCode::KeyWrongMode,
            Self::DatabaseKeyMissing { .. } => ErrorCode::DatabaseWrongKey,
            Self::Io { source, .. } if matches!(source.kind(), std::io::ErrorKind::TimedOut) => {
                ErrorCode::DatabaseLocked
            }
            Self::Io { .. } => ErrorCode::Io,
            Self::Usage(_) | Self::Export { .. } | Self::ExportTooLong { .. } => ErrorCode::Usage,
            Self::Filter(_) => ErrorCode::FilterRefused,
            Self::NotFound { .. } => ErrorCode::NotFound,
            Self::SyncRunning(_) => ErrorCode::SyncRunning,
            Self::NoAccount(_) => ErrorCode::NoAccount,
            Self::OrganizationAccountMissing => ErrorCode::ProviderAccountMissing,
            Self::Objection(_)
            | Self::CannotMove(_)
            | Self::CostChanged { .. }
            | Self::NoteOfAnother(_) => ErrorCode::NotPossible,
            Self::Unsupported(_) => ErrorCode::NotSupported,
            Self::MayNotAct { .. } => ErrorCode::NotPermitted,
            Self::OperationOpen(_) => ErrorCode::OperationOpen,
            Self::LimitPassed(_) => ErrorCode::Limit,
            Self::NoteMissing | Self::AmountNotTyped(_) => ErrorCode::Consent,
            Self::OperatorMissing | Self::OperatorUnknown | Self::OwnApproval => {
                ErrorCode::Operator
            }
            Self::LogBroken { .. } => ErrorCode::LogBroken,
            Self::Chart(_) | Self::Internal(_) => ErrorCode::Internal,
        }
    }

    /// What to do about it, when something can be done.
    #[must_use]
    pub fn hint(&self) -> Option<String> {
        if let Self::Key(refused) = self {
            return Some(refused.hint().to_owned());
        }
        if let Self::Filter(refused) = self {
            return Some(refused.hint.clone());
        }
        if let Self::Export { why, .. } = self {
            return Some(export_hint(why).to_owned());
        }
        if let Self::ExportTooLong { .. } = self {
            return Some("Choose fewer months in Stripe, or use `coffer reconcile --against FILE.csv`, which reads up to 512 MB.".to_owned());
        }
        Some(
            match self.code() {
                ErrorCode::KeyWrongMode => "Leave the mode out: the key says which file it belongs to.",
                ErrorCode::KeyRejected => "Make a new restricted key at the provider and add the account again; your data stays.",
                ErrorCode::KeyExpired => "The key was rolled or expired. Add the account again with a new key; your data stays.",
                ErrorCode::NotPermitted => "Edit the key at the provider and tick the box that is named, or make a new one.",
                ErrorCode::ApiUrlRefused => "Only addresses of this machine (127.0.0.1, [::1], localhost) stand in for a provider.",
                ErrorCode::Offline => "Check the connection and try again. What is already here stays usable.",
                ErrorCode::TimedOut => "Try again in a moment. What is already here stays usable.",
                ErrorCode::RateLimited => "Wait a minute and sync again; it goes on where it stopped.",
                ErrorCode::Provider => "Sync again later; it goes on where it stopped. If it stays so, send us the request id.",
                ErrorCode::NoSecretStore => "Start a keychain (gnome-keyring, KWallet), or set COFFER_SECRETS=file and COFFER_PASSPHRASE.",
                ErrorCode::KeychainUnavailable => "Unlock the keychain and try again, or set COFFER_SECRETS=file and COFFER_PASSPHRASE.",
                ErrorCode::WrongPassphrase => "Set COFFER_PASSPHRASE to the passphrase this folder was made with. Nothing was changed.",
                ErrorCode::SecretsDamaged => "Put back a backup of the secrets file, or move it away and add the accounts again.",
                ErrorCode::DatabaseWrongKey => "Unlock the keychain that holds this folder's key, or put back the secrets file that belongs to it. Nothing was changed.",
                ErrorCode::DatabaseDamaged => "Put back a backup, or move the file away and sync again: all but the outbox and the action log comes from the provider. Nothing was changed.",
                ErrorCode::DatabaseNewer => "Update Coffer, or choose another folder with --home. Nothing was changed.",
                ErrorCode::DatabaseLocked => "Close the other Coffer, or try again when it has finished.",
                ErrorCode::DiskFull => "Free some space and try again. Nothing was lost; a sync goes on where it stopped.",
                ErrorCode::SyncRunning => "Wait for it to finish, or look at its progress.",
                ErrorCode::NoAccount => "Add one with `coffer account add`, or look around with `coffer demo`.",
                ErrorCode::ProviderAccountMissing => "Say which account it is to be used for (acct_…): --provider-account, or the field that appears below the key.",
                ErrorCode::Io => "Check that the folder exists and that you may write to it.",
                ErrorCode::Internal => "Please report this with the log file of the day.",
                ErrorCode::OperationOpen => "See it with `coffer outbox show`; finish it, or take it out with `coffer outbox discard`.",
                ErrorCode::Limit => "The limits are set with `coffer limits`.",
                ErrorCode::Consent => "Add --note with the reason; the amount is typed at the prompt, or --yes answers it.",
                ErrorCode::Operator => "Name the operator with --operator; the PIN is asked for, or read from COFFER_PIN.",
                ErrorCode::LogBroken => "Somebody changed the file outside of Coffer. Keep it as it is, and compare it with a backup.",
                ErrorCode::NotSupported
                | ErrorCode::NotPossible
                | ErrorCode::Usage
                | ErrorCode::FilterRefused
                | ErrorCode::KeyRefused
                | ErrorCode::NotFound => return None,
            }
            .to_owned(),
        )
    }

    /// As it crosses the border.
    #[must_use]
    pub fn view(&self) -> ApiErrorView {
        let mut message = capitalised(&self.to_string());
        if !message.ends_with('.') {
            message.push('.');
        }
        ApiErrorView {
            code: self.code().as_str().to_owned(),
            message,
            hint: self.hint(),
        }
    }
}

/// What to do about a text that is no export.
const fn export_hint(why: &NotAnExport) -> &'static str {
    match why {
        NotAnExport::UnknownHeader { .. } => {
            "Stripe’s downloads that can be compared are “MRR per subscriber per month”, “Customer MRR changes” and “Subscription metrics summary”."
        }
        NotAnExport::Empty => {
            "Choose a time in Stripe in which there were subscribers, and download it again."
        }
        NotAnExport::TwoReadings { .. } => {
            "A spreadsheet may have written the amounts its own way. Use the file as Stripe gave it, with a point before the decimals."
        }
        _ => "The file was cut off or changed. Use it as Stripe gave it: download it again.",
    }
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    match letters.next() {
        Some(first) if !text.starts_with('/') => first.to_uppercase().chain(letters).collect(),
        _ => text.to_owned(),
    }
}

const fn store_code(error: &StoreError) -> ErrorCode {
    match error {
        StoreError::WrongKey { .. } => ErrorCode::DatabaseWrongKey,
        StoreError::Damaged { .. }
        | StoreError::Unreadable { .. }
        | StoreError::WrongMode { .. } => ErrorCode::DatabaseDamaged,
        StoreError::Newer { .. } => ErrorCode::DatabaseNewer,
        StoreError::Locked => ErrorCode::DatabaseLocked,
        StoreError::DiskFull => ErrorCode::DiskFull,
        StoreError::Io { .. } => ErrorCode::Io,
        StoreError::Sql(_) | StoreError::Closed => ErrorCode::Internal,
    }
}

const fn provider_code(error: &ProviderError) -> ErrorCode {
    match error {
        ProviderError::Offline { .. } => ErrorCode::Offline,
        ProviderError::TimedOut { .. } => ErrorCode::TimedOut,
        ProviderError::KeyRejected { expired: true, .. } => ErrorCode::KeyExpired,
        ProviderError::KeyRejected { .. } => ErrorCode::KeyRejected,
        ProviderError::NotPermitted { .. } => ErrorCode::NotPermitted,
        ProviderError::RateLimited { .. } => ErrorCode::RateLimited,
        ProviderError::WrongMode { .. } => ErrorCode::KeyWrongMode,
        ProviderError::Refused { .. }
        | ProviderError::Down { .. }
        | ProviderError::Unreadable { .. }
        | ProviderError::Redirected { .. } => ErrorCode::Provider,
    }
}
