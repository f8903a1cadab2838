//! Finds changes that make a schema accept what it refused.

use std::collections::{BTreeMap, BTreeSet};

use serde_json::{Value, json};

use super::sites::{self, Keyword, Sites};
use crate::drift::field::Field;
use crate::drift::infer;
use crate::drift::profile::Profile;
use crate::drift::refused::Refusal;
use crate::drift::shares::find;
use crate::finding::rules;
use crate::pointer::{child, unescape};
use crate::schema::keywords::names;
use crate::schema::model::{Model, Subschemas};
use crate::schema::types::TypeSet;
use crate::schema::{Dialect, Schema, nullable, unites, written};

/// Changes of one round, gathered before any of them is made: locations are those of the schema's source as
/// it is.
pub(super) struct Repairs<'s> {
    sites: Sites<'s>,
    profile: &'s Profile,
    source: &'s Value,
    pub(super) dialect: Option<Dialect>,
    pub(super) widens: bool,
    /// By where a schema lists properties, and name: what was seen of a new one, and in how many objects.
    pub(super) properties: BTreeMap<(String, String), New>,
    /// By the location of an enum: its new members and how often each was there.
    pub(super) members: BTreeMap<String, BTreeMap<String, u64>>,
    /// Keywords that go, and why.
    pub(super) gone: BTreeMap<String, String>,
    /// Subschemas that accept nothing: what they accept now, and why.
    pub(super) opened: BTreeMap<String, (Value, String)>,
    /// By subschema: types that it accepts, too, and why.
    pub(super) types: BTreeMap<String, (BTreeSet<&'static str>, String)>,
    /// By subschema: why it accepts null, too, in a dialect that has a keyword for that.
    pub(super) nullable: BTreeMap<String, String>,
    /// By subschema: what it accepts as an alternative, and why.
    pub(super) alternatives: BTreeMap<String, (Vec<Value>, String)>,
    /// Subschemas whose `oneOf` becomes `anyOf`.
    pub(super) any_of: BTreeMap<String, String>,
    /// New members whose objects no subschema of the document describes, but as a condition.
    pub(super) unlisted: BTreeSet<String>,
    /// By the location of a list of required names: names that are not always there.
    pub(super) optional: BTreeMap<String, BTreeMap<String, String>>,
}

#[derive(Default)]
pub(super) struct New {
    pub(super) field: Field,
    pub(super) objects: u64,
    /// The keyword that refuses it; empty where the object is open.
    pub(super) closed_by: String,
}

impl<'s> Repairs<'s> {
    pub(super) fn new(model: &'s Model, profile: &'s Profile, schema: &'s Schema, widens: bool) -> Self {
        Self {
            sites: Sites { model, schema },
            profile,
            source: schema.source(),
            dialect: schema.dialect(),
            widens,
            properties: BTreeMap::new(),
            members: BTreeMap::new(),
            gone: BTreeMap::new(),
            opened: BTreeMap::new(),
            types: BTreeMap::new(),
            nullable: BTreeMap::new(),
            alternatives: BTreeMap::new(),
            any_of: BTreeMap::new(),
            unlisted: BTreeSet::new(),
            optional: BTreeMap::new(),
        }
    }

    /// Takes a refusal for which so many repairs were made already; returns how many there are now. The first
    /// is the narrowest one, the second removes the keyword, and each further one adds what was seen as an
    /// alternative, at the location and then around it.
    pub(super) fn take(&mut self, refusal: &Refusal, count: u64, tried: usize) -> usize {
        let times = if count == 1 { "time" } else { "times" };
        let why = format!("{count} {times} at {}", at(&refusal.pointer));
        if refusal.rule == rules::UNDOCUMENTED_PROPERTY.id {
            self.list(refusal);
            return 1;
        }
        // What another document refuses is accepted where this one refers to it.
        let location = self.sites.schema.source_location(&refusal.schema_pointer);
        let keyword = location.as_deref().and_then(|location| sites::keyword(self.source, location));
        if let Some(keyword) = &keyword {
            if tried == 0 && self.narrow(refusal, count, keyword, &why) {
                return 1;
            }
            if tried <= 1 && self.remove(keyword, &why) {
                return 2;
            }
        }
        let up = tried.saturating_sub(2);
        self.widen(&refusal.pointer, location.as_deref(), up, &why);
        up + 3
    }

