//! Do the pages of one walk agree?

use std::collections::{HashMap, HashSet};

use super::order::Order;
use super::paging::{self, Page, page_info};
use super::rules::{PAGE_NOT_AS_ASKED, REPEATED_CLIENT, TOTAL_CHANGED, TOTAL_DISAGREES, WALK_NOT_ENDING};
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

/// Where the identifiers are among the watched places.
const IDS: usize = 5;

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
    /// Clients listed so far, repeated ones too.
    listed: u64,
    /// Whether it began with the first page, so that it can be counted.
    whole: bool,
    order: Order,
    /// When its last page came, in pages.
    last: u64,
}

impl SequenceJudge for Walks {
    fn next(&mut self, payload: &Payload, seen: &Sightings) -> Vec<Breach> {
        let ended = payload.ended_walk_of().map(|pages| {
            let what = format!("promises more after {pages} pages, where the walk was ended");
            Breach::new(&WALK_NOT_ENDING, page_info("hasMore"), what)
        });
        // Also of a page without its numbers, which does not end for that reason.
        let Some(page) = Page::of(seen) else { return ended.into_iter().collect() };
        self.pages += 1;
        let key = Key {
            folder: folder(payload.origin().name()),
            parameters: parameters(payload),
            page_size: page.size,
        };
        let file = payload.origin().name();
        let asked = asked(payload, "page");
        // Where the request is known, what was asked for says which page of the walk it is.
        let number = asked.unwrap_or(page.number);
        let walk = self.walks.entry(key).or_insert_with(|| Walk::starting_with(page, number));
        // A first page, or one that does not follow, begins a walk of its own. The same page again
        // in the same file goes on: that is what a server does that ignores `page`.
        let goes_on = number == walk.number + 1 || number == walk.number && walk.file == file;
        if number == 1 || !goes_on {
            *walk = Walk::starting_with(page, number);
        }
        walk.number = number;
        file.clone_into(&mut walk.file);
        walk.last = self.pages;
        let mut breaches = not_as_asked(payload, page);
        breaches.extend(walk.add(page, seen));
        if !breaches.iter().any(|breach| breach.rule.id == WALK_NOT_ENDING.id) {
            breaches.extend(ended);
        }
        breaches.extend(walk.order.add(payload));
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
    fn starting_with(page: Page, number: u64) -> Self {
        Self {
            file: String::new(),
            number,
            total: page.total,
            clients: HashSet::new(),
            listed: 0,
            whole: number == 1,
            order: Order::default(),
            last: 0,
        }
    }

    fn add(&mut self, page: Page, seen: &Sightings) -> Vec<Breach> {
        let mut breaches = Vec::new();
        if page.total != self.total {
            let what = "is another one than on the first page of the same walk";
            breaches.push(Breach::new(&TOTAL_CHANGED, page_info("total"), what));
        }
        let mut repeated = Vec::new();
        let mut known = 0;
        self.clients.reserve(seen.all(IDS).len());
        for sighting in seen.all(IDS) {
            let Seen::String(id) = &sighting.seen else { continue };
            let Some(id) = number(id) else { continue };
            known += 1;
            if !self.clients.insert(id) {
                let what = "was already seen in the same walk: a client is repeated";
                repeated.push(Breach::new(&REPEATED_CLIENT, seen.pointer(IDS, sighting), what));
            }
        }
        self.listed = self.listed.saturating_add(page.clients);
        let nothing_new = known > 0 && repeated.len() == known;
        let too_far = self.listed > page.total.saturating_add(page.size);
        if page.has_more && (nothing_new || self.whole && too_far) {
            let what = if nothing_new {
                "promises more, although all on this page was seen before: the walk does not end"
            } else {
                "promises more far beyond `total`: the walk does not end"
            };
            breaches.push(Breach::new(&WALK_NOT_ENDING, page_info("hasMore"), what));
        } else {
            breaches.append(&mut repeated);
        }
        // A total that changed was told; nobody knows which of the two to count to.
        if self.whole && !page.has_more && page.total == self.total && self.listed != page.total {
            let what = "is not the number of clients that the whole walk listed";
            breaches.push(Breach::new(&TOTAL_DISAGREES, page_info("total"), what));
        }
        breaches
    }
}

/// What the request says of a parameter that is a number.
fn asked(payload: &Payload, parameter: &str) -> Option<u64> {
    let query = &payload.request()?.query;
    query.iter().find(|(name, _)| name == parameter).and_then(|(_, value)| value.parse().ok())
}

fn not_as_asked(payload: &Payload, page: Page) -> Vec<Breach> {
    let said = [("page", "currentPage", page.number), ("count", "perPage", page.size)];
    let differs = |(parameter, _, said): &(&str, &str, u64)| {
        asked(payload, parameter).is_some_and(|asked| asked > 0 && asked != *said)
    };
    let breach = |(parameter, member, _)| {
        let what = format!("is not what the request asked for with `{parameter}`");
        Breach::new(&PAGE_NOT_AS_ASKED, page_info(member), what)
    };
    said.into_iter().filter(differs).map(breach).collect()
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
