//! What does an API promise?
//!
//! One folder an endpoint. What the endpoints share stands beside them: [`presence`] says what may be
//! missing and what may be null, [`scalar`] which scalars an answer is made of.

pub mod clients;
pub mod presence;
pub mod scalar;

mod choice;
mod describing;
mod reading;
mod rest;
mod writing;

use std::sync::{LazyLock, OnceLock};

use crate::finding::{Rule, rules};
use crate::schema::Schema;
use crate::validate::{Judgement, Promises, Validator};

/// What an API promises: a schema derived from types, and promises no schema can state.
///
/// ```
/// use clients_contract::Contract;
///
/// let judgement = Contract::clients().validate(br#"{"data": {"Clients": {"clients": null}}}"#);
/// let broken: Vec<_> = judgement.findings.iter().map(|finding| finding.rule.id).collect();
/// assert_eq!(broken, ["missing-property", "null-value"]);
/// ```
#[derive(Debug)]
pub struct Contract {
    /// The `$id` of its schema.
    pub id: &'static str,
    /// Its semantic version, apart from the crate's.
    pub version: &'static str,
    schema: Schema,
    promises: Promises,
    validator: OnceLock<Validator>,
}

impl Contract {
    /// The contract of `GET /incoming/v2/clients`.
    #[must_use]
    pub fn clients() -> &'static Self {
        static CLIENTS: LazyLock<Contract> = LazyLock::new(|| Contract {
            id: clients::ID,
            version: clients::VERSION,
            schema: Schema::from_value(clients::schema()),
            promises: clients::PROMISES,
            validator: OnceLock::new(),
        });
        &CLIENTS
    }

    /// Its JSON Schema.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        &self.schema
    }

    /// The members whose values are never shown, whatever is asked.
    #[must_use]
    pub fn secrets(&self) -> &'static [&'static str] {
        self.promises.secrets
    }

    /// Its validator, compiled at the first call and shared from then on.
    #[must_use]
    pub fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| Validator::of_valid(&self.schema, self.promises))
    }

    /// Judges a body.
    #[must_use]
    pub fn validate(&self, body: &[u8]) -> Judgement {
        self.validator().validate(body)
    }
}

/// Every rule there is: those that hold for any contract, then each contract's own.
///
/// ```
/// assert!(clients_contract::rules().any(|rule| rule.id == "null-value"));
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    rules::ALL.iter().chain(clients::rules::ALL).copied()
}
