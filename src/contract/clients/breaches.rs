//! How does a response break what no schema states?

use serde_json::{Value, json};

use super::rules::{API_ERROR, EMPTY_PAGE, HAS_MORE_DISAGREES, PAGE_OVERFLOW};
use super::schema;
use crate::error::Error;
use crate::generate::{Catalogue, Special};

/// Every way to break the contract: its schema, and what it promises beyond.
///
/// Promises about several pages of a walk are not among them: no single payload breaks them.
///
/// # Errors
///
/// None for the schema as it is published.
pub fn catalogue() -> Result<Catalogue, Error> {
    Ok(Catalogue::new(&schema())?.and(SPECIALS))
}

const HAS_MORE: &[&str] = &["data", "Clients", "pageInfo", "hasMore"];

const SPECIALS: &[Special] = &[
    Special {
        rule: &API_ERROR,
        pointer: &["errors"],
        what: "replaced by a GraphQL error, with data null",
        act: |response| *response = json!({"data": null, "errors": [{"message": "Something went wrong"}]}),
    },
    Special {
        rule: &API_ERROR,
        pointer: &["error"],
        what: "replaced by an error object",
        act: |response| {
            *response = json!({"error": "rate_limit_exceeded", "message": "Slow down", "retryAfter": 32});
        },
    },
    Special {
        rule: &PAGE_OVERFLOW,
        pointer: &["data", "Clients", "clients"],
        what: "given more clients than `perPage`",
        act: |response| page(response, 1, &[1, 2], (1, 2, true)),
    },
    Special {
        rule: &HAS_MORE_DISAGREES,
        pointer: HAS_MORE,
        what: "false although more clients follow",
        act: |response| page(response, 25, &[1], (1, 30, false)),
    },
    Special {
        rule: &HAS_MORE_DISAGREES,
        pointer: HAS_MORE,
        what: "true although no client follows",
        act: |response| page(response, 25, &[1], (1, 1, true)),
    },
    Special {
        rule: &EMPTY_PAGE,
        pointer: &["data", "Clients", "clients"],
        what: "emptied although more clients are promised",
        act: |response| page(response, 25, &[], (1, 30, true)),
    },
];

/// Gives the response this page: its size, its clients, and number, total and whether more follow.
fn page(response: &mut Value, size: u64, clients: &[u32], (number, total, more): (u64, u64, bool)) {
    let client =
        |id: &u32| json!({"id": format!("00000000-0000-4000-8000-{id:012}"), "name": format!("Client {id}")});
    let list = json!({
        "pageInfo": {"perPage": size, "currentPage": number, "total": total, "hasMore": more},
        "clients": clients.iter().map(client).collect::<Vec<_>>(),
    });
    *response = json!({"data": {"Clients": list}});
}
