//! The one window: how it is made, when it is shown, and that it never leaves its own pages.
//!
//! It is made hidden with the page's own ground colour and shown when the page has been loaded, so that nobody sees a
//! white flash; after three seconds it is shown whatever the page does. The page cannot navigate elsewhere, open
//! windows or download anything but what it made itself: links go to the browser through the opener's list of hosts.

use crate::links::Place;
use coffer_engine::api::types::ModeView;
use std::path::Path;
use std::time::Duration;
use tauri::utils::config::Color;
use tauri::webview::{DownloadEvent, NewWindowResponse, PageLoadEvent};
use tauri::{
    AppHandle, Emitter as _, Manager as _, Theme, Url, WebviewUrl, WebviewWindow,
    WebviewWindowBuilder,
};

/// The window's label, which the capability names.
pub(crate) const MAIN: &str = "main";
/// The ground of the page in light and in dark, as `tokens.css` has it.
const PAPER_LIGHT: Color = Color(253, 252, 251, 255);
const PAPER_DARK: Color = Color(18, 18, 22, 255);
/// Shown after this at the latest.
const PATIENCE: Duration = Duration::from_secs(3);
/// Between the page's load and its first paint: two frames.
const FIRST_PAINT: Duration = Duration::from_millis(34);

/// The event that carries a place to the page.
const GO: &str = "go";

/// How the window begins.
#[derive(Debug, Clone, Default)]
pub(crate) struct Beginning {
    /// Whether minimised.
    pub(crate) minimised: bool,
    /// Where.
    pub(crate) place: Option<Place>,
}

/// Makes the window, hidden for now. What the page remembers of this screen lies in the home.
///
/// # Errors
/// When the system gives no window.
pub(crate) fn open(app: &AppHandle, home: &Path, beginning: Beginning) -> tauri::Result<()> {
    let Beginning { minimised, place } = beginning;
    let window = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App(address(place).into()))
        .title("Coffer")
        .inner_size(1280.0, 800.0)
        .min_inner_size(900.0, 600.0)
        .center()
        .visible(false)
        .background_color(PAPER_LIGHT)
        .data_directory(home.join("webview"))
        // A file that is dropped goes to the page, which reads it; the shell would only hear its path.
        .disable_drag_drop_handler()
        .on_navigation(is_own)
        .on_new_window(|_, _| NewWindowResponse::Deny)
        .on_download(|_, event| may_save(&event))
        .on_page_load(move |window, load| {
            if load.event() == PageLoadEvent::Finished {
                show_after(window, FIRST_PAINT, minimised);
            }
        })
        .build()?;
    if window.theme()? == Theme::Dark {
        window.set_background_color(Some(PAPER_DARK))?;
    }
    show_after(window, PATIENCE, minimised);
    Ok(())
}

/// Brings the window to the front: somebody started Coffer again.
pub(crate) fn to_front(app: &AppHandle) {
    let Some(window) = app.get_webview_window(MAIN) else {
        return;
    };
    let raised = window
        .unminimize()
        .and_then(|()| window.show())
        .and_then(|()| window.set_focus());
    if let Err(error) = raised {
        tracing::warn!("the window could not be brought to the front: {error}");
    }
}

/// Tells the page to go somewhere: a link was followed.
pub(crate) fn go(app: &AppHandle, place: &Place) {
    if let Err(error) = app.emit_to(MAIN, GO, place) {
        tracing::warn!("the page could not be told where to go: {error}");
    }
}

/// The page's first address. What is in the fragment is of a form that `links` lets through.
fn address(place: Option<Place>) -> String {
    let mode = |it: &Place| match it.mode {
        Some(ModeView::Live) => "?mode=live",
        Some(ModeView::Test) => "?mode=test",
        None => "",
    };
    place.map_or_else(
        || "index.html".to_owned(),
        |it| format!("index.html{}{}", mode(&it), it.place),
    )
}

/// Whether something may be saved: only what the page made itself, at the user's word. It goes to the folder for downloads.
fn may_save(event: &DownloadEvent<'_>) -> bool {
    match event {
        DownloadEvent::Requested { url, .. } => url.scheme() == "blob",
        DownloadEvent::Finished { success, .. } => {
            tracing::info!(success, "a file was saved");
            true
        }
        _ => false,
    }
}

/// Whether an address is one of the app's own pages.
fn is_own(url: &Url) -> bool {
    let own = match url.scheme() {
        // Linux and macOS, then Windows, where the scheme is a host name.
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => cfg!(windows) && url.host_str() == Some("tauri.localhost"),
        _ => false,
    };
    if !own {
        tracing::warn!(
            "the page tried to leave for another {} address",
            url.scheme()
        );
    }
    own
}

fn show_after(window: WebviewWindow, wait: Duration, minimised: bool) {
    tauri::async_runtime::spawn(async move {
        tokio::time::sleep(wait).await;
        let shown = match window.is_visible() {
            Ok(true) => return,
            Ok(false) if minimised => window.minimize().and_then(|()| window.show()),
            Ok(false) => window.show(),
            Err(error) => Err(error),
        };
        match shown {
            Ok(()) => tracing::info!("the window is shown"),
            Err(error) => tracing::warn!("the window could not be shown: {error}"),
        }
    });
}

#[cfg(test)]
mod tests {
    use super::{address, is_own};
    use crate::links::read;

    #[test]
    fn the_window_may_begin_at_a_place() {
        assert_eq!(address(None), "index.html");
        assert_eq!(
            address(read("coffer://customer/cus_1?mode=test")),
            "index.html?mode=test#/customer/cus_1"
        );
    }

    #[test]
    fn the_window_stays_on_its_own_pages() {
        for (address, own) in [
            ("tauri://localhost/", true),
            ("tauri://localhost/index.html#/customers", true),
            ("tauri://evil.example/", false),
            ("https://dashboard.stripe.com/", false),
            ("http://127.0.0.1:1420/", false),
            ("file:///etc/passwd", false),
            ("javascript:alert(1)", false),
            ("data:text/html,hello", false),
            ("about:blank", false),
        ] {
            assert_eq!(is_own(&address.parse().unwrap()), own, "{address}");
        }
    }
}
