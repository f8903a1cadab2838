//! Contracts: what an API promises about its responses.
//!
//! One folder an endpoint, and one line for it in [`ALL`]. What the endpoints share stands beside them:
//! [`presence`] says what may be missing and what may be null, [`scalar`] which scalars a response is made of,
//! [`Contract`] what there is to know of an endpoint. Contracts that are not built in are made by
//! [`Contract::builder`].

pub mod clients;
pub mod paging;
pub mod presence;
pub mod scalar;

mod all;
mod builder;
mod choice;
mod describing;
mod envelope;
#[cfg(feature = "generate")]
mod factory;
mod facts;
mod object;
mod reading;
mod rest;
mod writing;

use std::path::Path;
use std::str::FromStr;
#[cfg(feature = "generate")]
use std::sync::Arc;

use paging::Paging;

pub use all::{ALL, folders, named, usual};
pub use builder::Builder;
pub use envelope::Envelope;
#[cfg(feature = "generate")]
pub use factory::{DatasetOptions, Pages, PayloadFactory};
pub use facts::{Authentication, ErrorBody, Parameter, RateLimit};

#[cfg(feature = "redact")]
use crate::error::Error;
use crate::finding::{ParseRuleError, Rule, rules, unknown_rule};
use crate::origin::Origin;
use crate::payload::Selection;
#[cfg(feature = "redact")]
use crate::redact::{Facts, Fields, Policy};
use crate::schema::Schema;
use crate::validate::{ANY_ENVELOPE, Secrets, Validation, Validator};

/// What an API promises about one endpoint: how it is asked, the schemas of its responses, and promises no
/// schema can state.
///
/// ```
/// use clients_contract::Contract;
/// use schemars::JsonSchema;
///
/// /// A thing.
/// #[derive(JsonSchema)]
/// struct Thing {
///     /// Its name.
///     name: String,
/// }
///
/// let schema = clients_contract::Schema::of::<Thing>();
/// let things = Contract::builder("things", schema).path("/v1/things/{id}").build()?;
/// let validation = things.validate(br#"{"name": null}"#);
/// assert_eq!(validation.findings[0].rule.id, "null-value");
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Debug)]
pub struct Contract {
    /// Its name, as `--contract` takes it.
    pub name: String,
    /// What it is called in reports: of a built-in contract the `$id` of its schema.
    pub id: String,
    /// Its semantic version, apart from the crate's.
    pub version: Option<String>,
    /// One line: what the endpoint gives.
    pub summary: String,
    /// The URL of an instance, with `{instance}` for its name.
    pub host: Option<String>,
    /// The method of its requests.
    pub method: String,
    /// The path on any host; `{id}` is any one step of it.
    pub path: String,
    /// How requests are authenticated.
    pub authentication: Option<Authentication>,
    /// The parameters of a request.
    pub parameters: Vec<Parameter>,
    /// The bodies of errors.
    pub errors: Vec<ErrorBody>,
    /// How many requests a key may send.
    pub rate_limits: Vec<RateLimit>,
    /// The rules that only this contract has.
    pub rules: &'static [&'static Rule],
    /// What its items are called, one and many.
    pub nouns: [String; 2],
    paging: Option<Paging>,
    envelopes: Vec<Envelope>,
    validator: Validator,
    #[cfg(feature = "generate")]
    factory: Arc<dyn PayloadFactory>,
    #[cfg(feature = "redact")]
    fields: Box<dyn Fields>,
}

impl Contract {
    /// Its envelopes, the documented one first.
    #[must_use]
    pub fn envelopes(&self) -> &[Envelope] {
        &self.envelopes
    }

    /// The first of its envelopes that is accepted when these names are: without any, the documented one.
    #[must_use]
    pub fn envelope(&self, accepted: &[&str]) -> &Envelope {
        let is_accepted =
            |one: &&Envelope| accepted.contains(&&*one.name) || accepted.contains(&ANY_ENVELOPE);
        self.envelopes.iter().find(is_accepted).unwrap_or(&self.envelopes[0])
    }

    /// The JSON Schema of its documented envelope, derived from the types at the first call.
    #[must_use]
    pub fn schema(&self) -> &Schema {
        self.envelope(&[]).schema()
    }

    /// The location of the published schema of an envelope: what reports point at where they say something
    /// about the contract.
    #[must_use]
    pub fn origin(&self, envelope: &Envelope) -> Option<Origin> {
        envelope.published_path.map(|path| Origin::file("<builtin>").in_file(Path::new(path)))
    }

    /// What is done with its fields in captures that are shared.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`](crate::ErrorKind::Schema) when a schema is none.
    #[cfg(feature = "redact")]
    pub fn redaction(&self) -> Result<Policy, Error> {
        let promises = self.validator.promises();
        let schemas = self.envelopes.iter().map(|envelope| (&*envelope.name, envelope.schema()));
        Policy::of(&Facts {
            schemas: schemas.collect(),
            secrets: &promises.secrets,
            elision: promises.elision,
            fields: &*self.fields,
        })
    }

    /// The members whose values are never shown, whatever is asked.
    #[must_use]
    pub fn secrets(&self) -> &Secrets {
        &self.validator.promises().secrets
    }

    /// Its responses in captures, on any host.
    #[must_use]
    pub fn selection(&self) -> Selection {
        Selection::new(&self.method, &self.path)
    }

    /// How its pages are walked; `None` where one response is all there is.
    #[must_use]
    pub fn paging(&self) -> Option<&Paging> {
        self.paging.as_ref()
    }

    /// Its validator, which accepts the documented envelope. Schemas of built-in contracts are compiled when
    /// they are needed, once.
    #[must_use]
    pub fn validator(&self) -> &Validator {
        &self.validator
    }

    /// Validates a body.
    #[must_use]
    pub fn validate(&self, body: &[u8]) -> Validation {
        self.validator.validate(body)
    }
}

/// Every rule there is: those that hold for any contract, then each contract's own.
///
/// ```
/// use clients_contract::Rule;
///
/// assert!(clients_contract::rules().any(|rule| rule.id == "null-value"));
/// let rule: &Rule = "null-value".parse()?;
/// assert_eq!(rule.id, "null-value");
/// # Ok::<(), clients_contract::finding::ParseRuleError>(())
/// ```
pub fn rules() -> impl Iterator<Item = &'static Rule> {
    let rules = rules::ALL.iter().copied().chain(all::rules());
    #[cfg(feature = "diff")]
    let rules = rules.chain(crate::diff::rules::all());
    rules
}

impl FromStr for &'static Rule {
    type Err = ParseRuleError;

    /// The rule of this ID.
    fn from_str(id: &str) -> Result<Self, ParseRuleError> {
        let known = rules().find(|rule| rule.id == id);
        known.ok_or_else(|| ParseRuleError::unknown(unknown_rule(id, rules().map(|rule| rule.id))))
    }
}
