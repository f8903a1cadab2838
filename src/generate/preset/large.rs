//! Payloads of a size.

use super::Preset;

pub(super) const PRESET: Preset =
    Preset { name: "large", help: "Grows to the bytes that `size` says.", against: &[], change: |_| {} };
