//! Keys: reading what a person pasted, and holding it so that it cannot leak by accident.
//!
//! A key carries its mode as a type, so that a test key can only ever make a test client. It is not stored here and not
//! checked against the provider; `Provider::check_key` does that. The invariant: no `Debug`, `Display` or serialised
//! form of anything in this file holds more of a key than its last four characters, and the memory is wiped when it goes.

use crate::name::ProviderName;
use coffer_domain::mode::{Live, Mode, ModeName, Test};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::marker::PhantomData;

/// How much a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Only what was ticked when it was made.
    Restricted,
    /// Everything.
    Secret,
}

impl KeyKind {
    /// `restricted` or `secret`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Secret => "secret",
        }
    }
}

/// A key of one mode.
pub struct ApiKey<M: Mode> {
    secret: SecretString,
    kind: KeyKind,
    mode: PhantomData<M>,
}

impl<M: Mode> ApiKey<M> {
    fn new(text: &str, kind: KeyKind) -> Self {
        Self {
            secret: SecretString::from(text),
            kind,
            mode: PhantomData,
        }
    }

    /// How much it may do.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The last four characters: all of it that is ever shown.
    #[must_use]
    pub fn last4(&self) -> &str {
        let text = self.secret.expose_secret();
        text.get(text.len().saturating_sub(4)..).unwrap_or("")
    }

    /// The key itself, for the keychain and for the client's `Authorization` header. Nothing else may ask.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }
}

impl<M: Mode> fmt::Debug for ApiKey<M> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(
            f,
            "ApiKey({} {} …{})",
            self.kind.as_str(),
            M::NAME,
            self.last4()
        )
    }
}

/// A key whose mode was read from its text.
#[derive(Debug)]
pub enum AnyKey {
    /// For live mode.
    Live(ApiKey<Live>),
    /// For test mode.
    Test(ApiKey<Test>),
}

impl AnyKey {
    /// The mode as data.
    #[must_use]
    pub const fn mode(&self) -> ModeName {
        match self {
            Self::Live(_) => ModeName::Live,
            Self::Test(_) => ModeName::Test,
        }
    }

    /// The key as one of mode `M`; `None` when it belongs to the other mode.
    #[must_use]
    pub fn of_mode<M: Mode>(&self) -> Option<ApiKey<M>> {
        let (text, kind) = match self {
            Self::Live(key) => (key.expose(), key.kind()),
            Self::Test(key) => (key.expose(), key.kind()),
        };
        (self.mode() == M::NAME).then(|| ApiKey::new(text, kind))
    }
}

/// Why a text is not a key we can use. Each says what was given; `hint` says what to do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum KeyRefused {
    /// Nothing was given.
    #[error("No key was given.")]
    Empty,
    /// `pk_…`.
    #[error(
        "This is a publishable key, which is meant for web pages and cannot read your records."
    )]
    Publishable,
    /// `whsec_…`.
    #[error("This is the signing secret of a webhook, which cannot read your records.")]
    WebhookSecret,
    /// `sk_org_…`.
    #[error("This is a key of an organization, which Coffer cannot use yet.")]
    Organization,
    /// `ek_…`.
    #[error("This is an ephemeral key, which belongs to one customer and soon expires.")]
    Ephemeral,
    /// `pi_…_secret_…` and the like.
    #[error("This is the client secret of one payment, which is not a key.")]
    ClientSecret,
    /// `acct_…`.
    #[error("This is the id of an account, which is not a key.")]
    AccountId,
    /// A key of Paddle or Lemon Squeezy.
    #[error("This is a key of another provider than Stripe.")]
    OtherProvider,
    /// Dots or stars in place of the key.
    #[error("This is a key with its middle hidden.")]
    Hidden,
    /// `sk_…` without a mode.
    #[error(
        "This key has the old shape that does not say whether it is for live or for test mode."
    )]
    OldShape,
    /// The beginning of a key.
    #[error("This is only a part of a key.")]
    TooShort,
    /// Anything else.
    #[error("This is not a Stripe key.")]
    NotAKey,
}

impl KeyRefused {
    /// What to do about it, in one sentence.
    #[must_use]
    pub const fn hint(self) -> &'static str {
        match self {
            Self::Hidden => {
                "The dashboard shows a key in full only once; reveal it or make a new one, and copy it whole."
            }
            Self::TooShort => "Copy the whole key and paste it again.",
            Self::OldShape => {
                "Roll the key in the dashboard, or make a restricted one; it then begins with rk_live_ or rk_test_."
            }
            Self::Organization => "Make a restricted key in the account that you want to see.",
            Self::OtherProvider => {
                "Coffer reads Stripe today; paste a restricted key that begins with rk_live_ or rk_test_."
            }
            Self::Empty
            | Self::Publishable
            | Self::WebhookSecret
            | Self::Ephemeral
            | Self::ClientSecret
            | Self::AccountId
            | Self::NotAKey => {
                "Paste a restricted key that begins with rk_live_ or rk_test_; a read-only one is enough."
            }
        }
    }
}

/// Reads what a person pasted. White space around it is ignored.
///
/// # Errors
/// When it is not a key that can read the merchant's records.
pub fn read_key(provider: ProviderName, text: SecretString) -> Result<AnyKey, KeyRefused> {
    match provider {
        ProviderName::Stripe => read_stripe_key(text.expose_secret().trim()),
    }
}

