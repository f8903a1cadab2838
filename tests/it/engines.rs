//! The streaming engine against the reference engine: the same verdict and the same findings, whatever comes.

use std::fmt::Write;
use std::sync::LazyLock;

use clients_contract::generate::{BrokenPayload, Choices, Generator};
use clients_contract::validate::Engine;
use clients_contract::{Contract, Schema, Validation, Validator, clients};
use proptest::prelude::*;
use serde_json::{Value, json};

/// The streaming engine and the reference engine for one schema.
pub struct Both {
    stream: Validator,
    reference: Validator,
}

impl Both {
    fn of(validator: &Validator) -> Self {
        let engine = |engine| validator.clone().engine(engine).unwrap();
        Self { stream: engine(Engine::Stream), reference: engine(Engine::Reference) }
    }

    fn new(schema: Value) -> Self {
        Self::of(&Validator::new(&Schema::from_value(schema)).unwrap())
    }

    fn depth(self, levels: usize) -> Self {
        let depth = |validator: Validator| validator.max_depth(levels).unwrap();
        Self { stream: depth(self.stream), reference: depth(self.reference) }
    }

    /// Both say the same of this body.
    #[track_caller]
    pub fn agree(&self, body: &[u8]) {
        let (stream, reference) = (self.stream.validate(body), self.reference.validate(body));
        let shown = body[..body.len().min(3_000)].escape_ascii();
        assert_eq!(stream.findings, reference.findings, "{shown}");
        let valid = stream.valid;
        assert_eq!((valid, stream.unlisted), (reference.valid, reference.unlisted), "{shown}");
        assert_eq!([self.stream.is_valid(body), self.reference.is_valid(body)], [valid; 2], "{shown}");
        if let Ok(value) = serde_json::from_slice(body) {
            self.agree_on_value(&value);
        }
    }

    /// Of a value they find what they find in its text.
    #[track_caller]
    fn agree_on_value(&self, value: &Value) {
        let of_text = self.stream.validate(value.to_string().as_bytes());
        let of_value = self.stream.validate_value(value);
        if of_value.findings.iter().any(|finding| finding.rule.id == "too-deep") {
            assert_eq!(of_text.findings[0].rule.id, "too-deep", "{value}");
        } else {
            assert_eq!(of_value.findings, of_text.findings, "{value}");
        }
        assert_eq!((of_value.valid, &of_value.unlisted), (of_text.valid, &of_text.unlisted), "{value}");
        assert_eq!(self.stream.is_valid_value(value), of_text.valid, "{value}");
    }
}

static CLIENTS: LazyLock<Both> = LazyLock::new(|| Both::of(Contract::clients().validator()));

#[test]
fn fixtures_are_validated_alike() {
    let mut folders = vec![std::path::PathBuf::from("fixtures")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let body = std::fs::read(path).unwrap();
            CLIENTS.agree(&body);
            body.split(|byte| *byte == b'\n').for_each(|line| CLIENTS.agree(line));
        }
    }
}

#[test]
fn a_body_cut_anywhere_is_validated_alike() {
    for name in ["minimal", "documented"] {
        let body = std::fs::read(format!("fixtures/valid/{name}.json")).unwrap();
        for cut in 0..body.len() {
            CLIENTS.agree(&body[..cut]);
        }
    }
}

#[test]
fn a_body_with_one_byte_replaced_is_validated_alike() {
    let body = std::fs::read("fixtures/valid/minimal.json").unwrap();
    for at in 0..body.len() {
        for byte in *b"\"\\{}[],:0-.eE+ntfux/ \n\t\x00\x1f\x7f\x80\xc3\xff" {
            let mut body = body.clone();
            body[at] = byte;
            CLIENTS.agree(&body);
        }
    }
}

