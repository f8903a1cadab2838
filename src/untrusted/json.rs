//! Writes JSON with every invisible character escaped.

use std::fmt::Write as _;
use std::io::{self, Write};

use serde::Serialize;
use serde_json::Serializer;
use serde_json::ser::{CompactFormatter, Formatter, PrettyFormatter};

use super::{command, hides};

/// Writes JSON on one line.
///
/// # Errors
///
/// Errors of the writer.
pub fn write_json(out: impl Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, Visible(CompactFormatter)))?)
}

/// Writes JSON, indented.
///
/// # Errors
///
/// Errors of the writer.
pub fn write_pretty_json(out: impl Write, value: &(impl Serialize + ?Sized)) -> io::Result<()> {
    Ok(value.serialize(&mut Serializer::with_formatter(out, Visible(PrettyFormatter::new())))?)
}

/// JSON on one line.
///
/// ```
/// use clients_contract::untrusted::to_compact_json;
///
/// let value = serde_json::json!({"a\u{202e}": "é ##[error]"});
/// assert_eq!(to_compact_json(&value), r##"{"a\u202e":"é #\u0023[error]"}"##);
/// assert_eq!(serde_json::from_str::<serde_json::Value>(&to_compact_json(&value)).unwrap(), value);
/// ```
#[must_use]
pub fn to_compact_json(value: &(impl Serialize + ?Sized)) -> String {
    text(|out| write_json(out, value))
}

/// Whether JSON on one line has a text as it is, between quotes. False for some that it has so, too.
#[cfg(feature = "generate")]
pub(crate) fn is_plain_json(text: &str) -> bool {
    let (mut plain, mut signs) = (true, 0_u32);
    for byte in text.bytes() {
        plain &= (b' '..0x7f).contains(&byte) && byte != b'"' && byte != b'\\';
        signs += u32::from(byte == b'#');
    }
    plain && signs < 2
}

/// JSON, indented.
#[must_use]
pub fn to_pretty_json(value: &serde_json::Value) -> String {
    text(|out| write_pretty_json(out, value))
}

/// A value is always written to memory, as UTF-8.
fn text(write: impl FnOnce(&mut Vec<u8>) -> io::Result<()>) -> String {
    let mut bytes = Vec::new();
    let _ = write(&mut bytes);
    String::from_utf8(bytes).unwrap_or_default()
}

/// Escapes in texts what hides, and what a CI would take for a command. All else is as the other formatter
/// has it.
struct Visible<F>(F);

impl<F: Formatter> Formatter for Visible<F> {
    fn write_string_fragment<W: ?Sized + Write>(&mut self, out: &mut W, fragment: &str) -> io::Result<()> {
        if fragment.is_ascii() && !fragment.contains("##") && !fragment.contains('\u{7f}') {
            return out.write_all(fragment.as_bytes());
        }
        let mut rest = fragment;
        while let Some(at) = command(rest) {
            visible(out, &rest[..=at])?;
            out.write_all(b"\\u0023")?;
            rest = &rest[at + 2..];
        }
        visible(out, rest)
    }

    fn begin_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_array(out)
    }

    fn end_array<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array(out)
    }

    fn begin_array_value<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_array_value(out, first)
    }

    fn end_array_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_array_value(out)
    }

    fn begin_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object(out)
    }

    fn end_object<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object(out)
    }

    fn begin_object_key<W: ?Sized + Write>(&mut self, out: &mut W, first: bool) -> io::Result<()> {
        self.0.begin_object_key(out, first)
    }

    fn begin_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.begin_object_value(out)
    }

    fn end_object_value<W: ?Sized + Write>(&mut self, out: &mut W) -> io::Result<()> {
        self.0.end_object_value(out)
    }
}

fn visible<W: ?Sized + Write>(out: &mut W, text: &str) -> io::Result<()> {
    let mut rest = text;
    while let Some(at) = rest.find(hides) {
        out.write_all(&rest.as_bytes()[..at])?;
        let mut characters = rest[at..].chars();
        let character = characters.next().unwrap_or_default();
        let mut escape = String::new();
        for unit in character.encode_utf16(&mut [0; 2]) {
            let _ = write!(escape, "\\u{unit:04x}");
        }
        out.write_all(escape.as_bytes())?;
        rest = characters.as_str();
    }
    out.write_all(rest.as_bytes())
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::{Value, json};

    #[test]
    fn what_is_read_back_is_what_was_written() {
        let value =
            json!({"\u{2028}k\u{7f}\u{85}": ["\u{e0041}🦀", {"##vso[x]": "###[y]"}, [], {}, null, 1.5]});
        for text in [to_compact_json(&value), to_pretty_json(&value)] {
            assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), value);
            assert!(!text.contains(|c| c != '\n' && hides(c)) && !text.contains("##["), "{text}");
        }
        let plain = json!({"a": [1, {"b": "c\"\n\\"}, "é"], "e": {}});
        assert_eq!(to_compact_json(&plain), plain.to_string());
        assert_eq!(to_pretty_json(&plain), format!("{plain:#}"));
    }
}
