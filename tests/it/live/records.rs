//! Nothing is missed, and what was received stays.

use std::fs;
use std::path::Path;
use std::thread;
use std::time::Duration;

use clients_contract::payload::{self, Item, Options};
use serde_json::Value;

use super::server::{JSON, Server, page, send};
use super::{causes, judged, report, stderr, tool};

/// The pages in a record, by their own numbers.
fn pages(record: &Path) -> Vec<u64> {
    let items = payload::open(record, &Options::default()).unwrap().items();
    items
        .map(|item| {
            let Item::Payload(payload) = item.unwrap() else { panic!("no payload") };
            let body: Value = serde_json::from_slice(payload.bytes()).unwrap();
            body.pointer("/data/Clients/pageInfo/currentPage").and_then(Value::as_u64).unwrap()
        })
        .collect()
}

/// A number that looks like chance, from the number of the request.
fn chance(number: usize) -> u64 {
    (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
}

#[test]
fn a_thousand_pages_come_once_each() {
    let server = Server::new(|asked, out| match chance(asked.before) % 20 {
        0 => send(out, "429 Too Many Requests", "retry-after: 0\r\n", b"{}"),
        1 => send(out, "503 Service Unavailable", "", b""),
        // The connection ends without an answer.
        2 => {}
        3 => {
            // Cut off in the middle.
            let body = page(asked.page, 1, 1000);
            let _ = write!(out, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n{}", body.len(), &body[..20]);
        }
        4 => {
            let body = page(asked.page, 1, 1000);
            let _ = write!(out, "HTTP/1.1 200 OK\r\ncontent-length: {}\r\n\r\n", body.len());
            for piece in body.as_bytes().chunks(64) {
                let _ = out.write_all(piece);
                thread::sleep(Duration::from_millis(2));
            }
        }
        _ => send(out, "200 OK", JSON, page(asked.page, 1, 1000).as_bytes()),
    });
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("walk.ndjson");
    let mut command = tool(&server.url(), &["--retries", "20", "--record", record.to_str().unwrap()]);
    let output = command.args(["--sort", "name", "--count", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = report(&output);
    assert_eq!(report["checked"]["payloads"], 1000);
    assert_eq!(causes(&report), [], "no client twice, as many as the total");
    assert_eq!(pages(&record), (1..=1000).collect::<Vec<_>>());
}

#[test]
fn no_second_has_more_requests_than_allowed() {
    const RATE: usize = 50;
    let server = Server::new(|asked, out| send(out, "200 OK", JSON, page(asked.page, 1, 120).as_bytes()));
    let output = tool(&server.url(), &["--rate-limit", "50/s"]).output();
    // The later of two rates would win, and only one may be given.
    assert_eq!(output.unwrap().status.code(), Some(2));
    let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(["validate", "--no-settings", "--rate-limit", "50/s", &server.url()]);
    let output = command.env("CLIENTS_CONTRACT_API_KEY", super::KEY).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let asked = server.asked.lock().unwrap();
    assert_eq!(asked.len(), 120);
    for pair in asked.windows(RATE + 1) {
        assert!(pair[RATE].at.duration_since(pair[0].at) >= Duration::from_secs(1));
    }
}

#[test]
fn what_was_recorded_survives_being_killed() {
    for name in ["w.ndjson", "w.ndjson.gz", "w.jsonl.zst"] {
        let server = Server::new(|asked, out| {
            thread::sleep(Duration::from_millis(chance(asked.before) % 8));
            send(out, "200 OK", JSON, page(asked.page, 2, 120).as_bytes());
        });
        let folder = tempfile::tempdir().unwrap();
        let record = folder.path().join(name);
        let mut kills = 0;
        for run in 0_u32.. {
            let more = ["--record", record.to_str().unwrap(), "--resume"];
            let mut child = tool(&server.url(), &more).spawn().unwrap();
            thread::sleep(Duration::from_millis(
                30 + u64::from(run) * 20 + chance(run.try_into().unwrap()) % 40,
            ));
            if let Some(status) = child.try_wait().unwrap() {
                assert_eq!(status.code(), Some(0));
                let output = child.wait_with_output().unwrap();
                assert_eq!(
                    report(&output)["checked"]["payloads"],
                    60,
                    "{name}: earlier pages are judged, too"
                );
                break;
            }
            child.kill().unwrap();
            child.wait().unwrap();
            kills += 1;
        }
        assert!(kills > 0);
        assert_eq!(pages(&record), (1..=60).collect::<Vec<_>>(), "{name}");
    }
}

#[test]
fn a_cut_last_line_is_dropped() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    fs::write(&record, format!("{}\n{}", page(1, 2, 6), &page(2, 2, 6)[..50])).unwrap();
    let server = Server::new(|asked, out| send(out, "200 OK", JSON, page(asked.page, 2, 6).as_bytes()));
    let more = ["--record", record.to_str().unwrap()];
    assert_eq!(tool(&server.url(), &more).output().unwrap().status.code(), Some(2), "it is not overwritten");
    let output = tool(&server.url(), &[&more[..], &["--resume"]].concat()).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert_eq!(pages(&record), [1, 2, 3]);
    assert_eq!(server.asked.lock().unwrap().len(), 2);
}

#[test]
fn a_record_is_judged_as_the_walk_was() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.ndjson", "w.har", "w.har.gz", "w.har.zst"] {
        let server = Server::new(|asked, out| {
            let body =
                page(asked.page, 2, 6).replacen("\"name\":\"School 000001\"", "\"name\":null,\n\"odd\":1", 1);
            send(out, "200 OK", JSON, body.as_bytes());
        });
        let record = folder.path().join(name);
        let output =
            tool(&server.url(), &["--record", record.to_str().unwrap(), "--page", "1"]).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let live = causes(&report(&output));
        assert_eq!(live.len(), 2);
        assert_eq!(causes(&judged(&record)), live, "{name}");
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_noticed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("full.ndjson");
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    let server = Server::new(|asked, out| send(out, "200 OK", JSON, page(asked.page, 2, 6).as_bytes()));
    let output = tool(&server.url(), &["--record", link.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(report(&output)["checked"]["payloads"], 1);
    assert_eq!(server.asked.lock().unwrap().len(), 1);
}
