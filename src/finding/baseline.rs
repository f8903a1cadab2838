//! Baselines: findings accepted for now, each with a reason, an owner and an expiry date.

use std::collections::{HashMap, HashSet};

use schemars::JsonSchema;
use serde::de::Error as _;
use serde::{Deserialize, Deserializer, Serialize};
use toml::value::Datetime;
use toml_edit::{DocumentMut, Item, TableLike};

use super::{Finding, Groups};
use crate::error::{Error, ErrorKind};

/// Findings that are accepted for now: a TOML file, written by the tool and reviewed by people.
///
/// An entry names rule and pointer (with `*` for array indexes), so it holds when messages, values,
/// lines or the order of payloads change.
///
/// ```
/// use clients_contract::finding::Baseline;
///
/// let text = r#"
/// version = 1
///
/// [[accept]]
/// rule = "null-value"
/// pointer = "/data/name"
/// reason = "fixed in the next release"
/// expires = 2026-12-31
/// "#;
/// let baseline = Baseline::parse("baseline.toml", text, "2026-11-23", &["null-value"])?;
/// assert_eq!(baseline.len(), 1);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct Baseline {
    entries: Vec<Entry>,
    index: HashMap<(String, String), usize>,
    accepted: u64,
    /// The JSON Schema that the file names.
    schema: Option<String>,
}

#[derive(Clone, Debug)]
struct Entry {
    accept: Accept,
    expired: bool,
    matched: bool,
}

/// One accepted group.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "AcceptedGroup", !deny_unknown_fields)]
pub struct Accept {
    /// The id of the rule.
    pub rule: String,
    /// The location, with `*` for every array index.
    pub pointer: String,
    /// Why it is accepted.
    #[serde(default)]
    pub reason: String,
    /// Who is responsible for it.
    #[serde(default)]
    pub owner: String,
    /// The day on which it was first accepted, as `YYYY-MM-DD`; not known without it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "day")]
    pub first_seen: Option<String>,
    /// The last day on which it is accepted, as `YYYY-MM-DD`; for ever without it.
    #[serde(default, skip_serializing_if = "Option::is_none", deserialize_with = "day")]
    pub expires: Option<String>,
}

/// Findings that are accepted for now, by rule and location.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "Baseline")]
pub(crate) struct File {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema")]
    schema: Option<String>,
    /// The version of this format.
    #[schemars(extend("const" = 1))]
    version: u32,
    /// The finding groups that are accepted.
    #[serde(default)]
    accept: Vec<Accept>,
}

impl Accept {
    fn to_toml(&self) -> String {
        let quoted = |text: &str| toml::Value::from(text).to_string();
        let mut toml = format!("\n[[accept]]\nrule = {}\n", quoted(&self.rule));
        for (key, text) in [("pointer", &self.pointer), ("reason", &self.reason), ("owner", &self.owner)] {
            toml.extend([key, " = ", &quoted(text), "\n"]);
        }
        for (key, day) in [("first_seen", &self.first_seen), ("expires", &self.expires)] {
            if let Some(day) = day {
                toml.extend([key, " = ", day, "\n"]);
            }
        }
        toml
    }

    fn key(&self) -> (String, String) {
        (self.rule.clone(), self.pointer.clone())
    }
}

impl Baseline {
    /// Reads a baseline; `today` (`YYYY-MM-DD`) decides what is expired, `rules` which ids exist.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] with line and column when the text is not a baseline, or with the entry
    /// when it names an unknown rule, an invalid pointer, or one group twice.
    pub fn parse(name: &str, text: &str, today: &str, rules: &[&str]) -> Result<Self, Error> {
        let file: File = toml::from_str(text).map_err(|error: toml::de::Error| {
            toml_error(name, text, error.span().map(|span| span.start), error.message())
        })?;
        if file.version != 1 {
            let message = format!("has version {}; expected version 1", file.version);
            return Err(Error::new(ErrorKind::Usage, name, message));
        }
        let mut baseline = Self { schema: file.schema, ..Self::default() };
        for (number, accept) in file.accept.into_iter().enumerate() {
            let refused = |message: String| {
                Err(Error::new(ErrorKind::Usage, format!("{name}: entry {}", number + 1), message))
            };
            if !rules.contains(&accept.rule.as_str()) {
                return refused(super::unknown_rule(&accept.rule, rules.iter().copied()));
            }
            if !(accept.pointer.is_empty() || accept.pointer.starts_with('/')) {
                return refused(format!("`{}` is not a JSON Pointer; it begins with `/`", accept.pointer));
            }
            if baseline.index.insert(accept.key(), number).is_some() {
                return refused(format!("`{}` at `{}` is listed twice", accept.rule, accept.pointer));
            }
            let expired = accept.expires.as_deref().is_some_and(|day| day < today);
            baseline.entries.push(Entry { accept, expired, matched: false });
        }
        Ok(baseline)
    }

