//! Tests that the cost of an evaluation is bounded.

use serde_json::{Value, json};

use super::evaluate::Evaluation;
use super::*;

/// How many subschemas are evaluated, and the findings.
fn evaluated(schema: &Value, value: &Value) -> (u64, Vec<Violation>) {
    let reference = Reference::new(&Schema::from_value(schema.clone())).unwrap();
    let mut found = Vec::new();
    let mut each = |violation| found.push(violation);
    let steps = Evaluation::new(&reference, Instrumentation::default(), &mut each).whole(value).unwrap();
    (steps, found)
}

/// A value inside so many others.
fn nested(levels: usize, core: Value, around: impl Fn(Value) -> Value) -> Value {
    (0..levels).fold(core, |value, _| around(value))
}

/// Schemas that are made of themselves, with more than one way to each level below.
fn recursive() -> Vec<(&'static str, Value)> {
    let again = json!({"$ref": "#"});
    let list = json!({"type": "array", "items": again});
    let short = json!({"type": "array", "items": again, "maxItems": 99});
    let branches = json!([list, short, {"type": "integer"}]);
    vec![
        ("anyOf", json!({"anyOf": branches})),
        (
            "oneOf",
            json!({"oneOf": [list, {"type": "array", "prefixItems": [again], "maxItems": 0}, {"type": "integer"}]}),
        ),
        ("allOf", json!({"type": ["array", "integer"], "allOf": [{"items": again}, {"items": again}]})),
        ("not", json!({"not": {"not": {"anyOf": branches}}})),
        (
            "if",
            json!({"if": {"items": again}, "then": {"items": again}, "else": {"items": again}, "type": ["array", "integer"]}),
        ),
        ("mixed", json!({"anyOf": [{"allOf": [list, short]}, {"oneOf": [list, list]}, {"type": "integer"}]})),
        (
            "unevaluated",
            json!({"anyOf": [{"prefixItems": [again]}, {"prefixItems": [again], "maxItems": 5}], "type": ["array", "integer"], "unevaluatedItems": false}),
        ),
        (
            "contains",
            json!({"type": ["array", "integer"], "allOf": [{"contains": again}, {"contains": again, "minContains": 0}]}),
        ),
    ]
}

fn costs_twice_as_much(name: &str, cost: impl Fn(usize) -> u64) {
    let costs = [5, 10, 20, 40, 80].map(&cost);
    for pair in costs.windows(2) {
        assert!(pair[1] * 10 <= pair[0] * 22 + 200, "{name}: {costs:?}");
    }
}

#[test]
fn nested_alternatives_cost_as_much_as_they_are_deep() {
    for (name, schema) in recursive() {
        for core in [json!(1), json!("x"), json!([])] {
            costs_twice_as_much(name, |levels| {
                let value = nested(levels, core.clone(), |value| json!([value]));
                let (steps, found) = evaluated(&schema, &value);
                assert!(found.len() <= levels + 4, "{name}: {} findings", found.len());
                steps
            });
        }
    }
}

#[test]
fn members_that_are_combined_cost_as_much_as_they_are_deep() {
    let again = json!({"$ref": "#"});
    for (name, schema) in [
        (
            "oneOf",
            json!({"oneOf": [
                {"type": "object", "required": ["not"], "properties": {"not": again}},
                {"type": "object", "required": ["not"], "properties": {"not": again, "op": {"const": "x"}}, "minProperties": 9},
                {"type": "boolean"},
            ]}),
        ),
        (
            "dependentSchemas",
            json!({"type": ["object", "boolean"], "dependentSchemas": {
                "not": {"allOf": [{"properties": {"not": again}}, {"properties": {"not": again}}]},
            }}),
        ),
        (
            "unevaluated",
            json!({"type": ["object", "boolean"], "unevaluatedProperties": false, "allOf": [
                {"properties": {"not": again}}, {"anyOf": [{"properties": {"not": again}}, false]},
            ]}),
        ),
    ] {
        for core in [json!(true), json!(5)] {
            costs_twice_as_much(name, |levels| {
                evaluated(&schema, &nested(levels, core.clone(), |value| json!({"not": value}))).0
            });
        }
    }
}

