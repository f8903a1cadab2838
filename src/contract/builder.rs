//! Builds contracts that are not built in.

#[cfg(feature = "generate")]
use std::sync::Arc;

use super::Contract;
use super::envelope::Envelope;
#[cfg(feature = "generate")]
use super::factory::{PayloadFactory, Plain};
use super::facts::{Authentication, ErrorBody, Parameter, RateLimit, pairs};
use super::paging::Paging;
use crate::error::{Error, ErrorKind};
use crate::finding::Rule;
#[cfg(feature = "generate")]
use crate::generate::Knowledge;
use crate::pointer::unescape;
#[cfg(feature = "redact")]
use crate::redact::Fields;
use crate::schema::Schema;
use crate::schema::model::Model;
use crate::validate::{ANY_ENVELOPE, Invariant, Promises, Secrets, SequenceInvariant, Validator};

/// The name of the envelope that a schema describes.
const DOCUMENTED: &str = "documented";

/// A contract in the making; see [`Contract::builder`].
#[derive(Debug)]
pub struct Builder {
    contract: Unbuilt,
    paging: Option<Paging>,
    envelopes: Vec<Envelope>,
    promises: Promises,
    secrets: Vec<String>,
    #[cfg(feature = "generate")]
    factory: Option<Arc<dyn PayloadFactory>>,
    #[cfg(feature = "redact")]
    fields: Option<Box<dyn Fields>>,
}

/// The description of a contract.
#[derive(Debug, Default)]
struct Unbuilt {
    name: String,
    id: Option<String>,
    version: Option<String>,
    summary: String,
    host: Option<String>,
    method: Option<String>,
    path: Option<String>,
    authentication: Option<Authentication>,
    parameters: Vec<Parameter>,
    errors: Vec<ErrorBody>,
    rate_limits: Vec<RateLimit>,
    rules: &'static [&'static Rule],
    nouns: Option<[String; 2]>,
}

impl Contract {
    /// Begins a contract of this name, whose responses are valid against this schema; [`Schema::of`] derives
    /// one from a type. Everything else is optional: without a path it applies to any path, and without
    /// paging there is a single page.
    ///
    /// ```
    /// use clients_contract::contract::paging::Paging;
    /// use clients_contract::{Contract, Schema};
    /// use serde_json::json;
    ///
    /// let schema = json!({"required": ["things"], "properties": {
    ///     "things": {"items": {"type": "object", "properties": {"token": {"type": "string"}}}},
    ///     "page": {"type": "object"}
    /// }});
    /// let things = Contract::builder("things", Schema::from_value(schema))
    ///     .host("https://{instance}.example.com")
    ///     .path("/v1/things")
    ///     .items("/things")
    ///     .page_info("/page")
    ///     .paging(Paging::by_cursor("after", "limit"))
    ///     .secrets(["token"])
    ///     .build()?;
    /// assert!(things.validate(br#"{"things": []}"#).valid);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn builder(name: &str, schema: Schema) -> Builder {
        Builder::of(name, Envelope::new(DOCUMENTED, schema))
    }
}

impl Builder {
    /// With the documented envelope.
    pub(super) fn of(name: &str, documented: Envelope) -> Self {
        Self {
            contract: Unbuilt { name: name.to_owned(), ..Unbuilt::default() },
            paging: None,
            envelopes: vec![documented],
            promises: Promises::default(),
            secrets: Vec::new(),
            #[cfg(feature = "generate")]
            factory: None,
            #[cfg(feature = "redact")]
            fields: None,
        }
    }

    /// What it is called in reports, instead of its name.
    #[must_use]
    pub fn id(mut self, id: &str) -> Self {
        self.contract.id = Some(id.to_owned());
        self
    }

    /// Its semantic version.
    #[must_use]
    pub fn version(mut self, version: &str) -> Self {
        self.contract.version = Some(version.to_owned());
        self
    }

    /// What the endpoint gives, in one line.
    #[must_use]
    pub fn summary(mut self, summary: &str) -> Self {
        summary.clone_into(&mut self.contract.summary);
        self
    }

    /// The URL of an instance, with `{instance}` for its name.
    #[must_use]
    pub fn host(mut self, host: &str) -> Self {
        self.contract.host = Some(host.to_owned());
        self
    }

    /// The method of its requests, which is GET otherwise.
    #[must_use]
    pub fn method(mut self, method: &str) -> Self {
        self.contract.method = Some(method.to_ascii_uppercase());
        self
    }

