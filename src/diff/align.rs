//! Aligns the alternatives of two schemas.

use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};

use serde_json::Value;

use super::document::Document;
use super::pairs::Pairs;
use crate::schema::keywords::names;
use crate::schema::model::{Merged, NodeId};
use crate::schema::types::TypeSet;

/// Alternatives that are compared each with each.
pub(super) const MAX_COMPARED: usize = 64;
/// Alternatives that have less in common are not taken for each other.
const MIN_SIMILARITY: u32 = 300;

/// What an alternative is known by.
struct Label {
    node: NodeId,
    reference: Option<String>,
    title: Option<String>,
    types: TypeSet,
    /// The values of required members that list them.
    discriminators: BTreeMap<String, BTreeSet<String>>,
    /// The members that it describes: the types of each, and the name of what that refers to.
    members: BTreeMap<String, (TypeSet, Option<String>)>,
    /// What it says, and what it says with annotations: known for equal ones whatever the order they are
    /// written in.
    says: [Option<u64>; 2],
    /// What it says, in whatever words.
    meaning: u64,
}

impl Label {
    fn of(document: &Document, node: NodeId, types: TypeSet) -> Self {
        let model = document.model();
        let merged = model.merged(&[node], types);
        let title = merged.with_keyword(names::TITLE).and_then(|id| model.contents(id));
        let title = title.and_then(|contents| contents.get(names::TITLE)?.as_str()).map(str::to_owned);
        Self {
            node,
            reference: model.reference_name(node),
            title,
            types: merged.types,
            discriminators: discriminators(&merged),
            members: BTreeMap::new(),
            says: [None; 2],
            meaning: 0,
        }
    }

    /// Whether no value keeps both, by type or by the values of a member that both require.
    fn is_apart_from(&self, other: &Self) -> bool {
        let disjoint = |(name, values): (&String, &BTreeSet<String>)| {
            other.discriminators.get(name).is_some_and(|others| values.is_disjoint(others))
        };
        let both = self.types & other.types;
        both.is_empty() || both == TypeSet::OBJECT && self.discriminators.iter().any(disjoint)
    }

    /// The label with what only alignment looks at.
    fn described(mut self, pairs: &Pairs<'_>, old: bool, types: TypeSet) -> Self {
        let document = if old { pairs.old } else { pairs.new };
        let model = document.model();
        let merged = model.merged(&[self.node], types);
        let member = |name: &str| {
            let entries = merged.member(name);
            let types = entries.iter().fold(TypeSet::ALL, |all, id| all & model.types(*id));
            (types, entries.first().and_then(|id| model.reference_name(*id)))
        };
        self.members = merged.names().into_iter().map(|name| (name.to_owned(), member(name))).collect();
        self.meaning = document.meaning(self.node);
        self.says = [false, true].map(|annotated| pairs.fingerprint(self.node, old, annotated));
        self
    }

    /// How much two alternatives have in common, in thousandths: by types and names, and by what is said of
    /// the members that both have.
    fn similarity(&self, other: &Self) -> (u32, u32) {
        let common = |a: usize, b: usize| {
            u32::try_from(1000 * a).unwrap_or(u32::MAX) / u32::try_from(b.max(1)).unwrap_or(u32::MAX)
        };
        let both = (self.types & other.types).names().count();
        let types = common(both, (self.types | other.types).names().count());
        if self.types & other.types != TypeSet::OBJECT || self.members.is_empty() && other.members.is_empty()
        {
            return (types, 0);
        }
        let shared =
            self.members.iter().filter_map(|(name, contents)| Some((contents, other.members.get(name)?)));
        let (mut names, mut alike) = (0, 0);
        for (before, now) in shared {
            names += 1;
            alike += usize::from(before == now);
        }
        (common(names, self.members.len() + other.members.len() - names), common(alike, names))
    }
}

/// The values that required members list.
fn discriminators(merged: &Merged<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let described = merged.names();
    let required = merged.required().into_keys().filter(|name| described.contains(name));
    let listed = required.filter_map(|name| {
        let (values, implied) = merged.model.merged(&merged.member(name), TypeSet::ALL).listed()?;
        let values = values.iter().map(Value::to_string).collect();
        (!implied).then(|| (name.to_owned(), values))
    });
    listed.collect()
}

