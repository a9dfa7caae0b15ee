//! Doing things from the command line: its answers and exit codes, kill -9 at any instant, and two modes side by side.

use anyhow::{Context as _, Result, bail, ensure};
use coffer_sim::{Effect, Fault, FaultKind, ServerOptions};
use coffer_tests::{Desk, Ended, Merchant, world};
use rand::seq::SliceRandom as _;
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

/// A desk with a synced test account.
fn open(merchant: &Merchant) -> Result<Desk> {
    let desk = Desk::new()?;
    desk.add(merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    Ok(desk)
}

fn ask(desk: &Desk, mode: &str, arguments: &[&str]) -> Result<Ended> {
    let all: Vec<&str> = ["--json", "--mode", mode]
        .into_iter()
        .chain(arguments.iter().copied())
        .collect();
    desk.run(&all)
}

/// Payments with at least so much left, in a currency with two decimals.
fn payments(desk: &Desk, mode: &str) -> Result<Vec<String>> {
    let list = ask(
        desk,
        mode,
        &["payments", "--status", "succeeded", "--limit", "500"],
    )?
    .well()?;
    let items = list["items"].as_array().context("items")?;
    let disputes = ask(desk, mode, &["disputes", "--limit", "500"])?
        .well()?
        .to_string();
    Ok(items
        .iter()
        .filter(|it| {
            ["USD", "EUR", "GBP"].contains(&it["amount"]["currency"].as_str().unwrap_or_default())
        })
        .filter(|it| it["amount"]["minor"].as_i64() > Some(2_000))
        .filter(|it| it["refunded"]["minor"].as_i64().unwrap_or(0) == 0)
        .filter_map(|it| it["id"].as_str())
        .filter(|id| !disputes.contains(id))
        .map(str::to_owned)
        .collect())
}

/// The ids of a list.
fn ids(desk: &Desk, list: &[&str]) -> Result<Vec<String>> {
    let asked: Vec<&str> = list.iter().copied().chain(["--limit", "500"]).collect();
    let list = ask(desk, "test", &asked)?.well()?;
    let items = list["items"].as_array().context("items")?;
    let all = items.iter().filter_map(|it| it["id"].as_str());
    Ok(all.map(str::to_owned).collect())
}

/// The outbox, by operation.
fn outbox(desk: &Desk, mode: &str) -> Result<BTreeMap<String, Value>> {
    let list = ask(desk, mode, &["outbox", "list", "--limit", "1000"])?.well()?;
    let all = list["operations"].as_array().context("operations")?;
    Ok(all
        .iter()
        .map(|it| (it["id"].as_str().unwrap_or_default().to_owned(), it.clone()))
        .collect())
}

/// The operation that ended a subscription at once. Such a request leaves neither key nor mark, so that it is told by what it
/// is about: the one operation that was to end this subscription and was not refused.
fn that_ended<'a>(shown: &'a BTreeMap<String, Value>, path: &str) -> Result<&'a str> {
    let ended: Vec<&str> = shown
        .values()
        .filter(|it| it["kind"] == "cancel" && it["state"] != "refused")
        .filter(|it| it["target"].as_str() == path.strip_prefix("/v1/subscriptions/"))
        .filter(|it| {
            !it["sentence"]
                .as_str()
                .is_some_and(|sentence| sentence.ends_with("when its period ends"))
        })
        .filter_map(|it| it["id"].as_str())
        .collect();
    match ended[..] {
        [operation] => Ok(operation),
        _ => bail!("{path} was ended by {ended:?}"),
    }
}

/// The steps of each operation that the merchant took, by its mark or its key.
fn done(
    shown: &BTreeMap<String, Value>,
    effects: &[Effect],
) -> Result<BTreeMap<String, Vec<String>>> {
    let mut all: BTreeMap<String, Vec<String>> = BTreeMap::new();
    for effect in effects {
        // `OPERATION-STEP-GENERATION`
        let mut key = effect.key.as_deref().unwrap_or_default().split('-');
        let (operation, step) = (key.next(), key.next().unwrap_or("0"));
        let operation = match effect.operation.as_deref().or(operation) {
            _ if effect.method == "DELETE" => that_ended(shown, &effect.path)?,
            Some(operation) if !operation.is_empty() => operation,
            _ => bail!("nobody knows what {effect:?} was for"),
        };
        all.entry(operation.to_owned())
            .or_default()
            .push(step.to_owned());
    }
    Ok(all)
}

