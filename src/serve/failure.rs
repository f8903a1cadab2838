//! Error responses in the shape of the API.

use hyper::StatusCode;
use serde_json::{Map, Value};

use crate::contract::Contract;
use crate::untrusted::to_compact_json;

/// An error response.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Failure {
    pub(super) status: StatusCode,
    pub(super) message: String,
    /// Seconds to wait before the next request.
    pub(super) retry_after: Option<u64>,
}

impl Failure {
    pub(super) fn new(status: StatusCode, message: impl Into<String>) -> Self {
        Self { status, message: message.into(), retry_after: None }
    }

    /// A bad request.
    pub(super) fn wrong(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, message)
    }

    /// The body, after the example of the contract for this status, or else for another one.
    pub(super) fn body(&self, contract: &Contract) -> String {
        let example = |error: &crate::contract::ErrorBody| match serde_json::from_str(&error.example) {
            Ok(Value::Object(example)) => Some((error.status, example)),
            _ => None,
        };
        let own = contract.errors.iter().filter(|error| error.status == self.status.as_u16());
        let (status, example) = own.chain(&contract.errors).find_map(example).unwrap_or_else(|| {
            let texts =
                [("error", ""), ("message", ELIDED)].map(|(name, text)| (name.to_owned(), text.into()));
            (0, texts.into_iter().collect())
        });
        let is_own = status == self.status.as_u16();
        let mut body = Map::new();
        for (name, value) in example {
            let value = match value {
                Value::String(text) if text == ELIDED => Value::from(&*self.message),
                Value::String(_) if !is_own => self.code().into(),
                Value::Number(_) => match self.retry_after {
                    Some(seconds) => seconds.into(),
                    None => continue,
                },
                other => other,
            };
            body.insert(name, value);
        }
        to_compact_json(&Value::Object(body))
    }

    /// The name of the status: `not_found`.
    fn code(&self) -> String {
        let reason = self.status.canonical_reason().unwrap_or("error");
        reason.to_ascii_lowercase().replace([' ', '-'], "_").replace('\'', "")
    }
}

/// A text that the contract does not document.
const ELIDED: &str = "...";

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract;
    use crate::schema::Schema;

    fn body(failure: &Failure, contract: &Contract) -> Value {
        serde_json::from_str(&failure.body(contract)).unwrap()
    }

    #[test]
    fn errors_have_the_shape_of_the_contract() {
        let mut failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "wait");
        failure.retry_after = Some(3);
        let expected = json!({"error": "rate_limit_exceeded", "message": "wait", "retryAfter": 3});
        assert_eq!(body(&failure, contract::usual()), expected);
        let failure = Failure::new(StatusCode::NOT_FOUND, "no such path");
        assert_eq!(
            body(&failure, contract::usual()),
            json!({"error": "not_found", "message": "no such path"})
        );
        let own = Contract::builder("own", Schema::from_value(json!({}))).build().unwrap();
        assert_eq!(body(&failure, &own), json!({"error": "not_found", "message": "no such path"}));
    }
}
