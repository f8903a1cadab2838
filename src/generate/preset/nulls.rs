//! Payloads full of null.

use super::Preset;
use crate::generate::style::Extent;

pub(super) const PRESET: Preset = Preset {
    name: "nulls",
    help: "Null wherever it is allowed.",
    against: &["minimal", "maximal", "absent"],
    change: |style| (style.members, style.null) = (Extent::Most, true),
};
