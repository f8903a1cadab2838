//! Generates a sequence of payloads from a seed.

use serde_json::Value;

use super::choices::Choices;
use super::recipe::Recipe;

/// An endless series of values. The same seed makes the same values on every machine, and each
/// value depends on the seed and its number alone.
///
/// ```
/// use clients_contract::generate::{Generator, Recipe};
/// use serde_json::json;
///
/// let names = Generator::new(Recipe::new(&json!({"type": "string"}))?, 7);
/// let tenth = names.value(9);
/// assert_eq!(names.skip(9).next(), Some(tenth));
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Generator {
    recipe: Recipe,
    seed: u64,
    next: u64,
}

impl Generator {
    /// The series of `seed`, from its first value.
    pub fn new(recipe: Recipe, seed: u64) -> Self {
        Self { recipe, seed, next: 0 }
    }

    /// The value with that number; the first is number 0.
    pub fn value(&self, number: u64) -> Value {
        self.recipe.build(&mut Choices::of_series(self.seed, number))
    }

    /// Appends the next value as JSON on one line.
    pub fn write_next(&mut self, into: &mut String) {
        self.recipe.write(&mut Choices::of_series(self.seed, self.next), into);
        self.next = self.next.wrapping_add(1);
    }
}

impl Iterator for Generator {
    type Item = Value;

    fn next(&mut self) -> Option<Value> {
        let value = self.value(self.next);
        self.next = self.next.wrapping_add(1);
        Some(value)
    }

    fn nth(&mut self, skipped: usize) -> Option<Value> {
        self.next = self.next.wrapping_add(u64::try_from(skipped).unwrap_or(u64::MAX));
        self.next()
    }
}
