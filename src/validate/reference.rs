//! What does the reference engine, the `jsonschema` crate, say about a value?

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::Breach;
use crate::error::{Error, ErrorKind};
use crate::finding::{Rule, rules};
use crate::pointer::Pointer;
use crate::schema::Schema;

/// A schema compiled for the `jsonschema` crate.
#[derive(Debug)]
pub(super) struct Reference(Validator);

impl Reference {
    pub(super) fn new(schema: &Schema) -> Result<Self, Error> {
        let built = jsonschema::options().should_validate_formats(true).build(schema.as_value());
        built.map(Self).map_err(|error| refused(schema, &error))
    }

    /// Every breach of the schema, in no particular order, some places more than once.
    pub(super) fn breaches(&self, value: &Value) -> Vec<Breach> {
        let mut breaches = Vec::new();
        for error in self.0.iter_errors(value) {
            explain(&error, value, &mut breaches);
        }
        breaches
    }
}

fn refused(schema: &Schema, error: &ValidationError<'_>) -> Error {
    let bad = |message: String| Error::new(ErrorKind::Schema, schema.name(), message);
    match error.kind() {
        Kind::Referencing(jsonschema::ReferencingError::Unretrievable { uri, .. }) => {
            return bad(format!("refers to `{uri}`, which is not in it; nothing is fetched"));
        }
        Kind::Referencing(error) => {
            return bad(format!("has a reference that leads nowhere: {error}"));
        }
        _ => {}
    }
    let place = error.instance_path().as_str();
    let place = if place.is_empty() { "the root" } else { place };
    bad(format!("is not a valid JSON Schema at {place}: {error}"))
}

/// Says in our words what an error is about.
fn explain(error: &ValidationError<'_>, document: &Value, into: &mut Vec<Breach>) {
    let place = || Pointer::of_text(error.instance_path().as_str(), document);
    let schema_pointer = error.schema_path().as_str();
    let mut breach = |rule: &'static Rule, pointer: Pointer, what: String| {
        into.push(Breach::new(rule, pointer, what).stated_at(schema_pointer));
    };
    match error.kind() {
        Kind::Required { property } => {
            let name = property.as_str().unwrap_or_default();
            breach(
                &rules::MISSING_PROPERTY,
                place().key(name),
                "is missing; the contract requires it".to_owned(),
            );
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let what =
                    format!("breaks `{}`: the contract allows no further keys here", error.kind().keyword());
                breach(&rules::SCHEMA_VIOLATION, place().key(name), what);
            }
        }
        Kind::AnyOf { context } | Kind::OneOfNotValid { context } => {
            alternatives(error, context, document, into);
        }
        _ => {
            let (rule, what) = judge(error);
            breach(rule, place(), what);
        }
    }
}

/// The rule of an error about a value, and its words.
fn judge(error: &ValidationError<'_>) -> (&'static Rule, String) {
    let value = &**error.instance();
    match error.kind() {
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } if value.is_null() => null(),
        Kind::Type { kind } => mismatch(value, &expected_types(kind)),
        Kind::Enum { options } => (&rules::UNKNOWN_ENUM_VALUE, unknown(value, options)),
        Kind::Constant { expected_value } => {
            (&rules::UNKNOWN_ENUM_VALUE, unknown(value, &Value::Array(vec![(**expected_value).clone()])))
        }
        Kind::Format { format } => {
            let what = match format.as_str() {
                "uuid" => "is not a UUID (8-4-4-4-12 hex digits)".to_owned(),
                "date-time" => "is not an RFC 3339 date and time with a zone".to_owned(),
                other => format!("is not what the format `{other}` asks for"),
            };
            (&rules::INVALID_FORMAT, what)
        }
        Kind::Minimum { limit } => range("is below the minimum", limit),
        Kind::ExclusiveMinimum { limit } => range("is not above", limit),
        Kind::Maximum { limit } => range("is above the maximum", limit),
        Kind::ExclusiveMaximum { limit } => range("is not below", limit),
        kind => (&rules::SCHEMA_VIOLATION, violation(kind)),
    }
}

fn null() -> (&'static Rule, String) {
    (&rules::NULL_VALUE, "is null; the contract has no null here".to_owned())
}

fn range(how: &str, limit: &Value) -> (&'static Rule, String) {
    (&rules::OUT_OF_RANGE, format!("{how} {limit}"))
}

fn mismatch(value: &Value, expected: &[JsonType]) -> (&'static Rule, String) {
    let names = named(expected);
    (&rules::TYPE_MISMATCH, format!("is {}; the contract has {names} here", described(value, expected)))
}

fn expected_types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(many) => many.iter().collect(),
    }
}

/// The types as a person would list them: null last.
fn named(expected: &[JsonType]) -> String {
    let (nulls, others): (Vec<JsonType>, Vec<JsonType>) =
        expected.iter().partition(|one| **one == JsonType::Null);
    let names: Vec<String> = others.iter().chain(&nulls).map(ToString::to_string).collect();
    names.join(" or ")
}

