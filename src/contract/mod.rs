//! What does an API promise?
//!
//! One folder an endpoint. What the endpoints share stands beside them: [`presence`] says what may be
//! missing and what may be null, [`scalar`] which scalars an answer is made of.

pub mod clients;
pub mod paging;
pub mod presence;
pub mod scalar;

mod choice;
mod describing;
mod object;
mod reading;
mod rest;
mod writing;

use std::path::Path;
use std::sync::OnceLock;

use serde_json::Value;

use paging::Paging;

use crate::finding::{Rule, rules};
use crate::origin::Origin;
use crate::payload::Selection;
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
    derive: fn() -> Value,
    published: &'static str,
    /// The file of its published schema, in the repository that publishes it.
    pub published_path: &'static str,
    promises: Promises,
    schema: OnceLock<Schema>,
    endpoint: (&'static str, &'static str),
    paging: &'static Paging,
    validator: OnceLock<Validator>,
}

impl Contract {
    /// The contract of `GET /incoming/v2/clients`.
    #[must_use]
    pub fn clients() -> &'static Self {
        static CLIENTS: Contract = Contract {
            id: clients::ID,
            version: clients::VERSION,
            derive: clients::schema,
            published: clients::PUBLISHED,
            published_path: clients::PUBLISHED_PATH,
            promises: clients::PROMISES,
            schema: OnceLock::new(),
            endpoint: clients::ENDPOINT,
            paging: &clients::PAGING,
            validator: OnceLock::new(),
        };
        &CLIENTS
    }

    /// The place of its published schema: what reports point at where they say something about the contract.
    #[must_use]
    pub fn origin(&self) -> Origin {
        Origin::file("<builtin>").in_file(Path::new(self.published_path))
    }

    /// Its JSON Schema, derived from the types at the first call.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.schema.get_or_init(|| Schema::from_value((self.derive)()))
    }

    /// The members whose values are never shown, whatever is asked.
    #[must_use]
    pub fn secrets(&self) -> &'static [&'static str] {
        self.promises.secrets
    }

    /// Its responses in captures, on any host.
    #[must_use]
    pub fn selection(&self) -> Selection {
        Selection::new(self.endpoint.0, self.endpoint.1)
    }

    /// How its pages are walked.
    #[must_use]
    pub fn paging(&self) -> &'static Paging {
        self.paging
    }

    /// Its validator, compiled at the first call and shared from then on.
    ///
    /// The streaming engine compiles the published schema, which is read in a fraction of the time that it takes to
    /// derive it, and which a test holds to the types.
    #[must_use]
    pub fn validator(&self) -> &Validator {
        self.validator.get_or_init(|| {
            let lean = Schema::without_descriptions(self.published);
            // The text was held to be JSON, and more, by a test.
            let lean = lean.unwrap_or_else(|_| self.schema().clone());
            let derive = self.derive;
            Validator::of_lean(&lean, move || Schema::from_value(derive()), self.promises)
        })
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
    let rules = rules::ALL.iter().chain(clients::rules::ALL).copied();
    #[cfg(feature = "diff")]
    let rules = rules.chain(crate::diff::rules::all());
    rules
}
