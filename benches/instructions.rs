//! Counts the instructions for an input, and for twice as much of it.
//!
//! Needs valgrind, and `cargo install --locked gungraun-runner` in the version of the crate `gungraun`. Every
//! case runs at two or three sizes, each twice the one before, under callgrind; what makes the input is not
//! counted. `cargo bench --bench instructions -- --output-format=json >target/instructions.json` prints the
//! counts, and `INSTRUCTIONS=target/instructions.json cargo test --test scaling -- --include-ignored` holds
//! them to 2.2 times the cost for twice the input. Instructions are counted, not time, so that any machine
//! will do.
#![allow(clippy::exit, clippy::unwrap_used, missing_docs)]

use std::fmt::Write;
use std::fs;
use std::hint::black_box;
use std::io::Cursor;
use std::path::Path;

use clients_contract::live::{Address, Key, Options, Record, Walk};
use clients_contract::payload::{self, Input, Item};
use clients_contract::validate::Engine;
use clients_contract::{Contract, Origin, Payload, Schema, Validation, Validator};
use gungraun::Callgrind;
use gungraun::prelude::*;
use serde_json::json;
use tempfile::TempDir;

/// How a body is validated.
#[derive(Clone, Copy)]
enum By {
    /// The streaming engine, over the whole body.
    Slice,
    /// The streaming engine, as the body is read.
    Window,
    /// The reference engine.
    Reference,
}

/// A body, and what it is validated by.
struct Case {
    by: By,
    validator: Validator,
    body: Vec<u8>,
}

impl Case {
    fn new(by: By, schema: &serde_json::Value, body: impl Into<Vec<u8>>) -> Self {
        let schema = Schema::from_value(schema.clone());
        let engine = if let By::Reference = by { Engine::Reference } else { Engine::Stream };
        let validator = Validator::new(&schema).unwrap().engine(engine).unwrap();
        let case = Self { by, validator, body: body.into() };
        // What is compiled when it is first needed is not counted.
        black_box(case.run(b"[{}]"));
        case
    }

    fn run(&self, body: &[u8]) -> Validation {
        match self.by {
            By::Slice | By::Reference => self.validator.validate(body),
            By::Window => {
                let place = Payload::new(Origin::file("body"), Vec::new());
                self.validator.validate_reader(&place, body).unwrap()
            }
        }
    }
}

/// Items of a list, from a number each.
fn list(count: usize, item: impl Fn(usize) -> String) -> String {
    format!("[{}]", (0..count).map(item).collect::<Vec<_>>().join(","))
}

fn rows() -> serde_json::Value {
    json!({"type": "array", "items": {
        "type": "object", "required": ["name"], "properties": {"id": {"type": "integer"}, "name": {"type": "string"}}}})
}

