//! Reads what was drawn, in a tree or in JSON text, without building it.

use std::borrow::Cow;

use memchr::memchr2;
use serde_json::{Map, Value};

/// A value that was drawn.
#[derive(Clone, Copy, Debug)]
pub struct Drawn<'a>(Form<'a>);

/// The members of a finished object that [`Knowledge::reads`](super::Knowledge::reads) names.
#[derive(Clone, Copy, Debug)]
pub struct Members<'a> {
    written: &'a [Written<'a>],
    /// Where the items of members begin.
    items: &'a [usize],
    whole: Whole<'a>,
}

#[derive(Clone, Copy, Debug)]
enum Form<'a> {
    Value(&'a Value),
    /// JSON without space.
    Text(&'a str),
    /// An array in such a text: where its items begin, and where it closes.
    Items(&'a str, &'a [usize], usize),
}

/// An object under construction.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Whole<'a> {
    Values(&'a Map<String, Value>),
    /// The text that holds the values of its members.
    Text(&'a str),
}

/// A member, and where its value stands in the text.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Written<'a> {
    pub(crate) name: &'a str,
    /// The [`key`] of the name.
    pub(crate) key: u32,
    pub(crate) start: usize,
    pub(crate) end: usize,
    /// Where its items begin is at these indexes of a list, if it is an array whose items were written one by
    /// one.
    pub(crate) items: (usize, usize),
}

impl<'a> Members<'a> {
    pub(crate) fn of(written: &'a [Written<'a>], items: &'a [usize], whole: Whole<'a>) -> Self {
        Self { written, items, whole }
    }

    /// Runs `read` with all members of an object.
    #[cfg(test)]
    pub(crate) fn over<R>(object: &Map<String, Value>, read: impl FnOnce(&Members<'_>) -> R) -> R {
        let written: Vec<_> = object
            .keys()
            .map(|name| Written { name, key: key(name), start: 0, end: 0, items: (0, 0) })
            .collect();
        read(&Members::of(&written, &[], Whole::Values(object)))
    }

    /// The value of the member of that name, if it is there.
    pub fn get(&self, name: &str) -> Option<Drawn<'a>> {
        let key = key(name);
        let found = self.written.iter().find(|member| member.key == key && member.name == name)?;
        Some(Drawn(match self.whole {
            Whole::Values(members) => Form::Value(members.get(name)?),
            Whole::Text(text) => match self.items.get(found.items.0..found.items.1)? {
                [] => Form::Text(text.get(found.start..found.end)?),
                starts => Form::Items(text, starts, found.end - 1),
            },
        }))
    }
}

/// What most names differ in.
pub(crate) fn key(name: &str) -> u32 {
    let bytes = name.as_bytes();
    let byte = |at: usize| bytes.get(at).copied().unwrap_or(0);
    u32::from_le_bytes([
        byte(0),
        byte(bytes.len() / 2),
        byte(bytes.len().wrapping_sub(1)),
        bytes.len().to_le_bytes()[0],
    ])
}

impl<'a> From<&'a Value> for Drawn<'a> {
    fn from(value: &'a Value) -> Self {
        Self(Form::Value(value))
    }
}

impl<'a> Drawn<'a> {
    /// The text, if it is a string.
    pub fn as_str(self) -> Option<Cow<'a, str>> {
        match self.0 {
            Form::Value(value) => value.as_str().map(Cow::Borrowed),
            Form::Text(text) => string(text),
            Form::Items(..) => None,
        }
    }

    /// The number, if it is whole and 64 bits hold it.
    pub fn as_i64(self) -> Option<i64> {
        match self.0 {
            Form::Value(value) => value.as_i64(),
            Form::Text(text) => text.parse().ok(),
            Form::Items(..) => None,
        }
    }

    /// The truth, if it is true or false.
    pub fn as_bool(self) -> Option<bool> {
        match self.0 {
            Form::Value(value) => value.as_bool(),
            Form::Text(text) => text.parse().ok(),
            Form::Items(..) => None,
        }
    }

    /// The member of that name, if it is an object that has it.
    pub fn get(self, name: &str) -> Option<Self> {
        match self.0 {
            Form::Value(value) => value.get(name).map(Self::from),
            Form::Text(text) => members(text)?.find(|(other, _)| other == name).map(|(_, value)| value),
            Form::Items(..) => None,
        }
    }

    /// The items, if it is an array.
    pub fn items(self) -> Option<impl Iterator<Item = Self>> {
        let (values, parts, (text, starts, end)) = match self.0 {
            Form::Value(value) => (value.as_array()?.as_slice(), None, ("", &[][..], 0)),
            Form::Text(text) => (&[][..], Some(Parts::of(text.strip_prefix('[')?)), ("", &[][..], 0)),
            Form::Items(text, starts, end) => (&[][..], None, (text, starts, end)),
        };
        let ends = starts.iter().skip(1).map(|next| next - 1).chain([end]);
        let known = starts.iter().zip(ends).filter_map(move |(start, end)| text.get(*start..end));
        let texts = parts.into_iter().flatten().chain(known).map(|item| Self(Form::Text(item)));
        Some(values.iter().map(Self::from).chain(texts))
    }

    /// The value itself.
    pub fn to_value(self) -> Value {
        let text = match self.0 {
            Form::Value(value) => return value.clone(),
            Form::Text(text) => text,
            Form::Items(..) => return self.items().into_iter().flatten().map(Self::to_value).collect(),
        };
        if let Some(text) = string(text) {
            return Value::String(text.into_owned());
        }
        if let Some(members) = members(text) {
            return members.map(|(name, value)| (name.into_owned(), value.to_value())).collect();
        }
        if let Some(items) = self.items() {
            return items.map(Self::to_value).collect();
        }
        // The library's own parser is not exact for all fractions.
        let whole =
            || text.parse().map(|whole: u64| whole.into()).or_else(|_| text.parse::<i64>().map(Value::from));
        match text {
            "null" => Value::Null,
            "true" | "false" => (text == "true").into(),
            _ => whole().unwrap_or_else(|_| text.parse::<f64>().map_or(Value::Null, Value::from)),
        }
    }
}

