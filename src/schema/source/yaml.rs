//! Reads YAML as JSON.
//!
//! YAML 1.2 with its core schema, and merge keys (`<<`). What is no JSON, or means something else to readers
//! of YAML 1.1, is refused instead of guessed: `.inf`, `010`, `0o10`, keys that are no scalars, keys that
//! stand twice, tags of somebody's own. Aliases are copied, up to a limit.

use std::collections::HashMap;

use saphyr_parser::{Event, Parser, ScalarStyle, Tag};
use serde_json::{Map, Number, Value};

use crate::error::{Error, ErrorKind};
use crate::json::LineColumn;
use crate::pointer::{child, escape};
use crate::schema::model::MAX_SCHEMA_DEPTH;

/// Values that a text may stand for, and bytes of their texts, copies by aliases included.
const MAX_VALUES: usize = 4_000_000;
const MAX_BYTES: usize = 256 << 20;

/// Where each value is, by its JSON Pointer: its key, where it has one.
pub(super) type Places = HashMap<String, LineColumn>;

/// A value, and what it takes to copy it.
#[derive(Clone, Debug)]
struct Sized {
    value: Value,
    values: usize,
    bytes: usize,
    /// Levels of nesting.
    height: usize,
    /// The plain scalar that it was read from.
    plain: Option<String>,
}

/// A mapping or a sequence that is being read.
struct Open {
    anchor: usize,
    at: LineColumn,
    sum: Sized,
    /// The key whose value comes next, of a mapping.
    key: Option<Key>,
    /// What merge keys bring.
    merged: Vec<Map<String, Value>>,
    /// Bytes of the JSON Pointer of what is around.
    pointer: usize,
}

enum Key {
    Name(String),
    Merge,
}

struct Reader<'n> {
    name: &'n str,
    open: Vec<Open>,
    anchors: HashMap<usize, Sized>,
    root: Option<Value>,
    locations: Places,
    pointer: String,
    values: usize,
    bytes: usize,
}

/// Reads a text of one YAML document.
///
/// # Errors
///
/// [`ErrorKind::Schema`] with line and column.
pub(super) fn parse(name: &str, text: &str) -> Result<(Value, Places), Error> {
    let mut reader = Reader {
        name,
        open: Vec::new(),
        anchors: HashMap::new(),
        root: None,
        locations: Places::new(),
        pointer: String::new(),
        values: 0,
        bytes: 0,
    };
    let mut parser = Parser::new_from_str(text);
    while let Some(event) = parser.next_event() {
        let (event, span) = event.map_err(|error| {
            let at = location(error.marker().line(), error.marker().col());
            reader.wrong(at, format!("invalid YAML: {}", error.info()))
        })?;
        reader.event(event, location(span.start.line(), span.start.col()))?;
    }
    let root = reader.root.unwrap_or(Value::Null);
    Ok((root, reader.locations))
}

fn location(line: usize, column: usize) -> LineColumn {
    LineColumn { line: line as u64, column: column as u64 + 1 }
}

