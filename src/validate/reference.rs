//! What does the reference engine, the `jsonschema` crate, say about a value?

use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use jsonschema::{ValidationError, Validator};
use serde_json::Value;

use super::Breach;
use super::words::{self, Words};
use crate::error::{Error, ErrorKind};
use crate::finding::{Rule, rules};
use crate::pointer::Pointer;
use crate::schema::{Schema, readable};

/// A schema compiled for the `jsonschema` crate.
#[derive(Debug)]
pub(super) struct Reference(Validator);

impl Reference {
    pub(super) fn new(schema: &Schema) -> Result<Self, Error> {
        let options = jsonschema::options().should_validate_formats(true);
        let built = options.with_retriever(schema.resources().clone()).build(&readable(schema.as_value()));
        built.map(Self).map_err(|error| refused(schema.name(), &error))
    }

    /// Takes every breach of the schema, in no particular order, some of them more than once, one error after the other.
    pub(super) fn each(&self, value: &Value, take: &mut dyn FnMut(Breach)) {
        let mut breaches = Vec::new();
        for error in self.0.iter_errors(value) {
            explain(&error, value, &mut breaches);
            breaches.drain(..).for_each(&mut *take);
        }
    }
}

/// A schema compiled by itself, for who only asks whether a value keeps it.
#[cfg(feature = "diff")]
pub(crate) fn compiled(name: &str, schema: &Value) -> Result<Validator, Error> {
    let built = jsonschema::options().should_validate_formats(true).build(schema);
    built.map_err(|error| refused(name, &error))
}

/// The same for a part of a schema of that draft which refers to nothing outside it.
#[cfg(feature = "diff")]
pub(crate) fn compiled_as(draft: jsonschema::Draft, schema: &Value) -> Result<Validator, Error> {
    let built = jsonschema::options().with_draft(draft).should_validate_formats(true).build(schema);
    built.map_err(|error| refused("", &error))
}

/// The same for a schema that refers to what a registry holds.
#[cfg(feature = "diff")]
pub(crate) fn compiled_in(
    name: &str,
    registry: &jsonschema::Registry<'_>,
    schema: &Value,
) -> Result<Validator, Error> {
    let built = jsonschema::options().should_validate_formats(true).with_registry(registry).build(schema);
    built.map_err(|error| refused(name, &error))
}

fn refused(name: &str, error: &ValidationError<'_>) -> Error {
    let bad = |message: String| Error::new(ErrorKind::Schema, name, message);
    if let Kind::Referencing(error) = error.kind() {
        return leads_nowhere(name, error);
    }
    let place = error.instance_path().as_str();
    let place = if place.is_empty() { "the root" } else { place };
    bad(format!("is not a valid JSON Schema at {place}: {error}"))
}

/// A reference that cannot be followed.
pub(crate) fn leads_nowhere(name: &str, error: &jsonschema::ReferencingError) -> Error {
    let message = match error {
        jsonschema::ReferencingError::Unretrievable { uri, .. } => {
            format!("refers to `{uri}`, which is neither in it nor given; nothing is fetched")
        }
        error => format!("has a reference that leads nowhere: {error}"),
    };
    Error::new(ErrorKind::Schema, name, message)
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
            let (rule, what) = words::missing();
            breach(rule, place().key(name), what);
        }
        Kind::AdditionalProperties { unexpected } | Kind::UnevaluatedProperties { unexpected } => {
            for name in unexpected {
                let (rule, what) = words::violation(error.kind().keyword(), words::NO_FURTHER_KEYS);
                breach(rule, place().key(name), what);
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
fn judge(error: &ValidationError<'_>) -> Words {
    let value = &**error.instance();
    match error.kind() {
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } if value.is_null() => words::null(),
        Kind::Type { kind } => words::mismatch(value.into(), &expected_types(kind)),
        Kind::Enum { options } => words::unknown(value.as_str(), list(options)),
        Kind::Constant { expected_value } => {
            words::unknown(value.as_str(), std::slice::from_ref(&**expected_value))
        }
        Kind::Format { format } => words::format(format),
        Kind::Minimum { limit } => words::range("is below the minimum", limit),
        Kind::ExclusiveMinimum { limit } => words::range("is not above", limit),
        Kind::Maximum { limit } => words::range("is above the maximum", limit),
        Kind::ExclusiveMaximum { limit } => words::range("is not below", limit),
        Kind::MaxItems { limit }
        | Kind::MinItems { limit }
        | Kind::MaxLength { limit }
        | Kind::MinLength { limit }
        | Kind::MaxProperties { limit }
        | Kind::MinProperties { limit } => words::counted(error.kind().keyword(), *limit),
        Kind::Pattern { pattern } => words::pattern(pattern),
        kind => violation(kind),
    }
}

fn expected_types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(many) => many.iter().collect(),
    }
}

fn list(options: &Value) -> &[Value] {
    options.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn violation(kind: &Kind) -> Words {
    let how = match kind {
        Kind::FalseSchema => return (&rules::SCHEMA_VIOLATION, "is not allowed here at all".to_owned()),
        Kind::AdditionalItems { limit } => &format!("more than {limit} items"),
        Kind::MultipleOf { multiple_of } => &format!("not a multiple of {multiple_of}"),
        Kind::UniqueItems => "equal items",
        Kind::Contains => "too few or too many items of the kind asked for",
        Kind::PropertyNames { .. } => "a key that is not allowed",
        Kind::Not { .. } => "it matches what is excluded",
        Kind::OneOfMultipleValid { .. } => "more than one alternative matches",
        Kind::UnevaluatedItems { .. } => "more items than allowed",
        _ => "",
    };
    words::violation(kind.keyword(), how)
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
        words::null()
    } else if fitting.is_empty() {
        let mut expected = Vec::new();
        for one in branches.iter().filter_map(|branch| type_error(branch)).flatten() {
            if !expected.contains(&one) {
                expected.push(one);
            }
        }
        words::mismatch(value.into(), &expected)
    } else if let Some(listed) = listed_options(&fitting, place.as_str()) {
        if value.is_null() { words::null() } else { words::unknown(value.as_str(), &listed) }
    } else {
        let keyword = error.kind().keyword();
        words::violation(keyword, &format!("it matches none of the {} alternatives", branches.len()))
    };
    let pointer = Pointer::of_text(place.as_str(), document);
    into.push(Breach::new(rule, pointer, what).stated_at(error.schema_path().as_str()));
}

/// The values that the branches list, when listing values is all that they do.
fn listed_options(branches: &[&Vec<ValidationError<'static>>], place: &str) -> Option<Vec<Value>> {
    let mut listed = Vec::new();
    for error in branches.iter().copied().flatten() {
        match error.kind() {
            _ if error.instance_path().as_str() != place => return None,
            Kind::Enum { options } => listed.extend(list(options).to_vec()),
            Kind::Constant { expected_value } => listed.push((**expected_value).clone()),
            _ => return None,
        }
    }
    Some(listed)
}
