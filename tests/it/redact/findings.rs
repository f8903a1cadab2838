use clients_contract::generate::{BrokenPayload, Choices, Generator, Preset};
use clients_contract::{Contract, clients};

use super::{KEY, redacted, same_findings};
use crate::engines::edited;

#[test]
fn fixtures_keep_their_findings() {
    let mut redactor = super::clients(KEY);
    let validator = Contract::clients().validator().clone().accepting(&["any"]).unwrap();
    let mut folders = vec![std::path::PathBuf::from("fixtures")];
    while let Some(folder) = folders.pop() {
        for file in std::fs::read_dir(folder).unwrap() {
            let path = file.unwrap().path();
            if path.is_dir() {
                folders.push(path);
                continue;
            }
            let body = std::fs::read(&path).unwrap();
            same_findings(&validator, &mut redactor, &body);
            body.split(|byte| *byte == b'\n').for_each(|line| {
                same_findings(&validator, &mut redactor, line);
            });
        }
    }
    assert_eq!(redactor.summary().unpreserved, 0);
}

#[test]
fn a_body_cut_or_broken_anywhere_keeps_its_findings() {
    let mut redactor = super::clients(KEY);
    let validator = Contract::clients().validator();
    let body = std::fs::read("fixtures/valid/minimal.json").unwrap();
    for cut in 0..body.len() {
        same_findings(validator, &mut redactor, &body[..cut]);
    }
    for at in 0..body.len() {
        for byte in *b"\"\\{}[],:0-.eE+ntfux/ \n\x00\x1f\x80\xc3\xff" {
            let mut body = body.clone();
            body[at] = byte;
            same_findings(validator, &mut redactor, &body);
        }
    }
    assert_eq!(redactor.summary().unpreserved, 0);
}

/// `PRESET_RESPONSES` says how many responses over all presets.
#[test]
fn payloads_of_every_preset_stay_valid() {
    let wanted = std::env::var("PRESET_RESPONSES").ok().and_then(|count| count.parse().ok()).unwrap_or(200);
    let mut redactor = super::clients(KEY);
    for preset in Preset::ALL {
        let recipe = clients::recipe(2).unwrap().styled(Preset::combine(&[preset.name]).unwrap());
        for response in Generator::new(recipe, 3).take(usize::div_ceil(wanted, Preset::ALL.len())) {
            same_findings(Contract::clients().validator(), &mut redactor, response.to_string().as_bytes());
        }
    }
    assert_eq!(redactor.summary().unpreserved, 0);
}

#[test]
fn every_violation_of_the_contract_stays_what_it_is() {
    let mut redactor = super::clients(KEY);
    for envelope in Contract::clients().envelopes() {
        let validator = Contract::clients().validator().clone().accepting(&[&envelope.name]).unwrap();
        let catalogue = Contract::clients().catalogue(&[&envelope.name]).unwrap();
        for violation in catalogue.smallest() {
            let out = same_findings(&validator, &mut redactor, violation.payload.to_text().as_bytes());
            assert!(!validator.validate(&out).findings.is_empty(), "{}", violation.what);
        }
    }
    assert_eq!(redactor.summary().unpreserved, 0);
}

#[test]
fn responses_broken_once_keep_their_findings() {
    let mut redactor = super::clients(KEY);
    let validator = Contract::clients().validator();
    let catalogue = clients::catalogue().unwrap();
    let responses = Generator::new(clients::recipe(2).unwrap(), 11);
    for seed in 0..200 {
        let mut choices = Choices::seeded(seed);
        let violation = catalogue.break_once(&responses.value(seed), &mut choices).unwrap();
        same_findings(validator, &mut redactor, violation.payload.to_text().as_bytes());
        if let BrokenPayload::Json(value) = violation.payload {
            same_findings(validator, &mut redactor, format!("{value:#}").as_bytes());
        }
    }
    assert_eq!(redactor.summary().unpreserved, 0);
}

proptest::proptest! {
    #![proptest_config(proptest::prelude::ProptestConfig { cases: 200, ..Default::default() })]

    #[test]
    fn edited_bodies_keep_their_findings(
        seed: u64,
        edits in proptest::collection::vec((0..usize::MAX, 0..usize::MAX, 0..usize::MAX), 0..4),
    ) {
        let mut redactor = super::clients(KEY);
        let recipe = clients::recipe(1).unwrap();
        let mut body = Generator::new(recipe, 5).value(seed).to_string().into_bytes();
        for (at, edit, pick) in edits {
            body = edited(&body, at, edit, pick);
            same_findings(Contract::clients().validator(), &mut redactor, &body);
        }
    }
}

#[test]
fn white_space_order_and_duplicates_stay() {
    let body = br#" {"data" : null,
        "data":{"Clients":{ "pageInfo":{"perPage":2.50e1,"total" : 7,"hasMore":true}, "clients":[ ] }} } "#;
    assert_eq!(redacted(&mut super::clients(KEY), body), body);
}

#[test]
fn what_makes_a_body_no_json_stays() {
    let mut redactor = super::clients(KEY);
    let validator = Contract::clients().validator();
    for (body, expected) in [
        (r#"{"a":"\ud800x","b":1}"#, r#"{"a":"\ud800x","x":1}"#),
        (r#"{"a":"John\udc00","b":1}"#, r#"{"a":"xxxx\ud800","x":1}"#),
        (r#"{"a":"\x"}"#, r#"{"a":"\x"}"#),
        (r#"{"a":"\n\"\q"}"#, r#"{"a":"xxxx\x"}"#),
        (r#"{"a":"\u12g4","b":1}"#, r#"{"a":"\ux11x1","x":1}"#),
        ("01", "01"),
        ("-049151", "-011111"),
        ("[1, 007]", "[1, 011]"),
        ("\u{feff}{\"a\":\"\\x\"}", "\u{feff}{\"a\":\"\\x\"}"),
    ] {
        let out = same_findings(validator, &mut redactor, body.as_bytes());
        let is_alike = |byte: &u8| if byte.is_ascii_digit() { b'1' } else { *byte };
        let shape = |text: &[u8]| text.iter().map(is_alike).collect::<Vec<_>>();
        assert_eq!(shape(&out), shape(expected.as_bytes()), "{body}: {}", String::from_utf8_lossy(&out));
        let messages = |body: &[u8]| {
            let findings = validator.validate(body).findings;
            findings.iter().map(|finding| finding.message().clone()).collect::<Vec<_>>()
        };
        assert_eq!(messages(&out), messages(body.as_bytes()), "{body}");
    }
    assert_eq!(redactor.summary().unpreserved, 0);
}

#[test]
fn bodies_in_other_encodings_are_masked() {
    let mut redactor = super::clients(KEY);
    let text = "{\"name\":\"孟強 第孝\"}";
    for big in [false, true] {
        let encode = |text: &str| -> Vec<u8> {
            text.encode_utf16()
                .flat_map(|unit| if big { unit.to_be_bytes() } else { unit.to_le_bytes() })
                .collect()
        };
        let out = same_findings(Contract::clients().validator(), &mut redactor, &encode(text));
        assert_eq!(out, encode("{\"xxxx\":\"xx xx\"}"));
    }
}
