//! Payloads of a given size.

use super::Preset;

pub(super) const PRESET: Preset =
    Preset { name: "large", help: "Fills a size in bytes (`size=BYTES`).", against: &[], change: |_| {} };
