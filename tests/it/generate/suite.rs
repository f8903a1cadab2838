//! Schemas that others wrote: those of the official suite, and well-known ones from real life.
//!
//! The folders come from `JSON_SCHEMA_TEST_SUITE` and `REAL_WORLD_SCHEMAS`; without them the tests say that
//! they were not run. `GENERATE_DRAWS` changes how many values are drawn of each schema.

use std::collections::BTreeMap;
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clients_contract::ErrorKind;
use clients_contract::generate::{Generator, Recipe};
use jsonschema::Draft;
use serde_json::{Value, json};

/// Says something past the capture of tests that pass.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn draws(usual: usize) -> usize {
    std::env::var("GENERATE_DRAWS").ok().and_then(|draws| draws.parse().ok()).unwrap_or(usual)
}

fn folder(variable: &str, what: &str) -> Option<PathBuf> {
    let folder = std::env::var_os(variable).map(PathBuf::from);
    if folder.is_none() {
        tell(&format!("NOT RUN: generating for {what}: {variable} does not name its folder"));
    }
    folder
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files
}

#[derive(Default)]
struct Tally {
    generated: usize,
    /// Schemas that need another document.
    elsewhere: usize,
    unsupported: BTreeMap<String, usize>,
    failures: Vec<String>,
}

impl Tally {
    /// Draws values of a schema that has some.
    fn judge(&mut self, what: &str, schema: &Value, draft: Draft, draws: usize) {
        let recipe = match Recipe::new(schema) {
            Ok(recipe) => recipe,
            Err(error) if error.kind() == ErrorKind::Unsupported && error.to_string().contains('`') => {
                let keyword = error.message().split('`').nth(1).unwrap_or_default().to_owned();
                tell(&format!("unsupported: {what}: {error}"));
                self.elsewhere += usize::from(error.message().contains("another document"));
                *self.unsupported.entry(keyword).or_default() += 1;
                return;
            }
            Err(error) => return self.failures.push(format!("{what}: {error:?}")),
        };
        let judge = match jsonschema::options().with_draft(draft).should_validate_formats(true).build(schema)
        {
            Ok(judge) => judge,
            Err(error) => return self.failures.push(format!("{what}: no judge: {error}")),
        };
        match Generator::new(recipe, 1).take(draws).find(|value| !judge.is_valid(value)) {
            Some(refused) => self.failures.push(format!("{what}: refused: {refused}")),
            None => self.generated += 1,
        }
    }

    fn conclude(&self, what: &str) {
        let refused: usize = self.unsupported.values().sum();
        let all = self.generated + refused + self.failures.len();
        let unsupported = format!("unsupported by keyword: {:?}", self.unsupported);
        tell(&format!("{what}: {} of {all} schemas generate; {unsupported}", self.generated));
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
        // Nothing is fetched, so what needs another document cannot be built: it is told, and not held to the rate.
        let alone = all - self.elsewhere;
        tell(&format!("{what}: {} of the {alone} that need no other document", self.generated));
        assert!(alone > 0 && self.generated * 100 >= alone * 95, "{} of {alone}", self.generated);
    }
}

fn suite(name: &str, draft: Draft, dialect: &str) {
    let Some(suite) = folder("JSON_SCHEMA_TEST_SUITE", name) else { return };
    let mut tally = Tally::default();
    for part in ["", "optional/format"] {
        for file in files(&suite.join("tests").join(name).join(part)) {
            let groups: Vec<Value> = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
            for group in groups {
                let tests = group["tests"].as_array().unwrap();
                if !tests.iter().any(|test| test["valid"] == true) {
                    continue;
                }
                let mut schema = group["schema"].clone();
                if let Some(members) = schema.as_object_mut() {
                    members.entry("$schema").or_insert_with(|| json!(dialect));
                }
                let file = file.file_stem().unwrap().to_string_lossy();
                tally.judge(&format!("{name}/{file}: {}", group["description"]), &schema, draft, draws(100));
            }
        }
    }
    tally.conclude(name);
}

#[test]
fn draft_2020_12_generates() {
    suite("draft2020-12", Draft::Draft202012, "https://json-schema.org/draft/2020-12/schema");
}

#[test]
fn draft_07_generates() {
    suite("draft7", Draft::Draft7, "http://json-schema.org/draft-07/schema#");
}

#[test]
fn well_known_schemas_generate() {
    let Some(folder) = folder("REAL_WORLD_SCHEMAS", "well-known schemas") else { return };
    let mut tally = Tally::default();
    for file in files(&folder) {
        let schema: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let old = schema["$schema"].as_str().is_some_and(|name| name.contains("draft-07"));
        let draft = if old { Draft::Draft7 } else { Draft::Draft202012 };
        tally.judge(&file.file_name().unwrap().to_string_lossy(), &schema, draft, draws(20));
    }
    tally.conclude("well-known schemas");
}
