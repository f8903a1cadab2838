//! The table of fields seen so far.

use xxhash_rust::xxh3::xxh3_64;

use super::field::{Field, MAX_UNLISTED};
use super::field_state::{FieldId, FieldState, Kind, NOWHERE, Rest};
use crate::schema::model::Subschemas;
use crate::validate::Secrets;

/// Fields kept, at most. What the contract lists comes nowhere near, but a schema that refers to itself has
/// no end.
const MAX_FIELDS: usize = 20_000;

/// The same without a contract: a thousand objects in a map have thirty members each.
const MAX_FIELDS_WITHOUT_CONTRACT: usize = 60_000;

/// Steps below the last location that the contract lists that are distinguished; what is deeper is not looked
/// at.
const MAX_UNLISTED_STEPS: u16 = 16;

/// The longest name of a member that is distinguished.
pub(super) const MAX_NAME: usize = 200;

/// All locations.
pub(super) struct FieldTable<'s> {
    pub(super) all: Vec<FieldState<'s>>,
    /// Fields that hold nothing any more.
    free: Vec<FieldId>,
    secrets: Secrets,
    /// The key under which a text can stand for an omission.
    omission: Option<&'static str>,
    /// Values of fields for which there was no room.
    pub(super) beyond: u64,
}

impl<'s> FieldTable<'s> {
    pub(super) fn new(
        root: Option<Subschemas<'s>>,
        secrets: Secrets,
        omission: Option<&'static str>,
    ) -> Self {
        let mut root = FieldState::new(root);
        root.rest.listed = true;
        Self { all: vec![root], free: Vec::new(), secrets, omission, beyond: 0 }
    }