fn duplicate_keys(by: By, count: usize) -> Case {
    Case::new(by, &rows(), list(count, |row| format!(r#"{{"name":"","id":{row},"id":{row}}}"#)))
}

/// What is found in a member that is replaced later.
fn replaced_members(by: By, count: usize) -> Case {
    Case::new(by, &rows(), list(count, |row| format!(r#"{{"name":"","id":[{row}],"id":{row},"id":null}}"#)))
}

fn same_key(by: By, count: usize) -> Case {
    let members: Vec<_> = (0..count).map(|number| format!("\"k\":{number}")).collect();
    let schema = json!({"properties": {"k": {"type": "string"}}});
    Case::new(by, &schema, format!("{{{}}}", members.join(",")))
}

fn many_errors(by: By, count: usize) -> Case {
    let schema = json!({"type": "array", "items": {"type": "string"}});
    Case::new(by, &schema, list(count, |_| "0".to_owned()))
}

/// Groups of findings without end.
fn many_groups(by: By, count: usize) -> Case {
    let members: Vec<_> = (0..count).map(|number| format!("\"k{number}\":{number}")).collect();
    let schema = json!({"additionalProperties": {"type": "string"}});
    Case::new(by, &schema, format!("{{{}}}", members.join(",")))
}

/// Groups of findings below a key that is about as long as all of their keys together.
fn long_key(by: By, count: usize) -> Case {
    let members: Vec<_> = (0..count).map(|number| format!("\"k{number}\":{number}")).collect();
    let strings = json!({"additionalProperties": {"type": "string"}});
    let body = format!("{{\"{}\":{{{}}}}}", "k".repeat(count * 10), members.join(","));
    Case::new(by, &json!({"additionalProperties": strings}), body)
}

/// Findings of one group below a long key.
fn long_key_of_a_list(by: By, count: usize) -> Case {
    let strings = json!({"items": {"type": "string"}});
    let body = format!("{{\"{}\":{}}}", "k".repeat(count * 10), list(count, |_| "0".to_owned()));
    Case::new(by, &json!({"additionalProperties": strings}), body)
}

/// Locations of nulls and of objects without a member, on one line.
fn places(by: By, count: usize) -> Case {
    Case::new(by, &rows(), list(count, |_| "{\"id\":null}".to_owned()))
}

fn long_string(by: By, length: usize) -> Case {
    Case::new(by, &json!({"type": "array"}), format!("[\"{}\\n\"]", "é".repeat(length)))
}

/// Alternatives that all fail, so many levels deep.
fn nested_any(by: By, levels: usize) -> Case {
    let list = json!({"type": "array", "items": {"$ref": "#/$defs/n"}});
    let other = json!({"type": "array", "items": {"$ref": "#/$defs/n"}, "maxItems": 99});
    nested(by, levels, &json!({"anyOf": [list, other]}))
}

fn nested_one(by: By, levels: usize) -> Case {
    let list = json!({"type": "array", "items": {"$ref": "#/$defs/n"}});
    let other = json!({"type": "array", "items": {"$ref": "#/$defs/n"}, "minItems": 2});
    nested(by, levels, &json!({"oneOf": [list, other]}))
}

fn nested_all(by: By, levels: usize) -> Case {
    let list = json!({"type": "array", "items": {"$ref": "#/$defs/n"}});
    nested(by, levels, &json!({"allOf": [list, {"items": {"$ref": "#/$defs/n"}}]}))
}

fn nested(by: By, levels: usize, definition: &serde_json::Value) -> Case {
    let schema = json!({"$ref": "#/$defs/n", "$defs": {"n": definition}});
    Case::new(by, &schema, format!("{}\"x\"{}", "[".repeat(levels), "]".repeat(levels)))
}

/// A list of rules in rules, each one of four kinds that a constant tells apart.
fn filter(by: By, levels: usize) -> Case {
    let kind = |op: &str| {
        json!({"type": "object", "required": ["op", "args"], "additionalProperties": false,
            "properties": {"op": {"const": op}, "args": {"type": "array", "items": {"$ref": "#/$defs/rule"}}}})
    };
    let is = json!({"type": "object", "required": ["op", "field"], "additionalProperties": false,
        "properties": {"op": {"const": "is"}, "field": {"type": "string"}}});
    let schema = json!({"$ref": "#/$defs/rule", "$defs": {"rule": {"oneOf": [kind("and"), kind("or"), kind("not"), is]}}});
    let mut body = r#"{"op":"is","field":7}"#.to_owned();
    for level in 0..levels {
        let op = ["and", "or", "not"][level % 3];
        body = format!(r#"{{"op":"{op}","args":[{body}]}}"#);
    }
    Case::new(by, &schema, body)
}

#[library_benchmark]
#[benches::duplicate_keys_slice(args = [(By::Slice, 1000), (By::Slice, 2000)], setup = duplicate_keys)]
#[benches::duplicate_keys_window(args = [(By::Window, 1000), (By::Window, 2000)], setup = duplicate_keys)]
#[benches::duplicate_keys_reference(args = [(By::Reference, 1000), (By::Reference, 2000)], setup = duplicate_keys)]
#[benches::replaced_members_slice(args = [(By::Slice, 1000), (By::Slice, 2000)], setup = replaced_members)]
#[benches::replaced_members_window(args = [(By::Window, 1000), (By::Window, 2000)], setup = replaced_members)]
#[benches::replaced_members_reference(args = [(By::Reference, 1000), (By::Reference, 2000)], setup = replaced_members)]
#[benches::same_key_slice(args = [(By::Slice, 2000), (By::Slice, 4000)], setup = same_key)]
#[benches::same_key_window(args = [(By::Window, 2000), (By::Window, 4000)], setup = same_key)]
#[benches::same_key_reference(args = [(By::Reference, 2000), (By::Reference, 4000)], setup = same_key)]
#[benches::many_errors_slice(args = [(By::Slice, 2000), (By::Slice, 4000)], setup = many_errors)]
#[benches::many_errors_window(args = [(By::Window, 2000), (By::Window, 4000)], setup = many_errors)]
#[benches::many_errors_reference(args = [(By::Reference, 2000), (By::Reference, 4000)], setup = many_errors)]
#[benches::many_groups_slice(args = [(By::Slice, 1000), (By::Slice, 2000)], setup = many_groups)]
#[benches::many_groups_window(args = [(By::Window, 1000), (By::Window, 2000)], setup = many_groups)]
#[benches::many_groups_reference(args = [(By::Reference, 1000), (By::Reference, 2000)], setup = many_groups)]
#[benches::long_key_slice(args = [(By::Slice, 2000), (By::Slice, 4000)], setup = long_key)]
#[benches::long_key_window(args = [(By::Window, 2000), (By::Window, 4000)], setup = long_key)]
#[benches::long_key_reference(args = [(By::Reference, 2000), (By::Reference, 4000)], setup = long_key)]
#[benches::long_key_of_a_list_slice(args = [(By::Slice, 2000), (By::Slice, 4000)], setup = long_key_of_a_list)]
#[benches::long_key_of_a_list_window(args = [(By::Window, 2000), (By::Window, 4000)], setup = long_key_of_a_list)]
#[benches::long_key_of_a_list_reference(args = [(By::Reference, 2000), (By::Reference, 4000)], setup = long_key_of_a_list)]
#[benches::places_slice(args = [(By::Slice, 2000), (By::Slice, 4000)], setup = places)]
#[benches::places_window(args = [(By::Window, 2000), (By::Window, 4000)], setup = places)]
#[benches::places_reference(args = [(By::Reference, 2000), (By::Reference, 4000)], setup = places)]
#[benches::long_string_slice(args = [(By::Slice, 20_000), (By::Slice, 40_000)], setup = long_string)]
#[benches::long_string_window(args = [(By::Window, 20_000), (By::Window, 40_000)], setup = long_string)]
#[benches::long_string_reference(args = [(By::Reference, 20_000), (By::Reference, 40_000)], setup = long_string)]
fn bodies(case: Case) -> (Validation, Case) {
    (black_box(case.run(&case.body)), case)
}

#[library_benchmark]
#[benches::any_of(args = [(By::Reference, 5), (By::Reference, 10), (By::Reference, 20)], setup = nested_any)]
#[benches::one_of(args = [(By::Reference, 5), (By::Reference, 10), (By::Reference, 20)], setup = nested_one)]
#[benches::all_of(args = [(By::Reference, 5), (By::Reference, 10), (By::Reference, 20)], setup = nested_all)]
#[benches::filter(args = [(By::Reference, 5), (By::Reference, 10), (By::Reference, 20)], setup = filter)]
fn alternatives(case: Case) -> (Validation, Case) {
    (black_box(case.run(&case.body)), case)
}

/// A text, and what it holds.
type Text = (Vec<u8>, Input);

fn short_lines(count: usize) -> Text {
    ("1\n".repeat(count).into_bytes(), Input::Ndjson)
}

fn blank_lines(count: usize) -> Text {
    ("\n".repeat(count).into_bytes(), Input::Ndjson)
}

fn white_space(count: usize) -> Text {
    (format!("{}{{}}{}", " \n".repeat(count), "\n ".repeat(count)).into_bytes(), Input::Documents)
}

fn documents(count: usize) -> Text {
    ("{\n}\n".repeat(count).into_bytes(), Input::Documents)
}

fn responses(count: usize, head: &str, body: &str) -> Text {
    (format!("HTTP/1.1 200 OK\r\n{head}\r\n{body}").repeat(count).into_bytes(), Input::Http)
}

fn plain_responses(count: usize) -> Text {
    responses(count, "", r#"{"log":["HTTP/1.1 404 Not Found"],"a":1}"#)
}

/// Each claims to be as long as all of them together.
fn responses_of_wrong_length(count: usize) -> Text {
    responses(count, "content-length: 10000000\r\n", "{\"a\":1}")
}

/// Each is cut off, so that its brackets are closed by another, if at all.
fn cut_responses(count: usize) -> Text {
    responses(count, "server: x\r\n", "{\"a\":[\"")
}

fn html_responses(count: usize) -> Text {
    responses(count, "server: x\r\n", "<html><p>HTTP/1.1 404 Not Found</p>")
}

#[library_benchmark]
#[benches::short_lines(args = [5000, 10_000], setup = short_lines)]
#[benches::blank_lines(args = [50_000, 100_000], setup = blank_lines)]
#[benches::white_space(args = [20_000, 40_000], setup = white_space)]
#[benches::documents(args = [5000, 10_000], setup = documents)]
#[benches::responses(args = [500, 1000], setup = plain_responses)]
#[benches::responses_of_wrong_length(args = [500, 1000], setup = responses_of_wrong_length)]
#[benches::cut_responses(args = [500, 1000], setup = cut_responses)]
#[benches::html_responses(args = [500, 1000], setup = html_responses)]
fn inputs((text, input): Text) -> usize {
    let items = payload::read(Cursor::new(text), Origin::file("text"), Some(input));
    items.filter(|item| matches!(item, Ok(Item::Payload(_)))).count()
}

/// A walk that is to be resumed: its record is there, and no server is asked.
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

/// A page of so many numbers beside its numbers, and so many clients.
fn page(count: usize) -> (TempDir, Walk) {
    let clients = list(count, |number| format!(r#"{{"id":"{number:032x}","name":"School {number}"}}"#));
    let junk = list(count * 10, |_| "0".to_owned());
    let info = json!({"perPage": 25, "currentPage": 1, "total": count, "hasMore": false});
    let body = format!(r#"{{"junk":{junk},"data":{{"Clients":{{"pageInfo":{info},"clients":{clients}}}}}}}"#);
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("page.ndjson"), format!("{body}\n")).unwrap();
    let walk = resumed(folder.path(), "page.ndjson");
    (folder, walk)
}

#[library_benchmark]
#[benches::page(args = [500, 1000], setup = page)]
fn walks((folder, mut walk): (TempDir, Walk)) -> (TempDir, Walk) {
    black_box(walk.next().unwrap().unwrap());
    (folder, walk)
}

fn gzip(text: &str) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    std::io::Write::write_all(&mut encoder, text.as_bytes()).unwrap();
    encoder.finish().unwrap()
}

fn record(text: &str) -> TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("record.ndjson.gz"), gzip(text)).unwrap();
    folder
}

fn blank_record(lines: usize) -> TempDir {
    record(&format!("{}1\n", "\n".repeat(lines)))
}

fn record_of_short_lines(lines: usize) -> TempDir {
    let mut text = String::new();
    for line in 0..lines {
        let _ = writeln!(text, "{line}");
    }
    record(&text)
}

#[library_benchmark]
#[benches::blank_lines(args = [100_000, 200_000], setup = blank_record)]
#[benches::short_lines(args = [20_000, 40_000], setup = record_of_short_lines)]
fn records(folder: TempDir) -> (Walk, TempDir) {
    (black_box(resumed(folder.path(), "record.ndjson.gz")), folder)
}

// What must be noticed: the check fails when this passes.
#[library_benchmark]
#[benches::quadratic(args = [500, 1000])]
fn control(count: usize) -> usize {
    (0..count).flat_map(|a| (0..count).map(move |b| (a, b))).filter(|(a, b)| black_box(*a) == *b).count()
}

library_benchmark_group!(name = validation, benchmarks = [bodies, alternatives]);
library_benchmark_group!(name = reading, benchmarks = [inputs]);
library_benchmark_group!(name = walking, benchmarks = [walks, records]);
library_benchmark_group!(name = controls, benchmarks = [control]);
main!(
    config = LibraryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    library_benchmark_groups = [validation, reading, walking, controls]
);
