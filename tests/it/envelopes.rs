//! The envelopes of the contract: the same items in another shape are validated, counted and reported all the
//! same.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use clients_contract::generate::Style;
use clients_contract::payload::Payload;
use clients_contract::validate::{ANY_ENVELOPE, Engine};
use clients_contract::{Contract, Origin, Validation, Validator, clients};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::tool::{code, fed, run, stderr, stdout};

const NAMES: [&str; 3] = ["documented", "bare", "list"];
const ITEMS: [&str; 3] = ["/data/Clients/clients", "/clients", "/data"];

/// The documented page in each envelope, by the pointers alone.
fn wrapped(page: &Value, envelope: &str) -> Value {
    let list = &page["data"]["Clients"];
    match envelope {
        "bare" => list.clone(),
        "list" => json!({"data": list["clients"], "pageInfo": list["pageInfo"]}),
        _ => page.clone(),
    }
}

fn accepting(names: &[&str]) -> Validator {
    Contract::clients().validator().clone().accepting(names).unwrap()
}

/// Rule and pointer of each finding, pointers below the items without what is before them.
fn relative(validation: &Validation, items: &str) -> BTreeMap<(String, String), usize> {
    let mut all = BTreeMap::new();
    for finding in &validation.findings {
        let pointer = finding.pointer.to_string();
        let below = pointer.strip_prefix(items).map(|rest| format!("items{rest}"));
        let below = below.or_else(|| pointer.rsplit_once("/pageInfo").map(|(_, rest)| format!("page{rest}")));
        *all.entry((finding.rule.id.to_owned(), below.unwrap_or(pointer))).or_default() += 1;
    }
    all
}

/// Both engines, and the one that reads, find the same.
#[track_caller]
fn judged(validator: &Validator, body: &[u8]) -> Validation {
    let by = |engine| validator.clone().engine(engine).unwrap().validate(body);
    let (stream, reference) = (by(Engine::Stream), by(Engine::Reference));
    let shown = String::from_utf8_lossy(&body[..body.len().min(2_000)]);
    assert_eq!(stream.findings, reference.findings, "{shown}");
    assert_eq!((stream.valid, &stream.envelope), (reference.valid, &reference.envelope), "{shown}");
    let is_valid = |engine| validator.clone().engine(engine).unwrap().is_valid(body);
    assert_eq!([is_valid(Engine::Stream), is_valid(Engine::Reference)], [stream.valid; 2], "{shown}");
    if let Ok(value) = serde_json::from_slice::<Value>(body) {
        let of_text = validator.validate(value.to_string().as_bytes());
        let of_value = validator.validate_value(&value);
        assert_eq!((of_value.findings, of_value.envelope), (of_text.findings, of_text.envelope), "{shown}");
        assert_eq!(validator.is_valid_value(&value), of_text.valid, "{shown}");
    }
    let place = Payload::new(Origin::file("<body>"), Vec::new());
    let read = validator.validate_reader(&place, body).unwrap();
    let brief = |validation: &Validation| {
        let findings = validation.findings.iter();
        let findings = findings.map(|finding| (finding.rule.id, finding.pointer.to_string(), finding.line));
        (validation.valid, validation.envelope.clone(), findings.collect::<Vec<_>>())
    };
    assert_eq!(brief(&read), brief(&stream), "{shown}");
    stream
}

static PAGES: LazyLock<Vec<Value>> = LazyLock::new(|| {
    let dataset = clients::Dataset::new(7, 12, 4, Style::default()).unwrap();
    (1..=dataset.pages()).map(|number| dataset.page(number)).collect()
});

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]

    /// One violation inside a page is the same finding in every envelope, beside one of the envelope.
    #[test]
    fn a_violation_is_found_in_every_envelope(
        page in 0_usize..3,
        path in proptest::sample::select(vec!["id", "name", "slug", "createdAt", "disabled", "courses", "extra", "sso"]),
        client in 0_usize..4,
        value in proptest::sample::select(vec![json!(null), json!(7), json!("x"), json!([{}]), json!({"a": 1})]),
    ) {
        let mut page = PAGES[page].clone();
        page["data"]["Clients"]["clients"][client][path] = value;
        let documented = judged(&accepting(&[]), page.to_string().as_bytes());
        let expected = relative(&documented, ITEMS[0]);
        for (name, items) in NAMES.into_iter().zip(ITEMS) {
            let body = wrapped(&page, name).to_string();
            let accepted = judged(&accepting(&[name]), body.as_bytes());
            prop_assert_eq!(&relative(&accepted, items), &expected, "{}", name);
            prop_assert_eq!(accepted.valid, documented.valid);
            let any = judged(&accepting(&[ANY_ENVELOPE]), body.as_bytes());
            prop_assert_eq!(&any.findings, &accepted.findings);
            for other in NAMES.into_iter().filter(|other| *other != name) {
                let differs = judged(&accepting(&[other]), body.as_bytes());
                let mut found = relative(&differs, items);
                let key = ("envelope-differs".to_owned(), String::new());
                prop_assert_eq!(found.remove(&key), Some(1), "{} as {}", name, other);
                prop_assert_eq!(&found, &expected, "{} as {}", name, other);
                prop_assert!(!differs.valid);
            }
        }
    }

    /// Whatever the root holds, in whichever order, all engines recognise the same envelope.
    #[test]
    fn engines_agree_on_the_envelope_of_any_root(
        members in proptest::collection::vec((
            proptest::sample::select(vec!["data", "clients", "pageInfo", "errors", "x", "d\\u0061ta"]),
            proptest::sample::select(vec![
                "null", "[]", "{}", "[{}]", "\"text\"", r#"{"Clients": {"clients": []}}"#, r#"{"x": [], "Clients": 1}"#,
                r#"{"Clients": null}"#, r#"{"cursor": "a", "hasMore": true}"#, r#"[{"clients": []}]"#,
            ]),
        ), 0..5),
        accepted in proptest::sample::select(NAMES.to_vec()),
    ) {
        let members: Vec<String> = members.iter().map(|(key, value)| format!("\"{key}\": {value}")).collect();
        judged(&accepting(&[accepted]), format!("{{{}}}", members.join(", ")).as_bytes());
    }
}

