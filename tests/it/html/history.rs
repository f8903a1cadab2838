//! A history names the day on which each change began, holds no values, and survives what happens to files.

use std::collections::BTreeSet;
use std::fmt::Write as _;
use std::fs;
use std::io::Write as _;
use std::path::Path;
use std::process::{Command, Stdio};
use std::sync::LazyLock;
use std::time::{Duration, SystemTime};

use serde_json::{Value, json};

use super::markup::Page;
use super::{keep, printed, run};

const SCHEMA: &str = r#"{"type": "object", "required": ["id"], "properties": {
    "id": {"type": "integer"}, "name": {"type": ["string", "null"]}, "note": {"type": "string"},
    "status": {"enum": ["open", "closed"]}, "tags": {"type": "array", "items": {"type": "string"}},
    "owner": {"type": "object", "properties": {"mail": {"type": "string"}}}}}"#;

/// Payloads a day.
const PAYLOADS: u64 = 200;

/// Numbers that look random and are the same every time.
struct Dice(u64);

impl Dice {
    /// Whether something happens that happens in so many of a hundred cases.
    fn in_hundred(&mut self, cases: u64) -> bool {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % 100 < cases
    }
}

/// The traffic of a day, with texts that must not be kept. From certain days on, something drifts.
fn traffic(day: u64) -> String {
    let mut dice = Dice(day * 7_919);
    let mut lines = String::new();
    let from = |first: u64, before: u64, after: u64| if day < first { before } else { after };
    for number in 0..PAYLOADS {
        let mut payload = json!({"id": day * PAYLOADS + number, "name": format!("Secret Person {number}"),
            "tags": ["secret-tag-value"], "owner": {"mail": format!("secret{number}@example.com")}, "status": "open"});
        if dice.in_hundred(30) {
            payload["status"] = "closed".into();
        }
        if dice.in_hundred(from(8, 5, 30)) {
            payload["name"] = Value::Null;
        }
        if dice.in_hundred(from(14, 0, 3)) {
            payload["status"] = "retired".into();
        }
        if dice.in_hundred(from(19, 90, 60)) {
            payload["note"] = "secret note text".into();
        }
        if dice.in_hundred(from(23, 0, 15)) {
            payload["id"] = "secret-identifier".into();
        }
        // For three days only.
        if (11..14).contains(&day) && dice.in_hundred(40) {
            payload["owner"]["mail"] = Value::Null;
        }
        writeln!(lines, "{payload}").unwrap();
    }
    lines
}

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.json"), SCHEMA).unwrap();
    folder
}

/// A run of a day; the exit code.
fn drift(folder: &Path, at: &str, input: &str) -> Option<i32> {
    run(folder, &["drift", "--schema", "schema.json", "--history", "runs", "--at", at, "--quiet", input])
        .status
        .code()
}

fn month(folder: &Path) {
    for day in 1..=30 {
        fs::write(folder.join("day.ndjson"), traffic(day)).unwrap();
        let code = drift(folder, &format!("2024-11-{day:02}T06:30:00Z"), "day.ndjson");
        assert!(code == Some(0) || code == Some(1), "{day}: {code:?}");
    }
}

/// The history in JSON, which keeps its schema.
fn history(folder: &Path, arguments: &[&str]) -> Value {
    let output = printed(folder, &[&["history", "-f", "json", "runs"], arguments].concat());
    let history = serde_json::from_str(&output).unwrap();
    keeps_the_schema(&history);
    history
}

fn keeps_the_schema(history: &Value) {
    static VALIDATOR: LazyLock<jsonschema::Validator> =
        LazyLock::new(|| jsonschema::validator_for(&clients_contract::drift::history_schema()).unwrap());
    if let Err(error) = VALIDATOR.validate(history) {
        panic!("{}: {error}", error.instance_path());
    }
}

