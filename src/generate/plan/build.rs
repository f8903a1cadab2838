//! Builds the value of a node.

use serde_json::{Map, Value};

use super::heights::weight;
use super::kinds::anything;
use super::{Builder, Checked, Plan, PlanNodeId, ValueSet};
use crate::generate::choices::Choices;
use crate::generate::knowledge::{Hint, Knowledge};
use crate::generate::style::{Extent, Style};

/// Number of times a value that must be checked is drawn.
const TRIES: u32 = 12;
/// A value of so many nodes that fails its check counts as one more.
const LARGE: usize = 20_000;

impl Plan {
    /// The value that these choices make.
    pub(crate) fn build(&self, choices: &mut Choices, knowledge: &dyn Knowledge, style: Style) -> Value {
        let mut builder = Builder::of(self, knowledge, style, choices);
        builder.choices.open(false);
        let value = builder.build(Self::ROOT, &Hint::default());
        builder.choices.close();
        value
    }
}

impl Builder<'_> {
    /// A value that the node admits.
    pub(crate) fn build(&mut self, id: PlanNodeId, hint: &Hint) -> Value {
        self.budget = self.budget.saturating_sub(1);
        self.built += 1;
        let plan = self.plan;
        if let Some(example) = self.example(plan.examples(id)) {
            return example.clone();
        }
        let node = plan.node(plan.resolved(id));
        match &node.value_set {
            // Neither is ever reached: heights keep what has no value out of everybody's way.
            ValueSet::Never | ValueSet::Same(_) | ValueSet::Null => Value::Null,
            ValueSet::Any if self.style.items == Extent::Least => Value::Object(Map::new()),
            ValueSet::Any => anything(self.choices, if self.tight() { 0 } else { 2 }),
            ValueSet::Alternatives(alternatives) => self.step(|builder| alternatives.build(builder, hint)),
            ValueSet::Checked(checked) => self.step(|builder| builder.checked(checked, hint)),
            ValueSet::Boolean => Value::Bool(self.choices.draw(1) == 1),
            ValueSet::Listed(values) => self.choices.pick(values).cloned().unwrap_or(Value::Null),
            ValueSet::Numbers(numbers) => numbers.build(self, hint),
            ValueSet::Text(text) => text.build(self, hint),
            ValueSet::Array(array) => self.inside(|builder| array.build(builder, hint)),
            ValueSet::Object(object) => self.inside(|builder| object.build(node.height, builder)),
        }
    }

    /// An example, in two of three draws, if there is room for it.
    fn example<'e>(&mut self, examples: &'e [Value]) -> Option<&'e Value> {
        if examples.is_empty() || self.tight() || self.choices.draw(2) == 0 {
            return None;
        }
        let example = self.choices.pick(examples)?;
        self.room = self.room.checked_sub(weight(example))?;
        Some(example)
    }

    /// A value that passes its check: drawn again a few times if need be, else the one known to.
    fn checked(&mut self, checked: &Checked, hint: &Hint) -> Value {
        let good = |builder: &mut Self| {
            builder.stuck |= checked.good.is_none();
            checked.good.clone().unwrap_or(Value::Null)
        };
        if self.tight() && checked.good.is_some() {
            return good(self);
        }
        let tries = if self.choices.is_fresh() { TRIES } else { 1 };
        for _ in 0..tries {
            if self.patience == 0 {
                break;
            }
            let start = self.choices.checkpoint();
            if self.choices.draw(99) == 0 {
                return good(self);
            }
            let (budget, room, built) = (self.budget, self.room, self.built);
            let value = self.build(checked.inner, hint);
            if checked.check.accepts(&value) {
                return value;
            }
            (self.budget, self.room) = (budget, room);
            let effort = u32::try_from((self.built - built) / LARGE).unwrap_or(u32::MAX);
            self.patience = self.patience.saturating_sub(effort.saturating_add(1));
            self.choices.roll_back(start);
        }
        // On record this is the decision for the known value.
        let aside = self.choices.set_aside(Vec::new());
        self.choices.draw(99);
        self.choices.resume(aside);
        good(self)
    }
}