/// The official command line refuses anything shorter as well.
const STRIPE_KEY_LENGTH_MIN: usize = 12;

fn read_stripe_key(text: &str) -> Result<AnyKey, KeyRefused> {
    if let Some(refused) = known_stranger(text) {
        return Err(refused);
    }
    let (prefix, rest) = text.split_once('_').ok_or(KeyRefused::NotAKey)?;
    let kind = match prefix {
        "sk" => KeyKind::Secret,
        "rk" | "rkcs" => KeyKind::Restricted,
        _ => return Err(KeyRefused::NotAKey),
    };
    if text.contains(['•', '…', '*', '.']) {
        return Err(KeyRefused::Hidden);
    }
    if !text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        return Err(KeyRefused::NotAKey);
    }
    let Some((mode, body)) = rest.split_once('_') else {
        return Err(match rest {
            "" | "live" | "test" | "org" => KeyRefused::TooShort,
            _ => KeyRefused::OldShape,
        });
    };
    if mode == "org" {
        return Err(KeyRefused::Organization);
    }
    let mode = ModeName::parse(mode).ok_or(KeyRefused::NotAKey)?;
    if body.is_empty() || text.len() < STRIPE_KEY_LENGTH_MIN {
        return Err(KeyRefused::TooShort);
    }
    Ok(match mode {
        ModeName::Live => AnyKey::Live(ApiKey::new(text, kind)),
        ModeName::Test => AnyKey::Test(ApiKey::new(text, kind)),
    })
}

/// What people paste by mistake and what can be named.
fn known_stranger(text: &str) -> Option<KeyRefused> {
    if text.is_empty() {
        return Some(KeyRefused::Empty);
    }
    if text.contains("_secret_") {
        return Some(KeyRefused::ClientSecret);
    }
    [
        ("pk_", KeyRefused::Publishable),
        ("whsec_", KeyRefused::WebhookSecret),
        ("ek_", KeyRefused::Ephemeral),
        ("acct_", KeyRefused::AccountId),
        ("pdl_", KeyRefused::OtherProvider),
        ("eyJ", KeyRefused::OtherProvider),
    ]
    .into_iter()
    .find_map(|(prefix, refused)| text.starts_with(prefix).then_some(refused))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str) -> Result<AnyKey, KeyRefused> {
        read_key(ProviderName::Stripe, SecretString::from(text))
    }

    #[test]
    fn a_key_tells_its_mode_and_kind() {
        for (text, mode, kind) in [
            ("rk_live_0123456789", ModeName::Live, KeyKind::Restricted),
            (
                "  rk_test_0123456789\n",
                ModeName::Test,
                KeyKind::Restricted,
            ),
            ("rkcs_test_0123456789", ModeName::Test, KeyKind::Restricted),
            ("sk_live_0123456789", ModeName::Live, KeyKind::Secret),
            ("sk_test_0123_456789", ModeName::Test, KeyKind::Secret),
        ] {
            let key = read(text).unwrap();
            assert_eq!(key.mode(), mode);
            let (found, last4, whole) = match &key {
                AnyKey::Live(key) => (key.kind(), key.last4(), key.expose()),
                AnyKey::Test(key) => (key.kind(), key.last4(), key.expose()),
            };
            assert_eq!(found, kind);
            assert_eq!(last4, "6789");
            assert_eq!(whole, text.trim(), "white space around a key is ignored");
        }
    }

    #[test]
    fn what_is_not_a_key_is_named() {
        for (text, refused) in [
            ("", KeyRefused::Empty),
            (" \n ", KeyRefused::Empty),
            ("pk_live_0123456789", KeyRefused::Publishable),
            ("whsec_0123456789", KeyRefused::WebhookSecret),
            ("sk_org_live_0123456789", KeyRefused::Organization),
            ("ek_test_0123456789", KeyRefused::Ephemeral),
            ("pi_123_secret_456", KeyRefused::ClientSecret),
            ("acct_0123456789", KeyRefused::AccountId),
            ("pdl_live_apikey_01", KeyRefused::OtherProvider),
            ("rk_live_••••••••6789", KeyRefused::Hidden),
            ("rk_live_*********6789", KeyRefused::Hidden),
            ("rk_live_...6789", KeyRefused::Hidden),
            ("sk_0123456789abcdef", KeyRefused::OldShape),
            ("rk_live_", KeyRefused::TooShort),
            ("rk_live", KeyRefused::TooShort),
            ("rk_live_a", KeyRefused::TooShort),
            ("rk_prod_0123456789", KeyRefused::NotAKey),
            ("mk_live_0123456789", KeyRefused::NotAKey),
            ("RK_LIVE_0123456789", KeyRefused::NotAKey),
            ("rk_live_0123 456789", KeyRefused::NotAKey),
            ("rk_live_0123456ü89", KeyRefused::NotAKey),
            ("hunter2", KeyRefused::NotAKey),
        ] {
            assert_eq!(read(text).unwrap_err(), refused, "{text:?}");
            assert!(!refused.hint().is_empty());
        }
    }

    #[test]
    fn a_key_shows_four_characters_and_no_more() {
        let key = read("rk_live_CANARY0123456789").unwrap();
        let shown = format!("{key:?} {key:#?}");
        assert!(!shown.contains("CANARY"), "the middle never shows");
        assert!(shown.contains("…6789"));
    }
}
