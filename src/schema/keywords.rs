//! Which keywords does JSON Schema have, in all drafts?

use Drafts::{Every, Former, Later};
use Holds::{Apart, List, Named, Nothing, One};
use Vocabulary::{Applicator, Content, Core, Unevaluated, Validation};

/// A keyword that asks something of values, or that says what a schema is. What is none says nothing about values.
#[derive(Debug)]
#[cfg_attr(not(feature = "generate"), expect(dead_code, reason = "only generators read what is inside"))]
pub(crate) struct Keyword {
    pub(crate) name: &'static str,
    pub(crate) holds: Holds,
    pub(crate) vocabulary: Vocabulary,
    pub(crate) drafts: Drafts,
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

/// A vocabulary of draft 2020-12.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Vocabulary {
    Core,
    Applicator,
    Unevaluated,
    Validation,
    Content,
}

impl Vocabulary {
    /// The last step of its URI.
    #[cfg(feature = "generate")]
    pub(crate) fn name(self) -> &'static str {
        match self {
            Core => "core",
            Applicator => "applicator",
            Unevaluated => "unevaluated",
            Validation => "validation",
            Content => "content",
        }
    }
}

#[cfg(feature = "diff")]
impl Keyword {
    /// Whether it asks something of values, in the drafts that are judged by (from draft-04 on).
    pub(crate) fn asserts(&self) -> bool {
        match self.vocabulary {
            Core => ["$dynamicRef", "$recursiveRef", "$ref"].contains(&self.name),
            Content => self.holds == Nothing,
            Applicator | Unevaluated | Validation => {
                !["disallow", "divisibleBy", "extends"].contains(&self.name)
            }
        }
    }
}

/// Which drafts know a keyword.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Drafts {
    /// Draft-07 and 2020-12.
    Every,
    /// Not yet draft-07.
    Later,
    /// No longer 2020-12.
    Former,
}

const fn keyword(name: &'static str, holds: Holds, vocabulary: Vocabulary, drafts: Drafts) -> Keyword {
    Keyword { name, holds, vocabulary, drafts }
}

/// Sorted by name. `format` is held to whatever the vocabularies are, so it counts as validation.
const KEYWORDS: &[Keyword] = &[
    keyword("$anchor", Apart, Core, Later),
    keyword("$dynamicAnchor", Apart, Core, Later),
    keyword("$dynamicRef", Apart, Core, Later),
    keyword("$id", Apart, Core, Every),
    keyword("$recursiveAnchor", Apart, Core, Former),
    keyword("$recursiveRef", Apart, Core, Former),
    keyword("$ref", Apart, Core, Every),
    keyword("$schema", Apart, Core, Every),
    keyword("$vocabulary", Apart, Core, Later),
    keyword("additionalItems", Apart, Applicator, Former),
    keyword("additionalProperties", One, Applicator, Every),
    keyword("allOf", List, Applicator, Every),
    keyword("anyOf", List, Applicator, Every),
    keyword("const", Nothing, Validation, Every),
    keyword("contains", One, Applicator, Every),
    keyword("contentEncoding", Nothing, Content, Every),
    keyword("contentMediaType", Nothing, Content, Every),
    keyword("contentSchema", Apart, Content, Later),
    keyword("dependencies", Apart, Applicator, Former),
    keyword("dependentRequired", Nothing, Validation, Later),
    keyword("dependentSchemas", Named, Applicator, Later),
    keyword("disallow", Apart, Validation, Former),
    keyword("divisibleBy", Apart, Validation, Former),
    keyword("else", One, Applicator, Every),
    keyword("enum", Nothing, Validation, Every),
    keyword("exclusiveMaximum", Nothing, Validation, Every),
    keyword("exclusiveMinimum", Nothing, Validation, Every),
    keyword("extends", Apart, Applicator, Former),
    keyword("format", Nothing, Validation, Every),
    keyword("id", Apart, Core, Former),
    keyword("if", One, Applicator, Every),
    keyword("items", One, Applicator, Every),
    keyword("maxContains", Nothing, Validation, Later),
    keyword("maxItems", Nothing, Validation, Every),
    keyword("maxLength", Nothing, Validation, Every),
    keyword("maxProperties", Nothing, Validation, Every),
    keyword("maximum", Nothing, Validation, Every),
    keyword("minContains", Nothing, Validation, Later),
    keyword("minItems", Nothing, Validation, Every),
    keyword("minLength", Nothing, Validation, Every),
    keyword("minProperties", Nothing, Validation, Every),
    keyword("minimum", Nothing, Validation, Every),
    keyword("multipleOf", Nothing, Validation, Every),
    keyword("not", One, Applicator, Every),
    keyword("oneOf", List, Applicator, Every),
    keyword("pattern", Nothing, Validation, Every),
    keyword("patternProperties", Named, Applicator, Every),
    keyword("prefixItems", List, Applicator, Later),
    keyword("properties", Named, Applicator, Every),
    keyword("propertyNames", One, Applicator, Every),
    keyword("required", Nothing, Validation, Every),
    keyword("then", One, Applicator, Every),
    keyword("type", Nothing, Validation, Every),
    keyword("unevaluatedItems", One, Unevaluated, Later),
    keyword("unevaluatedProperties", One, Unevaluated, Later),
    keyword("uniqueItems", Nothing, Validation, Every),
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
