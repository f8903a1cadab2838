//! Builds arrays.

use std::borrow::Cow;
use std::collections::HashSet;

use serde_json::Value;

use super::alternatives::Alternatives;
use crate::error::Error;
use crate::generate::knowledge::{Hint, Items};
use crate::generate::plan::heights::NODE;
use crate::generate::plan::{
    Builder, Flats, Part, Plan, PlanNodeId, Reader, Requirement, ValueSet, likeness,
};
use crate::generate::sink::Sink;
use crate::generate::style::Extent;
use crate::schema::keywords::names::{CONTAINS, MAX_ITEMS, MIN_CONTAINS, MIN_ITEMS, UNIQUE_ITEMS};
use crate::schema::model::{Applicator, Contains};
use crate::schema::types::TypeSet;

/// More items than this are not built because a schema demands them.
const MAX_REQUIRED: u64 = 100_000;
/// How many items there may be when nobody says, by nesting: deep arrays are short.
const USUAL: &[u64] = &[3, 3, 3, 3, 3, 2, 2, 1];

/// More items than this are not built because `minContains` demands them.
const MAX_CONTAINED: u64 = 1_000;
/// What `contains` demands begins at one of the first indexes up to this.
const STARTS: usize = 4;
/// Ways to share items between several `contains` that are tried where there is no room for each.
const WAYS: usize = 6;
/// Number of times an item that must differ from all others is drawn, and then counted up.
const TRIES: u64 = 8;
const COUNTED: u64 = 40;

/// The arrays a schema admits.
#[derive(Clone, Debug)]
pub(crate) struct Array {
    prefix: Vec<PlanNodeId>,
    /// What the items behind the prefix are.
    pub(crate) items: PlanNodeId,
    least: u64,
    most: u64,
    /// Whether no two items are equal.
    unique: bool,
}

/// What `contains` demands.
#[derive(Default)]
struct Demanded {
    kinds: Vec<Kind>,
}

/// What one `contains` demands.
struct Kind {
    part: Part,
    /// Keeps an item from being of this kind, where there may not be any number of them.
    breaks: Option<Part>,
    least: u64,
    /// Whether its items are evaluated by it: `unevaluatedItems` has no say in them.
    evaluates: bool,
}

/// What an item must be for the sake of `contains`.
#[derive(Clone, Default)]
struct Slot {
    parts: Vec<Part>,
    evaluated: bool,
}

impl Demanded {
    fn read(reader: &mut Reader<'_>) -> Result<Self, Error> {
        let mut kinds = Vec::new();
        let flats = reader.flats.clone();
        for applicator in flats.applicators().flatten() {
            let Applicator::Contains(Contains { item, min, max, evaluates, .. }) = applicator else {
                continue;
            };
            if *min > MAX_CONTAINED {
                return Err(reader.unsupported(MIN_CONTAINS, "asks for more than can be built"));
            }
            let is_none = max.is_some_and(|max| max < *min);
            let part = if is_none { reader.never() } else { Part::Keeps(*item) };
            let breaks = max.map(|_| Part::Breaks(*item));
            kinds.push(Kind { part, breaks, least: *min, evaluates: *evaluates });
        }
        for demand in flats.demands() {
            match demand {
                Requirement::Contains(part) => {
                    kinds.push(Kind { part: part.clone(), breaks: None, least: 1, evaluates: false });
                }
                Requirement::Items(_) => reader.intricate(),
                _ => {}
            }
        }
        if kinds.len() > 1 && kinds.iter().any(|kind| kind.breaks.is_some()) {
            reader.check(CONTAINS);
        }
        if !kinds.is_empty() {
            reader.intricate();
        }
        Ok(Self { kinds })
    }