#[test]
fn duplicate_keys_are_validated_alike() {
    let both = Both::new(json!({
        "type": "object",
        "required": ["a", "b"],
        "properties": {"a": {"type": "integer"}, "b": {"$ref": "#/properties/a"}, "o": {"$ref": "#"}},
    }));
    let keys = ["a", "\\u0061", "b", "o", "x", "y", "..."];
    let values = ["1", "null", "1e400", "{}", "{\"a\":\"x\",\"x\":1,\"x\":2}", "[{\"x\":1,\"x\":1e999}]"];
    for first in keys {
        for second in keys {
            for value in values {
                for last in values {
                    both.agree(format!(r#"{{"{first}":{value},"b":2,"{second}":{last}}}"#).as_bytes());
                    both.agree(
                        format!(r#"{{"o":{{"{first}":{value}}},"o":{{"{second}":{last}}}}}"#).as_bytes(),
                    );
                }
            }
        }
    }
}

#[test]
fn many_unknown_keys_and_each_of_them_twice_take_no_square() {
    let keys = |value: usize| (0..20_000).map(|n| format!("\"k{n}\":{value},")).collect::<Vec<_>>().concat();
    CLIENTS.agree(
        format!(r#"{{"data":{{"Clients":{{"clients":[{{{}{}"id":1}}]}}}}}}"#, keys(1), keys(2)).as_bytes(),
    );
}

/// Rule, pointer, and how many more are counted with it, of the findings that stand for more.
fn further(validation: &Validation) -> Vec<(&str, String, u64)> {
    let stand_for_more = validation.findings.iter().filter(|finding| finding.further > 0);
    stand_for_more.map(|finding| (finding.rule.id, finding.pointer.to_string(), finding.further)).collect()
}

#[test]
fn of_many_findings_of_one_group_the_first_and_the_last_are_listed() {
    let both = Both::new(json!({
        "properties": {"o": {"items": {"type": "object"}}, "n": {"items": {"type": "null"}}},
    }));
    let many = vec!["0"; 2_500].join(",");
    let body = format!(r#"{{"o": [{many}], "n": [0], "o2": 1}}"#);
    both.agree(body.as_bytes());
    let validation = both.stream.validate(body.as_bytes());
    assert_eq!(further(&validation), [("type-mismatch", "/o/2499".to_owned(), 2_400)]);
    assert_eq!(validation.findings.len(), 102);
    // What is replaced is neither listed nor counted, what replaces it is.
    for (last, found) in [("{}", 0), ("0", 1), (many.as_str(), 100)] {
        let body = format!(r#"{{"o": [{many}], "o": [{last}]}}"#);
        both.agree(body.as_bytes());
        let validation = both.stream.validate(body.as_bytes());
        assert_eq!(validation.valid, found == 0, "{last}");
        assert_eq!(validation.findings.len(), found + 1, "and the key that stands twice");
        assert_eq!(further(&validation).len(), usize::from(found == 100));
    }
}

#[test]
fn of_too_many_groups_the_most_severe_are_kept() {
    let both = Both::new(json!({"type": "object", "properties": {"a": {"type": "null"}}}));
    let members: String = (0..30_000).fold(String::new(), |mut members, n| {
        let _ = write!(members, r#""k{n}": 0, "#);
        members
    });
    let body = format!(r#"{{{members}"a": 1}}"#);
    both.agree(body.as_bytes());
    let validation = both.stream.validate(body.as_bytes());
    let unlisted: Vec<_> =
        validation.unlisted.iter().map(|unlisted| (unlisted.rule.id, unlisted.count)).collect();
    assert_eq!(unlisted, [("undocumented-property", 20_001)]);
    assert_eq!(validation.findings.len(), 10_000);
    assert_eq!(validation.findings.last().unwrap().pointer.to_string(), "/a");
}

/// Values of every kind.
pub const VALUES: &[&str] = &[
    "null",
    "true",
    "false",
    "0",
    "-0",
    "1",
    "1.0",
    "1e0",
    "-0.0",
    "2.5",
    "7",
    "8",
    "-4",
    "1e400",
    "-1e400",
    "[1e400]",
    "123456789012345678",
    "1234567890123456789",
    "18446744073709551616",
    "123456789012345678901234567890",
    "1.00000000000000000001",
    "2147483648",
    "1e-400",
    "0.1e1",
    "10E-1",
    "\"\"",
    "\"a\"",
    "\"\\u0061\"",
    "\"c\"",
    "\"abcab\"",
    "\"a b\"",
    "\"a@b.cd\"",
    "\"00000000-0000-0000-0000-00000000000g\"",
    "\"00000000-0000-0000-0000-00000000000a\"",
    "\"\\u00300000000-0000-0000-0000-00000000000a\"",
    "\"2024-02-30T00:00:00Z\"",
    "\"2024-02-29T00:00:00Z\"",
    "\"2024-02-29T00:00:00.5\\u005a\"",
    "\"\\ud83d\\ude00é\"",
    "[]",
    "[1]",
    "[1,\"x\",null]",
    "[[1,2.5],{\"a\":1}]",
    "{}",
    "{\"a\":null}",
    "{\"a\":1,\"b\":2}",
    "{\"b\":1}",
    "{\"A\":1,\"aa\":2,\"\":3}",
    "{\"a\":{\"a\":{\"a\":[],\"x\":1}},\"deep\":[{},{\"a\":1.5},3]}",
    "{\"a\\u0000\":\"\"}",
    "{\"c\":1,\"a\":\"x\"}",
];

#[test]
fn every_kind_of_value_is_validated_alike_by_every_keyword() {
    let schemas = [
        json!({"type": "integer", "minimum": -3, "maximum": 7.5}),
        json!({"type": ["integer", "null"], "exclusiveMinimum": 0, "exclusiveMaximum": 2.5}),
        json!({"type": ["number", "string"], "minimum": 1e10}),
        json!({"minimum": 0.5}),
        json!({"type": "string", "format": "uuid"}),
        json!({"type": ["string", "null"], "format": "date-time"}),
        json!({"format": "email", "minLength": 3}),
        json!({"format": "no such format"}),
        json!({"type": "string", "pattern": "^[a-c]+$", "maxLength": 4}),
        json!({"enum": ["a", "b", null, true]}),
        json!({"type": "string", "enum": ["a", "b"]}),
        json!({"type": ["string", "null"], "enum": ["a", "b"]}),
        json!({"type": ["string", "boolean"], "const": "a"}),
        json!({"const": null}),
        json!({"const": false}),
        json!({"type": "array", "items": {"type": "integer"}, "minItems": 1, "maxItems": 2}),
        json!({"minItems": 2, "minProperties": 1}),
        json!({"type": "object", "maxProperties": 1, "properties": {"a": {"type": "null"}, "ab": {}}}),
        json!({"properties": {"a": {}}, "additionalProperties": false}),
        json!({"properties": {"a": {}}, "additionalProperties": {"type": "integer"}}),
        json!({"additionalProperties": {"type": "string", "format": "uuid"}}),
        json!({"properties": {"a": {}}, "additionalProperties": {}}),
        json!({"anyOf": [{"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}, {"type": "null"}]}),
        json!({"anyOf": [{"type": "null"}, {"$ref": "#/$defs/e"}], "$defs": {"e": {"type": "string", "enum": ["a"]}}}),
        json!({"anyOf": [{"$ref": "#/$defs/e"}, {"type": "null"}], "$defs": {"e": {"enum": ["a", 1e0], "$ref": "#/x"}}, "x": {}}),
        json!({"anyOf": [{"enum": ["a", true]}, {"type": "null"}]}),
        json!({"anyOf": [{"type": ["array", "integer"], "maximum": 2, "items": {"type": "string"}}, {"type": "null"}]}),
        json!({"properties": {"a": {"$ref": "#"}, "deep": {"items": {"$ref": "#/$defs/d"}}}, "$defs": {"d": {"required": ["a"], "properties": {"a": {"type": "integer"}}}}}),
        json!({"$schema": "http://json-schema.org/draft-07/schema#", "type": "integer", "format": "uuid"}),
        json!({"$schema": "http://json-schema.org/draft-06/schema#", "type": "integer", "exclusiveMinimum": 0}),
        json!({"$schema": "https://json-schema.org/draft/2019-09/schema", "items": {"type": ["number", "integer"]}}),
        json!({"properties": {"a": {"$ref": "#it"}}, "$defs": {"x": {"$anchor": "it", "type": "integer", "maximum": 1}}}),
        json!({"properties": {"a": {"$ref": "#/$defs/x%20y"}}, "$defs": {"x y": {"required": ["a"], "properties": {"a": {}}}}}),
        json!({"$id": "urn:a", "items": {"$ref": "urn:b"}, "$defs": {"b": {"$id": "urn:b", "type": ["string", "integer"]}}}),
        json!({"description": "any", "additionalProperties": {"description": "what there is"}, "properties": {"a": {}}}),
    ];
    let mut run = 0;
    for schema in schemas {
        let validator = Validator::new(&Schema::from_value(schema.clone()));
        let Ok(validator) = validator else { continue };
        if validator.clone().engine(Engine::Stream).is_err() {
            continue;
        }
        run += 1;
        let both = Both::of(&validator);
        for value in VALUES {
            both.agree(value.as_bytes());
            both.agree(format!(" [ {value} ,{value}\n]\t").as_bytes());
            both.agree(format!("{{\"a\" : {value} , \"zz\":{value}}}").as_bytes());
        }
    }
    assert!(run >= 34, "{run} schemas");
}

#[test]
fn depth_is_limited_alike() {
    for levels in [1, 2, 5, 128, 512] {
        let both = Both::of(Contract::clients().validator()).depth(levels);
        for nested in [levels - 1, levels, levels + 1, 100_000] {
            both.agree(&[b"[".repeat(nested), b"]".repeat(nested)].concat());
            both.agree(&b"{\"data\":".repeat(nested));
            both.agree(&b"[{\"a\":".repeat(nested));
        }
    }
}

#[test]
fn what_does_not_fit_is_left_to_the_reference_engine() {
    for (schema, what) in [
        (json!({"allOf": [{"type": "object"}]}), "`allOf` at the root"),
        (json!({"properties": {"a/b": {"oneOf": []}}}), "`oneOf` at /properties/a~1b"),
        (json!({"required": ["a"]}), "`required` at the root"),
        (json!({"additionalProperties": false}), "`additionalProperties` at the root"),
        (json!({"properties": {}, "additionalProperties": false}), "`additionalProperties` at the root"),
        (json!({"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer"}), "draft-04"),
        (json!({"minimum": 9_007_199_254_740_993_u64}), "`minimum`"),
    ] {
        let Ok(validator) = Validator::new(&Schema::from_value(schema.clone())) else {
            continue;
        };
        let (engine, why) = validator.engine_in_use();
        assert_eq!(engine, "reference", "{schema}");
        assert!(why.contains(what), "{schema}: {why}");
        assert!(validator.engine(Engine::Stream).is_err());
    }
    assert_eq!(Contract::clients().validator().engine_in_use().0, "stream");
}

/// One random edit of the text of a body.
pub fn edited(body: &[u8], at: usize, edit: usize, pick: usize) -> Vec<u8> {
    const PIECES: &[&str] = &[
        "null",
        "true",
        "1e400",
        "-",
        "0",
        "1.5",
        "\"",
        "\\",
        "\\u00e9",
        "\\ud800",
        "{",
        "}",
        "[",
        "]",
        ",",
        ":",
        "\n  ",
        "\t",
        "{\"x\":1,\"x\":2}",
        "\"id\":\"7\",",
        "\"name\":null,",
        "\"...\":\"...\",",
        "\"new key\":[{}],",
        "é",
        "\u{2028}",
        "\"slug\":\"\\u0061\",",
        "99999999999999999999",
        "\"2024-01-01T00:00:00Z\"",
        "[1,2,{\"a\":null}]",
    ];
    let at = at % (body.len() + 1);
    let piece = PIECES[pick % PIECES.len()].as_bytes();
    let (before, behind) = body.split_at(at);
    match edit % 4 {
        0 => [before, piece, behind].concat(),
        1 => [before, behind.get(piece.len()..).unwrap_or_default()].concat(),
        2 => [before, piece, behind.get(piece.len()..).unwrap_or_default()].concat(),
        // A member or item again, a little further on.
        _ => {
            let length = (pick % 60).min(behind.len());
            [before, &behind[..length], behind].concat()
        }
    }
}

/// A value in place of another one, where a body has one: what stands between a colon and a comma.
fn revalued(body: &str, nth: usize, value: &str) -> String {
    let colons: Vec<usize> = body.match_indices("\":").map(|(at, _)| at + 2).collect();
    let Some(at) = colons.get(nth % colons.len().max(1)) else { return body.to_owned() };
    let end = body[*at..].find([',', '}', ']']).map_or(body.len(), |length| at + length);
    let mut text = body[..*at].to_owned();
    let _ = write!(text, "{value}{}", &body[end..]);
    text
}

static RESPONSES: LazyLock<Generator> = LazyLock::new(|| Generator::new(clients::recipe(2).unwrap(), 11));

fn payload(seed: u64) -> String {
    RESPONSES.value(seed).to_string()
}

#[test]
fn bodies_broken_once_are_validated_alike() {
    let catalogue = clients::catalogue().unwrap();
    for seed in 0..300 {
        let violation = catalogue.break_once(&RESPONSES.value(seed), &mut Choices::seeded(seed)).unwrap();
        CLIENTS.agree(violation.payload.to_text().as_bytes());
        if let BrokenPayload::Json(value) = violation.payload {
            CLIENTS.agree(format!("{value:#}").as_bytes());
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 600, ..ProptestConfig::default() })]

    #[test]
    fn generated_and_edited_bodies_are_validated_alike(
        seed: u64,
        edits in prop::collection::vec((any::<usize>(), any::<usize>(), any::<usize>()), 0..4),
    ) {
        let mut body = payload(seed).into_bytes();
        CLIENTS.agree(&body);
        for (at, edit, pick) in edits {
            body = edited(&body, at, edit, pick);
            CLIENTS.agree(&body);
        }
    }

    #[test]
    fn other_values_are_validated_alike(seed: u64, places in prop::collection::vec((any::<usize>(), 0..12_usize), 1..8)) {
        const VALUES: [&str; 12] = [
            "null", "true", "17", "-2.5", "\"\"", "\"published\"", "[]", "[null,1]", "{}", "{\"id\":null,\"odd\":1}",
            "3000000000", "1e999",
        ];
        let mut body = payload(seed);
        for (nth, value) in places {
            body = revalued(&body, nth, VALUES[value]);
        }
        CLIENTS.agree(body.as_bytes());
        let pretty: Result<Value, _> = serde_json::from_str(&body);
        if let Ok(pretty) = pretty {
            CLIENTS.agree(format!("{pretty:#}").as_bytes());
        }
    }

    #[test]
    fn any_bytes_are_validated_alike(bytes in prop::collection::vec(any::<u8>(), 0..40)) {
        CLIENTS.agree(&bytes);
    }

    #[test]
    fn json_like_text_is_validated_alike(text in "[\\[\\]{},:\"\\\\0-9.eEntrufalse +\\-\n]{0,40}") {
        CLIENTS.agree(text.as_bytes());
    }
}

/// Whether a body is valid by the text of a schema; every way to find out says the same.
fn is_valid(schema: &str, body: &str) -> bool {
    let schema = Schema::from_slice("s.json", schema.as_bytes()).unwrap();
    let verdicts = [Engine::Auto, Engine::Reference].map(|engine| {
        let validator = Validator::new(&schema).unwrap().engine(engine).unwrap();
        let validation = validator.validate(body.as_bytes());
        assert_eq!(validation.valid, validation.findings.is_empty(), "{schema:?} {body}");
        assert_eq!(validator.is_valid(body.as_bytes()), validation.valid, "{schema:?} {body}");
        assert_eq!(validator.validate_traced(body.as_bytes()).0.valid, validation.valid, "{schema:?} {body}");
        validation.valid
    });
    assert_eq!(verdicts[0], verdicts[1], "{schema:?} {body}");
    verdicts[0]
}

#[test]
fn numbers_of_any_length_are_compared_by_their_digits() {
    for (body, schema, expected) in [
        ("95007806527348208195", r#"{"multipleOf": 2.0}"#, false),
        ("50350480605622813021", r#"{"multipleOf": 7}"#, true),
        ("9007199254740993", r#"{"multipleOf": 1.5}"#, true),
        ("61728394506172835", r#"{"multipleOf": 12345678901234567}"#, true),
        ("61728394506172836", r#"{"multipleOf": 12345678901234567}"#, false),
        ("36893488147419103233", r#"{"multipleOf": 36893488147419103232}"#, false),
        ("18446744073709551617", r#"{"maximum": 18446744073709551616}"#, false),
        ("18446744073709551616", r#"{"maximum": 18446744073709551616}"#, true),
        ("18446744073709551616", r#"{"exclusiveMaximum": 18446744073709551616}"#, false),
        ("18446744073709551616", r#"{"exclusiveMaximum": 18446744073709551617}"#, true),
        ("-9223372036854775809", r#"{"minimum": -9223372036854775808}"#, false),
        ("-9223372036854775809", r#"{"exclusiveMinimum": -9223372036854775810}"#, true),
        ("100000000000000000001", r#"{"const": 100000000000000000000}"#, false),
        ("100000000000000000000", r#"{"const": 100000000000000000000}"#, true),
        ("100000000000000000001", r#"{"const": 100000000000000000001}"#, true),
        ("100000000000000000001", r#"{"enum": [1, 100000000000000000000]}"#, false),
        ("[100000000000000000001]", r#"{"const": [100000000000000000000]}"#, false),
        (r#"{"a": 100000000000000000001}"#, r#"{"enum": [{"a": 1e20}]}"#, false),
        (r#"{"a": 100000000000000000000}"#, r#"{"enum": [{"a": 1e20}]}"#, true),
        ("10000000000000000000000000", r#"{"const": 1e25}"#, true),
        ("1e25", r#"{"minimum": 10000000000000000000000000}"#, true),
        ("9007199254740993.0", r#"{"const": 9007199254740993}"#, true),
        ("9007199254740992", r#"{"const": 9007199254740993.0}"#, false),
        ("[18446744073709551616, 18446744073709551617]", r#"{"uniqueItems": true}"#, true),
        ("[18446744073709551616, 18446744073709551616.0]", r#"{"uniqueItems": true}"#, false),
        ("[[1e25], [10000000000000000000000000]]", r#"{"uniqueItems": true}"#, false),
        ("18446744073709551617", r#"{"not": {"maximum": 18446744073709551616}}"#, true),
        (
            r#"[{"n": 18446744073709551617}]"#,
            r##"{"items": {"properties": {"n": {"$ref": "#/$defs/n"}}}, "$defs": {"n": {"maximum": 18446744073709551616}}}"##,
            false,
        ),
        (
            "18446744073709551616",
            r#"{"$schema": "http://json-schema.org/draft-04/schema#", "minimum": 18446744073709551616, "exclusiveMinimum": true}"#,
            false,
        ),
        (
            "18446744073709551617",
            r#"{"$schema": "http://json-schema.org/draft-04/schema#", "type": "integer", "minimum": 18446744073709551616, "exclusiveMinimum": true}"#,
            true,
        ),
        // Of a member that comes again, the last one counts.
        (r#"{"a": 18446744073709551617, "a": 1}"#, r#"{"properties": {"a": {"maximum": 1}}}"#, true),
    ] {
        let duplicate = body.matches("\"a\"").count() > 1;
        if duplicate {
            let schema = Schema::from_slice("s.json", schema.as_bytes()).unwrap();
            assert!(Validator::new(&schema).unwrap().validate(body.as_bytes()).valid);
            continue;
        }
        assert_eq!(is_valid(schema, body), expected, "{body} {schema}");
    }
}

#[test]
fn a_number_of_a_schema_without_text_is_a_double() {
    let schema = Schema::from_value(json!({"const": 1e25}));
    let validator = Validator::new(&schema).unwrap();
    for equal in ["1e25", "10000000000000000000000000", "10000000000000000000000001"] {
        assert!(validator.validate(equal.as_bytes()).valid, "{equal}");
    }
    assert!(validator.validate_value(&json!(1e25)).valid);
    assert!(!validator.validate(b"20000000000000000000000000").valid);
}

#[test]
fn findings_about_large_numbers_are_those_of_others() {
    let messages = |schema: &str, body: &str| -> Vec<String> {
        let schema = Schema::from_slice("s.json", schema.as_bytes()).unwrap();
        let findings = Validator::new(&schema).unwrap().validate(body.as_bytes()).findings;
        findings.iter().map(|it| format!("{} {} {}", it.rule.id, it.schema_pointer, it.message())).collect()
    };
    for (schema, large, small) in [
        (r#"{"maximum": 5}"#, "18446744073709551616", "6"),
        (r#"{"exclusiveMaximum": 5}"#, "18446744073709551616", "6"),
        (r#"{"minimum": 5}"#, "-18446744073709551616", "4"),
        (r#"{"exclusiveMinimum": 5}"#, "-18446744073709551616", "4"),
        (r#"{"multipleOf": 7}"#, "50350480605622813022", "8"),
        (r#"{"multipleOf": 2.0}"#, "50350480605622813021", "7"),
        (r#"{"multipleOf": 0.01}"#, "0.005", "0.015"),
        (r#"{"enum": [1, 2]}"#, "18446744073709551616", "3"),
        (r#"{"const": 1}"#, "18446744073709551616", "3"),
        (r#"{"uniqueItems": true}"#, "[18446744073709551616, 1, 1]", "[1, 1]"),
        (r#"{"anyOf": [{"const": 1}, {"const": 2}]}"#, "18446744073709551616", "3"),
    ] {
        assert_eq!(messages(schema, large), messages(schema, small), "{schema}");
        assert_eq!(messages(schema, large).len(), 1, "{schema}");
    }
}

proptest! {
    #[test]
    fn large_integers_are_in_the_order_of_their_digits(
        one in "-?[1-9][0-9]{14,40}", other in "-?[1-9][0-9]{14,40}", last in "[0-9]{2}"
    ) {
        // Often only the last digits differ.
        let near = format!("{}{last}", &one[..one.len() - 2]);
        for other in [&other, &near, &one] {
            let size = |text: &str| (text.trim_start_matches('-').len(), text.trim_start_matches('-').to_owned());
            let is_less = match (one.starts_with('-'), other.starts_with('-')) {
                (true, true) => size(&one) > size(other),
                (false, false) => size(&one) < size(other),
                (negative, _) => negative,
            };
            let equal = one == *other;
            prop_assert_eq!(is_valid(&format!("{{\"minimum\": {other}}}"), &one), !is_less);
            prop_assert_eq!(is_valid(&format!("{{\"maximum\": {other}}}"), &one), is_less || equal);
            prop_assert_eq!(is_valid(&format!("{{\"exclusiveMaximum\": {other}}}"), &one), is_less);
            prop_assert_eq!(is_valid(&format!("{{\"const\": {other}}}"), &one), equal);
            prop_assert_eq!(is_valid(r#"{"uniqueItems": true}"#, &format!("[{one}, {other}]")), !equal);
        }
    }
}
