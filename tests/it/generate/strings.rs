//! Strings of which several things are asked at once.

use clients_contract::ErrorKind;
use clients_contract::generate::{Choices, Generator, Recipe};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use super::{assert_conforms, judge};

/// Each asserted format with patterns that some of its texts match.
const MATCHED: &[(&str, &[&str])] = &[
    ("date", &["^2024-", "^[0-9-]+$", "-31$", "^....-02-29$"]),
    ("date-time", &["^2024-", "Z$", r"\+05:30$", r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$"]),
    ("duration", &["^PT", "H", "W$", "^P1Y"]),
    ("email", &[r"@example\.com$", "^[a-z]+@", r"^info\.", r"\.org$"]),
    ("hostname", &[r"^api\.", r"\.example$", "^[a-z.]+$", "-"]),
    ("idn-email", &[r"@example\.com$", "^[a-z]+@"]),
    ("idn-hostname", &[r"^api\.", r"\.example$"]),
    ("ipv4", &[r"^10\.", r"\.1$", "^[0-9.]+$"]),
    ("ipv6", &["^2001:db8:", "::1$", "^[0-9a-f:]+$"]),
    ("iri", &["^https://", "é", r"\.example/"]),
    ("iri-reference", &["^/", "^https://", "#top$"]),
    ("json-pointer", &["^/a", "~1", "^(/[a-z]+)+$"]),
    ("regex", &[r"^\^", r"\$$", "[a-z]", r"\\d"]),
    ("relative-json-pointer", &["^1", "#$", "/a"]),
    ("time", &["^12:", "Z$", r"\.5"]),
    ("uri", &["^https://", r"^https://example\.com/", "^urn:", r"\?page=\d+$"]),
    ("uri-reference", &["^/", "^https://", "#top$"]),
    ("uri-template", &["^https://", r"\{id\}", r"^/[a-z]+/\{[a-z]+\}$"]),
    ("uuid", &["^[0-9a-f-]+$", "^........-....-4", "^0"]),
];

/// Values conform, and not all are the same.
pub fn assert_built(schema: &Value) {
    let recipe = Recipe::new(schema).unwrap_or_else(|error| panic!("{error}: {schema}"));
    let judge = judge(schema);
    assert_conforms(&judge, &recipe.build(&mut Choices::replay(Vec::new())));
    let values: Vec<Value> = Generator::new(recipe, 1).take(30).collect();
    for value in &values {
        assert!(judge.is_valid(value), "{schema} does not admit {value}");
    }
    assert!(values.iter().any(|value| *value != values[0]), "{schema}: always {}", values[0]);
}

#[test]
fn every_format_is_built_with_patterns() {
    for (format, patterns) in MATCHED {
        for pattern in *patterns {
            assert_built(&json!({"type": "string", "format": format, "pattern": pattern}));
        }
    }
}

#[test]
fn every_format_is_built_with_lengths() {
    for (format, least, most) in [
        ("date-time", 25, 25),
        ("date-time", 21, 23),
        ("duration", 10, 12),
        ("email", 5, 6),
        ("email", 60, 64),
        ("hostname", 1, 4),
        ("hostname", 100, 120),
        ("idn-email", 5, 9),
        ("idn-hostname", 2, 4),
        ("ipv4", 7, 8),
        ("ipv6", 39, 39),
        ("iri", 5, 12),
        ("iri-reference", 1, 2),
        ("json-pointer", 30, 40),
        ("regex", 30, 33),
        ("relative-json-pointer", 2, 3),
        ("time", 12, 14),
        ("uri", 4, 9),
        ("uri", 200, 220),
        ("uri-reference", 3, 3),
        ("uri-template", 5, 5),
    ] {
        let schema = json!({"type": "string", "format": format, "minLength": least, "maxLength": most});
        assert_built(&schema);
    }
}

#[test]
fn other_requests_are_combined() {
    for schema in [
        json!({"type": "string", "pattern": "^[a-z]+$", "allOf": [{"pattern": "qu"}, {"pattern": "x$"}]}),
        json!({"type": "string", "pattern": "^(ab|cd)*$", "minLength": 11, "maxLength": 12}),
        json!({"type": "string", "pattern": "^[а-я]+$", "minLength": 5, "maxLength": 5}),
        json!({"type": "string", "pattern": "^(?=.*[0-9])[a-z0-9]+$", "maxLength": 3}),
        json!({"allOf": [{"format": "uri"}, {"format": "uri-template"}], "type": "string", "pattern": "^https://[a-z]+/$"}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "string",
            "contentEncoding": "base64", "pattern": "^QU"}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "string",
            "contentEncoding": "base64", "contentMediaType": "application/json", "minLength": 40}),
        json!({"type": "object", "patternProperties": {"^x-[a-z]+$": {"type": "integer"}},
            "propertyNames": {"maxLength": 4}, "additionalProperties": false, "minProperties": 2}),
    ] {
        assert_built(&schema);
    }
    // A format that the dialect does not assert is a wish.
    let wish = json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "string",
        "format": "uuid", "pattern": "^[A-Z]{3}$"});
    assert_built(&wish);
}

