//! Validates schemas against the metaschema of their dialect.

use std::borrow::Cow;

use jsonschema::ValidationError;
use jsonschema::error::ValidationErrorKind as Kind;
use referencing::Draft;
use serde_json::Value;

use super::super::keywords::names;
use super::super::pattern::Pattern;
use super::super::types::TypeSet;
use super::path::Path;
use super::wrong;
use crate::error::Error;

/// Validates a document against the metaschema of its dialect. An embedded resource with a `$schema` of its
/// own is validated against that one.
pub(super) fn check(name: &str, document: &Value) -> Result<(), Error> {
    check_part(name, String::new(), Draft::default(), document)
}

/// The same for the part of a document at a JSON Pointer, in the dialect of the document.
pub(crate) fn check_part(name: &str, pointer: String, draft: Draft, part: &Value) -> Result<(), Error> {
    let mut pending = vec![(pointer, draft.detect(part), part)];
    while let Some((pointer, draft, contents)) = pending.pop() {
        let mut outside = Cow::Borrowed(contents);
        for (inner, embedded) in embedded(contents) {
            let inner = inner.to_string();
            if let Some(value) = outside.to_mut().pointer_mut(&inner) {
                *value = Value::Bool(true);
            }
            pending.push((format!("{pointer}{inner}"), draft.detect(embedded), embedded));
        }
        check_one(name, &pointer, draft, outside)?;
    }
    Ok(())
}

/// Metaschemas ask that patterns are regular expressions; whether one can be used is found out when it is
/// compiled, with more room than the metaschema's check has.
fn check_one(name: &str, pointer: &str, draft: Draft, mut document: Cow<'_, Value>) -> Result<(), Error> {
    loop {
        let pattern = match validate(draft, &document) {
            Ok(()) => return Ok(()),
            Err(error) => match error.kind() {
                Kind::Format { format } if format == "regex" => error.instance_path().as_str().to_owned(),
                _ => return Err(refused(name, pointer, &error)),
            },
        };
        let text = document.pointer(&pattern).and_then(Value::as_str).unwrap_or_default();
        if let Err(error) = Pattern::new(text) {
            return Err(wrong(name, &format!("{pointer}{pattern}"), error));
        }
        match document.to_mut().pointer_mut(&pattern) {
            Some(value) => *value = Value::from(""),
            None => return Ok(()),
        }
    }
}

fn validate(draft: Draft, document: &Value) -> Result<(), ValidationError<'_>> {
    match draft {
        Draft::Draft4 => jsonschema::draft4::meta::validate(document),
        Draft::Draft6 => jsonschema::draft6::meta::validate(document),
        Draft::Draft7 => jsonschema::draft7::meta::validate(document),
        Draft::Draft201909 => jsonschema::draft201909::meta::validate(document),
        _ => jsonschema::draft202012::meta::validate(document),
    }
}

fn refused(name: &str, pointer: &str, error: &ValidationError<'_>) -> Error {
    let location = format!("{pointer}{}", error.instance_path());
    if error.schema_path().as_str().ends_with(&format!("/{}/{}", names::TYPE, names::ANY_OF)) {
        let (index, what) = TypeSet::wrong_keyword(error.instance());
        let item = index.map_or_else(String::new, |index| format!("/{index}"));
        return wrong(name, &format!("{location}{item}"), what);
    }
    wrong(name, if location.is_empty() { "the root" } else { &location }, error)
}

/// The outermost parts of a document that name a dialect of their own.
fn embedded(document: &Value) -> Vec<(Path, &Value)> {
    let mut found = Vec::new();
    let mut pending = vec![(Path::default(), document)];
    while let Some((path, value)) = pending.pop() {
        let Some(members) = value.as_object() else { continue };
        let own = members.get("$schema").and_then(Value::as_str).is_some();
        let resource = ["$id", "id"].iter().any(|key| members.get(*key).is_some_and(Value::is_string));
        if own && resource && !path.is_root() {
            found.push((path, value));
        } else {
            pending.extend(super::documents::subschemas(&path, members));
        }
    }
    found
}
