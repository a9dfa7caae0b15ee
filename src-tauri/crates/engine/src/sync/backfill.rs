//! Walks lists from newest to oldest, in stretches of time side by side.
//!
//! Every page is committed with where it leaves its stretch, so that a run that ends anywhere goes on there. A list is cut
//! as soon as a page shows how dense it is, until as many of its stretches are under way as one endpoint takes; how fast
//! they may be asked for is the client's to decide. What values rest on (prices, coupons) and what makes the first number
//! (customers, subscriptions) goes first, and is derived while the rest still comes.

use crate::error::EngineError;
use crate::sync::asker::{Asked, Asker, internal, is_about_one_list, is_about_one_resource};
use crate::sync::committer::{Committer, WalkedPage};
use crate::sync::estimate::Estimate;
use crate::sync::ledger;
use crate::sync::prove::follow_customers;
use chrono::TimeDelta;
use coffer_domain::Instant;
use coffer_domain::ids::CustomerId;
use coffer_domain::mode::Mode;
use coffer_domain::record::Kind;
use coffer_domain::sync::{Stretch, split};
use coffer_providers::{Page, ProviderError};
use coffer_store::PageCommit;
use std::collections::{HashMap, HashSet, VecDeque};
use std::sync::Arc;
use std::time::Duration;
use tokio::task::{JoinHandle, JoinSet};

/// Stretches of one list under way at the same time: 200 ms away, fewer would not use what an endpoint allows.
const OF_ONE_LIST: usize = 10;
/// The same for the list whose pages bring requests of their own, each invoice's further lines. It takes the longest, and
/// what takes longest must not come last: at the end one path alone uses a quarter of what an account allows.
const OF_THE_LONGEST_LIST: usize = 40;
/// Pages under way at the same time, of all lists together: half as many again as come in a second that the limits allow,
/// times how long one takes, because some of them wait for their own list's turn. On this machine a few are enough, and
/// more would only fill the memory.
const PAGES_AT_ONCE_MIN: usize = 16;
const PAGES_AT_ONCE_MAX: usize = 80;
const PAGES_EACH_SECOND: f64 = 150.0;
/// How much of what one page took goes into the mean.
const LATEST_PAGE: f64 = 0.1;
/// Pages seen of a list for each further stretch that is cut off it at once.
const PAGES_FOR_A_CUT: usize = 4;
/// How often a stretch is walked again from its beginning because the object it stood at was deleted meanwhile.
const RESTARTS_MAX: u8 = 5;
/// Pages that one walk may have; a server that repeats itself for ever is stopped here.
const PAGES_MAX: u64 = 5_000_000;

/// Walks the stretches to their ends, and with `ledgers` reads the credit ledgers that they show to hold something; returns
/// whose ledgers those were.
pub(super) async fn walk<M: Mode>(
    asker: &Arc<Asker<M>>,
    stretches: Vec<Stretch>,
    walk: i64,
    ledgers: bool,
) -> Result<HashSet<CustomerId>, EngineError> {
    let committer = Committer::start(asker);
    let mut pool = Pool {
        asker,
        committer: &committer,
        walk,
        by_created: asker.provider.capabilities().by_created,
        waiting: stretches.into_iter().map(Step::begin).collect(),
        running: JoinSet::new(),
        under_way: HashMap::new(),
        pages: HashMap::new(),
        estimate: Estimate::default(),
        page_took: 0.0,
        first_numbers: false,
        following: None,
        ledgers: ledgers.then(Ledgers::default),
    };
    let mut walked = pool.walk().await;
    if let Some(following) = pool.following.take() {
        let followed = following.await.map_err(internal)?;
        walked = walked.and(followed);
    }
    let read = pool.ledgers.take().unwrap_or_default().shown;
    drop(pool);
    // A fault of our own file says more than what followed from it.
    committer.finish().await?;
    walked.map(|()| read)
}

/// Ledgers that pages show to hold something.
#[derive(Default)]
struct Ledgers {
    shown: HashSet<CustomerId>,
    waiting: Vec<CustomerId>,
    under_way: usize,
}

