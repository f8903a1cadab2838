//! `--min-severity` filters what reports list, and nothing else.

use std::fs;

use clients_contract::report::FORMATS;
use serde_json::Value;

use super::{code, here, run, stdout};

/// One error, one warning, one info.
const INPUTS: &[&str] = &[
    "fixtures/invalid/null-value/client-name.json",
    "fixtures/invalid/duplicate-key/slug.json",
    "fixtures/invalid/undocumented-property/client.json",
];

/// A rule of each severity of the inputs.
const RULES: [(&str, &str); 3] =
    [("error", "null-value"), ("warning", "duplicate-key"), ("info", "undocumented-property")];

#[test]
fn every_format_lists_findings_of_at_least_that_severity() {
    // The names of the inputs must not name the rules.
    let folder = tempfile::tempdir().unwrap();
    for (number, input) in INPUTS.iter().enumerate() {
        fs::copy(here().join(input), folder.path().join(format!("{number}.json"))).unwrap();
    }
    let inputs = ["0.json", "1.json", "2.json"];
    for command in ["validate", "drift"] {
        for format in FORMATS {
            for (least, (name, _)) in RULES.into_iter().enumerate() {
                let arguments = [&[command, "-f", format.name, "--min-severity", name], &inputs[..]].concat();
                let output = run(folder.path(), &arguments);
                assert_eq!(code(&output), 1, "{arguments:?}");
                let text = stdout(&output);
                for (number, (severity, rule)) in RULES.into_iter().enumerate() {
                    // Claims of drift are infos, too, and tables name no rules.
                    let lists = text.contains(rule);
                    assert_eq!(lists, number <= least, "{arguments:?}: {severity} {rule}\n{text}");
                }
            }
        }
    }
}

#[test]
fn counts_exit_codes_and_baselines_do_not_depend_on_it() {
    let folder = tempfile::tempdir().unwrap();
    let written = |name: &str, more: &[&str]| {
        let path = folder.path().join(name);
        let write = ["validate", "--write-baseline", path.to_str().unwrap()];
        assert_eq!(code(&run(here(), &[&write, more, INPUTS].concat())), 0);
        fs::read_to_string(path).unwrap()
    };
    assert_eq!(written("all.toml", &[]), written("errors.toml", &["--min-severity", "error"]));
    let exit = |more: &[&str]| code(&run(here(), &[&["validate"], more, &INPUTS[1..]].concat()));
    assert_eq!(exit(&["--fail-on", "info"]), 1);
    assert_eq!(exit(&["--fail-on", "info", "--min-severity", "error"]), 1);
    assert_eq!(exit(&["--min-severity", "info"]), 0);

    let text = stdout(&run(here(), &[&["validate", "--min-severity", "error"], INPUTS].concat()));
    assert!(text.ends_with("1 error, 1 warning, 1 info (2 below error not listed)\n"), "{text}");
    let json =
        stdout(&run(here(), &[&["validate", "-f", "json", "--min-severity", "warning"], INPUTS].concat()));
    let report: Value = serde_json::from_str(&json).unwrap();
    assert_eq!((report["findings"].as_array().unwrap().len(), &report["uncounted"]), (2, &1.into()));
    let lines = stdout(&run(here(), &["validate", "-f", "ndjson", "--min-severity", "warning", INPUTS[2]]));
    let line: Value = serde_json::from_str(&lines).unwrap();
    assert_eq!((&line["not_listed"], &line["findings"]), (&1.into(), &Value::Array(Vec::new())));
}

#[test]
fn it_holds_for_diff_reports_and_settings() {
    let diff = ["diff", "fixtures/diff/response-property-became-nullable/old.json"];
    let all = stdout(&run(here(), &[&diff[..], &["--max-findings", "1000"]].concat()));
    let errors = stdout(&run(here(), &[&diff[..], &["--min-severity", "ERROR"]].concat()));
    assert!(all.contains("\ninfo[") && !errors.contains("info["), "{errors}");
    assert!(errors.contains("error[") && errors.contains("below error not listed"), "{errors}");

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::copy(here().join(INPUTS[2]), path("x.json")).unwrap();
    fs::write(path("clients-contract.toml"), "min-severity = \"warning\"\n").unwrap();
    let report = format!("gitlab={}", path("gitlab.json"));
    let output = run(folder.path(), &["validate", "x.json", "--report", &report]);
    assert!(stdout(&output).contains("1 info (1 below warning not listed)"), "{}", stdout(&output));
    assert_eq!(fs::read_to_string(path("gitlab.json")).unwrap(), "[]\n");
    fs::write(path("clients-contract.toml"), "min-severity = \"loud\"\n").unwrap();
    assert_eq!(code(&run(folder.path(), &["validate", "x.json"])), 2);
}

#[test]
fn gitlab_gets_relative_paths_and_its_own_severities() {
    let folder = tempfile::tempdir().unwrap();
    let mut har = format!("{:#}", super::har());
    har = har.replace("https://acme.example.com", "");
    fs::write(folder.path().join("run.har"), &har).unwrap();
    let absolute = folder.path().join("run.har");
    for (input, path) in [("run.har", "run.har"), (absolute.to_str().unwrap(), "run.har"), ("-", "stdin")] {
        let output = super::fed(folder.path(), &["validate", "-f", "gitlab", input], har.as_bytes());
        let issues: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
        let error = issues.iter().find(|issue| issue["check_name"] == "null-value").unwrap();
        assert_eq!((&error["severity"], &error["location"]["path"]), (&"major".into(), &path.into()));
        assert!(error["location"]["lines"]["begin"].as_u64().unwrap() > 10, "{error}");
        let info = issues.iter().find(|issue| issue["check_name"] == "undocumented-property").unwrap();
        assert_eq!(info["severity"], "info");
    }
    let output = run(folder.path(), &["validate", "-f", "gitlab", "no-such-file.json", "run.har"]);
    let issues: Vec<Value> = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(
        (&issues[0]["severity"], &issues[0]["location"]["path"]),
        (&"critical".into(), &"no-such-file.json".into())
    );
}
