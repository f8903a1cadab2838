//! Finds reference cycles without a value in between.

use super::{Plan, PlanNodeId, ValueSet};
use crate::error::Error;

/// Refuses references and alternatives that lead back to where they began without a member or an
/// item between: such a schema says nothing, and following it never ends.
pub(super) fn refuse(plan: &Plan) -> Result<(), Error> {
    let mut users = vec![0_usize; plan.nodes.len()];
    for node in &plan.nodes {
        node.value_set.for_each_here(|part| users[part.0] += 1);
    }
    let mut free: Vec<PlanNodeId> =
        (0..users.len()).filter(|index| users[*index] == 0).map(PlanNodeId).collect();
    while let Some(id) = free.pop() {
        plan.node(id).value_set.for_each_here(|part| {
            users[part.0] -= 1;
            if users[part.0] == 0 {
                free.push(part);
            }
        });
    }
    match users.iter().position(|users| *users > 0) {
        None => Ok(()),
        Some(index) => {
            let location = plan.nodes[index].location.clone();
            Err(super::expand::endless(&location))
        }
    }
}

impl ValueSet {
    /// The nodes that speak about the same value.
    fn for_each_here(&self, mut visit: impl FnMut(PlanNodeId)) {
        match self {
            ValueSet::Same(target) => visit(*target),
            ValueSet::Alternatives(alternatives) => {
                alternatives.branches.iter().copied().for_each(visit);
            }
            ValueSet::Checked(checked) => visit(checked.inner),
            _ => {}
        }
    }
}
