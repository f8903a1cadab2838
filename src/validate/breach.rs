//! What is wrong at which place, before anybody knows the line?

use std::collections::HashMap;
use std::ops::Range;

use super::place::Spot;
use super::words::Words;
use crate::finding::{Rule, Scope};
use crate::pointer::Pointer;

/// A finding that has not been placed in the text yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Breach {
    /// The rule that is broken.
    pub rule: &'static Rule,
    /// The value, or the member, that it is about.
    pub pointer: Pointer,
    /// A predicate about the place: "is null; …". Never a person's value.
    pub what: String,
    /// The keyword of the schema that says so (a JSON Pointer into it); empty where none does.
    pub schema_pointer: String,
    /// So many more of the same cause are only counted.
    pub(super) further: u64,
    /// It makes the payload invalid and is not told: another finding explains it.
    pub(crate) excused: bool,
}

impl Breach {
    /// A breach that no schema states.
    #[must_use]
    pub fn new(rule: &'static Rule, pointer: Pointer, what: impl Into<String>) -> Self {
        Self { rule, pointer, what: what.into(), schema_pointer: String::new(), further: 0, excused: false }
    }

    pub(super) fn said((rule, what): Words, pointer: Pointer) -> Self {
        Self::new(rule, pointer, what)
    }

    /// The same breach as the schema states it with the keyword at this JSON Pointer.
    #[must_use]
    pub fn stated_at(mut self, schema_pointer: impl Into<String>) -> Self {
        self.schema_pointer = schema_pointer.into();
        self
    }
}

/// Breaches of one cause that are listed of one body: equal rule, equal pointer but for array indexes.
pub(super) const LISTED_OF_A_CAUSE: usize = 1_000;

/// Breaches that are listed of one body. Beyond them a rule is one cause, wherever it is broken.
const LISTED: usize = 20_000;

/// Which breaches of a body are listed, and which are only counted? A body of zeros where objects belong must not take
/// a hundred times its own memory.
#[derive(Debug, Default)]
pub(super) struct Causes {
    /// By rule, and by pointer unless too many are listed: how many are listed, and the number of the last one.
    listed: HashMap<(&'static str, Option<u64>), (usize, usize)>,
}

impl Causes {
    /// The number of the breach that a further one is counted with; `None` when it is listed itself, under the number
    /// `next`.
    pub(super) fn counted_with(
        &mut self,
        rule: &'static Rule,
        place: &Pointer,
        next: usize,
    ) -> Option<usize> {
        let everywhere = next >= LISTED;
        let most = if everywhere { 1 } else { LISTED_OF_A_CAUSE };
        let cause = (rule.id, (!everywhere).then(|| place.starred_hash()));
        let (count, last) = self.listed.entry(cause).or_insert((0, next));
        if *count >= most {
            return Some(*last);
        }
        *count += 1;
        *last = next;
        None
    }
}

/// The breaches of a body, as they are found.
#[derive(Debug, Default)]
pub(super) struct Breaches {
    pub(super) listed: Vec<(Breach, Spot)>,
    causes: Causes,
    /// Where the causes begin to be counted, and up to where they are.
    counted: Range<usize>,
}

impl Breaches {
    /// Lists a breach or counts it; says whether it is listed.
    pub(super) fn push(&mut self, breach: Breach, spot: Spot) -> bool {
        let next = self.listed.len();
        if next - self.counted.start >= LISTED_OF_A_CAUSE {
            for at in self.counted.end..next {
                let (breach, _) = &self.listed[at];
                let _ = self.causes.counted_with(breach.rule, &breach.pointer, at);
            }
            self.counted.end = next;
            if let Some(at) = self.causes.counted_with(breach.rule, &breach.pointer, next) {
                self.listed[at].0.further += 1;
                return false;
            }
            self.counted.end = next + 1;
        }
        self.listed.push((breach, spot));
        true
    }

    /// What is listed may not count after all: causes are listed anew.
    pub(super) fn list_anew(&mut self) {
        self.causes = Causes::default();
        self.counted = self.listed.len()..self.listed.len();
    }
}

/// Leaves one schema breach a place, the one that says most, and no undocumented member where a
/// schema breach speaks of the same member.
pub(super) fn one_a_place(breaches: Vec<(Breach, Spot)>) -> Vec<(Breach, Spot)> {
    let mut best: HashMap<Pointer, (Breach, Spot)> = HashMap::new();
    let mut kept = Vec::new();
    for (breach, spot) in breaches {
        let Scope::Schema(rank) = breach.rule.scope else {
            kept.push((breach, spot));
            continue;
        };
        let stands = best.get(&breach.pointer).is_some_and(|(other, _)| {
            let other_rank = if let Scope::Schema(rank) = other.rule.scope { rank } else { u8::MAX };
            (other_rank, &other.schema_pointer) <= (rank, &breach.schema_pointer)
        });
        if !stands {
            best.insert(breach.pointer.clone(), (breach, spot));
        }
    }
    kept.retain(|(breach, _)| breach.rule.scope != Scope::Member || !best.contains_key(&breach.pointer));
    kept.extend(best.into_values());
    kept
}
