//! Payloads without optional members.

use super::Preset;
use crate::generate::style::Extent;

pub(super) const PRESET: Preset = Preset {
    name: "absent",
    help: "Every optional property is missing; the rest is typical.",
    against: &["maximal", "nulls"],
    change: |style| style.members = Extent::Least,
};
