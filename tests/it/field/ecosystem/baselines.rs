//! Baselines know since when they accept something, and lose what no longer occurs.

use std::fs;
use std::path::Path;
use std::process::Command;

use serde_json::Value;

use super::{broken, code, run, stderr, stdout};

/// The entries of a baseline, by rule: the days on which they were first seen.
fn first_seen(folder: &Path) -> Vec<(String, Option<String>)> {
    let text = fs::read_to_string(folder.join("b.toml")).unwrap();
    let baseline: toml::Table = text.parse().unwrap();
    let entries = baseline["accept"].as_array().unwrap().iter();
    let day = |entry: &toml::Value| entry.get("first_seen").map(ToString::to_string);
    entries.map(|entry| (entry["rule"].as_str().unwrap().to_owned(), day(entry))).collect()
}

fn is_day(text: &str) -> bool {
    text.len() == 10 && text.split('-').all(|part| part.parse::<u32>().is_ok()) && text > "2026-01-01"
}

#[test]
fn an_entry_keeps_the_day_on_which_it_was_first_seen() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), broken()).unwrap();
    let write = ["validate", "--write-baseline", "b.toml", "a.json"];
    assert_eq!(code(&run(here, &write)), 0);
    let fresh = first_seen(here);
    assert_eq!(fresh.len(), 2);
    assert!(fresh.iter().all(|(_, day)| day.as_deref().is_some_and(is_day)), "{fresh:?}");

    // Another day, one that is past its last day, and one of a baseline that knew no days.
    let entry = |rule: &str, pointer: &str, more: &str| {
        format!("[[accept]]\nrule = \"{rule}\"\npointer = \"/data/Clients/clients/*/{pointer}\"\n{more}")
    };
    let null = |more: &str| format!("version = 1\n{}", entry("null-value", "name", more));
    for (more, expected) in [
        ("first_seen = 2025-03-01\nreason = \"known\"\n", Some("2025-03-01")),
        ("first_seen = \"2025-03-01\"\n", Some("2025-03-01")),
        ("first_seen = 2025-03-01\nexpires = 2025-12-31\n", Some("2025-03-01")),
        ("reason = \"known\"\n", None),
    ] {
        fs::write(here.join("b.toml"), null(more)).unwrap();
        assert_eq!(code(&run(here, &write)), 0);
        let days = first_seen(here);
        assert_eq!(days[0], ("null-value".to_owned(), expected.map(str::to_owned)), "{more}");
        assert!(days[1].1.as_deref().is_some_and(is_day), "{days:?}");
    }
    fs::write(here.join("b.toml"), null("first_seen = \"then\"\n")).unwrap();
    let refused = run(here, &["validate", "--baseline", "b.toml", "a.json"]);
    assert_eq!(code(&refused), 2);
    assert!(stderr(&refused).contains("expected a date such as 2026-12-31"), "{}", stderr(&refused));

    fs::write(here.join("b.toml"), null("first_seen = 2025-03-01\nexpires = 2025-12-31\n")).unwrap();
    let report = stdout(&run(here, &["validate", "--baseline", "b.toml", "-f", "json", "a.json"]));
    let report: Value = serde_json::from_str(&report).unwrap();
    assert_eq!(report["baseline"]["expired"][0]["first_seen"], "2025-03-01");
}

const BASELINE: &str = "\
# Reviewed every Monday.
version = 1

# Waits for the next release.
[[accept]]
rule = \"null-value\"
pointer = \"/data/Clients/clients/*/name\"
reason = \"known\"   # by the team

[[accept]]
rule = \"null-value\"
pointer = \"/data/Clients/clients/*/slug\"

[[accept]]
rule = \"type-mismatch\"
pointer = \"/data/Clients/clients/*/slug\"
";

#[test]
fn entries_that_no_longer_occur_are_removed_and_named() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), broken()).unwrap();
    let written = || fs::read_to_string(here.join("b.toml")).unwrap();
    let prune = |command: &str, more: &[&str]| {
        fs::write(here.join("b.toml"), BASELINE).unwrap();
        let arguments = [&[command, "--baseline", "b.toml", "--prune-baseline"], more].concat();
        run(here, &arguments)
    };
    let kept = &BASELINE[..BASELINE
        .find("\n[[accept]]\nrule = \"null-value\"\npointer = \"/data/Clients/clients/*/slug\"")
        .unwrap()];
    for command in ["validate", "drift"] {
        let output = prune(command, &["a.json"]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(written(), kept, "{command}: everything else stays, comments too");
        for rule in ["null-value", "type-mismatch"] {
            let line = format!("b.toml: removed {rule} at `/data/Clients/clients/*/slug`\n");
            assert!(stderr(&output).contains(&line), "{}", stderr(&output));
        }
        let again = run(here, &[command, "--baseline", "b.toml", "--prune-baseline", "a.json"]);
        assert!(stderr(&again).contains("b.toml: nothing to prune"), "{}", stderr(&again));
        assert_eq!(written(), kept);
        // Whether a rule that is off would match is not known.
        let off = prune(command, &["--severity", "type-mismatch=off", "a.json"]);
        assert_eq!(written().matches("[[accept]]").count(), 2, "{}", stderr(&off));
        // What was not validated may match.
        let incomplete = prune(command, &["a.json", "no-such-file.json"]);
        assert_eq!((code(&incomplete), &*written()), (3, BASELINE));
        assert!(stderr(&incomplete).contains("not pruned"), "{}", stderr(&incomplete));
        fs::write(here.join("a.http"), "HTTP/1.1 503 Service Unavailable\r\n\r\n{}").unwrap();
        let unavailable = prune(command, &["a.json", "a.http"]);
        assert!(code(&unavailable) < 2 && written() == BASELINE, "{}", stderr(&unavailable));
        assert!(stderr(&unavailable).contains("not pruned"), "{}", stderr(&unavailable));
    }
    let list = "version = 1\naccept = [{rule = \"null-value\", pointer = \"/a\"}, {rule = \"null-value\", pointer = \"/data/Clients/clients/*/name\"}]\n";
    fs::write(here.join("b.toml"), list).unwrap();
    assert_eq!(code(&run(here, &["validate", "--baseline", "b.toml", "--prune-baseline", "a.json"])), 0);
    assert!(!written().contains("\"/a\"") && written().contains("/name"), "{}", written());
}

