//! Can two nodes never admit the same value?
//!
//! `oneOf` may be built by choosing a branch only if no other branch admits what comes out.

use super::{Form, NodeId, Plan};
use crate::error::{Error, ErrorKind};

/// How far down members are compared.
const DEPTH: u32 = 4;

/// Refuses a `oneOf` of which two branches may hold at once.
pub(super) fn check(plan: &Plan, exclusive: &[NodeId]) -> Result<(), Error> {
    for id in exclusive {
        let Form::Alternatives(alternatives) = &plan.node(*id).form else {
            continue;
        };
        let branches = &alternatives.branches;
        for (index, first) in branches.iter().enumerate() {
            if !branches[index + 1..].iter().all(|second| disjoint(plan, *first, *second, DEPTH)) {
                let place = format!("#{}/oneOf", plan.node(*id).place);
                let message = "`oneOf` with branches that may hold together cannot be built for yet";
                return Err(Error::new(ErrorKind::Unsupported, place, message));
            }
        }
    }
    Ok(())
}

fn disjoint(plan: &Plan, first: NodeId, second: NodeId, depth: u32) -> bool {
    let Some(depth) = depth.checked_sub(1) else {
        return false;
    };
    let (first, second) = (plan.resolved(first), plan.resolved(second));
    let none_of =
        |id: NodeId, values: &[serde_json::Value]| values.iter().all(|value| !plan.admits(id, value));
    match (&plan.node(first).form, &plan.node(second).form) {
        (Form::Never, _) | (_, Form::Never) => true,
        (Form::Any, _) | (_, Form::Any) => false,
        (Form::Listed(listed), _) => none_of(second, &listed.values),
        (_, Form::Listed(listed)) => none_of(first, &listed.values),
        (Form::Alternatives(branches), _) => {
            branches.branches.iter().all(|branch| disjoint(plan, *branch, second, depth))
        }
        (_, Form::Alternatives(branches)) => {
            branches.branches.iter().all(|branch| disjoint(plan, first, *branch, depth))
        }
        // A tag: a member both must have and cannot agree on.
        (Form::Object(one), Form::Object(other)) => one.members.iter().any(|member| {
            let Some(twin) = other.member(&member.name) else {
                return false;
            };
            member.required && twin.required && disjoint(plan, member.node, twin.node, depth)
        }),
        (one, other) => std::mem::discriminant(one) != std::mem::discriminant(other),
    }
}
