//! What a schema asserts of the values at one location, each assertion by itself: a replacement keeps and
//! breaks exactly those that the value did.

use std::collections::HashSet;

use jsonschema::Validator;
use referencing::Draft;
use serde_json::{Number, Value, json};

use crate::schema::format::{is_date_time, is_uuid};
use crate::schema::model::{Assertion, Bound, Model, NodeId};
use crate::schema::numbers::{canonical_number, is_multiple};
use crate::schema::pattern::{Effort, Pattern};
use crate::schema::types::TypeSet;

/// What is asserted of strings and numbers.
#[derive(Debug, Default)]
pub(super) struct Checks {
    strings: Vec<TextCheck>,
    numbers: Vec<NumberCheck>,
    /// What is asserted of strings, as far as that is looked at quickly.
    pub(super) formats: Formats,
    /// The strings that are listed: public words.
    pub(super) listed: HashSet<String>,
    /// Arrays and objects that are listed.
    pub(super) containers: Vec<Value>,
}

/// Kinds of assertions of strings.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(super) enum Formats {
    /// There are none.
    #[default]
    None,
    /// Only that they are UUIDs.
    Uuid,
    /// Only that they are dates with a time.
    DateTime,
    Others,
}

#[derive(Debug)]
enum TextCheck {
    Uuid,
    DateTime,
    Min(u64),
    Max(u64),
    Pattern(Pattern),
    Listed(HashSet<String>),
    /// A format or a content.
    Library(Box<Validator>),
}

#[derive(Debug)]
enum NumberCheck {
    Bound(Bound),
    Multiple(Number),
    Listed(Vec<Number>),
}

/// Which assertions a value keeps.
#[derive(Debug, Default, PartialEq, Eq)]
pub(super) struct Outcome(Vec<bool>);

impl Checks {
    /// What these subschemas assert by themselves.
    pub(super) fn of<'m>(nodes: impl Iterator<Item = (&'m Model, NodeId)>) -> Self {
        let mut checks = Self::default();
        for (model, id) in nodes {
            let node = model.node(id);
            for assertion in &node.assertions {
                checks.add(assertion, node.draft);
            }
        }
        let all = |is: fn(&TextCheck) -> bool| checks.strings.iter().all(is);
        checks.formats = match checks.strings.len() {
            0 => Formats::None,
            _ if all(|check| matches!(check, TextCheck::Uuid)) => Formats::Uuid,
            _ if all(|check| matches!(check, TextCheck::DateTime)) => Formats::DateTime,
            _ => Formats::Others,
        };
        checks
    }

    fn add(&mut self, assertion: &Assertion, draft: Draft) {
        match assertion {
            Assertion::Values { values, .. } => {
                let strings: HashSet<String> =
                    values.iter().filter_map(Value::as_str).map(str::to_owned).collect();
                let numbers: Vec<Number> =
                    values.iter().filter_map(Value::as_number).map(canonical_number).collect();
                let containers = values.iter().filter(|value| value.is_array() || value.is_object());
                self.containers.extend(containers.cloned());
                self.listed.extend(strings.iter().cloned());
                self.strings.push(TextCheck::Listed(strings));
                self.numbers.push(NumberCheck::Listed(numbers));
            }
            Assertion::Bound(bound) => self.numbers.push(NumberCheck::Bound(bound.clone())),
            Assertion::MultipleOf(of) => self.numbers.push(NumberCheck::Multiple(of.clone())),
            Assertion::Count(count) if count.of == TypeSet::STRING => self.strings.push(if count.upper {
                TextCheck::Max(count.limit)
            } else {
                TextCheck::Min(count.limit)
            }),
            Assertion::Pattern { pattern, .. } => self.strings.push(TextCheck::Pattern(pattern.clone())),
            Assertion::Format(name) if name == "uuid" => self.strings.push(TextCheck::Uuid),
            Assertion::Format(name) if name == "date-time" => self.strings.push(TextCheck::DateTime),
            Assertion::Format(name) => self.library(assertion.keyword(), name, draft),
            Assertion::Content { keyword, value } => self.library(keyword, value, draft),
            _ => {}
        }
    }

    fn library(&mut self, keyword: &str, value: &str, draft: Draft) {
        let options = jsonschema::options().with_draft(draft.min(Draft::Draft202012));
        let validator = options.should_validate_formats(true).build(&json!({(keyword): value}));
        self.strings.extend(validator.ok().map(|validator| TextCheck::Library(Box::new(validator))));
    }

    /// Whether nothing is asserted of strings.
    pub(super) fn is_free(&self) -> bool {
        self.strings.is_empty()
    }

    /// Whether nothing is asserted of numbers.
    pub(super) fn is_free_of_numbers(&self) -> bool {
        self.numbers.is_empty()
    }

    /// Whether a number is listed.
    pub(super) fn lists_number(&self, text: &str) -> bool {
        let Ok(number) = serde_json::from_str::<Number>(text) else { return false };
        let number = canonical_number(&number);
        self.numbers
            .iter()
            .any(|check| matches!(check, NumberCheck::Listed(listed) if listed.contains(&number)))
    }

    /// Which of the assertions a string keeps.
    pub(super) fn text(&self, text: &str) -> Outcome {
        let effort = Effort::default();
        Outcome(self.strings.iter().map(|check| check.keeps(text, &effort)).collect())
    }

    /// Which of the assertions a number keeps, and whether it can be read at all.
    pub(super) fn number(&self, text: &str) -> Outcome {
        let number = serde_json::from_str::<Number>(text).ok();
        let finite = number.as_ref().is_some_and(|number| number.as_f64().is_some_and(f64::is_finite));
        let Some(number) = number.filter(|_| finite) else { return Outcome(Vec::new()) };
        let kept = self.numbers.iter().map(|check| match check {
            NumberCheck::Bound(bound) => bound.admits(&number),
            NumberCheck::Multiple(of) => is_multiple(&number, of).unwrap_or(true),
            NumberCheck::Listed(listed) => listed.contains(&canonical_number(&number)),
        });
        Outcome(std::iter::once(true).chain(kept).collect())
    }
}

/// What is asserted of the keys of maps.
pub(super) struct KeyChecks {
    /// Different for different checks.
    pub(super) id: u64,
    pub(super) names: Checks,
    pub(super) patterns: Vec<Pattern>,
    pub(super) kept: Vec<String>,
}

impl KeyChecks {
    /// Which subschemas apply to a member of this name.
    pub(super) fn patterns(&self, key: &str) -> Vec<bool> {
        let effort = Effort::default();
        self.patterns.iter().map(|pattern| pattern.is_match(key, &effort).unwrap_or(true)).collect()
    }

    /// Whether a key is one that the schemas name.
    pub(super) fn names(&self, key: &str) -> bool {
        self.kept.iter().any(|kept| kept == key)
    }
}

impl TextCheck {
    fn keeps(&self, text: &str, effort: &Effort) -> bool {
        match self {
            Self::Uuid => is_uuid(text),
            Self::DateTime => is_date_time(text),
            Self::Min(limit) => text.chars().count() as u64 >= *limit,
            Self::Max(limit) => text.chars().count() as u64 <= *limit,
            Self::Pattern(pattern) => pattern.is_match(text, effort).unwrap_or(true),
            Self::Listed(listed) => listed.contains(text),
            Self::Library(validator) => validator.is_valid(&Value::from(text)),
        }
    }
}
