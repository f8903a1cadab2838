//! Traffic profiles: statistics of all payloads of a run.

use std::collections::BTreeMap;
use std::sync::LazyLock;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::field::Field;
use super::refused::Refusals;
use crate::error::{Error, ErrorKind};
use crate::finding::{Finding, SavedGroups};
use crate::json;
use crate::origin::Origin;
use crate::payload::NotValidatedCount;
use crate::pointer::{Pointer, Token};
use crate::schema::model::{Model, Subschemas};
use crate::schema::{self, Schema};
use crate::validate::Promises;

/// The version of a profile; another first number is another shape.
pub const PROFILE_VERSION: &str = "1.5.0";

/// The `$id` of the schema of a profile.
pub const PROFILE_ID: &str = "urn:clients-contract:profile";

/// Traffic as a whole: counts by property, and the finding groups of payloads. It holds no values of payloads
/// but enum values shaped like an identifier.
///
/// Hashes of values are kept to count distinct ones. Whoever holds a profile can test a guess against them,
/// so it is no document to publish.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(title = "Traffic profile of clients-contract")]
pub struct Profile {
    /// The semantic version of this shape.
    pub profile_version: String,
    /// The contract that the traffic was compared with: its ID and version, or a schema's file and a digest
    /// of its contents.
    pub contract: String,
    /// Responses of the contract: JSON payloads with status 2xx that are not an error object instead of data.
    pub observed: u64,
    /// Payloads received.
    pub payloads: u64,
    /// Those that the schema accepts.
    pub valid: u64,
    /// Responses that were not validated, by reason.
    #[serde(default)]
    pub not_validated: Vec<NotValidatedCount>,
    /// Files and entries skipped.
    pub skipped: u64,
    /// Those of them that are files of directories.
    #[serde(default)]
    pub skipped_files: u64,
    /// Bytes of the payloads received.
    pub bytes: u64,
    /// Values of properties for which there was no room: more than 20,000 of them. Their rates are not known.
    pub beyond: u64,
    /// What could not be validated: the file or stream, and the error.
    pub problems: Vec<(String, String)>,
    /// The finding groups of payloads.
    pub causes: SavedGroups,
    /// What the schema refused or does not list, by keyword.
    #[serde(default)]
    pub refusals: Refusals,
    /// The whole payload.
    pub root: Field,
    /// The same of payloads in other envelopes than the first that is accepted, by their names.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub envelopes: BTreeMap<String, Field>,
}

impl Profile {
    /// No traffic.
    #[must_use]
    pub fn new(contract: &str) -> Self {
        Self {
            profile_version: PROFILE_VERSION.to_owned(),
            contract: contract.to_owned(),
            observed: 0,
            payloads: 0,
            valid: 0,
            not_validated: Vec::new(),
            skipped: 0,
            skipped_files: 0,
            bytes: 0,
            beyond: 0,
            problems: Vec::new(),
            causes: SavedGroups::default(),
            refusals: Refusals::default(),
            root: Field::default(),
            envelopes: BTreeMap::new(),
        }
    }

    /// Reads a profile.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] when it is no profile, or one of another version.
    pub fn from_slice(name: &str, bytes: &[u8]) -> Result<Self, Error> {
        // Two levels of the file for each level of a payload.
        const MAX_DEPTH: usize = 2_048;
        let bad = |message: String| Error::new(ErrorKind::Input, name, message);
        let text =
            json::decode(bytes).map_err(|encoding| bad(format!("encoded as {encoding}; expected UTF-8")))?;
        let location = |offset: usize| {
            let at = json::Lines::new(text).location(offset);
            format!("{name}:{}:{}", at.line, at.column)
        };
        if let Some(syntax_error) = json::syntax_error(text, MAX_DEPTH) {
            return Err(Error::new(ErrorKind::Input, location(syntax_error.offset), syntax_error.what));
        }
        let version = Version::read(text).ok_or_else(|| {
            bad("not a traffic profile: no `profile_version`; write one with `profile=FILE` of `drift`"
                .to_owned())
        })?;
        let major = |version: &str| version.split('.').next().map(str::to_owned);
        if major(&version) != major(PROFILE_VERSION) {
            let found: String = version.chars().take(20).collect();
            return Err(bad(format!("profile version {found} not supported; expected {PROFILE_VERSION}")));
        }
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        deserializer.disable_recursion_limit();
        Self::deserialize(&mut deserializer)
            .map_err(|error| bad("not a traffic profile".to_owned()).because(error))
    }

