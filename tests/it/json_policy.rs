//! What is a body at all? Both engines answer alike.

use clients_contract::{Contract, Origin, Payload, Schema, Validation, Validator};
use proptest::prelude::*;
use serde_json::json;

fn anything() -> Validator {
    Validator::new(&Schema::from_value(json!(true))).unwrap()
}

fn integers() -> Validator {
    Validator::new(&Schema::from_value(json!({"items": {"type": "integer"}}))).unwrap()
}

fn told(validation: &Validation) -> Vec<(&'static str, String, u64, u64)> {
    let tell = |finding: &clients_contract::Finding| {
        (finding.rule.id, finding.pointer.to_string(), finding.line, finding.column)
    };
    validation.findings.iter().map(tell).collect()
}

#[test]
fn a_cut_anywhere_is_a_truncated_body() {
    let text = std::fs::read("fixtures/valid/minimal.json").unwrap();
    let text = text.trim_ascii_end();
    for cut in 0..text.len() {
        let validation = Contract::clients().validate(&text[..cut]);
        assert_eq!(validation.findings[0].rule.id, "truncated-body", "cut at {cut}");
        assert_eq!(validation.findings.len(), 1, "cut at {cut}");
        assert!(!validation.valid);
    }
}

#[test]
fn a_byte_order_mark_is_skipped_and_takes_no_column() {
    let validation = Contract::clients().validate("\u{feff}{\"data\": null}".as_bytes());
    assert_eq!(told(&validation), [("null-value", "/data".to_owned(), 1, 10)]);
    let twice = anything().validate("\u{feff}\u{feff}{}".as_bytes());
    assert_eq!(told(&twice)[0].0, "not-json");
}

#[test]
fn integers_are_validated_by_value_not_by_spelling() {
    let accepted = "[1.0, 1e0, -0.0, 0, -1, 123456789012345678901234567890, 1E2, 12345678901234567890]";
    assert!(integers().validate(accepted.as_bytes()).valid);
    let validation = integers().validate(b"[1.5, 1e-1, \"1\", true, null]");
    let rules: Vec<_> = told(&validation).into_iter().map(|(rule, ..)| rule).collect();
    assert_eq!(rules, ["type-mismatch", "type-mismatch", "type-mismatch", "type-mismatch", "null-value"]);
}

#[test]
fn a_number_no_double_holds_is_out_of_range_wherever_it_stands() {
    let validation = anything().validate(b"{\"a\": [1e308, 1e400], \"b\": {\"c\": -1e999}}");
    assert!(!validation.valid);
    assert_eq!(
        told(&validation),
        [("out-of-range", "/a/1".to_owned(), 1, 15), ("out-of-range", "/b/c".to_owned(), 1, 34)]
    );
}

#[test]
fn the_last_of_two_equal_keys_counts() {
    let text = b"{\"data\": {\"Clients\": 5, \"Clients\": {\"x\": 1, \"pageInfo\": null, \"clients\": []}}, \
        \"data\": {\"Clients\": null}}";
    let validation = Contract::clients().validate(text);
    assert_eq!(
        told(&validation),
        [("duplicate-key", "/data".to_owned(), 1, 80), ("null-value", "/data/Clients".to_owned(), 1, 100)]
    );
}

