//! Nothing is missed, and what was received stays.

use std::fs;
use std::path::Path;
use std::process::{Child, Command};
use std::thread;
use std::time::Duration;

use clients_contract::payload::{self, Item, Options};

use super::server::{Answer, Asked, Server, page};
use super::{causes, judged, pages, report, rules, stderr, tool};

/// A number that looks like chance, from the number of the request.
fn chance(number: usize) -> u64 {
    (number as u64 + 1).wrapping_mul(0x9e37_79b9_7f4a_7c15) >> 40
}

/// No second had more requests than that.
fn keeps_to(rate: usize, asked: &[Asked]) {
    for window in asked.windows(rate + 1) {
        assert!(window[rate].at.duration_since(window[0].at) >= Duration::from_secs(1));
    }
}

#[test]
fn a_thousand_pages_come_once_each_and_no_faster_than_allowed() {
    const RATE: usize = 200;
    let server = Server::new(|asked| {
        let good = Answer::json(page(asked.page, 1, 1000));
        match chance(asked.before) % 20 {
            0 => Answer::new(429, "{}").header("retry-after", "0"),
            1 => Answer::new(503, ""),
            2 => Answer::reset(""),
            3 => Answer::reset("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\": "),
            4 => good.slowly(64, Duration::from_millis(2)),
            5 => Answer::bytes("HTTP/1.1 200 OK\r\ncontent-length: 900\r\n\r\n{\"data\": "),
            _ => good,
        }
    });
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("walk.ndjson");
    let more = ["--retries", "20", "--rate-limit", "200/s", "--record", record.to_str().unwrap()];
    let output = tool(&server.url(), &more).args(["--sort", "name", "--count", "1"]).output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    let report = report(&output);
    assert_eq!(report["checked"]["payloads"], 1000);
    assert_eq!(causes(&report), [], "no client twice, as many as the total");
    assert_eq!(pages(&record), ((1..=1000).collect(), None));
    let asked = server.asked.lock().unwrap();
    assert!(asked.len() > 1150, "{}", asked.len());
    keeps_to(RATE, &asked);
}

fn three_pages() -> Server {
    Server::new(|asked| Answer::json(page(asked.page, 2, 6)))
}

/// Kills the child once the server was asked so often, at any moment from then on.
fn kill(mut child: Child, server: &Server, asked: usize, moment: u64) {
    while server.asked.lock().unwrap().len() < asked && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(1));
    }
    thread::sleep(Duration::from_micros(moment % 8_000));
    // It may have come to its end.
    let _ = child.kill();
    child.wait().unwrap();
}

/// How often each kind of record is killed: `CLIENTS_CONTRACT_KILLS=100` for a longer run.
fn kills() -> usize {
    std::env::var("CLIENTS_CONTRACT_KILLS").map_or(4, |kills| kills.parse().unwrap())
}

/// Forty pages, each after a moment.
fn forty_pages() -> Server {
    Server::new(|asked| {
        let wait = Duration::from_micros(chance(asked.before) % 8_000);
        Answer::json(page(asked.page, 2, 80)).after(wait)
    })
}

#[test]
fn a_walk_that_is_killed_and_resumed_is_whole() {
    for name in ["w.ndjson", "w.ndjson.gz", "w.jsonl.zst"] {
        let (mut killed, mut round) = (0, 0);
        while killed < kills() {
            let server = forty_pages();
            let folder = tempfile::tempdir().unwrap();
            let record = folder.path().join(name);
            let more = ["--record", record.to_str().unwrap(), "--resume"];
            for _ in 0..3 {
                let before = server.asked.lock().unwrap().len();
                let asked = before + 1 + usize::try_from(chance(round) % 15).unwrap();
                kill(tool(&server.url(), &more).spawn().unwrap(), &server, asked, chance(round + 1000));
                (killed, round) = (killed + 1, round + 1);
                let last = server.asked.lock().unwrap().last().map_or(0, |asked| asked.page);
                let (kept, _) = pages(&record);
                assert!(kept.len() as u64 + 1 >= last, "{name}: {kept:?}, and page {last} was asked for");
            }
            let output = tool(&server.url(), &more).output().unwrap();
            assert_eq!(output.status.code(), Some(0), "{name}: {}", stderr(&output));
            assert_eq!(report(&output)["checked"]["payloads"], 40, "{name}: earlier pages are judged, too");
            assert_eq!(pages(&record), ((1..=40).collect(), None), "{name}");
        }
    }
}

