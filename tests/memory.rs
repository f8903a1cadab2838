//! How much memory is held at most? Twice the input takes at most 2.2 times as much, and no more than a
//! bound.
//!
//! The allocator counts, so that it has a program of its own, and one test: other tests beside it would be
//! counted, too.
#![allow(clippy::unwrap_used, missing_docs)]

use std::fs;
use std::hint::black_box;
use std::io::{Cursor, Write};
use std::path::Path;

use clients_contract::live::{Address, Key, Options, Record, Walk};
use clients_contract::payload::{self, Input, Item};
use clients_contract::validate::Engine;
use clients_contract::{Contract, Origin, Payload, Schema, Validator};
use serde_json::{Value, json};

#[global_allocator]
static ALLOCATOR: dhat::Alloc = dhat::Alloc;

const MAX_RATIO: f64 = 2.2;

const MIB: u64 = 1 << 20;

/// The bytes that were held at most while this ran, beside those that were held before.
fn peak<T>(run: impl FnOnce() -> T) -> u64 {
    let profiler = dhat::Profiler::builder().testing().build();
    black_box(run());
    let held = dhat::HeapStats::get().max_bytes as u64;
    drop(profiler);
    held
}

/// Peaks of an input of a size, and of one twice as large, and the bound for the larger one.
struct Measured {
    name: String,
    peaks: [u64; 2],
    bound: u64,
}

impl Measured {
    /// `of` makes an input of this size, and gives its peak and its bound.
    fn new(name: impl Into<String>, size: usize, mut of: impl FnMut(usize) -> (u64, u64)) -> Self {
        let (once, _) = of(size);
        let (twice, bound) = of(size * 2);
        Self { name: name.into(), peaks: [once, twice], bound }
    }

    fn failure(&self) -> Option<String> {
        let Self { name, peaks: [once, twice], bound } = self;
        #[expect(clippy::cast_precision_loss, reason = "far from the limits")]
        let ratio = *twice as f64 / *once as f64;
        let told = format!("{name}: {once} bytes, {twice} for twice the input ({ratio:.2}), at most {bound}");
        let _ = writeln!(std::io::stderr(), "{told}");
        (ratio > MAX_RATIO || twice > bound).then_some(told)
    }
}

fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(","))
}

