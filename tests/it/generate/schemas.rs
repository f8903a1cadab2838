use clients_contract::ErrorKind;
use clients_contract::generate::{
    Choices, Generator, Hint, Items, Knowledge, Member, Members, Recipe, Shape,
};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{assert_conforms, judge};

/// Schemas that can be built for, one a line.
pub(crate) fn buildable() -> Vec<Value> {
    vec![
        json!(true),
        json!({}),
        json!({"description": "an annotation", "x-unknown": 5, "format": "no-such-format"}),
        json!({"type": "string", "minLength": 3, "maxLength": 5}),
        json!({"type": "string", "maxLength": 0}),
        json!({"type": "string", "format": "email", "maxLength": 255}),
        json!({"type": ["string", "null"], "format": "date-time"}),
        json!({"minLength": 2, "minimum": 5, "minItems": 1, "required": ["a"]}),
        json!({"type": "integer", "minimum": -3, "maximum": 3}),
        json!({"type": "integer", "exclusiveMinimum": 5, "exclusiveMaximum": 7}),
        json!({"type": "integer", "minimum": 0.5, "maximum": 1.5}),
        json!({"type": "integer", "multipleOf": 7, "minimum": 10}),
        json!({"type": "integer", "minimum": 9_223_372_036_854_775_808_u64}),
        json!({"type": "integer", "minimum": -9_223_372_036_854_775_808_i64, "maximum": -9_223_372_036_854_775_000_i64}),
        json!({"type": "number"}),
        json!({"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 1}),
        json!({"type": "number", "minimum": 0.25, "maximum": 0.25}),
        json!({"type": "number", "minimum": -1.5, "maximum": 1e300}),
        json!({"type": "number", "minimum": 1e300}),
        json!({"type": "number", "exclusiveMinimum": 9_007_199_254_740_993_u64}),
        json!({"type": "number", "multipleOf": 5.0, "maximum": -1}),
        json!({"type": ["integer", "number"]}),
        json!({"enum": ["a", 1, null, {"b": []}]}),
        json!({"enum": ["a", 1, 1.5, null, "bcd"], "type": ["string", "integer"], "maxLength": 2}),
        json!({"const": {"a": 1}, "enum": [{"a": 1.0}, 2]}),
        json!({"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 4}),
        json!({"type": "array", "prefixItems": [{"type": "null"}, {"type": "string"}], "items": false}),
        json!({"type": "array", "prefixItems": [{"type": "null"}, false], "items": {"type": "string"}}),
        json!({"type": "array", "minItems": 3, "prefixItems": [{"const": 1}]}),
        json!({"type": "object", "required": ["z"], "additionalProperties": {"type": "integer"}}),
        json!({"type": "object", "properties": {"a/b~c": {"type": "null"}, "": {"const": 1}}, "additionalProperties": false}),
        json!({"properties": {"never": false, "there": {"type": "string"}}, "type": "object"}),
        json!({"anyOf": [{"type": "string"}, {"type": "integer", "minimum": 5}, false]}),
        json!({"oneOf": [{"const": "a"}, {"const": "b"}, {"type": "null"}]}),
        json!({"oneOf": [
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "a"}}},
            {"type": "object", "required": ["kind"], "properties": {"kind": {"const": "b"}, "more": {"type": "string"}}}
        ]}),
        json!({"allOf": [{"$ref": "#/$defs/a~1b"}], "$defs": {"a/b": {"type": "integer"}}}),
        json!({"$ref": "#/$defs/a%20b", "$defs": {"a b": {"type": "integer"}}}),
        json!({"$ref": "#/$defs/tree", "$defs": {"tree": {"type": "object", "required": ["left", "right"], "properties": {
            "left": {"anyOf": [{"$ref": "#/$defs/tree"}, {"type": "null"}]},
            "right": {"type": ["array"], "items": {"$ref": "#/$defs/tree"}},
        }}}}),
        json!({"type": "object", "required": ["next"], "properties": {"next": {"anyOf": [{"$ref": "#"}, {"type": "string"}]}}}),
        json!({"type": "array", "items": {"$ref": "#"}}),
        json!({"not": {"type": "null"}}),
        json!({"not": {"required": ["a"]}, "type": "object"}),
        json!({"type": "object", "properties": {"a": {"type": "string", "pattern": "^a+b?$", "maxLength": 4}}}),
        json!({"if": {"properties": {"kind": {"const": "a"}}, "required": ["kind"]},
            "then": {"required": ["b"]}, "else": {"properties": {"b": false}}, "type": "object"}),
        json!({"type": "array", "uniqueItems": true, "minItems": 3, "items": {"enum": [1, 2, 3]}}),
        json!({"type": "array", "contains": {"type": "string"}, "minContains": 2, "maxContains": 3}),
        json!({"type": "object", "minProperties": 2, "maxProperties": 3}),
        json!({"type": "object", "patternProperties": {"^a": {"type": "integer"}}, "additionalProperties": false}),
        json!({"type": "object", "propertyNames": {"maxLength": 3}, "minProperties": 1}),
        json!({"type": "object", "dependentRequired": {"a": ["b"]}, "properties": {"a": true}}),
        json!({"type": "object", "dependentSchemas": {"a": {"required": ["c"]}}, "properties": {"a": true}}),
        json!({"allOf": [{"properties": {"a": {"type": "integer"}}}], "unevaluatedProperties": false, "type": "object"}),
        json!({"type": "number", "multipleOf": 0.1, "minimum": 3}),
        json!({"allOf": [{"multipleOf": 4}, {"multipleOf": 6}], "type": "integer", "minimum": 1}),
        json!({"type": "string", "format": "hostname", "maxLength": 12}),
        json!({"type": "integer", "minimum": 1e25}),
        json!({"type": "object", "anyOf": [{"required": ["a"]}, {"required": ["b"]}]}),
        json!({"oneOf": [{"type": "integer"}, {"type": "number"}]}),
        json!({"allOf": [{"type": "integer"}, {"minimum": 3}]}),
        json!({"$ref": "#anchor", "$defs": {"a": {"$anchor": "anchor", "type": "null"}}}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "items": [{"type": "null"}], "additionalItems": false}),
        json!({"items": {"$id": "urn:inner", "$ref": "#/$defs/a", "$defs": {"a": {"type": "null"}}}}),
        json!({"uniqueItems": false, "unevaluatedProperties": true, "patternProperties": {}, "not": false, "minProperties": 0}),
    ]
}