/// Holds what the outbox shows against what the merchant did: each effect belongs to an operation that is kept, no step is
/// done twice, and none is shown otherwise than it is.
fn hold(shown: &BTreeMap<String, Value>, effects: &[Effect], when: &str) -> Result<()> {
    let done = done(shown, effects).context(when.to_owned())?;
    for (operation, steps) in &done {
        ensure!(
            steps.iter().collect::<BTreeSet<_>>().len() == steps.len(),
            "{when}: {operation} was done twice: {steps:?}"
        );
        ensure!(
            shown.contains_key(operation),
            "{when}: {operation} was done and is not kept"
        );
    }
    for (id, operation) in shown {
        let times = done.get(id.as_str()).map_or(0, Vec::len);
        let known = |name: &str| operation[name].as_u64().map(usize::try_from);
        let (step, steps) = (known("step"), known("steps"));
        match operation["state"].as_str() {
            Some("done" | "pending") => {
                ensure!(steps == Some(Ok(times)), "{when}: {operation} was not done");
            }
            Some("refused" | "discarded") => ensure!(times == 0, "{when}: {operation} was done"),
            Some("queued" | "needs_review") => {
                ensure!(step == Some(Ok(times)), "{when}: {operation} was done");
            }
            Some("unknown") => {}
            other => bail!("{when}: {id} is {other:?}"),
        }
    }
    Ok(())
}

/// In half of the rounds, a bad day for the next request that changes something.
fn trouble(dice: &mut ChaCha8Rng) -> Vec<Fault> {
    let kind = match dice.random_range(0..12) {
        0 => FaultKind::Reset,
        1 => FaultKind::Lost,
        2 => FaultKind::Botched { status: 500 },
        3 => FaultKind::Conflict,
        4 => FaultKind::RateLimited { reason: None },
        5 => FaultKind::Truncated,
        _ => return Vec::new(),
    };
    ["POST", "DELETE"]
        .map(|method| Fault {
            method: Some(method.to_owned()),
            ..Fault::next(1, kind.clone())
        })
        .to_vec()
}

/// Asks the merchant itself.
fn at_merchant(merchant: &Merchant, path: &str) -> Result<Value> {
    let (base, key) = (merchant.url()?, merchant.key()?);
    let address = base.strip_prefix("http://").context("an address")?;
    let mut stream = TcpStream::connect(address)?;
    write!(
        stream,
        "GET {path} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {key}\r\nConnection: close\r\n\r\n"
    )?;
    let mut answer = String::new();
    stream.read_to_string(&mut answer)?;
    let (_, body) = answer.split_once("\r\n\r\n").context("a body")?;
    serde_json::from_str(body).with_context(|| answer.clone())
}

/// Everything that a list of the merchant's shows and that fits.
fn listed(merchant: &Merchant, list: &str, fits: impl Fn(&Value) -> bool) -> Result<Vec<Value>> {
    let mut all = Vec::new();
    let mut after = String::new();
    loop {
        let page = at_merchant(merchant, &format!("/v1/{list}limit=100{after}"))?;
        let data = page["data"].as_array().context("data")?;
        all.extend(data.iter().filter(|it| fits(it)).cloned());
        match data.last().and_then(|it| it["id"].as_str()) {
            Some(last) if page["has_more"] == true => after = format!("&starting_after={last}"),
            _ => return Ok(all),
        }
    }
}

fn names(of: &[Value]) -> Vec<String> {
    let ids = of.iter().filter_map(|it| it["id"].as_str());
    ids.map(str::to_owned).collect()
}

/// What there is to do something with. Subscriptions lie in heaps, so that what one operation does stands in the way of few
/// others.
struct Things {
    payments: Vec<String>,
    whole: Vec<String>,
    ending: Vec<String>,
    ended: Vec<String>,
    pausing: Vec<String>,
    resting: Vec<String>,
    cheaper: Vec<String>,
    changing: Vec<String>,
    planned: Vec<String>,
    trials: Vec<String>,
    bills: Vec<String>,
    sent: Vec<String>,
    paid: Vec<Value>,
    customers: Vec<String>,
    coupon: String,
    code: String,
    prices: Vec<Value>,
}

/// A subscription that nothing stands in the way of.
fn is_plain(it: &Value) -> bool {
    let price = &it["items"]["data"][0]["price"]["recurring"];
    it["schedule"].is_null()
        && it["pause_collection"].is_null()
        && it["cancel_at_period_end"] == false
        && it["collection_method"] == "charge_automatically"
        && it["automatic_tax"]["enabled"] == false
        && it["items"]["data"]
            .as_array()
            .is_some_and(|all| all.len() == 1)
        && price["usage_type"] == "licensed"
        && price["interval"] == "month"
        && price["interval_count"] == 1
}