impl Reader<'_> {
    fn wrong(&self, at: LineColumn, message: impl Into<String>) -> Error {
        Error::new(ErrorKind::Schema, format!("{}:{}:{}", self.name, at.line, at.column), message.into())
    }

    fn event(&mut self, event: Event<'_>, at: LineColumn) -> Result<(), Error> {
        match event {
            Event::DocumentStart(_) if self.root.is_some() => {
                Err(self.wrong(at, "several YAML documents; expected one"))
            }
            Event::Scalar(text, style, anchor, tag) => {
                let value =
                    scalar(&text, style, tag.as_deref()).map_err(|message| self.wrong(at, message))?;
                let plain = (style == ScalarStyle::Plain && tag.is_none()).then(|| text.clone().into_owned());
                let bytes = text.len();
                self.value(Sized { value, values: 1, bytes, height: 0, plain }, anchor, at)
            }
            Event::Alias(anchor) => match self.anchors.get(&anchor).cloned() {
                Some(copy) => self.value(copy, 0, at),
                None => Err(self.wrong(at, "alias to a node that contains it")),
            },
            Event::SequenceStart(anchor, tag) => {
                self.begin(Value::Array(Vec::new()), anchor, tag.as_deref(), "seq", at)
            }
            Event::MappingStart(anchor, tag) => {
                self.begin(Value::Object(Map::new()), anchor, tag.as_deref(), "map", at)
            }
            Event::SequenceEnd | Event::MappingEnd => self.end(),
            _ => Ok(()),
        }
    }

    fn begin(
        &mut self,
        value: Value,
        anchor: usize,
        tag: Option<&Tag>,
        kind: &str,
        at: LineColumn,
    ) -> Result<(), Error> {
        if tag.is_some_and(|tag| !(tag.is_yaml_core_schema() && tag.suffix == kind)) {
            return Err(self.wrong(at, "YAML tag without a JSON equivalent"));
        }
        if self.open.len() >= MAX_SCHEMA_DEPTH {
            return Err(self.wrong(at, format!("nested more than {MAX_SCHEMA_DEPTH} levels deep")));
        }
        let pointer = self.pointer.len();
        self.step(at);
        let sum = Sized { value, values: 1, bytes: 0, height: 0, plain: None };
        self.open.push(Open { anchor, at, sum, key: None, merged: Vec::new(), pointer });
        Ok(())
    }

    /// Goes to the location of the value that comes next, and notes where it is.
    fn step(&mut self, at: LineColumn) {
        match self.open.last() {
            Some(Open { key: Some(Key::Name(name)), .. }) => {
                self.pointer.push('/');
                escape(name, &mut self.pointer);
                // It was noted where its key is.
                return;
            }
            Some(Open { sum: Sized { value: Value::Array(items), .. }, .. }) => {
                self.pointer.push('/');
                self.pointer.push_str(&items.len().to_string());
            }
            Some(_) => return,
            None => {}
        }
        self.locations.insert(self.pointer.clone(), at);
    }

    fn end(&mut self) -> Result<(), Error> {
        let Some(Open { anchor, at, mut sum, merged, pointer, .. }) = self.open.pop() else { return Ok(()) };
        if let Value::Object(members) = &mut sum.value {
            // What is nearer wins: own members, then what was merged first.
            for more in merged {
                for (name, value) in more {
                    members.entry(name).or_insert(value);
                }
            }
        }
        self.pointer.truncate(pointer);
        sum.height += 1;
        self.value(sum, anchor, at)
    }

    /// Puts a value to where it belongs.
    fn value(&mut self, one: Sized, anchor: usize, at: LineColumn) -> Result<(), Error> {
        if anchor > 0 {
            self.anchors.insert(anchor, one.clone());
        }
        self.values += one.values;
        self.bytes += one.bytes;
        if self.values > MAX_VALUES || self.bytes > MAX_BYTES {
            return Err(self.wrong(at, "aliases expand to too many nodes"));
        }
        if self.open.len() + one.height > MAX_SCHEMA_DEPTH {
            return Err(self.wrong(at, format!("nested more than {MAX_SCHEMA_DEPTH} levels deep")));
        }
        let before = self.pointer.len();
        let is_key = self.open.last().is_some_and(|open| open.sum.value.is_object() && open.key.is_none());
        if !is_key && !matches!(one.value, Value::Array(_) | Value::Object(_)) {
            self.step(at);
            self.pointer.truncate(before);
        }
        let Some(open) = self.open.last_mut() else {
            self.root = Some(one.value);
            return Ok(());
        };
        open.sum.values += one.values;
        open.sum.bytes += one.bytes;
        open.sum.height = open.sum.height.max(one.height);
        match (&mut open.sum.value, open.key.take()) {
            (Value::Array(items), _) => items.push(one.value),
            (Value::Object(members), Some(Key::Name(name))) => drop(members.insert(name, one.value)),
            (_, Some(Key::Merge)) => {
                let merged = if let Value::Array(items) = one.value { items } else { vec![one.value] };
                for value in merged {
                    match value {
                        Value::Object(members) => open.merged.push(members),
                        _ => {
                            return Err(self.wrong(at, "merge key (`<<`) with a value that is not a mapping"));
                        }
                    }
                }
            }
            (_, _) => return self.key(&one, at),
        }
        Ok(())
    }

    fn key(&mut self, one: &Sized, at: LineColumn) -> Result<(), Error> {
        let name = match (&one.value, &one.plain) {
            (_, Some(plain)) if plain == "<<" => None,
            (Value::String(name), _) => Some(name.clone()),
            // A number or a boolean is the text that is written, as in `200:`.
            (Value::Number(_) | Value::Bool(_), Some(plain)) => Some(plain.clone()),
            _ => {
                return Err(self.wrong(at, "mapping key is neither a string nor a number"));
            }
        };
        let Some(open) = self.open.last_mut() else { return Ok(()) };
        let Some(name) = name else {
            open.key = Some(Key::Merge);
            return Ok(());
        };
        if open.sum.value.get(&name).is_some() {
            return Err(self.wrong(at, format!("duplicate key `{name}`")));
        }
        let pointer = child(&self.pointer, &name);
        open.key = Some(Key::Name(name));
        self.locations.insert(pointer, at);
        Ok(())
    }
}

