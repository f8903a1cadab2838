//! The assertions of single keywords.

use std::cmp::Ordering;

use referencing::Draft;
use serde_json::{Map, Number, Value};

use super::super::numbers::canonical;
use super::super::pattern::Pattern;
use super::super::types::TypeSet;

/// What a keyword asserts. Keywords that say the same in other words are one variant.
#[derive(Clone, Debug)]
pub(crate) enum Assertion {
    Type(TypeSet),
    /// `enum` or `const`: the values, each in its canonical spelling and once, in the order in which they are
    /// listed.
    Values {
        keyword: &'static str,
        values: Vec<Value>,
    },
    Bound(Bound),
    MultipleOf(Number),
    Count(Count),
    Pattern {
        source: String,
        pattern: Pattern,
    },
    Format(String),
    /// `contentEncoding` or `contentMediaType`, in drafts that assert them.
    Content {
        keyword: &'static str,
        value: String,
    },
    UniqueItems,
    Required(Vec<String>),
    /// `dependentRequired`, and the names of `dependencies`.
    DependentRequired {
        keyword: &'static str,
        names: Vec<(String, Vec<String>)>,
    },
}

/// `minimum`, `exclusiveMinimum`, `maximum` or `exclusiveMaximum`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Bound {
    pub(crate) keyword: &'static str,
    pub(crate) limit: Number,
    pub(crate) exclusive: bool,
    pub(crate) upper: bool,
}

/// A limit of how long or large a value of one type is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub(crate) struct Count {
    pub(crate) keyword: &'static str,
    pub(crate) limit: u64,
    pub(crate) upper: bool,
    /// The type that it applies to: strings, arrays or objects.
    pub(crate) of: TypeSet,
}

/// Keywords that limit how long or large something is, the type that they apply to, and whether they limit it
/// upwards.
const COUNTS: [(&str, TypeSet, bool); 6] = [
    ("minLength", TypeSet::STRING, false),
    ("maxLength", TypeSet::STRING, true),
    ("minItems", TypeSet::ARRAY, false),
    ("maxItems", TypeSet::ARRAY, true),
    ("minProperties", TypeSet::OBJECT, false),
    ("maxProperties", TypeSet::OBJECT, true),
];

impl Assertion {
    /// What it says: equal for assertions that say the same, in whatever order they list names and values.
    pub(super) fn text(&self) -> String {
        let sorted = |names: &[String]| {
            let mut names = names.to_vec();
            names.sort_unstable();
            names
        };
        match self {
            Self::Values { values, .. } => {
                format!("values {:?}", sorted(&values.iter().map(Value::to_string).collect::<Vec<_>>()))
            }
            Self::Bound(bound) => {
                let limit = canonical(&Value::Number(bound.limit.clone()));
                format!("bound {} {} {limit}", bound.upper, bound.exclusive)
            }
            Self::MultipleOf(number) => format!("multiple {}", canonical(&Value::Number(number.clone()))),
            Self::Pattern { source, .. } => format!("pattern {source}"),
            Self::Required(names) => format!("required {:?}", sorted(names)),
            Self::DependentRequired { names, .. } => {
                let each: Vec<String> =
                    names.iter().map(|(name, others)| format!("{name:?} {:?}", sorted(others))).collect();
                format!("dependent {:?}", sorted(&each))
            }
            other => format!("{other:?}"),
        }
    }

    /// What a keyword of a valid schema asserts, but for `pattern`, which is compiled elsewhere. Nothing
    /// where another keyword says it.
    pub(super) fn read(keyword: &str, members: &Map<String, Value>, draft: Draft) -> Option<Self> {
        let value = members.get(keyword)?;
        if let Some((keyword, of, upper)) = COUNTS.into_iter().find(|(name, ..)| *name == keyword) {
            return Some(Self::Count(Count { keyword, limit: whole(value)?, upper, of }));
        }
        Some(match keyword {
            "type" => Self::Type(TypeSet::of_keyword(value)),
            "enum" => Self::values("enum", value.as_array()?),
            "const" => Self::values("const", std::slice::from_ref(value)),
            "minimum" | "exclusiveMinimum" | "maximum" | "exclusiveMaximum" => {
                Self::Bound(Bound::read(keyword, members, draft)?)
            }
            "multipleOf" => Self::MultipleOf(value.as_number()?.clone()),
            "format" => Self::Format(value.as_str()?.to_owned()),
            "contentEncoding" => {
                Self::Content { keyword: "contentEncoding", value: value.as_str()?.to_owned() }
            }
            "contentMediaType" => {
                Self::Content { keyword: "contentMediaType", value: value.as_str()?.to_owned() }
            }
            "uniqueItems" => return value.as_bool()?.then_some(Self::UniqueItems),
            "required" => Self::Required(names(value)),
            "dependentRequired" => Self::dependent("dependentRequired", value.as_object()?),
            _ => return None,
        })
    }

    fn values(keyword: &'static str, listed: &[Value]) -> Self {
        let mut values: Vec<Value> = Vec::with_capacity(listed.len());
        let mut known = std::collections::HashSet::new();
        values.extend(listed.iter().map(canonical).filter(|value| known.insert(value.to_string())));
        Self::Values { keyword, values }
    }