fn is_paid(it: &Value) -> bool {
    it["amount_paid"].as_i64() > Some(2_000)
        && it["amount_paid"] == it["total"]
        && it["lines"]["data"][0]["amount"].as_i64() > Some(100)
}

impl Things {
    fn of(merchant: &Merchant, desk: &Desk) -> Result<Self> {
        let plain = listed(merchant, "subscriptions?status=active&", is_plain)?;
        let flexible = |it: &&Value| it["billing_mode"]["type"] == "flexible";
        let resting: Vec<Value> = plain.iter().filter(flexible).take(3).cloned().collect();
        let mut heaps = vec![Vec::new(); 6];
        let others = plain.iter().filter(|it| !resting.contains(it)).cloned();
        for (n, id) in names(&others.collect::<Vec<_>>()).into_iter().enumerate() {
            // The first ones are small, so that what was done to one is also taken back; the last one is used up.
            heaps[(n / 3).min(5)].push(id);
        }
        let open = listed(merchant, "invoices?status=open&", |_| true)?;
        let sent: Vec<Value> = open
            .iter()
            .filter(|it| it["collection_method"] == "send_invoice")
            .cloned()
            .collect();
        let coupons = listed(merchant, "coupons?", |it| {
            it["valid"] == true && !it["percent_off"].is_null()
        })?;
        let codes = listed(merchant, "promotion_codes?", |it| it["active"] == true)?;
        let code = codes.first().and_then(|it| it["code"].as_str());
        let mut payments = payments(desk, "test")?;
        let mut take = || heaps.pop().unwrap_or_default();
        Ok(Self {
            whole: payments.split_off(payments.len() / 2),
            payments,
            ended: take(),
            ending: take(),
            pausing: take(),
            cheaper: take(),
            changing: take(),
            planned: take(),
            resting: names(&resting),
            trials: ids(desk, &["subscriptions", "--status", "trialing"])?,
            bills: names(&open),
            sent: names(&sent),
            paid: listed(merchant, "invoices?status=paid&", is_paid)?,
            customers: ids(desk, &["customers"])?,
            coupon: names(&coupons).into_iter().next().context("a coupon")?,
            code: code.context("a code")?.to_owned(),
            prices: listed(merchant, "prices?active=true&", |it| {
                it["recurring"]["interval"] == "month"
                    && it["recurring"]["interval_count"] == 1
                    && it["recurring"]["usage_type"] == "licensed"
            })?,
        })
    }
}

/// Every kind of operation, and carrying on with what waits. Each
/// comes once in a turn, and turns are shuffled.
const KINDS: [&str; 32] = [
    "refund of a part",
    "refund of the whole",
    "cancel now",
    "cancel at the period's end",
    "uncancel",
    "pause the collection",
    "resume the collection",
    "pause the service",
    "resume the service",
    "other quantity",
    "other price",
    "other quantity at the period's end",
    "keep the plan",
    "add an item",
    "remove an item",
    "coupon",
    "promotion code",
    "remove coupon",
    "extend a trial",
    "end a trial",
    "credit",
    "credit note of what is due",
    "credit note by line",
    "credit note to credit",
    "invoice pay",
    "invoice send",
    "invoice void",
    "invoice uncollectible",
    "customer's name",
    "customer's address",
    "run",
    "refund queued",
];

/// What has to be done before: there has to be something to be undone, or nothing that stands in the way.
fn before(kind: &str) -> Option<&'static str> {
    match kind {
        "uncancel" => Some("cancel at the period's end"),
        "resume the collection" => Some("pause the collection"),
        "resume the service" => Some("pause the service"),
        "keep the plan" => Some("other quantity at the period's end"),
        "cancel at the period's end" => Some("uncancel"),
        "pause the collection" => Some("resume the collection"),
        "pause the service" => Some("resume the service"),
        "other quantity at the period's end" => Some("keep the plan"),
        "remove an item" => Some("add an item"),
        "remove coupon" => Some("coupon"),
        _ => None,
    }
}

/// One of many.
fn any<'a, T>(dice: &mut ChaCha8Rng, of: &'a [T], what: &str) -> Result<&'a T> {
    ensure!(!of.is_empty(), "there is nothing for {what}");
    Ok(&of[dice.random_range(0..of.len())])
}

