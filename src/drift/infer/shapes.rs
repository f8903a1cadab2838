//! Finds objects of the same shape.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::Value;

use super::maps;
use crate::drift::field::Field;

/// Index of a [`Position`].
pub(super) type PositionId = usize;

/// Index of a [`Shape`].
pub(super) type ShapeId = usize;

/// Properties that an object has at least to be of one shape with others.
const MIN_PROPERTIES: usize = 2;

/// All positions of values, and the shapes of the objects at them. Folding makes several one: then counts are
/// sums.
#[derive(Default)]
pub(super) struct Shapes {
    positions: Vec<Position>,
    all: Vec<Shape>,
    /// What each was made one with, or itself.
    position_of: Vec<PositionId>,
    shape_of: Vec<ShapeId>,
}

/// Where values are.
pub(super) struct Position {
    /// What was seen there, without what is inside.
    pub(super) own: Field,
    pub(super) shape: Option<ShapeId>,
    pub(super) items: Option<PositionId>,
}

/// Members of objects.
#[derive(Default)]
pub(super) struct Shape {
    pub(super) objects: u64,
    pub(super) properties: BTreeMap<String, PositionId>,
    pub(super) patterns: BTreeMap<&'static str, PositionId>,
    /// The values of a map.
    pub(super) rest: Option<PositionId>,
    /// What the keys of a map are.
    pub(super) keys: Option<Value>,
    /// Whether there was no room for some members, so that nothing is known of any.
    pub(super) is_partial: bool,
}

impl Shape {
    fn is_map(&self) -> bool {
        self.rest.is_some() || !self.patterns.is_empty()
    }

    /// Makes all members the values of a map, and returns their positions.
    fn values(&mut self) -> Vec<PositionId> {
        self.keys = None;
        let properties = std::mem::take(&mut self.properties).into_values();
        properties.chain(std::mem::take(&mut self.patterns).into_values()).chain(self.rest.take()).collect()
    }
}

impl Shapes {
    /// All positions of a field, the first one its own.
    pub(super) fn of(field: &Field) -> Self {
        let mut shapes = Self::default();
        shapes.add(field);
        shapes
    }

    fn add(&mut self, field: &Field) -> PositionId {
        let id = self.positions.len();
        self.positions.push(Position { own: field.without_members(), shape: None, items: None });
        self.position_of.push(id);
        if field.object > 0 {
            let is_partial = field.beyond > 0;
            let mut shape = Shape { objects: field.object, is_partial, ..Shape::default() };
            if !is_partial {
                let members = maps::split(field);
                let properties = members.properties.into_iter();
                shape.properties =
                    properties.map(|(name, below)| (name.to_owned(), self.add(below))).collect();
                let patterns = members.patterns.into_iter();
                shape.patterns = patterns.map(|(pattern, below)| (pattern, self.add(&below))).collect();
                shape.rest = members.rest.map(|below| self.add(&below));
                shape.keys = members.keys;
            }
            self.shape_of.push(self.all.len());
            self.positions[id].shape = Some(self.all.len());
            self.all.push(shape);
        }
        if let Some(items) = field.items.as_ref().filter(|items| field.array > 0 && items.seen > 0) {
            self.positions[id].items = Some(self.add(items));
        }
        id
    }

    pub(super) fn position(&self, id: PositionId) -> &Position {
        &self.positions[self.position_id(id)]
    }

    pub(super) fn position_id(&self, mut id: PositionId) -> PositionId {
        while self.position_of[id] != id {
            id = self.position_of[id];
        }
        id
    }

    pub(super) fn shape(&self, id: ShapeId) -> &Shape {
        &self.all[id]
    }

    /// The shape of the objects at a position.
    pub(super) fn shape_at(&self, id: PositionId) -> Option<ShapeId> {
        let mut shape = self.position(id).shape?;
        while self.shape_of[shape] != shape {
            shape = self.shape_of[shape];
        }
        Some(shape)
    }

