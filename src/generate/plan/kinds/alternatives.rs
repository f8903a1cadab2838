//! Chooses one of several alternatives.

use serde_json::Value;

use crate::generate::knowledge::Hint;
use crate::generate::plan::{Builder, PlanNodeId};

/// Number of times, in a hundred, a value that may be null is null.
const NULL: u8 = 12;

/// Several nodes, each of which may say what the value is.
#[derive(Clone, Debug)]
pub(crate) struct Alternatives {
    /// All of them, as the schema lists them.
    pub(crate) branches: Vec<PlanNodeId>,
    /// Those with a finite value, the simplest first.
    pub(crate) buildable: Vec<PlanNodeId>,
    /// Whether the simplest is null.
    pub(crate) null_first: bool,
}

impl Alternatives {
    pub(crate) fn of(branches: Vec<PlanNodeId>) -> Self {
        Self { buildable: branches.clone(), branches, null_first: false }
    }

    /// The branch, or the simplest where there is no room for it.
    fn affordable(&self, branch: PlanNodeId, builder: &mut Builder<'_>) -> PlanNodeId {
        let weight = |id: PlanNodeId| builder.plan.node(id).weight;
        let first = self.buildable.first().copied().unwrap_or(branch);
        let more = weight(branch).saturating_sub(weight(first));
        if more > builder.room {
            return first;
        }
        builder.room -= more;
        branch
    }

    pub(crate) fn build(&self, builder: &mut Builder<'_>, hint: &Hint) -> Value {
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
        let Some(branch) = chosen.copied() else { return Value::Null };
        let branch = self.affordable(branch, builder);
        builder.build(branch, hint)
    }
}
