//! Objects of the contract and their members.

use schemars::{Schema, SchemaGenerator};
use serde_json::Value;

use super::rest::Rest;

/// How a member may occur, leaving aside what its items may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Occurrence {
    /// Always there, and never null.
    Always,
    /// May be null or missing.
    Nullable,
    /// May be missing but never null.
    Optional,
}

impl Occurrence {
    /// How the member may occur in the partial twin.
    #[must_use]
    pub const fn elided(self) -> Self {
        match self {
            Self::Always | Self::Optional => Self::Optional,
            Self::Nullable => Self::Nullable,
        }
    }
}

/// How a member occurs in one object.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Presence {
    /// Its key is not there.
    Missing,
    /// Its key is there, with null.
    Null,
    /// Its key is there, with a value that is not null.
    Present,
}

/// A member the contract knows.
#[derive(Debug)]
pub struct Member {
    /// The name, exactly as the API spells it.
    pub name: &'static str,
    /// How it may occur.
    pub occurrence: Occurrence,
    pub(crate) docs: &'static [&'static str],
    pub(crate) schema: fn(&mut SchemaGenerator) -> Schema,
}

/// Types that `object!` makes.
pub trait Sealed {}

/// An object of the contract, whole or partial. The trait is sealed.
pub trait Object: Sealed {
    /// The name of the type.
    const NAME: &'static str;

    /// The members the contract knows, in the order they are declared.
    const MEMBERS: &'static [Member];

    #[doc(hidden)]
    const DOCS: &'static [&'static str];

    /// What the typed members do not hold.
    fn rest(&self) -> &Rest;

    /// Whether a typed member of this name has a value.
    fn holds(&self, name: &str) -> bool;

    /// Whether a member, known or not, would be written, and whether as null.
    fn presence(&self, name: &str) -> Presence {
        match self.rest().get(name) {
            _ if self.holds(name) => Presence::Present,
            None => Presence::Missing,
            Some(Value::Null) => Presence::Null,
            Some(_) => Presence::Present,
        }
    }

    /// The members the contract does not know, as they came.
    fn unknown(&self) -> impl Iterator<Item = (&str, &Value)> {
        let is_known = |name: &str| Self::MEMBERS.iter().any(|member| member.name == name);
        self.rest().iter().filter(move |(name, _)| !is_known(name))
    }
}
