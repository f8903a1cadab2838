//! Tests that a window gives the results of the whole text.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use super::*;
use crate::json::{Lines, decode};
use crate::schema::Schema;

/// A reader that gives a few bytes at a time.
struct Drops<'t>(&'t [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.1.min(buffer.len()).min(self.0.len());
        let (given, rest) = self.0.split_at(length);
        buffer[..length].copy_from_slice(given);
        self.0 = rest;
        Ok(length)
    }
}

/// What was found: rule, place, words, offset, line and column.
type Outcome = Vec<(&'static str, String, String, usize, u64, u64)>;

fn outcome(
    found: Result<Found, (SyntaxError, TextSpan)>,
    text: &[u8],
) -> Result<Outcome, (SyntaxError, u64, u64)> {
    let bom = text.len() - decode(text).unwrap_or(text).len();
    let location = |span: &TextSpan| {
        let at = span.location.unwrap_or_else(|| Lines::new(&text[bom..]).location(span.offset));
        (at.line, at.column)
    };
    let found = found.map_err(|(syntax_error, span)| {
        let (line, column) = location(&span);
        // Offsets of a window count the byte order mark.
        let before = if span.location.is_some() { bom } else { 0 };
        (
            SyntaxError { offset: syntax_error.offset - before.min(syntax_error.offset), ..syntax_error },
            line,
            column,
        )
    })?;
    let say = |(violation, span): &(Violation, TextSpan)| {
        let (line, column) = location(span);
        let before = if span.location.is_some() { bom } else { 0 };
        (
            violation.rule.id,
            violation.pointer.to_string(),
            violation.what.clone(),
            span.offset - before,
            line,
            column,
        )
    };
    let mut all: Outcome = found.ledger.finish(|_, _| None).violations.iter().map(say).collect();
    all.sort();
    Ok(all)
}

/// Windows of every size see what the whole text shows.
#[track_caller]
fn agree(stream: &Stream, text: &[u8], sizes: &[usize]) {
    let nowhere = |syntax_error: SyntaxError| {
        let span = TextSpan { offset: syntax_error.offset, ..TextSpan::default() };
        (syntax_error, span)
    };
    let whole = decode(text)
        .map_err(SyntaxError::encoding)
        .and_then(|text| stream.validate(text, 128, Limits::default(), &mut ()))
        .map_err(nowhere);
    let whole = outcome(whole, text);
    for &size in sizes {
        for drop in [1, 7, usize::MAX] {
            let limits = Limits { window: size, ..Limits::default() };
            let seen =
                stream.validate_reader(Drops(text, drop), LineColumn::START, 128, limits, &mut ()).unwrap();
            let shown = text[..text.len().min(2_000)].escape_ascii();
            assert_eq!(outcome(seen, text), whole, "window {size}, {drop} at a time: {shown}");
        }
    }
}

/// Every published schema that the engine runs.
fn published() -> Vec<Stream> {
    let compile = |file: &PathBuf| {
        let schema: Value = serde_json::from_slice(&fs::read(file).unwrap()).unwrap();
        Stream::new(&Model::of(&Schema::from_value(schema)).unwrap(), &Promises::default(), &[]).ok()
    };
    let streams: Vec<Stream> = files(Path::new("schemas")).iter().filter_map(compile).collect();
    assert!(!streams.is_empty());
    streams
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() { found.extend(files(&path)) } else { found.push(path) }
    }
    found
}

#[test]
fn every_window_sees_the_same() {
    for stream in published() {
        for file in files(Path::new("fixtures")) {
            agree(&stream, &fs::read(&file).unwrap(), &[1, 5, 16, 41, 64, 333, 1 << 20]);
        }
    }
}

#[test]
fn every_cut_is_seen_alike() {
    let text = fs::read("fixtures/valid/minimal.json").unwrap();
    for stream in published() {
        for cut in 0..text.len() {
            agree(&stream, &text[..cut], &[1, 13, 64]);
        }
    }
}

#[test]
fn every_token_crosses_every_border() {
    let schema = json!({
        "type": "object",
        "required": ["last"],
        "properties": {
            "id": {"type": "string", "format": "uuid"},
            "at": {"type": ["string", "null"], "format": "date-time"},
            "kind": {"enum": ["one", "two", null]},
            "n": {"type": "integer", "minimum": 0},
            "next": {"$ref": "#"},
            "list": {"type": "array", "items": {"$ref": "#"}, "maxItems": 1},
            "last": {},
        },
    });
    let stream =
        Stream::new(&Model::of(&Schema::from_value(schema)).unwrap(), &Promises::default(), &[]).unwrap();
    let text = r#"{"id":"00000000-0000-0000-0000-000000000000","\u0069d":"no","at":"2024-01-01T00:00:00.000Z","list":
        [{"at":"2024-01-01","kind":"\u006fne","n":-12,"\ud83d\ude00é\u2028":[1e400,"\\\"",{"a":1,"a":2}]},{"last":true,
        "kind":"thrëe","n":1.50e+2,"n":123456789012345678901}],"next":{"next":{"lost":null,"lats":false,"n":1.5}}, "last":0}"#;
    let sizes: Vec<usize> = (1..90).collect();
    agree(&stream, text.as_bytes(), &sizes);
    agree(&stream, format!("\u{feff}\n{text}\n ").as_bytes(), &sizes);
    agree(&stream, format!("{text} x").as_bytes(), &sizes);
    for bad in
        ["nul", "\"\\ud800\"", "\"\\u12", "-", "1.e", "\"\u{1}\"", "[1,]", "{\"a\" 1}", "{,", "tru}", "\"\\"]
    {
        agree(&stream, format!("{{\"list\":[{{}},{{\"x\":{bad}").as_bytes(), &sizes);
        agree(&stream, format!("{{\"n\":1,\n\"list\":[{{}},{{\"x\":{bad}}}]}}").as_bytes(), &sizes);
    }
    agree(&stream, b"{\"n\":1,\"x\":\"ab\xff\"}", &sizes);
    agree(&stream, b"{\"n\":1,\"x\":\"ab\xc3", &sizes);
    agree(&stream, b"\xff\xfe{\0", &[4, 100]);
}

#[test]
fn a_long_string_leaves_the_window_as_it_is() {
    struct Long(u64);
    impl Read for Long {
        fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
            let length = buffer.len().min(usize::try_from(self.0).unwrap());
            buffer[..length].fill(b'a');
            self.0 -= length as u64;
            Ok(length)
        }
    }
    let text = (&b"[\""[..]).chain(Long(300 << 20)).chain(&b"\"]"[..]);
    let stream = Stream::new(
        &Model::of(&Schema::from_value(json!({"items": {"type": "string"}}))).unwrap(),
        &Promises::default(),
        &[],
    )
    .unwrap();
    let window = Window::new(text, 1 << 16, LineColumn::START).unwrap();
    let (window, found) = stream.walk(window, (128, Limits::default()), &mut None, &mut ());
    assert!(found.is_ok_and(|found| !found.ledger.any(|_| true)));
    assert_eq!(window.size(), 1 << 16);
}