    /// The slots one after the other: each kind on its own, or together, so that one item does for several.
    /// Where there is no room for each on its own, some do for several, too: not every way to share them is
    /// tried then.
    fn slots(&self, room: usize) -> Vec<Vec<Slot>> {
        let most = self.kinds.iter().map(|kind| kind.least).max().unwrap_or(0);
        let apart = self.kinds.iter().enumerate();
        let apart =
            apart.flat_map(|(own, kind)| (0..kind.least).map(move |_| self.slot(|other| other == own)));
        let apart: Vec<Slot> = apart.collect();
        if self.kinds.len() < 2 {
            return vec![apart];
        }
        let together = (0..most).map(|number| self.slot(|kind| self.kinds[kind].least > number)).collect();
        let room = room.max(1).min(apart.len());
        let ways = if room == apart.len() { 1 } else { apart.len().min(WAYS) };
        let shared = (0..ways).map(|way| {
            let mut slots = apart.clone();
            slots.rotate_left(way);
            let spare = slots.split_off(room);
            for (number, spare) in spare.into_iter().enumerate() {
                let shared = &mut slots[room - 1 - number % room];
                shared.parts.extend(spare.parts);
                shared.evaluated |= spare.evaluated;
            }
            slots
        });
        shared.chain([together]).collect()
    }

    /// Whether there are more slots than room, each kind on its own.
    fn shares(&self, room: u64) -> bool {
        self.kinds.iter().map(|kind| kind.least).sum::<u64>() > room
    }

    /// An item of these kinds, and of no others that are limited.
    fn slot(&self, is_of: impl Fn(usize) -> bool) -> Slot {
        let mut slot = Slot::default();
        for (number, kind) in self.kinds.iter().enumerate() {
            if is_of(number) {
                slot.parts.push(kind.part.clone());
                slot.evaluated |= kind.evaluates;
            } else {
                slot.parts.extend(kind.breaks.clone());
            }
        }
        slot
    }

    /// What an item may be that nothing demands: of no limited kind, or of a kind that evaluates it.
    fn others(&self) -> Vec<Slot> {
        let evaluating =
            self.kinds.iter().enumerate().filter(|(_, kind)| kind.evaluates && kind.breaks.is_none());
        let evaluating = evaluating.map(|(own, _)| self.slot(|other| other == own));
        [self.slot(|_| false)].into_iter().chain(evaluating).collect()
    }
}

/// What is said about the item at an index, and whether that is what is said of items that nothing evaluates.
fn item(flats: &Flats, index: usize, slot: &Slot) -> (Vec<Part>, bool) {
    let (mut conjunction, mut rest) = (slot.parts.clone(), Vec::new());
    let mut is_described = slot.evaluated;
    for applicator in flats.applicators().flatten() {
        match applicator {
            Applicator::Items { prefix, rest, .. } => {
                let own = prefix.get(index).or(rest.as_ref());
                is_described |= own.is_some();
                conjunction.extend(own.copied().map(Part::Keeps));
            }
            Applicator::UnevaluatedItems(inner) => rest.push(Part::Keeps(*inner)),
            _ => {}
        }
    }
    let unevaluated = !is_described && !rest.is_empty();
    if unevaluated {
        conjunction.extend(rest);
    }
    conjunction.extend(flats.demands().filter_map(|one| match one {
        Requirement::Items(part) => Some(part.clone()),
        _ => None,
    }));
    (conjunction, unevaluated)
}

/// The node of an item that nothing demands.
fn other(reader: &mut Reader<'_>, index: usize, slots: &[Slot]) -> PlanNodeId {
    let flats = reader.flats.clone();
    let (conjunction, unevaluated) = item(&flats, index, &slots[0]);
    let first = reader.node(conjunction);
    if !unevaluated || slots.len() == 1 {
        return first;
    }
    let evaluated: Vec<_> = slots[1..].iter().map(|slot| reader.node(item(&flats, index, slot).0)).collect();
    reader.add(ValueSet::Alternatives(Alternatives::of([first].into_iter().chain(evaluated).collect())))
}

