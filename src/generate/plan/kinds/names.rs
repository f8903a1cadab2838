//! Chooses names of members that the schema does not list.

use std::collections::BTreeSet;

use serde_json::Value;

use super::pattern::Pattern;
use crate::error::Error;
use crate::generate::choices::Choices;
use crate::generate::plan::{Flats, Part, Reader, Requirement};
use crate::schema::model::Applicator;

/// How many members without a name of their own an object may have, unless it must have more.
const USUAL: usize = 3;
/// Names of members of which nothing is said.
const PLAIN: &str = "^[a-z]{3,8}$";

/// Names for members that are not named, at most so many as are usual and `demanded`.
pub(super) fn spare(
    reader: &Reader<'_>,
    named: &BTreeSet<String>,
    demanded: usize,
) -> Result<Vec<String>, Error> {
    let flats = &reader.flats;
    let conditions = flats.property_names();
    let closed = flats.properties().filter_map(|of| of.additional).any(|rest| flats.refuses_all(rest))
        || flats
            .unevaluated_properties()
            .any(|rest| matches!(rest, Part::Keeps(id) if flats.refuses_all(id)));
    let many = USUAL.max(demanded + named.len());
    let mut spares = Vec::new();
    for key in flats.keys() {
        spares.extend(reader.texts([&conditions[..], &[key]].concat(), many)?);
    }
    if !closed && !conditions.is_empty() {
        spares.extend(reader.texts(conditions, many)?);
    } else if !closed {
        let pattern = Pattern::read(PLAIN);
        let seeds = 0..u64::try_from(many).unwrap_or(0) * 4 + 8;
        let texts = pattern
            .iter()
            .flat_map(|plain| seeds.clone().map(|seed| plain.build(0, u64::MAX, &mut Choices::seeded(seed))));
        let mut known = BTreeSet::new();
        spares.extend(texts.filter(|text| known.insert(text.clone())).take(many));
        reader.spend(4 * many)?;
    }
    spares.retain(|name| !named.contains(name));
    let mut seen = BTreeSet::new();
    spares.retain(|name| seen.insert(name.clone()));
    Ok(spares)
}

/// What is said about the members of each of the names.
pub(super) fn all_demands(
    reader: &mut Reader<'_>,
    names: &BTreeSet<String>,
) -> Result<Vec<Vec<Part>>, Error> {
    let flats = &reader.flats;
    let patterns: usize = flats.properties().map(|of| of.patterns.len()).sum();
    reader.spend(names.len().saturating_mul(flats.len() + patterns))?;
    let conditions = flats.property_names();
    let allowed = if conditions.is_empty() { None } else { Some(reader.check_of(conditions)) };
    let demands = names.iter().map(|name| {
        if allowed.as_ref().is_some_and(|check| !check.accepts(&Value::String(name.clone()))) {
            return vec![reader.never()];
        }
        demands(reader, flats, name)
    });
    Ok(demands.collect())
}

/// What is said about the member of that name.
fn demands(reader: &Reader<'_>, flats: &Flats, name: &str) -> Vec<Part> {
    let mut conjunction = Vec::new();
    let mut is_described = false;
    for applicators in flats.applicators() {
        for properties in applicators.filter_map(Applicator::properties) {
            let all = properties.all_of(name);
            is_described |= !all.is_empty();
            conjunction.extend(all.into_iter().map(Part::Keeps));
        }
    }
    if !is_described {
        conjunction.extend(flats.unevaluated_properties());
    }
    for demand in flats.demands() {
        match demand {
            Requirement::Lacks(lacking) if lacking == name => conjunction.push(reader.never()),
            Requirement::Member(member, part) if member == name => conjunction.push(part.clone()),
            _ => {}
        }
    }
    conjunction
}
