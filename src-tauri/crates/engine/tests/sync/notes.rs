//! Notes on customers, through the commands: what may stand in one, whose it is, and that nobody outside hears of it.

use crate::support::{Shop, world};
use chrono::TimeDelta;
use coffer_engine::api::handle;
use coffer_engine::api::types::{
    ApiErrorView, CustomerDetail, CustomerRequest, CustomerSort, CustomersRequest, ModeRequest,
    ModeView, NoteAddRequest, NoteChangeRequest, NoteRef, NoteRemoveRequest, NoteView,
    OperatorAddRequest, OperatorRemoveRequest, SearchRequest,
};
use coffer_engine::clock::Clock as _;
use coffer_engine::notes::{NOTES_MAX, TEXT_MAX};
use std::fs;

const MODE: ModeView = ModeView::Test;

type Who = Option<(&'static str, &'static str)>;

fn name(who: Who) -> Option<String> {
    who.map(|(name, _)| name.to_owned())
}

fn pin(who: Who) -> Option<secrecy::SecretString> {
    who.map(|(_, pin)| pin.to_owned().into())
}

async fn add(shop: &Shop, who: Who, customer: &str, text: &str) -> Result<NoteView, ApiErrorView> {
    let request = NoteAddRequest {
        mode: MODE,
        customer: customer.to_owned(),
        text: text.to_owned(),
        operator: name(who),
        pin: pin(who),
    };
    handle::note_add(&shop.desk, request).await
}

async fn change(shop: &Shop, who: Who, id: &str, text: &str) -> Result<NoteView, ApiErrorView> {
    let request = NoteChangeRequest {
        mode: MODE,
        id: id.to_owned(),
        text: text.to_owned(),
        operator: name(who),
        pin: pin(who),
    };
    handle::note_change(&shop.desk, request).await
}

async fn remove(shop: &Shop, who: Who, id: &str) -> Result<NoteView, ApiErrorView> {
    let request = NoteRemoveRequest {
        mode: MODE,
        id: id.to_owned(),
        operator: name(who),
        pin: pin(who),
    };
    handle::note_remove(&shop.desk, request).await
}

async fn restore(shop: &Shop, id: &str) -> Result<NoteView, ApiErrorView> {
    let request = NoteRef {
        mode: MODE,
        id: id.to_owned(),
    };
    handle::note_restore(&shop.desk, request).await
}

async fn page(shop: &Shop, id: &str) -> CustomerDetail {
    let request = CustomerRequest {
        mode: MODE,
        id: id.to_owned(),
    };
    handle::customer(&shop.desk, request).await.unwrap()
}

fn notes(page: &CustomerDetail) -> Vec<NoteView> {
    let lines = page.timeline.iter().filter(|it| it.kind == "note");
    lines.map(|it| it.note.clone().unwrap()).collect()
}

async fn somebody(shop: &Shop) -> String {
    let request = CustomersRequest {
        mode: MODE,
        search: None,
        sort: CustomerSort::Mrr,
        descending: true,
        offset: 0,
        limit: 1,
    };
    let page = handle::customers(&shop.desk, request).await.unwrap();
    page.rows[0].id.clone()
}

