//! Random schemas of few keywords and names, so that they meet in one value; and values for them.

use proptest::collection::{btree_map, vec};
use proptest::option::weighted;
use proptest::prelude::*;
use proptest::sample::select;
use serde_json::{Map, Value, json};

const UUID: &str = "00000000-0000-4000-8000-00000000000A";

fn names() -> impl Strategy<Value = String> {
    select(vec!["a", "b", "c", "ab"]).prop_map(str::to_owned)
}

pub fn values() -> impl Strategy<Value = Value> {
    let scalars = select(vec![
        json!(null),
        json!(true),
        json!(0),
        json!(1),
        json!(2.5),
        json!("a"),
        json!("ab"),
        json!(UUID),
        json!("P1Y"),
    ]);
    scalars.prop_recursive(3, 24, 4, |inner| {
        prop_oneof![
            vec(inner.clone(), 0..4).prop_map(Value::from),
            btree_map(names(), inner, 0..4)
                .prop_map(|members| members.into_iter().collect::<Map<_, _>>().into()),
        ]
    })
}

/// Assertions and annotations.
fn plain() -> impl Strategy<Value = Value> {
    select(vec![
        json!({"type": "object"}),
        json!({"type": ["array", "null"]}),
        json!({"type": "string", "format": "uuid"}),
        json!({"format": "duration", "pattern": "^P"}),
        json!({"const": 1}),
        json!({"enum": ["a", 2.5, null, {"a": 1}]}),
        json!({"minimum": 1, "exclusiveMaximum": 2.5}),
        json!({"maxItems": 2, "uniqueItems": true}),
        json!({"required": ["a"]}),
        json!({"dependentRequired": {"a": ["b"], "c": []}}),
        json!({"maxProperties": 2}),
        json!({"minLength": 2}),
        json!({"description": "nothing"}),
        json!(true),
        json!(false),
        json!({"$ref": "#/$defs/x y"}),
        json!({"$ref": "#named", "description": "beside"}),
        json!({"$dynamicRef": "#named"}),
    ])
}

fn set(of: Vec<Value>) -> Value {
    let mut all = Map::new();
    for one in of {
        if let Value::Object(members) = one {
            all.extend(members);
        }
    }
    all.into()
}

fn subschemas() -> impl Strategy<Value = Value> {
    plain().prop_recursive(3, 24, 4, |inner| {
        let one = |keyword: &'static str| inner.clone().prop_map(move |schema| json!({keyword: schema}));
        let list =
            |keyword: &'static str| vec(inner.clone(), 1..3).prop_map(move |all| json!({keyword: all}));
        let named = |keyword: &'static str| {
            btree_map(names(), inner.clone(), 1..3).prop_map(move |all| json!({keyword: all}))
        };
        let contains =
            (inner.clone(), select(vec![0, 1]), weighted(0.1, Just(0_u64))).prop_map(|(item, min, max)| {
                let mut schema = json!({"contains": item, "minContains": min});
                if let Some(max) = max {
                    schema["maxContains"] = json!(max);
                }
                schema
            });
        let condition =
            (inner.clone(), inner.clone(), weighted(0.5, inner.clone())).prop_map(|(test, then, other)| {
                let mut schema = json!({"if": test, "then": then});
                if let Some(other) = other {
                    schema["else"] = other;
                }
                schema
            });
        let keyword = prop_oneof![
            named("properties"),
            named("patternProperties"),
            named("dependentSchemas"),
            one("additionalProperties"),
            one("unevaluatedProperties"),
            Just(json!({"unevaluatedProperties": false})),
            one("unevaluatedItems"),
            Just(json!({"unevaluatedItems": false})),
            one("propertyNames"),
            one("items"),
            list("prefixItems"),
            one("not"),
            list("allOf"),
            list("anyOf"),
            list("oneOf"),
            contains,
            condition,
            inner.clone(),
        ];
        vec(keyword, 1..5).prop_map(set)
    })
}

/// A schema of draft 2020-12.
pub fn schemas() -> impl Strategy<Value = Value> {
    (subschemas(), plain(), subschemas()).prop_map(|(mut root, first, mut second)| {
        if root.as_object().is_none_or(Map::is_empty) {
            root = json!({"allOf": [root]});
        }
        if !second.is_object() {
            second = json!({"allOf": [second]});
        }
        // What these refer to must not lead back to them.
        let text = second.to_string();
        if text.contains("Ref\"") || text.contains("$ref") {
            second = json!({"type": ["object", "array"], "properties": {"c": {"$ref": "#"}}});
        }
        second["$dynamicAnchor"] = json!("named");
        let first = if first.to_string().contains("ef\":") {
            json!({"required": ["b"], "properties": {"b": true}})
        } else {
            first
        };
        root["$defs"] = json!({"x y": first, "named": second});
        root
    })
}
