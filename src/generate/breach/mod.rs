//! How does a conforming value break its schema, in exactly one known way?

mod catalogue;
mod graft;
mod least;
mod members;
mod reach;
mod scalars;
mod target;
mod views;
mod ways;

pub(super) use least::smallest_objects;

pub use catalogue::{Catalogue, CustomViolation, LabelledPayload};
pub use target::{BrokenPayload, Target};
