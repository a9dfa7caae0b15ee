//! How fast a first sync is when nobody paces it, beside a client that throws everything away.
//!
//! Both are processes of their own and are timed from their start to their end, one after the other in pairs, so that what
//! else the machine does befalls both. The client walks the same lists and nothing else; a sync reads ledgers and notices
//! as well. Three kinds are measured alone by refusing all others as a key without the permission would be refused: the
//! sync then says that it is incomplete, which is true.

use crate::bench::json;
use crate::bench::merchant::{Merchant, Size};
use crate::bench::sample::Sample;
use crate::bench::shop::{Shop, Sync, Terms};
use crate::bench::target::{Aim, Targets};
use crate::bench::work::to_its_end;
use crate::place::Place;
use crate::words::tell;
use anyhow::{Context as _, Result, bail};
use std::process::Command;
use std::time::Duration;

/// Connections that the client is tried with; it is compared at its best.
const CONNECTIONS: [u64; 4] = [2, 4, 8, 16];
const WALK_LONGEST: Duration = Duration::from_secs(15 * 60);

const THREE: &str = "customers,subscriptions,invoices";
/// The paths of all other kinds, where they differ from everything else.
const OTHERS: &[&str] = &[
    "/v1/products",
    "/v1/prices",
    "/v1/coupons",
    "/v1/promotion_codes",
    "/v1/subscription_schedules",
    "/v1/invoiceitems",
    "/v1/invoice_payments",
    "/v1/charges",
    "/v1/payment_intents",
    "/v1/refunds",
    "/v1/disputes",
    "/balance_transactions",
    "/v1/credit_notes",
    "/v1/billing/meters",
    "/v1/checkout/sessions",
    "/v1/payment_links",
];

/// The merchant that is measured, and with how many connections the client is at its best.
pub(super) struct Course<'a> {
    place: &'a Place,
    merchant: &'a Merchant,
    size: Size,
    runs: u64,
    connections: u64,
}

/// What the client passed over, and how long it took.
struct Walked {
    pages: u64,
    objects: u64,
    lines: u64,
    took: Duration,
}

/// Everything told of one choice of kinds.
struct Pairs {
    synced: Sample,
    passed: Sample,
    ratio: Sample,
    took: Sample,
    alone: Sample,
    peak: Sample,
    lines: Sample,
}

impl Pairs {
    fn new(what: &str) -> Self {
        let name = |rest: &str| format!("{what}: {rest}");
        Self {
            synced: Sample::new(name("first sync"), "objects/s"),
            passed: Sample::new(name("client that throws away"), "objects/s"),
            ratio: Sample::new(name("sync beside that client"), "of 1"),
            took: Sample::new(name("first sync"), "s"),
            alone: Sample::new(name("of it, without start and end"), "s"),
            peak: Sample::new(name("first sync, peak memory"), "MB"),
            lines: Sample::new(name("with invoice lines as objects"), "objects/s"),
        }
    }

    fn add(&mut self, sync: &Sync, walked: &Walked) {
        let passed = walked.objects as f64 / walked.took.as_secs_f64();
        self.synced.add(sync.rate());
        self.passed.add(passed);
        self.ratio.add(sync.rate() / passed);
        self.took.add(sync.took.as_secs_f64());
        self.alone.add(sync.seconds);
        if let Some(bytes) = sync.peak_bytes {
            self.peak.add(bytes as f64 / 1e6);
        }
        let with_lines = sync.stored + walked.lines;
        self.lines.add(with_lines as f64 / sync.took.as_secs_f64());
    }

    fn print(&self) {
        for sample in [
            &self.synced,
            &self.passed,
            &self.ratio,
            &self.took,
            &self.alone,
            &self.peak,
            &self.lines,
        ] {
            sample.print();
        }
    }
}

impl<'a> Course<'a> {
    /// Finds out with how many connections the client is fastest.
    pub(super) fn new(
        place: &'a Place,
        merchant: &'a Merchant,
        size: Size,
        runs: u64,
    ) -> Result<Self> {
        let mut course = Self {
            place,
            merchant,
            size,
            runs,
            connections: 1,
        };
        let mut best = (Duration::MAX, 1);
        for connections in CONNECTIONS {
            course.connections = connections;
            best = best.min((course.walk(None)?.took, connections));
        }
        course.connections = best.1;
        tell(&format!(
            "the client that throws away is fastest with {} connections of {CONNECTIONS:?}",
            course.connections
        ));
        Ok(course)
    }

    /// Everything; the last home is kept for what is measured next.
    pub(super) fn all_kinds(&self, targets: &mut Targets) -> Result<Shop> {
        let (pairs, shop) = self.pairs("all kinds", None)?;
        tally(targets, "all kinds", &pairs);
        targets.add(
            "all kinds: peak memory",
            "MB",
            Aim::Below(200.0),
            pairs.peak.most(),
        );
        Ok(shop)
    }

    /// Customers, subscriptions and invoices with their lines, and nothing else.
    pub(super) fn three_kinds(&self, targets: &mut Targets) -> Result<()> {
        self.merchant.refuse(OTHERS)?;
        let (pairs, _) = self.pairs("three kinds", Some(THREE))?;
        self.merchant.refuse(&[])?;
        tally(targets, "three kinds", &pairs);
        Ok(())
    }

    fn pairs(&self, what: &str, only: Option<&str>) -> Result<(Pairs, Shop)> {
        let mut pairs = Pairs::new(what);
        let mut last = None;
        for run in 0..self.runs {
            drop(last.take());
            let shop = Shop::open(self.place, self.merchant, Terms::UNPACED)?;
            let sync = shop.sync()?;
            let sync = if only.is_none() { sync.whole()? } else { sync };
            let walked = self.walk(only)?;
            if run == 0 {
                tell(&format!(
                    "{what}: {} objects kept by the sync with {} requests; {} passed over by the client on {} pages, with {} invoice lines inside",
                    sync.stored, sync.requests, walked.objects, walked.pages, walked.lines
                ));
                if only.is_some() && sync.stored != walked.objects {
                    bail!("the two did not read the same objects, so they cannot be compared");
                }
            }
            pairs.add(&sync, &walked);
            last = Some(shop);
        }
        pairs.print();
        Ok((pairs, last.context("nothing was synced")?))
    }

    fn walk(&self, only: Option<&str>) -> Result<Walked> {
        let mut command = Command::new(self.place.release("xtask"));
        command
            .args(["bench", "walk", "--url", &self.merchant.url])
            .args(["--newest", &self.merchant.present()?.to_string()])
            .args(["--months", &self.size.months.to_string()])
            .args(["--connections", &self.connections.to_string()]);
        if let Some(only) = only {
            command.args(["--only", only]);
        }
        let ended = to_its_end(&mut command, Some(&self.merchant.key), WALK_LONGEST)?;
        if !ended.status.success() {
            bail!("the client failed: {}", ended.said.trim());
        }
        let field = |name| {
            json::number(&ended.said, name).with_context(|| format!("the client told no {name}"))
        };
        Ok(Walked {
            pages: field("pages")?,
            objects: field("objects")?,
            lines: field("lines")?,
            took: ended.took,
        })
    }
}

fn tally(targets: &mut Targets, what: &str, pairs: &Pairs) {
    targets.add(
        format!("{what}: first sync"),
        "objects/s",
        Aim::AtLeast(10_000.0),
        pairs.synced.middle(),
    );
    targets.add(
        format!("{what}: beside a client that throws away"),
        "of 1",
        Aim::AtLeast(0.5),
        pairs.ratio.middle(),
    );
}