/// A price that a subscription can have beside or instead of its own, unless it has all of its currency, and its newest item.
fn beside(
    merchant: &Merchant,
    things: &Things,
    subscription: &str,
) -> Result<(Option<String>, String)> {
    let it = at_merchant(merchant, &format!("/v1/subscriptions/{subscription}"))?;
    let items = it["items"]["data"].as_array().context("items")?;
    let held: Vec<&Value> = items.iter().map(|it| &it["price"]["id"]).collect();
    let other = things
        .prices
        .iter()
        .find(|price| price["currency"] == it["currency"] && !held.contains(&&price["id"]));
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let last = items.last().context("an item")?;
    Ok((other.map(|it| text(&it["id"])), text(&last["id"])))
}

/// A command that does something.
fn something(
    dice: &mut ChaCha8Rng,
    merchant: &Merchant,
    things: &Things,
    kind: &str,
) -> Result<Vec<String>> {
    let free = ["--proration", "none"];
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let mut one = |of: &[String]| any(dice, of, kind).cloned();
    Ok(match kind {
        "refund of a part" => words(&["refund", &one(&things.payments)?, "--amount", "0.10"]),
        "refund queued" => {
            let payment = one(&things.payments)?;
            words(&["refund", &payment, "--amount", "0.20", "--offline"])
        }
        "refund of the whole" => words(&["refund", &one(&things.whole)?]),
        "cancel now" => words(&["cancel", &one(&things.ended)?, "--when", "now"]),
        "cancel at the period's end" => {
            words(&["cancel", &one(&things.ending)?, "--when", "period-end"])
        }
        "uncancel" => words(&["uncancel", &one(&things.ending)?]),
        "pause the collection" => words(&["pause", &one(&things.pausing)?, "--what", "collection"]),
        "resume the collection" => words(&["resume", &one(&things.pausing)?]),
        "pause the service" => words(&["pause", &one(&things.resting)?, "--what", "service"]),
        "resume the service" => words(&["resume", &one(&things.resting)?]),
        "keep the plan" => words(&["keep-plan", &one(&things.planned)?]),
        "other quantity at the period's end" => {
            let subscription = one(&things.planned)?;
            let quantity = one(&["4", "5", "6"].map(str::to_owned))?;
            let change = ["plan-change", &subscription, "--when", "period-end"];
            [words(&change), words(&["--quantity", &quantity])].concat()
        }
        "other quantity" | "other price" | "add an item" | "remove an item" => {
            let subscription = one(&things.changing)?;
            let quantity = one(&["2", "3", "5", "7"].map(str::to_owned))?;
            let (price, item) = beside(merchant, things, &subscription)?;
            let change = match (kind, &price) {
                ("other quantity", _) => ["--item", &item, "--quantity", &quantity],
                ("other price", Some(price)) => ["--item", &item, "--price", price],
                ("add an item", Some(price)) => ["--add", price, "--when", "now"],
                // Also where it has every price there is: that makes room again.
                _ => ["--remove", &item, "--when", "now"],
            };
            [
                words(&["plan-change", &subscription]),
                words(&change),
                words(&free),
            ]
            .concat()
        }
        _ => cheaper_or_billed(dice, things, kind)?,
    })
}

fn cheaper_or_billed(dice: &mut ChaCha8Rng, things: &Things, kind: &str) -> Result<Vec<String>> {
    let words = |words: &[&str]| words.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>();
    let day = format!("2027-01-{}", dice.random_range(10..29));
    let paid = any(dice, &things.paid, kind)?;
    let text = |it: &Value| it.as_str().unwrap_or_default().to_owned();
    let (invoice, line) = (text(&paid["id"]), text(&paid["lines"]["data"][0]["id"]));
    let name = format!("Somebody Else {}", dice.random_range(0..1_000));
    let post = format!("somebody{}@post.example", dice.random_range(0..1_000));
    let mut one = |of: &[String]| any(dice, of, kind).cloned();
    Ok(match kind {
        "coupon" => words(&["coupon", &one(&things.cheaper)?, "--coupon", &things.coupon]),
        "promotion code" => {
            let subscription = one(&things.cheaper)?;
            words(&["coupon", &subscription, "--promotion-code", &things.code])
        }
        "remove coupon" => words(&["coupon", &one(&things.cheaper)?, "--remove"]),
        "extend a trial" => words(&["extend-trial", &one(&things.ended)?, "--until", &day]),
        "end a trial" => words(&["extend-trial", &one(&things.trials)?, "--until", "now"]),
        "credit" => words(&["credit", &one(&things.customers)?, "--amount", "1.00"]),
        "credit note of what is due" => {
            words(&["credit-note", &one(&things.bills)?, "--amount", "0.10"])
        }
        "credit note by line" => {
            let part = format!("{line}=0.10");
            words(&["credit-note", &invoice, "--line", &part])
        }
        "credit note to credit" => {
            words(&["credit-note", &invoice, "--amount", "0.10", "--to-credit"])
        }
        "invoice pay" => words(&["invoice", "pay", &one(&things.bills)?]),
        "invoice send" => words(&["invoice", "send", &one(&things.sent)?]),
        "invoice void" => words(&["invoice", "void", &one(&things.bills)?]),
        "invoice uncollectible" => words(&["invoice", "uncollectible", &one(&things.bills)?]),
        "customer's name" => words(&[
            "customer",
            "update",
            &one(&things.customers)?,
            "--name",
            &name,
        ]),
        "customer's address" => words(&[
            "customer",
            "update",
            &one(&things.customers)?,
            "--email",
            &post,
        ]),
        "run" => words(&["outbox", "run"]),
        other => bail!("nobody knows how to do {other}"),
    })
}