/// A stretch that waits for its next page.
struct Step {
    stretch: Stretch,
    /// How often the place it stood at was gone.
    restarts: u8,
    /// The last page said that there is more.
    more: bool,
    /// There was said to be more, and nothing came: it is asked for once more.
    doubted: bool,
}

impl Step {
    const fn begin(stretch: Stretch) -> Self {
        Self {
            stretch,
            restarts: 0,
            more: false,
            doubted: false,
        }
    }
}

enum Answer {
    Page(Step, Duration, Result<(Page, Asked), ProviderError>),
    Ledger(Result<Vec<PageCommit>, ProviderError>),
}

struct Pool<'a, M: Mode> {
    asker: &'a Arc<Asker<M>>,
    committer: &'a Committer,
    walk: i64,
    by_created: &'static [Kind],
    waiting: VecDeque<Step>,
    running: JoinSet<Answer>,
    /// How many stretches of each list are open: waiting or asked for.
    under_way: HashMap<Kind, usize>,
    /// Pages of each list so far.
    pages: HashMap<Kind, usize>,
    estimate: Estimate,
    /// How long a page takes of late, in seconds.
    page_took: f64,
    first_numbers: bool,
    /// Asks for customers that no list named, beside the rest of the walk.
    following: Option<JoinHandle<Result<(), EngineError>>>,
    /// `None` where ledgers are not read, or may not be.
    ledgers: Option<Ledgers>,
}

