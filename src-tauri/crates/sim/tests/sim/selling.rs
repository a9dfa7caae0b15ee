//! Products, prices, coupons and promotion codes that requests make, change and remove.

use serde_json::json;

use crate::support::{Desk, int, spec, text};

async fn desk() -> Desk {
    Desk::open(spec(3, 120, 10)).await
}

/// Notices of these kinds are given.
async fn told(desk: &Desk, kinds: &[&str]) {
    for kind in kinds {
        assert!(!desk.events(kind).await.is_empty(), "{kind} is told");
    }
}

/// The counts agree with a walk over these lists.
async fn counted(desk: &Desk, lists: &[&str]) {
    let counts = desk.get("/_sim/counts").await;
    for list in lists {
        let path = format!("/v1/{list}");
        assert_eq!(
            desk.walk(&path).await.len() as i64,
            int(&counts[&path]),
            "{list}"
        );
    }
}

#[tokio::test]
async fn products_and_prices_are_made_and_changed() {
    let desk = desk().await;
    let product = desk.done("/v1/products", &[("name", "Vault")]).await;
    let product = text(&product["id"]).to_owned();
    let form = [
        ("product", product.as_str()),
        ("currency", "usd"),
        ("unit_amount", "1500"),
        ("recurring[interval]", "month"),
        ("lookup_key", "vault"),
        ("expand[]", "product"),
    ];
    let price = desk.done("/v1/prices", &form).await;
    assert_eq!(
        price["product"]["name"], "Vault",
        "a write's answer can be expanded"
    );
    assert_eq!(
        (
            &price["recurring"]["interval"],
            &price["unit_amount_decimal"]
        ),
        (&json!("month"), &json!("1500"))
    );
    let id = text(&price["id"]).to_owned();
    let found = desk.get("/v1/prices?lookup_keys[]=vault").await;
    assert_eq!(found["data"][0]["id"], *id);
    let taken = desk.post("/v1/prices", &form).await;
    assert_eq!(taken.refusal(), (400, "", "lookup_key"));
    desk.done(&format!("/v1/prices/{id}"), &[("active", "false")])
        .await;
    let of_product = format!("/v1/prices?product={product}&active=");
    assert_eq!(
        desk.get(&format!("{of_product}true")).await["data"],
        json!([])
    );
    assert_eq!(
        desk.get(&format!("{of_product}false")).await["data"][0]["id"],
        *id
    );
    desk.done(
        &format!("/v1/products/{product}"),
        &[("default_price", &id)],
    )
    .await;
    told(
        &desk,
        &[
            "product.created",
            "product.updated",
            "price.created",
            "price.updated",
        ],
    )
    .await;
    counted(&desk, &["products", "prices"]).await;
}

#[tokio::test]
async fn coupons_and_codes_are_made_changed_and_removed() {
    let desk = desk().await;
    let form = [
        ("id", "SPRING"),
        ("percent_off", "12.5"),
        ("duration", "forever"),
    ];
    let coupon = desk.done("/v1/coupons", &form).await;
    assert_eq!(coupon["percent_off"], 12.5);
    assert_eq!(
        desk.post("/v1/coupons", &form).await.refusal(),
        (400, "resource_already_exists", "id")
    );
    let form = [
        ("promotion[type]", "coupon"),
        ("promotion[coupon]", "SPRING"),
        ("code", "BLOOM"),
    ];
    let code = desk.done("/v1/promotion_codes", &form).await;
    assert_eq!(code["promotion"]["coupon"], "SPRING");
    assert_eq!(
        desk.post("/v1/promotion_codes", &form).await.refusal(),
        (400, "", "code")
    );
    let path = format!("/v1/promotion_codes/{}", text(&code["id"]));
    desk.done(&path, &[("active", "false")]).await;
    assert_eq!(
        desk.get("/v1/promotion_codes?code=bloom").await["data"][0]["active"],
        false
    );
    assert_eq!(desk.delete("/v1/coupons/SPRING").await.status, 200);
    assert_eq!(
        desk.delete("/v1/coupons/EARLY20").await.status,
        200,
        "the world's own too"
    );
    assert_eq!(
        desk.ask("/v1/coupons/SPRING").await.0,
        404,
        "a deleted coupon is not found"
    );
    told(
        &desk,
        &[
            "coupon.created",
            "coupon.deleted",
            "promotion_code.created",
            "promotion_code.updated",
        ],
    )
    .await;
    counted(&desk, &["coupons", "promotion_codes"]).await;
}
