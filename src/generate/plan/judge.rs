//! What does the `jsonschema` crate say about values of one place?

use std::fmt;
use std::sync::{Arc, OnceLock};

use jsonschema::Validator;
use serde_json::{Map, Value};

use super::documents::Documents;
use crate::generate::kinds::contents;

/// Schemas that must all hold. Compiled when first asked.
#[derive(Clone)]
pub(crate) struct Judge(Arc<Judging>);

struct Judging {
    documents: Arc<Documents>,
    schema: Value,
    validator: OnceLock<Option<Validator>>,
}

impl fmt::Debug for Judge {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Judge({})", self.0.schema)
    }
}

impl Judge {
    pub(super) fn of(documents: &Arc<Documents>, mut schemas: Vec<Value>) -> Self {
        schemas.iter_mut().for_each(contents::demand);
        let schema = Value::Object(Map::from_iter([("allOf".to_owned(), Value::Array(schemas))]));
        Self(Arc::new(Judging { documents: documents.clone(), schema, validator: OnceLock::new() }))
    }

    /// Whether the value is as it must be; not if nobody can say.
    pub(crate) fn accepts(&self, value: &Value) -> bool {
        let judging = &self.0;
        let validator = judging.validator.get_or_init(|| {
            let mut size = 0;
            let refers = measured(&judging.schema, &mut size);
            if refers {
                // It compiles what is referred to, too: seldom all.
                size += judging.documents.size() / 2;
            }
            judging.documents.take(size);
            judging.documents.validator(&judging.schema, refers)
        });
        validator.as_ref().is_some_and(|validator| validator.is_valid(value))
    }
}

/// Adds the values of a schema to a size. Whether it refers to others.
fn measured(schema: &Value, size: &mut usize) -> bool {
    *size += 1;
    match schema {
        Value::Object(members) => members.iter().fold(false, |refers, (keyword, member)| {
            let inside = measured(member, size);
            refers || inside || keyword == "$ref"
        }),
        Value::Array(items) => items.iter().fold(false, |refers, item| measured(item, size) | refers),
        _ => false,
    }
}
