//! Profiles of parts are the profile of the whole, and so are reports.

use std::fs;
use std::path::Path;

use clients_contract::Schema;
use clients_contract::drift::Profile;
use proptest::prelude::*;
use serde_json::{Value, json};

use super::{lines, page, profile_of, tool};

fn schema() -> Schema {
    Schema::from_value(
        json!({"properties": {"a": {"enum": ["x"]}, "b": {"properties": {"c": {"type": "string"}}}}}),
    )
}

/// Bodies with names and members of their own, more than are kept.
fn bodies(many: u64) -> Vec<String> {
    let body = |n: u64| {
        let mut body = json!({"a": if n.is_multiple_of(3) { "x".to_owned() } else { format!("m{n}") }, "b": {"c": format!("{n}")}});
        for step in 0..n % 7 {
            body["b"][format!("k{}", n * 31 % 2_003 + step)] = (n % 5).into();
        }
        if n.is_multiple_of(4) {
            body["b"] = Value::Null;
        }
        body.to_string()
    };
    (0..many).map(body).collect()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(12))]

    #[test]
    fn any_partition_merges_to_the_whole(parts in 1_usize..6, seed: u64, of in prop::collection::vec(0_usize..6, 40)) {
        let bodies = bodies(1_200);
        let whole = profile_of(&schema(), &bodies);
        // What is kept of names and members is bounded, and both bounds are hit.
        prop_assert!(whole.root.properties["b"].other_properties > 0);
        prop_assert!(whole.root.properties["a"].other_members > 0);
        let chunks: Vec<&[String]> = bodies.chunks(30).collect();
        let mut order: Vec<usize> = (0..parts).collect();
        order.rotate_left(usize::try_from(seed % parts as u64).unwrap());
        let mut all = Profile::new("test");
        for part in order {
            let mine = chunks.iter().zip(&of).filter(|(_, of)| **of % parts == part);
            let mine: Vec<&String> = mine.flat_map(|(chunk, _)| *chunk).collect();
            let text = profile_of(&schema(), &mine).to_json().unwrap();
            all.merge(Profile::from_slice("part", text.as_bytes()).unwrap());
        }
        prop_assert!(all.to_json().unwrap() == whole.to_json().unwrap());
    }
}

/// A corpus of files with findings, unreadable ones, and new values.
fn write_corpus(here: &Path) -> Vec<String> {
    let mut names = Vec::new();
    for file in 0..9_u64 {
        let pages = (0..12).map(|line| {
            let number = file * 12 + line;
            let mut page = page(number);
            let course = page.pointer_mut("/data/Clients/clients/0/courses/0").unwrap();
            match (number * 7 + file) % 9 {
                0 => course["status"] = format!("new-{}", number % 4).into(),
                1 => course["badge"] = number.into(),
                2 => course["slug"] = if file % 2 == 0 { Value::Null } else { 5.into() },
                3 => drop(course.as_object_mut().unwrap().remove("isActive")),
                _ => {}
            }
            page
        });
        let mut text = lines(pages);
        if file == 4 {
            text.push_str("{\"data\": \n");
        }
        let name = format!("{}{file}.ndjson", ["c", "a", "b"][usize::try_from(file % 3).unwrap()]);
        fs::write(here.join(&name), text).unwrap();
        names.push(name);
    }
    fs::write(here.join("b9.har"), "{\"log\": {\"entries\": [").unwrap();
    names.push("b9.har".to_owned());
    names
}

