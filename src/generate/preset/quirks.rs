//! Valid payloads that common parsers refuse or read differently.

use super::Preset;

pub(super) const PRESET: Preset = Preset {
    name: "quirks",
    help: "What common parsers refuse or change: leap seconds, -00:00, 1.0 as an integer, -0.0, integers above 2^53.",
    against: &[],
    change: |style| style.quirks = true,
};
