//! Captures of every format: the same container, entries and findings.

use std::fs;
use std::io::Cursor;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clients_contract::generate::Generator;
use clients_contract::payload::{self, Input, Item, NotValidated, Options};
use clients_contract::redact::{LeakSearch, Outside, Redactor, rewrite};
use clients_contract::{Contract, Origin};
use serde_json::{Map, Value, json};

use super::leaks::{self, MARKER, has_no_marker};
use super::{KEY, clients};
use crate::came::base64;

fn captures() -> Vec<PathBuf> {
    let files = fs::read_dir("fixtures/captures").unwrap();
    let mut files: Vec<PathBuf> = files.map(|file| file.unwrap().path()).collect();
    files.sort();
    files
}

pub(super) fn outside() -> Outside {
    let contract = Contract::clients();
    let parameters = contract.parameters.iter().map(|parameter| &*parameter.name);
    let numeric = contract.paging().unwrap().numeric_parameters();
    Outside::new([&*contract.path]).parameters(parameters).numeric_parameters(numeric)
}

/// A text as it becomes, and the problems.
pub(super) fn rewritten(
    redactor: &mut Redactor,
    text: &[u8],
    name: &str,
    input: Option<Input>,
    jobs: usize,
) -> (Vec<u8>, Vec<String>) {
    let options = Options { input, ..Options::default() };
    let opened =
        payload::open_reader(Cursor::new(text.to_vec()), Origin::file(name.to_owned()), &options).unwrap();
    let mut out = Vec::new();
    let jobs = NonZeroUsize::new(jobs).unwrap();
    let rewritten = rewrite(opened, redactor, &outside(), jobs, &mut out).unwrap();
    (out, rewritten.problems.iter().map(ToString::to_string).collect())
}

/// What is read: the kinds of items, and the findings of payloads.
pub(super) fn read(text: &[u8], name: &str, input: Option<Input>) -> Vec<String> {
    let options = Options { input, selection: Some(Contract::clients().selection()), ..Options::default() };
    let opened =
        payload::open_reader(Cursor::new(text.to_vec()), Origin::file(name.to_owned()), &options).unwrap();
    let validator = Contract::clients().validator();
    let kind = |item| match item {
        Ok(Item::Payload(payload)) => {
            let validation = validator.validate_payload(&payload);
            let findings = validation.findings.iter();
            let findings = findings.map(|one| format!("{} {} {}", one.rule.id, one.pointer, one.further));
            let page = payload.request().map(|request| request.query.clone());
            let reason = validation.not_validated.map(NotValidated::name);
            format!("{:?} {:?} {page:?} {reason:?}", payload.status(), findings.collect::<Vec<_>>())
        }
        Ok(Item::Skipped(skipped)) => format!("skipped: {}", skipped.why),
        Ok(Item::Large(_)) => "large".to_owned(),
        Err(error) => format!("problem: {}", clients_contract::Error::message(&error)),
    };
    opened.items().map(kind).collect()
}

#[test]
fn every_capture_keeps_its_entries_and_findings() {
    for path in captures() {
        let (name, mut reader) = (path.to_str().unwrap(), payload::open(&path, &Options::default()).unwrap());
        let mut text = Vec::new();
        reader.reader.read_to_end(&mut text).unwrap();
        let name = name.trim_end_matches(".gz").trim_end_matches(".zst").trim_end_matches(".br");
        let (out, problems) = rewritten(&mut clients(KEY), &text, name, None, 1);
        assert_eq!(problems, <[&str; 0]>::default(), "{name}");
        assert_eq!(read(&out, name, None), read(&text, name, None), "{name}");
        assert!(!String::from_utf8_lossy(&out).contains("Fernhill"), "{name}");
        assert!(!String::from_utf8_lossy(&out).contains("acme."), "{name}");
        let (again, _) = rewritten(&mut clients(KEY), &text, name, None, 1);
        assert!(again == out, "{name}: the same key");
        let (other, _) = rewritten(&mut clients(b"another key of mine"), &text, name, None, 1);
        assert!(other != out, "{name}: another key");
        let leaks = LeakSearch::default().run(&out[..]).unwrap();
        assert_eq!(leaks.count, 0, "{name}: {leaks:?}");
    }
}

