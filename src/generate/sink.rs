//! Receives what is drawn, part by part: as a tree, or as JSON text.
//!
//! One code path draws for both, so that they are the same value.

use std::borrow::Cow;
use std::fmt::Write;
use std::mem;

use serde_json::{Map, Number, Value};

use super::drawn::{Members, Whole, Written, key};
use super::text::TextSink;
use crate::untrusted::{is_plain_json, to_compact_json};

/// A value under construction.
pub(crate) trait Sink {
    fn null(&mut self);
    fn boolean(&mut self, value: bool);
    fn number(&mut self, number: Number);
    /// A string that `write` appends; it returns whether JSON certainly has the string as it is.
    fn text(&mut self, write: impl FnOnce(&mut String) -> bool);
    fn value(&mut self, value: Cow<'_, Value>);
    fn open_array(&mut self);
    /// Before each item.
    fn item(&mut self);
    fn close_array(&mut self);
    fn open_object(&mut self);
    /// Before the value of each member, which come in the order of their names.
    fn member(&mut self, name: &Name);
    fn close_object(&mut self);
    /// Where the next value begins.
    fn position(&self) -> usize;
    /// Members of the innermost object; `items` are the locations at which their items begin.
    fn members<'s>(&'s self, written: &'s [Written<'s>], items: &'s [usize]) -> Members<'s>;
    /// Replaces a member of the innermost object.
    fn replace(&mut self, written: &mut [Written<'_>], member: usize, value: Value);
}

/// The name of a member.
#[derive(Clone, Debug)]
pub(crate) struct Name {
    text: String,
    /// What JSON has of it behind another member: with a comma, quotes and a colon.
    json: String,
    key: u32,
}

impl Name {
    pub(crate) fn key(&self) -> u32 {
        self.key
    }
}

impl From<String> for Name {
    fn from(text: String) -> Self {
        let mut json = String::with_capacity(text.len() + 4);
        json.push(',');
        JsonText(&mut json).string(&text);
        json.push(':');
        Self { key: key(&text), text, json }
    }
}

impl std::ops::Deref for Name {
    type Target = str;

    fn deref(&self) -> &str {
        &self.text
    }
}

/// Builds a tree.
#[derive(Default)]
pub(crate) struct Tree {
    open: Vec<Open>,
    done: Value,
    /// What members of is requested where no object is open.
    nothing: Map<String, Value>,
}

enum Open {
    Array(Vec<Value>),
    /// An object, and the name of the next member.
    Object(Map<String, Value>, String),
}

impl Tree {
    pub(crate) fn finish(self) -> Value {
        self.done
    }

    fn put(&mut self, value: Value) {
        match self.open.last_mut() {
            None => self.done = value,
            Some(Open::Array(items)) => items.push(value),
            Some(Open::Object(members, name)) => drop(members.insert(mem::take(name), value)),
        }
    }

    fn close(&mut self) {
        match self.open.pop() {
            None => {}
            Some(Open::Array(items)) => self.put(Value::Array(items)),
            Some(Open::Object(members, _)) => self.put(Value::Object(members)),
        }
    }
}

impl Sink for Tree {
    #[inline]
    fn null(&mut self) {
        self.put(Value::Null);
    }

    #[inline]
    fn boolean(&mut self, value: bool) {
        self.put(Value::Bool(value));
    }

    #[inline]
    fn number(&mut self, number: Number) {
        self.put(Value::Number(number));
    }

    #[inline]
    fn text(&mut self, write: impl FnOnce(&mut String) -> bool) {
        let mut text = String::new();
        write(&mut text);
        self.put(Value::String(text));
    }

    fn value(&mut self, value: Cow<'_, Value>) {
        self.put(value.into_owned());
    }

    #[inline]
    fn open_array(&mut self) {
        self.open.push(Open::Array(Vec::new()));
    }

    #[inline]
    fn item(&mut self) {}

    #[inline]
    fn close_array(&mut self) {
        self.close();
    }

    #[inline]
    fn open_object(&mut self) {
        self.open.push(Open::Object(Map::new(), String::new()));
    }

    #[inline]
    fn member(&mut self, name: &Name) {
        if let Some(Open::Object(_, next)) = self.open.last_mut() {
            name.text.clone_into(next);
        }
    }

    #[inline]
    fn close_object(&mut self) {
        self.close();
    }

    #[inline]
    fn position(&self) -> usize {
        0
    }

    fn members<'s>(&'s self, written: &'s [Written<'s>], items: &'s [usize]) -> Members<'s> {
        let members = match self.open.last() {
            Some(Open::Object(members, _)) => members,
            _ => &self.nothing,
        };
        Members::of(written, items, Whole::Values(members))
    }

    fn replace(&mut self, written: &mut [Written<'_>], member: usize, value: Value) {
        if let Some(Open::Object(members, _)) = self.open.last_mut()
            && let Some(old) = members.get_mut(written[member].name)
        {
            *old = value;
        }
    }
}

/// Appends JSON on one line, as [`to_compact_json`] writes it.
pub(crate) struct JsonText<'t>(pub(crate) &'t mut String);

impl JsonText<'_> {
    #[inline]
    fn between(&mut self, opening: u8) {
        if self.0.as_bytes().last() != Some(&opening) {
            self.0.push(',');
        }
    }

