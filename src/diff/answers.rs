//! Caches which subschemas are equal or equivalent.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet};

use super::document::{Document, Entries};
use super::fact::Effect;
use crate::schema::model::{Fingerprints, NodeId};
use crate::schema::types::TypeSet;

/// Subschemas of the old document, of the new one, and the types of the values that are compared.
pub(super) type Key = (Entries, Entries, TypeSet);

/// What is asked of two sets of subschemas.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(super) enum Question {
    /// What differs.
    Differences,
    /// Whether they assert the same.
    Same,
    /// Whether the old ones admit all that the new ones admit.
    Covered,
}

impl Question {
    /// Whether the first difference of that effect is the answer.
    pub(super) fn is_answered_by(self, effect: Effect) -> bool {
        match self {
            Self::Differences => false,
            Self::Same => effect != Effect::Neither,
            Self::Covered => matches!(effect, Effect::Widens | Effect::Unknown),
        }
    }
}

/// What subschemas of the two documents are known by: without annotations, and with them.
pub(super) struct Equal {
    pub(super) plain: [Fingerprints; 2],
    pub(super) annotated: [Fingerprints; 2],
}

impl Equal {
    pub(super) fn of(old: &Document, new: &Document) -> Self {
        let of = |annotated| Fingerprints::of([old.model(), new.model()], annotated);
        Self { plain: of(false), annotated: of(true) }
    }

    pub(super) fn are([before, now]: &[Fingerprints; 2], old: &[NodeId], new: &[NodeId]) -> bool {
        before.all(old).is_some_and(|old| now.all(new) == Some(old))
    }
}

/// What is known of subschemas of which no more is asked than yes or no.
#[derive(Default)]
pub(super) struct Answers {
    pub(super) known: RefCell<HashMap<(Question, Key), bool>>,
    /// Those that are being compared: the answer is yes unless a difference is found.
    pub(super) open: RefCell<HashSet<(Question, Key)>>,
    /// Whether that was relied on.
    pub(super) assumed: Cell<bool>,
}
