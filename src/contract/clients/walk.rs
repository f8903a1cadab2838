//! Do the pages of one walk agree?

use std::collections::{HashMap, HashSet};

use super::paging::{self, Page, page_info};
use super::rules::{REPEATED_CLIENT, TOTAL_CHANGED};
use crate::payload::Payload;
use crate::validate::{Breach, Seen, SequenceInvariant, SequenceJudge, Sightings};

/// Walks remembered at a time; the one that waited longest for its next page is forgotten.
const MOST_WALKS: usize = 64;

/// Judges the pages of walks, as they come.
pub(super) static INVARIANT: SequenceInvariant = SequenceInvariant {
    watch: &[
        paging::WATCH[0],
        paging::WATCH[1],
        paging::WATCH[2],
        paging::WATCH[3],
        paging::WATCH[4],
        "/data/Clients/clients/*/id",
    ],
    start: || Box::<Walks>::default(),
};

/// The walks that may still go on, by what their pages have in common.
#[derive(Default)]
struct Walks {
    walks: HashMap<Key, Walk>,
    pages: u64,
}

/// Pages of one walk come from one place, were asked for alike, and have one page size.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    folder: String,
    /// The parameters of the request, where they were recorded, but for the page.
    parameters: Vec<(String, String)>,
    page_size: u64,
}

struct Walk {
    /// The file that its last page came from.
    file: String,
    number: u64,
    total: u64,
    /// Identifiers seen, as numbers: a walk of a million clients takes 16 MB.
    clients: HashSet<u128>,
    /// When its last page came, in pages.
    last: u64,
}

impl SequenceJudge for Walks {
    fn next(&mut self, payload: &Payload, seen: &Sightings) -> Vec<Breach> {
        let Some(page) = Page::of(seen) else { return Vec::new() };
        self.pages += 1;
        let key = Key {
            folder: folder(payload.origin().name()),
            parameters: parameters(payload),
            page_size: page.size,
        };
        let file = payload.origin().name();
        let walk = self.walks.entry(key).or_insert_with(|| Walk::starting_with(page));
        // A first page, or one that does not follow, begins a walk of its own. The same page again
        // in the same file goes on: that is what a server does that ignores `page`.
        let goes_on = page.number == walk.number + 1 || page.number == walk.number && walk.file == file;
        if page.number == 1 || !goes_on {
            *walk = Walk::starting_with(page);
        }
        file.clone_into(&mut walk.file);
        walk.last = self.pages;
        let breaches = walk.add(page, seen);
        self.forget();
        breaches
    }
}

impl Walks {
    fn forget(&mut self) {
        if self.walks.len() > MOST_WALKS {
            let oldest = self.walks.iter().min_by_key(|(_, walk)| walk.last).map(|(key, _)| key.clone());
            oldest.map(|key| self.walks.remove(&key));
        }
    }
}

impl Walk {
    fn starting_with(page: Page) -> Self {
        Self { file: String::new(), number: page.number, total: page.total, clients: HashSet::new(), last: 0 }
    }

    fn add(&mut self, page: Page, seen: &Sightings) -> Vec<Breach> {
        self.number = page.number;
        let mut breaches = Vec::new();
        if page.total != self.total {
            let what = "is another one than on the first page of the same walk";
            breaches.push(Breach::new(&TOTAL_CHANGED, page_info("total"), what));
        }
        for sighting in seen.all(5) {
            let Seen::String(id) = &sighting.seen else { continue };
            let Some(id) = number(id) else { continue };
            if !self.clients.insert(id) {
                let what = "was already seen in the same walk: a client is repeated";
                breaches.push(Breach::new(&REPEATED_CLIENT, sighting.pointer(), what));
            }
        }
        breaches
    }
}

fn parameters(payload: &Payload) -> Vec<(String, String)> {
    let query = payload.request().map_or(&[][..], |request| &request.query);
    let mut parameters: Vec<_> = query.iter().filter(|(name, _)| name != "page").cloned().collect();
    parameters.sort();
    parameters
}

/// The folder of a file: the pages of a walk may be saved one a file.
fn folder(name: &str) -> String {
    name.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned())
}

/// The 128 bits of a UUID, however its hex digits are spelt.
fn number(uuid: &str) -> Option<u128> {
    let digits: String = uuid.chars().filter(|character| *character != '-').collect();
    (digits.len() == 32).then(|| u128::from_str_radix(&digits, 16).ok())?
}
