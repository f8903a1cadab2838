//! Members and items that were evaluated, for `unevaluatedProperties` and `unevaluatedItems`.

use std::collections::HashSet;

use serde_json::Value;

use crate::schema::model::{Applicator, Node};

/// What `unevaluatedProperties` and `unevaluatedItems` want to know about a value. It is an object or an
/// array, so one set serves both.
#[derive(Debug, Default)]
pub(super) struct Notes {
    all: bool,
    evaluated: HashSet<usize>,
}

/// A number for a value in a tree that does not change.
pub(super) fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

impl Notes {
    pub(super) fn all(&mut self) {
        self.all = true;
    }

    pub(super) fn one(&mut self, inner: &Value) {
        self.evaluated.insert(address(inner));
    }

    pub(super) fn has(&self, inner: &Value) -> bool {
        self.all || self.evaluated.contains(&address(inner))
    }

    pub(super) fn add(&mut self, other: &Self) {
        self.all |= other.all;
        self.evaluated.extend(&other.evaluated);
    }
}

/// Whether a subschema asks which members or items its other keywords evaluate.
pub(super) fn looks_at_notes(node: &Node) -> bool {
    node.applicators.iter().any(|applicator| {
        matches!(applicator, Applicator::UnevaluatedItems(_) | Applicator::UnevaluatedProperties(_))
    })
}
