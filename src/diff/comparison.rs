//! The result of comparing two schemas.

use std::cell::OnceCell;
use std::collections::{BTreeMap, HashMap};

use serde_json::Value;

use super::document::Document;
use super::fact::{Change, Effect, Fact};
use super::given::Given;
use super::pairs::Pairs;
use super::rules::{self, NOBODY, WRITE_ONLY};
use super::witness::{self, Shown, Witness};
use super::{annotations, message, moves, proof, sites};
use crate::finding::{Finding, Rule, Severity};
use crate::json::LineColumn;
use crate::origin::Origin;
use crate::pointer::unescape;

/// How much the version of a contract must rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Only annotations changed, or what makes no difference to any payload.
    Patch,
    /// Something changed that consumers should survive.
    Minor,
    /// Consumers may break.
    Major,
}

impl Bump {
    /// The word for it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::None => "none",
            Self::Patch => "patch",
            Self::Minor => "minor",
            Self::Major => "major",
        }
    }
}

/// Where a subschema is written.
#[derive(Clone, Debug)]
struct At {
    document: Origin,
    text: LineColumn,
}

/// Where the subschemas at these locations are written, in a document or in those that it refers to.
fn located(document: &Document, locations: impl Iterator<Item = String>) -> HashMap<String, At> {
    let locations: Vec<String> = locations.collect();
    let mut of: BTreeMap<Option<&str>, Vec<(&str, &str)>> = BTreeMap::new();
    for location in &locations {
        let (uri, pointer) = document.split(location);
        of.entry(uri).or_default().push((location, pointer));
    }
    let mut found = HashMap::new();
    for (uri, locations) in of {
        let (schema, origin) = match uri {
            None => (Some(&document.schema), document.origin.clone()),
            Some(uri) => match document.schema.resources().read(uri) {
                Some(schema) => (Some(schema), Origin::file(schema.name())),
                None => (None, Origin::file(uri)),
            },
        };
        let pointers = locations.iter().map(|(_, pointer)| *pointer);
        let lines = schema.map(|schema| schema.locate(pointers)).unwrap_or_default();
        for (location, pointer) in locations {
            let text = lines.get(pointer).copied().unwrap_or(LineColumn { line: 1, column: 1 });
            found.insert(location.to_owned(), At { document: origin.clone(), text });
        }
    }
    found
}

/// One difference, and what is thought of it.
pub(super) struct Difference {
    pub(super) fact: Fact,
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    old: At,
    new: At,
    witness: OnceCell<Witness>,
    /// Whether responses do not have what it is about.
    write_only: bool,
    /// Under which condition, if under one.
    when: Option<String>,
}

impl Difference {
    /// What changed, as a predicate about the location.
    pub(super) fn message(&self) -> String {
        let text = message::of(&self.fact.change);
        self.when.as_ref().map_or(text.clone(), |when| format!("{text} {when}"))
    }

    fn impact(&self) -> &'static str {
        match self.fact.effect {
            _ if self.write_only => WRITE_ONLY,
            Effect::Narrows | Effect::Neither if self.rule.severity == Severity::Error => NOBODY,
            Effect::Widens | Effect::Unknown if self.rule.impact == NOBODY => {
                "Breaks consumers that rely on the old schema: a new value may be allowed."
            }
            _ => self.rule.impact,
        }
    }
}

/// Two schemas compared.
pub struct Comparison<'d> {
    pairs: Pairs<'d>,
    pub(super) differences: Vec<Difference>,
}

impl std::fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.differences.iter().map(|difference| &difference.fact)).finish()
    }
}

/// Compares two schemas of a response, the older one first.
#[must_use]
pub fn compare<'d>(old: &'d Document, new: &'d Document) -> Comparison<'d> {
    let mut pairs = sites::pairs(old, new);
    moves::explain(&mut pairs);
    let facts = std::mem::take(&mut pairs.facts);
    let at_old = located(old, facts.iter().map(|fact| fact.old.clone()));
    let at_new = located(new, facts.iter().map(|fact| fact.new.clone()));
    let mut shown = Vec::new();
    for fact in facts {
        let Some(rule) = rules::about(&fact.change, fact.location.tokens().is_empty()) else { continue };
        let witness = OnceCell::new();
        let requested = matches!(fact.effect, Effect::Widens | Effect::Unknown) && fact.change.is_validated();
        let how = requested.then(|| witness.get_or_init(|| witness::make(&pairs, &fact)).shown);
        shown.push((fact, rule, witness, how));
    }
    let open = |how: Option<Shown>| matches!(how, Some(Shown::Nowhere | Shown::AtPlace));
    let wanted = shown.iter().filter(|(.., how)| open(*how)).map(|(fact, ..)| fact.pair).collect();
    let proven = proof::nothing_is_new(&pairs, &wanted);
    let mut differences = Vec::new();
    for (mut fact, rule, witness, how) in shown {
        if open(how) && proven.contains(&fact.pair) {
            fact.effect = Effect::Narrows;
        }
        let write_only = annotations::is_of_write_only(&pairs, &fact);
        let severity = if write_only { Severity::Info } else { severity(&fact, rule, how) };
        let (old, new) = (at_old[&fact.old].clone(), at_new[&fact.new].clone());
        let when = pairs.conditions(fact.pair).last().map(Given::describe);
        differences.push(Difference { fact, rule, severity, old, new, witness, write_only, when });
    }
    // The order does not depend on the one in which alternatives are written.
    differences.sort_by_cached_key(|difference| {
        let location = &difference.fact.location;
        let severity = std::cmp::Reverse(difference.severity);
        (location.tokens().len(), location.to_string(), severity, difference.message())
    });
    Comparison { pairs, differences }
}

