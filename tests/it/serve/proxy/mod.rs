/// Upstreams that fail, hang or lie, and clients that do.
mod failures;
/// Keys, which no file and no message has.
mod keys;
/// Limits of sizes, memory and connections.
mod limits;
/// Proxies of a network, and certificates.
mod network;
/// Bytes that pass, and what is reported and recorded of them.
mod passing;
/// A server that sends exact bytes.
mod raw;
/// Flags, exit codes, signals.
mod tool;
/// Header fields, bodies and connections, byte by byte.
mod unchanged;

use std::fs;
use std::io::{Read, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::time::{Duration, Instant};

use serde_json::Value;
use tempfile::TempDir;

use super::{KEY, Reply, Tool};

/// The proxy as a process, with a report and a folder of its own.
struct Proxied {
    /// Nothing once it has ended.
    tool: Option<Tool>,
    folder: TempDir,
}

impl Proxied {
    fn start(target: &str, flags: &[&str]) -> Self {
        Self::start_with(target, flags, &[])
    }

    /// With these variables of the environment.
    fn start_with(target: &str, flags: &[&str], variables: &[(&str, &str)]) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let report = folder.path().join("report.json");
        let mut all = vec!["--target", target, "-f", "json", "-o", report.to_str().unwrap()];
        all.extend(flags);
        Self {
            tool: Some(Tool::start_with("proxy", &[&["--no-settings"], &*all].concat(), variables)),
            folder,
        }
    }

    /// With a record of this name.
    fn recording(target: &str, name: &str, flags: &[&str]) -> (Self, PathBuf) {
        let folder = tempfile::tempdir().unwrap();
        let (report, record) = (folder.path().join("report.json"), folder.path().join(name));
        let mut all = vec!["--target", target, "-f", "json", "-o", report.to_str().unwrap()];
        all.extend(["--record", record.to_str().unwrap()]);
        all.extend(flags);
        (Self { tool: Some(Tool::start_as("proxy", &all)), folder }, record)
    }

    fn address(&self) -> SocketAddr {
        self.tool.as_ref().unwrap().address()
    }

    fn get(&self, target: &str) -> Reply {
        Reply::of(&exchange(self.address(), &get(target, "")))
    }

    /// Ends it: exit code, report, standard error. Its files stay until it is dropped.
    fn end(&mut self) -> (Option<i32>, Value, String) {
        let (code, stderr) = self.tool.take().unwrap().end("-TERM");
        let report = fs::read(self.folder.path().join("report.json")).unwrap_or_default();
        (code, serde_json::from_slice(&report).unwrap_or_default(), stderr)
    }
}

/// A request with the key.
fn get(target: &str, fields: &str) -> String {
    format!(
        "GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\nauthorization: Bearer {KEY}\r\n{fields}\r\n"
    )
}

/// Sends a request, and reads as much as comes.
fn exchange(address: SocketAddr, request: &str) -> Vec<u8> {
    let mut stream = TcpStream::connect(address).unwrap();
    stream.set_read_timeout(Some(Duration::from_secs(30))).unwrap();
    stream.write_all(request.as_bytes()).unwrap();
    let mut response = Vec::new();
    let _ = stream.read_to_end(&mut response);
    response
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

/// Waits for something that is to happen soon.
fn wait_for(what: &str, mut happened: impl FnMut() -> bool) {
    let from = Instant::now();
    while !happened() {
        assert!(from.elapsed() < Duration::from_secs(30), "{what}");
        std::thread::sleep(Duration::from_millis(10));
    }
}

/// Exit code and report of `validate` with a record.
fn validated(record: &Path) -> (Option<i32>, Value) {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    let Output { status, stdout, stderr, .. } =
        command.args(["validate", "--no-settings", "-f", "json"]).arg(record).output().unwrap();
    let report =
        serde_json::from_slice(&stdout).unwrap_or_else(|_| panic!("{}", String::from_utf8_lossy(&stderr)));
    (status.code(), report)
}

/// Rule, pointer and count of every group, sorted.
fn groups(report: &Value) -> Vec<(String, String, u64)> {
    let text = |group: &Value, name: &str| group[name].as_str().unwrap().to_owned();
    let group =
        |group: &Value| (text(group, "rule"), text(group, "pointer"), group["count"].as_u64().unwrap());
    let mut groups: Vec<_> = report["findings"].as_array().unwrap().iter().map(group).collect();
    groups.sort();
    groups
}
