//! Turns a failed keyword into a violation.

use jsonschema::ValidationError;
use jsonschema::error::{TypeKind, ValidationErrorKind as Kind};
use jsonschema::types::JsonType;
use serde_json::Value;

use super::super::Violation;
use super::super::message::{self, Message};
use crate::finding::{Rule, rules};
use crate::pointer::Pointer;

/// The violation that an error is, of a value at a location and a subschema at a schema location.
pub(super) fn explain(error: &ValidationError<'_>, position: &Pointer, location: &str) -> Violation {
    let schema_pointer = format!("{location}{}", error.schema_path());
    let violation = if let Kind::Required { property } = error.kind() {
        let name = property.as_str().unwrap_or_default();
        Violation::with_message(message::missing(), position.clone().key(name))
    } else {
        let message = message_of(error);
        debug_assert_eq!(message.0, rule_of(error));
        Violation::with_message(message, position.clone())
    };
    violation.stated_at(schema_pointer)
}

/// What errors have in common that are reported alike: the rule, and the member that is missing.
pub(super) fn known_by<'e>(error: &'e ValidationError<'_>) -> (&'static str, Option<&'e str>) {
    match error.kind() {
        Kind::Required { property } => (rules::MISSING_PROPERTY.id, property.as_str()),
        _ => (rule_of(error).id, None),
    }
}

/// The rule of the message of an error, which takes longer to write.
fn rule_of(error: &ValidationError<'_>) -> &'static Rule {
    match error.kind() {
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } if error.instance().is_null() => {
            &rules::NULL_VALUE
        }
        Kind::Type { .. } => &rules::TYPE_MISMATCH,
        Kind::Enum { .. } | Kind::Constant { .. } => &rules::UNKNOWN_ENUM_VALUE,
        Kind::Format { .. } => &rules::INVALID_FORMAT,
        Kind::Minimum { .. }
        | Kind::ExclusiveMinimum { .. }
        | Kind::Maximum { .. }
        | Kind::ExclusiveMaximum { .. } => &rules::OUT_OF_RANGE,
        _ => &rules::SCHEMA_VIOLATION,
    }
}

/// The rule of an error about a value, and its words.
fn message_of(error: &ValidationError<'_>) -> Message {
    let value = &**error.instance();
    match error.kind() {
        Kind::Type { .. } | Kind::Enum { .. } | Kind::Constant { .. } if value.is_null() => message::null(),
        Kind::Type { kind } => message::mismatch(value.into(), &expected_types(kind)),
        Kind::Enum { options } => message::unknown(value.as_str(), list(options)),
        Kind::Constant { expected_value } => {
            message::unknown(value.as_str(), std::slice::from_ref(&**expected_value))
        }
        Kind::Format { format } => message::format(format),
        Kind::Minimum { limit } => message::range("less than the minimum", limit),
        Kind::ExclusiveMinimum { limit } => message::range("not greater than the exclusive minimum", limit),
        Kind::Maximum { limit } => message::range("greater than the maximum", limit),
        Kind::ExclusiveMaximum { limit } => message::range("not less than the exclusive maximum", limit),
        Kind::MaxItems { limit }
        | Kind::MinItems { limit }
        | Kind::MaxLength { limit }
        | Kind::MinLength { limit }
        | Kind::MaxProperties { limit }
        | Kind::MinProperties { limit } => message::counted(error.kind().keyword(), *limit),
        kind => violation(kind),
    }
}

/// The types that are requested; an integer is a number.
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

fn violation(kind: &Kind) -> Message {
    let how = match kind {
        Kind::MultipleOf { multiple_of } => &format!("not a multiple of {multiple_of}"),
        Kind::UniqueItems => "items are not unique",
        _ => "",
    };
    message::violation(kind.keyword(), how)
}
