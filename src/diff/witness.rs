//! Finds a payload that the new schema admits and the old one refuses, because of one change.

use std::cell::RefCell;

use serde_json::{Value, json};

use super::candidates::{names_like, novel, pointed, unused};
use super::document::Lack;
use super::effort::size;
use super::fact::{Change, Effect, Fact, Part};
use super::pairs::{Pairs, Step};
use super::refused::by_one_of;
use super::side::sides;
use crate::pointer::{Pointer, Token};
use crate::schema::keywords::names;
use crate::schema::types::TypeSet;
use crate::validate::Broken;

/// Payloads that are nested deeper are none to validate.
const MAX_DEPTH: usize = 128;
/// Steps of checking one payload, besides what its size takes.
const CHECK: usize = 20;
/// Positions before the one that is looked at.
const MAX_POSITION: usize = 1_000;

/// How far a new value was shown.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Shown {
    /// In a whole payload.
    InPayload,
    /// At the location only, where everything around it lets it through.
    AtPlace,
    /// Nowhere.
    Nowhere,
    /// Nowhere before the search was stopped.
    Stopped,
}

/// A payload that shows a difference, or why there is none.
pub(super) struct Witness {
    pub(super) payload: Result<Value, String>,
    pub(super) shown: Shown,
}

/// Looks for a payload that shows a difference: the new schema admits it, and the old one refuses it, at the
/// location, as a whole, and for what differs.
pub(super) fn make(pairs: &Pairs<'_>, fact: &Fact) -> Witness {
    if let Some(stopped) = pairs.showing.stopped() {
        return Witness { payload: Err(stopped), shown: Shown::Stopped };
    }
    let search = Search { pairs, fact, at_place: RefCell::new(false), second: RefCell::new(None) };
    let here = fact.pair;
    let found = if fact.effect == Effect::Widens || fact.effect == Effect::Unknown {
        search.among(here, &pointed(pairs, fact)).or_else(|| search.among(here, &novel(pairs, fact))).or_else(
            || {
                let is_open = fact.effect == Effect::Unknown && search.second.borrow().is_none();
                let (around, values) = is_open.then(|| by_one_of(pairs, fact)).flatten()?;
                search.among(around, &values)
            },
        )
    } else {
        None
    };
    if let Some(payload) = found.or_else(|| search.second.take()) {
        return Witness { payload: Ok(payload), shown: Shown::InPayload };
    }
    if let Some(stopped) = pairs.showing.stopped() {
        return Witness { payload: Err(stopped), shown: Shown::Stopped };
    }
    let shown = if search.at_place.take() { Shown::AtPlace } else { Shown::Nowhere };
    Witness { payload: Err("no such payload was found".to_owned()), shown }
}

/// How well the keywords that a value breaks show a change.
#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Fit {
    /// It breaks others.
    None,
    /// It breaks others, too.
    Partly,
    /// It breaks nothing else.
    Wholly,
}

struct Search<'p, 'd> {
    pairs: &'p Pairs<'d>,
    fact: &'p Fact,
    /// Whether a new value was seen at the location that no payload around it was found for.
    at_place: RefCell<bool>,
    /// A payload that the old schema refuses for other reasons, too.
    second: RefCell<Option<Value>>,
}

impl Search<'_, '_> {
    fn among(&self, at: usize, candidates: &[Value]) -> Option<Value> {
        candidates.iter().find_map(|value| self.check(at, value))
    }

    /// The payload that has a value at the location of a pair, if that shows the difference.
    fn check(&self, at: usize, value: &Value) -> Option<Value> {
        let pairs = self.pairs;
        let pair = &pairs.list[at];
        let steps = CHECK + 4 * size(value) + pair.depth;
        if !pairs.showing.take(steps, || self.fact.new.clone()) {
            return None;
        }
        if pairs.old.validator.is_valid(&pair.old, value) || !pairs.new.validator.is_valid(&pair.new, value) {
            return None;
        }
        let fit = self.fit(at, value);
        if fit == Fit::None {
            return None;
        }
        *self.at_place.borrow_mut() |= pair.certain && !pair.unsure;
        for old_around in [false, true] {
            let Ok((payload, location)) = wrap(pairs, at, value, old_around) else { continue };
            if !pairs.new.allows(&payload) || pairs.old.allows(&payload) {
                continue;
            }
            let broken = pairs.old.validator.broken(&[0], &payload);
            let inside = broken.iter().all(|one| is_inside(&one.pointer, &location));
            if fit == Fit::Wholly && inside {
                return Some(payload);
            }
            self.second.borrow_mut().get_or_insert(payload);
        }
        None
    }