    /// Refuses a profile that was made with another contract: its fields mean something else.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Input`] then.
    pub fn made_with(self, name: &str, contract: &str) -> Result<Self, Error> {
        if self.contract == contract {
            return Ok(self);
        }
        let made: String = self.contract.chars().take(200).collect();
        let message =
            format!("was made with {made}, not with {contract}: their properties cannot be compared");
        Err(Error::new(ErrorKind::Input, name, message))
    }

    /// Adds other traffic. The result does not depend on the order.
    pub fn merge(&mut self, other: Self) {
        for (mine, theirs) in [
            (&mut self.observed, other.observed),
            (&mut self.payloads, other.payloads),
            (&mut self.valid, other.valid),
            (&mut self.skipped, other.skipped),
            (&mut self.skipped_files, other.skipped_files),
            (&mut self.bytes, other.bytes),
            (&mut self.beyond, other.beyond),
        ] {
            *mine = mine.saturating_add(theirs);
        }
        NotValidatedCount::merge(&mut self.not_validated, other.not_validated);
        self.problems.extend(other.problems);
        self.problems.sort();
        self.causes.merge(other.causes);
        self.refusals.merge(other.refusals);
        self.root.merge(other.root);
        for (name, field) in other.envelopes {
            self.envelopes.entry(name).or_default().merge(field);
        }
    }

    /// The same without what only other uses than a comparison of rates need: hashes of values, examples, and
    /// locations of occurrences.
    #[must_use]
    pub fn slim(&self) -> Self {
        let mut slim = self.clone();
        slim.root.forget_values();
        slim.envelopes.values_mut().for_each(Field::forget_values);
        slim.refusals = Refusals::default();
        slim.causes = slim.causes.slim();
        slim
    }

    /// The profile as it is written: JSON on one line.
    ///
    /// # Errors
    ///
    /// Errors of `serde_json`, of which none is expected.
    pub fn to_json(&self) -> Result<String, serde_json::Error> {
        serde_json::to_string(self).map(|text| text + "\n")
    }
}

/// The members that every version of a profile has.
#[derive(Deserialize)]
struct Version {
    profile_version: String,
}

impl Version {
    fn read(text: &[u8]) -> Option<String> {
        let mut deserializer = serde_json::Deserializer::from_slice(text);
        deserializer.disable_recursion_limit();
        Self::deserialize(&mut deserializer).ok().map(|version| version.profile_version)
    }
}

/// A contract made ready to be compared with traffic.
#[derive(Debug)]
pub struct Documents {
    model: Model,
    pub(super) promises: Promises,
    schema: Schema,
    /// Where the schema lies.
    origin: Option<Origin>,
    /// The name of the envelope that it describes, of a contract with several.
    envelope: Option<String>,
    /// The other envelopes.
    others: Vec<Other>,
}

/// Another envelope of the contract, made ready when there is a payload in it.
#[derive(Debug)]
struct Other {
    name: String,
    documents: LazyLock<Option<Documents>, Box<dyn FnOnce() -> Option<Documents> + Send>>,
}

impl Documents {
    /// Of a schema, and what is promised beyond it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Schema`] and [`ErrorKind::Unsupported`] as for [`Validator::new`](crate::Validator::new).
    pub fn new(schema: &Schema, promises: &Promises) -> Result<Self, Error> {
        Ok(Self {
            model: Model::of(schema)?,
            promises: promises.clone(),
            schema: schema.clone(),
            origin: None,
            envelope: None,
            others: Vec::new(),
        })
    }

    /// The same, of a schema that was read from this file.
    #[must_use]
    pub fn in_file(mut self, origin: Origin) -> Self {
        self.origin = Some(origin);
        self
    }

