//! How does a conforming value break its schema, in exactly one known way?

mod catalogue;
mod graft;
mod least;
mod places;
mod reach;
pub(super) mod views;
mod ways;

use serde_json::Value;

pub use catalogue::{Body, Catalogue, Labelled, Special, Target};

use super::choices::Choices;
use super::recipe::Recipe;
use crate::error::Error;
use crate::finding::{Rule, rules};
use crate::pointer::{Pointer, Token};
use places::{Damage, Place};

/// One way to break a schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Fault {
    /// A required member is taken away.
    MissingProperty,
    /// Null where the schema has no null.
    NullValue,
    /// A value of another JSON type.
    TypeMismatch,
    /// A value that the schema does not list.
    UnknownEnumValue,
    /// A text that is not of its format.
    InvalidFormat,
    /// A number just outside its bounds.
    OutOfRange,
}

impl Fault {
    /// Every way there is.
    pub const ALL: [Self; 6] = [
        Self::MissingProperty,
        Self::NullValue,
        Self::TypeMismatch,
        Self::UnknownEnumValue,
        Self::InvalidFormat,
        Self::OutOfRange,
    ];

    /// The rule that is broken.
    #[must_use]
    pub fn rule(self) -> &'static Rule {
        match self {
            Self::MissingProperty => &rules::MISSING_PROPERTY,
            Self::NullValue => &rules::NULL_VALUE,
            Self::TypeMismatch => &rules::TYPE_MISMATCH,
            Self::UnknownEnumValue => &rules::UNKNOWN_ENUM_VALUE,
            Self::InvalidFormat => &rules::INVALID_FORMAT,
            Self::OutOfRange => &rules::OUT_OF_RANGE,
        }
    }
}

/// A value that breaks its schema in one place.
#[derive(Clone, Debug, PartialEq)]
#[non_exhaustive]
pub struct Breach {
    /// The broken value.
    pub value: Value,
    /// How it is broken.
    pub fault: Fault,
    /// Where; a missing member's place is its own, not its object's.
    pub pointer: Pointer,
    /// What was done, in words; shows what was put in, never what was there before.
    pub deed: String,
}

/// Breaks values of one schema.
///
/// ```
/// use clients_contract::generate::{Breaker, Choices};
/// use serde_json::json;
///
/// let schema = json!({"required": ["seats"], "type": "object", "properties": {
///     "seats": {"type": "integer", "minimum": 0}
/// }});
/// let broken = Breaker::new(&schema)?.break_once(&json!({"seats": 3}), &mut Choices::replay(vec![]));
/// let broken = broken.ok_or("nothing to break")?;
/// assert_eq!(broken.fault.rule().id, "missing-property");
/// assert_eq!(broken.pointer.to_string(), "/seats");
/// assert_eq!(broken.value, json!({}));
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Breaker {
    recipe: Recipe,
}

impl Breaker {
    /// Breaks values of `schema`.
    ///
    /// # Errors
    ///
    /// As for [`Recipe::new`].
    pub fn new(schema: &Value) -> Result<Self, Error> {
        Recipe::new(schema).map(Self::from)
    }

    /// The ways in which this conforming value can be broken.
    pub fn faults(&self, value: &Value) -> Vec<Fault> {
        let places = places::of(&self.recipe.plan, value);
        Fault::ALL.into_iter().filter(|fault| places.iter().any(|place| place.fault == *fault)).collect()
    }

    /// Breaks a conforming value in one place, in any way; `None` if the schema promises nothing
    /// that could be broken.
    pub fn break_once(&self, value: &Value, choices: &mut Choices) -> Option<Breach> {
        let fault = *choices.pick(&self.faults(value))?;
        self.break_by(fault, value, choices)
    }

    /// Breaks a conforming value in one place, in this way; `None` if there is no such place.
    pub fn break_by(&self, fault: Fault, value: &Value, choices: &mut Choices) -> Option<Breach> {
        let mut places = places::of(&self.recipe.plan, value);
        places.retain(|place| place.fault == fault);
        let Place { pointer, damages, .. } = choices.pick(&places)?;
        let damage = choices.pick(damages)?;
        let mut broken = value.clone();
        apply(&mut broken, pointer.tokens(), damage)?;
        Some(Breach { value: broken, fault, pointer: pointer.clone(), deed: damage.to_string() })
    }
}

impl From<Recipe> for Breaker {
    fn from(recipe: Recipe) -> Self {
        Self { recipe }
    }
}

fn apply(value: &mut Value, steps: &[Token], damage: &Damage) -> Option<()> {
    let (inner, last) = match (steps, damage) {
        (steps, Damage::Put(_)) => (steps, None),
        ([inner @ .., Token::Key(last)], Damage::Remove) => (inner, Some(last)),
        (_, Damage::Remove) => return None,
    };
    let mut here = value;
    for step in inner {
        here = match step {
            Token::Key(key) => here.get_mut(&**key)?,
            Token::Index(index) => here.get_mut(*index)?,
        };
    }
    match (damage, last) {
        (Damage::Put(other), _) => *here = other.clone(),
        (Damage::Remove, last) => {
            here.as_object_mut()?.remove(&**last?)?;
        }
    }
    Some(())
}
