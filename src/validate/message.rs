//! Messages of findings about violations of the schema.

use std::borrow::Cow;
use std::fmt::{self, Write};

use jsonschema::types::JsonType;
use serde_json::Value;

use crate::error::did_you_mean;
use crate::finding::{Rule, rules};
use crate::schema::keywords::names;

/// A rule and the text of a finding, without its location.
pub(super) type Message = (&'static Rule, String);

pub(super) fn null() -> Message {
    (&rules::NULL_VALUE, "null is not allowed".to_owned())
}

pub(super) fn missing() -> Message {
    (&rules::MISSING_PROPERTY, "required property is missing".to_owned())
}

pub(super) fn range(how: &str, limit: &Value) -> Message {
    (&rules::OUT_OF_RANGE, format!("{how} {limit}"))
}

pub(super) fn overflow() -> Message {
    (&rules::OUT_OF_RANGE, "number exceeds the range of a 64-bit float".to_owned())
}

pub(super) fn duplicate() -> Message {
    (&rules::DUPLICATE_KEY, "duplicate key; the last value is used".to_owned())
}

/// A text of the schema, as much of it as a message shows.
fn cut(text: &str) -> Cow<'_, str> {
    cut_to(64, text)
}

fn cut_to(max: usize, text: &str) -> Cow<'_, str> {
    match text.char_indices().nth(max) {
        None => Cow::Borrowed(text),
        Some((end, _)) => Cow::Owned(format!("{}…({} bytes)", &text[..end], text.len())),
    }
}

pub(super) fn format(name: &str) -> Message {
    let what = match name {
        "uuid" => "not a UUID (8-4-4-4-12 hex digits)".to_owned(),
        "date-time" => "not an RFC 3339 date-time with a UTC offset".to_owned(),
        other => format!("does not match the format `{}`", cut(other)),
    };
    (&rules::INVALID_FORMAT, what)
}

/// A value of type `found` where only `expected` belong.
pub(super) fn mismatch(found: JsonType, expected: &[JsonType]) -> Message {
    let found = match found {
        JsonType::Null => "null",
        JsonType::Boolean => "a boolean",
        JsonType::Integer | JsonType::Number if expected.contains(&JsonType::Integer) => {
            "a number with a fraction"
        }
        JsonType::Integer | JsonType::Number => "a number",
        JsonType::String => "a string",
        JsonType::Array => "an array",
        JsonType::Object => "an object",
    };
    (&rules::TYPE_MISMATCH, format!("expected {}, found {found}", named(expected)))
}

/// The types as a person would list them: null last.
fn named(expected: &[JsonType]) -> String {
    let (nulls, others): (Vec<JsonType>, Vec<JsonType>) =
        expected.iter().partition(|one| **one == JsonType::Null);
    let names: Vec<String> = others.iter().chain(&nulls).map(ToString::to_string).collect();
    names.join(" or ")
}

/// Names the value only where it is text shaped like an identifier, and what the contract lists.
pub(super) fn unknown(text: Option<&str>, listed: &[Value]) -> Message {
    const MAX: usize = 12;
    let shown = text.filter(|text| is_identifier(text));
    let shown = shown.map_or(String::new(), |text| format!(" `{text}`"));
    let names: Vec<String> =
        listed.iter().take(MAX).map(|value| format!("`{}`", shown_value(value))).collect();
    let more = listed.len().saturating_sub(MAX);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    let one_of = if listed.len() == 1 { "" } else { "one of " };
    let what = format!("unknown enum value{shown}; expected {one_of}{}{more}", names.join(", "));
    (&rules::UNKNOWN_ENUM_VALUE, what)
}

/// A value of the schema, as much of it as a message shows.
fn shown_value(value: &Value) -> Cow<'_, str> {
    if let Some(text) = value.as_str() {
        return cut(text);
    }
    let mut text = Beginning(String::new());
    let whole = write!(text, "{value}").is_ok();
    Cow::Owned(if whole { text.0 } else { text.0 + "…" })
}

/// Takes the first characters of what is written.
struct Beginning(String);

impl Write for Beginning {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        const MAX: usize = 64;
        let room = MAX.saturating_sub(self.0.len());
        let end =
            text.char_indices().map(|(at, _)| at).chain([text.len()]).take_while(|at| *at <= room).last();
        let taken = &text[..end.unwrap_or_default()];
        self.0.push_str(taken);
        if taken.len() == text.len() { Ok(()) } else { Err(fmt::Error) }
    }
}

pub(super) fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

/// A member that the schema does not list.
pub(super) const UNDOCUMENTED: &str = "undocumented property";

/// The property that a member was probably meant to be.
pub(super) fn meant(known: &str) -> String {
    did_you_mean(Some(&cut(known)))
}

/// A violated keyword, with details if there are any.
pub(super) fn violation(keyword: &str, how: &str) -> Message {
    let what =
        if how.is_empty() { format!("violates `{keyword}`") } else { format!("violates `{keyword}`: {how}") };
    (&rules::SCHEMA_VIOLATION, what)
}

pub(super) const NO_FURTHER_KEYS: &str = "no further properties are allowed";

/// How a keyword that counts is broken.
pub(super) fn counted(keyword: &str, limit: u64) -> Message {
    let how = match keyword {
        names::MAX_ITEMS => format!("more than {limit} items"),
        names::MIN_ITEMS => format!("fewer than {limit} items"),
        names::MAX_LENGTH => format!("longer than {limit} characters"),
        names::MIN_LENGTH => format!("shorter than {limit} characters"),
        names::MAX_PROPERTIES => format!("more than {limit} properties"),
        names::MIN_PROPERTIES => format!("fewer than {limit} properties"),
        _ => String::new(),
    };
    violation(keyword, &how)
}

/// A match that takes too many steps: whether the text is valid is unknown, so it does not pass.
pub(super) fn unfinished(keyword: &str) -> Message {
    (&rules::UNDECIDED, format!("undecided: comparing it with `{keyword}` takes too many steps"))
}

/// A long payload with the marks of two envelopes, of which the second came too late.
pub(super) fn late_envelope() -> Message {
    let what = "undecided: another envelope is recognised too far behind the first one";
    (&rules::UNDECIDED, what.to_owned())
}

pub(super) fn pattern(pattern: &str) -> Message {
    violation(names::PATTERN, &format!("does not match {}", cut_to(200, pattern)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn long_values_of_the_schema_are_cut() {
        let long = "é".repeat(1 << 20);
        let listed = [json!(long), json!([long]), json!(["short", 1]), json!("short")];
        let (_, what) = unknown(None, &listed);
        assert!(what.len() < 500, "{}", what.len());
        assert!(
            what.contains("é…(2097152 bytes)`, `[\"é") && what.ends_with("é…`, `[\"short\",1]`, `short`"),
            "{what}"
        );
        for (_, what) in [format(&long), pattern(&long)] {
            assert!(what.len() < 600, "{}", what.len());
        }
    }
}
