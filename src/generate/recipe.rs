//! How does a compiled schema become a value?

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::choices::Choices;
use super::kinds::anything;
use super::knowledge::{Hint, Knowledge};
use super::plan::{Form, NodeId, Plan};
use crate::error::Error;

/// Objects inside so many objects are as small as they can be.
const DEPTH: usize = 12;
/// Values inside so many arrays and objects are as small as they can be.
const NESTING: usize = 24;
/// A value of more nodes than this is finished as small as it can be.
const BUDGET: u32 = 4_000;

/// A schema, compiled: how to build values that keep it. Cheap to clone.
///
/// ```
/// use clients_contract::generate::{Choices, Recipe};
/// use serde_json::json;
///
/// let recipe = Recipe::new(&json!({"type": ["string", "null"], "format": "uuid"}))?;
/// // Zero is the simplest choice, and a recording that has run out answers zero.
/// assert_eq!(recipe.build(&mut Choices::replay(vec![])), json!(null));
/// assert!(recipe.build(&mut Choices::replay(vec![50])).is_string());
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone)]
pub struct Recipe {
    pub(crate) plan: Arc<Plan>,
    knowledge: Arc<dyn Knowledge>,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe").finish_non_exhaustive()
    }
}

impl Recipe {
    /// How to build values of `schema` (JSON Schema 2020-12, formats asserted).
    ///
    /// # Errors
    ///
    /// `Unsupported`, naming keyword and place, when a keyword constrains values in a way that
    /// cannot be built for with certainty; `Schema` when no value keeps the schema, or when it is
    /// not a schema.
    pub fn new(schema: &Value) -> Result<Self, Error> {
        Self::knowing(schema, ())
    }

    /// The same, for somebody who knows what names mean.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn knowing(schema: &Value, knowledge: impl Knowledge + 'static) -> Result<Self, Error> {
        let mut plan = Plan::of(schema)?;
        plan.learn(&knowledge);
        Ok(Self { plan: Arc::new(plan), knowledge: Arc::new(knowledge) })
    }

    /// The value that these choices make. It keeps the schema, whatever they are.
    pub fn build(&self, choices: &mut Choices) -> Value {
        let mut builder = Builder {
            plan: &self.plan,
            knowledge: &*self.knowledge,
            choices,
            depth: 0,
            nesting: 0,
            budget: BUDGET,
        };
        builder.choices.open(false);
        let value = builder.build(Plan::ROOT, &Hint::default());
        builder.choices.close();
        value
    }
}

/// A value under construction.
pub(crate) struct Builder<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) knowledge: &'a dyn Knowledge,
    pub(crate) choices: &'a mut Choices,
    /// How many objects we are inside.
    pub(crate) depth: usize,
    /// How many objects and arrays we are inside.
    pub(crate) nesting: usize,
    /// How many nodes may still be built.
    pub(crate) budget: u32,
}

impl Builder<'_> {
    /// Whether everything must now be as small as it can be.
    pub(crate) fn tight(&self) -> bool {
        self.depth >= DEPTH || self.nesting >= NESTING || self.budget == 0
    }

    /// Gives the next part of the value the budget of a whole one.
    pub(crate) fn refill(&mut self) {
        self.budget = BUDGET;
    }

    /// A value that the node admits.
    pub(crate) fn build(&mut self, id: NodeId, hint: &Hint) -> Value {
        self.budget = self.budget.saturating_sub(1);
        let plan = self.plan;
        match &plan.node(plan.resolved(id)).form {
            // Neither is ever reached: heights keep what has no value out of everybody's way.
            Form::Never | Form::Same(_) | Form::Null => Value::Null,
            Form::Any => anything(self.choices, if self.tight() { 0 } else { 2 }),
            Form::Alternatives(alternatives) => alternatives.build(self, hint),
            Form::Boolean => Value::Bool(self.choices.draw(1) == 1),
            Form::Listed(listed) => self.choices.pick(&listed.values).cloned().unwrap_or(Value::Null),
            Form::Numbers(numbers) => numbers.build(self, hint),
            Form::Text(text) => text.build(self, hint),
            Form::Array(array) => self.inside(|builder| array.build(builder, hint)),
            Form::Object(object) => self.inside(|builder| object.build(builder)),
        }
    }

    fn inside(&mut self, build: impl FnOnce(&mut Self) -> Value) -> Value {
        self.nesting += 1;
        let value = build(self);
        self.nesting -= 1;
        value
    }
}