    /// Names that are required where another one is there.
    pub(super) fn dependent(keyword: &'static str, lists: &Map<String, Value>) -> Self {
        let names = lists.iter().map(|(name, list)| (name.clone(), names(list))).collect();
        Self::DependentRequired { keyword, names }
    }

    /// The keyword that states it.
    pub(crate) fn keyword(&self) -> &'static str {
        match self {
            Self::Type(_) => "type",
            Self::MultipleOf(_) => "multipleOf",
            Self::Pattern { .. } => "pattern",
            Self::Format(_) => "format",
            Self::UniqueItems => "uniqueItems",
            Self::Required(_) => "required",
            Self::Values { keyword, .. }
            | Self::Bound(Bound { keyword, .. })
            | Self::Count(Count { keyword, .. })
            | Self::Content { keyword, .. }
            | Self::DependentRequired { keyword, .. } => keyword,
        }
    }

    /// The types of the values that it can refuse; whatever else it admits. Of `type`, `enum` and `const`
    /// all.
    pub(crate) fn speaks_of(&self) -> TypeSet {
        match self {
            Self::Type(_) | Self::Values { .. } => TypeSet::ALL,
            Self::Bound(_) | Self::MultipleOf(_) => TypeSet::NUMBER,
            Self::Count(count) => count.of,
            Self::Pattern { .. } | Self::Format(_) | Self::Content { .. } => TypeSet::STRING,
            Self::UniqueItems => TypeSet::ARRAY,
            Self::Required(_) | Self::DependentRequired { .. } => TypeSet::OBJECT,
        }
    }
}

/// By the limit; the same for canonical limits.
#[cfg(feature = "generate")]
impl Ord for Bound {
    fn cmp(&self, other: &Self) -> Ordering {
        let keyword = |bound: &Self| (bound.upper, bound.exclusive, bound.keyword);
        super::super::numbers::order(&self.limit, &other.limit)
            .then_with(|| keyword(self).cmp(&keyword(other)))
    }
}

#[cfg(feature = "generate")]
impl PartialOrd for Bound {
    fn partial_cmp(&self, other: &Self) -> Option<Ordering> {
        Some(self.cmp(other))
    }
}

/// The bound that admits the other numbers.
#[cfg(feature = "generate")]
impl std::ops::Not for &Bound {
    type Output = Bound;

    fn not(self) -> Bound {
        let keyword = match (self.upper, self.exclusive) {
            (true, true) => "minimum",
            (true, false) => "exclusiveMinimum",
            (false, true) => "maximum",
            (false, false) => "exclusiveMaximum",
        };
        Bound { keyword, limit: self.limit.clone(), exclusive: !self.exclusive, upper: !self.upper }
    }
}

#[cfg(feature = "generate")]
impl Count {
    /// What it does not admit; nothing where it admits everything.
    pub(crate) fn negated(self) -> Option<Self> {
        let limit = if self.upper { self.limit.checked_add(1) } else { self.limit.checked_sub(1) }?;
        let twin = |(_, of, upper): &&(&str, TypeSet, bool)| *of == self.of && *upper != self.upper;
        let (keyword, of, upper) = *COUNTS.iter().find(twin)?;
        Some(Self { keyword, limit, upper, of })
    }
}

impl Bound {
    fn read(keyword: &str, members: &Map<String, Value>, draft: Draft) -> Option<Self> {
        let (keyword, upper) = match keyword {
            "minimum" => ("minimum", false),
            "exclusiveMinimum" => ("exclusiveMinimum", false),
            "maximum" => ("maximum", true),
            _ => ("exclusiveMaximum", true),
        };
        // In draft-04 the exclusive ones say of the others whether they are meant without the limit itself.
        let limit = members.get(keyword)?.as_number()?.clone();
        let beside = if upper { "exclusiveMaximum" } else { "exclusiveMinimum" };
        let says_so = || members.get(beside).and_then(Value::as_bool).unwrap_or(false);
        let exclusive = keyword == beside || draft == Draft::Draft4 && says_so();
        Some(Self { keyword, limit, exclusive, upper })
    }

    /// Whether it refuses every number that the other one refuses, both being upper or both lower bounds.
    pub(crate) fn is_within(&self, other: &Self) -> bool {
        let order = super::super::numbers::order(&self.limit, &other.limit);
        let order = if self.upper { order } else { order.reverse() };
        match order {
            Ordering::Less => true,
            Ordering::Equal => self.exclusive || !other.exclusive,
            Ordering::Greater => false,
        }
    }
}

/// A count, which may be written with a fraction of zero. One that is too large for any value is the largest.
pub(super) fn whole(value: &Value) -> Option<u64> {
    let number = value.as_number()?;
    let whole = super::super::numbers::integer(number);
    whole.map_or(Some(u64::MAX), |whole| Some(u64::try_from(whole.max(0)).unwrap_or(u64::MAX)))
}

fn names(list: &Value) -> Vec<String> {
    list.as_array().into_iter().flatten().filter_map(Value::as_str).map(str::to_owned).collect()
}
