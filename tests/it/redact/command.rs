//! The command `redact` as a process.

use std::fs;
use std::path::{Path, PathBuf};

use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const NDJSON: &str = "fixtures/captures/pages.ndjson.gz";
const CHROME: &str = "fixtures/captures/chrome.har";

struct Folder(tempfile::TempDir);

impl Folder {
    fn new() -> Self {
        let folder = tempfile::tempdir().unwrap();
        fs::write(folder.path().join("key"), "0123456789abcdef0123").unwrap();
        Self(folder)
    }

    fn path(&self, name: &str) -> String {
        self.0.path().join(name).to_str().unwrap().to_owned()
    }

    fn write(&self, name: &str, text: &str) -> String {
        fs::write(self.path(name), text).unwrap();
        self.path(name)
    }

    /// The names of all files, but for the key.
    fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        let mut open: Vec<PathBuf> = vec![self.0.path().to_owned()];
        while let Some(folder) = open.pop() {
            for file in fs::read_dir(folder).unwrap() {
                let path = file.unwrap().path();
                if path.is_dir() {
                    open.push(path);
                } else {
                    found.push(path.strip_prefix(self.0.path()).unwrap().to_str().unwrap().to_owned());
                }
            }
        }
        found.retain(|name| name != "key");
        found.sort();
        found
    }
}

fn page(name: &str) -> String {
    json!({"data": {"Clients": {"pageInfo": {"perPage": 25, "currentPage": 1, "total": 1, "hasMore": false},
        "clients": [{"id": "00000000-0000-0000-0000-000000000001", "name": name, "slug": "a-slug"}]}}})
    .to_string()
}

#[test]
fn one_input_becomes_one_file_of_the_same_format() {
    let folder = Folder::new();
    let (key, out) = (folder.path("key"), folder.path("out.ndjson.gz"));
    let redact = |more: &[&str]| run(&[&["redact", NDJSON, "-o", &*out, "--key-file", &*key], more].concat());
    let first = redact(&[]);
    assert_eq!(code(&first), 0, "{}", stderr(&first));
    assert!(stdout(&first).contains("2 bodies"), "{}", stdout(&first));
    let bytes = fs::read(&out).unwrap();
    assert!(bytes.starts_with(b"\x1f\x8b"));
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        assert_eq!(fs::metadata(&out).unwrap().permissions().mode() & 0o777, 0o600);
    }
    assert_eq!(code(&redact(&[])), 2, "it already exists");
    let again = redact(&["--force", "--jobs", "3", "-f", "json"]);
    assert_eq!((code(&again), fs::read(&out).unwrap()), (0, bytes));
    let summary: Value = serde_json::from_str(stdout(&again)).unwrap();
    assert_eq!(summary["bodies"], 2);
    let validate = |file: &str| code(&run(&["validate", "-q", file]));
    assert_eq!(validate(NDJSON), validate(&out));
    assert_eq!(folder.files(), ["out.ndjson.gz"]);
}

#[test]
fn several_inputs_become_a_directory() {
    let folder = Folder::new();
    let out = folder.path("out");
    let done = run(&["redact", "fixtures/captures", "-o", &out]);
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    assert!(Path::new(&out).join("chrome.har").exists() && Path::new(&out).join("pages.ndjson.br").exists());
    assert_eq!(code(&run(&["redact", "fixtures/captures", "-o", &out])), 2);
    assert_eq!(code(&run(&["redact", "fixtures/captures", "-o", "-"])), 2);
    let two = folder.path("two");
    assert_eq!(code(&run(&["redact", CHROME, "fixtures/valid/minimal.json", "-o", &two])), 0);
    assert!(Path::new(&two).join(CHROME).exists());
}

#[test]
fn standard_streams_are_read_and_written() {
    let done = fed(&["redact", "-", "-o", "-"], page("Fernhill Institute").as_bytes());
    assert_eq!(code(&done), 0, "{}", stderr(&done));
    assert!(stdout(&done).starts_with("{\"data\":{\"Clients\"") && !stdout(&done).contains("Fernhill"));
    assert!(stderr(&done).contains("1 file, 1 body"), "{}", stderr(&done));
}

#[test]
fn a_masked_body_counts_as_a_body() {
    let folder = Folder::new();
    let mixed = folder.write("mixed.ndjson", "{}\n{\"a\"\nno JSON\n");
    let out = folder.path("out.ndjson");
    let done = run(&["redact", &mixed, "-o", &out]);
    let first = stdout(&done).lines().next();
    assert_eq!(first, Some("1 file, 3 bodies (2 masked because not JSON)"), "{}", stderr(&done));
    let done = run(&["redact", &mixed, "-o", &out, "--force", "-f", "json"]);
    let summary: Value = serde_json::from_str(stdout(&done)).unwrap();
    assert_eq!([&summary["bodies"], &summary["masked_bodies"]], [3, 2]);
}

