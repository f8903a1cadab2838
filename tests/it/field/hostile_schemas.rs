//! Schemas that ask for more than a machine has: every command ends, and says where.

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use serde_json::{Map, Value, json};
use tempfile::TempDir;

/// Address space of a process, in KiB. Growth with the schema would be far above it.
const MEMORY: u32 = 1_500_000;
/// Processor time of a process, in seconds: a guard against what never ends.
const CPU: u32 = 100;

fn limited(memory: u32, arguments: &[&str]) -> Output {
    let script = format!("ulimit -v {memory}; ulimit -t {CPU}; exec \"$0\" \"$@\"");
    let mut command = Command::new("sh");
    command.args(["-c", &script, env!("CARGO_BIN_EXE_clients-contract")]).args(arguments);
    command.output().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// A folder with a schema, the same with a small change, and a payload.
struct Case {
    folder: TempDir,
}

impl Case {
    fn of(schema: &Value) -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("new.json"), schema.to_string()).unwrap();
        fs::write(folder.path().join("old.json"), edited(schema).to_string()).unwrap();
        fs::write(folder.path().join("payload.json"), r#"{"a":{"a":1,"b":[1]},"b":2}"#).unwrap();
        Self { folder }
    }

    fn path(&self, name: &str) -> String {
        path(self.folder.path(), name)
    }

    fn run(&self, command: &[&str]) -> Output {
        let named = |name: &&str| {
            let file = ["old.json", "new.json", "payload.json", "patch.json"].contains(name);
            if file { self.path(name) } else { (*name).to_owned() }
        };
        let arguments: Vec<String> = command.iter().map(named).collect();
        limited(MEMORY, &arguments.iter().map(String::as_str).collect::<Vec<_>>())
    }
}

fn path(folder: &Path, name: &str) -> String {
    let path: PathBuf = folder.join(name);
    path.display().to_string()
}

/// The schema as it may have been before: a member or a value less, or a text that must be longer.
fn edited(schema: &Value) -> Value {
    let mut schema = schema.clone();
    let Some(keywords) = schema.as_object_mut() else { return json!({"type": "null"}) };
    for keyword in ["required", "enum"] {
        if let Some(list) = keywords.get_mut(keyword).and_then(Value::as_array_mut) {
            list.pop();
            return schema;
        }
    }
    let last =
        keywords.get("$defs").and_then(Value::as_object).and_then(|defs| defs.keys().next_back().cloned());
    match last {
        Some(last) => schema["$defs"][last]["minLength"] = json!(7),
        None => drop(keywords.insert("minLength".to_owned(), json!(7))),
    }
    schema
}

/// The commands that take a schema.
const COMMANDS: &[&[&str]] = &[
    &["generate", "--seed", "1", "--schema", "new.json"],
    &["generate", "--seed", "1", "--preset", "maximal", "--schema", "new.json"],
    &["generate", "--seed", "1", "--invalid", "-n", "2", "--schema", "new.json"],
    &["generate", "--exhaustive", "--schema", "new.json"],
    &["mutate", "--schema", "new.json", "payload.json"],
    &["diff", "--no-settings", "--witness", "old.json", "new.json"],
    &["validate", "--no-settings", "--schema", "new.json", "payload.json"],
    &["drift", "--no-settings", "--suggest", "patch.json", "--schema", "new.json", "payload.json"],
];

/// Every command answers, or says at which schema location it could not.
fn all_end(cases: &[(&str, Value)]) {
    for (name, schema) in cases {
        let case = Case::of(schema);
        for command in COMMANDS {
            let output = case.run(command);
            let said = stderr(&output);
            let code = output.status.code();
            let fine = match code {
                Some(0 | 1) => true,
                Some(3) => said.contains("error: ") && said.contains("json"),
                _ => false,
            };
            assert!(fine, "{name}: {command:?}: {code:?} {said}");
            assert!(!said.contains("panicked"), "{name}: {command:?}: {said}");
        }
    }
}

