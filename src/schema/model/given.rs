//! Finds the given documents that a schema refers to.

use std::collections::BTreeSet;

use jsonschema::{Registry, Uri, uri};
use serde_json::Value;

use super::super::Resources;
use super::super::references::{each_with_base, references, resolved};

/// The given documents that a schema leads to and that whoever read it did not look for: those that only
/// subschemas in unknown keywords refer to, or resources with the URI of a name.
pub(super) fn overlooked<'a>(
    registry: &Registry<'_>,
    (base, root): (&str, &'a Value),
    resources: &'a Resources,
) -> Vec<(&'a str, &'a Value)> {
    let is_known =
        |given: &str| uri::from_str(given).is_ok_and(|given| registry.resolver(given).lookup("").is_ok());
    if resources.uris().all(is_known) {
        return Vec::new();
    }
    let (mut seen, mut found) = (BTreeSet::new(), Vec::new());
    let mut pending: Vec<(Uri<String>, &Value)> =
        uri::from_str(base).map(|base| (base, root)).into_iter().collect();
    while let Some((base, document)) = pending.pop() {
        each_with_base(document, &base, |members, base| {
            for target in references(members).filter_map(|reference| resolved(base, reference)) {
                let Some((uri, given)) = resources.given(target.as_str()) else { continue };
                if !seen.insert(uri) {
                    continue;
                }
                if !is_known(uri) {
                    found.push((uri, given));
                }
                pending.push((target, given));
            }
        });
    }
    found
}