#[test]
fn an_input_is_not_overwritten() {
    let folder = Folder::new();
    let input = folder.write("page.json", &page("Acme"));
    for arguments in [
        vec!["redact", &input, "-o", &input, "--force"],
        vec!["redact", &folder.path(""), "-o", &folder.path(""), "--force"],
        vec!["redact", &input, "-o", &folder.path("key"), "--key-file", &folder.path("key"), "--force"],
    ] {
        let refused = run(&arguments);
        assert_eq!(code(&refused), 2, "{arguments:?}: {}", stderr(&refused));
    }
    assert_eq!(fs::read_to_string(&input).unwrap(), page("Acme"));
    assert_eq!(folder.files(), ["page.json"]);
}

#[test]
fn a_leak_removes_the_output() {
    let folder = Folder::new();
    let settings =
        folder.write("settings.toml", "[redact]\nfields = { name = \"keep\" }\nkeep-members = [\"_note\"]\n");
    let input = folder.write("page.json", &page("Write to bob@acme.io"));
    let out = folder.path("out.json");
    let redact = |input: &str, more: &[&str]| {
        run(&[&["redact", input, "-o", &*out, "--settings", &*settings], more].concat())
    };
    let leak = redact(&input, &[]);
    assert_eq!(code(&leak), 1);
    assert!(
        stderr(&leak).contains("out.json:1: error[email]") && !stderr(&leak).contains("bob@"),
        "{}",
        stderr(&leak)
    );
    assert_eq!(folder.files(), ["page.json", "settings.toml"]);
    assert_eq!(code(&redact(&input, &["--allow", "email"])), 0);
    assert!(fs::read_to_string(&out).unwrap().contains("bob@acme.io"));
    // A member that is kept repeats a value that was replaced.
    let entry = json!({"_note": "about Fernhill's plan", "request": {"method": "GET", "url": "/fernhill"},
        "response": {"status": 200, "content": {"text": page("x").replace("a-slug", "fernhill")}}});
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [entry]}}).to_string();
    let input = folder.write("run.har", &har);
    let leak = redact(&input, &["--force", "-f", "json"]);
    assert_eq!(code(&leak), 1, "{}", stderr(&leak));
    let summary: Value = serde_json::from_str(stdout(&leak)).unwrap();
    assert_eq!(summary["leaks"][0]["listed"][0]["rule"], "original");
    assert_eq!(code(&redact(&input, &["--force", "--allow", "original"])), 0);
}

#[test]
fn a_partial_search_is_incomplete() {
    let folder = Folder::new();
    let out = folder.path("out.har");
    let done = run(&["redact", CHROME, "-o", &out, "--max-remembered", "2"]);
    assert_eq!(code(&done), 3);
    assert!(stdout(&done).contains("partial"), "{}", stdout(&done));
    assert!(Path::new(&out).exists());
}

#[test]
fn what_cannot_be_read_or_written_is_incomplete() {
    let folder = Folder::new();
    let text = fs::read_to_string(CHROME).unwrap();
    let cut = folder.write("cut.har", &text[..text.len() - 400]);
    let out = folder.path("out.har");
    let done = run(&["redact", &cut, "-o", &out]);
    assert_eq!(code(&done), 3, "{}", stderr(&done));
    assert!(stderr(&done).contains("is cut off"), "{}", stderr(&done));
    assert!(fs::read_to_string(&out).unwrap().contains("\"entries\""));
    let other = folder.path("other.har");
    assert_eq!(code(&run(&["redact", &folder.path("missing"), "-o", &other])), 3);
    assert_eq!(code(&run(&["redact", CHROME, "-o", &folder.path("no/folder/x.har")])), 3);
    if cfg!(target_os = "linux") {
        let full = run(&["redact", CHROME, "-o", "/dev/full"]);
        assert_eq!(code(&full), 3, "{}", stderr(&full));
        assert_eq!(code(&run(&["redact", CHROME, "-o", "/dev/null"])), 0);
    }
    assert_eq!(folder.files(), ["cut.har", "out.har"]);
}

