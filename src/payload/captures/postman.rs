//! Which responses are saved with the requests of a Postman collection?

use serde::Deserialize;
use serde_json::Value;

use super::Shape;
use super::exchange::{Exchange, Text, coding, status};
use crate::payload::{Input, Request};

pub(super) static SHAPE: Shape = Shape {
    input: Input::Postman,
    name: "a Postman collection",
    lists: &[&["item"], &["collection", "item"]],
    loose: &[],
    told: |keys| {
        let has = |key: &str| keys.contains(key);
        has("info/_postman_id") || has("info/schema") && has("item") || has("collection/info/_postman_id")
    },
    exchanges,
};

/// A request with its saved responses, or a folder of them.
#[derive(Deserialize)]
struct Node {
    #[serde(default)]
    item: Vec<Node>,
    #[serde(default)]
    request: Value,
    #[serde(default)]
    response: Vec<Saved>,
}

#[derive(Deserialize)]
struct Saved {
    #[serde(default, rename = "originalRequest")]
    original: Value,
    code: Option<Value>,
    #[serde(default)]
    header: Value,
    body: Option<Text>,
}

fn exchanges(item: &[u8]) -> serde_json::Result<Vec<Exchange>> {
    let mut found = Vec::new();
    // Folders in folders, without a stack of our own calls.
    let mut open: Vec<Node> = vec![serde_json::from_slice(item)?];
    while let Some(node) = open.pop() {
        for saved in node.response {
            let asked = if saved.original.is_null() { &node.request } else { &saved.original };
            found.push(Exchange {
                request: request(asked),
                status: status(saved.code.as_ref()),
                body: saved.body.map(|Text(bytes)| bytes),
                coding: coding(&saved.header),
                ..Exchange::default()
            });
        }
        open.extend(node.item.into_iter().rev());
    }
    Ok(found)
}

/// A request is an object, or only its URL.
fn request(asked: &Value) -> Request {
    let url = asked.get("url").unwrap_or(asked);
    let raw = url.get("raw").unwrap_or(url).as_str().unwrap_or_default();
    Request::new(asked.get("method").and_then(Value::as_str).unwrap_or("GET"), raw)
}
