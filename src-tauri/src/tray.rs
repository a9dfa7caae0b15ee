//! The tray: MRR and what moved it today, and the way back to the window.
//!
//! Where the desktop shows no tray the icon is simply not seen; nothing else depends on it. The figures are the engine's,
//! of live mode where it has an account, else of test mode, which is said.

use crate::window;
use coffer_engine::api::types::{Glance, ModeView};
use tauri::menu::{Menu, MenuItem, PredefinedMenuItem};
use tauri::tray::{MouseButton, MouseButtonState, TrayIcon, TrayIconBuilder, TrayIconEvent};
use tauri::{AppHandle, Manager as _, Wry};

const OPEN: &str = "tray-open";
const QUIT: &str = "tray-quit";
const FIGURE: &str = "tray-figure";
const MOVED: &str = "tray-moved";
const NEEDS: &str = "tray-needs";

/// The tray's icon and the lines that change.
pub(crate) struct Tray {
    icon: TrayIcon<Wry>,
    figure: MenuItem<Wry>,
    moved: MenuItem<Wry>,
    needs: MenuItem<Wry>,
}

/// Puts the icon into the tray.
///
/// # Errors
/// When the system gives none.
pub(crate) fn furnish(app: &AppHandle) -> tauri::Result<()> {
    let line = |id: &str, words: &str| MenuItem::with_id(app, id, words, false, None::<&str>);
    let figure = line(FIGURE, "Nothing synced yet")?;
    let moved = line(MOVED, "Nothing moved today")?;
    let needs = line(NEEDS, "Nothing needs you")?;
    let open = MenuItem::with_id(app, OPEN, "Open Coffer", true, None::<&str>)?;
    let quit = MenuItem::with_id(app, QUIT, "Quit", true, None::<&str>)?;
    let menu = Menu::with_items(
        app,
        &[
            &figure,
            &moved,
            &needs,
            &PredefinedMenuItem::separator(app)?,
            &open,
            &quit,
        ],
    )?;
    let mut builder = TrayIconBuilder::with_id("coffer")
        .menu(&menu)
        .show_menu_on_left_click(false)
        .tooltip("Coffer")
        .on_menu_event(|app, event| match event.id().as_ref() {
            OPEN => window::to_front(app),
            QUIT => app.exit(0),
            _ => {}
        })
        .on_tray_icon_event(|icon, event| {
            if let TrayIconEvent::Click {
                button: MouseButton::Left,
                button_state: MouseButtonState::Up,
                ..
            } = event
            {
                window::to_front(icon.app_handle());
            }
        });
    if let Some(image) = app.default_window_icon() {
        builder = builder.icon(image.clone());
    }
    let icon = builder.build(app)?;
    app.manage(Tray {
        icon,
        figure,
        moved,
        needs,
    });
    Ok(())
}

/// Shows how things stand.
pub(crate) fn show(app: &AppHandle, glance: &Glance) {
    let Some(tray) = app.try_state::<Tray>() else {
        return;
    };
    let lines = Lines::of(glance);
    let shown = tray
        .figure
        .set_text(&lines.figure)
        .and_then(|()| tray.moved.set_text(&lines.moved))
        .and_then(|()| tray.needs.set_text(&lines.needs))
        .and_then(|()| tray.icon.set_title(Some(&lines.title)))
        .and_then(|()| tray.icon.set_tooltip(Some(&lines.tooltip)));
    if let Err(error) = shown {
        tracing::warn!("the tray could not be brought up to date: {error}");
    }
}

/// What the tray says.
#[derive(Debug, PartialEq, Eq)]
struct Lines {
    title: String,
    tooltip: String,
    figure: String,
    moved: String,
    needs: String,
}

impl Lines {
    fn of(glance: &Glance) -> Self {
        let mark = if glance.mode == ModeView::Test {
            "TEST "
        } else {
            ""
        };
        let partial = if glance.complete { "" } else { ", partial" };
        let figure = glance.mrr.as_ref().map_or_else(
            || format!("{mark}nothing synced yet"),
            |mrr| format!("{mark}MRR {}{partial}", mrr.text),
        );
        let moved = match (&glance.today, glance.movements.is_empty()) {
            (Some(today), false) => {
                format!("{} today: {}", today.text, glance.movements.join(", "))
            }
            _ => "Nothing moved today".to_owned(),
        };
        let needs = match (glance.needs_you, glance.disputes) {
            (0, 0) => "Nothing needs you".to_owned(),
            (operations, disputes) => {
                let count = |count: u64, one: &str, more: &str| match count {
                    0 => None,
                    1 => Some(format!("1 {one}")),
                    _ => Some(format!("{count} {more}")),
                };
                let parts = [
                    count(operations, "operation needs you", "operations need you"),
                    count(disputes, "dispute waits", "disputes wait"),
                ];
                parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
            }
        };
        Self {
            title: glance
                .short
                .as_ref()
                .map_or_else(String::new, |short| format!("{mark}{short}")),
            tooltip: format!("{figure}\n{moved}"),
            figure,
            moved,
            needs,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::Lines;
    use coffer_engine::api::types::{Glance, ModeView, MoneyView};

    fn money(minor: i64, text: &str) -> MoneyView {
        MoneyView {
            minor,
            currency: "USD".to_owned(),
            text: text.to_owned(),
        }
    }

    fn glance() -> Glance {
        Glance {
            mode: ModeView::Live,
            mrr: Some(money(1_234_500, "$12,345.00")),
            short: Some("$12.3 k".to_owned()),
            today: Some(money(2_900, "+$29.00")),
            movements: vec!["New +$58.00".to_owned(), "churn −$29.00".to_owned()],
            needs_you: 1,
            disputes: 2,
            as_of: Some("2026-11-01T08:00:00Z".to_owned()),
            complete: true,
        }
    }

    #[test]
    fn the_tray_says_the_figure_what_moved_it_and_what_needs_somebody() {
        let lines = Lines::of(&glance());
        assert_eq!(lines.title, "$12.3 k");
        assert_eq!(lines.figure, "MRR $12,345.00");
        assert_eq!(lines.moved, "+$29.00 today: New +$58.00, churn −$29.00");
        assert_eq!(lines.needs, "1 operation needs you, 2 disputes wait");
    }

    #[test]
    fn test_mode_and_a_partial_copy_are_said() {
        let lines = Lines::of(&Glance {
            mode: ModeView::Test,
            complete: false,
            ..glance()
        });
        assert_eq!(lines.title, "TEST $12.3 k");
        assert_eq!(lines.figure, "TEST MRR $12,345.00, partial");
    }

    #[test]
    fn an_empty_book_is_no_figure() {
        let lines = Lines::of(&Glance {
            mrr: None,
            short: None,
            today: None,
            movements: Vec::new(),
            needs_you: 0,
            disputes: 0,
            ..glance()
        });
        assert_eq!(
            (lines.title.as_str(), lines.figure.as_str()),
            ("", "nothing synced yet")
        );
        assert_eq!(lines.needs, "Nothing needs you");
    }
}
