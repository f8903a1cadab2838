//! Is this text JSON, and where does each value lie in it?

mod encoding;
mod flaw;
mod lines;
mod scan;

pub(crate) use encoding::decode;
pub(crate) use flaw::{Flaw, FlawKind};
pub(crate) use lines::Lines;
pub(crate) use scan::{Container, Event, Scalar, Scanner, flaw, is_complete};
