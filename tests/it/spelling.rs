//! Well-known schemas from real life, respelt at random: verdicts, findings, violations, mutation scores
//! stay, and `diff` finds nothing above info.
//!
//! They come from the folder `REAL_WORLD_SCHEMAS`. `SPELLINGS` says how many spellings of each are tried. A
//! schema of more than `SPELLING_BYTES` bytes is respelt once, and its violations and scores, which take
//! minutes, are not compared.

use std::collections::BTreeSet;
use std::fs;

use clients_contract::diff::{Document, compare};
use clients_contract::generate::{Catalogue, Choices, Generator, Recipe};
use clients_contract::{Schema, Severity, Validator};
use serde_json::{Value, json};

use crate::field::mutate::{scores, violations};
use crate::needed::needed;
use crate::respell::{FOLDER, ROOT, beside, respell};

fn number(variable: &str, usual: usize) -> usize {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// The documents that a schema refers to by the name of a file, with an object wherever a reference leads.
fn documents(schema: &Value, found: &mut Value) {
    match schema {
        Value::Object(members) => {
            let target =
                members.get("$ref").and_then(Value::as_str).filter(|target| !target.starts_with('#'));
            if let Some((file, pointer)) = target.and_then(|target| target.split_once('#')) {
                let place = pointer.split('/').skip(1).fold(&mut found[file], |at, step| &mut at[step]);
                *place = json!({"type": "object"});
            }
            members.values().for_each(|inner| documents(inner, found));
        }
        Value::Array(items) => items.iter().for_each(|inner| documents(inner, found)),
        _ => {}
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

/// What `diff` finds above info, in both directions.
fn differences(schema: &Schema, other: &Schema) -> Vec<String> {
    let document = |schema| Document::of("schema.json", schema).unwrap();
    let (one, two) = (document(schema), document(other));
    let findings = [compare(&one, &two), compare(&two, &one)];
    let findings = findings.iter().flat_map(clients_contract::diff::Comparison::findings);
    let severe = findings.filter(|finding| finding.severity > Severity::Info);
    severe.map(|finding| format!("{} {} {}", finding.pointer, finding.rule.id, finding.what)).collect()
}

/// A few texts of one list that another lacks.
fn lacking(of: &[String], from: &[String]) -> String {
    let lacking: Vec<_> = of.iter().filter(|one| !from.contains(one)).take(5).collect();
    format!("{} {lacking:?}", of.len())
}

/// A schema, and what holds of it in every spelling.
struct Known {
    schema: Schema,
    validator: Validator,
    payloads: Vec<String>,
    /// Labels and bodies.
    violations: Option<(Vec<String>, Vec<String>)>,
}

impl Known {
    fn of(schema: Schema, whole: bool, choices: &mut Choices) -> Self {
        let (validator, payloads) = (Validator::new(&schema).unwrap(), payloads(&schema, choices));
        let violations = whole.then(|| violations(&schema));
        Self { schema, validator, payloads, violations }
    }

    /// What differs in another spelling.
    fn failures(&self, other: &Schema) -> Vec<String> {
        let spelt = match Validator::new(other) {
            Ok(validator) => validator,
            Err(error) => return vec![format!("refused: {error}")],
        };
        let mut failures = differences(&self.schema, other);
        for payload in &self.payloads {
            let (before, now) = (found(&self.validator, payload), found(&spelt, payload));
            if before != now {
                failures.push(format!("{payload}: {before:?} -> {now:?}"));
            }
        }
        if let Some((labels, bodies)) = &self.violations {
            let now = violations(other).0;
            if *labels != now {
                failures.push(format!("violations: {} -> {}", lacking(labels, &now), lacking(&now, labels)));
            }
            let (before, now) = (scores(&self.schema, bodies), scores(other, bodies));
            if before != now {
                failures.push(format!("scores: {before:?} -> {now:?}"));
            }
        }
        failures
    }
}

#[test]
#[ignore = "needs REAL_WORLD_SCHEMAS, a folder of schemas"]
fn well_known_schemas_mean_the_same_in_every_spelling() {
    let folder = needed("REAL_WORLD_SCHEMAS");
    let mut files: Vec<_> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    let mut failures = Vec::new();
    for file in &files {
        let name = file.file_name().unwrap().to_string_lossy();
        let mut written: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        let mut others = json!({});
        documents(&written, &mut others);
        let others = others.as_object().unwrap();
        if !others.is_empty() {
            written["$id"] = json!(ROOT);
        }
        let with_others = |schema| {
            beside(schema, others.iter().map(|(name, other)| (format!("{FOLDER}{name}"), other.clone())))
        };
        let small = written.to_string().len() <= number("SPELLING_BYTES", 100_000);
        let mut choices = Choices::seeded(number("SPELLING_SEED", 1) as u64);
        let known = Known::of(with_others(Schema::from_value(written.clone())), small, &mut choices);
        for spelling in 0..if small { number("SPELLINGS", 3) } else { 1 } {
            let other = with_others(respell(&written, &mut choices));
            let found = known.failures(&other);
            if !found.is_empty() && std::env::var_os("SPELLING_DUMP").is_some() {
                fs::write(format!("{name}.{spelling}.json"), other.to_json()).unwrap();
            }
            failures.extend(found.into_iter().map(|one| format!("{name}, spelling {spelling}: {one}")));
        }
    }
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), failures.join("\n"));
    assert!(!files.is_empty());
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