#[test]
fn the_order_of_keys_makes_no_difference() {
    let clients = r#""clients": [{"id": 7, "name": "A"}]"#;
    let info = r#""pageInfo": {"cursor": null, "hasMore": false}"#;
    for body in [format!("{{{clients}, {info}}}"), format!("\u{feff} {{{info}, {clients}}}")] {
        let found = judged(&accepting(&[]), body.as_bytes());
        let found: Vec<_> = found.findings.iter().map(clients_contract::Finding::message).collect();
        assert_eq!(
            found,
            [
                "body: found envelope `bare`; expected `documented`",
                "`/clients/0/id`: expected string, found a number",
            ]
        );
    }
    // With the marks of two, the envelope that the contract lists first counts.
    for body in [r#"{"clients": [], "data": {"Clients": 1}}"#, r#"{"data": {"Clients": 1}, "clients": []}"#] {
        let found = judged(&accepting(&["bare"]), body.as_bytes());
        assert_eq!(found.envelope.as_deref(), Some("documented"), "{body}");
    }
}

#[test]
fn what_has_no_mark_is_validated_as_the_first_accepted_envelope() {
    for (accepted, pointer) in [("documented", "/data"), ("bare", "/clients"), ("list", "/data")] {
        let found = judged(&accepting(&[accepted]), b"{}");
        let missing = |finding: &clients_contract::Finding| finding.pointer.to_string() == pointer;
        assert!(found.findings.iter().any(missing), "{accepted}: {found}");
        assert!(found.findings.iter().all(|finding| finding.rule.id == "missing-property"));
    }
    let found = judged(&accepting(&[]), br#"{"error": "rate_limit_exceeded", "message": "..."}"#);
    assert_eq!(found.findings[0].rule.id, "api-error");
}

#[test]
fn an_error_in_another_envelope_is_an_error() {
    let found = judged(&accepting(&[]), br#"{"errors": [{"message": "no"}], "clients": []}"#);
    let rules: Vec<_> = found.findings.iter().map(|finding| finding.rule.id).collect();
    assert_eq!((rules, found.valid), (vec!["api-error"], false));
}

/// The beginning of a long body does not say it: the walk is whole, and what cannot be known is said.
#[test]
fn a_long_body_is_recognised_or_undecided() {
    let long = format!("\"x\": \"{}\"", "y".repeat(9 << 20));
    let read = |body: &str, accepted: &str| {
        let place = Payload::new(Origin::file("<body>"), Vec::new());
        accepting(&[accepted]).validate_reader(&place, body.as_bytes()).unwrap()
    };
    let bare = r#""clients": [], "pageInfo": {"hasMore": false}"#;
    let early = read(&format!("{{{bare}, {long}}}"), "bare");
    assert!(early.valid && early.incomplete().is_none(), "{early}");
    let late = read(&format!("{{{long}, {bare}}}"), "documented");
    assert!(!late.valid && late.incomplete().is_some(), "{late}");
    let late = read(&format!("{{{long}, {bare}}}"), "bare");
    assert!(late.valid, "{late}");
}

#[test]
fn severities_do_not_make_a_payload_valid() {
    let body = br#"{"clients": [], "pageInfo": {"cursor": null, "hasMore": false}}"#;
    let output =
        fed(&["validate", "--no-settings", "-f", "json", "--severity", "envelope-differs=off", "-"], body);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["checked"]["invalid"], 1, "{report:#}");
    let output = fed(&["validate", "--no-settings", "--envelope", "bare", "-"], body);
    assert_eq!(code(&output), 0, "{}", stdout(&output));
    let output = fed(&["validate", "--no-settings", "--envelope", "naked", "-"], body);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("expected documented, bare, list or any"), "{}", stderr(&output));
}

