//! Addresses of our own, `coffer://customer/cus_123`, as the system hands them to a program it starts.
//!
//! What a link can do is go to a place in the window; it can change nothing. Anybody can put a link on a page, so only
//! places and ids of a known form pass, and everything else is dropped with a word in the log.

use coffer_engine::api::types::ModeView;
use serde::Serialize;
use tauri::Url;

/// The scheme.
pub(crate) const SCHEME: &str = "coffer";
/// Views that a link may open by their name alone.
const VIEWS: &[&str] = &[
    "overview",
    "movements",
    "cohorts",
    "forecast",
    "customers",
    "subscriptions",
    "payments",
    "invoices",
    "disputes",
    "recovery",
    "trials",
    "outbox",
    "log",
    "settings",
];
const ID_MAX: usize = 255;

/// Where the page is to go.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(crate) struct Place {
    /// The fragment of the page's address.
    pub(crate) place: String,
    /// The mode it is in, where the link says so.
    pub(crate) mode: Option<ModeView>,
}

impl Place {
    #[cfg(test)]
    pub(crate) fn own(place: impl Into<String>, mode: Option<ModeView>) -> Self {
        Self {
            place: place.into(),
            mode,
        }
    }
}

/// Reads a link; `None` for what is none of ours or of no known form.
pub(crate) fn read(link: &str) -> Option<Place> {
    let url = Url::parse(link).ok().filter(|url| url.scheme() == SCHEME)?;
    let mode = url
        .query_pairs()
        .find_map(|(name, value)| match (&*name, &*value) {
            ("mode", "live") => Some(ModeView::Live),
            ("mode", "test") => Some(ModeView::Test),
            _ => None,
        });
    let view = url.host_str()?;
    let id = url.path().trim_start_matches('/');
    let place = match (view, id) {
        ("customer", id) if is_id(id) => format!("#/customer/{id}"),
        (view, "") if VIEWS.contains(&view) => format!("#/{view}"),
        _ => return None,
    };
    Some(Place { place, mode })
}

/// The link among the arguments of a start.
pub(crate) fn among<S: AsRef<str>>(arguments: &[S]) -> Option<Place> {
    let link = arguments.iter().map(AsRef::as_ref).find(|it| is_link(it))?;
    let place = read(link);
    if place.is_none() {
        tracing::warn!("a link of no known form was not followed");
    }
    place
}

/// Whether an argument is a link rather than a flag.
pub(crate) fn is_link(argument: &str) -> bool {
    argument
        .strip_prefix(SCHEME)
        .is_some_and(|rest| rest.starts_with("://"))
}

fn is_id(text: &str) -> bool {
    !text.is_empty()
        && text.len() <= ID_MAX
        && text
            .bytes()
            .all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

#[cfg(test)]
mod tests {
    use super::{Place, among, read};
    use coffer_engine::api::types::ModeView;

    #[test]
    fn a_link_goes_to_a_customer_or_a_view_and_nowhere_else() {
        let customer = Place::own("#/customer/cus_9aB", Some(ModeView::Test));
        assert_eq!(read("coffer://customer/cus_9aB?mode=test"), Some(customer));
        assert_eq!(read("coffer://outbox"), Some(Place::own("#/outbox", None)));
        for link in [
            "coffer://customer/",
            "coffer://customer/a%2Fb",
            "coffer://customer/<script>",
            "coffer://nowhere",
            "coffer://settings/keys",
            "https://customer/cus_1",
            "coffer:customer/cus_1",
            "",
        ] {
            assert_eq!(read(link), None, "{link}");
        }
    }

    #[test]
    fn the_link_is_found_among_the_arguments_of_a_start() {
        let given = [
            "coffer-desktop",
            "--home",
            "/tmp/a",
            "coffer://customer/cus_1",
        ];
        assert_eq!(among(&given), Some(Place::own("#/customer/cus_1", None)));
        assert_eq!(among(&["coffer-desktop", "--demo"]), None);
    }
}
