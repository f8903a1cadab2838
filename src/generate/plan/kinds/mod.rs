//! Builds values of each kind.
//!
//! One file a kind: what its keywords say, how to build it, whether it admits a value.

mod alternatives;
mod anything;
mod arrays;
mod automaton;
mod contents;
mod formats;
mod intersection;
mod names;
mod numbers;
mod objects;
mod pattern;
mod steps;
mod strings;
mod wholes;

pub(crate) use alternatives::Alternatives;
pub(crate) use anything::anything;
pub(crate) use arrays::Array;
pub(crate) use contents::Content;
pub(crate) use formats::Format;
pub(crate) use numbers::Numbers;
pub(crate) use objects::Object;
pub(crate) use pattern::Pattern;
pub(crate) use strings::Text;