/// Whether no value keeps two of the alternatives, as far as that shows.
pub(super) fn apart(document: &Document, branches: &[NodeId], types: TypeSet) -> bool {
    const MAX: usize = 200;
    if branches.len() > MAX {
        return false;
    }
    let labels: Vec<Label> = branches.iter().map(|branch| Label::of(document, *branch, types)).collect();
    let first = |at: usize| labels[..at].iter().all(|other| other.is_apart_from(&labels[at]));
    (0..labels.len()).all(first)
}

/// Alternatives of both sides that are the same or most likely the same, and those that are left. The order
/// in which they are written makes no difference.
pub(super) struct Aligned {
    pub(super) pairs: Vec<(NodeId, NodeId)>,
    pub(super) removed: Vec<NodeId>,
    pub(super) added: Vec<NodeId>,
}

/// Aligns alternatives of two documents, each of which is the older one or not: those that say the same, then
/// by the name of what they refer to, by discriminator, title and type, then so that as much as possible is
/// in common.
pub(super) fn align(
    pairs: &Pairs<'_>,
    [(before, of_old), (now, of_new)]: [(&[NodeId], bool); 2],
    types: TypeSet,
    same: impl Fn(NodeId, NodeId) -> bool,
) -> Aligned {
    let labels = |branches: &[NodeId], old: bool| {
        let document = if old { pairs.old } else { pairs.new };
        let label = |branch: &NodeId| Label::of(document, *branch, types).described(pairs, old, types);
        let mut labels: Vec<Label> = branches.iter().map(label).collect();
        labels.sort_by(|a, b| (&a.reference, a.says).cmp(&(&b.reference, b.says)));
        labels
    };
    let mut both = Both { old: labels(before, of_old), new: labels(now, of_new), pairs: Vec::new() };
    let equal = |a: &Label, b: &Label| same(a.node, b.node);
    both.unique(|label| label.reference.clone(), equal);
    both.unique(|label| label.says[0], equal);
    let few = both.old.len() <= MAX_COMPARED && both.new.len() <= MAX_COMPARED;
    both.each_with_each(|a, b| (few || a.meaning == b.meaning) && equal(a, b));
    let possible = |a: &Label, b: &Label| !a.is_apart_from(b);
    both.unique(|label| label.reference.clone(), possible);
    both.unique(
        |label| {
            let one = label.discriminators.iter().filter(|(_, values)| values.len() == 1);
            let one: Vec<String> = one.map(|(name, values)| format!("{name}{values:?}")).collect();
            (!one.is_empty()).then(|| one.concat())
        },
        possible,
    );
    both.unique(|label| label.title.clone(), possible);
    both.unique(|label| Some(label.types), |a, b| possible(a, b) && a.similarity(b).0 >= MIN_SIMILARITY);
    both.assigned();
    let left = |labels: Vec<Label>| labels.into_iter().map(|label| label.node).collect();
    Aligned { pairs: both.pairs, removed: left(both.old), added: left(both.new) }
}

struct Both {
    old: Vec<Label>,
    new: Vec<Label>,
    pairs: Vec<(NodeId, NodeId)>,
}

impl Both {
    /// Pairs alternatives of which each side has one with a key.
    fn unique<K: std::hash::Hash + Eq>(
        &mut self,
        key: impl Fn(&Label) -> Option<K>,
        fits: impl Fn(&Label, &Label) -> bool,
    ) {
        let index = |labels: &[Label]| {
            let mut found: HashMap<K, Vec<usize>> = HashMap::new();
            for (at, label) in labels.iter().enumerate() {
                if let Some(key) = key(label) {
                    found.entry(key).or_default().push(at);
                }
            }
            found
        };
        let (old, new) = (index(&self.old), index(&self.new));
        let mut found: Vec<(usize, usize)> = Vec::new();
        for (key, ats) in &old {
            if let ([a], Some([b])) = (&ats[..], new.get(key).map(Vec::as_slice))
                && fits(&self.old[*a], &self.new[*b])
            {
                found.push((*a, *b));
            }
        }
        found.sort_unstable();
        self.take(&found);
    }