/// A schema, and the text of a body of so many parts.
type Body = (&'static str, usize, Value, fn(usize) -> String);

fn bodies() -> Vec<Body> {
    let rows = json!({"type": "array", "items": {
        "type": "object", "required": ["name"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}});
    let strings = json!({"type": "array", "items": {"type": "string"}});
    let member = json!({"properties": {"k": {"type": "string"}}});
    vec![
        ("duplicate keys", 1000, rows.clone(), |count| {
            list(count, |row| format!(r#"{{"name":"","id":{row},"id":{row}}}"#))
        }),
        ("replaced members", 1000, rows.clone(), |count| {
            list(count, |row| format!(r#"{{"name":"","id":[{row}],"id":{row},"id":null}}"#))
        }),
        ("same key", 2000, member, |count| {
            format!(
                "{{{}}}",
                (0..count).map(|number| format!("\"k\":{number}")).collect::<Vec<_>>().join(",")
            )
        }),
        ("many errors", 5000, strings.clone(), |count| list(count, |_| "0".to_owned())),
        ("places", 2000, rows, |count| list(count, |_| "{\"id\":null}".to_owned())),
        ("long string", 1 << 20, strings, |length| format!("[\"{}\"]", "x".repeat(length))),
    ]
}

fn validation(measured: &mut Vec<Measured>) {
    for (name, size, schema, text) in bodies() {
        let validator = Validator::new(&Schema::from_value(schema)).unwrap();
        for (engine, window) in [(Engine::Stream, false), (Engine::Stream, true), (Engine::Reference, false)]
        {
            let validator = validator.clone().engine(engine).unwrap();
            let how = if window { "window" } else { engine.name() };
            // What is compiled when it is first needed is not counted.
            black_box(validator.validate(b"[{}]"));
            measured.push(Measured::new(format!("{name}, {how}"), size, |size| {
                let body = text(size).into_bytes();
                let run = || {
                    if window {
                        let place = Payload::new(Origin::file("body"), Vec::new());
                        return validator.validate_reader(&place, &body[..]).unwrap();
                    }
                    validator.validate(&body)
                };
                // A value takes many times its text, and findings are listed up to a limit.
                let times = if let Engine::Reference = engine { 64 } else { 4 };
                (peak(run), body.len() as u64 * times + 4 * MIB)
            }));
        }
    }
}

/// An object of so many members that are null.
fn nulls(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|number| format!("\"a{number}\":null")).collect();
    format!("{{{}}}", members.join(","))
}

fn nested(levels: usize, inner: &str) -> String {
    format!("{}{inner}{}", "{\"k\":".repeat(levels), "}".repeat(levels))
}

/// A schema, and a body with findings of many groups that take much memory each where nothing is shared or
/// limited.
fn crowds() -> Vec<Body> {
    let strings = json!({"additionalProperties": {"type": "string"}});
    let rows = json!({"items": {"additionalProperties": {"type": "string"}}});
    let deep = json!({"additionalProperties": {"type": ["object", "string"], "additionalProperties": {"$ref": "#/additionalProperties"}}});
    let long = json!({"additionalProperties": {"enum": ["x".repeat(1 << 20)]}});
    vec![
        ("long key, many groups", 3_000, json!({"additionalProperties": strings}), |count| {
            format!("{{\"{}\":{}}}", "k".repeat(count * 20), nulls(count))
        }),
        ("rows, many groups", 3, rows, |rows| list(rows, |_| nulls(10_000))),
        ("deep, many groups", 60, deep.clone(), |levels| nested(levels, &nulls(5_000))),
        ("deep, more groups", 5_000, deep, |count| nested(120, &nulls(count))),
        ("long enum value, many groups", 1_000, long, |count| {
            let members: Vec<String> = (0..count).map(|number| format!("\"a{number}\":\"y\"")).collect();
            format!("{{{}}}", members.join(","))
        }),
    ]
}

fn findings(measured: &mut Vec<Measured>) {
    for (name, size, schema, text) in crowds() {
        let validator = Validator::new(&Schema::from_value(schema)).unwrap();
        for engine in [Engine::Stream, Engine::Reference] {
            let validator = validator.clone().engine(engine).unwrap();
            black_box(validator.validate(b"{\"a\":{\"a\":1}}"));
            measured.push(Measured::new(format!("{name}, {}", engine.name()), size, |size| {
                let body = text(size).into_bytes();
                // The reference engine holds the value and 16 bytes of each finding, and finds the locations
                // afterwards.
                let value =
                    if let Engine::Reference = engine { body.len() as u64 * 32 + 16 * MIB } else { 0 };
                (peak(|| validator.validate(&body)), 16 * MIB + value)
            }));
        }
    }
}

/// Reads all of it, and holds nothing.
fn read(text: Vec<u8>, input: Input) -> u64 {
    let reader = Cursor::new(text);
    peak(|| {
        let items = payload::read(reader, Origin::file("text"), Some(input));
        items.filter(|item| matches!(item, Ok(Item::Payload(_)))).count()
    })
}

fn reading(measured: &mut Vec<Measured>) {
    let response = |head: &str| format!("HTTP/1.1 200 OK\r\n{head}\r\n{{\"a\":\"{}\"}}\n", "x".repeat(1000));
    // The text itself is held before. What is read of it is held no longer than a body or a line.
    let texts: [(&str, Input, String); 5] = [
        ("short lines", Input::Ndjson, "1\n".to_owned()),
        ("blank lines", Input::Ndjson, "\n".to_owned()),
        ("documents", Input::Documents, "{}\n".to_owned()),
        ("responses", Input::Http, response("")),
        ("responses with a length", Input::Http, response("content-length: 1008\r\n")),
    ];
    for (name, input, part) in texts {
        let parts = (64 << 10) / part.len();
        measured.push(Measured::new(name, parts, |count| {
            (read(part.repeat(count).into_bytes(), input), 4 * MIB)
        }));
    }
}

fn resumed(folder: &Path, name: &str) -> Walk {
    let contract = Contract::clients();
    let address = Address::parse("http://127.0.0.1:1", &contract.path).unwrap();
    let record = Some(Record { path: folder.join(name), resume: true, keep_secrets: false });
    Walk::new(
        contract.paging(),
        contract.secrets(),
        address,
        Key::new("key-of-a-test").unwrap(),
        Options { record, ..Options::default() },
    )
    .unwrap()
}

fn walking(measured: &mut Vec<Measured>) {
    let folder = tempfile::tempdir().unwrap();
    measured.push(Measured::new("page of a walk", 100_000, |count| {
        let junk = list(count, |_| "0".to_owned());
        let info = json!({"perPage": 25, "currentPage": 1, "total": 1, "hasMore": false});
        let clients = list(100, |number| format!("{{\"id\":\"{number:032x}\"}}"));
        let body =
            format!(r#"{{"junk":{junk},"data":{{"Clients":{{"pageInfo":{info},"clients":{clients}}}}}}}"#);
        fs::write(folder.path().join("page.ndjson"), format!("{body}\n")).unwrap();
        let mut walk = resumed(folder.path(), "page.ndjson");
        (peak(|| walk.next().unwrap().unwrap()), body.len() as u64 * 5 + MIB)
    }));
    measured.push(Measured::new("record of short lines", 50_000, |count| {
        let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
        encoder.write_all("1\n\n".repeat(count).as_bytes()).unwrap();
        fs::write(folder.path().join("record.ndjson.gz"), encoder.finish().unwrap()).unwrap();
        (peak(|| resumed(folder.path(), "record.ndjson.gz")), 16 * MIB)
    }));
}

#[test]
fn memory_is_bounded_and_linear() {
    let mut measured = Vec::new();
    validation(&mut measured);
    findings(&mut measured);
    reading(&mut measured);
    walking(&mut measured);
    // What grows faster is noticed.
    let quadratic = Measured::new("control", 200, |count| (peak(|| vec![0_u8; count * count]), u64::MAX));
    assert!(quadratic.failure().is_some());
    let failures: Vec<_> = measured.iter().filter_map(Measured::failure).collect();
    assert!(failures.is_empty(), "{failures:#?}");
}