#[test]
fn only_a_named_baseline_is_pruned() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), broken()).unwrap();
    fs::write(here.join("b.toml"), BASELINE).unwrap();
    assert_eq!(code(&run(here, &["validate", "--prune-baseline", "a.json"])), 2);
    let both = ["validate", "--prune-baseline", "--write-baseline", "b.toml", "a.json"];
    assert_eq!(code(&run(here, &both)), 2);
    assert_eq!(code(&run(here, &["diff", "--prune-baseline", "builtin"])), 2);
    // A settings file of somebody else's repository reaches no file outside of it.
    let inner = here.join("inner");
    fs::create_dir(&inner).unwrap();
    fs::write(inner.join("clients-contract.toml"), "baseline = \"../b.toml\"\n").unwrap();
    fs::write(inner.join("a.json"), broken()).unwrap();
    let refused = run(&inner, &["validate", "--prune-baseline", "a.json"]);
    assert_eq!(code(&refused), 2, "{}", stderr(&refused));
    assert_eq!(fs::read_to_string(here.join("b.toml")).unwrap(), BASELINE);
    fs::write(inner.join("clients-contract.toml"), "baseline = \"b.toml\"\n").unwrap();
    fs::write(inner.join("b.toml"), BASELINE).unwrap();
    assert_eq!(code(&run(&inner, &["validate", "--prune-baseline", "a.json"])), 0);
    assert_eq!(fs::read_to_string(inner.join("b.toml")).unwrap().matches("[[accept]]").count(), 1);
}

#[test]
fn differences_between_schemas_are_pruned_too() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("old.json"), "{\"properties\": {\"a\": {\"type\": \"string\"}}}").unwrap();
    fs::write(here.join("new.json"), "{\"properties\": {\"a\": {\"type\": [\"string\", \"null\"]}}}")
        .unwrap();
    assert_eq!(code(&run(here, &["diff", "old.json", "new.json", "--write-baseline", "b.toml"])), 0);
    let prune = |new| run(here, &["diff", "old.json", new, "--baseline", "b.toml", "--prune-baseline"]);
    assert!(stderr(&prune("new.json")).contains("nothing to prune"));
    assert!(stderr(&prune("old.json")).contains("removed response-property-became-nullable at `/a`"));
    assert!(!fs::read_to_string(here.join("b.toml")).unwrap().contains("[[accept]]"));
}

#[test]
fn entries_of_other_commands_and_line_ends_stay() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), broken()).unwrap();
    let entry = |rule: &str, pointer: &str| {
        format!("[[accept]]\r\nrule = \"{rule}\"\r\npointer = \"{pointer}\"\r\n\r\n")
    };
    let name = entry("null-value", "/data/Clients/clients/*/name");
    let (seen, change) = (entry("never-seen", "/x"), entry("response-property-all-of-removed", "/x"));
    let gone = entry("null-value", "/x");
    let head = "version = 1\r\n\r\n";
    for (command, kept) in [
        (&["validate", "a.json"][..], [&name, &seen, &change].map(String::as_str).concat()),
        (&["drift", "a.json"], [&name, &change].map(String::as_str).concat()),
        (&["diff", "builtin", "builtin"], [&name, &seen, &gone].map(String::as_str).concat()),
    ] {
        fs::write(here.join("b.toml"), format!("{head}{name}{seen}{change}{gone}")).unwrap();
        let output = run(here, &[command, &["--baseline", "b.toml", "--prune-baseline"]].concat());
        assert!(code(&output) < 2, "{command:?}: {}", stderr(&output));
        let written = fs::read_to_string(here.join("b.toml")).unwrap();
        assert_eq!(written, format!("{head}{kept}"), "{command:?}");
    }
}

/// Who reads the output, and how far, changes no baseline.
#[cfg(unix)]
#[test]
fn a_closed_pipe_leaves_no_part_of_a_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let line = |value: &str| format!("{{\"a\": {value}}}\n");
    fs::write(here.join("many.ndjson"), line("1").repeat(20_000) + &line("null")).unwrap();
    fs::write(here.join("s.json"), r#"{"properties": {"a": {"type": "integer"}}}"#).unwrap();
    let tool = env!("CARGO_BIN_EXE_clients-contract");
    let script = |flags: &str| {
        let script = format!(
            "'{tool}' validate --no-settings --schema s.json -f ndjson -j1 {flags} many.ndjson | head -1"
        );
        let output = Command::new("sh").current_dir(here).args(["-c", &script]).output().unwrap();
        assert_eq!(String::from_utf8_lossy(&output.stdout).lines().count(), 1);
    };
    script("--write-baseline b.toml");
    let written = fs::read_to_string(here.join("b.toml")).unwrap();
    assert!(written.contains("pointer = \"/a\""), "{written}");
    script("--baseline b.toml --prune-baseline");
    assert_eq!(fs::read_to_string(here.join("b.toml")).unwrap(), written);
}
