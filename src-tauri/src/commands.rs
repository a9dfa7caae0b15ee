//! The engine's commands as the page may call them, one Tauri command for each entry of the one list.
//!
//! Nothing is decided here: a request goes in by value, the engine's answer or its error goes out as it is. Which of
//! them the page may call at all is said in `capabilities/main.json`; a test below holds the two lists together.

use coffer_engine::Desk;
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    AccountAddRequest, AccountList, AccountListRequest, AccountRef, AccountRemoveRequest,
    AccountRemoved, AccountView, ActionLog, ActionLogProof, ActionLogRequest, ApiErrorView,
    AppState, Chart, ChartRequest, CustomerDetail, CustomerPage, CustomerRequest, CustomersRequest,
    DemoRequest, KeyGuide, KeyGuideRequest, LimitsRequest, LimitsView, ModeRequest, Noted,
    OperationPreview, OperationRef, OperationRequest, OperationSubmit, OperationView,
    OperatorAddRequest, OperatorList, OperatorRemoveRequest, OperatorView, OutboxList,
    OutboxRequest, OutboxRun, Overview, OverviewRequest, PresenceRequest, RecordKeys,
    RecordKeysRequest, RecordPage, RecordsCsv, RecordsCsvRequest, RecordsRequest, SavedViews,
    SavedViewsSet, SearchRequest, SearchResults, StateRequest, SyncRequest, SyncStatus,
};
use coffer_engine::for_each_command;
use std::sync::Arc;
use tauri::{State, Wry};

macro_rules! commands {
    ($($(#[$doc:meta])* $name:ident($request:ident) -> $response:ident;)*) => {
        $(
            $(#[$doc])*
            #[tauri::command]
            async fn $name(
                desk: State<'_, Arc<Desk>>,
                request: $request,
            ) -> Result<$response, ApiErrorView> {
                handle::$name(&desk, request).await
            }
        )*

        /// Answers the page's calls.
        pub(crate) fn handler() -> impl Fn(tauri::ipc::Invoke<Wry>) -> bool + Send + Sync + 'static {
            tauri::generate_handler![$($name),*]
        }
    };
}

for_each_command!(commands);

#[cfg(test)]
mod tests {
    use coffer_engine::api::COMMAND_NAMES;
    use std::collections::BTreeSet;

    /// What the page needs beside our own commands.
    const BESIDES: [&str; 4] = [
        "core:event:allow-listen",
        "core:event:allow-unlisten",
        "core:window:allow-set-title",
        "opener:allow-open-url",
    ];

    fn capability() -> serde_json::Value {
        serde_json::from_str(include_str!("../capabilities/main.json")).unwrap()
    }

    fn permissions() -> Vec<String> {
        let capability = capability();
        let listed = capability["permissions"].as_array().unwrap().clone();
        listed
            .iter()
            .map(|it| {
                it.as_str()
                    .or(it["identifier"].as_str())
                    .unwrap()
                    .to_owned()
            })
            .collect()
    }

    #[test]
    fn the_page_may_call_exactly_the_commands_of_the_list() {
        let listed = permissions();
        let ours: Vec<_> = listed.iter().filter(|it| !it.contains(':')).collect();
        let allowed: BTreeSet<_> = ours.iter().map(|it| (**it).clone()).collect();
        assert_eq!(
            ours.len(),
            allowed.len(),
            "no permission stands there twice"
        );
        let wanted: BTreeSet<_> = COMMAND_NAMES
            .iter()
            .map(|name| format!("allow-{}", name.replace('_', "-")))
            .collect();
        assert_eq!(
            allowed, wanted,
            "capabilities/main.json names every command and no other"
        );
    }

    #[test]
    fn the_page_may_do_nothing_else_than_listen_set_its_title_and_open_known_pages() {
        let listed = permissions();
        let others: Vec<_> = listed.iter().filter(|it| it.contains(':')).collect();
        assert_eq!(others, BESIDES.iter().collect::<Vec<_>>());
        for forbidden in ["dialog:", "fs:", "shell:", "updater:", "http:", "process:"] {
            assert!(
                !listed.iter().any(|it| it.starts_with(forbidden)),
                "the page holds no permission of {forbidden}"
            );
        }
    }

    #[test]
    fn only_pages_of_known_https_hosts_can_be_opened() {
        let capability = capability();
        let opener = capability["permissions"]
            .as_array()
            .unwrap()
            .iter()
            .find(|it| it["identifier"] == "opener:allow-open-url")
            .unwrap()
            .clone();
        for entry in opener["allow"].as_array().unwrap() {
            let url = entry["url"].as_str().unwrap();
            let rest = url.strip_prefix("https://").unwrap();
            let (host, path) = rest.split_once('/').unwrap();
            assert!(
                ["dashboard.stripe.com", "docs.stripe.com", "github.com"].contains(&host),
                "{host} is no host that the window sends people to"
            );
            assert_eq!(
                path, "*",
                "the star comes after the host, so it cannot stand in for one"
            );
        }
    }

    #[test]
    fn the_capability_is_for_the_main_window_and_for_pages_of_our_own() {
        let capability = capability();
        assert_eq!(capability["windows"], serde_json::json!(["main"]));
        assert_eq!(capability["local"], true);
        assert!(
            capability.get("remote").is_none(),
            "no page from elsewhere may call anything"
        );
    }
}
