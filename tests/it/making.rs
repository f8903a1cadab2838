//! The tool makes payloads.

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
        (&["--with", "courses/*/status=nonsense"], "refuses this value"),
        (&["--with", "courses"], "POINTER=VALUE"),
        (&["--dataset", "--clients", "0"], "at least one"),
        (&["--invalid", "--dataset"], "cannot be used with"),
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

#[test]
fn payloads_that_notice_little_are_below_a_score_that_is_asked_for() {
    let few = "fixtures/invalid/null-value/client-name.json";
    let output = run(&["mutate", "--min-score", "50", "--max-survivors", "0", few]);
    assert_eq!(code(&output), 1, "{}", stderr(&output));
    assert!(stdout(&output).contains("mutants killed by 1 payload"), "{}", stdout(&output));
    assert_eq!(code(&run(&["mutate", "fixtures/nothing-there.json"])), 3);
}
