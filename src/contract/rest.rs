//! Members of an object beside the typed ones.

use serde_json::{Map, Value};

/// What an object holds beside its typed members.
///
/// Two kinds of members: those the contract does not know, exactly as they came, and those it knows
/// that came as null. On writing, a typed member that has a value goes before one of the same name
/// here. So nothing has to be removed from here when a member that was null is given a value.
///
/// ```
/// use clients_contract::contract::presence::Rest;
///
/// let mut rest = Rest::default();
/// rest.set_null("description");
/// rest.insert("shade", "blue".into());
/// assert!(rest.is_null("description") && !rest.is_null("shade"));
/// ```
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Rest(Map<String, Value>);

impl Rest {
    /// Whether there is nothing.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// How many members there are.
    pub fn len(&self) -> usize {
        self.0.len()
    }

    /// The value of a member.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// Whether there is a member of this name, and it is null.
    ///
    /// To know whether a member would be written as null, ask
    /// [`Object::presence`](super::presence::Object::presence): it looks at the typed members first.
    pub fn is_null(&self, name: &str) -> bool {
        self.get(name).is_some_and(Value::is_null)
    }

    /// Has a member written as null, unless a typed member of this name has a value.
    pub fn set_null(&mut self, name: &str) {
        self.insert(name, Value::Null);
    }

    /// Adds or replaces a member, and returns its value so far.
    pub fn insert(&mut self, name: &str, value: Value) -> Option<Value> {
        self.0.insert(name.to_owned(), value)
    }

    /// Removes a member, and returns its value.
    pub fn remove(&mut self, name: &str) -> Option<Value> {
        self.0.remove(name)
    }

    /// All members, known ones that are null among them.
    /// [`Object::unknown`](super::presence::Object::unknown) leaves those out.
    pub fn iter(&self) -> impl Iterator<Item = (&str, &Value)> {
        self.0.iter().map(|(name, value)| (name.as_str(), value))
    }
}
