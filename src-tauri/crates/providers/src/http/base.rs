//! Where a client may go: the provider's own address, or this machine.
//!
//! There is no third choice, because a key goes along. A simulator and the tests live on the machine itself, so an
//! address may be given, and then only a loopback one, checked on the parsed host and never on the text.

use crate::name::ProviderName;
use reqwest::Url;
use std::fmt;
use std::net::IpAddr;

/// The address that paths are put behind.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ApiBase {
    /// Without a slash at its end.
    url: String,
    host: String,
    loopback: bool,
}

/// An address that is not this machine's.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum NotLoopback {
    /// Not a URL.
    #[error("This is not an address; it should look like http://127.0.0.1:8787.")]
    NotAnAddress,
    /// Neither http nor https.
    #[error("Only http and https addresses can be used.")]
    Scheme,
    /// A name or password stands before the host.
    #[error("The address must not hold a user name or password.")]
    UserInfo,
    /// A query or fragment follows the path.
    #[error("The address must end with its path.")]
    Tail,
    /// Another machine.
    #[error("Only this machine can stand in for a provider: 127.0.0.1, [::1] or localhost.")]
    OtherHost,
}

impl ApiBase {
    /// The provider's own address.
    #[must_use]
    pub fn official(provider: ProviderName) -> Self {
        let host = match provider {
            ProviderName::Stripe => "api.stripe.com",
        };
        Self {
            url: format!("https://{host}"),
            host: host.to_owned(),
            loopback: false,
        }
    }

    /// An address on this machine: 127.0.0.0/8, `::1` or `localhost`, over http or https, with or without a path.
    ///
    /// # Errors
    /// When the text is anything else.
    pub fn loopback(text: &str) -> Result<Self, NotLoopback> {
        let text = text.trim();
        if text.contains(|c: char| c == '\\' || c.is_whitespace() || c.is_control()) {
            return Err(NotLoopback::NotAnAddress);
        }
        let url = Url::parse(text).map_err(|_| NotLoopback::NotAnAddress)?;
        if !matches!(url.scheme(), "http" | "https") {
            return Err(NotLoopback::Scheme);
        }
        // The text is asked too: an empty name before the `@` leaves no trace in the parsed URL.
        if !url.username().is_empty() || url.password().is_some() || text.contains('@') {
            return Err(NotLoopback::UserInfo);
        }
        if url.query().is_some() || url.fragment().is_some() {
            return Err(NotLoopback::Tail);
        }
        let host = url.host_str().ok_or(NotLoopback::NotAnAddress)?;
        if !is_this_machine(host) {
            return Err(NotLoopback::OtherHost);
        }
        Ok(Self {
            host: host.to_owned(),
            url: url.as_str().trim_end_matches('/').to_owned(),
            loopback: true,
        })
    }

    /// Whether it is this machine.
    #[must_use]
    pub const fn is_loopback(&self) -> bool {
        self.loopback
    }

    /// The host alone.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// The address without a slash at its end.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.url
    }

    /// Where a document lies that the provider gives a link to: on a host of `domain`, over https; for a stand-in on this
    /// machine, at the link's path on that stand-in. `None` for every other place. No key goes along there.
    pub(crate) fn document(&self, link: &str, domain: &str) -> Option<Url> {
        let url = Url::parse(link).ok()?;
        if self.loopback {
            let mut here = Url::parse(&self.url).ok()?;
            here.set_path(url.path());
            here.set_query(url.query());
            return Some(here);
        }
        let host = url.host_str()?;
        let of_domain = host
            .strip_suffix(domain)
            .is_some_and(|before| before.is_empty() || before.ends_with('.'));
        let plain = url.username().is_empty() && url.password().is_none() && url.port().is_none();
        (url.scheme() == "https" && of_domain && plain).then_some(url)
    }

    /// The address of a path such as `/v1/invoices/{id}/lines`, with an id for each `{id}`. `None` where no address can be
    /// made of it: an id that the URL rules would swallow (`.`, `..`) must not lead to another path.
    pub(crate) fn join(&self, path: &str, ids: &[String]) -> Option<Url> {
        let mut url = Url::parse(&self.url).ok()?;
        let mut ids = ids.iter().map(String::as_str);
        {
            let mut segments = url.path_segments_mut().ok()?;
            segments.pop_if_empty();
            for segment in path.split('/').filter(|segment| !segment.is_empty()) {
                if segment == "{id}" {
                    let id = ids.next().filter(|id| !matches!(*id, "" | "." | ".."))?;
                    segments.push(id);
                } else {
                    segments.push(segment);
                }
            }
        }
        ids.next().is_none().then_some(url)
    }
}

fn is_this_machine(host: &str) -> bool {
    if host == "localhost" {
        return true;
    }
    host.trim_start_matches('[')
        .trim_end_matches(']')
        .parse::<IpAddr>()
        .is_ok_and(|address| address.is_loopback())
}