/// The schema refuses what is no history.
#[test]
fn the_schema_of_histories_refuses_others() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    drift(folder, "2024-11-01", "day.ndjson");
    let right = history(folder, &[]);
    assert_eq!(right["history_version"], clients_contract::drift::HISTORY_VERSION);
    let validator = jsonschema::validator_for(&clients_contract::drift::history_schema()).unwrap();
    for (pointer, wrong) in [
        ("/by", json!("month")),
        ("/points/0/partial", json!(null)),
        ("/points/0/entries", json!([])),
        ("/series/0/measure", json!("rate")),
        ("/series/0/samples/0/count", json!(-1)),
        ("/points_left_out", json!("0")),
        ("/changes", json!({})),
    ] {
        let mut other = right.clone();
        *other.pointer_mut(pointer).unwrap_or_else(|| panic!("{pointer}")) = wrong;
        assert!(!validator.is_valid(&other), "{pointer}");
    }
    for name in right.as_object().unwrap().keys() {
        let mut other = right.clone();
        other.as_object_mut().unwrap().remove(name);
        assert!(!validator.is_valid(&other), "{name}");
    }
}

/// Whole profiles of these runs do not fit into this address space: each takes 4 MB and more.
#[cfg(target_os = "linux")]
#[test]
fn the_memory_of_a_history_does_not_grow_with_the_runs_of_a_day() {
    const RUNS: usize = 90;
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let made = ["generate", "--seed", "1", "-n", "4", "-f", "ndjson", "-o", "day.ndjson"];
    assert!(run(folder, &made).status.success());
    let learned = ["drift", "--history", "runs", "--at", "2024-11-01", "--quiet", "day.ndjson"];
    assert!(run(folder, &learned).status.success());
    for number in 2..=RUNS {
        let entry = folder.join(format!("runs/20241101T000000Z-{number}.json"));
        fs::copy(folder.join("runs/20241101T000000Z.json"), entry).unwrap();
    }
    for command in ["history runs", "drift --history runs --at 2024-11-02 --quiet day.ndjson"] {
        let script = format!("ulimit -v 400000; exec '{}' {command}", env!("CARGO_BIN_EXE_clients-contract"));
        let output = Command::new("sh").args(["-c", &script]).current_dir(folder).output().unwrap();
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert_eq!(output.status.code(), Some(0), "{command}: {stderr}");
        if command == "history runs" {
            let text = String::from_utf8_lossy(&output.stdout);
            assert!(text.contains("90 runs from 2024-11-01 to 2024-11-01"), "{text}");
        }
    }
}

#[test]
fn a_month_of_traffic_names_each_day() {
    let folder = folder();
    let folder = folder.path();
    month(folder);
    let found: BTreeSet<(String, String, String)> = history(folder, &[])["changes"]
        .as_array()
        .unwrap()
        .iter()
        .map(|change| {
            let text = |key: &str| change[key].as_str().unwrap().to_owned();
            (text("began"), text("pointer"), text("measure"))
        })
        .collect();
    let expected = [
        ("2024-11-08", "/name", "null-rate"),
        ("2024-11-11", "/owner/mail", "finding"),
        ("2024-11-11", "/owner/mail", "null-rate"),
        ("2024-11-11", "", "invalid"),
        ("2024-11-14", "", "invalid"),
        ("2024-11-14", "/owner/mail", "finding"),
        ("2024-11-14", "/owner/mail", "null-rate"),
        ("2024-11-14", "/status", "enum-value"),
        ("2024-11-14", "/status", "finding"),
        ("2024-11-19", "/note", "presence"),
        ("2024-11-23", "", "invalid"),
        ("2024-11-23", "/id", "finding"),
    ];
    let expected =
        expected.map(|(day, pointer, measure)| (day.to_owned(), pointer.to_owned(), measure.to_owned()));
    assert_eq!(found, BTreeSet::from(expected));
    // The same in text and on the page.
    let text = printed(folder, &["history", "runs"]);
    assert!(text.starts_with("30 runs from 2024-11-01 to 2024-11-30, by day: 6000 payloads\n"), "{text}");
    assert!(text.contains("\n  2024-11-08  /name: null rate rose: from "), "{text}");
    let page = printed(folder, &["history", "-f", "html", "runs"]);
    Page::read(&page);
    keep("month", &page);
    assert!(page.contains("<td>2024-11-08</td><td><code>/name</code></td>"));
    assert_eq!(page.matches("<svg").count(), 8);
    assert!(page.contains(" undocumented enum value <code>retired</code></figcaption>"), "{page}");
    // How it was made.
    let page = printed(folder, &["history", "--window", "2w", "--by", "week", "-f", "html", "-v", "runs"]);
    Page::read(&page);
    for part in [
        concat!("<code>clients-contract ", env!("CARGO_PKG_VERSION"), "</code>"),
        "<code>14 days before the last run</code>",
        "<code>week</code>",
        "<code>runs</code>",
        ">2800<",
        "clients-contract history --window 2w --by week runs",
    ] {
        assert!(page.contains(part), "{part}: {page}");
    }
    // Scales have labels, and a small share is not flat.
    assert!(page.contains(" font-size=\"11\" fill=\"currentColor\">20 %</text>"), "{page}");
    // No value is kept, and no hash of one.
    for entry in fs::read_dir(folder.join("runs")).unwrap() {
        let kept = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(!kept.to_lowercase().contains("secret") && !kept.contains("distinct"), "{kept}");
        assert!(kept.len() < 10_000, "{} bytes", kept.len());
    }
}

