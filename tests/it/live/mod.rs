//! Walks of a live instance are polite, complete, and leak no key.

/// Pages with cursors.
mod cursors;
/// Whatever a server may do, on command.
mod hostile;
/// Flags, settings, progress, Ctrl-C.
mod manners;
/// Many pages, records, kills.
mod records;
/// The key goes to its host only, and appears nowhere.
mod secrets;
/// No tests: the server.
pub(crate) mod server;
/// Certificates, and proxies that see nothing.
mod tunnels;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use clients_contract::payload::{self, Item, Options};
use serde_json::Value;

pub(crate) const KEY: &str = "ti_test_9f8e7d6c5b4a3210";

/// The tool without any of the environment's keys and proxies.
fn bare() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    for name in ["HTTPS_PROXY", "ALL_PROXY", "HTTP_PROXY", "NO_PROXY"] {
        command.env_remove(name).env_remove(name.to_lowercase());
    }
    command.arg("validate").env("CLIENTS_CONTRACT_API_KEY", KEY).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

/// The same, quick enough for a test by options that anybody may use.
pub(crate) fn tool(url: &str, more: &[&str]) -> Command {
    let mut command = bare();
    command.args(["--no-settings", "-f", "json", "--retry-delay", "1ms"]);
    if !more.contains(&"--rate-limit") {
        command.args(["--rate-limit", "1000/s"]);
    }
    command.args(more).arg(url);
    command
}

pub(crate) fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output)))
}

pub(crate) fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Rule, place and count of every cause.
pub(crate) fn causes(report: &Value) -> Vec<(String, String, u64)> {
    let text = |cause: &Value, name: &str| cause[name].as_str().unwrap().to_owned();
    let mut causes: Vec<_> = report["findings"]
        .as_array()
        .unwrap()
        .iter()
        .map(|cause| (text(cause, "rule"), text(cause, "pointer"), cause["count"].as_u64().unwrap()))
        .collect();
    causes.sort();
    causes
}

/// The rules that were broken.
fn rules(report: &Value) -> Vec<String> {
    let mut rules: Vec<_> = causes(report).into_iter().map(|(rule, ..)| rule).collect();
    rules.dedup();
    rules
}

fn judged(path: &Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    report(&command.args(["validate", "--no-settings", "-f", "json"]).arg(path).output().unwrap())
}

/// The pages in a record, by their own numbers, up to where it is cut.
pub(crate) fn pages(record: &Path) -> (Vec<u64>, Option<String>) {
    let mut pages = Vec::new();
    let items = match payload::open(record, &Options::default()) {
        Ok(opened) => opened.items(),
        Err(error) => return (pages, Some(error.message())),
    };
    for item in items {
        match item {
            Ok(Item::Payload(payload)) => {
                let body: Value = serde_json::from_slice(payload.bytes()).unwrap_or_default();
                let page = body.pointer("/data/Clients/pageInfo/currentPage").and_then(Value::as_u64);
                let Some(page) = page else { return (pages, Some("a body is cut off".to_owned())) };
                pages.push(page);
            }
            // Too little to be a member of its own.
            Ok(Item::Skipped(skipped)) if skipped.why.contains("trailing data") => {
                return (pages, Some("the record is cut off".to_owned()));
            }
            Ok(other) => panic!("{other:?}"),
            Err(error) => return (pages, Some(error.message())),
        }
    }
    (pages, None)
}
