//! Adds what a walk over a payload recorded to the statistics of its fields.

use super::field::Field;
use super::field_state::{FieldId, FieldState, Kind, NOWHERE};
use super::field_table::FieldTable;
use crate::schema::model::Subschemas;
use crate::validate::{Event, ITEM, KEYED, Member, Names, Passage, Promises};

/// Counts what is in payloads of one envelope. Of a payload it keeps no more than how deep it is in it.
pub(super) struct Observer<'s> {
    locations: FieldTable<'s>,
    /// A text that stands for an omission, under the key that the fields know.
    omission: Option<&'static str>,
    /// Whether 2.0 is no integer.
    as_written: bool,
    /// The object or array that the next value is in, and those around it.
    frame: Frame,
    stack: Vec<Frame>,
    /// The member whose key came last.
    keyed: FieldId,
    payload: u64,
    /// Objects and arrays that came, and how many it were with the first one of this payload.
    objects: u64,
    first_object: u64,
    /// Fields that came in this payload.
    touched: Vec<FieldId>,
    /// What numbers of properties mean.
    names: Option<Names>,
}

/// An object or array that has not ended.
#[derive(Clone, Copy)]
struct Frame {
    location: FieldId,
    is_object: bool,
    /// The field of its items, once there are any.
    items: FieldId,
    /// The number of its first listed property.
    first: Member,
    /// Which object of all it is.
    object: u64,
}

impl Frame {
    /// Around the payload as a whole, which is like an item.
    const PAYLOAD: Self = Self { location: 0, is_object: false, items: 0, first: 0, object: 0 };
}

impl<'s> Observer<'s> {
    pub(super) fn new(root: Option<Subschemas<'s>>, promises: &Promises, as_written: bool) -> Self {
        let (key, omission) = promises.elision.unzip();
        Self {
            locations: FieldTable::new(root, promises.secrets.clone(), key),
            omission,
            as_written,
            frame: Frame::PAYLOAD,
            stack: Vec::new(),
            keyed: NOWHERE,
            payload: 0,
            objects: 0,
            first_object: 0,
            touched: Vec::new(),
            names: None,
        }
    }

    /// Begins a payload.
    pub(super) fn begin(&mut self) {
        (self.frame, self.keyed) = (Frame::PAYLOAD, NOWHERE);
        self.stack.clear();
        self.touched.clear();
        self.payload += 1;
        self.first_object = self.objects + 1;
    }

    /// Ends it.
    pub(super) fn end(&mut self) {
        self.locations.payload_ends(&self.touched);
    }

    /// Values of fields for which there was no room.
    pub(super) fn beyond(&self) -> u64 {
        self.locations.beyond
    }

    /// What was seen.
    pub(super) fn finish(mut self) -> Field {
        self.locations.take(0)
    }

    /// Adds what was recorded of the payload, or of the next part of it.
    pub(super) fn add(&mut self, passage: &Passage<'_>) {
        self.know(passage.names());
        let mut key_from = 0;
        for event in passage.events {
            match *event {
                Event::Key { until } => {
                    self.key(&passage.keys[key_from..until]);
                    key_from = until;
                }
                Event::Object { member, first } => self.open(member, true, first),
                Event::Array { member } => self.open(member, false, 0),
                Event::End { count } => self.close(count),
                Event::Null { member } => {
                    if let Some(field) = self.field(member) {
                        field.count(Kind::Null);
                    }
                }
                Event::Boolean { member, value } => {
                    if let Some(field) = self.field(member) {
                        field.boolean(value);
                    }
                }
                Event::Number { member, is_written_whole, value } => {
                    let is_whole = value.fract() == 0.0 && (is_written_whole || !self.as_written);
                    if let Some(field) = self.field(member) {
                        field.number(value, is_whole);
                    }
                }
                Event::String { member, length, from } => {
                    let raw = passage.string(from, length);
                    let (payload, omission) = (self.payload, self.omission);
                    if let Some(field) = self.field(member)
                        && !(field.may_be_omitted && omission.is_some_and(|text| text.as_bytes() == raw))
                    {
                        field.string(raw, payload);
                    }
                }
                Event::Long { member, index } => {
                    if let Some(field) = self.field(member) {
                        field.long_string(&passage.long(index));
                    }
                }
            }
        }
    }

    /// The numbers of listed properties are those of these names.
    fn know(&mut self, names: Option<Names>) {
        let Some(names) = names else { return };
        if self.names.as_ref().is_none_or(|known| !known.is(&names)) {
            self.locations.forget_numbers();
            self.names = Some(names);
        }
    }

    /// The next value is that of the member with this key.
    fn key(&mut self, key: &str) {
        let object = self.frame.location;
        let member = if object == NOWHERE { None } else { self.locations.member(object, key) };
        self.keyed = member.unwrap_or(NOWHERE);
    }

    /// The field of a value, unless it is not looked at.
    #[inline]
    fn field(&mut self, member: Member) -> Option<&mut FieldState<'s>> {
        let id = self.place(member);
        if id == NOWHERE { None } else { Some(self.locations.at(id)) }
    }

    #[inline]
    fn place(&mut self, member: Member) -> FieldId {
        let Frame { location, first, items, object, .. } = self.frame;
        if location == NOWHERE {
            return NOWHERE;
        }
        let id = match member {
            ITEM if items != NOWHERE => return items,
            ITEM => return self.first_item(),
            KEYED => self.keyed,
            property => match self.locations.numbered(location, property - first) {
                NOWHERE => self.new_property(property),
                known => known,
            },
        };
        if id == NOWHERE {
            return NOWHERE;
        }
        let field = self.locations.at(id);
        // Of a key that stands twice the first value counts.
        if field.object == object && !field.is_shared {
            return NOWHERE;
        }
        if field.object < self.first_object {
            self.touched.push(id);
        }
        field.object = object;
        id
    }

    #[cold]
    fn first_item(&mut self) -> FieldId {
        self.frame.items = self.locations.items(self.frame.location).unwrap_or(NOWHERE);
        self.frame.items
    }

    /// The field of a listed property that has not come in this object before.
    #[cold]
    fn new_property(&mut self, property: Member) -> FieldId {
        let Some(names) = &self.names else { return NOWHERE };
        let Frame { location, first, .. } = self.frame;
        let id = self.locations.member(location, names.get(property)).unwrap_or(NOWHERE);
        self.locations.number(location, property - first, id);
        id
    }

    fn open(&mut self, member: Member, is_object: bool, first: Member) {
        let location = self.place(member);
        self.objects += 1;
        let mut items = NOWHERE;
        if location != NOWHERE {
            let field = self.locations.at(location);
            field.count(if is_object { Kind::Object } else { Kind::Array });
            items = field.items;
            if field.object < self.first_object {
                self.touched.push(location);
            }
            // Items have no object around them that could have two of them.
            field.object = field.object.max(self.first_object);
        }
        self.stack.push(self.frame);
        self.frame = Frame { location, is_object, items, first, object: self.objects };
    }

    fn close(&mut self, count: usize) {
        let Frame { location, is_object, .. } = self.frame;
        if !is_object && location != NOWHERE {
            self.locations.at(location).count_items(i64::try_from(count).unwrap_or(i64::MAX));
        }
        self.frame = self.stack.pop().unwrap_or(Frame::PAYLOAD);
    }
}
