//! The application menu: the same places and acts as the page's keys, for whoever looks for them in a menu.
//!
//! A choice is told to the page by the name of its act, as if the key had been pressed there; the page alone knows what
//! it means and whether it is possible now.

use tauri::menu::{Menu, MenuEvent, MenuItem, PredefinedMenuItem, Submenu};
use tauri::{AppHandle, Emitter as _, Wry};

use crate::window::MAIN;

/// The event that carries an act to the page.
const ACT: &str = "act";
/// Ends the program.
const QUIT: &str = "quit";

/// A menu's name, and each entry's act, words and keys.
type Entries = &'static [(&'static str, &'static str, &'static str)];

const NUMBERS: Entries = &[
    ("overview", "Overview", "CmdOrCtrl+1"),
    ("movements", "Movements", "CmdOrCtrl+2"),
    ("cohorts", "Cohorts", "CmdOrCtrl+3"),
    ("forecast", "Forecast", "CmdOrCtrl+4"),
    ("explain", "Explain", ""),
];
const DESK: Entries = &[
    ("customers", "Customers", "CmdOrCtrl+5"),
    ("subscriptions", "Subscriptions", "CmdOrCtrl+6"),
    ("payments", "Payments", "CmdOrCtrl+7"),
    ("invoices", "Invoices", "CmdOrCtrl+8"),
    ("disputes", "Disputes", ""),
    ("recovery", "Recovery", ""),
    ("trials", "Trials", ""),
];
const CONTROL: Entries = &[
    ("outbox", "Outbox", "CmdOrCtrl+9"),
    ("log", "Action log", ""),
    ("reconcile", "Reconcile", ""),
    ("settings", "Settings", "CmdOrCtrl+Comma"),
];
const COFFER: Entries = &[
    ("search", "Find or do…", "CmdOrCtrl+K"),
    ("sync", "Sync now", "CmdOrCtrl+R"),
    ("mode", "Switch between live and test", "CmdOrCtrl+Shift+M"),
];
const HELP: Entries = &[("help", "Keyboard shortcuts", "F1")];

/// Makes the menu and tells the page what is chosen.
///
/// # Errors
/// When the system gives no menu.
pub(crate) fn furnish(app: &AppHandle) -> tauri::Result<()> {
    let menu = Menu::new(app)?;
    let coffer = submenu(app, "Coffer", COFFER)?;
    coffer.append(&PredefinedMenuItem::separator(app)?)?;
    coffer.append(&item(app, (QUIT, "Quit", "CmdOrCtrl+Q"))?)?;
    menu.append(&coffer)?;
    // Without these, macOS knows no keys for the clipboard in a text field.
    menu.append(&Submenu::with_items(
        app,
        "Edit",
        true,
        &[
            &PredefinedMenuItem::cut(app, None)?,
            &PredefinedMenuItem::copy(app, None)?,
            &PredefinedMenuItem::paste(app, None)?,
            &PredefinedMenuItem::select_all(app, None)?,
        ],
    )?)?;
    for (name, entries) in [
        ("Numbers", NUMBERS),
        ("Desk", DESK),
        ("Control", CONTROL),
        ("Help", HELP),
    ] {
        menu.append(&submenu(app, name, entries)?)?;
    }
    app.set_menu(menu)?;
    app.on_menu_event(chosen);
    Ok(())
}

fn submenu(app: &AppHandle, name: &str, entries: Entries) -> tauri::Result<Submenu<Wry>> {
    let menu = Submenu::new(app, name, true)?;
    for entry in entries {
        menu.append(&item(app, *entry)?)?;
    }
    Ok(menu)
}

fn item(app: &AppHandle, (act, words, keys): (&str, &str, &str)) -> tauri::Result<MenuItem<Wry>> {
    let keys = Some(keys).filter(|keys| !keys.is_empty());
    MenuItem::with_id(app, act, words, true, keys)
}

fn chosen(app: &AppHandle, event: MenuEvent) {
    let act = event.id().as_ref();
    if act == QUIT {
        app.exit(0);
        return;
    }
    // The tray's own entries are the tray's.
    if [NUMBERS, DESK, CONTROL, COFFER, HELP]
        .iter()
        .any(|entries| entries.iter().any(|(it, _, _)| *it == act))
        && let Err(error) = app.emit_to(MAIN, ACT, act)
    {
        tracing::warn!("the page could not be told what was chosen in the menu: {error}");
    }
}

#[cfg(test)]
mod tests {
    use super::{CONTROL, DESK, NUMBERS};

    /// The page's own list of views, which the menu must agree with.
    const VIEWS: &str = include_str!("../../ui/src/app/views.ts");

    #[test]
    fn the_menu_has_the_views_of_the_page_and_no_other() {
        let labels: Vec<&str> = VIEWS
            .split("label: '")
            .skip(1)
            .filter_map(|rest| rest.split('\'').next())
            .collect();
        let ours: Vec<&str> = [("Numbers", NUMBERS), ("Desk", DESK), ("Control", CONTROL)]
            .iter()
            .flat_map(|(name, entries)| {
                std::iter::once(*name).chain(entries.iter().map(|(_, words, _)| *words))
            })
            .collect();
        assert_eq!(ours, labels, "groups and views, in the order of the rail");
    }
}
