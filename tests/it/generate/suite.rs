//! Schemas that others wrote: those of the official suite, and well-known ones from real life.
//!
//! The folders come from `JSON_SCHEMA_TEST_SUITE` and `REAL_WORLD_SCHEMAS`. `GENERATE_DRAWS` changes how many
//! values are drawn of each schema.

use std::collections::{BTreeMap, HashMap};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

use clients_contract::generate::{Generator, Recipe};
use clients_contract::untrusted::to_compact_json;
use clients_contract::{ErrorKind, Schema};
use jsonschema::Draft;
use serde_json::{Value, json};
use walkdir::WalkDir;

use crate::needed::needed;

/// Says something past the capture of tests that pass.
fn tell(text: &str) {
    let _ = writeln!(std::io::stderr(), "{text}");
}

fn draws(usual: usize) -> usize {
    std::env::var("GENERATE_DRAWS").ok().and_then(|draws| draws.parse().ok()).unwrap_or(usual)
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut files: Vec<PathBuf> = fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    files.retain(|file| file.extension().is_some_and(|extension| extension == "json"));
    files
}

/// Documents that schemas refer to, by their URIs.
#[derive(Clone, Default)]
struct Documents(HashMap<String, Value>);

impl jsonschema::Retrieve for Documents {
    fn retrieve(
        &self,
        uri: &jsonschema::Uri<String>,
    ) -> Result<Value, Box<dyn std::error::Error + Send + Sync>> {
        self.0.get(uri.as_str()).cloned().ok_or_else(|| "not given".into())
    }
}

/// The documents that the suite wants served at its address: those of all drafts and those of this one. They
/// may not name their dialect.
fn remotes(suite: &Path, draft: &str, dialect: &str) -> Documents {
    let folder = suite.join("remotes");
    let others = |name: &str| name != draft && (name.starts_with("draft") || name == "v1");
    let entries = WalkDir::new(&folder).into_iter();
    let entries = entries.filter_entry(|entry| !entry.file_name().to_str().is_some_and(others));
    let mut documents = Documents::default();
    for entry in entries.map(Result::unwrap).filter(|entry| entry.file_type().is_file()) {
        let path = entry.path().strip_prefix(&folder).unwrap().to_str().unwrap().replace('\\', "/");
        let mut document: Value = serde_json::from_slice(&fs::read(entry.path()).unwrap()).unwrap();
        if let Some(members) = document.as_object_mut() {
            members.entry("$schema").or_insert_with(|| json!(dialect));
        }
        documents.0.insert(format!("http://localhost:1234/{path}"), document);
    }
    documents
}

#[derive(Default)]
struct Tally {
    generated: usize,
    unsupported: BTreeMap<String, usize>,
    failures: Vec<String>,
}

impl Tally {
    /// Draws values of a schema that has some.
    fn judge(&mut self, what: &str, schema: &Value, documents: &Documents, draft: Draft, draws: usize) {
        let mut given = Schema::from_value(schema.clone());
        for (uri, document) in &documents.0 {
            given = given.with_resource(uri, document).unwrap();
        }
        let recipe = match Recipe::new(&given) {
            Ok(recipe) => recipe,
            Err(error) if error.kind() == ErrorKind::Unsupported && error.to_string().contains('`') => {
                let keyword = error.message().split('`').nth(1).unwrap_or_default().to_owned();
                tell(&format!("unsupported: {what}: {error}"));
                *self.unsupported.entry(keyword).or_default() += 1;
                return;
            }
            Err(error) if error.message().contains("neither in it nor given") => {
                tell(&format!("unsupported: {what}: {error}"));
                *self.unsupported.entry("a document that is not given".to_owned()).or_default() += 1;
                return;
            }
            Err(error) => return self.failures.push(format!("{what}: {error:?}")),
        };
        let judge = match judge(schema, documents, draft) {
            Ok(judge) => judge,
            Err(error) => return self.failures.push(format!("{what}: no judge: {error}")),
        };
        let mut writing = Generator::new(recipe.clone(), 1);
        let mut is_wrong = |value: &Value| {
            let mut text = String::new();
            writing.write_next(&mut text);
            text != to_compact_json(value) || !judge.is_valid(value)
        };
        match Generator::new(recipe, 1).take(draws).find(|value| is_wrong(value)) {
            Some(refused) => self.failures.push(format!("{what}: refused, or written otherwise: {refused}")),
            None => self.generated += 1,
        }
    }

