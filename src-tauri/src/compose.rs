//! Puts the parts together, in the one order that is safe.
//!
//! The home's lock comes before the log and before any database file, so that a second start changes nothing. The
//! simulated merchant is opened before the window, so that the page's first question is answered from the right home.
//! Nothing here runs inside an async runtime of its own: Tauri's is used, because the session bus is spoken to with
//! blocking calls while the app is built.

use crate::arguments::{Arguments, log_level, secrets};
use crate::guard::{OneWindow, Start};
use crate::window::Beginning;
use crate::{commands, events, harden, journal, links, menu, telling, tray, window};
use anyhow::{Context as _, bail};
use coffer_engine::api::handle;
use coffer_engine::api::types::{ApiErrorView, DemoRequest, ModeView, SyncRequest};
use coffer_engine::home::Home;
use coffer_engine::sync::keep;
use coffer_engine::{Desk, DeskOptions};
use std::path::Path;
use std::sync::Arc;
use tauri::{AppHandle, Builder, Context, Manager as _, RunEvent, Wry};
use tauri_plugin_window_state::StateFlags;

/// Opens the window and stays until it is closed.
///
/// # Errors
/// When another window has the home, or the home, the merchant or the window cannot be opened.
pub(crate) fn run() -> anyhow::Result<()> {
    let arguments = Arguments::parse(std::env::args_os().skip(1))?;
    let folder = arguments.folder()?;
    let home = Home::open(&folder)?;
    let context = tauri::generate_context!();
    let guard = match OneWindow::take(&home)? {
        Start::First(guard) => guard,
        Start::Again => return call_other(&home, context),
        Start::Unheard => return already_open(&home),
    };
    journal::start(&folder, log_level().as_deref())?;
    harden::process();
    tracing::info!(version = env!("CARGO_PKG_VERSION"), "the window opens");
    if context.assets().get(&"index.html".into()).is_none() {
        bail!(
            "This build carries no UI; build it with `npm run build` in ui/ and build the window again."
        );
    }
    let desk = Arc::new(Desk::open(DeskOptions::new(folder.clone(), secrets()?))?);
    if arguments.demo {
        tauri::async_runtime::block_on(enter_demo(&desk)).map_err(said)?;
    }
    let beginning = Beginning {
        minimised: arguments.minimised,
        place: arguments.place,
    };
    let app = builder(&home)
        .plugin(tauri_plugin_notification::init())
        .plugin(
            tauri_plugin_window_state::Builder::new()
                .with_state_flags(StateFlags::SIZE | StateFlags::POSITION | StateFlags::MAXIMIZED)
                .build(),
        )
        .plugin(
            tauri_plugin_opener::Builder::new()
                .open_js_links_on_click(false)
                .build(),
        )
        .manage(Arc::clone(&desk))
        .invoke_handler(commands::handler())
        .setup(move |app| Ok(furnish(app.handle(), &desk, &folder, guard, beginning)?))
        .build(context)
        .context("The window could not be opened")?;
    app.run(|app, event| match event {
        RunEvent::ExitRequested { .. } => {
            app.state::<OneWindow>().close();
            tracing::info!("the window closes");
        }
        // On macOS links come to the program that runs, not as arguments of a start.
        #[cfg(target_os = "macos")]
        RunEvent::Opened { urls } => {
            let links: Vec<&str> = urls.iter().map(tauri::Url::as_str).collect();
            if let Some(place) = links::among(&links) {
                window::go(app, &place);
            }
        }
        _ => {}
    });
    Ok(())
}

/// What both a first and a second start need: the bus name of this home, registered before all else.
fn builder(home: &Home) -> Builder<Wry> {
    let once = tauri_plugin_single_instance::Builder::new()
        // Two homes may be open at once; where the system lets us choose the name, it is the home's own.
        .dbus_id(format!("dev.coffer.desk.home-{}", home.id()))
        .callback(|app, arguments, _| {
            tracing::info!("Coffer was started again; its window comes to the front");
            window::to_front(app);
            if let Some(place) = links::among(&arguments) {
                window::go(app, &place);
            }
        })
        .build();
    Builder::default().plugin(once)
}

/// Another window has the home: tells it so and ends.
fn call_other(home: &Home, context: Context) -> anyhow::Result<()> {
    // The plugin finds the name taken, calls the window that has it and ends this process inside `build`.
    builder(home)
        .build(context)
        .context("The Coffer that is open could not be told")?;
    // Without a session bus there was nobody to call.
    already_open(home)
}

fn already_open(home: &Home) -> anyhow::Result<()> {
    bail!(
        "Coffer is already open with the folder {}. Look for its window, or choose another folder with --home.",
        home.path().display()
    )
}

fn furnish(
    app: &AppHandle,
    desk: &Arc<Desk>,
    folder: &Path,
    guard: OneWindow,
    beginning: Beginning,
) -> anyhow::Result<()> {
    events::relay(app, desk);
    tauri::async_runtime::spawn(keep(Arc::downgrade(desk)));
    menu::furnish(app)?;
    window::open(app, folder, beginning)?;
    // A desktop without a tray is a desktop all the same.
    if let Err(error) = tray::furnish(app) {
        tracing::warn!("there is no tray: {error}");
    }
    telling::begin(app, desk);
    if !guard.listen()? {
        tracing::warn!("second starts will not find this window");
    }
    app.manage(guard);
    Ok(())
}

/// Opens the simulated merchant and starts its sync, which goes on behind the window.
async fn enter_demo(desk: &Arc<Desk>) -> Result<(), ApiErrorView> {
    handle::demo_enter(desk, DemoRequest::default()).await?;
    let test = SyncRequest {
        mode: ModeView::Test,
        account: None,
        full: false,
    };
    handle::sync_start(desk, test).await?;
    Ok(())
}

/// The engine's error as a sentence with what to do.
fn said(error: ApiErrorView) -> anyhow::Error {
    let ApiErrorView { message, hint, .. } = error;
    anyhow::anyhow!("{message} {}", hint.unwrap_or_default())
}
