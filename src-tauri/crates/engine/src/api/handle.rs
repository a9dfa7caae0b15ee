//! What each command does. Blocking work goes to threads made for it; nothing here returns or logs a key.

pub use crate::api::act::{
    action_log, action_log_verify, limits, operation_preview, operation_submit, operator_add,
    operator_list, operator_remove, outbox_approve, outbox_discard, outbox_list, outbox_retry,
    outbox_run, outbox_show,
};

pub use crate::api::annotations::{annotation_put, annotation_remove, annotations};
pub use crate::api::backup::backup;
pub use crate::api::charts::{chart_export, movements_chart, mrr_chart};
pub use crate::api::choices::{choices, outbox_undo};
pub use crate::api::document::invoice_document;
pub use crate::api::limit::{limit_set, limit_table};
pub use crate::api::note::{note_add, note_change, note_remove, note_restore};
pub use crate::api::notifications::notification_rules;
pub use crate::api::numbers::{cohorts, explain, forecast, metrics, policies};
pub use crate::api::preferences::preferences;
pub use crate::api::privacy::privacy;
pub use crate::api::reconcile::{reconcile, reconcile_csv};
pub use crate::api::records::{record_keys, records, records_csv, saved_views, saved_views_set};
pub use crate::api::today::{news, news_seen, today};

use crate::account;
use crate::api::types::{
    AccountAddRequest, AccountList, AccountListRequest, AccountRef, AccountRemoveRequest,
    AccountRemoved, AccountView, ApiErrorView, AppState, AttentionView, CustomerDetail,
    CustomerRequest, DemoRequest, KeyGuide, KeyGuideRequest, ModeRequest, ModeView, Noted,
    Overview, OverviewRequest, PresenceRequest, SearchHit, SearchRequest, SearchResults,
    SecretsKind, StateRequest, SyncRequest, SyncStatus,
};
use crate::books::{Books, blocking};
use crate::demo::DemoSpec;
use crate::desk::{AnyBooks, Desk};
use crate::error::EngineError;
use crate::sync::{SyncOptions, prepare};
use crate::view::{customers, overview as overview_view, status};
use crate::with_books;
use coffer_domain::ids::AccountId;
use coffer_domain::mode::{Live, Mode, ModeName, Test};
use coffer_domain::sync::Attention;
use coffer_providers::ProviderName;
use coffer_store::table::search as index;
use std::sync::Arc;

type Answer<T> = Result<T, ApiErrorView>;

/// Hits that one answer may have.
const HITS_MAX: u32 = 200;

pub(super) fn out<T>(result: Result<T, EngineError>) -> Answer<T> {
    result.map_err(|error| {
        if matches!(error, EngineError::Internal(_) | EngineError::Chart(_)) {
            tracing::error!(code = error.code().as_str(), "{error}");
        }
        error.view()
    })
}

/// Answers `state`. A mode whose file cannot be opened is told as a fault beside what can be shown.
///
/// # Errors
/// None of its own.
pub async fn state(desk: &Arc<Desk>, _: StateRequest) -> Answer<AppState> {
    let room = desk.room().await;
    let mut accounts = Vec::new();
    let mut fault = None;
    for mode in [ModeName::Live, ModeName::Test] {
        match accounts_of(desk, mode).await {
            Ok(found) => accounts.extend(found),
            Err(error) => fault = fault.or(Some(error.view())),
        }
    }
    Ok(AppState {
        version: env!("CARGO_PKG_VERSION").to_owned(),
        home: room.home.path().display().to_string(),
        demo: room.is_demo,
        secrets: if desk.uses_keychain() {
            SecretsKind::Keychain
        } else {
            SecretsKind::File
        },
        accounts,
        fault,
    })
}

async fn accounts_of(desk: &Arc<Desk>, mode: ModeName) -> Result<Vec<AccountView>, EngineError> {
    match desk.books(mode).await? {
        Some(any) => with_books!(any, books => blocking(move || status::accounts(&books)).await),
        None => Ok(Vec::new()),
    }
}

