//! Random pairs of small schemas: the canonical form of the `jsonschema` crate, and values, say what changed.
//!
//! `DIFF_PAIRS` says how many.

use clients_contract::Severity;
use clients_contract::diff::{Document, compare};
use clients_contract::generate::{Choices, Generator, Recipe};
use jsonschema::canonical::{self, Containment};
use serde_json::{Map, Value, json};

use super::judge;

fn wanted() -> usize {
    std::env::var("DIFF_PAIRS").ok().and_then(|count| count.parse().ok()).unwrap_or(2_000)
}

/// A small schema, which may refer to `#/$defs/d`.
pub(super) fn schema(choices: &mut Choices, depth: u32) -> Value {
    let last = if depth == 0 { 6 } else { 13 };
    match choices.draw(last) {
        0 => json!({}),
        1 => text(choices),
        2 | 3 => number(choices),
        4 => list(choices),
        5 => json!({"type": types(choices)}),
        6 => json!({"$ref": "#/$defs/d"}),
        7 | 8 => object(choices, depth),
        9 => array(choices, depth),
        10 => json!({"anyOf": several(choices, depth)}),
        11 | 12 => conditional(choices, depth),
        _ => {
            let keyword = *choices.pick(&["allOf", "oneOf", "anyOf"]).unwrap();
            let mut both = schema(choices, 0);
            both[keyword] = several(choices, depth);
            both
        }
    }
}

fn several(choices: &mut Choices, depth: u32) -> Value {
    (0..=choices.draw(2)).map(|_| schema(choices, depth - 1)).collect()
}

fn types(choices: &mut Choices) -> Value {
    let all = ["string", "null", "integer", "number", "boolean", "object", "array"];
    let mut some: Vec<&str> = (0..=choices.draw(2)).map(|_| *choices.pick(&all).unwrap()).collect();
    some.sort_unstable();
    some.dedup();
    json!(some)
}

fn maybe(
    choices: &mut Choices,
    schema: &mut Map<String, Value>,
    keyword: &str,
    value: impl FnOnce(&mut Choices) -> Value,
) {
    if choices.chance(40) {
        schema.insert(keyword.to_owned(), value(choices));
    }
}

fn text(choices: &mut Choices) -> Value {
    let mut schema = Map::new();
    maybe(choices, &mut schema, "type", |_| json!("string"));
    maybe(choices, &mut schema, "maxLength", |choices| json!(choices.draw(4)));
    maybe(choices, &mut schema, "minLength", |choices| json!(choices.draw(3)));
    maybe(choices, &mut schema, "format", |choices| {
        json!(choices.pick(&["uuid", "date", "date-time", "nothing"]))
    });
    maybe(choices, &mut schema, "pattern", |choices| json!(choices.pick(&["^a", "^[ab]+$"])));
    schema.into()
}

fn half(choices: &mut Choices, most: u64) -> f64 {
    f64::from(u32::try_from(choices.draw(most)).unwrap()) / 2.0
}

fn number(choices: &mut Choices) -> Value {
    let mut schema = Map::new();
    schema.insert("type".to_owned(), json!(choices.pick(&["integer", "number"])));
    for keyword in ["maximum", "exclusiveMaximum"] {
        maybe(choices, &mut schema, keyword, |choices| json!(half(choices, 12) + 2.0));
    }
    for keyword in ["minimum", "exclusiveMinimum"] {
        maybe(choices, &mut schema, keyword, |choices| json!(half(choices, 8) - 2.0));
    }
    maybe(choices, &mut schema, "multipleOf", |choices| json!(choices.draw(3) + 1));
    schema.into()
}

fn list(choices: &mut Choices) -> Value {
    let all =
        [json!("a"), json!("b"), json!(1), json!(null), json!(true), json!(false), json!({}), json!("aaaa")];
    let mut some: Vec<Value> = (0..=choices.draw(3)).map(|_| choices.pick(&all).unwrap().clone()).collect();
    some.sort_by_key(Value::to_string);
    some.dedup();
    let mut schema = json!({"enum": some});
    if choices.chance(30) {
        schema["type"] = types(choices);
    }
    schema
}

fn object(choices: &mut Choices, depth: u32) -> Value {
    let mut made = Map::new();
    maybe(choices, &mut made, "type", |_| json!("object"));
    let mut properties = Map::new();
    for name in ["a", "b", "c"] {
        if choices.chance(50) {
            properties.insert(name.to_owned(), schema(choices, depth - 1));
        }
    }
    let required: Vec<&str> = ["a", "b", "c"].into_iter().filter(|_| choices.chance(30)).collect();
    made.insert("properties".to_owned(), properties.into());
    made.insert("required".to_owned(), json!(required));
    maybe(choices, &mut made, "additionalProperties", |choices| match choices.draw(2) {
        0 => json!(false),
        1 => json!(true),
        _ => schema(choices, depth - 1),
    });
    maybe(choices, &mut made, "maxProperties", |choices| json!(choices.draw(3)));
    made.into()
}

/// What says something of values under a condition, or of members by their names.
fn conditional(choices: &mut Choices, depth: u32) -> Value {
    let mut made = schema(choices, 0).as_object().cloned().unwrap_or_default();
    maybe(choices, &mut made, "not", |choices| schema(choices, depth - 1));
    if choices.chance(30) {
        made.insert("if".to_owned(), schema(choices, depth - 1));
        maybe(choices, &mut made, "then", |choices| schema(choices, depth - 1));
        maybe(choices, &mut made, "else", |choices| schema(choices, depth - 1));
    }
    maybe(choices, &mut made, "contains", |choices| schema(choices, depth - 1));
    maybe(choices, &mut made, "patternProperties", |choices| json!({"^[ab]": schema(choices, depth - 1)}));
    maybe(choices, &mut made, "propertyNames", |choices| json!({"maxLength": choices.draw(2)}));
    maybe(choices, &mut made, "dependentRequired", |_| json!({"a": ["b"]}));
    maybe(choices, &mut made, "dependentSchemas", |choices| json!({"a": schema(choices, depth - 1)}));
    maybe(choices, &mut made, "unevaluatedProperties", |choices| schema(choices, depth - 1));
    maybe(choices, &mut made, "unevaluatedItems", |choices| schema(choices, depth - 1));
    maybe(choices, &mut made, "const", |choices| json!(choices.draw(2)));
    made.into()
}

