//! Finds unknown keywords that are probably misspelled ones.

use std::collections::HashSet;

use serde_json::Value;

use crate::schema::keywords::{self, names};
use crate::schema::traversal::visit_schemas;

/// Unknown keywords that are compared with the known ones, and bytes of each.
const MAX_COMPARED: usize = 1_000;
const MAX_LENGTH: usize = 40;
/// Misspelled keywords that are listed.
const MAX_LISTED: usize = 10;

/// A keyword that is probably misspelled.
pub(super) struct Misspelled<'v> {
    pub(super) name: &'v str,
    pub(super) known: &'static str,
    /// The subschema that has it.
    pub(super) location: String,
}

/// Each misspelled keyword of these parts of a document, with its first location.
pub(super) fn misspelled<'v>(document: &'v Value, parts: &[String]) -> Vec<Misspelled<'v>> {
    let (mut found, mut seen) = (Vec::new(), HashSet::new());
    for part in parts {
        visit_schemas(document.pointer(part).unwrap_or(&Value::Null), |members, pointer| {
            for name in members.keys().filter(|name| !is_known(name)) {
                let is_new = seen.len() < MAX_COMPARED && seen.insert(name.as_str());
                if let Some(known) = is_new.then(|| nearest(name)).flatten() {
                    found.push(Misspelled { name, known, location: format!("{part}{}", pointer()) });
                }
            }
            found.len() >= MAX_LISTED || seen.len() >= MAX_COMPARED
        });
    }
    found.truncate(MAX_LISTED);
    found
}

/// Whether a member of a schema is a keyword of any draft, or an annotation.
fn is_known(name: &str) -> bool {
    keywords::find(name).is_some()
        || keywords::ANNOTATIONS.contains(&name)
        || [names::DEFS, names::DEFINITIONS].contains(&name)
}

/// The keyword that an unknown one is probably meant to be: the same except for case, `$`, `_` and `-`, or
/// for one or two characters. Other vocabularies extend the names of annotations (`descriptions`), and
/// payloads have an `_id` or `Id`.
pub(super) fn nearest(name: &str) -> Option<&'static str> {
    if name.len() > MAX_LENGTH || name.starts_with("x-") || name.starts_with("X-") {
        return None;
    }
    let plain = |name: &str| name.trim_start_matches('$').replace(['_', '-'], "").to_lowercase();
    let given = plain(name);
    let is_extended = |known: &&str| known.starts_with('$') || given.starts_with(&known.to_lowercase());
    let annotations = keywords::ANNOTATIONS.iter().copied().filter(|known| !is_extended(known));
    let table = keywords::all().filter(|known| ![names::ID, names::DRAFT_4_ID].contains(known));
    let known = table.chain(annotations).chain([names::DEFS, names::DEFINITIONS]);
    let distance = |known: &'static str| {
        let plain = plain(known);
        let allowed = match given.len().min(plain.len()) {
            0..=3 => 0,
            4..=8 => 1,
            _ => 2,
        };
        let is_near = given.len().abs_diff(plain.len()) <= allowed;
        let distance = is_near.then(|| strsim::damerau_levenshtein(&given, &plain))?;
        (distance <= allowed).then_some((distance, known))
    };
    known.filter_map(distance).min().map(|(_, known)| known)
}

#[cfg(test)]
mod tests {
    use super::nearest;

    #[test]
    fn a_keyword_is_suggested_for_a_likely_misspelling_only() {
        for (name, known) in [
            ("requird", "required"),
            ("requires", "required"),
            ("propertes", "properties"),
            ("additionalPropertes", "additionalProperties"),
            ("additional_properties", "additionalProperties"),
            ("maxlength", "maxLength"),
            ("ref", "$ref"),
            ("$definitions", "definitions"),
            ("item", "items"),
            ("desciption", "description"),
        ] {
            assert_eq!(nearest(name), Some(known), "{name}");
        }
        for name in [
            "x-required",
            "comment",
            "_id",
            "Id",
            "titles",
            "description-de",
            "deprecatedBy",
            "enumNames",
            "markdownDescription",
            "tsType",
            "name",
            "note",
            "data",
            "results",
            "total",
            "",
        ] {
            assert_eq!(nearest(name), None, "{name}");
        }
    }
}
