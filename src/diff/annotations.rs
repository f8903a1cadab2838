//! Compares annotations and keywords that are not validated.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::document::Entries;
use super::fact::{Access, Change, Effect, Fact};
use super::pairs::{Pairs, Step};
use crate::pointer::Token;
use crate::schema::keywords::{self, Keyword, names};
use crate::schema::model::{Merged, Model};
use crate::schema::types::TypeSet;

/// Annotations by their keywords, as JSON text.
type Annotations<'d> = BTreeMap<&'d str, BTreeSet<String>>;

/// Notes annotations that differ, wherever in what is combined they are written.
pub(super) fn compare<'d>(pairs: &mut Pairs<'d>, at: usize, old: &Merged<'d>, new: &Merged<'d>) {
    let (before, now) = (annotations(old), annotations(new));
    if before == now || !pairs.is_first(old.nodes.clone(), new.nodes.clone(), TypeSet::NONE) {
        return;
    }
    let keywords: BTreeSet<&str> = before.keys().chain(now.keys()).copied().collect();
    let has_null = [old, new].map(|merged| merged.types.contains(TypeSet::NULL));
    for keyword in keywords {
        let [a, b] = [&before, &now].map(|annotations| annotations.get(keyword).cloned().unwrap_or_default());
        if a == b {
            continue;
        }
        let locations = pairs.keywords(at, (old, new), &[keyword]);
        let [was, is] = [&a, &b].map(|annotations| annotations.contains("true"));
        let (change, effect) = match keyword {
            names::FORMAT => match format(&not_validated_in(new, a), &not_validated_in(old, b)) {
                Some(found) => found,
                None => continue,
            },
            names::NULLABLE if was == is || was && has_null[0] || is && has_null[1] => continue,
            names::NULLABLE => (Change::NullableKeyword(is), Effect::Unknown),
            names::READ_ONLY | names::WRITE_ONLY | names::DEPRECATED if was == is => continue,
            names::DEPRECATED => (Change::Deprecated(is), Effect::Neither),
            names::READ_ONLY => (access(pairs, at, Access::ReadOnly, is), Effect::Neither),
            names::WRITE_ONLY => (access(pairs, at, Access::WriteOnly, is), Effect::Neither),
            other if keywords::CONTENT.contains(&other) => {
                (Change::Keyword(other.to_owned()), Effect::Unknown)
            }
            other => (Change::Annotation(other.to_owned()), Effect::Neither),
        };
        pairs.note(at, change, effect, locations);
    }
}

fn annotations<'d>(merged: &Merged<'d>) -> Annotations<'d> {
    let asserted = merged.formats();
    let mut annotations = Annotations::new();
    for id in &merged.nodes {
        let Some(Value::Object(written)) = merged.model.contents(*id) else { continue };
        for (keyword, value) in written {
            let asserts = keywords::find(keyword).is_some_and(Keyword::asserts);
            let kept = match keyword.as_str() {
                names::FORMAT => value.as_str().is_some_and(|name| !asserted.contains_key(name)),
                name if keywords::CONTENT.contains(&name) => true,
                name => !asserts && !keywords::NO_ANNOTATIONS.contains(&name),
            };
            if kept {
                // Some dialects validate what is annotated in others.
                let validated = merged.model.node(*id).assertions.iter().any(|one| one.keyword() == keyword);
                let text = if validated { format!("{value} validated") } else { value.to_string() };
                annotations.entry(keyword.as_str()).or_default().insert(text);
            }
        }
    }
    annotations
}

/// Formats without those that the other schema validates: where it does, that is compared elsewhere.
fn not_validated_in(other: &Merged<'_>, mut formats: BTreeSet<String>) -> BTreeSet<String> {
    let validated = other.formats();
    formats.retain(|name| !validated.contains_key(name.trim_matches('"')));
    formats
}

/// Formats that are not validated: what an exchange does is not known.
fn format(old: &BTreeSet<String>, new: &BTreeSet<String>) -> Option<(Change, Effect)> {
    let first = |of: &BTreeSet<String>, without: &BTreeSet<String>| {
        of.difference(without).next().map(|name| name.trim_matches('"').to_owned())
    };
    let (lost, came) = (first(old, new), first(new, old));
    let effect = match (&lost, &came) {
        (None, None) => return None,
        (None, Some(_)) => Effect::Narrows,
        _ => Effect::Unknown,
    };
    Some((Change::Format { old: lost, new: came, asserted: false }, effect))
}

/// What became of an annotation of a property, which its object requires or not.
fn access(pairs: &Pairs<'_>, at: usize, access: Access, now: bool) -> Change {
    let required = match &pairs.list[at].from {
        Some((around, Step::Member(name))) => {
            pairs.merged(*around, TypeSet::OBJECT).1.required().contains_key(name.as_str())
        }
        _ => false,
    };
    Change::Access { access, now, required }
}

/// Whether a change is about whether a `writeOnly` property is there, or about the values that are listed for
/// it: responses do not have the property.
pub(super) fn is_of_write_only(pairs: &Pairs<'_>, fact: &Fact) -> bool {
    let says = |model: &Model, entries: &Entries| {
        let merged = model.merged(entries, TypeSet::ALL);
        let is_flag = |id| {
            model.contents(id).is_some_and(|annotations| annotations[names::WRITE_ONLY] == Value::Bool(true))
        };
        merged.nodes.iter().any(|id| is_flag(*id))
    };
    let [before, now] = match (&fact.change, fact.location.tokens().last()) {
        (Change::Values { .. } | Change::Listed(_), _) => {
            let mut at = fact.pair;
            while let Some((around, Step::Same)) = pairs.list[at].from {
                at = around;
            }
            let pair = &pairs.list[at];
            if !matches!(pair.from, Some((_, Step::Member(_)))) {
                return false;
            }
            [says(pairs.old.model(), &pair.old), says(pairs.new.model(), &pair.new)]
        }
        (change, Some(Token::Key(name))) if change.is_of_member() => {
            let (old, new) = pairs.merged(fact.pair, TypeSet::OBJECT);
            [says(pairs.old.model(), &old.member(name)), says(pairs.new.model(), &new.member(name))]
        }
        _ => return false,
    };
    match fact.change {
        Change::Removed { .. } | Change::Renamed { .. } | Change::Moved { .. } => before,
        _ => before && now,
    }
}