/// Definitions `0` to `count`, each made by `link` of a reference to the next; the last is `end`.
fn chain(count: usize, end: Value, link: impl Fn(Value) -> Value) -> Value {
    let next = |index: usize| json!({"$ref": format!("#/$defs/{}", index + 1)});
    let mut defs: Map<_, _> = (0..count).map(|index| (index.to_string(), link(next(index)))).collect();
    defs.insert(count.to_string(), end);
    json!({"$schema": "https://json-schema.org/draft/2020-12/schema", "$ref": "#/$defs/0", "$defs": defs})
}

fn pair(next: &Value) -> Value {
    json!({"type": "object", "required": ["a", "b"], "properties": {"a": next, "b": next}})
}

/// Arrays in arrays, each of so many at least.
fn arrays(levels: usize, count: u64) -> Value {
    (0..levels).fold(
        json!({"type": "integer"}),
        |items, _| json!({"type": "array", "minItems": count, "items": items}),
    )
}

fn properties(count: usize, schema: impl Fn(usize) -> Value) -> Map<String, Value> {
    (0..count).map(|index| (format!("p{index}"), schema(index))).collect()
}

fn names(count: usize) -> Vec<String> {
    (0..count).map(|index| format!("p{index}")).collect()
}

#[test]
fn values_that_must_be_large_are_not_built() {
    all_end(&[
        ("a tree of required members", chain(30, json!({"type": "string"}), |next| pair(&next))),
        ("arrays of arrays", arrays(8, 1_000)),
        ("a long text", json!({"type": "string", "minLength": 1_000_000_000})),
        ("a long array", json!({"type": "array", "minItems": 1_000_000_000})),
        ("a large object", json!({"type": "object", "minProperties": 1_000_000_000})),
        (
            "long texts",
            json!({"type": "array", "minItems": 1_000, "items": {"type": "string", "minLength": 1_000_000}}),
        ),
        (
            "a long constant",
            json!({"type": "array", "minItems": 1_000, "items": {"const": "x".repeat(200_000)}}),
        ),
        (
            "many that contain",
            json!({"type": "array", "contains": {"type": "integer"}, "minContains": 1_000_000_000}),
        ),
    ]);
}

#[test]
fn values_that_cannot_be_are_not_looked_for_without_end() {
    all_end(&[
        (
            "nothing finite",
            json!({"type": "object", "required": ["a", "b"], "properties": {"a": {"$ref": "#"}, "b": {"$ref": "#"}}}),
        ),
        (
            "contradicting bounds",
            json!({"type": "object", "required": ["a"], "properties": {"a": {"type": "integer", "minimum": 5, "maximum": 4}}}),
        ),
        (
            "a small domain",
            json!({"type": "array", "uniqueItems": true, "minItems": 3, "items": {"type": "boolean"}}),
        ),
        (
            "few names",
            json!({"type": "object", "minProperties": 500, "propertyNames": {"enum": ["a", "b", "c"]}}),
        ),
        ("a tiny step", json!({"type": "number", "multipleOf": 1e-300, "minimum": 1, "maximum": 2})),
        ("a huge step", json!({"type": "integer", "multipleOf": 1.7e38, "minimum": 1e38})),
        (
            "members that bring each other",
            json!({"type": "object", "minProperties": 1, "additionalProperties": false,
            "properties": {"c": {"$ref": "#"}, "a": true, "b": true}, "dependentRequired": {"a": ["b"], "b": ["a"]}}),
        ),
        ("nothing", json!(false)),
        ("anything", json!(true)),
        ("no keywords", json!({})),
    ]);
}

