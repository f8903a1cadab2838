//! What does one schema object say, keyword by keyword?

use serde_json::{Map, Number, Value};

use super::NodeId;
use super::compile::Compiler;
use crate::error::{Error, ErrorKind};
use crate::pointer::escape;

/// Keywords that say something about values; everything else is an annotation or unknown.
const ASSERTIONS: &[&str] = &[
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "prefixItems",
    "minItems",
    "maxItems",
    "minLength",
    "maxLength",
    "minimum",
    "maximum",
    "exclusiveMinimum",
    "exclusiveMaximum",
    "multipleOf",
    "format",
];

/// Keywords that say something about values in a way nothing here can build, and when they say
/// nothing after all.
const REFUSED: &[(&str, Harmless)] = &[
    ("$dynamicRef", Harmless::Never),
    ("$recursiveRef", Harmless::Never),
    ("not", Harmless::When(|value| *value == Value::Bool(false))),
    ("if", Harmless::Never),
    ("pattern", Harmless::Never),
    ("patternProperties", Harmless::When(is_empty)),
    ("propertyNames", Harmless::When(is_anything)),
    ("minProperties", Harmless::When(|value| value.as_f64() == Some(0.0))),
    ("maxProperties", Harmless::Never),
    ("dependentRequired", Harmless::When(is_empty)),
    ("dependentSchemas", Harmless::When(is_empty)),
    ("dependencies", Harmless::When(is_empty)),
    ("contains", Harmless::Never),
    ("uniqueItems", Harmless::When(|value| *value == Value::Bool(false))),
    ("unevaluatedItems", Harmless::When(is_anything)),
    ("unevaluatedProperties", Harmless::When(is_anything)),
];

enum Harmless {
    Never,
    When(fn(&Value) -> bool),
}

fn is_empty(value: &Value) -> bool {
    value.as_object().is_some_and(Map::is_empty)
}

fn is_anything(value: &Value) -> bool {
    *value == Value::Bool(true) || is_empty(value)
}

/// Reads the keywords of one schema object.
pub(crate) struct Reader<'c, 's> {
    pub(super) compiler: &'c mut Compiler<'s>,
    pub(super) keywords: &'s Map<String, Value>,
    /// The JSON Pointer of the schema object.
    pub(super) place: String,
}

