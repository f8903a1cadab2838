//! `multipleOf` is new, gone, or another number.

use super::{Opinion, other};

pub(super) static OPINIONS: &[Opinion] =
    &bound!("multiple-of", "multipleOf", "changed", "specialized", other);