/// The value of a scalar by the core schema, or why it is none.
fn scalar(text: &str, style: ScalarStyle, tag: Option<&Tag>) -> Result<Value, String> {
    let string = || Value::from(text);
    let Some(tag) = tag else {
        return if style == ScalarStyle::Plain { plain(text) } else { Ok(string()) };
    };
    let wanted = if tag.is_yaml_core_schema() { &*tag.suffix } else { "" };
    let is_plain_tag =
        tag.handle.is_empty() && tag.suffix == "!" || tag.handle == "!" && tag.suffix.is_empty();
    let value = if wanted == "str" || is_plain_tag { string() } else { plain(text)? };
    let fits = match wanted {
        "str" => true,
        "null" => value.is_null(),
        "bool" => value.is_boolean(),
        "int" => value.is_i64() || value.is_u64(),
        "float" => value.is_number(),
        _ => is_plain_tag,
    };
    if fits {
        Ok(value)
    } else {
        Err("YAML tag that does not fit its text, or without a JSON equivalent".to_owned())
    }
}

/// The value of a plain scalar.
fn plain(text: &str) -> Result<Value, String> {
    match text {
        "" | "~" | "null" | "Null" | "NULL" => return Ok(Value::Null),
        "true" | "True" | "TRUE" => return Ok(Value::Bool(true)),
        "false" | "False" | "FALSE" => return Ok(Value::Bool(false)),
        _ => {}
    }
    let sign = text.starts_with('-');
    let digits = text.strip_prefix(['-', '+']).unwrap_or(text);
    let all = |text: &str, is: fn(&u8) -> bool| !text.is_empty() && text.bytes().all(|byte| is(&byte));
    let ambiguous = || Err(format!("`{text}` is read differently by readers of YAML 1.1 and 1.2: quote it"));
    if matches!(digits, ".inf" | ".Inf" | ".INF") || matches!(text, ".nan" | ".NaN" | ".NAN") {
        return Err(format!("`{text}` not a JSON number"));
    }
    if digits.len() > 1 && digits.starts_with('0') && all(digits, u8::is_ascii_digit)
        || digits.strip_prefix("0o").is_some_and(|octal| all(octal, |byte| (b'0'..=b'7').contains(byte)))
    {
        return ambiguous();
    }
    if let Some(hex) = text.strip_prefix("0x").filter(|hex| all(hex, u8::is_ascii_hexdigit)) {
        return match u64::from_str_radix(hex, 16) {
            Ok(number) => Ok(Value::from(number)),
            Err(_) => ambiguous(),
        };
    }
    if !is_float(digits) {
        return Ok(Value::from(text));
    }
    number(digits, sign)
        .map(Value::Number)
        .ok_or_else(|| "number exceeds the range of a 64-bit float".to_owned())
}

/// Whether a text is digits, perhaps with a fraction and an exponent, as YAML has them.
fn is_float(digits: &str) -> bool {
    let (mantissa, exponent) =
        digits.split_once(['e', 'E']).map_or((digits, None), |(one, two)| (one, Some(two)));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let only_digits = |text: &str| text.bytes().all(|byte| byte.is_ascii_digit());
    let exponent = exponent.map(|exponent| exponent.strip_prefix(['-', '+']).unwrap_or(exponent));
    only_digits(whole)
        && only_digits(fraction)
        && !(whole.is_empty() && fraction.is_empty())
        && exponent.is_none_or(|exponent| !exponent.is_empty() && only_digits(exponent))
}

