//! Bad input gets one clear sentence, a code and an exit code, and nothing is lost.

use anyhow::{Context as _, Result, ensure};
use coffer_sim::{ServerOptions, WorldSpec};
use coffer_tests::{Desk, Ended, Merchant, world};
use std::fs;

/// The error's code, once it is certain that the answer is an error told as it should be.
fn refused(ended: &Ended, exit: i32) -> Result<String> {
    ensure!(
        ended.code == Some(exit),
        "exit {:?} instead of {exit}: {} {}",
        ended.code,
        ended.stdout,
        ended.stderr
    );
    let error = ended.json()?["error"].clone();
    let message = error["message"].as_str().context("a message")?;
    ensure!(
        message.ends_with('.') && message.len() < 300,
        "one clear sentence: {message:?}"
    );
    ensure!(
        !message.contains("panicked") && !ended.stderr.contains("panicked"),
        "no panic: {}",
        ended.stderr
    );
    Ok(error["code"].as_str().context("a code")?.to_owned())
}

fn add(desk: &Desk, url: &str, key: &str) -> Result<Ended> {
    desk.run_with(
        &[
            "--json",
            "account",
            "add",
            "--provider",
            "stripe",
            "--name",
            "A",
            "--api-url",
            url,
        ],
        key,
    )
}

#[test]
fn keys_that_cannot_be_used_are_refused_by_name() -> Result<()> {
    let merchant = Merchant::start(world(1, 5)?)?;
    let url = merchant.url()?;
    let desk = Desk::new()?;
    for (key, code) in [
        ("", "key_refused"),
        ("pk_test_0123456789abcdef", "key_refused"),
        ("whsec_0123456789abcdef", "key_refused"),
        ("sk_org_live_0123456789abcdef", "provider_account_missing"),
        ("hunter2", "key_refused"),
        ("rk_test_51Wrong0123456789abcdefghijklmnop", "key_rejected"),
    ] {
        let found = refused(&add(&desk, &url, key)?, 1)?;
        ensure!(found == code, "{key:?}: {found} instead of {code}");
    }
    let expired = format!("{}_expired", merchant.key()?);
    ensure!(refused(&add(&desk, &url, &expired)?, 1)? == "key_expired");
    let accounts = desk.run(&["--json", "account", "list"])?.well()?;
    ensure!(
        accounts["items"].as_array().is_some_and(Vec::is_empty),
        "nothing was kept: {accounts}"
    );
    Ok(())
}

#[test]
fn a_live_key_is_refused_where_test_was_asked_for() -> Result<()> {
    let merchant = Merchant::start(WorldSpec {
        livemode: true,
        ..world(1, 5)?
    })?;
    let desk = Desk::new()?;
    let arguments = [
        "--json",
        "--mode",
        "test",
        "account",
        "add",
        "--provider",
        "stripe",
        "--name",
        "A",
        "--api-url",
        &merchant.url()?,
    ];
    let ended = desk.run_with(&arguments, &merchant.key()?)?;
    ensure!(refused(&ended, 1)? == "key_wrong_mode");
    ensure!(
        !desk.home().join("test.db").exists(),
        "no test file was made for a live key"
    );
    Ok(())
}

#[test]
fn a_key_whose_account_is_of_the_other_mode_brings_nothing() -> Result<()> {
    // The merchant answers with live objects to a key that says test.
    let merchant = Merchant::start(WorldSpec {
        livemode: true,
        ..world(1, 5)?
    })?;
    let desk = Desk::new()?;
    let key = merchant.key()?.replace("_live_", "_test_");
    let ended = add(&desk, &merchant.url()?, &key)?;
    let code = refused(&ended, 1)?;
    ensure!(code == "key_wrong_mode" || code == "key_rejected", "{code}");
    Ok(())
}

#[test]
fn only_addresses_of_this_machine_are_taken() -> Result<()> {
    let desk = Desk::new()?;
    for url in [
        "http://example.com",
        "https://api.stripe.com.evil.example",
        "http://127.0.0.1.evil.example:80",
        "http://user@127.0.0.1:1",
        "http://10.0.0.1:9000",
        "ftp://127.0.0.1",
        "nonsense",
    ] {
        let code = refused(&add(&desk, url, "rk_test_0123456789abcdefghij")?, 2)?;
        ensure!(code == "api_url_refused", "{url}: {code}");
    }
    Ok(())
}

