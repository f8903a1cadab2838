//! How is a string built that holds something encoded, or of a media type?
//!
//! Draft-06 and draft-07 assert `contentEncoding` and `contentMediaType`. The schemas that say so are collected in a
//! document of draft-07, so that they mean the same wherever they are referred to.

use data_encoding::{BASE32, BASE32HEX, BASE64, BASE64URL, Encoding, HEXUPPER};
use serde_json::{Map, Value, json};

use crate::generate::choices::Choices;
use crate::generate::words;

/// The document with all of them.
pub(crate) const DOCUMENT: &str = "json-schema:///content";

/// The keyword under which a schema refers to one of them; no schema that is read has it.
pub(crate) const KEYWORD: &str = "contentEncoding";

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

/// Turns each reference to such a schema into one that any validator of draft 2020-12 reads.
pub(crate) fn demand(schema: &mut Value) {
    match schema {
        Value::Object(members) => {
            members.values_mut().for_each(demand);
            if let Some(content) = members.get(KEYWORD).filter(|said| Content::of(said).is_some()).cloned() {
                members.remove(KEYWORD);
                let all = members.entry("allOf").or_insert_with(|| json!([]));
                all.as_array_mut().into_iter().for_each(|all| all.push(content.clone()));
            }
        }
        Value::Array(items) => items.iter_mut().for_each(demand),
        _ => {}
    }
}

impl Content {
    /// Takes out what keywords assert: nothing of an encoding or a media type that nobody checks.
    pub(crate) fn taken(keywords: &mut Map<String, Value>) -> Option<Self> {
        let [encoding, media_type] =
            ["contentEncoding", "contentMediaType"].map(|keyword| keywords.remove(keyword));
        let text = |said: &Option<Value>| said.as_ref().and_then(Value::as_str).map(str::to_owned);
        let json = match text(&media_type).as_deref() {
            Some(JSON) => true,
            Some(_) => return None,
            None => false,
        };
        let encoding = text(&encoding).map(|name| ENCODINGS.iter().find(|(known, _)| *known == name));
        match encoding {
            Some(None) => None,
            None if !json => None,
            encoding => Some(Self { encoding: encoding.flatten(), json }),
        }
    }

    fn all() -> impl Iterator<Item = Self> {
        let encodings = ENCODINGS.iter().map(Some).chain([None]);
        encodings.flat_map(|encoding| [true, false].map(|json| Self { encoding, json }))
    }

    fn name(self) -> String {
        let encoding = self.encoding.map_or("plain", |(name, _)| name);
        format!("{encoding}{}", if self.json { "-json" } else { "" })
    }

    /// The reference to what asserts it.
    pub(crate) fn reference(self) -> Value {
        json!({"$ref": format!("{DOCUMENT}#/definitions/{}", self.name())})
    }

    /// What a reference asserts.
    pub(crate) fn of(reference: &Value) -> Option<Self> {
        Self::all().find(|content| content.reference() == *reference)
    }

    /// The document that all references lead to.
    pub(crate) fn document() -> Value {
        let asserting = |content: Self| {
            let mut keywords = Map::new();
            if let Some((name, _)) = content.encoding {
                keywords.insert("contentEncoding".to_owned(), json!(name));
            }
            if content.json {
                keywords.insert("contentMediaType".to_owned(), json!(JSON));
            }
            (content.name(), Value::Object(keywords))
        };
        let definitions: Map<String, Value> = Self::all().map(asserting).collect();
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "definitions": definitions})
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
            (true, _) => json!(words::text(choices, shortest, longest)).to_string(),
            (false, _) => words::text(choices, shortest.min(longest), longest),
        };
        match self.encoding {
            Some((_, encoding)) => encoding.encode(text.as_bytes()),
            None => text,
        }
    }
}