#[test]
fn generated_payloads_keep_their_envelope_and_break_it() {
    for name in NAMES {
        let made = run(&["generate", "--no-settings", "--seed", "5", "-n", "30", "--envelope", name]);
        assert_eq!(code(&made), 0, "{}", stderr(&made));
        let kept = fed(&["validate", "--no-settings", "--envelope", name, "-"], &made.stdout);
        assert_eq!(code(&kept), 0, "{name}: {}", stdout(&kept));
        let broken = run(&["generate", "--no-settings", "--exhaustive", "--envelope", name]);
        let validator = accepting(&[name]);
        let mut rules = std::collections::BTreeSet::new();
        for line in stdout(&broken).lines() {
            let labelled: Value = serde_json::from_str(line).unwrap();
            rules.insert(labelled["rule"].as_str().unwrap().to_owned());
            if let Some(payload) = labelled.get("payload") {
                let found = validator.validate(payload.to_string().as_bytes());
                let is_labelled = found.findings.iter().all(|one| one.rule.id == labelled["rule"]);
                assert!(is_labelled && !found.findings.is_empty(), "{name}: {line}: {found}");
            }
        }
        assert!(rules.contains("envelope-differs") && rules.contains("page-overflow"), "{name}: {rules:?}");
    }
}

#[test]
fn schemas_and_data_sets_come_in_each_envelope() {
    let schema = run(&["schema", "--no-settings", "--envelope", "list"]);
    let schema: Value = serde_json::from_slice(&schema.stdout).unwrap();
    assert_eq!(schema["$id"], "urn:clients-contract:clients:list");
    assert_eq!(schema["properties"]["data"]["items"]["$ref"], "#/$defs/Client");
    let pages = run(&[
        "generate",
        "--no-settings",
        "--dataset",
        "--total",
        "5",
        "--items",
        "2",
        "--seed",
        "1",
        "--envelope",
        "bare",
    ]);
    let judged =
        fed(&["validate", "--no-settings", "--envelope", "bare", "--fail-on", "info", "-"], &pages.stdout);
    assert_eq!(code(&judged), 0, "{}", stdout(&judged));
    let large = run(&[
        "generate",
        "--no-settings",
        "--preset",
        "large",
        "--size",
        "200kb",
        "--seed",
        "1",
        "--envelope",
        "list",
        "-f",
        "json",
    ]);
    assert!(large.stdout.len() > 200_000);
    let judged = fed(&["validate", "--no-settings", "--envelope", "list", "-"], &large.stdout);
    assert_eq!(code(&judged), 0, "{}", stdout(&judged));
}

#[test]
fn drift_counts_each_envelope_at_its_own_pointers() {
    let mut lines = String::new();
    for (number, page) in PAGES.iter().cycle().take(36).enumerate() {
        lines += &(wrapped(page, NAMES[number / 3 % 3]).to_string() + "\n");
    }
    let output = fed(&["drift", "--no-settings", "--min-sample", "5", "-f", "json", "-"], lines.as_bytes());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    let findings = report["findings"].as_array().unwrap();
    let of = |rule: &str, start: &str| {
        let pointer = |one: &&Value| one["pointer"].as_str().unwrap_or_default().starts_with(start);
        findings.iter().filter(|one| one["rule"] == rule).filter(pointer).count()
    };
    assert_eq!(report["checked"]["invalid"], 24, "{report:#}");
    // What no client of the data set has is missing in each.
    let counts: Vec<_> = ITEMS.iter().map(|items| of("never-seen", &format!("{items}/*/"))).collect();
    assert!(counts[0] > 0 && counts.iter().all(|count| *count == counts[0]), "{counts:?}");
    assert_eq!(of("never-seen", "/data/Clients/pageInfo"), 0);

    let profile = tempfile::NamedTempFile::new().unwrap();
    let path = profile.path().to_str().unwrap();
    fed(&["drift", "--no-settings", "--profile", path, "-"], lines.as_bytes());
    let seen: Value = serde_json::from_slice(&std::fs::read(path).unwrap()).unwrap();
    let bare = &seen["envelopes"]["bare"]["properties"]["clients"];
    assert_eq!((&bare["array"], &seen["root"]["object"]), (&json!(12), &json!(12)));
}

#[test]
fn mutation_testing_weakens_the_accepted_envelope() {
    let body = br#"{"clients": [{"id": 1}], "pageInfo": {}}"#;
    let (found, concerned) = accepting(&["bare"]).validate_traced(body);
    assert!(!found.valid && !concerned.is_empty());
    // A payload in another envelope notices nothing of this schema, and has the same findings as ever, which
    // have no line and column here.
    let (found, concerned) = accepting(&[]).validate_traced(body);
    let names = |validation: Validation| -> BTreeSet<_> {
        let names = validation.findings.into_iter();
        names.map(|finding| (finding.rule.id, finding.pointer.to_string(), finding.what)).collect()
    };
    assert_eq!((names(found), concerned), (names(accepting(&[]).validate(body)), vec![]));
}
