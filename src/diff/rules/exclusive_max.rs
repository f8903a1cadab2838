//! `exclusiveMaximum` is new, gone, or another number.

use super::{Opinion, more};

pub(super) static OPINIONS: &[Opinion] =
    &bound!("exclusive-max", "exclusiveMaximum", "increased", "decreased", more);