/// A chain of definitions, each of which combines the next one twice.
fn chain(levels: usize, combined: impl Fn(Value) -> Value, last: &Value) -> Value {
    let mut definitions = serde_json::Map::new();
    for level in 0..levels {
        definitions.insert(format!("x{level}"), combined(json!({"$ref": format!("#/$defs/x{}", level + 1)})));
    }
    definitions.insert(format!("x{levels}"), last.clone());
    json!({"$ref": "#/$defs/x0", "$defs": definitions})
}

#[test]
fn two_ways_to_each_definition_are_gone_once() {
    type Combine = fn(Value) -> Value;
    let combinations: [(&str, Combine); 5] = [
        ("allOf", |next| json!({"allOf": [next, next]})),
        ("anyOf", |next| json!({"anyOf": [next, next, {"$comment": "another", "allOf": [next]}]})),
        ("oneOf", |next| json!({"oneOf": [next, {"allOf": [next]}]})),
        ("not", |next| json!({"not": {"anyOf": [{"not": next}, {"not": {"allOf": [next]}}]}})),
        ("if", |next| json!({"if": next, "then": next, "else": next})),
    ];
    for (name, combined) in combinations {
        for value in [json!(5), json!("x"), json!({"a": null})] {
            costs_twice_as_much(name, |levels| {
                let (steps, found) = evaluated(&chain(levels, combined, &json!({"type": "integer"})), &value);
                assert!(found.len() <= 1, "{name}: {found:?}");
                steps
            });
        }
    }
}

#[test]
fn names_of_members_are_evaluated_with_the_same_bound() {
    let definitions = chain(30, |next| json!({"allOf": [next, next]}), &json!({"maxLength": 1}));
    let schema = json!({"propertyNames": {"$ref": "#/$defs/x0"}, "$defs": definitions["$defs"]});
    let (steps, found) = evaluated(&schema, &json!({"a": 1, "bb": 2}));
    assert!(steps < 1_000, "{steps}");
    assert_eq!(found.len(), 1);
}

#[test]
fn what_two_ways_lead_to_is_reported_once() {
    let schema = json!({
        "allOf": [{"$ref": "#/$defs/a"}, {"$ref": "#/$defs/a"}, {"properties": {"b": {"$ref": "#/$defs/a"}}}],
        "$defs": {"a": {"required": ["x", "y"], "not": {"required": ["z"]}, "type": "object"}},
    });
    let (_, found) = evaluated(&schema, &json!({"z": 1, "b": 5}));
    let mut found: Vec<String> =
        found.iter().map(|one| format!("{} {}", one.pointer, one.schema_pointer)).collect();
    found.sort();
    assert_eq!(
        found,
        [
            " /$defs/a/not",
            "/b /$defs/a/not",
            "/b /$defs/a/type",
            "/x /$defs/a/required",
            "/y /$defs/a/required"
        ]
    );
}

#[test]
fn branches_that_fit_equally_well_are_expected_together() {
    let one = |kind: Value, size: &str| json!({"type": "object", "properties": {"kind": kind, "size": {"type": size}, "in": {"$ref": "#/$defs/in"}}});
    let branches = json!([
        one(json!({"enum": ["a", "b"]}), "integer"),
        one(json!({"oneOf": [{"const": "b"}, {"const": "c"}]}), "boolean"),
        one(json!({"const": "d"}), "integer"),
    ]);
    let inner =
        json!({"oneOf": [{"properties": {"deep": {"enum": [1]}}}, {"properties": {"deep": {"const": 2}}}]});
    let schema = json!({"anyOf": branches, "$defs": {"in": inner}});
    let what = |value: Value| -> Vec<String> {
        evaluated(&schema, &value).1.into_iter().map(|one| one.what).collect()
    };
    let all = "unknown enum value `z`; expected one of `a`, `b`, `c`, `d` (closest of 3 `anyOf` branches)";
    assert_eq!(what(json!({"kind": "z"})), [all]);
    let sizes = "expected integer or boolean, found a number with a fraction (closest of 3 `anyOf` branches)";
    assert_eq!(what(json!({"kind": "z", "size": 1.5})), [all, sizes]);
    let size = "expected integer, found a string (closest of 3 `anyOf` branches)";
    assert_eq!(what(json!({"kind": "d", "size": ""})), [size]);
    let deep = "unknown enum value; expected one of `1`, `2` (closest of 2 `oneOf` branches)";
    assert_eq!(what(json!({"in": {"deep": 7}})), [deep]);
}