/// Rows of changes link to the findings that are listed, and to no others.
#[test]
fn changes_link_to_what_is_listed() {
    let folder = folder();
    let folder = folder.path();
    for day in 1..=9 {
        fs::write(folder.join("day.ndjson"), traffic(day)).unwrap();
        drift(folder, &format!("2024-11-{day:02}"), "day.ndjson");
    }
    fs::write(folder.join("day.ndjson"), traffic(24)).unwrap();
    let drift = ["drift", "--schema", "schema.json", "--history", "runs", "-f", "html", "day.ndjson", "--at"];
    let page = printed(folder, &[&drift[..], &["2024-11-10"]].concat());
    Page::read(&page);
    let (_, changes) = page.split_once("<h2 id=\"changes\">").unwrap();
    assert!(changes.contains("<td><a href=\"#f-"), "{changes}");
    assert!(changes.contains("<td><a href=\"#p-"), "{changes}");
    let page = printed(folder, &[&drift[..], &["2024-11-11", "--max-findings", "1"]].concat());
    Page::read(&page);
    let (_, changes) = page.split_once("<h2 id=\"changes\">").unwrap();
    assert!(changes.contains("<tr><td>presence-dropped</td>"), "{changes}");
}

#[test]
fn weeks_and_windows_are_those_that_were_asked_for() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    for at in
        ["2024-11-03", "2024-11-04T10:00:00Z", "2024-11-04T11:00:00Z", "2024-11-10T23:59:59Z", "2024-11-11"]
    {
        assert_eq!(drift(folder, at, "day.ndjson"), Some(0));
    }
    let points = |arguments: &[&str]| -> Vec<(String, usize)> {
        let points = history(folder, arguments)["points"].clone();
        let point = |point: &Value| {
            (point["time"].as_str().unwrap().to_owned(), point["entries"].as_array().unwrap().len())
        };
        points.as_array().unwrap().iter().map(point).collect()
    };
    let named = |points: &[(&str, usize)]| -> Vec<(String, usize)> {
        points.iter().map(|(time, count)| ((*time).to_owned(), *count)).collect()
    };
    assert_eq!(
        points(&[]),
        named(&[("2024-11-03", 1), ("2024-11-04", 2), ("2024-11-10", 1), ("2024-11-11", 1)])
    );
    assert_eq!(points(&["--by", "week"]), named(&[("2024-10-28", 1), ("2024-11-04", 3), ("2024-11-11", 1)]));
    assert_eq!(points(&["--by", "run"]).len(), 5);
    assert_eq!(points(&["--window", "2d"]), named(&[("2024-11-10", 1), ("2024-11-11", 1)]));
    assert_eq!(run(folder, &["history", "--window", "2 days", "runs"]).status.code(), Some(2));
    // From the first run, not from the Monday of its week; what the window cuts is partial.
    for (arguments, first, partial) in [
        (&["--by", "week"][..], "2024-11-03", None),
        (&["--by", "week", "--window", "3d"], "2024-11-10", Some("the week 2024-11-04 is partial")),
        (&["--by", "day", "--window", "158h"], "2024-11-04", Some("the day 2024-11-04 is partial")),
        (&["--by", "day", "--window", "7d"], "2024-11-04", None),
        (&["--by", "run", "--window", "158h"], "2024-11-04T11:00:00Z", None),
    ] {
        let text = printed(folder, &[&["history", "runs"], arguments].concat());
        assert!(text.contains(&format!(" from {first} to 2024-11-11")), "{text}");
        assert_eq!(text.contains("partial"), partial.is_some(), "{text}");
        assert!(text.contains(partial.unwrap_or_default()), "{text}");
        let points = history(folder, arguments)["points"].clone();
        assert_eq!(points[0]["partial"], partial.is_some());
        assert!(points[0]["first"].as_str().unwrap().starts_with(first), "{points}");
        let page = printed(folder, &[&["history", "-f", "html", "runs"], arguments].concat());
        assert_eq!(page.contains(" is partial: "), partial.is_some());
    }
}

