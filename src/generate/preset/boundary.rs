//! Payloads at the edges of what is allowed.

use super::Preset;

pub(super) const PRESET: Preset = Preset {
    name: "boundary",
    help: "Numbers at their bounds, 0, -0.0 and 1.0; leap seconds, far offsets and years; odd UUIDs.",
    against: &[],
    change: |style| style.edges = true,
};
