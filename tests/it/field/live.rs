//! Live instances that do not end, answer too much, or are another host.

use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;

use clients_contract::live::{Address, DEFAULT_MAX_PAGES, Key, Options, Record, Walk};
use clients_contract::{Contract, ErrorKind};
use serde_json::json;

use crate::live::server::{Answer, Server, page};
use crate::live::{KEY, causes, pages, report, stderr, tool};

/// A page without `total` that promises more, and holds what no other page does.
fn endless(number: u64) -> String {
    const TOTAL: u64 = u64::MAX / 4;
    page(number, 2, TOTAL).replace(&format!(",\"total\":{TOTAL}"), "")
}

fn request(host: &str, page: u64) -> String {
    format!(
        "{{\"recorded_request\":{{\"method\":\"GET\",\"url\":\"{host}/incoming/v2/clients?page={page}\"}}}}\n"
    )
}

fn gzip(text: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(text).unwrap();
    encoder.finish().unwrap()
}

/// The record of a walk that came so far that one page is left until the limit.
fn long_record(host: &str) -> String {
    let mut record = String::new();
    for number in 1..DEFAULT_MAX_PAGES {
        let _ = writeln!(record, "{}{}", request(host, number), endless(number));
    }
    record
}

#[test]
fn a_walk_that_never_ends_is_ended_and_reported() {
    let server = Server::new(|asked| Answer::json(endless(asked.page)));
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    fs::write(&record, long_record(&server.url())).unwrap();
    let more = ["--record", record.to_str().unwrap(), "--resume"];
    let output = tool(&server.url(), &more).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    let told = report(&output);
    assert_eq!(told["checked"]["payloads"], DEFAULT_MAX_PAGES);
    assert_eq!(server.asked.lock().unwrap().len(), 1);
    let found = causes(&told).into_iter().find(|(rule, ..)| rule == "walk-not-ending").unwrap();
    assert_eq!((&*found.1, found.2), ("/data/Clients/pageInfo/hasMore", 1));
    let problem = told["problems"][0].to_string();
    assert!(problem.contains("after 10000 pages") && problem.contains("--max-pages"), "{problem}");
    // It is whole up to there, and goes on where somebody asks for more: a limit that is meant is no finding.
    let more = [&more[..], &["--max-pages", "10003"]].concat();
    let output = tool(&server.url(), &more).output().unwrap();
    let told = report(&output);
    assert_eq!(told["checked"]["payloads"], 10_003, "{}", stderr(&output));
    assert!(told["problems"].as_array().unwrap().is_empty(), "{told}");
    assert!(!causes(&told).iter().any(|(rule, ..)| rule == "walk-not-ending"));
    assert_eq!(server.asked.lock().unwrap().len(), 4);
}

#[test]
fn a_page_is_scanned_whatever_it_holds() {
    // Many values in little text, as a tree a hundred times its size.
    let zeros = format!("[{}0]", "0,".repeat(300_000));
    let deep = format!("{}{}", "[".repeat(50_000), "]".repeat(50_000));
    for junk in [&zeros, &deep] {
        let body = page(1, 2, 2).replacen('{', &format!("{{\"junk\":{junk},"), 1);
        let packed = gzip(body.as_bytes());
        let server = Server::new(move |_| Answer::json(packed.clone()).header("content-encoding", "gzip"));
        let output = tool(&server.url(), &["--sort", "name"]).output().unwrap();
        assert!(report(&output)["problems"].as_array().unwrap().is_empty(), "{}", stderr(&output));
        assert_eq!(report(&output)["checked"]["payloads"], 1);
        // What is refused is the decoded body.
        let output = tool(&server.url(), &["--max-body", "64KiB"]).output().unwrap();
        assert_eq!(output.status.code(), Some(3));
        assert!(stderr(&output).contains("--max-body"), "{}", stderr(&output));
    }
}

#[test]
fn a_record_of_another_server_is_not_resumed() {
    let server = Server::new(|asked| Answer::json(page(asked.page, 2, 6)));
    let ours = server.url();
    let port = server.address.port();
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    let more = ["--record", record.to_str().unwrap(), "--resume"];
    for other in [
        "https://other.example.com".to_owned(),
        format!("https://127.0.0.1:{port}"),
        "http://127.0.0.1".to_owned(),
        format!("http://127.0.0.2:{port}"),
        format!("http://127.0.0.1:{port}@evil.example"),
    ] {
        let one = format!("{}{}\n", request(&other, 1), page(1, 2, 6));
        // Also where only a later page is another server's.
        let two =
            format!("{}{}\n{}{}\n", request(&ours, 1), page(1, 2, 6), request(&other, 2), page(2, 2, 6));
        for text in [one, two] {
            fs::write(&record, &text).unwrap();
            let output = tool(&ours, &more).output().unwrap();
            let told = stderr(&output);
            assert_eq!(output.status.code(), Some(2), "{other}: {told}");
            let named = if other.contains('@') { "an invalid URL" } else { &other };
            assert!(told.contains(named) && told.contains(&ours), "{other}: {told}");
            assert_eq!(fs::read_to_string(&record).unwrap(), text, "it is left as it was");
        }
    }
    assert!(server.asked.lock().unwrap().is_empty());
    // The same server, however it is spelt, and a path alone.
    for same in [ours.clone(), ours.replace("http", "HTTP"), String::new()] {
        fs::write(&record, format!("{}{}\n", request(&same, 1), page(1, 2, 6))).unwrap();
        let output = tool(&ours, &more).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{same}: {}", stderr(&output));
        assert_eq!(pages(&record), (vec![1, 2, 3], None));
    }
}

