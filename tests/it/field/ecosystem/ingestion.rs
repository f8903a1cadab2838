//! The rules of "SARIF support for code scanning" in GitHub's documentation, beyond the schema of SARIF.

use std::fs;
use std::io::Write;

use flate2::Compression;
use flate2::write::GzEncoder;
use serde_json::Value;

use super::{code, run, stdout};

/// Limits of which a file that exceeds one is rejected.
const MAX_RUNS: usize = 20;
const MAX_RESULTS: usize = 25_000;
const MAX_RULES: usize = 25_000;
const MAX_LOCATIONS: usize = 1_000;
const MAX_TAGS: usize = 20;
const MAX_COMPRESSED: usize = 10 << 20;
/// Locations of a result that are shown.
const SHOWN_LOCATIONS: usize = 100;
const MAX_NAME: usize = 255;
const MAX_DESCRIPTION: usize = 1_024;

/// What code scanning would refuse or could not show, one line each.
pub fn refused(text: &str) -> Vec<String> {
    let mut refused = Vec::new();
    let mut gzip = GzEncoder::new(Vec::new(), Compression::default());
    gzip.write_all(text.as_bytes()).unwrap();
    if gzip.finish().unwrap().len() > MAX_COMPRESSED {
        refused.push("larger than 10 MB when compressed".to_owned());
    }
    let log: Value = serde_json::from_str(text).unwrap();
    if !log["$schema"].as_str().is_some_and(|schema| schema.contains("sarif") && schema.contains("2.1.0")) {
        refused.push("$schema".to_owned());
    }
    if log["version"] != "2.1.0" {
        refused.push("version".to_owned());
    }
    let runs = list(&log["runs"]);
    if runs.is_empty() || runs.len() > MAX_RUNS {
        refused.push(format!("{} runs", runs.len()));
    }
    for run in runs {
        driver(&run["tool"]["driver"], &mut refused);
        if !run["results"].is_array() || list(&run["results"]).len() > MAX_RESULTS {
            refused.push("results".to_owned());
        }
        let details = &run["automationDetails"];
        if !details.is_null() && !has_text(&details["id"]) {
            refused.push("automationDetails.id".to_owned());
        }
        for (number, result) in list(&run["results"]).iter().enumerate() {
            let mut wrong = Vec::new();
            self::result(result, list(&run["tool"]["driver"]["rules"]), &mut wrong);
            refused.extend(wrong.into_iter().map(|wrong| format!("result {number}: {wrong}")));
        }
    }
    refused
}

fn list(value: &Value) -> &[Value] {
    value.as_array().map_or(&[], Vec::as_slice)
}

/// An empty text counts as none.
fn has_text(value: &Value) -> bool {
    value.as_str().is_some_and(|text| !text.trim().is_empty())
}

fn fits(value: &Value, most: usize) -> bool {
    value.as_str().is_none_or(|text| text.chars().count() <= most)
}

fn is_web_uri(value: &Value) -> bool {
    value.as_str().is_some_and(|uri| uri.starts_with("https://") && uri.is_ascii() && !uri.contains(' '))
}

fn driver(driver: &Value, refused: &mut Vec<String>) {
    if !has_text(&driver["name"]) || !has_text(&driver["fullName"]) || !is_web_uri(&driver["informationUri"])
    {
        refused.push("driver".to_owned());
    }
    let version: Vec<&str> = driver["semanticVersion"].as_str().unwrap_or_default().split('.').collect();
    if version.len() != 3 || version.iter().any(|number| number.is_empty()) {
        refused.push("driver.semanticVersion".to_owned());
    }
    let rules = list(&driver["rules"]);
    if !driver["rules"].is_array() || rules.len() > MAX_RULES {
        refused.push("driver.rules".to_owned());
    }
    for rule in rules {
        let id = &rule["id"];
        let texts =
            [&rule["shortDescription"]["text"], &rule["fullDescription"]["text"], &rule["help"]["text"]];
        if !has_text(id) || !texts.into_iter().all(has_text) || !has_text(&rule["help"]["markdown"]) {
            refused.push(format!("rule {id}: a text is missing"));
        }
        if !has_text(&rule["name"]) || !fits(&rule["name"], MAX_NAME) || !is_web_uri(&rule["helpUri"]) {
            refused.push(format!("rule {id}: name or helpUri"));
        }
        if !texts[..2].iter().all(|text| fits(text, MAX_DESCRIPTION)) {
            refused.push(format!("rule {id}: a description is too long"));
        }
        if !is_level(&rule["defaultConfiguration"]["level"])
            || list(&rule["properties"]["tags"]).len() > MAX_TAGS
        {
            refused.push(format!("rule {id}: level or tags"));
        }
    }
    let mut ids: Vec<_> = rules.iter().filter_map(|rule| rule["id"].as_str()).collect();
    ids.sort_unstable();
    ids.dedup();
    if ids.len() != rules.len() {
        refused.push("a rule is listed twice".to_owned());
    }
}

fn is_level(value: &Value) -> bool {
    ["note", "warning", "error"].iter().any(|level| value == level)
}

