//! Chooses the value set of a node from the keywords that apply together.

use std::sync::Arc;

use super::ValueSet;
use super::keywords::Reader;
use super::kinds::{Alternatives, Array, Numbers, Object, Text};
use crate::error::Error;
use crate::schema::keywords::names;
use crate::schema::types::TypeSet;

impl Reader<'_> {
    pub(super) fn value_set(&mut self) -> Result<ValueSet, Error> {
        let lists = self.flats.value().is_some() || self.flats.lists().next().is_some();
        if lists { self.listed() } else { self.typed() }
    }

    fn listed(&mut self) -> Result<ValueSet, Error> {
        let flats = self.flats.clone();
        let values = flats.value().map(|value| vec![value.clone()]);
        self.spend(if values.is_some() { 1 } else { flats.lists().map(Vec::len).sum() })?;
        let check = self.check_itself();
        let mut values = values.or_else(|| flats.lists().next().cloned()).unwrap_or_default();
        if flats.assertions().count() + flats.demands().count() > 1
            || flats.applicators().flatten().count() > 0
        {
            values.retain(|value| check.accepts(value));
        }
        values.sort_by_key(|value| !value.is_null());
        if values.is_empty() {
            return Ok(self.nothing(names::ENUM, "lists nothing that the other keywords admit"));
        }
        Ok(ValueSet::Listed(Arc::from(values)))
    }

    /// The form of parts without lists.
    fn typed(&mut self) -> Result<ValueSet, Error> {
        if self.flats.len() == 0 {
            return Ok(ValueSet::Any);
        }
        let types = self.flats.types();
        if types.is_empty() {
            return Ok(self.nothing(names::TYPE, "names no type that all schemas here admit"));
        }
        let mut forms = Vec::new();
        // In the order in which they are built when nobody says.
        for one in [
            TypeSet::NULL,
            TypeSet::BOOLEAN,
            TypeSet::NUMBER,
            TypeSet::STRING,
            TypeSet::ARRAY,
            TypeSet::OBJECT,
        ] {
            let one = types & one;
            forms.extend(match one {
                TypeSet::NONE => None,
                TypeSet::NULL => Some(ValueSet::Null),
                TypeSet::BOOLEAN => Some(ValueSet::Boolean),
                TypeSet::STRING => Some(Text::read(self)?),
                TypeSet::ARRAY => Some(Array::read(self)?),
                TypeSet::OBJECT => Some(Object::read(self)?),
                numbers => Some(Numbers::read(self, numbers)?),
            });
        }
        if forms.len() > 1 {
            let location = self.location.clone();
            let branches =
                forms.into_iter().map(|value_set| self.compiler.add(value_set, &location)).collect();
            return Ok(ValueSet::Alternatives(Alternatives::of(branches)));
        }
        Ok(forms.pop().unwrap_or(ValueSet::Never))
    }
}
