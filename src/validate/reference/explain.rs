//! How is said what a keyword finds wrong?

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use serde_json::Value;

use super::super::Violation;
use super::super::words::{self, Words};
use crate::pointer::Pointer;

/// The violation that an error is, of a value at a place and a subschema at a schema location.
pub(super) fn explain(error: &ValidationError<'_>, place: &Pointer, location: &str) -> Violation {
    let schema_pointer = format!("{location}{}", error.schema_path());
    let violation = if let Kind::Required { property } = error.kind() {
        let name = property.as_str().unwrap_or_default();
        Violation::said(words::missing(), place.clone().key(name))
    } else {
        Violation::said(words_of(error), place.clone())
    };
    violation.stated_at(schema_pointer)
}

/// What errors have in common that are reported alike: the rule, and the member that is missing.
pub(super) fn known_by<'e>(error: &'e ValidationError<'_>) -> (&'static str, Option<&'e str>) {
    match error.kind() {
        Kind::Required { property } => (words::missing().0.id, property.as_str()),
        _ => (words_of(error).0.id, None),
    }
}

/// The rule of an error about a value, and its words.
fn words_of(error: &ValidationError<'_>) -> Words {
    let value = &**error.instance();
    match error.kind() {
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } if value.is_null() => words::null(),
        Kind::Type { kind } => words::mismatch(value.into(), &expected_types(kind)),
        Kind::Enum { options } => words::unknown(value.as_str(), list(options)),
        Kind::Constant { expected_value } => {
            words::unknown(value.as_str(), std::slice::from_ref(&**expected_value))
        }
        Kind::Format { format } => words::format(format),
        Kind::Minimum { limit } => words::range("less than the minimum", limit),
        Kind::ExclusiveMinimum { limit } => words::range("not greater than the exclusive minimum", limit),
        Kind::Maximum { limit } => words::range("greater than the maximum", limit),
        Kind::ExclusiveMaximum { limit } => words::range("not less than the exclusive maximum", limit),
        Kind::MaxItems { limit }
        | Kind::MinItems { limit }
        | Kind::MaxLength { limit }
        | Kind::MinLength { limit }
        | Kind::MaxProperties { limit }
        | Kind::MinProperties { limit } => words::counted(error.kind().keyword(), *limit),
        kind => violation(kind),
    }
}

/// The types that are asked for; an integer is a number.
pub(super) fn expected_types(kind: &TypeKind) -> Vec<JsonType> {
    match kind {
        TypeKind::Single(one) => vec![*one],
        TypeKind::Multiple(many) => {
            let numbers = many.iter().any(|one| one == JsonType::Number);
            many.iter().filter(|one| !(numbers && *one == JsonType::Integer)).collect()
        }
    }
}

pub(super) fn list(options: &Value) -> &[Value] {
    options.as_array().map(Vec::as_slice).unwrap_or_default()
}

fn violation(kind: &Kind) -> Words {
    let how = match kind {
        Kind::MultipleOf { multiple_of } => &format!("not a multiple of {multiple_of}"),
        Kind::UniqueItems => "items are not unique",
        _ => "",
    };
    words::violation(kind.keyword(), how)
}
