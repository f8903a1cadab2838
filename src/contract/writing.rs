//! Serializes objects of the contract.

use serde::ser::{Serialize, SerializeMap, Serializer};

use super::object::Object;

/// Writes an object, member by member, up to the first error.
///
/// The error is kept inside, so that writing ninety members needs no ninety slots on the stack for it.
pub(crate) struct Writer<S: Serializer> {
    map: S::SerializeMap,
    result: Result<(), S::Error>,
}

impl<S: Serializer> Writer<S> {
    pub(crate) fn new(target: S) -> Result<Self, S::Error> {
        let map = target.serialize_map(None)?;
        Ok(Self { map, result: Ok(()) })
    }

    /// Writes a typed member, if there is one.
    pub(crate) fn member<T: Serialize>(&mut self, name: &str, value: Option<&T>) {
        if let (Ok(()), Some(value)) = (&self.result, value) {
            self.result = self.map.serialize_entry(name, value);
        }
    }

    /// Writes what the typed members left to the rest, and ends the object.
    pub(crate) fn end<T: Object>(mut self, object: &T) -> Result<S::Ok, S::Error> {
        for (name, value) in object.rest().iter() {
            if !object.holds(name) {
                self.member(name, Some(value));
            }
        }
        self.result?;
        self.map.end()
    }
}