fn array(choices: &mut Choices, depth: u32) -> Value {
    let mut made = Map::new();
    maybe(choices, &mut made, "type", |_| json!("array"));
    maybe(choices, &mut made, "items", |choices| schema(choices, depth - 1));
    maybe(choices, &mut made, "prefixItems", |choices| several(choices, depth));
    maybe(choices, &mut made, "maxItems", |choices| json!(choices.draw(3)));
    maybe(choices, &mut made, "minItems", |choices| json!(choices.draw(2)));
    maybe(choices, &mut made, "uniqueItems", |choices| json!(choices.draw(1) == 1));
    made.into()
}

/// Another schema at some place of one.
pub(super) fn edited(choices: &mut Choices, old: &Value) -> Value {
    let mut new = old.clone();
    let mut here = &mut new;
    for _ in 0..choices.draw(3) {
        let inner: Vec<String> = inner(here);
        let Some(step) = choices.pick(&inner) else { break };
        here = here.pointer_mut(step).unwrap();
    }
    let other = schema(choices, 1);
    match (here.as_object_mut(), other) {
        (Some(map), Value::Object(other)) if choices.chance(60) => map.extend(other),
        (Some(map), _) if choices.chance(40) && !map.contains_key("$defs") => {
            let keys: Vec<String> = map.keys().cloned().collect();
            choices.pick(&keys).and_then(|key| map.remove(key));
        }
        (Some(map), other) if map.contains_key("$defs") => map.extend(other.as_object().unwrap().clone()),
        (_, other) => *here = other,
    }
    new
}

fn inner(schema: &Value) -> Vec<String> {
    let mut found = Vec::new();
    for keyword in ["properties", "$defs"] {
        let names = schema[keyword].as_object().into_iter().flat_map(Map::keys);
        found.extend(names.map(|name| format!("/{keyword}/{name}")));
    }
    for keyword in ["anyOf", "allOf", "oneOf", "prefixItems"] {
        found.extend(
            (0..schema[keyword].as_array().map_or(0, Vec::len)).map(|index| format!("/{keyword}/{index}")),
        );
    }
    found.extend(
        ["items", "additionalProperties"]
            .iter()
            .filter(|it| schema[**it].is_object())
            .map(|it| format!("/{it}")),
    );
    found
}

fn covers(old: &Value, new: &Value) -> bool {
    let canonical = |schema| canonical::options().should_validate_formats(true).canonicalize(schema);
    let (Ok(old), Ok(new)) = (canonical(old), canonical(new)) else { return false };
    old.covers(&new).is_ok_and(|answer| answer == Containment::Yes)
}

/// No error stands where compatibility is proven, nothing is silent where a value proves the opposite, and
/// every witness is one.
#[test]
fn findings_agree_with_proofs_and_with_values() {
    let mut choices = Choices::seeded(11);
    let (mut proven, mut refused, mut witnesses, mut errors) = (0, 0, 0, 0);
    for _ in 0..wanted() {
        let mut old = schema(&mut choices, 2);
        old["$defs"] = json!({"d": schema(&mut choices, 1)});
        let new = edited(&mut choices, &old);
        let judges = [judge(&old), judge(&new)];
        let parsed = |name: &str, schema: &Value| Document::parse(name, schema.to_string().as_bytes());
        let documents = match (parsed("old", &old), parsed("new", &new)) {
            (Ok(old), Ok(new)) => [old, new],
            // References that reference cycle have no meaning to compare, and definitions alone are no
            // schema.
            (Err(error), _) | (_, Err(error)) => {
                let text = error.to_string();
                assert!(text.contains("reference cycle") || text.contains("only definitions"), "{error}");
                continue;
            }
        };
        let comparison = compare(&documents[0], &documents[1]);
        let findings = comparison.findings();
        let worst = findings.iter().map(|finding| finding.severity).max();
        let told = || format!("{old}\n{new}\n{findings:#?}");
        if covers(&old, &new) {
            proven += 1;
            assert!(worst < Some(Severity::Error), "an error, and proven to be none: {}", told());
        }
        errors += usize::from(worst == Some(Severity::Error));
        for (number, finding) in findings.iter().enumerate() {
            if let Ok(payload) = comparison.witness(number) {
                witnesses += 1;
                assert!(
                    judges[1].is_valid(&payload) && !judges[0].is_valid(&payload),
                    "{payload}: {}",
                    told()
                );
                assert!(finding.severity >= Severity::Warning, "{payload}: {}", told());
            }
        }
        let Ok(recipe) = Recipe::new(&new) else { continue };
        if let Some(value) = Generator::new(recipe, 3).take(20).find(|value| !judges[0].is_valid(value)) {
            refused += 1;
            assert!(worst >= Some(Severity::Warning), "silence, but {value} is new: {}", told());
        }
    }
    eprintln!("{proven} proven compatible, {refused} refuted, {errors} with errors, {witnesses} witnesses");
    assert!(proven > 0 && refused > 0 && witnesses > 0 && errors > 0);
}
