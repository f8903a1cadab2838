use std::fs;
use std::process::Command;

use clients_contract::payload;
use clients_contract::serve::{Dataset, Options};
use clients_contract::{Contract, ErrorKind};
use serde_json::{Value, json};

use super::{PATH, Tool, ask, mock, page};

fn recorded(paths: &[&str]) -> Result<Dataset, clients_contract::Error> {
    Dataset::recorded(Contract::clients(), paths, &payload::Options::default())
}

/// Pages of one instance, as `generate` writes them.
fn pages(folder: &std::path::Path, flags: &[&str]) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(["generate", "--no-settings", "--dataset", "--seed", "7", "--total", "12", "--items", "5"]);
    assert!(command.args(flags).arg("-o").arg(folder).output().unwrap().status.success());
}

#[test]
fn recorded_pages_are_served_as_one_data_set() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    for envelope in ["documented", "bare", "list"] {
        pages(&path("pages.ndjson"), &["--envelope", envelope]);
        pages(&path("pages"), &["--envelope", envelope, "-f", "json"]);
        for source in ["pages.ndjson", "pages"] {
            let data = recorded(&[path(source).to_str().unwrap()]).unwrap();
            assert_eq!((data.total(), &*data.envelope().name), (12, envelope));
            let mock = mock(&data, Options::default());
            let items = &Contract::clients().envelope(&[envelope]).items;
            let all = page(&mock, "count=100").json();
            assert!(
                Contract::clients()
                    .validator()
                    .clone()
                    .accepting(&[envelope])
                    .unwrap()
                    .validate(all.to_string().as_bytes())
                    .valid
            );
            assert_eq!(all.pointer(items).unwrap().as_array().unwrap().len(), 12);
            let documented = page(&mock, "page=2&count=5&__envelope=documented").json();
            let info = json!({"currentPage": 2, "perPage": 5, "total": 12, "hasMore": true});
            assert_eq!(documented["data"]["Clients"]["pageInfo"], info);
            assert_eq!(documented["data"]["Clients"]["clients"][0], all.pointer(items).unwrap()[5]);
        }
    }
}

#[test]
fn repeated_clients_are_served_once_and_what_is_no_page_is_counted() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("pages.ndjson");
    pages(&path, &[]);
    let text = fs::read_to_string(&path).unwrap();
    fs::write(&path, format!("{text}{{\"errors\": []}}\n{text}")).unwrap();
    let data = recorded(&[path.to_str().unwrap()]).unwrap();
    assert_eq!(data.total(), 12);
    assert_eq!(data.notes(), ["skipped entries without a page: 1", "skipped repeated items: 12"]);
}

#[test]
fn captures_are_served_with_what_they_recorded() {
    for capture in fs::read_dir("fixtures/captures").unwrap() {
        let capture = capture.unwrap().path();
        let Ok(data) = recorded(&[capture.to_str().unwrap()]) else { continue };
        let mock = mock(&data, Options::default());
        assert_eq!(page(&mock, "count=100").status, 200, "{}", capture.display());
    }
    let data = recorded(&["fixtures/captures/chrome.har"]).unwrap();
    assert!(data.total() > 0);
}

#[test]
fn what_cannot_be_served_is_refused() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str, text: &str| {
        let path = folder.path().join(name);
        fs::write(&path, text).unwrap();
        path.to_str().unwrap().to_owned()
    };
    for (source, expected) in [
        (path("none.har", r#"{"log": {"entries": []}}"#), "there is no page of GET /incoming/v2/clients"),
        (path("other.json", r#"{"a": 1}"#), "no page of GET /incoming/v2/clients (1 skipped)"),
        (path("cut.har", r#"{"log": {"entries": [{"request": "#), "cut.har"),
        (path("text.json", "hello"), "skipped"),
        (path("empty.ndjson", ""), "no page"),
        (folder.path().join("missing.har").to_str().unwrap().to_owned(), "missing.har"),
    ] {
        let error = recorded(&[&source]).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Input, "{error}");
        assert!(error.to_string().contains(expected), "{error}");
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        let output = command.args(["serve", "--no-settings", "--port", "0", &source]).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(stderr.contains(&*source), "{stderr}");
        assert!(output.stdout.is_empty());
    }
    let other =
        payload::Options { selection: Some("POST /a".parse().unwrap()), ..payload::Options::default() };
    let error = Dataset::recorded(Contract::clients(), ["fixtures/captures/chrome.har"], &other).unwrap_err();
    assert!(error.to_string().contains("there is no page of POST /a (3 skipped)"), "{error}");
}

/// More than is kept in memory is kept in a file, and found there.
#[test]
fn large_data_sets_are_read_from_a_file() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("large.ndjson");
    let long = "x".repeat(200_000);
    let line = |page: u64| {
        let clients: Vec<Value> = (0..10)
            .map(|at| json!({"id": format!("00000000-0000-4000-8000-{:012}", page * 10 + at), "name": format!("n{:04}", 999 - page * 10 - at), "slug": long}))
            .collect();
        json!({"data": {"Clients": {"pageInfo": {"currentPage": page, "perPage": 10, "total": 500, "hasMore": true}, "clients": clients}}}).to_string() + "\n"
    };
    fs::write(&path, (0..50).map(line).collect::<String>()).unwrap();
    let tool = Tool::start(&[path.to_str().unwrap()]);
    let key = format!("authorization: Bearer {}\r\n", super::KEY);
    let reply = tool.get(&format!("{PATH}?page=400&count=1"), &key);
    assert_eq!(reply.names(), ["n0600"]);
    let reply = tool.get(&format!("{PATH}?sort=name&count=2"), &key);
    assert_eq!(reply.names(), ["n0500", "n0501"]);
    if cfg!(target_os = "linux") {
        let status = fs::read_to_string(format!("/proc/{}/status", tool.child.id())).unwrap();
        let peak = status.lines().find_map(|line| line.strip_prefix("VmHWM:")).unwrap();
        let peak: u64 = peak.trim().trim_end_matches(" kB").parse().unwrap();
        // A hundred megabytes are recorded, of which the memory has 64 for a moment, twice.
        assert!(peak < 220_000, "{peak} kB");
    }
}

#[test]
fn one_recorded_payload_is_served_for_its_path() {
    let schema = clients_contract::Schema::from_value(json!({"type": "object", "required": ["id"]}));
    let gauges = Contract::builder("gauges", schema).path("/v1/gauges/{id}").build().unwrap();
    let gauges: &'static Contract = Box::leak(Box::new(gauges));
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("gauges.har");
    let entry = |id: u32| {
        let content =
            json!({"mimeType": "application/json", "size": 10, "text": json!({"id": id}).to_string()});
        json!({
            "request": {"method": "GET", "url": format!("https://x.example.com/v1/gauges/{id}"), "headers": [], "queryString": []},
            "response": {"status": 200, "headers": [], "content": content}
        })
    };
    let log = json!({"log": {"version": "1.2", "creator": {"name": "a", "version": "1"}, "entries": [entry(7), entry(9)]}});
    fs::write(&path, log.to_string()).unwrap();
    let data = Dataset::recorded(gauges, [&path], &payload::Options::default()).unwrap();
    let mock = mock(&data, Options::default());
    assert_eq!(ask(&mock, "/v1/gauges/9", &[]).json(), json!({"id": 9}));
    assert_eq!(ask(&mock, "/v1/gauges/8", &[]).status, 404);
}