    /// The path on any host; `{id}` is any one step of it.
    #[must_use]
    pub fn path(mut self, path: &str) -> Self {
        self.contract.path = Some(path.to_owned());
        self
    }

    /// How requests are authenticated: the scheme, and what keys begin with, each with what such keys are
    /// for.
    #[must_use]
    pub fn authentication(mut self, scheme: &str, prefixes: &[(&str, &str)]) -> Self {
        let prefixes = pairs(prefixes);
        self.contract.authentication = Some(Authentication { scheme: scheme.to_owned(), prefixes });
        self
    }

    /// The parameters of a request, each with what it means.
    #[must_use]
    pub fn parameters(mut self, all: &[(&str, &str)]) -> Self {
        let parameter = |(name, meaning)| Parameter { name, meaning };
        self.contract.parameters = pairs(all).into_iter().map(parameter).collect();
        self
    }

    /// The payload of an error status.
    #[must_use]
    pub fn error(mut self, status: u16, example: &str, meaning: &str) -> Self {
        let (example, meaning) = (example.to_owned(), meaning.to_owned());
        self.contract.errors.push(ErrorBody { status, example, meaning });
        self
    }

    /// How many requests a key may send.
    #[must_use]
    pub fn rate_limit(mut self, plan: &str, per_minute: u32, burst: u32) -> Self {
        self.contract.rate_limits.push(RateLimit { plan: plan.to_owned(), per_minute, burst });
        self
    }

