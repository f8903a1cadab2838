//! What do the keywords of each dialect mean in those of draft 2020-12?

use serde_json::{Map, Value, json};

use super::documents::encoded;
use crate::pointer::escape;
use crate::schema::keywords::{self, Drafts, Holds, Keyword, Vocabulary};

/// Which keywords mean something, and what.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Dialect {
    /// Draft-07, not 2020-12.
    pub(super) old: bool,
    /// The URIs of the vocabularies of a metaschema of somebody's own; `None` for all.
    vocabularies: Option<Vec<String>>,
}

impl Dialect {
    pub(super) const NEW: Self = Self { old: false, vocabularies: None };
    pub(super) const OLD: Self = Self { old: true, vocabularies: None };

    /// The dialect of a well-known `$schema`.
    pub(super) fn known(name: &str) -> Option<Self> {
        match name.trim_end_matches('#') {
            "https://json-schema.org/draft/2020-12/schema" => Some(Self::NEW),
            "http://json-schema.org/draft-07/schema" | "https://json-schema.org/draft-07/schema" => {
                Some(Self::OLD)
            }
            _ => None,
        }
    }

    /// The dialect that a metaschema of somebody's own describes, if it is one of draft 2020-12.
    pub(super) fn described(metaschema: &Value) -> Option<Self> {
        let base = Self::known(metaschema.get("$schema")?.as_str()?)?;
        let vocabularies = metaschema.get("$vocabulary").and_then(Value::as_object);
        let vocabularies = vocabularies.map(|vocabularies| vocabularies.keys().cloned().collect());
        (!base.old).then_some(Self { vocabularies, ..base })
    }

    fn has(&self, keyword: &Keyword) -> bool {
        let foreign = if self.old { Drafts::Later } else { Drafts::Former };
        // `dependencies` is still held to by who validates draft 2020-12.
        let known = keyword.drafts != foreign || keyword.name == "dependencies";
        // In draft 2020-12 what is said of contents is said to people.
        let asserted = self.old || keyword.vocabulary != Vocabulary::Content;
        let name = keyword.vocabulary.name();
        let listed = self.vocabularies.as_ref().is_none_or(|vocabularies| {
            keyword.vocabulary == Vocabulary::Core
                || vocabularies
                    .iter()
                    .any(|uri| uri.strip_suffix(name).is_some_and(|base| base.ends_with("/vocab/")))
        });
        known && asserted && listed
    }

    /// The keywords of one schema object, its schemas replaced by references.
    pub(super) fn read(&self, keywords: &Map<String, Value>, reference: &str) -> Map<String, Value> {
        let mut read = Map::new();
        if self.old && keywords.contains_key("$ref") {
            return read;
        }
        for (name, value) in keywords {
            let Some(keyword) = keywords::find(name).filter(|keyword| self.has(keyword)) else { continue };
            match keyword.holds {
                // The tuples of draft-07.
                Holds::One if name == "items" && value.is_array() => {
                    read.insert("prefixItems".to_owned(), listed(value, reference, name));
                    if let Some(rest) = keywords.get("additionalItems") {
                        read.insert("items".to_owned(), inside(rest, reference, &["additionalItems"]));
                    }
                }
                Holds::One => drop(read.insert(name.clone(), inside(value, reference, &[name]))),
                Holds::List => drop(read.insert(name.clone(), listed(value, reference, name))),
                Holds::Named => drop(read.insert(name.clone(), named(value, reference, name))),
                Holds::Nothing => drop(read.insert(name.clone(), value.clone())),
                Holds::Apart if name == "dependencies" => dependencies(value, reference, &mut read),
                Holds::Apart => {}
            }
        }
        read
    }
}

fn inside(value: &Value, reference: &str, steps: &[&str]) -> Value {
    if value.is_boolean() {
        return value.clone();
    }
    let mut pointer = String::new();
    for step in steps {
        pointer.push('/');
        escape(step, &mut pointer);
    }
    json!({"$ref": format!("{reference}{}", encoded(&pointer))})
}

fn listed(value: &Value, reference: &str, keyword: &str) -> Value {
    let items = value.as_array().into_iter().flatten().enumerate();
    items.map(|(index, item)| inside(item, reference, &[keyword, &index.to_string()])).collect()
}

fn named(value: &Value, reference: &str, keyword: &str) -> Value {
    let members = value.as_object().into_iter().flatten();
    let members = members.map(|(name, member)| (name.clone(), inside(member, reference, &[keyword, name])));
    Value::Object(members.collect())
}

fn dependencies(value: &Value, reference: &str, into: &mut Map<String, Value>) {
    let (mut names, mut schemas) = (Map::new(), Map::new());
    for (name, needed) in value.as_object().into_iter().flatten() {
        if needed.is_array() {
            names.insert(name.clone(), needed.clone());
        } else {
            schemas.insert(name.clone(), inside(needed, reference, &["dependencies", name]));
        }
    }
    for (keyword, members) in [("dependentRequired", names), ("dependentSchemas", schemas)] {
        if !members.is_empty() {
            into.insert(keyword.to_owned(), Value::Object(members));
        }
    }
}
