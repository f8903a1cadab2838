//! Drift that begins at known rates is found, and nothing else is claimed.

use std::collections::BTreeSet;
use std::fs;

use serde_json::{Value, json};

use super::{Said, found, lines, page, tool};

/// Payloads of each corpus; what a rate times that cannot show is not asked for.
fn payloads() -> u64 {
    std::env::var("DRIFT_PAYLOADS").ok().and_then(|text| text.parse().ok()).unwrap_or(2_000)
}

/// One kind of drift.
struct Drift {
    name: &'static str,
    /// In so many of 100,000 payloads.
    rate: u64,
    plant: fn(&mut Value),
    /// What is to be found, and from how many planted payloads on.
    finds: &'static [(&'static str, &'static str, u64)],
    /// What is no longer said.
    hides: &'static [(&'static str, &'static str)],
}

const CLIENT: &str = "/data/Clients/clients/0";

fn client(page: &mut Value) -> &mut Value {
    page.pointer_mut(CLIENT).unwrap()
}

fn course(page: &mut Value) -> &mut Value {
    page.pointer_mut("/data/Clients/clients/0/courses/1").unwrap()
}

fn rename(object: &mut Value, from: &str, to: &str) {
    let object = object.as_object_mut().unwrap();
    let value = object.remove(from).unwrap();
    object.insert(to.to_owned(), value);
}

/// So many payloads with something new are no chance where none had it: p is 2^-20, and a hundred comparisons
/// allow 1e-5.
const NO_CHANCE: u64 = 20;

static DRIFTS: &[Drift] = &[
    Drift {
        name: "a new property",
        rate: 100,
        plant: |page| course(page)["badgeLink"] = "https://example.com/badge".into(),
        finds: &[("undocumented-property", "/data/Clients/clients/*/courses/*/badgeLink", 1)],
        hides: &[],
    },
    Drift {
        name: "a new enum member",
        rate: 100,
        plant: |page| course(page)["status"] = "retired".into(),
        finds: &[
            ("unknown-enum-value", "/data/Clients/clients/*/courses/*/status", 1),
            ("value-appeared", "/data/Clients/clients/*/courses/*/status", NO_CHANCE),
        ],
        hides: &[],
    },
    Drift {
        name: "null where there is none",
        rate: 500,
        plant: |page| client(page)["slug"] = Value::Null,
        finds: &[
            ("null-value", "/data/Clients/clients/*/slug", 1),
            ("null-rate-rose", "/data/Clients/clients/*/slug", NO_CHANCE),
        ],
        hides: &[],
    },
    Drift {
        name: "a required property that is sometimes gone",
        rate: 1_000,
        plant: |page| drop(course(page).as_object_mut().unwrap().remove("slug")),
        finds: &[
            ("missing-property", "/data/Clients/clients/*/courses/*/slug", 1),
            ("presence-dropped", "/data/Clients/clients/*/courses/*/slug", NO_CHANCE),
        ],
        hides: &[],
    },
    Drift {
        name: "an optional property that is there less often",
        rate: 30_000,
        plant: |page| drop(client(page).as_object_mut().unwrap().remove("sku")),
        finds: &[("presence-dropped", "/data/Clients/clients/*/sku", 300)],
        hides: &[],
    },
    Drift {
        name: "null more often",
        rate: 10_000,
        plant: |page| client(page)["customHost"] = Value::Null,
        finds: &[("null-rate-rose", "/data/Clients/clients/*/customHost", 200)],
        hides: &[],
    },
    Drift {
        name: "always null",
        rate: 100_000,
        plant: |page| client(page)["defaultLanguage"] = Value::Null,
        finds: &[
            ("always-null", "/data/Clients/clients/*/defaultLanguage", 100),
            ("null-rate-rose", "/data/Clients/clients/*/defaultLanguage", NO_CHANCE),
        ],
        hides: &[("never-null", "/data/Clients/clients/*/defaultLanguage")],
    },
    Drift {
        name: "one value",
        rate: 100_000,
        plant: |page| client(page)["schoolName"] = "School".into(),
        finds: &[("constant", "/data/Clients/clients/*/schoolName", 100)],
        hides: &[],
    },
    Drift {
        name: "a rename",
        rate: 100_000,
        plant: |page| rename(client(page), "notificationEmails", "notificationEmail"),
        finds: &[
            ("likely-rename", "/data/Clients/clients/*/notificationEmails", 100),
            ("presence-dropped", "/data/Clients/clients/*/notificationEmails", NO_CHANCE),
            ("undocumented-property", "/data/Clients/clients/*/notificationEmail", 1),
        ],
        hides: &[("never-null", "/data/Clients/clients/*/notificationEmails")],
    },
    Drift {
        name: "a rename that begins",
        rate: 5_000,
        plant: |page| rename(course(page), "isActive", "isActivated"),
        finds: &[
            ("likely-rename", "/data/Clients/clients/*/courses/*/isActive", 10),
            ("missing-property", "/data/Clients/clients/*/courses/*/isActive", 1),
            ("presence-dropped", "/data/Clients/clients/*/courses/*/isActive", NO_CHANCE),
            ("undocumented-property", "/data/Clients/clients/*/courses/*/isActivated", 1),
        ],
        hides: &[],
    },
    Drift {
        name: "another type",
        rate: 200,
        plant: |page| client(page)["seatsLimit"] = "12".into(),
        finds: &[("type-mismatch", "/data/Clients/clients/*/seatsLimit", 1)],
        hides: &[],
    },
    Drift {
        name: "another format",
        rate: 300,
        plant: |page| client(page)["createdAt"] = "yesterday".into(),
        finds: &[("invalid-format", "/data/Clients/clients/*/createdAt", 1)],
        hides: &[],
    },
    Drift {
        name: "a property that is gone",
        rate: 100_000,
        plant: |page| drop(client(page).as_object_mut().unwrap().remove("updatedAt")),
        finds: &[
            ("never-seen", "/data/Clients/clients/*/updatedAt", 100),
            ("presence-dropped", "/data/Clients/clients/*/updatedAt", NO_CHANCE),
        ],
        hides: &[("never-null", "/data/Clients/clients/*/updatedAt")],
    },
];