#[test]
fn patterns_that_repeat_without_end_are_not_written() {
    let nested = (0..8).fold("a".to_owned(), |inner, _| format!("({inner}){{99}}"));
    let empty = (0..30).fold("a?".to_owned(), |inner, _| format!("({inner}){{2}}"));
    all_end(&[
        ("a repetition", json!({"type": "string", "pattern": "^a{1000000000}$"})),
        ("repetitions of repetitions", json!({"type": "string", "pattern": nested})),
        ("repetitions of nothing", json!({"type": "string", "pattern": empty})),
        ("look-ahead", json!({"type": "string", "pattern": "(?=a)".repeat(500)})),
    ]);
}

#[test]
fn combinations_are_counted_not_made() {
    let twice = |keyword: &'static str| move |next: Value| json!({(keyword): [next, next]});
    let end = || json!({"type": "string", "minLength": 3});
    let crossing: Vec<Value> = (0..10)
        .map(|one| {
            let branches =
                (0..10).map(|other| json!({"type": "object", "required": [format!("{one}{other}")]}));
            json!({"anyOf": branches.collect::<Vec<_>>()})
        })
        .collect();
    all_end(&[
        ("allOf", chain(12, end(), twice("allOf"))),
        ("anyOf", chain(12, end(), twice("anyOf"))),
        ("oneOf", chain(12, end(), twice("oneOf"))),
        ("not", chain(12, end(), |next| json!({"not": {"not": {"anyOf": [next, next]}}}))),
        ("if", chain(9, end(), |next| json!({"if": next, "then": next, "else": next}))),
        ("anyOf in allOf", json!({"allOf": crossing})),
    ]);
}

#[test]
fn many_parts_take_their_number_not_its_square() {
    let required = json!({"type": "object", "required": names(150), "properties": properties(150, |_| json!({"type": "string"}))});
    let listed: Vec<Value> = (0..1_000).map(|index| json!({"a": index})).collect();
    let branches: Vec<Value> = (0..150)
        .map(|index| json!({"type": "object", "required": [format!("p{index}")], "properties": {format!("p{index}"): {"minimum": index}}}))
        .collect();
    let brings: Map<String, Value> =
        (0..500).map(|index| (format!("p{index}"), json!([format!("p{}", index + 1)]))).collect();
    all_end(&[
        ("required members", required),
        ("listed objects", json!({"enum": listed})),
        ("listed objects with a type", json!({"type": "object", "minProperties": 1, "enum": listed})),
        ("branches", json!({"oneOf": branches})),
        ("members that bring others", json!({"type": "object", "dependentRequired": brings})),
        (
            "names from a list",
            json!({"type": "object", "minProperties": 150, "propertyNames": {"enum": names(150)}}),
        ),
    ]);
}

#[test]
fn long_chains_end() {
    let end = || json!({"type": "string"});
    all_end(&[
        ("members", chain(300, end(), |next| json!({"type": "object", "properties": {"n": next}}))),
        (
            "required members",
            chain(
                1_000,
                end(),
                |next| json!({"type": "object", "required": ["n"], "properties": {"n": next}}),
            ),
        ),
        ("references", chain(300, end(), |next| next)),
        ("schemas in schemas", (0..50).fold(end(), |inner, _| json!({"allOf": [inner]}))),
    ]);
}

#[test]
fn what_is_refused_is_named_with_its_schema_location() {
    let refused: &[(Value, &str)] = &[
        (chain(30, json!({"type": "string"}), |next| pair(&next)), "smallest value exceeds 64 MiB"),
        (arrays(3, 1_000), "new.json#: smallest value exceeds 64 MiB"),
        (arrays(4, 1_000), "new.json#/items: smallest value exceeds 64 MiB"),
        (
            json!({"properties": {"t": {"type": "string", "pattern": "^a{1000000000}$"}}}),
            "new.json: has at /properties/t/pattern a valid regular expression that is too large to compile",
        ),
        (
            json!({"type": "string", "minLength": 1_000_000_000}),
            "#/minLength: `minLength` asks for more than 1000000",
        ),
    ];
    for (schema, message) in refused {
        let output = Case::of(schema).run(&["generate", "--seed", "1", "--schema", "new.json"]);
        assert_eq!(output.status.code(), Some(3), "{schema}");
        assert!(stderr(&output).contains(message), "{message}: {}", stderr(&output));
    }
    let endless = json!({"type": "object", "required": ["a"], "properties": {"a": {"$ref": "#"}}});
    for command in &COMMANDS[..4] {
        let output = Case::of(&endless).run(command);
        assert_eq!(output.status.code(), Some(3), "{command:?}");
        assert!(stderr(&output).contains("new.json#: no finite value is valid"), "{}", stderr(&output));
    }
}

