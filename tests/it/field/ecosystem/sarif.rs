//! Every result of every command, whatever was read, has a place that code scanning takes.

use std::fs;
use std::io::Write;
use std::path::Path;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::{Value, json};

use super::ingestion::refused;
use super::{broken, fed, har, here, parsed, run, stderr, stdout};
use crate::live::server::{Answer, Server};

/// The results of a run, which code scanning takes.
fn results(folder: &Path, arguments: &[&str], input: &[u8]) -> Vec<Value> {
    let arguments = [&arguments[..1], &["-f", "sarif"], &arguments[1..]].concat();
    let output = fed(folder, &arguments, input);
    let refused = refused(&stdout(&output));
    assert!(refused.is_empty(), "{arguments:?}: {refused:#?} {}", stderr(&output));
    parsed(&output)["runs"][0]["results"].as_array().unwrap().clone()
}

/// URI, line and column of the first place of a rule's first result.
fn place(results: &[Value], rule: &str) -> (String, u64, u64) {
    let result = results.iter().find(|result| result["ruleId"] == rule);
    let place = &result.unwrap_or_else(|| panic!("{rule}: {results:#?}"))["locations"][0]["physicalLocation"];
    let number = |name: &str| place["region"][name].as_u64().unwrap();
    let uri = place["artifactLocation"]["uri"].as_str().unwrap().to_owned();
    (uri, number("startLine"), number("startColumn"))
}

fn at(uri: &str, line: u64, column: u64) -> (String, u64, u64) {
    (uri.to_owned(), line, column)
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(bytes).unwrap();
    gzip.finish().unwrap()
}

/// The line on which a text first stands, counted from 1.
fn line_of(text: &str, what: &str) -> u64 {
    let before = &text[..text.find(what).unwrap()];
    before.matches('\n').count() as u64 + 1
}

#[test]
fn standard_input_and_servers_are_relative_uris() {
    let folder = tempfile::tempdir().unwrap();
    let found = results(folder.path(), &["validate", "-"], b"{ \"data\": null }");
    assert_eq!(place(&found, "null-value"), at("stdin", 1, 11));
    let server = Server::new(|_| Answer::json("{\"data\":\n null}"));
    let found = results(folder.path(), &["validate", "--rate-limit", "1000/s", &server.url()], b"");
    let uri = format!("127.0.0.1%3A{}/incoming/v2/clients", server.address.port());
    assert_eq!(place(&found, "null-value"), at(&uri, 2, 2));
    let found = results(folder.path(), &["drift", "--rate-limit", "1000/s", &server.url()], b"");
    assert_eq!(place(&found, "null-value"), at(&uri, 2, 2));
}

#[test]
fn entries_of_captures_are_the_lines_of_their_texts() {
    let folder = tempfile::tempdir().unwrap();
    let write = |name: &str, bytes: &[u8]| fs::write(folder.path().join(name), bytes).unwrap();
    let text = format!("{:#}", har());
    // The second entry is the second object of the list.
    let second = text.match_indices("\n      {").nth(1).unwrap().0 + 1;
    let line = text[..second].matches('\n').count() as u64 + 1;
    assert!(line > 10, "{line}");
    write("run.har", text.as_bytes());
    write("run.har.gz", &gzip(text.as_bytes()));
    write("one-line.har", har().to_string().as_bytes());
    for (name, line) in [("run.har", line), ("run.har.gz", line), ("one-line.har", 1)] {
        let found = results(folder.path(), &["validate", name], b"");
        assert_eq!(place(&found, "null-value"), at(name, line, 1), "{name}");
        assert_eq!(place(&found, "undocumented-property"), at(name, line, 1), "{name}");
        let said = found[0]["locations"][0]["message"]["text"].as_str().unwrap();
        assert!(said.starts_with(&format!("{name}#2, line 1, column ")), "{said}");
        let found = results(folder.path(), &["drift", "--min-severity", "info", name], b"");
        assert_eq!(place(&found, "null-value"), at(name, line, 1), "{name}");
    }
    let found = results(folder.path(), &["validate", "-"], text.as_bytes());
    assert_eq!(place(&found, "null-value"), at("stdin", line, 1));

    let mapping = json!({"mappings": [
        {"id": 1, "request": {"method": "GET", "url": "/incoming/v2/clients"},
            "response": {"status": 200, "body": broken()}},
    ]});
    let mapping = format!("{mapping:#}");
    write("mappings.json", mapping.as_bytes());
    let found = results(folder.path(), &["validate", "mappings.json"], b"");
    assert_eq!(place(&found, "null-value"), at("mappings.json", line_of(&mapping, "    {"), 1));

    let body = broken();
    let chunked = format!(
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n{:x}\r\n{body}\r\n0\r\n\r\n",
        body.len()
    );
    write("chunked.http", chunked.as_bytes());
    let found = results(folder.path(), &["validate", "chunked.http"], b"");
    assert_eq!(place(&found, "null-value").0, "chunked.http");
}