impl<'s> Reader<'_, 's> {
    /// Refuses what nothing here can build.
    pub(super) fn refuse_unsupported(&self) -> Result<(), Error> {
        for (keyword, harmless) in REFUSED {
            let Some(value) = self.keywords.get(*keyword) else {
                continue;
            };
            if !matches!(harmless, Harmless::When(holds) if holds(value)) {
                return Err(self.unsupported(keyword, "cannot be built for yet"));
            }
        }
        if !self.place.is_empty() && self.keywords.contains_key("$id") {
            return Err(self.unsupported("$id", "below the root cannot be built for yet"));
        }
        match self.keywords.get("$schema").and_then(Value::as_str) {
            Some(dialect)
                if dialect.trim_end_matches('#') != "https://json-schema.org/draft/2020-12/schema" =>
            {
                Err(self.unsupported("$schema", "names another draft than 2020-12"))
            }
            _ => Ok(()),
        }
    }

    /// The first asserting keyword, or applicator of the given ones, besides `except`.
    pub(super) fn assertion_beside(&self, except: &[&str]) -> Option<&'static str> {
        ["$ref", "allOf", "anyOf", "oneOf", "enum", "const"]
            .iter()
            .chain(ASSERTIONS)
            .copied()
            .find(|keyword| !except.contains(keyword) && self.keywords.contains_key(*keyword))
    }

    pub(crate) fn get(&self, keyword: &str) -> Option<&'s Value> {
        self.keywords.get(keyword)
    }

    /// A whole number that is not negative.
    pub(crate) fn count(&self, keyword: &str) -> Result<Option<u64>, Error> {
        let Some(value) = self.get(keyword) else {
            return Ok(None);
        };
        let whole = value.as_u64().or_else(|| {
            let float = value.as_f64().filter(|float| float.fract() == 0.0 && *float >= 0.0)?;
            format!("{float:.0}").parse().ok()
        });
        whole.map(Some).ok_or_else(|| self.malformed(keyword, "is not a count"))
    }

    /// A count that is small enough to be built.
    pub(crate) fn buildable_count(&self, keyword: &str, most: u64) -> Result<u64, Error> {
        let count = self.count(keyword)?.unwrap_or(0);
        if count > most {
            return Err(self.unsupported(keyword, &format!("asks for more than {most}")));
        }
        Ok(count)
    }

    pub(crate) fn number(&self, keyword: &str) -> Result<Option<&'s Number>, Error> {
        match self.get(keyword) {
            None => Ok(None),
            Some(Value::Number(number)) => Ok(Some(number)),
            Some(_) => Err(self.malformed(keyword, "is not a number")),
        }
    }

    pub(crate) fn text(&self, keyword: &str) -> Result<Option<&'s str>, Error> {
        match self.get(keyword) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text)),
            Some(_) => Err(self.malformed(keyword, "is not a string")),
        }
    }

    pub(crate) fn list(&self, keyword: &str) -> Result<Option<&'s [Value]>, Error> {
        match self.get(keyword) {
            None => Ok(None),
            Some(Value::Array(items)) => Ok(Some(items)),
            Some(_) => Err(self.malformed(keyword, "is not an array")),
        }
    }

    pub(crate) fn map(&self, keyword: &str) -> Result<Option<&'s Map<String, Value>>, Error> {
        match self.get(keyword) {
            None => Ok(None),
            Some(Value::Object(members)) => Ok(Some(members)),
            Some(_) => Err(self.malformed(keyword, "is not an object")),
        }
    }

    /// The node of the schema under `keyword`.
    pub(crate) fn schema(&mut self, keyword: &str) -> Option<NodeId> {
        self.get(keyword)?;
        Some(self.compiler.at(self.below(&[keyword])))
    }

    /// The nodes of the schemas listed under `keyword`.
    pub(crate) fn schemas(&mut self, keyword: &str) -> Result<Option<Vec<NodeId>>, Error> {
        let Some(list) = self.list(keyword)? else {
            return Ok(None);
        };
        let nodes = (0..list.len()).map(|index| {
            let place = self.below(&[keyword, &index.to_string()]);
            self.compiler.at(place)
        });
        Ok(Some(nodes.collect()))
    }

    /// The node of the schema that `keyword` keeps under `name`.
    pub(crate) fn schema_of(&mut self, keyword: &str, name: &str) -> NodeId {
        let place = self.below(&[keyword, name]);
        self.compiler.at(place)
    }

    /// The node that admits everything.
    pub(crate) fn anything(&mut self) -> NodeId {
        self.compiler.add(super::Form::Any, &self.place)
    }

    /// What this object is called: its name in `$defs`, the title of the root, or nothing.
    pub(crate) fn definition(&self) -> String {
        let name = ["/$defs/", "/definitions/"].iter().find_map(|defs| self.place.strip_prefix(defs));
        match name {
            Some(name) if !name.contains('/') => crate::pointer::unescape(name).into_owned(),
            None if self.place.is_empty() => {
                self.get("title").and_then(Value::as_str).unwrap_or_default().to_owned()
            }
            _ => String::new(),
        }
    }

    fn below(&self, steps: &[&str]) -> String {
        let mut place = self.place.clone();
        for step in steps {
            place.push('/');
            escape(step, &mut place);
        }
        place
    }

    pub(crate) fn unsupported(&self, keyword: &str, message: &str) -> Error {
        self.error(ErrorKind::Unsupported, keyword, message)
    }

    pub(crate) fn malformed(&self, keyword: &str, message: &str) -> Error {
        self.error(ErrorKind::Schema, keyword, message)
    }

    fn error(&self, kind: ErrorKind, keyword: &str, message: &str) -> Error {
        Error::new(kind, format!("#{}", self.below(&[keyword])), format!("`{keyword}` {message}"))
    }
}