fn report(said: &Said) -> BTreeSet<(String, String)> {
    assert!([0, 1].contains(&said.code), "{}", said.err);
    found(&said.out)
}

#[test]
fn planted_drift_is_found_and_nothing_else() {
    let many = payloads();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("before.ndjson"), lines((0..many).map(page))).unwrap();
    // Each kind at its rate, spread over the corpus, all kinds at once.
    let mut planted = vec![0_u64; DRIFTS.len()];
    let now = lines((0..many).map(|number| {
        let mut page = page(number + many);
        for (kind, drift) in DRIFTS.iter().enumerate() {
            let due = |number: u64| (number * drift.rate + kind as u64 * 7_001) / 100_000;
            if due(number + 1) > due(number) {
                (drift.plant)(&mut page);
                planted[kind] += 1;
            }
        }
        page
    }));
    fs::write(here.join("now.ndjson"), now).unwrap();
    let json = |arguments: &[&str]| {
        let common = ["drift", "--no-settings", "-q", "-f", "json"];
        report(&tool(here, &[&common, arguments].concat()))
    };
    let before = json(&["before.ndjson", "--profile", "before.json"]);
    assert!(before.iter().all(|(rule, _)| ["never-seen", "never-null", "constant"].contains(&rule.as_str())));
    let now = json(&["now.ndjson", "--since", "before.json"]);

    let (mut must, mut can) = (before.clone(), BTreeSet::new());
    for (drift, planted) in DRIFTS.iter().zip(&planted) {
        assert!(*planted > 0, "{}: {many} payloads are too few for its rate", drift.name);
        let owned = |(rule, place): (&str, &str)| (rule.to_owned(), place.to_owned());
        for &(rule, place, from) in drift.finds {
            // What few show may be told; what enough of them show must be.
            can.insert(owned((rule, place)));
            if *planted >= from {
                must.insert(owned((rule, place)));
            }
        }
        for hidden in drift.hides {
            assert!(must.remove(&owned(*hidden)), "{}: {hidden:?}", drift.name);
        }
    }
    let missed: Vec<_> = must.difference(&now).collect();
    let wrong: Vec<_> = now.iter().filter(|one| !must.contains(*one) && !can.contains(*one)).collect();
    assert!(missed.is_empty() && wrong.is_empty(), "missed {missed:?}, wrong {wrong:?}");
    #[expect(clippy::print_stdout, reason = "who asks for a larger corpus wants to know what it holds")]
    if many > 2_000 {
        println!(
            "{many} payloads, planted {planted:?}; {} findings, {} of them planted",
            now.len(),
            can.len()
        );
    }
}

/// Two samples of the same traffic differ by chance alone, also where the values of one payload are alike.
#[test]
fn chance_is_not_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let of = |number: u64| {
        let mut page = page(number);
        let one = page.pointer("/data/Clients/clients/0/courses/0").unwrap().clone();
        let many = usize::try_from(number.wrapping_mul(0x9e37_79b9_7f4a_7c15) % 40).unwrap();
        *page.pointer_mut("/data/Clients/clients/0/courses").unwrap() = vec![one; many].into();
        page
    };
    fs::write(here.join("a.ndjson"), lines((0..300).map(of))).unwrap();
    for sample in 1..=4 {
        fs::write(here.join("b.ndjson"), lines((sample * 1_000..sample * 1_000 + 300).map(of))).unwrap();
        let common = ["drift", "--no-settings", "-q", "-f", "json", "--severity", "never-seen=off"];
        tool(here, &[&common[..], &["a.ndjson", "--profile", "a.json"]].concat());
        let said = tool(here, &[&common[..], &["b.ndjson", "--since", "a.json"]].concat());
        let rules: BTreeSet<String> = report(&said).into_iter().map(|(rule, _)| rule).collect();
        let since = ["presence-dropped", "null-rate-rose", "value-appeared"];
        assert!(since.iter().all(|rule| !rules.contains(*rule)), "{rules:?}");
    }
}

