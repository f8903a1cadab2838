//! How deep is the smallest value of each node?
//!
//! When the budget of a value is spent, every node is built as small as it can be. That ends
//! because each step of the smallest value leads to a node of smaller height.

use std::collections::VecDeque;

use super::{Form, NodeId, Plan};
use crate::error::{Error, ErrorKind};

/// No reader takes a value that is deeper than this.
const MOST: u32 = 256;

/// Sets the heights, drops what has no finite value and puts the simplest alternative first.
pub(super) fn measure(plan: &mut Plan) -> Result<(), Error> {
    let mut users: Vec<Vec<usize>> = vec![Vec::new(); plan.nodes.len()];
    for (index, node) in plan.nodes.iter().enumerate() {
        node.form.for_each_part(|part| users[part.0].push(index));
    }
    let mut waiting: VecDeque<usize> = (0..plan.nodes.len()).collect();
    // Heights only come into being or fall, by at least one: the queue runs dry.
    while let Some(index) = waiting.pop_front() {
        let height = plan.height_of(NodeId(index));
        if height.is_some_and(|height| plan.nodes[index].height.is_none_or(|known| height < known)) {
            plan.nodes[index].height = height;
            waiting.extend(&users[index]);
        }
    }
    match plan.node(Plan::ROOT).height {
        None => Err(Error::new(ErrorKind::Schema, "#", "no finite value keeps this schema")),
        Some(height) if height > MOST => {
            let message = format!("every value is nested more than {MOST} levels deep");
            Err(Error::new(ErrorKind::Unsupported, "#", message))
        }
        Some(_) => {
            sort_alternatives(plan);
            Ok(())
        }
    }
}

fn sort_alternatives(plan: &mut Plan) {
    let heights: Vec<_> = plan.nodes.iter().map(|node| node.height).collect();
    let nulls: Vec<_> = (0..plan.nodes.len())
        .map(|index| matches!(plan.nodes[plan.resolved(NodeId(index)).0].form, Form::Null))
        .collect();
    for node in &mut plan.nodes {
        if let Form::Alternatives(alternatives) = &mut node.form {
            let buildable = &mut alternatives.buildable;
            buildable.retain(|branch| heights[branch.0].is_some());
            buildable.sort_by_key(|branch| (heights[branch.0], !nulls[branch.0]));
            alternatives.null_first = buildable.first().is_some_and(|branch| nulls[branch.0]);
        }
    }
}

impl Plan {
    fn height_of(&self, id: NodeId) -> Option<u32> {
        let height = |id: &NodeId| self.node(*id).height;
        match &self.node(id).form {
            Form::Never => None,
            Form::Listed(listed) => (!listed.values.is_empty()).then_some(0),
            Form::Same(target) => height(target)?.checked_add(1),
            Form::Alternatives(alternatives) => {
                alternatives.branches.iter().filter_map(height).min()?.checked_add(1)
            }
            Form::Array(array) => deepest(array.forced().map(|id| height(&id))),
            Form::Object(object) => deepest(
                object.members.iter().filter(|member| member.required).map(|member| height(&member.node)),
            ),
            Form::Any | Form::Null | Form::Boolean | Form::Numbers(_) | Form::Text(_) => Some(0),
        }
    }
}

/// One more than the deepest of the parts; 0 without parts; `None` if one has no height.
fn deepest(mut parts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    parts.try_fold(0, |most: u32, part| Some(most.max(part?.checked_add(1)?)))
}

impl Form {
    fn for_each_part(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Form::Same(target) => visit(*target),
            Form::Alternatives(alternatives) => {
                alternatives.branches.iter().copied().for_each(visit);
            }
            Form::Array(array) => array.parts().for_each(visit),
            Form::Object(object) => object.members.iter().for_each(|member| visit(member.node)),
            _ => {}
        }
    }
}
