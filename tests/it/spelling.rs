//! Well-known schemas from real life, respelt at random: verdicts, findings, violations, mutation scores
//! stay, and `diff` finds nothing above info.
//!
//! They come from the folder `REAL_WORLD_SCHEMAS`. `SPELLINGS` says how many spellings of each are tried,
//! `SPELLING_BYTES` how large a schema may be; violations and scores are those of schemas of a quarter of
//! that.

use std::collections::BTreeSet;
use std::fs;

use clients_contract::diff::{Document, compare};
use clients_contract::generate::{Catalogue, Choices, Generator, Recipe};
use clients_contract::{Schema, Severity, Validator};
use serde_json::{Value, json};

use crate::field::mutate::{scores, violations};
use crate::needed::needed;
use crate::respell::respell;

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// Whether all references lead to places in the schema itself.
fn is_self_contained(schema: &Value) -> bool {
    match schema {
        Value::Object(members) => members.iter().all(|(name, inner)| match inner {
            Value::String(target) if name == "$ref" => target.starts_with('#'),
            Value::String(_) if name == "$dynamicRef" => false,
            _ => is_self_contained(inner),
        }),
        Value::Array(items) => items.iter().all(is_self_contained),
        _ => true,
    }
}

/// Valid payloads, and some that break the schema in one place.
fn payloads(schema: &Schema, choices: &mut Choices) -> Vec<String> {
    let recipe = Recipe::new(schema).unwrap();
    let mut payloads: Vec<String> =
        Generator::new(recipe, 3).take(10).map(|value| value.to_string()).collect();
    let catalogue = Catalogue::new(schema).unwrap();
    for _ in 0..40 {
        let violation = catalogue.pick(choices).and_then(|target| catalogue.smallest_for(target));
        payloads.extend(violation.map(|violation| violation.payload.to_text()));
    }
    payloads
}

/// The verdict of a payload, and rule and pointer of each finding.
fn found(validator: &Validator, payload: &str) -> (bool, BTreeSet<(&'static str, String)>) {
    let validation = validator.validate(payload.as_bytes());
    let findings = validation.findings.iter();
    (validation.valid, findings.map(|one| (one.rule.id, one.pointer.to_string())).collect())
}

fn document(schema: &Schema) -> Document {
    Document::of("schema.json", schema).unwrap()
}

#[test]
#[ignore = "needs REAL_WORLD_SCHEMAS, a folder of schemas"]
fn well_known_schemas_mean_the_same_in_every_spelling() {
    let folder = needed("REAL_WORLD_SCHEMAS");
    let max = number("SPELLING_BYTES", 40_000);
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let (mut respelt, mut failures) = (0, Vec::new());
    for file in files {
        let name = file.file_name().unwrap().to_string_lossy().into_owned();
        let written: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let size = written.to_string().len();
        if size > max || !is_self_contained(&written) {
            continue;
        }
        let mut choices = Choices::seeded(number("SPELLING_SEED", 1) as u64);
        let schema = Schema::from_value(written.clone());
        let (validator, payloads) = (Validator::new(&schema).unwrap(), payloads(&schema, &mut choices));
        let known = (size <= max / 4).then(|| {
            let (labels, bodies) = violations(&schema);
            let scores = scores(&schema, &bodies);
            (labels, bodies, scores)
        });
        for spelling in 0..number("SPELLINGS", 3) {
            let other = respell(&written, &mut choices);
            let mut fail = |what: &str, before: String, now: String| {
                if std::env::var_os("SPELLING_DUMP").is_some() {
                    let _ = fs::write(format!("{name}.{spelling}.json"), other.to_json());
                }
                failures.push(format!("{name}, spelling {spelling}: {what}: {before} -> {now}"));
            };
            let spelt = match Validator::new(&other) {
                Ok(validator) => validator,
                Err(error) => {
                    fail("refused", String::new(), error.to_string());
                    continue;
                }
            };
            respelt += 1;
            for payload in &payloads {
                let (before, now) = (found(&validator, payload), found(&spelt, payload));
                if before != now {
                    fail(payload, format!("{before:?}"), format!("{now:?}"));
                }
            }
            let (one, two) = (document(&schema), document(&other));
            for (old, new) in [(&one, &two), (&two, &one)] {
                for finding in compare(old, new).findings() {
                    if finding.severity > Severity::Info {
                        fail(
                            "diff",
                            finding.pointer.to_string(),
                            format!("{} {}", finding.rule.id, finding.what),
                        );
                    }
                }
            }
            if let Some((labels, bodies, scored)) = &known {
                let now = violations(&other).0;
                if *labels != now {
                    let lacking = |of: &[String], from: &[String]| {
                        let lacking: Vec<_> = of.iter().filter(|one| !from.contains(one)).take(5).collect();
                        format!("{} {lacking:?}", of.len())
                    };
                    fail("violations", lacking(labels, &now), lacking(&now, labels));
                }
                let now = scores(&other, bodies);
                if *scored != now {
                    fail("scores", format!("{scored:?}"), format!("{now:?}"));
                }
            }
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(respelt > 5, "{respelt}");
}

#[test]
fn the_closest_alternative_does_not_depend_on_the_spelling() {
    let one = |kind: Value, name: &str| json!({"type": "object", "properties": {"kind": kind, (name): {"type": "integer"}}, "required": ["kind", name]});
    let listed = |keyword: &str, values: [Value; 2]| json!({(keyword): values});
    let constants = |values: [&str; 2]| values.map(|value| json!({"const": value}));
    let spellings = [
        json!([one(json!({"enum": ["a", "b"]}), "x"), one(json!({"enum": ["c", "d"]}), "y")]),
        json!([
            one(listed("oneOf", constants(["d", "c"])), "y"),
            one(listed("anyOf", constants(["b", "a"])), "x")
        ]),
        json!([{"anyOf": [
            one(listed("anyOf", constants(["c", "d"])), "y"),
            {"allOf": [one(json!({"enum": ["b", "a"]}), "x")]}
        ]}]),
    ];
    let validators: Vec<_> = spellings
        .iter()
        .map(|spelling| Validator::new(&Schema::from_value(json!({"anyOf": spelling}))).unwrap())
        .collect();
    for payload in
        [r#"{"kind": "a"}"#, r#"{"kind": "c", "y": ""}"#, r#"{"kind": "c", "x": 1}"#, r#"{"x": "", "y": ""}"#]
    {
        let found: Vec<_> = validators.iter().map(|validator| found(validator, payload)).collect();
        assert!(!found[0].0 && found.iter().all(|one| *one == found[0]), "{payload}: {found:?}");
    }
    let texts =
        |one: Value| Validator::new(&Schema::from_value(json!({"anyOf": [one, {"const": "c"}]}))).unwrap();
    for one in [
        json!({"type": "string", "enum": ["a", "b"]}),
        json!({"type": "string", "oneOf": constants(["b", "a"])}),
    ] {
        let found = found(&texts(one), "\"d\"").1;
        assert_eq!(found, BTreeSet::from([("unknown-enum-value", String::new())]));
    }
}
