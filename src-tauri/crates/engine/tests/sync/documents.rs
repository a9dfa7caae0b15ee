//! Invoices as the provider draws them: fetched without the key, kept, and given without a network.

use crate::support::{Shop, world};
use coffer_engine::EngineError;
use coffer_engine::documents::{InvoiceDocument, invoice_document};
use coffer_engine::store::table::contact;
use coffer_sim::{Fault, FaultKind, WorldSpec};

async fn shop() -> Shop {
    // Its corners hold what somebody keeps as a draft.
    let shop = Shop::of(WorldSpec {
        corners: true,
        ..world(85, 40)
    })
    .await;
    shop.whole().await;
    shop
}

async fn drawn(shop: &Shop, id: &str) -> Result<InvoiceDocument, EngineError> {
    invoice_document(&shop.books, id, shop.desk.client_options()).await
}

fn on_the_way(kind: FaultKind) -> Fault {
    Fault {
        path: Some("/invoice/".to_owned()),
        ..Fault::next(9, kind)
    }
}

/// An invoice of a status.
fn one(shop: &Shop, status: &str) -> String {
    let found = shop.books.store.read(|read| {
        let question = "SELECT id FROM invoice WHERE status = ?1 ORDER BY created DESC LIMIT 1";
        Ok(read
            .sql()
            .query_row(question, [status], |row| row.get::<_, String>(0))?)
    });
    found.unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_pdf_is_fetched_once_without_the_key_and_is_there_without_a_network() {
    let shop = shop().await;
    let paid = one(&shop, "paid");
    let asked = |shop: &Shop| {
        let contacts = shop.books.store.read(|read| contact::all(read.sql()));
        contacts.unwrap().iter().map(|it| it.requests).sum::<u64>()
    };
    let (requests, counted) = (shop.requests(), asked(&shop));
    let first = drawn(&shop, &paid).await.unwrap();
    assert!(first.bytes.starts_with(b"%PDF-"));
    assert!(
        String::from_utf8_lossy(&first.bytes).contains(&format!("Invoice {}", first.number)),
        "it is that invoice"
    );
    assert_eq!(first.older, None);
    let journal = shop.merchant.journal();
    let fetches: Vec<_> = journal
        .iter()
        .filter(|it| it.path.starts_with("/invoice/"))
        .collect();
    assert_eq!(fetches.len(), 1);
    assert_eq!(fetches[0].key_last4, None, "a link is its own permission");
    assert_eq!(
        asked(&shop) - counted,
        (shop.requests() - requests) as u64,
        "both requests are counted"
    );
    let requests = shop.requests();
    assert_eq!(drawn(&shop, &paid).await.unwrap(), first);
    assert_eq!(shop.requests(), requests, "it is kept");
    let Shop {
        merchant,
        desk,
        books,
        folder,
        ..
    } = shop;
    merchant.stop().await.unwrap();
    let offline = invoice_document(&books, &paid, desk.client_options()).await;
    assert_eq!(offline.unwrap(), first);
    drop(folder);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_has_changed_is_drawn_anew_and_an_older_drawing_says_that_it_is_one() {
    let shop = shop().await;
    let open = one(&shop, "open");
    let before = drawn(&shop, &open).await.unwrap();
    shop.ask("POST", &format!("/v1/invoices/{open}/void"), "");
    shop.whole().await;
    shop.merchant
        .set_faults(vec![on_the_way(FaultKind::Failure { status: 503 })]);
    let older = drawn(&shop, &open).await.unwrap();
    assert_eq!(older.bytes, before.bytes);
    assert!(older.older.is_some(), "the bill was given up since");
    shop.merchant.set_faults(Vec::new());
    let after = drawn(&shop, &open).await.unwrap();
    assert_eq!(after.older, None);
    assert!(String::from_utf8_lossy(&after.bytes).contains("Status void"));
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_is_no_document_is_not_kept() {
    let shop = shop().await;
    let paid = one(&shop, "paid");
    for kind in [
        FaultKind::WrongJson,
        FaultKind::Truncated,
        FaultKind::Reset,
        FaultKind::Failure { status: 404 },
    ] {
        shop.merchant.set_faults(vec![on_the_way(kind.clone())]);
        let error = drawn(&shop, &paid).await.unwrap_err();
        assert!(
            matches!(error, EngineError::Provider(_)),
            "{kind:?}: {error}"
        );
    }
    shop.merchant.set_faults(Vec::new());
    assert!(drawn(&shop, &paid).await.is_ok());
    let nobodys = drawn(&shop, "in_nobodys").await.unwrap_err();
    assert!(matches!(
        nobodys,
        EngineError::NotFound {
            what: "invoice",
            ..
        }
    ));
    let draft = one(&shop, "draft");
    let error = drawn(&shop, &draft).await.unwrap_err();
    assert!(
        matches!(
            error,
            EngineError::NotFound {
                what: "PDF yet of the invoice",
                ..
            }
        ),
        "{error}"
    );
}
