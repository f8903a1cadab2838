//! Does a payload keep the contract?

mod breach;
mod invariant;
mod place;
mod reference;
mod sequence;
mod snippet;
mod text;
mod undocumented;

pub use breach::Breach;
pub use invariant::{Invariant, Seen, SequenceInvariant, SequenceJudge, Sighting, Sightings};
pub use sequence::Sequence;

use std::fmt;
use std::ops::RangeInclusive;
use std::sync::Arc;

use serde::Deserialize;
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, Scope, rules};
use crate::json::{self, Flaw, FlawKind};
use crate::origin::Origin;
use crate::payload::Payload;
use crate::pointer::Pointer;
use crate::schema::{Documented, Schema};

use place::Spot;
use reference::Reference;
use snippet::Values;

/// Nesting allowed unless somebody says otherwise.
pub const DEFAULT_MAX_DEPTH: usize = 128;

/// Nesting that may be asked for. The contract's schema takes it on a stack of 2 MB; a schema that combines many
/// subschemas at each level takes more, and the tool works on a larger stack.
pub const MAX_DEPTHS: RangeInclusive<usize> = 1..=512;

/// Judges payloads by one schema. Compiled once, cheap to clone, shared between threads.
///
/// ```
/// use clients_contract::{Schema, Validator};
/// use serde_json::json;
///
/// let schema = Schema::from_value(json!({"properties": {"name": {"type": "string"}}}));
/// let judgement = Validator::new(&schema)?.validate(br#"{"name": null}"#);
/// assert!(!judgement.valid);
/// assert_eq!(
///     judgement.findings[0].message(),
///     "`/name` is null; the contract has no null here",
/// );
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Validator {
    compiled: Arc<Compiled>,
    max_depth: usize,
}

#[derive(Debug)]
struct Compiled {
    reference: Reference,
    documented: Documented,
    promises: Promises,
}

/// What a contract promises, and allows, beyond its schema.
#[derive(Clone, Copy, Debug, Default)]
pub struct Promises {
    /// A key and a text: a member of that name with that text marks an omission and is not reported.
    pub elision: Option<(&'static str, &'static str)>,
    /// Promises about one payload.
    pub invariants: &'static [Invariant],
    /// A promise about payloads that belong together.
    pub sequence: Option<&'static SequenceInvariant>,
    /// Members whose values are never shown. Case, `_` and `-` make no difference to these names.
    pub secrets: &'static [&'static str],
}

/// What was found in one payload.
#[derive(Clone, Debug, PartialEq)]
pub struct Judgement {
    /// Whether the body is JSON and the schema accepts it, whatever else was found.
    pub valid: bool,
    /// Every breach, in the order of the text.
    pub findings: Vec<Finding>,
    /// What stands where the promise about payloads that belong together looks; `None` where there
    /// is no payload to speak of.
    seen: Option<Sightings>,
}

impl fmt::Display for Judgement {
    /// A line a finding.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.findings.iter().try_for_each(|finding| writeln!(f, "{finding}"))
    }
}

impl Validator {
    /// Compiles a schema (draft 2020-12, or what its `$schema` says). Formats are asserted.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] when it is not a valid schema, or refers to a document that is not
    /// inside it: nothing is fetched.
    pub fn new(schema: &Schema) -> Result<Self, Error> {
        Self::with_promises(schema, Promises::default())
    }

    /// The same for a contract that promises more than a schema can state.
    ///
    /// # Errors
    ///
    /// As [`Validator::new`].
    pub fn with_promises(schema: &Schema, promises: Promises) -> Result<Self, Error> {
        let compiled = Compiled {
            reference: Reference::new(schema)?,
            documented: Documented::new(schema.as_value()),
            promises,
        };
        Ok(Self { compiled: Arc::new(compiled), max_depth: DEFAULT_MAX_DEPTH })
    }

    /// The same validator with another limit to nesting.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the limit is not in [`MAX_DEPTHS`].
    pub fn max_depth(mut self, levels: usize) -> Result<Self, Error> {
        if !MAX_DEPTHS.contains(&levels) {
            let (least, most) = MAX_DEPTHS.into_inner();
            let message = format!("must be from {least} to {most} levels");
            return Err(Error::new(ErrorKind::Usage, "maximum depth", message));
        }
        self.max_depth = levels;
        Ok(self)
    }

    /// Judges a body that comes from nowhere in particular.
    #[must_use]
    pub fn validate(&self, body: &[u8]) -> Judgement {
        self.validate_payload(&Payload::new(Origin::file("<body>"), body.to_vec()))
    }

