//! Invoices as a PDF, at the address that the invoice itself names. It is open to whoever has the link.
//!
//! The provider keeps these pages on a host of its own; a client on this machine is to ask here for the same path.

use axum::body::Body;
use axum::http::{HeaderValue, Response};
use serde_json::Value;

use super::error::raw;
use crate::ids::Sort;
use crate::world::World;

/// What stands before the account and the code in such a path.
pub(super) const PATH: &str = "/invoice/";

/// Answers the path of a drawing; what nobody drew is not found.
pub(super) fn document(world: &World, path: &str) -> Response<Body> {
    let own = format!("{PATH}{}/", world.account_id());
    let code = path
        .strip_prefix(&own)
        .and_then(|rest| rest.strip_suffix("/pdf"));
    let drawn = code.and_then(|code| {
        let mut all = world.invoices.iter();
        let record = all.find(|it| world.drawing_code(it).as_deref() == Some(code))?;
        world.own_object(&world.id(Sort::Invoice, record.ix))
    });
    match drawn {
        Some(invoice) => {
            let mut response = raw(200, pdf(&lines_of(&invoice)));
            response
                .headers_mut()
                .insert("content-type", HeaderValue::from_static("application/pdf"));
            response
        }
        None => raw(404, "{}"),
    }
}

/// What the drawing says, line by line.
fn lines_of(invoice: &Value) -> Vec<String> {
    let text = |field: &str| match invoice.get(field) {
        Some(Value::String(text)) => text.clone(),
        Some(Value::Null) | None => String::new(),
        Some(other) => other.to_string(),
    };
    let mut lines = vec![
        format!("Invoice {}", text("number")),
        format!("To {}", text("customer_name")),
        format!("Status {}", text("status")),
    ];
    let items = invoice.pointer("/lines/data").and_then(Value::as_array);
    for item in items.into_iter().flatten() {
        let what = item
            .get("description")
            .and_then(Value::as_str)
            .unwrap_or("");
        let amount = item.get("amount").cloned().unwrap_or_default();
        lines.push(format!("{what}: {amount}"));
    }
    lines.push(format!(
        "Total {} {}, paid {}",
        text("total"),
        text("currency"),
        text("amount_paid")
    ));
    lines
}

/// One page with a line of text below the other: the smallest PDF that every reader opens.
fn pdf(lines: &[String]) -> Vec<u8> {
    let mut content = String::from("BT /F1 11 Tf 56 780 Td 16 TL\n");
    for line in lines {
        let plain: String = line
            .chars()
            .map(|it| if (' '..='~').contains(&it) { it } else { '?' })
            .collect();
        let safe = plain
            .replace('\\', "\\\\")
            .replace('(', "\\(")
            .replace(')', "\\)");
        content.push_str(&format!("({safe}) Tj T*\n"));
    }
    content.push_str("ET");
    let objects = [
        "<< /Type /Catalog /Pages 2 0 R >>".to_owned(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".to_owned(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 4 0 R /Resources << /Font << /F1 5 0 R >> >> >>"
            .to_owned(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica >>".to_owned(),
    ];
    let mut file = String::from("%PDF-1.4\n");
    let mut places = Vec::new();
    for (number, object) in (1..).zip(&objects) {
        places.push(file.len());
        file.push_str(&format!("{number} 0 obj\n{object}\nendobj\n"));
    }
    let table = file.len();
    file.push_str(&format!(
        "xref\n0 {}\n0000000000 65535 f \n",
        places.len() + 1
    ));
    for place in &places {
        file.push_str(&format!("{place:010} 00000 n \n"));
    }
    file.push_str(&format!(
        "trailer\n<< /Size {} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n",
        places.len() + 1
    ));
    file.into_bytes()
}