/// The text of a JSON string.
fn string(json: &str) -> Option<Cow<'_, str>> {
    let inner = json.strip_prefix('"')?.strip_suffix('"')?;
    if inner.contains('\\') {
        serde_json::from_str(json).ok().map(Cow::Owned)
    } else {
        Some(Cow::Borrowed(inner))
    }
}

/// The members of a JSON object.
fn members(json: &str) -> Option<impl Iterator<Item = (Cow<'_, str>, Drawn<'_>)>> {
    let parts = Parts::of(json.strip_prefix('{')?);
    Some(parts.filter_map(|part| {
        let (name, value) = part.split_at_checked(string_end(part.as_bytes(), 0))?;
        Some((string(name)?, Drawn(Form::Text(value.strip_prefix(':')?))))
    }))
}

/// The parts of an array or an object, from behind its opening bracket: what stands between the commas.
struct Parts<'a> {
    rest: &'a str,
}

impl<'a> Parts<'a> {
    fn of(rest: &'a str) -> Self {
        Self { rest }
    }
}

impl<'a> Iterator for Parts<'a> {
    type Item = &'a str;

    fn next(&mut self) -> Option<&'a str> {
        let end = part_end(self.rest.as_bytes());
        let (part, rest) = self.rest.split_at_checked(end)?;
        self.rest = rest.strip_prefix(',').unwrap_or("");
        (!part.is_empty()).then_some(part)
    }
}

/// Where the first comma or closing bracket stands that is in no string and in no other bracket.
fn part_end(text: &[u8]) -> usize {
    let (mut at, mut depth) = (0, 0_usize);
    while let Some(byte) = text.get(at) {
        match byte {
            b'"' => {
                at = string_end(text, at);
                continue;
            }
            b'{' | b'[' => depth += 1,
            b',' | b'}' | b']' if depth == 0 => return at,
            b'}' | b']' => depth -= 1,
            _ => {}
        }
        at += 1;
    }
    text.len()
}

/// The end of the string that begins at the location.
fn string_end(text: &[u8], start: usize) -> usize {
    let mut at = start + 1;
    while let Some(found) = text.get(at..).and_then(|rest| memchr2(b'"', b'\\', rest)) {
        at += found + 1;
        if text[at - 1] == b'"' {
            return at;
        }
        at += 1;
    }
    text.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn text_is_read_as_values_are() {
        let value = json!({
            "a\"b": "\\\"],}", "c": [], "d": [1, -2, 0.1, [{}], "x,y", {"e": null}], "f": true, "g": {"h": [false]},
            "max": u64::MAX, "min": i64::MIN, "tiny": 5e-324, "zero": -0.0, "é": "ü"
        });
        let text = value.to_string();
        let drawn = Drawn(Form::Text(&text));
        assert_eq!(drawn.to_value(), value);
        for (name, value) in value.as_object().unwrap() {
            let member = drawn.get(name).unwrap();
            assert_eq!(member.to_value(), *value, "{name}");
            assert_eq!(member.as_str().as_deref(), value.as_str());
            assert_eq!((member.as_i64(), member.as_bool()), (value.as_i64(), value.as_bool()));
            let items = member.items().map(|items| items.map(Drawn::to_value).collect::<Vec<_>>());
            assert_eq!(items.as_ref(), value.as_array());
        }
        assert!(drawn.get("e").is_none() && drawn.items().is_none());
    }
}
