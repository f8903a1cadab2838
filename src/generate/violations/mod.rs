//! Violates a schema in exactly one known way.

mod catalogue;
mod embed;
mod enumerate;
mod keywords;
mod locations;
mod members;
mod minimal;
mod scalars;
mod target;

pub(super) use minimal::smallest_objects;

pub use catalogue::{Catalogue, CustomViolation, LabelledPayload};
pub use target::{BrokenPayload, Target};