#[test]
fn compressed_files_keep_the_lines_of_their_text() {
    let folder = tempfile::tempdir().unwrap();
    let fine = fs::read_to_string(here().join("fixtures/valid/minimal.json")).unwrap();
    let fine: Value = serde_json::from_str(&fine).unwrap();
    let lines = format!("{fine}\n{}\n", broken());
    fs::write(folder.path().join("day.ndjson.gz"), gzip(lines.as_bytes())).unwrap();
    let column = broken().find("null").unwrap() as u64 + 1;
    let found = results(folder.path(), &["validate", "day.ndjson.gz"], b"");
    assert_eq!(place(&found, "null-value"), at("day.ndjson.gz", 2, column));
}

#[test]
fn names_of_files_are_legal_relative_uris() {
    let folder = tempfile::tempdir().unwrap();
    let (inside, outside) = (folder.path().join("tree"), folder.path().join("else where"));
    for folder in [&inside, &outside, &inside.join("sub")] {
        fs::create_dir(folder).unwrap();
        fs::write(folder.join("ä:b%c d.json"), broken()).unwrap();
    }
    let uri = |path: &str| place(&results(&inside, &["validate", path], b""), "null-value").0;
    let name = "%C3%A4%3Ab%25c%20d.json";
    assert_eq!(uri("ä:b%c d.json"), name);
    assert_eq!(uri("./sub/../sub/ä:b%c d.json"), format!("sub/{name}"));
    assert_eq!(uri(inside.join("sub/ä:b%c d.json").to_str().unwrap()), format!("sub/{name}"));
    assert_eq!(uri("../tree/ä:b%c d.json"), name);
    assert_eq!(uri("../else where/ä:b%c d.json"), format!("else%20where/{name}"));
    let absolute = uri(outside.join("ä:b%c d.json").to_str().unwrap());
    assert!(absolute.ends_with(&format!("/else%20where/{name}")) && !absolute.starts_with('/'), "{absolute}");
}

#[test]
fn claims_about_the_contract_are_lines_of_its_schema() {
    let schema = fs::read_to_string(here().join("schemas/clients.schema.json")).unwrap();
    let lines: Vec<&str> = schema.lines().collect();
    let arguments =
        ["drift", "fixtures/valid", "--min-sample", "1", "--min-coverage", "100", "--min-severity", "info"];
    let found = results(here(), &arguments, b"");
    let claims: Vec<&Value> = found
        .iter()
        .filter(|result| {
            ["never-seen", "never-null", "constant"].contains(&result["ruleId"].as_str().unwrap())
        })
        .collect();
    assert!(claims.len() > 100, "{}", claims.len());
    for claim in claims {
        let place = &claim["locations"][0]["physicalLocation"];
        assert_eq!(place["artifactLocation"]["uri"], "schemas/clients.schema.json");
        let pointer = claim["properties"]["schema_pointer"].as_str().unwrap();
        let key = pointer.rsplit('/').next().unwrap();
        let line = lines[usize::try_from(place["region"]["startLine"].as_u64().unwrap()).unwrap() - 1];
        let is_there = line.trim_start().starts_with(&format!("\"{key}\":")) || key == "items";
        assert!(is_there, "{pointer}: {line}");
    }
    assert_eq!(place(&found, "low-coverage").0, "schemas/clients.schema.json");

    let folder = tempfile::tempdir().unwrap();
    let own = "{\n  \"type\": \"object\", \"properties\": {\n    \"a\": {\"type\": [\"integer\", \"null\"]},\n    \"b\": {}\n  }\n}\n";
    fs::write(folder.path().join("own.json"), own).unwrap();
    let arguments = ["drift", "--schema", "own.json", "--min-sample", "1", "--min-severity", "info", "-"];
    let found = results(folder.path(), &arguments, b"{\"a\": 1}\n{\"a\": 2}\n");
    assert_eq!(place(&found, "never-null"), at("own.json", 3, 5));
    assert_eq!(place(&found, "never-seen"), at("own.json", 4, 5));
}