#[test]
fn the_report_of_merged_profiles_is_that_of_one_run() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let names = write_corpus(here);
    let run = |arguments: &[&str], more: &[&str]| {
        tool(here, &[&["drift", "--no-settings"], arguments, more].concat())
    };
    fs::write(
        here.join("known.toml"),
        "version = 1\n[[accept]]\nrule = \"null-value\"\npointer = \"/data/Clients/clients/*/courses/*/slug\"\n",
    )
    .unwrap();
    let all: Vec<&str> = names.iter().map(String::as_str).collect();
    let views: [&[&str]; 5] = [
        &["-f", "text"],
        &["-f", "json", "--min-sample", "20"],
        &["-f", "sarif", "--severity", "missing-property=off"],
        &["-f", "junit", "--baseline", "known.toml", "--min-coverage", "50"],
        &["-f", "markdown", "--since", "half.json", "--min-sample", "10"],
    ];
    run(&["-q", "-f", "json", "--profile", "half.json"], &all[..4]);
    let wholes: Vec<_> = views.iter().map(|view| run(&[view, &all[..]].concat(), &["-j1"])).collect();
    assert!(wholes[0].out.contains("error:") && wholes[0].out.contains("new-3"), "{}", wholes[0].out);
    for (number, cut) in [vec![10], vec![1, 9], vec![3, 3, 4], vec![1; 10]].into_iter().enumerate() {
        // Every other partition takes files from all over the corpus.
        let mut pool: Vec<&str> = all.clone();
        if number % 2 == 1 {
            pool = (0..10).map(|at| all[at * 7 % 10]).collect();
        }
        let mut parts = Vec::new();
        for (part, size) in cut.into_iter().enumerate() {
            let name = format!("part-{number}-{part}.json");
            let mine: Vec<&str> = pool.drain(..size).collect();
            // The order of arguments and the number of threads make no difference.
            let mine: Vec<&str> = mine.into_iter().rev().collect();
            run(&["-q", "-f", "json", "-o", "/dev/null", "-j2", "--profile", &name], &mine);
            parts.push(name);
        }
        let parts: Vec<&str> = parts.iter().rev().map(String::as_str).collect();
        for (view, whole) in views.iter().zip(&wholes) {
            let merged = run(&[&["--merge"], *view].concat(), &parts);
            assert!(merged.out == whole.out, "{view:?}: {}\n----\n{}", merged.out, whole.out);
            assert_eq!(merged.code, whole.code, "{view:?}");
        }
    }
    // What is merged can be kept and merged again.
    run(&["-q", "--merge", "part-2-0.json", "part-2-1.json", "--profile", "two.json"], &[]);
    let again = run(&["--merge", "two.json", "part-2-2.json"], &[]);
    assert!(again.out == wholes[0].out);
}

#[test]
fn drift_says_all_that_validate_says() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR"));
    let everything = |command: &str, format: &str| {
        tool(
            root,
            &[command, "--no-settings", "-q", "--severity", "never-seen=off", "-f", format, "fixtures"],
        )
    };
    let [validate, drift] = ["validate", "drift"].map(|command| everything(command, "json"));
    assert_eq!((validate.code, drift.code), (1, 1));
    let parsed = |text: &str| serde_json::from_str::<Value>(text).unwrap();
    let (validate, drift) = (parsed(&validate.out), parsed(&drift.out));
    assert_eq!(validate["checked"], drift["checked"]);
    assert_eq!(validate["problems"].as_array().unwrap().len(), drift["problems"].as_array().unwrap().len());
    let causes = |report: &Value| -> Vec<Value> {
        let told = report["findings"].as_array().unwrap().iter();
        let mut told: Vec<Value> = told
            .filter(|finding| finding["first"]["origin"] != "<builtin>")
            .map(|finding| {
                json!([finding["fingerprint"], finding["count"], finding["payloads"], finding["severity"]])
            })
            .collect();
        told.sort_by_key(Value::to_string);
        told
    };
    let told = causes(&validate);
    assert!(told.len() > 20);
    assert_eq!(causes(&drift), told);
    // Payload by payload the same lines, and one about all of them behind.
    let [validate, drift] = ["validate", "drift"].map(|command| everything(command, "ndjson").out);
    let sorted = |text: &str| {
        let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
        lines.sort();
        lines
    };
    let (mut drift, validate) = (sorted(&drift), sorted(&validate));
    drift.retain(|line| !line.contains("<traffic>"));
    assert_eq!(drift, validate);
}

#[test]
fn a_definition_that_is_not_used_keeps_nothing_from_being_widened() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("t.ndjson"), "\"ab\"\n").unwrap();
    let inside = json!({"patternProperties": {"^a$": {"not": {"properties": {"1": {"$ref": "#"}}}}}});
    let merged = |schema: &Value| {
        fs::write(folder.path().join("s.json"), schema.to_string()).unwrap();
        tool(folder.path(), &["infer", "--merge", "s.json", "t.ndjson"])
    };
    for (holder, unused) in [("definitions", inside.clone()), ("$defs", json!({"$defs": {"d": inside}}))] {
        let said = merged(&json!({"type": "object", (holder): {"c": unused}}));
        assert_eq!(said.code, 0, "{}", said.err);
        let wider: Value = serde_json::from_str(&said.out).unwrap();
        assert_eq!(wider["type"], json!(["object", "string"]), "{wider}");
    }
    // A used one does.
    let used = json!({"type": "object", "properties": {"a": {"$ref": "#/$defs/c"}}, "$defs": {"c": inside}});
    assert_eq!(merged(&used).code, 3);
}