#[test]
fn whatever_is_built_conforms() {
    for schema in buildable() {
        let judge = judge(&schema);
        let recipe = Recipe::new(&schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
        assert_conforms(&judge, &recipe.build(&mut Choices::replay(Vec::new())));
        for seed in 0..4 {
            for value in Generator::new(recipe.clone(), seed).take(100) {
                assert!(judge.is_valid(&value), "{schema} does not admit {value}");
            }
        }
    }
}

proptest! {
    #[test]
    fn any_choices_conform(which in any::<prop::sample::Index>(), tape in prop::collection::vec(any::<u64>(), 0..60)) {
        let schemas = buildable();
        let schema = which.get(&schemas);
        let value = Recipe::new(schema).unwrap().build(&mut Choices::replay(tape));
        prop_assert!(judge(schema).is_valid(&value), "{} does not admit {}", schema, value);
    }
}

#[test]
fn what_cannot_be_built_is_refused_with_its_keyword_and_location() {
    let refused = [
        (json!({"type": "string", "minLength": 1_000_000_000_000_u64}), "#/minLength"),
        (json!({"type": "string", "pattern": "^a$", "not": {"const": "a"}}), "#/not"),
        (json!({"type": "object", "minProperties": 1_000_000}), "#/minProperties"),
    ];
    for (schema, place) in refused {
        let error = Recipe::new(&schema).expect_err(place);
        assert_eq!(error.kind(), ErrorKind::Unsupported, "{error}");
        let keyword = place.rsplit('/').next().unwrap();
        assert!(error.to_string().starts_with(&format!("{place}: `{keyword}` ")), "{error}");
    }
}

#[test]
fn references_in_a_circle_have_no_meaning_to_build_by() {
    for schema in
        [json!({"$ref": "#"}), json!({"anyOf": [{"$ref": "#/$defs/a"}], "$defs": {"a": {"$ref": "#"}}})]
    {
        let error = Recipe::new(&schema).expect_err("a circle");
        assert_eq!(error.kind(), ErrorKind::Schema, "{error}: {schema}");
        assert!(error.to_string().contains("reference cycle"), "{error}");
    }
}

#[test]
fn what_nothing_keeps_is_refused() {
    let endless = json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#"}}});
    let impossible = [
        json!(false),
        endless,
        json!({"type": "integer", "minimum": 5, "maximum": 4}),
        json!({"type": "number", "exclusiveMinimum": 5, "exclusiveMaximum": 5}),
        json!({"type": "string", "enum": [1, 2]}),
        json!({"type": "array", "minItems": 1, "items": false}),
        json!({"type": "object", "required": ["a"], "additionalProperties": false}),
        json!({"$ref": "#/$defs/nowhere"}),
        json!({"type": "strnig"}),
        json!({"type": "string", "minLength": "three"}),
        json!({"properties": {"a": 5}}),
    ];
    for schema in impossible {
        let error = Recipe::new(&schema).expect_err("no value keeps this");
        assert_eq!(error.kind(), ErrorKind::Schema, "{error}: {schema}");
    }
}

#[test]
fn what_is_wrong_with_a_schema_is_reported_with_its_location() {
    let node =
        json!({"type": "object", "required": ["next"], "properties": {"next": {"$ref": "#/$defs/node"}}});
    for (schema, said) in [
        (json!(5), "not a valid JSON Schema at the root: "),
        (
            json!({"properties": {"a/b": {"type": "strnig"}}}),
            "not a valid JSON Schema at /properties/a~1b/type: \"strnig\" is not a type; expected one of null, \
             boolean, object, array, string, number, integer; did you mean `string`?",
        ),
        (
            json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": ["null", "bool"]}),
            "not a valid JSON Schema at /type/1: \"bool\" is not a type; ",
        ),
        (
            json!({"$schema": "http://json-schema.org/draft-07/schema#", "dependencies": {"type": "strnig"}}),
            "not a valid JSON Schema at /dependencies/type: \"strnig\" is not valid under any of ",
        ),
        (json!({"items": {"$ref": "#/$defs/nowhere"}}), "unresolved reference at /items/$ref: "),
        (json!({"items": {"$ref": "#nowhere"}}), "unresolved reference at /items/$ref: "),
        (json!({"items": {"$ref": "b.json"}}), "refers to `b.json` at /items/$ref, which is neither"),
        (json!({"$ref": "#/$defs/node", "$defs": {"node": node}}), "#: no finite value is valid"),
        (json!({"allOf": [{"$ref": "#"}]}), "reference cycle: "),
        (
            json!({"type": "array", "minItems": 3, "maxItems": 2}),
            "#/minItems: no value is valid: `minItems` 3",
        ),
        (
            json!({"allOf": [{"type": "null"}, {"type": "string"}]}),
            "#/allOf/0/type: no value is valid: `type`",
        ),
        (json!({"not": {}}), "#/not: no value is valid: `not` refuses every value"),
    ] {
        let told = Recipe::new(&schema).unwrap_err().to_string();
        assert!(told.starts_with(said), "{told}");
    }
}

#[test]
fn a_contradiction_is_named() {
    let schema = json!({"required": ["a"], "type": "object", "properties": {
        "a": {"type": "string", "minLength": 5, "maxLength": 4}
    }});
    let error = Recipe::new(&schema).expect_err("no text is that long and that short").to_string();
    assert!(error.starts_with("#/properties/a/minLength: no value is valid"), "{error}");
}

#[test]
fn required_recursion_ends_at_the_smallest_value() {
    let schema = json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/b"}}, "$defs": {
        "b": {"anyOf": [{"$ref": "#"}, {"$ref": "#/$defs/c"}]},
        "c": {"type": "array", "minItems": 2, "items": {"anyOf": [{"$ref": "#/$defs/b"}, {"const": 1}]}}
    }});
    let recipe = Recipe::new(&schema).unwrap();
    // Always the last alternative, always one more item: as deep and as large as it gets.
    let largest = recipe.build(&mut Choices::replay(vec![u64::MAX; 100_000]));
    assert_conforms(&judge(&schema), &largest);
    assert!(largest.to_string().len() < 2_000_000);
    assert_eq!(recipe.build(&mut Choices::replay(Vec::new())), json!({"a": [1, 1]}));
}