/// Answers `account_add`.
///
/// # Errors
/// When the key cannot be used or anything on the way fails; nothing is kept then.
pub async fn account_add(desk: &Arc<Desk>, request: AccountAddRequest) -> Answer<AccountView> {
    out(async {
        let provider = provider(&request.provider)?;
        let expected = request.expect_mode.map(ModeName::from);
        let (mode, row) = desk
            .add_account(
                provider,
                request.name,
                request.key,
                request.api_url.as_deref(),
                expected,
                request.provider_account.as_deref(),
            )
            .await?;
        shown(desk, mode, row.id).await
    }
    .await)
}

fn provider(name: &str) -> Result<ProviderName, EngineError> {
    ProviderName::parse(name).ok_or_else(|| {
        EngineError::Usage(format!(
            "There is no provider `{name}`; Coffer reads `stripe` today."
        ))
    })
}

/// An account as it is shown.
async fn shown(
    desk: &Arc<Desk>,
    mode: ModeName,
    id: AccountId,
) -> Result<AccountView, EngineError> {
    with_books!(needed(desk, mode.into()).await?, books => {
        blocking(move || status::account(&books, &id)).await
    })
}

/// Answers `key_guide`.
///
/// # Errors
/// When there is no such provider.
pub async fn key_guide(_: &Arc<Desk>, request: KeyGuideRequest) -> Answer<KeyGuide> {
    out(provider(&request.provider).map(status::key_guide))
}

/// Answers `presence`.
///
/// # Errors
/// None.
pub async fn presence(desk: &Arc<Desk>, request: PresenceRequest) -> Answer<Noted> {
    let attention = match request.attention {
        AttentionView::Focused => Attention::Focused,
        AttentionView::Idle => Attention::Idle,
        AttentionView::Asleep => Attention::Asleep,
    };
    desk.looking().set(request.mode.into(), attention);
    Ok(Noted {})
}

/// Answers `account_list`.
///
/// # Errors
/// When a mode's file cannot be opened.
pub async fn account_list(desk: &Arc<Desk>, _: AccountListRequest) -> Answer<AccountList> {
    out(async {
        let mut items = accounts_of(desk, ModeName::Live).await?;
        items.extend(accounts_of(desk, ModeName::Test).await?);
        Ok(AccountList { items })
    }
    .await)
}

pub(super) async fn needed(desk: &Arc<Desk>, mode: ModeView) -> Result<AnyBooks, EngineError> {
    let mode = ModeName::from(mode);
    desk.books(mode).await?.ok_or(EngineError::NoAccount(mode))
}

/// Answers `account_check`.
///
/// # Errors
/// When there is no such account or the provider cannot be asked.
pub async fn account_check(desk: &Arc<Desk>, request: AccountRef) -> Answer<AccountView> {
    out(async {
        let id = AccountId::new(request.id);
        with_books!(needed(desk, request.mode).await?, books => {
            account::check(&books, &id, desk.client_options()).await?;
            shown(desk, request.mode.into(), id).await
        })
    }
    .await)
}

/// Answers `account_remove`.
///
/// # Errors
/// When there is no such account, or its key or data cannot be removed.
pub async fn account_remove(
    desk: &Arc<Desk>,
    request: AccountRemoveRequest,
) -> Answer<AccountRemoved> {
    out(async {
        let id = AccountId::new(request.id.clone());
        with_books!(needed(desk, request.mode).await?, books => {
            account::remove(&books, &id, request.forget_data).await?;
            Ok(AccountRemoved { id: request.id, data_forgotten: request.forget_data })
        })
    }
    .await)
}

/// Answers `sync_start`: the sync goes on after the answer.
///
/// # Errors
/// When there is nothing to sync.
pub async fn sync_start(desk: &Arc<Desk>, request: SyncRequest) -> Answer<SyncStatus> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => begin(desk, books, request.account, request.full).await)
    }
    .await)
}

