//! `maximum` is new, gone, or another number.

use super::{Opinion, more};

pub(super) static OPINIONS: &[Opinion] = &bound!("max", "maximum", "increased", "decreased", more);
