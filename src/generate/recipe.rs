//! A schema compiled for generation.

use std::fmt;
use std::sync::Arc;

use serde_json::Value;

use super::choices::Choices;
use super::knowledge::Knowledge;
use super::plan::Plan;
use super::sink::{JsonText, Tree};
use super::style::Style;
use crate::error::Error;
use crate::schema::AsSchema;

/// A schema, compiled: how to build values that keep it. Cheap to clone.
///
/// ```
/// use clients_contract::generate::{Choices, Recipe};
/// use serde_json::json;
///
/// let recipe = Recipe::new(&json!({"type": ["string", "null"], "format": "uuid"}))?;
/// // Zero is the simplest choice, and a recording that has run out returns zero.
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
    /// How to build values of `schema` (JSON Schema 2020-12 or draft-07, formats asserted): a
    /// [`Schema`](crate::schema::Schema), which may come with the documents it refers to, or a value.
    ///
    /// # Errors
    ///
    /// `Unsupported`, naming keyword and location, when a keyword constrains values in a way that
    /// cannot be built for with certainty; `Schema` when no value keeps the schema, or when it is
    /// not a schema.
    pub fn new(schema: &impl AsSchema) -> Result<Self, Error> {
        Self::knowing(schema, ())
    }

    /// The same, with knowledge of what names mean.
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

    /// The same, with values that the schema gives: those of `examples`, `example` and `default` in two of
    /// three draws, where they keep the schema.
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

    /// The schema locations of the values of `examples`, `example` and `default` that their own subschema
    /// refuses.
    #[must_use]
    pub fn invalid_examples(&self) -> Vec<String> {
        self.plan.invalid_examples()
    }

    /// The value that these choices make. It keeps the schema, whatever they are.
    pub fn build(&self, choices: &mut Choices) -> Value {
        let mut tree = Tree::default();
        self.plan.build(choices, &*self.knowledge, self.style, &mut tree);
        tree.finish()
    }

    /// Appends the same value as JSON on one line, as
    /// [`to_compact_json`](crate::untrusted::to_compact_json) writes it.
    ///
    /// ```
    /// use clients_contract::generate::{Choices, Recipe};
    /// use serde_json::json;
    ///
    /// let recipe = Recipe::new(&json!({"required": ["seats"], "properties": {"seats": {"const": 4}}, "type": "object"}))?;
    /// let mut line = String::new();
    /// recipe.write(&mut Choices::replay(vec![]), &mut line);
    /// assert_eq!(line, r#"{"seats":4}"#);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    pub fn write(&self, choices: &mut Choices, into: &mut String) {
        self.plan.build(choices, &*self.knowledge, self.style, &mut JsonText(into));
    }
}