#[test]
fn the_number_of_threads_changes_nothing() {
    let page = fs::read_to_string("fixtures/valid/minimal.json").unwrap();
    let page = serde_json::from_str::<Value>(&page).unwrap();
    let entry = |number: usize| {
        let body = page.to_string().replace("Fernhill", &format!("Fernhill{number}"));
        json!({"request": {"method": "GET", "url": format!("https://a.test/incoming/v2/clients?page={number}")},
            "response": {"status": 200, "content": {"text": body}}})
    };
    let entries: Vec<Value> = (0..9_000).map(entry).collect();
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": entries}}).to_string();
    let (one, _) = rewritten(&mut clients(KEY), har.as_bytes(), "a.har", None, 1);
    let mut redactor = clients(KEY);
    let (many, _) = rewritten(&mut redactor, har.as_bytes(), "a.har", None, 4);
    assert!(one == many && one.len() > 2 << 20);
    assert_eq!(redactor.summary().bodies, 9_000);
}

/// A marker in every string and in new members and keys.
fn plant(value: &mut Value, body: &str) {
    match value {
        Value::String(text) => MARKER.clone_into(text),
        Value::Array(items) => items.iter_mut().for_each(|item| plant(item, body)),
        Value::Object(members) => {
            members.iter_mut().for_each(|(name, member)| match name.as_str() {
                "text" | "body" | "raw" => *member = body.into(),
                "jsonBody" => *member = serde_json::from_str(body).unwrap_or_else(|_| MARKER.into()),
                "bodyAsBase64" | "base64Body" => *member = base64(body.as_bytes()).into(),
                "url" | "redirectURL" | "absoluteUrl" | "referer" if member.is_string() => {
                    *member = format!("https://{MARKER}:{MARKER}@{MARKER}.org/{MARKER}/a%20{MARKER}?page={MARKER}&{MARKER}%20a={MARKER}&{MARKER}%20a=1&sort={MARKER}#{MARKER}").into();
                }
                _ => plant(member, body),
            });
            for name in ["_vendor", "comment", "unknown", MARKER, "description"] {
                let inside = json!({MARKER: [MARKER, 1, {MARKER: MARKER}]});
                let text = Value::from(MARKER);
                let old = members.insert(name.to_owned(), if name == "comment" { text } else { inside });
                assert!(old.is_none() || name == "comment" || name == "description", "{name}");
            }
        }
        _ => {}
    }
}

#[test]
fn no_marker_of_a_capture_is_left() {
    let body = json!({"data": {"Clients": {"clients": [{"id": MARKER, "name": MARKER, (format!("{MARKER}@x.org")): MARKER}]}}});
    for path in captures() {
        let name = path.to_str().unwrap();
        let input = Input::of_name(&path);
        let Some(value) = fs::read(&path).ok().and_then(|text| serde_json::from_slice::<Value>(&text).ok())
        else {
            continue;
        };
        let input = match name {
            _ if name.contains("postman") => Some(Input::Postman),
            _ if name.contains("wiremock") => Some(Input::WireMock),
            _ => input,
        };
        for body in
            [&*body.to_string(), &format!("<b>{MARKER}</b>"), &format!("a={MARKER}&{MARKER}%20b={MARKER}")]
        {
            let mut value = value.clone();
            plant(&mut value, body);
            for text in [value.to_string(), format!("{value:#}"), format!("\u{feff}{value}")] {
                let (out, problems) = rewritten(&mut clients(KEY), text.as_bytes(), name, input, 1);
                assert_eq!(problems, <[&str; 0]>::default(), "{name}");
                serde_json::from_slice::<Value>(out.strip_prefix(b"\xef\xbb\xbf").unwrap_or(&out)).unwrap();
                has_no_marker(&out);
            }
        }
    }
}

