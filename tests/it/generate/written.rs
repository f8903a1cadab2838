use clients_contract::Contract;
use clients_contract::contract::DatasetOptions;
use clients_contract::generate::{
    Choices, Drawn, Generator, Hint, Items, Knowledge, Member, Members, Preset, Recipe, Style,
};
use clients_contract::untrusted::to_compact_json;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::presets::combinations;
use super::{assert_conforms, judge};

const ENVELOPES: [&str; 3] = ["documented", "bare", "list"];

/// Fails where a value and its text differ.
#[track_caller]
fn assert_same(recipe: &Recipe, seed: u64, draws: usize) {
    let mut writing = Generator::new(recipe.clone(), seed);
    let mut text = "[".to_owned();
    for (number, value) in Generator::new(recipe.clone(), seed).take(draws).enumerate() {
        text.truncate(1);
        writing.write_next(&mut text);
        assert_eq!(text[1..], to_compact_json(&value), "seed {seed}, value {number}");
    }
}

#[test]
fn responses_are_written_as_they_are_built() {
    for names in combinations() {
        let style = Preset::combine(&names).unwrap();
        for envelope in ENVELOPES {
            assert_same(&Contract::clients().recipe(&[envelope], Some(1)).unwrap().styled(style), 3, 2);
        }
    }
}

#[test]
fn data_sets_are_written_as_they_are_built() {
    for names in combinations() {
        for (envelope, total) in ENVELOPES.into_iter().zip([5, 0, 4]) {
            let style = Preset::combine(&names).unwrap();
            let options = DatasetOptions { seed: 7, total, per_page: 4, style };
            let pages = Contract::clients().pages(&[envelope], &options).unwrap().unwrap();
            for number in 1..=pages.count() + 1 {
                let mut text = String::new();
                pages.write(number, &mut text);
                assert_eq!(text, to_compact_json(&pages.page(number)), "{names:?} {envelope} {number}");
            }
        }
    }
}

/// Every kind of value, where one is inside another, and members whose names JSON escapes.
fn schemas() -> Vec<Value> {
    let texts = json!({"type": "array", "items": {"anyOf": [
        {"type": "string"},
        {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"},
        {"type": "string", "format": "email"},
        {"type": "string", "format": "ipv6"},
        {"type": "string", "format": "time"},
        {"type": "string", "format": "duration"},
        {"type": "string", "format": "relative-json-pointer"},
        {"type": "string", "pattern": "^[\"\\\\é#]{2,5}$"},
        {"type": "string", "minLength": 3, "maxLength": 4},
        {"type": "string", "contentMediaType": "application/json"},
        {"type": "string", "format": "uri", "pattern": "a"}
    ]}});
    let numbers = json!({"type": "array", "minItems": 5, "items": {"anyOf": [
        {"type": "number"},
        {"type": "integer"},
        {"type": "number", "multipleOf": 0.01},
        {"type": "integer", "multipleOf": 7},
        {"type": "number", "minimum": 0.1, "maximum": 0.2},
        {"type": "integer", "minimum": u64::MAX - 3},
        {"type": "integer", "maximum": i64::MIN + 3},
        {"type": "number", "minimum": 1e300}
    ]}});
    let tree = json!({
        "$defs": {"node": {"type": "object", "required": ["a\"b\\c", "\u{7f}é"], "properties": {
            "a\"b\\c": {"enum": ["##[error]", "\u{202e}", 1.0, -0.0, null, [1, {"x": "\n"}], {"y": {}}]},
            "\u{7f}é": {"const": {"##": ["\u{2028}"]}},
            "children": {"type": "array", "items": {"$ref": "#/$defs/node"}},
            "next": {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/node"}]}
        }}},
        "allOf": [{"$ref": "#/$defs/node"}, {"properties": {"more": true, "extra": {"type": "object"}}}]
    });
    let counted = json!({"type": "object", "minProperties": 2, "maxProperties": 4,
        "patternProperties": {"^x-": {"type": "boolean"}}, "additionalProperties": {"type": "integer"},
        "dependentRequired": {"x-a": ["b"]}, "properties": {"x-a": {"not": {"const": true}}, "b": {}}});
    let unlike = json!({"type": "array", "uniqueItems": true, "minItems": 2,
        "items": {"enum": [1, 2, "3", [4], {"e": 5}]}, "contains": {"const": "3"}});
    let given = json!({"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string", "examples": ["Ada", "\"##\""], "default": "x"},
        "b": {"oneOf": [{"type": "integer"}, {"minimum": 5}]}
    }});
    let free = json!({"type": "object", "required": ["m"]});
    let condition = json!({"if": {"required": ["course"]}, "then": {"required": ["kind"]}, "type": "object"});
    vec![json!(true), texts, numbers, tree, counted, unlike, given, free, condition]
}

