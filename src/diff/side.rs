//! Values that one of the two documents admits at a location.

use serde_json::{Value, json};

use super::document::{Document, Entries, Lack};
use super::given::{Circumstances, Given};
use super::pairs::Pairs;
use super::sample::Sampler;
use crate::schema::keywords::names;
use crate::schema::model::Merged;
use crate::schema::types::TypeSet;

/// A side of a pair, and what makes its values.
#[derive(Clone, Copy)]
pub(super) struct Side<'s> {
    pub(super) sampler: Sampler<'s>,
    pub(super) entries: &'s Entries,
    /// What holds of its values besides.
    pub(super) given: &'s [Given],
}

impl<'s> Side<'s> {
    /// The values of other subschemas.
    pub(super) fn of<'e>(self, entries: &'e Entries) -> Side<'e>
    where
        's: 'e,
    {
        Side { entries, given: &[], ..self }
    }

    pub(super) fn document(self) -> &'s Document {
        self.sampler.document
    }

    pub(super) fn merged(self, types: TypeSet) -> Merged<'s> {
        self.document().model().merged(self.entries, types)
    }

    pub(super) fn admits(self, value: &Value) -> bool {
        self.sampler.admits(self.entries, value) && self.is_given(value)
    }

    fn is_given(self, value: &Value) -> bool {
        self.given.iter().all(|one| one.holds(self.document(), value))
    }

    /// The simplest value of these types.
    pub(super) fn least(self, types: TypeSet) -> Result<Value, Lack> {
        let mut value = self.sampler.least(self.entries, types)?;
        if self.is_given(&value) {
            return Ok(value);
        }
        if let Value::Object(object) = &mut value {
            let merged = self.merged(TypeSet::OBJECT);
            for one in self.given {
                if let Given::Present(name) = one
                    && !object.contains_key(name)
                {
                    object.insert(name.clone(), self.sampler.least(&merged.member(name), TypeSet::ALL)?);
                }
            }
            if self.admits(&value) {
                return Ok(value);
            }
        }
        let types: Vec<&str> = types.names().collect();
        self.generated(&[json!({(names::TYPE): types})])
    }

    /// The smallest value that the generator makes of all that is said, and more.
    pub(super) fn generated(self, extra: &[Value]) -> Result<Value, Lack> {
        self.sampler.generated(self.entries, &self.requested(extra))
    }

    /// A series of values that the generator makes of all that is said, and more.
    pub(super) fn series(self, extra: &[Value], count: usize) -> Vec<Value> {
        self.sampler.series(self.entries, &self.requested(extra), count)
    }

    fn requested(self, extra: &[Value]) -> Vec<Value> {
        let given = self.given.iter().filter_map(|one| one.requested(self.document()));
        given.chain(extra.iter().cloned()).collect()
    }
}

/// Both sides of a pair.
pub(super) fn sides<'s>(pairs: &'s Pairs<'_>, pair: usize) -> (Side<'s>, Side<'s>) {
    let Pairs { old, new, showing, list, .. } = pairs;
    let pair = &list[pair];
    let side = |document, entries, around: Option<&'s Circumstances>| {
        let (entries, given) = around.map_or((entries, &[][..]), |it| (&it.entries, &it.given));
        Side { sampler: Sampler { document, effort: showing }, entries, given }
    };
    let around = |number: usize| pair.circumstances.as_ref().map(|both| &both[number]);
    (side(*old, &pair.old, around(0)), side(*new, &pair.new, around(1)))
}