    fn conclude(&self, what: &str) {
        let refused: usize = self.unsupported.values().sum();
        let all = self.generated + refused + self.failures.len();
        let unsupported = format!("unsupported by keyword: {:?}", self.unsupported);
        tell(&format!("{what}: {} of {all} schemas generate; {unsupported}", self.generated));
        assert!(self.failures.is_empty(), "{:#?}", self.failures);
        assert!(all > 0 && self.generated * 100 >= all * 95, "{} of {all}", self.generated);
    }
}

/// The reference engine, formats asserted.
fn judge(
    schema: &Value,
    documents: &Documents,
    draft: Draft,
) -> Result<jsonschema::Validator, jsonschema::ValidationError<'static>> {
    let options = jsonschema::options().with_draft(draft).should_validate_formats(true);
    options.with_retriever(documents.clone()).build(&readable(schema))
}

/// The same schema for a judge that takes references only if they are URIs; one real schema has others.
fn readable(schema: &Value) -> Value {
    let encode = |reference: &str| {
        let fine = |byte: u8| byte.is_ascii_alphanumeric() || b"#%/:$.-_~?=&+,;@!*'()".contains(&byte);
        let bytes = reference.bytes();
        let texts =
            bytes.map(|byte| if fine(byte) { char::from(byte).to_string() } else { format!("%{byte:02X}") });
        Value::String(texts.collect())
    };
    match schema {
        Value::Object(members) => {
            let members = members.iter().map(|(name, member)| match member {
                Value::String(reference) if name == "$ref" => (name.clone(), encode(reference)),
                _ => (name.clone(), readable(member)),
            });
            Value::Object(members.collect())
        }
        Value::Array(items) => items.iter().map(readable).collect(),
        _ => schema.clone(),
    }
}

fn suite(name: &str, draft: Draft, dialect: &str) {
    let suite = needed("JSON_SCHEMA_TEST_SUITE");
    let remotes = remotes(&suite, name, dialect);
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
                let what =
                    format!("{name}/{}: {}", file.file_stem().unwrap().display(), group["description"]);
                tally.judge(&what, &schema, &remotes, draft, draws(100));
            }
        }
    }
    tally.conclude(name);
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_2020_12_generates() {
    suite("draft2020-12", Draft::Draft202012, "https://json-schema.org/draft/2020-12/schema");
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_2019_09_generates() {
    suite("draft2019-09", Draft::Draft201909, "https://json-schema.org/draft/2019-09/schema");
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_07_generates() {
    suite("draft7", Draft::Draft7, "http://json-schema.org/draft-07/schema#");
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_06_generates() {
    suite("draft6", Draft::Draft6, "http://json-schema.org/draft-06/schema#");
}

#[test]
#[ignore = "needs JSON_SCHEMA_TEST_SUITE, the folder of the official test suite"]
fn draft_04_generates() {
    suite("draft4", Draft::Draft4, "http://json-schema.org/draft-04/schema#");
}

#[test]
#[ignore = "needs REAL_WORLD_SCHEMAS, a folder of schemas"]
fn well_known_schemas_generate() {
    let folder = needed("REAL_WORLD_SCHEMAS");
    let mut tally = Tally::default();
    for file in files(&folder) {
        let schema: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
        let old = schema["$schema"].as_str().is_some_and(|name| name.contains("draft-07"));
        let draft = if old { Draft::Draft7 } else { Draft::Draft202012 };
        let name = file.file_name().unwrap().to_string_lossy();
        tally.judge(&name, &schema, &Documents::default(), draft, draws(20));
    }
    tally.conclude("well-known schemas");
}
