//! Which keywords does JSON Schema have, in all drafts?

use Draft::{Draft4, Draft6, Draft7, Draft201909, Draft202012};
use Holds::{Apart, List, Named, Nothing, One};
use Vocabulary::{Applicator, Content, Core, Unevaluated, Validation};
use referencing::{Draft, Vocabulary};

/// A keyword that asks something of values, or that says what a schema is. What is none says nothing about values.
#[derive(Debug)]
pub(crate) struct Keyword {
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    /// The vocabulary of draft 2020-12 that it is in.
    pub(crate) vocabulary: Vocabulary,
    /// The drafts in which it does so.
    since: Draft,
    until: Draft,
}

/// What stands under a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holds {
    /// No schema.
    Nothing,
    /// A schema.
    One,
    /// A list of schemas.
    List,
    /// Schemas by name.
    Named,
    /// What is read in a way of its own, or not at all.
    Apart,
}

/// The newest draft, and what is read as it.
const NEWEST: Draft = Draft::Unknown;

impl Keyword {
    /// Whether it means something in this draft.
    pub(crate) fn is_in(&self, draft: Draft) -> bool {
        self.since <= draft && draft <= self.until
    }

    /// Whether it asks something of values.
    #[cfg(feature = "diff")]
    pub(crate) fn asserts(&self) -> bool {
        match self.vocabulary {
            Core => ["$dynamicRef", "$recursiveRef", "$ref"].contains(&self.name),
            Content => self.holds == Nothing,
            _ => true,
        }
    }
}

const fn keyword(
    name: &'static str,
    holds: Holds,
    vocabulary: Vocabulary,
    since: Draft,
    until: Draft,
) -> Keyword {
    Keyword { name, holds, vocabulary, since, until }
}

/// Sorted by name. `format` is held to whatever the vocabularies are, so it counts as validation.
static KEYWORDS: &[Keyword] = &[
    keyword("$anchor", Apart, Core, Draft201909, NEWEST),
    keyword("$dynamicAnchor", Apart, Core, Draft202012, NEWEST),
    keyword("$dynamicRef", Apart, Core, Draft202012, NEWEST),
    keyword("$id", Apart, Core, Draft6, NEWEST),
    keyword("$recursiveAnchor", Apart, Core, Draft201909, Draft201909),
    keyword("$recursiveRef", Apart, Core, Draft201909, Draft201909),
    keyword("$ref", Apart, Core, Draft4, NEWEST),
    keyword("$schema", Apart, Core, Draft4, NEWEST),
    keyword("$vocabulary", Apart, Core, Draft201909, NEWEST),
    keyword("additionalItems", Apart, Applicator, Draft4, Draft201909),
    keyword("additionalProperties", One, Applicator, Draft4, NEWEST),
    keyword("allOf", List, Applicator, Draft4, NEWEST),
    keyword("anyOf", List, Applicator, Draft4, NEWEST),
    keyword("const", Nothing, Validation, Draft6, NEWEST),
    keyword("contains", One, Applicator, Draft6, NEWEST),
    keyword("contentEncoding", Nothing, Content, Draft6, Draft7),
    keyword("contentMediaType", Nothing, Content, Draft6, Draft7),
    keyword("contentSchema", Apart, Content, Draft201909, NEWEST),
    keyword("dependencies", Apart, Applicator, Draft4, NEWEST),
    keyword("dependentRequired", Nothing, Validation, Draft201909, NEWEST),
    keyword("dependentSchemas", Named, Applicator, Draft201909, NEWEST),
    keyword("else", One, Applicator, Draft7, NEWEST),
    keyword("enum", Nothing, Validation, Draft4, NEWEST),
    keyword("exclusiveMaximum", Nothing, Validation, Draft4, NEWEST),
    keyword("exclusiveMinimum", Nothing, Validation, Draft4, NEWEST),
    keyword("format", Nothing, Validation, Draft4, NEWEST),
    keyword("id", Apart, Core, Draft4, Draft4),
    keyword("if", One, Applicator, Draft7, NEWEST),
    keyword("items", One, Applicator, Draft4, NEWEST),
    keyword("maxContains", Apart, Validation, Draft201909, NEWEST),
    keyword("maxItems", Nothing, Validation, Draft4, NEWEST),
    keyword("maxLength", Nothing, Validation, Draft4, NEWEST),
    keyword("maxProperties", Nothing, Validation, Draft4, NEWEST),
    keyword("maximum", Nothing, Validation, Draft4, NEWEST),
    keyword("minContains", Apart, Validation, Draft201909, NEWEST),
    keyword("minItems", Nothing, Validation, Draft4, NEWEST),
    keyword("minLength", Nothing, Validation, Draft4, NEWEST),
    keyword("minProperties", Nothing, Validation, Draft4, NEWEST),
    keyword("minimum", Nothing, Validation, Draft4, NEWEST),
    keyword("multipleOf", Nothing, Validation, Draft4, NEWEST),
    keyword("not", One, Applicator, Draft4, NEWEST),
    keyword("oneOf", List, Applicator, Draft4, NEWEST),
    keyword("pattern", Nothing, Validation, Draft4, NEWEST),
    keyword("patternProperties", Named, Applicator, Draft4, NEWEST),
    keyword("prefixItems", List, Applicator, Draft202012, NEWEST),
    keyword("properties", Named, Applicator, Draft4, NEWEST),
    keyword("propertyNames", One, Applicator, Draft6, NEWEST),
    keyword("required", Nothing, Validation, Draft4, NEWEST),
    keyword("then", One, Applicator, Draft7, NEWEST),
    keyword("type", Nothing, Validation, Draft4, NEWEST),
    keyword("unevaluatedItems", One, Unevaluated, Draft201909, NEWEST),
    keyword("unevaluatedProperties", One, Unevaluated, Draft201909, NEWEST),
    keyword("uniqueItems", Nothing, Validation, Draft4, NEWEST),
];

