//! Words changes: a predicate about the location.

use serde_json::{Number, Value};

use super::document::Document;
use super::fact::{Access, Change, How, Part};
use crate::schema::keywords::names;
use crate::untrusted::to_pretty_json;

/// What changed, as a predicate about the location.
pub(super) fn of(change: &Change) -> String {
    match change {
        Change::Nullable(true) => "became nullable".to_owned(),
        Change::Nullable(false) => "is no longer nullable".to_owned(),
        Change::Types { gained, lost } => of_types(&types(gained), &types(lost)),
        Change::Format { old, new, asserted } => {
            let unchecked = if *asserted { "" } else { ", which is not validated" };
            format!("changed format from {} to {}{unchecked}", quoted(old.as_deref()), quoted(new.as_deref()))
        }
        Change::Values { added, removed } => of_values(&list(added), &list(removed)),
        Change::Listed(true) => "became an enum".to_owned(),
        Change::Listed(false) => "is no longer an enum".to_owned(),
        Change::Bound { keyword, old, new, .. } => {
            format!("changed `{keyword}` from {} to {}", number(old.as_ref()), number(new.as_ref()))
        }
        Change::Added { required } => format!("was added ({})", word(*required)),
        Change::Removed { required } => format!("was removed ({})", word(*required)),
        Change::Renamed { to, .. } => format!("was probably renamed to `{}`", cut(to)),
        Change::Moved { to, .. } => format!("was probably moved to `{}`", cut(to)),
        Change::Required(true) => "became required".to_owned(),
        Change::Required(false) => "became optional".to_owned(),
        Change::Open(true) => "allows more additional properties".to_owned(),
        Change::Open(false) => "allows fewer additional properties".to_owned(),
        Change::Pattern { old, new } => {
            format!("changed pattern from {} to {}", quoted(old.as_deref()), quoted(new.as_deref()))
        }
        Change::Part { part, how, name } => of_part(*part, *how, name),
        Change::Dialect { old, new } => {
            format!("changed dialect from {} to {}", dialect(old), dialect(new))
        }
        Change::NullableKeyword(now) => {
            let how = if *now { "gained" } else { "lost" };
            format!("{how} `nullable`, an OpenAPI 3.0 keyword that means nothing in JSON Schema")
        }
        Change::Access { access: Access::ReadOnly, now, .. } => of_flag(names::READ_ONLY, *now),
        Change::Access { access: Access::WriteOnly, now, .. } => of_flag(names::WRITE_ONLY, *now),
        Change::Deprecated(true) => "became deprecated".to_owned(),
        Change::Deprecated(false) => "is no longer deprecated".to_owned(),
        Change::Annotation(keyword) => format!("changed `{}`", cut(keyword)),
        Change::Keyword(keyword) => {
            format!("changed `{}`, whose meaning is not compared", cut(keyword))
        }
    }
}

fn of_types(gained: &str, lost: &str) -> String {
    match (gained, lost) {
        (gained, "") => format!("gained type {gained}"),
        ("", lost) => format!("lost type {lost}"),
        _ => format!("changed type from {lost} to {gained}"),
    }
}

fn of_values(added: &str, removed: &str) -> String {
    match (added, removed) {
        ("", removed) => format!("lost enum value {removed}"),
        (added, "") => format!("gained enum value {added}"),
        _ => format!("changed from {removed} to {added}"),
    }
}

fn of_flag(keyword: &str, now: bool) -> String {
    format!("{} `{keyword}`", if now { "became" } else { "is no longer" })
}

fn quoted(text: Option<&str>) -> String {
    text.map_or("none".to_owned(), |text| format!("`{}`", cut(text)))
}

fn number(value: Option<&Number>) -> String {
    value.map_or("none".to_owned(), ToString::to_string)
}

fn dialect(name: &str) -> String {
    if name.is_empty() { "no `$schema`".to_owned() } else { format!("`{}`", cut(name)) }
}

