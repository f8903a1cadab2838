//! Payloads of maximum size.

use super::Preset;
use crate::generate::style::Extent;

pub(super) const PRESET: Preset = Preset {
    name: "maximal",
    help: "Every property, six objects deep, no nulls on purpose, arrays as long as they usually get.",
    against: &["minimal", "nulls", "absent", "empty"],
    change: |style| (style.members, style.items) = (Extent::Most, Extent::Most),
};
