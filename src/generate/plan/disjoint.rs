//! Can two nodes never admit the same value?
//!
//! Then a `oneOf` of them is built by choosing one, and nothing need be checked.

use super::{Form, NodeId, Plan};

/// How far down members are compared.
const DEPTH: u32 = 4;

/// Drops the check of every `oneOf` of which no two branches can hold at once.
pub(super) fn lift_checks(plan: &mut Plan, exclusive: &[(NodeId, NodeId)]) {
    for (judged, alternatives) in exclusive {
        let Form::Alternatives(unchecked) = &plan.node(*alternatives).form else {
            continue;
        };
        let branches = &unchecked.branches;
        let apart = branches.iter().enumerate().all(|(index, first)| {
            branches[index + 1..].iter().all(|second| disjoint(plan, *first, *second, DEPTH))
        });
        if apart {
            plan.nodes[judged.0].form = Form::Same(*alternatives);
        }
    }
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
        (Form::Judged(judged), _) => disjoint(plan, judged.inner, second, depth),
        (_, Form::Judged(judged)) => disjoint(plan, first, judged.inner, depth),
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
