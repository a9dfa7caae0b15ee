//! The engine's own edges: the sealed file, the drawing, the border to the hosts.

#![expect(clippy::unwrap_used, reason = "the helpers of a test may fail it")]

use chrono::NaiveDate;
use coffer_engine::api::{COMMAND_NAMES, bindings, call};
use coffer_engine::chart::{Earlier, Mark, Picture, Series, Theme, png, svg};
use coffer_engine::desk::SecretsChoice;
use coffer_engine::domain::currency::Currency;
use coffer_engine::domain::metric::Basis;
use coffer_engine::domain::mode::ModeName;
use coffer_engine::home::Home;
use coffer_engine::secrets::{SealedFile, Secrets as _, SecretsError};
use coffer_engine::{Desk, DeskOptions};
use std::path::PathBuf;
use std::sync::Arc;
use tempfile::TempDir;

const LIVE: ModeName = ModeName::Live;
const TEST: ModeName = ModeName::Test;

fn sealed(home: &TempDir, passphrase: &str) -> Result<SealedFile, SecretsError> {
    SealedFile::open(home.path(), passphrase.to_owned().into())
}

#[test]
fn a_sealed_secret_comes_back_under_its_own_mode_and_name_only() {
    let home = TempDir::new().unwrap();
    let file = sealed(&home, "open sesame").unwrap();
    file.set(TEST, "a", "CANARY-one").unwrap();
    file.set(LIVE, "a", "CANARY-two").unwrap();
    drop(file);
    let file = sealed(&home, "open sesame").unwrap();
    assert_eq!(
        file.get(TEST, "a").unwrap().as_deref().map(String::as_str),
        Some("CANARY-one")
    );
    assert_eq!(
        file.get(LIVE, "a").unwrap().as_deref().map(String::as_str),
        Some("CANARY-two")
    );
    assert!(file.get(LIVE, "b").unwrap().is_none());
    file.forget(TEST, "a").unwrap();
    file.forget(TEST, "never there").unwrap();
    assert!(file.get(TEST, "a").unwrap().is_none());
    let bytes = std::fs::read(home.path().join("secrets.sealed")).unwrap();
    assert!(
        !bytes.windows(6).any(|window| window == b"CANARY"),
        "sealed means sealed"
    );
}

#[test]
fn a_wrong_passphrase_or_a_changed_byte_opens_nothing() {
    let home = TempDir::new().unwrap();
    sealed(&home, "right")
        .unwrap()
        .set(TEST, "a", "secret")
        .unwrap();
    assert!(matches!(
        sealed(&home, "wrong"),
        Err(SecretsError::WrongPassphrase)
    ));
    let path = home.path().join("secrets.sealed");
    let text = std::fs::read_to_string(&path).unwrap();
    std::fs::write(&path, "{ not ours").unwrap();
    assert!(matches!(
        sealed(&home, "right"),
        Err(SecretsError::Damaged { .. })
    ));
    std::fs::write(&path, text.replace("\"passes\": 3", "\"passes\": 4000000")).unwrap();
    assert!(
        matches!(sealed(&home, "right"), Err(SecretsError::Damaged { .. })),
        "absurd work is refused, not done"
    );
}

#[test]
fn a_home_keeps_its_id_and_one_lock_for_each_name() {
    let folder = TempDir::new().unwrap();
    let (first, again) = (
        Home::open(folder.path()).unwrap(),
        Home::open(folder.path()).unwrap(),
    );
    assert_eq!(first.id(), again.id());
    let held = first.try_lock("sync-test").unwrap();
    assert!(held.is_some());
    assert!(
        again.try_lock("sync-test").unwrap().is_none(),
        "held by the first"
    );
    assert!(again.try_lock("sync-live").unwrap().is_some());
    drop(held);
    assert!(again.try_lock("sync-test").unwrap().is_some());
}

fn picture() -> Picture {
    Picture {
        line: Some(series()),
        ..Picture::default()
    }
}

fn series() -> Series {
    let mark = |month: u32, minor, basis, unfinished| Mark {
        date: NaiveDate::from_ymd_opt(2026, month, 28).unwrap(),
        minor,
        basis: Some(basis),
        unfinished,
    };
    Series {
        marks: vec![
            mark(1, 0, Basis::Inferred, false),
            mark(2, 120_000, Basis::Inferred, false),
            mark(3, 250_050, Basis::Invoiced, false),
            mark(4, 240_000, Basis::Observed, true),
        ],
        earlier: None,
        currency: Currency::USD,
    }
}

#[test]
fn a_page_drawing_has_classes_for_colours_and_a_place_for_every_point() {
    let drawing = svg(&picture(), Theme::Page, (640, 240)).unwrap();
    for class in [
        "c-line",
        "c-area",
        "c-grid",
        "c-axis",
        "c-unfinished",
        "c-inferred",
        "c-dot",
    ] {
        assert!(
            drawing.svg.contains(&format!("class=\"{class}\"")),
            "{class} is missing"
        );
    }
    assert!(
        !drawing.svg.contains("style=") && !drawing.svg.contains("stroke=\"#"),
        "no colour of its own"
    );
    assert!(!drawing.svg.contains("<script") && !drawing.svg.contains("href"));
    assert_eq!(drawing.points.len(), 4);
    let [first, second, third, last] = drawing.points.as_slice() else {
        panic!("four points")
    };
    assert!(
        first.x < second.x && second.x < third.x && third.x < last.x,
        "time goes right"
    );
    assert!(third.y < last.y && last.y < first.y, "more is higher");
    assert!(last.x <= 640.0 && first.y <= 240.0, "inside the drawing");
}

