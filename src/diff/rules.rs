//! Rules about changes, and when each applies.
//!
//! One table: a change is reported by the first row whose predicate holds. IDs and severities are those of
//! oasdiff where it has them; the documentation lists the differences.

use std::cmp::Ordering;

use serde_json::Number;

use super::fact::{Access, Change, How, Limit, Part};
use crate::finding::Severity::{self, Error, Info, Warning};
use crate::finding::{Rule, Scope};
use crate::schema::keywords::name as keyword;
use crate::schema::numbers;

/// Whom a change breaks that admits no new value.
pub(super) const NOBODY: &str = "Not breaking: the set of allowed values only shrinks.";
/// Whom a change of a `writeOnly` property breaks.
pub(super) const WRITE_ONLY: &str = "Not breaking: responses do not have `writeOnly` properties.";
const LIMITED: &str = "Breaks consumers that rely on the limit.";
const ALTERNATIVES: &str = "Breaks consumers that handle only the branches they know.";
const CONDITION: &str = "Breaks consumers that rely on the condition.";
const STRICT: &str = "Breaks consumers that reject unknown properties.";
const READERS: &str = "Breaks consumers that read the property.";
const ANNOTATION: &str = "Not breaking: it is an annotation.";

/// A rule, or two, and when they apply.
#[derive(Debug)]
pub(super) struct Row {
    /// About a property, or any location below the root of the payload.
    property: Rule,
    /// About the payload as a whole.
    body: Option<Rule>,
    speaks: fn(&Change) -> bool,
}

/// Rows: about any location or one kind only, ID, severity, when it applies, summary, who breaks, example.
macro_rules! rows {
    ($($about:ident $id:literal $severity:ident if $speaks:expr;
        $summary:expr, $breaks:expr, $example:expr;)*) => {
        [$(rows!(@$about $id, $severity, $summary, $breaks, $example, $speaks)),*]
    };
    (@any $id:literal, $severity:ident, $summary:expr, $breaks:expr, $example:expr, $speaks:expr) => {
        Row {
            property: rule(concat!("response-property-", $id), $severity, [$summary, $breaks, $example]),
            body: Some(rule(concat!("response-body-", $id), $severity, [$summary, $breaks, $example])),
            speaks: $speaks,
        }
    };
    (@one $id:literal, $severity:ident, $summary:expr, $breaks:expr, $example:expr, $speaks:expr) => {
        Row {
            property: rule(concat!("response-", $id), $severity, [$summary, $breaks, $example]),
            body: None,
            speaks: $speaks,
        }
    };
}

/// The rows of a limit: its name, its keyword's constant, and how it moves to admit more, and less.
macro_rules! limit {
    ($limit:ident $name:literal $keyword:ident $wider:literal $narrower:literal) => {
        [
            limit!(@$limit Unset Error $name "-unset" $keyword " was removed." LIMITED),
            limit!(@$limit Set Info $name "-set" $keyword " was added." NOBODY),
            limit!(@$limit Wider Error $name $wider $keyword " changed and allows more." LIMITED),
            limit!(@$limit Narrower Info $name $narrower $keyword " changed and allows less." NOBODY),
        ]
    };
    (@$limit:ident $move:ident $severity:ident $name:literal $id:literal $keyword:ident $how:literal
        $breaks:ident) => {{
        const TEXTS: [&str; 3] = [
            concat!("`", keyword!($keyword), "`", $how),
            $breaks,
            concat!("{\"", keyword!($keyword), "\": 5}"),
        ];
        Row {
            property: rule(concat!("response-property-", $name, $id), $severity, TEXTS),
            body: Some(rule(concat!("response-body-", $name, $id), $severity, TEXTS)),
            speaks: |it| is_limit(it, Limit::$limit, &Move::$move),
        }
    }};
}

/// `impact` names the consumers that break, in one sentence.
const fn rule(id: &'static str, severity: Severity, [summary, impact, example]: [&'static str; 3]) -> Rule {
    let fix = match severity {
        Error => "Restore the old guarantee, or accept the change with a baseline and a new major version.",
        Warning => "Check your consumers; restore the old schema, or accept the change with a baseline.",
        Info => "Nothing to fix; raise the severity of the rule if your consumers are affected.",
    };
    Rule { id, severity, scope: Scope::Change, summary, impact, fix, example }
}

