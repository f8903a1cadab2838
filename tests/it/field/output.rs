//! Nothing leaks and nothing is overwritten: hostile text in every output, files that must stay, signals,
//! messages.

mod files;
mod hostile;
mod messages;
mod owner;
#[cfg(unix)]
mod signals;

use std::fs;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use serde_json::Value;

const KEY: &str = "ti_test_9f8e7d6c5b4a3210";

fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    for name in ["HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy", "CLIENTS_CONTRACT_API_KEY"] {
        command.env_remove(name);
    }
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Runs the tool in a folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    tool().current_dir(folder).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).unwrap();
}

/// All files of a folder, and what they hold.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}
