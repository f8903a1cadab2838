//! One exchange, written in every container that is read with every variation that its format allows, has one
//! verdict.

use std::fmt::Write as _;

use clients_contract::payload::{Options, Payload, Selection};
use clients_contract::validate::Verdict;
use clients_contract::{Origin, Schema, Validator};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

use crate::came::{base64, brotli, came, deflate, gzip, zlib, zstd};

/// A request and its response.
#[derive(Clone, Debug)]
struct Exchange {
    method: &'static str,
    path: &'static [&'static str],
    status: u16,
    body: Value,
}

impl Exchange {
    fn path(&self) -> String {
        format!("/{}", self.path.join("/"))
    }
}

fn exchanges() -> impl Strategy<Value = Exchange> {
    let paths: Vec<&'static [&'static str]> =
        vec![&["v1", "things"], &["graphql"], &["v1", "things", "7"], &["a b", "é"]];
    let id =
        prop_oneof![Just(json!(7)), Just(json!("x")), Just(Value::Null), Just(json!(7.5)), Just(json!([]))];
    let note = prop_oneof![".{0,8}", Just("HTTP/1.1 200 OK".to_owned()), Just("}\"\\\n]".to_owned())];
    let body = (id, note, any::<bool>()).prop_map(|(id, note, whole)| {
        if whole {
            json!({"id": id, "note": note, "list": [{"id": id}, {}]})
        } else {
            json!({"note": note, "list": [id]})
        }
    });
    (
        prop::sample::select(vec!["GET", "POST"]),
        prop::sample::select(paths),
        prop::sample::select(vec![200, 201, 404, 500]),
        body,
    )
        .prop_map(|(method, path, status, body)| Exchange { method, path, status, body })
}

fn validator() -> Validator {
    let id = json!({"type": "integer"});
    let item = json!({"type": "object", "required": ["id"], "properties": {"id": id}});
    let schema = json!({"type": "object", "required": ["id"], "properties": {
        "id": id, "note": {"type": "string"}, "list": {"type": "array", "items": item}}});
    Validator::new(&Schema::from_value(schema)).unwrap()
}

type Judged = (Verdict, Vec<(&'static str, String)>);

fn judged(validator: &Validator, payload: &Payload) -> Judged {
    let validation = validator.validate_payload(payload);
    let mut findings: Vec<_> =
        validation.findings.iter().map(|finding| (finding.rule.id, finding.pointer.to_string())).collect();
    findings.sort();
    (validation.verdict(), findings)
}

/// Choices that depend on a seed only.
struct Dice(u64);

impl Dice {
    fn below(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % sides
    }

    fn yes(&mut self) -> bool {
        self.below(2) == 0
    }

    fn one<'o, T>(&mut self, of: &'o [T]) -> &'o T {
        &of[self.below(of.len())]
    }

    fn space(&mut self) -> &'static str {
        ["", "", "", "", "", " ", "\n", "\t", "\r\n  "][self.below(9)]
    }

    /// JSON with its members in any order, any white space, and some characters escaped.
    fn json(&mut self, value: &Value) -> String {
        let text = match value {
            Value::Object(members) => {
                let mut members: Vec<_> = members.iter().collect();
                for at in (1..members.len()).rev() {
                    members.swap(at, self.below(at + 1));
                }
                let members: Vec<_> = members
                    .into_iter()
                    .map(|(key, value)| format!("{}{}:{}", self.text(key), self.space(), self.json(value)))
                    .collect();
                format!("{{{}{}}}", self.space(), members.join(","))
            }
            Value::Array(items) => {
                let items: Vec<_> = items.iter().map(|item| self.json(item)).collect();
                format!("[{}{}]", items.join(","), self.space())
            }
            Value::String(text) => self.text(text),
            other => other.to_string(),
        };
        format!("{}{text}{}", self.space(), self.space())
    }

    fn text(&mut self, text: &str) -> String {
        let plain = Value::from(text).to_string();
        if self.below(6) > 0 {
            return plain;
        }
        let escaped = |unit: u16| format!("\\u{unit:04x}");
        format!("\"{}\"", text.encode_utf16().map(escaped).collect::<String>())
    }

    /// JSON without white space at its ends.
    fn document(&mut self, value: &Value) -> String {
        match self.below(3) {
            0 => value.to_string(),
            1 => format!("{value:#}"),
            _ => self.json(value).trim().to_owned(),
        }
    }

    /// Adds members that matter to nobody, and some of these as null.
    fn noise(&mut self, mut value: Value, optional: &[&str]) -> Value {
        let object: &mut Map<String, Value> = value.as_object_mut().unwrap();
        for key in optional {
            if self.yes() && !object.contains_key(*key) {
                object.insert((*key).to_owned(), Value::Null);
            }
        }
        for (key, extra) in [
            ("_vendor", json!({"log": [1, {"request": {}}]})),
            ("comment", json!("]}\\\" {")),
            ("_x", json!([[]])),
        ] {
            if self.below(3) == 0 {
                object.insert(key.to_owned(), extra);
            }
        }
        value
    }

    /// A body as it came over the wire, and the name of its coding.
    fn coded(&mut self, body: &str) -> (Vec<u8>, &'static str) {
        let body = body.as_bytes();
        match self.below(7) {
            0 => (gzip(body), "gzip"),
            1 => (zstd(body), "zstd"),
            2 => (brotli(body), "br"),
            3 => (zlib(body), "deflate"),
            4 => (deflate(body), "deflate"),
            5 => (gzip(&brotli(body)), "br, gzip"),
            _ => (body.to_vec(), "identity"),
        }
    }

    fn header_name(&mut self, name: &str) -> String {
        match self.below(3) {
            0 => name.to_ascii_uppercase(),
            1 => name.to_owned(),
            _ => name.to_ascii_lowercase(),
        }
    }

    /// Packs a whole file, and says what it is called then.
    fn file(&mut self, text: String, name: &str) -> (Vec<u8>, String) {
        let bytes = text.into_bytes();
        match self.below(6) {
            0 => ([gzip(&bytes), vec![0; self.below(9)]].concat(), format!("{name}.gz")),
            1 => {
                let half = bytes.len() / 2;
                ([gzip(&bytes[..half]), gzip(&bytes[half..])].concat(), name.to_owned())
            }
            2 => (zstd(&bytes), format!("{name}.zst")),
            3 => (brotli(&bytes), format!("{name}.br")),
            _ => (bytes, name.to_owned()),
        }
    }
}

