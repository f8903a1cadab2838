//! Payloads full of null.

use super::Preset;
use crate::generate::style::Extent;

pub(super) const PRESET: Preset = Preset {
    name: "nulls",
    help: "Every member that may be null is there, and null.",
    against: &["minimal", "maximal", "absent"],
    change: |style| (style.members, style.null) = (Extent::Most, true),
};
