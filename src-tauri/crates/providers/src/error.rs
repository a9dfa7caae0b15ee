//! What can go wrong between us and a provider, in the words a person can act on.
//!
//! These are facts about one question asked, not about the sync: what to do next is decided above. No variant ever holds
//! a key, a body or an e-mail address; text that came from outside has been through `http::redact` and is cut short.

use coffer_domain::mode::ModeName;

/// Why a question got no usable answer.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ProviderError {
    /// No connection, or it broke off.
    #[error("{host} could not be reached: {reason}.")]
    Offline {
        /// Who was asked.
        host: String,
        /// What happened, in our words.
        reason: String,
    },
    /// No answer in time.
    #[error("{host} did not answer in time.")]
    TimedOut {
        /// Who was asked.
        host: String,
    },
    /// The key is not valid, or no longer.
    #[error("{}: {message}", if *expired { "The key has expired" } else { "The key was not accepted" })]
    KeyRejected {
        /// The provider's words, redacted.
        message: String,
        /// Whether the provider says that it was valid once.
        expired: bool,
    },
    /// The key is valid and may not do this.
    #[error("The key is not allowed to do this: {message}")]
    NotPermitted {
        /// The permission that is missing, in the provider's word.
        permission: Option<String>,
        /// The provider's words, redacted.
        message: String,
    },
    /// Asked too often, and waiting did not help.
    #[error("The provider asks for fewer requests{}.", reason.as_deref().map(|it| format!(" ({it})")).unwrap_or_default())]
    RateLimited {
        /// The provider's word for which limit it was.
        reason: Option<String>,
    },
    /// The provider understood and said no.
    #[error("The provider refused the request ({status}{}): {message}", code.as_deref().map(|it| format!(", {it}")).unwrap_or_default())]
    Refused {
        /// The HTTP status.
        status: u16,
        /// The provider's code.
        code: Option<String>,
        /// The provider's words, redacted.
        message: String,
        /// The provider's name for this request.
        request_id: Option<String>,
    },
    /// The provider has trouble of its own.
    #[error("The provider is having trouble ({status}).")]
    Down {
        /// The HTTP status.
        status: u16,
        /// The provider's name for this request.
        request_id: Option<String>,
    },
    /// The answer could not be understood.
    #[error("The answer could not be read: {what}.")]
    Unreadable {
        /// What was not understood, by kind and id.
        what: String,
        /// The provider's name for this request.
        request_id: Option<String>,
    },
    /// An object of the other mode came back; nothing of the answer was kept.
    #[error("This is a {found} account, but a {expected} one was expected.")]
    WrongMode {
        /// The mode of the client.
        expected: ModeName,
        /// The mode of what came.
        found: ModeName,
    },
    /// The answer pointed elsewhere. A key is never taken along, so nothing was followed.
    #[error("{host} pointed elsewhere ({status}), which was not followed.")]
    Redirected {
        /// Who was asked.
        host: String,
        /// The HTTP status.
        status: u16,
    },
}

impl ProviderError {
    /// Whether the network, not the provider, is in the way: the same question may get an answer later.
    #[must_use]
    pub const fn is_offline(&self) -> bool {
        matches!(self, Self::Offline { .. } | Self::TimedOut { .. })
    }

    /// The provider's name for the request, for a question to its support.
    #[must_use]
    pub fn request_id(&self) -> Option<&str> {
        match self {
            Self::Refused { request_id, .. }
            | Self::Down { request_id, .. }
            | Self::Unreadable { request_id, .. } => request_id.as_deref(),
            Self::Offline { .. }
            | Self::TimedOut { .. }
            | Self::KeyRejected { .. }
            | Self::NotPermitted { .. }
            | Self::RateLimited { .. }
            | Self::WrongMode { .. }
            | Self::Redirected { .. } => None,
        }
    }
}
