//! Differences between two schemas, without a severity.

use serde_json::{Number, Value};

use crate::pointer::Pointer;

/// What a change does to the set of values that are admitted.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Some value is admitted that was not before, whatever else is refused now.
    Widens,
    /// Fewer values are admitted, none is new.
    Narrows,
    /// The same values are admitted.
    Neither,
    /// That cannot be told from the keywords.
    Unknown,
}

/// A limit that is a number.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Limit {
    Max,
    Min,
    ExclusiveMax,
    ExclusiveMin,
    MultipleOf,
    MaxLength,
    MinLength,
    MaxItems,
    MinItems,
    MaxProperties,
    MinProperties,
}

/// A part of a schema that is there or not.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Alternatives beside what else is asserted.
    AllOf,
    AnyOf,
    OneOf,
    Not,
    If,
    Contains,
    DependentRequired,
    DependentSchema,
    PropertyNames,
    PatternProperty,
    PrefixItems,
    UnevaluatedItems,
    UnevaluatedProperties,
    UniqueItems,
}

/// What became of a part.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum How {
    Added,
    Removed,
    Changed,
}

/// An annotation that says in which direction a property is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Access {
    ReadOnly,
    WriteOnly,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Null is admitted now, or not any more.
    Nullable(bool),
    /// Types besides null that came and went.
    Types { gained: Vec<&'static str>, lost: Vec<&'static str> },
    /// `format`, before and now, and whether both are checked.
    Format { old: Option<String>, new: Option<String>, asserted: bool },
    /// Listed values that came and went.
    Values { added: Vec<Value>, removed: Vec<Value> },
    /// A list of values came or went.
    Listed(bool),
    /// A limit, before and now; the keyword is for people.
    Bound { limit: Limit, keyword: &'static str, old: Option<Number>, new: Option<Number> },
    /// A property that is described now; required or not.
    Added { required: bool },
    /// A property that is not described any more; required or not.
    Removed { required: bool },
    /// A property that most likely has another name now.
    Renamed { required: bool, to: String },
    /// A property that most likely stands elsewhere now.
    Moved { required: bool, to: String },
    /// The property must be there now, or need not be any more.
    Required(bool),
    /// Undescribed properties are admitted now, or not any more.
    Open(bool),
    /// `pattern`, before and now.
    Pattern { old: Option<String>, new: Option<String> },
    /// A part came, went, or says something else. A name tells apart those of which there may be several.
    Part { part: Part, how: How, name: String },
    /// `$schema`, before and now.
    Dialect { old: String, new: String },
    /// The keyword of `OpenAPI` 3.0 that no JSON Schema has.
    NullableKeyword(bool),
    /// `readOnly` or `writeOnly` of a property that is required or not.
    Access { access: Access, now: bool, required: bool },
    /// `deprecated`.
    Deprecated(bool),
    /// Another annotation.
    Annotation(String),
    /// A keyword that nothing else looks at.
    Keyword(String),
}

impl Change {
    /// Whether it is about a member of its location, not the location itself.
    pub(super) fn is_of_member(&self) -> bool {
        matches!(
            self,
            Self::Required(_)
                | Self::Removed { .. }
                | Self::Renamed { .. }
                | Self::Moved { .. }
                | Self::Added { .. }
        )
    }

    /// Whether validators see it.
    pub(super) fn is_validated(&self) -> bool {
        !matches!(
            self,
            Self::Dialect { .. }
                | Self::NullableKeyword(_)
                | Self::Access { .. }
                | Self::Deprecated(_)
                | Self::Annotation(_)
                | Self::Keyword(_)
                | Self::Format { asserted: false, .. }
        )
    }
}

/// A difference at its location.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    pub(super) change: Change,
    /// The location in a payload; `*` for any item and any further key.
    pub(super) location: Pointer,
    /// The schema location in the old document, or in one that it refers to: `URI#POINTER`.
    pub(super) old: String,
    /// The schema location in the new document.
    pub(super) new: String,
    pub(super) effect: Effect,
    /// The pair of subschemas that it was found in.
    pub(super) pair: usize,
}
