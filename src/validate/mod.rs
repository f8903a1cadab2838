//! Validates payloads against a contract.

mod by_reference;
mod counts;
mod early;
mod engine;
mod envelope;
mod filter;
mod findings;
mod invariant;
mod ledger;
mod message;
#[cfg(feature = "drift")]
mod observed;
mod reference;
mod secrets;
mod sequence;
mod snippet;
mod span;
mod stream;
mod text;
mod trail;
mod undocumented;
mod validating;
mod values;
mod verdict;
mod violation;
mod weaker;

pub use counts::{Counts, PropertyCount};
pub use engine::{Engine, ParseEngineError};
pub use envelope::ANY as ANY_ENVELOPE;
pub(crate) use envelope::{Shape, Source};
pub use invariant::{
    Invariant, Links, SequenceInvariant, SequenceValidator, ShallowValue, WatchedValue, WatchedValues,
};
#[doc(hidden)]
pub use ledger::Limits;
pub use secrets::Secrets;
pub use sequence::Sequence;
pub use verdict::{Unlisted, Validation, ValidationError, Verdict};
pub use violation::Violation;

#[cfg(feature = "drift")]
pub(crate) use stream::{Digest, Event, ITEM, KEYED, Member, Names, Passage, Tape, points};

#[cfg(feature = "diff")]
pub(crate) use reference::{Broken, NodeValidator};

use std::io::{self, Read};
use std::ops::RangeInclusive;
use std::sync::{Arc, LazyLock};

use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, Scope};
use crate::json::{self, SyntaxError};
use crate::origin::Origin;
use crate::payload::{NotValidated, Payload};
use crate::schema::Schema;

#[cfg(test)]
pub(crate) use stream::table_of;

use engine::Compiled;
use envelope::Envelopes;
use findings::{PayloadText, not_validated, validation};
use snippet::Values;
use span::TextSpan;
use stream::{Observer, Stream};
use validating::Validated;

/// Default maximum nesting depth.
pub const DEFAULT_MAX_DEPTH: usize = 128;

/// The range of maximum depths. The contract's schema takes any of them on a stack of 2 MB; a schema that
/// combines many subschemas at each level takes more, and the tool works on a larger stack.
pub const MAX_DEPTHS: RangeInclusive<usize> = 1..=512;

/// Validates payloads by one schema. Compiled once, cheap to clone, shared between threads.
///
/// ```
/// use clients_contract::{Schema, Validator};
/// use serde_json::json;
///
/// let schema = Schema::from_value(json!({"properties": {"name": {"type": "string"}}}));
/// let validation = Validator::new(&schema)?.validate(br#"{"name": null}"#);
/// assert!(!validation.valid);
/// assert_eq!(
///     validation.findings[0].message(),
///     "`/name`: null is not allowed",
/// );
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Validator {
    envelopes: Arc<Envelopes>,
    engine: Engine,
    max_depth: usize,
    limits: Limits,
}

/// The origin of a payload without one.
static NOWHERE: LazyLock<Origin> = LazyLock::new(|| Origin::file("<body>"));

/// How a body that is read is validated.
enum Lead {
    NotValidated(NotValidated),
    /// This is all of it.
    Held(Vec<u8>),
    /// It is in this envelope, and begins like this; the rest is walked over while it is read.
    Walk(usize, Vec<u8>),
}

/// What a contract requires, and allows, beyond its schema.
#[derive(Clone, Debug, Default)]
pub struct Promises {
    /// A key and a text: a member with both marks an omission and is not reported.
    pub elision: Option<(&'static str, &'static str)>,
    /// Invariants of one payload.
    pub invariants: Vec<Invariant>,
    /// An invariant of payloads that belong together.
    pub sequence: Option<&'static SequenceInvariant>,
    /// Members whose values are never shown.
    pub secrets: Secrets,
}

impl Validator {
    /// Compiles a schema (draft 2020-12, or that of its `$schema`). Formats are asserted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when it is not a valid schema, or refers to a document that is not inside it:
    /// nothing is fetched. A document that only holds schemas, such as the description of an API, is none.
    pub fn new(schema: &Schema) -> Result<Self, Error> {
        schema.refuse_holder(schema.name())?;
        Self::with_promises(schema, Promises::default())
    }

    /// The same for a contract that promises more than a schema can state.
    ///
    /// # Errors
    ///
    /// As [`Validator::new`].
    pub fn with_promises(schema: &Schema, promises: Promises) -> Result<Self, Error> {
        Ok(Self::of(Envelopes::one(Compiled::new(schema, promises, &[])?)))
    }

