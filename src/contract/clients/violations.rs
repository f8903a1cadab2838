//! Violations that no schema expresses.

use serde_json::{Value, json};

use super::envelopes::rewrapped;
use super::rules::{API_ERROR, EMPTY_PAGE, HAS_MORE_DISAGREES, PAGE_OVERFLOW};
use super::{BARE, DOCUMENTED, LIST, schema};
use crate::contract::Envelope;
use crate::error::Error;
use crate::finding::rules;
use crate::generate::{BrokenPayload, Catalogue, CustomViolation, Target};
use crate::pointer::child;
use crate::schema::keywords::names;

/// Every way to break the contract: its schema, and what it promises beyond.
///
/// Promises about several pages of a walk are not among them: no single payload breaks them.
///
/// # Errors
///
/// None for the schema as it is published.
pub fn catalogue() -> Result<Catalogue, Error> {
    Ok(in_one_envelope(Catalogue::new(&schema())?).with_custom(&custom_violations(DOCUMENTED)))
}

/// The same in an envelope.
pub(super) fn catalogue_in(envelope: &Envelope) -> Result<Catalogue, Error> {
    Ok(in_one_envelope(Catalogue::new(envelope.schema())?).with_custom(&custom_violations(&envelope.name)))
}

/// Leaves out what puts a response into another envelope: with an array in the place of `data` it is a list.
fn in_one_envelope(catalogue: Catalogue) -> Catalogue {
    let is_other = |target: &Target| {
        let locations = [(names::DEFS, "ClientsData"), (names::PROPERTIES, "data")];
        let locations = locations.map(|(keyword, name)| child(&child("", keyword), name));
        let is_of_data = locations.iter().any(|location| target.schema_pointer().starts_with(location));
        let violation = Some(target).filter(|target| is_of_data && *target.rule() == rules::TYPE_MISMATCH);
        let violation = violation.and_then(|target| catalogue.smallest_for(target));
        violation.is_some_and(|violation| match &violation.payload {
            BrokenPayload::Json(payload) => {
                violation.pointer.to_string() == "/data" && payload["data"].is_array()
            }
            BrokenPayload::Text(_) => false,
        })
    };
    let is_other: Vec<bool> = catalogue.targets().iter().map(is_other).collect();
    let mut is_other = is_other.into_iter();
    catalogue.filter(|_| is_other.next() != Some(true))
}

/// What is done to a response in the envelope.
fn custom_violations(envelope: &str) -> Vec<CustomViolation> {
    let locations: [&'static [&'static str]; 2] = match envelope {
        BARE => [&["clients"], &["pageInfo", "hasMore"]],
        LIST => [&["data"], &["pageInfo", "hasMore"]],
        _ => [&["data", "Clients", "clients"], &["data", "Clients", "pageInfo", "hasMore"]],
    };
    let [clients, has_more] = locations;
    let violation = |rule, pointer, what, act| CustomViolation { rule, pointer, what, act };
    let mut all = vec![
        violation(&API_ERROR, &["errors"], "replaced by a GraphQL error, with data null", |response| {
            *response = json!({"data": null, "errors": [{"message": "Something went wrong"}]});
        }),
        violation(&API_ERROR, &["error"], "replaced by an error object", |response| {
            *response = json!({"error": "rate_limit_exceeded", "message": "Slow down", "retryAfter": 32});
        }),
        violation(&PAGE_OVERFLOW, clients, "given more clients than `perPage`", |response| {
            page(response, 1, &[1, 2], (1, 2, true));
        }),
        violation(&HAS_MORE_DISAGREES, has_more, "false although more clients follow", |response| {
            page(response, 25, &[1], (1, 30, false));
        }),
        violation(&HAS_MORE_DISAGREES, has_more, "true although no client follows", |response| {
            page(response, 25, &[1], (1, 1, true));
        }),
        violation(&EMPTY_PAGE, clients, "emptied although more clients are promised", |response| {
            page(response, 25, &[], (1, 30, true));
        }),
    ];
    let differs = |what, act| violation(&rules::ENVELOPE_DIFFERS, &[], what, act);
    if envelope == BARE {
        all.push(differs("put into the documented envelope", |response| {
            *response = json!({});
            page(response, 25, &[1], (1, 1, false));
        }));
    } else {
        all.push(differs("put into the bare envelope", |response| {
            let mut documented = json!({});
            page(&mut documented, 25, &[1], (1, 1, false));
            *response = rewrapped(documented, BARE, None);
        }));
    }
    all
}

/// Gives the response this page, in its envelope: its size, its clients, and number, total and whether more follow.
fn page(response: &mut Value, size: u64, clients: &[u32], (number, total, more): (u64, u64, bool)) {
    let client =
        |id: &u32| json!({"id": format!("00000000-0000-4000-8000-{id:012}"), "name": format!("Client {id}")});
    let list = json!({
        "pageInfo": {"perPage": size, "currentPage": number, "total": total, "hasMore": more},
        "clients": clients.iter().map(client).collect::<Vec<_>>(),
    });
    *response = if response.get("clients").is_some() {
        list
    } else if response.get("data").is_some_and(Value::is_array) {
        json!({"data": list["clients"], "pageInfo": list["pageInfo"]})
    } else {
        json!({"data": {"Clients": list}})
    };
}
