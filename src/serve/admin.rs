//! Endpoints for tests below `/__admin/`: health, journal, reset.

use hyper::{Method, Response, StatusCode};
use serde_json::json;

use super::failure::Failure;
use super::http::Body;
use super::journal::Received;
use super::reply;
use crate::contract::Contract;
use crate::untrusted::to_compact_json;

/// The beginning of their paths.
pub(super) const PREFIX: &str = "/__admin/";

/// A server that has these endpoints.
pub(super) trait Admin {
    /// The contract, and the number of items.
    fn served(&self) -> (&Contract, u64);

    /// The latest requests.
    fn received(&self) -> Vec<Received>;

    /// Forgets requests, limits and used steps of a scenario.
    fn reset(&self);
}

/// The response to a request. `check` is the error of one from another site.
pub(super) fn respond(
    server: &impl Admin,
    method: &Method,
    path: &str,
    check: Result<(), &'static str>,
) -> Response<Body> {
    let (contract, total) = server.served();
    let ok = |body| reply::json(StatusCode::OK, to_compact_json(&body));
    let reads = method == Method::GET || method == Method::HEAD;
    match path.strip_prefix(PREFIX).unwrap_or_default() {
        "health" if reads => ok(json!({"status": "ok", "contract": contract.name, "total": total})),
        "requests" if reads => {
            let received = server.received();
            ok(json!({"total": received.len(), "requests": received}))
        }
        "reset" if method == Method::POST => match check {
            Ok(()) => {
                server.reset();
                reply::json(StatusCode::NO_CONTENT, String::new())
            }
            Err(what) => reply::failure(&Failure::new(StatusCode::FORBIDDEN, what), contract),
        },
        "health" | "requests" => reply::not_allowed(contract, "GET, HEAD"),
        "reset" => reply::not_allowed(contract, "POST"),
        _ => {
            let what = "unknown path; expected /__admin/health, /__admin/requests or /__admin/reset";
            reply::failure(&Failure::new(StatusCode::NOT_FOUND, what), contract)
        }
    }
}
