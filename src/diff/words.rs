//! In which words is a change told?

use serde_json::{Number, Value};

use super::fact::{Access, Change, How, Part};
use crate::schema::keywords::names;

/// What changed, as a predicate about the location.
pub(super) fn said(change: &Change) -> String {
    match change {
        Change::Nullable(true) => "may be null now".to_owned(),
        Change::Nullable(false) => "is never null now".to_owned(),
        Change::Types { gained, lost } => of_types(&types(gained), &types(lost)),
        Change::Format { old, new, asserted } => {
            let unchecked = if *asserted { "" } else { ", which is not validated" };
            format!("has format {} now, before {}{unchecked}", quoted(new.as_deref()), quoted(old.as_deref()))
        }
        Change::Values { added, removed } => of_values(&list(added), &list(removed)),
        Change::Listed(true) => "has a list of values now".to_owned(),
        Change::Listed(false) => "has no list of values any more".to_owned(),
        Change::Bound { keyword, old, new, .. } => {
            format!("has `{keyword}` {} now, before {}", number(new.as_ref()), number(old.as_ref()))
        }
        Change::Added { required } => format!("is new and {}", word(*required)),
        Change::Removed { required } => format!("is not described any more; it was {}", word(*required)),
        Change::Renamed { to, .. } => format!("is most likely called `{}` now", cut(to)),
        Change::Moved { to, .. } => format!("is most likely at `{}` now", cut(to)),
        Change::Required(true) => "is always there now".to_owned(),
        Change::Required(false) => "may be missing now".to_owned(),
        Change::Open(true) => "may have more keys that nothing describes".to_owned(),
        Change::Open(false) => "may have fewer keys that nothing describes".to_owned(),
        Change::Pattern { old, new } => {
            format!("has pattern {} now, before {}", quoted(new.as_deref()), quoted(old.as_deref()))
        }
        Change::Part { part, how, name } => of_part(*part, *how, name),
        Change::Dialect { old, new } => {
            format!("is described by {} now, before by {}", dialect(new), dialect(old))
        }
        Change::NullableKeyword(now) => {
            let [is, now, allows] =
                if *now { ["is", "now", "allows"] } else { ["is not", "any more", "allowed"] };
            format!("{is} `nullable` {now}, a keyword of OpenAPI 3.0 that {allows} nothing in JSON Schema")
        }
        Change::Access { access: Access::ReadOnly, now, .. } => of_flag(names::READ_ONLY, *now),
        Change::Access { access: Access::WriteOnly, now, .. } => of_flag(names::WRITE_ONLY, *now),
        Change::Deprecated(true) => "is deprecated now".to_owned(),
        Change::Deprecated(false) => "is not deprecated any more".to_owned(),
        Change::Annotation(keyword) => format!("has another `{}`", cut(keyword)),
        Change::Keyword(keyword) => {
            format!("has another `{}`; what that means was not validated", cut(keyword))
        }
    }
}

fn of_types(gained: &str, lost: &str) -> String {
    match (gained, lost) {
        (gained, "") => format!("may also be {gained} now"),
        ("", lost) => format!("is never {lost} now"),
        _ => format!("may be {gained} now, and never {lost}"),
    }
}

fn of_values(added: &str, removed: &str) -> String {
    match (added, removed) {
        ("", removed) => format!("is never {removed} now"),
        (added, "") => format!("may be {added} now"),
        _ => format!("is always {added} now, before {removed}"),
    }
}

fn of_flag(keyword: &str, now: bool) -> String {
    format!("is {} `{keyword}`", if now { "now" } else { "no longer" })
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
        Part::AnyOf => "an alternative of `anyOf`".to_owned(),
        Part::OneOf => "an alternative of `oneOf`".to_owned(),
        Part::AllOf => "a condition beside others".to_owned(),
        Part::Not => "a condition of `not`".to_owned(),
        Part::If => "a condition of `if`".to_owned(),
        Part::Contains => "a condition of `contains`".to_owned(),
        Part::DependentRequired => {
            let (name, other) = name.split_once(' ').unwrap_or((name, ""));
            format!("the condition that `{}` is there if `{}` is", cut(other), cut(name))
        }
        Part::DependentSchema => format!("a condition where `{}` is there", cut(name)),
        Part::PropertyNames => "a condition for the names of properties".to_owned(),
        Part::PatternProperty => format!("the pattern `{}` of names of properties", cut(name)),
        Part::PrefixItems => format!("a schema for position {name}"),
        Part::UnevaluatedItems => "a schema for unevaluated items".to_owned(),
        Part::UnevaluatedProperties => "a schema for unevaluated properties".to_owned(),
        Part::UniqueItems => "the condition that no two items are equal".to_owned(),
    };
    match how {
        How::Added => format!("gained {what}"),
        How::Removed => format!("lost {what}"),
        How::Changed => format!("has {what} that says something else now"),
    }
}

/// Whom it breaks, inside a sentence.
pub(super) fn whom(sentence: &str) -> String {
    let mut letters = sentence.trim_end_matches('.').chars();
    letters.next().into_iter().flat_map(char::to_lowercase).chain(letters).collect()
}

fn types(types: &[&str]) -> String {
    let named = |name: &&str| if *name == "number" { "a fraction" } else { *name }.to_owned();
    types.iter().map(named).collect::<Vec<_>>().join(", ")
}

fn list(values: &[Value]) -> String {
    const MOST: usize = 5;
    let shown: Vec<String> = values.iter().take(MOST).map(|value| cut(&beginning(value))).collect();
    let more = values.len().saturating_sub(MOST);
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