async fn begin<M: Mode>(
    desk: &Arc<Desk>,
    books: Arc<Books<M>>,
    account: Option<String>,
    full: bool,
) -> Result<SyncStatus, EngineError> {
    let options = SyncOptions {
        account: account.map(AccountId::new),
        full,
        client: desk.client_options().clone(),
    };
    match prepare(&books, options).await {
        Ok(prepared) => {
            tokio::spawn(async move {
                if let Err(error) = prepared.run().await {
                    tracing::error!(
                        code = error.code().as_str(),
                        "the sync could not go on: {error}"
                    );
                }
            });
        }
        // One that runs in this process is what was asked for.
        Err(EngineError::SyncRunning(_))
            if books.board.runs().iter().any(|run| run.took.is_none()) => {}
        Err(error) => return Err(error),
    }
    blocking(move || status::sync_status(&books)).await
}

/// Answers `sync_status`.
///
/// # Errors
/// When the mode's file cannot be opened.
pub async fn sync_status(desk: &Arc<Desk>, request: ModeRequest) -> Answer<SyncStatus> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => {
                with_books!(any, books => blocking(move || status::sync_status(&books)).await)
            }
            None => Ok(status::nothing(request.mode)),
        }
    }
    .await)
}

/// Answers `overview`.
///
/// # Errors
/// When the mode's file cannot be read or the currency is none.
pub async fn overview(desk: &Arc<Desk>, request: OverviewRequest) -> Answer<Overview> {
    out(async {
        match desk.books(request.mode.into()).await? {
            Some(any) => with_books!(any, books => blocking(move || {
                overview_view::overview(&books, request.currency.as_deref())
            }).await),
            None if request.mode == ModeView::Live => Ok(overview_view::empty::<Live>()),
            None => Ok(overview_view::empty::<Test>()),
        }
    }
    .await)
}

/// Answers `customer`.
///
/// # Errors
/// When there is no such customer or the mode's file cannot be read.
pub async fn customer(desk: &Arc<Desk>, request: CustomerRequest) -> Answer<CustomerDetail> {
    out(async {
        with_books!(needed(desk, request.mode).await?, books => {
            blocking(move || customers::detail(&books, &request.id)).await
        })
    }
    .await)
}

/// Answers `search`.
///
/// # Errors
/// When the mode's file cannot be read.
pub async fn search(desk: &Arc<Desk>, request: SearchRequest) -> Answer<SearchResults> {
    out(async {
        let Some(any) = desk.books(request.mode.into()).await? else {
            return Ok(SearchResults { items: Vec::new() });
        };
        let limit = request.limit.clamp(1, HITS_MAX);
        let hits = with_books!(any, books => {
            books.read(move |read| index::find(read.sql(), &request.text, limit)).await?
        });
        let items = hits
            .into_iter()
            .map(|hit| SearchHit {
                kind: hit.kind,
                id: hit.id,
                account: hit.account,
                title: hit.title,
                detail: hit.detail,
                customer: hit.customer,
            })
            .collect();
        Ok(SearchResults { items })
    }
    .await)
}

/// Answers `demo_enter`.
///
/// # Errors
/// When the simulated merchant cannot be started.
pub async fn demo_enter(desk: &Arc<Desk>, request: DemoRequest) -> Answer<AppState> {
    let usual = DemoSpec::default();
    let spec = DemoSpec {
        seed: request.seed.unwrap_or(usual.seed),
        customers: request
            .customers
            .unwrap_or(usual.customers)
            .clamp(1, 100_000),
        ..usual
    };
    out(desk.enter_demo(spec).await)?;
    state(desk, StateRequest {}).await
}

/// Answers `demo_leave`.
///
/// # Errors
/// When the user's own home cannot be opened.
pub async fn demo_leave(desk: &Arc<Desk>, request: StateRequest) -> Answer<AppState> {
    out(desk.leave_demo().await)?;
    state(desk, request).await
}
