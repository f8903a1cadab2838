//! `minProperties` is new, gone, or another number.

use super::{Opinion, less};

pub(super) static OPINIONS: &[Opinion] =
    &bound!("min-properties", "minProperties", "decreased", "increased", less);