#[test]
fn an_unreachable_host_is_offline_and_loses_nothing() -> Result<()> {
    let desk = Desk::new()?;
    // A port that was free a moment ago.
    let port = std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port();
    let code = refused(
        &add(
            &desk,
            &format!("http://127.0.0.1:{port}"),
            "rk_test_0123456789abcdefghij",
        )?,
        1,
    )?;
    ensure!(code == "offline", "{code}");

    let merchant = Merchant::start(world(2, 20)?)?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let before = desk
        .run(&["--json", "--mode", "test", "customers"])?
        .well()?;
    drop(merchant);
    let offline = desk.run(&["--json", "--mode", "test", "sync"])?;
    ensure!(
        offline.code == Some(3),
        "an unfinished sync ends with 3: {offline:?}"
    );
    let account = offline.json()?["accounts"][0].clone();
    ensure!(
        account["complete"] == false && account["error"]["code"] == "offline",
        "{account}"
    );
    ensure!(
        desk.run(&["--json", "--mode", "test", "customers"])?
            .well()?
            == before,
        "what was here stays"
    );
    Ok(())
}

#[test]
fn a_wrong_passphrase_changes_nothing() -> Result<()> {
    let merchant = Merchant::start(world(3, 10)?)?;
    let mut desk = Desk::new()?;
    desk.add(&merchant)?;
    let sealed = fs::read(desk.home().join("secrets.sealed"))?;
    desk.set("COFFER_PASSPHRASE", "not it");
    ensure!(
        refused(
            &desk.run(&["--json", "--mode", "test", "metrics", "--metric", "mrr"])?,
            1
        )? == "wrong_passphrase"
    );
    ensure!(
        fs::read(desk.home().join("secrets.sealed"))? == sealed,
        "the secrets are as they were"
    );
    desk.unset("COFFER_PASSPHRASE");
    ensure!(
        refused(
            &desk.run(&["--json", "--mode", "test", "metrics", "--metric", "mrr"])?,
            1
        )? == "no_secret_store"
    );
    Ok(())
}

#[test]
fn an_absent_keychain_is_told_and_not_waited_for() -> Result<()> {
    let mut desk = Desk::new()?;
    desk.unset("COFFER_SECRETS");
    desk.set("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent");
    let merchant = Merchant::start(world(3, 10)?)?;
    let ended = add(&desk, &merchant.url()?, &merchant.key()?)?;
    let code = refused(&ended, 1)?;
    ensure!(
        code == "no_secret_store" || code == "keychain_unavailable",
        "{code}"
    );
    Ok(())
}