fn result(result: &Value, rules: &[Value], refused: &mut Vec<String>) {
    let index = result["ruleIndex"].as_u64().and_then(|index| usize::try_from(index).ok());
    if !has_text(&result["ruleId"])
        || index.and_then(|index| rules.get(index)).map(|rule| &rule["id"]) != Some(&result["ruleId"])
    {
        refused.push("ruleId or ruleIndex".to_owned());
    }
    if !is_level(&result["level"]) || !has_text(&result["message"]["text"]) {
        refused.push("level or message".to_owned());
    }
    let prints = result["partialFingerprints"].as_object();
    if prints.is_none_or(|prints| prints.is_empty() || !prints.values().all(has_text)) {
        refused.push("partialFingerprints".to_owned());
    }
    let locations = list(&result["locations"]);
    if locations.is_empty() || locations.len() > MAX_LOCATIONS.min(SHOWN_LOCATIONS) {
        refused.push(format!("{} locations", locations.len()));
    }
    for location in locations {
        let place = &location["physicalLocation"];
        match place["artifactLocation"]["uri"].as_str().map(wrong_uri) {
            None => refused.push("no physicalLocation.artifactLocation.uri".to_owned()),
            Some(Some(wrong)) => refused.push(wrong),
            Some(None) => {}
        }
        let number = |name: &str| place["region"][name].as_u64().filter(|number| *number >= 1);
        let numbers = ["startLine", "startColumn", "endLine", "endColumn"].map(number);
        match numbers {
            [Some(line), Some(column), Some(end_line), Some(end_column)]
                if (line, column) < (end_line, end_column) => {}
            _ => refused.push(format!("region {}", place["region"])),
        }
    }
}

/// What is wrong with a URI that names a file of the checkout: a relative one, without a scheme, and legal.
fn wrong_uri(uri: &str) -> Option<String> {
    let first = uri.split('/').next().unwrap_or_default();
    let segments: Vec<&str> = uri.split('/').collect();
    let legal = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~/%!$&'()*+,;=@:".contains(&byte);
    let escapes = uri
        .split('%')
        .skip(1)
        .all(|rest| rest.len() >= 2 && rest.as_bytes()[..2].iter().all(u8::is_ascii_hexdigit));
    let wrong = if uri.is_empty() {
        "empty"
    } else if first.contains(':') {
        "has a scheme"
    } else if segments.iter().any(|segment| ["", ".", ".."].contains(segment)) {
        "is absolute or not normal"
    } else if !uri.bytes().all(legal) || !escapes {
        "is not legal"
    } else {
        return None;
    };
    Some(format!("uri {uri:?} {wrong}"))
}

#[test]
fn the_rules_refuse_what_code_scanning_refused() {
    for name in ["live.sarif", "stdin.sarif", "drift.sarif", "diff-builtin.sarif"] {
        let refused = refused(&super::case(name));
        assert!(refused.iter().any(|wrong| wrong.contains("no physicalLocation")), "{name}: {refused:?}");
    }
    for (uri, fine) in [
        ("schemas/clients.schema.json", true),
        ("a%20b/c.json", true),
        ("127.0.0.1%3A80/x", true),
        ("http://x/y", false),
        ("builtin:x", false),
        ("/tmp/x.json", false),
        ("../x.json", false),
        ("a b.json", false),
        ("a%2.json", false),
        ("ä.json", false),
        ("", false),
    ] {
        assert_eq!(wrong_uri(uri).is_none(), fine, "{uri}");
    }
}

#[test]
fn problems_name_their_file_and_line() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let log = r#"{"log": {"version": "1.2", "creator": {}, "entries": []}}"#;
    fs::write(here.join("n.ndjson"), format!("{{}}\n{{}}\n{log}\n")).unwrap();
    fs::write(here.join("e.har"), log.replace("[]", "[\n{\"request\": null},\n{\"request\": 1}]")).unwrap();
    fs::write(here.join("a#1"), "{\"log\": {\"version\": \"1.2\", \"creator\": {}, \"entries\": [").unwrap();
    let problems = |format: &str| {
        let output = run(here, &["validate", "-f", format, "--url-path", "/a", "n.ndjson", "e.har", "a#1"]);
        assert_eq!(code(&output), 3);
        stdout(&output).clone()
    };
    let issues: Value = serde_json::from_str(&problems("gitlab")).unwrap();
    let of_problems = issues.as_array().unwrap().iter().filter(|issue| issue["check_name"] == "incomplete");
    let found: Vec<(&str, u64)> = of_problems
        .map(|issue| &issue["location"])
        .map(|at| (at["path"].as_str().unwrap(), at["lines"]["begin"].as_u64().unwrap()))
        .collect();
    assert_eq!(found, [("n.ndjson", 3), ("e.har", 2), ("e.har", 3), ("a#1", 1)]);
    let lines = problems("github");
    for at in ["file=n.ndjson,line=3", "file=e.har,line=2", "file=e.har,line=3", "file=a#1,line=1"] {
        assert!(lines.contains(&format!("::error title=incomplete,{at}::")), "{at}: {lines}");
    }
}
