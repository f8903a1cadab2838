//! Payloads with Unicode text that is hard to handle.

use super::Preset;
use crate::generate::style::Texts;

pub(super) const PRESET: Preset = Preset {
    name: "unicode",
    help: "Right-to-left, emoji, combining, quotes, controls, U+2028, and long texts.",
    against: &["empty"],
    change: |style| style.texts = Texts::Odd,
};