/// `PLANTED_ENTRIES` says how many entries; by hand, 10,000.
#[test]
fn no_marker_of_many_pages_is_left() {
    let wanted = std::env::var("PLANTED_ENTRIES").ok().and_then(|count| count.parse().ok()).unwrap_or(30);
    let recipe = clients_contract::clients::recipe(1).unwrap();
    let mut planted = 0;
    let entries: Vec<Value> = Generator::new(recipe, 5)
        .take(wanted)
        .enumerate()
        .map(|(number, mut page)| {
            leaks::plant(&mut page, &mut planted);
            json!({
                "startedDateTime": "2026-01-01T00:00:00Z", "time": number, "comment": MARKER, "serverIPAddress": "10.1.2.3",
                "request": {"method": "GET", "url": format!("https://{MARKER}.org/incoming/v2/clients?page={number}&query={MARKER}"),
                    "headers": [{"name": "Authorization", "value": MARKER}, {"name": "Referer", "value": format!("https://a.org/{MARKER}")}],
                    "cookies": [{"name": MARKER, "value": MARKER}], "queryString": [{"name": "query", "value": MARKER}]},
                "response": {"status": 200, "statusText": MARKER, "headers": [{"name": "set-cookie", "value": MARKER}],
                    "content": {"mimeType": "application/json", "text": page.to_string()}, "_error": MARKER}
            })
        })
        .collect();
    let har = json!({"log": {"version": "1.2", "creator": {"name": MARKER}, "entries": entries}}).to_string();
    let mut redactor = clients(KEY);
    let (out, problems) = rewritten(&mut redactor, har.as_bytes(), "a.har", None, 2);
    assert_eq!(problems, <[&str; 0]>::default());
    has_no_marker(&out);
    let leaks = LeakSearch::default().written(redactor.written()).run(&out[..]).unwrap();
    assert_eq!(leaks.count, 0, "{leaks:?}");
    assert_eq!(read(&out, "a.har", None).len(), wanted);
}

#[test]
fn no_marker_of_saved_http_or_lines_is_left() {
    let head = format!(
        "HTTP/1.1 200 {MARKER}\r\nSet-Cookie: {MARKER}={MARKER}\r\nX-{MARKER}: 1\r\nContent-Type: application/json; charset={MARKER}\r\n\
        ETag: \"{MARKER}\"\r\nLink: <https://a.org/{MARKER}>; rel=\"{MARKER}\"\r\nLocation: /{MARKER}\r\nVary: {MARKER}\r\n {MARKER}\r\n"
    );
    let body = format!("{{\"{MARKER} x\": \"{MARKER}\"}}");
    let plain = format!("{head}\r\n{body}\r\n{head}Content-Length: {}\r\n\r\n{body}", body.len());
    let chunked = format!("{head}Transfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n", body.len());
    for text in [&plain, &chunked] {
        let (out, problems) = rewritten(&mut clients(KEY), text.as_bytes(), "a.http", None, 1);
        assert_eq!(problems, <[&str; 0]>::default());
        has_no_marker(&out);
        assert_eq!(read(&out, "a.http", None).len(), read(text.as_bytes(), "a.http", None).len());
    }
    let lines = format!(
        "{{\"recorded_request\":{{\"method\":\"GET\",\"url\":\"https://{MARKER}.org/incoming/v2/clients?page=2&cursor={MARKER}\"}}}}\n{body}\n\n{MARKER}\n{body}"
    );
    let (out, _) = rewritten(&mut clients(KEY), lines.as_bytes(), "a.ndjson", None, 1);
    has_no_marker(&out);
    assert_eq!(read(&out, "a.ndjson", None).len(), read(lines.as_bytes(), "a.ndjson", None).len());
    assert!(String::from_utf8_lossy(&out).contains("/incoming/v2/clients?page=2&cursor="));
}