async fn operator(shop: &Shop, who: (&'static str, &'static str), by: Who) {
    let request = OperatorAddRequest {
        mode: MODE,
        name: who.0.to_owned(),
        pin: who.1.to_owned().into(),
        by: name(by),
        by_pin: pin(by),
    };
    handle::operator_add(&shop.desk, request).await.unwrap();
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_stands_in_the_timeline_by_its_time_until_it_is_taken_out_and_can_be_put_back() {
    let shop = Shop::of(world(94, 20)).await;
    shop.whole().await;
    let id = somebody(&shop).await;
    let before = page(&shop, &id).await;
    let first = add(&shop, None, &id, "\nCalled.\r\nWants yearly bills. \n")
        .await
        .unwrap();
    assert_eq!(first.text, "Called.\nWants yearly bills.");
    assert_eq!((first.author.as_deref(), &first.customer), (None, &id));
    shop.clock.jump(TimeDelta::days(400));
    let second = add(&shop, None, &id, "Still wants them.").await.unwrap();
    let now = page(&shop, &id).await;
    assert_eq!(notes(&now), [second.clone(), first.clone()], "newest first");
    let others: Vec<_> = now.timeline.iter().filter(|it| it.note.is_none()).collect();
    assert_eq!(others, before.timeline.iter().collect::<Vec<_>>());
    assert!(
        now.timeline.windows(2).all(|two| two[0].at >= two[1].at),
        "all of it is in the order of time, whatever the copy is as of"
    );
    let changed = change(&shop, None, &first.id, "Called twice.")
        .await
        .unwrap();
    assert_eq!(changed.written_at, first.written_at);
    assert_eq!(
        changed.changed_at.as_deref().map(|at| &at[..10]),
        Some(&shop.clock.now().to_rfc3339()[..10])
    );
    let same = change(&shop, None, &second.id, " Still wants them.").await;
    assert_eq!(
        same.unwrap().text,
        " Still wants them.",
        "spaces before words are words"
    );
    let same = change(&shop, None, &first.id, "Called twice.\n")
        .await
        .unwrap();
    assert_eq!(same, changed, "the same words again change nothing");
    remove(&shop, None, &first.id).await.unwrap();
    assert_eq!(notes(&page(&shop, &id).await).len(), 1);
    assert_eq!(
        remove(&shop, None, &first.id).await.unwrap_err().code,
        "not_found"
    );
    assert_eq!(restore(&shop, &first.id).await.unwrap(), changed);
    assert_eq!(notes(&page(&shop, &id).await).len(), 2);
    let again = restore(&shop, &first.id).await.unwrap_err();
    assert_eq!(again.code, "not_found", "it is there once");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_cannot_be_a_note_is_refused_and_changes_nothing() {
    let shop = Shop::of(world(95, 20)).await;
    shop.whole().await;
    let id = somebody(&shop).await;
    let kept = add(&shop, None, &id, "Kept.").await.unwrap();
    for (customer, text, code, words) in [
        (id.as_str(), " \n ", "usage", "needs some words"),
        (
            id.as_str(),
            &"x".repeat(TEXT_MAX + 1),
            "usage",
            "at most 4000",
        ),
        ("cus_nobody", "Hello", "not_found", "cus_nobody"),
    ] {
        let refused = add(&shop, None, customer, text).await.unwrap_err();
        assert_eq!(refused.code, code, "{}", refused.message);
        assert!(refused.message.contains(words), "{}", refused.message);
    }
    for bad in ["note_1", "note_x", "cus_1", ""] {
        assert_eq!(
            change(&shop, None, bad, "x").await.unwrap_err().code,
            "not_found"
        );
        assert_eq!(
            remove(&shop, None, bad).await.unwrap_err().code,
            "not_found"
        );
        assert_eq!(restore(&shop, bad).await.unwrap_err().code, "not_found");
    }
    let refused = change(&shop, None, &kept.id, "\n").await.unwrap_err();
    assert_eq!(refused.code, "usage");
    assert_eq!(notes(&page(&shop, &id).await), std::slice::from_ref(&kept));
    for _ in 1..NOTES_MAX {
        add(&shop, None, &id, "One more.").await.unwrap();
    }
    let refused = add(&shop, None, &id, "Too many.").await.unwrap_err();
    assert!(refused.message.contains("200 notes"), "{}", refused.message);
    remove(&shop, None, &kept.id).await.unwrap();
    add(&shop, None, &id, "There is room again.").await.unwrap();
    let refused = restore(&shop, &kept.id).await.unwrap_err();
    assert!(refused.message.contains("200 notes"), "{}", refused.message);
    let newest = notes(&page(&shop, &id).await)[0].id.clone();
    remove(&shop, None, &newest).await.unwrap();
    assert_eq!(
        restore(&shop, &kept.id).await.unwrap(),
        kept,
        "what could not be put back can be later"
    );
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn where_there_are_operators_a_note_is_its_authors() {
    let shop = Shop::of(world(96, 20)).await;
    shop.whole().await;
    let id = somebody(&shop).await;
    let early = add(&shop, None, &id, "Before there were operators.")
        .await
        .unwrap();
    let (dana, eli) = (("Dana", "4711"), ("Eli", "0815"));
    operator(&shop, dana, None).await;
    operator(&shop, eli, Some(dana)).await;
    for (who, code) in [(None, "operator"), (Some(("Dana", "0815")), "operator")] {
        assert_eq!(add(&shop, who, &id, "Whose?").await.unwrap_err().code, code);
    }
    let hers = add(&shop, Some(dana), &id, "Hers.").await.unwrap();
    assert_eq!(hers.author.as_deref(), Some("Dana"));
    let refused = change(&shop, Some(eli), &hers.id, "His?")
        .await
        .unwrap_err();
    assert_eq!(refused.code, "not_possible");
    assert!(
        refused.message.starts_with("Dana wrote this note"),
        "{}",
        refused.message
    );
    assert_eq!(
        remove(&shop, Some(eli), &hers.id).await.unwrap_err().code,
        "not_possible"
    );
    assert_eq!(
        change(&shop, None, &hers.id, "Nobody's?")
            .await
            .unwrap_err()
            .code,
        "operator"
    );
    // What nobody's name stands beside may be changed by whoever is one, who then stands beside it.
    let taken = change(&shop, Some(eli), &early.id, "Since then there are.")
        .await
        .unwrap();
    assert_eq!(taken.author.as_deref(), Some("Eli"));
    assert_eq!(
        remove(&shop, Some(dana), &taken.id).await.unwrap_err().code,
        "not_possible"
    );
    remove(&shop, Some(dana), &hers.id).await.unwrap();
    assert_eq!(
        restore(&shop, &hers.id).await.unwrap(),
        hers,
        "as it was, and hers"
    );
    let gone = OperatorRemoveRequest {
        mode: MODE,
        name: "Dana".to_owned(),
        by: name(Some(eli)),
        by_pin: pin(Some(eli)),
    };
    let left = handle::operator_remove(&shop.desk, gone).await.unwrap();
    assert_eq!(left.items.len(), 1);
    let his = change(&shop, Some(eli), &hers.id, "Dana left; his now.")
        .await
        .unwrap();
    assert_eq!(his.author.as_deref(), Some("Eli"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_note_is_found_here_and_heard_of_nowhere_else() {
    let shop = Shop::of(world(97, 20)).await;
    shop.whole().await;
    let id = somebody(&shop).await;
    let name = page(&shop, &id).await.customer.name.unwrap();
    let asked = shop.requests();
    let note = add(&shop, None, &id, "Speaks zanzibarian.\nCall late.")
        .await
        .unwrap();
    let search = |text: &str| SearchRequest {
        mode: MODE,
        text: text.to_owned(),
        limit: 10,
    };
    let hits = handle::search(&shop.desk, search("zanzi"))
        .await
        .unwrap()
        .items;
    assert_eq!(hits.len(), 1);
    assert_eq!((hits[0].kind.as_str(), &hits[0].id), ("note", &note.id));
    assert_eq!(hits[0].customer.as_deref(), Some(id.as_str()));
    assert_eq!(hits[0].detail, format!("Note on {name}"));
    assert_eq!(shop.requests(), asked, "the provider was asked nothing");
    shop.whole().await;
    let told = format!("{:?}", shop.merchant.journal());
    assert!(
        !told.to_lowercase().contains("zanzi"),
        "nor told anything by the next sync"
    );
    let hits = handle::search(&shop.desk, search("zanzi"))
        .await
        .unwrap()
        .items;
    assert_eq!(hits.len(), 1, "a sync leaves it");
    // In the file it is encrypted like the rest.
    for entry in fs::read_dir(shop.folder.path()).unwrap() {
        let path = entry.unwrap().path();
        if path.is_file() {
            let bytes = fs::read(&path).unwrap();
            assert!(
                !bytes.windows(6).any(|it| it == b"zanzib"),
                "{}",
                path.display()
            );
        }
    }
    let mode = ModeRequest {
        mode: ModeView::Live,
    };
    assert!(
        handle::operator_list(&shop.desk, mode).await.is_err(),
        "there is no live file"
    );
    let live = NoteAddRequest {
        mode: ModeView::Live,
        customer: id,
        text: "Nothing.".to_owned(),
        operator: None,
        pin: None,
    };
    assert_eq!(
        handle::note_add(&shop.desk, live).await.unwrap_err().code,
        "no_account"
    );
}
