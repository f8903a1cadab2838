//! The locations that invariants watch, as a tree.

use crate::pointer::unescape;

/// Index of a location that is watched, or leads to one.
pub(super) type WatchId = u32;

/// Nothing below is watched.
pub(super) const UNWATCHED: WatchId = 0;

/// The watched locations of a payload as a tree; the root of the payload is location 1, if anything is
/// watched.
#[derive(Debug, Default)]
pub(super) struct Watches {
    places: Vec<Watched>,
    /// The locations that were asked for, in that order: which list of watched values is theirs.
    asked: Vec<Box<str>>,
    /// How many of them are read: of the others only the type matters, and of these only that of arrays and
    /// objects.
    read: usize,
}

#[derive(Debug, Default)]
struct Watched {
    /// The list of watched values to add to.
    list: Option<usize>,
    members: Vec<(Box<str>, WatchId)>,
    items: WatchId,
}

impl Watches {
    /// Of `watches` the values are read; of `marks` nobody asks what a scalar there is.
    pub(super) fn new<'w>(
        watches: impl IntoIterator<Item = &'w str>,
        marks: impl IntoIterator<Item = &'w str>,
    ) -> Self {
        let places = vec![Watched::default(), Watched::default()];
        let mut all = Self { places, asked: Vec::new(), read: 0 };
        watches.into_iter().for_each(|watch| all.add(watch));
        all.read = all.asked.len();
        marks.into_iter().for_each(|mark| all.add(mark));
        all
    }

    fn add(&mut self, watch: &str) {
        if self.list_of(watch).is_some() {
            return;
        }
        let mut at = 1;
        for step in watch.split('/').skip(1) {
            at = self.below(at, step);
        }
        self.places[at as usize].list = Some(self.asked.len());
        self.asked.push(watch.into());
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

    /// How many lists of watched values there are.
    pub(super) fn lists(&self) -> usize {
        self.asked.len()
    }

    /// The list of a location that was asked for.
    pub(super) fn list_of(&self, watch: &str) -> Option<usize> {
        self.asked.iter().position(|asked| **asked == *watch)
    }

    /// Whether somebody asks what a scalar of this list is.
    pub(super) fn reads(&self, list: usize) -> bool {
        list < self.read
    }

    /// What was asked for with a list.
    pub(super) fn asked(&self, list: usize) -> &str {
        &self.asked[list]
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
