//! Writing to the simulated merchant, as a client of its own would.

use serde_json::Value;

use super::Desk;

/// An answer to a write.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Answer {
    pub(crate) status: u16,
    pub(crate) body: Value,
    pub(crate) replayed: bool,
}

impl Answer {
    /// Code and parameter of a refusal; nothing stands for a field that is absent.
    pub(crate) fn refusal(&self) -> (u16, &str, &str) {
        let field = |name: &str| self.body["error"][name].as_str().unwrap_or_default();
        (self.status, field("code"), field("param"))
    }
}

impl Desk {
    /// Posts a form.
    pub(crate) async fn post(&self, path: &str, form: &[(&str, &str)]) -> Answer {
        self.write("POST", path, form, None).await
    }

    /// Posts a form and expects that it is done.
    pub(crate) async fn done(&self, path: &str, form: &[(&str, &str)]) -> Value {
        let answer = self.post(path, form).await;
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.body
    }

    /// Deletes something.
    pub(crate) async fn delete(&self, path: &str) -> Answer {
        self.write("DELETE", path, &[], None).await
    }

    /// A write with or without an idempotency key.
    pub(crate) async fn write(
        &self,
        method: &str,
        path: &str,
        form: &[(&str, &str)],
        key: Option<&str>,
    ) -> Answer {
        let url = format!("{}{path}", self.running.base_url());
        let request = self
            .client
            .request(method.parse().unwrap(), url)
            .bearer_auth(self.running.key());
        let request = if form.is_empty() {
            request
        } else {
            request.form(form)
        };
        let request = match key {
            Some(key) => request.header("idempotency-key", key),
            None => request,
        };
        let response = request.send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            replayed: response.headers().contains_key("idempotent-replayed"),
            body: response.json().await.unwrap(),
        }
    }

    /// Orders something of the simulator itself.
    pub(crate) async fn order(&self, path: &str, wish: Value) -> Answer {
        let url = format!("{}/_sim/{path}", self.running.base_url());
        let response = self.client.post(url).json(&wish).send().await.unwrap();
        Answer {
            status: response.status().as_u16(),
            replayed: false,
            body: response.json().await.unwrap(),
        }
    }

    /// The events of a kind, newest first.
    pub(crate) async fn events(&self, kind: &str) -> Vec<Value> {
        self.walk(&format!("/v1/events?type={kind}")).await
    }
}

/// Has requests make one object of each kind that they can make, and change others.
pub(crate) async fn fill(desk: &Desk) {
    let form = [
        ("email", "full@made.example"),
        ("address[line1]", "Mill Lane 1"),
        ("address[country]", "GB"),
    ];
    desk.done("/v1/customers", &form).await;
    let product = desk.done("/v1/products", &[("name", "Vault")]).await;
    let product = product["id"].as_str().unwrap().to_owned();
    for recurring in ["month", ""] {
        let mut form = vec![
            ("product", product.as_str()),
            ("currency", "usd"),
            ("unit_amount_decimal", "12.5"),
        ];
        form.extend((!recurring.is_empty()).then_some(("recurring[interval]", recurring)));
        desk.done("/v1/prices", &form).await;
    }
    let form = [
        ("id", "FILLED"),
        ("amount_off", "500"),
        ("currency", "usd"),
        ("duration", "repeating"),
        ("duration_in_months", "3"),
    ];
    desk.done("/v1/coupons", &form).await;
    let form = [
        ("promotion[type]", "coupon"),
        ("promotion[coupon]", "FILLED"),
    ];
    desk.done("/v1/promotion_codes", &form).await;
    let charges = desk.get("/v1/charges?limit=100").await;
    let charge = charges["data"]
        .as_array()
        .unwrap()
        .iter()
        .find(|charge| charge["paid"] == true && charge["disputed"] == false)
        .and_then(|charge| charge["id"].as_str())
        .unwrap();
    let refund = desk.post("/v1/refunds", &[("charge", charge)]).await;
    assert!([200, 400].contains(&refund.status), "{}", refund.body);
    for kind in ["subscriptions", "invoices", "charges", "products"] {
        let done = desk
            .order("touch", serde_json::json!({ "kind": kind, "count": 2 }))
            .await;
        assert_eq!(done.status, 200, "{kind}: {}", done.body);
    }
}
