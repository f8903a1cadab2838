//! Checks that both engines, a body held in memory and one that is read, and `serde_json` agree on any bytes.
#![no_main]

use std::io::{self, Read};
use std::sync::LazyLock;

use clients_contract::validate::Engine;
use clients_contract::{Contract, Finding, Origin, Payload, Schema, Validation, Validator};
use libfuzzer_sys::fuzz_target;
use serde::Deserialize;
use serde_json::{Value, json};

/// The streaming engine and the reference engine for one schema.
struct Both {
    name: &'static str,
    stream: Validator,
    reference: Validator,
}

impl Both {
    fn of(name: &'static str, validator: &Validator) -> Self {
        let engine = |engine| validator.clone().engine(engine).expect("the engine runs the schema");
        Self { name, stream: engine(Engine::Stream), reference: engine(Engine::Reference) }
    }
}

static ALL: LazyLock<[Both; 2]> = LazyLock::new(|| {
    let keywords = Validator::new(&Schema::from_value(keywords())).expect("a valid schema");
    [Both::of("contract", Contract::clients().validator()), Both::of("keywords", &keywords)]
});

/// Every keyword that the streaming engine runs, under keys that fixtures and dictionary have.
fn keywords() -> Value {
    json!({
        "type": "object",
        "required": ["data", "id"],
        "minProperties": 1,
        "maxProperties": 6,
        "properties": {
            "data": {"$ref": "#"},
            "Clients": {"$ref": "#"},
            "clients": {"type": "array", "items": {"$ref": "#/$defs/client"}, "minItems": 1, "maxItems": 2},
            "pageInfo": {"type": ["object", "null"], "additionalProperties": {"type": "integer", "minimum": -3, "maximum": 7.5}},
            "id": {"type": "string", "format": "uuid"},
        },
        "$defs": {
            "client": {
                "type": "object",
                "required": ["id", "name", "slug"],
                "properties": {
                    "id": {"type": "string", "format": "uuid"},
                    "name": {"type": "string", "pattern": "^[A-Z]", "minLength": 2, "maxLength": 9},
                    "slug": {"enum": ["a", "northwind", null, true]},
                    "seatsLimit": {"anyOf": [{"type": "number", "exclusiveMinimum": 0, "exclusiveMaximum": 2.5}, {"type": "null"}]},
                    "disabled": {"const": false},
                    "license": {"anyOf": [{"$ref": "#/$defs/client"}, {"type": "null"}]},
                    "tags": {"items": {"format": "date-time"}},
                    "email": {"type": ["string", "null"], "format": "email"},
                },
                "additionalProperties": false,
            },
        },
    })
}

/// A reader that gives a few bytes at a time.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let (given, rest) = self.0.split_at(self.1.min(buffer.len()).min(self.0.len()));
        buffer[..given.len()].copy_from_slice(given);
        self.0 = rest;
        Ok(given.len())
    }
}

/// What a finding says, without what a body that is not held cannot show.
fn told(validation: &Validation) -> Vec<(&'static str, String, u64, u64, String)> {
    let tell = |finding: &Finding| {
        (finding.rule.id, finding.pointer.to_string(), finding.line, finding.column, finding.message())
    };
    validation.findings.iter().map(tell).collect()
}

fn says(validation: &Validation, rules: &[&str]) -> bool {
    validation.findings.iter().any(|finding| rules.contains(&finding.rule.id))
}

/// How long the number is with which this text begins.
fn number_length(text: &[u8]) -> usize {
    let digits = |from: usize| from + text[from..].iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut end = digits(usize::from(text.first() == Some(&b'-')));
    if text.get(end) == Some(&b'.') {
        end = digits(end + 1);
    }
    if let Some(b'e' | b'E') = text.get(end) {
        end = digits(end + 1 + usize::from(matches!(text.get(end + 1), Some(b'+' | b'-'))));
    }
    end
}

/// Whether `serde_json` reads a body once each number that no double holds, which is no syntax of ours, is
/// replaced.
fn is_json(body: &[u8]) -> bool {
    let mut text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body).to_vec();
    loop {
        let mut deserializer = serde_json::Deserializer::from_slice(&text);
        deserializer.disable_recursion_limit();
        let read = Value::deserialize(&mut deserializer).and_then(|_| deserializer.end());
        let Err(error) = read else { return true };
        if !error.to_string().starts_with("number out of range") {
            return false;
        }
        // The place is in the number or right behind it.
        let line: usize =
            text.split_inclusive(|byte| *byte == b'\n').take(error.line() - 1).map(<[u8]>::len).sum();
        let numeric = |byte: &u8| matches!(byte, b'0'..=b'9' | b'-' | b'+' | b'.' | b'e' | b'E');
        let mut from = (line + error.column()).min(text.len());
        while from > 0 && (!text.get(from).is_some_and(numeric) || numeric(&text[from - 1])) {
            from -= 1;
        }
        let length = number_length(&text[from..]);
        assert!(length > 3, "no number at {}:{}", error.line(), error.column());
        text.splice(from..from + length, *b"1e5");
    }
}

fuzz_target!(|body: &[u8]| {
    let mut accepted = None;
    for Both { name, stream, reference } in &*ALL {
        let (seen, expected) = (stream.validate(body), reference.validate(body));
        assert_eq!(seen.findings, expected.findings, "{name}: stream (left), reference (right)");
        assert_eq!(seen.valid, expected.valid, "{name}: stream (left), reference (right)");

        let place = Payload::new(Origin::file("<body>"), Vec::new());
        let drop = body.last().map_or(1, |byte| usize::from(*byte) % 23 + 1);
        for drop in [drop, usize::MAX] {
            let read = stream.validate_reader(&place, Drops(body, drop)).expect("nothing fails to be read");
            assert_eq!(told(&read), told(&seen), "{name}: read (left), held (right), {drop} at a time");
            assert_eq!(read.valid, seen.valid, "{name}: read (left), held (right), {drop} at a time");
        }
        if !says(&seen, &["too-deep"]) {
            let json = !says(&seen, &["not-json", "truncated-body"]);
            assert!(*accepted.get_or_insert(json) == json, "{name}: the schema decides what is JSON");
        }
    }
    if let Some(accepted) = accepted {
        assert_eq!(accepted, is_json(body), "accepted here (left), by serde_json (right)");
    }
});