    /// Judges a payload; findings name its origin and stand where it stands in its file. An answer
    /// that was recorded with another status than 200 has no body to judge.
    #[must_use]
    pub fn validate_payload(&self, payload: &Payload) -> Judgement {
        if let Some(status) = payload.status().filter(|status| *status != 200) {
            let what = format!("came with status {status}, not 200, and was not judged");
            let breach = Breach::new(&rules::HTTP_STATUS, Pointer::root(), what);
            let findings = findings(payload, vec![(breach, Spot::default())]);
            return Judgement { valid: false, findings, seen: None };
        }
        let judged = match json::decode(payload.bytes()) {
            Ok(text) => self.judge(text),
            Err(encoding) => {
                let what = format!("is not JSON: it is {encoding}, and JSON is UTF-8");
                Err(Flaw { kind: FlawKind::NotJson, offset: 0, what })
            }
        };
        let (breaches, seen) = judged.unwrap_or_else(|flaw| {
            let spot = Spot { offset: flaw.offset, ..Spot::default() };
            (vec![(breach_of(&flaw), spot)], None)
        });
        let invalid = |scope| matches!(scope, Scope::Body | Scope::Schema(_));
        Judgement {
            valid: !breaches.iter().any(|(breach, _)| invalid(breach.rule.scope)),
            findings: findings(payload, breaches),
            seen,
        }
    }

    /// Begins to judge payloads that belong together, such as the pages of one walk.
    #[must_use]
    pub fn sequence(&self) -> Sequence {
        Sequence::new(self.compiled.promises.sequence)
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
        let spot = Spot { offset, around, from };
        snippet::snippet(text, spot, Values::of(finding, show_values, self.compiled.promises.secrets))
    }

    /// Every breach of a text with its spot, and what a sequence wants to see.
    fn judge(&self, text: &[u8]) -> Result<Judged, Flaw> {
        let facts = text::facts(text, self.max_depth)?;
        let value = parse(&text::with_numbers_that_fit(text, &facts))?;
        let compiled = &*self.compiled;
        let mut breaches = compiled.reference.breaches(&value);
        let overflow =
            |pointer| Breach::new(&rules::OUT_OF_RANGE, pointer, "is a number that no double holds");
        breaches.extend(facts.overflows.into_iter().map(overflow));
        breaches.extend(undocumented::breaches(&compiled.documented, &value, compiled.promises.elision));
        let breaches = invariant::judge(compiled.promises.invariants, &value, breaches);
        let answered = !breaches.iter().any(|breach| breach.excused);
        let sequence = compiled.promises.sequence.filter(|_| answered);
        let seen = sequence.map(|sequence| invariant::sightings(sequence.watch, &value));
        let mut breaches = breach::one_a_place(breaches);
        let duplicate = |pointer| {
            let what = "stands more than once in its object; the last value counts";
            Breach::new(&rules::DUPLICATE_KEY, pointer, what)
        };
        breaches.extend(facts.duplicates.into_iter().map(duplicate));
        Ok((place::locate(text, breaches), seen))
    }
}

type Judged = (Vec<(Breach, Spot)>, Option<Sightings>);

fn parse(text: &[u8]) -> Result<Value, Flaw> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    // The text was read before, and its nesting measured.
    deserializer.disable_recursion_limit();
    Value::deserialize(&mut deserializer).map_err(|error| Flaw {
        kind: FlawKind::NotJson,
        offset: 0,
        what: format!("is not JSON: {error}"),
    })
}

fn breach_of(flaw: &Flaw) -> Breach {
    let rule = match flaw.kind {
        FlawKind::NotJson => &rules::NOT_JSON,
        FlawKind::Truncated => &rules::TRUNCATED_BODY,
        FlawKind::TooDeep => &rules::TOO_DEEP,
    };
    Breach::new(rule, Pointer::root(), flaw.what.clone())
}

fn findings(payload: &Payload, mut breaches: Vec<(Breach, Spot)>) -> Vec<Finding> {
    breaches.retain(|(breach, _)| !breach.excused);
    breaches.sort_by(|(a, at), (b, bt)| {
        (at.offset, &a.pointer, a.rule.id).cmp(&(bt.offset, &b.pointer, b.rule.id))
    });
    let text = json::decode(payload.bytes()).unwrap_or_default();
    let bom = payload.bytes().len() - text.len();
    let mut lines = json::Lines::new(text);
    let finding = |(breach, spot): (Breach, Spot)| {
        let at = lines.place(spot.offset);
        Finding {
            rule: breach.rule,
            severity: breach.rule.severity,
            origin: payload.origin().clone(),
            pointer: breach.pointer.shortened(),
            line: at.line + payload.line() - 1,
            column: at.column,
            offset: spot.offset + bom,
            shown: [spot.around + bom, spot.from + bom],
            what: breach.what,
            schema_pointer: breach.schema_pointer,
        }
    };
    breaches.into_iter().map(finding).collect()
}