#[test]
fn what_no_string_keeps_is_refused_with_its_schema_location() {
    for (asked, at) in [
        (json!({"format": "date", "pattern": "^x"}), "#/properties/a/pattern"),
        (json!({"format": "date", "maxLength": 9}), "#/properties/a/format"),
        (json!({"format": "ipv4", "pattern": r"^300\."}), "#/properties/a/pattern"),
        (json!({"format": "uuid", "minLength": 37}), "#/properties/a/format"),
        (json!({"format": "email", "pattern": "^[^@]*$"}), "#/properties/a/pattern"),
        (json!({"format": "uri", "pattern": "^ "}), "#/properties/a/pattern"),
        (json!({"pattern": "^a$", "minLength": 2}), "#/properties/a/pattern"),
        (json!({"pattern": "^a", "allOf": [{"pattern": "^b"}]}), "#/properties/a/allOf/0/pattern"),
    ] {
        let mut property = asked.clone();
        property["type"] = json!("string");
        let error = Recipe::new(&json!({"type": "object", "required": ["a"], "properties": {"a": property}}));
        let error = error.expect_err(at);
        assert!([ErrorKind::Schema, ErrorKind::Unsupported].contains(&error.kind()), "{error}");
        let said = error.to_string();
        assert!(said.starts_with("#/properties/a/") && said.contains('`'), "{said}");
        assert!(said.starts_with(at) || at.contains("allOf"), "{said}");
        // What need not be there is left out.
        let optional = json!({"type": "object", "properties": {"a": property}});
        let values = Generator::new(Recipe::new(&optional).unwrap(), 1).take(20);
        assert!(values.into_iter().all(|value| value.get("a").is_none()));
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 60, ..ProptestConfig::default() })]

    #[test]
    fn formats_lengths_and_patterns_conform_where_a_value_is_found(
        format in prop::sample::select(MATCHED),
        pattern in any::<prop::sample::Index>(),
        least in 0_u64..12,
        more in 0_u64..40,
        seed in any::<u64>(),
    ) {
        let (format, patterns) = format;
        let pattern = pattern.get(patterns);
        let schema = json!({"type": "string", "format": format, "pattern": pattern,
            "minLength": least, "maxLength": least + more});
        match Recipe::new(&schema) {
            Ok(recipe) => for value in Generator::new(recipe, seed).take(5) {
                prop_assert!(judge(&schema).is_valid(&value), "{} does not admit {}", schema, value);
            },
            // All of these have texts of 36 to 40 characters, but for three formats that are shorter.
            Err(error) => {
                let short = ["date", "ipv4", "time", "ipv6"].contains(&format);
                prop_assert!(short || least + more < 36 || least > 20, "{}: {}", error, schema);
            }
        }
    }
}

#[test]
fn many_strings_of_a_format_and_a_pattern_are_built() {
    let formats = ["email", "uri", "date-time", "hostname", "uuid", "ipv4"];
    let string = |number: usize| {
        let digit = number % 10;
        let pattern = [format!("^.*{digit}.*$"), format!("{digit}"), format!("^[a-z0-9:/.@+TZ-]*{digit}")];
        json!({"type": "string", "format": formats[number % 6], "pattern": pattern[number % 3]})
    };
    let properties: Map<String, Value> =
        (0..150).map(|number| (format!("p{number}"), string(number))).collect();
    let names: Vec<&String> = properties.keys().collect();
    let schema = json!({"type": "object", "required": names, "properties": properties});
    let recipe = Recipe::new(&schema).unwrap();
    assert_conforms(&judge(&schema), &recipe.build(&mut Choices::seeded(1)));
}