    /// The same for a contract with these envelopes, of which the first is accepted. Those of known schemas
    /// are compiled when the first payload in one comes.
    pub(crate) fn of_envelopes(shapes: Vec<Shape>) -> Result<Self, Error> {
        Ok(Self::of(Envelopes::of(shapes)?))
    }

    fn of(envelopes: Envelopes) -> Self {
        Self {
            envelopes: Arc::new(envelopes),
            engine: Engine::Auto,
            max_depth: DEFAULT_MAX_DEPTH,
            limits: Limits::default(),
        }
    }

    /// The same validator, which accepts the envelopes of these names; [`ANY_ENVELOPE`] is all that the
    /// contract knows. Without a name nothing is changed: the documented envelope is accepted. A payload in
    /// another one is validated by the schema of that, has one finding `envelope-differs` more, and is
    /// invalid.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the contract has no envelope of a name.
    pub fn accepting(mut self, names: &[&str]) -> Result<Self, Error> {
        self.envelopes = Arc::new(Envelopes::clone(&self.envelopes).accepting(names)?);
        Ok(self)
    }

    /// A validator of another schema with the same promises and limits.
    #[cfg(feature = "drift")]
    pub(crate) fn with_schema(&self, schema: &Schema) -> Result<Self, Error> {
        let envelopes = Arc::new(self.envelopes.with_schema(schema)?);
        Ok(Self { envelopes, engine: Engine::Auto, ..self.clone() })
    }

    /// The same validator with other limits to what it keeps of one payload.
    #[doc(hidden)]
    #[must_use]
    pub fn limits(mut self, limits: Limits) -> Self {
        self.limits = limits;
        self
    }

    /// The same validator with another engine. The result does not depend on it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] when the streaming engine is requested and does not support the schema.
    pub fn engine(mut self, engine: Engine) -> Result<Self, Error> {
        if let (Engine::Stream, Err(why)) = (engine, self.envelopes.first().engine(engine)) {
            let message = format!("cannot run this schema: {why}");
            return Err(Error::new(ErrorKind::Unsupported, "streaming engine", message));
        }
        self.engine = engine;
        Ok(self)
    }

    /// The engine in use, and why.
    #[must_use]
    pub fn engine_in_use(&self) -> (&'static str, String) {
        match self.envelopes.first().engine(self.engine) {
            Ok(_) => (Engine::Stream.name(), "it can run the whole schema".to_owned()),
            Err(why) => (Engine::Reference.name(), why),
        }
    }