#[test]
fn what_need_not_be_there_is_left_out_where_it_is_too_large() {
    let mut schema = chain(30, json!({"type": "string"}), |next| pair(&next));
    schema["$ref"] = json!("#/$defs/top");
    schema["$defs"]["top"] = json!({"type": "object", "required": ["n"], "properties": {
        "large": {"$ref": "#/$defs/0"}, "either": {"anyOf": [{"$ref": "#/$defs/0"}, {"type": "integer"}]}, "n": {"type": "integer"}
    }});
    for seed in ["1", "2", "3", "4"] {
        let case = Case::of(&schema);
        let output = case.run(&["generate", "--seed", seed, "--preset", "maximal", "--schema", "new.json"]);
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(value["n"].is_i64() && value["either"].is_i64() && value.get("large").is_none(), "{value}");
    }
}

#[test]
fn a_list_of_names_gives_as_many_members_as_it_has_names() {
    let schema = json!({"type": "object", "minProperties": 150, "propertyNames": {"enum": names(150)}});
    let output = Case::of(&schema).run(&["generate", "--seed", "1", "--schema", "new.json"]);
    let value: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(value.as_object().map(Map::len), Some(150));
}

#[test]
fn unique_items_are_as_many_as_requested() {
    let schema = json!({"type": "array", "uniqueItems": true, "minItems": 20, "items": {"type": "integer", "minimum": 0, "maximum": 20}});
    let output = Case::of(&schema).run(&["generate", "--seed", "1", "-n", "5", "--schema", "new.json"]);
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    for line in String::from_utf8_lossy(&output.stdout).lines() {
        let items: Vec<u64> = serde_json::from_str(line).unwrap();
        let different: std::collections::BTreeSet<_> = items.iter().collect();
        assert!(items.len() >= 20 && different.len() == items.len(), "{line}");
    }
}

#[test]
fn what_is_no_schema_is_refused_by_every_command_with_the_location() {
    for (schema, location) in [
        (json!({"properties": 5}), "/properties"),
        (json!({"required": "a"}), "/required"),
        (json!({"enum": {}}), "/enum"),
        (json!({"type": "text"}), "/type"),
        (json!({"properties": {"a": {"items": {"minLength": -1}}}}), "/properties/a/items/minLength"),
    ] {
        for command in COMMANDS {
            let output = Case::of(&schema).run(command);
            let said = stderr(&output);
            assert_eq!(output.status.code(), Some(3), "{command:?}: {said}");
            assert!(said.contains(location), "{command:?}: {location}: {said}");
        }
    }
}

#[test]
fn a_widening_that_was_not_looked_for_to_the_end_is_breaking() {
    let schema = |type_: Value, required: bool| {
        let required = if required { names(1_500) } else { Vec::new() };
        json!({"type": "object", "required": required, "properties": properties(1_500, |_| json!({"type": type_}))})
    };
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("old.json"), schema(json!("string"), true).to_string()).unwrap();
    fs::write(folder.path().join("new.json"), schema(json!("string"), false).to_string()).unwrap();
    let (old, new) = (path(folder.path(), "old.json"), path(folder.path(), "new.json"));
    let output = limited(MEMORY, &["diff", "--no-settings", "--witness", "-f", "json", &old, &new]);
    assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let errors = report["findings"].as_array().unwrap().iter().filter(|it| it["severity"] == "error");
    assert_eq!(errors.count(), 1_500);
    // Not all of them were shown by a payload.
    assert!(stderr(&output).contains("stopped after 1000000 steps at /required"), "{}", stderr(&output));
}