impl fmt::Display for ApiBase {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.url)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn this_machine_is_accepted_in_all_its_names() {
        for (text, address) in [
            ("http://127.0.0.1:8787", "http://127.0.0.1:8787"),
            ("http://127.0.0.1:8787/", "http://127.0.0.1:8787"),
            ("https://127.8.9.10", "https://127.8.9.10"),
            ("http://[::1]:80/stripe/", "http://[::1]/stripe"),
            (" http://LOCALHOST:8787/a/b ", "http://localhost:8787/a/b"),
        ] {
            let base = ApiBase::loopback(text).unwrap();
            assert_eq!(base.to_string(), address);
            assert!(base.is_loopback());
        }
    }

    #[test]
    fn the_providers_own_address_is_reached_over_https_alone() {
        let base = ApiBase::official(ProviderName::Stripe);
        assert_eq!(base.to_string(), "https://api.stripe.com");
        assert!(!base.is_loopback());
    }

    #[test]
    fn every_other_address_is_refused() {
        for (text, refused) in [
            ("", NotLoopback::NotAnAddress),
            ("127.0.0.1:8787", NotLoopback::NotAnAddress),
            ("localhost:8787", NotLoopback::Scheme),
            ("ftp://127.0.0.1", NotLoopback::Scheme),
            ("file:///etc/passwd", NotLoopback::Scheme),
            ("http://user@127.0.0.1", NotLoopback::UserInfo),
            ("http://user:pass@127.0.0.1", NotLoopback::UserInfo),
            ("http://@127.0.0.1", NotLoopback::UserInfo),
            ("http://127.0.0.1@evil.com", NotLoopback::UserInfo),
            ("http://127.0.0.1?x=1", NotLoopback::Tail),
            ("http://127.0.0.1/#x", NotLoopback::Tail),
            ("http://127.0.0.1.evil.com", NotLoopback::OtherHost),
            ("http://localhost.evil", NotLoopback::OtherHost),
            ("http://evil.localhost", NotLoopback::OtherHost),
            ("http://localhost.", NotLoopback::OtherHost),
            ("http://0.0.0.0", NotLoopback::OtherHost),
            ("http://128.0.0.1", NotLoopback::OtherHost),
            ("http://[::2]", NotLoopback::OtherHost),
            ("https://api.stripe.com", NotLoopback::OtherHost),
            ("http://evil.com\\@127.0.0.1", NotLoopback::NotAnAddress),
            ("http://127.0.0.1 .evil.com", NotLoopback::NotAnAddress),
        ] {
            assert_eq!(ApiBase::loopback(text).unwrap_err(), refused, "{text:?}");
        }
    }

    #[test]
    fn a_document_lies_at_the_provider_or_on_the_machine_that_stands_in_for_it() {
        let base = ApiBase::official(ProviderName::Stripe);
        let at = |base: &ApiBase, link: &str| base.document(link, "stripe.com").map(String::from);
        let link = "https://pay.stripe.com/invoice/acct_1/live_x/pdf?s=ap";
        assert_eq!(at(&base, link).as_deref(), Some(link));
        for elsewhere in [
            "http://pay.stripe.com/x",
            "https://paystripe.com/x",
            "https://stripe.com.evil.example/x",
            "https://user@pay.stripe.com/x",
            "https://pay.stripe.com:8443/x",
            "https://127.0.0.1/x",
            "file:///etc/passwd",
            "/invoice/x",
        ] {
            assert_eq!(at(&base, elsewhere), None, "{elsewhere}");
        }
        let here = ApiBase::loopback("http://127.0.0.1:8787/").unwrap();
        assert_eq!(
            at(&here, link).as_deref(),
            Some("http://127.0.0.1:8787/invoice/acct_1/live_x/pdf?s=ap"),
            "nothing leaves this machine"
        );
    }

    #[test]
    fn an_id_stays_one_segment_of_the_path() {
        let base = ApiBase::loopback("http://127.0.0.1:1/sim/").unwrap();
        let join = |id: &str| {
            base.join("/v1/coupons/{id}", &[id.to_owned()])
                .map(String::from)
        };
        assert_eq!(
            join("25 OFF/../x?y#z").as_deref(),
            Some("http://127.0.0.1:1/sim/v1/coupons/25%20OFF%2F..%2Fx%3Fy%23z")
        );
        for swallowed in ["", ".", ".."] {
            assert_eq!(join(swallowed), None, "{swallowed:?} would change the path");
        }
        let ids = ["cus_1".to_owned(), "cbtxn_1".to_owned()];
        let path = "/v1/customers/{id}/balance_transactions/{id}";
        assert_eq!(
            base.join(path, &ids).map(String::from).as_deref(),
            Some("http://127.0.0.1:1/sim/v1/customers/cus_1/balance_transactions/cbtxn_1")
        );
        assert_eq!(base.join(path, &ids[..1]), None, "an id for each place");
        assert_eq!(base.join("/v1/customers/{id}", &ids), None);
    }
}
