//! Payloads at the limits of what is allowed and widely supported.

use super::Preset;

pub(super) const PRESET: Preset = Preset {
    name: "boundary",
    help: "Numbers at their bounds and at 2^53 - 1; first and last years, leap days, far offsets; special UUIDs.",
    against: &[],
    change: |style| style.edges = true,
};
