//! Brings the tray up to date and shows notifications, while the window is open or minimised.
//!
//! After a change it waits for the burst to end, and looks at most once a minute; a beat sees the morning come. What is due
//! and in which words is the engine's; a desktop that shows no notifications loses nothing but the word.

use crate::tray;
use chrono::Timelike as _;
use coffer_engine::Desk;
use coffer_engine::api::notifications::{due, glance};
use coffer_engine::api::types::NotificationView;
use coffer_engine::domain::mode::ModeName;
use coffer_engine::notifications::WallClock;
use std::sync::{Arc, Weak};
use std::time::Duration;
use tauri::AppHandle;
use tauri_plugin_notification::NotificationExt as _;
use tokio::sync::broadcast::error::RecvError;
use tokio::time::Instant;

/// Kinds whose change may move what is told.
const KINDS: [&str; 6] = [
    "metrics",
    "disputes",
    "operations",
    "accounts",
    "settings",
    "everything",
];
/// After a change.
const SETTLE: Duration = Duration::from_secs(3);
/// Between two looks.
const PAUSE: Duration = Duration::from_secs(60);
/// Without any change.
const BEAT: Duration = Duration::from_secs(600);

/// Begins, for as long as the desk is there.
pub(crate) fn begin(app: &AppHandle, desk: &Arc<Desk>) {
    tauri::async_runtime::spawn(follow(app.clone(), desk.subscribe(), Arc::downgrade(desk)));
}

async fn follow(
    app: AppHandle,
    mut changes: tokio::sync::broadcast::Receiver<coffer_engine::api::types::Changed>,
    desk: Weak<Desk>,
) {
    let mut at = Instant::now() + SETTLE;
    let mut last: Option<Instant> = None;
    loop {
        tokio::select! {
            change = changes.recv() => {
                let matters = match change {
                    Ok(change) => change.kinds.iter().any(|kind| KINDS.contains(&kind.as_str())),
                    Err(RecvError::Lagged(_)) => true,
                    Err(RecvError::Closed) => return,
                };
                if matters {
                    let soon = Instant::now() + SETTLE;
                    at = at.min(last.map_or(soon, |last| soon.max(last + PAUSE)));
                }
            }
            () = tokio::time::sleep_until(at) => {
                let Some(desk) = desk.upgrade() else { return };
                look(&app, &desk).await;
                last = Some(Instant::now());
                at = Instant::now() + BEAT;
            }
        }
    }
}

async fn look(app: &AppHandle, desk: &Arc<Desk>) {
    let mut shown = false;
    for mode in [ModeName::Live, ModeName::Test] {
        match glance(desk, mode).await {
            // Live comes first; test stands in where there is nothing live.
            Ok(Some(found)) if !shown && (found.mrr.is_some() || mode == ModeName::Test) => {
                tray::show(app, &found);
                shown = true;
            }
            Ok(_) => {}
            Err(error) => tracing::warn!(code = error.code().as_str(), "the tray has no figure"),
        }
        match due(desk, mode, wall_clock()).await {
            Ok(found) => found.iter().for_each(|it| tell(app, it)),
            Err(error) => tracing::warn!(
                code = error.code().as_str(),
                "what is to be told could not be found out"
            ),
        }
    }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the hour at which somebody gets up is the one on their wall"
)]
fn wall_clock() -> WallClock {
    let now = chrono::Local::now();
    WallClock {
        day: now.date_naive(),
        hour: u8::try_from(now.hour()).unwrap_or(0),
    }
}

fn tell(app: &AppHandle, it: &NotificationView) {
    let shown = app
        .notification()
        .builder()
        .title(&it.title)
        .body(&it.body)
        .show();
    match shown {
        Ok(()) => tracing::info!("a notification was shown"),
        Err(error) => tracing::warn!("a notification could not be shown: {error}"),
    }
}