/// A file of one kind, made of an exchange.
type Container = fn(&Exchange, &mut Dice) -> (String, &'static str);

fn har(exchange: &Exchange, dice: &mut Dice) -> (String, &'static str) {
    let body = dice.document(&exchange.body);
    let (bytes, coding) = dice.coded(&body);
    let (content, coding) = match dice.below(4) {
        0 => (json!({"text": base64(body.as_bytes()), "encoding": "base64"}), coding),
        // A flag that lies.
        1 => (json!({"text": body, "encoding": "base64"}), coding),
        2 => (json!({"text": base64(&bytes), "encoding": "base64"}), coding),
        _ => (json!({"text": body}), coding),
    };
    let content = dice.noise(content, &["encoding", "_file", "mimeType", "size"]);
    let headers = json!([{"name": dice.header_name("Content-Encoding"), "value": coding}]);
    let host = *dice.one(&["https://a.example.com", "http://localhost:8080", "", "//a.example.com"]);
    let url =
        format!("{host}{}{}", exchange.path().replace(' ', "%20"), dice.one(&["", "?page=1", "/", "#x"]));
    let response = json!({"status": exchange.status, "headers": headers, "content": content});
    let response = dice.noise(response, &["statusText", "redirectURL"]);
    let request = dice.noise(json!({"method": exchange.method, "url": url}), &["headers", "postData"]);
    let entry = dice
        .noise(json!({"request": request, "response": response}), &["startedDateTime", "time", "pageref"]);
    let mut entries = vec![entry];
    let other = |path: &str, status: u16| json!({"request": {"method": "GET", "url": path}, "response": {"status": status, "content": {"text": "{"}}});
    if dice.yes() {
        entries.insert(0, other("/other", 200));
    }
    if dice.yes() {
        entries.insert(0, other(&exchange.path(), 302));
        entries[0]["request"]["method"] = json!(exchange.method);
    }
    let mut log = json!({"entries": entries});
    if dice.yes() {
        log["version"] = json!("1.2");
    }
    if dice.yes() {
        log["creator"] = json!({"name": "x", "version": "1"});
    }
    let log = dice.noise(log, &["version", "creator", "browser", "pages"]);
    let whole = dice.noise(json!({"log": log}), &[]);
    let name = *dice.one(&["x.har", "x.json", "x", "x.ndjson"]);
    // A name that says lines is believed of what is on one.
    (dice.document(&whole), name)
}

fn postman(exchange: &Exchange, dice: &mut Dice) -> (String, &'static str) {
    let path = exchange.path();
    let segments: Vec<Value> = exchange.path.iter().map(|part| json!(part)).collect();
    let url = match dice.below(7) {
        0 => json!(format!("https://a.example.com{path}?page=1")),
        1 => json!(format!("{{{{base}}}}{path}")),
        2 => json!({"raw": format!("{{{{base}}}}:{{{{port}}}}{path}/")}),
        3 => json!({"host": ["a", "example"], "path": segments, "query": [{"key": "a", "value": null}]}),
        4 => json!({"host": "a.example.com", "protocol": "https", "path": path}),
        5 => {
            json!({"path": segments.iter().map(|value| json!({"type": "string", "value": value})).collect::<Vec<_>>()})
        }
        _ => {
            let (last, before) = segments.split_last().unwrap();
            let mut parts = before.to_vec();
            parts.push(json!(":last"));
            json!({"raw": "{{base}}/:last", "path": parts, "variable": [{"key": "last", "value": last}]})
        }
    };
    let url = if url.is_object() { dice.noise(url, &["raw", "query", "variable", "hash"]) } else { url };
    let request = dice.noise(json!({"method": exchange.method, "url": url}), &["header", "body"]);
    let body = dice.document(&exchange.body);
    let mut saved = json!({"code": exchange.status, "body": body, "header": [{"key": "Content-Encoding", "value": "gzip"}]});
    if dice.yes() {
        saved["originalRequest"] = request.clone();
    }
    let saved = dice.noise(saved, &["originalRequest", "name", "status", "cookie"]);
    let item = json!({"name": "n", "request": request, "response": [saved]});
    let mut items = vec![dice.noise(item, &["item", "event", "id"])];
    if dice.yes() {
        items.push(json!({"name": "other", "request": "https://a.example.com/other", "response": [{"code": 200, "body": "{"}]}));
    }
    for _ in 0..dice.below(3) {
        items = vec![
            dice.noise(json!({"name": "folder", "item": items}), &["request", "response", "description"]),
        ];
    }
    let info = match dice.below(3) {
        0 => {
            json!({"name": "n", "schema": "https://schema.getpostman.com/json/collection/v2.1.0/collection.json"})
        }
        1 => json!({"name": "n", "_postman_id": "x"}),
        _ => json!({"name": "n"}),
    };
    let info = dice.noise(info, &["_postman_id", "schema", "description"]);
    let whole = dice.noise(json!({"info": info, "item": items}), &["variable", "auth", "event"]);
    let whole = if dice.below(4) == 0 { json!({"collection": whole}) } else { whole };
    (dice.document(&whole), "x.json")
}

fn wiremock(exchange: &Exchange, dice: &mut Dice) -> (String, &'static str) {
    let path = exchange.path();
    let url = match dice.below(6) {
        0 => json!({"url": format!("{path}?page=1")}),
        1 => json!({"urlPath": path}),
        2 => json!({"urlPathPattern": format!("{path}.{{0}}")}),
        3 => json!({"urlPattern": format!("{path}\\?page=[0-9]+")}),
        4 => json!({"urlPathTemplate": format!("{}/{{last}}", path.rsplit_once('/').unwrap().0)}),
        _ => json!({"url": path, "absoluteUrl": format!("http://localhost{path}")}),
    };
    let mut request = url;
    if dice.yes() {
        request["method"] = json!(exchange.method);
    }
    let request = dice.noise(request, &["method", "headers", "urlPattern", "queryParameters"]);
    let body = dice.document(&exchange.body);
    let (bytes, coding) = dice.coded(&body);
    let mut response = match dice.below(4) {
        0 => json!({"body": body}),
        1 => json!({"jsonBody": exchange.body}),
        2 => json!({"base64Body": base64(body.as_bytes())}),
        _ => {
            json!({"bodyAsBase64": base64(&bytes), "body": "?", "headers": {dice.header_name("Content-Encoding"): coding}})
        }
    };
    if exchange.status != 200 || dice.yes() {
        response["status"] = json!(exchange.status);
    }
    let response =
        dice.noise(response, &["status", "headers", "base64Body", "bodyFileName", "statusMessage"]);
    let entry = dice
        .noise(json!({"request": request, "response": response}), &["id", "uuid", "name", "scenarioName"]);
    let whole = match dice.below(3) {
        0 => entry,
        1 => json!({"mappings": [entry], "meta": {"total": 1}}),
        _ => {
            json!({"requests": [entry, {"request": {"url": "/other", "method": "GET"}, "response": {"status": 200, "body": "{"}}]})
        }
    };
    (dice.document(&whole), "x.json")
}

fn http(exchange: &Exchange, dice: &mut Dice) -> (String, &'static str) {
    let body = dice.document(&exchange.body);
    let end = *dice.one(&["\r\n", "\n"]);
    let mut head = format!("{} {} Said{end}", dice.one(&["HTTP/1.1", "HTTP/2", "HTTP/1.0"]), exchange.status);
    let odd = ["X-Folded: a\r\n  b", "X Bad Name: v", "no colon at all", "Server : x", "X-Empty:"];
    for line in odd {
        if dice.yes() {
            head.push_str(line);
            head.push_str(end);
        }
    }
    write!(head, "{}: application/json{end}", dice.header_name("Content-Type")).unwrap();
    let mut text = body.clone();
    match dice.below(4) {
        0 => write!(head, "{}: {}{end}", dice.header_name("Content-Length"), body.len()).unwrap(),
        // That of the compressed body, which was decoded before it was saved.
        1 => {
            write!(head, "content-length: {}{end}content-encoding:{end} gzip{end}", body.len() / 2).unwrap();
        }
        2 => {
            write!(head, "{}: chunked{end}", dice.header_name("Transfer-Encoding")).unwrap();
            let cut = (0..=body.len() / 2).rev().find(|at| body.is_char_boundary(*at)).unwrap();
            let (one, two) = body.split_at(cut);
            text.clear();
            for part in [one, two].into_iter().filter(|part| !part.is_empty()) {
                write!(text, "{:x}\r\n{part}\r\n", part.len()).unwrap();
            }
            text.push_str("0\r\n\r\n");
        }
        _ => {}
    }
    let before = *dice.one(&[
        "",
        "HTTP/1.1 100 Continue\r\n\r\n",
        "HTTP/1.1 302 Found\r\nlocation: /x\r\n\r\n",
        "\u{feff}",
    ]);
    (format!("{before}{head}{end}{text}"), "x.http")
}

fn json_file(exchange: &Exchange, dice: &mut Dice) -> (String, &'static str) {
    let before = *dice.one(&["", "\u{feff}", "\n\n  "]);
    (
        format!("{before}{}{}", dice.document(&exchange.body), dice.space()),
        *dice.one(&["x.json", "x", "x.jsonl"]),
    )
}

fn lines(exchange: &Exchange, dice: &mut Dice) -> (String, &'static str) {
    let request = json!({"recorded_request": {"method": exchange.method, "url": exchange.path()}});
    let before = *dice.one(&["", "\n \n"]);
    let request = if dice.yes() { format!("{request}\n") } else { String::new() };
    (format!("{before}{request}{}{}", exchange.body, dice.one(&["", "\n", "\r\n\r\n"])), "x.ndjson")
}

/// Whether a container keeps the status of a response.
const CONTAINERS: &[(&str, bool, Container)] = &[
    ("har", true, har),
    ("postman", true, postman),
    ("wiremock", true, wiremock),
    ("http", true, http),
    ("json", false, json_file),
    ("ndjson", false, lines),
];

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]

    #[test]
    fn one_exchange_has_one_verdict_in_every_container(exchange in exchanges(), seed in any::<u64>()) {
        let validator = validator();
        let path = exchange.path().replace(' ', "%20");
        let selection = format!("{} {path}", exchange.method).parse::<Selection>().unwrap();
        for (kind, keeps_status, container) in CONTAINERS {
            let plain = Payload::new(Origin::file("x"), exchange.body.to_string().into_bytes());
            let expected = judged(&validator, &if *keeps_status { plain.with_status(exchange.status) } else { plain });
            for round in 0..4 {
                let mut dice = Dice(seed ^ round);
                let (text, name) = container(&exchange, &mut dice);
                let (bytes, name) = dice.file(text.clone(), name);
                let options = Options { selection: Some(selection.clone()), pass_large: dice.yes(), ..Options::default() };
                let came = came(bytes, &name, &options);
                prop_assert!(came.problems.is_empty(), "{} {}: {:?}\n{}", kind, name, came.problems, text);
                let found: Vec<Judged> = came.payloads.iter().map(|payload| judged(&validator, payload)).collect();
                prop_assert_eq!(&found, &vec![expected.clone()], "{} {}: {:?}\n{}", kind, name, came.skipped, text);
            }
        }
    }
}