/// Carries on with what was left: afterwards nothing is open that needs nobody.
fn carry_on(merchant: &Merchant, desk: &Desk, when: &str) -> Result<()> {
    let run = ask(desk, "test", &["outbox", "run"])?;
    ensure!(matches!(run.code, Some(0 | 4)), "{when}: {run:?}");
    let shown = outbox(desk, "test")?;
    let effects = merchant.server()?.effects();
    hold(&shown, &effects, &format!("{when}, carried on"))?;
    let open = |it: &&Value| matches!(it["state"].as_str(), Some("sending" | "queued" | "unknown"));
    for left in shown.values().filter(open) {
        let id = left["id"].as_str().context("id")?;
        let story = ask(desk, "test", &["outbox", "show", id])?.well()?;
        ensure!(
            refused_in_doubt(left, &story)?,
            "{when}: {story} was left by {run:?}"
        );
    }
    Ok(())
}

/// Whether this is unknown only because an earlier request of it may still be under way: one that was sent was cut off, and
/// the provider refused the next. It is called refused once that request has had ten minutes to arrive, longer than a round.
fn refused_in_doubt(left: &Value, story: &Value) -> Result<bool> {
    let log = story["log"].as_array().context("log")?;
    let answer = log
        .iter()
        .rev()
        .find(|it| it["action"] == "answered")
        .and_then(|it| it["detail"].as_str())
        .unwrap_or("{}");
    let answer: Value = serde_json::from_str(answer)?;
    let cut_off = log.iter().any(|it| it["action"] == "interrupted");
    Ok(left["state"] == "unknown" && cut_off && answer["answer"] == "refused")
}

/// The command of a round, once what has to be done before it was done.
fn prepared(
    dice: &mut ChaCha8Rng,
    (merchant, desk): (&Merchant, &Desk),
    things: &Things,
    kind: &str,
) -> Result<Vec<String>> {
    if let Some(first) = before(kind) {
        // With the same dice it is done to the same object. It may be done already, or not possible.
        let arguments = something(&mut dice.clone(), merchant, things, first)?;
        let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
        ask(desk, "test", &arguments)?;
    }
    let mut arguments = something(dice, merchant, things, kind)?;
    if kind != "run" {
        arguments.extend(["--note", kind].map(str::to_owned));
    }
    Ok(arguments)
}

/// How long a command takes that nobody disturbs.
fn undisturbed(desk: &Desk, things: &Things) -> Result<Duration> {
    let payment = things.payments.first().context("a payment")?;
    let since = Instant::now();
    ask(desk, "test", &["refund", payment, "--amount", "0.30"])?.well()?;
    Ok(since.elapsed())
}

/// Follows the log, which `doctor` does too.
fn followed(desk: &Desk) -> Result<Value> {
    let log = ask(desk, "test", &["log", "verify"])?.well()?;
    let doctor = ask(desk, "test", &["doctor"])?.well()?;
    let modes = doctor["modes"].as_array().context("modes")?;
    ensure!(
        modes.iter().any(|it| it["log"]["lines"] == log["lines"]),
        "doctor follows the log too: {doctor}"
    );
    Ok(log)
}

