//! Builds the value of a node.

use std::borrow::Cow;

use serde_json::Value;

use super::heights::weight;
use super::kinds::anything;
use super::{Builder, Checked, Plan, PlanNodeId, ValueSet};
use crate::generate::choices::Choices;
use crate::generate::knowledge::{Hint, Knowledge};
use crate::generate::sink::{Sink, Tree};
use crate::generate::style::{Extent, Style};

/// Number of times a value that must be checked is drawn.
const TRIES: u32 = 12;
/// A value of so many nodes that fails its check counts as one more.
const LARGE: usize = 20_000;

impl Plan {
    /// The value that these choices make.
    pub(crate) fn build<S: Sink>(
        &self,
        choices: &mut Choices,
        knowledge: &dyn Knowledge,
        style: Style,
        sink: &mut S,
    ) {
        let mut builder = Builder::of(self, knowledge, style, choices);
        builder.choices.open(false);
        builder.build(Self::ROOT, &Hint::default(), sink);
        builder.choices.close();
    }
}

impl Builder<'_> {
    /// A value that the node admits.
    pub(crate) fn build<S: Sink>(&mut self, id: PlanNodeId, hint: &Hint, sink: &mut S) {
        self.budget = self.budget.saturating_sub(1);
        self.built += 1;
        let plan = self.plan;
        if plan.takes_examples
            && let Some(example) = self.example(plan.examples(id))
        {
            return sink.value(Cow::Borrowed(example));
        }
        let node = plan.node(plan.resolved(id));
        match &node.value_set {
            // Neither is ever reached: heights keep what has no value out of everybody's way.
            ValueSet::Never | ValueSet::Same(_) | ValueSet::Null => sink.null(),
            ValueSet::Any if self.style.items == Extent::Least => {
                sink.open_object();
                sink.close_object();
            }
            ValueSet::Any => sink.value(Cow::Owned(anything(self.choices, if self.tight() { 0 } else { 2 }))),
            ValueSet::Alternatives(alternatives) => {
                self.step(|builder| alternatives.build(builder, hint, sink));
            }
            ValueSet::Checked(checked) => {
                self.step(|builder| sink.value(Cow::Owned(builder.checked(checked, hint))));
            }
            ValueSet::Boolean => sink.boolean(self.choices.draw(1) == 1),
            ValueSet::Listed(values) => match self.choices.pick(values) {
                Some(value) => sink.value(Cow::Borrowed(value)),
                None => sink.null(),
            },
            ValueSet::Numbers(numbers) => numbers.build(self, hint, sink),
            ValueSet::Text(text) => text.build(self, hint, sink),
            ValueSet::Array(array) => self.inside(|builder| array.build(builder, hint, sink)),
            ValueSet::Object(object) => self.inside(|builder| object.build(node.height, builder, sink)),
        }
    }

    /// The same, as a tree.
    pub(crate) fn tree(&mut self, id: PlanNodeId, hint: &Hint) -> Value {
        let mut tree = Tree::default();
        // Locations in the tree are none in what it is put into.
        let outer = std::mem::take(&mut self.read_nesting);
        self.build(id, hint, &mut tree);
        self.read_nesting = outer;
        tree.finish()
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
            let value = self.tree(checked.inner, hint);
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