#[test]
fn files_are_drawn_in_real_colours_in_both_themes() {
    for theme in [Theme::Light, Theme::Dark] {
        let drawing = svg(&picture(), theme, (960, 360)).unwrap();
        assert!(drawing.svg.contains("stroke=\"#") && !drawing.svg.contains("class="));
        let bytes = png(&picture(), theme, (960, 360)).unwrap();
        assert_eq!(&bytes[..8], b"\x89PNG\r\n\x1a\n");
        assert!(
            bytes.len() > 2_000,
            "something was drawn: {} bytes",
            bytes.len()
        );
    }
    let (light, dark) = (
        png(&picture(), Theme::Light, (300, 200)).unwrap(),
        png(&picture(), Theme::Dark, (300, 200)).unwrap(),
    );
    assert_ne!(light, dark);
}

#[test]
fn an_earlier_time_is_a_quieter_line_with_a_name_and_gaps_where_nothing_is_known() {
    let mut compared = picture();
    let line = compared.line.as_mut().unwrap();
    line.earlier = Some(Earlier {
        name: "a year before".to_owned(),
        minors: vec![None, Some(400_000), None, Some(100_000)],
    });
    let drawing = svg(&compared, Theme::Page, (640, 240)).unwrap();
    assert!(drawing.svg.contains("a year before"));
    assert!(
        !drawing.svg.contains("c-earlier"),
        "one day alone makes no line"
    );
    let known: Vec<bool> = drawing.earlier.iter().map(Option::is_some).collect();
    assert_eq!(known, [false, true, false, true]);
    let line = compared.line.as_mut().unwrap();
    line.earlier.as_mut().unwrap().minors[2] = Some(300_000);
    let drawing = svg(&compared, Theme::Page, (640, 240)).unwrap();
    assert_eq!(drawing.svg.matches("class=\"c-earlier\"").count(), 2);
    let (second, third) = (drawing.earlier[1].unwrap(), drawing.earlier[2].unwrap());
    assert!(
        second.y < third.y && second.y >= 14.0,
        "the scale reaches the larger of both lines"
    );
    assert!(
        (second.x - drawing.points[1].x).abs() < 0.01,
        "both stand on one axis"
    );
}

#[test]
fn a_series_of_nothing_or_of_one_point_is_drawn_without_fuss() {
    for count in [0, 1] {
        let mut few = picture();
        few.line.as_mut().unwrap().marks.truncate(count);
        assert_eq!(
            svg(&few, Theme::Page, (240, 120)).unwrap().points.len(),
            count
        );
    }
    let mut huge = picture();
    huge.line.as_mut().unwrap().marks[2].minor = i64::MAX;
    assert!(svg(&huge, Theme::Page, (240, 120)).is_ok());
}

#[test]
fn the_committed_bindings_are_the_generated_ones() {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("../../../ui/src/api/generated.ts");
    let committed = std::fs::read_to_string(&path).unwrap();
    assert!(
        committed == bindings::typescript(),
        "run `cargo xtask bindings`: ui/src/api/generated.ts is stale"
    );
}

#[tokio::test]
async fn a_request_that_cannot_be_read_is_refused_without_repeating_it() {
    let home = TempDir::new().unwrap();
    let options = DeskOptions::new(home.path().to_owned(), SecretsChoice::FileWithoutPassphrase);
    let desk = Arc::new(Desk::open(options).unwrap());
    for name in COMMAND_NAMES.iter().filter(|name| {
        !matches!(
            **name,
            "state" | "account_list" | "demo_leave" | "demo_enter" | "privacy" | "policies"
        )
    }) {
        let refused = call(&desk, name, br#"{"key": ["rk_test_CANARY"], "mode": 7}"#)
            .await
            .unwrap()
            .unwrap_err();
        assert_eq!(refused.code, "usage", "{name}");
        assert!(
            !refused.message.contains("CANARY"),
            "{name} repeats what it was given"
        );
    }
    assert!(call(&desk, "drop_everything", b"{}").await.is_none());
}

#[tokio::test]
async fn a_mode_without_a_file_is_empty_and_no_file_is_made() {
    let home = TempDir::new().unwrap();
    let options = DeskOptions::new(home.path().to_owned(), SecretsChoice::FileWithoutPassphrase);
    let desk = Arc::new(Desk::open(options).unwrap());
    let overview = call(&desk, "overview", br#"{"mode":"live"}"#)
        .await
        .unwrap()
        .unwrap();
    assert!(overview["mrr"].is_null() && overview["complete"] == false);
    let customers = br#"{"mode":"test","view":"customers","sort":"name","descending":false,"offset":0,"limit":50}"#;
    assert_eq!(
        call(&desk, "records", customers).await.unwrap().unwrap()["total"],
        0
    );
    let state = call(&desk, "state", b"{}").await.unwrap().unwrap();
    assert!(state["fault"].is_null() && state["accounts"] == serde_json::json!([]));
    assert!(!home.path().join("live.db").exists() && !home.path().join("test.db").exists());
}