#[test]
fn drift_reports_warnings_to_code_scanning_unless_infos_are_requested() {
    let default = results(here(), &["drift", "fixtures/valid", "--min-sample", "1"], b"");
    assert!(default.iter().all(|result| result["level"] != "note"), "{default:#?}");
    let all =
        results(here(), &["drift", "fixtures/valid", "--min-sample", "1", "--min-severity", "info"], b"");
    assert!(all.iter().filter(|result| result["level"] == "note").count() > 100);
    let folder = tempfile::tempdir().unwrap();
    let (sarif, json) = (folder.path().join("a.sarif"), folder.path().join("a.json"));
    let reports = [format!("sarif={}", sarif.display()), format!("json={}", json.display())];
    run(
        here(),
        &["drift", "fixtures/valid", "--min-sample", "1", "--report", &reports[0], "--report", &reports[1]],
    );
    let read = |path: &Path| serde_json::from_str::<Value>(&fs::read_to_string(path).unwrap()).unwrap();
    assert_eq!(read(&sarif)["runs"][0]["results"], Value::Array(default));
    assert!(read(&json)["findings"].as_array().unwrap().len() > 100, "other formats list all");
}

#[test]
fn differences_are_lines_of_the_newer_schema() {
    let folder = tempfile::tempdir().unwrap();
    let schema = fs::read_to_string(here().join("schemas/clients.schema.json")).unwrap();
    let old = schema.replacen("\"name\": {", "\"nickname\": {\"type\": \"string\"}, \"name\": {", 1);
    fs::write(folder.path().join("old.json"), old).unwrap();
    fs::write(folder.path().join("new.json"), &schema).unwrap();
    let rule = "response-optional-property-removed";
    let expected = place(&results(folder.path(), &["diff", "old.json", "new.json"], b""), rule);
    assert_eq!(expected.0, "new.json");
    let lines: Vec<&str> = schema.lines().collect();
    assert!(lines[usize::try_from(expected.1).unwrap() - 1].contains("\"properties\": {"), "{expected:?}");
    for arguments in [&["diff", "old.json"][..], &["diff", "old.json", "builtin"]] {
        let found = results(folder.path(), arguments, b"");
        let (uri, line, column) = place(&found, rule);
        assert_eq!((&*uri, line, column), ("schemas/clients.schema.json", expected.1, expected.2));
    }
    let found = results(folder.path(), &["diff", "old.json", "-"], schema.as_bytes());
    assert_eq!(place(&found, rule).0, "stdin");
    let found = results(folder.path(), &["diff", "builtin", "old.json"], b"");
    assert_eq!(place(&found, "response-optional-property-added").0, "old.json");
}

#[test]
fn a_category_is_named_only_on_request() {
    let details = |arguments: &[&str]| {
        let arguments = [&["validate", "-f", "sarif"], arguments, &["-"]].concat();
        parsed(&fed(here(), &arguments, b"{}"))["runs"][0]["automationDetails"].clone()
    };
    assert_eq!(details(&[]), Value::Null);
    // Without the slash it would be the id of a run, not of a category.
    assert_eq!(details(&["--sarif-category", "clients"]), json!({"id": "clients/"}));
    assert_eq!(details(&["--sarif-category", "clients/live/"]), json!({"id": "clients/live/"}));
    let refused = fed(here(), &["validate", "--sarif-category", "", "-"], b"{}");
    assert_eq!(super::code(&refused), 2, "{}", stderr(&refused));
}

#[test]
fn any_number_of_causes_is_taken() {
    let members: Vec<String> = (0..12_000).map(|number| format!("\"key {number}\": 1")).collect();
    let payload = format!("{{{}}}", members.join(","));
    let many = format!("{payload}\n").repeat(12);
    assert!(results(here(), &["validate", "--input", "ndjson", "-"], many.as_bytes()).len() > 9_000);
    assert_eq!(results(here(), &["validate", "--input", "ndjson", "-"], b"\n").len(), 0);
    assert_eq!(results(here(), &["validate", "/no/such/file.json"], b"").len(), 0);
}
