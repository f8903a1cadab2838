//! Measures the depth and weight of the smallest value of each node.
//!
//! When the budget of a value is spent, every node is built as small as it can be. That ends
//! because each step of the smallest value leads to a node of smaller height, and it fits into memory because
//! the weight of that value is known beforehand.

use std::collections::{HashMap, VecDeque};

use serde_json::Value;

use super::{Plan, PlanNodeId, ValueSet};
use crate::error::{Error, ErrorKind};

/// No reader takes a value that is deeper than this.
const MAX_HEIGHT: u32 = 256;
/// A value that weighs more is not built.
pub(crate) const MAX_WEIGHT: u64 = 64 << 20;
/// What a value weighs besides its text, and a member besides its name and value, roughly in bytes of memory.
pub(crate) const NODE: u64 = 32;

/// Sets heights and weights, and puts the simplest alternative first, without those that have no value.
///
/// Nodes are settled in the order of their heights, each once. A node whose smallest value is too heavy is
/// not settled, and so is nothing that cannot do without it: whoever can do without it never builds it.
pub(super) fn measure(plan: &mut Plan) {
    for node in &mut plan.nodes {
        (node.height, node.weight) = (None, u64::MAX);
    }
    plan.heavy = None;
    let mut measuring = Measuring::of(plan);
    let mut height = 0_u32;
    while !measuring.now.is_empty() {
        while let Some(index) = measuring.now.pop() {
            if std::mem::replace(&mut measuring.settled[index], true) {
                continue;
            }
            let weight = plan.weigh(PlanNodeId(index));
            if weight > MAX_WEIGHT {
                plan.heavy = plan.heavy.or(Some(PlanNodeId(index)));
                continue;
            }
            (plan.nodes[index].height, plan.nodes[index].weight) = (Some(height), weight);
            measuring.settle(index);
        }
        std::mem::swap(&mut measuring.now, &mut measuring.next);
        height = height.saturating_add(1);
    }
    sort_alternatives(plan);
}

/// How a node depends on another.
#[derive(Clone, Copy)]
enum Use {
    /// It is the same value.
    Same,
    /// It is one step away, and enough.
    Enough,
    /// It must be there.
    Needed,
    /// A member, by its number, that may be there.
    Optional(usize),
}

struct Measuring {
    /// What waits to be settled: those of the present height, and those of the next.
    now: Vec<usize>,
    next: Vec<usize>,
    settled: Vec<bool>,
    users: Vec<Vec<(usize, Use)>>,
    /// How many parts that must be there are not settled.
    needed: Vec<usize>,
    counted: HashMap<usize, Counted>,
}

/// An object that must have more members than it names as required.
struct Counted {
    /// How many more.
    missing: usize,
    /// For each member, how many of those that it brings are not settled.
    brings: Vec<usize>,
    /// For each member, who brings it.
    brought_by: Vec<Vec<usize>>,
}

impl Measuring {
    fn of(plan: &Plan) -> Self {
        let count = plan.nodes.len();
        let mut measuring = Self {
            now: Vec::new(),
            next: Vec::new(),
            settled: vec![false; count],
            users: vec![Vec::new(); count],
            needed: vec![0; count],
            counted: HashMap::new(),
        };
        for (index, node) in plan.nodes.iter().enumerate() {
            measuring.enter(index, &node.value_set);
        }
        measuring
    }

    /// Takes a node in; it is settled at once where it needs nothing.
    fn enter(&mut self, index: usize, value_set: &ValueSet) {
        let mut add = |part: PlanNodeId, how: Use| self.users[part.0].push((index, how));
        match value_set {
            ValueSet::Never => return,
            ValueSet::Checked(checked) if checked.dead => return,
            ValueSet::Same(target) => return add(*target, Use::Same),
            ValueSet::Checked(checked) => return add(checked.inner, Use::Enough),
            ValueSet::Alternatives(alternatives) => {
                return alternatives.branches.iter().for_each(|branch| add(*branch, Use::Enough));
            }
            ValueSet::Listed(values) if values.is_empty() => return,
            ValueSet::Array(array) => {
                for part in array.forced() {
                    add(part, Use::Needed);
                    self.needed[index] += 1;
                }
            }
            ValueSet::Object(object) => {
                for member in object.members.iter().filter(|member| member.required) {
                    add(member.node, Use::Needed);
                    self.needed[index] += 1;
                }
                let missing = object.missing();
                if missing > 0 {
                    for (number, member) in object.members.iter().enumerate() {
                        add(member.node, Use::Optional(number));
                    }
                    let (brings, brought_by) = object.bringing();
                    self.counted.insert(index, Counted { missing, brings, brought_by });
                    return;
                }
            }
            _ => {}
        }
        if self.needed[index] == 0 {
            self.now.push(index);
        }
    }

    /// A node is settled: so may be its users.
    fn settle(&mut self, index: usize) {
        for (user, how) in std::mem::take(&mut self.users[index]) {
            match how {
                Use::Same => self.now.push(user),
                Use::Enough => self.next.push(user),
                Use::Needed => {
                    self.needed[user] -= 1;
                    if self.needed[user] == 0 && self.counted.get(&user).is_none_or(|it| it.missing == 0) {
                        self.next.push(user);
                    }
                }
                Use::Optional(member) => {
                    let Some(counted) = self.counted.get_mut(&user) else { continue };
                    counted.settle(member);
                    if counted.missing == 0 && self.needed[user] == 0 {
                        self.next.push(user);
                    }
                }
            }
        }
    }
}