struct Shouting;

impl Knowledge for Shouting {
    fn hint(&self, member: &Member<'_>) -> Hint {
        Hint {
            shape: Some(Shape::OneOf(&["LOUD", "LOUDER", "LOUDEST"])),
            presence: (member.name == "rare").then_some(0),
            items: Some(Items::Exactly(50)),
            ..Hint::default()
        }
    }

    fn settle(&self, definition: &str, _: &Members<'_>) -> Vec<(String, Value)> {
        assert_eq!(definition, "Cry");
        vec![("count".to_owned(), json!("not a number")), ("sure".to_owned(), json!(7))]
    }
}

#[test]
fn knowledge_is_used_as_far_as_the_schema_allows() {
    let schema = json!({
        "title": "Cry",
        "type": "object",
        "required": ["text", "words", "count", "sure"],
        "properties": {
            "text": {"type": "string", "maxLength": 4},
            "words": {"type": "array", "maxItems": 5, "items": {"type": "string"}},
            "rare": {"type": "string"},
            "count": {"type": "integer"},
            "sure": {"type": "integer"}
        }
    });
    let (judge, recipe) = (judge(&schema), Recipe::knowing(&schema, Shouting).unwrap());
    let mut loud = 0;
    for value in Generator::new(recipe, 1).take(200) {
        assert_conforms(&judge, &value);
        assert_eq!(value["words"].as_array().map(Vec::len), Some(5));
        assert_eq!(value["sure"], 7);
        assert!(value.get("rare").is_none());
        loud += usize::from(value["words"][0].as_str().is_some_and(|word| word.starts_with("LOUD")));
    }
    assert!(loud > 150, "{loud} of 200");
}

