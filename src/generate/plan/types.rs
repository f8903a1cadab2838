//! Which JSON types does a node admit?

use serde_json::Value;

use super::{Form, NodeId, Plan};

/// A set of JSON types. A number with and one without a fraction are two.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Types(u8);

impl Types {
    pub(crate) const NULL: Self = Self(1);
    const BOOLEAN: Self = Self(2);
    const WHOLE: Self = Self(4);
    const FRACTION: Self = Self(8);
    const STRING: Self = Self(16);
    const ARRAY: Self = Self(32);
    const OBJECT: Self = Self(64);
    const NONE: Self = Self(0);
    const ALL: Self = Self(127);

    pub(crate) fn of(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Number(number) if number.as_f64().is_some_and(|float| float.fract() != 0.0) => {
                Self::FRACTION
            }
            Value::Number(_) => Self::WHOLE,
            Value::String(_) => Self::STRING,
            Value::Array(_) => Self::ARRAY,
            Value::Object(_) => Self::OBJECT,
        }
    }

    pub(crate) fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Plan {
    /// The types that the schema names at this node; all if it names none.
    pub(crate) fn types(&self, id: NodeId) -> Types {
        match &self.node(self.resolved(id)).form {
            Form::Never => Types::NONE,
            Form::Any | Form::Same(_) => Types::ALL,
            Form::Alternatives(alternatives) => {
                alternatives.branches.iter().fold(Types::NONE, |types, branch| types.and(self.types(*branch)))
            }
            Form::Judged(judged) => self.types(judged.inner),
            Form::Null => Types::NULL,
            Form::Boolean => Types::BOOLEAN,
            Form::Listed(listed) => listed.beside.map_or(Types::ALL, |beside| self.types(beside)),
            Form::Numbers(numbers) if numbers.whole_only() => Types::WHOLE,
            Form::Numbers(_) => Types::WHOLE.and(Types::FRACTION),
            Form::Text(_) => Types::STRING,
            Form::Array(_) => Types::ARRAY,
            Form::Object(_) => Types::OBJECT,
        }
    }
}