#[test]
fn wrong_usage_is_said() {
    for arguments in [
        &["redact", CHROME][..],
        &["redact", "-o", "x"],
        &["redact", CHROME, "-o", "x", "--allow", "nothing"],
        &["redact", CHROME, "-o", "x", "--key-file", "fixtures/README.md", "--check"],
        &["redact", CHROME, "--explain"],
    ] {
        assert_eq!(code(&run(arguments)), 2, "{arguments:?}");
    }
    let folder = Folder::new();
    let short = folder.write("short", "abc\n");
    let refused = run(&["redact", CHROME, "-o", &folder.path("x"), "--key-file", &short]);
    assert_eq!(code(&refused), 2, "{}", stderr(&refused));
    let settings = folder.write("s.toml", "[redact]\nfields = { name = \"nothing\" }\n");
    let refused = run(&["redact", CHROME, "-o", &folder.path("x"), "--settings", &settings]);
    assert!(code(&refused) == 2 && stderr(&refused).contains("redact.fields.name"), "{}", stderr(&refused));
}

#[test]
fn the_policy_is_printed() {
    let text = run(&["redact", "--explain"]);
    assert_eq!(code(&text), 0);
    assert!(stdout(&text).lines().any(|line| line.ends_with("mask") && line.contains("secretKey")));
    let rows: Value = serde_json::from_str(stdout(&run(&["redact", "--explain", "-f", "json"]))).unwrap();
    assert!(rows.as_array().unwrap().len() > 500);
    let own = run(&["redact", "--explain", "--schema", "fixtures/schemas/seats.schema.json"]);
    assert!(stdout(&own).contains("/properties/seats") && stdout(&own).contains("keep"), "{}", stdout(&own));
}

/// It has `=`, and is no form for all that.
#[test]
fn a_data_url_in_a_request_is_masked() {
    let folder = Folder::new();
    let image =
        "iVBORw0KGgoAAAANSUhEUgAAAAoAAAAMCAYAAABbayygAAABV0lEQVR4AWNwL/Bh0FGQ9FWUENUGsZExPz8/h5gArzmIDRZw1==";
    let har = json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [{
        "request": {"method": "POST", "url": "https://a.test/incoming/v2/clients", "headers": [],
            "postData": {"mimeType": "image/png", "text": format!("data:image/png;name=owl.png;base64,{image}")}},
        "response": {"status": 200, "headers": [], "content": {"mimeType": "application/json", "text": "{}"}},
    }]}});
    let input = folder.write("in.har", &har.to_string());
    let output = run(&["redact", &input, "-o", &folder.path("out.har")]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    let written = fs::read_to_string(folder.path("out.har")).unwrap();
    assert!(written.contains("xxxx:xxxxx/xxx;") && !written.contains("owl"), "{written}");
}

#[test]
fn files_are_checked_by_shape() {
    let folder = Folder::new();
    let bad = folder.write("bad.json", "{\"a\": \"x\",\n\"mail\": \"bob@acme.io\", \"ip\": \"10.1.2.3\"}\n");
    let good = folder.write("good.json", "{\"mail\": \"bob@mail.example.com\", \"ip\": \"192.0.2.7\"}\n");
    let found = run(&["redact", "--check", &bad, &good]);
    assert_eq!(code(&found), 1);
    assert!(stdout(&found).contains("bad.json:2: error[email]") && stdout(&found).contains("error[ipv4]"));
    assert!(!stdout(&found).contains("acme") && !stdout(&found).contains("good.json"));
    let clean = run(&["redact", "--check", &good]);
    assert_eq!((code(&clean), stderr(&clean)), (0, "1 file searched, no leaks found\n"));
    // Nothing was searched in it: that is no success.
    let empty = tempfile::tempdir().unwrap();
    let empty = run(&["redact", "--check", "-f", "json", empty.path().to_str().unwrap()]);
    assert_eq!(code(&empty), 3);
    assert!(stderr(&empty).contains("contains no file to search"), "{}", stderr(&empty));
    let document: Value = serde_json::from_str(stdout(&empty)).unwrap();
    assert_eq!((&document["files"], document["problems"].as_array().unwrap().len()), (&json!(0), 1));
    assert_eq!(code(&run(&["redact", "--check", &bad, "--allow", "email", "--allow", "ipv4"])), 0);
    assert_eq!(code(&run(&["redact", "--check", &folder.path("missing")])), 3);
    assert_eq!(code(&fed(&["redact", "--check", "-"], b"\"Bearer abcdefg123456\"")), 1);
    // In a directory, whatever its name is.
    let shared = tempfile::tempdir().unwrap();
    fs::write(shared.path().join("a.har"), "{}").unwrap();
    fs::write(shared.path().join(".notes.txt"), "write to bob@acme.io").unwrap();
    let found = run(&["redact", "--check", shared.path().to_str().unwrap()]);
    assert_eq!((code(&found), stdout(&found).contains(".notes.txt:1: error[email]")), (1, true));
}

