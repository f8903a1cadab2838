//! Which values most likely show a difference?

use serde_json::{Map, Value, json};

use super::fact::{Change, Fact};
use super::keywords::number;
use super::view::Node;
use super::walk::{Step, Walk};
use super::witness::{Side, least, member, refused, simplest, unused};
use crate::pointer::Token;

/// A few values of every type.
pub(super) fn anything() -> Vec<Value> {
    let long = "x".repeat(1_000);
    vec![
        json!(null),
        json!(true),
        json!(0),
        json!(0.5),
        json!(""),
        json!("x"),
        json!(long),
        json!([]),
        json!({}),
        json!(-1),
    ]
}

/// Values that show the difference by what it is.
pub(super) fn pointed(walk: &Walk<'_>, fact: &Fact) -> Vec<Value> {
    match &fact.change {
        Change::Nullable(_) => vec![Value::Null],
        Change::Values { added, .. } => added.clone(),
        Change::Types { .. } | Change::Listed(_) | Change::Keyword(_) | Change::Branch { .. } => anything(),
        Change::Format(..) | Change::Pattern(..) => vec![json!("x"), json!("")],
        Change::Bound { keyword, old: Some(old), .. } => beyond(keyword, old),
        change if member(change) => of_members(walk, fact),
        Change::Open(true) => opened(walk, fact),
        _ => Vec::new(),
    }
}

/// Values just outside a bound.
fn beyond(keyword: &str, old: &Value) -> Vec<Value> {
    const LONGEST: f64 = 10_000.0;
    let Some(limit) = old.as_f64() else { return Vec::new() };
    let step =
        if ["maximum", "maxLength", "maxItems", "maxProperties"].contains(&keyword) { 1.0 } else { -1.0 };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "small and not negative")]
    let many = (limit + step).clamp(0.0, LONGEST) as usize;
    match keyword {
        "maximum" | "minimum" => vec![number(limit + step), number(limit + step / 2.0)],
        "exclusiveMaximum" | "exclusiveMinimum" => vec![old.clone()],
        "maxLength" | "minLength" => vec![json!("x".repeat(many))],
        "maxItems" | "minItems" => vec![Value::Array(vec![Value::Null; many])],
        _ => Vec::new(),
    }
}

/// The smallest objects at the place, by both schemas.
fn objects(walk: &Walk<'_>, fact: &Fact) -> Vec<Map<String, Value>> {
    let made = [Side::Old, Side::New].into_iter().filter_map(|side| {
        let (document, node) = side.at(walk, fact.pair);
        match least(&walk.showing, document, &node, "object") {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        }
    });
    made.collect()
}

fn of_members(walk: &Walk<'_>, fact: &Fact) -> Vec<Value> {
    let Some(Token::Key(name)) = fact.place.tokens().last() else { return Vec::new() };
    let (old, new) = (Side::Old.at(walk, fact.pair), Side::New.at(walk, fact.pair));
    let mut values = vec![None];
    if let Change::Added { .. } = fact.change {
        values = new
            .1
            .named("properties", name)
            .map(|inner| simplest(&walk.showing, new.0, &inner).ok())
            .into_iter()
            .collect();
    } else if let Some(inner) =
        old.1.named("properties", name).filter(|_| fact.change != Change::Required(false))
    {
        values.extend(refused(&walk.showing, old.0, &inner).into_iter().map(Some));
    }
    let mut made = Vec::new();
    for object in objects(walk, fact) {
        for value in &values {
            let mut object = object.clone();
            match value {
                Some(value) => object.insert(name.to_string(), value.clone()),
                None => object.remove(&**name),
            };
            made.push(Value::Object(object));
        }
    }
    made
}

/// What is said of keys that nothing describes, where that is more than yes or no.
fn further<'d>(node: &Node<'d>) -> Option<Node<'d>> {
    node.under("additionalProperties").filter(|inner| inner.schema.is_object())
}

/// Objects with a key that nothing describes.
fn opened(walk: &Walk<'_>, fact: &Fact) -> Vec<Value> {
    let (old, new) = (Side::Old.at(walk, fact.pair), Side::New.at(walk, fact.pair));
    let mut values: Vec<Value> =
        further(&new.1).and_then(|inner| simplest(&walk.showing, new.0, &inner).ok()).into_iter().collect();
    match further(&old.1) {
        Some(inner) => values.extend(refused(&walk.showing, old.0, &inner)),
        None => values.push(Value::Null),
    }
    let (objects, name) = (objects(walk, fact), unused(&old.1));
    let mut made = Vec::new();
    for value in &values {
        for object in &objects {
            let mut object = object.clone();
            object.insert(name.clone(), value.clone());
            made.push(Value::Object(object));
        }
    }
    made
}

/// What the new schema is asked to say besides, so that what the generator makes is new.
pub(super) fn probes(walk: &Walk<'_>, fact: &Fact) -> Vec<Map<String, Value>> {
    let map = |pairs: &[(&str, Value)]| {
        pairs.iter().map(|(k, v)| ((*k).to_owned(), v.clone())).collect::<Map<_, _>>()
    };
    let mut probes = Vec::new();
    match &fact.change {
        Change::Bound { keyword, old: Some(old), .. } => {
            let limit = old.as_f64().unwrap_or_default();
            probes.push(match *keyword {
                "maximum" => map(&[("exclusiveMinimum", old.clone())]),
                "minimum" => map(&[("exclusiveMaximum", old.clone())]),
                "exclusiveMaximum" => map(&[("minimum", old.clone())]),
                "exclusiveMinimum" => map(&[("maximum", old.clone())]),
                "maxLength" => map(&[("minLength", number(limit + 1.0))]),
                "minLength" => map(&[("maxLength", number(limit - 1.0))]),
                "maxItems" => map(&[("minItems", number(limit + 1.0))]),
                "minItems" => map(&[("maxItems", number(limit - 1.0))]),
                "maxProperties" => map(&[("minProperties", number(limit + 1.0))]),
                "minProperties" => map(&[("maxProperties", number(limit - 1.0))]),
                _ => Map::new(),
            });
        }
        Change::Types { gained, .. } => {
            probes.extend(gained.iter().map(|name| map(&[("type", json!(name))])));
        }
        Change::Format(..) | Change::Pattern(..) => probes.push(map(&[("type", json!("string"))])),
        _ => {}
    }
    // Whatever the new schema allows may be new; of a whole contract that is too much to try.
    let small = !matches!(walk.pairs[fact.pair].from, Some((_, Step::Same))) || !member(&fact.change);
    if small {
        probes.push(Map::new());
    }
    probes
}