#[test]
fn an_escaped_key_is_the_same_key() {
    let validation = anything().validate(br#"{"a": 1, "\u0061": 2}"#);
    assert_eq!(told(&validation), [("duplicate-key", "/a".to_owned(), 1, 10)]);
}

#[test]
fn nesting_has_a_limit_that_can_be_moved() {
    let nested = |levels: usize| [b"[".repeat(levels), b"]".repeat(levels)].concat();
    assert!(anything().validate(&nested(128)).valid);
    assert_eq!(told(&anything().validate(&nested(129))), [("too-deep", String::new(), 1, 129)]);
    assert_eq!(told(&anything().validate(&nested(100_000)))[0].0, "too-deep");
    let deeper = anything().max_depth(512).unwrap();
    assert!(deeper.validate(&nested(512)).valid);
    assert!(!deeper.validate(&nested(513)).valid);
    for levels in [0, 513] {
        assert!(anything().max_depth(levels).is_err());
    }
}

/// Nesting at the limit, through the deepest circle of the contract, fits on a thread's stack.
#[test]
fn the_deepest_chain_fits_on_the_stack() {
    let levels = 500;
    let text = format!(
        "{{\"data\": {{\"Clients\": {{\"clients\": [{{\"primaryLicense\": {}{{\"id\": 3{}}}]}}}}}}",
        "{\"parentLicense\": ".repeat(levels),
        "}".repeat(levels + 1)
    );
    let validator = Contract::clients().validator().clone().max_depth(512).unwrap();
    let validation = validator.validate(text.as_bytes());
    let deepest = validation.findings.iter().max_by_key(|finding| finding.pointer.tokens().len()).unwrap();
    assert_eq!(deepest.rule.id, "type-mismatch");
    assert_eq!(deepest.pointer.tokens().len(), levels + 6);
}

#[test]
fn lines_are_those_of_the_file() {
    let payload = Payload::new(Origin::file("day1.ndjson").at_line(12), b"{\"data\": null}".to_vec());
    let validation = Contract::clients().validator().validate_payload(&payload.starting_at(12));
    let finding = &validation.findings[0];
    assert_eq!((finding.line, finding.column), (12, 10));
    assert_eq!(finding.origin.to_string(), "day1.ndjson:12");
}

#[test]
fn columns_are_those_of_the_file() {
    let validator =
        Validator::new(&Schema::from_value(json!({"properties": {"id": {"type": "integer"}}}))).unwrap();
    let locations = |text: &str| -> Vec<String> {
        let items = clients_contract::payload::read(text.as_bytes(), Origin::file("f"), None);
        let payloads = items.map(|item| match item.unwrap() {
            clients_contract::payload::Item::Payload(payload) => payload,
            other => panic!("{other:?}"),
        });
        let findings = payloads.flat_map(|payload| validator.validate_payload(&payload).findings);
        findings.map(|finding| finding.origin.location(finding.line, finding.column)).collect()
    };
    assert_eq!(locations(r#"{"id":"x"}{"id":1}{"id":"x"}"#), ["f:1:7", "f:1:25"]);
    assert_eq!(locations("[\"é\"] {\"id\":\"x\"}\n{\n\"id\":1} {\"id\":\n\"x\"}"), ["f:1:13", "f:4:1"]);
    assert_eq!(locations("{}{\"id\":1,}"), ["f:1:11"]);
}

#[test]
fn a_key_of_a_megabyte_is_found_and_cut_short() {
    let text = format!("{{\"data\": null, \"{}\": 1}}", "k".repeat(1 << 20));
    let validation = Contract::clients().validate(text.as_bytes());
    let long = validation.findings.iter().find(|finding| finding.rule.id == "undocumented-property").unwrap();
    assert!(long.message().len() < 1_000);
    assert_eq!((long.line, long.column), (1, 16));
}

proptest! {
    /// Whatever `serde_json` takes is a body, and nothing else is.
    #[test]
    fn random_text_is_validated_as_serde_json_does(text in "[\\[\\]{}:,\"\\\\ eE+.0-9truefalsn\u{e9}\u{1}-]{0,24}") {
        agree(text.as_bytes())?;
    }

    #[test]
    fn random_bytes_are_validated_as_serde_json_does(bytes in prop::collection::vec(any::<u8>(), 0..24)) {
        agree(&bytes)?;
    }

    /// One byte changed in a real payload.
    #[test]
    fn a_changed_byte_is_validated_as_serde_json_does(at in any::<prop::sample::Index>(), byte in any::<u8>()) {
        let mut text = std::fs::read("fixtures/invalid/undocumented-property/client.json").unwrap();
        let at = at.index(text.len());
        text[at] = byte;
        agree(&text)?;
    }
}

fn agree(text: &[u8]) -> Result<(), TestCaseError> {
    let overflow = |error: &serde_json::Error| error.to_string().contains("number out of range");
    let accepted =
        serde_json::from_slice::<serde_json::Value>(text).map_or_else(|error| overflow(&error), |_| true);
    let validation = anything().validate(text);
    let is_body =
        validation.findings.iter().all(|finding| !["not-json", "truncated-body"].contains(&finding.rule.id));
    // What stands behind a number that overflows, serde_json has not read.
    let unread = validation.findings.iter().any(|finding| finding.rule.id == "out-of-range");
    prop_assert!(
        accepted == is_body || unread || !is_body && accepted_until_overflow(text),
        "{}",
        text.escape_ascii()
    );
    Ok(())
}

fn accepted_until_overflow(text: &[u8]) -> bool {
    serde_json::from_slice::<serde_json::Value>(text)
        .is_err_and(|error| error.to_string().contains("number out of range"))
}
