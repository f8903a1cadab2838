//! Filters findings at one location: those that another one replaces or repeats.

use std::collections::HashMap;
use std::hash::{BuildHasher, RandomState};

use super::Violation;
use super::ledger::{Ledger, Limits};
use super::span::TextSpan;
use super::trail::Trail;
use super::violation::precedence;
use crate::finding::{Scope, rules};

/// The class of rules of the schema that are reported beside all others.
const BESIDE: u8 = 6;

/// The class of undocumented members, which have no other findings of the schema.
const LAST: u8 = 7;

/// Findings in any order, as far as it takes to see which of them another one at the same location replaces
/// or repeats: 16 bytes of each.
#[derive(Debug, Default)]
struct SeenFindings {
    hash: Hash,
    /// Location, rule and keyword as hashes, and the class in the last three bits.
    seen: Vec<u128>,
}

/// The findings to leave out.
#[derive(Debug)]
struct Filter {
    hash: Hash,
    /// The first class at locations with several.
    first: HashMap<u64, u8>,
    /// Findings that come more than once, and whether they have come.
    repeated: HashMap<u128, bool>,
}

fn class(violation: &Violation) -> Option<u8> {
    match violation.rule.scope {
        Scope::Schema(_) => Some(precedence(violation).unwrap_or(BESIDE)),
        Scope::Member if *violation.rule == rules::UNDOCUMENTED_PROPERTY => Some(LAST),
        _ => None,
    }
}

/// Hashes of findings.
#[derive(Debug, Default)]
struct Hash {
    hasher: RandomState,
    locations: Trail<u64>,
}

impl Hash {
    fn mark(&mut self, violation: &Violation, class: u8) -> u128 {
        let Self { hasher, locations } = self;
        let location =
            locations.follow(violation.pointer.tokens(), 0, |at, step| hasher.hash_one((at, step)));
        let stated = hasher.hash_one((violation.rule.id, &violation.schema_pointer));
        u128::from(location) << 64 | u128::from(stated & !7) | u128::from(class)
    }
}

fn location(mark: u128) -> u64 {
    (mark >> 64) as u64
}

fn class_of(mark: u128) -> u8 {
    mark.to_le_bytes()[0] & 7
}

/// Keeps the findings that `each` gives, in any order, as they are reported. It is asked a second time where
/// a finding replaces or repeats another one.
pub(super) fn filtered(limits: Limits, each: impl Fn(&mut dyn FnMut(Violation))) -> Ledger<()> {
    let mut ledger = Ledger::new(limits);
    let mut seen = SeenFindings::default();
    each(&mut |violation| {
        seen.see(&violation);
        ledger.add(violation, TextSpan::default(), &[]);
    });
    let Some(mut filter) = seen.end() else { return ledger };
    let mut ledger = Ledger::new(limits);
    each(&mut |violation| {
        if filter.keeps(&violation) {
            ledger.add(violation, TextSpan::default(), &[]);
        }
    });
    ledger
}

impl SeenFindings {
    fn see(&mut self, violation: &Violation) {
        self.seen.extend(class(violation).map(|class| self.hash.mark(violation, class)));
    }

    /// What is to be left out, if anything is.
    fn end(mut self) -> Option<Filter> {
        self.seen.sort_unstable();
        let mut first = HashMap::new();
        for here in self.seen.chunk_by(|a, b| location(*a) == location(*b)) {
            let lowest = here.iter().map(|mark| class_of(*mark)).min().unwrap_or(LAST);
            if here.iter().any(|mark| !stays(class_of(*mark), lowest)) {
                first.insert(location(here[0]), lowest);
            }
        }
        let pairs = self.seen.windows(2).filter(|pair| pair[0] == pair[1]);
        let repeated: HashMap<u128, bool> = pairs.map(|pair| (pair[0], false)).collect();
        let any = !(first.is_empty() && repeated.is_empty());
        any.then_some(Filter { hash: self.hash, first, repeated })
    }
}

/// Whether a finding of one class is reported where another one is the lowest.
fn stays(class: u8, lowest: u8) -> bool {
    class == BESIDE || class == lowest
}

impl Filter {
    /// Whether a finding is reported; called once for each finding that was seen.
    fn keeps(&mut self, violation: &Violation) -> bool {
        let Some(class) = class(violation) else { return true };
        let mark = self.hash.mark(violation, class);
        let stays = self.first.get(&location(mark)).is_none_or(|lowest| stays(class, *lowest));
        stays && self.repeated.get_mut(&mark).is_none_or(|came| !std::mem::replace(came, true))
    }
}