fn of_part(part: Part, how: How, name: &str) -> String {
    let what = match part {
        Part::AnyOf => "an `anyOf` branch".to_owned(),
        Part::OneOf => "a `oneOf` branch".to_owned(),
        Part::AllOf => "an `allOf` subschema".to_owned(),
        Part::Not => "a `not` subschema".to_owned(),
        Part::If => "an `if` condition".to_owned(),
        Part::Contains => "a `contains` subschema".to_owned(),
        Part::DependentRequired => {
            let (name, other) = name.split_once(' ').unwrap_or((name, ""));
            format!("the condition that `{}` requires `{}`", cut(name), cut(other))
        }
        Part::DependentSchema => format!("a condition on objects with `{}`", cut(name)),
        Part::PropertyNames => "a `propertyNames` subschema".to_owned(),
        Part::PatternProperty => format!("the `patternProperties` entry `{}`", cut(name)),
        Part::PrefixItems => format!("a schema for position {name}"),
        Part::UnevaluatedItems => "an `unevaluatedItems` subschema".to_owned(),
        Part::UnevaluatedProperties => "an `unevaluatedProperties` subschema".to_owned(),
        Part::UniqueItems => "`uniqueItems`".to_owned(),
    };
    match how {
        How::Added => format!("gained {what}"),
        How::Removed => format!("lost {what}"),
        How::Changed => format!("changed {what}"),
    }
}

/// The impact of a rule inside a sentence: which consumers break, or why none does.
pub(super) fn impact(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn types(types: &[&str]) -> String {
    let named = |name: &&str| if *name == "number" { "a fraction" } else { *name }.to_owned();
    types.iter().map(named).collect::<Vec<_>>().join(", ")
}

fn list(values: &[Value]) -> String {
    const MAX_SHOWN: usize = 5;
    let shown: Vec<String> = values.iter().take(MAX_SHOWN).map(|value| cut(&beginning(value))).collect();
    let more = values.len().saturating_sub(MAX_SHOWN);
    if more == 0 { shown.join(", ") } else { format!("{} and {more} more", shown.join(", ")) }
}

fn word(required: bool) -> &'static str {
    if required { names::REQUIRED } else { "optional" }
}

/// The text of a value, as much of it as is shown.
pub(super) fn beginning(value: &Value) -> String {
    struct Beginning(Vec<u8>);
    impl std::io::Write for Beginning {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            if self.0.len() > 4 * MAX_SHOWN {
                return Err(std::io::ErrorKind::WriteZero.into());
            }
            self.0.extend_from_slice(bytes);
            Ok(bytes.len())
        }

        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut text = Beginning(Vec::new());
    // An error only says that there is more.
    let _ = serde_json::to_writer(&mut text, value);
    String::from_utf8_lossy(&text.0).into_owned()
}

/// Lines shown of a schema.
const MAX_LINES: usize = 40;

/// The schema around a location, or if that is long what is at the location.
pub(super) fn shown(document: &Document, at: &str) -> (String, String) {
    let lines = |location: &str| {
        let text = to_pretty_json(document.at(location)?);
        let is_cut = text.lines().nth(MAX_LINES).is_some();
        let lines: Vec<&str> = text.lines().take(MAX_LINES).chain(is_cut.then_some("…")).collect();
        Some((location.to_owned(), lines.join("\n"), is_cut))
    };
    let around = at.rsplit_once('/').map_or("", |(around, _)| around);
    let around = lines(around).filter(|(.., is_cut)| !is_cut);
    let (location, text, _) = around.or_else(|| lines(at)).unwrap_or_default();
    (location, text)
}

/// Characters shown of a text.
const MAX_SHOWN: usize = 80;

/// At most 80 characters of a text.
pub(super) fn cut(text: &str) -> String {
    if text.chars().count() <= MAX_SHOWN {
        text.to_owned()
    } else {
        text.chars().take(MAX_SHOWN).chain(['…']).collect()
    }
}