#[test]
fn the_last_run_and_the_window_are_compared() {
    let folder = folder();
    let folder = folder.path();
    let write = |name: &str, nulls: usize| {
        let line = |at: usize| {
            if at < nulls { "{\"id\": 1, \"name\": null}\n" } else { "{\"id\": 1, \"name\": \"a\"}\n" }
        };
        fs::write(folder.join(name), (0..200).map(line).collect::<String>()).unwrap();
    };
    // Each day a little more: no two days differ by more than chance.
    for (day, nulls) in (1..).zip([2, 2, 3, 3, 4, 4, 5, 6]) {
        write("day.ndjson", nulls);
        drift(folder, &format!("2024-11-{day:02}"), "day.ndjson");
    }
    write("day.ndjson", 18);
    let arguments =
        ["drift", "--schema", "schema.json", "--history", "runs", "--at", "2024-11-09", "day.ndjson"];
    let text = printed(folder, &arguments);
    let expected = "warning[null-rate-rose] `/name`: null rate rose from 29 of 1600 to 18 of 200 (compared with the 8 runs before)";
    assert!(text.contains(expected), "{text}");
    write("day.ndjson", 150);
    let text = printed(folder, &[&arguments[..6], &["2024-11-10", "day.ndjson"]].concat());
    assert!(text.contains("null rate rose from 18 of 200 to 150 of 200\n"), "{text}");
}

/// The window ends with the run, not with the entry before it; that one counts however old it is.
#[test]
fn the_window_of_a_run_ends_with_it() {
    let folder = folder();
    let folder = folder.path();
    let page = |at: &str, nulls: usize| {
        let line = |at: usize| {
            if at < nulls { "{\"id\": 1, \"name\": null}\n" } else { "{\"id\": 1, \"name\": \"a\"}\n" }
        };
        fs::write(folder.join("day.ndjson"), (0..200).map(line).collect::<String>()).unwrap();
        let arguments = ["drift", "--schema", "schema.json", "--history", "runs", "--at", at, "-f", "html"];
        printed(folder, &[&arguments[..], &["day.ndjson"]].concat())
    };
    for at in ["2024-09-01", "2024-09-02", "2024-10-03"] {
        page(at, 20);
    }
    // Of what is known, two runs are within 30 days.
    let text = page("2024-10-04", 20);
    assert!(text.contains("2 runs from 2024-10-03 to 2024-10-04"), "{text}");
    // Months later: the last run only.
    let text = page("2025-03-01", 150);
    assert!(text.contains("2 runs from 2024-10-04 to 2025-03-01"), "{text}");
    assert!(text.contains("null rate rose from 20 of 200 to 150 of 200"), "{text}");
    // What is later is not before.
    let text = page("2024-10-03T23:59:59Z", 20);
    assert!(text.contains("2 runs from 2024-10-03 to 2024-10-03"), "{text}");
    assert!(!text.contains("2024-10-04"), "{text}");
}