    /// The change that accepts this and as little else as possible.
    fn narrow(&mut self, refusal: &Refusal, count: u64, keyword: &Keyword<'_>, why: &str) -> bool {
        let found = find(&self.profile.root, &refusal.pointer);
        let field = found.map(|(_, field)| field);
        if keyword.is_about_names {
            return false;
        }
        if keyword.value == &Value::Bool(false) && keyword.holds_schema() {
            return self.open(refusal, keyword, found, why);
        }
        match (&*refusal.rule, keyword.name, field) {
            ("missing-property", _, _) => self.optional(refusal, count, keyword, found),
            ("unknown-enum-value", names::ENUM | names::ANY_OF | names::ONE_OF, Some(field)) => {
                self.member(refusal, count, keyword, field)
            }
            ("unknown-enum-value", names::CONST, Some(field)) => self.constant(keyword, field, why),
            ("null-value", ..) => self.types(refusal, keyword, &["null"], why),
            ("type-mismatch", _, Some(field)) => {
                self.bounds(keyword.parent, field);
                self.types(refusal, keyword, &field.types(), why)
            }
            ("schema-violation", names::ONE_OF, _) => {
                self.any_of.insert(keyword.parent.to_owned(), why.to_owned());
                true
            }
            _ => false,
        }
    }

    fn remove(&mut self, keyword: &Keyword<'_>, why: &str) -> bool {
        let whole = match keyword.name {
            names::ANY_OF | names::ONE_OF | names::ALL_OF | names::REF | names::TYPE | "" => return false,
            _ if keyword.is_about_names => sites::of_names(keyword.path),
            // What counts the matches of `contains` stays without it, and says nothing.
            _ => keyword.path,
        };
        self.gone.insert(whole.to_owned(), why.to_owned());
        if let Some(flag) = self.flag(keyword.parent, keyword.name) {
            self.gone.insert(flag, why.to_owned());
        }
        true
    }

    /// The boolean that makes a bound exclusive: in draft-04 it may not be without one.
    fn flag(&self, parent: &str, bound: &str) -> Option<String> {
        let name = match bound {
            names::MINIMUM => names::EXCLUSIVE_MINIMUM,
            names::MAXIMUM => names::EXCLUSIVE_MAXIMUM,
            _ => return None,
        };
        let path = child(parent, name);
        self.source.pointer(&path).is_some_and(Value::is_boolean).then_some(path)
    }

    /// Accepts what was seen at a location as an alternative to what the schema says there, or so many steps
    /// further up.
    fn widen(&mut self, pointer: &str, by: Option<&str>, up: usize, why: &str) {
        let mut pointer = pointer;
        let mut left = up;
        loop {
            let site = self.sites.entry(pointer, by);
            if let Some((site, _)) = site.filter(|_| left == 0) {
                let field = find(&self.profile.root, pointer).map(|(_, field)| infer::of(field));
                self.alternative(&site, field.unwrap_or_default().into(), why);
                return;
            }
            left = left.saturating_sub(1);
            match pointer.rsplit_once('/') {
                Some((around, _)) => pointer = around,
                None => return,
            }
        }
    }

    fn alternative(&mut self, site: &str, value: Value, why: &str) {
        let value = written(self.dialect, value);
        let (all, whys) = self.alternatives.entry(site.to_owned()).or_default();
        if !all.contains(&value) {
            all.push(value);
        }
        add_reason(whys, why);
    }

