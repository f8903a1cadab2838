//! The parameters of requests.

use serde_json::{Value, json};

use crate::contract::Contract;
use crate::contract::paging::{PageSizes, Paging};
use crate::schema::keywords::names;

/// The parameters in the path, and those of the query.
pub(super) fn parameters(contract: &Contract) -> Vec<Value> {
    let steps = contract.path.split('/');
    let steps = steps.filter_map(|step| step.strip_prefix('{')?.strip_suffix('}'));
    let in_path = steps.map(|name| {
        let schema = json!({(names::TYPE): "string"});
        let what = format!("The segment `{name}` of the path.");
        parameter(name, "path", true, &what, &schema)
    });
    let in_query = query(contract).into_iter().map(|(name, meaning)| {
        let schema = schema_of(contract.paging(), &name);
        parameter(&name, "query", false, &meaning, &schema)
    });
    in_path.chain(in_query).collect()
}

fn parameter(name: &str, location: &str, required: bool, meaning: &str, schema: &Value) -> Value {
    json!({
        "name": name,
        "in": location,
        (names::REQUIRED): required,
        (names::DESCRIPTION): meaning,
        "schema": schema,
    })
}

/// Those that the contract describes, or else those of its paging; each with what it means.
fn query(contract: &Contract) -> Vec<(String, String)> {
    if !contract.parameters.is_empty() {
        let described = contract.parameters.iter();
        return described.map(|one| (one.name.clone(), one.meaning.clone())).collect();
    }
    let Some(paging) = contract.paging() else { return Vec::new() };
    let numbers =
        paging.numbers.iter().flat_map(|of| [(&of.page, "page number"), (&of.count, "items per page")]);
    let cursors = paging
        .cursors
        .iter()
        .flat_map(|of| [(&of.cursor, "cursor of the previous page"), (&of.count, "items per page")]);
    let search = paging.query.iter().map(|name| (name, "search"));
    let sort = paging.sort.iter().map(|name| (name, "property to sort by"));
    let mut all: Vec<(String, String)> = Vec::new();
    for (name, meaning) in search.chain(sort).chain(numbers).chain(cursors) {
        if !all.iter().any(|(known, _)| known == name) {
            all.push((name.clone(), meaning.to_owned()));
        }
    }
    all
}

/// Numbers of pages and of items are integers; everything else is text.
fn schema_of(paging: Option<&Paging>, name: &str) -> Value {
    let count = |sizes: PageSizes| {
        json!({
            (names::TYPE): "integer",
            (names::MINIMUM): 1,
            (names::MAXIMUM): sizes.max,
            (names::DEFAULT): sizes.usual,
        })
    };
    let numbers = paging.and_then(|paging| paging.numbers.as_ref());
    let cursors = paging.and_then(|paging| paging.cursors.as_ref());
    match (numbers, cursors) {
        (Some(numbers), _) if numbers.page == name => json!({(names::TYPE): "integer", (names::MINIMUM): 1}),
        (Some(numbers), _) if numbers.count == name => count(numbers.sizes),
        (_, Some(cursors)) if cursors.count == name => count(cursors.sizes),
        _ => json!({(names::TYPE): "string"}),
    }
}
