//! Expands a conjunction of schemas to requirements and decisions.

use std::collections::BTreeMap;

use super::conjunction::{Part, Requirement};
use super::documents::Documents;
use super::negate;
use crate::error::{Error, ErrorKind};
use crate::schema::keywords::names;
use crate::schema::model::{Applicator, NodeId};
use crate::schema::types::TypeSet;

/// At most this many combinations of decisions are all kept; of more, some in which every branch occurs.
const COMBINATIONS: usize = 48;
/// At most this many parts are in all combinations; of more, only some are kept.
const MAX_COMBINED: usize = 1 << 17;

/// Schemas that lead to each other through so many at one location are not followed.
const MAX_DEPTH: usize = 400;

/// A conjunction without references and without applicators that speak about the same value.
#[derive(Debug, Default)]
pub(super) struct Expanded {
    /// Nothing keeps it: where that is said and what.
    pub(super) never: Option<(String, String)>,
    /// What subschemas say by themselves, and demands.
    pub(super) flats: Vec<Part>,
    /// Of each, one branch must be taken.
    pub(super) decisions: Vec<Decision>,
    /// What must be checked when the value is there, because what is built only comes close.
    pub(super) residual: Vec<Part>,
    /// The keyword that is checked, and its place.
    pub(super) checked: Option<(&'static str, String)>,
    /// The subschemas that are kept as a whole.
    pub(super) kept: Vec<NodeId>,
}

/// Branches, each a conjunction.
#[derive(Debug)]
pub(super) struct Decision {
    pub(super) branches: Vec<Vec<Part>>,
    /// What asks for it. Of a `oneOf`, exactly one may hold.
    pub(super) keyword: &'static str,
}

/// Takes a conjunction apart.
pub(super) fn expand(documents: &Documents, conjunction: &[Part]) -> Result<Expanded, Error> {
    let mut expanding = Expanding { documents, into: Expanded::default(), seen: BTreeMap::new(), depth: 0 };
    conjunction.iter().try_for_each(|part| expanding.visit(part))?;
    Ok(expanding.into)
}

pub(super) fn endless(location: &str) -> Error {
    Error::new(ErrorKind::Unsupported, location, "reference cycle without a value on the way")
}

struct Expanding<'d> {
    documents: &'d Documents,
    into: Expanded,
    /// The subschemas that were visited, and whether we are still inside.
    seen: BTreeMap<NodeId, bool>,
    /// How many subschemas we are inside.
    depth: usize,
}

