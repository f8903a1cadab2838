//! Both engines, a payload held and a payload read, and a plain recursion find the same where limits are
//! small.
#![no_main]

use std::collections::BTreeMap;
use std::io::{self, Read};
use std::sync::LazyLock;

use clients_contract::validate::{Engine, Limits};
use clients_contract::{Contract, Finding, Origin, Payload, Schema, Validation, Validator};
use libfuzzer_sys::fuzz_target;
use serde_json::{Value, json};

#[path = "../../tests/it/field/findings/made.rs"]
mod made;
#[path = "../../tests/it/field/findings/oracle.rs"]
mod oracle;

/// Several keywords at one location, under keys that come twice easily.
fn keywords() -> Value {
    json!({
        "type": ["object", "array"],
        "required": ["a", "b"],
        "minProperties": 2,
        "maxItems": 2,
        "items": {"$ref": "#"},
        "properties": {
            "a": {"$ref": "#"},
            "b": {"type": "integer", "minimum": 3, "exclusiveMinimum": 4, "maximum": -3},
            "c": {"type": "string", "enum": ["a", "b"], "minLength": 3, "format": "uuid"},
            "d": {"items": {"type": "null"}, "minItems": 1},
            "e": {"properties": {"a": {}, "ab": {"const": "x"}}, "additionalProperties": false},
            "f": {"properties": {"a": {}}, "additionalProperties": {"$ref": "#/properties/c"}},
            "g": {"anyOf": [{"$ref": "#/properties/b"}, {"type": "null"}]},
        },
    })
}

static FIXED: LazyLock<[Validator; 2]> = LazyLock::new(|| {
    let keywords = Validator::new(&Schema::from_value(keywords())).expect("a valid schema");
    [Contract::clients().validator().clone(), keywords]
});

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

type Counted = BTreeMap<(&'static str, String), (u64, String, String)>;

/// Count, first and last of each group that was found.
fn counted(validation: &Validation) -> Counted {
    let mut groups = Counted::new();
    for finding in &validation.findings {
        let pointer = finding.pointer.to_string();
        let key = (finding.rule.id, finding.pointer.starred());
        let group = groups.entry(key).or_insert_with(|| (0, pointer.clone(), pointer.clone()));
        group.0 += 1 + finding.further;
        group.2 = pointer;
    }
    groups
}

fn shown(validation: &Validation) -> Vec<(&'static str, String, u64, u64, String, u64)> {
    let show = |finding: &Finding| {
        let Finding { line, column, further, .. } = *finding;
        (finding.rule.id, finding.pointer.to_string(), line, column, finding.message(), further)
    };
    validation.findings.iter().map(show).collect()
}

fn sum(validation: &Validation) -> u64 {
    let listed: u64 = validation.findings.iter().map(|finding| 1 + finding.further).sum();
    listed + validation.unlisted.iter().map(|unlisted| unlisted.count).sum::<u64>()
}

/// All ways to validate find the same; gives what they find.
fn agreed(validator: &Validator, body: &[u8], limits: Limits, drop: usize) -> Option<Validation> {
    let validator = validator.clone().limits(limits);
    let stream = validator.clone().engine(Engine::Stream).ok()?;
    let (seen, expected) = (stream.validate(body), validator.engine(Engine::Reference).ok()?.validate(body));
    assert_eq!(seen.valid, expected.valid, "stream (left), reference (right)");
    assert_eq!(sum(&seen), sum(&expected), "stream (left), reference (right)");
    // Where members are replaced, groups that do not count may have taken the place of some that do.
    if seen.unlisted.is_empty() {
        assert_eq!(seen.findings, expected.findings, "stream (left), reference (right)");
    }
    let place = Payload::new(Origin::file("<body>"), Vec::new());
    let read = stream.validate_reader(&place, Drops(body, drop)).expect("nothing fails to be read");
    assert_eq!(shown(&read), shown(&seen), "read (left), held (right)");
    assert_eq!((read.valid, read.unlisted), (seen.valid, seen.unlisted.clone()), "read (left), held (right)");
    Some(expected)
}

fn limits(bytes: [u8; 4]) -> Limits {
    let [listed, total, groups, window] = bytes.map(usize::from);
    let groups = if groups < 32 { groups + 1 } else { 10_000 };
    let small = Limits { listed: listed % 6 + 2, total: total % 40 + 1, groups, window: window + 4, ..Limits::default() };
    match listed {
        // A group takes about a kilobyte while it is kept, and as much for each listed finding in the end.
        192.. => Limits { group_bytes: total * 100, ..small },
        128.. => Limits { listed_bytes: total * 400, ..small },
        _ => small,
    }
}

/// A schema and a payload made from a seed; a recursion knows what is to be found.
fn made(seed: [u8; 8], limits: Limits, drop: usize) {
    let mut dice = made::Dice(u64::from_le_bytes(seed));
    let schema = made::root(&mut dice);
    let validator = Validator::new(&Schema::from_value(schema.clone())).expect("a valid schema");
    let values = 1 + dice.below(300);
    let (text, placed) = made::payload(&mut dice, &schema, values);
    let Some(found) = agreed(&validator, text.as_bytes(), limits, drop) else { return };
    let mut groups = Counted::new();
    let expected = oracle::expected(&schema, &placed);
    for one in &expected {
        let key = (one.rule, one.starred.clone());
        let group = groups.entry(key).or_insert_with(|| (0, one.pointer.clone(), String::new()));
        group.0 += 1;
        group.2.clone_from(&one.pointer);
    }
    assert_eq!(sum(&found), expected.len() as u64, "{schema} {text}");
    for (key, group) in counted(&found) {
        assert_eq!(groups.get(&key), Some(&group), "{schema} {text}");
    }
    let (kept, defaults) = (counted(&found).len(), Limits::default());
    if (limits.group_bytes, limits.listed_bytes) == (defaults.group_bytes, defaults.listed_bytes) {
        assert_eq!(kept, groups.len().min(limits.groups), "{schema} {text}");
    }
    assert!(kept >= 1 || groups.is_empty(), "{schema} {text}");
}

fuzz_target!(|bytes: &[u8]| {
    let Some(([how, drop, rest @ ..], body)) = bytes.split_first_chunk::<6>() else { return };
    let (limits, drop) = (limits(*rest), usize::from(*drop) % 67 + 1);
    match (how % 4, body.first_chunk::<8>()) {
        (3, Some(seed)) => made(*seed, limits, drop),
        (how, _) => {
            agreed(&FIXED[usize::from(how != 0)], body, limits, drop);
        }
    }
});
