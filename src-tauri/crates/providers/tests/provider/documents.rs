//! An invoice's PDF: the link is followed without the key, a few steps, and what comes must be one.

use crate::server::{Answer, Asked, Server};
use coffer_providers::ProviderError;
use serde_json::json;

fn invoice(link: Option<&str>) -> Answer {
    Answer::json(&json!({
        "id": "in_1", "object": "invoice", "livemode": false, "currency": "usd", "created": 5, "status": "open",
        "subtotal": 0, "total": 0, "amount_due": 0, "amount_paid": 0, "amount_remaining": 0,
        "lines": {"object": "list", "data": [], "has_more": false}, "invoice_pdf": link
    }))
}

const LINK: &str = "https://pay.stripe.com/invoice/acct_1/test_x/pdf?s=ap";

fn pdf() -> Answer {
    Answer::status(200, "%PDF-1.4 drawn")
}

/// A server whose document lies behind `answer`.
async fn behind(answer: impl Fn(&Asked) -> Answer + Send + Sync + 'static) -> Server {
    Server::start(move |asked, _| match asked.path.as_str() {
        "/v1/invoices/in_1" => invoice(Some(LINK)),
        _ => answer(asked),
    })
    .await
}

#[tokio::test]
async fn the_link_is_followed_without_the_key_and_counted() {
    let server = behind(|asked| match asked.path.as_str() {
        "/invoice/acct_1/test_x/pdf" => {
            Answer::status(302, "").header("location", "https://files.stripe.com/kept/1?x=2")
        }
        "/kept/1" => Answer::status(307, "").header("location", "/kept/2"),
        _ => pdf(),
    })
    .await;
    let client = server.client();
    let found = client.invoice_document("in_1").await.unwrap().unwrap();
    assert_eq!(found.bytes, b"%PDF-1.4 drawn");
    assert_eq!(found.invoice.id, "in_1");
    let asked = server.asked();
    let paths: Vec<&str> = asked.iter().map(|it| it.path.as_str()).collect();
    assert_eq!(
        paths,
        [
            "/v1/invoices/in_1",
            "/invoice/acct_1/test_x/pdf",
            "/kept/1",
            "/kept/2"
        ]
    );
    assert!(asked[0].authorization.is_some());
    for it in &asked[1..] {
        assert_eq!(
            (&it.authorization, &it.version),
            (&None, &None),
            "{}",
            it.path
        );
    }
    assert_eq!(asked[1].query, "s=ap", "the link is used as it came");
    let elsewhere = client.elsewhere();
    assert_eq!(elsewhere, [("127.0.0.1".to_owned(), 3)]);
}

#[tokio::test]
async fn a_link_that_leads_on_and_on_is_left() {
    let server = behind(|_| Answer::status(302, "").header("location", "/again")).await;
    let error = server.client().invoice_document("in_1").await.unwrap_err();
    assert!(matches!(error, ProviderError::Unreadable { .. }), "{error}");
    assert!(server.asked().len() < 8);
    for nowhere in [None, Some("ftp:"), Some("http://")] {
        let server = behind(move |_| {
            let answer = Answer::status(302, "");
            match nowhere {
                Some(place) => answer.header("location", place),
                None => answer,
            }
        })
        .await;
        let error = server.client().invoice_document("in_1").await.unwrap_err();
        assert!(
            matches!(error, ProviderError::Unreadable { .. }),
            "{nowhere:?}: {error}"
        );
    }
}

#[tokio::test]
async fn what_comes_must_be_a_pdf() {
    for (answer, told) in [
        (Answer::status(200, "<html>Sign in</html>"), "unreadable"),
        (Answer::status(200, ""), "unreadable"),
        (Answer::status(404, "gone"), "refused"),
        (Answer::status(503, ""), "down"),
    ] {
        let answer = std::sync::Mutex::new(Some(answer));
        let server = behind(move |_| {
            let mut left = answer.lock().unwrap();
            left.take().unwrap_or_else(pdf)
        })
        .await;
        let error = server.client().invoice_document("in_1").await.unwrap_err();
        let kind = match error {
            ProviderError::Unreadable { .. } => "unreadable",
            ProviderError::Refused { .. } => "refused",
            ProviderError::Down { .. } => "down",
            ref other => panic!("{other}"),
        };
        assert_eq!(kind, told, "{error}");
    }
}

#[tokio::test]
async fn a_draft_and_an_invoice_that_is_gone_have_none() {
    let draft = Server::start(|_, _| invoice(None)).await;
    assert_eq!(draft.client().invoice_document("in_1").await.unwrap(), None);
    let gone =
        Server::start(|_, _| Answer::error(404, "resource_missing", "No such invoice")).await;
    assert_eq!(gone.client().invoice_document("in_1").await.unwrap(), None);
    assert_eq!(gone.asked().len(), 1);
}
