//! Which values do invariants want to see?

use crate::pointer::unescape;

/// Index of a place that is watched, or leads to one.
pub(super) type WatchId = u32;

/// Nothing below is watched.
pub(super) const UNWATCHED: WatchId = 0;

/// The watched places of a payload as a tree; the root of the payload is place 1, if anything is watched.
#[derive(Debug, Default)]
pub(super) struct Watches {
    places: Vec<Watched>,
    /// The places that were asked for, in that order: which list of sightings is theirs.
    asked: Vec<&'static str>,
}

#[derive(Debug, Default)]
struct Watched {
    /// The list of sightings to add to.
    list: Option<usize>,
    members: Vec<(Box<str>, WatchId)>,
    items: WatchId,
}

impl Watches {
    pub(super) fn new(watches: impl IntoIterator<Item = &'static str>) -> Self {
        let mut all = Self { places: vec![Watched::default(), Watched::default()], asked: Vec::new() };
        for watch in watches {
            if !all.asked.contains(&watch) {
                all.add(watch);
            }
        }
        all
    }

    fn add(&mut self, watch: &'static str) {
        let mut at = 1;
        for step in watch.split('/').skip(1) {
            at = self.below(at, step);
        }
        self.places[at as usize].list = Some(self.asked.len());
        self.asked.push(watch);
    }

    fn below(&mut self, at: WatchId, step: &str) -> WatchId {
        let next = WatchId::try_from(self.places.len()).unwrap_or(UNWATCHED);
        let place = &mut self.places[at as usize];
        let name = unescape(step);
        if let Some((_, below)) = place.members.iter().find(|(known, _)| **known == *name) {
            return *below;
        }
        // A star is every item of an array, and in an object the key that it is.
        place.members.push((name.into(), next));
        if step == "*" {
            place.items = next;
        }
        self.places.push(Watched::default());
        next
    }

    /// Where the watch begins.
    pub(super) fn root(&self) -> WatchId {
        if self.asked.is_empty() { UNWATCHED } else { 1 }
    }

    /// How many lists of sightings there are.
    pub(super) fn lists(&self) -> usize {
        self.asked.len()
    }

    /// The list of a place that was asked for.
    pub(super) fn list_of(&self, watch: &str) -> Option<usize> {
        self.asked.iter().position(|asked| *asked == watch)
    }

    /// What was asked for with a list.
    pub(super) fn asked(&self, list: usize) -> &'static str {
        self.asked[list]
    }

    /// The list that a value here belongs to.
    pub(super) fn list(&self, at: WatchId) -> Option<usize> {
        self.places.get(at as usize)?.list
    }

    /// The lists that values here and below belong to.
    pub(super) fn lists_below(&self, at: WatchId) -> Vec<usize> {
        let mut lists = Vec::new();
        let mut pending = vec![at];
        while let Some(at) = pending.pop().filter(|at| *at != UNWATCHED) {
            let Some(place) = self.places.get(at as usize) else { continue };
            lists.extend(place.list);
            // The items are among the members.
            pending.extend(place.members.iter().map(|(_, below)| *below));
        }
        lists
    }

    pub(super) fn member(&self, at: WatchId, name: &str) -> WatchId {
        let Some(place) = self.places.get(at as usize) else { return UNWATCHED };
        let member = place.members.iter().find(|(known, _)| **known == *name);
        member.map_or(UNWATCHED, |(_, below)| *below)
    }

    pub(super) fn items(&self, at: WatchId) -> WatchId {
        self.places.get(at as usize).map_or(UNWATCHED, |place| place.items)
    }
}
