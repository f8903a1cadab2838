//! What does a subschema ask of a value that is no object?

use jsonschema::types::JsonType;
use referencing::Draft;
use serde_json::{Number, Value, json};

use super::compile::{Compiled, Compiler, unsupported};
use super::program::{Bounds, CountCheck, Listed, Literal, Said, Text, TextCheck, Types};

use crate::schema::pattern::Pattern;
use crate::schema::{AssertedMembers, Assertions, format};

/// Integers from here on are not told apart by a double.
const EXACT: f64 = 9_007_199_254_740_992.0;

fn index(number: usize, place: &str) -> Compiled<u16> {
    u16::try_from(number).or_else(|_| unsupported("so many limits", place))
}

impl Compiler<'_> {
    pub(super) fn text(
        &mut self,
        schema: &AssertedMembers<'_>,
        place: &str,
        listed: Option<Vec<Box<str>>>,
    ) -> Compiled<Text> {
        let mut checks: Vec<TextCheck> = listed.map(TextCheck::Listed).into_iter().collect();
        let limit = |keyword| whole(schema, keyword, place);
        checks.extend(limit("minLength")?.map(TextCheck::MinLength));
        checks.extend(limit("maxLength")?.map(TextCheck::MaxLength));
        for keyword in ["format", "pattern"] {
            let Some(argument) = schema.get(keyword) else { continue };
            let Some(argument) = argument.as_str() else { return unsupported(keyword, place) };
            if keyword == "format" && !format::is_asserted(draft(self.document), argument) {
                continue;
            }
            checks.push(match (keyword, argument) {
                ("format", "uuid") => TextCheck::Uuid,
                ("format", "date-time") => TextCheck::DateTime,
                ("format", name) => format_check(name, self.document, place)?,
                (_, source) => match Pattern::new(source) {
                    Ok(pattern) => TextCheck::Pattern { source: source.to_owned(), pattern },
                    Err(_) => return unsupported(keyword, place),
                },
            });
        }
        Ok(match checks[..] {
            [] => Text::Any,
            [TextCheck::Uuid] => Text::Uuid,
            [TextCheck::DateTime] => Text::DateTime,
            _ => {
                self.program.texts.push(checks);
                Text::Checks(index(self.program.texts.len() - 1, place)?)
            }
        })
    }

    pub(super) fn bounds(
        &mut self,
        schema: &AssertedMembers<'_>,
        place: &str,
        said: &mut Said,
    ) -> Compiled<u16> {
        let mut bounds = Bounds::NONE;
        for (keyword, bound) in [
            ("minimum", &mut bounds.least),
            ("maximum", &mut bounds.most),
            ("exclusiveMinimum", &mut bounds.above),
            ("exclusiveMaximum", &mut bounds.below),
        ] {
            let Some(limit) = schema.get(keyword) else { continue };
            match limit.as_number().and_then(Number::as_f64) {
                Some(number) if number.abs() < EXACT => *bound = number,
                _ => return unsupported(keyword, place),
            }
            said.limits.push((keyword, limit.to_value()));
        }
        if said.limits.is_empty() {
            return Ok(0);
        }
        self.program.bounds.push(bounds);
        index(self.program.bounds.len() - 1, place)
    }

    pub(super) fn counts(&mut self, schema: &AssertedMembers<'_>, place: &str) -> Compiled<u16> {
        let mut checks = Vec::new();
        for keyword in ["minItems", "maxItems", "minProperties", "maxProperties"] {
            checks.extend(whole(schema, keyword, place)?.map(|limit| CountCheck { keyword, limit }));
        }
        if checks.is_empty() {
            return Ok(0);
        }
        self.program.counts.push(checks);
        index(self.program.counts.len() - 1, place)
    }
}

pub(super) fn types(schema: &AssertedMembers<'_>, place: &str, said: &mut Said) -> Compiled<Types> {
    let names: Vec<&Assertions<'_>> = match schema.get("type") {
        None => return Ok(Types::ALL),
        Some(Assertions::Array(names)) => names.iter().collect(),
        Some(name) => vec![name],
    };
    let mut types = Types::NONE;
    for name in names {
        let Some(one) = name.as_str().and_then(|name| name.parse::<JsonType>().ok()) else {
            return unsupported("type", place);
        };
        types = types.with(one);
        if !said.expected.contains(&one) {
            said.expected.push(one);
        }
    }
    said.expected.sort_unstable();
    Ok(types)
}

/// The values that are listed: those that are no text as a set, and the texts, where there is a list.
pub(super) fn list(
    schema: &AssertedMembers<'_>,
    place: &str,
    said: &mut Said,
) -> Compiled<(Listed, Option<Vec<Box<str>>>)> {
    let (keyword, values) = match (schema.get("enum"), schema.get("const")) {
        (None, None) => return Ok((Listed::ANY, None)),
        (Some(Assertions::Array(values)), None) => {
            ("enum", values.iter().map(Assertions::to_value).collect())
        }
        (None, Some(value)) => ("const", vec![value.to_value()]),
        _ => return unsupported("enum", place),
    };
    let mut listed = Listed::NONE;
    let mut texts = Vec::new();
    for value in &values {
        match value {
            Value::Null => listed = listed.with(Literal::Null),
            Value::Bool(true) => listed = listed.with(Literal::True),
            Value::Bool(false) => listed = listed.with(Literal::False),
            Value::String(text) => texts.push(text.as_str().into()),
            _ => return unsupported(keyword, place),
        }
    }
    said.list = Some((keyword, values));
    Ok((listed, Some(texts)))
}

fn whole(schema: &AssertedMembers<'_>, keyword: &str, place: &str) -> Compiled<Option<u64>> {
    match schema.get(keyword) {
        None => Ok(None),
        Some(limit) => limit
            .as_number()
            .and_then(Number::as_u64)
            .map_or_else(|| unsupported(keyword, place), |limit| Ok(Some(limit))),
    }
}

/// The dialect of a document.
fn draft(document: &Assertions<'_>) -> Draft {
    let named = document.get("$schema").and_then(Assertions::as_str);
    named.map_or_else(Draft::default, Draft::from_schema_uri)
}

/// A format that the `jsonschema` crate checks, as it does inside the whole schema.
fn format_check(name: &str, document: &Assertions<'_>, place: &str) -> Compiled<TextCheck> {
    let options = jsonschema::options().with_draft(draft(document)).should_validate_formats(true);
    match options.build(&json!({"format": name})) {
        Ok(validator) => Ok(TextCheck::Format { name: name.to_owned(), validator: Box::new(validator) }),
        Err(_) => unsupported("format", place),
    }
}
