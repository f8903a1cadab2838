//! The envelopes of the response.
//!
//! The documentation page wraps the list in `data.Clients`. Public client code of sibling endpoints of the
//! same API reads two others, whose pages have cursors.

#[cfg(feature = "generate")]
use serde_json::Value;

use super::aggregation::Aggregation;
use super::client::Client;
use super::rules::api_error;
use super::{DOCUMENTED, PUBLISHED_PATH, SECRETS, paging, root_schema, walk};
use crate::contract::Envelope;
use crate::contract::presence::object;
use crate::contract::scalar::Count;
use crate::validate::{Invariant, Promises, Secrets, SequenceInvariant};

object! {
    /// The response of `GET /incoming/v2/clients` in the bare envelope: one page of clients.
    struct BareResponse, PartialBareResponse {
        /// The position of the page among all pages. Source: public client code of sibling endpoints.
        page_info: always CursorInfo = "pageInfo",
        /// Aggregations over the clients. Source: documented example.
        aggregations: nullable Vec<Aggregation> = "aggregations",
        /// The clients on the page. Source: public client code of sibling endpoints.
        clients: always Vec<Client> = "clients",
    }
}

object! {
    /// The response of `GET /incoming/v2/clients` in the list envelope: one page of clients.
    struct ListResponse, PartialListResponse {
        /// The position of the page among all pages. Source: public client code of sibling endpoints.
        page_info: always CursorInfo = "pageInfo",
        /// The clients on the page. Source: public client code of sibling endpoints.
        data: always Vec<Client> = "data",
    }
}

object! {
    /// The position of a page among all pages, where these have cursors.
    struct CursorInfo, PartialCursorInfo {
        /// What to ask for the next page with; missing or null on the last page. Source: public client code of sibling
        /// endpoints.
        cursor: nullable String = "cursor",
        /// Whether there are more pages. Source: public client code of sibling endpoints.
        has_more: always bool = "hasMore",
        /// Number of clients per page. Not negative. Source: documented example.
        per_page: optional Count = "perPage",
        /// Number of the page. Not negative. Source: documented example.
        current_page: optional Count = "currentPage",
        /// Number of clients on all pages together. Not negative. Source: documented example.
        total: optional Count = "total",
    }
}

/// The envelope in which the response is `{"clients": [...], "pageInfo": {...}}`.
pub const BARE: &str = "bare";

/// The envelope in which the response is `{"data": [...], "pageInfo": {...}}`.
pub const LIST: &str = "list";

/// What is promised beyond the schema of an envelope, by where its data, its facts of the page and its clients are.
macro_rules! promises {
    ($data:literal, $page_info:literal, $clients:literal, $check:path) => {{
        static WATCH: [&str; 7] = [
            concat!($page_info, "/perPage"),
            concat!($page_info, "/currentPage"),
            concat!($page_info, "/total"),
            concat!($page_info, "/hasMore"),
            $clients,
            concat!($page_info, "/cursor"),
            concat!($clients, "/*/id"),
        ];
        static SEQUENCE: SequenceInvariant = SequenceInvariant { watch: &WATCH, start: walk::start };
        const API_ERROR: Invariant = Invariant {
            watch: &[$data, "/errors", "/error", "/message"],
            check: api_error,
            instead_of_schema: true,
        };
        const PAGE: Invariant =
            Invariant { watch: WATCH.split_at(paging::IDS).0, check: $check, instead_of_schema: false };
        Promises {
            elision: Some(("...", "...")),
            invariants: vec![API_ERROR, PAGE],
            sequence: Some(&SEQUENCE),
            secrets: Secrets::new(SECRETS.iter().copied()),
        }
    }};
}

/// The documented envelope.
pub(super) fn documented() -> Envelope {
    let promises = promises!("/data", "/data/Clients/pageInfo", "/data/Clients/clients", paging::check);
    Envelope::derived(DOCUMENTED, super::schema, promises)
        .published(PUBLISHED_PATH)
        .compiled("src/contract/clients/documented.table.txt", include_str!("documented.table.txt"))
        .summary(r#"{"data": {"Clients": {"pageInfo": {...}, "aggregations": [...], "clients": [...]}}}"#)
        .items("/data/Clients/clients")
        .page_info("/data/Clients/pageInfo")
}

/// See [`BARE`].
pub(super) fn bare() -> Envelope {
    let promises = promises!("/clients", "/pageInfo", "/clients", paging::check_with_cursor);
    Envelope::derived(BARE, || root_schema::<BareResponse>(Some(BARE)), promises)
        .summary(r#"{"clients": [...], "pageInfo": {"cursor": "...", "hasMore": true}}"#)
        .items("/clients")
        .page_info("/pageInfo")
        .by_cursor()
}

/// See [`LIST`].
pub(super) fn list() -> Envelope {
    let promises = promises!("/data", "/pageInfo", "/data", paging::check_with_cursor);
    Envelope::derived(LIST, || root_schema::<ListResponse>(Some(LIST)), promises)
        .summary(r#"{"data": [...], "pageInfo": {"cursor": "...", "hasMore": true}}"#)
        .items("/data")
        .page_info("/pageInfo")
        .by_cursor()
}

/// The documented response in another envelope: its numbers of pages are a cursor there.
#[cfg(feature = "generate")]
pub(super) fn rewrapped(mut documented: Value, envelope: &str, cursor: Option<&str>) -> Value {
    if envelope == DOCUMENTED {
        return documented;
    }
    let mut list = documented["data"]["Clients"].take();
    let page_info = serde_json::json!({"cursor": cursor, "hasMore": list["pageInfo"]["hasMore"].take()});
    list["pageInfo"] = page_info;
    if envelope == LIST {
        list["data"] = list["clients"].take();
        if let Some(list) = list.as_object_mut() {
            list.remove("clients");
            list.remove("aggregations");
        }
    }
    list
}