static ROWS: [Row; 73] = rows! {
    any "became-nullable" Error if |it| matches!(it, Change::Nullable(true));
        "The value became nullable.", "Breaks consumers that read the value without a null check.",
        r#"{"type": "string"} -> {"type": ["string", "null"]}"#;
    any "became-not-nullable" Info if |it| matches!(it, Change::Nullable(false));
        "The value is no longer nullable.", NOBODY, r#"{"type": ["string", "null"]} -> {"type": "string"}"#;
    any "nullable-keyword-changed" Warning if |it| matches!(it, Change::NullableKeyword(_));
        "`nullable` changed, an OpenAPI 3.0 keyword that means nothing in JSON Schema.",
        "Breaks consumers that read the value without a null check, if the producer means `nullable` of OpenAPI 3.0.",
        r#"{"type": "string"} -> {"type": "string", "nullable": true}"#;
    one "property-became-optional" Error if |it| matches!(it, Change::Required(false));
        "A property became optional.",
        "Breaks consumers that read the property without checking that it is present.",
        r#"{"required": ["id"]} -> {}"#;
    one "property-became-required" Info if |it| matches!(it, Change::Required(true));
        "A property became required.", NOBODY, r#"{} -> {"required": ["id"]}"#;
    one "required-property-removed" Error if |it| matches!(it, Change::Removed { required: true });
        "A required property was removed.", "Breaks consumers that read the property.",
        r#"{"required": ["id"], "properties": {"id": {"type": "string"}}} -> {}"#;
    one "optional-property-removed" Warning if |it| matches!(it, Change::Removed { required: false });
        "An optional property was removed.",
        "Breaks consumers that read the property: it may be absent, or have any value.",
        r#"{"properties": {"id": {"type": "string"}}} -> {}"#;
    one "required-property-added" Info if |it| matches!(it, Change::Added { required: true });
        "A required property was added.", STRICT,
        r#"{} -> {"required": ["id"], "properties": {"id": {"type": "string"}}}"#;
    one "optional-property-added" Info if |it| matches!(it, Change::Added { required: false });
        "An optional property was added.", STRICT, r#"{} -> {"properties": {"id": {"type": "string"}}}"#;
    one "required-property-renamed" Error if |it| matches!(it, Change::Renamed { required: true, .. });
        "A required property was probably renamed.",
        "Breaks consumers that read the property by its old name.",
        r#"{"properties": {"seatLimit": S}} -> {"properties": {"seatsLimit": S}}"#;
    one "optional-property-renamed" Warning if |it| matches!(it, Change::Renamed { required: false, .. });
        "An optional property was probably renamed.",
        "Breaks consumers that read the property by its old name.",
        r#"{"properties": {"seatLimit": S}} -> {"properties": {"seatsLimit": S}}"#;
    one "required-property-moved" Error if |it| matches!(it, Change::Moved { required: true, .. });
        "A required property was probably moved.",
        "Breaks consumers that read the property at its old location.",
        r#"{"properties": {"id": S}} -> {"properties": {"meta": {"properties": {"id": S}}}}"#;
    one "optional-property-moved" Warning if |it| matches!(it, Change::Moved { required: false, .. });
        "An optional property was probably moved.",
        "Breaks consumers that read the property at its old location.",
        r#"{"properties": {"id": S}} -> {"properties": {"meta": {"properties": {"id": S}}}}"#;
    any "type-generalized" Error if is_generalized;
        "More types, or strings of any format, are allowed.",
        "Breaks consumers that expect the old type.",
        r#"{"type": "integer"} -> {"type": "number"}"#;
    any "type-specialized" Info if is_specialized;
        "Fewer types, or only strings of one format, are allowed.", NOBODY,
        r#"{"type": "number"} -> {"type": "integer"}"#;
    any "type-changed" Error if |it| matches!(it, Change::Types { .. } | Change::Format { .. });
        "The type or the format changed.", "Breaks consumers that read the value.",
        r#"{"type": "string"} -> {"type": "integer"}"#;
    any "const-changed" Error if is_exchanged;
        "The only allowed value changed.", "Breaks consumers that compare the value.",
        r#"{"const": "order"} -> {"const": "invoice"}"#;
    any "enum-value-added" Error if |it| matches!(it, Change::Values { removed, .. } if removed.is_empty());
        "An enum value was added.", "Breaks consumers that handle only the values they know.",
        r#"{"enum": ["draft"]} -> {"enum": ["draft", "ready"]}"#;
    any "enum-value-removed" Info if |it| matches!(it, Change::Values { .. });
        "An enum value was removed.", NOBODY, r#"{"enum": ["draft", "ready"]} -> {"enum": ["draft"]}"#;
    any "became-enum" Info if |it| matches!(it, Change::Listed(true));
        "The value became an enum.", NOBODY, r#"{"type": "string"} -> {"enum": ["draft"]}"#;
    any "became-not-enum" Error if |it| matches!(it, Change::Listed(false));
        "The value is no longer an enum.",
        "Breaks consumers that handle only the values they know.",
        r#"{"enum": ["draft"]} -> {"type": "string"}"#;
    any "pattern-removed" Error if |it| matches!(it, Change::Pattern { new: None, .. });
        "The pattern was removed.", "Breaks consumers that parse the string by the pattern.",
        r#"{"pattern": "^A"} -> {}"#;
    any "pattern-added" Info if |it| matches!(it, Change::Pattern { old: None, .. });
        "A pattern was added.", NOBODY, r#"{} -> {"pattern": "^A"}"#;
    any "pattern-changed" Warning if |it| matches!(it, Change::Pattern { .. });
        "The pattern changed.", "Breaks consumers that parse the string by the pattern.",
        r#"{"pattern": "^A"} -> {"pattern": "^B"}"#;
    any "additional-properties-opened" Warning if |it| matches!(it, Change::Open(true));
        "More additional properties are allowed.",
        "Breaks consumers that reject unknown properties.",
        r#"{"additionalProperties": false} -> {}"#;
    any "additional-properties-closed" Info if |it| matches!(it, Change::Open(false));
        "Fewer additional properties are allowed.", NOBODY,
        r#"{} -> {"additionalProperties": false}"#;
    any "any-of-added" Error if |it| is_part(it, Part::AnyOf, How::Added);
        "An `anyOf` branch was added.", ALTERNATIVES, r#"{"anyOf": [A, B]} -> {"anyOf": [A, B, C]}"#;
    any "any-of-removed" Info if |it| is_part(it, Part::AnyOf, How::Removed);
        "An `anyOf` branch was removed.", NOBODY, r#"{"anyOf": [A, B, C]} -> {"anyOf": [A, B]}"#;
    any "one-of-added" Error if |it| is_part(it, Part::OneOf, How::Added);
        "A `oneOf` branch was added.", ALTERNATIVES, r#"{"oneOf": [A, B]} -> {"oneOf": [A, B, C]}"#;
    any "one-of-removed" Info if |it| is_part(it, Part::OneOf, How::Removed);
        "A `oneOf` branch was removed.",
        "Breaks consumers of values that two branches matched before and one matches now.",
        r#"{"oneOf": [A, B, C]} -> {"oneOf": [A, B]}"#;
    any "all-of-added" Info if |it| is_part(it, Part::AllOf, How::Added);
        "An `allOf` subschema was added.", NOBODY,
        r#"{"allOf": [{"anyOf": [A, B]}]} -> {"allOf": [{"anyOf": [A, B]}, {"anyOf": [C, D]}]}"#;
    any "all-of-removed" Error if |it| is_part(it, Part::AllOf, How::Removed);
        "An `allOf` subschema was removed.", CONDITION,
        r#"{"allOf": [{"anyOf": [A, B]}, {"anyOf": [C, D]}]} -> {"allOf": [{"anyOf": [A, B]}]}"#;
    any "not-added" Info if |it| is_part(it, Part::Not, How::Added);
        "A `not` subschema was added.", NOBODY, r#"{} -> {"not": A}"#;
    any "not-removed" Error if |it| is_part(it, Part::Not, How::Removed);
        "A `not` subschema was removed.", CONDITION, r#"{"not": A} -> {}"#;
    any "not-changed" Warning if |it| is_part(it, Part::Not, How::Changed);
        "A `not` subschema changed.", CONDITION, r#"{"not": A} -> {"not": B}"#;
    any "if-added" Info if |it| is_part(it, Part::If, How::Added);
        "An `if` with `then` or `else` was added.", NOBODY, r#"{} -> {"if": A, "then": B}"#;
    any "if-removed" Error if |it| is_part(it, Part::If, How::Removed);
        "An `if` with `then` or `else` was removed.", CONDITION, r#"{"if": A, "then": B} -> {}"#;
    any "if-changed" Warning if |it| is_part(it, Part::If, How::Changed);
        "An `if` with `then` or `else` changed.", CONDITION,
        r#"{"if": A, "then": B} -> {"if": C, "then": B}"#;
    any "contains-added" Info if |it| is_part(it, Part::Contains, How::Added);
        "A `contains` subschema was added.", NOBODY, r#"{} -> {"contains": A}"#;
    any "contains-removed" Error if |it| is_part(it, Part::Contains, How::Removed);
        "A `contains` subschema was removed.", CONDITION, r#"{"contains": A} -> {}"#;
    any "contains-changed" Warning if |it| is_part(it, Part::Contains, How::Changed);
        "A `contains` subschema changed.", CONDITION, r#"{"contains": A} -> {"contains": B}"#;
    any "dependent-required-added" Info if |it| is_part(it, Part::DependentRequired, How::Added);
        "A `dependentRequired` entry was added.", NOBODY,
        r#"{} -> {"dependentRequired": {"a": ["b"]}}"#;
    any "dependent-required-removed" Error if |it| is_part(it, Part::DependentRequired, How::Removed);
        "A `dependentRequired` entry was removed.", CONDITION,
        r#"{"dependentRequired": {"a": ["b"]}} -> {}"#;
    any "dependent-schema-added" Info if |it| is_part(it, Part::DependentSchema, How::Added);
        "A `dependentSchemas` entry was added.", NOBODY, r#"{} -> {"dependentSchemas": {"a": A}}"#;
    any "dependent-schema-removed" Error if |it| is_part(it, Part::DependentSchema, How::Removed);
        "A `dependentSchemas` entry was removed.", CONDITION,
        r#"{"dependentSchemas": {"a": A}} -> {}"#;
    any "property-names-added" Info if |it| is_part(it, Part::PropertyNames, How::Added);
        "A `propertyNames` subschema was added.", NOBODY, r#"{} -> {"propertyNames": A}"#;
    any "property-names-removed" Error if |it| is_part(it, Part::PropertyNames, How::Removed);
        "A `propertyNames` subschema was removed.", CONDITION, r#"{"propertyNames": A} -> {}"#;
    any "property-names-changed" Warning if |it| is_part(it, Part::PropertyNames, How::Changed);
        "A `propertyNames` subschema changed.", CONDITION,
        r#"{"propertyNames": A} -> {"propertyNames": B}"#;
    any "pattern-property-added" Info if |it| is_part(it, Part::PatternProperty, How::Added);
        "A `patternProperties` entry was added.", STRICT, r#"{} -> {"patternProperties": {"^x-": A}}"#;
    any "pattern-property-removed" Error if |it| is_part(it, Part::PatternProperty, How::Removed);
        "A `patternProperties` entry was removed.", CONDITION, r#"{"patternProperties": {"^x-": A}} -> {}"#;
    any "prefix-items-added" Info if |it| is_part(it, Part::PrefixItems, How::Added);
        "A `prefixItems` position was added.", NOBODY,
        r#"{"prefixItems": [A], "items": B} -> {"prefixItems": [A, B], "items": B}"#;
    any "prefix-items-removed" Info if |it| is_part(it, Part::PrefixItems, How::Removed);
        "A `prefixItems` position was removed.", NOBODY,
        r#"{"prefixItems": [A, B], "items": B} -> {"prefixItems": [A], "items": B}"#;
    any "unevaluated-items-added" Info if |it| is_part(it, Part::UnevaluatedItems, How::Added);
        "An `unevaluatedItems` subschema was added.", NOBODY,
        r#"{"anyOf": [A, B]} -> {"anyOf": [A, B], "unevaluatedItems": false}"#;
    any "unevaluated-items-removed" Error if |it| is_part(it, Part::UnevaluatedItems, How::Removed);
        "An `unevaluatedItems` subschema was removed.", CONDITION,
        r#"{"anyOf": [A, B], "unevaluatedItems": false} -> {"anyOf": [A, B]}"#;
    any "unevaluated-items-changed" Warning if |it| is_part(it, Part::UnevaluatedItems, How::Changed);
        "An `unevaluatedItems` subschema changed.", CONDITION,
        r#"{"anyOf": [A, B], "unevaluatedItems": false} -> {"anyOf": [A, B], "unevaluatedItems": C}"#;
    any "unevaluated-properties-added" Info if |it| is_part(it, Part::UnevaluatedProperties, How::Added);
        "An `unevaluatedProperties` subschema was added.", NOBODY,
        r#"{"anyOf": [A, B]} -> {"anyOf": [A, B], "unevaluatedProperties": false}"#;
    any "unevaluated-properties-removed" Error if
        |it| is_part(it, Part::UnevaluatedProperties, How::Removed);
        "An `unevaluatedProperties` subschema was removed.", CONDITION,
        r#"{"anyOf": [A, B], "unevaluatedProperties": false} -> {"anyOf": [A, B]}"#;
    any "unevaluated-properties-changed" Warning if
        |it| is_part(it, Part::UnevaluatedProperties, How::Changed);
        "An `unevaluatedProperties` subschema changed.", CONDITION,
        r#"{"anyOf": [A], "unevaluatedProperties": false} -> {"anyOf": [A], "unevaluatedProperties": B}"#;
    any "unique-items-set" Info if |it| is_part(it, Part::UniqueItems, How::Added);
        "Items became unique.", NOBODY, r#"{} -> {"uniqueItems": true}"#;
    any "unique-items-unset" Error if |it| is_part(it, Part::UniqueItems, How::Removed);
        "Items are no longer unique.", CONDITION, r#"{"uniqueItems": true} -> {}"#;
    any "keyword-changed" Warning if is_unknown;
        "A keyword changed whose meaning is not compared.",
        "Breaks consumers that rely on the keyword, if any.",
        r#"{"contentEncoding": "base64"} -> {"contentEncoding": "base32"}"#;
    one "body-dialect-changed" Info if |it| matches!(it, Change::Dialect { .. });
        "The schemas have different dialects.",
        "Not breaking by itself: keywords are compared by their meaning in each dialect.",
        r#"{"$schema": "http://json-schema.org/draft-07/schema#"} -> {}"#;
    one "required-property-became-read-only" Info if |it| is_access(it, Access::ReadOnly, true, true);
        "A required property became `readOnly`.", ANNOTATION, r#"{} -> {"readOnly": true}"#;
    one "required-property-became-not-read-only" Info if |it| is_access(it, Access::ReadOnly, false, true);
        "A required property is no longer `readOnly`.", ANNOTATION, r#"{"readOnly": true} -> {}"#;
    one "required-property-became-write-only" Info if |it| is_access(it, Access::WriteOnly, true, true);
        "A required property became `writeOnly`.", READERS, r#"{} -> {"writeOnly": true}"#;
    one "required-property-became-not-write-only" Info if |it| is_access(it, Access::WriteOnly, false, true);
        "A required property is no longer `writeOnly`.", ANNOTATION, r#"{"writeOnly": true} -> {}"#;
    one "optional-property-became-read-only" Info if |it| is_access(it, Access::ReadOnly, true, false);
        "An optional property became `readOnly`.", ANNOTATION, r#"{} -> {"readOnly": true}"#;
    one "optional-property-became-not-read-only" Info if |it| is_access(it, Access::ReadOnly, false, false);
        "An optional property is no longer `readOnly`.", ANNOTATION, r#"{"readOnly": true} -> {}"#;
    one "optional-property-became-write-only" Info if |it| is_access(it, Access::WriteOnly, true, false);
        "An optional property became `writeOnly`.", READERS, r#"{} -> {"writeOnly": true}"#;
    one "optional-property-became-not-write-only" Info if
        |it| is_access(it, Access::WriteOnly, false, false);
        "An optional property is no longer `writeOnly`.", ANNOTATION, r#"{"writeOnly": true} -> {}"#;
    any "deprecated" Info if |it| matches!(it, Change::Deprecated(true));
        "The value became deprecated.", "Not breaking: it may be removed later.", r#"{} -> {"deprecated": true}"#;
    any "reactivated" Info if |it| matches!(it, Change::Deprecated(false));
        "The value is no longer deprecated.", ANNOTATION, r#"{"deprecated": true} -> {}"#;
    any "description-changed" Info if |it| matches!(it, Change::Annotation(_));
        "Only annotations changed.", ANNOTATION,
        r#"{"description": "A name."} -> {"description": "The name."}"#;
};

