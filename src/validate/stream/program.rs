//! The compiled schema.

use std::sync::LazyLock;

use jsonschema::types::JsonType;
use serde::Deserialize;
use serde_json::Value;

use super::keys::{Keys, Quoted};
use super::watch::Watches;
use crate::schema::keywords::names;
use crate::schema::pattern::Pattern;
use crate::schema::types::TypeSet;

/// Index of a [`Check`].
pub(super) type NodeId = u32;

/// Index of an [`Object`].
pub(super) type ObjectId = u32;

/// The node that accepts anything.
pub(super) const ANYTHING: NodeId = 0;

/// The object that knows no member and minds none.
pub(super) const FREE: ObjectId = 0;

/// Why a schema cannot be a table.
pub(super) type Unsupported = String;

pub(super) type Compiled<T> = Result<T, Unsupported>;

pub(super) fn unsupported<T>(what: &str, location: &str) -> Compiled<T> {
    let location = if location.is_empty() { "the root" } else { location };
    Err(format!("`{what}` at {location}"))
}

/// A schema as a flat table: what the walk looks at for each value stands in one small [`Check`], what it
/// takes to say a violation stands apart.
#[derive(Debug)]
pub(in crate::validate) struct Program {
    pub(super) root: NodeId,
    pub(super) nodes: Vec<Check>,
    /// Beside each node, for violations.
    pub(super) explanations: Explanations,
    pub(super) objects: Vec<Object>,
    /// The properties of all objects, those of one object in a row.
    pub(super) properties: Vec<Property>,
    /// Their names, in the same order.
    pub(super) names: Vec<Box<str>>,
    pub(super) texts: Vec<Vec<TextCheck>>,
    pub(super) bounds: Vec<Bounds>,
    pub(super) counts: Vec<Vec<CountCheck>>,
    pub(super) watches: Watches,
    /// A key and a text: a member of that name with that text is not undocumented.
    pub(super) elision: Option<(&'static str, &'static str)>,
}

impl Program {
    /// Accepts anything.
    pub(super) fn open(watches: Watches, elision: Option<(&'static str, &'static str)>) -> Self {
        Self {
            root: ANYTHING,
            nodes: vec![Check::OPEN],
            explanations: LazyLock::new(Box::new(|| vec![Explanation::anything()])),
            objects: vec![Object::new(0, &[], Vec::new(), None, Rest::Open)],
            properties: Vec::new(),
            names: Vec::new(),
            texts: Vec::new(),
            bounds: vec![Bounds::NONE],
            counts: vec![Vec::new()],
            watches,
            elision,
        }
    }
}

/// What one subschema asks of a value: small, since one stands beside each property.
#[derive(Clone, Copy, Debug)]
pub(super) struct Check {
    pub(super) types: Types,
    pub(super) text: Text,
    /// Whether the value must be listed, and which of the values that are no text are.
    pub(super) listed: Listed,
    /// Index into the bounds of numbers; the first has none.
    pub(super) bounds: u16,
    /// Index into the checks of lengths and counts; the first is empty.
    pub(super) counts: u16,
    pub(super) items: NodeId,
    pub(super) object: ObjectId,
}

impl Check {
    /// Accepts anything.
    pub(super) const OPEN: Self = Self {
        types: Types::ALL,
        text: Text::Any,
        listed: Listed::ANY,
        bounds: 0,
        counts: 0,
        items: ANYTHING,
        object: FREE,
    };
}

/// A set of JSON types; an integer is a number, too.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Types(u8);

impl Types {
    pub(super) const ALL: Self = Self(0x7f);
    #[inline]
    pub(super) fn has(self, one: JsonType) -> bool {
        self.0 & one as u8 != 0
    }