impl Expanding<'_> {
    fn visit(&mut self, part: &Part) -> Result<(), Error> {
        if self.depth >= MAX_DEPTH {
            let location = format!("{}/{}", self.documents.location(part.subschema()), names::REF);
            let message =
                format!("`{}` leads through more than {MAX_DEPTH} schemas at one location", names::REF);
            return Err(Error::new(ErrorKind::Unsupported, location, message));
        }
        self.depth += 1;
        let visited = match part {
            Part::Keeps(id) => self.keeps(*id),
            Part::Breaks(id) => self.breaks(*id, *id),
            Part::Own(_) => {
                self.into.flats.push(part.clone());
                Ok(())
            }
            Part::Demand(demand) => {
                if demand.requirement == Requirement::Types(TypeSet::NONE) {
                    self.never(demand.at);
                }
                self.into.flats.push(part.clone());
                Ok(())
            }
        };
        self.depth -= 1;
        visited
    }

    fn never(&mut self, id: NodeId) {
        let location = self.documents.location(id);
        self.into.never.get_or_insert_with(|| (location, "`false` admits nothing".to_owned()));
    }

    fn keeps(&mut self, id: NodeId) -> Result<(), Error> {
        match self.seen.get(&id) {
            Some(true) => return Err(endless(&self.documents.location(id))),
            Some(false) => return Ok(()),
            None => {}
        }
        self.seen.insert(id, true);
        let node = self.documents.model.node(id);
        self.into.kept.push(id);
        if node.boolean == Some(false) {
            self.never(id);
        }
        let mut speaks = !node.assertions.is_empty() || node.unasserted_format.is_some();
        for applicator in &node.applicators {
            speaks |= self.applicator(id, applicator)?;
        }
        if speaks {
            self.into.flats.push(Part::Own(id));
        }
        self.seen.insert(id, false);
        Ok(())
    }

    /// Takes an applicator apart. Whether it applies to what is inside the value.
    fn applicator(&mut self, id: NodeId, applicator: &Applicator) -> Result<bool, Error> {
        let keyword = applicator.keyword();
        match applicator {
            Applicator::Reference(inner) => self.visit(&Part::Keeps(*inner))?,
            Applicator::AllOf(all) => all.iter().try_for_each(|one| self.visit(&Part::Keeps(*one)))?,
            Applicator::AnyOf(any) | Applicator::OneOf(any) => {
                if let [only] = any[..] {
                    self.visit(&Part::Keeps(only))?;
                    return Ok(false);
                }
                if matches!(applicator, Applicator::OneOf(_)) {
                    self.check(Part::Keeps(id), keyword, id);
                }
                let branches = any.iter().map(|one| vec![Part::Keeps(*one)]).collect();
                self.into.decisions.push(Decision { branches, keyword });
            }
            Applicator::Not(inner) => self.breaks(*inner, id)?,
            Applicator::If { test, then, otherwise } => {
                let branch = |first: Part, then: &Option<NodeId>| {
                    [first].into_iter().chain(then.map(Part::Keeps)).collect::<Vec<_>>()
                };
                if then.is_some() || otherwise.is_some() {
                    let branches =
                        vec![branch(Part::Keeps(*test), then), branch(Part::Breaks(*test), otherwise)];
                    self.into.decisions.push(Decision { branches, keyword });
                }
            }
            Applicator::Dependent(schemas) => {
                for (name, inner) in schemas {
                    let absent = vec![Requirement::Lacks(name.clone()).at(id)];
                    let present = vec![Requirement::Has(name.clone()).at(id), Part::Keeps(*inner)];
                    self.into.decisions.push(Decision { branches: vec![absent, present], keyword });
                }
            }
            Applicator::UnevaluatedProperties(rest) | Applicator::UnevaluatedItems(rest) => {
                if self.documents.model.node(*rest).boolean == Some(true) {
                    return Ok(false);
                }
                self.check(Part::Keeps(id), keyword, id);
                return Ok(true);
            }
            _ => return Ok(true),
        }
        Ok(false)
    }

    /// Takes apart that a subschema is broken, because of what is said at another one.
    fn breaks(&mut self, refused: NodeId, at: NodeId) -> Result<(), Error> {
        let model = &self.documents.model;
        let mut branches = negate::branches(model, refused, at);
        match branches.len() {
            0 => {
                let location = format!("{}/{}", self.documents.location(at), names::NOT);
                let message = format!("`{}` refuses every value", names::NOT);
                self.into.never.get_or_insert((location, message));
            }
            1 => branches.remove(0).iter().try_for_each(|part| self.visit(part))?,
            _ => self.into.decisions.push(Decision { branches, keyword: names::NOT }),
        }
        if model.node(refused).boolean.is_none() {
            self.check(Part::Breaks(refused), names::NOT, at);
        }
        Ok(())
    }

    fn check(&mut self, part: Part, keyword: &'static str, at: NodeId) {
        self.into.residual.push(part);
        let documents = self.documents;
        self.into.checked.get_or_insert_with(|| (keyword, format!("{}/{keyword}", documents.location(at))));
    }
}

/// Combinations of one branch of every decision, and whether these are all.
pub(super) fn combinations(decisions: &[Decision]) -> (Vec<Vec<Part>>, bool) {
    let sizes: Vec<usize> = decisions.iter().map(|decision| decision.branches.len()).collect();
    let all = sizes.iter().try_fold(1_usize, |product, size| product.checked_mul(*size));
    let take = |picks: &dyn Fn(usize) -> usize| {
        let taken = decisions.iter().enumerate();
        taken.flat_map(|(index, decision)| decision.branches[picks(index)].iter().cloned()).collect()
    };
    // A single decision is kept whole, however many branches it has.
    if let Some(all) = all.filter(|all| *all <= COMBINATIONS || sizes.len() == 1) {
        let combinations = (0..all)
            .map(|number| take(&|index| number / sizes[..index].iter().product::<usize>() % sizes[index]));
        return (combinations.collect(), true);
    }
    let longest = sizes.iter().copied().max().unwrap_or(0);
    let most = MAX_COMBINED / sizes.len();
    let mut some: Vec<Vec<Part>> = Vec::new();
    // Every branch beside the first of all others, beside the last, and diagonally.
    if sizes.iter().sum::<usize>() <= most / 2 {
        for (index, size) in sizes.iter().enumerate() {
            for branch in 0..*size {
                some.push(take(&|other| if other == index { branch } else { 0 }));
                some.push(take(&|other| if other == index { branch } else { sizes[other] - 1 }));
            }
        }
    }
    some.extend((0..longest.min(most)).map(|number| take(&|index| number % sizes[index])));
    (some, false)
}