/// The number that JSON has for these digits.
fn number(digits: &str, is_negative: bool) -> Option<Number> {
    let (mantissa, exponent) = digits.find(['e', 'E']).map_or((digits, ""), |at| digits.split_at(at));
    let (whole, fraction) = mantissa.split_once('.').unwrap_or((mantissa, ""));
    let trimmed = whole.trim_start_matches('0');
    let mut json = String::from(if is_negative { "-" } else { "" });
    json.push_str(if trimmed.is_empty() { "0" } else { trimmed });
    if mantissa.contains('.') {
        json.push('.');
        json.push_str(if fraction.is_empty() { "0" } else { fraction });
    }
    json.push_str(exponent);
    serde_json::from_str(&json).ok()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::parse;

    fn read(text: &str) -> Value {
        parse("a.yaml", text).unwrap().0
    }

    fn refused(text: &str) -> String {
        parse("a.yaml", text).unwrap_err().to_string()
    }

    #[test]
    fn scalars_are_those_of_the_core_schema() {
        for (text, expected) in [
            ("null", json!(null)),
            ("~", json!(null)),
            ("True", json!(true)),
            ("yes", json!("yes")),
            ("NO", json!("NO")),
            ("12", json!(12)),
            ("+12", json!(12)),
            ("-12", json!(-12)),
            ("0", json!(0)),
            ("0x1F", json!(31)),
            ("18446744073709551615", json!(u64::MAX)),
            ("1.50", json!(1.5)),
            (".5", json!(0.5)),
            ("-1.", json!(-1.0)),
            ("1e3", json!(1000.0)),
            ("01.5", json!(1.5)),
            ("1_000", json!("1_000")),
            ("12:30:45", json!("12:30:45")),
            ("2020-01-01", json!("2020-01-01")),
            ("3.0.3", json!("3.0.3")),
            ("-", json!([null])),
            (".", json!(".")),
            ("e5", json!("e5")),
            ("'12'", json!("12")),
            ("\"\\u00e9\"", json!("é")),
            ("!!str 12", json!("12")),
            ("! 12", json!("12")),
            ("!!int 12", json!(12)),
            ("!!float 12", json!(12)),
            ("|\n  a\n  b\n", json!("a\nb\n")),
            (">-\n  a\n  b\n", json!("a b")),
        ] {
            assert_eq!(read(text), expected, "{text}");
        }
    }

    #[test]
    fn mappings_have_strings_as_keys_each_once() {
        assert_eq!(read("200: a\ntrue: b\n1.50: c"), json!({"200": "a", "true": "b", "1.50": "c"}));
        assert_eq!(read("'<<': 1"), json!({"<<": 1}));
        let merged = "a: &a {x: 1, y: 2}\nb: &b {y: 3, z: 4}\nc:\n  z: 5\n  <<: [*a, *b]\n";
        assert_eq!(read(merged)["c"], json!({"x": 1, "y": 2, "z": 5}));
        assert_eq!(read("a: &a {x: 1}\nb: {<<: *a, x: 2}")["b"], json!({"x": 2}));
    }

    #[test]
    fn what_json_cannot_say_is_refused_with_its_line() {
        for (text, message) in [
            ("a: 010", "a.yaml:1:4: `010` is read differently"),
            ("a: 0o10", "read differently"),
            ("a: -.inf", "not a JSON number"),
            ("a: .nan", "not a JSON number"),
            ("a: 1e999", "exceeds the range"),
            ("a: 1\nb: 2\na: 3", "a.yaml:3:1: duplicate key `a`"),
            ("? [1]\n: 2", "key is neither"),
            ("~: 2", "key is neither"),
            ("a: !!binary AAAA", "YAML tag"),
            ("a: !mine {}", "YAML tag"),
            ("a: !!int x", "YAML tag"),
            ("a: 1\n---\nb: 1", "several YAML documents"),
            ("a: &a [*a]", "alias to a node that contains it"),
            ("a: {<<: 1}", "merge key (`<<`) with a value that is not a mapping"),
            ("a: [", "invalid YAML"),
            ("a: *nothing", "invalid YAML"),
        ] {
            let error = refused(text);
            assert!(error.contains(message), "{text}: {error}");
        }
    }

    #[test]
    fn aliases_that_multiply_are_refused() {
        let ten = |item: &str| [item; 10].join(", ");
        let wide =
            (1..20).map(|level| format!("a{level}: &a{level} [{}]\n", ten(&format!("*a{}", level - 1))));
        let wide = format!("a0: &a0 [{}]\n{}", ten("x"), wide.collect::<String>());
        assert!(refused(&wide).contains("aliases expand"));
        let deep = (1..1_000).map(|level| format!("a{level}: &a{level} [*a{}]\n", level - 1));
        assert!(refused(&format!("a0: &a0 [x]\n{}", deep.collect::<String>())).contains("levels deep"));
        assert!(refused(&"[".repeat(10_000)).contains("a.yaml:1"));
    }

    #[test]
    fn every_value_has_a_location() {
        let (_, locations) = parse("a.yaml", "a:\n  - b: 1\n  - [x, y]\nc/d: {e: f}\n").unwrap();
        let mut found: Vec<_> =
            locations.iter().map(|(pointer, at)| (at.line, at.column, pointer.as_str())).collect();
        found.sort_unstable();
        let expected = [
            (1, 1, ""),
            (1, 1, "/a"),
            (2, 5, "/a/0"),
            (2, 5, "/a/0/b"),
            (3, 5, "/a/1"),
            (3, 6, "/a/1/0"),
            (3, 9, "/a/1/1"),
            (4, 1, "/c~1d"),
            (4, 7, "/c~1d/e"),
        ];
        assert_eq!(found, expected);
    }
}
