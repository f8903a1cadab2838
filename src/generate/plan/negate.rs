//! Negates a subschema.
//!
//! Each keyword of a refused subschema gives a branch in which it fails. A branch may admit too
//! much, never too little: whoever takes one checks the value against the refused subschema.

use super::conjunction::{Part, Requirement};
use crate::schema::model::{Applicator, Assertion, Bound, Contains, Model, NodeId};
use crate::schema::numbers::canonical_number;
use crate::schema::types::TypeSet;

/// The branches, each a conjunction; none if the subschema admits everything. What they demand follows from
/// `at`.
pub(super) fn branches(model: &Model, mut refused: NodeId, at: NodeId) -> Vec<Vec<Part>> {
    // They never lead in a circle.
    while let (None, [], [Applicator::Reference(target)]) = {
        let node = model.node(refused);
        (node.boolean, &node.assertions[..], &node.applicators[..])
    } {
        refused = *target;
    }
    let node = model.node(refused);
    match node.boolean {
        Some(true) => return Vec::new(),
        Some(false) => return vec![Vec::new()],
        None => {}
    }
    let mut found = Vec::new();
    node.assertions.iter().for_each(|assertion| of_assertion(assertion, at, &mut found));
    node.applicators.iter().for_each(|applicator| of_applicator(applicator, at, &mut found));
    found
}

fn of_assertion(assertion: &Assertion, at: NodeId, found: &mut Vec<Vec<Part>>) {
    let types = |types: TypeSet| Requirement::Types(types).at(at);
    match assertion {
        Assertion::Type(refused) => {
            let left = !*refused;
            if !left.is_empty() {
                found.push(vec![types(left)]);
            }
        }
        Assertion::Values { .. } => found.push(Vec::new()),
        Assertion::Bound(bound) => {
            let bound = Bound { limit: canonical_number(&bound.limit), ..!bound };
            found.push(vec![types(TypeSet::NUMBER), Requirement::Bound(bound).at(at)]);
        }
        Assertion::Count(count) => {
            let beyond = count.negated();
            found.extend(beyond.map(|beyond| vec![types(count.of), Requirement::Count(beyond).at(at)]));
        }
        Assertion::Required(names) => {
            let lacks = |name: &String| vec![types(TypeSet::OBJECT), Requirement::Lacks(name.clone()).at(at)];
            found.extend(names.iter().map(lacks));
        }
        Assertion::DependentRequired { names, .. } => {
            for (name, others) in names {
                found.extend(others.iter().map(|other| {
                    let [has, lacks] = [Requirement::Has(name.clone()), Requirement::Lacks(other.clone())];
                    vec![types(TypeSet::OBJECT), has.at(at), lacks.at(at)]
                }));
            }
        }
        other => found.push(vec![types(other.speaks_of())]),
    }
}

fn of_applicator(applicator: &Applicator, at: NodeId, found: &mut Vec<Vec<Part>>) {
    let types = |types: TypeSet| Requirement::Types(types).at(at);
    let breaks = |id: &NodeId| Part::Breaks(*id);
    match applicator {
        Applicator::Reference(inner) => found.push(vec![breaks(inner)]),
        Applicator::AllOf(all) => found.extend(all.iter().map(|one| vec![breaks(one)])),
        Applicator::AnyOf(any) => found.push(any.iter().map(breaks).collect()),
        Applicator::OneOf(any) => {
            found.push(any.iter().map(breaks).collect());
            found.push(Vec::new());
        }
        Applicator::Not(inner) => found.push(vec![Part::Keeps(*inner)]),
        Applicator::If { test, then, otherwise } => {
            found.extend(then.iter().map(|then| vec![Part::Keeps(*test), breaks(then)]));
            found.extend(otherwise.iter().map(|other| vec![breaks(test), breaks(other)]));
        }
        Applicator::Dependent(schemas) => found.extend(schemas.iter().map(|(name, inner)| {
            vec![types(TypeSet::OBJECT), Requirement::Has(name.clone()).at(at), breaks(inner)]
        })),
        Applicator::Properties(properties) => {
            found.extend(properties.named.iter().map(|(name, inner)| {
                let [has, member] =
                    [Requirement::Has(name.clone()), Requirement::Member(name.clone(), breaks(inner))];
                vec![types(TypeSet::OBJECT), has.at(at), member.at(at)]
            }));
            if !properties.only_names() {
                found.push(vec![types(TypeSet::OBJECT)]);
            }
        }
        Applicator::Items { prefix, rest: Some(rest), .. } if prefix.is_empty() => {
            found.push(vec![types(TypeSet::ARRAY), Requirement::Contains(breaks(rest)).at(at)]);
        }
        Applicator::Contains(Contains { item, .. }) => {
            found.push(vec![types(TypeSet::ARRAY), Requirement::Items(breaks(item)).at(at)]);
        }
        other => found.push(vec![types(other.speaks_of())]),
    }
}