/// The severity of a change: at least a warning if it admits new values, never an error if it admits none.
fn severity(fact: &Fact, rule: &Rule, shown: Option<Shown>) -> Severity {
    let grave = rule.severity == Severity::Error;
    match (fact.effect, shown) {
        (Effect::Narrows, _) if !fact.change.is_validated() => rule.severity,
        (Effect::Narrows, _) => Severity::Info,
        (Effect::Neither, _) => {
            if grave {
                Severity::Info
            } else {
                rule.severity
            }
        }
        // What was not looked for to the end counts as found.
        (_, Some(Shown::InPayload | Shown::AtPlace)) | (Effect::Widens, Some(Shown::Stopped)) if grave => {
            Severity::Error
        }
        _ => Severity::Warning,
    }
}

impl Comparison<'_> {
    /// Every difference as a finding in the new document, nearest to the root first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let finding = |difference: &Difference| Finding {
            rule: difference.rule,
            severity: difference.severity,
            origin: difference.new.document.clone(),
            pointer: difference.fact.location.clone().shortened(),
            line: difference.new.text.line,
            column: difference.new.text.column,
            offset: 0,
            shown: [0, 0],
            further: 0,
            what: Self::sentence(difference),
            schema_pointer: difference.fact.new.clone(),
        };
        self.differences.iter().map(finding).collect()
    }

    /// What changed, which consumers break, and the schema locations in both documents.
    fn sentence(difference: &Difference) -> String {
        let fact = &difference.fact;
        let position = |pointer: &str| if pointer.is_empty() { "#".to_owned() } else { pointer.to_owned() };
        let At { document, text } = &difference.old;
        let before = document.location(text.line, text.column);
        format!(
            "{}; {} ({}, before {before} {})",
            difference.message(),
            message::impact(difference.impact()),
            position(&fact.new),
            position(&fact.old)
        )
    }

    /// That the schemas were not compared to the end, and where that was: they combine too much. Findings may
    /// be missing.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.pairs.effort.stopped()
    }

    /// That payloads were not looked for to the end, and where that was. A change that lets new values
    /// through counts as shown then.
    #[must_use]
    pub fn search_stopped(&self) -> Option<String> {
        self.pairs.showing.stopped()
    }

    /// The new schema at the location of the finding with that number, on one line that may be truncated.
    #[must_use]
    pub fn fragment(&self, number: usize) -> String {
        let Some(Difference { fact, .. }) = self.differences.get(number) else { return String::new() };
        let text = self.pairs.new.at(&fact.new).map(message::beginning).unwrap_or_default();
        match fact.new.rsplit_once('/') {
            Some((_, keyword)) => message::cut(&format!("\"{}\": {text}", unescape(keyword))),
            None => message::cut(&text),
        }
    }

    /// The old and the new schema at the finding with that number: locations, and what is there as indented
    /// JSON, which may be truncated.
    #[must_use]
    pub fn sides(&self, number: usize) -> Option<[(String, String); 2]> {
        let Fact { old, new, .. } = &self.differences.get(number)?.fact;
        Some(
            [(self.pairs.old, old), (self.pairs.new, new)].map(|(document, at)| message::shown(document, at)),
        )
    }

    /// A payload that the new schema allows and the old one refuses, for the finding with that number.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn witness(&self, number: usize) -> Result<Value, String> {
        let difference = self.differences.get(number).ok_or("there is no such finding")?;
        match difference.fact.effect {
            Effect::Narrows | Effect::Neither => Err("no new value comes through by this".to_owned()),
            Effect::Widens | Effect::Unknown if !difference.fact.change.is_validated() => {
                Err("no validator checks this".to_owned())
            }
            Effect::Widens | Effect::Unknown => difference
                .witness
                .get_or_init(|| witness::make(&self.pairs, &difference.fact))
                .payload
                .clone(),
        }
    }

    /// How much the version of a contract must rise: a major step for an error, a patch for what makes no
    /// difference to any payload, a minor one for anything else.
    #[must_use]
    pub fn bump(&self) -> Bump {
        let step = |difference: &Difference| match (difference.severity, difference.fact.effect) {
            (Severity::Error, _) => Bump::Major,
            (_, Effect::Neither) if !matches!(difference.fact.change, Change::Removed { .. }) => Bump::Patch,
            _ => Bump::Minor,
        };
        self.differences.iter().map(step).max().unwrap_or(Bump::None)
    }
}
