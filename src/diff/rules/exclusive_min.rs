//! `exclusiveMinimum` is new, gone, or another number.

use super::{Opinion, less};

pub(super) static OPINIONS: &[Opinion] =
    &bound!("exclusive-min", "exclusiveMinimum", "decreased", "increased", less);