#[test]
fn absurd_numbers_are_wrong_usage() {
    let most = u64::MAX.to_string();
    for arguments in [
        &["generate", "--dataset", "--total", &most][..],
        &["generate", "--dataset", "--total", "1000000000001"],
        &["generate", "--dataset", "--jobs", &most],
        &["generate", "--dataset", "--jobs", "0"],
        &["generate", "--dataset", "--preset", "large", "--size", &most],
        &["generate", "--clients", "4294967295"],
        &["generate", "--clients", "10001"],
        &["generate", "--invalid", "--preset", "large", "--size", &most],
        &["generate", "-n", "18446744073709551616"],
    ] {
        let output = limited(MEMORY, arguments);
        assert_eq!(output.status.code(), Some(2), "{arguments:?}: {}", stderr(&output));
        assert!(!stderr(&output).contains("panicked"), "{arguments:?}");
    }
}

#[test]
fn who_reads_no_further_ends_what_would_not() {
    let most = u64::MAX.to_string();
    let tool = env!("CARGO_BIN_EXE_clients-contract");
    for command in [
        format!("generate --seed 1 --clients 1 -n {most}"),
        format!("generate --seed 1 --clients 1 --invalid -n {most}"),
        "generate --seed 1 --quiet --dataset --total 1000000000000 --clients 1 -f ndjson".to_owned(),
        format!("generate --seed 1 --preset large --size {most}"),
    ] {
        let script = format!("ulimit -v {MEMORY}; ulimit -t {CPU}; '{tool}' {command} | head -c 100");
        let output = Command::new("sh").args(["-c", &script]).output().unwrap();
        assert_eq!((output.stdout.len(), stderr(&output).as_str()), (100, ""), "{command}");
    }
}

#[test]
fn little_address_space_is_enough_for_little() {
    let payload = "fixtures/valid/minimal.json";
    for jobs in ["1", "2", "8"] {
        let output = limited(300_000, &["validate", "--no-settings", "-j", jobs, payload]);
        assert_eq!(output.status.code(), Some(0), "{jobs}: {}", stderr(&output));
    }
    // Fewer threads than asked for, unless the first ones end before the last ones start: never a panic.
    let output = limited(1_000_000, &["validate", "--no-settings", "-j", "500", payload, payload]);
    let told = stderr(&output);
    assert_eq!(output.status.code(), Some(0), "{told}");
    assert!(told.is_empty() || told.contains("--jobs 500: only "), "{told}");
}

#[test]
fn deep_payloads_fit_on_the_stack() {
    let folder = tempfile::tempdir().unwrap();
    let file = |name: &str, text: &str| {
        fs::write(folder.path().join(name), text).unwrap();
        path(folder.path(), name)
    };
    // Twenty schemas in place at each level, by each way of combining them.
    for link in [
        |next: Value| json!({"allOf": [next]}),
        |next: Value| json!({"anyOf": [{"type": "string"}, next]}),
        |next: Value| json!({"if": true, "then": next}),
    ] {
        let end = json!({"type": ["object", "integer"], "properties": {"a": {"$ref": "#/$defs/0"}}});
        let schema = file("schema.json", &chain(10, end, link).to_string());
        for (leaf, code) in [("1", 0), ("true", 1)] {
            let levels = 511;
            let payload =
                file("payload.json", &format!("{}{leaf}{}", "{\"a\":".repeat(levels), "}".repeat(levels)));
            for engine in ["auto", "reference"] {
                let output = limited(
                    MEMORY,
                    &[
                        "validate",
                        "--no-settings",
                        "--engine",
                        engine,
                        "--max-depth",
                        "512",
                        "--schema",
                        &schema,
                        &payload,
                    ],
                );
                assert_eq!(output.status.code(), Some(code), "{engine}: {}", stderr(&output));
            }
        }
    }
}
