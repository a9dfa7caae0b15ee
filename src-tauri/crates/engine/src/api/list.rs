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
            /// How MRR moved today, this month and this year, the month's figures, and what waits for a person.
            today(TodayRequest) -> Today;
            /// What happened since somebody last looked.
            news(ModeRequest) -> News;
            /// Says that the news were seen.
            news_seen(NewsSeenRequest) -> Noted;
            /// MRR by month as a drawing with its movements below, beside an earlier time when asked, with the points to hover over.
            mrr_chart(ChartRequest) -> Chart;
            /// Figures over time, by a policy, in a money, cut by whatever is asked for.
            metrics(MetricsRequest) -> MetricsAnswer;
            /// What moved MRR, as a drawing with the bars to hover over.
            movements_chart(MovementsChartRequest) -> MovementsChart;
            /// A chart as a file: a drawing, a bitmap or text.
            chart_export(ChartExportRequest) -> ChartExport;
            /// What was written on days.
            annotations(ModeRequest) -> Annotations;
            /// Writes words on a day, or puts others in their place.
            annotation_put(AnnotationPut) -> Annotations;
            /// Takes words on a day away.
            annotation_remove(AnnotationRemove) -> Annotations;
            /// What a figure or a movement is made of, row by row.
            explain(ExplainRequest) -> ExplainAnswer;
            /// The retention triangle.
            cohorts(CohortsRequest) -> CohortsAnswer;
            /// The next twelve months, and what is known to come.
            forecast(ForecastRequest) -> ForecastAnswer;
            /// The definitions, each with its rules.
            policies(PoliciesRequest) -> Policies;
            /// Our figures beside an export of the provider's, with the causes of each difference.
            reconcile(ReconcileRequest) -> ReconcileAnswer;
            /// The same differences as CSV, customer by customer.
            reconcile_csv(ReconcileRequest) -> ReconcileCsv;
            /// One customer with subscriptions and everything that happened.
            customer(CustomerRequest) -> CustomerDetail;
            /// Writes a note on a customer.
            note_add(NoteAddRequest) -> NoteView;
            /// Puts other words in place of a note's.
            note_change(NoteChangeRequest) -> NoteView;
            /// Takes a note out.
            note_remove(NoteRemoveRequest) -> NoteView;
            /// Puts a note back that was just taken out.
            note_restore(NoteRef) -> NoteView;
            /// A page of one of the desk's lists, narrowed by a filter.
            records(RecordsRequest) -> RecordPage;
            /// A piece of such a list as CSV, however long it is.
            records_csv(RecordsCsvRequest) -> RecordsCsv;
            /// An invoice's PDF, from the file where it is kept and still true, else from the provider.
            invoice_document(InvoiceDocumentRequest) -> InvoiceDocumentView;
            /// What a list can be narrowed by.
            record_keys(RecordKeysRequest) -> RecordKeys;
            /// The lists that were given a name.
            saved_views(ModeRequest) -> SavedViews;
            /// Gives a list a name, or takes a name away.
            saved_views_set(SavedViewsSet) -> SavedViews;
            /// Finds customers, invoices, payments and ids while the user types.
            search(SearchRequest) -> SearchResults;
            /// The prices and coupons of an account that can still be sold.
            choices(ChoicesRequest) -> Choices;
            /// Works out what an action would do, with the provider's own reckoning where there is one. Nothing is kept.
            operation_preview(OperationRequest) -> OperationPreview;
            /// Accepts an action: it is on disk when this is answered, and on its way unless it is to wait.
            operation_submit(OperationSubmit) -> OperationView;
            /// What waits, is unknown, needs somebody or was done, newest first.
            outbox_list(OutboxRequest) -> OutboxList;
            /// One operation.
            outbox_show(OperationRef) -> OperationView;
            /// Carries out what waits, and looks for what is not known.
            outbox_run(ModeRequest) -> OutboxRun;
            /// Lets an operation go on as things are now.
            outbox_retry(OperationRef) -> OperationView;
            /// Takes an operation out that has not been sent.
            outbox_discard(OperationRef) -> OperationView;
            /// Takes back what was done, by an operation of its own.
            outbox_undo(OperationRef) -> OperationView;
            /// Approves what another operator asked for.
            outbox_approve(OperationRef) -> OperationView;
            /// Who did what, when, why, and what came of it.
            action_log(ActionLogRequest) -> ActionLog;
            /// Follows the log's chain from its first line.
            action_log_verify(ModeRequest) -> ActionLogProof;
            /// How much may be done at once and in a day, and from where on somebody has to confirm; sets it when told to.
            limits(LimitsRequest) -> LimitsView;
            /// The limits, one row for each that is set, as they would be typed.
            limit_table(ModeRequest) -> LimitTable;
            /// Sets one limit or takes it away.
            limit_set(LimitSetRequest) -> LimitTable;
            /// Who may act here.
            operator_list(ModeRequest) -> OperatorList;
            /// Adds an operator, or gives one a new PIN.
            operator_add(OperatorAddRequest) -> OperatorView;
            /// Takes an operator out.
            operator_remove(OperatorRemoveRequest) -> OperatorList;
            /// What is told while nobody looks; sets it when told to.
            notification_rules(NotificationRulesRequest) -> NotificationRules;
            /// By which rules, in whose days and in which currency figures are told; sets it when told to.
            preferences(PreferencesRequest) -> PreferencesView;
            /// Writes a copy of a mode's file that a passphrase opens, into a folder of the home.
            backup(BackupRequest) -> BackupMade;
            /// Where the data lies, how it is encrypted, and every host ever contacted.
            privacy(StateRequest) -> Privacy;
            /// Opens the simulated merchant in a home of its own.
            demo_enter(DemoRequest) -> AppState;
            /// Goes back from the simulated merchant to the user's own home.
            demo_leave(StateRequest) -> AppState;
        }
    };
}