#[test]
fn every_page_of_a_killed_har_survives() {
    for name in ["w.har", "w.har.gz", "w.har.zst"] {
        for round in 0..kills() {
            let server = forty_pages();
            let folder = tempfile::tempdir().unwrap();
            let record = folder.path().join(name);
            let child = tool(&server.url(), &["--record", record.to_str().unwrap()]).spawn().unwrap();
            let asked = 1 + usize::try_from(chance(round) % 40).unwrap();
            kill(child, &server, asked, chance(round + 1000));
            let last = server.asked.lock().unwrap().last().map_or(0, |asked| asked.page);
            let (kept, cut) = pages(&record);
            assert_eq!(kept, (1..=kept.len() as u64).collect::<Vec<_>>());
            assert!(
                kept.len() as u64 + 1 >= last,
                "{name}: {kept:?}, and page {last} was asked for: {cut:?}"
            );
        }
    }
}

#[test]
fn of_a_cut_record_every_whole_page_is_read() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.ndjson", "w.ndjson.gz", "w.ndjson.zst", "w.har", "w.har.gz", "w.har.zst"] {
        let record = folder.path().join(name);
        let output = tool(&three_pages().url(), &["--record", record.to_str().unwrap()]).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        let whole = fs::read(&record).unwrap();
        let (mut most, mut silent) = (0, 0);
        for length in 0..whole.len() {
            fs::write(&record, &whole[..length]).unwrap();
            let (kept, cut) = pages(&record);
            assert_eq!(kept, (1..=kept.len() as u64).collect::<Vec<_>>(), "{name} {length}");
            assert!(kept.len() >= most, "{name} {length}: what was read of less is read of more");
            most = kept.len();
            silent += usize::from(cut.is_none());
            let said = cut.as_deref().is_none_or(|cut| cut.contains("cut off"));
            assert!(said || length < 20, "{name} {length}: {cut:?}");
        }
        // Between two answers NDJSON ends as it should, with the last line end and without it.
        let most_silent = if name.contains("ndjson") { 6 } else { 1 };
        assert!(silent <= most_silent, "{name}: {silent} cuts were not told");
        assert_eq!(most, 3, "{name}");
    }
}

#[test]
fn a_record_that_is_cut_is_resumed_behind_its_last_whole_page() {
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    let server = three_pages();
    let url = format!("{}/incoming/v2/clients?page=1", server.url());
    let asked = format!("{{\"recorded_request\":{{\"method\":\"GET\",\"url\":\"{url}\"}}}}");
    let first = format!("{asked}\n{}\n", page(1, 2, 6));
    let half = &page(2, 2, 6)[..50];
    for behind in
        [String::new(), half.to_owned(), asked.clone(), format!("{asked}\n"), format!("{asked}\n{half}")]
    {
        fs::write(&record, format!("{first}{behind}")).unwrap();
        server.asked.lock().unwrap().clear();
        let more = ["--record", record.to_str().unwrap()];
        assert_eq!(
            tool(&server.url(), &more).output().unwrap().status.code(),
            Some(2),
            "it is not overwritten"
        );
        let output = tool(&server.url(), &[&more[..], &["--resume"]].concat()).output().unwrap();
        assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
        assert_eq!(pages(&record), (vec![1, 2, 3], None), "{behind}");
        assert_eq!(server.asked.lock().unwrap().len(), 2);
        // Another walk is not hung on to it.
        let other =
            tool(&server.url(), &[&more[..], &["--resume", "--count", "7"]].concat()).output().unwrap();
        assert_eq!(other.status.code(), Some(2), "{}", stderr(&other));
        assert!(stderr(&other).contains("different options"), "{}", stderr(&other));
    }
    // A record without requests, as somebody may have put it together.
    fs::write(&record, format!("{}\n", page(1, 2, 6))).unwrap();
    let more = ["--record", record.to_str().unwrap(), "--resume"];
    assert_eq!(tool(&three_pages().url(), &more).output().unwrap().status.code(), Some(0));
    assert_eq!(pages(&record), (vec![1, 2, 3], None));
    let har = folder.path().join("w.har");
    let output =
        tool("http://127.0.0.1:1", &["--record", har.to_str().unwrap(), "--resume"]).output().unwrap();
    assert!(
        output.status.code() == Some(2) && stderr(&output).contains("record NDJSON"),
        "{}",
        stderr(&output)
    );
}

