//! Knowledge about payloads that a schema cannot express.
//!
//! This room knows no API. Whoever does implements [`Knowledge`]; `()` knows nothing.

use serde_json::Value;

use super::choices::Choices;
use super::drawn::Members;
use super::text::TextSink;

/// What names mean in some API.
///
/// Knowledge can never make a value break its schema: what does not fit is not used.
pub trait Knowledge: Send + Sync {
    /// How this member usually looks. Asked once for every member of the schema.
    fn hint(&self, member: &Member<'_>) -> Hint {
        let _ = member;
        Hint::default()
    }

    /// Whether [`Self::settle`] reads or changes this member. Asked once for every member of the schema.
    fn reads(&self, member: &Member<'_>) -> bool {
        let _ = member;
        true
    }

    /// Members of a finished object that should agree with each other, with the values that make
    /// them agree (an end date behind its start date). Must follow from `object` alone, in which are the
    /// members that [`Self::reads`] names; of an object with none of these it is not asked.
    fn settle(&self, definition: &str, object: &Members<'_>) -> Vec<(String, Value)> {
        let _ = (definition, object);
        Vec::new()
    }
}

/// No knowledge at all.
impl Knowledge for () {
    fn reads(&self, _: &Member<'_>) -> bool {
        false
    }
}

/// A member of an object, as passed to [`Knowledge`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub struct Member<'a> {
    /// The name of the object in `$defs`; its title at the root; else empty.
    pub definition: &'a str,
    /// The name of the member.
    pub name: &'a str,
    /// What it may be besides null.
    pub kind: Kind,
    /// Whether the object must have it.
    pub required: bool,
}

/// What a member may be besides null.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Kind {
    /// Anything, or values of more than one type.
    Mixed,
    /// Only null.
    Null,
    /// True or false.
    Boolean,
    /// One of the listed values.
    Listed,
    /// A number without a fraction.
    Integer,
    /// Any number.
    Number,
    /// A string.
    Text,
    /// An array.
    Array,
    /// An object.
    Object,
}

/// How a member usually looks.
#[derive(Clone, Copy, Debug, Default)]
pub struct Hint {
    /// What its value, or the items of its array, look like nineteen times in twenty
    /// (always, in a tidy style).
    pub shape: Option<Shape>,
    /// Number of times, in a hundred, a member that may be missing is there.
    pub presence: Option<u8>,
    /// Number of times, in a hundred, a member that may be null is null.
    pub null: Option<u8>,
    /// How many items an array has.
    pub items: Option<Items>,
}

/// What a value looks like. The function's decisions must come from the choices alone, and all
/// zeros must make its simplest value.
#[derive(Clone, Copy, Debug)]
#[non_exhaustive]
pub enum Shape {
    /// One of these texts.
    OneOf(&'static [&'static str]),
    /// A text, which the function appends.
    Text(fn(&mut Choices, &mut TextSink<'_>)),
    /// A whole number.
    Integer(fn(&mut Choices) -> i64),
}

/// How many items an array has, as far as its schema allows.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Items {
    /// Exactly this number. Each of them may be as large as a whole payload.
    Exactly(u32),
    /// From none to this number.
    UpTo(u32),
}
