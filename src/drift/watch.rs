//! How do many threads see payloads, and make one profile?

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
use crate::validate::{Judgement, Promises};

/// Sees payloads and makes a profile of them. Any number of threads may show it payloads; the profile does not depend on
/// which of them saw which.
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
    /// What was seen of bodies that nobody held.
    large: Mutex<(Field, u64)>,
    refused: Mutex<Refused>,
    /// Whether payloads that the schema refuses are kept as examples.
    keeps_examples: bool,
}

struct Part<'s> {
    observer: Observer<'s>,
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

    fn observer(&self) -> Observer<'s> {
        let promises = self.documents.map_or_else(Promises::default, |documents| documents.promises);
        Observer::new(self.documents.map(Documents::root), &promises)
    }

    /// Adds a payload that was judged. What is no answer of the contract adds nothing: no JSON, another status, an error
    /// object instead of data.
    pub fn see(&self, payload: &Payload, judgement: &Judgement) {
        self.refused(payload.bytes(), judgement);
        if !judgement.answered {
            return;
        }
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let part = idle().pop();
        let mut part = part.unwrap_or_else(|| Part { observer: self.observer(), observed: 0 });
        let text = json::decode(payload.bytes()).unwrap_or_default();
        let last = has_repeats(judgement).then(|| last_of_each_key(text)).flatten();
        part.observer.observe(last.as_deref().unwrap_or(text));
        part.observed += 1;
        idle().push(part);
    }

    fn refused(&self, body: &[u8], judgement: &Judgement) {
        if !judgement.findings.is_empty() {
            let body = if self.keeps_examples { body } else { &[] };
            self.refused.lock().unwrap_or_else(PoisonError::into_inner).add(body, judgement);
        }
    }

    /// Sees a body while somebody reads it to judge it; [`Seeing::judged`] says what came of it.
    pub fn reading<R: Read>(&self, reader: R) -> Seeing<'_, 's, R> {
        let mut observer = self.observer();
        observer.begin();
        Seeing { watch: self, observer, reader, held: Vec::new(), begun: false }
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
        let (field, large) = self.large.into_inner().unwrap_or_else(PoisonError::into_inner);
        profile.root = field;
        profile.root.listed = true;
        profile.observed = large;
        for Part { observer, observed } in self.idle.into_inner().unwrap_or_else(PoisonError::into_inner) {
            profile.observed += observed;
            profile.beyond += observer.beyond();
            profile.root.merge(observer.finish());
        }
        profile.refusals = refused.refusals.clone();
        (profile, refused)
    }
}

fn has_repeats(judgement: &Judgement) -> bool {
    let mut listed = judgement.findings.iter().map(|finding| finding.rule);
    let mut unlisted = judgement.unlisted.iter().map(|unlisted| unlisted.rule);
    listed.any(|rule| *rule == rules::DUPLICATE_KEY) || unlisted.any(|rule| *rule == rules::DUPLICATE_KEY)
}

/// The body without any value that a later one of the same key replaces. A number that no double holds cannot be read for
/// that; the first value counts then.
fn last_of_each_key(text: &[u8]) -> Option<Vec<u8>> {
    let mut deserializer = serde_json::Deserializer::from_slice(text);
    // Whoever judged the body has measured its nesting.
    deserializer.disable_recursion_limit();
    serde_json::to_vec(&Value::deserialize(&mut deserializer).ok()?).ok()
}

/// A body that is seen while it is read. Of a key that stands twice in one object the first value counts here, since nothing
/// is held that could be taken back.
pub struct Seeing<'w, 's, R> {
    watch: &'w Watch<'s>,
    observer: Observer<'s>,
    reader: R,
    /// What has to be seen again, with what follows it.
    held: Vec<u8>,
    begun: bool,
}

impl<R> Seeing<'_, '_, R> {
    /// Ends the body, and adds it if it is an answer of the contract.
    pub fn judged(mut self, judgement: &Judgement) {
        self.see(true);
        self.watch.refused(&[], judgement);
        if !self.observer.end() || !judgement.answered {
            return;
        }
        let mut large = self.watch.large.lock().unwrap_or_else(PoisonError::into_inner);
        large.0.merge(self.observer.finish());
        large.1 += 1;
    }

    fn see(&mut self, is_last: bool) {
        const MARK: &[u8] = b"\xef\xbb\xbf";
        if !self.begun {
            if self.held.len() < MARK.len() && !is_last {
                return;
            }
            self.begun = true;
            if self.held.starts_with(MARK) {
                self.held.drain(..MARK.len());
            }
        }
        let done = self.observer.go_on(&self.held, is_last);
        self.held.drain(..done);
    }
}

impl<R: Read> Read for Seeing<'_, '_, R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.held.extend_from_slice(&buffer[..length]);
        self.see(false);
        Ok(length)
    }
}
