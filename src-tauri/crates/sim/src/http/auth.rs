//! Keys: whose they are, what they may read, and how a wrong one is turned away.

use axum::http::HeaderMap;

use super::error::Refusal;
use crate::ids::base62;
use crate::stream::fold;
use crate::world::WorldSpec;

/// The keys of one account.
#[derive(Clone, Debug)]
pub(crate) struct Keys {
    pub(crate) restricted: String,
    pub(crate) secret: String,
}

impl Keys {
    pub(crate) fn of(spec: &WorldSpec) -> Self {
        let mode = if spec.livemode { "live" } else { "test" };
        let tail = |salt: u64| -> String {
            (0..4)
                .map(|part| {
                    base62(
                        u128::from(fold(&[spec.seed, u64::from(spec.livemode), salt, part])),
                        11,
                    )
                })
                .collect()
        };
        Self {
            restricted: format!("rk_{mode}_51{}", tail(1)),
            secret: format!("sk_{mode}_51{}", tail(2)),
        }
    }
}

/// The key that a request carries: a bearer token, or the user of basic authentication.
pub(crate) fn key_of(headers: &HeaderMap) -> Option<String> {
    let value = headers.get("authorization")?.to_str().ok()?;
    let (scheme, rest) = value.split_once(' ')?;
    match scheme.to_ascii_lowercase().as_str() {
        "bearer" => Some(rest.trim().to_owned()),
        "basic" => {
            let decoded = String::from_utf8(from_base64(rest.trim())?).ok()?;
            decoded.split(':').next().map(str::to_owned)
        }
        _ => None,
    }
}

fn from_base64(text: &str) -> Option<Vec<u8>> {
    const LETTERS: &[u8; 64] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut bytes = Vec::new();
    let (mut held, mut bits) = (0u32, 0u32);
    for letter in text.bytes().filter(|letter| *letter != b'=') {
        let value = LETTERS.iter().position(|known| *known == letter)? as u32;
        held = (held << 6) | value;
        bits += 6;
        if bits >= 8 {
            bits -= 8;
            bytes.push((held >> bits) as u8);
        }
    }
    Some(bytes)
}

/// The last four letters of a key; all that may be written down of it.
pub(crate) fn last_four(key: &str) -> String {
    let skipped = key.chars().count().saturating_sub(4);
    key.chars().skip(skipped).collect()
}

/// Lets a key in or says why not. `needs` are the permissions of the path and of what is to be expanded.
pub(crate) fn admit(
    keys: &Keys,
    key: Option<&str>,
    needs: &[String],
    denied: &[String],
    account: &str,
) -> Result<(), Refusal> {
    let Some(key) = key.filter(|key| !key.is_empty()) else {
        let message = "You did not provide an API key. You need to provide your API key in the Authorization header, using Bearer auth \
                       (e.g. 'Authorization: Bearer YOUR_SECRET_KEY'). See https://stripe.com/docs/api#authentication for details, or we \
                       can help at https://support.stripe.com/.";
        return Err(Refusal::invalid(401, None, None, message.to_owned()));
    };
    if key.starts_with("pk_") {
        let message = "This API call cannot be made with a publishable API key. Please use a secret API key. You can find a list of your \
                       API keys at https://dashboard.stripe.com/account/apikeys.";
        return Err(Refusal::invalid(
            403,
            Some("secret_key_required"),
            None,
            message.to_owned(),
        ));
    }
    if let Some(stem) = key
        .strip_suffix("_expired")
        .filter(|stem| *stem == keys.restricted || *stem == keys.secret)
    {
        let message = format!("Expired API Key provided: {}", masked(stem));
        return Err(Refusal::invalid(
            401,
            Some("api_key_expired"),
            None,
            message,
        ));
    }
    if key == keys.secret {
        return Ok(());
    }
    if key != keys.restricted {
        return Err(Refusal::invalid(
            401,
            None,
            None,
            format!("Invalid API Key provided: {}", masked(key)),
        ));
    }
    match needs.iter().find(|needs| denied.contains(needs)) {
        None => Ok(()),
        Some(needs) => Err(Refusal::invalid(
            403,
            None,
            None,
            format!(
                "The provided key '{}' does not have the required permissions for this endpoint (on account '{account}'). Having the \
                 '{needs}' permission would allow this request to continue.",
                masked(key)
            ),
        )),
    }
}

/// The key as the provider repeats it: its kind and its last four letters.
fn masked(key: &str) -> String {
    let kind: String = key
        .split_inclusive('_')
        .take(2)
        .filter(|part| part.ends_with('_'))
        .collect();
    let hidden = key.chars().count().saturating_sub(kind.chars().count() + 4);
    format!("{kind}{}{}", "*".repeat(hidden), last_four(key))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_repeated_only_by_its_ends() {
        assert_eq!(masked("rk_test_0123456789abcd"), "rk_test_**********abcd");
        assert_eq!(masked("nonsense"), "****ense");
    }

    #[test]
    fn basic_authentication_is_read() {
        assert_eq!(from_base64("cmtfdGVzdF94Og==").unwrap(), b"rk_test_x:");
    }
}
