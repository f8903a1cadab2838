//! Profiles payloads on many threads.

use std::fmt;
use std::io::{self, Read};
use std::sync::{Mutex, PoisonError};

use serde::Deserialize;
use serde_json::Value;

use super::field::Field;
use super::observer::Observer;
use super::profile::{Documents, Profile};
use super::refused::Refused;
use crate::finding::rules;
use crate::json;
use crate::payload::Payload;
use crate::validate::{Passage, Promises, Tape, Validation, Validator};

/// Builds a profile of payloads. Any number of threads may add payloads; the profile does not depend on their
/// order.
///
/// ```
/// use clients_contract::drift::{Documents, Watch};
/// use clients_contract::{Origin, Payload, Schema, Validator};
/// use serde_json::json;
///
/// let schema = Schema::from_value(json!({"properties": {"name": {"type": ["string", "null"]}}}));
/// let validator = Validator::new(&schema)?;
/// let documents = Documents::new(&schema, validator.promises())?;
/// let watch = Watch::new(Some(&documents), "urn:example 1.0.0");
/// for body in [r#"{"name": "a"}"#, r#"{"name": null, "new": 1}"#] {
///     let payload = Payload::new(Origin::file("a.ndjson"), body.as_bytes().to_vec());
///     watch.validate_payload(&validator, &payload);
/// }
/// let profile = watch.finish();
/// let name = &profile.root.properties["name"];
/// assert_eq!((name.seen, name.null, profile.root.properties["new"].seen), (2, 1, 1));
/// # Ok::<(), clients_contract::Error>(())
/// ```
pub struct Watch<'s> {
    documents: Option<&'s Documents>,
    contract: String,
    /// What threads saw that look at nothing now.
    idle: Mutex<Vec<Part<'s>>>,
    /// Statistics of payloads that were not held in memory, by envelope.
    large: Mutex<Vec<(Field, u64)>>,
    refused: Mutex<Refused>,
    /// Whether payloads that the schema refuses are kept as examples.
    keeps_examples: bool,
}

impl fmt::Debug for Watch<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Watch").field("contract", &self.contract).finish_non_exhaustive()
    }
}

/// What one thread saw, by envelope.
#[derive(Default)]
struct Part<'s> {
    observers: Vec<Option<Observer<'s>>>,
    observed: u64,
    tape: Tape,
}

impl<'s> Watch<'s> {
    /// Begins. Without a contract every field is undocumented.
    #[must_use]
    pub fn new(documents: Option<&'s Documents>, contract: &str) -> Self {
        Self {
            documents,
            contract: contract.to_owned(),
            idle: Mutex::default(),
            large: Mutex::default(),
            refused: Mutex::default(),
            keeps_examples: false,
        }
    }

    /// The same, and keeps one smallest payload of at most 1 MiB for each refusal, 64 MiB in all.
    #[must_use]
    pub fn keeping_examples(mut self) -> Self {
        self.keeps_examples = true;
        self
    }

