//! Reads the items of recorded pages.

use std::collections::HashSet;
use std::collections::hash_map::RandomState;
use std::hash::BuildHasher;
use std::path::{Path, PathBuf};

use serde_json::Value;
use serde_json::value::RawValue;

use super::store::{Kept, not_kept};
use crate::contract::{Contract, Envelope};
use crate::error::{Error, ErrorKind};
use crate::payload::{self, Item, Payload, Selection, items, members, pick};
use crate::untrusted::path_text;

/// What recorded pages have.
pub(super) struct Recorded {
    pub(super) items: Kept,
    /// The envelope of the first page.
    pub(super) envelope: usize,
    /// The first page, without its items.
    pub(super) page: Option<Value>,
    /// The path of each payload that is no list.
    pub(super) paths: Vec<String>,
    pub(super) notes: Vec<String>,
}

/// Reads paths as [`payload::expand`] finds them.
pub(super) fn read<P: AsRef<Path>>(
    contract: &Contract,
    paths: impl IntoIterator<Item = P>,
    reading: &payload::Options,
) -> Result<Recorded, Error> {
    let paths: Vec<PathBuf> = paths.into_iter().map(|path| path.as_ref().to_owned()).collect();
    let mut names = paths.iter().map(|path| path_text(path).into_owned());
    let mut name = names.next().unwrap_or_default();
    match names.count() {
        0 => {}
        more => name = format!("{name} and {more} more"),
    }
    let sources = payload::expand(&paths);
    if let Some(problem) = sources.problems.into_iter().next() {
        return Err(problem);
    }
    let mut reading = reading.clone();
    let selection = reading.selection.unwrap_or_else(|| contract.selection());
    reading.selection = Some(selection.clone());
    reading.pass_large = false;
    let mut reader = Reader::new(contract);
    for file in &sources.files {
        for item in payload::open(file, &reading)?.items() {
            match item? {
                Item::Payload(payload) | Item::Large(payload) => reader.add(&payload)?,
                Item::Skipped(_) => reader.skipped += 1,
            }
        }
    }
    reader.finish(&name, &selection)
}

struct Reader<'c> {
    contract: &'c Contract,
    found: Recorded,
    /// Fingerprints of identifiers.
    seen: HashSet<(u64, u64)>,
    hashers: [RandomState; 2],
    pages: u64,
    repeated: u64,
    skipped: u64,
}

impl<'c> Reader<'c> {
    fn new(contract: &'c Contract) -> Self {
        let found = Recorded {
            items: Kept::default(),
            envelope: 0,
            page: None,
            paths: Vec::new(),
            notes: Vec::new(),
        };
        let hashers = [RandomState::new(), RandomState::new()];
        Self { contract, found, seen: HashSet::new(), hashers, pages: 0, repeated: 0, skipped: 0 }
    }

    /// Adds the items of a page; what is none is counted.
    fn add(&mut self, payload: &Payload) -> Result<(), Error> {
        let bytes = payload.bytes();
        let text = str::from_utf8(bytes.strip_prefix(b"\xef\xbb\xbf").unwrap_or(bytes)).unwrap_or_default();
        let is_page = payload.status().is_none_or(|status| (200..300).contains(&status));
        let envelopes = self.contract.envelopes();
        let pointers: Vec<&str> = envelopes.iter().map(|envelope| &*envelope.items).collect();
        let lists = if is_page { pick(text, &pointers).ok() } else { None };
        let Some(lists) = lists else {
            self.skipped += 1;
            return Ok(());
        };
        if pointers == [""] {
            let path = payload.request().map_or("", |request| &*request.path);
            self.found.paths.push(path.to_owned());
            self.pages += 1;
            return self.found.items.push(text.as_bytes()).map_err(not_kept);
        }
        let list = |at: &usize| lists[*at].is_some_and(|list| list.get().starts_with('['));
        let Some(at) = (0..lists.len()).find(list) else {
            self.skipped += 1;
            return Ok(());
        };
        self.pages += 1;
        if self.pages == 1 {
            self.found.envelope = at;
            self.found.page = without_items(text, &envelopes[at]);
        }
        let identifier = self.contract.paging().map_or("", |paging| &*paging.search.identifier);
        let mut kept = Ok(());
        let _ = lists[at].map(|list| {
            items(list, |item| {
                let id = members(item, &[identifier]).ok().and_then(|found| found[0]).map(RawValue::get);
                let fingerprint = |id| (self.hashers[0].hash_one(id), self.hashers[1].hash_one(id));
                if id.is_some_and(|id| !self.seen.insert(fingerprint(id))) {
                    self.repeated += 1;
                } else if kept.is_ok() {
                    kept = self.found.items.push(item.get().as_bytes());
                }
            })
        });
        kept.map_err(not_kept)
    }

    fn finish(mut self, name: &str, selection: &Selection) -> Result<Recorded, Error> {
        if self.pages == 0 {
            let skipped =
                if self.skipped > 0 { format!(" ({} skipped)", self.skipped) } else { String::new() };
            let what = format!("nothing to serve: there is no page of {selection}{skipped}");
            return Err(Error::new(ErrorKind::Input, name, what));
        }
        for (count, what) in [(self.skipped, "entries without a page"), (self.repeated, "repeated items")] {
            if count > 0 {
                self.found.notes.push(format!("skipped {what}: {count}"));
            }
        }
        Ok(self.found)
    }
}

/// A page as the frame of others.
fn without_items(text: &str, envelope: &Envelope) -> Option<Value> {
    let mut page: Value = serde_json::from_str(text).ok()?;
    *page.pointer_mut(&envelope.items)? = Value::Array(Vec::new());
    Some(page)
}
