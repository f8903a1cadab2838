//! Outputs that other tools take: what they refused, and what they get now.

/// Days in baselines, and entries that are removed.
mod baselines;
/// Completion scripts of shells.
mod completions;
/// The documented rules by which code scanning takes a SARIF file.
mod ingestion;
/// What a report lists, by severity.
mod listing;
/// Presets that common parsers read, and those that they do not.
mod presets;
/// Records in HAR.
mod records;
/// SARIF of every command and kind of input.
mod sarif;

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

/// Runs the tool in a folder and hands it this input.
fn fed(folder: &Path, arguments: &[&str], input: &[u8]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    for name in ["HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy"] {
        command.env_remove(name);
    }
    command.current_dir(folder).args(arguments).env("CLIENTS_CONTRACT_API_KEY", "ti_test_9f8e7d6c5b4a3210");
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    child.stdin.take().unwrap().write_all(input).unwrap();
    child.wait_with_output().unwrap()
}

fn run(folder: &Path, arguments: &[&str]) -> Output {
    fed(folder, arguments, b"")
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn parsed(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output)))
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// A file of `fixtures/field/ecosystem`.
fn case(name: &str) -> String {
    fs::read_to_string(here().join("fixtures/field/ecosystem").join(name)).unwrap()
}

/// A payload with a client without a name and an undocumented property.
fn broken() -> String {
    let body = r#"{"data": {"Clients": {"pageInfo": {"perPage": 25, "currentPage": 1, "total": 1, "hasMore": false},
        "clients": [{"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "name": null, "favouriteColour": 1}]}}}"#;
    serde_json::from_str::<Value>(body).unwrap().to_string()
}

/// A HAR, indented, with a page before an entry that is broken.
fn har() -> Value {
    let fine = fs::read_to_string(here().join("fixtures/valid/minimal.json")).unwrap();
    let entry = |text: &str| {
        serde_json::json!({
            "request": {"method": "GET", "url": "https://acme.example.com/incoming/v2/clients?page=1"},
            "response": {"status": 200, "content": {"mimeType": "application/json", "text": text}},
        })
    };
    serde_json::json!({"log": {"version": "1.2", "entries": [entry(&fine), entry(&broken())]}})
}
