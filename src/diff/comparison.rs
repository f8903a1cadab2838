//! What is said of two schemas?

use std::cell::OnceCell;

use serde_json::Value;

use super::document::Document;
use super::fact::{Change, Effect, Fact};
use super::walk::{Walk, walk};
use super::witness::{self, Witness};
use super::{moves, opinion, words};
use crate::finding::{Finding, Rule, Severity};
use crate::json::LineColumn;
use crate::pointer::unescape;

/// How much the version of a contract must rise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Bump {
    /// Nothing changed.
    None,
    /// Only words changed, or what makes no difference to any payload.
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

/// One difference, and what is thought of it.
pub(super) struct Judged {
    pub(super) fact: Fact,
    pub(super) rule: &'static Rule,
    pub(super) severity: Severity,
    hurts: &'static str,
    old: LineColumn,
    new: LineColumn,
    witness: OnceCell<Witness>,
}

/// Two schemas compared.
pub struct Comparison<'d> {
    walk: Walk<'d>,
    pub(super) judged: Vec<Judged>,
}

impl std::fmt::Debug for Comparison<'_> {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_list().entries(self.judged.iter().map(|judged| &judged.fact)).finish()
    }
}

/// Compares two schemas of what an API answers, the older one first.
#[must_use]
pub fn compare<'d>(old: &'d Document, new: &'d Document) -> Comparison<'d> {
    let mut walk = walk(old, new);
    moves::explain(&mut walk);
    let facts = std::mem::take(&mut walk.facts);
    let at_old = old.schema.locate(facts.iter().map(|fact| &*fact.old));
    let at_new = new.schema.locate(facts.iter().map(|fact| &*fact.new));
    let mut judged = Vec::new();
    for fact in &facts {
        let witness = OnceCell::new();
        let shown = || witness.get_or_init(|| witness::make(&walk, fact)).shown;
        let Some((rule, severity, hurts)) = opinion::judge(fact, shown) else { continue };
        let (old, new) = (at_old[&*fact.old], at_new[&*fact.new]);
        judged.push(Judged { fact: fact.clone(), rule, severity, hurts, old, new, witness });
    }
    Comparison { walk, judged }
}

impl Comparison<'_> {
    /// Every difference as a finding in the new document, nearest to the root first.
    #[must_use]
    pub fn findings(&self) -> Vec<Finding> {
        let finding = |judged: &Judged| Finding {
            rule: judged.rule,
            severity: judged.severity,
            origin: self.walk.new.origin.clone(),
            pointer: judged.fact.place.clone().shortened(),
            line: judged.new.line,
            column: judged.new.column,
            offset: 0,
            shown: [0, 0],
            further: 0,
            what: self.sentence(judged),
            schema_pointer: judged.fact.new.clone(),
        };
        self.judged.iter().map(finding).collect()
    }

    /// What changed, whom it hurts, and where both documents say so.
    fn sentence(&self, judged: &Judged) -> String {
        let fact = &judged.fact;
        let place = |pointer: &str| if pointer.is_empty() { "#".to_owned() } else { pointer.to_owned() };
        let before = self.walk.old.origin.place(judged.old.line, judged.old.column);
        format!(
            "{}; hurts {} ({}, before {before} {})",
            words::said(&fact.change),
            words::whom(judged.hurts),
            place(&fact.new),
            place(&fact.old)
        )
    }

    /// That the schemas were not compared to the end, and where that was: they combine too much. Findings may be missing.
    #[must_use]
    pub fn stopped(&self) -> Option<String> {
        self.walk.effort.stopped()
    }

    /// That payloads were not looked for to the end, and where that was. A change that lets new values through counts as
    /// shown then.
    #[must_use]
    pub fn search_stopped(&self) -> Option<String> {
        self.walk.showing.stopped()
    }

    /// What the new schema says at the place of the finding with that number, on one line that may be cut.
    #[must_use]
    pub fn fragment(&self, number: usize) -> String {
        let Some(Judged { fact, .. }) = self.judged.get(number) else { return String::new() };
        let said = self.walk.new.value.pointer(&fact.new).map(words::beginning).unwrap_or_default();
        match fact.new.rsplit_once('/') {
            Some((_, keyword)) => words::cut(&format!("\"{}\": {said}", unescape(keyword))),
            None => words::cut(&said),
        }
    }

    /// A payload that the new schema allows and the old one refuses, for the finding with that number.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub fn witness(&self, number: usize) -> Result<Value, String> {
        let judged = self.judged.get(number).ok_or("there is no such finding")?;
        match judged.fact.effect {
            Effect::Narrows | Effect::Neither => Err("no new value comes through by this".to_owned()),
            Effect::Widens | Effect::Unknown => {
                judged.witness.get_or_init(|| witness::make(&self.walk, &judged.fact)).payload.clone()
            }
        }
    }

    /// How much the version of a contract must rise: a major step for an error, a patch for what makes no difference
    /// to any payload, a minor one for anything else.
    #[must_use]
    pub fn bump(&self) -> Bump {
        let step = |judged: &Judged| match (judged.severity, judged.fact.effect) {
            (Severity::Error, _) => Bump::Major,
            (_, Effect::Neither) if !matches!(judged.fact.change, Change::Removed { .. }) => Bump::Patch,
            _ => Bump::Minor,
        };
        self.judged.iter().map(step).max().unwrap_or(Bump::None)
    }
}
