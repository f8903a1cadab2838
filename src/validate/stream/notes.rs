//! What was found on the way?

use crate::pointer::Pointer;
use crate::validate::breach::Breach;
use crate::validate::invariant::{Seen, Sighting};
use crate::validate::place::Spot;

/// Breaches and sightings of one payload.
#[derive(Debug, Default)]
pub(super) struct Notes {
    pub(super) breaches: Vec<(Breach, Spot)>,
    /// Keys that were there before.
    pub(super) duplicates: Vec<(Breach, Spot)>,
    /// Keys that the schema does not know, of objects that have not ended: which breach, and where the object begins.
    unknown: Vec<(Pointer, usize)>,
    pub(super) sightings: Vec<Vec<Sighting>>,
}

impl Notes {
    pub(super) fn new(lists: usize) -> Self {
        Self { sightings: vec![Vec::new(); lists], ..Self::default() }
    }

    pub(super) fn breach(&mut self, breach: Breach, spot: Spot) {
        self.breaches.push((breach, spot));
    }

    /// A key that the schema does not know; what it may have been meant to be is known when its object ends.
    pub(super) fn unknown(&mut self, breach: Breach, spot: Spot, object: usize) {
        self.unknown.push((breach.pointer.clone(), object));
        self.breach(breach, spot);
    }

    /// Finishes what is said of unknown keys of the object that ends.
    pub(super) fn object_ends(&mut self, object: usize, hint: impl Fn(&Pointer) -> Option<String>) {
        while let Some((pointer, _)) = self.unknown.pop_if(|(_, of)| *of == object) {
            let Some(hint) = hint(&pointer) else { continue };
            let breach = self
                .breaches
                .iter_mut()
                .rev()
                .find(|(breach, _)| breach.pointer == pointer && is_unknown(breach));
            if let Some((breach, _)) = breach {
                breach.what.push_str(&hint);
            }
        }
    }

    /// Forgets what was found at a place and below it: a later member of the same key takes its place.
    pub(super) fn forget(&mut self, place: &Pointer) {
        let stays = |pointer: &Pointer| !pointer.tokens().starts_with(place.tokens());
        self.breaches.retain(|(breach, _)| stays(&breach.pointer));
        self.duplicates.retain(|(breach, _)| stays(&breach.pointer));
        self.unknown.retain(|(pointer, _)| stays(pointer));
        for list in &mut self.sightings {
            list.retain(|sighting| stays(&sighting.pointer));
        }
    }

    pub(super) fn seen(&mut self, list: usize, pointer: Pointer, seen: Seen, spot: Spot) {
        self.sightings[list].push(Sighting { pointer, seen, spot: Some(spot) });
    }
}

fn is_unknown(breach: &Breach) -> bool {
    breach.rule == &crate::finding::rules::UNDOCUMENTED_PROPERTY
}
