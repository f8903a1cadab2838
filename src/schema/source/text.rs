//! Parses the text of a schema, with the line of each value.

#[cfg(any(feature = "diff", feature = "drift"))]
use std::collections::HashMap;
use std::sync::Arc;

use serde::Deserialize as _;
use serde_json::Value;

use super::yaml::{self, Places};
use crate::error::{Error, ErrorKind};
use crate::json;
#[cfg(any(feature = "diff", feature = "drift"))]
use crate::json::LineColumn;
use crate::schema::Schema;
use crate::schema::digits::Digits;
#[cfg(any(feature = "diff", feature = "drift"))]
use crate::schema::locations::locate;
use crate::schema::model::MAX_SCHEMA_DEPTH;

/// What says on which line a part of a document is.
#[derive(Debug)]
#[cfg_attr(
    not(any(feature = "diff", feature = "drift")),
    allow(dead_code, reason = "only findings about schemas have lines in them")
)]
pub(super) enum Text {
    Json(Vec<u8>),
    Yaml(Places),
}

/// Reads JSON or YAML.
pub(super) fn parse(name: &str, bytes: &[u8]) -> Result<(Text, Value), Error> {
    let bad = |message: &str| Error::new(ErrorKind::Schema, name, message);
    let text =
        json::decode(bytes).map_err(|encoding| bad(&format!("encoded as {encoding}; expected UTF-8")))?;
    let has_extension = |known: &str| {
        let extension = name.rsplit_once('.').map(|(_, extension)| extension);
        extension.is_some_and(|extension| extension.eq_ignore_ascii_case(known))
    };
    let is_yaml = has_extension("yaml") || has_extension("yml");
    let first = text.iter().find(|byte| !byte.is_ascii_whitespace());
    let like_json = first.is_none_or(|first| b"{[\"".contains(first));
    let json = parse_json(name, text);
    match json {
        Ok(value) => Ok((Text::Json(text.to_vec()), value)),
        Err(error) if has_extension("json") || like_json && !is_yaml => Err(error),
        Err(_) => {
            let text = std::str::from_utf8(text).map_err(|error| bad("is not UTF-8").because(error))?;
            let (value, locations) = yaml::parse(name, text)?;
            Ok((Text::Yaml(locations), value))
        }
    }
}

impl Schema {
    /// The document that it was read from with the digits of its numbers, and where it is in that, if it was
    /// read from JSON text.
    pub(crate) fn digits(&self) -> Option<(Arc<Value>, Digits, &str)> {
        let (text, value) = self.reading.text.as_ref()?;
        let Text::Json(text) = &**text else { return None };
        Some((Arc::clone(value), Digits::of(text, value), &self.reading.document))
    }
}

/// Reads JSON of bounded depth.
fn parse_json(name: &str, text: &[u8]) -> Result<Value, Error> {
    let bad = |location: String, message: &str| Error::new(ErrorKind::Schema, location, message);
    if let Some(syntax_error) = json::syntax_error(text, MAX_SCHEMA_DEPTH) {
        let at = json::Lines::new(text).location(syntax_error.offset);
        return Err(bad(format!("{name}:{}:{}", at.line, at.column), &syntax_error.what));
    }
    // It is JSON of bounded depth: what cannot be read is a number.
    let mut reader = serde_json::Deserializer::from_slice(text);
    reader.disable_recursion_limit();
    Value::deserialize(&mut reader).map_err(|error| {
        let location = format!("{name}:{}:{}", error.line(), error.column());
        bad(location, "number exceeds the range of a 64-bit float")
    })
}

#[cfg(any(feature = "diff", feature = "drift"))]
impl Schema {
    /// Line and column in its text of what is at these JSON Pointers, or else of what is around it.
    pub(crate) fn locate<'p>(&self, pointers: impl Iterator<Item = &'p str>) -> HashMap<&'p str, LineColumn> {
        let Some((text, value)) = &self.reading.text else {
            return locate(self.to_json().as_bytes(), pointers);
        };
        let is_there = |pointer: &str| match &**text {
            Text::Json(_) => value.pointer(pointer).is_some(),
            Text::Yaml(locations) => locations.contains_key(pointer),
        };
        let original = |pointer: &'p str| {
            let mut there = pointer.strip_prefix(&*self.reading.document).unwrap_or(pointer);
            while !there.is_empty() && !is_there(there) {
                there = there.rsplit_once('/').map_or("", |(outer, _)| outer);
            }
            (pointer, there)
        };
        let pairs: Vec<(&str, &str)> = pointers.map(original).collect();
        let read = match &**text {
            Text::Json(text) => locate(text, pairs.iter().map(|(_, there)| *there)),
            Text::Yaml(_) => HashMap::new(),
        };
        let found = |there: &str| match &**text {
            Text::Json(_) => read.get(there).copied(),
            Text::Yaml(locations) => locations.get(there).copied(),
        };
        let start = LineColumn { line: 1, column: 1 };
        pairs.into_iter().map(|(pointer, there)| (pointer, found(there).unwrap_or(start))).collect()
    }
}