    /// Pairs the first that fit.
    fn each_with_each(&mut self, fits: impl Fn(&Label, &Label) -> bool) {
        let (mut found, mut taken) = (Vec::new(), HashSet::new());
        for (a, old) in self.old.iter().enumerate() {
            let fit = (0..self.new.len()).find(|b| !taken.contains(b) && fits(old, &self.new[*b]));
            if let Some(b) = fit {
                taken.insert(b);
                found.push((a, b));
            }
        }
        self.take(&found);
    }

    /// Pairs what is left so that as much as possible is in common.
    fn assigned(&mut self) {
        let size = self.old.len().max(self.new.len());
        if size == 0 || size > MAX_COMPARED {
            return;
        }
        // What is said of members decides where names do not.
        let worst = (1000 - MIN_SIMILARITY, 1000);
        let cost = |(names, members): (u32, u32)| i64::from(names) * 100_000 + i64::from(members);
        let of = |a: usize, b: usize| match (self.old.get(a), self.new.get(b)) {
            (Some(old), Some(new)) if !old.is_apart_from(new) => {
                let (names, members) = old.similarity(new);
                cost((1000 - names.min(1000), 1000 - members.min(1000)))
            }
            _ => cost((1000, 1000)),
        };
        let costs: Vec<Vec<i64>> = (0..size).map(|a| (0..size).map(|b| of(a, b)).collect()).collect();
        let found = assignment(size, |a, b| costs[a][b]);
        let mut found: Vec<(usize, usize)> = found.into_iter().enumerate().collect();
        found.retain(|(a, b)| costs[*a][*b] <= cost(worst));
        self.take(&found);
    }

    fn take(&mut self, found: &[(usize, usize)]) {
        self.pairs.extend(found.iter().map(|(a, b)| (self.old[*a].node, self.new[*b].node)));
        let (old, new): (HashSet<usize>, HashSet<usize>) = found.iter().copied().unzip();
        let keep = |labels: &mut Vec<Label>, taken: &HashSet<usize>| {
            let mut at = 0..;
            labels.retain(|_| at.next().is_some_and(|at: usize| !taken.contains(&at)));
        };
        keep(&mut self.old, &old);
        keep(&mut self.new, &new);
    }
}

/// For each row of a square the column that makes the sum of costs minimal (the Hungarian algorithm).
fn assignment(size: usize, cost: impl Fn(usize, usize) -> i64) -> Vec<usize> {
    let (mut rows, mut columns) = (vec![0; size + 1], vec![0; size + 1]);
    // The row of each column; rows and columns count from 1, and 0 is none.
    let mut row_of = vec![0; size + 1];
    for row in 1..=size {
        row_of[0] = row;
        let (mut least, mut used) = (vec![i64::MAX; size + 1], vec![false; size + 1]);
        let (mut way, mut column) = (vec![0; size + 1], 0);
        while row_of[column] != 0 {
            used[column] = true;
            let (here, mut delta, mut next) = (row_of[column], i64::MAX, 0);
            for other in (1..=size).filter(|other| !used[*other]) {
                let reduced = cost(here - 1, other - 1) - rows[here] - columns[other];
                if reduced < least[other] {
                    (least[other], way[other]) = (reduced, column);
                }
                if least[other] < delta {
                    (delta, next) = (least[other], other);
                }
            }
            for other in 0..=size {
                if used[other] {
                    rows[row_of[other]] += delta;
                    columns[other] -= delta;
                } else if least[other] != i64::MAX {
                    least[other] -= delta;
                }
            }
            column = next;
        }
        while column != 0 {
            row_of[column] = row_of[way[column]];
            column = way[column];
        }
    }
    let mut found = vec![0; size];
    for column in 1..=size {
        found[row_of[column] - 1] = column - 1;
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_assignment_is_minimal() {
        let costs = [[4, 1, 3], [2, 0, 5], [3, 2, 2]];
        let found = assignment(3, |a, b| costs[a][b]);
        assert_eq!(found, [1, 0, 2]);
        assert_eq!(assignment(1, |_, _| 7), [0]);
    }
}
