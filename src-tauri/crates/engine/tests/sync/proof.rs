//! What does not add up is fetched again, and what still does not makes the copy incomplete, with its ids.

use crate::support::{Shop, world};
use coffer_engine::domain::record::Kind;
use coffer_engine::figures::{View, load};
use coffer_engine::sync::reproject_all;

fn first_id(shop: &Shop, question: &'static str) -> String {
    shop.books
        .store
        .read(|read| Ok(read.sql().query_row(question, [], |row| row.get(0))?))
        .unwrap()
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_lost_refund_is_found_through_its_payment() {
    let shop = Shop::of(world(21, 120)).await;
    shop.whole().await;
    let before = shop.content();
    let payment = first_id(&shop, "SELECT payment FROM refund ORDER BY id LIMIT 1");
    // As if the page with the refund had never come.
    shop.tamper("DELETE FROM raw_object WHERE kind = 'refunds'");
    shop.tamper("DELETE FROM refund");
    shop.ask(
        "POST",
        &format!("/v1/charges/{payment}"),
        "metadata[seen]=1",
    );
    shop.whole().await;
    let found = shop.content();
    let refunds: Vec<_> = found
        .keys()
        .filter(|(kind, _)| *kind == Kind::Refunds)
        .collect();
    assert!(!refunds.is_empty(), "the payment's refunds are back");
    assert!(shop.sync_full().await.complete);
    assert_eq!(shop.content().len(), before.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_reference_that_leads_nowhere_is_followed() {
    let shop = Shop::of(world(22, 60)).await;
    shop.whole().await;
    let before = shop.content();
    let customer = first_id(
        &shop,
        "SELECT customer FROM subscription WHERE customer IN (SELECT id FROM customer) ORDER BY id LIMIT 1",
    );
    let subscription = first_id(
        &shop,
        "SELECT id FROM subscription WHERE customer IN (SELECT id FROM customer) ORDER BY id LIMIT 1",
    );
    shop.tamper("DELETE FROM raw_object WHERE kind = 'customers'");
    shop.tamper("DELETE FROM customer");
    shop.ask(
        "POST",
        &format!("/v1/subscriptions/{subscription}"),
        "metadata[seen]=1",
    );
    let run = shop.whole().await;
    assert!(
        shop.content().contains_key(&(Kind::Customers, customer)),
        "{run:?}"
    );
    assert!(shop.sync_full().await.complete);
    assert_eq!(shop.content().len(), before.len());
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn what_still_does_not_add_up_is_named_and_no_number_is_called_complete() {
    let shop = Shop::of(world(23, 60)).await;
    shop.whole().await;
    let invoice = first_id(
        &shop,
        "SELECT id FROM invoice WHERE subtotal > 0 AND deleted = 0 ORDER BY id LIMIT 1",
    );
    // A row that lies, beside JSON that does not: fetching the same JSON again mends nothing.
    shop.tamper("UPDATE invoice SET subtotal = subtotal + 1 WHERE subtotal > 0");
    shop.tamper("UPDATE account SET unproved = 1");
    let run = shop.sync().await;
    assert!(!run.complete);
    assert!(
        run.mismatches
            .iter()
            .any(|it| it.id == invoice && it.kind == Kind::Invoices),
        "{:?}",
        run.mismatches.first()
    );
    let complete = load(&shop.books, &View::plain(chrono_tz::Tz::UTC))
        .unwrap()
        .complete;
    assert!(!complete, "every figure says so");
    let again = shop.sync().await;
    assert!(
        !again.complete && !again.mismatches.is_empty(),
        "it is not forgotten"
    );
    reproject_all(&shop.books).await.unwrap();
    let mended = shop.sync_full().await;
    assert!(mended.complete, "{:?}", mended.mismatches.first());
}
