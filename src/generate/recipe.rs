//! How does a compiled schema become a value?

use std::fmt;
use std::sync::Arc;

use serde_json::{Map, Value};

use super::choices::Choices;
use super::kinds::anything;
use super::knowledge::{Hint, Knowledge};
use super::plan::heights::{MAX_WEIGHT, weight};
use super::plan::{Form, Judged, NodeId, Plan};
use super::style::{Extent, Style};
use crate::error::Error;
use crate::schema::AsSchema;

/// Objects inside so many objects are as small as they can be.
const DEPTH: usize = 12;
/// Values inside so many arrays and objects are as small as they can be.
const NESTING: usize = 24;
/// Alternatives inside so many others are as small as they can be.
const STEPS: usize = 200;
/// A value of more nodes than this is finished as small as it can be.
const BUDGET: u32 = 4_000;
/// How often a value that must be checked is drawn.
const TRIES: u32 = 12;
/// A value of so many nodes that fails its check counts as one more.
const LARGE: usize = 20_000;
/// How many checks may fail in one value; from then on known values are taken.
const PATIENCE: u32 = 200;

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
    style: Style,
}

impl fmt::Debug for Recipe {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Recipe").finish_non_exhaustive()
    }
}

impl Recipe {
    /// How to build values of `schema` (JSON Schema 2020-12 or draft-07, formats asserted): a [`Schema`](crate::schema::Schema), which may
    /// come with the documents it refers to, or a value.
    ///
    /// # Errors
    ///
    /// `Unsupported`, naming keyword and place, when a keyword constrains values in a way that
    /// cannot be built for with certainty; `Schema` when no value keeps the schema, or when it is
    /// not a schema.
    pub fn new(schema: &impl AsSchema) -> Result<Self, Error> {
        Self::knowing(schema, ())
    }

    /// The same, for somebody who knows what names mean.
    ///
    /// # Errors
    ///
    /// As for [`Self::new`].
    pub fn knowing(schema: &impl AsSchema, knowledge: impl Knowledge + 'static) -> Result<Self, Error> {
        let mut plan = Plan::of(schema)?;
        plan.learn(&knowledge);
        Ok(Self { plan: Arc::new(plan), knowledge: Arc::new(knowledge), style: Style::default() })
    }

    /// The same in another style.
    #[must_use]
    pub fn styled(self, style: Style) -> Self {
        Self { style, ..self }
    }

    /// The same, with values that the schema gives: those of `examples`, `example` and `default` in two of three
    /// draws, where they keep the schema.
    ///
    /// ```
    /// use clients_contract::generate::{Choices, Recipe};
    /// use serde_json::json;
    ///
    /// let recipe = Recipe::new(&json!({"type": "string", "maxLength": 9, "examples": ["Ada", "too long to be valid"]}))?;
    /// assert_eq!(recipe.invalid_examples(), ["/examples/1"]);
    /// let recipe = recipe.with_examples();
    /// assert_eq!(recipe.build(&mut Choices::replay(vec![1])), json!("Ada"));
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    #[must_use]
    pub fn with_examples(self) -> Self {
        let mut plan = Arc::unwrap_or_clone(self.plan);
        plan.take_examples();
        Self { plan: Arc::new(plan), ..self }
    }

    /// The schema locations of the values of `examples`, `example` and `default` that their own subschema refuses.
    #[must_use]
    pub fn invalid_examples(&self) -> Vec<String> {
        self.plan.invalid_examples()
    }

    /// The value that these choices make. It keeps the schema, whatever they are.
    pub fn build(&self, choices: &mut Choices) -> Value {
        self.plan.build(choices, &*self.knowledge, self.style)
    }
}

/// A value under construction.
pub(crate) struct Builder<'a> {
    pub(crate) plan: &'a Plan,
    pub(crate) knowledge: &'a dyn Knowledge,
    pub(crate) style: Style,
    pub(crate) choices: &'a mut Choices,
    /// How many objects we are inside.
    pub(crate) depth: usize,
    /// How many objects and arrays we are inside.
    pub(crate) nesting: usize,
    /// How many alternatives and checks we are inside.
    steps: usize,
    /// How many nodes may still be built.
    pub(crate) budget: u32,
    /// What may still be built beyond what must be.
    pub(crate) room: u64,
    /// How many nodes were built.
    pub(crate) built: usize,
    /// How many values may still fail their check.
    pub(crate) patience: u32,
    /// Whether something could not be built. Only while a plan is still being made.
    pub(crate) stuck: bool,
}

impl<'a> Builder<'a> {
    pub(crate) fn of(
        plan: &'a Plan,
        knowledge: &'a dyn Knowledge,
        style: Style,
        choices: &'a mut Choices,
    ) -> Self {
        Self {
            plan,
            knowledge,
            style,
            choices,
            depth: 0,
            nesting: 0,
            steps: 0,
            budget: BUDGET * style.room(),
            room: MAX_WEIGHT.saturating_sub(plan.node(Plan::ROOT).weight),
            built: 0,
            patience: PATIENCE,
            stuck: false,
        }
    }

    /// Whether everything must now be as small as it can be.
    pub(crate) fn tight(&self) -> bool {
        self.depth >= DEPTH || self.nesting >= NESTING || self.steps >= STEPS || self.budget == 0
    }

    /// Gives the next part of the value the budget of a whole one.
    pub(crate) fn refill(&mut self) {
        self.budget = BUDGET * self.style.room();
    }

    /// A value that the node admits.
    pub(crate) fn build(&mut self, id: NodeId, hint: &Hint) -> Value {
        self.budget = self.budget.saturating_sub(1);
        self.built += 1;
        let plan = self.plan;
        if let Some(example) = self.example(plan.examples(id)) {
            return example.clone();
        }
        let node = plan.node(plan.resolved(id));
        match &node.form {
            // Neither is ever reached: heights keep what has no value out of everybody's way.
            Form::Never | Form::Same(_) | Form::Null => Value::Null,
            Form::Any if self.style.items == Extent::Least => Value::Object(Map::new()),
            Form::Any => anything(self.choices, if self.tight() { 0 } else { 2 }),
            Form::Alternatives(alternatives) => self.step(|builder| alternatives.build(builder, hint)),
            Form::Judged(judged) => self.step(|builder| builder.judged(judged, hint)),
            Form::Boolean => Value::Bool(self.choices.draw(1) == 1),
            Form::Listed(values) => self.choices.pick(values).cloned().unwrap_or(Value::Null),
            Form::Numbers(numbers) => numbers.build(self, hint),
            Form::Text(text) => text.build(self, hint),
            Form::Array(array) => self.inside(|builder| array.build(builder, hint)),
            Form::Object(object) => self.inside(|builder| object.build(node.height, builder)),
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
    fn judged(&mut self, judged: &Judged, hint: &Hint) -> Value {
        let good = |builder: &mut Self| {
            builder.stuck |= judged.good.is_none();
            judged.good.clone().unwrap_or(Value::Null)
        };
        if self.tight() && judged.good.is_some() {
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
            let value = self.build(judged.inner, hint);
            if judged.judge.accepts(&value) {
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

    fn step(&mut self, build: impl FnOnce(&mut Self) -> Value) -> Value {
        self.steps += 1;
        let value = build(self);
        self.steps -= 1;
        value
    }

    fn inside(&mut self, build: impl FnOnce(&mut Self) -> Value) -> Value {
        self.nesting += 1;
        let value = build(self);
        self.nesting -= 1;
        value
    }
}