    /// Whether the old schema refuses a value at the location because of the change.
    fn fit(&self, at: usize, value: &Value) -> Fit {
        let pairs = self.pairs;
        let broken = pairs.old.validator.broken(&pairs.list[at].old, value);
        let because = |pointer: &Pointer, schema: &str| match &self.fact.change {
            Change::Format { .. } | Change::Pattern { .. } | Change::Bound { .. } => {
                pointer.tokens().is_empty() && self.is_at(schema)
            }
            Change::Part { part: Part::UniqueItems, .. } => self.is_at(schema),
            Change::Nullable(_) | Change::Types { .. } | Change::Values { .. } | Change::Listed(_) => {
                pointer.tokens().is_empty()
            }
            change if change.is_of_member() => pointer.tokens().first() == self.fact.location.tokens().last(),
            _ => true,
        };
        let shows = |broken: &[Broken]| {
            broken.iter().filter(|one| because(&one.pointer, &one.schema_pointer)).count()
        };
        match shows(&broken) {
            // Of alternatives, it may be the others that are said to be broken.
            0 if pairs.list[self.fact.pair].unsure && !broken.is_empty() => Fit::Partly,
            0 if broken.iter().any(|one| one.pointer.tokens().is_empty()) => {
                // Alternatives for values of other types may be said to be broken, too: here they are left out.
                let merged = pairs.old.model().merged(&pairs.list[at].old, TypeSet::of_value(value));
                let steps = merged.nodes.len() * size(value);
                let affordable = pairs.showing.take(steps, || self.fact.new.clone());
                match broken.len() {
                    _ if !affordable || shows(&pairs.old.validator.broken(&merged.nodes, value)) == 0 => {
                        Fit::None
                    }
                    1 => Fit::Wholly,
                    _ => Fit::Partly,
                }
            }
            0 => Fit::None,
            count if count == broken.len() => Fit::Wholly,
            _ => Fit::Partly,
        }
    }

    /// Whether a keyword is the one that was changed in the old schema, or written in more than one location.
    fn is_at(&self, schema: &str) -> bool {
        let last = |pointer: &str| pointer.rsplit_once('/').map(|(_, keyword)| keyword.to_owned());
        schema == self.fact.old || last(schema) == last(&self.fact.old)
    }
}

/// Whether a location is another one, or inside it.
fn is_inside(pointer: &Pointer, location: &[Token]) -> bool {
    let tokens = pointer.tokens();
    tokens.len() >= location.len() && tokens.iter().zip(location).all(|(a, b)| a == b)
}

/// Puts a value where its pair is, in payloads as small as can be, and says where in the payload that is.
fn wrap(
    pairs: &Pairs<'_>,
    pair: usize,
    value: &Value,
    old_around: bool,
) -> Result<(Value, Vec<Token>), Lack> {
    if pairs.list[pair].depth > MAX_DEPTH {
        return Err(Lack::Unknown);
    }
    let (mut here, mut value, mut location) = (pair, value.clone(), Vec::new());
    while let Some((around, step)) = &pairs.list[here].from {
        match step {
            Step::Same => {}
            Step::Position(at) | Step::Rest(at) => {
                value = item(pairs, *around, *at, value, old_around)?;
                location.push(Token::Index(*at));
            }
            Step::Member(name) => {
                value = member(pairs, *around, name, &value, old_around)?;
                location.push(Token::Key(name.as_str().into()));
            }
            Step::Pattern(_) | Step::Further => {
                let name = match step {
                    Step::Pattern(source) => {
                        let (_, new) = sides(pairs, *around);
                        names_like(new.sampler, source).into_iter().next().ok_or(Lack::Unknown)?
                    }
                    _ => unused(pairs, *around),
                };
                value = member(pairs, *around, &name, &value, old_around)?;
                location.push(Token::Key(name.as_str().into()));
            }
        }
        here = *around;
    }
    location.reverse();
    Ok((value, location))
}

/// The smallest object around a member.
fn member(
    pairs: &Pairs<'_>,
    pair: usize,
    name: &str,
    value: &Value,
    old_around: bool,
) -> Result<Value, Lack> {
    let (old, new) = sides(pairs, pair);
    let side = if old_around { old } else { new };
    let Value::Object(mut object) = side.least(TypeSet::OBJECT)? else {
        return Err(Lack::Unknown);
    };
    object.insert(name.to_owned(), value.clone());
    let object = Value::Object(object);
    if new.admits(&object) || !old_around {
        return Ok(object);
    }
    // Where the member asks for others, the generator knows them.
    let requested = json!({(names::TYPE): "object", (names::REQUIRED): [name], (names::PROPERTIES): {(name): {(names::CONST): value}}});
    new.generated(&[requested])
}

/// The smallest array around an item at a position.
fn item(
    pairs: &Pairs<'_>,
    pair: usize,
    position: usize,
    value: Value,
    old_around: bool,
) -> Result<Value, Lack> {
    if position > MAX_POSITION {
        return Err(Lack::Unknown);
    }
    let (old, new) = sides(pairs, pair);
    let side = if old_around { old } else { new };
    let Value::Array(mut items) = side.least(TypeSet::ARRAY)? else {
        return Err(Lack::Unknown);
    };
    let merged = side.merged(TypeSet::ARRAY);
    for at in items.len()..position {
        items.push(side.sampler.least(&merged.item(at), TypeSet::ALL)?);
    }
    if position < items.len() {
        items[position] = value;
    } else {
        items.push(value);
    }
    Ok(Value::Array(items))
}
