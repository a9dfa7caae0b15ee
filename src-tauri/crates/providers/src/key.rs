//! Keys: reading what a person pasted, and holding it so that it cannot leak by accident.
//!
//! A key carries its mode as a type, so that a test key can only ever make a test client. It is not stored here and not
//! checked against the provider; `Provider::check_key` does that. The invariant: no `Debug`, `Display` or serialised
//! form of anything in this file holds more of a key than its last four characters, and the memory is wiped when it goes.
//!
//! A key of an organization opens several accounts and need not say its mode. It becomes a key like any other once an
//! account is named; which mode it is for then shows in the provider's answers. `ApiKey::stored` is the one text that a
//! keychain keeps, and `read_key` reads it back: `sk_org_…@acct_…@live` for a key of an organization, the key itself else.

use crate::name::ProviderName;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::{Live, Mode, ModeName, Test};
use secrecy::{ExposeSecret, SecretString};
use std::fmt;
use std::marker::PhantomData;
use zeroize::Zeroizing;

/// How much a key may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum KeyKind {
    /// Only what was ticked when it was made.
    Restricted,
    /// Everything.
    Secret,
    /// What its organization lets it do in one of its accounts.
    Organization,
}

impl KeyKind {
    /// `restricted`, `secret` or `organization`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Restricted => "restricted",
            Self::Secret => "secret",
            Self::Organization => "organization",
        }
    }
}

/// A key of one mode.
pub struct ApiKey<M: Mode> {
    secret: SecretString,
    kind: KeyKind,
    /// The account that a key of an organization is used for.
    account: Option<AccountId>,
    mode: PhantomData<M>,
}

impl<M: Mode> ApiKey<M> {
    fn new(text: &str, kind: KeyKind, account: Option<AccountId>) -> Self {
        Self {
            secret: SecretString::from(text),
            kind,
            account,
            mode: PhantomData,
        }
    }

    /// How much it may do.
    #[must_use]
    pub const fn kind(&self) -> KeyKind {
        self.kind
    }

    /// The account that a key of an organization is used for; `None` for every other key, which has one account.
    #[must_use]
    pub const fn account(&self) -> Option<&AccountId> {
        self.account.as_ref()
    }

    /// The last four characters: all of it that is ever shown.
    #[must_use]
    pub fn last4(&self) -> &str {
        last4(&self.secret)
    }

    /// The key itself, for the client's `Authorization` header. Nothing else may ask.
    #[must_use]
    pub fn expose(&self) -> &str {
        self.secret.expose_secret()
    }

    /// The text that the keychain keeps: the key, and for a key of an organization its account and mode behind it.
    /// `read_key` makes the same key of it again.
    #[must_use]
    pub fn stored(&self) -> Zeroizing<String> {
        let text = self.secret.expose_secret();
        Zeroizing::new(match &self.account {
            Some(account) => format!("{text}{BOUND}{account}{BOUND}{}", M::NAME),
            None => text.to_owned(),
        })
    }
}

/// Between the parts of a stored key of an organization. It stands in no key, no id and no mode.
const BOUND: char = '@';

fn last4(secret: &SecretString) -> &str {
    let text = secret.expose_secret();
    text.get(text.len().saturating_sub(4)..).unwrap_or("")
}

/// A key of an organization, for which nobody has said yet which account it is to be used for.
pub struct OrganizationKey {
    secret: SecretString,
    named: Option<ModeName>,
}

impl OrganizationKey {
    /// The mode, where the key says it. Where it does not, live is to be tried first and then test: the provider's
    /// answers tell (`ProviderError::WrongMode`).
    #[must_use]
    pub const fn mode(&self) -> Option<ModeName> {
        self.named
    }

    /// The last four characters: all of it that is ever shown.
    #[must_use]
    pub fn last4(&self) -> &str {
        last4(&self.secret)
    }

