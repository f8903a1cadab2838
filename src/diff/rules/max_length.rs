//! `maxLength` is new, gone, or another number.

use super::{Opinion, more};

pub(super) static OPINIONS: &[Opinion] = &bound!("max-length", "maxLength", "increased", "decreased", more);
