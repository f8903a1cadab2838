//! Parses numbers.

use serde_json::Number;

/// How long the number is with which this text begins, if it is one.
pub(super) fn number_length(text: &[u8]) -> Option<usize> {
    let digits = |at: usize| Some(super::bytes::no_digit(text, at)).filter(|end| *end > at);
    let from = usize::from(text.first() == Some(&b'-'));
    let mut at = digits(from)?;
    if text[from] == b'0' && at > from + 1 {
        return None;
    }
    if text.get(at) == Some(&b'.') {
        at = digits(at + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(at) {
        let signed = matches!(text.get(at + 1), Some(b'+' | b'-'));
        at = digits(at + 1 + usize::from(signed))?;
    }
    Some(at)
}

/// A number as `serde_json` reads it.
pub(super) struct Parsed {
    pub(super) number: Number,
    pub(super) value: f64,
    pub(super) integer: bool,
    pub(super) overflows: bool,
}

impl Parsed {
    pub(super) fn new(text: &[u8]) -> Self {
        let parsed =
            if crate::validate::text::overflows(text) { None } else { serde_json::from_slice(text).ok() };
        let overflows = parsed.is_none();
        let largest = if text.first() == Some(&b'-') { -1e308 } else { 1e308 };
        let number = parsed.or_else(|| Number::from_f64(largest)).unwrap_or_else(|| Number::from(0));
        let value = number.as_f64().unwrap_or(largest);
        let integer = number.is_i64() || number.is_u64() || value.fract() == 0.0;
        Self { number, value, integer, overflows }
    }
}