#[test]
fn deep_long_and_wide_schemas_neither_overflow_nor_hang() {
    let mut deep = json!({"type": "null"});
    for _ in 0..100_000 {
        let mut outer = serde_json::Map::new();
        outer.insert("not".to_owned(), deep);
        deep = Value::Object(outer);
    }
    let error = Recipe::new(&deep).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Schema, "{error}");
    // Dropping it would go down into it.
    std::mem::forget(deep);

    let long = |step: &dyn Fn(Value) -> Value| {
        let next =
            |number: usize| (number.to_string(), step(json!({"$ref": format!("#/$defs/{}", number + 1)})));
        let mut definitions: serde_json::Map<_, _> = (0..900).map(next).collect();
        definitions.insert("900".to_owned(), json!({"type": "null"}));
        json!({"$ref": "#/$defs/0", "$defs": definitions})
    };
    assert!(Recipe::new(&long(&|next| next)).unwrap().build(&mut Choices::seeded(1)).is_null());
    assert_eq!(
        Recipe::new(&long(&|next| json!({"allOf": [next]}))).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    assert_eq!(
        Recipe::new(&long(&|next| json!({"not": {"allOf": [next]}}))).unwrap_err().kind(),
        ErrorKind::Unsupported
    );
    let optional = long(&|next| json!({"anyOf": [next, {"type": "boolean"}]}));
    Recipe::new(&optional).unwrap().build(&mut Choices::seeded(1));

    // Two ways at each of fifty steps are not more than a hundred alternatives.
    let mut definitions = serde_json::Map::new();
    for number in 0..50 {
        let next = number + 1;
        let both = json!([{"$ref": format!("#/$defs/a{next}")}, {"$ref": format!("#/$defs/b{next}")}]);
        definitions.insert(format!("a{number}"), json!({"anyOf": both}));
        definitions.insert(format!("b{number}"), json!({"anyOf": both}));
    }
    definitions.insert("a50".to_owned(), json!({"type": "string"}));
    definitions.insert("b50".to_owned(), json!({"type": "boolean"}));
    let wide = json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#/$defs/a0"}}, "$defs": definitions});
    for value in Generator::new(Recipe::new(&wide).unwrap(), 1).take(50) {
        // The reference engine follows every way on its own, and does not come back.
        assert!(value["a"].is_string() || value["a"].is_boolean(), "{value}");
    }
}

