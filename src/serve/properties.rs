//! The properties of items, as the schema of an envelope documents them.

use std::fmt;

use crate::contract::Envelope;
use crate::error::Error;
use crate::finding::did_you_mean;
use crate::pointer::unescape;
use crate::schema::model::Model;

/// The documented properties of the items in an envelope.
pub(super) struct Properties {
    model: Model,
    items: String,
}

impl Properties {
    /// # Errors
    ///
    /// As [`Model::of_valid`].
    pub(super) fn of(envelope: &Envelope) -> Result<Self, Error> {
        Ok(Self { model: Model::of_valid(envelope.schema())?, items: envelope.items.clone() })
    }

    /// Whether the schema documents this property of items: `name`, or `a.b` for one inside another. Where it
    /// documents none at all, any is fine.
    ///
    /// # Errors
    ///
    /// The end of a message: the documented property that was probably meant, if one is similar.
    pub(super) fn check(&self, property: &str) -> Result<(), String> {
        let mut here = self.model.root();
        for step in self.items.split('/').skip(1) {
            let Some(next) = here.member(&unescape(step)) else { return Ok(()) };
            here = next;
        }
        if !self.items.is_empty() {
            here = here.item(0);
        }
        if here.listed_at().is_none() {
            return Ok(());
        }
        for step in property.split('.') {
            let names = here.names();
            here = here.member(step).ok_or_else(|| did_you_mean(step, names))?;
        }
        Ok(())
    }
}

impl fmt::Debug for Properties {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Properties").finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::contract;
    use crate::schema::Schema;

    #[test]
    fn the_schema_decides_which_properties_exist() {
        let documented = Properties::of(contract::usual().envelope(&[])).unwrap();
        assert_eq!(documented.check("createdAt"), Ok(()));
        for (property, near) in [("creatdAt", "; did you mean `createdAt`?"), ("name.x", ""), ("", "")] {
            assert_eq!(documented.check(property).unwrap_err(), near, "{property}");
        }
        let of = |schema, items: &str| {
            Properties::of(&Envelope::new("own", Schema::from_value(schema)).items(items)).unwrap()
        };
        let nested = json!({"properties": {"list": {"items": {"properties": {
            "a": {"$ref": "#/$defs/b"}, "m": {"additionalProperties": {"type": "integer"}}}}}},
            "$defs": {"b": {"properties": {"b": {"type": "string"}}}}});
        let nested = of(nested, "/list");
        let found = ["a", "a.b", "m.x", "b", "a.c", "x"].map(|property| nested.check(property).is_ok());
        assert_eq!(found, [true, true, true, false, false, false]);
        assert_eq!(of(json!({"properties": {"list": {"type": "array"}}}), "/list").check("any"), Ok(()));
    }
}
