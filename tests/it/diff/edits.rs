//! Random edits of the contract whose effect is known by construction.
//!
//! `DIFF_EDITS` says how many, `DIFF_SEED` which:
//! `DIFF_EDITS=10000 cargo test --test it diff::edits -- --nocapture`.

mod catalogue;

use clients_contract::diff::{Document, compare};
use clients_contract::generate::Choices;
use clients_contract::{Contract, Severity};
use serde_json::Value;

use super::judge;
use catalogue::{Edit, Effect};

fn number(variable: &str, usual: u64) -> u64 {
    std::env::var(variable).ok().and_then(|number| number.parse().ok()).unwrap_or(usual)
}

/// The text of a document with the members of every object in reverse.
fn reversed(value: &Value) -> String {
    match value {
        Value::Object(map) => {
            let members = map
                .iter()
                .rev()
                .map(|(name, member)| format!("{}:{}", Value::from(&**name), reversed(member)));
            format!("{{{}}}", members.collect::<Vec<_>>().join(","))
        }
        Value::Array(items) => format!("[{}]", items.iter().map(reversed).collect::<Vec<_>>().join(",")),
        other => other.to_string(),
    }
}

/// What is wrong with what is said of an edit, if anything is.
fn mistake(
    old: &Document,
    old_judge: &jsonschema::Validator,
    value: &Value,
    text: &str,
    effect: Effect,
) -> Option<String> {
    let new = Document::parse("new", text.as_bytes()).unwrap();
    let comparison = compare(old, &new);
    let findings = comparison.findings();
    let worst = findings.iter().map(|finding| finding.severity).max();
    match effect {
        Effect::Widens => {
            let mut why = Vec::new();
            for (number, _) in findings.iter().enumerate().filter(|(_, it)| it.severity >= Severity::Warning)
            {
                match comparison.witness(number) {
                    Ok(payload) => {
                        let fine = !old_judge.is_valid(&payload) && judge(value).is_valid(&payload);
                        return (!fine).then(|| format!("a wrong witness: {payload}"));
                    }
                    Err(error) => why.push(error),
                }
            }
            Some(format!("no witness of {findings:?}: {why:?}"))
        }
        Effect::Narrows if worst == Some(Severity::Error) => Some(format!("an error: {findings:?}")),
        Effect::Neither if worst > Some(Severity::Info) => Some(format!("too much: {findings:?}")),
        Effect::Narrows if worst.is_none() => Some("silence".to_owned()),
        _ => None,
    }
}

#[test]
fn every_widening_edit_is_reported_with_a_witness_and_no_other_is_an_error() {
    let contract = Contract::clients().schema();
    let old = Document::of("old", contract).unwrap();
    let old_judge = judge(contract.as_value());
    let edits = catalogue::all(contract.as_value());
    let of = |effect: Effect| edits.iter().filter(move |edit| edit.effect == effect).collect::<Vec<_>>();
    let [widening, narrowing, neutral] = [Effect::Widens, Effect::Narrows, Effect::Neither].map(of);
    let mut choices = Choices::seeded(number("DIFF_SEED", 7));
    let mut counts = [0; 3];
    let mut mistakes = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..number("DIFF_EDITS", 300) {
        let kind = choices.below_or_at(2);
        let edit: &Edit = choices.pick([&widening, &narrowing, &neutral][kind]).unwrap();
        let mut value = contract.as_value().clone();
        edit.apply(&mut value);
        assert_ne!(&value, contract.as_value(), "{} at {} does nothing", edit.what, edit.pointer);
        // What makes no difference makes none beside another edit.
        for _ in 0..choices.draw(2) {
            catalogue::describe(&mut value, &mut choices);
        }
        let text = if choices.draw(1) == 0 { reversed(&value) } else { value.to_string() };
        counts[kind] += 1;
        if let Some(mistake) = mistake(&old, &old_judge, &value, &text, edit.effect) {
            mistakes[kind].push(format!("{} at {}: {mistake}", edit.what, edit.pointer));
        }
    }
    let [widening, narrowing, neutral] = [&widening, &narrowing, &neutral].map(Vec::len);
    eprintln!(
        "{counts:?} edits that widen, narrow, do neither, of {widening}, {narrowing} and {neutral} there are"
    );
    let many = mistakes.each_ref().map(Vec::len);
    let first = mistakes.iter().flat_map(|mistakes| mistakes.iter().take(5)).collect::<Vec<_>>();
    assert_eq!(many, [0, 0, 0], "{first:#?}");
    assert!(counts.iter().all(|count| *count > 0));
}