    /// Number of entries.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.len()
    }

    /// Whether it has no entries.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.entries.is_empty()
    }

    /// Whether a finding, and those that are counted with it, are accepted. An entry that is expired accepts
    /// nothing any more.
    pub(super) fn accepts(&mut self, finding: &Finding) -> bool {
        let key = (finding.rule.id.to_owned(), finding.pointer.starred());
        self.accepts_group(&key, 1 + finding.further)
    }

    /// Whether this number of findings of one group is accepted; the key is its rule and its pointer with
    /// stars.
    pub(super) fn accepts_group(&mut self, key: &(String, String), count: u64) -> bool {
        let Some(&at) = self.index.get(key) else { return false };
        let entry = &mut self.entries[at];
        entry.matched = true;
        self.accepted += if entry.expired { 0 } else { count };
        !entry.expired
    }

    /// Number of findings accepted so far.
    #[must_use]
    pub fn accepted(&self) -> u64 {
        self.accepted
    }

    /// Expired entries that would have matched a finding.
    pub fn expired(&self) -> impl Iterator<Item = &Accept> {
        self.entries.iter().filter(|entry| entry.expired && entry.matched).map(|entry| &entry.accept)
    }

    /// Entries that have matched no finding so far.
    pub fn stale(&self) -> impl Iterator<Item = &Accept> {
        self.entries.iter().filter(|entry| !entry.matched).map(|entry| &entry.accept)
    }

    /// The text of a baseline that accepts what was found. Reason, owner and expiry date of the same entries
    /// in `earlier` are kept; of an expired entry only the day on which it was first seen. New entries were
    /// first seen `today` (`YYYY-MM-DD`). Entries of `earlier` that matched nothing stay if `stays` says so:
    /// what was not checked may still occur.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Unsupported`] if there are more finding groups than a baseline can list.
    pub fn accepting(
        groups: &Groups,
        earlier: Option<&Self>,
        stays: impl Fn(&Accept) -> bool,
        today: &str,
    ) -> Result<String, Error> {
        if groups.uncounted() > 0 {
            let message = "more finding groups than a baseline can list; begin with fewer payloads";
            return Err(Error::new(ErrorKind::Unsupported, "baseline", message));
        }
        let known = |key: &(String, String)| {
            let earlier = earlier?;
            earlier.index.get(key).map(|at| &earlier.entries[*at])
        };
        let mut accept: Vec<Accept> = groups
            .sorted()
            .into_iter()
            .map(|group| {
                let key = (group.rule.id.to_owned(), group.pointer.clone());
                let fresh = |first_seen| Accept {
                    rule: group.rule.id.to_owned(),
                    pointer: group.pointer.clone(),
                    reason: String::new(),
                    owner: String::new(),
                    first_seen,
                    expires: None,
                };
                match known(&key) {
                    Some(entry) if entry.expired => fresh(entry.accept.first_seen.clone()),
                    Some(entry) => entry.accept.clone(),
                    None => fresh(Some(today.to_owned())),
                }
            })
            .collect();
        let found: HashSet<(String, String)> =
            accept.iter().map(|entry| (entry.rule.clone(), entry.pointer.clone())).collect();
        let others = earlier.into_iter().flat_map(|earlier| &earlier.entries).map(|entry| &entry.accept);
        let others = others.filter(|entry| stays(entry));
        accept.extend(
            others.filter(|entry| !found.contains(&(entry.rule.clone(), entry.pointer.clone()))).cloned(),
        );
        accept.sort_by_key(Accept::key);
        accept.dedup_by(|one, other| one.key() == other.key());
        let schema = earlier.and_then(|earlier| earlier.schema.as_deref());
        let schema = schema.map(|schema| format!("\"$schema\" = {}\n", toml::Value::from(schema)));
        let mut text = format!("{HEAD}{}version = 1\n", schema.unwrap_or_default());
        for entry in &accept {
            text.push_str(&entry.to_toml());
        }
        Ok(text)
    }
}

/// The text of a baseline without these entries. Everything else in it stays as it is written, comments too.
///
/// # Errors
///
/// [`ErrorKind::Usage`] when the text is not TOML.
#[doc(hidden)]
pub fn without(name: &str, text: &str, gone: &[&Accept]) -> Result<String, Error> {
    let mut document: DocumentMut = text
        .parse()
        .map_err(|error: toml_edit::TomlError| Error::new(ErrorKind::Usage, name, error.message()))?;
    let stays = |entry: &dyn TableLike| {
        let text = |key: &str| entry.get(key).and_then(Item::as_str);
        let (rule, pointer) = (text("rule"), text("pointer"));
        !gone.iter().any(|gone| rule == Some(&*gone.rule) && pointer == Some(&*gone.pointer))
    };
    match document.get_mut("accept") {
        Some(Item::ArrayOfTables(entries)) => entries.retain(|entry| stays(entry)),
        Some(Item::Value(toml_edit::Value::Array(entries))) => {
            entries.retain(|entry| entry.as_inline_table().is_none_or(|entry| stays(entry)));
        }
        _ => {}
    }
    // The parser leaves out carriage returns.
    let pruned = document.to_string();
    let is_windows = text.contains("\r\n") && !pruned.contains('\r');
    Ok(if is_windows { pruned.replace('\n', "\r\n") } else { pruned })
}

const HEAD: &str = "\
# Accepted findings: they are not listed and do not fail a run; payloads stay invalid.
# Give each a reason, an owner, and the last day on which it is accepted (expires = 2026-12-31).
";

/// An error about TOML at a byte offset, with its line and column.
#[doc(hidden)]
#[must_use]
pub fn toml_error(name: &str, text: &str, at: Option<usize>, message: &str) -> Error {
    let mut location = name.to_owned();
    if let Some(at) = at {
        let at = crate::json::Lines::new(text.as_bytes()).location(at);
        location = format!("{name}:{}:{}", at.line, at.column);
    }
    Error::new(ErrorKind::Usage, location, message.trim().replace('\n', ", "))
}

/// A day as TOML writes it: `2026-12-31`, with or without quotes.
fn day<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    #[derive(Deserialize)]
    #[serde(untagged)]
    enum Written {
        Day(Datetime),
        Text(String),
    }
    let written = match Written::deserialize(deserializer) {
        Ok(Written::Day(day)) => Some(day),
        Ok(Written::Text(text)) => text.parse().ok(),
        Err(_) => None,
    };
    match written {
        Some(Datetime { date: Some(date), time: None, offset: None }) => Ok(Some(date.to_string())),
        _ => Err(D::Error::custom("expected a date such as 2026-12-31")),
    }
}