#[test]
fn two_walks_are_not_recorded_in_one_file() {
    let server = Server::new(|asked| Answer::json(page(asked.page, 2, 6)).after(Duration::from_secs(60)));
    let folder = tempfile::tempdir().unwrap();
    let record = folder.path().join("w.ndjson");
    let more = ["--record", record.to_str().unwrap(), "--resume"];
    let mut child = tool(&server.url(), &more).spawn().unwrap();
    while server.asked.lock().unwrap().is_empty() && child.try_wait().unwrap().is_none() {
        thread::sleep(Duration::from_millis(5));
    }
    let output = tool(&server.url(), &more).output().unwrap();
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert!(stderr(&output).contains("another process records to it"), "{}", stderr(&output));
}

/// A server that keeps to nothing: neither to the page size, nor to the order; and a name is null.
fn careless() -> Server {
    Server::new(|asked| {
        let body = page(asked.page, 2, 6).replace("School 000002", "A School");
        Answer::json(body.replacen("\"name\":\"School 000001\"", "\"name\":null,\n\"odd\":1", 1))
    })
}

#[test]
fn a_record_is_validated_as_the_walk_was() {
    let folder = tempfile::tempdir().unwrap();
    for name in ["w.ndjson", "w.jsonl.gz", "w.ndjson.zst", "w.har", "w.har.gz", "w.har.zst"] {
        let record = folder.path().join(name);
        let more = ["--record", record.to_str().unwrap(), "--sort", "name", "--count", "3"];
        let output = tool(&careless().url(), &more).output().unwrap();
        assert_eq!(output.status.code(), Some(1), "{}", stderr(&output));
        let live = report(&output);
        let expected = ["null-value", "page-mismatch", "sort-order-mismatch", "undocumented-property"];
        assert_eq!(rules(&live), expected);
        assert_eq!(causes(&judged(&record)), causes(&live), "{name}");
        let standard_input = |record: &Path| {
            let mut command = super::bare();
            command.args(["--no-settings", "-f", "json", "-"]).stdin(fs::File::open(record).unwrap());
            report(&command.output().unwrap())
        };
        assert_eq!(causes(&standard_input(&record)), causes(&live), "{name} from standard input");
    }
    // Each body is a line of its own, as it came; other tools read it by leaving out the lines of requests.
    let text = fs::read_to_string(folder.path().join("w.ndjson")).unwrap();
    let bodies: Vec<&str> = text.lines().filter(|line| !line.starts_with("{\"recorded_request\":")).collect();
    assert_eq!((bodies.len(), text.lines().count()), (3, 6));
    assert_eq!(bodies[2], page(3, 2, 6));
}

/// Bodies that an error is in, or a mark.
fn odd_bodies() -> Vec<String> {
    let good = page(1, 2, 2);
    let named = |name: &str| good.replacen("School 000001", name, 1);
    vec![
        format!("\u{feff}{good}"),
        format!("\u{feff}\n{}", named("a\\tb").replacen('{', "{\"secretKey\": \"abc\", ", 1)),
        named("a\nb"),
        named("a\r\nb"),
        named("a\\\nb"),
        named("\\ud800"),
        named("\\ud800\\u00zz"),
        named("\u{1}"),
        good.replacen("\"total\":2", "\"total\":NaN", 1),
        good.replacen("\"total\":2", "\"total\":02", 1),
        good.replacen("\"total\":2", "\"total\":tru", 1),
        good[..good.len() - 30].to_owned(),
        "<html>\n<body>secretKey: abc</body>\n</html>".to_owned(),
        "text".to_owned(),
        r#"{"recorded_request":{"method":"GET","url":"http://x/"}}"#.to_owned(),
        r#"{"log":{"version":"1.2","creator":{"name":"x","version":"1"},"entries":[]}}"#.to_owned(),
    ]
}