impl Array {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<ValueSet, Error> {
        let flats = reader.flats.clone();
        let least = reader.least(TypeSet::ARRAY, MIN_ITEMS, MAX_REQUIRED)?;
        let most = flats.most(TypeSet::ARRAY);
        if least > most {
            return Ok(reader.nothing(MIN_ITEMS, &format!("{least} is more than `{MAX_ITEMS}` {most}")));
        }
        let unique = flats.unique();
        let demanded = Demanded::read(reader)?;
        if unique {
            reader.intricate();
            if least.max(demanded.kinds.iter().map(|kind| kind.least).sum()) > 1 {
                reader.check(UNIQUE_ITEMS);
            }
        }
        if demanded.shares(most) {
            reader.incomplete();
        }
        let others = demanded.others();
        let prefixes = flats.applicators().flatten().filter_map(|one| match one {
            Applicator::Items { prefix, .. } => Some(prefix.len()),
            _ => None,
        });
        let prefix = prefixes.max().unwrap_or(0);
        let mut layouts = Vec::new();
        for slots in demanded.slots(usize::try_from(most).unwrap_or(usize::MAX)) {
            reader.spend(prefix.saturating_add(slots.len()).saturating_mul(2))?;
            let starts = if slots.is_empty() { 0 } else { prefix.min(STARTS) };
            for start in 0..=starts {
                let end = if slots.is_empty() { 0 } else { start + slots.len() };
                let floor = least.max(u64::try_from(end).unwrap_or(u64::MAX));
                if floor > most {
                    continue;
                }
                let nodes = (0..prefix.max(end)).map(|index| {
                    match index.checked_sub(start).and_then(|slot| slots.get(slot)) {
                        Some(slot) => reader.node(item(&flats, index, slot).0),
                        None => other(reader, index, &others),
                    }
                });
                let nodes = nodes.collect();
                let items = other(reader, usize::MAX, &others);
                layouts.push(Self { prefix: nodes, items, least: floor, most, unique });
            }
        }
        match layouts.len() {
            0 => Ok(reader.nothing(CONTAINS, &format!("demands more items than `{MAX_ITEMS}` {most}"))),
            1 => Ok(ValueSet::Array(layouts.remove(0))),
            _ => {
                let branches = layouts.into_iter().map(|layout| reader.add(ValueSet::Array(layout)));
                Ok(ValueSet::Alternatives(Alternatives::of(branches.collect())))
            }
        }
    }

    /// The node of the item at `index`.
    pub(crate) fn item(&self, index: usize) -> PlanNodeId {
        self.prefix.get(index).copied().unwrap_or(self.items)
    }

    /// The nodes of all items, once each.
    pub(crate) fn parts(&self) -> impl Iterator<Item = PlanNodeId> {
        self.prefix.iter().copied().chain([self.items])
    }

    /// The nodes of the items that every array has.
    pub(crate) fn forced(&self) -> impl Iterator<Item = PlanNodeId> {
        let least = usize::try_from(self.least).unwrap_or(usize::MAX);
        let rest = (least > self.prefix.len()).then_some(self.items);
        self.prefix.iter().copied().take(least).chain(rest)
    }

    pub(crate) fn admits(&self, plan: &Plan, items: &[Value]) -> bool {
        let length = u64::try_from(items.len()).unwrap_or(u64::MAX);
        (self.least..=self.most).contains(&length)
            && items.iter().enumerate().all(|(index, item)| plan.admits(self.item(index), item))
    }

    pub(crate) fn build<S: Sink>(&self, builder: &mut Builder<'_>, hint: &Hint, sink: &mut S) {
        let (least, most) = self.lengths(builder, hint);
        let item_hint = Hint { shape: hint.shape, ..Hint::default() };
        let outer = builder.budget;
        let (mut length, mut seen) = (0, HashSet::new());
        let is_read = builder.read_nesting == builder.nesting;
        sink.open_array();
        for index in 0..most {
            builder.choices.open(true);
            // Zero ends the array; every possible length is equally likely.
            let more = builder.choices.draw(if index < least { 0 } else { most - index });
            let beyond = index >= self.least && !matches!(hint.items, Some(Items::Exactly(_)));
            if index >= least && more == 0 || beyond && !self.affords_another(length, builder) {
                builder.choices.close();
                break;
            }
            if matches!(hint.items, Some(Items::Exactly(_))) {
                builder.refill();
            }
            let unlike = self.unique.then(|| self.unlike(builder, &mut seen, length, &item_hint));
            if matches!(unlike, Some(None)) {
                builder.choices.close();
                break;
            }
            sink.item();
            builder.items.extend(is_read.then(|| sink.position()));
            match unlike.flatten() {
                Some(item) => sink.value(Cow::Owned(item)),
                None => builder.build(self.item(length), &item_hint, sink),
            }
            builder.choices.close();
            length += 1;
        }
        sink.close_array();
        if matches!(hint.items, Some(Items::Exactly(_))) {
            builder.budget = outer;
        }
    }

