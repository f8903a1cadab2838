//! Interns the texts of findings.
//!
//! Most findings say what another one says, so that texts are shared.

use std::collections::HashSet;
use std::rc::Rc;

/// What is said of a finding, and where the schema says so.
#[derive(Debug, PartialEq, Eq, Hash)]
pub(super) struct FindingText {
    pub(super) what: String,
    pub(super) schema_pointer: String,
}

/// The texts of the findings that are kept.
#[derive(Debug, Default)]
pub(super) struct Texts {
    known: HashSet<Rc<FindingText>>,
    /// So many are known before those that nothing says any more are dropped.
    room: usize,
}

impl Texts {
    /// These texts, shared with whoever says the same; `last` is what was said of the same group before.
    pub(super) fn shared(
        &mut self,
        what: String,
        schema_pointer: String,
        last: Option<&Rc<FindingText>>,
    ) -> Rc<FindingText> {
        let text = FindingText { what, schema_pointer };
        if let Some(last) = last.filter(|last| ***last == text) {
            return Rc::clone(last);
        }
        if let Some(known) = self.known.get(&text) {
            return Rc::clone(known);
        }
        if self.known.len() >= self.room.max(64) {
            self.known.retain(|known| Rc::strong_count(known) > 1);
            self.room = self.known.len() * 2;
        }
        let text = Rc::new(text);
        self.known.insert(Rc::clone(&text));
        text
    }
}
