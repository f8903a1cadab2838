//! Payloads of minimum size.

use super::Preset;
use crate::generate::style::Extent;

pub(super) const PRESET: Preset = Preset {
    name: "minimal",
    help: "Only required properties; shortest arrays.",
    against: &["maximal", "nulls"],
    change: |style| (style.members, style.items) = (Extent::Least, Extent::Least),
};
