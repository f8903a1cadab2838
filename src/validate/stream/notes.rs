//! What was found on the way?

use std::collections::HashMap;

use super::watch::Watches;
use crate::pointer::{Pointer, Token};
use crate::validate::breach::{Breach, Breaches};
use crate::validate::invariant::Sighting;
use crate::validate::place::Spot;

/// Breaches and sightings of one payload.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) breaches: Breaches,
    /// Keys that were there before.
    pub(super) duplicates: Breaches,
    /// Keys that the schema does not know, of objects that have not ended: which breach, and where the object begins.
    unknown: Vec<(usize, usize)>,
    pub(super) sightings: Vec<Vec<Sighting>>,
    /// Places whose value a later member of the same key has replaced, and what was noted before that.
    replaced: HashMap<Box<[Token]>, Before>,
}

/// How many notes of each kind there were.
#[derive(Debug)]
struct Before {
    breaches: usize,
    duplicates: usize,
    sightings: Vec<usize>,
}

impl Notes {
    pub(super) fn new(lists: usize) -> Self {
        Self { sightings: vec![Vec::new(); lists], ..Self::default() }
    }

    pub(super) fn breach(&mut self, breach: Breach, spot: Spot) {
        self.breaches.push(breach, spot);
    }

    /// A key that the schema does not know; what it may have been meant to be is known when its object ends.
    pub(super) fn unknown(&mut self, breach: Breach, spot: Spot, object: usize) {
        let at = self.breaches.listed.len();
        if self.breaches.push(breach, spot) {
            self.unknown.push((at, object));
        }
    }

    /// Finishes what is said of unknown keys of the object that ends.
    pub(super) fn object_ends(&mut self, object: usize, hint: impl Fn(&Pointer) -> Option<String>) {
        while let Some((at, _)) = self.unknown.pop_if(|(_, of)| *of == object) {
            let (breach, _) = &mut self.breaches.listed[at];
            if let Some(hint) = hint(&breach.pointer) {
                breach.what.push_str(&hint);
            }
        }
    }

    /// What was found so far at a place and below it does not count: a later member of the same key takes its place.
    pub(super) fn forget(&mut self, place: &Pointer) {
        let before = Before {
            breaches: self.breaches.listed.len(),
            duplicates: self.duplicates.listed.len(),
            sightings: self.sightings.iter().map(Vec::len).collect(),
        };
        self.replaced.insert(place.tokens().into(), before);
        self.breaches.list_anew();
        self.duplicates.list_anew();
    }

    /// The notes that count, in one sweep however many were replaced.
    pub(super) fn finish(mut self, watches: &Watches) -> Self {
        let replaced = std::mem::take(&mut self.replaced);
        if replaced.is_empty() {
            return self;
        }
        let counts = |pointer: &Pointer, at: usize, noted: &dyn Fn(&Before) -> usize| {
            let steps = pointer.tokens();
            let above = (0..=steps.len()).filter_map(|length| replaced.get(&steps[..length]));
            above.map(noted).all(|before| before <= at)
        };
        retain(&mut self.breaches.listed, |at, (breach, _)| {
            counts(&breach.pointer, at, &|before| before.breaches)
        });
        retain(&mut self.duplicates.listed, |at, (breach, _)| {
            counts(&breach.pointer, at, &|before| before.duplicates)
        });
        for (list, seen) in self.sightings.iter_mut().enumerate() {
            let watch = watches.asked(list);
            retain(seen, |at, sighting| {
                counts(&sighting.pointer(watch), at, &|before| before.sightings[list])
            });
        }
        self
    }

    pub(super) fn seen(&mut self, list: usize, sighting: Sighting) {
        self.sightings[list].push(sighting);
    }
}

/// Keeps the notes that are to be kept by their number and what they say.
fn retain<T>(notes: &mut Vec<T>, keeps: impl Fn(usize, &T) -> bool) {
    let mut number = 0;
    notes.retain(|note| {
        number += 1;
        keeps(number - 1, note)
    });
}
