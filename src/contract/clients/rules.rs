//! Rules of this API only.

use crate::finding::rules;
use crate::pointer::Pointer;
use crate::validate::{ShallowValue, Violation, WatchedValues};

rules! {
    API_ERROR "api-error" Error Invariant:
        "The API returned an error instead of data.",
        "The response is a GraphQL result with `errors`, or an object such as `{\"error\": …}` without \
         `data`. The query failed, which says nothing about the contract; findings of the schema are not \
         reported.",
        "Check the request, the API key and the rate limit.",
        r#"{"errors": [{"message": "…"}], "data": null}"#;

    PAGE_OVERFLOW "page-overflow" Warning Invariant:
        "A page has more clients than its `perPage`.",
        "Consumers size their buffers and compute page numbers by `perPage`. Not checked when `perPage` is \
         0, as in the documentation's placeholder.",
        "Report it to the API's owner; until it is fixed, do not rely on `perPage`.",
        r#"{"pageInfo": {"perPage": 1, ...}, "clients": [{...}, {...}]}"#;

    HAS_MORE_DISAGREES "has-more-disagrees" Warning Invariant:
        "`hasMore` contradicts `currentPage`, `perPage` and `total`.",
        "A walk that trusts `hasMore` ends too early or requests a page that does not exist. Not checked \
         when `perPage` is 0.",
        "Report it to the API's owner; until it is fixed, walk until a page is empty.",
        r#"{"pageInfo": {"perPage": 25, "currentPage": 1, "total": 30, "hasMore": false}}"#;

    REPEATED_CLIENT "repeated-client" Warning Invariant:
        "A client was already on an earlier page of the walk.",
        "Pages shift while they are walked, or the server ignores `page`: another client was probably \
         missed.",
        "Request a stable `sort`, and deduplicate clients by `id`.",
        r#"page 1: {"clients": [{"id": A}]}, page 2: {"clients": [{"id": A}]}"#;

    TOTAL_CHANGED "total-changed" Warning Invariant:
        "`total` differs from the first page of the walk.",
        "Clients were added or removed during the walk, which may have missed some.",
        "Walk again when the instance is quiet, or accept it with a baseline.",
        r#"page 1: {"total": 30}, page 2: {"total": 31}"#;

    TOTAL_DISAGREES "total-disagrees" Warning Invariant:
        "A whole walk lists more or fewer clients than its `total`.",
        "Clients are missing from the pages, or are on two of them; `total` is not the number of clients.",
        "Report it to the API's owner; until it is fixed, count the clients instead of reading `total`.",
        r#"page 1 of 1: {"total": 3, "hasMore": false}, "clients": [A, B]"#;

    EMPTY_PAGE "empty-page" Warning Invariant:
        "A page is empty before the end of the walk.",
        "`hasMore` or `total` announce clients that are not there; a consumer that stops at an empty page \
         misses the rest.",
        "Report it to the API's owner; until it is fixed, continue while `hasMore` is true.",
        r#"{"pageInfo": {"currentPage": 2, "hasMore": true, ...}, "clients": []}"#;

    WALK_NOT_ENDING "walk-not-ending" Warning Invariant:
        "The walk does not end: `hasMore` stays true.",
        "A consumer that continues until `hasMore` is false never stops: the server repeats pages, \
         continues far beyond `total`, or returns more pages than a walk may have.",
        "Report it to the API's owner; until it is fixed, stop at a page without new clients.",
        r#"page 3: {"hasMore": true}, "clients": [A, B], both seen before"#;

    PAGE_MISMATCH "page-mismatch" Warning Invariant:
        "The page has another number or size than requested.",
        "The server ignores `page` or `count`, or caps the latter: a consumer that computes pages from its \
         own parameters misses clients. Checked where the request was recorded.",
        "Read `currentPage` and `perPage` from the response instead of assuming them.",
        r#"GET ?page=2 answered by {"currentPage": 1}"#;

    SORT_ORDER_MISMATCH "sort-order-mismatch" Warning Invariant:
        "The clients are not in the requested order.",
        "The server ignores `sort`, or breaks it between two pages: pages may shift while they are walked. \
         Either direction counts as sorted. Checked for `name`, `slug`, `createdAt` and `updatedAt`, where \
         the request was recorded.",
        "Sort on the client side, and report it to the API's owner.",
        r#"GET ?sort=name answered by "clients": [{"name": "B"}, {"name": "C"}, {"name": "A"}]"#;
}

/// Looks at the outermost members of a response: data, errors, error and message.
pub(super) fn api_error(seen: &WatchedValues) -> Vec<Violation> {
    let [data, errors, error, message] = [0, 1, 2, 3].map(|watch| seen.one(watch));
    let violation = |name: &str, what| vec![Violation::new(&API_ERROR, Pointer::root().key(name), what)];
    match (data, errors, error, message) {
        // GraphQL: a request error has `errors` and no data, a field error has both.
        (_, Some(ShallowValue::Array(1..)), _, _) => {
            violation("errors", "query failed: the response has GraphQL errors")
        }
        (None, Some(ShallowValue::Object(_) | ShallowValue::String(_)), _, _) => {
            violation("errors", "request rejected: found an error instead of data")
        }
        (
            None,
            _,
            Some(ShallowValue::Object(_) | ShallowValue::String(_) | ShallowValue::Boolean(true)),
            _,
        ) => violation("error", "request rejected: found an error instead of data"),
        (None, _, _, Some(ShallowValue::String(_))) => {
            violation("message", "request rejected: found an error instead of data")
        }
        _ => Vec::new(),
    }
}
