//! The one list of commands.
//!
//! `for_each_command!(callback)` hands every command to another macro as `name(Request) -> Response;`. From this list come
//! the dispatcher of the HTTP host, the Tauri commands with a permission each, and the TypeScript client, so a command
//! missing in one of them does not compile. The shell's build script includes this very file for the names alone, so it
//! must hold nothing but the macro.

/// Calls `$callback! { name(Request) -> Response; … }` with every command of the product.
#[macro_export]
macro_rules! for_each_command {
    ($callback:ident) => {
        $callback! {
            /// What the window needs before it can draw anything: the accounts, where secrets lie, whether this is the demo.
            state(StateRequest) -> AppState;
            /// Checks a key with the provider, keeps it in the keychain and records the account.
            account_add(AccountAddRequest) -> AccountView;
            /// The accounts of both modes.
            account_list(AccountListRequest) -> AccountList;
            /// Asks the provider again what the stored key may do.
            account_check(AccountRef) -> AccountView;
            /// Forgets an account's key and, when asked, its data.
            account_remove(AccountRemoveRequest) -> AccountRemoved;
            /// Which boxes a key should have ticked, and the pages that tick them beforehand.
            key_guide(KeyGuideRequest) -> KeyGuide;
            /// Says what is being looked at, so that syncs in the background come as often as is useful.
            presence(PresenceRequest) -> Noted;
            /// Starts bringing the local copy up to date, in the background.
            sync_start(SyncRequest) -> SyncStatus;
            /// How far the running sync is, or how the last one ended.
            sync_status(ModeRequest) -> SyncStatus;
            /// The figures at the top of the overview.
            overview(OverviewRequest) -> Overview;
            /// MRR by month as a drawing, with the points to hover over.
            mrr_chart(ChartRequest) -> Chart;
            /// A page of the customers table.
            customers(CustomersRequest) -> CustomerPage;
            /// One customer with subscriptions and everything that happened.
            customer(CustomerRequest) -> CustomerDetail;
            /// Finds customers, invoices, payments and ids while the user types.
            search(SearchRequest) -> SearchResults;
            /// Opens the simulated merchant in a home of its own.
            demo_enter(DemoRequest) -> AppState;
            /// Goes back from the simulated merchant to the user's own home.
            demo_leave(StateRequest) -> AppState;
        }
    };
}
