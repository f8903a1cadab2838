//! Sets of JSON types.

use std::fmt;
use std::ops::{BitAnd, BitOr, Not};

use serde_json::Value;

use crate::error::did_you_mean;

/// A set of types of JSON. An integer is a number: numbers are cut in two, those with a fraction and those
/// without, so that sets can be intersected, joined and compared as sets.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) struct TypeSet(u8);

impl TypeSet {
    pub(crate) const NONE: Self = Self(0);
    pub(crate) const NULL: Self = Self(1);
    pub(crate) const BOOLEAN: Self = Self(1 << 1);
    pub(crate) const OBJECT: Self = Self(1 << 2);
    pub(crate) const ARRAY: Self = Self(1 << 3);
    pub(crate) const STRING: Self = Self(1 << 4);
    pub(crate) const INTEGER: Self = Self(1 << 5);
    /// Numbers that are no integers.
    pub(crate) const FRACTION: Self = Self(1 << 6);
    pub(crate) const NUMBER: Self = Self(Self::INTEGER.0 | Self::FRACTION.0);
    pub(crate) const ALL: Self = Self((1 << 7) - 1);

    /// The names of the types, each before those that are a part of it, with what each means.
    const NAMES: [(&'static str, Self); 7] = [
        ("null", Self::NULL),
        ("boolean", Self::BOOLEAN),
        ("object", Self::OBJECT),
        ("array", Self::ARRAY),
        ("string", Self::STRING),
        ("number", Self::NUMBER),
        ("integer", Self::INTEGER),
    ];

    /// The type of that name.
    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::NAMES.iter().find(|(known, _)| *known == name).map(|(_, types)| *types)
    }

    /// What `type` says: a name, or a list of names. Names that are none stand for no value.
    pub(crate) fn of_keyword(value: &Value) -> Self {
        let named = |name: &Value| name.as_str().and_then(Self::named).unwrap_or(Self::NONE);
        match value {
            Value::Array(list) => list.iter().map(named).fold(Self::NONE, |all, one| all | one),
            name => named(name),
        }
    }

    /// What is wrong with a value of `type` that no metaschema accepts, and the index of the name that is.
    pub(crate) fn wrong_keyword(value: &Value) -> (Option<usize>, String) {
        let is_wrong = |name: &Value| name.as_str().is_none_or(|name| Self::named(name).is_none());
        let known = Self::NAMES.map(|(name, _)| name).join(", ");
        let (index, name) = match value {
            Value::Array(names) => match names.iter().enumerate().find(|(_, name)| is_wrong(name)) {
                Some((index, name)) => (Some(index), name),
                None => return (None, "a list of types has at least one, and each once".to_owned()),
            },
            name => (None, name),
        };
        let near = name.as_str().and_then(Self::nearest);
        (index, format!("{name} is not a type; expected one of {known}{}", did_you_mean(near)))
    }

    /// The name of a type that this misspells, if it is near one.
    fn nearest(name: &str) -> Option<&'static str> {
        const MAX_LENGTH: usize = 20;
        let name = Some(name.to_lowercase()).filter(|name| name.len() <= MAX_LENGTH)?;
        let near = Self::NAMES.map(|(known, _)| (strsim::jaro_winkler(&name, known), known));
        let (likeness, known) = near.into_iter().max_by(|a, b| a.0.total_cmp(&b.0))?;
        (likeness > 0.7).then_some(known)
    }

    /// The type of a value: 2.0 is an integer.
    pub(crate) fn of_value(value: &Value) -> Self {
        match value {
            Value::Null => Self::NULL,
            Value::Bool(_) => Self::BOOLEAN,
            Value::Object(_) => Self::OBJECT,
            Value::Array(_) => Self::ARRAY,
            Value::String(_) => Self::STRING,
            Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() != 0.0) => {
                Self::FRACTION
            }
            Value::Number(_) => Self::INTEGER,
        }
    }

    pub(crate) const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Whether all types of the other set are in this one.
    pub(crate) const fn contains(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Whether the sets have a type in common.
    pub(crate) const fn overlaps(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Its parts, none of which has parts.
    #[cfg(feature = "generate")]
    pub(crate) fn each(self) -> impl Iterator<Item = Self> {
        (0..7).map(|bit| Self(1 << bit)).filter(move |part| self.contains(*part))
    }

    /// The fewest names that stand for the set, as `type` would list them. Numbers with a fraction alone have
    /// no name of their own: they are called numbers.
    pub(crate) fn names(self) -> impl Iterator<Item = &'static str> {
        let mut left = self;
        Self::NAMES.into_iter().filter_map(move |(name, types)| {
            let named = left.contains(types) || types == Self::NUMBER && left.contains(Self::FRACTION);
            if named {
                left = left & !types;
            }
            named.then_some(name)
        })
    }
}

impl BitAnd for TypeSet {
    type Output = Self;

    fn bitand(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }
}

impl BitOr for TypeSet {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }
}

impl Not for TypeSet {
    type Output = Self;

    fn not(self) -> Self {
        Self(!self.0 & Self::ALL.0)
    }
}

impl fmt::Display for TypeSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.names().collect::<Vec<_>>().join(" or "))
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn an_integer_is_a_number() {
        let numbers = TypeSet::of_keyword(&json!("number"));
        assert_eq!(numbers, TypeSet::of_keyword(&json!(["integer", "number"])));
        assert!(numbers.contains(TypeSet::of_value(&json!(2.0))));
        assert_eq!(TypeSet::of_value(&json!(2.0)), TypeSet::INTEGER);
        assert_eq!(TypeSet::of_value(&json!(2.5)), TypeSet::FRACTION);
        assert!(!TypeSet::INTEGER.contains(TypeSet::of_value(&json!(2.5))));
    }

    #[test]
    fn a_misspelt_type_is_named_with_the_nearest_one() {
        let all = "expected one of null, boolean, object, array, string, number, integer";
        for (value, index, what) in [
            (json!("strng"), None, format!("\"strng\" is not a type; {all}; did you mean `string`?")),
            (
                json!(["null", "Int"]),
                Some(1),
                format!("\"Int\" is not a type; {all}; did you mean `integer`?"),
            ),
            (json!("zzz"), None, format!("\"zzz\" is not a type; {all}")),
            (json!(5), None, format!("5 is not a type; {all}")),
            (json!(["null", "null"]), None, "a list of types has at least one, and each once".to_owned()),
        ] {
            assert_eq!(TypeSet::wrong_keyword(&value), (index, what), "{value}");
        }
    }

    #[test]
    fn names_are_the_fewest_that_stand_for_a_set() {
        let names = |types: TypeSet| types.names().collect::<Vec<_>>();
        assert_eq!(names(TypeSet::NUMBER | TypeSet::NULL), ["null", "number"]);
        assert_eq!(names(TypeSet::INTEGER | TypeSet::STRING), ["string", "integer"]);
        assert_eq!(names(TypeSet::FRACTION), ["number"]);
        assert_eq!(names(TypeSet::ALL).len(), 6);
        for name in ["null", "boolean", "object", "array", "string", "number", "integer"] {
            assert_eq!(names(TypeSet::named(name).unwrap()), [name]);
        }
    }
}
