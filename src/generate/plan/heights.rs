//! How deep is the smallest value of each node?
//!
//! When the budget of a value is spent, every node is built as small as it can be. That ends
//! because each step of the smallest value leads to a node of smaller height.

use std::collections::VecDeque;

use super::{Form, NodeId, Plan};
use crate::error::{Error, ErrorKind};

/// No reader takes a value that is deeper than this.
const MOST: u32 = 256;

/// Sets the heights and puts the simplest alternative first, without those that have no value.
pub(super) fn measure(plan: &mut Plan) {
    for node in &mut plan.nodes {
        node.height = None;
    }
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
    sort_alternatives(plan);
}

/// Refuses a plan without a value, or without one that anybody could read.
pub(super) fn judge(plan: &Plan) -> Result<(), Error> {
    match plan.node(Plan::ROOT).height {
        None => Err(nothing(plan)),
        Some(height) if height > MOST => {
            let message = format!("every value is nested more than {MOST} levels deep");
            Err(Error::new(ErrorKind::Unsupported, "#", message))
        }
        Some(_) => Ok(()),
    }
}

/// Why there is no value: what was not found, what contradicts itself, or a circle.
fn nothing(plan: &Plan) -> Error {
    let (mut seen, mut waiting) = (vec![false; plan.nodes.len()], VecDeque::from([Plan::ROOT]));
    let mut why = None;
    while let Some(id) = waiting.pop_front() {
        let node = plan.node(id);
        if node.height.is_some() || std::mem::replace(&mut seen[id.0], true) {
            continue;
        }
        if let Form::Judged(judged) = &node.form
            && judged.dead
        {
            let message = format!("`{}` leaves no value that could be found", judged.keyword);
            return Error::new(ErrorKind::Unsupported, node.place.clone(), message);
        }
        why = why.or(node.why.as_ref());
        node.form.for_each_part(|part| waiting.push_back(part));
    }
    if let Some(place) = &plan.incomplete {
        let message = "has more combinations of branches than can be tried".to_owned();
        return Error::new(ErrorKind::Unsupported, place.clone(), message);
    }
    match why {
        Some((place, message)) => {
            let message = format!("no value keeps this schema: {message}");
            Error::new(ErrorKind::Schema, if place.is_empty() { "#" } else { place }, message)
        }
        None => Error::new(ErrorKind::Schema, "#", "no finite value keeps this schema"),
    }
}

fn sort_alternatives(plan: &mut Plan) {
    let heights: Vec<_> = plan.nodes.iter().map(|node| node.height).collect();
    let nulls: Vec<_> = (0..plan.nodes.len())
        .map(|index| matches!(plan.nodes[plan.resolved(NodeId(index)).0].form, Form::Null))
        .collect();
    for node in &mut plan.nodes {
        if let Form::Alternatives(alternatives) = &mut node.form {
            alternatives.buildable.clone_from(&alternatives.branches);
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
            // Going there is no step: see `Plan::resolved`.
            Form::Same(target) => height(target),
            Form::Judged(judged) if judged.dead => None,
            Form::Judged(judged) => height(&judged.inner)?.checked_add(1),
            Form::Alternatives(alternatives) => {
                alternatives.branches.iter().filter_map(height).min()?.checked_add(1)
            }
            Form::Array(array) => deepest(array.forced().map(|id| height(&id))),
            Form::Object(object) => object.height(|id| height(&id)),
            Form::Any | Form::Null | Form::Boolean | Form::Numbers(_) | Form::Text(_) => Some(0),
        }
    }
}

/// One more than the deepest of the parts; 0 without parts; `None` if one has no height.
pub(crate) fn deepest(mut parts: impl Iterator<Item = Option<u32>>) -> Option<u32> {
    parts.try_fold(0, |most: u32, part| Some(most.max(part?.checked_add(1)?)))
}

impl Form {
    fn for_each_part(&self, mut visit: impl FnMut(NodeId)) {
        match self {
            Form::Same(target) => visit(*target),
            Form::Judged(judged) => visit(judged.inner),
            Form::Alternatives(alternatives) => {
                alternatives.branches.iter().copied().for_each(visit);
            }
            Form::Array(array) => array.parts().for_each(visit),
            Form::Object(object) => object.members.iter().for_each(|member| visit(member.node)),
            _ => {}
        }
    }
}
