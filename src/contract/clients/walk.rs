//! Validates that the pages of one walk agree.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::order::Order;
use super::paging::{self, ASKED, CLIENTS, CURSOR, HAS_MORE, IDS, Page, TOTAL};
use super::rules::{PAGE_MISMATCH, REPEATED_CLIENT, TOTAL_CHANGED, TOTAL_DISAGREES, WALK_NOT_ENDING};
use crate::finding::fingerprint;
use crate::payload::Payload;
use crate::validate::{Links, SequenceValidator, ShallowValue, Violation, WatchedValues};

/// Walks remembered at a time; the one that waited longest for its next page is forgotten.
const MAX_WALKS: usize = 64;

/// Begins to validate the pages of walks, as they come.
pub(super) fn start() -> Box<dyn SequenceValidator> {
    Box::<Walks>::default()
}

/// The walks that may still go on, by what their pages have in common.
#[derive(Default)]
struct Walks {
    by_key: HashMap<Key, Walk>,
    pages: u64,
    /// The states in which walks that were begun here would have gone on, if they are kept.
    needs: Option<BTreeSet<String>>,
}

/// The state of a walk, as far as it decides whether a page belongs to it.
#[derive(Clone, Copy)]
enum State<'w> {
    /// The page that came last, and its file where only a page of the same one goes on.
    Number(u64, Option<&'w str>),
    /// A cursor of one of its pages.
    Cursor(&'w str),
    /// More pages were promised, in this file or at all.
    More(Option<&'w str>),
}

/// Pages of one walk come from one place, were requested alike, and have one page size.
#[derive(Clone, PartialEq, Eq, Hash)]
struct Key {
    folder: String,
    /// The parameters of the request, where they were recorded, but for those that say which page it is.
    parameters: Vec<(String, String)>,
    /// The page size; pages with cursors need not say it.
    page_size: Option<u64>,
}

#[derive(Default)]
struct Walk {
    /// The file that its last page came from.
    file: String,
    number: u64,
    total: u64,
    /// Cursors of its pages.
    cursors: HashSet<String>,
    /// Whether its last page promised more.
    more: bool,
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

impl SequenceValidator for Walks {
    fn next(&mut self, payload: &Payload, seen: &WatchedValues) -> Vec<Violation> {
        let ended = payload.page_limit().map(|pages| {
            let what = format!("still true after {pages} pages; the walk was stopped");
            Violation::new(&WALK_NOT_ENDING, seen.pointer_of(HAS_MORE), what)
        });
        self.pages += 1;
        let page = Page::of(seen);
        let mut violations = if paging::cursor(seen).is_some() || parameter_of(payload, "cursor").is_some() {
            self.by_cursor(payload, seen)
        } else if let Some(page) = page {
            self.by_number(payload, seen, page)
        } else if self.by_key.get(&Key::of(payload, None)).is_some_and(|walk| walk.more) {
            // The last page of those with cursors has none.
            self.by_cursor(payload, seen)
        } else {
            // A page without its numbers does not end for that reason.
            self.need(&Key::of(payload, None), &[State::More(None)]);
            return ended.into_iter().collect();
        };
        if !violations.iter().any(|violation| violation.rule.id == WALK_NOT_ENDING.id) {
            violations.extend(ended);
        }
        self.forget();
        violations
    }

    fn keep_links(&mut self) {
        self.needs = Some(BTreeSet::new());
    }

    fn links(&self) -> Links {
        let mut offers = BTreeSet::new();
        for (key, walk) in &self.by_key {
            let mut offer = |state| offers.extend([key.fingerprint(state)]);
            if key.page_size.is_some() {
                offer(State::Number(walk.number, None));
                offer(State::Number(walk.number, Some(&walk.file)));
                continue;
            }
            walk.cursors.iter().for_each(|cursor| offer(State::Cursor(cursor)));
            if walk.more {
                offer(State::More(None));
                offer(State::More(Some(&walk.file)));
            }
        }
        Links { needs: self.needs.clone().unwrap_or_default(), offers }
    }
}

impl Walks {
    fn by_number(&mut self, payload: &Payload, seen: &WatchedValues, page: Page) -> Vec<Violation> {
        let key = Key::of(payload, Some(page.size));
        let file = payload.origin().name();
        // Where the request is known, what was requested says which page of the walk it is.
        let number = requested(payload, "page").unwrap_or(page.number);
        if number != 1 {
            let before = number.saturating_sub(1);
            self.need(&key, &[State::Number(before, None), State::Number(number, Some(file))]);
        }
        let walk = self.by_key.entry(key).or_insert_with(|| Walk::starting_with(page, number));
        // A first page, or one that does not follow, begins a walk of its own. The same page again
        // in the same file goes on: that is what a server does that ignores `page`.
        let goes_on = number == walk.number + 1 || number == walk.number && walk.file == file;
        if number == 1 || !goes_on {
            *walk = Walk::starting_with(page, number);
        }
        walk.number = number;
        let mut violations = not_as_asked(payload, seen, page);
        violations.extend(walk.add(page, seen));
        walk.came(payload, seen, self.pages, &mut violations);
        violations
    }

    fn by_cursor(&mut self, payload: &Payload, seen: &WatchedValues) -> Vec<Violation> {
        let (key, file) = (Key::of(payload, None), payload.origin().name());
        let requested = parameter_of(payload, "cursor");
        match payload.request() {
            Some(_) => requested.into_iter().for_each(|cursor| self.need(&key, &[State::Cursor(cursor)])),
            None => self.need(&key, &[State::More(Some(file))]),
        }
        let walk = self.by_key.entry(key).or_default();
        let goes_on = match payload.request() {
            Some(_) => requested.is_some_and(|cursor| walk.cursors.contains(cursor)),
            // Nobody knows what was requested: in one file, pages that promise more are followed by the next
            // one.
            None => walk.more && walk.file == file,
        };
        if !goes_on {
            *walk = Walk::default();
            walk.cursors.extend(requested.map(str::to_owned));
        }
        let mut violations = walk.add_by_cursor(seen);
        walk.came(payload, seen, self.pages, &mut violations);
        violations
    }

    /// Notes the states in which a page would go on, if no walk like its own is known.
    fn need(&mut self, key: &Key, states: &[State<'_>]) {
        if let Some(needs) = &mut self.needs
            && !self.by_key.contains_key(key)
        {
            needs.extend(states.iter().map(|state| key.fingerprint(*state)));
        }
    }

    fn forget(&mut self) {
        if self.by_key.len() > MAX_WALKS {
            let oldest = self.by_key.iter().min_by_key(|(_, walk)| walk.last).map(|(key, _)| key.clone());
            oldest.map(|key| self.by_key.remove(&key));
        }
    }
}

impl Key {
    fn of(payload: &Payload, page_size: Option<u64>) -> Self {
        let query = payload.request().map_or(&[][..], |request| &request.query);
        let says_which = |name: &str| name == "page" || name == "cursor";
        let mut parameters: Vec<_> = query.iter().filter(|(name, _)| !says_which(name)).cloned().collect();
        if page_size.is_none() {
            // The first page may be requested before anybody knows that there are cursors.
            parameters.retain(|(name, _)| name != "count" && name != "perPage");
        }
        parameters.sort();
        Self { folder: folder(payload.origin().name()), parameters, page_size }
    }
}

impl Key {
    /// A state of a walk with this key.
    fn fingerprint(&self, state: State<'_>) -> String {
        let state = match state {
            State::Number(number, file) => format!("number {number} {file:?}"),
            State::Cursor(cursor) => format!("cursor {cursor:?}"),
            State::More(file) => format!("more {file:?}"),
        };
        let Self { folder, parameters, page_size } = self;
        fingerprint(&state, &format!("{folder:?} {parameters:?} {page_size:?}"))
    }
}

impl Walk {
    fn starting_with(page: Page, number: u64) -> Self {
        Self { number, total: page.total, whole: number == 1, ..Self::default() }
    }

    /// Notes the page that came last.
    fn came(&mut self, payload: &Payload, seen: &WatchedValues, pages: u64, violations: &mut Vec<Violation>) {
        payload.origin().name().clone_into(&mut self.file);
        self.last = pages;
        violations.extend(self.order.add(payload, &seen.pointer_of(CLIENTS)));
    }

    fn add(&mut self, page: Page, seen: &WatchedValues) -> Vec<Violation> {
        let mut violations = Vec::new();
        if page.total != self.total {
            let what = "differs from the first page of the walk";
            violations.push(Violation::new(&TOTAL_CHANGED, seen.pointer_of(TOTAL), what));
        }
        let (mut repeated, nothing_new) = self.clients_on(seen);
        self.listed = self.listed.saturating_add(page.clients);
        let too_far = self.listed > page.total.saturating_add(page.size);
        if page.has_more && (nothing_new || self.whole && too_far) {
            let what = if nothing_new {
                NOTHING_NEW
            } else {
                "still true far beyond `total`: the walk does not end"
            };
            violations.push(Violation::new(&WALK_NOT_ENDING, seen.pointer_of(HAS_MORE), what));
        } else {
            violations.append(&mut repeated);
        }
        // A total that changed was told; nobody knows which of the two to count to.
        if self.whole && !page.has_more && page.total == self.total && self.listed != page.total {
            let what = "differs from the number of clients in the whole walk";
            violations.push(Violation::new(&TOTAL_DISAGREES, seen.pointer_of(TOTAL), what));
        }
        violations
    }

    fn add_by_cursor(&mut self, seen: &WatchedValues) -> Vec<Violation> {
        self.more = seen.one(HAS_MORE) == Some(&ShallowValue::Boolean(true));
        let (repeated, nothing_new) = self.clients_on(seen);
        let cursor = paging::cursor(seen).filter(|_| self.more);
        if cursor.is_some_and(|cursor| !self.cursors.insert(cursor.to_owned())) {
            let what = "repeats the cursor of an earlier page: the walk does not end";
            return vec![Violation::new(&WALK_NOT_ENDING, seen.pointer_of(CURSOR), what)];
        }
        if self.more && nothing_new {
            return vec![Violation::new(&WALK_NOT_ENDING, seen.pointer_of(HAS_MORE), NOTHING_NEW)];
        }
        repeated
    }

    /// The clients of the page that are repeated, and whether all of them are.
    fn clients_on(&mut self, seen: &WatchedValues) -> (Vec<Violation>, bool) {
        let (mut repeated, mut known) = (Vec::new(), 0);
        self.clients.reserve(seen.all(IDS).len());
        for watched in seen.all(IDS) {
            let ShallowValue::String(id) = &watched.seen else { continue };
            let Some(id) = number(id) else { continue };
            known += 1;
            if !self.clients.insert(id) {
                let what = "repeated client: already seen in this walk";
                repeated.push(Violation::new(&REPEATED_CLIENT, seen.pointer(IDS, watched), what));
            }
        }
        let nothing_new = known > 0 && repeated.len() == known;
        (repeated, nothing_new)
    }
}

const NOTHING_NEW: &str = "true, although every client on this page was seen before: the walk does not end";

/// What the request says of a parameter.
fn parameter_of<'p>(payload: &'p Payload, parameter: &str) -> Option<&'p str> {
    let query = &payload.request()?.query;
    query.iter().find(|(name, _)| name == parameter).map(|(_, value)| value.as_str())
}

/// The same of one that is a number.
fn requested(payload: &Payload, parameter: &str) -> Option<u64> {
    parameter_of(payload, parameter).and_then(|value| value.parse().ok())
}

fn not_as_asked(payload: &Payload, seen: &WatchedValues, page: Page) -> Vec<Violation> {
    let differs = |((parameter, _), found): &((&str, usize), u64)| {
        requested(payload, parameter).is_some_and(|requested| requested > 0 && requested != *found)
    };
    let violation = |((parameter, watch), _)| {
        let what = format!("differs from the request's `{parameter}`");
        Violation::new(&PAGE_MISMATCH, seen.pointer_of(watch), what)
    };
    ASKED.into_iter().zip([page.number, page.size]).filter(differs).map(violation).collect()
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
