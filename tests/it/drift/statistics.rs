//! Statistics are those of a parsed tree, whichever engine validates and however the text is read.
//!
//! `STATISTICS_CASES` is the number of cases of each property, 200 by default.

use std::collections::{BTreeMap, BTreeSet};
use std::io::Read;

use clients_contract::drift::{Documents, Field, Profile, Watch};
use clients_contract::validate::Engine;
use clients_contract::{Origin, Payload, Schema, Validator};
use proptest::prelude::*;
use serde_json::{Value, json};

fn cases() -> ProptestConfig {
    let cases = std::env::var("STATISTICS_CASES").ok().and_then(|cases| cases.parse().ok());
    ProptestConfig::with_cases(cases.unwrap_or(200))
}

/// Schemas that run as a table, and some that do not.
fn schemas() -> impl Strategy<Value = Value> {
    let member = || {
        prop_oneof![
            Just(json!({})),
            Just(json!({"type": ["string", "null"]})),
            Just(json!({"type": "integer", "minimum": 3})),
            Just(json!({"enum": ["a", "b", "a\nb", null]})),
            Just(json!({"format": "uuid", "type": "string"})),
            Just(
                json!({"items": {"type": "object", "properties": {"a": {"enum": ["a"]}, "b": {"$ref": "#"}}}})
            ),
            Just(json!({"$ref": "#"})),
            Just(json!({"additionalProperties": {"properties": {"a": {"type": "number"}}}})),
            Just(json!({"properties": {"b": {}}, "additionalProperties": false})),
            Just(json!({"patternProperties": {"^a": {"type": "string"}}})),
            Just(json!({"anyOf": [{"type": "object", "properties": {"a": {}}}, {"type": "string"}]})),
        ]
    };
    let properties = prop::collection::btree_map("[a-d]|a\\\"", member(), 0..5);
    (properties, prop::option::of(member())).prop_map(|(properties, rest)| {
        let mut schema = json!({"properties": properties});
        if let Some(rest) = rest {
            schema["additionalProperties"] = rest;
        }
        schema
    })
}

fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        (-20_i64..20).prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6).prop_map(Value::from),
        Just(json!(2.0)),
        "[ab]".prop_map(Value::from),
        "[a-c\"\\\\\u{e9}\u{1f600}\n]{0,40}".prop_map(Value::from),
        Just(json!("00000000-0000-4000-8000-000000000000")),
        "[a\u{e9}]{0,2}".prop_map(|text| Value::from(text.repeat(4_000))),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = "([a-d]|a\\\"|[x-z\u{e9}\\\\]{0,2})";
        prop_oneof![
            1 => prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            2 => prop::collection::btree_map(key, inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

/// A reader that gives few bytes at a time.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let some = self.1.min(buffer.len());
        (&mut self.0).take(some as u64).read(buffer)
    }
}

/// The profile of bodies, each given to the watch by `see`.
fn profile(
    schema: &Schema,
    bodies: &[String],
    engine: Engine,
    see: impl Fn(&Watch<'_>, &Validator, &str),
) -> Profile {
    let validator = Validator::new(schema).unwrap().engine(engine).unwrap();
    let documents = Documents::new(schema, validator.promises()).unwrap();
    let watch = Watch::new(Some(&documents), "test");
    for body in bodies {
        see(&watch, &validator, body);
    }
    watch.finish()
}

fn held(body: &str) -> Payload {
    Payload::new(Origin::file("a"), body.as_bytes().to_vec())
}

/// The path of a field: keys as JSON, `*` for items.
type Statistics = BTreeMap<String, One>;

/// What is counted of one field, by a tree.
#[derive(Clone, Debug, Default, PartialEq)]
struct One {
    kinds: BTreeMap<&'static str, u64>,
    scalars: BTreeSet<String>,
    characters: Option<(i64, i64)>,
    items: Option<(i64, i64)>,
    payloads: [u64; 3],
}

fn stretch(span: &mut Option<(i64, i64)>, length: usize) {
    let length = i64::try_from(length).unwrap();
    let (least, most) = span.unwrap_or((length, length));
    *span = Some((least.min(length), most.max(length)));
}

fn count(path: &str, value: &Value, into: &mut Statistics) {
    let one = into.entry(path.to_owned()).or_default();
    let mut kind = |name| *one.kinds.entry(name).or_default() += 1;
    match value {
        Value::Null => kind("null"),
        Value::Bool(_) => kind("boolean"),
        Value::Number(number) if number.as_f64().unwrap().fract() == 0.0 => kind("integer"),
        Value::Number(_) => kind("fraction"),
        Value::String(_) => kind("string"),
        Value::Array(_) => kind("array"),
        Value::Object(_) => kind("object"),
    }
    match value {
        Value::Null => {}
        Value::Bool(_) => drop(one.scalars.insert(value.to_string())),
        Value::Number(number) => drop(one.scalars.insert(format!("{:?}", number.as_f64().unwrap() + 0.0))),
        Value::String(text) => {
            stretch(&mut one.characters, text.chars().count());
            one.scalars.insert(value.to_string());
        }
        Value::Array(items) => {
            stretch(&mut one.items, items.len());
            for item in items {
                count(&format!("{path}/*"), item, into);
            }
        }
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| count(&format!("{path}/{key:?}"), value, into));
        }
    }
}

