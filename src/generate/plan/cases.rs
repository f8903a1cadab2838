//! Combines conditions that depend on the value of one property into one decision.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::Arc;

use serde_json::Value;

use super::conjunction::{Part, Requirement};
use super::documents::Documents;
use super::expand::{Decision, Expanded};
use super::keywords::Flats;
use crate::error::Error;
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, Assertion, NodeId};
use crate::schema::types::TypeSet;

/// A test that asks for one of some values of a property, and nothing else.
struct Test<'d> {
    /// The subschema that lists the values.
    listing: NodeId,
    values: &'d [Value],
    /// Whether the property must be there.
    required: bool,
    /// Whether the value must be an object.
    typed: bool,
}

/// What holds where a test does, and where it does not.
struct Case<'d> {
    test: Test<'d>,
    then: Vec<Part>,
    otherwise: Vec<Part>,
}

/// Makes one decision of the conditions that ask for values of one property: for each value, all that follows
/// from it. Decided one by one, they would be combined.
pub(super) fn decide(
    documents: &Arc<Documents>,
    expanded: &mut Expanded,
    location: &str,
) -> Result<(), Error> {
    let mut cases: BTreeMap<&str, Vec<(Decision, Case<'_>)>> = BTreeMap::new();
    let mut left = Vec::new();
    for decision in expanded.decisions.drain(..) {
        match case(documents, &decision) {
            Some((name, case)) => cases.entry(name).or_default().push((decision, case)),
            None => left.push(decision),
        }
    }
    let flats = Flats { documents: Arc::clone(documents), parts: expanded.flats.clone().into() };
    for (name, cases) in cases {
        if cases.len() == 1 {
            left.extend(cases.into_iter().map(|(decision, _)| decision));
            continue;
        }
        let cases: Vec<Case<'_>> = cases.into_iter().map(|(_, case)| case).collect();
        let branches = branches(documents, &flats, name, &cases);
        documents.spend(branches.iter().map(Vec::len).sum(), location)?;
        left.push(Decision { branches, keyword: names::IF });
    }
    expanded.decisions = left;
    Ok(())
}

/// A decision as a case of a property.
fn case<'d>(documents: &'d Documents, decision: &Decision) -> Option<(&'d str, Case<'d>)> {
    let [holds, fails] = &decision.branches[..] else { return None };
    let (Some((Part::Keeps(tested), then)), Some((Part::Breaks(_), otherwise))) =
        (holds.split_first(), fails.split_first())
    else {
        return None;
    };
    let (name, test) = test(documents, *tested).filter(|_| decision.keyword == names::IF)?;
    Some((name, Case { test, then: then.to_vec(), otherwise: otherwise.to_vec() }))
}

fn test(documents: &Documents, id: NodeId) -> Option<(&str, Test<'_>)> {
    let model = &documents.model;
    let (mut property, mut required, mut typed) = (None, Vec::new(), false);
    for node in model.conjunction(id).into_iter().map(|id| model.node(id)) {
        for assertion in &node.assertions {
            match assertion {
                Assertion::Type(one) if *one == TypeSet::OBJECT => typed = true,
                Assertion::Required(names) => required.extend(names),
                _ => return None,
            }
        }
        for applicator in &node.applicators {
            match applicator {
                Applicator::Reference(_) | Applicator::AllOf(_) => {}
                Applicator::Properties(of)
                    if of.only_names() && of.named.len() == 1 && property.is_none() =>
                {
                    property = of.named.first_key_value();
                }
                _ => return None,
            }
        }
        if node.boolean == Some(false) {
            return None;
        }
    }
    let (name, member) = property.filter(|(name, _)| required.iter().all(|other| other == name))?;
    let (listing, values) = listed(documents, *member, true)?;
    Some((name, Test { listing, values, required: !required.is_empty(), typed }))
}

/// The values that a subschema lists, and where; nothing if it must say nothing else and does.
fn listed(documents: &Documents, id: NodeId, alone: bool) -> Option<(NodeId, &[Value])> {
    let model = &documents.model;
    let (mut found, mut types) = (None, TypeSet::ALL);
    for id in model.conjunction(id) {
        let node = model.node(id);
        let combines = |one: &Applicator| matches!(one, Applicator::Reference(_) | Applicator::AllOf(_));
        if alone && (node.boolean == Some(false) || !node.applicators.iter().all(combines)) {
            return None;
        }
        for assertion in &node.assertions {
            match assertion {
                Assertion::Values { values, .. } if found.is_none() => found = Some((id, &values[..])),
                Assertion::Type(own) => types = types & *own,
                _ if alone => return None,
                _ => {}
            }
        }
    }
    found.filter(|(_, values)| !alone || values.iter().all(|value| types.contains(TypeSet::of_value(value))))
}

/// A branch for each value that the property may have, for any other value, for objects without it, and for
/// what is no object.
fn branches(documents: &Documents, flats: &Flats, name: &str, cases: &[Case<'_>]) -> Vec<Vec<Part>> {
    let at = cases[0].test.listing;
    let own = flats.properties().filter_map(|of| listed(documents, *of.named.get(name)?, false));
    let own: Vec<_> = own.take(1).collect();
    let mut holding: HashMap<String, Vec<usize>> = HashMap::new();
    for (number, case) in cases.iter().enumerate() {
        for value in case.test.values {
            holding.entry(value.to_string()).or_default().push(number);
        }
    }
    let member = |part: Part| Requirement::Member(name.to_owned(), part).at(at);
    let has = || vec![Requirement::Types(TypeSet::OBJECT).at(at), Requirement::Has(name.to_owned()).at(at)];
    let lists = || cases.iter().map(|case| (case.test.listing, case.test.values));
    let lists: Vec<_> = if own.is_empty() { lists().collect() } else { own.clone() };
    let elsewhere: Vec<usize> = (0..cases.len()).filter(|at| !cases[*at].otherwise.is_empty()).collect();
    let (mut branches, mut seen) = (Vec::new(), HashSet::new());
    for (listing, values) in lists {
        for (number, value) in values.iter().enumerate().filter(|(_, value)| seen.insert(value.to_string())) {
            let holding = holding.get(&value.to_string()).map_or(&[][..], Vec::as_slice);
            let mut branch = has();
            branch.push(member(Requirement::Value(listing, number).at(listing)));
            branch.extend(holding.iter().flat_map(|case| cases[*case].then.iter().cloned()));
            let broken = elsewhere.iter().filter(|case| holding.binary_search(case).is_err());
            branch.extend(broken.flat_map(|case| cases[*case].otherwise.iter().cloned()));
            branches.push(branch);
        }
    }
    let consequences = |holds: &dyn Fn(&Test<'_>) -> bool| -> Vec<Part> {
        let of = |case: &Case<'_>| if holds(&case.test) { case.then.clone() } else { case.otherwise.clone() };
        cases.iter().flat_map(of).collect()
    };
    if own.is_empty() {
        let others = cases.iter().map(|case| member(Part::Breaks(case.test.listing)));
        branches.push(has().into_iter().chain(others).chain(consequences(&|_| false)).collect());
    }
    if !flats.requires(name) {
        let mut branch =
            vec![Requirement::Types(TypeSet::OBJECT).at(at), Requirement::Lacks(name.to_owned()).at(at)];
        branch.extend(consequences(&|test| !test.required));
        branches.push(branch);
    }
    let rest = flats.types() & !TypeSet::OBJECT;
    if !rest.is_empty() {
        let mut branch = vec![Requirement::Types(rest).at(at)];
        branch.extend(consequences(&|test| !test.typed));
        branches.push(branch);
    }
    branches
}