#[test]
fn below_the_least_sample_nothing_is_claimed() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("few.ndjson"), lines((0..49).map(page))).unwrap();
    let claims = |arguments: &[&str]| {
        let common = ["drift", "--no-settings", "-q", "-f", "json", "few.ndjson"];
        report(&tool(here, &[&common, arguments].concat())).len()
    };
    assert_eq!(claims(&[]), 0, "49 pages, and 98 courses, are no sample of 100");
    assert!(claims(&["--min-sample", "49"]) > 100);
    fs::write(here.join("clients-contract.toml"), "min-sample = 49\n").unwrap();
    let said = tool(here, &["drift", "-f", "json", "few.ndjson"]);
    assert!(report(&said).len() > 100, "the settings say so, too");
}

#[test]
fn shares_and_types_are_reported_with_what_was_found() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let pages = (0..200).map(|number| {
        let mut page = page(number);
        if number % 10 == 0 {
            course(&mut page)["status"] = "retired".into();
            course(&mut page)["badge"] = "https://example.com/b".into();
        }
        if number == 3 {
            course(&mut page)["status"] = "no name, but free text".into();
        }
        page
    });
    fs::write(here.join("p.ndjson"), lines(pages)).unwrap();
    let said = tool(here, &["drift", "--no-settings", "-f", "json", "p.ndjson"]);
    let report: Value = serde_json::from_str(&said.out).unwrap();
    let message = |rule: &str| {
        let all = report["findings"].as_array().unwrap().iter();
        all.filter(|finding| finding["rule"] == rule)
            .map(|finding| finding["message"].to_string())
            .collect::<String>()
    };
    let told = message("unknown-enum-value");
    assert!(told.contains("of 400 values: `retired` in 20 (5.0 %), others in 1 (0.250 %)"), "{told}");
    let told = message("undocumented-property");
    assert!(told.contains("found string (uri) in 20 of 400 objects (5.0 %)"), "{told}");
    assert!(!said.out.contains("free text"));

    let text = tool(here, &["drift", "--no-settings", "--fields", "courses/*/status", "p.ndjson"]).out;
    let rows: Vec<&str> = text.lines().filter(|line| line.contains("██████████")).collect();
    assert_eq!(rows.len(), 1, "{text}");
    assert!(rows[0].contains("/courses/*/status") && rows[0].contains("NEW retired 5.0 %"), "{}", rows[0]);
    assert!(json!(text).to_string().contains("never seen"), "the list of what is not exercised");
    let unmatched =
        tool(here, &["drift", "--no-settings", "--fields", "courses/*/statu", "--fields", "zq", "p.ndjson"]);
    let note =
        "--fields: no property in the payloads matches `courses/*/statu`; did you mean `courses/*/status`?\n";
    assert!(unmatched.err.contains(note), "{}", unmatched.err);
    assert!(
        unmatched.err.contains("--fields: no property in the payloads matches `zq`\n"),
        "{}",
        unmatched.err
    );
    let tree = tool(here, &["drift", "--no-settings", "p.ndjson"]).out;
    let at = |name: &str| tree.lines().position(|line| line.trim_start().starts_with(name)).unwrap();
    assert!(at("badge ") < at("slug "), "the worst comes first");
}

#[test]
fn a_documented_property_that_was_not_seen_is_no_typo() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let course = json!({"properties": {"state": {"type": "string"}, "a/b": {"$ref": "#/$defs/course"}}});
    let schema = json!({
        "properties": {
            "status": {"type": "string"},
            "courses": {"items": {"$ref": "#/$defs/course"}},
            "byName": {"additionalProperties": {"$ref": "#/$defs/course"}}
        },
        "$defs": {"course": course}
    });
    fs::write(here.join("schema.json"), schema.to_string()).unwrap();
    fs::write(here.join("p.json"), json!({"status": "x", "courses": []}).to_string()).unwrap();
    let patterns =
        ["state", "courses/*/state", "byName/*/a~1b/state", "*/a~1b", "courses/*/stat", "byName/x"];
    let mut arguments = vec!["drift", "--no-settings", "--schema", "schema.json", "p.json"];
    arguments.extend(patterns.iter().flat_map(|pattern| ["--fields", pattern]));
    let said = tool(here, &arguments);
    let notes: Vec<&str> = said.err.lines().filter_map(|line| line.strip_prefix("--fields: ")).collect();
    let (documented, unknown) = notes.split_at(4);
    for (pattern, note) in patterns.iter().zip(documented) {
        assert_eq!(*note, format!("`{pattern}` is documented, but was not seen in the payloads"));
    }
    let expected =
        patterns[4..].iter().map(|pattern| format!("no property in the payloads matches `{pattern}`"));
    assert_eq!(unknown, expected.collect::<Vec<_>>());
}