    /// The same of one envelope of a contract with several.
    #[must_use]
    pub fn in_envelope(mut self, name: &str) -> Self {
        self.envelope = Some(name.to_owned());
        self
    }

    /// The same with another envelope of the contract, whose payloads have fields of their own. It is made
    /// ready when the first of them comes; without documents all of their fields are undocumented.
    #[must_use]
    pub fn and(mut self, name: &str, other: impl FnOnce() -> Option<Self> + Send + 'static) -> Self {
        let name = name.to_owned();
        let in_envelope = name.clone();
        let other = Box::new(move || other().map(|other| other.in_envelope(&in_envelope)));
        self.others.push(Other { name, documents: LazyLock::new(other) });
        self
    }

    /// Those of an envelope by its position, this one being the first.
    pub(super) fn at(&self, position: usize) -> Option<&Self> {
        match position.checked_sub(1) {
            None => Some(self),
            Some(other) => self.others.get(other)?.documents.as_ref(),
        }
    }

    /// Which of these a payload in an envelope belongs to.
    pub(super) fn position(&self, envelope: Option<&str>) -> usize {
        self.others.iter().position(|one| Some(&*one.name) == envelope).map_or(0, |at| at + 1)
    }

    /// The name of another envelope.
    pub(super) fn name_of(&self, position: usize) -> Option<&str> {
        Some(&self.others.get(position.checked_sub(1)?)?.name)
    }

    /// What was seen in this envelope, which is the first one or another.
    pub(super) fn field<'p>(&self, profile: &'p Profile, is_first: bool) -> Option<&'p Field> {
        if is_first { Some(&profile.root) } else { profile.envelopes.get(self.envelope.as_ref()?) }
    }

    /// Each envelope that came, with what was seen in it; the first one in any case.
    pub(super) fn seen<'d>(&'d self, profile: &'d Profile) -> impl Iterator<Item = (&'d Self, &'d Field)> {
        let others = self.others.iter().filter_map(|one| {
            let field = profile.envelopes.get(&one.name)?;
            Some((one.documents.as_ref()?, field))
        });
        std::iter::once((self, &profile.root)).chain(others)
    }

    /// The name of the envelope.
    pub(super) fn envelope(&self) -> Option<&str> {
        self.envelope.as_deref()
    }

    /// Points findings about traffic as a whole at the schema location of their fields, if its file is known.
    pub fn locate(&self, claims: &mut [Finding]) {
        // What is said of another envelope has its place already.
        for claim in claims.iter_mut().filter(|claim| claim.schema_pointer.is_empty()) {
            claim.schema_pointer = self.declared_at(&claim.pointer);
        }
        let Some(origin) = &self.origin else { return };
        let pointers: Vec<String> = claims.iter().map(|claim| claim.schema_pointer.clone()).collect();
        let locations = self.schema.locate(pointers.iter().map(String::as_str));
        for (claim, pointer) in claims.iter_mut().zip(&pointers) {
            let Some(location) = locations.get(pointer.as_str()) else { continue };
            claim.origin = origin.clone();
            (claim.line, claim.column) = (location.line, location.column);
        }
    }

    /// The schema location of a value, or else of the nearest one around it.
    fn declared_at(&self, pointer: &Pointer) -> String {
        let mut members = self.root();
        let mut location = String::new();
        for token in pointer.tokens() {
            let next = match token {
                Token::Key(name) => members.member(name),
                Token::Index(index) => Some(members.item(*index)),
            };
            let Some(next) = next else { break };
            members = next;
            match members.pointers().next() {
                Some(pointer) => location = pointer,
                None => break,
            }
        }
        location
    }

    /// Whether 2.0 is no integer to the contract.
    pub(super) fn reads_integers_as_written(&self) -> bool {
        self.model.reads_integers_as_written()
    }

    /// The subschemas that apply to the whole payload.
    pub(super) fn root(&self) -> Subschemas<'_> {
        self.model.root()
    }
}

/// The JSON Schema (2020-12) of a profile.
#[must_use]
pub fn profile_schema() -> Value {
    schema::of_document::<Profile>(PROFILE_ID, PROFILE_VERSION)
}