#[test]
fn usual_ports_and_the_case_of_a_host_do_not_matter() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    let contract = Contract::clients();
    let resumed = |recorded: &str, url: &str| {
        fs::write(&record, format!("{}{}\n", request(recorded, 1), page(1, 2, 2))).unwrap();
        let address = Address::parse(url, &contract.path).unwrap();
        let record = Some(Record { path: record.clone(), resume: true, keep_secrets: false });
        let options = Options { record, rate: "1000/s".parse().unwrap(), ..Options::default() };
        Walk::new(contract.paging(), contract.secrets(), address, Key::new(KEY).unwrap(), options).map(|_| ())
    };
    resumed("https://Acme.Example.com:443", "https://acme.example.com").unwrap();
    resumed("https://acme.example.com", "https://ACME.example.com:443").unwrap();
    for other in ["http://acme.example.com:443", "https://acme.example.com:444", "https://acme.example.org"] {
        let error = resumed(other, "https://acme.example.com").unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage, "{other}: {error}");
    }
}

#[test]
fn a_record_of_blank_lines_is_resumed() {
    let server = Server::new(|asked| Answer::json(page(asked.page, 2, 6)));
    let blank = "\n \t\r\n".repeat(500_000);
    let first = format!("{}{}\n", request(&server.url(), 1), page(1, 2, 6));
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.ndjson", "w.ndjson.gz", "w.ndjson.zst"] {
        let record = folder.path().join(name);
        let text = format!("{blank}{first}{blank}");
        let packed = match name.rsplit('.').next() {
            Some("gz") => gzip(text.as_bytes()),
            Some("zst") => ruzstd::encoding::compress_to_vec(
                text.as_bytes(),
                ruzstd::encoding::CompressionLevel::Fastest,
            ),
            _ => text.into_bytes(),
        };
        fs::write(&record, packed).unwrap();
        let output =
            tool(&server.url(), &["--record", record.to_str().unwrap(), "--resume"]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
        assert_eq!(pages(&record), (vec![1, 2, 3], None), "{name}");
        assert!(fs::metadata(&record).unwrap().len() < 10_000, "blank lines are gone");
    }
    // Many small bodies, put together by somebody, are packed together.
    let record = folder.path().join("w.ndjson.gz");
    fs::write(&record, gzip("1\n".repeat(300_000).as_bytes())).unwrap();
    let output = tool(&server.url(), &["--record", record.to_str().unwrap(), "--resume"]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(fs::metadata(&record).unwrap().len() < 10_000);
}

/// A response that is no page is counted as received and not validated, as it is in a capture.
#[test]
fn a_response_with_another_status_or_without_a_body_is_counted_as_not_validated() {
    for (status, body, reason) in [
        (404, "{}", "http-status"),
        (403, "", "http-status"),
        (500, "{}", "http-status"),
        (429, "", "http-status"),
        (302, "", "http-status"),
        (204, "", "no-body"),
        (200, "", "no-body"),
        (200, " \n", "no-body"),
    ] {
        for before in [0, 1] {
            let server = Server::new(move |asked| {
                let is_page = asked.page <= before;
                if is_page { Answer::json(page(asked.page, 2, 6)) } else { Answer::new(status, body) }
            });
            let output = tool(&server.url(), &["--retries", "1"]).output().unwrap();
            let (told, report) = (stderr(&output), report(&output));
            assert_eq!(output.status.code(), Some(3), "{status}: {told}");
            let checked = &report["checked"];
            assert_eq!(
                (&checked["payloads"], &checked["not_validated"]),
                (&json!(before + 1), &json!(1)),
                "{status}"
            );
            let entry = &report["not_validated"][0];
            assert_eq!(
                (&entry["reason"], &entry["count"]),
                (&json!(reason), &json!(1)),
                "{status}: {report}"
            );
            assert_eq!(report["problems"].as_array().unwrap().len(), 1, "{status}: {report}");
            let found = causes(&report).iter().any(|(rule, ..)| rule == "http-status");
            assert_eq!(found, reason == "http-status", "{status}: {report}");
        }
    }
}
