//! Where does each schema of a document stand, and in which dialect?

use std::collections::HashMap;
use std::fmt::Write;

use serde_json::{Map, Value};

use super::dialect::Dialect;
use super::documents::encoded;
use super::scope::Anchors;
use crate::pointer::escape;

/// Every value of some documents.
#[derive(Default)]
pub(super) struct Index {
    /// By address.
    places: HashMap<usize, Place>,
    /// The dialect of each resource; `None` if it is none that can be read.
    dialects: Vec<Option<Dialect>>,
    pub(super) anchors: Anchors,
}

/// Where a value stands.
pub(super) struct Place {
    /// The document's URI and a pointer.
    pub(super) reference: String,
    /// The number of the innermost resource around it.
    pub(super) resource: usize,
}

fn address(value: &Value) -> usize {
    std::ptr::from_ref(value).addr()
}

impl Index {
    pub(super) fn place(&self, value: &Value) -> Option<&Place> {
        self.places.get(&address(value))
    }

    pub(super) fn dialect(&self, resource: usize) -> Option<&Dialect> {
        self.dialects.get(resource)?.as_ref()
    }

    /// Takes a document in. `named` is the dialect of a `$schema`.
    pub(super) fn add(
        &mut self,
        uri: &str,
        document: &Value,
        usual: Option<&Dialect>,
        named: &dyn Fn(&str) -> Option<Dialect>,
    ) {
        if self.place(document).is_some() {
            return;
        }
        self.dialects.push(usual.cloned());
        let mut walk = Walk { index: self, pointer: String::new(), uri, named };
        let resource = walk.index.dialects.len() - 1;
        walk.visit(document, resource);
    }
}

struct Walk<'w> {
    index: &'w mut Index,
    uri: &'w str,
    pointer: String,
    named: &'w dyn Fn(&str) -> Option<Dialect>,
}

impl Walk<'_> {
    fn visit(&mut self, value: &Value, mut resource: usize) {
        if let Value::Object(members) = value {
            resource = self.resource(members, resource);
        }
        let reference = format!("{}#{}", self.uri, encoded(&self.pointer));
        if let Some(name) = value.get("$dynamicAnchor").and_then(Value::as_str).filter(|name| is_plain(name))
        {
            let places = self.index.anchors.entry(name.to_owned()).or_default();
            places.entry(resource).or_insert_with(|| reference.clone());
        }
        self.index.places.insert(address(value), Place { reference, resource });
        let length = self.pointer.len();
        match value {
            Value::Object(members) => {
                for (name, member) in members {
                    self.pointer.push('/');
                    escape(name, &mut self.pointer);
                    self.visit(member, resource);
                    self.pointer.truncate(length);
                }
            }
            Value::Array(items) => {
                for (number, item) in items.iter().enumerate() {
                    let _ = write!(self.pointer, "/{number}");
                    self.visit(item, resource);
                    self.pointer.truncate(length);
                }
            }
            _ => {}
        }
    }

    /// The resource that the object is in: the one around it, or one that it begins.
    fn resource(&mut self, members: &Map<String, Value>, around: usize) -> usize {
        let id = members.get("$id").and_then(Value::as_str);
        let old = self.index.dialect(around).is_some_and(|dialect| dialect.old);
        let begins = id.is_some_and(|id| !(old && (id.starts_with('#') || members.contains_key("$ref"))));
        if !begins && !self.pointer.is_empty() {
            return around;
        }
        let dialect = match members.get("$schema").and_then(Value::as_str) {
            Some(name) => (self.named)(name),
            None => self.index.dialect(around).cloned(),
        };
        self.index.dialects.push(dialect);
        self.index.dialects.len() - 1
    }
}

/// Whether it is a name as the draft has them.
fn is_plain(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-._".contains(&byte))
}
