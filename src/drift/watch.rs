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
use crate::validate::{Promises, Validation};

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
///     watch.see(&payload, &validator.validate_payload(&payload));
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
        let documents = self.documents.and_then(|documents| documents.all().nth(at));
        let promises = documents.map_or_else(Promises::default, |documents| documents.promises.clone());
        let as_written = documents.is_some_and(Documents::reads_integers_as_written);
        Observer::new(documents.map(Documents::root), &promises, as_written)
    }

    /// The number of an envelope.
    fn position(&self, envelope: Option<&str>) -> usize {
        self.documents.map_or(0, |documents| documents.position(envelope))
    }

    /// Adds a validated payload. What is not a response of the contract adds nothing: no JSON, another
    /// status, an error object instead of data.
    pub fn see(&self, payload: &Payload, validation: &Validation) {
        self.refused(payload.bytes(), validation);
        if !validation.answered {
            return;
        }
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let part = idle().pop();
        let mut part = part.unwrap_or_default();
        let at = self.position(validation.envelope.as_deref());
        if part.observers.len() <= at {
            part.observers.resize_with(at + 1, || None);
        }
        let observer = part.observers[at].get_or_insert_with(|| self.observer(at));
        let text = json::decode(payload.bytes()).unwrap_or_default();
        let last = has_repeats(validation).then(|| last_of_each_key(text)).flatten();
        observer.observe(last.as_deref().unwrap_or(text));
        part.observed += 1;
        idle().push(part);
    }

    fn refused(&self, body: &[u8], validation: &Validation) {
        if !validation.findings.is_empty() {
            let body = if self.keeps_examples { body } else { &[] };
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).add(body, validation);
        }
    }

    /// Observes a payload while it is read for validation; end it with [`Observation::validated`].
    pub fn reading<R: Read>(&self, reader: R) -> Observation<'_, 's, R> {
        Observation { watch: self, observer: None, reader, held: Vec::new() }
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
        let names: Vec<_> =
            self.documents.iter().flat_map(|documents| documents.all()).map(Documents::envelope).collect();
        let mut add = |at: usize, field: Field| match names.get(at).copied().flatten().filter(|_| at > 0) {
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

/// A payload that is observed while it is read. For a duplicate key the first value counts here, since
/// nothing is held that could be taken back.
pub struct Observation<'w, 's, R> {
    watch: &'w Watch<'s>,
    /// What sees it, once its envelope is known: the number of that.
    observer: Option<(usize, Observer<'s>)>,
    reader: R,
    /// What has to be seen again, with what follows it.
    held: Vec<u8>,
}

impl<R> fmt::Debug for Observation<'_, '_, R> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Observation").finish_non_exhaustive()
    }
}

/// Bytes that are held to recognise an envelope.
const MAX_LEAD: usize = 4 << 20;

impl<R> Observation<'_, '_, R> {
    /// Ends the payload, and adds it if it is a response of the contract.
    pub fn validated(mut self, validation: &Validation) {
        self.see(true);
        self.watch.refused(&[], validation);
        let Some((at, mut observer)) = self.observer else { return };
        let is_meant = at == self.watch.position(validation.envelope.as_deref());
        if !observer.end() || !validation.answered || !is_meant {
            return;
        }
        let mut large = self.watch.large.lock().unwrap_or_else(PoisonError::into_inner);
        if large.len() <= at {
            large.resize_with(at + 1, Default::default);
        }
        large[at].0.merge(observer.finish());
        large[at].1 += 1;
    }

    fn see(&mut self, is_last: bool) {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        if self.observer.is_none() {
            if self.held.len() < MARK.len() && !is_last {
                return;
            }
            let mark = if self.held.starts_with(MARK) { MARK.len() } else { 0 };
            let validator = self.watch.documents.and_then(|documents| documents.validator.as_ref());
            let envelope = validator.map(|validator| validator.envelope_of(&self.held[mark..]));
            if envelope == Some(None) && self.held.len() < MAX_LEAD && !is_last {
                return;
            }
            self.held.drain(..mark);
            let at = self.watch.position(envelope.flatten());
            let mut observer = self.watch.observer(at);
            observer.begin();
            self.observer = Some((at, observer));
        }
        if let Some((_, observer)) = &mut self.observer {
            let done = observer.go_on(&self.held, is_last);
            self.held.drain(..done);
        }
    }
}

impl<R: Read> Read for Observation<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.held.extend_from_slice(&buffer[..length]);
        self.see(false);
        Ok(length)
    }
}