#[test]
fn members_of_har_that_describe_people_or_the_tool_are_gone() {
    let har = fs::read("fixtures/captures/chrome.har").unwrap();
    let (out, _) = rewritten(&mut clients(KEY), &har, "chrome.har", None, 1);
    let har: Value = serde_json::from_slice(&out).unwrap();
    let mut open = vec![&har];
    while let Some(value) = open.pop() {
        let members: Vec<(&String, &Value)> =
            value.as_object().map(Map::iter).into_iter().flatten().collect();
        for (name, _) in &members {
            let is_gone = !name.starts_with('_')
                && !["comment", "serverIPAddress", "connection"].contains(&name.as_str());
            assert!(is_gone, "{name}");
        }
        open.extend(members.into_iter().map(|(_, value)| value));
        open.extend(value.as_array().into_iter().flatten());
    }
    let page = &har["log"]["pages"][0]["id"];
    assert!(har["log"]["entries"].as_array().unwrap().iter().all(|entry| entry["pageref"] == *page));
}

#[test]
fn an_order_that_pseudonyms_do_not_have_is_no_longer_asked_for() {
    let url = |sort: &str| format!("https://a.test/incoming/v2/clients?page=1&sort={sort}");
    let mut redactor = clients(KEY);
    for (sort, kept) in [("createdAt", true), ("-updatedAt", true), ("name", false), ("createdAt:desc", true)]
    {
        let line = json!({"recorded_request": {"method": "GET", "url": url(sort)}}).to_string();
        let (out, _) = rewritten(&mut redactor, format!("{line}\n{{}}\n").as_bytes(), "a.ndjson", None, 1);
        assert_eq!(String::from_utf8_lossy(&out).contains(&format!("sort={sort}")), kept, "{sort}");
        assert_eq!(String::from_utf8_lossy(&out).contains("sort="), kept, "{sort}");
    }
    assert_eq!(redactor.summary().unordered, 1);
}

#[test]
fn what_comes_before_a_cut_is_kept() {
    let har = fs::read("fixtures/captures/firefox.har").unwrap();
    for cut in (0..har.len()).step_by(97) {
        let input = Some(Input::Har);
        let (out, problems) = rewritten(&mut clients(KEY), &har[..cut], "firefox.har", input, 1);
        assert!(!problems.is_empty(), "{cut}");
        let kinds = |text: &[u8]| {
            let items = read(text, "firefox.har", input);
            items.into_iter().filter(|item| !item.starts_with("problem")).collect::<Vec<_>>()
        };
        assert_eq!(kinds(&out), kinds(&har[..cut]), "{cut}");
    }
}

#[test]
fn a_body_in_a_file_of_its_own_comes_into_the_capture() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("run.har");
    let body = r#"{"data": {"Clients": {"clients": [{"id": "x", "name": "Fernhill"}]}}}"#;
    fs::write(folder.path().join("body.json"), body).unwrap();
    let entry = json!({"request": {"method": "GET", "url": "/incoming/v2/clients"},
        "response": {"status": 200, "content": {"_file": "body.json"}}});
    fs::write(&path, json!({"log": {"version": "1.2", "creator": {}, "entries": [entry]}}).to_string())
        .unwrap();
    let mut out = Vec::new();
    let opened = payload::open(Path::new(&path), &Options::default()).unwrap();
    rewrite(opened, &mut clients(KEY), &outside(), NonZeroUsize::MIN, &mut out).unwrap();
    let har: Value = serde_json::from_slice(&out).unwrap();
    let content = &har["log"]["entries"][0]["response"]["content"];
    assert!(
        content["text"].as_str().unwrap().contains("\"clients\"") && content["_file"].is_null(),
        "{content}"
    );
    assert!(!content["text"].as_str().unwrap().contains("Fernhill"));
}