#[test]
fn directories_of_an_output_with_leaks_go_again() {
    let folder = Folder::new();
    fs::create_dir_all(folder.path("in/deep")).unwrap();
    let settings = folder.write("settings.toml", "[redact]\nfields = { name = \"keep\" }\n");
    folder.write("in/deep/page.json", &page("Write to bob@acme.io"));
    // A leak outweighs what cannot be read.
    folder.write("in/broken.har", "{\"log\": {\"version\": \"1.2\", \"creator\": {}, \"entries\": [");
    let (input, out) = (folder.path("in"), folder.path("out"));
    let redact =
        |more: &[&str]| run(&[&["redact", &*input, "-o", &*out, "--settings", &*settings], more].concat());
    assert_eq!(code(&redact(&[])), 1);
    assert!(!Path::new(&out).exists());
    assert_eq!(code(&redact(&["--allow", "email"])), 3);
    assert!(Path::new(&out).join("deep/page.json").exists());
}

#[test]
fn what_has_only_letters_or_digits_is_replaced_as_well() {
    let folder = Folder::new();
    let body = json!({"data": {"Clients": {"clients": [{
        "createdAt": "2024-01-01T+4915112345678",
        "sso": {"casServerUrl": "https://a.b/?QWxhbiBLYXk=", "externalLoginUrl": "acmeacademy://login"},
        "defaultLanguage": "ann",
        "notes": "see fernhillapp://open",
    }]}}})
    .to_string();
    let entry = json!({
        "request": {"method": "POST", "url": "acmeschool://x/incoming/v2/clients?QWNtZQ==&page=2",
            "postData": {"mimeType": "application/x-www-form-urlencoded", "text": "QWxhbiBLYXk="}},
        "response": {"status": 200, "content": {"mimeType": "application/json", "text": body}},
    });
    let har = json!({"log": {"version": "1.2", "creator": {}, "entries": [entry]}}).to_string();
    let (input, out) = (folder.write("run.har", &har), folder.path("out.har"));
    let redacted = run(&["redact", &input, "-o", &out, "--key-file", &folder.path("key")]);
    assert_eq!(code(&redacted), 0, "{}", stderr(&redacted));
    let text = fs::read_to_string(&out).unwrap();
    for value in
        ["4915112345678", "QWxhbiBLYXk", "QWNtZQ", "acmeacademy", "acmeschool", "fernhillapp", "\"ann"]
    {
        assert!(!text.contains(value), "{value}: {text}");
    }
    assert!(text.contains("page=2"));
}

#[cfg(unix)]
#[test]
fn a_link_that_leads_nowhere_is_no_output() {
    let folder = Folder::new();
    let out = folder.path("link.har");
    std::os::unix::fs::symlink("nowhere", &out).unwrap();
    assert_eq!(code(&run(&["redact", CHROME, "-o", &out])), 2);
    assert!(Path::new(&out).is_symlink());
}

/// A body may name what every capture of the API has.
#[test]
fn public_texts_in_bodies_are_no_leaks() {
    let folder = Folder::new();
    let error = json!({"status": 404, "error": "Not Found", "path": "/incoming/v2/clients", "instance": "/incoming/v2/clients?page=2"});
    let entry = json!({"log": {"entries": [{
        "startedDateTime": "2024-03-04T05:06:07Z",
        "request": {"method": "GET", "url": "https://acme.thoughtindustries.com/incoming/v2/clients?page=2", "headers": []},
        "response": {"status": 404, "headers": [], "content": {"mimeType": "application/json", "text": error.to_string()}},
    }]}});
    let har = folder.write("a.har", &entry.to_string());
    let body =
        json!({"a": "application/json", "b": "HTTP/1.1 200", "c": "content-type", "d": "max-age=0, private"});
    let head = "HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\nCache-Control: max-age=0, private";
    let saved = folder.write("b.http", &format!("{head}\r\n\r\n{body}"));
    let text = folder.write("c.ndjson", "call +49 30 1234567 now, host 10.20.30.40\n");
    let out = folder.path("shared");
    let redacted = run(&["redact", &har, &saved, &text, "-o", &out]);
    assert_eq!(code(&redacted), 0, "{}", stderr(&redacted));
    assert!(stdout(&redacted).contains("no leaks found"), "{}", stdout(&redacted));
    let checked = run(&["redact", "--check", &out]);
    assert_eq!(code(&checked), 0, "{}", stdout(&checked));
}