    /// The key as one of mode `M` for one account of the organization.
    ///
    /// # Errors
    /// When the account is none, or the key says that it is for the other mode.
    pub fn into_key<M: Mode>(&self, account: AccountId) -> Result<ApiKey<M>, KeyRefused> {
        let id = account.as_str();
        let is_account = id.strip_prefix("acct_").is_some_and(|rest| {
            !rest.is_empty() && rest.bytes().all(|b| b.is_ascii_alphanumeric())
        });
        if !is_account {
            return Err(KeyRefused::NoAccount);
        }
        if self.named.is_some_and(|named| named != M::NAME) {
            return Err(KeyRefused::OtherMode);
        }
        let text = self.secret.expose_secret();
        Ok(ApiKey::new(text, KeyKind::Organization, Some(account)))
    }
}

impl fmt::Debug for OrganizationKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "OrganizationKey(…{})", self.last4())
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

/// A key as its text tells it.
#[derive(Debug)]
pub enum AnyKey {
    /// For live mode.
    Live(ApiKey<Live>),
    /// For test mode.
    Test(ApiKey<Test>),
    /// For the accounts of an organization: which one is still to be said.
    Organization(OrganizationKey),
}

impl AnyKey {
    /// The mode as data; `None` where the key does not say it.
    #[must_use]
    pub const fn mode(&self) -> Option<ModeName> {
        match self {
            Self::Live(_) => Some(ModeName::Live),
            Self::Test(_) => Some(ModeName::Test),
            Self::Organization(key) => key.mode(),
        }
    }

    /// The key as one of mode `M`; `None` when it belongs to the other mode, or to an organization and to no account.
    #[must_use]
    pub fn of_mode<M: Mode>(&self) -> Option<ApiKey<M>> {
        let (mode, text, kind, account) = match self {
            Self::Live(key) => (ModeName::Live, key.expose(), key.kind(), key.account()),
            Self::Test(key) => (ModeName::Test, key.expose(), key.kind(), key.account()),
            Self::Organization(_) => return None,
        };
        (mode == M::NAME).then(|| ApiKey::new(text, kind, account.cloned()))
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
    /// A key of an organization without an account to use it for.
    #[error("A key of an organization needs the account that it is to be used for.")]
    NoAccount,
    /// A key that says another mode than asked for.
    #[error("This key is for the other mode.")]
    OtherMode,
    /// `ek_…`.
    #[error("This is an ephemeral key, which belongs to one customer and soon expires.")]
    Ephemeral,
    /// `mk_…`.
    #[error("This is a key of another kind, which the billing API does not take.")]
    NotForReading,
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
            Self::NoAccount => "Give the id of the account as well; it begins with acct_.",
            Self::OtherMode => "Use it for the mode that it names.",
            Self::OtherProvider => {
                "Coffer reads Stripe today; paste a restricted key that begins with rk_live_ or rk_test_."
            }
            Self::Empty
            | Self::Publishable
            | Self::WebhookSecret
            | Self::Ephemeral
            | Self::NotForReading
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
    if text.starts_with(ORGANIZATION) {
        return read_organization_key(text);
    }
    let (prefix, rest) = text.split_once('_').ok_or(KeyRefused::NotAKey)?;
    let kind = match prefix {
        "sk" => KeyKind::Secret,
        "rk" | "rkcs" => KeyKind::Restricted,
        _ => return Err(KeyRefused::NotAKey),
    };
    plain(text)?;
    let Some((mode, body)) = rest.split_once('_') else {
        return Err(match rest {
            "" | "live" | "test" | "org" => KeyRefused::TooShort,
            _ => KeyRefused::OldShape,
        });
    };
    let mode = ModeName::parse(mode).ok_or(KeyRefused::NotAKey)?;
    if body.is_empty() || text.len() < STRIPE_KEY_LENGTH_MIN {
        return Err(KeyRefused::TooShort);
    }
    Ok(match mode {
        ModeName::Live => AnyKey::Live(ApiKey::new(text, kind, None)),
        ModeName::Test => AnyKey::Test(ApiKey::new(text, kind, None)),
    })
}

/// What a key of an organization begins with, whatever it may do.
const ORGANIZATION: &str = "sk_org_";

/// A key of an organization as it was given out, or in its stored form with the account and the mode behind it.
fn read_organization_key(text: &str) -> Result<AnyKey, KeyRefused> {
    let (key, bound) = match text.split_once(BOUND) {
        Some((key, bound)) => (key, Some(bound)),
        None => (text, None),
    };
    plain(key)?;
    let rest = key.strip_prefix(ORGANIZATION).unwrap_or_default();
    let (named, body) = match rest.split_once('_') {
        Some(("live", body)) => (Some(ModeName::Live), body),
        Some(("test", body)) => (Some(ModeName::Test), body),
        _ => (None, rest),
    };
    if body.is_empty() || key.len() < STRIPE_KEY_LENGTH_MIN {
        return Err(KeyRefused::TooShort);
    }
    let key = OrganizationKey {
        secret: SecretString::from(key),
        named,
    };
    let Some(bound) = bound else {
        return Ok(AnyKey::Organization(key));
    };
    let (account, mode) = bound.split_once(BOUND).ok_or(KeyRefused::NoAccount)?;
    let account = AccountId::new(account);
    match ModeName::parse(mode).ok_or(KeyRefused::NotAKey)? {
        ModeName::Live => key.into_key(account).map(AnyKey::Live),
        ModeName::Test => key.into_key(account).map(AnyKey::Test),
    }
}

/// Refuses what no key consists of.
fn plain(text: &str) -> Result<(), KeyRefused> {
    if text.contains(['•', '…', '*', '.']) {
        return Err(KeyRefused::Hidden);
    }
    if text.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'_') {
        Ok(())
    } else {
        Err(KeyRefused::NotAKey)
    }
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
        ("mk_", KeyRefused::NotForReading),
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
            assert_eq!(key.mode(), Some(mode));
            let (found, last4, whole, stored) = match &key {
                AnyKey::Live(key) => (key.kind(), key.last4(), key.expose(), key.stored()),
                AnyKey::Test(key) => (key.kind(), key.last4(), key.expose(), key.stored()),
                AnyKey::Organization(key) => panic!("{key:?}"),
            };
            assert_eq!(stored.as_str(), text.trim());
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
            ("sk_org_", KeyRefused::TooShort),
            ("sk_org_live_", KeyRefused::TooShort),
            ("sk_org_0123456789@", KeyRefused::NoAccount),
            ("sk_org_0123456789@acct_1", KeyRefused::NoAccount),
            ("sk_org_0123456789@@live", KeyRefused::NoAccount),
            ("sk_org_0123456789@cus_1@live", KeyRefused::NoAccount),
            ("sk_org_0123456789@acct_1@both", KeyRefused::NotAKey),
            ("sk_org_live_0123456789@acct_1@test", KeyRefused::OtherMode),
            ("sk_org_•••6789", KeyRefused::Hidden),
            ("rk_live_0123456789@acct_1@live", KeyRefused::NotAKey),
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
            ("mk_live_0123456789", KeyRefused::NotForReading),
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