/// The statistics of these bodies: sums, and of each body what is counted once.
fn expected(bodies: &[Value]) -> Statistics {
    let mut all = Statistics::new();
    for body in bodies {
        let mut of_body = Statistics::new();
        count("", body, &mut of_body);
        let times = |one: &One, kind| one.kinds.get(kind).copied().unwrap_or_default();
        for (path, one) in &of_body {
            let objects = times(one, "object");
            let around =
                path.rsplit_once('/').filter(|(_, step)| *step != "*").map(|(path, _)| &of_body[path]);
            let full =
                around.is_some_and(|around| times(around, "object") == one.kinds.values().sum::<u64>());
            let null = around.is_some() && times(one, "null") > 0;
            let sum = all.entry(path.clone()).or_default();
            one.kinds.iter().for_each(|(kind, count)| *sum.kinds.entry(kind).or_default() += count);
            sum.scalars.extend(one.scalars.iter().cloned());
            for (sum, span) in [(&mut sum.characters, one.characters), (&mut sum.items, one.items)] {
                let ends = span.into_iter().flat_map(|(least, most)| [least, most]);
                ends.for_each(|length| stretch(sum, usize::try_from(length).unwrap()));
            }
            for (sum, more) in sum.payloads.iter_mut().zip([objects > 0, full, null]) {
                *sum += u64::from(more);
            }
        }
    }
    all
}

/// What a profile says of the same.
fn found(path: &str, field: &Field, expected: &Statistics, into: &mut Statistics) {
    let kinds = [
        ("null", field.null),
        ("boolean", field.boolean),
        ("integer", field.integer),
        ("fraction", field.fraction),
        ("string", field.string),
        ("array", field.array),
        ("object", field.object),
    ];
    let span = |span: Option<clients_contract::drift::Span>| span.map(|span| (span.least, span.most));
    // Values are hashes: their number has to be right.
    let scalars = expected.get(path).map(|one| one.scalars.clone()).unwrap_or_default();
    let same = field.distinct() == (scalars.len() as u64, true) || !field.distinct().1 && scalars.len() > 32;
    into.insert(
        path.to_owned(),
        One {
            kinds: kinds.into_iter().filter(|(_, count)| *count > 0).collect(),
            scalars: if same { scalars } else { BTreeSet::from([format!("{:?}", field.distinct())]) },
            characters: span(field.length),
            items: span(field.counts),
            payloads: [field.payloads_with_object, field.payloads_full, field.payloads_with_null],
        },
    );
    for (name, below) in &field.properties {
        found(&format!("{path}/{name:?}"), below, expected, into);
    }
    if let Some(items) = &field.items {
        found(&format!("{path}/*"), items, expected, into);
    }
}

proptest! {
    #![proptest_config(cases())]

    #[test]
    fn the_walk_counts_what_a_tree_has(
        schema in schemas(),
        bodies in prop::collection::vec(values(), 1..8),
        pretty: bool,
        step in 1_usize..5_000,
    ) {
        let texts: Vec<String> =
            bodies.iter().map(|body| if pretty { format!("{body:#}") } else { body.to_string() }).collect();
        let schema = Schema::from_value(schema);
        let walk = |watch: &Watch<'_>, validator: &Validator, body: &str| {
            watch.validate_payload(validator, &held(body));
        };
        let walked = profile(&schema, &texts, Engine::Auto, walk);
        let expected = expected(&bodies);
        let mut real = Statistics::new();
        found("", &walked.root, &expected, &mut real);
        prop_assert_eq!(&real, &expected);
        let walked = walked.to_json().unwrap();
        let by_reference = profile(&schema, &texts, Engine::Reference, walk);
        prop_assert_eq!(&by_reference.to_json().unwrap(), &walked);
        let apart = profile(&schema, &texts, Engine::Auto, |watch, validator, body| {
            let payload = held(body);
            watch.see(&payload, &validator.validate_payload(&payload));
        });
        prop_assert_eq!(&apart.to_json().unwrap(), &walked);
        let streamed = profile(&schema, &texts, Engine::Auto, |watch, validator, body| {
            watch.validate_reader(validator, &held(""), Drops(body.as_bytes(), step)).unwrap();
        });
        prop_assert_eq!(streamed.to_json().unwrap(), walked);
    }

    #[test]
    fn keys_that_come_twice_count_once(first in values(), last in values(), key in "[ax]") {
        let texts = [format!("{{{key:?}: {first}, \"b\": 1, {key:?}: {last}}}")];
        let schema = Schema::from_value(json!({"properties": {"a": {}, "b": {}}}));
        let of = |value: &Value| {
            let texts = [json!({&key: value, "b": 1}).to_string()];
            let walk = |watch: &Watch<'_>, validator: &Validator, body: &str| {
                watch.validate_payload(validator, &held(body));
            };
            profile(&schema, &texts, Engine::Auto, walk).root
        };
        for engine in [Engine::Auto, Engine::Reference] {
            let walked = profile(&schema, &texts, engine, |watch, validator, body| {
                watch.validate_payload(validator, &held(body));
            });
            prop_assert!(walked.root == of(&last), "the last one where the payload is held");
            let streamed = profile(&schema, &texts, engine, |watch, validator, body| {
                watch.validate_reader(validator, &held(""), body.as_bytes()).unwrap();
            });
            prop_assert!(streamed.root == of(&first), "the first one where it is read");
        }
    }
}

#[test]
fn a_body_with_more_values_than_are_recorded_has_the_same_statistics() {
    let validator = Validator::new(&Schema::from_value(json!({}))).unwrap();
    let watch = Watch::new(None, "numbers");
    let count = 1_100_000;
    let body = format!("{{\"a\":[{}null],\"b\":\"c\"}}", "0,".repeat(count));
    watch.validate_payload(&validator, &Payload::new(Origin::file("a.json"), body.into_bytes()));
    let root = watch.finish().root;
    let items = root.properties["a"].items.as_ref().unwrap();
    assert_eq!((root.object, items.integer, items.null), (1, count as u64, 1));
    assert_eq!(root.properties["b"].string, 1);
}
