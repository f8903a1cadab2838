//! How many instructions does a run of the tool cost?
//!
//! Needs what `instructions.rs` needs. Each case is one run of the whole tool on one thread, its start
//! included. `benches/counts.json` holds the counts: `INSTRUCTIONS=FILE cargo test --test scaling --
//! --ignored` fails where one has grown by more than 3 %, and `UPDATE_COUNTS=1` writes them anew.
#![allow(clippy::exit, clippy::unwrap_used, missing_docs)]

use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::Command as Process;

use gungraun::prelude::*;
use gungraun::{Callgrind, Command};
use serde_json::{Value, json};

mod corpora;

const TOOL: &str = env!("CARGO_BIN_EXE_clients-contract");

/// Bytes of each corpus.
const BYTES: usize = 1_000_000;

/// The folder of the inputs.
fn folder() -> PathBuf {
    PathBuf::from(env!("CARGO_TARGET_TMPDIR")).join("commands")
}

/// Writes the inputs, unless they are newer than what makes them.
fn inputs() {
    let folder = folder();
    let changed = |file: &Path| fs::metadata(file).and_then(|file| file.modified());
    let made = changed(&folder.join("complete"));
    if made.is_ok_and(|made| changed(Path::new(TOOL)).is_ok_and(|tool| tool < made)) {
        return;
    }
    fs::create_dir_all(&folder).unwrap();
    for corpus in [corpora::typical(BYTES), corpora::irregular(BYTES)] {
        let name = corpus.name.split(' ').next().unwrap_or_default();
        let lines = [corpus.bodies.join(&b'\n'), b"\n".to_vec()].concat();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&lines).unwrap();
        fs::write(folder.join(format!("{name}.ndjson.gz")), gzip.finish().unwrap()).unwrap();
        fs::write(folder.join(format!("{name}.ndjson")), lines).unwrap();
        fs::write(folder.join(format!("{name}.json")), &corpus.bodies[0]).unwrap();
        fs::write(folder.join(format!("{name}.har")), har(&corpus.bodies).to_string()).unwrap();
    }
    for number in 0..100 {
        let seed = number.to_string();
        let small =
            Process::new(TOOL).args(["generate", "--clients", "1", "--seed", &seed]).output().unwrap().stdout;
        fs::create_dir_all(folder.join("files")).unwrap();
        fs::write(folder.join(format!("files/{number:03}.json")), small).unwrap();
    }
    let schema = concat!(env!("CARGO_MANIFEST_DIR"), "/schemas/clients.schema.json");
    let mut schema: Value = serde_json::from_slice(&fs::read(schema).unwrap()).unwrap();
    let client = schema["$defs"]["Client"]["properties"].as_object_mut().unwrap();
    client.remove("slug").unwrap();
    fs::write(folder.join("without.json"), schema.to_string()).unwrap();
    fs::write(folder.join("complete"), "").unwrap();
}

/// The bodies as a browser records them.
fn har(bodies: &[Vec<u8>]) -> Value {
    let entry = |body: &Vec<u8>| {
        let text = str::from_utf8(body).unwrap();
        json!({
            "startedDateTime": "2026-08-31T09:00:00.000Z",
            "time": 80.1,
            "request": {"method": "GET", "url": "https://acme.example/incoming/v2/clients", "headers": []},
            "response": {
                "status": 200,
                "headers": [{"name": "content-type", "value": "application/json"}],
                "content": {"size": text.len(), "mimeType": "application/json", "text": text},
            },
        })
    };
    json!({"log": {"version": "1.2", "entries": bodies.iter().map(entry).collect::<Vec<_>>()}})
}

#[binary_benchmark(setup = inputs())]
#[bench::start(&["contracts", "--no-settings"])]
#[bench::one_payload(&["validate", "--jobs", "1", "typical.json"])]
#[bench::typical(&["validate", "--jobs", "1", "typical.ndjson"])]
#[bench::random_keys(&["validate", "--jobs", "1", "random.ndjson"])]
#[bench::gzip(&["validate", "--jobs", "1", "typical.ndjson.gz"])]
#[bench::har(&["validate", "--jobs", "1", "typical.har"])]
#[bench::small_files(&["validate", "--jobs", "1", "files"])]
#[bench::drift_typical(&["drift", "--jobs", "1", "--fail-on", "never", "typical.ndjson"])]
#[bench::drift_random_keys(&["drift", "--jobs", "1", "--fail-on", "never", "random.ndjson"])]
#[bench::generate(&["generate", "-n", "5", "--clients", "25", "--seed", "1"])]
#[bench::dataset(&["generate", "--dataset", "--total", "50", "--seed", "1"])]
#[bench::diff(&["diff", "--fail-on", "never", "without.json"])]
fn commands(arguments: &[&str]) -> Command {
    Command::new(TOOL).args(arguments).current_dir(folder()).build()
}

binary_benchmark_group!(name = tool, benchmarks = [commands]);
main!(
    config = BinaryBenchmarkConfig::default().tool(Callgrind::with_args(["--cache-sim=no"])),
    binary_benchmark_groups = tool
);
