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
    locations: Vec<Watched>,
    /// The locations that were requested, in that order: which list of watched values is theirs.
    requested: Vec<Box<str>>,
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
        let locations = vec![Watched::default(), Watched::default()];
        let mut all = Self { locations, requested: Vec::new(), read: 0 };
        watches.into_iter().for_each(|watch| all.add(watch));
        all.read = all.requested.len();
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
        self.locations[at as usize].list = Some(self.requested.len());
        self.requested.push(watch.into());
    }

    fn below(&mut self, at: WatchId, step: &str) -> WatchId {
        let next = WatchId::try_from(self.locations.len()).unwrap_or(UNWATCHED);
        let location = &mut self.locations[at as usize];
        let name = unescape(step);
        if let Some((_, below)) = location.members.iter().find(|(known, _)| **known == *name) {
            return *below;
        }
        // A star is every item of an array, and in an object the key that it is.
        location.members.push((name.into(), next));
        if step == "*" {
            location.items = next;
        }
        self.locations.push(Watched::default());
        next
    }

    /// Where the watch begins.
    pub(super) fn root(&self) -> WatchId {
        if self.requested.is_empty() { UNWATCHED } else { 1 }
    }

    /// How many lists of watched values there are.
    pub(super) fn lists(&self) -> usize {
        self.requested.len()
    }

    /// The list of a location that was requested.
    pub(super) fn list_of(&self, watch: &str) -> Option<usize> {
        self.requested.iter().position(|requested| **requested == *watch)
    }

    /// Whether somebody asks what a scalar of this list is.
    pub(super) fn reads(&self, list: usize) -> bool {
        list < self.read
    }

    /// What was requested with a list.
    pub(super) fn requested(&self, list: usize) -> &str {
        &self.requested[list]
    }

    /// The list that a value here belongs to.
    pub(super) fn list(&self, at: WatchId) -> Option<usize> {
        self.locations.get(at as usize)?.list
    }

    /// The lists that values here and below belong to.
    pub(super) fn lists_below(&self, at: WatchId) -> Vec<usize> {
        let mut lists = Vec::new();
        let mut pending = vec![at];
        while let Some(at) = pending.pop().filter(|at| *at != UNWATCHED) {
            let Some(location) = self.locations.get(at as usize) else { continue };
            lists.extend(location.list);
            // The items are among the members.
            pending.extend(location.members.iter().map(|(_, below)| *below));
        }
        lists
    }

    pub(super) fn member(&self, at: WatchId, name: &str) -> WatchId {
        let Some(location) = self.locations.get(at as usize) else { return UNWATCHED };
        let member = location.members.iter().find(|(known, _)| **known == *name);
        member.map_or(UNWATCHED, |(_, below)| *below)
    }

    /// The members of a location that are watched, or lead to what is.
    pub(super) fn members(&self, at: WatchId) -> impl Iterator<Item = &str> {
        self.locations
            .get(at as usize)
            .into_iter()
            .flat_map(|one| one.members.iter().map(|(name, _)| &**name))
    }

    pub(super) fn items(&self, at: WatchId) -> WatchId {
        self.locations.get(at as usize).map_or(UNWATCHED, |location| location.items)
    }
}
