//! Does the tool walk an instance politely, miss nothing and leak nothing?

/// Whatever a server may do, on command.
mod hostile;
/// Many pages, records, kills.
mod records;
/// The key goes to its host only, and appears nowhere.
mod secrets;
/// No tests: the server.
mod server;

use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const KEY: &str = "ti_test_9f8e7d6c5b4a3210";

/// The tool, quick enough for a test by options that anybody may use.
fn tool(url: &str, more: &[&str]) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args([
        "validate",
        "--no-settings",
        "-f",
        "json",
        "--rate-limit",
        "1000/s",
        "--retry-delay",
        "1ms",
    ]);
    command.args(more).arg(url).env("CLIENTS_CONTRACT_API_KEY", KEY).env_remove("NO_COLOR");
    command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command
}

fn report(output: &Output) -> Value {
    serde_json::from_slice(&output.stdout).unwrap_or_else(|_| panic!("{}", stderr(output)))
}

fn stderr(output: &Output) -> String {
    String::from_utf8_lossy(&output.stderr).into_owned()
}

/// Rule, place and count of every cause.
fn causes(report: &Value) -> Vec<(String, String, u64)> {
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

fn judged(path: &Path) -> Value {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    report(&command.args(["validate", "--no-settings", "-f", "json"]).arg(path).output().unwrap())
}
