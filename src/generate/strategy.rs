//! Proptest strategies of valid values.

use proptest::prelude::Rng;
use proptest::strategy::{NewTree, Strategy};
use proptest::test_runner::TestRunner;
use serde_json::Value;

use super::choices::Choices;
use super::recipe::Recipe;
use super::shrink::SchemaTree;
use crate::error::Error;
use crate::schema::AsSchema;

/// A `proptest` strategy of values that keep a schema. Everything it shrinks to keeps it, too.
#[derive(Clone, Debug)]
pub struct SchemaStrategy {
    recipe: Recipe,
}

/// The values that keep `schema`.
///
/// ```
/// use clients_contract::generate::strategy;
/// use proptest::{prop_assert, proptest};
/// use serde_json::json;
///
/// let seats = strategy(&json!({"type": "integer", "minimum": 0}))?;
/// proptest!(|(seats in seats)| prop_assert!(seats.as_u64().is_some()));
/// # Ok::<(), clients_contract::Error>(())
/// ```
///
/// # Errors
///
/// As for [`Recipe::new`].
pub fn strategy(schema: &impl AsSchema) -> Result<SchemaStrategy, Error> {
    Recipe::new(schema).map(SchemaStrategy::from)
}

impl From<Recipe> for SchemaStrategy {
    fn from(recipe: Recipe) -> Self {
        Self { recipe }
    }
}

impl Strategy for SchemaStrategy {
    type Tree = SchemaTree;
    type Value = Value;

    fn new_tree(&self, runner: &mut TestRunner) -> NewTree<Self> {
        let mut seed = [0; 32];
        for part in seed.chunks_exact_mut(8) {
            part.copy_from_slice(&runner.rng().next_u64().to_le_bytes());
        }
        Ok(SchemaTree::new(self.recipe.clone(), Choices::of_bytes(&seed)))
    }
}
