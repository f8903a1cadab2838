//! Do all ways to judge a body say the same of it?
//!
//! The streaming engine against the reference engine, a window against the whole text, and both against what
//! `serde_json` accepts.
#![no_main]

use std::sync::LazyLock;

use clients_contract::validate::Engine;
use clients_contract::{Contract, Finding, Judgement, Origin, Payload, Validator};
use libfuzzer_sys::fuzz_target;
use serde_json::Value;

struct Engines {
    stream: Validator,
    reference: Validator,
}

static ENGINES: LazyLock<Engines> = LazyLock::new(|| {
    let engine = |engine| Contract::clients().validator().clone().engine(engine).expect("it runs the contract");
    Engines { stream: engine(Engine::Stream), reference: engine(Engine::Reference) }
});

/// What of a finding is the same whether the body was held or not: a window counts the byte order mark alike, but shows
/// no surroundings.
fn said(judgement: &Judgement) -> (bool, Vec<(&'static str, String, u64, u64, &str)>) {
    let one = |finding: &'_ Finding| (finding.rule.id, finding.pointer.to_string(), finding.line, finding.column);
    let all = judgement.findings.iter().map(|finding| {
        let (rule, pointer, line, column) = one(finding);
        (rule, pointer, line, column, &*finding.what)
    });
    (judgement.valid, all.collect())
}

fuzz_target!(|body: &[u8]| {
    let stream = ENGINES.stream.validate(body);
    let reference = ENGINES.reference.validate(body);
    assert_eq!(stream.findings, reference.findings);
    assert_eq!(stream.valid, reference.valid);

    let place = Payload::new(Origin::file("<body>"), Vec::new());
    let window = ENGINES.stream.validate_reader(&place, body).expect("memory can be read");
    assert_eq!(said(&window), said(&stream));

    let is_json = !stream.findings.iter().any(|finding| {
        matches!(finding.rule.id, "not-json" | "truncated-body" | "too-deep")
    });
    let text = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    match serde_json::from_slice::<Value>(text) {
        Ok(_) => assert!(is_json || too_deep(&stream), "serde_json accepts it"),
        // What no double holds is a finding of its own.
        Err(error) if is_json => assert!(error.to_string().contains("out of range"), "{error}"),
        Err(_) => {}
    }
});

/// The limit to nesting is ours.
fn too_deep(judgement: &Judgement) -> bool {
    judgement.findings.iter().any(|finding| finding.rule.id == "too-deep")
}
