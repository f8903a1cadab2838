//! `boundary` keeps to what common parsers read; what they refuse or change is in `quirks`.

use std::collections::BTreeSet;

use clients_contract::generate::{Generator, Preset};
use clients_contract::{Contract, clients};
use serde_json::{Number, Value};

use super::case;

/// What ajv with ajv-formats, pydantic, check-jsonschema, Zod or JavaScript's `Date` refuse or change, by
/// kind.
fn quirks(value: &Value, found: &mut BTreeSet<&'static str>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| quirks(item, found)),
        Value::Object(members) => members.values().for_each(|member| quirks(member, found)),
        Value::Number(number) => found.extend(number_quirk(number)),
        Value::String(text) => {
            found.extend(timestamp_quirk(text));
            found.extend(uuid_quirk(text));
        }
        Value::Null | Value::Bool(_) => {}
    }
}

fn number_quirk(number: &Number) -> Option<&'static str> {
    const MAX_EXACT: u64 = (1 << 53) - 1;
    if let Some(whole) = number.as_i64().map(i64::unsigned_abs).or(number.as_u64()) {
        return (whole > MAX_EXACT).then_some("integer beyond 2^53");
    }
    let float = number.as_f64().unwrap();
    if float == 0.0 && float.is_sign_negative() {
        Some("negative zero")
    } else if float.abs() < 1e-300 || float.abs() > 1e300 {
        Some("extreme double")
    } else {
        (float.fract() == 0.0).then_some("integer with a fraction")
    }
}

fn timestamp_quirk(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let shape = |at: usize, of: &[u8]| bytes.get(at).is_some_and(|byte| of.contains(byte));
    if !(text.is_ascii()
        && shape(4, b"-")
        && shape(7, b"-")
        && shape(10, b"Tt")
        && shape(13, b":")
        && shape(16, b":"))
    {
        return None;
    }
    let behind = text[19..].trim_start_matches('.').trim_start_matches(|c: char| c.is_ascii_digit());
    let fraction = text[19..].len() - behind.len();
    if &text[17..19] == "60" {
        Some("leap second")
    } else if text.contains(['t', 'z']) {
        Some("small letters")
    } else if behind == "-00:00" {
        Some("unknown offset")
    } else if text.starts_with("0000") {
        Some("year 0")
    } else if fraction > 10 {
        Some("long fraction")
    } else {
        (behind.len() == 6 && &behind[1..3] > "14").then_some("far offset")
    }
}

fn uuid_quirk(text: &str) -> Option<&'static str> {
    let bytes = text.as_bytes();
    let is_uuid = bytes.len() == 36
        && bytes.iter().enumerate().all(|(at, byte)| match at {
            8 | 13 | 18 | 23 => *byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        });
    let nil = text == "00000000-0000-0000-0000-000000000000";
    if !is_uuid || nil {
        None
    } else if text.contains(|c: char| c.is_ascii_uppercase()) {
        Some("capital UUID")
    } else {
        let regular = (b'1'..=b'8').contains(&bytes[14]) && b"89ab".contains(&bytes[19]);
        (!regular).then_some("UUID of no version")
    }
}

/// The kinds in so many payloads of presets, all of which keep the contract.
fn found(presets: &[&str], count: usize) -> BTreeSet<&'static str> {
    let recipe = clients::recipe(2).unwrap().styled(Preset::combine(presets).unwrap());
    let mut kinds = BTreeSet::new();
    for (number, payload) in Generator::new(recipe, 3).take(count).enumerate() {
        let validation = Contract::clients().validate(payload.to_string().as_bytes());
        assert!(validation.valid, "{presets:?} {number}: {validation}");
        quirks(&payload, &mut kinds);
    }
    kinds
}

#[test]
fn boundary_has_no_quirks_and_quirks_has_all() {
    let mut before = BTreeSet::new();
    let payload: Value = serde_json::from_str(&case("boundary-leap-second.json")).unwrap();
    quirks(&payload, &mut before);
    for kind in ["leap second", "small letters", "integer with a fraction", "capital UUID"] {
        assert!(before.contains(kind), "{before:?}");
    }
    assert!(Contract::clients().validate(case("boundary-leap-second.json").as_bytes()).valid);

    assert_eq!(found(&["boundary"], 60), BTreeSet::new());
    let all = BTreeSet::from([
        "integer beyond 2^53",
        "negative zero",
        "extreme double",
        "integer with a fraction",
        "leap second",
        "small letters",
        "unknown offset",
        "year 0",
        "long fraction",
        "far offset",
        "capital UUID",
        "UUID of no version",
    ]);
    assert_eq!(found(&["quirks"], 60), all);
    assert_eq!(found(&["boundary", "quirks"], 60), all);
}

#[test]
fn both_are_made_of_any_schema() {
    use clients_contract::generate::Recipe;
    use clients_contract::{Schema, Validator};

    let schema = Schema::from_value(serde_json::json!({"type": "array", "minItems": 20, "items": {"anyOf": [
        {"type": "integer", "minimum": 1_i64 << 60}, {"type": "number", "exclusiveMinimum": 0.1, "maximum": 0.2},
        {"type": "integer", "multipleOf": 7, "maximum": 3}, {"type": "string", "format": "date-time"},
        {"type": "string", "format": "uuid"}, {"type": "number"}, {"type": "integer"},
    ]}}));
    let validator = Validator::new(&schema).unwrap();
    for preset in ["boundary", "quirks"] {
        let recipe = Recipe::new(&schema).unwrap().styled(Preset::combine(&[preset]).unwrap());
        for payload in Generator::new(recipe, 1).take(100) {
            let validation = validator.validate(payload.to_string().as_bytes());
            assert!(validation.valid, "{preset}: {validation} {payload}");
        }
    }
}
