//! Bad input: other contracts, broken profiles, nothing to check; bounds that are hit.

use std::fs;

use clients_contract::Schema;
use clients_contract::drift::Profile;
use serde_json::{Value, json};

use super::{lines, page, profile_of, tool};

#[test]
fn bad_profiles_have_their_codes_and_say_why() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("p.ndjson"), lines((0..3).map(page))).unwrap();
    assert_eq!(tool(here, &["drift", "-q", "p.ndjson", "--profile", "good.json"]).code, 0);
    let good: Value = serde_json::from_str(&fs::read_to_string(here.join("good.json")).unwrap()).unwrap();
    let with = |key: &str, value: Value| {
        let mut profile = good.clone();
        profile[key] = value;
        profile.to_string()
    };
    let whole = good.to_string();
    for (text, said) in [
        (
            with("contract", "urn:clients-contract:clients 0.9.0".into()),
            "was made with urn:clients-contract:clients 0.9.0",
        ),
        (with("profile_version", "2.0.0".into()), "profile version 2.0.0 not supported; expected 1."),
        (with("surprise", 1.into()), "not a traffic profile"),
        (with("root", json!({"seen": -1})), "not a traffic profile"),
        (with("root", json!({"distinct": {"registers": "ff".repeat(1_024)}})), "not a traffic profile"),
        (whole[..whole.len() / 2].to_owned(), "bad.json:1:"),
        ("[]".to_owned(), "not a traffic profile"),
        ("{\"a\": 1}".to_owned(), "no `profile_version`"),
        (String::new(), "bad.json:1:1"),
    ] {
        fs::write(here.join("bad.json"), text).unwrap();
        for arguments in [&["--merge", "good.json", "bad.json"][..], &["p.ndjson", "--since", "bad.json"]] {
            let run = tool(here, &[&["drift"], arguments].concat());
            assert!(run.code == 3 && run.err.contains(said), "{} {}", run.code, run.err);
            assert!(run.err.contains("bad.json"), "{}", run.err);
        }
    }
    for (arguments, code, said) in [
        (&["--merge", "good.json", "good.json"][..], 2, "given twice"),
        (&["--merge", "good.json", "./good.json"], 2, "given twice"),
        (&["--merge", "good.json", "-f", "ndjson"], 2, "profiles contain none"),
        (&["--merge", "missing.json"], 3, "cannot be read"),
        (&["p.ndjson", "--since", "missing.json"], 3, "cannot be read"),
        (&["p.ndjson", "--profile", "x.json", "--show-values"], 2, "cannot be used with"),
        (&["p.ndjson", "--min-coverage", "101"], 2, "101"),
        (&["p.ndjson", "--min-sample", "0"], 2, "--min-sample"),
    ] {
        let run = tool(here, &[&["drift"], arguments].concat());
        assert!(run.code == code && run.err.contains(said), "{arguments:?}: {} {}", run.code, run.err);
    }
}

/// Counts that no traffic has are told, whatever they are, and nothing breaks.
#[test]
fn a_made_up_profile_does_no_harm() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("p.ndjson"), lines((0..3).map(page))).unwrap();
    tool(here, &["drift", "-q", "p.ndjson", "--profile", "good.json"]);
    let mut profile: Value =
        serde_json::from_str(&fs::read_to_string(here.join("good.json")).unwrap()).unwrap();
    let mut pending = vec![&mut profile["root"]];
    let mut salt = 0_u64;
    while let Some(field) = pending.pop() {
        for (key, value) in field.as_object_mut().unwrap() {
            salt += 1;
            match value {
                Value::Number(_) => {
                    *value = [u64::MAX, 0, 1, u64::MAX / 2][usize::try_from(salt % 4).unwrap()].into();
                }
                value if key == "items" => pending.push(value),
                Value::Object(members) if key == "properties" => pending.extend(members.values_mut()),
                _ => {}
            }
        }
    }
    for key in ["observed", "payloads", "valid", "bytes"] {
        profile[key] = u64::MAX.into();
    }
    fs::write(here.join("odd.json"), profile.to_string()).unwrap();
    for arguments in [
        &["--merge", "odd.json", "good.json", "--since", "odd.json"][..],
        &["p.ndjson", "--since", "odd.json", "--min-sample", "1"],
    ] {
        for format in ["text", "json", "markdown"] {
            let run = tool(here, &[&["drift", "-f", format, "--suggest", "s.json"], arguments].concat());
            assert!([0, 1].contains(&run.code), "{} {}", run.code, run.err);
        }
    }
}

