//! `maxItems` is new, gone, or another number.

use super::{Opinion, more};

pub(super) static OPINIONS: &[Opinion] = &bound!("max-items", "maxItems", "increased", "decreased", more);
