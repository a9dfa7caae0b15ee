//! Refusals, in the provider's words.
//!
//! The text matters as well as the code: clients show it, and the name of a missing permission is only found there.

use axum::body::Body;
use axum::http::{HeaderValue, Response, StatusCode};
use serde_json::{Map, Value, json};

/// A refusal.
#[derive(Debug)]
pub(crate) struct Refusal {
    pub(crate) status: u16,
    kind: &'static str,
    code: Option<String>,
    param: Option<String>,
    message: String,
}

impl Refusal {
    /// A request that cannot be answered.
    pub(crate) fn invalid(
        status: u16,
        code: Option<&str>,
        param: Option<&str>,
        message: String,
    ) -> Self {
        Self {
            status,
            kind: "invalid_request_error",
            code: code.map(str::to_owned),
            param: param.map(str::to_owned),
            message,
        }
    }

    /// A refusal of another type than that of most.
    pub(crate) fn of_kind(
        kind: &'static str,
        status: u16,
        code: Option<&str>,
        message: String,
    ) -> Self {
        Self {
            kind,
            ..Self::invalid(status, code, None, message)
        }
    }

    /// An id that names nothing. Where it is a parameter of a list the provider says 400, else 404.
    pub(crate) fn missing(status: u16, what: &str, id: &str, param: &str) -> Self {
        Self::invalid(
            status,
            Some("resource_missing"),
            Some(param),
            format!("No such {what}: '{id}'"),
        )
    }

    /// A path that does not exist.
    pub(crate) fn no_such_path(method: &str, path: &str) -> Self {
        let message = format!(
            "Unrecognized request URL ({method}: {path}). Please see https://stripe.com/docs or we can help at https://support.stripe.com/."
        );
        Self::invalid(404, None, None, message)
    }

    /// A failure on the provider's side.
    pub(crate) fn broken(status: u16) -> Self {
        let message = "An unknown error occurred while processing your request.".to_owned();
        Self {
            status,
            kind: "api_error",
            code: None,
            param: None,
            message,
        }
    }

    pub(crate) fn body(&self) -> Value {
        let mut error = Map::new();
        if let Some(code) = &self.code {
            error.insert("code".to_owned(), json!(code));
            error.insert(
                "doc_url".to_owned(),
                json!(format!(
                    "https://stripe.com/docs/error-codes/{}",
                    code.replace('_', "-")
                )),
            );
        }
        error.insert("message".to_owned(), json!(self.message));
        if let Some(param) = &self.param {
            error.insert("param".to_owned(), json!(param));
        }
        error.insert("type".to_owned(), json!(self.kind));
        json!({ "error": error })
    }
}

/// A JSON answer.
pub(crate) fn answer(status: u16, body: &Value) -> Response<Body> {
    // Through a byte vector: formatting it as text takes twice as long.
    raw(status, serde_json::to_vec(body).unwrap_or_default())
}

/// An answer that claims to be JSON.
pub(crate) fn raw(status: u16, body: impl Into<Body>) -> Response<Body> {
    let mut response = Response::new(body.into());
    *response.status_mut() =
        StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    response
        .headers_mut()
        .insert("content-type", HeaderValue::from_static("application/json"));
    response
}

/// Sets a header whose value may come from outside; a value that cannot be one is left out.
pub(crate) fn set(response: &mut Response<Body>, name: &'static str, value: &str) {
    if let Ok(value) = HeaderValue::from_str(value) {
        response.headers_mut().insert(name, value);
    }
}
