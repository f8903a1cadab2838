//! What differs between two schemas, without an opinion?

use serde_json::Value;

use crate::pointer::Pointer;

/// What a change does to the set of values that are allowed.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Effect {
    /// Some value comes through that did not before, whatever else is refused now.
    Widens,
    /// Fewer values come through, none is new.
    Narrows,
    /// The same values come through.
    Neither,
    /// That could not be judged.
    Unknown,
}

/// One difference.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Change {
    /// Null is allowed now, or not any more.
    Nullable(bool),
    /// Types besides null that came and went.
    Types { gained: Vec<&'static str>, lost: Vec<&'static str> },
    /// `format`, before and now.
    Format(Option<String>, Option<String>),
    /// Listed values that came and went.
    Values { added: Vec<Value>, removed: Vec<Value> },
    /// A list of values came or went.
    Listed(bool),
    /// A bound, before and now.
    Bound { keyword: &'static str, old: Option<Value>, new: Option<Value> },
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
    /// Undescribed properties are allowed now, or not any more.
    Open(bool),
    /// `pattern`, before and now.
    Pattern(Option<String>, Option<String>),
    /// A branch of `anyOf`, `oneOf` or `allOf` came or went.
    Branch { keyword: &'static str, added: bool },
    /// `$schema`, before and now.
    Dialect { old: String, new: String },
    /// Only words changed.
    Words(String),
    /// Another keyword changed.
    Keyword(String),
}

/// A difference at its place.
#[derive(Clone, Debug)]
pub(super) struct Fact {
    /// What differs.
    pub(super) change: Change,
    /// Where in a payload; `*` stands for any item or any further key.
    pub(super) place: Pointer,
    /// Where in the old document, a JSON Pointer.
    pub(super) old: String,
    /// Where in the new document, a JSON Pointer.
    pub(super) new: String,
    /// What it does to the values that are allowed.
    pub(super) effect: Effect,
    /// Whether nothing around the place can undo the effect.
    pub(super) certain: bool,
    /// The pair of schemas it was found in.
    pub(super) pair: usize,
}
