//! In which words is a change told?

use serde_json::Value;

use super::fact::Change;

/// What is the matter, as a predicate about the place.
pub(super) fn said(change: &Change) -> String {
    let some =
        |text: &Option<String>| text.as_ref().map_or("none".to_owned(), |text| format!("`{}`", cut(text)));
    let number = |value: &Option<Value>| value.as_ref().map_or("none".to_owned(), ToString::to_string);
    match change {
        Change::Nullable(true) => "may be null now".to_owned(),
        Change::Nullable(false) => "is never null now".to_owned(),
        Change::Types { gained, lost } => match (gained.is_empty(), lost.is_empty()) {
            (false, true) => format!("may also be {} now", types(gained)),
            (true, false) => format!("is never {} now", types(lost)),
            _ => format!("may be {} now, and never {}", types(gained), types(lost)),
        },
        Change::Format(old, new) => format!("has format {} now, before {}", some(new), some(old)),
        Change::Values { added, removed } if removed.is_empty() => format!("may be {} now", list(added)),
        Change::Values { removed, .. } => format!("is never {} now", list(removed)),
        Change::Listed(true) => "has a list of values now".to_owned(),
        Change::Listed(false) => "has no list of values any more".to_owned(),
        Change::Bound { keyword, old, new } => {
            format!("has `{keyword}` {} now, before {}", number(new), number(old))
        }
        Change::Added { required } => format!("is new and {}", word(*required)),
        Change::Removed { required } => format!("is not described any more; it was {}", word(*required)),
        Change::Renamed { to, .. } => format!("is most likely called `{}` now", cut(to)),
        Change::Moved { to, .. } => format!("most likely stands at `{}` now", cut(to)),
        Change::Required(true) => "is always there now".to_owned(),
        Change::Required(false) => "may be missing now".to_owned(),
        Change::Open(true) => "may have more keys that nothing describes".to_owned(),
        Change::Open(false) => "may have fewer keys that nothing describes".to_owned(),
        Change::Pattern(old, new) => format!("has pattern {} now, before {}", some(new), some(old)),
        Change::Branch { keyword, added: true } => format!("has another branch of `{keyword}`"),
        Change::Branch { keyword, added: false } => format!("has a branch of `{keyword}` less"),
        Change::Dialect { old, new } => {
            let name = |text: &str| {
                if text.is_empty() { "no `$schema`".to_owned() } else { format!("`{}`", cut(text)) }
            };
            format!("is described by {} now, before by {}", name(new), name(old))
        }
        Change::Words(keyword) => format!("has another `{}`", cut(keyword)),
        Change::Keyword(keyword) => format!("has another `{}`; what that means was not judged", cut(keyword)),
    }
}

/// Whom it hurts, inside a sentence.
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
    if required { "required" } else { "optional" }
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