    /// A subschema that accepts nothing.
    fn open(
        &mut self,
        refusal: &Refusal,
        keyword: &Keyword<'_>,
        found: Option<(&Field, &Field)>,
        why: &str,
    ) -> bool {
        let Some((parent, field)) = found else { return false };
        if matches!(keyword.name, names::ADDITIONAL_PROPERTIES | names::UNEVALUATED_PROPERTIES) {
            let listed_at = child(keyword.parent, names::PROPERTIES);
            self.property(&listed_at, &refusal.pointer, field, parent.object, keyword.path);
            return true;
        }
        let value = infer::of(field).into();
        let value = written(self.dialect, value);
        self.opened.insert(keyword.path.to_owned(), (value, why.to_owned()));
        true
    }

    /// A new member of open objects.
    fn list(&mut self, refusal: &Refusal) {
        let pointer = &*refusal.pointer;
        let (Some((parent, field)), Some((object, _))) =
            (find(&self.profile.root, pointer), pointer.rsplit_once('/'))
        else {
            return;
        };
        let listed_at = self.sites.schema.source_location(&refusal.schema_pointer).unwrap_or_default();
        let all = self.sites.listing(object, &listed_at);
        if all.is_empty() {
            self.unlisted.insert(pointer.to_owned());
        }
        for listed_at in all {
            self.property(&listed_at, pointer, field, parent.object, "");
        }
    }

    fn property(&mut self, listed_at: &str, pointer: &str, field: &Field, objects: u64, closed_by: &str) {
        let name = unescape(pointer.rsplit_once('/').map_or("", |(_, name)| name)).into_owned();
        let new = self.properties.entry((listed_at.to_owned(), name)).or_default();
        new.field.merge(field.clone());
        new.objects = new.objects.saturating_add(objects);
        closed_by.clone_into(&mut new.closed_by);
    }

    fn optional(
        &mut self,
        refusal: &Refusal,
        count: u64,
        keyword: &Keyword<'_>,
        found: Option<(&Field, &Field)>,
    ) -> bool {
        let there = found.map_or(0, |(_, field)| field.seen);
        let why = format!("missing {count} times, there {there} times, at {}", at(&refusal.pointer));
        let name = unescape(refusal.pointer.rsplit_once('/').map_or("", |(_, name)| name)).into_owned();
        let lists = match keyword.value {
            Value::Array(_) => vec![keyword.path.to_owned()],
            // Names that are required where another one is there.
            Value::Object(lists) => lists.keys().map(|other| child(keyword.path, other)).collect(),
            _ => return false,
        };
        let has_it = |list: &String| {
            let list = self.source.pointer(list).and_then(Value::as_array);
            list.is_some_and(|list| list.iter().any(|one| *one == *name))
        };
        let lists: Vec<String> = lists.into_iter().filter(has_it).collect();
        let any = !lists.is_empty();
        for list in lists {
            self.optional.entry(list).or_default().insert(name.clone(), why.clone());
        }
        any
    }

    /// New members of an enum, or of a union of constants. Where some are no names, any value will do.
    fn member(&mut self, refusal: &Refusal, count: u64, keyword: &Keyword<'_>, field: &Field) -> bool {
        let named: u64 = field.new_members.values().map(|times| times.count).sum();
        if named < count && keyword.name != names::ENUM {
            return false;
        }
        if named < count {
            let unnamed = count - named;
            let why = format!("{unnamed} values at {} that are no names and are not shown", refusal.pointer);
            self.gone.insert(keyword.path.to_owned(), why);
        }
        let members = self.members.entry(keyword.path.to_owned()).or_default();
        for (name, times) in &field.new_members {
            *members.entry(name.clone()).or_default() += times.count;
        }
        true
    }

    /// One value becomes several.
    fn constant(&mut self, keyword: &Keyword<'_>, field: &Field, why: &str) -> bool {
        let is_named = field.other_members == 0 && !field.new_members.is_empty();
        let other = [field.boolean, field.integer, field.fraction, field.null, field.array, field.object];
        if !is_named || other.iter().any(|count| *count > 0) || !keyword.value.is_string() {
            return false;
        }
        let names = field.new_members.keys().map(|name| Value::from(name.as_str()));
        let all: Vec<Value> = [keyword.value.clone()].into_iter().chain(names).collect();
        self.gone.insert(keyword.path.to_owned(), why.to_owned());
        self.opened.insert(child(keyword.parent, names::ENUM), (all.into(), why.to_owned()));
        true
    }

