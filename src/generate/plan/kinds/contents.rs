//! Builds strings with encoded content, or of a media type.

use data_encoding::{BASE32, BASE32HEX, BASE64, BASE64URL, Encoding, HEXUPPER};
use regex_syntax::hir::Hir;
use serde_json::json;

use crate::generate::choices::Choices;
use crate::generate::filler;

/// The media type that is asserted.
const JSON: &str = "application/json";

/// What a string holds.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Content {
    encoding: Option<&'static (&'static str, Encoding)>,
    json: bool,
}

static ENCODINGS: &[(&str, Encoding)] = &[
    ("base64", BASE64),
    ("base64url", BASE64URL),
    ("base32", BASE32),
    ("base32hex", BASE32HEX),
    ("base16", HEXUPPER),
];

impl Content {
    /// What keywords assert: nothing of an encoding or a media type that nobody checks.
    pub(crate) fn of(encoding: Option<&str>, media_type: Option<&str>) -> Option<Self> {
        let json = media_type == Some(JSON);
        if media_type.is_some() && !json {
            return None;
        }
        let known = |name: &str| ENCODINGS.iter().find(|(known, _)| *known == name);
        match encoding.map(known) {
            Some(encoding) => encoding.map(|encoding| Self { encoding: Some(encoding), json }),
            None => json.then_some(Self { encoding: None, json }),
        }
    }

    /// A regular expression for strings of the encoding.
    pub(crate) fn language(self) -> Option<Hir> {
        let (alphabet, groups, rest) = match self.encoding?.0 {
            "base64" => ("[A-Za-z0-9+/]", 4, "A{2}==|A{3}="),
            "base64url" => ("[A-Za-z0-9_-]", 4, "A{2}==|A{3}="),
            "base32" => ("[A-Z2-7]", 8, "A{2}={6}|A{4}={4}|A{5}={3}|A{7}="),
            "base32hex" => ("[0-9A-V]", 8, "A{2}={6}|A{4}={4}|A{5}={3}|A{7}="),
            _ => ("[0-9A-F]", 2, ""),
        };
        let text = format!("^(?:A{{{groups}}})*(?:{rest})?$").replace('A', alphabet);
        regex_syntax::parse(&text).ok()
    }

    /// A string with such contents, between these lengths where that is possible.
    pub(crate) fn build(self, least: u64, most: u64, choices: &mut Choices) -> String {
        let (groups, size) = self.encoding.map_or((1, 1), |(_, encoding)| {
            let size = encoding.encode_len(1);
            ((1..=5).rev().find(|bytes| encoding.encode_len(*bytes) == size).unwrap_or(1), size)
        });
        let (bytes, size) = (groups as u64, size as u64);
        let quotes = if self.json { 2 } else { 0 };
        let shortest = (least.div_ceil(size) * bytes).saturating_sub(quotes);
        let longest = (most / size).saturating_mul(bytes).saturating_sub(quotes);
        let text = match (self.json, choices.draw(3)) {
            (true, 0) if least <= 2 => {
                (*choices.pick(&["{}", "[]", "null", "true", "1"]).unwrap_or(&"0")).to_owned()
            }
            (true, _) if longest == 0 => "0".to_owned(),
            (true, _) => json!(filler::text(choices, shortest, longest)).to_string(),
            (false, _) => filler::text(choices, shortest.min(longest), longest),
        };
        match self.encoding {
            Some((_, encoding)) => encoding.encode(text.as_bytes()),
            None => text,
        }
    }
}