    /// Those that a schema admits, and what these are called.
    pub(super) fn of(types: TypeSet) -> (Self, Vec<JsonType>) {
        const TYPES: [(TypeSet, JsonType); 7] = [
            (TypeSet::NULL, JsonType::Null),
            (TypeSet::BOOLEAN, JsonType::Boolean),
            (TypeSet::OBJECT, JsonType::Object),
            (TypeSet::ARRAY, JsonType::Array),
            (TypeSet::STRING, JsonType::String),
            (TypeSet::INTEGER, JsonType::Integer),
            (TypeSet::FRACTION, JsonType::Number),
        ];
        let within = TYPES.into_iter().filter(|(one, _)| types.contains(*one)).map(|(_, one)| one);
        let set = within.fold(0, |set, one| set | one as u8);
        let mut names: Vec<JsonType> = types.names().filter_map(|name| name.parse().ok()).collect();
        names.sort_unstable();
        (Self(set), names)
    }

    pub(super) fn or_null(self) -> Self {
        Self(self.0 | JsonType::Null as u8)
    }
}

/// Which values that are no text an `enum` or `const` lists.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) struct Listed(u8);

impl Listed {
    /// There is no list.
    pub(super) const ANY: Self = Self(0x80);
    pub(super) const NONE: Self = Self(0);

    #[inline]
    pub(super) fn accepts(self, literal: Literal) -> bool {
        self.0 & (0x80 | literal as u8) != 0
    }

    pub(super) fn with(self, literal: Literal) -> Self {
        Self(self.0 | literal as u8)
    }
}

/// A value as far as a list of literals can tell.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[repr(u8)]
pub(super) enum Literal {
    Other = 0,
    Null = 1,
    True = 2,
    False = 4,
}

/// What is asked of a text.
#[derive(Clone, Copy, Debug, Deserialize, PartialEq, Eq)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) enum Text {
    /// Nothing: nobody looks at it.
    Any,
    Uuid,
    DateTime,
    /// These checks.
    Checks(u16),
}

/// One thing asked of a text.
#[derive(Debug)]
pub(super) enum TextCheck {
    Uuid,
    DateTime,
    /// It is one of these.
    Listed(Vec<Box<str>>),
    /// Code points, at least and at most.
    MinLength(u64),
    MaxLength(u64),
    Pattern {
        source: String,
        pattern: Pattern,
    },
    /// A format that the `jsonschema` crate checks.
    Format {
        name: String,
        validator: Box<jsonschema::Validator>,
    },
}

impl TextCheck {
    pub(super) fn keyword(&self) -> &'static str {
        match self {
            Self::Uuid | Self::DateTime | Self::Format { .. } => names::FORMAT,
            Self::Listed(_) => names::ENUM,
            Self::MinLength(_) => names::MIN_LENGTH,
            Self::MaxLength(_) => names::MAX_LENGTH,
            Self::Pattern { .. } => names::PATTERN,
        }
    }
}

/// Bounds of a number. They are less than 2^53, so that a double tells any integer from them.
#[derive(Clone, Debug)]
pub(super) struct Bounds {
    pub(super) min: f64,
    pub(super) max: f64,
    pub(super) above: f64,
    pub(super) below: f64,
}

impl Bounds {
    pub(super) const NONE: Self =
        Self { min: f64::NEG_INFINITY, max: f64::INFINITY, above: f64::NEG_INFINITY, below: f64::INFINITY };

    #[inline]
    pub(super) fn accept(&self, number: f64) -> bool {
        number >= self.min && number <= self.max && number > self.above && number < self.below
    }

    /// The keywords that refuse it.
    pub(super) fn refusing(&self, number: f64) -> impl Iterator<Item = (&'static str, &'static str)> {
        [
            (number < self.min, names::MINIMUM, "less than the minimum"),
            (number > self.max, names::MAXIMUM, "greater than the maximum"),
            (number <= self.above, names::EXCLUSIVE_MINIMUM, "not greater than the exclusive minimum"),
            (number >= self.below, names::EXCLUSIVE_MAXIMUM, "not less than the exclusive maximum"),
        ]
        .into_iter()
        .filter(|(broken, ..)| *broken)
        .map(|(_, keyword, how)| (keyword, how))
    }
}

/// A limit to the number of items or members.
#[derive(Clone, Copy, Debug)]
pub(super) struct CountCheck {
    pub(super) keyword: &'static str,
    pub(super) limit: u64,
}

