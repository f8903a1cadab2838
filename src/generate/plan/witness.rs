//! Finds a value that passes the checks of a node.
//!
//! Where a value can only be built and then checked, one that passes is looked for beforehand. It
//! is what is taken when no other is found in time, so that building never fails.

use super::documents::Documents;
use super::{Builder, Plan, PlanNodeId, ValueSet, heights};
use crate::error::Error;
use crate::generate::choices::Choices;
use crate::generate::knowledge::Hint;
use crate::generate::style::Style;
use serde_json::Value;

/// How many random values are tried.
const TRIES: u64 = 200;

/// Finds a value for every checked node, those with the smallest values first.
///
/// # Errors
///
/// When the steps are used up.
pub(super) fn find(plan: &mut Plan, documents: &Documents) -> Result<(), Error> {
    loop {
        let mut open: Vec<usize> = (0..plan.nodes.len())
            .filter(|index| {
                matches!(&plan.nodes[*index].value_set, ValueSet::Checked(checked) if checked.good.is_none() && !checked.dead)
                    && plan.nodes[*index].height.is_some()
            })
            .collect();
        open.sort_by_key(|index| plan.nodes[*index].height);
        if open.is_empty() {
            // The values that were found count.
            heights::measure(plan);
            return Ok(());
        }
        let mut died = false;
        for index in open {
            let good = search(plan, PlanNodeId(index), documents)?;
            if let ValueSet::Checked(checked) = &mut plan.nodes[index].value_set {
                died |= good.is_none();
                checked.dead = good.is_none();
                checked.good = good;
            }
            if died {
                break;
            }
        }
        if died {
            documents.spend(plan.nodes.len(), &plan.nodes[0].location)?;
            heights::measure(plan);
        }
    }
}

fn search(plan: &Plan, id: PlanNodeId, documents: &Documents) -> Result<Option<Value>, Error> {
    let ValueSet::Checked(checked) = &plan.node(id).value_set else { return Ok(None) };
    let small = (0..24).flat_map(|draw| [vec![draw], vec![0, draw], vec![draw, draw, draw]]);
    let tapes = [Vec::new()].into_iter().chain(small).map(Choices::replay);
    for mut choices in tapes.chain((0..TRIES).map(Choices::seeded)) {
        let mut builder = Builder::of(plan, &(), Style::default(), &mut choices);
        let value = builder.tree(checked.inner, &Hint::default());
        // Built and checked.
        documents.spend(2 * builder.built, &plan.node(id).location)?;
        if !builder.stuck && checked.check.accepts(&value) {
            return Ok(Some(value));
        }
    }
    Ok(None)
}