    /// The formats that the schema names and no engine checks, since its dialect does not define them or
    /// nothing checks them here, each with the schema location of one `format` that names it.
    ///
    /// ```
    /// use clients_contract::{Schema, Validator};
    ///
    /// let schema = serde_json::json!({"properties": {"color": {"format": "color"}, "id": {"format": "uuid"}}});
    /// let validator = Validator::new(&Schema::from_value(schema))?;
    /// let unasserted: Vec<(&str, &str)> = validator.unasserted_formats().collect();
    /// assert_eq!(unasserted, [("color", "/properties/color/format")]);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    pub fn unasserted_formats(&self) -> impl Iterator<Item = (&str, &str)> {
        self.envelopes.first().unasserted.iter().map(|(name, location)| (name.as_str(), location.as_str()))
    }

    /// The same validator with another limit to nesting.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the limit is not in [`MAX_DEPTHS`].
    pub fn max_depth(mut self, levels: usize) -> Result<Self, Error> {
        if !MAX_DEPTHS.contains(&levels) {
            let (min, max) = MAX_DEPTHS.into_inner();
            let message = format!("must be from {min} to {max} levels");
            return Err(Error::new(ErrorKind::Usage, "maximum depth", message));
        }
        self.max_depth = levels;
        Ok(self)
    }

    /// Validates the bytes of one payload.
    #[must_use]
    pub fn validate(&self, body: &[u8]) -> Validation {
        self.validation(PayloadText::alone(body), &mut ())
    }

    /// Validates a payload; findings have its origin and the line and column in its file. A response with a
    /// status other than 2xx, or without a body, is not validated: see [`Payload::not_validated`].
    #[must_use]
    pub fn validate_payload(&self, payload: &Payload) -> Validation {
        self.observed(payload, &mut ())
    }

    fn observed(&self, payload: &Payload, observer: &mut impl Observer) -> Validation {
        let body = PayloadText::of(payload);
        match payload.not_validated() {
            None => self.validation(body, observer),
            Some(reason) => not_validated(body, reason, payload.status()),
        }
    }

    /// Validates a body of any length as it is read, in a window of about a megabyte where the streaming
    /// engine runs; the reference engine holds it whole. The payload says where it comes from and on which
    /// line it begins; it has no bytes of its own. Findings of such a body are shown without their
    /// surroundings. Of a contract with several envelopes the body's must be recognised in its first 4 MiB:
    /// one that has the mark of another envelope only behind that has the finding `undecided`, and is decided
    /// by [`Engine::Reference`] or [`Self::validate_payload`].
    ///
    /// # Errors
    ///
    /// Errors of the reader.
    pub fn validate_reader(&self, location: &Payload, mut reader: impl Read) -> io::Result<Validation> {
        let body = PayloadText::of(location);
        match self.lead(location, &mut reader)? {
            Lead::NotValidated(reason) => Ok(not_validated(body, reason, location.status())),
            Lead::Held(bytes) => Ok(self.validation(PayloadText { bytes: &bytes, ..body }, &mut ())),
            Lead::Walk(at, bytes) => self.walk(body, at, bytes.as_slice().chain(reader), &mut ()),
        }
    }

    /// Reads the beginning of a body, or all of it where nothing less is enough.
    fn lead(&self, location: &Payload, reader: &mut impl Read) -> io::Result<Lead> {
        if let Some(reason) = location.status().and_then(NotValidated::of_status) {
            return Ok(Lead::NotValidated(reason));
        }
        let (mut bytes, at) = self.envelopes.lead(reader, self.limits)?;
        let Some(at) = at else { return Ok(Lead::Held(bytes)) };
        if self.envelopes.compiled(at).engine(self.engine).is_ok() {
            return Ok(Lead::Walk(at, bytes));
        }
        reader.read_to_end(&mut bytes)?;
        Ok(Lead::Held(bytes))
    }

    /// Validates a body of this envelope while it is read.
    fn walk(
        &self,
        body: PayloadText<'_>,
        at: usize,
        reader: impl Read,
        observer: &mut impl Observer,
    ) -> io::Result<Validation> {
        let stream = self.envelopes.compiled(at).engine(self.engine).map_err(io::Error::other)?;
        let validated = stream.validate_reader(reader, body.start, self.max_depth, self.limits, observer)?;
        let validated = validated.map(|found| {
            let is_other = self.meant(stream, &found) != at;
            self.validated(at, stream, found, is_other)
        });
        Ok(validation(body, validated))
    }

    fn validation(&self, body: PayloadText<'_>, observer: &mut impl Observer) -> Validation {
        Self::validation_by(body, |text| self.validate_text(text, observer))
    }

    fn validation_by(
        body: PayloadText<'_>,
        validate: impl FnOnce(&[u8]) -> Result<Validated, SyntaxError>,
    ) -> Validation {
        let validated = json::decode(body.bytes).map_err(SyntaxError::encoding).and_then(validate);
        let nowhere = |syntax_error: SyntaxError| {
            let span = TextSpan { offset: syntax_error.offset, ..TextSpan::default() };
            (syntax_error, span)
        };
        validation(body, validated.map_err(nowhere))
    }

    /// Counts of the payloads that this validator, and its clones, validated so far; empty where the
    /// reference engine runs. Bodies that are being validated meanwhile are counted when they are done, and
    /// those that [`Self::is_valid`] refuses as far as it looked.
    #[must_use]
    pub fn counts(&self) -> Counts {
        self.envelopes.first().engine(self.engine).map(Stream::counts).unwrap_or_default()
    }

    /// What the contract promises, and allows, beyond its schema.
    #[must_use]
    pub fn promises(&self) -> &Promises {
        &self.envelopes.first().promises
    }

    /// Begins to validate payloads that belong together, such as the pages of one walk.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        Sequence::new(self.promises().sequence)
    }

    /// Shows a finding in its surroundings: keys and structure of the payload it was made from,
    /// with a caret. Values are masked by their type unless `show_values`, those of secret members always.
    #[must_use]
    pub fn snippet(&self, payload: &Payload, finding: &Finding, show_values: bool) -> Vec<String> {
        if finding.rule.scope == Scope::Body {
            return Vec::new();
        }
        let text = json::decode(payload.bytes()).unwrap_or_default();
        let bom = payload.bytes().len() - text.len();
        let [offset, around, from] =
            [finding.offset, finding.shown[0], finding.shown[1]].map(|at| at.saturating_sub(bom));
        let span = TextSpan { offset, around, from, location: None };
        snippet::snippet(text, span, Values::of(finding, show_values, &self.promises().secrets))
    }
}