impl CountCheck {
    pub(super) fn accepts(&self, count: u64) -> bool {
        if self.keyword.starts_with("min") { count >= self.limit } else { count <= self.limit }
    }

    pub(super) fn is_of_items(&self) -> bool {
        self.keyword.ends_with("Items")
    }
}

/// An object of the schema.
#[derive(Debug)]
pub(super) struct Object {
    /// Index of its first property.
    pub(super) first: u32,
    /// Number of its properties.
    pub(super) length: u32,
    pub(super) keys: Keys,
    /// The properties that must be there, by their place in the object.
    pub(super) required: Vec<u32>,
    /// The same as a set, as far as it reaches.
    pub(super) required_set: [u64; 2],
    /// Where the properties are listed; `None` where none are, so that any key is fine.
    pub(super) listed_at: Option<String>,
    /// What becomes of other members.
    pub(super) rest: Rest,
}

impl Object {
    /// An object with these properties, the first of which is the one of this number; nothing is said of
    /// others yet.
    pub(super) fn new(
        first: usize,
        names: &[Box<str>],
        required: Vec<u32>,
        listed_at: Option<String>,
        rest: Rest,
    ) -> Self {
        Self {
            first: id(first),
            length: id(names.len()),
            keys: Keys::new(names),
            required_set: set(&required),
            required,
            listed_at,
            rest,
        }
    }
}

pub(super) fn id(length: usize) -> u32 {
    u32::try_from(length).unwrap_or(u32::MAX)
}

/// The first 128 as a set.
fn set(indexes: &[u32]) -> [u64; 2] {
    let mut set = [0; 2];
    for index in indexes.iter().map(|index| *index as usize).filter(|index| *index < 128) {
        set[index / 64] |= 1 << (index % 64);
    }
    set
}

/// What a schema says of members that it does not list.
#[derive(Clone, Debug, Deserialize)]
#[cfg_attr(test, derive(serde::Serialize))]
pub(super) enum Rest {
    Open,
    /// They are not allowed; the location of the keyword.
    Refused(String),
    /// They are described.
    Described(NodeId),
}

/// A property of an object: all that is looked at when it comes, in one line of a processor's cache.
#[derive(Debug)]
#[repr(align(64))]
pub(super) struct Property {
    pub(super) quoted: Quoted,
    pub(super) id: NodeId,
    /// The node of that number.
    pub(super) node: Check,
}

/// What it takes to say how nodes are broken: most payloads are valid, so that it is read when a first one is
/// not.
pub(super) type Explanations = LazyLock<Vec<Explanation>, Box<dyn FnOnce() -> Vec<Explanation> + Send>>;

/// What it takes to say how a node is broken.
#[derive(Clone, Debug)]
pub(super) struct Explanation {
    /// The location of the subschema.
    pub(super) location: String,
    /// The location of the keyword that names the types, where that is not its own `type`.
    pub(super) types_at: Option<String>,
    /// Those types, in the order in which they are told.
    pub(super) expected: Vec<JsonType>,
    /// Null stands in an alternative of its own: nothing but the type is said of values that fit neither.
    pub(super) nullable: bool,
    /// The values listed, and by which keyword.
    pub(super) list: Option<(&'static str, Vec<Value>)>,
    /// The subschema itself, for the limits it states.
    pub(super) limits: Vec<(&'static str, Value)>,
}

impl Explanation {
    pub(super) fn anything() -> Self {
        Self {
            location: String::new(),
            types_at: None,
            expected: Vec::new(),
            nullable: false,
            list: None,
            limits: Vec::new(),
        }
    }

    /// The location of one of its keywords.
    pub(super) fn at(&self, keyword: &str) -> String {
        format!("{}/{keyword}", self.location)
    }

    /// The limit that this keyword states.
    pub(super) fn limit(&self, keyword: &str) -> &Value {
        self.limits.iter().find(|(name, _)| *name == keyword).map_or(&Value::Null, |(_, limit)| limit)
    }
}