    /// Whether there is room for an item more than there must be.
    fn affords_another(&self, index: usize, builder: &mut Builder<'_>) -> bool {
        let weight = builder.plan.node(self.item(index)).weight;
        if weight > builder.room {
            return false;
        }
        builder.room -= weight;
        true
    }

    /// What the smallest array weighs, by the weights of its items.
    pub(crate) fn weight(&self, of: impl Fn(PlanNodeId) -> u64) -> u64 {
        let least = usize::try_from(self.least).unwrap_or(usize::MAX);
        let first = self.prefix.iter().take(least).fold(NODE, |sum, item| sum.saturating_add(of(*item)));
        let rest = self.least.saturating_sub(self.prefix.len() as u64);
        let rest = if rest == 0 { 0 } else { of(self.items).saturating_mul(rest) };
        first.saturating_add(rest)
    }

    /// The next item; `None` if none was found that differs from all before it.
    fn unlike(
        &self,
        builder: &mut Builder<'_>,
        seen: &mut HashSet<String>,
        index: usize,
        hint: &Hint,
    ) -> Option<Value> {
        let node = self.item(index);
        let mut differs = |item: &Value| seen.insert(likeness(item));
        let tries = if builder.choices.is_fresh() { TRIES } else { 1 };
        let start = builder.choices.checkpoint();
        for _ in 0..tries {
            let item = builder.tree(node, hint);
            if differs(&item) {
                return Some(item);
            }
            builder.choices.roll_back(start);
        }
        for tape in (1..COUNTED).flat_map(|draw| [vec![draw], vec![0, draw], vec![draw, draw, draw]]) {
            if builder.patience == 0 {
                break;
            }
            builder.patience -= 1;
            let aside = builder.choices.set_aside(tape);
            let item = builder.tree(node, hint);
            builder.choices.resume(aside);
            if differs(&item) {
                return Some(item);
            }
            builder.choices.roll_back(start);
        }
        None
    }

    /// From the fewest to `most`, or exactly `most` where the style wants that in the outer arrays.
    fn within(&self, builder: &Builder<'_>, most: u64) -> (u64, u64) {
        let full = builder.style.items == Extent::Most && builder.style.member(builder.depth) == Some(true);
        (if full { most } else { self.least }, most)
    }

    /// The fewest and the most items to build now.
    fn lengths(&self, builder: &Builder<'_>, hint: &Hint) -> (u64, u64) {
        let buildable = self.parts().take(self.prefix.len()).position(|part| !builder.plan.is_finite(part));
        let end = match buildable {
            Some(index) => index,
            None if builder.plan.is_finite(self.items) => usize::MAX,
            None => self.prefix.len(),
        };
        let end = self.most.min(u64::try_from(end).unwrap_or(u64::MAX));
        let usual = USUAL.get(builder.nesting).or(USUAL.last()).copied().unwrap_or(0);
        let usual = usual.max(u64::try_from(self.prefix.len()).unwrap_or(u64::MAX));
        match hint.items {
            Some(Items::Exactly(count)) => {
                let count = u64::from(count).clamp(self.least, end);
                (count, count)
            }
            _ if builder.tight() || builder.style.items == Extent::Least => (self.least, self.least),
            Some(Items::UpTo(count)) => self.within(builder, u64::from(count).clamp(self.least, end)),
            None => self.within(builder, (self.least.saturating_add(usual)).min(end)),
        }
    }
}