#[test]
fn a_record_of_odd_bodies_is_validated_as_the_walk_was() {
    let folder = tempfile::tempdir().unwrap();
    let text = |report: &serde_json::Value| {
        let all = report["findings"].as_array().unwrap().iter();
        let mut all: Vec<_> =
            all.map(|one| format!("{} {} {}", one["rule"], one["pointer"], one["message"])).collect();
        all.sort();
        (all, report["checked"]["valid"].clone(), report["checked"]["invalid"].clone())
    };
    for (number, body) in odd_bodies().into_iter().enumerate() {
        let sent = body.clone();
        let server = Server::new(move |_| Answer::json(sent.clone()));
        for name in ["w.ndjson", "w.har"] {
            let record = folder.path().join(format!("{number}-{name}"));
            let output = tool(&server.url(), &["--record", record.to_str().unwrap()]).output().unwrap();
            let recorded = judged(&record);
            assert_eq!(text(&recorded), text(&report(&output)), "{name}: {body}");
            assert_eq!(recorded["problems"].as_array().unwrap().len(), 0, "{name}: {body}");
            assert!(!fs::read_to_string(&record).unwrap().contains("abc"), "{name}: {body}");
        }
    }
}

#[test]
fn a_redacted_record_is_what_redact_writes_of_the_record() {
    let folder = tempfile::tempdir().unwrap();
    let key = folder.path().join("key");
    fs::write(&key, [7; 32]).unwrap();
    let key = key.to_str().unwrap();
    let server = careless();
    let body = page(1, 2, 6);
    assert!(body.contains("School 00000"));
    for name in ["w.ndjson", "w.har.gz"] {
        let (plain, redacted) = (folder.path().join(name), folder.path().join(format!("redacted-{name}")));
        let record = |path: &Path, more: &[&str]| {
            let flags = ["--sort", "name", "--count", "3", "--record", path.to_str().unwrap()];
            report(&tool(&server.url(), &[&flags, more].concat()).output().unwrap())
        };
        let live = record(&plain, &[]);
        record(&redacted, &["--redact", "--redact-key-file", key]);
        let once_more = folder.path().join(format!("again-{name}"));
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        command.args(["redact", "--no-settings", "--key-file", key, "-o"]).args([&once_more, &plain]);
        let output = command.output().unwrap();
        assert!(output.status.success(), "{}", stderr(&output));
        let bodies = |path: &Path| -> Vec<Vec<u8>> {
            let opened = payload::open(path, &Options::default()).unwrap();
            let bodies = opened.items().filter_map(|item| match item.unwrap() {
                Item::Payload(payload) => Some(payload.bytes().to_vec()),
                _ => None,
            });
            bodies.collect()
        };
        assert_eq!(bodies(&redacted), bodies(&once_more));
        // Pseudonyms are in another order, so that the URL does not ask for one by name.
        let mut expected = causes(&live);
        expected.retain(|(rule, ..)| rule != "sort-order-mismatch");
        assert_eq!(causes(&judged(&redacted)), expected, "{name}");
        let text = bodies(&redacted).concat();
        assert!(!String::from_utf8(text).unwrap().contains("School 00000"));
    }
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_noticed_at_once() {
    let folder = tempfile::tempdir().unwrap();
    let link = folder.path().join("full.ndjson");
    std::os::unix::fs::symlink("/dev/full", &link).unwrap();
    let server = three_pages();
    let output = tool(&server.url(), &["--record", link.to_str().unwrap()]).output().unwrap();
    assert_eq!(output.status.code(), Some(3), "{}", stderr(&output));
    assert_eq!(report(&output)["checked"]["payloads"], 1);
    assert_eq!(server.asked.lock().unwrap().len(), 1);
}
