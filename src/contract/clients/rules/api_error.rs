//! The API answers with an error instead of data.

use crate::finding::{Rule, Scope, Severity};
use crate::pointer::Pointer;
use crate::validate::{Breach, Invariant, Seen, Sightings};

/// The API answers with an error instead of data.
pub static RULE: Rule = Rule {
    id: "api-error",
    severity: Severity::Error,
    scope: Scope::Invariant,
    summary: "The API answers with an error instead of data.",
    help: "A GraphQL result with `errors`, or an object like `{\"error\": …}` without `data`. The query failed, \
           which says nothing about the contract; the schema's findings are left out. Look at the request, \
           the key and the rate limit.",
    example: r#"{"errors": [{"message": "…"}], "data": null}"#,
};

/// Looks at the outermost members of a response.
pub(in crate::contract::clients) const INVARIANT: Invariant =
    Invariant { watch: &["/data", "/errors", "/error", "/message"], judge, instead_of_schema: true };

fn judge(seen: &Sightings) -> Vec<Breach> {
    let [data, errors, error, message] = [0, 1, 2, 3].map(|watch| seen.one(watch));
    let breach = |name: &str, what| vec![Breach::new(&RULE, Pointer::root().key(name), what)];
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