impl Counted {
    /// A member has a value now: all whose last missing one it was can be there.
    fn settle(&mut self, member: usize) {
        for who in std::mem::take(&mut self.brought_by[member]) {
            self.brings[who] -= 1;
            if self.brings[who] == 0 {
                self.missing = self.missing.saturating_sub(1);
            }
        }
    }
}

/// Refuses a plan without a value, or without one that anybody could read.
pub(super) fn validate(plan: &Plan) -> Result<(), Error> {
    match plan.node(Plan::ROOT).height {
        None => Err(nothing(plan)),
        Some(height) if height > MAX_HEIGHT => {
            let message = format!("every value is nested more than {MAX_HEIGHT} levels deep");
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
        if let ValueSet::Checked(checked) = &node.value_set
            && checked.dead
        {
            let message = format!("`{}` leaves no value that could be found", checked.keyword);
            return Error::new(ErrorKind::Unsupported, node.location.clone(), message);
        }
        why = why.or(node.why.as_ref());
        node.value_set.for_each_part(|part| waiting.push_back(part));
    }
    if let Some(location) = &plan.incomplete {
        let message = "too many combinations of branches".to_owned();
        return Error::new(ErrorKind::Unsupported, location.clone(), message);
    }
    if let Some(heavy) = plan.heavy {
        let message = format!("smallest value exceeds {} MiB", MAX_WEIGHT >> 20);
        return Error::new(ErrorKind::Unsupported, plan.node(heavy).location.clone(), message);
    }
    match why {
        Some((location, message)) => {
            let message = format!("no value is valid: {message}");
            Error::new(ErrorKind::Schema, if location.is_empty() { "#" } else { location }, message)
        }
        None => Error::new(ErrorKind::Schema, "#", "no finite value is valid"),
    }
}

fn sort_alternatives(plan: &mut Plan) {
    for index in 0..plan.nodes.len() {
        let ValueSet::Alternatives(alternatives) = &plan.nodes[index].value_set else { continue };
        let mut buildable = alternatives.branches.clone();
        buildable.retain(|branch| plan.is_finite(*branch));
        buildable.sort_by_key(|branch| plan.simplicity(*branch));
        let null_first = buildable.first().is_some_and(|branch| !plan.simplicity(*branch).1);
        let weight = |branch: &PlanNodeId| plan.node(*branch).weight;
        let least = buildable.first().map_or(0, weight);
        let buildable: Vec<_> =
            buildable.iter().map(|branch| (*branch, weight(branch).saturating_sub(least))).collect();
        if let ValueSet::Alternatives(alternatives) = &mut plan.nodes[index].value_set {
            (alternatives.buildable, alternatives.null_first) = (buildable, null_first);
        }
    }
}

impl Plan {
    /// How heavy the value is that is built of a node when everything must be small. The parts are settled.
    fn weigh(&self, id: PlanNodeId) -> u64 {
        let of = |id: PlanNodeId| self.node(id).weight;
        match &self.node(id).value_set {
            ValueSet::Never => u64::MAX,
            ValueSet::Same(target) => of(*target),
            ValueSet::Any => 4 * NODE,
            ValueSet::Null | ValueSet::Boolean | ValueSet::Numbers(_) => NODE,
            ValueSet::Listed(values) => values.iter().map(weight).max().unwrap_or(0),
            ValueSet::Checked(checked) => of(checked.inner).max(checked.good.as_ref().map_or(0, weight)),
            ValueSet::Alternatives(alternatives) => {
                let settled = alternatives.branches.iter().filter(|branch| self.is_finite(**branch));
                settled.min_by_key(|branch| self.simplicity(**branch)).map_or(u64::MAX, |first| of(*first))
            }
            ValueSet::Text(text) => NODE.saturating_add(text.weight()),
            ValueSet::Array(array) => array.weight(of),
            ValueSet::Object(object) => object.weight(self),
        }
    }

    /// The order of alternatives: the simplest is the smallest.
    fn simplicity(&self, id: PlanNodeId) -> (Option<u32>, bool) {
        (self.node(id).height, !matches!(self.node(self.resolved(id)).value_set, ValueSet::Null))
    }
}

/// What a value weighs.
pub(crate) fn weight(value: &Value) -> u64 {
    let (mut sum, mut waiting) = (0_u64, vec![value]);
    while let Some(value) = waiting.pop() {
        sum += NODE;
        match value {
            Value::String(text) => sum += text.len() as u64,
            Value::Array(items) => waiting.extend(items),
            Value::Object(members) => {
                sum += members.keys().map(|name| NODE + name.len() as u64).sum::<u64>();
                waiting.extend(members.values());
            }
            _ => {}
        }
    }
    sum
}

impl ValueSet {
    fn for_each_part(&self, mut visit: impl FnMut(PlanNodeId)) {
        match self {
            ValueSet::Same(target) => visit(*target),
            ValueSet::Checked(checked) => visit(checked.inner),
            ValueSet::Alternatives(alternatives) => {
                alternatives.branches.iter().copied().for_each(visit);
            }
            ValueSet::Array(array) => array.parts().for_each(visit),
            ValueSet::Object(object) => object.members.iter().for_each(|member| visit(member.node)),
            _ => {}
        }
    }
}