/// Kills commands that act at random instants, and looks each time.
#[expect(
    clippy::print_stdout,
    reason = "the seed and what was met are printed, so that a round can be repeated"
)]
fn killed(rounds: usize, seed: u64) -> Result<BTreeSet<&'static str>> {
    let spec = world(seed, 240)?;
    let merchant = Merchant::start_with(ServerOptions {
        latency: Some(Duration::from_millis(8)),
        ..ServerOptions::new(spec)
    })?;
    let desk = open(&merchant)?;
    let things = Things::of(&merchant, &desk)?;
    println!("seed {seed}, {rounds} rounds");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (mut ended, mut uncertain) = (0, 0);
    let mut turn: Vec<&'static str> = Vec::new();
    let whole = undisturbed(&desk, &things)?;
    for round in 0..rounds {
        if turn.is_empty() {
            turn = KINDS.to_vec();
            turn.shuffle(&mut dice);
        }
        let kind = turn.pop().context("a kind")?;
        let arguments = prepared(&mut dice, (&merchant, &desk), &things, kind)?;
        let all: Vec<&str> = ["--json", "--mode", "test"]
            .into_iter()
            .chain(arguments.iter().map(String::as_str))
            .collect();
        merchant.server()?.set_faults(trouble(&mut dice));
        let mut child = desk.command(&all)?.spawn()?;
        std::thread::sleep(whole.mul_f64(dice.random_range(0.0..1.6)));
        if child.try_wait()?.is_none() {
            child.kill()?;
        } else {
            ended += 1;
        }
        child.wait()?;
        merchant.server()?.set_faults(Vec::new());
        let effects = merchant.server()?.effects();
        let shown = outbox(&desk, "test")?;
        uncertain += shown.values().filter(|it| it["state"] == "unknown").count();
        hold(
            &shown,
            &effects,
            &format!("seed {seed}, round {round}, killed: {kind}"),
        )?;
        if dice.random_range(0..3) == 0 {
            carry_on(&merchant, &desk, &format!("seed {seed}, round {round}"))?;
        }
    }
    let log = followed(&desk)?;
    println!(
        "{ended} ended by themselves, {uncertain} were seen in doubt, the log has {} lines",
        log["lines"]
    );
    ensure!(ended < rounds, "some were killed");
    // Each operation carries its kind as its note.
    let shown = outbox(&desk, "test")?;
    let stands = |kind: &str, state: &str| {
        shown
            .values()
            .any(|it| it["note"] == kind && it["state"] == state)
    };
    let done: BTreeSet<&str> = KINDS
        .into_iter()
        .filter(|kind| stands(kind, "done"))
        .collect();
    println!(
        "{} kinds were done, of {} operations",
        done.len(),
        shown.len()
    );
    Ok(done)
}

#[test]
fn what_acts_can_be_killed_at_any_instant() -> Result<()> {
    killed(KINDS.len(), 20_261_126)?;
    Ok(())
}

#[test]
#[ignore = "takes many minutes; `cargo xtask soak` runs it"]
fn soak_of_a_thousand_kills() -> Result<()> {
    let mut done = BTreeSet::new();
    for part in 0..4 {
        done.extend(killed(260, 4_000 + part)?);
    }
    let idle: Vec<&&str> = KINDS
        .iter()
        .filter(|kind| **kind != "run" && !done.contains(*kind))
        .collect();
    ensure!(idle.is_empty(), "these were never done: {idle:?}");
    Ok(())
}

#[test]
fn a_refund_answers_as_the_contract_says() -> Result<()> {
    let merchant = Merchant::start(world(31, 60)?)?;
    let desk = open(&merchant)?;
    let all = payments(&desk, "test")?;
    let payment = all.first().context("a payment")?;
    let would = ask(
        &desk,
        "test",
        &["refund", payment, "--amount", "1.50", "--dry-run"],
    )?
    .well()?;
    ensure!(
        would["operation"]["id"].is_null() && would["operation"]["state"] == "draft",
        "{would}"
    );
    ensure!(
        merchant.server()?.effects().is_empty(),
        "a dry run does nothing"
    );
    let refund = ask(&desk, "test", &["refund", payment, "--amount", "1.50"])?.well()?;
    let operation = &refund["operation"];
    ensure!(
        operation["kind"] == "refund" && operation["state"] == "done",
        "{refund}"
    );
    ensure!(
        operation["target"] == payment.as_str() && operation["attempts"] == 1,
        "{refund}"
    );
    ensure!(
        operation["result"]["id"]
            .as_str()
            .is_some_and(|id| id.starts_with("re_")),
        "{refund}"
    );
    let id = operation["id"].as_str().context("id")?;
    let shown = ask(&desk, "test", &["outbox", "show", id])?.well()?;
    ensure!(
        shown["log"].as_array().is_some_and(|log| log.len() == 3),
        "{shown}"
    );
    let listed = ask(&desk, "test", &["refunds", "--limit", "1"])?.well()?;
    ensure!(
        listed["items"][0]["id"] == operation["result"]["id"],
        "the copy has it: {listed}"
    );
    for (arguments, code, word) in [
        (
            vec!["refund", payment, "--amount", "999999"],
            1,
            "not_possible",
        ),
        (vec!["refund", payment, "--amount", "1.005"], 2, "usage"),
        (vec!["refund", payment, "--reason", "boredom"], 2, "usage"),
        (vec!["refund", "ch_nobody"], 1, "not_found"),
        (vec!["cancel", payment, "--when", "now"], 2, "usage"),
        (vec!["outbox", "retry", id], 1, "not_possible"),
        (vec!["outbox", "discard", id], 1, "not_possible"),
        (vec!["outbox", "show", "op_nobody"], 1, "not_found"),
        (vec!["outbox", "list", "--state", "asleep"], 2, "usage"),
    ] {
        let ended = ask(&desk, "test", &arguments)?;
        let answer = ended.json()?;
        ensure!(
            ended.code == Some(code) && answer["error"]["code"] == word,
            "{arguments:?}: {:?} {answer}",
            ended.code
        );
    }
    Ok(())
}