    #[inline]
    pub(super) fn at(&mut self, id: FieldId) -> &mut FieldState<'s> {
        &mut self.all[id as usize]
    }

    /// The place of a member by its name, if there is one.
    /// The field of a member that a schema lists, by its number in the object.
    #[inline]
    pub(super) fn numbered(&self, object: FieldId, number: u32) -> FieldId {
        self.all[object as usize].rest.numbered.get(number as usize).copied().unwrap_or(NOWHERE)
    }

    /// A member has this number in its object from now on.
    pub(super) fn number(&mut self, object: FieldId, number: u32, member: FieldId) {
        // What members without a field of their own share is not one member's.
        if member == NOWHERE || self.at(member).is_shared {
            return;
        }
        let numbered = &mut self.at(object).rest.numbered;
        let number = number as usize;
        numbered.resize(numbered.len().max(number + 1), NOWHERE);
        numbered[number] = member;
    }

    /// Members have other numbers from now on.
    pub(super) fn forget_numbers(&mut self) {
        self.all.iter_mut().for_each(|field| field.rest.numbered.clear());
    }

    #[inline]
    fn known_member(&self, object: FieldId, name: &[u8]) -> Option<FieldId> {
        let children = &self.all[object as usize].rest.children;
        children.find(xxh3_64(name), |child| self.all[*child as usize].is_named(name)).copied()
    }

    /// The location of the member `name` of an object; `None` where there is no room for it.
    pub(super) fn member(&mut self, object: FieldId, name: &str) -> Option<FieldId> {
        if let Some(child) = self.known_member(object, name.as_bytes()) {
            return Some(child);
        }
        let child = self.new_member(object, name);
        if child.is_none() {
            return self.unnamed(object);
        }
        child
    }

    /// The location of a member for which there is no room.
    fn unnamed(&mut self, object: FieldId) -> Option<FieldId> {
        self.at(object).rest.other_properties += 1;
        self.others(object)
    }

    /// The location of all members of an object that have none of their own; only without a contract, where
    /// it is asked what accepts them.
    fn others(&mut self, object: FieldId) -> Option<FieldId> {
        if self.all[0].rest.known.is_some() {
            return None;
        }
        if let Some(others) = self.at(object).rest.others {
            return Some(others);
        }
        if !self.has_room(0) {
            self.at(object).rest.beyond += 1;
            return None;
        }
        // Which members it holds depends on how traffic was cut, so that it holds their types alone.
        let mut others = FieldState::new(None);
        (others.rest.parent, others.secret, others.is_shared) = (object, true, true);
        let others = self.add(others);
        self.at(object).rest.others = Some(others);
        Some(others)
    }

    fn new_member(&mut self, object: FieldId, name: &str) -> Option<FieldId> {
        let rest = &self.all[object as usize].rest;
        let listed = rest.known.as_ref().is_some_and(|known| known.lists(name));
        let hash = xxh3_64(name.as_bytes());
        let full = rest.unlisted.len() >= MAX_UNLISTED;
        let beyond = full && rest.unlisted.last_key_value().is_some_and(|(last, _)| hash > *last);
        let steps = if listed { rest.steps } else { rest.steps + 1 };
        if name.len() > MAX_NAME || !listed && beyond || !self.has_room(steps) {
            return None;
        }
        let location = self.at(object);
        let mut child = FieldState::new(location.rest.known.as_ref().and_then(|known| known.member(name)));
        child.rest.name = Some(name.into());
        (child.rest.parent, child.rest.steps, child.rest.listed) = (object, steps, listed);
        let above = location.secret;
        child.secret = above || self.secrets.holds(name);
        child.may_be_omitted = !listed && self.omission == Some(name);
        let child = self.add(child);
        let rest = &mut self.at(object).rest;
        rest.order.push(child);
        if !listed {
            rest.unlisted.insert(hash, child);
        }
        let too_many = rest.unlisted.len() > MAX_UNLISTED;
        let mut children = std::mem::take(&mut rest.children);
        children.insert_unique(hash, child, |child| self.hash_of(*child));
        self.at(object).rest.children = children;
        if too_many {
            self.drop_last(object);
        }
        Some(child)
    }

    fn hash_of(&self, child: FieldId) -> u64 {
        xxh3_64(self.all[child as usize].rest.name.as_deref().unwrap_or_default().as_bytes())
    }

    /// The location of the items of an array.
    pub(super) fn items(&mut self, array: FieldId) -> Option<FieldId> {
        let location = &self.all[array as usize];
        if location.items != NOWHERE {
            return Some(location.items);
        }
        let steps = if location.rest.known.is_some() { location.rest.steps } else { location.rest.steps + 1 };
        if !self.has_room(steps) {
            self.at(array).rest.beyond += 1;
            return None;
        }
        let location = self.at(array);
        let mut items = FieldState::new(location.rest.known.as_ref().map(|known| known.item(0)));
        (items.rest.parent, items.rest.steps) = (array, steps);
        (items.secret, items.rest.listed) = (location.secret, location.rest.listed);
        let items = self.add(items);
        self.at(array).items = items;
        Some(items)
    }

    fn has_room(&mut self, steps: u16) -> bool {
        // Without a contract nothing is listed, and every step is looked at.
        let is_alone = self.all[0].rest.known.is_none();
        let most = if is_alone { MAX_FIELDS_WITHOUT_CONTRACT } else { MAX_FIELDS };
        let room = !self.free.is_empty() || self.all.len() < most;
        self.beyond += u64::from(!room);
        room && (steps <= MAX_UNLISTED_STEPS || is_alone)
    }

    fn add(&mut self, location: FieldState<'s>) -> FieldId {
        if let Some(id) = self.free.pop() {
            *self.at(id) = location;
            return id;
        }
        self.all.push(location);
        FieldId::try_from(self.all.len() - 1).unwrap_or(NOWHERE)
    }

    /// Drops the unlisted member of an object whose hash is the largest, and what is below it.
    fn drop_last(&mut self, object: FieldId) {
        let Some((_, child)) = self.at(object).rest.unlisted.pop_last() else { return };
        let seen = self.at(child).seen();
        self.at(object).rest.other_properties += seen;
        let inside = self.inside(child);
        if self.all[0].rest.known.is_none() {
            let field = self.take(child).only_types();
            self.at(object).rest.dropped.get_or_insert_default().merge(field);
        }
        let hash = self.hash_of(child);
        let rest = &mut self.at(object).rest;
        if let Ok(entry) = rest.children.find_entry(hash, |other| *other == child) {
            entry.remove();
        }
        rest.order.retain(|other| *other != child);
        rest.numbered.iter_mut().filter(|other| **other == child).for_each(|other| *other = NOWHERE);
        for id in inside {
            *self.at(id) = FieldState::new(None);
            self.free.push(id);
        }
    }

    /// A location, and all that are below it.
    fn inside(&self, id: FieldId) -> Vec<FieldId> {
        let mut inside = vec![id];
        let mut next = 0;
        while let Some(id) = inside.get(next) {
            let FieldState { items, rest, .. } = &self.all[*id as usize];
            inside.extend(rest.order.iter().copied().chain(rest.others));
            inside.extend(Some(*items).filter(|items| *items != NOWHERE));
            next += 1;
        }
        inside
    }

    /// Ends a payload, in which these fields came: counts what is counted once a payload.
    pub(super) fn payload_ends(&mut self, touched: &[FieldId]) {
        for id in touched {
            let field = self.at(*id);
            let (seen, null) = (field.seen(), field.count_of(Kind::Null));
            let Rest { by_payload, parent, name: Some(_), .. } = &mut *field.rest else { continue };
            let parent = *parent as usize;
            let times = seen - by_payload.seen_before;
            by_payload.payloads_with_null += u64::from(null > by_payload.null_before);
            (by_payload.seen_before, by_payload.null_before) = (seen, null);
            let around = &self.all[parent];
            let objects = around.count_of(Kind::Object) - around.rest.by_payload.objects_before;
            self.at(*id).rest.by_payload.payloads_full += u64::from(times == objects && objects > 0);
        }
        for id in touched {
            let field = self.at(*id);
            let objects = field.count_of(Kind::Object);
            let by_payload = &mut field.rest.by_payload;
            by_payload.payloads_with_object += u64::from(objects > by_payload.objects_before);
            by_payload.objects_before = objects;
        }
    }

    /// What was seen at a location and below it. Fields are left empty.
    pub(super) fn take(&mut self, id: FieldId) -> Field {
        let mut field = self.at(id).field();
        for child in std::mem::take(&mut self.at(id).rest.order) {
            let name = self.at(child).rest.name.take().unwrap_or_default().into();
            let child = self.take(child);
            if child.seen > 0 {
                field.properties.insert(name, child);
            }
        }
        let dropped = self.at(id).rest.dropped.take();
        let others = self.at(id).rest.others.map(|others| Box::new(self.take(others).only_types()));
        for others in dropped.into_iter().chain(others) {
            field.others.get_or_insert_default().merge(*others);
        }
        let items = self.at(id).items;
        if items != NOWHERE {
            field.items = Some(Box::new(self.take(items))).filter(|items| items.seen > 0);
        }
        field
    }
}