#[test]
fn a_damaged_file_is_told_and_left_alone() -> Result<()> {
    let merchant = Merchant::start(world(4, 10)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    desk.run(&["--json", "--mode", "test", "sync"])?.well()?;
    let path = desk.home().join("test.db");
    let mut bytes = fs::read(&path)?;
    for byte in bytes.iter_mut().skip(64).take(4096) {
        *byte ^= 0x5a;
    }
    fs::write(&path, &bytes)?;
    let ended = desk.run(&["--json", "--mode", "test", "customers"])?;
    ensure!(refused(&ended, 1)? == "database_damaged");
    ensure!(
        fs::read(&path)? == bytes,
        "the file is left as it was found"
    );
    Ok(())
}

#[test]
fn a_file_of_another_key_is_told_from_a_damaged_one() -> Result<()> {
    let merchant = Merchant::start(world(4, 10)?)?;
    let (one, other) = (Desk::new()?, Desk::new()?);
    one.add(&merchant)?;
    other.add(&merchant)?;
    for name in ["test.db", "test.key-fingerprint"] {
        fs::copy(one.home().join(name), other.home().join(name))?;
    }
    for name in ["test.db-wal", "test.db-shm"] {
        let _ = fs::remove_file(other.home().join(name));
    }
    ensure!(
        refused(&other.run(&["--json", "--mode", "test", "customers"])?, 1)?
            == "database_wrong_key"
    );
    Ok(())
}

#[test]
fn the_test_file_cannot_be_opened_as_live() -> Result<()> {
    let merchant = Merchant::start(world(4, 10)?)?;
    let desk = Desk::new()?;
    desk.add(&merchant)?;
    for (from, to) in [
        ("test.db", "live.db"),
        ("test.key-fingerprint", "live.key-fingerprint"),
    ] {
        fs::copy(desk.home().join(from), desk.home().join(to))?;
    }
    // The key of live mode is not there: keys are named by mode.
    let code = refused(&desk.run(&["--json", "--mode", "live", "customers"])?, 1)?;
    ensure!(code == "database_wrong_key", "{code}");
    Ok(())
}

#[test]
fn a_missing_permission_skips_that_resource_and_names_the_box() -> Result<()> {
    let options = ServerOptions {
        deny: vec!["rak_charge_read".to_owned()],
        ..ServerOptions::new(world(6, 30)?)
    };
    let merchant = Merchant::start_with(options)?;
    let desk = Desk::new()?;
    let added = desk.add(&merchant)?;
    let denied: Vec<&str> = added["account"]["permissions"]
        .as_array()
        .into_iter()
        .flatten()
        .filter(|permission| permission["granted"] == false)
        .filter_map(|permission| permission["resource"].as_str())
        .collect();
    ensure!(denied.contains(&"charges"), "{denied:?}");
    let synced = desk.run(&["--json", "--mode", "test", "sync"])?;
    ensure!(synced.code == Some(3), "not everything was brought");
    let account = synced.json()?["accounts"][0].clone();
    let warnings = account["warnings"].to_string();
    ensure!(
        warnings.contains("charges") && warnings.contains("tick"),
        "{warnings}"
    );
    ensure!(
        account["resources"]["customers"]["stored"].as_u64() > Some(0),
        "the rest is here: {account}"
    );
    Ok(())
}

#[test]
fn wrong_usage_ends_with_two_and_one_document() -> Result<()> {
    let desk = Desk::new()?;
    for arguments in [
        &["--json", "metrics"][..],
        &["--json", "metrics", "--metric", "happiness"],
        &[
            "--json",
            "metrics",
            "--metric",
            "mrr",
            "--every",
            "fortnight",
        ],
        &[
            "--json",
            "metrics",
            "--metric",
            "mrr",
            "--zone",
            "Mars/Olympus",
        ],
        &[
            "--json",
            "metrics",
            "--metric",
            "mrr",
            "--currency",
            "dollars",
        ],
        &[
            "--json",
            "metrics",
            "--metric",
            "mrr",
            "--from",
            "2026-02-30",
        ],
        &[
            "--json",
            "metrics",
            "--metric",
            "mrr",
            "--from",
            "2026-03-01",
            "--to",
            "2026-02-01",
        ],
        &["--json", "--mode", "both", "customers"],
        &["--json", "frobnicate"],
        &["--json", "chart", "mrr", "--out", "chart.gif"],
        &[
            "--json",
            "chart",
            "mrr",
            "--out",
            "chart.svg",
            "--size",
            "huge",
        ],
    ] {
        let code = refused(&desk.run(arguments)?, 2)?;
        ensure!(code == "usage", "{arguments:?}: {code}");
    }
    ensure!(
        refused(&desk.run(&["--json", "customers"])?, 1)? == "no_account",
        "an empty home has no account"
    );
    Ok(())
}

#[test]
fn the_key_is_nowhere_in_the_home() -> Result<()> {
    let merchant = Merchant::start(world(8, 40)?)?;
    let mut desk = Desk::new()?;
    desk.set("COFFER_LOG", "trace");
    let key = merchant.key()?;
    let url = merchant.url()?;
    let added = add(&desk, &url, &key)?;
    let synced = desk.run(&["--json", "--mode", "test", "sync"])?;
    for (what, text) in [
        ("stdout of add", &added.stdout),
        ("stderr of add", &added.stderr),
        ("stdout of sync", &synced.stdout),
        ("stderr of sync", &synced.stderr),
    ] {
        ensure!(!text.contains(&key), "the key stands on {what}");
        ensure!(
            !text.contains(&key[8..30]),
            "a part of the key stands on {what}"
        );
    }
    let mut searched = 0;
    for entry in fs::read_dir(desk.home())? {
        let path = entry?.path();
        if path.is_file() {
            let bytes = fs::read(&path)?;
            let found = bytes
                .windows(22)
                .any(|window| window == &key.as_bytes()[8..30]);
            ensure!(!found, "the key stands in {}", path.display());
            searched += 1;
        }
    }
    ensure!(searched >= 3, "the database and the secrets were searched");
    Ok(())
}
