use clients_contract::generate::{Choices, Generator, Recipe};
use clients_contract::{Schema, Validator};
use serde_json::{Value, json};

use super::{of_schema, same_findings};
use crate::engines::VALUES;
use crate::respell;

#[test]
fn every_kind_of_value_keeps_its_findings_by_every_keyword() {
    for schema in crate::generate::schemas::buildable().into_iter().chain(more()) {
        let schema = Schema::from_value(schema);
        let Ok(validator) = Validator::new(&schema) else { continue };
        let mut redactor = of_schema(&schema, &["aa"]);
        for value in VALUES {
            same_findings(&validator, &mut redactor, value.as_bytes());
            same_findings(&validator, &mut redactor, format!(" [ {value} ,{value}\n]\t").as_bytes());
            let object = format!("{{\"a\" : {value} , \"zz\":{value}, \"kind\": {value}}}");
            same_findings(&validator, &mut redactor, object.as_bytes());
        }
    }
}

/// Schemas that replacements could break.
fn more() -> Vec<Value> {
    vec![
        json!({"items": {"type": "string"}, "uniqueItems": true}),
        json!({"items": {"properties": {"aa": {"type": "string"}, "email": {"type": "string"}}}, "uniqueItems": true}),
        json!({"items": {"type": "string", "maxLength": 3}, "uniqueItems": true}),
        json!({"propertyNames": {"pattern": "^[a-z]+$", "maxLength": 2}}),
        json!({"patternProperties": {"^x": {"type": "integer"}, "^[0-9]": {"type": "string"}}, "additionalProperties": false}),
        json!({"not": {"pattern": "a"}}),
        json!({"not": {"minLength": 2}, "type": ["string", "number", "array", "object"]}),
        json!({"if": {"maxLength": 4}, "then": {"pattern": "^a"}, "else": {"format": "uuid"}}),
        json!({"contains": {"const": 1}, "minContains": 1, "maxContains": 1}),
        json!({"properties": {"a": {"enum": [[1], {"a": 1}, "abcab"]}}}),
        json!({"dependentRequired": {"a": ["zz", "b"]}, "unevaluatedProperties": {"type": "string"}}),
        json!({"minimum": 5, "multipleOf": 2}),
        json!({"properties": {"zz": {"minimum": 5, "maximum": 8, "exclusiveMaximum": 8}}}),
        json!({"format": "email"}),
        json!({"format": "uri"}),
        json!({"format": "date"}),
        json!({"format": "ipv4", "maxLength": 9}),
        json!({"pattern": "^[a-c]b?c?a?b?$"}),
        json!({"type": "string", "contentEncoding": "base64", "$schema": "http://json-schema.org/draft-07/schema#"}),
        json!({"type": "integer", "$schema": "http://json-schema.org/draft-04/schema#"}),
    ]
}

/// `RANDOM_SCHEMAS` says how many schemas.
#[test]
fn payloads_of_random_schemas_keep_their_findings() {
    let wanted = std::env::var("RANDOM_SCHEMAS").ok().and_then(|count| count.parse().ok()).unwrap_or(150);
    let (mut payloads, mut unpreserved) = (0_u64, 0);
    for seed in 0..wanted {
        let mut choices = Choices::seeded(seed);
        let schema = Schema::from_value(respell::random(&mut choices));
        let other = Schema::from_value(respell::random(&mut choices));
        let Ok(validator) = Validator::new(&schema) else { continue };
        let mut redactor = of_schema(&schema, &[]);
        for recipe in [&schema, &other].into_iter().filter_map(|schema| Recipe::new(schema).ok()) {
            for payload in Generator::new(recipe, seed).take(8) {
                same_findings(&validator, &mut redactor, payload.to_string().as_bytes());
                payloads += 1;
            }
        }
        unpreserved += redactor.summary().unpreserved;
    }
    assert!(payloads > wanted * 4, "{payloads}");
    assert!(unpreserved * 20 <= payloads, "{unpreserved} of {payloads}");
}