#[test]
fn what_cannot_be_read_is_named_and_skipped() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    for day in ["2024-11-01", "2024-11-02", "2024-11-03"] {
        assert_eq!(drift(folder, day, "day.ndjson"), Some(0));
    }
    let entry = |name: &str| folder.join("runs").join(name);
    let whole = fs::read_to_string(entry("20241103T000000Z.json")).unwrap();
    fs::write(entry("20241102T000000Z.json"), &whole[..whole.len() / 2]).unwrap();
    fs::write(
        entry("20241102T000001Z.json"),
        whole.replace("\"profile_version\":\"1.", "\"profile_version\":\"9."),
    )
    .unwrap();
    fs::write(entry("20241102T000002Z.json"), whole.replace("\"contract\":\"", "\"contract\":\"other "))
        .unwrap();
    fs::write(entry("29991231T000000Z.json"), &whole).unwrap();
    fs::write(entry("last-week.json"), &whole).unwrap();
    // What is left of a run that was killed, and what somebody wrote.
    fs::write(entry(".clients-contract-entry-x1y2z3"), "{").unwrap();
    fs::write(entry("README.md"), "Runs.").unwrap();
    let skipped = [
        "runs/20241102T000000Z.json",
        "runs/20241102T000001Z.json: profile version 9.",
        "runs/20241102T000002Z.json: was made with other ",
        "runs/29991231T000000Z.json: dated more than a day ahead of the clock",
        "runs/last-week.json: not named by a time",
    ];
    let output = run(folder, &["history", "runs"]);
    let (text, errors) =
        (String::from_utf8(output.stdout).unwrap(), String::from_utf8(output.stderr).unwrap());
    assert_eq!(output.status.code(), Some(3));
    assert!(text.starts_with("2 runs from 2024-11-01 to 2024-11-03"), "{text}");
    assert_eq!(errors.lines().count(), skipped.len(), "{errors}");
    let output = run(folder, &["history", "-f", "json", "runs"]);
    let json: Value = serde_json::from_slice(&output.stdout).unwrap();
    keeps_the_schema(&json);
    assert_eq!(json["skipped"].as_array().unwrap().len(), skipped.len());
    for name in skipped {
        assert!(errors.contains(name), "{name}: {errors}");
    }
    // A run by the clock names the same, compares with the others, and is added.
    let before = fs::read_dir(folder.join("runs")).unwrap().count();
    let arguments =
        ["drift", "--schema", "schema.json", "--history", "runs", "--window", "5000w", "day.ndjson"];
    let output = run(folder, &arguments);
    let text = String::from_utf8(output.stdout).unwrap() + &String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(3));
    for name in skipped {
        assert!(text.contains(name), "{name}: {text}");
    }
    assert_eq!(fs::read_dir(folder.join("runs")).unwrap().count(), before + 1);
}

/// Backwards: what is later than the run is not compared with, and is no error when the time was given.
#[test]
fn a_clock_that_goes_back_adds_an_earlier_entry() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    for day in ["2024-11-20", "2024-11-01", "2024-11-20"] {
        assert_eq!(drift(folder, day, "day.ndjson"), Some(0));
    }
    let names: BTreeSet<String> = fs::read_dir(folder.join("runs"))
        .unwrap()
        .map(|entry| entry.unwrap().file_name().into_string().unwrap())
        .collect();
    let expected = ["20241101T000000Z.json", "20241120T000000Z-2.json", "20241120T000000Z.json"];
    assert_eq!(names, expected.map(str::to_owned).into());
}

/// An entry that would never be read is not added.
#[test]
fn a_time_far_ahead_of_the_clock_is_a_usage_error() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    for (at, expected) in [
        ("2999-01-01", "`2999-01-01` is more than a day ahead of the clock"),
        ("-000001-01-01T00:00:00Z", "is before year 0"),
    ] {
        let at = format!("--at={at}");
        let output =
            run(folder, &["drift", "--schema", "schema.json", "--history", "runs", &at, "day.ndjson"]);
        assert_eq!(output.status.code(), Some(2));
        let errors = String::from_utf8(output.stderr).unwrap();
        assert!(errors.contains(expected), "{errors}");
        assert!(!folder.join("runs").exists());
    }
}

