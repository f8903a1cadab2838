//! Payloads with realistic values.

use super::Preset;

pub(super) const PRESET: Preset = Preset {
    name: "typical",
    help: "What real payloads look like; the default.",
    against: &[],
    change: |_| {},
};
