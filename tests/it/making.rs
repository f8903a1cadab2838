//! The tool makes payloads.

use clients_contract::untrusted::{to_compact_json, to_pretty_json};
use serde_json::Value;

use super::tool::{code, fed, run, stderr, stdout};

#[test]
fn the_pages_of_a_data_set_are_one_walk_that_keeps_the_contract() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().to_str().unwrap();
    let made =
        ["generate", "--dataset", "--total", "30", "--count", "12", "--seed", "5", "-f", "json", "-o", path];
    assert_eq!(code(&run(&made)), 0);
    let judged = run(&["validate", "--fail-on", "info", path]);
    assert_eq!(code(&judged), 0, "{}", stdout(&judged));
    assert!(stdout(&judged).contains("3 payloads checked"), "{}", stdout(&judged));
    let manifest = std::fs::read(folder.path().join("dataset.manifest.json")).unwrap();
    let manifest: Value = serde_json::from_slice(&manifest).unwrap();
    assert_eq!((&manifest["seed"], &manifest["parameters"]["total"]), (&5.into(), &30.into()));
}

#[test]
fn a_data_set_has_the_same_bytes_whatever_the_number_of_threads() {
    let made = |jobs| {
        let asked = [
            "generate",
            "--dataset",
            "--total",
            "9",
            "--clients",
            "2",
            "--seed",
            "5",
            "-f",
            "ndjson",
            "--jobs",
        ];
        run(&[&asked[..], &[jobs]].concat()).stdout
    };
    assert_eq!(made("1"), made("3"));
    assert_eq!(made("1").split(|byte| *byte == b'\n').count(), 6);
}