    /// What sees payloads in an envelope.
    fn observer(&self, at: usize) -> Observer<'s> {
        let documents = self.documents.and_then(|documents| documents.at(at));
        let promises = documents.map_or_else(Promises::default, |documents| documents.promises.clone());
        let as_written = documents.is_some_and(Documents::reads_integers_as_written);
        Observer::new(documents.map(Documents::root), &promises, as_written)
    }

    /// The number of an envelope.
    fn position(&self, envelope: Option<&str>) -> usize {
        self.documents.map_or(0, |documents| documents.position(envelope))
    }

    /// Validates a payload and adds it, in one pass over its bytes. What is not a response of the contract
    /// adds nothing: no JSON, another status, an error object instead of data. The validator is that of the
    /// documents.
    ///
    /// ```
    /// use clients_contract::drift::Watch;
    /// use clients_contract::{Origin, Payload, Schema, Validator};
    /// use serde_json::json;
    ///
    /// let validator = Validator::new(&Schema::from_value(json!({"type": "object"})))?;
    /// let watch = Watch::new(None, "objects");
    /// let payload = Payload::new(Origin::file("a.json"), b"{}".to_vec());
    /// assert!(watch.validate_payload(&validator, &payload).valid);
    /// assert_eq!(watch.finish().root.object, 1);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    pub fn validate_payload(&self, validator: &Validator, payload: &Payload) -> Validation {
        let mut part = self.part();
        let validation = validator.validate_recording(payload, &mut part.tape);
        self.add(part, payload.bytes(), &validation);
        validation
    }

    /// Adds a payload that was validated before.
    pub fn see(&self, payload: &Payload, validation: &Validation) {
        let mut part = self.part();
        part.tape.clear();
        self.add(part, payload.bytes(), validation);
    }

    /// What no thread writes to now.
    fn part(&self) -> Part<'s> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop().unwrap_or_default()
    }

    /// Adds what is recorded of a payload, or all of it where nothing is.
    fn add(&self, mut part: Part<'s>, bytes: &[u8], validation: &Validation) {
        self.refused(bytes, validation);
        if validation.answered {
            let text = json::decode(bytes).unwrap_or_default();
            let last = has_repeats(validation).then(|| last_of_each_key(text)).flatten();
            if last.is_some() {
                part.tape.clear();
            }
            let at = self.position(validation.envelope.as_deref());
            if part.observers.len() <= at {
                part.observers.resize_with(at + 1, || None);
            }
            let observer = part.observers[at].get_or_insert_with(|| self.observer(at));
            observer.begin();
            let text = last.as_deref().unwrap_or(text);
            let is_json = part.tape.each_passage(text, &mut |passage| observer.add(&passage));
            observer.end();
            part.observed += u64::from(is_json);
        }
        self.idle.lock().unwrap_or_else(PoisonError::into_inner).push(part);
    }

    /// Validates a payload of any length as it is read, and adds it: see [`Validator::validate_reader`] and
    /// [`Self::validate_payload`]. For a duplicate key the first value counts here, since nothing is held that
    /// could be taken back.
    ///
    /// # Errors
    ///
    /// Errors of the reader.
    pub fn validate_reader(
        &self,
        validator: &Validator,
        location: &Payload,
        reader: impl Read,
    ) -> io::Result<Validation> {
        let mut seen: Option<(usize, Observer<'s>)> = None;
        let mut take = |envelope: Option<&str>, passage: Passage<'_>| {
            let (_, observer) = seen.get_or_insert_with(|| {
                let at = self.position(envelope);
                let mut observer = self.observer(at);
                observer.begin();
                (at, observer)
            });
            observer.add(&passage);
        };
        let validation = validator.validate_reader_recording(location, reader, &mut take)?;
        self.refused(&[], &validation);
        let is_meant = |at: usize| at == self.position(validation.envelope.as_deref());
        if let Some((at, mut observer)) = seen.filter(|(at, _)| validation.answered && is_meant(*at)) {
            observer.end();
            let mut large = self.large.lock().unwrap_or_else(PoisonError::into_inner);
            if large.len() <= at {
                large.resize_with(at + 1, Default::default);
            }
            large[at].0.merge(observer.finish());
            large[at].1 += 1;
        }
        Ok(validation)
    }

    fn refused(&self, body: &[u8], validation: &Validation) {
        if !validation.findings.is_empty() {
            let body = if self.keeps_examples { body } else { &[] };
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).add(body, validation);
        }
    }

    /// What was seen.
    #[must_use]
    pub fn finish(self) -> Profile {
        self.finish_with_examples().0
    }

    /// The same, and what the schema refused with the examples that were kept.
    #[must_use]
    pub fn finish_with_examples(self) -> (Profile, Refused) {
        let refused = self.refused.into_inner().unwrap_or_else(PoisonError::into_inner);
        let mut profile = Profile::new(&self.contract);
        profile.root.listed = true;
        let mut add = |at: usize, field: Field| match self.documents.and_then(|all| all.name_of(at)) {
            Some(name) => profile.envelopes.entry(name.to_owned()).or_default().merge(field),
            None => profile.root.merge(field),
        };
        let (mut observed, mut beyond) = (0, 0);
        let large = self.large.into_inner().unwrap_or_else(PoisonError::into_inner);
        for (at, (field, count)) in large.into_iter().enumerate().filter(|(_, (_, count))| *count > 0) {
            observed += count;
            add(at, field);
        }
        for part in self.idle.into_inner().unwrap_or_else(PoisonError::into_inner) {
            observed += part.observed;
            let of_envelopes = part.observers.into_iter().enumerate();
            for (at, one) in of_envelopes.filter_map(|(at, one)| Some((at, one?))) {
                beyond += one.beyond();
                add(at, one.finish());
            }
        }
        (profile.observed, profile.beyond) = (observed, beyond);
        profile.refusals = refused.refusals.clone();
        (profile, refused)
    }
}

fn has_repeats(validation: &Validation) -> bool {
    let mut listed = validation.findings.iter().map(|finding| finding.rule);
    let mut unlisted = validation.unlisted.iter().map(|unlisted| unlisted.rule);
    listed.any(|rule| *rule == rules::DUPLICATE_KEY) || unlisted.any(|rule| *rule == rules::DUPLICATE_KEY)
}

/// The payload without any value that a later one of the same key replaces. A number that no double holds
/// cannot be read for that; the first value counts then.
fn last_of_each_key(text: &[u8]) -> Option<Vec<u8>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    // Whoever validated the body has measured its nesting.
    deserializer.disable_recursion_limit();
    serde_json::to_vec(&Value::deserialize(&mut deserializer).ok()?).ok()
}
