//! Two schemas compared.
#![allow(clippy::print_stderr)]

mod bad_input;
mod edits;
mod history;
mod oracle;
mod rewrites;
mod rules;
#[cfg(feature = "cli")]
mod tool;

use clients_contract::diff::Document;
use serde_json::Value;

/// A schema as a document of that name.
fn document(name: &str, schema: &Value) -> Document {
    Document::parse(name, schema.to_string().as_bytes()).unwrap()
}

/// The judge that witnesses are held to, apart from what the library keeps.
fn judge(schema: &Value) -> jsonschema::Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}