#[test]
fn too_many_combinations_name_their_keyword() {
    // Which of twenty is there decides about all others: every set of them is another object.
    let decisions: Vec<Value> = (0..20)
        .map(|number| json!({"anyOf": [{"required": [format!("a{number}")]}, {"properties": {"z": {"not": {"const": number}}}}]}))
        .collect();
    let schema = json!({"allOf": decisions, "type": "object", "additionalProperties": {"$ref": "#"}});
    match Recipe::new(&schema) {
        Ok(recipe) => assert_conforms(&judge(&schema), &recipe.build(&mut Choices::seeded(1))),
        Err(error) => {
            assert_eq!(error.kind(), ErrorKind::Unsupported);
            assert!(error.message().contains('`'), "{error}");
        }
    }
}

/// Conditions of which each asks for another value of `kind`.
fn conditions(count: usize, test: &Value, otherwise: &Value) -> Vec<Value> {
    let condition = |at: usize| {
        let mut test = test.clone();
        test["properties"] = json!({"kind": {"const": format!("k{at}")}});
        let mut condition = json!({"if": test, "then": {"required": [format!("member {at}")]}});
        if !otherwise.is_null() {
            condition["else"] = otherwise.clone();
        }
        condition
    };
    (0..count).map(condition).collect()
}

#[test]
fn values_of_many_conditions_on_one_property_are_built() {
    for count in [375, 1_500] {
        let kinds: Vec<String> = (0..count).map(|at| format!("k{at}")).collect();
        let schema = json!({
            "type": "object", "required": ["kind"], "properties": {"kind": {"enum": kinds}},
            "allOf": conditions(count, &json!({"required": ["kind"]}), &Value::Null),
        });
        let recipe = Recipe::new(&schema).unwrap_or_else(|error| panic!("{count}: {error}"));
        let judge = judge(&schema);
        let mut found = std::collections::BTreeSet::new();
        for value in Generator::new(recipe, 1).take(60) {
            assert_conforms(&judge, &value);
            found.insert(value["kind"].to_string());
        }
        assert!(found.len() > 20, "{count}: {found:?}");
    }
}

#[test]
fn conditions_on_one_property_are_decided_for_every_kind_of_value() {
    let otherwise = json!({"properties": {"more": {"type": "integer"}}});
    for (around, test, kinds) in [
        (json!({}), json!({}), ["\"k", "other", "absent", "no object"].as_slice()),
        (
            json!({}),
            json!({"required": ["kind"], "type": "object"}),
            &["\"k", "other", "absent", "no object"],
        ),
        (json!({"type": "object", "required": ["kind"]}), json!({}), &["\"k", "other"]),
        (
            json!({"properties": {"kind": {"enum": ["k1", "k2", null]}}, "required": ["kind"]}),
            json!({"required": ["kind"]}),
            &["\"k", "other"],
        ),
    ] {
        for otherwise in [&Value::Null, &otherwise] {
            let mut schema = around.clone();
            schema["allOf"] = conditions(9, &test, otherwise).into();
            let judge = judge(&schema);
            let recipe = Recipe::new(&schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
            let mut found = std::collections::BTreeSet::new();
            for value in Generator::new(recipe, 1).take(400) {
                assert_conforms(&judge, &value);
                found.insert(match (value.as_object(), value.get("kind")) {
                    (None, _) => "no object",
                    (_, None) => "absent",
                    (_, Some(kind)) if kind.to_string().starts_with("\"k") => "\"k",
                    _ => "other",
                });
            }
            for kind in kinds {
                assert!(found.contains(kind), "{kind} of {found:?}: {schema}");
            }
        }
    }
}