static LIMITS: [[Row; 4]; 11] = [
    limit!(Max "max" MAXIMUM "-increased" "-decreased"),
    limit!(Min "min" MINIMUM "-decreased" "-increased"),
    limit!(ExclusiveMax "exclusive-max" EXCLUSIVE_MAXIMUM "-increased" "-decreased"),
    limit!(ExclusiveMin "exclusive-min" EXCLUSIVE_MINIMUM "-decreased" "-increased"),
    limit!(MultipleOf "multiple-of" MULTIPLE_OF "-changed" "-specialized"),
    limit!(MaxLength "max-length" MAX_LENGTH "-increased" "-decreased"),
    limit!(MinLength "min-length" MIN_LENGTH "-decreased" "-increased"),
    limit!(MaxItems "max-items" MAX_ITEMS "-increased" "-decreased"),
    limit!(MinItems "min-items" MIN_ITEMS "-decreased" "-increased"),
    limit!(MaxProperties "max-properties" MAX_PROPERTIES "-increased" "-decreased"),
    limit!(MinProperties "min-properties" MIN_PROPERTIES "-decreased" "-increased"),
];

fn is_generalized(change: &Change) -> bool {
    match change {
        Change::Types { lost, .. } => lost.is_empty(),
        Change::Format { new, .. } => new.is_none(),
        _ => false,
    }
}

