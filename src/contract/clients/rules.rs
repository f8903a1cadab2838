//! Which rules does only this API need?

use crate::finding::rules;
use crate::pointer::Pointer;
use crate::validate::{Breach, Seen, Sightings};

rules! {
    API_ERROR "api-error" Error Invariant:
        "The API answers with an error instead of data.",
        "A GraphQL result with `errors`, or an object like `{\"error\": …}` without `data`. The query \
         failed, which says nothing about the contract; the schema's findings are left out. Look at the \
         request, the key and the rate limit.",
        r#"{"errors": [{"message": "…"}], "data": null}"#;

    PAGE_OVERFLOW "page-overflow" Warning Invariant:
        "A page holds more clients than its `perPage`.",
        "Consumers size their buffers by `perPage`. Not judged when `perPage` is 0, as in the \
         documentation's placeholder.",
        r#"{"pageInfo": {"perPage": 1, ...}, "clients": [{...}, {...}]}"#;

    HAS_MORE_DISAGREES "has-more-disagrees" Warning Invariant:
        "`hasMore` says something else than `currentPage`, `perPage` and `total` do.",
        "A walk that trusts `hasMore` ends too early or asks for a page that is not there. Not judged when \
         `perPage` is 0.",
        r#"{"pageInfo": {"perPage": 25, "currentPage": 1, "total": 30, "hasMore": false}}"#;

    REPEATED_CLIENT "repeated-client" Warning Invariant:
        "A client was already on an earlier page of the same walk.",
        "Pages shift while they are walked, or the server ignores `page`: some other client was probably \
         missed. Ask for a stable `sort`.",
        r#"page 1: {"clients": [{"id": A}]}, page 2: {"clients": [{"id": A}]}"#;

    TOTAL_CHANGED "total-changed" Warning Invariant:
        "`total` is another one than on the first page of the same walk.",
        "Clients came or went while the pages were walked; the walk may have missed some.",
        r#"page 1: {"total": 30}, page 2: {"total": 31}"#;

    TOTAL_DISAGREES "total-disagrees" Warning Invariant:
        "A whole walk lists more or fewer clients than its `total`.",
        "Clients are missing from the pages, or stand on two of them; `total` cannot be used to know how \
         many there are.",
        r#"page 1 of 1: {"total": 3, "hasMore": false}, "clients": [A, B]"#;

    EMPTY_PAGE "empty-page" Warning Invariant:
        "A page is empty before the end of the walk.",
        "`hasMore` or `total` promise clients that are not there; a consumer that stops at an empty page \
         misses the rest.",
        r#"{"pageInfo": {"currentPage": 2, "hasMore": true, ...}, "clients": []}"#;

    WALK_NOT_ENDING "walk-not-ending" Warning Invariant:
        "`hasMore` promises more, and what comes is nothing new or never ends.",
        "A consumer that goes on until `hasMore` is false never ends: the server repeats pages, goes on far \
         beyond `total`, or for more pages than a walk is given.",
        r#"page 3: {"hasMore": true}, "clients": [A, B], both seen before"#;

    PAGE_NOT_AS_ASKED "page-not-as-asked" Warning Invariant:
        "The page is another one, or has another size, than the request asked for.",
        "The server ignores `page` or `count`, or caps the latter: a consumer that computes pages from what \
         it asked for misses clients. Judged where the request was recorded.",
        r#"GET ?page=2 answered by {"currentPage": 1}"#;

    SORT_NOT_KEPT "sort-not-kept" Warning Invariant:
        "The clients are not in the order that the request asked for.",
        "The server ignores `sort`, or breaks it between two pages: pages may shift while they are walked. \
         Either direction counts as sorted. Judged for `name`, `slug`, `createdAt` and `updatedAt`, where \
         the request was recorded.",
        r#"GET ?sort=name answered by "clients": [{"name": "B"}, {"name": "C"}, {"name": "A"}]"#;
}

/// Looks at the outermost members of a response: data, errors, error and message.
pub(super) fn api_error(seen: &Sightings) -> Vec<Breach> {
    let [data, errors, error, message] = [0, 1, 2, 3].map(|watch| seen.one(watch));
    let breach = |name: &str, what| vec![Breach::new(&API_ERROR, Pointer::root().key(name), what)];
    match (data, errors, error, message) {
        // GraphQL: a request error has `errors` and no data, a field error has both.
        (_, Some(Seen::Array(1..)), _, _) => breach("errors", "says that the query failed (GraphQL errors)"),
        (None, Some(Seen::Object(_) | Seen::String(_)), _, _) => {
            breach("errors", "stands where data belongs: the API refused the request")
        }
        (None, _, Some(Seen::Object(_) | Seen::String(_) | Seen::Boolean(true)), _) => {
            breach("error", "stands where data belongs: the API refused the request")
        }
        (None, _, _, Some(Seen::String(_))) => {
            breach("message", "stands where data belongs: the API refused the request")
        }
        _ => Vec::new(),
    }
}