impl<M: Mode> Pool<'_, M> {
    async fn walk(&mut self) -> Result<(), EngineError> {
        for step in &self.waiting {
            *self.under_way.entry(step.stretch.kind).or_default() += 1;
        }
        for _ in 0..PAGES_MAX {
            while self.running.len() < self.pages_at_once()
                && let Some(step) = self.next()
            {
                self.ask(step);
            }
            self.ask_for_ledgers();
            let Some(done) = self.running.join_next().await else {
                return Ok(());
            };
            let handed_on = match done.map_err(internal)? {
                Answer::Page(step, took, answer) => {
                    self.page_took += (took.as_secs_f64() - self.page_took) * LATEST_PAGE;
                    self.take(step, answer).await?
                }
                Answer::Ledger(answer) => self.take_ledger(answer).await?,
            };
            if !handed_on {
                // Writing has failed; its end says why.
                return Ok(());
            }
            self.derive_first_numbers().await;
        }
        Err(EngineError::Internal("the lists have no end".to_owned()))
    }

    /// The stretch whose turn it is: what others rest on first, then in order.
    fn next(&mut self) -> Option<Step> {
        let first = self
            .waiting
            .iter()
            .enumerate()
            .min_by_key(|(_, step)| turn(step.stretch.kind))
            .map(|(index, _)| index)?;
        self.waiting.remove(first)
    }

    fn pages_at_once(&self) -> usize {
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "between two small numbers"
        )]
        let wanted = (self.page_took * PAGES_EACH_SECOND).clamp(0.0, 1_000.0) as usize;
        wanted.clamp(PAGES_AT_ONCE_MIN, PAGES_AT_ONCE_MAX)
    }

    fn ask(&mut self, step: Step) {
        let asker = Arc::clone(self.asker);
        self.running.spawn(async move {
            let stretch = &step.stretch;
            let began = tokio::time::Instant::now();
            let answer = asker
                .page(stretch.kind, &stretch.slice(), stretch.after.as_deref())
                .await;
            let took = began.elapsed();
            Answer::Page(step, took, answer)
        });
    }

    fn ask_for_ledgers(&mut self) {
        let Some(ledgers) = &mut self.ledgers else {
            return;
        };
        while ledgers.under_way < OF_ONE_LIST
            && let Some(owner) = ledgers.waiting.pop()
        {
            ledgers.under_way += 1;
            let (asker, walk) = (Arc::clone(self.asker), self.walk);
            self.running
                .spawn(async move { Answer::Ledger(ledger::one(&asker, &owner, walk).await) });
        }
    }

    async fn take_ledger(
        &mut self,
        answer: Result<Vec<PageCommit>, ProviderError>,
    ) -> Result<bool, EngineError> {
        let commits = match answer {
            Ok(commits) => commits,
            Err(error) if is_about_one_resource(&error) => {
                if self.ledgers.take().is_some() {
                    self.asker.refuse(Kind::CustomerBalanceTransactions, error);
                }
                return Ok(true);
            }
            Err(error) => return Err(error.into()),
        };
        if let Some(ledgers) = &mut self.ledgers {
            ledgers.under_way = ledgers.under_way.saturating_sub(1);
        }
        for commit in commits {
            let brought = WalkedPage {
                commit,
                cut_off: Vec::new(),
            };
            if !self.committer.page(brought).await {
                return Ok(false);
            }
        }
        Ok(true)
    }

    /// Notes whose ledgers a page shows to hold something.
    fn note_ledgers(&mut self, page: &Page) {
        let Some(ledgers) = &mut self.ledgers else {
            return;
        };
        for owner in page
            .objects
            .iter()
            .filter_map(|object| ledger::owner_shown(&object.record))
        {
            if ledgers.shown.insert(owner.clone()) {
                ledgers.waiting.push(owner.clone());
            }
        }
    }

    /// Takes one answer; `false` when it could not be handed on.
    async fn take(
        &mut self,
        mut step: Step,
        answer: Result<(Page, Asked), ProviderError>,
    ) -> Result<bool, EngineError> {
        let kind = step.stretch.kind;
        match answer {
            Ok((page, _)) if step.more && is_empty(&page) => {
                if step.doubted {
                    return Err(nothing_came(kind));
                }
                step.doubted = true;
                self.waiting.push_back(step);
                Ok(true)
            }
            Ok((page, asked)) => Ok(self.keep(step, page, asked).await),
            Err(error) if is_about_one_resource(&error) => {
                self.asker.refuse(kind, error);
                self.leave(&step.stretch);
                Ok(true)
            }
            // The object that the walk stood at is gone: the stretch is walked again from its beginning.
            Err(error)
                if step.stretch.after.is_some()
                    && step.restarts < RESTARTS_MAX
                    && cursor_is_gone(&error) =>
            {
                step.restarts += 1;
                step.stretch.after = None;
                self.waiting.push_back(step);
                Ok(true)
            }
            // What one list answers for good is no reason to go without the others.
            Err(error) if is_about_one_list(&error) => {
                self.asker.set_aside(kind, error);
                self.leave(&step.stretch);
                Ok(true)
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Asks for nothing more of a list; where its stretches stand is in the file.
    fn leave(&mut self, answered: &Stretch) {
        let kind = answered.kind;
        let (left, waiting): (VecDeque<Step>, VecDeque<Step>) = std::mem::take(&mut self.waiting)
            .into_iter()
            .partition(|step| step.stretch.kind == kind);
        self.waiting = waiting;
        for step in &left {
            self.ended(&step.stretch);
        }
        self.ended(answered);
    }

    /// Hands a page to the file with where it leaves its stretch.
    async fn keep(&mut self, step: Step, page: Page, asked: Asked) -> bool {
        let mut stretch = step.stretch;
        let kind = stretch.kind;
        self.note_ledgers(&page);
        stretch.done = page.next.is_none();
        stretch.after = page.next.or(stretch.after);
        let mut cut_off = Vec::new();
        if let Some((newest, oldest)) = span(&page.objects) {
            if !stretch.done && self.by_created.contains(&kind) {
                cut_off = cut(&mut stretch, oldest, newest - oldest, self.cuts(kind));
            }
            self.estimate
                .page(&stretch, newest, oldest, page.objects.len());
        }
        let mut commit = self.asker.commit_of(kind, page.objects, asked, self.walk);
        commit.deleted = page.deleted;
        commit.stretch = Some(stretch.clone());
        // What was said to follow may lie in the part that was cut off.
        let more = cut_off.is_empty();
        let brought = WalkedPage {
            commit,
            cut_off: cut_off.clone(),
        };
        // The next page is asked for while this one is written.
        *self.under_way.entry(kind).or_default() += cut_off.len();
        self.waiting.extend(cut_off.into_iter().map(Step::begin));
        if stretch.done {
            self.ended(&stretch);
        } else {
            self.waiting.push_back(Step {
                stretch,
                restarts: step.restarts,
                more,
                doubted: false,
            });
        }
        self.tell(kind);
        self.committer.page(brought).await
    }

    /// How many stretches may be cut off a list at once: few while little is known of it, so that a short list is not asked
    /// for where it has nothing.
    fn cuts(&mut self, kind: Kind) -> usize {
        let pages = self.pages.entry(kind).or_default();
        *pages += 1;
        let under_way = self.under_way.get(&kind).copied().unwrap_or(0);
        let most = match kind {
            Kind::Invoices => OF_THE_LONGEST_LIST,
            _ => OF_ONE_LIST,
        };
        most.saturating_sub(under_way)
            .min(*pages / PAGES_FOR_A_CUT + 1)
    }

    fn ended(&mut self, stretch: &Stretch) {
        self.estimate.ended(stretch);
        if let Some(count) = self.under_way.get_mut(&stretch.kind) {
            *count = count.saturating_sub(1);
        }
        self.tell(stretch.kind);
    }

    /// Tells the board how far a list is.
    fn tell(&self, kind: Kind) {
        let done = self.under_way.get(&kind).is_none_or(|count| *count == 0);
        let left = self.estimate.left(kind);
        self.asker
            .books
            .board
            .update(self.asker.account.as_str(), |run| {
                if let Some(resource) = run.resource(kind) {
                    resource.done = done;
                    resource.left = (!done).then_some(left);
                }
            });
    }

    /// Once customers and subscriptions are here, their first numbers are made.
    async fn derive_first_numbers(&mut self) {
        if self.first_numbers {
            return;
        }
        let open = |kind: Kind| {
            rank(kind) < LAST_RANK && self.under_way.get(&kind).is_some_and(|it| *it > 0)
        };
        if !Kind::ALL.into_iter().any(open) {
            self.first_numbers = true;
            self.committer.derive().await;
            let asker = Arc::clone(self.asker);
            self.following = Some(tokio::spawn(async move { follow_customers(&asker).await }));
        }
    }
}

/// Whose turn comes first. Long invoices take further questions for their lines, so that their list would be the last to end.
const fn turn(kind: Kind) -> u8 {
    match kind {
        Kind::Invoices => 1,
        _ => rank(kind),
    }
}

const LAST_RANK: u8 = 2;

/// Cuts at most so many stretches off one: what stays ends where the nearest of them begins.
fn cut(stretch: &mut Stretch, reached: Instant, span: TimeDelta, most: usize) -> Vec<Stretch> {
    let mut cut_off = Vec::new();
    if most == 0 {
        return cut_off;
    }
    let Some((near, mut far)) = split(stretch, reached, span) else {
        return cut_off;
    };
    *stretch = near;
    while cut_off.len() + 1 < most
        // A stretch with both ends is cut in two; where one ends nowhere, more can be cut off it.
        && far.from.is_none()
        && let Some(edge) = far.to
        && let Some((near, farther)) = split(&far, edge, span)
    {
        cut_off.push(near);
        far = farther;
    }
    cut_off.push(far);
    cut_off
}

/// What others rest on comes first.
const fn rank(kind: Kind) -> u8 {
    match kind {
        Kind::Products | Kind::Prices | Kind::Coupons | Kind::PromotionCodes => 0,
        Kind::Customers | Kind::Subscriptions => 1,
        _ => LAST_RANK,
    }
}

fn is_empty(page: &Page) -> bool {
    page.objects.is_empty() && page.deleted.is_empty() && page.next.is_none()
}

/// A list that says there is more and then ends may have left something out. The next sync goes on from there.
fn nothing_came(kind: Kind) -> EngineError {
    EngineError::from(ProviderError::Unreadable {
        what: format!(
            "a page of {}: the one before said that there is more, and nothing came",
            kind.as_str()
        ),
        request_id: None,
    })
}

/// When the newest and the oldest object of a page were created.
fn span(objects: &[coffer_providers::Fetched]) -> Option<(Instant, Instant)> {
    let created = || objects.iter().filter_map(|object| object.record.created());
    Some((created().max()?, created().min()?))
}

/// Whether a page was refused because the object named as its beginning does not exist any more.
fn cursor_is_gone(error: &ProviderError) -> bool {
    matches!(error, ProviderError::Refused { code: Some(code), .. } if code == "resource_missing")
}
