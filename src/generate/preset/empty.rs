//! Payloads with empty values.

use super::Preset;
use crate::generate::style::{Extent, Texts};

pub(super) const PRESET: Preset = Preset {
    name: "empty",
    help: "Empty arrays, empty objects where anything is allowed, empty strings.",
    against: &["maximal", "unicode"],
    change: |style| (style.items, style.texts) = (Extent::Least, Texts::Shortest),
};
