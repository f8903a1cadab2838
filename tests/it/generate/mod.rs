//! Generated payloads satisfy their schema, and violating ones violate it where their labels say.

/// Arrays of which some items must be of a kind.
mod contains;
/// The pages of one instance agree; types and pins.
mod datasets;
/// Schemas that refer to other documents, and that are in other dialects.
mod documents;
/// Values that the schema itself gives.
mod examples;
/// Every place of a schema, every way to break it, and the label that says so.
mod labels;
/// Payloads of the API look like real ones and agree with themselves.
mod payloads;
/// Every preset keeps the contract and does what it says.
mod presets;
/// What a schema may say, and what is refused.
pub(crate) mod schemas;
/// The same seed, the same bytes.
mod seeds;
/// Shrinking keeps the schema and ends at the simplest value.
mod shrinking;
/// Strings of which several things are asked at once.
mod strings;
/// The schemas of the official suite, and well-known ones from real life.
mod suite;
/// JSON text is written as values are built.
mod written;

use jsonschema::Validator;
use serde_json::Value;

/// The reference engine, formats asserted.
fn judge(schema: &Value) -> Validator {
    jsonschema::options().should_validate_formats(true).build(schema).unwrap()
}

/// Fails with everything that is wrong about a value.
#[track_caller]
fn assert_conforms(judge: &Validator, value: &Value) {
    let errors: Vec<_> =
        judge.iter_errors(value).map(|error| format!("{}: {error}", error.instance_path())).collect();
    assert!(errors.is_empty(), "{errors:#?}");
}