#[test]
fn an_unknown_outcome_ends_with_four_and_is_found_out() -> Result<()> {
    let merchant = Merchant::start(world(32, 60)?)?;
    let desk = open(&merchant)?;
    let all = payments(&desk, "test")?;
    let payment = all.first().context("a payment")?;
    // The answer is lost, and then nothing can be looked at for a while.
    merchant.server()?.set_faults(vec![
        Fault {
            method: Some("POST".to_owned()),
            ..Fault::next(1, FaultKind::Lost)
        },
        Fault {
            path: Some("/v1/charges/".to_owned()),
            skip: 1,
            times: None,
            ..Fault::next(1, FaultKind::Failure { status: 503 })
        },
    ]);
    let refund = ask(&desk, "test", &["refund", payment, "--amount", "1"])?;
    let answer = refund.json()?;
    ensure!(
        refund.code == Some(4) && answer["operation"]["state"] == "unknown",
        "{refund:?}"
    );
    merchant.server()?.set_faults(Vec::new());
    let again = ask(&desk, "test", &["refund", payment, "--amount", "1"])?;
    ensure!(
        again.json()?["error"]["code"] == "operation_open",
        "the payment is held: {again:?}"
    );
    let run = ask(&desk, "test", &["outbox", "run"])?.well()?;
    ensure!(run["operations"][0]["state"] == "done", "{run}");
    ensure!(merchant.server()?.effects().len() == 1, "it was done once");
    Ok(())
}

#[test]
fn what_is_queued_offline_goes_out_later() -> Result<()> {
    let merchant = Merchant::start(world(33, 60)?)?;
    let desk = open(&merchant)?;
    let all = payments(&desk, "test")?;
    let payment = all.first().context("a payment")?;
    let queued = ask(&desk, "test", &["refund", payment, "--offline"])?.well()?;
    ensure!(
        queued["operation"]["state"] == "queued" && queued["operation"]["attempts"] == 0,
        "{queued}"
    );
    let counts = ask(&desk, "test", &["outbox", "list"])?.well()?;
    ensure!(counts["counts"]["queued"] == 1, "{counts}");
    let removed = desk.run(&[
        "--json",
        "account",
        "remove",
        counts["operations"][0]["account"]
            .as_str()
            .context("account")?,
    ])?;
    ensure!(
        removed.code == Some(2),
        "an account with something on its way stays: {removed:?}"
    );
    ask(&desk, "test", &["outbox", "run"])?.well()?;
    let list = outbox(&desk, "test")?;
    ensure!(list.values().all(|it| it["state"] == "done"), "{list:?}");
    Ok(())
}

#[test]
fn live_mode_asks_before_it_acts_and_wants_a_reason() -> Result<()> {
    let spec = coffer_sim::WorldSpec {
        livemode: true,
        ..world(34, 60)?
    };
    let merchant = Merchant::start(spec)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "sync"])?.well()?;
    let all = payments(&desk, "live")?;
    let payment = all.first().context("a payment")?;
    let asked = ask(
        &desk,
        "live",
        &["refund", payment, "--amount", "1", "--note", "why"],
    )?;
    ensure!(asked.code == Some(2), "nobody is here to ask: {asked:?}");
    let silent = ask(
        &desk,
        "live",
        &["refund", payment, "--amount", "1", "--yes"],
    )?;
    ensure!(
        silent.json()?["error"]["code"] == "consent_needed",
        "a note is needed: {silent:?}"
    );
    ensure!(merchant.server()?.effects().is_empty(), "nothing was done");
    let done = ask(
        &desk,
        "live",
        &[
            "refund",
            payment,
            "--amount",
            "1",
            "--note",
            "paid twice",
            "--yes",
        ],
    )?
    .well()?;
    ensure!(
        done["operation"]["state"] == "done" && done["operation"]["note"] == "paid twice",
        "{done}"
    );
    Ok(())
}

