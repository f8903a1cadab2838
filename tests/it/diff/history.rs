//! The version of the contract rises as much as the contract changes.

use clients_contract::diff::{Bump, Document, compare};
use clients_contract::{Contract, Schema};
use serde_json::Value;

type Version = [u64; 3];

/// The version in a file name such as `clients-1.0.0.schema.json`.
fn version(name: &str) -> Option<Version> {
    numbers(name.strip_prefix("clients-")?.strip_suffix(".schema.json")?)
}

fn numbers(text: &str) -> Option<Version> {
    text.split('.').map(|part| part.parse().ok()).collect::<Option<Vec<u64>>>()?.try_into().ok()
}

/// The released contract of the highest version.
fn last() -> (Version, Document) {
    let names = std::fs::read_dir("schemas/history").unwrap();
    let names = names.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let (last, name) = names.map(|name| (version(&name).unwrap(), name)).max().unwrap();
    let path = format!("schemas/history/{name}");
    let text = std::fs::read(&path).unwrap();
    (last, Document::parse(&path, &text).unwrap())
}

/// Whether the step from one version to another says as much as what changed.
fn is_enough([major, minor, patch]: Version, now: Version, bump: Bump) -> bool {
    now >= match bump {
        Bump::None => [major, minor, patch],
        Bump::Patch => [major, minor, patch + 1],
        Bump::Minor => [major, minor + 1, 0],
        Bump::Major => [major + 1, 0, 0],
    }
}

#[test]
fn the_version_rises_as_much_as_the_contract_changed() {
    let (last, old) = last();
    let new = Document::of("now", Contract::clients().schema()).unwrap();
    let bump = compare(&old, &new).bump();
    let now = numbers(Contract::clients().version.as_deref().unwrap()).unwrap();
    let findings = compare(&old, &new).findings();
    assert!(
        is_enough(last, now, bump),
        "{now:?} after {last:?} is too small a step for {bump:?}: {findings:#?}"
    );
}

#[test]
fn a_step_that_is_too_small_is_refused() {
    let (last, old) = last();
    let bump = |edit: &dyn Fn(&mut Value)| {
        let mut value = Contract::clients().schema().as_value().clone();
        edit(&mut value);
        let new = Document::of("edited", &Schema::from_value(value)).unwrap();
        compare(&old, &new).bump()
    };
    let object = "/$defs/Client";
    let steps = [
        bump(&|_| {}),
        bump(&|value| value["description"] = "Another one.".into()),
        bump(&|value| value["$defs"]["Client"]["properties"]["brandNew"] = true.into()),
        bump(&|value| drop(value.pointer_mut(object).unwrap().as_object_mut().unwrap().remove("required"))),
    ];
    assert_eq!(steps, [Bump::None, Bump::Patch, Bump::Minor, Bump::Major]);
    let [major, minor, patch] = last;
    let nexts = [last, [major, minor, patch + 1], [major, minor + 1, 0], [major + 1, 0, 0]];
    for (needed, bump) in steps.into_iter().enumerate() {
        for (given, next) in nexts.into_iter().enumerate() {
            assert_eq!(is_enough(last, next, bump), given >= needed, "{bump:?} {next:?}");
        }
    }
}