    /// The rules of its invariants.
    #[must_use]
    pub fn rules(mut self, rules: &'static [&'static Rule]) -> Self {
        self.contract.rules = rules;
        self
    }

    /// What its items are called, one and many.
    #[must_use]
    pub fn nouns(mut self, one: &str, many: &str) -> Self {
        self.contract.nouns = Some([one.to_owned(), many.to_owned()]);
        self
    }

    /// A JSON Pointer to the list of items.
    #[must_use]
    pub fn items(mut self, pointer: &str) -> Self {
        pointer.clone_into(&mut self.envelopes[0].items);
        self
    }

    /// JSON Pointer to the object with the page information.
    #[must_use]
    pub fn page_info(mut self, pointer: &str) -> Self {
        self.envelopes[0].page_info = Some(pointer.to_owned());
        self
    }

    /// Another shape in which the same items are known to come.
    #[must_use]
    pub fn envelope(mut self, envelope: Envelope) -> Self {
        self.envelopes.push(envelope);
        self
    }

    /// How its pages are walked.
    #[must_use]
    pub fn paging(mut self, paging: Paging) -> Self {
        self.paging = Some(paging);
        self
    }

    /// Members whose values are never shown.
    #[must_use]
    pub fn secrets<N: Into<String>>(mut self, names: impl IntoIterator<Item = N>) -> Self {
        self.secrets.extend(names.into_iter().map(Into::into));
        self
    }

    /// A promise about one payload that no schema can state, in every envelope.
    #[must_use]
    pub fn invariant(mut self, invariant: Invariant) -> Self {
        self.promises.invariants.push(invariant);
        self
    }

    /// A promise about payloads that belong together.
    #[must_use]
    pub fn sequence(mut self, sequence: &'static SequenceInvariant) -> Self {
        self.promises.sequence = Some(sequence);
        self
    }

    /// What names mean, for the payloads that are generated.
    #[cfg(feature = "generate")]
    #[must_use]
    pub fn knowledge(self, knowledge: impl Knowledge + 'static) -> Self {
        self.factory(Plain::knowing(knowledge))
    }

    /// How payloads are made, in every respect.
    #[cfg(feature = "generate")]
    #[must_use]
    pub fn factory(mut self, factory: impl PayloadFactory + 'static) -> Self {
        self.factory = Some(Arc::new(factory));
        self
    }

    /// What is done with its fields in captures that are shared.
    #[cfg(feature = "redact")]
    #[must_use]
    pub fn redaction(mut self, fields: impl Fields + 'static) -> Self {
        self.fields = Some(Box::new(fields));
        self
    }

    /// The contract.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when a schema is none; [`ErrorKind::Usage`], which names what is wrong, when a
    /// path or a pointer is none, or is not in its schema, and when envelopes cannot be distinguished.
    pub fn build(self) -> Result<Contract, Error> {
        for envelope in self.envelopes.iter().filter(|envelope| !envelope.is_known()) {
            check(envelope)?;
        }
        self.check()?;
        let Self { contract, paging, envelopes, mut promises, secrets, .. } = self;
        promises.secrets = Secrets::new(secrets);
        let shapes = envelopes.iter().map(|envelope| envelope.shape(&promises)).collect();
        let members = || envelopes.iter().filter_map(Envelope::page_members).collect();
        Ok(Contract {
            id: contract.id.unwrap_or_else(|| contract.name.clone()),
            version: contract.version,
            summary: contract.summary,
            host: contract.host,
            method: contract.method.unwrap_or_else(|| "GET".to_owned()),
            path: contract.path.unwrap_or_else(|| "/".to_owned()),
            authentication: contract.authentication,
            parameters: contract.parameters,
            errors: contract.errors,
            rate_limits: contract.rate_limits,
            rules: contract.rules,
            nouns: contract.nouns.unwrap_or_else(|| ["item".to_owned(), "items".to_owned()]),
            name: contract.name,
            paging: paging.map(|paging| Paging { members: members(), ..paging }),
            validator: Validator::of_envelopes(shapes)?,
            envelopes,
            #[cfg(feature = "generate")]
            factory: self.factory.unwrap_or_else(|| Arc::new(Plain::default())),
            #[cfg(feature = "redact")]
            fields: self.fields.unwrap_or_else(|| Box::new(())),
        })
    }

    fn check(&self) -> Result<(), Error> {
        let Unbuilt { name, path, .. } = &self.contract;
        if name.is_empty() {
            return Err(wrong("name", "is empty"));
        }
        if path.as_ref().is_some_and(|path| !path.starts_with('/')) {
            return Err(wrong("path", "does not begin with `/`"));
        }
        let is_step = |step: &str| {
            let name = step.strip_prefix('{').and_then(|step| step.strip_suffix('}')).unwrap_or(step);
            !name.contains(['{', '}']) && (name == step || !name.is_empty())
        };
        if path.as_ref().is_some_and(|path| !path.split('/').all(is_step)) {
            return Err(wrong("path", "has braces that are not around a whole step, such as `{id}`"));
        }
        if self.paging.is_some()
            && (self.envelopes[0].items.is_empty() || self.envelopes[0].page_info.is_none())
        {
            return Err(wrong("paging", "needs the pointers `items` and `page-info`"));
        }
        for (at, envelope) in self.envelopes.iter().enumerate() {
            let others = &self.envelopes[..at];
            if envelope.name.is_empty() || envelope.name == ANY_ENVELOPE {
                return Err(wrong("envelope", &format!("cannot be named `{}`", envelope.name)));
            }
            if others.iter().any(|other| other.name == envelope.name) {
                return Err(wrong("envelope", &format!("duplicate envelope `{}`", envelope.name)));
            }
            let is_alike = others.iter().any(|other| other.items == envelope.items);
            if is_alike || self.envelopes.len() > 1 && envelope.items.is_empty() {
                let what = format!(
                    "`{}` cannot be distinguished: its `items` are missing or the same as those of another",
                    envelope.name
                );
                return Err(wrong("envelope", &what));
            }
        }
        Ok(())
    }
}

fn wrong(key: &str, message: &str) -> Error {
    Error::new(ErrorKind::Usage, key, message)
}

/// Whether the schema is one, and has what the pointers lead to.
fn check(envelope: &Envelope) -> Result<(), Error> {
    let schema = envelope.schema();
    schema.refuse_holder(schema.name())?;
    let pointers = [("items", Some(&envelope.items)), ("page-info", envelope.page_info.as_ref())];
    let pointers = pointers.into_iter().filter_map(|(key, pointer)| Some((key, pointer?)));
    let pointers: Vec<_> = pointers.filter(|(_, pointer)| !pointer.is_empty()).collect();
    if pointers.is_empty() {
        return Ok(());
    }
    let model = Model::of(schema)?;
    for (key, pointer) in pointers {
        if !pointer.starts_with('/') {
            return Err(wrong(
                key,
                &format!("`{pointer}` is not a JSON Pointer: it does not begin with `/`"),
            ));
        }
        let mut here = model.root();
        for step in pointer.split('/').skip(1) {
            let Some(below) = here.member(&unescape(step)) else {
                return Err(wrong(
                    key,
                    &format!("`{pointer}` not found in the schema: no property `{step}`"),
                ));
            };
            here = below;
        }
    }
    Ok(())
}