const STYLES: [&[&str]; 5] =
    [&[], &["maximal", "quirks"], &["nulls", "unicode"], &["minimal", "boundary"], &["empty"]];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(8))]

    #[test]
    fn values_of_any_schema_are_written_as_they_are_built(seed: u64) {
        for schema in schemas() {
            for names in STYLES {
                let style = Preset::combine(names).unwrap();
                let recipe = Recipe::new(&schema).unwrap().styled(style);
                assert_same(&recipe, seed, 4);
                assert_same(&recipe.with_examples(), seed, 4);
            }
        }
    }

    #[test]
    fn recordings_are_written_as_they_are_built(tape in prop::collection::vec(any::<u64>(), 0..200)) {
        for schema in schemas() {
            let recipe = Recipe::new(&schema).unwrap();
            let mut text = String::new();
            recipe.write(&mut Choices::replay(tape.clone()), &mut text);
            let value = recipe.build(&mut Choices::replay(tape.clone()));
            assert_conforms(&judge(&schema), &value);
            prop_assert_eq!(text, to_compact_json(&value));
        }
    }

    #[test]
    fn knowledge_reads_the_same_of_both(seed: u64) {
        let list = json!({"type": "array", "items": {"$ref": "#/$defs/item"}});
        let schema = json!({
            "title": "Lists", "type": "object", "required": ["found", "lists", "more"],
            "properties": {
                "a": list,
                "b": {"anyOf": [list, {"type": "null"}]},
                "c": {"allOf": [list, {"uniqueItems": true, "minItems": 2}]},
                "d": {"type": "array", "items": list},
                "found": {"type": "string"},
                "lists": {"type": "integer"},
                "more": true,
                "z": list
            },
            "$defs": {"item": {"type": "object", "required": ["id", "name"], "properties": {
                "id": {"type": "integer"}, "name": {"type": "string"}, "found": {"type": "string"},
                "list": list
            }}}
        });
        let recipe = Recipe::knowing(&schema, Reading).unwrap();
        assert_same(&recipe, seed, 8);
        assert_same(&recipe.styled(Preset::combine(&["unicode"]).unwrap()), seed, 8);
    }
}

/// Writes down all that it reads.
struct Reading;

impl Knowledge for Reading {
    fn hint(&self, _: &Member<'_>) -> Hint {
        Hint { presence: Some(60), items: Some(Items::UpTo(3)), ..Hint::default() }
    }

    fn reads(&self, member: &Member<'_>) -> bool {
        member.name != "z"
    }

    fn settle(&self, _: &str, object: &Members<'_>) -> Vec<(String, Value)> {
        assert!(object.get("z").is_none());
        let lists = ["a", "b", "c", "d", "list"].map(|name| object.get(name)).into_iter().flatten();
        let read: Vec<Value> = lists
            .clone()
            .chain(["id", "name", "more"].iter().filter_map(|name| object.get(name)))
            .map(Drawn::to_value)
            .collect();
        let names = lists.clone().filter_map(Drawn::items).flatten();
        let names: Vec<_> = names.filter_map(|item| item.get("name")?.as_str().map(String::from)).collect();
        let count = lists.filter_map(Drawn::items).map(Iterator::count).sum::<usize>();
        vec![
            ("found".to_owned(), json!(format!("{names:?} {}", json!(read)))),
            ("lists".to_owned(), json!(count)),
            ("name".to_owned(), json!(names.len().to_string() + "\"")),
        ]
    }
}

#[test]
fn a_style_changes_what_is_written() {
    let recipe = Contract::clients().recipe(&[], Some(1)).unwrap();
    let length = |style: Style| {
        let mut text = String::new();
        recipe.clone().styled(style).write(&mut Choices::seeded(3), &mut text);
        text.len()
    };
    assert!(
        length(Preset::combine(&["minimal"]).unwrap()) * 10 < length(Preset::combine(&["maximal"]).unwrap())
    );
}