    /// The name of a member, with what is before and behind it.
    pub(crate) fn name(&mut self, name: &str) {
        self.between(b'{');
        self.string(name);
        self.0.push(':');
    }

    fn string(&mut self, text: &str) {
        if is_plain_json(text) {
            self.0.push('"');
            self.0.push_str(text);
            self.0.push('"');
        } else {
            self.0.push_str(&to_compact_json(text));
        }
    }
}

impl Sink for JsonText<'_> {
    #[inline]
    fn null(&mut self) {
        self.0.push_str("null");
    }

    #[inline]
    fn boolean(&mut self, value: bool) {
        self.0.push_str(if value { "true" } else { "false" });
    }

    #[inline]
    fn number(&mut self, number: Number) {
        if let Some(number) = number.as_u64() {
            TextSink::of(self.0).decimal(number, 1);
        } else if let Some(number) = number.as_i64() {
            self.0.push('-');
            TextSink::of(self.0).decimal(number.unsigned_abs(), 1);
        } else {
            let _ = write!(self.0, "{number}");
        }
    }

    #[inline]
    fn text(&mut self, write: impl FnOnce(&mut String) -> bool) {
        self.0.push('"');
        let start = self.0.len();
        if write(self.0) || is_plain_json(&self.0[start..]) {
            debug_assert!(is_plain_json(&self.0[start..]), "{}", &self.0[start..]);
            self.0.push('"');
        } else {
            let text = to_compact_json(&self.0[start..]);
            self.0.truncate(start - 1);
            self.0.push_str(&text);
        }
    }

    fn value(&mut self, value: Cow<'_, Value>) {
        match &*value {
            Value::Null => self.null(),
            Value::Bool(value) => self.boolean(*value),
            Value::Number(number) => self.number(number.clone()),
            Value::String(text) => self.string(text),
            Value::Array(items) => {
                self.open_array();
                for item in items {
                    self.item();
                    self.value(Cow::Borrowed(item));
                }
                self.close_array();
            }
            Value::Object(members) => {
                self.open_object();
                for (name, member) in members {
                    self.name(name);
                    self.value(Cow::Borrowed(member));
                }
                self.close_object();
            }
        }
    }

    #[inline]
    fn open_array(&mut self) {
        self.0.push('[');
    }

    #[inline]
    fn item(&mut self) {
        self.between(b'[');
    }

    #[inline]
    fn close_array(&mut self) {
        self.0.push(']');
    }

    #[inline]
    fn open_object(&mut self) {
        self.0.push('{');
    }

    #[inline]
    fn member(&mut self, name: &Name) {
        let is_first = self.0.as_bytes().last() == Some(&b'{');
        self.0.push_str(&name.json[usize::from(is_first)..]);
    }

    #[inline]
    fn close_object(&mut self) {
        self.0.push('}');
    }

    #[inline]
    fn position(&self) -> usize {
        self.0.len()
    }

    fn members<'s>(&'s self, written: &'s [Written<'s>], items: &'s [usize]) -> Members<'s> {
        Members::of(written, items, Whole::Text(self.0))
    }

    fn replace(&mut self, written: &mut [Written<'_>], member: usize, value: Value) {
        let Written { start, end, .. } = written[member];
        let mut text = String::new();
        JsonText(&mut text).value(Cow::Owned(value));
        self.0.replace_range(start..end, &text);
        written[member].end = start + text.len();
        for later in written.iter_mut().filter(|later| later.start >= end) {
            later.start = later.start - end + start + text.len();
            later.end = later.end - end + start + text.len();
        }
    }
}
