mod around;
mod captures;
mod command;
mod findings;
mod leaks;
mod pseudonyms;
mod schemas;
mod search;

use std::collections::BTreeSet;

use clients_contract::redact::{Facts, Key, Policy, Redactor};
use clients_contract::validate::Secrets;
use clients_contract::{Contract, Pointer, Schema, Token, Validation, Validator};
use serde_json::Value;

/// A redactor of the built-in contract.
pub(crate) fn clients(key: &[u8]) -> Redactor {
    Redactor::new(Contract::clients().redaction().unwrap(), &Key::new(key).unwrap())
}

/// A redactor of a schema of which nothing else is known.
fn of_schema(schema: &Schema, secrets: &[&str]) -> Redactor {
    let secrets = Secrets::new(secrets.iter().copied());
    let facts = Facts { schemas: vec![("", schema)], secrets: &secrets, elision: None, fields: &() };
    Redactor::new(Policy::of(&facts).unwrap(), &Key::new(KEY).unwrap())
}

pub(crate) const KEY: &[u8] = b"0123456789abcdef";

pub(crate) fn redacted(redactor: &mut Redactor, body: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    redactor.body(body, &mut out).unwrap();
    out
}

/// The keys of all objects.
fn keys(value: &Value, into: &mut BTreeSet<String>) {
    match value {
        Value::Array(items) => items.iter().for_each(|item| keys(item, into)),
        Value::Object(members) => members.iter().for_each(|(name, member)| {
            into.insert(name.clone());
            keys(member, into);
        }),
        _ => {}
    }
}

/// Rules, locations and counts. Keys that both bodies have are compared, others are data.
fn summary(validation: &Validation, both: &BTreeSet<String>) -> Vec<(String, String, u64)> {
    let starred = |pointer: &Pointer| {
        let step = |token: &Token| match token {
            Token::Key(key) if both.contains(&**key) => format!("/{key}"),
            Token::Key(_) => "/?".to_owned(),
            Token::Index(index) => format!("/{index}"),
        };
        pointer.tokens().iter().map(step).collect::<String>()
    };
    let finding = |finding: &clients_contract::Finding| {
        (finding.rule.id.to_owned(), starred(&finding.pointer), finding.further)
    };
    let mut all: Vec<_> = validation.findings.iter().map(finding).collect();
    all.sort();
    all
}

/// Redacts a body, whose findings stay.
#[track_caller]
fn same_findings(validator: &Validator, redactor: &mut Redactor, body: &[u8]) -> Vec<u8> {
    let (unpreserved, keys_before) = (redactor.summary().unpreserved, redactor.summary().keys);
    let out = redacted(redactor, body);
    let (before, after) = (validator.validate(body), validator.validate(&out));
    let shown = |body: &[u8]| String::from_utf8_lossy(&body[..body.len().min(2_000)]).into_owned();
    if redactor.summary().unpreserved == unpreserved {
        let both: Vec<BTreeSet<String>> = [body, &out]
            .iter()
            .map(|body| {
                let mut all = BTreeSet::new();
                keys(&serde_json::from_slice(body).unwrap_or_default(), &mut all);
                all
            })
            .collect();
        let mut both = both[0].intersection(&both[1]).cloned().collect();
        if redactor.summary().keys > keys_before && summary(&before, &both) != summary(&after, &both) {
            // A key of one letter may have become another one that is there, too.
            both = BTreeSet::new();
        }
        let (found, still) = (summary(&before, &both), summary(&after, &both));
        assert_eq!(found, still, "{}\n{}", shown(body), shown(&out));
        assert_eq!(before.valid, after.valid);
    }
    out
}
