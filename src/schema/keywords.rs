//! The keywords of JSON Schema in all drafts.

use Draft::{Draft4, Draft6, Draft7, Draft201909, Draft202012};
use Holds::{Apart, List, Named, Nothing, One};
use Vocabulary::{Applicator, Content, Core, Unevaluated, Validation};
use referencing::{Draft, Vocabulary};

/// A keyword that constrains values or identifies a schema. Other members of a schema do not constrain
/// values.
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

/// The kind of value of a keyword.
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
    /// Read by code of its own, or not at all.
    Apart,
}

/// Whether a keyword says something about values, be it an annotation: not of what is said elsewhere.
pub(crate) fn describes(keyword: &str) -> bool {
    let apart = [names::ALL_OF, names::COMMENT, names::DEFINITIONS, names::DEFS];
    !apart.contains(&keyword) && find(keyword).is_none_or(|known| known.vocabulary != Core)
}

/// The newest draft, and what is read as it.
const NEWEST: Draft = Draft::Unknown;

impl Keyword {
    /// Whether it means something in this draft.
    pub(crate) fn is_in(&self, draft: Draft) -> bool {
        self.since <= draft && draft <= self.until
    }

    /// Whether it leads to another schema.
    pub(crate) fn refers(&self) -> bool {
        [names::DYNAMIC_REF, names::RECURSIVE_REF, names::REF].contains(&self.name)
    }

    /// Whether it constrains values.
    #[cfg(feature = "diff")]
    pub(crate) fn asserts(&self) -> bool {
        match self.vocabulary {
            Core => self.refers(),
            Content => self.holds == Nothing,
            _ => true,
        }
    }
}

/// Declares keywords once: a constant for each in [`names`], and the table.
macro_rules! keywords {
    (
        table { $($NAME:ident = $name:literal $holds:ident $vocabulary:ident $since:ident $until:ident;)* }
        annotations { $($ANNOTATION:ident = $annotation:literal;)* }
        definitions { $($DEFINITIONS:ident = $definitions:literal;)* }
    ) => {
        /// Names of keywords. No other room writes them as literals.
        pub(crate) mod names {
            $(pub(crate) const $NAME: &str = $name;)*
            $(pub(crate) const $ANNOTATION: &str = $annotation;)*
            $(pub(crate) const $DEFINITIONS: &str = $definitions;)*
        }

        /// The name of a keyword as a literal, for texts that are put together by `concat!`.
        #[cfg(feature = "diff")]
        macro_rules! name {
            $(($NAME) => { $name };)*
        }
        #[cfg(feature = "diff")]
        pub(crate) use name;

        /// Sorted by name. `format` is held to whatever the vocabularies are, so it counts as validation.
        static KEYWORDS: &[Keyword] = &[$(Keyword {
            name: names::$NAME,
            holds: $holds,
            vocabulary: $vocabulary,
            since: $since,
            until: $until,
        },)*];

        /// Keywords that do not constrain values, including those of `OpenAPI`.
        pub(crate) const ANNOTATIONS: &[&str] = &[$(names::$ANNOTATION,)*];
    };
}