#[test]
fn an_operation_of_one_mode_never_reaches_the_other() -> Result<()> {
    let live = coffer_sim::WorldSpec {
        livemode: true,
        ..world(35, 60)?
    };
    let merchants = [Merchant::start(live)?, Merchant::start(world(36, 60)?)?];
    let modes = ["live", "test"];
    let desk = Desk::new()?;
    for (merchant, mode) in merchants.iter().zip(modes) {
        desk.add(merchant)?;
        ask(&desk, mode, &["sync"])?.well()?;
    }
    let all = [payments(&desk, "live")?, payments(&desk, "test")?];
    let mut dice = ChaCha8Rng::seed_from_u64(77);
    for round in 0..16 {
        let (mode, of) = (dice.random_range(0..2), dice.random_range(0..2));
        let payment = &all[of][round % all[of].len()];
        let mut arguments = vec![
            "refund", payment, "--amount", "0.50", "--note", "mixed", "--yes",
        ];
        if dice.random_range(0..2) == 0 {
            arguments.push("--offline");
        }
        let ended = ask(&desk, modes[mode], &arguments)?;
        ensure!(
            (mode == of) == (ended.code == Some(0)) || ended.stdout.contains("operation_open"),
            "{} of {}: {ended:?}",
            modes[mode],
            modes[of]
        );
    }
    for (merchant, mode) in merchants.iter().zip(modes) {
        ask(&desk, mode, &["outbox", "run"])?;
        let shown = outbox(&desk, mode)?;
        hold(&shown, &merchant.server()?.effects(), mode)?;
        ensure!(!shown.is_empty(), "something was done in {mode} mode");
    }
    Ok(())
}

#[test]
fn limits_and_operators_are_kept_to() -> Result<()> {
    let merchant = Merchant::start(world(37, 60)?)?;
    let mut desk = open(&merchant)?;
    let all = payments(&desk, "test")?;
    let set = ["--json", "--mode", "test", "operator", "add", "Ada"];
    desk.run_with(&set, "2468\n")?.well()?;
    desk.set("COFFER_PIN", "2468");
    let set = [
        "--json",
        "--mode",
        "test",
        "operator",
        "add",
        "Bo",
        "--operator",
        "Ada",
    ];
    desk.run_with(&set, "1357\n")?.well()?;
    let caps = ["USD=0.5", "EUR=0.5", "GBP=0.5"];
    let mut arguments = vec!["limits", "--operator", "Ada"];
    for cap in &caps {
        arguments.extend(["--approval-above", cap]);
    }
    let limits = ask(&desk, "test", &arguments)?.well()?;
    ensure!(limits["limits"]["approval_above"]["USD"] == 50, "{limits}");
    let payment = all.first().context("a payment")?;
    let nobody = ask(&desk, "test", &["refund", payment, "--amount", "1"])?;
    ensure!(nobody.json()?["error"]["code"] == "operator", "{nobody:?}");
    let waits = ask(
        &desk,
        "test",
        &["refund", payment, "--amount", "1", "--operator", "Ada"],
    )?
    .well()?;
    ensure!(
        waits["operation"]["state"] == "awaiting_approval",
        "{waits}"
    );
    let id = waits["operation"]["id"].as_str().context("id")?.to_owned();
    let own = ask(
        &desk,
        "test",
        &["outbox", "approve", &id, "--operator", "Ada"],
    )?;
    ensure!(
        own.json()?["error"]["code"] == "operator",
        "nobody approves their own: {own:?}"
    );
    let wrong = ask(
        &desk,
        "test",
        &["outbox", "approve", &id, "--operator", "Bo"],
    )?;
    ensure!(wrong.code == Some(1), "Bo has another PIN: {wrong:?}");
    desk.set("COFFER_PIN", "1357");
    let approved = ask(
        &desk,
        "test",
        &["outbox", "approve", &id, "--operator", "Bo"],
    )?
    .well()?;
    ensure!(approved["operation"]["state"] == "done", "{approved}");
    ensure!(approved["operation"]["approved_by"] == "Bo", "{approved}");
    Ok(())
}