    #[test]
    fn a_key_of_an_organization_asks_for_an_account_and_is_read_back_as_stored() {
        for (text, named) in [
            ("sk_org_0123456789", None),
            ("sk_org_0123_456789", None),
            ("sk_org_live_0123456789", Some(ModeName::Live)),
            ("sk_org_test_0123456789", Some(ModeName::Test)),
        ] {
            let key = read(text).unwrap();
            assert_eq!(key.mode(), named);
            assert!(key.of_mode::<Live>().is_none(), "no account was named");
            let AnyKey::Organization(key) = key else {
                panic!("{text}");
            };
            let nowhere = key.into_key::<Live>(AccountId::new("acct_1\nX: y"));
            assert_eq!(nowhere.unwrap_err(), KeyRefused::NoAccount);
            let test = key.into_key::<Test>(AccountId::new("acct_1"));
            assert_eq!(test.is_ok(), named != Some(ModeName::Live));
            let Ok(bound) = test else { continue };
            assert_eq!(bound.kind(), KeyKind::Organization);
            assert_eq!(bound.expose(), text);
            assert!(!format!("{key:?}{bound:?}").contains("0123"));
            let again = read(&bound.stored()).unwrap();
            assert_eq!(again.mode(), Some(ModeName::Test));
            assert!(again.of_mode::<Live>().is_none());
            let again = again.of_mode::<Test>().unwrap();
            assert_eq!(again.expose(), text);
            assert_eq!(again.account(), Some(&AccountId::new("acct_1")));
            assert_eq!(again.stored(), bound.stored());
        }
    }
}