keywords! {
    table {
        ANCHOR = "$anchor" Apart Core Draft201909 NEWEST;
        DYNAMIC_ANCHOR = "$dynamicAnchor" Apart Core Draft202012 NEWEST;
        DYNAMIC_REF = "$dynamicRef" Apart Core Draft202012 NEWEST;
        ID = "$id" Apart Core Draft6 NEWEST;
        RECURSIVE_ANCHOR = "$recursiveAnchor" Apart Core Draft201909 Draft201909;
        RECURSIVE_REF = "$recursiveRef" Apart Core Draft201909 Draft201909;
        REF = "$ref" Apart Core Draft4 NEWEST;
        SCHEMA = "$schema" Apart Core Draft4 NEWEST;
        VOCABULARY = "$vocabulary" Apart Core Draft201909 NEWEST;
        ADDITIONAL_ITEMS = "additionalItems" Apart Applicator Draft4 Draft201909;
        ADDITIONAL_PROPERTIES = "additionalProperties" One Applicator Draft4 NEWEST;
        ALL_OF = "allOf" List Applicator Draft4 NEWEST;
        ANY_OF = "anyOf" List Applicator Draft4 NEWEST;
        CONST = "const" Nothing Validation Draft6 NEWEST;
        CONTAINS = "contains" One Applicator Draft6 NEWEST;
        CONTENT_ENCODING = "contentEncoding" Nothing Content Draft6 Draft7;
        CONTENT_MEDIA_TYPE = "contentMediaType" Nothing Content Draft6 Draft7;
        CONTENT_SCHEMA = "contentSchema" Apart Content Draft201909 NEWEST;
        DEPENDENCIES = "dependencies" Apart Applicator Draft4 NEWEST;
        DEPENDENT_REQUIRED = "dependentRequired" Nothing Validation Draft201909 NEWEST;
        DEPENDENT_SCHEMAS = "dependentSchemas" Named Applicator Draft201909 NEWEST;
        ELSE = "else" One Applicator Draft7 NEWEST;
        ENUM = "enum" Nothing Validation Draft4 NEWEST;
        EXCLUSIVE_MAXIMUM = "exclusiveMaximum" Nothing Validation Draft4 NEWEST;
        EXCLUSIVE_MINIMUM = "exclusiveMinimum" Nothing Validation Draft4 NEWEST;
        FORMAT = "format" Nothing Validation Draft4 NEWEST;
        DRAFT_4_ID = "id" Apart Core Draft4 Draft4;
        IF = "if" One Applicator Draft7 NEWEST;
        ITEMS = "items" One Applicator Draft4 NEWEST;
        MAX_CONTAINS = "maxContains" Apart Validation Draft201909 NEWEST;
        MAX_ITEMS = "maxItems" Nothing Validation Draft4 NEWEST;
        MAX_LENGTH = "maxLength" Nothing Validation Draft4 NEWEST;
        MAX_PROPERTIES = "maxProperties" Nothing Validation Draft4 NEWEST;
        MAXIMUM = "maximum" Nothing Validation Draft4 NEWEST;
        MIN_CONTAINS = "minContains" Apart Validation Draft201909 NEWEST;
        MIN_ITEMS = "minItems" Nothing Validation Draft4 NEWEST;
        MIN_LENGTH = "minLength" Nothing Validation Draft4 NEWEST;
        MIN_PROPERTIES = "minProperties" Nothing Validation Draft4 NEWEST;
        MINIMUM = "minimum" Nothing Validation Draft4 NEWEST;
        MULTIPLE_OF = "multipleOf" Nothing Validation Draft4 NEWEST;
        NOT = "not" One Applicator Draft4 NEWEST;
        ONE_OF = "oneOf" List Applicator Draft4 NEWEST;
        PATTERN = "pattern" Nothing Validation Draft4 NEWEST;
        PATTERN_PROPERTIES = "patternProperties" Named Applicator Draft4 NEWEST;
        PREFIX_ITEMS = "prefixItems" List Applicator Draft202012 NEWEST;
        PROPERTIES = "properties" Named Applicator Draft4 NEWEST;
        PROPERTY_NAMES = "propertyNames" One Applicator Draft6 NEWEST;
        REQUIRED = "required" Nothing Validation Draft4 NEWEST;
        THEN = "then" One Applicator Draft7 NEWEST;
        TYPE = "type" Nothing Validation Draft4 NEWEST;
        UNEVALUATED_ITEMS = "unevaluatedItems" One Unevaluated Draft201909 NEWEST;
        UNEVALUATED_PROPERTIES = "unevaluatedProperties" One Unevaluated Draft201909 NEWEST;
        UNIQUE_ITEMS = "uniqueItems" Nothing Validation Draft4 NEWEST;
    }
    annotations {
        COMMENT = "$comment";
        DEFAULT = "default";
        DEPRECATED = "deprecated";
        DESCRIPTION = "description";
        DISCRIMINATOR = "discriminator";
        EXAMPLE = "example";
        EXAMPLES = "examples";
        EXTERNAL_DOCS = "externalDocs";
        NULLABLE = "nullable";
        READ_ONLY = "readOnly";
        TITLE = "title";
        WRITE_ONLY = "writeOnly";
        XML = "xml";
    }
    definitions {
        DEFINITIONS = "definitions";
        DEFS = "$defs";
    }
}

/// Of the content of strings.
#[cfg(feature = "generate")]
pub(crate) const CONTENT: [&str; 3] =
    [names::CONTENT_ENCODING, names::CONTENT_MEDIA_TYPE, names::CONTENT_SCHEMA];

/// What holds schemas, names or dialects and is no annotation of a value.
#[cfg(feature = "diff")]
pub(crate) const NO_ANNOTATIONS: [&str; 6] =
    [names::ANCHOR, names::DEFS, names::SCHEMA, "components", names::DEFINITIONS, "paths"];

/// What holds subschemas that apply to nothing by themselves.
#[cfg(feature = "generate")]
pub(crate) const DEFINITIONS: [&str; 2] = [names::DEFS, names::DEFINITIONS];

/// What has schemas by name in it, in any draft, definitions too.
pub(crate) const NAMED: &[&str] = &[
    names::DEFS,
    names::DEFINITIONS,
    names::DEPENDENCIES,
    names::DEPENDENT_SCHEMAS,
    names::PATTERN_PROPERTIES,
    names::PROPERTIES,
];

/// What may be a list of schemas, in any draft.
pub(crate) const LISTED: &[&str] =
    &[names::ALL_OF, names::ANY_OF, names::ITEMS, names::ONE_OF, names::PREFIX_ITEMS];

/// What may be a schema, in any draft.
pub(crate) const SINGLE: &[&str] = &[
    names::ADDITIONAL_ITEMS,
    names::ADDITIONAL_PROPERTIES,
    names::CONTAINS,
    names::CONTENT_SCHEMA,
    names::ELSE,
    names::IF,
    names::ITEMS,
    names::NOT,
    names::PROPERTY_NAMES,
    names::THEN,
    names::UNEVALUATED_ITEMS,
    names::UNEVALUATED_PROPERTIES,
];

/// What has values, not schemas; those of `OpenAPI` among them.
pub(crate) const VALUES: &[&str] =
    &[names::CONST, names::DEFAULT, names::ENUM, names::EXAMPLE, names::EXAMPLES, "x-example", "x-examples"];

/// Whether a keyword identifies or annotates a schema, or holds what is only referenced: it says the same
/// wherever the assertions beside it go.
#[cfg(feature = "drift")]
pub(crate) fn stays(name: &str) -> bool {
    let identifies = |keyword: &Keyword| keyword.vocabulary == Core && !keyword.refers();
    [names::DEFS, names::DEFINITIONS].contains(&name)
        || ANNOTATIONS.contains(&name)
        || find(name).is_some_and(identifies)
}

/// The names of all keywords that constrain values or identify a schema.
pub(crate) fn all() -> impl Iterator<Item = &'static str> {
    KEYWORDS.iter().map(|keyword| keyword.name)
}

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