    /// Where the types stand that a value may have: in the subschema itself, or in what it refers to.
    fn types(&mut self, refusal: &Refusal, keyword: &Keyword<'_>, types: &[&'static str], why: &str) -> bool {
        let Some((own, known)) = self.sites.site(&refusal.pointer, keyword.parent) else { return false };
        let Some(node) = self.source.pointer(&own) else { return false };
        let lists_values = node.get(names::ENUM).is_some() || node.get(names::CONST).is_some();
        let mut new: Vec<&'static str> =
            types.iter().copied().filter(|name| !is_admitted(&known, name)).collect();
        if own == keyword.parent && node.get(names::TYPE).is_some() {
            if nullable(self.dialect).is_some() && types.contains(&"null") {
                add_reason(self.nullable.entry(own.clone()).or_default(), why);
                new.retain(|name| *name != "null");
                if new.is_empty() {
                    return true;
                }
            }
            // A type of a dialect that names one can be replaced by a wider one, or go.
            let is_wider = new == ["number"] && node.get(names::TYPE).is_some_and(|kind| kind == "integer");
            let names_one = nullable(self.dialect).is_some() && !is_wider;
            if names_one && !unites(self.dialect) && !lists_values {
                self.gone.insert(child(&own, names::TYPE), why.to_owned());
                return true;
            }
            if !names_one && !lists_values {
                let (all, whys) = self.types.entry(own).or_default();
                all.extend(if nullable(self.dialect).is_some() { &new } else { types });
                add_reason(whys, why);
                return true;
            }
        }
        let field = find(&self.profile.root, &refusal.pointer).map(|(_, field)| field);
        for name in if new.is_empty() { types.to_vec() } else { new } {
            let value = match field {
                Some(field) if name != "null" => infer::of(&field.only(name)).into(),
                _ => json!({(names::TYPE): name}),
            };
            self.alternative(&own, value, why);
        }
        true
    }

    /// Limits that a number breaks which so far was of the wrong type, and was not compared with them.
    fn bounds(&mut self, parent: &str, field: &Field) {
        let Some(span) = field.numbers.filter(|_| field.fraction > 0) else { return };
        #[expect(clippy::cast_precision_loss, reason = "powers of two")]
        let [least, most] = [span.least as f64, span.most as f64];
        for (keyword, breaks) in [
            (names::MINIMUM, &(|limit| least < limit) as &dyn Fn(f64) -> bool),
            (names::EXCLUSIVE_MINIMUM, &|limit| least <= limit),
            (names::MAXIMUM, &|limit| most > limit),
            (names::EXCLUSIVE_MAXIMUM, &|limit| most >= limit),
            (names::MULTIPLE_OF, &|_| true),
        ] {
            let path = child(parent, keyword);
            let limit = self.source.pointer(&path).and_then(Value::as_f64);
            if limit.is_some_and(breaks) {
                let why = format!("{} fractions, within {} to {}", field.fraction, span.least, span.most);
                let flag = self.flag(parent, keyword);
                for path in flag.into_iter().chain([path]) {
                    self.gone.entry(path).or_insert_with(|| why.clone());
                }
            }
        }
    }
}

fn at(pointer: &str) -> &str {
    if pointer.is_empty() { "the root" } else { pointer }
}

fn add_reason(whys: &mut String, why: &str) {
    if !whys.contains(why) {
        whys.push_str(if whys.is_empty() { "" } else { "; " });
        whys.push_str(why);
    }
}

/// Whether any subschema at a location admits values of this type.
fn is_admitted(known: &Subschemas<'_>, name: &str) -> bool {
    TypeSet::named(name).is_some_and(|types| known.types().contains(types))
}
