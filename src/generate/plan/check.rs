//! Checks a value against one location.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::conjunction::Part;
use super::documents::Documents;

/// Subschemas that are looked at for one answer.
const MAX_STEPS: usize = 1 << 20;
/// At most this many of them are a step of planning.
const STEP: usize = 8;

/// What must hold of a value.
#[derive(Clone)]
pub(crate) struct Check {
    documents: Arc<Documents>,
    parts: Arc<[Part]>,
}

impl fmt::Debug for Check {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Check").field(&self.parts).finish()
    }
}

impl Check {
    pub(super) fn of(documents: &Arc<Documents>, parts: Vec<Part>) -> Self {
        Self { documents: Arc::clone(documents), parts: documents.conjunction(parts).into() }
    }

    /// Whether the value is as it must be; not if that takes too long to say.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        let documents = &*self.documents;
        let mut question = documents.acceptance.ask(&documents.model, MAX_STEPS);
        let holds = self.parts.iter().all(|part| part.holds(documents, &mut question, value));
        documents.take((MAX_STEPS - question.left()) / STEP);
        holds && !question.is_given_up()
    }
}
