//! Payloads with as little as may be.

use super::Preset;
use crate::generate::style::Extent;

pub(super) const PRESET: Preset = Preset {
    name: "minimal",
    help: "Only what is required, and arrays as short as they may be.",
    against: &["maximal", "nulls"],
    change: |style| (style.members, style.items) = (Extent::Least, Extent::Least),
};