    /// Makes shapes that are alike one: those with the same properties, and those of trees.
    pub(super) fn fold(&mut self) {
        let mut by_names: BTreeMap<Vec<String>, Vec<PositionId>> = BTreeMap::new();
        for id in 0..self.positions.len() {
            let Some(names) = self.names(id).filter(|names| names.len() >= MIN_PROPERTIES) else { continue };
            by_names.entry(names.into_iter().map(str::to_owned).collect()).or_default().push(id);
        }
        for positions in by_names.into_values() {
            let mut kinds: Vec<PositionId> = Vec::new();
            for position in positions {
                match kinds.iter().find(|kind| self.alike(**kind, position)) {
                    Some(kind) => self.join(*kind, position),
                    None => kinds.push(position),
                }
            }
        }
        self.fold_trees();
    }

    /// Makes the shape of an object inside another one the same, when it has all of its properties, but
    /// perhaps the one that leads to it.
    fn fold_trees(&mut self) {
        let mut pending: Vec<(PositionId, Vec<(PositionId, String)>)> = vec![(0, Vec::new())];
        let mut seen = BTreeSet::new();
        while let Some((id, around)) = pending.pop() {
            if !seen.insert(self.position_id(id)) {
                continue;
            }
            let outer = around.iter().rev().find(|(outer, leads)| self.is_inner(id, *outer, leads));
            if let Some((outer, _)) = outer {
                self.join(*outer, id);
            }
            if let Some(shape) = self.shape_at(id) {
                for (name, below) in &self.all[shape].properties {
                    let mut around = around.clone();
                    around.push((id, name.clone()));
                    pending.push((*below, around));
                }
                let unnamed = self.all[shape].patterns.values().copied().chain(self.all[shape].rest);
                pending.extend(unnamed.map(|below| (below, around.clone())));
            }
            pending.extend(self.position(id).items.map(|items| (items, around)));
        }
    }

    fn is_inner(&self, inner: PositionId, outer: PositionId, leads: &str) -> bool {
        let (Some(names), Some(all)) = (self.names(inner), self.names(outer)) else { return false };
        let differs = self.shape_at(inner) != self.shape_at(outer);
        let without: Vec<&str> = all.iter().copied().filter(|name| *name != leads).collect();
        differs
            && names.len() >= MIN_PROPERTIES
            && (names == all || names == without)
            && self.alike(outer, inner)
    }

    /// The names of the properties of the objects at a position; `None` for maps.
    fn names(&self, id: PositionId) -> Option<Vec<&str>> {
        let shape = &self.all[self.shape_at(id)?];
        (!shape.is_map()).then(|| shape.properties.keys().map(String::as_str).collect())
    }

    /// Whether properties of the same name have the same types, nulls and missing ones aside, and their
    /// objects mostly the same properties.
    fn alike(&self, a: PositionId, b: PositionId) -> bool {
        let (Some(a), Some(b)) = (self.shape_at(a), self.shape_at(b)) else { return false };
        let [a, b] = [&self.all[a].properties, &self.all[b].properties];
        a.iter().filter_map(|(name, at)| Some((*at, *b.get(name)?))).all(|(a, b)| self.compatible(a, b))
    }

    fn compatible(&self, a: PositionId, b: PositionId) -> bool {
        let types = |id| {
            let types = self.position(id).own.types().into_iter().filter(|name| *name != "null");
            types.map(|name| if name == "integer" { "number" } else { name }).collect::<Vec<_>>()
        };
        let [of_a, of_b] = [types(a), types(b)];
        if of_a.is_empty() || of_b.is_empty() {
            return true;
        }
        let items = match (self.position(a).items, self.position(b).items) {
            (Some(a), Some(b)) => self.compatible(a, b),
            _ => true,
        };
        of_a == of_b && items && self.similar(a, b)
    }

    fn similar(&self, a: PositionId, b: PositionId) -> bool {
        match (self.names(a), self.names(b)) {
            (Some(a), Some(b)) => {
                a.iter().filter(|name| b.contains(name)).count() * 2 >= a.len().max(b.len())
            }
            (a, b) => a.is_none() && b.is_none(),
        }
    }