#[test]
fn what_contradicts_itself_or_the_schema_is_wrong_usage() {
    for (arguments, said) in [
        (&["--preset", "minimal,maximal"][..], "`minimal` and `maximal`"),
        (&["--preset", "typicall"], "typical"),
        (&["--with", "courses/*/statu=published"], "did you mean `status`"),
        (&["--with", "courses/*/status=nonsense"], "not allowed by the schema"),
        (&["--with", "courses"], "POINTER=VALUE"),
        (&["--dataset", "--clients", "0"], "at least one"),
        (&["--with", "=3"], "in the schema"),
        (&["--with", "/data/Clients/clients/0=3"], "not allowed by the schema"),
        (&["--dataset", "--with", "seatsLimit=\"three\""], "not allowed by the schema"),
        (&["--invalid", "--dataset"], "whose pages are consistent"),
        (&["--exhaustive", "--preset", "nulls"], "cannot be used with"),
        (&["--dataset", "--schema", "fixtures/schemas/seats.schema.json"], "--dataset"),
        (&["--clients", "3", "--schema", "fixtures/schemas/seats.schema.json"], "--items"),
        (&["--with", "data=3", "--schema", "fixtures/schemas/seats.schema.json"], "no `data` in the schema"),
        (&["--invalid", "--rule", "total-changed"], "no single payload violates it"),
        (&["--rule", "null-valu"], "did you mean `null-value`"),
    ] {
        let output = run(&[&["generate"][..], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(stderr(&output).contains(said), "{arguments:?}: {}", stderr(&output));
    }
}

#[test]
fn a_pinned_member_has_its_value_wherever_its_object_is() {
    let made =
        run(&["generate", "--seed", "3", "--with", "/data/Clients/clients/*/name=Same", "--clients", "4"]);
    let response: Value = serde_json::from_slice(&made.stdout).unwrap();
    let clients = response["data"]["Clients"]["clients"].as_array().unwrap();
    assert_eq!(clients.len(), 4);
    assert!(clients.iter().all(|client| client["name"] == "Same"));
}

#[test]
fn a_label_says_what_the_validator_finds() {
    let made =
        run(&["generate", "--invalid", "--rule", "null-value", "-n", "20", "--seed", "4", "--clients", "1"]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    for line in stdout(&made).lines() {
        let label: Value = serde_json::from_str(line).unwrap();
        let judged = fed(&["validate", "-f", "ndjson", "-"], label["payload"].to_string().as_bytes());
        let found: Value = serde_json::from_slice(&judged.stdout).unwrap();
        let errors: Vec<_> = found["findings"].as_array().unwrap().iter().collect();
        assert_eq!(errors.len(), 1, "{line}");
        assert_eq!(
            (&errors[0]["rule"], &errors[0]["pointer"]),
            (&label["rule"], &label["pointer"]),
            "{line}"
        );
    }
    assert_eq!(stdout(&made).lines().count(), 20);
}

/// What the tool finds in the body of a labelled line, as rules and pointers.
fn found(label: &Value, options: &[&str]) -> Vec<(Value, Value)> {
    let body = match &label["body"] {
        Value::String(text) => text.clone(),
        _ => label["payload"].to_string(),
    };
    let judged =
        fed(&[&["validate", "-f", "ndjson", "--input", "json", "-"][..], options].concat(), body.as_bytes());
    let found: Value = serde_json::from_slice(&judged.stdout).unwrap();
    let findings = found["findings"].as_array().unwrap().iter();
    findings.map(|finding| (finding["rule"].clone(), finding["pointer"].clone())).collect()
}

const ORDERS: &str = r##"{
    "type": "object", "required": ["code", "lines", "kind"], "additionalProperties": false,
    "properties": {
        "code": {"type": "string", "pattern": "^[A-Z]{2}-[0-9]{3}$"},
        "kind": {"oneOf": [{"const": "sale"}, {"const": "return"}]},
        "due": {"type": ["string", "null"], "format": "date"},
        "note": {"type": "string", "minLength": 2, "maxLength": 9},
        "lines": {"type": "array", "minItems": 1, "maxItems": 4, "items": {"$ref": "#/definitions/line"}}
    },
    "definitions": {"line": {"type": "object", "required": ["price"], "properties": {
        "price": {"type": "number", "exclusiveMinimum": 0, "maximum": 99.5}, "of": {"$ref": "#/definitions/line"}
    }}}
}"##;

#[test]
fn a_schema_of_a_user_is_kept_and_broken() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("orders.schema.json");
    std::fs::write(&path, ORDERS).unwrap();
    let schema = ["--schema", path.to_str().unwrap()];
    let made = |arguments: &[&str]| run(&[&["generate", "--seed", "2"][..], arguments, &schema].concat());
    let kept = made(&["-n", "40", "--preset", "boundary", "--with", "lines/*/of/price=7"]);
    let judged = fed(&[&["validate", "-"][..], &schema].concat(), &kept.stdout);
    assert_eq!((code(&kept), code(&judged)), (0, 0), "{}{}", stderr(&kept), stdout(&judged));
    for line in stdout(&kept).lines() {
        let order: Value = serde_json::from_str(line).unwrap();
        assert!(order["lines"].as_array().unwrap().iter().all(|line| line["of"]["price"] == 7), "{line}");
    }
    let random = made(&["--invalid", "-n", "40", "--with", "note=pinned"]);
    let all = run(&[&["generate", "--exhaustive"][..], &schema].concat());
    assert_eq!((code(&random), code(&all)), (0, 0), "{}{}", stderr(&random), stderr(&all));
    let mut rules = std::collections::BTreeSet::new();
    let text = [stdout(&random), stdout(&all)].concat();
    for line in text.lines() {
        let label: Value = serde_json::from_str(line).unwrap();
        // An empty body is an empty file, not one of no payloads.
        if label["body"] != "" {
            assert_eq!(found(&label, &schema), [(label["rule"].clone(), label["pointer"].clone())], "{line}");
        }
        rules.insert(label["rule"].as_str().unwrap().to_owned());
    }
    for rule in
        ["schema-violation", "unknown-enum-value", "missing-property", "out-of-range", "invalid-format"]
    {
        assert!(rules.contains(rule), "{rule} in {rules:?}");
    }
}

#[test]
fn a_pinned_member_keeps_its_value_in_what_is_broken() {
    let pin = "/data/Clients/clients/*/primaryLicense/seatsLimit=5";
    let made = run(&["generate", "--invalid", "-n", "30", "--seed", "4", "--clients", "1", "--with", pin]);
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let mut kept = 0;
    for line in stdout(&made).lines() {
        let label: Value = serde_json::from_str(line).unwrap();
        assert_eq!(found(&label, &[]), [(label["rule"].clone(), label["pointer"].clone())], "{line}");
        kept += u32::from(
            label.pointer("/payload/data/Clients/clients/0/primaryLicense/seatsLimit") == Some(&5.into()),
        );
    }
    assert!(kept > 15, "{kept}");
}

#[test]
fn objects_on_the_way_to_a_pinned_member_are_made() {
    let bare = ["generate", "--seed", "3", "--clients", "1", "--preset", "minimal", "--with"];
    let made = |pin: &str| run(&[&bare[..], &[pin]].concat());
    let deep = "/data/Clients/clients/*/primaryLicense/parentLicense/parentLicense/client/name=Deep";
    for (pin, place) in [
        ("primaryLicense/seatsLimit=5", "primaryLicense/seatsLimit"),
        (deep, "primaryLicense/parentLicense/parentLicense/client/name"),
    ] {
        let output = made(pin);
        let response: Value = serde_json::from_slice(&output.stdout).unwrap();
        assert!(response.pointer(&format!("/data/Clients/clients/0/{place}")).is_some(), "{response}");
        let judged = fed(&["validate", "--fail-on", "info", "-"], &output.stdout);
        assert_eq!(code(&judged), 0, "{}", stdout(&judged));
    }
    // Nobody says how many courses there should be.
    assert!(stderr(&made("courses/*/status=published")).contains("1 payload has no such location"));
}

#[test]
fn a_large_response_is_one_that_keeps_the_contract_in_either_form() {
    let pin = ["--with", "pageInfo/currentPage=3", "--with", "clients/*/name=Same"];
    let made = |form| {
        let asked = ["generate", "--preset", "large,unicode", "--size", "300kB", "--seed", "6", "-f", form];
        let output = run(&[&asked[..], &pin].concat());
        let judged = fed(&["validate", "--fail-on", "error", "-"], &output.stdout);
        assert_eq!((code(&output), code(&judged)), (0, 0), "{}", stdout(&judged));
        assert!(output.stdout.len() >= 300_000);
        let value: Value = serde_json::from_slice(&output.stdout).unwrap();
        let text = if form == "json" { to_pretty_json(&value) } else { to_compact_json(&value) };
        assert!(stdout(&output) == text + "\n", "as any other response is written");
        value
    };
    let lines = made("ndjson");
    let list = &lines["data"]["Clients"];
    let clients = list["clients"].as_array().unwrap();
    assert!(clients.iter().all(|client| client["name"] == "Same"));
    assert_eq!(list["pageInfo"]["total"], clients.len());
    assert_eq!(list["pageInfo"]["currentPage"], 3);
    // Indented text is larger, so it takes fewer clients.
    let indented = made("json");
    let fewer = indented.pointer("/data/Clients/clients").unwrap().as_array().unwrap();
    assert!(!fewer.is_empty() && fewer[..] == clients[..fewer.len()]);
}

/// A limit on the size of files is a disk that is full halfway, for whoever writes a file.
#[cfg(unix)]
#[test]
fn a_full_disk_leaves_whole_files_and_not_the_half_one() {
    let folder = tempfile::tempdir().unwrap();
    let pages = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let made = |path: &str, before: &str| {
        let script = format!(
            "trap '' XFSZ; {before} exec '{}' generate --dataset --total 24 --clients 2 --seed 8 -f json -o '{path}'",
            env!("CARGO_BIN_EXE_clients-contract")
        );
        std::process::Command::new("sh").args(["-c", &script]).output().unwrap()
    };
    let whole = pages("whole");
    assert_eq!(code(&made(&whole, "")), 0);
    let page = |folder: &str, number: usize| std::fs::read(format!("{folder}/page-{number:03}.json"));
    let sizes: Vec<usize> = (1..=12).map(|number| page(&whole, number).unwrap().len()).collect();
    // The first page that needs more blocks than all before it.
    let blocks: Vec<usize> = sizes.iter().map(|size| size.div_ceil(1024)).collect();
    let large = (1..12).find(|at| blocks[..*at].iter().all(|block| *block < blocks[*at])).unwrap();
    let limit = blocks[..large].iter().max().unwrap();
    let half = pages("half");
    // A shell counts in blocks of 512 bytes.
    let output = made(&half, &format!("ulimit -f {};", limit * 2));
    assert_eq!(code(&output), 3, "{output:?}");
    assert!(stderr(&output).contains(&format!("page-{:03}.json", large + 1)), "{}", stderr(&output));
    for number in 1..=large {
        assert_eq!(page(&half, number).unwrap(), page(&whole, number).unwrap());
    }
    assert_eq!(std::fs::read_dir(&half).unwrap().count(), large, "no half file and no manifest");
}

#[test]
fn payloads_that_kill_few_mutants_miss_the_minimum_score() {
    let few = "fixtures/invalid/null-value/client-name.json";
    let output = run(&["mutate", "--min-score", "50", "--max-survivors", "0", few]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("mutants killed by 1 payload"), "{}", stdout(&output));
    assert_eq!(code(&run(&["mutate", "fixtures/nothing-there.json"])), 3);
}

#[test]
fn a_schema_that_no_payload_can_be_made_of_says_where_and_why() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("broken.schema.json");
    let schema = ["--schema", path.to_str().unwrap()];
    for (text, exit, said) in [
        (
            r#"{"type": "object", "properties": {"a": {"type": "string", "minLength": 3, "maxLength": 2}}, "required": ["a"]}"#,
            3,
            "/a",
        ),
        (r#"{"type": "object", "properties": {"a": {"type": "sting"}}}"#, 3, "/properties/a/type"),
        (
            r##"{"type": "object", "properties": {"a": {"$ref": "#/$defs/nowhere"}}, "required": ["a"]}"##,
            3,
            "nowhere",
        ),
        (r##"{"type": "object", "properties": {"a": {"$ref": "#"}}, "required": ["a"]}"##, 3, "a"),
        (r#"{"$ref": "https://example.com/other.json"}"#, 3, "nothing is fetched"),
        ("[1]", 3, "expected an object or a boolean"),
        ("{", 3, "JSON"),
    ] {
        std::fs::write(&path, text).unwrap();
        for command in [&["generate"][..], &["generate", "--invalid"]] {
            let made = run(&[command, &schema].concat());
            assert_eq!(code(&made), exit, "{text} {command:?}: {}", stderr(&made));
            assert!(stderr(&made).contains(said), "{text} {command:?}: {}", stderr(&made));
            assert!(stderr(&made).contains("broken.schema.json"), "{}", stderr(&made));
            assert_eq!(stdout(&made), "");
        }
    }
    std::fs::write(&path, r#"{"$ref": "https://example.com/seats.json"}"#).unwrap();
    let resource = ["--resource", "https://example.com/seats.json=fixtures/schemas/seats.schema.json"];
    let made = run(&[&["generate", "--seed", "3"][..], &schema, &resource].concat());
    assert_eq!(code(&made), 0, "{}", stderr(&made));
    let judged = fed(&["validate", "--schema", "fixtures/schemas/seats.schema.json", "-"], &made.stdout);
    assert_eq!(code(&judged), 0, "{}", stdout(&judged));
}

#[test]
fn examples_of_the_schema_are_used_and_invalid_ones_are_listed_once() {
    let folder = tempfile::tempdir().unwrap();
    let schema = folder.path().join("s.json");
    let text = r#"{"type": "object", "required": ["a"], "properties": {
        "a": {"type": "string", "maxLength": 5, "examples": ["Ada", "Grace Hopper"], "default": null}}}"#;
    std::fs::write(&schema, text).unwrap();
    let schema = schema.to_str().unwrap();
    let output = run(&["generate", "--seed", "1", "-n", "30", "--use-examples", "--schema", schema]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
    assert!((15..=25).contains(&stdout(&output).matches(r#""a":"Ada""#).count()), "{}", stdout(&output));
    assert!(!stdout(&output).contains("Grace"));
    let said: Vec<String> = stderr(&output).lines().map(str::to_owned).collect();
    assert_eq!(
        said,
        ["/properties/a/default", "/properties/a/examples/1"]
            .map(|place| format!("{place}: example not used: invalid against the schema"))
    );
    let both = run(&["generate", "--dataset", "--use-examples"]);
    assert_eq!(code(&both), 2, "{}", stderr(&both));
}
