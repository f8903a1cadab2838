//! Chooses one of several alternatives.

use crate::generate::knowledge::Hint;
use crate::generate::plan::{Builder, PlanNodeId};
use crate::generate::sink::Sink;

/// Number of times, in a hundred, a value that may be null is null.
const NULL: u8 = 12;

/// Several nodes, each of which may say what the value is.
#[derive(Clone, Debug)]
pub(crate) struct Alternatives {
    /// All of them, as the schema lists them.
    pub(crate) branches: Vec<PlanNodeId>,
    /// Those with a finite value, the simplest first, and how much more each weighs than that.
    pub(crate) buildable: Vec<(PlanNodeId, u64)>,
    /// Whether the simplest is null.
    pub(crate) null_first: bool,
}

impl Alternatives {
    pub(crate) fn of(branches: Vec<PlanNodeId>) -> Self {
        Self { buildable: branches.iter().map(|branch| (*branch, 0)).collect(), branches, null_first: false }
    }

    pub(crate) fn build<S: Sink>(&self, builder: &mut Builder<'_>, hint: &Hint, sink: &mut S) {
        let chosen = if builder.tight() || self.null_first && builder.style.null {
            self.buildable.first()
        } else if self.null_first && self.buildable.len() > 1 && builder.style.full() {
            builder.choices.pick(&self.buildable[1..])
        } else if self.null_first && self.buildable.len() > 1 {
            let drawn = builder.choices.draw(99);
            if drawn == 0 || drawn < u64::from(hint.null.unwrap_or(NULL)) {
                self.buildable.first()
            } else {
                builder.choices.pick(&self.buildable[1..])
            }
        } else {
            builder.choices.pick(&self.buildable)
        };
        let Some(&(mut branch, more)) = chosen else { return sink.null() };
        // The simplest where there is no room for another.
        match builder.room.checked_sub(more) {
            Some(room) => builder.room = room,
            None => branch = self.buildable.first().map_or(branch, |(first, _)| *first),
        }
        builder.build(branch, hint, sink);
    }
}
