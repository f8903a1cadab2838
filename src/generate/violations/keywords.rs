//! Reads the keywords of a schema view.

use serde_json::Value;

use crate::schema::model::{Applicator, Assertion, Contains, Model, NodeId, Properties, SchemaView};

/// The values that a schema view lists, each once; those of the shortest list.
pub(super) fn listed(model: &Model, view: &SchemaView) -> Option<Vec<Value>> {
    let lists = assertions(model, view).filter_map(|one| match one {
        Assertion::Values { values, .. } => Some(values),
        _ => None,
    });
    lists.min_by_key(|values| values.len()).cloned()
}

pub(super) fn assertions<'m>(model: &'m Model, view: &SchemaView) -> impl Iterator<Item = &'m Assertion> {
    view.nodes.iter().flat_map(|id| &model.node(*id).assertions)
}

pub(super) fn applicators<'m>(model: &'m Model, view: &SchemaView) -> impl Iterator<Item = &'m Applicator> {
    view.nodes.iter().flat_map(|id| &model.node(*id).applicators)
}

pub(super) fn properties<'m>(model: &'m Model, view: &SchemaView) -> impl Iterator<Item = &'m Properties> {
    applicators(model, view).filter_map(of_members)
}

pub(super) fn of_members(applicator: &Applicator) -> Option<&Properties> {
    match applicator {
        Applicator::Properties(properties) => Some(properties),
        _ => None,
    }
}

pub(super) fn contained(applicator: &Applicator) -> Option<(NodeId, u64)> {
    match applicator {
        Applicator::Contains(Contains { item, min, .. }) => Some((*item, *min)),
        _ => None,
    }
}

/// The maximum count that a schema view has for a keyword.
pub(super) fn max_count(model: &Model, view: &SchemaView, keyword: &str) -> u64 {
    let counts = assertions(model, view).filter_map(|one| match one {
        Assertion::Count(count) if count.keyword == keyword => Some(count.limit),
        _ => None,
    });
    counts.max().unwrap_or(0)
}
