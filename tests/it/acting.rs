//! Doing things from the command line: its answers and exit codes, kill -9 at any instant, and two modes side by side.

use anyhow::{Context as _, Result, bail, ensure};
use coffer_sim::{Effect, Fault, FaultKind, ServerOptions};
use coffer_tests::{Desk, Ended, Merchant, world};
use rand::{Rng as _, SeedableRng as _};
use rand_chacha::ChaCha8Rng;
use serde_json::Value;
use std::collections::{BTreeMap, BTreeSet};
use std::time::Duration;

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

/// The steps of each operation that the merchant took, by its mark or its key.
fn done(effects: &[Effect]) -> BTreeMap<&str, Vec<&str>> {
    let mut all: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for effect in effects {
        // `OPERATION-STEP-GENERATION`
        let mut key = effect.key.as_deref().unwrap_or_default().split('-');
        let (operation, step) = (key.next(), key.next().unwrap_or("0"));
        if let Some(operation) = effect.operation.as_deref().or(operation) {
            all.entry(operation).or_default().push(step);
        }
    }
    all
}

/// Holds what the outbox shows against what the merchant did: each effect belongs to an operation that is kept, no step is
/// done twice, and none is shown otherwise than it is.
fn hold(shown: &BTreeMap<String, Value>, effects: &[Effect], when: &str) -> Result<()> {
    let done = done(effects);
    for (operation, steps) in &done {
        ensure!(
            steps.iter().collect::<BTreeSet<_>>().len() == steps.len(),
            "{when}: {operation} was done twice: {steps:?}"
        );
        ensure!(
            shown.contains_key(*operation),
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

/// What there is to do something with.
struct Things {
    payments: Vec<String>,
    subscriptions: Vec<String>,
    trials: Vec<String>,
    bills: Vec<String>,
    customers: Vec<String>,
}

impl Things {
    fn of(desk: &Desk) -> Result<Self> {
        Ok(Self {
            payments: payments(desk, "test")?,
            subscriptions: ids(desk, &["subscriptions", "--status", "active"])?,
            trials: ids(desk, &["subscriptions", "--status", "trialing"])?,
            bills: ids(desk, &["invoices", "--status", "open"])?,
            customers: ids(desk, &["customers"])?,
        })
    }
}

/// A command that does something, and leaves its key or its mark.
fn something<'a>(dice: &mut ChaCha8Rng, things: &'a Things) -> Vec<&'a str> {
    let mut any = |of: &'a [String]| of[dice.random_range(0..of.len())].as_str();
    let payment = any(&things.payments);
    let subscription = any(&things.subscriptions);
    let (trial, bill) = (any(&things.trials), any(&things.bills));
    let customer = any(&things.customers);
    match dice.random_range(0..20) {
        0..4 => vec!["refund", payment, "--amount", "0.10", "--note", "a round"],
        4 => vec!["cancel", subscription, "--when", "period-end"],
        5 => vec!["uncancel", subscription],
        6..8 => vec!["pause", subscription, "--what", "collection"],
        8 => vec!["resume", subscription],
        9 => vec![
            "plan-change",
            subscription,
            "--quantity",
            "3",
            "--proration",
            "none",
        ],
        10..12 => vec![
            "plan-change",
            subscription,
            "--quantity",
            "4",
            "--when",
            "period-end",
        ],
        12 => vec!["keep-plan", subscription],
        13 => vec!["credit", customer, "--amount", "1.00"],
        14 => vec!["customer", "update", customer, "--name", "Somebody Else"],
        15 => vec!["extend-trial", trial, "--until", "now"],
        16 => vec!["credit-note", bill, "--amount", "0.10", "--note", "a round"],
        17 => vec!["invoice", "void", bill],
        18 => vec!["invoice", "uncollectible", bill],
        _ => vec!["outbox", "run"],
    }
}

/// Carries on with what was left: afterwards nothing is open that needs nobody.
fn carry_on(merchant: &Merchant, desk: &Desk, when: &str) -> Result<()> {
    let run = ask(desk, "test", &["outbox", "run"])?;
    ensure!(matches!(run.code, Some(0 | 4)), "{when}: {run:?}");
    let shown = outbox(desk, "test")?;
    let effects = merchant.server()?.effects();
    hold(&shown, &effects, &format!("{when}, carried on"))?;
    let open = |it: &&Value| matches!(it["state"].as_str(), Some("sending" | "queued" | "unknown"));
    if let Some(left) = shown.values().find(open) {
        let id = left["id"].as_str().context("id")?;
        let story = ask(desk, "test", &["outbox", "show", id])?.well()?;
        bail!("{when}: {story} was left by {run:?}");
    }
    Ok(())
}

/// Kills commands that act at random instants, and looks each time.
#[expect(
    clippy::print_stdout,
    reason = "the seed and what was met are printed, so that a round can be repeated"
)]
fn killed(rounds: u32, seed: u64) -> Result<()> {
    let spec = world(seed, 120)?;
    let merchant = Merchant::start_with(ServerOptions {
        latency: Some(Duration::from_millis(8)),
        ..ServerOptions::new(spec)
    })?;
    let desk = open(&merchant)?;
    let things = Things::of(&desk)?;
    println!("seed {seed}, {rounds} rounds");
    let mut dice = ChaCha8Rng::seed_from_u64(seed);
    let (mut ended, mut uncertain) = (0, 0);
    for round in 0..rounds {
        let arguments = something(&mut dice, &things);
        let all: Vec<&str> = ["--json", "--mode", "test"]
            .into_iter()
            .chain(arguments)
            .collect();
        merchant.server()?.set_faults(trouble(&mut dice));
        let mut child = desk.command(&all)?.spawn()?;
        std::thread::sleep(Duration::from_millis(dice.random_range(0..450)));
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
            &format!("seed {seed}, round {round}, killed"),
        )?;
        if dice.random_range(0..3) == 0 {
            carry_on(&merchant, &desk, &format!("seed {seed}, round {round}"))?;
        }
    }
    let log = ask(&desk, "test", &["log", "verify"])?.well()?;
    let doctor = ask(&desk, "test", &["doctor"])?.well()?;
    let modes = doctor["modes"].as_array().context("modes")?;
    ensure!(
        modes.iter().any(|it| it["log"]["lines"] == log["lines"]),
        "doctor follows the log too: {doctor}"
    );
    println!(
        "{ended} ended by themselves, {uncertain} were seen in doubt, the log has {} lines",
        log["lines"]
    );
    ensure!(ended < rounds, "some were killed");
    Ok(())
}

#[test]
fn what_acts_can_be_killed_at_any_instant() -> Result<()> {
    killed(24, 20_261_126)
}

#[test]
#[ignore = "takes many minutes; `cargo xtask soak` runs it"]
fn soak_of_a_thousand_kills() -> Result<()> {
    for part in 0..4 {
        killed(260, 4_000 + part)?;
    }
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
