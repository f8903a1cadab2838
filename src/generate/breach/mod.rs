//! How does a conforming value break its schema, in exactly one known way?

mod catalogue;
mod graft;
mod least;
mod reach;
pub(super) mod views;
mod ways;

pub use catalogue::{Body, Catalogue, Labelled, Special, Target};
