//! Decides whether two nodes have no value in common.
//!
//! Then a `oneOf` of them is built by choosing one, and nothing need be checked.

use serde_json::Value;

use super::admits::Known;
use super::documents::Documents;
use super::nodes::Exclusive;
use super::{Plan, PlanNodeId, ValueSet};
use crate::error::Error;

/// How far down members are compared.
const DEPTH: u32 = 4;
/// How many pairs of nodes are compared for one `oneOf`.
const PAIRS: u32 = 100_000;

/// Drops the check of every `oneOf` of which no two branches can hold at once.
pub(super) fn lift_checks(
    plan: &mut Plan,
    exclusive: &[Exclusive],
    documents: &Documents,
) -> Result<(), Error> {
    for Exclusive { checked, plain, .. } in exclusive {
        let ValueSet::Alternatives(unchecked) = &plan.node(*plain).value_set else {
            continue;
        };
        let branches = &unchecked.branches;
        let mut pairs = PAIRS;
        let apart = branches.iter().enumerate().all(|(index, first)| {
            branches[index + 1..].iter().all(|second| disjoint(plan, *first, *second, DEPTH, &mut pairs))
        });
        let compared = usize::try_from(PAIRS - pairs).unwrap_or(usize::MAX);
        documents.spend(1 + compared / 4, &plan.node(*checked).location)?;
        if apart {
            plan.nodes[checked.0].value_set = ValueSet::Same(*plain);
        }
    }
    Ok(())
}

fn disjoint(plan: &Plan, first: PlanNodeId, second: PlanNodeId, depth: u32, pairs: &mut u32) -> bool {
    let (Some(depth), Some(left)) = (depth.checked_sub(1), pairs.checked_sub(1)) else {
        return false;
    };
    *pairs = left;
    let (first, second) = (plan.resolved(first), plan.resolved(second));
    // Members are looked up in lists, and whole values are asked elsewhere.
    let mut none_of = |id: PlanNodeId, values: &[Value]| {
        let Some(left) = u32::try_from(values.len()).ok().and_then(|many| pairs.checked_sub(many)) else {
            return false;
        };
        *pairs = left;
        match &plan.node(id).value_set {
            ValueSet::Listed(listed) if listed.len() > 1 => {
                let known: Known<'_> = listed.iter().collect();
                values.iter().all(|value| !known.has(value))
            }
            _ => values.iter().all(|value| !plan.admits(id, value)),
        }
    };
    match (&plan.node(first).value_set, &plan.node(second).value_set) {
        (ValueSet::Never, _) | (_, ValueSet::Never) => true,
        (ValueSet::Any, _) | (_, ValueSet::Any) => false,
        (ValueSet::Checked(checked), _) => disjoint(plan, checked.inner, second, depth, pairs),
        (_, ValueSet::Checked(checked)) => disjoint(plan, first, checked.inner, depth, pairs),
        (ValueSet::Listed(listed), _) => none_of(second, listed),
        (_, ValueSet::Listed(listed)) => none_of(first, listed),
        (ValueSet::Alternatives(branches), _) => {
            branches.branches.iter().all(|branch| disjoint(plan, *branch, second, depth, pairs))
        }
        (_, ValueSet::Alternatives(branches)) => {
            branches.branches.iter().all(|branch| disjoint(plan, first, *branch, depth, pairs))
        }
        // A tag: a member both must have and cannot agree on.
        (ValueSet::Object(one), ValueSet::Object(other)) => one.members.iter().any(|member| {
            let Some(twin) = other.member(&member.name) else {
                return false;
            };
            member.required && twin.required && disjoint(plan, member.node, twin.node, depth, pairs)
        }),
        (one, other) => std::mem::discriminant(one) != std::mem::discriminant(other),
    }
}
