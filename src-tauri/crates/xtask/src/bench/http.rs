//! How long the engine takes to answer a view, asked over loopback as the browser asks.

use super::json::text;
use super::merchant::Serving;
use super::sample::Sample;
use super::shop::Shop;
use anyhow::{Context as _, Result, bail};
use std::io::{Read as _, Write as _};
use std::net::TcpStream;
use std::time::{Duration, Instant};

const RUNS: usize = 50;
const ANSWER: Duration = Duration::from_secs(30);

/// What is asked: a name for people, the command, its request.
const QUESTIONS: &[(&str, &str, &str)] = &[
    (
        "answer: overview",
        "overview",
        r#"{"mode":"test","currency":null}"#,
    ),
    (
        "answer: twelve-month chart",
        "mrr_chart",
        r#"{"mode":"test","currency":null,"months":12,"width":960,"height":320}"#,
    ),
    (
        "answer: 200 customers by MRR",
        "records",
        r#"{"mode":"test","view":"customers","filter":"","sort":"amount","descending":true,"offset":0,"limit":200}"#,
    ),
    (
        "answer: 200 customers from the middle",
        "records",
        r#"{"mode":"test","view":"customers","filter":"","sort":"name","descending":false,"offset":1000,"limit":200}"#,
    ),
    (
        "answer: search, two letters",
        "search",
        r#"{"mode":"test","text":"an","limit":20}"#,
    ),
    (
        "answer: search, a word",
        "search",
        r#"{"mode":"test","text":"maria","limit":20}"#,
    ),
];

/// Measures each question against a served home.
pub(super) fn answers(shop: &Shop) -> Result<()> {
    let serving = Serving::start(&mut shop.coffer(&["--json", "serve", "--port", "0"]))?;
    let url = text(&serving.line, "url").context("`coffer serve` told no address")?;
    let (address, token) = url
        .strip_prefix("http://")
        .and_then(|rest| rest.split_once("/#token="))
        .context("`coffer serve` told an address of another form")?;
    for (name, command, request) in QUESTIONS {
        let mut sample = Sample::new(*name, "ms");
        // The first answer opens the file and is the cold start's to measure.
        ask(address, token, command, request)?;
        for _ in 0..RUNS {
            let began = Instant::now();
            ask(address, token, command, request)?;
            sample.add(began.elapsed().as_secs_f64() * 1000.0);
        }
        sample.print();
    }
    Ok(())
}

fn ask(address: &str, token: &str, command: &str, request: &str) -> Result<()> {
    let mut stream = TcpStream::connect(address).context("`coffer serve` could not be reached")?;
    stream.set_read_timeout(Some(ANSWER))?;
    stream.set_nodelay(true)?;
    let head = format!(
        "POST /api/{command} HTTP/1.1\r\nHost: {address}\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\nConnection: close\r\n\r\n{request}",
        request.len()
    );
    stream.write_all(head.as_bytes())?;
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer)?;
    if !answer.starts_with(b"HTTP/1.1 200 ") {
        let first = String::from_utf8_lossy(&answer)
            .lines()
            .next()
            .unwrap_or_default()
            .to_owned();
        bail!("`{command}` was answered with `{first}`");
    }
    Ok(())
}