    /// Makes the shapes at two positions one, and with them what they hold.
    fn join(&mut self, a: PositionId, b: PositionId) {
        let (Some(a), Some(b)) = (self.shape_at(a), self.shape_at(b)) else { return };
        if a != b {
            for (mine, theirs) in self.join_shapes(a, b) {
                self.join_positions(mine, theirs);
            }
        }
    }

    /// Makes one shape another; returns the positions that have to be one for that.
    fn join_shapes(&mut self, a: ShapeId, b: ShapeId) -> Vec<(PositionId, PositionId)> {
        let mut theirs = std::mem::take(&mut self.all[b]);
        self.shape_of[b] = a;
        let mine = &mut self.all[a];
        mine.objects = mine.objects.saturating_add(theirs.objects);
        mine.is_partial |= theirs.is_partial;
        let mut same = Vec::new();
        let is_plain = |shape: &Shape| shape.properties.is_empty() && shape.patterns.is_empty();
        if (mine.is_map() || theirs.is_map()) && !(is_plain(mine) && is_plain(&theirs)) {
            // A key of one may be a name in the other.
            let values: Vec<PositionId> = mine.values().into_iter().chain(theirs.values()).collect();
            same.extend(values.iter().skip(1).map(|value| (values[0], *value)));
            mine.rest = values.first().copied();
            return same;
        }
        if mine.keys != theirs.keys {
            mine.keys = None;
        }
        for (name, theirs) in theirs.properties {
            match mine.properties.get(&name) {
                Some(mine) => same.push((*mine, theirs)),
                None => drop(mine.properties.insert(name, theirs)),
            }
        }
        match (mine.rest, theirs.rest) {
            (Some(mine), Some(theirs)) => same.push((mine, theirs)),
            (rest, theirs) => mine.rest = rest.or(theirs),
        }
        same
    }

    /// Makes two positions one.
    fn join_positions(&mut self, a: PositionId, b: PositionId) {
        let mut pending = vec![(a, b)];
        while let Some((a, b)) = pending.pop() {
            let [a, b] = [self.position_id(a), self.position_id(b)];
            if a == b {
                continue;
            }
            let shapes = (self.shape_at(a), self.shape_at(b));
            self.position_of[b] = a;
            let own = std::mem::take(&mut self.positions[b].own);
            self.positions[a].own.merge(own);
            match shapes {
                (Some(mine), Some(theirs)) if mine != theirs => {
                    pending.extend(self.join_shapes(mine, theirs));
                }
                (mine, theirs) => self.positions[a].shape = mine.or(theirs),
            }
            match (self.positions[a].items, self.positions[b].items) {
                (Some(mine), Some(theirs)) => pending.push((mine, theirs)),
                (mine, theirs) => self.positions[a].items = mine.or(theirs),
            }
        }
    }

    /// The shapes at more than one position, each with the names of the properties that hold it, in the order
    /// in which they are reached.
    pub(super) fn shared(&self) -> Vec<(ShapeId, Vec<String>)> {
        let mut found: Vec<(ShapeId, Vec<String>)> = Vec::new();
        let mut pending = std::collections::VecDeque::from([(0, String::new())]);
        let mut seen = BTreeSet::new();
        while let Some((id, name)) = pending.pop_front() {
            if !seen.insert(self.position_id(id)) {
                continue;
            }
            let one = super::names::singular(&name);
            if let Some(shape) = self.shape_at(id) {
                match found.iter_mut().find(|(known, _)| *known == shape) {
                    Some((_, names)) => names.push(name.clone()),
                    None => found.push((shape, vec![name.clone()])),
                }
                let Shape { properties, patterns, rest, .. } = &self.all[shape];
                pending.extend(properties.iter().map(|(name, below)| (*below, name.clone())));
                pending.extend(patterns.values().chain(rest).map(|below| (*below, one.clone())));
            }
            pending.extend(self.position(id).items.map(|items| (items, one)));
        }
        found.retain(|(_, names)| names.len() > 1);
        found
    }
}
