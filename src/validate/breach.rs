//! What is wrong at which place, before anybody knows the line?

use std::collections::HashMap;

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
    /// It makes the payload invalid and is not told: another finding explains it.
    pub(crate) excused: bool,
}

impl Breach {
    /// A breach that no schema states.
    #[must_use]
    pub fn new(rule: &'static Rule, pointer: Pointer, what: impl Into<String>) -> Self {
        Self { rule, pointer, what: what.into(), schema_pointer: String::new(), excused: false }
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
