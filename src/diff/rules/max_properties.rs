//! `maxProperties` is new, gone, or another number.

use super::{Opinion, more};

pub(super) static OPINIONS: &[Opinion] =
    &bound!("max-properties", "maxProperties", "increased", "decreased", more);