/// Names of keywords, for rooms that ask where one is written.
#[cfg(feature = "diff")]
pub(crate) mod names {
    pub(crate) const ADDITIONAL_PROPERTIES: &str = "additionalProperties";
    pub(crate) const ANY_OF: &str = "anyOf";
    pub(crate) const CONST: &str = "const";
    pub(crate) const CONTAINS: &str = "contains";
    pub(crate) const CONTENT: [&str; 3] = ["contentEncoding", "contentMediaType", "contentSchema"];
    pub(crate) const DEPENDENCIES: &str = "dependencies";
    pub(crate) const DEPENDENT_SCHEMAS: &str = "dependentSchemas";
    pub(crate) const DEPRECATED: &str = "deprecated";
    pub(crate) const ENUM: &str = "enum";
    pub(crate) const EXCLUSIVE_MAXIMUM: &str = "exclusiveMaximum";
    pub(crate) const EXCLUSIVE_MINIMUM: &str = "exclusiveMinimum";
    pub(crate) const FORMAT: &str = "format";
    pub(crate) const IF: &str = "if";
    pub(crate) const ITEMS: &str = "items";
    pub(crate) const MAXIMUM: &str = "maximum";
    pub(crate) const MINIMUM: &str = "minimum";
    pub(crate) const MULTIPLE_OF: &str = "multipleOf";
    pub(crate) const NOT: &str = "not";
    /// Of `OpenAPI` 3.0.
    pub(crate) const NULLABLE: &str = "nullable";
    pub(crate) const ONE_OF: &str = "oneOf";
    pub(crate) const PATTERN: &str = "pattern";
    pub(crate) const PREFIX_ITEMS: &str = "prefixItems";
    pub(crate) const PROPERTIES: &str = "properties";
    pub(crate) const PROPERTY_NAMES: &str = "propertyNames";
    pub(crate) const READ_ONLY: &str = "readOnly";
    pub(crate) const REF: &str = "$ref";
    pub(crate) const REQUIRED: &str = "required";
    pub(crate) const SCHEMA: &str = "$schema";
    pub(crate) const TITLE: &str = "title";
    pub(crate) const TYPE: &str = "type";
    pub(crate) const UNEVALUATED_ITEMS: &str = "unevaluatedItems";
    pub(crate) const UNEVALUATED_PROPERTIES: &str = "unevaluatedProperties";
    pub(crate) const UNIQUE_ITEMS: &str = "uniqueItems";
    pub(crate) const WRITE_ONLY: &str = "writeOnly";
    /// What holds schemas, names or dialects and is no annotation of a value.
    pub(crate) const NO_ANNOTATIONS: [&str; 6] =
        ["$anchor", "$defs", "$schema", "components", "definitions", "paths"];
}

/// What has schemas by name in it, in any draft, definitions too.
pub(crate) const NAMED: &[&str] =
    &["$defs", "definitions", "dependencies", "dependentSchemas", "patternProperties", "properties"];

/// What may be a list of schemas, in any draft.
pub(crate) const LISTED: &[&str] = &["allOf", "anyOf", "items", "oneOf", "prefixItems"];

/// What may be a schema, in any draft.
pub(crate) const SINGLE: &[&str] = &[
    "additionalItems",
    "additionalProperties",
    "contains",
    "contentSchema",
    "else",
    "if",
    "items",
    "not",
    "propertyNames",
    "then",
    "unevaluatedItems",
    "unevaluatedProperties",
];

/// The keyword of that name.
pub(crate) fn find(name: &str) -> Option<&'static Keyword> {
    let index = KEYWORDS.binary_search_by(|keyword| keyword.name.cmp(name)).ok()?;
    KEYWORDS.get(index)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_keyword_is_found() {
        assert!(
            KEYWORDS.iter().all(|keyword| find(keyword.name).is_some_and(|found| found.name == keyword.name))
        );
        assert!(find("description").is_none());
    }
}