#[test]
fn runs_at_the_same_time_all_survive() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    let start = |_| {
        let arguments =
            ["drift", "--schema", "schema.json", "--history", "runs", "--at", "2024-11-01", "day.ndjson"];
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        command.args(arguments).current_dir(folder).stdout(Stdio::null()).stderr(Stdio::null());
        command.spawn().unwrap()
    };
    let children: Vec<_> = (0..8).map(start).collect();
    for mut child in children {
        assert_eq!(child.wait().unwrap().code(), Some(0));
    }
    let entries = history(folder, &["--by", "run"])["points"][7]["entries"].clone();
    assert_eq!(entries, json!(["20241101T000000Z-8.json"]));
    assert_eq!(fs::read_dir(folder.join("runs")).unwrap().count(), 8, "no temporary file is left");
}

/// Killed before its end, a run leaves nothing behind.
#[test]
fn a_run_that_is_killed_leaves_no_file() {
    let folder = folder();
    let folder = folder.path();
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(["drift", "--schema", "schema.json", "--history", "runs", "-"]).current_dir(folder);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
    // More than a pipe holds: the run is at work when this returns.
    let input = traffic(1).repeat(40);
    assert!(input.len() > 1 << 20);
    child.stdin.as_mut().unwrap().write_all(input.as_bytes()).unwrap();
    assert!(folder.join("runs").is_dir(), "the directory is made before the work");
    child.kill().unwrap();
    child.wait().unwrap();
    assert_eq!(fs::read_dir(folder.join("runs")).unwrap().count(), 0);
}

#[test]
fn old_temporary_files_are_removed() {
    let folder = folder();
    let folder = folder.path();
    let runs = folder.join("runs");
    fs::create_dir(&runs).unwrap();
    fs::write(folder.join("day.ndjson"), traffic(1)).unwrap();
    let hours = |hours: u64| SystemTime::now() - Duration::from_secs(hours * 60 * 60);
    for (name, age) in [
        (".clients-contract-entry-old", 25),
        (".clients-contract-entry-new", 23),
        (".clients-contract-report", 25),
        (".gitignore", 25),
    ] {
        let file = fs::File::create(runs.join(name)).unwrap();
        file.set_modified(hours(age)).unwrap();
    }
    assert_eq!(drift(folder, "2024-11-01", "day.ndjson"), Some(0));
    let left: BTreeSet<String> =
        fs::read_dir(&runs).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect();
    let expected =
        [".clients-contract-entry-new", ".clients-contract-report", ".gitignore", "20241101T000000Z.json"];
    assert_eq!(left, expected.map(str::to_owned).into());
}

#[test]
fn a_run_that_saw_nothing_is_not_added() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("day.ndjson"), "not JSON\n").unwrap();
    drift(folder, "2024-11-01", "day.ndjson");
    assert_eq!(fs::read_dir(folder.join("runs")).unwrap().count(), 0);
    let output = run(folder, &["history", "runs"]);
    assert_eq!(output.status.code(), Some(3));
    assert!(String::from_utf8(output.stderr).unwrap().contains("no profiles in it"));
    assert_eq!(run(folder, &["history", "nowhere"]).status.code(), Some(3));
    assert_eq!(run(folder, &["history", "schema.json"]).status.code(), Some(3));
}

#[cfg(unix)]
#[test]
fn a_directory_that_cannot_be_written_to_is_found_before_the_work() {
    let folder = folder();
    let folder = folder.path();
    fs::write(folder.join("file"), "").unwrap();
    let output =
        run(folder, &["drift", "--schema", "schema.json", "--history", "file/runs", "not-there.json"]);
    assert_eq!(output.status.code(), Some(3));
    let errors = String::from_utf8(output.stderr).unwrap();
    assert!(errors.starts_with("error: file/runs: cannot be written"), "{errors}");
}
