//! A line for each resource while a sync runs, on a terminal only.

use coffer_engine::api::types::ModeView;
use coffer_engine::books::Books;
use coffer_engine::domain::mode::Mode;
use coffer_engine::view::status;
use indicatif::{MultiProgress, ProgressBar, ProgressStyle};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

/// Draws how the sync stands until it is dropped.
pub(crate) struct Watching {
    task: tokio::task::JoinHandle<()>,
}

impl Watching {
    /// Begins to draw.
    pub(crate) fn begin<M: Mode>(books: &Arc<Books<M>>) -> Self {
        let books = Arc::clone(books);
        let task = tokio::spawn(async move {
            let lines = MultiProgress::new();
            let mut bars: BTreeMap<(String, String), ProgressBar> = BTreeMap::new();
            loop {
                draw(&books, &lines, &mut bars);
                tokio::time::sleep(Duration::from_millis(100)).await;
            }
        });
        Self { task }
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        self.task.abort();
    }
}

fn draw<M: Mode>(
    books: &Books<M>,
    lines: &MultiProgress,
    bars: &mut BTreeMap<(String, String), ProgressBar>,
) {
    let Ok(status) = status::sync_status(books) else {
        return;
    };
    debug_assert_eq!(ModeView::from(M::NAME), status.mode);
    for account in status.accounts {
        for resource in account.resources {
            if resource.fetched == 0 && !resource.done {
                continue;
            }
            let bar = bars
                .entry((account.account.clone(), resource.resource.clone()))
                .or_insert_with(|| {
                    let style =
                        ProgressStyle::with_template("{spinner} {prefix:<28} {pos:>9} {msg}")
                            .unwrap_or_else(|_| ProgressStyle::default_spinner());
                    lines.add(
                        ProgressBar::new_spinner()
                            .with_style(style)
                            .with_prefix(resource.resource.replace('_', " ")),
                    )
                });
            bar.set_position(resource.fetched);
            bar.set_message(match resource.left {
                Some(left) if left > 0 => format!("about {left} left"),
                _ => String::new(),
            });
            if resource.done && !bar.is_finished() {
                bar.finish();
            }
        }
    }
}