fn described(value: &Value, expected: &[JsonType]) -> &'static str {
    match value {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) if expected.contains(&JsonType::Integer) => "a number with a fraction",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    }
}

/// Names the value only where it is shaped like an identifier, and what the contract lists.
fn unknown(value: &Value, options: &Value) -> String {
    const MOST: usize = 12;
    let shown = value.as_str().filter(|text| is_identifier(text));
    let shown = shown.map_or(String::from("has a value"), |text| format!("has the value `{text}`"));
    let listed = options.as_array().map(Vec::as_slice).unwrap_or_default();
    let names: Vec<String> = listed
        .iter()
        .take(MOST)
        .map(|option| option.as_str().map_or_else(|| option.to_string(), str::to_owned))
        .collect();
    let more = listed.len().saturating_sub(MOST);
    let more = if more == 0 { String::new() } else { format!(" and {more} more") };
    format!("{shown} that the contract does not list; it lists {}{more}", names.join(", "))
}

fn is_identifier(text: &str) -> bool {
    (1..=64).contains(&text.len())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-'))
}

fn violation(kind: &Kind) -> String {
    let what = match kind {
        Kind::FalseSchema => return "is not allowed here at all".to_owned(),
        Kind::AdditionalItems { limit } => format!("more than {limit} items"),
        Kind::MaxItems { limit } => format!("more than {limit} items"),
        Kind::MinItems { limit } => format!("fewer than {limit} items"),
        Kind::MaxLength { limit } => format!("longer than {limit} characters"),
        Kind::MinLength { limit } => format!("shorter than {limit} characters"),
        Kind::MaxProperties { limit } => format!("more than {limit} members"),
        Kind::MinProperties { limit } => format!("fewer than {limit} members"),
        Kind::MultipleOf { multiple_of } => format!("not a multiple of {multiple_of}"),
        Kind::Pattern { pattern } => format!("no match for {pattern}"),
        Kind::UniqueItems => "equal items".to_owned(),
        Kind::Contains => "too few or too many items of the kind asked for".to_owned(),
        Kind::PropertyNames { .. } => "a key that is not allowed".to_owned(),
        Kind::Not { .. } => "it matches what is excluded".to_owned(),
        Kind::OneOfMultipleValid { .. } => "more than one alternative matches".to_owned(),
        Kind::UnevaluatedItems { .. } => "more items than allowed".to_owned(),
        _ => return format!("breaks `{}`", kind.keyword()),
    };
    format!("breaks `{}`: {what}", kind.keyword())
}

/// Says what is wrong with a value that fits no branch of `anyOf` or `oneOf`: of the branches
/// that it has the right type for, if that is one, what that branch says.
fn alternatives(
    error: &ValidationError<'_>,
    branches: &[Vec<ValidationError<'static>>],
    document: &Value,
    into: &mut Vec<Breach>,
) {
    let place = error.instance_path();
    let value = &**error.instance();
    let type_error = |branch: &[ValidationError<'_>]| {
        branch.iter().find_map(|error| match error.kind() {
            Kind::Type { kind } if error.instance_path() == place => Some(expected_types(kind)),
            _ => None,
        })
    };
    let fitting: Vec<_> = branches.iter().filter(|branch| type_error(branch).is_none()).collect();
    if let [branch] = fitting[..] {
        for error in branch {
            explain(error, document, into);
        }
        return;
    }
    let (rule, what) = if fitting.is_empty() && value.is_null() {
        null()
    } else if fitting.is_empty() {
        let mut expected = Vec::new();
        for one in branches.iter().filter_map(|branch| type_error(branch)).flatten() {
            if !expected.contains(&one) {
                expected.push(one);
            }
        }
        mismatch(value, &expected)
    } else if let Some(listed) = listed_options(&fitting, place.as_str()) {
        if value.is_null() { null() } else { (&rules::UNKNOWN_ENUM_VALUE, unknown(value, &listed)) }
    } else {
        let keyword = error.kind().keyword();
        let what = format!("breaks `{keyword}`: it matches none of the {} alternatives", branches.len());
        (&rules::SCHEMA_VIOLATION, what)
    };
    let pointer = Pointer::of_text(place.as_str(), document);
    into.push(Breach::new(rule, pointer, what).stated_at(error.schema_path().as_str()));
}

/// The values that the branches list, when listing values is all that they do.
fn listed_options(branches: &[&Vec<ValidationError<'static>>], place: &str) -> Option<Value> {
    let mut listed = Vec::new();
    for error in branches.iter().copied().flatten() {
        match error.kind() {
            _ if error.instance_path().as_str() != place => return None,
            Kind::Enum { options } => listed.extend(options.as_array().cloned().unwrap_or_default()),
            Kind::Constant { expected_value } => listed.push((**expected_value).clone()),
            _ => return None,
        }
    }
    Some(Value::Array(listed))
}