fn is_specialized(change: &Change) -> bool {
    match change {
        Change::Types { gained, .. } => gained.is_empty(),
        Change::Format { old, .. } => old.is_none(),
        _ => false,
    }
}

/// Whether no other fact reports more about it.
fn is_unknown(change: &Change) -> bool {
    matches!(change, Change::Keyword(_) | Change::Part { how: How::Changed, .. })
}

/// Whether one value replaces another.
fn is_exchanged(change: &Change) -> bool {
    matches!(change, Change::Values { added, removed } if !added.is_empty() && !removed.is_empty())
}

fn is_part(change: &Change, part: Part, how: How) -> bool {
    matches!(change, Change::Part { part: is, how: became, .. } if (*is, *became) == (part, how))
}

fn is_access(change: &Change, access: Access, now: bool, required: bool) -> bool {
    *change == Change::Access { access, now, required }
}

/// What became of a limit.
#[derive(PartialEq)]
enum Move {
    Set,
    Unset,
    Wider,
    Narrower,
}

fn is_limit(change: &Change, limit: Limit, expected: &Move) -> bool {
    let Change::Bound { limit: of, old, new, .. } = change else { return false };
    let became = match (old, new) {
        (Some(old), Some(new)) if is_wider(limit, old, new) => Move::Wider,
        (Some(_), Some(_)) => Move::Narrower,
        (Some(_), None) => Move::Unset,
        _ => Move::Set,
    };
    *of == limit && became == *expected
}

fn is_wider(limit: Limit, old: &Number, new: &Number) -> bool {
    match limit {
        Limit::MultipleOf => numbers::is_multiple(new, old) != Some(true),
        Limit::Max | Limit::ExclusiveMax | Limit::MaxLength | Limit::MaxItems | Limit::MaxProperties => {
            numbers::order(new, old) == Ordering::Greater
        }
        Limit::Min | Limit::ExclusiveMin | Limit::MinLength | Limit::MinItems | Limit::MinProperties => {
            numbers::order(new, old) == Ordering::Less
        }
    }
}

fn rows() -> impl Iterator<Item = &'static Row> {
    ROWS.iter().chain(LIMITS.iter().flatten())
}

/// The rule about a change of the root, or of a location below it.
pub(super) fn about(change: &Change, body: bool) -> Option<&'static Rule> {
    let row = rows().find(|row| (row.speaks)(change))?;
    Some(row.body.as_ref().filter(|_| body).unwrap_or(&row.property))
}

/// Every rule about changes.
pub fn all() -> impl Iterator<Item = &'static Rule> {
    rows().flat_map(|row| std::iter::once(&row.property).chain(&row.body))
}