#[test]
fn nothing_to_check_is_no_pass() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join("empty")).unwrap();
    fs::write(here.join("none.ndjson"), "").unwrap();
    fs::write(here.join("error.json"), r#"{"errors": [{"message": "no"}]}"#).unwrap();
    fs::write(here.join("cut.json"), r#"{"data": {"#).unwrap();
    for (input, code) in
        [("empty", 3), ("none.ndjson", 3), ("error.json", 3), ("missing", 3), ("cut.json", 3)]
    {
        let run = tool(here, &["drift", input, "--profile", "p.json", "--min-coverage", "80"]);
        assert_eq!(run.code, code, "{input}: {} {}", run.out, run.err);
        let run = tool(here, &["infer", input]);
        assert_eq!((run.code, run.out.as_str()), (3, ""), "{input}");
    }
    let run = tool(here, &["drift", "error.json", "-f", "json"]);
    assert!(
        run.out.contains("api-error") && run.out.contains("not a response of the contract"),
        "{}",
        run.out
    );
    // Profiles of nothing together are nothing.
    tool(here, &["drift", "-q", "none.ndjson", "--profile", "a.json"]);
    assert_eq!(tool(here, &["drift", "--merge", "a.json"]).code, 3);
}

#[test]
fn what_is_kept_is_bounded_and_reported() {
    let schema = Schema::from_value(json!({"properties": {"a": {"properties": {"b": {}}}}}));
    let keys = |from: u64| -> String {
        let members: Vec<String> = (from..from + 500).map(|key| format!("\"k{key}\": {key}")).collect();
        format!("{{\"a\": {{\"b\": 1, {}}}}}", members.join(", "))
    };
    let bodies: Vec<String> = (0..20).map(|part| keys(part * 500)).collect();
    let root = profile_of(&schema, &bodies).root;
    let a = &root.properties["a"];
    assert_eq!((a.properties.len(), a.other_properties), (1_001, 9_000), "and what the contract lists");
    // One body alone does not get further either.
    let deep = "{\"x\": ".repeat(60) + "1" + &"}".repeat(60);
    let mut field = &profile_of(&schema, &[deep]).root;
    let mut depth = 0;
    while let Some(below) = field.properties.get("x") {
        (field, depth) = (below, depth + 1);
    }
    assert_eq!((depth, field.other_properties), (16, 1));
    // Objects of ever new names within ever new names: the number of fields is bounded, and what is beyond
    // counted.
    let wide: Vec<String> = (0..900)
        .map(|n| {
            let inner: Vec<String> = (0..60).map(|m| format!("\"m{}\": 0", n * 60 + m)).collect();
            format!("{{\"n{n}\": {{{}}}}}", inner.join(","))
        })
        .collect();
    let profile = profile_of(&schema, &wide);
    assert!(profile.beyond > 0 && profile.to_json().unwrap().len() < 8_000_000, "{}", profile.beyond);
}

#[test]
fn a_profile_holds_no_free_text() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let pages = (0..60).map(|number| {
        let mut page = page(number);
        let course = page.pointer_mut("/data/Clients/clients/0/courses/0").unwrap();
        course["status"] = if number % 2 == 0 { "some words of Jane Roe" } else { "on-hold" }.into();
        course["note"] = "private words".into();
        course["isActive"] = "more words".into();
        page
    });
    fs::write(here.join("p.ndjson"), lines(pages)).unwrap();
    let said =
        tool(here, &["drift", "p.ndjson", "--profile", "p.json", "--suggest", "s.json", "--min-sample", "1"]);
    let kept = [
        said.out,
        said.err,
        fs::read_to_string(here.join("p.json")).unwrap(),
        fs::read_to_string(here.join("s.json")).unwrap(),
    ];
    assert!(kept[2].contains("on-hold"), "a name is kept");
    for text in kept {
        for value in ["Jane", "private words", "more words", "Name 1", "sk-1-secret", "n1@example", "slug-1"]
        {
            assert!(!text.contains(value), "{value}: {text:.2000}");
        }
    }
}

#[test]
fn the_published_schema_describes_profiles() {
    let published = fs::read_to_string("schemas/profile.schema.json").unwrap();
    let derived = clients_contract::drift::profile_schema();
    assert!(published == format!("{derived:#}\n"), "stale: `schema --profile --write` renews it");
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let pages = (0..60).map(|number| {
        let mut page = page(number);
        page["data"]["Clients"]["clients"][0]["courses"][0]["status"] = format!("s{number}").into();
        page
    });
    fs::write(here.join("p.ndjson"), lines(pages) + "{\"cut\": ").unwrap();
    tool(here, &["drift", "-q", "p.ndjson", "--profile", "p.json"]);
    let real: Value = serde_json::from_str(&fs::read_to_string(here.join("p.json")).unwrap()).unwrap();
    jsonschema::validate(&derived, &real).unwrap();
    assert!(Profile::from_slice("p.json", real.to_string().as_bytes()).is_ok());
    assert!(jsonschema::validate(&derived, &json!({"profile_version": "1.0.0"})).is_err());
}
