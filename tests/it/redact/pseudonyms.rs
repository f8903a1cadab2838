use clients_contract::generate::Generator;
use clients_contract::redact::Treatment;
use clients_contract::{Schema, clients};
use serde_json::{Value, json};

use super::{KEY, of_schema, redacted};

fn page(seed: u64) -> Vec<u8> {
    Generator::new(clients::recipe(5).unwrap(), seed).value(0).to_string().into_bytes()
}

#[test]
fn the_same_key_makes_the_same_bytes() {
    let (mut one, mut other) = (super::clients(KEY), super::clients(KEY));
    // Whatever was redacted before.
    for seed in 0..20 {
        redacted(&mut other, &page(seed + 100));
        assert_eq!(redacted(&mut one, &page(seed)), redacted(&mut other, &page(seed)));
    }
}

/// Strings with their locations.
fn strings(value: &Value, at: &str, into: &mut Vec<(String, String)>) {
    match value {
        Value::String(text) => into.push((at.to_owned(), text.clone())),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                strings(item, &format!("{at}/{index}"), into);
            }
        }
        Value::Object(members) => {
            members.iter().for_each(|(name, member)| strings(member, &format!("{at}/{name}"), into));
        }
        _ => {}
    }
}

/// Bits of the replacements that a text has: letters and digits count.
fn bits(text: &str) -> f64 {
    text.chars()
        .map(|letter| {
            if letter.is_ascii_digit() {
                3.3
            } else if letter.is_alphabetic() {
                4.0
            } else {
                0.0
            }
        })
        .sum()
}

#[test]
fn another_key_makes_other_pseudonyms() {
    let (mut one, mut other) = (super::clients(KEY), super::clients(b"another key of some length"));
    let mut compared = 0;
    for seed in 0..20 {
        let body = page(seed);
        let all = [&body, &redacted(&mut one, &body), &redacted(&mut other, &body)].map(|body| {
            let mut all = Vec::new();
            strings(&serde_json::from_slice(body).unwrap(), "", &mut all);
            all
        });
        for (at, (place, original)) in all[0].iter().enumerate() {
            let (made, again) = (&all[1][at].1, &all[2][at].1);
            if made != original && made != "masked" && !original.contains("//") && bits(original) >= 64.0 {
                assert_ne!(made, again, "{place}");
                compared += 1;
            }
        }
    }
    assert!(compared > 1_000, "{compared}");
}

#[test]
fn references_still_resolve() {
    let mut redactor = super::clients(KEY);
    let dataset = clients::Dataset::new(7, 50, 10, clients_contract::generate::Style::default()).unwrap();
    let mut resolved = 0;
    for number in 1..=dataset.pages() {
        let body = dataset.page(number).to_string();
        let page: Value = serde_json::from_slice(&redacted(&mut redactor, body.as_bytes())).unwrap();
        for client in page["data"]["Clients"]["clients"].as_array().unwrap() {
            for (objects, ids) in [
                ("courses", "courseIds"),
                ("learningPaths", "learningPathIds"),
                ("courseTags", "courseTagIds"),
            ] {
                let (Some(objects), Some(ids)) = (client[objects].as_array(), client[ids].as_array()) else {
                    continue;
                };
                let of: Vec<&Value> = objects.iter().map(|object| &object["id"]).collect();
                assert_eq!(of, ids.iter().collect::<Vec<_>>());
                resolved += of.len();
            }
        }
    }
    assert!(resolved > 50, "{resolved}");
}

#[test]
fn spellings_of_one_address_have_one_pseudonym() {
    let mut redactor = super::clients(KEY);
    let email = |redactor: &mut clients_contract::redact::Redactor, text: &str| {
        redactor.value(Treatment::Email, text)
    };
    let one = email(&mut redactor, "zo\u{eb}.k@Acme.example");
    assert_eq!(one, email(&mut redactor, "ZOE\u{308}.k@acme.example"));
    assert!(one.ends_with(".example.com"));
    // The domain is the host of other addresses and of URLs.
    let host = redactor.host("ACME.example:8080");
    assert!(one.ends_with(&format!("@{}", host.trim_end_matches(":8080"))));
    assert!(
        redactor
            .url("https://acme.example/x")
            .starts_with(&format!("https://{}/", host.trim_end_matches(":8080")))
    );
    // Also inside a text.
    assert!(redactor.text("Write to Zo\u{eb}.K@acme.example, please.").contains(&format!(" {one}, ")));
}

#[test]
fn keys_of_maps_are_data_and_names_are_not() {
    let schema = Schema::from_value(
        json!({"properties": {"any": {}, "of": {"additionalProperties": {"type": "integer"}}}}),
    );
    let mut redactor = of_schema(&schema, &[]);
    let body = br#"{"any": {"ann@acme.test": {"of": "Ann"}}, "of": {"Ann Smith": 17}, "new": {"Bob": 1}, "Bob Jones": 2}"#;
    let out = String::from_utf8(redacted(&mut redactor, body)).unwrap();
    let value: Value = serde_json::from_str(&out).unwrap();
    assert!(!["Ann", "Bob", "acme", "Jones"].iter().any(|name| out.contains(name)), "{out}");
    assert_eq!(value["of"].as_object().unwrap().values().next(), Some(&json!(17)));
    assert!(value["any"].as_object().unwrap().values().next().unwrap()["of"].is_string(), "{out}");
    assert_eq!(redactor.summary().keys, 4);
}

#[test]
fn dates_keep_their_order_and_what_is_wrong_with_them() {
    let schema = Schema::from_value(json!({"items": {"type": "string", "format": "date-time"}}));
    let dates = json!(["2024-02-29T10:00:00Z", "2024-03-01T10:00:00Z", "2024-13-01T10:00:00Z", "yesterday"]);
    let out = redacted(&mut of_schema(&schema, &[]), dates.to_string().as_bytes());
    let moved: Vec<String> = serde_json::from_slice(&out).unwrap();
    assert!(moved[0] < moved[1] && moved[0][10..] == *"T10:00:00Z" && moved[2][4..] == *"-13-01T10:00:00Z");
    assert_eq!(moved[3].len(), 9);
}

#[test]
fn words_of_the_schema_are_kept_and_others_stay_unknown() {
    let schema = Schema::from_value(json!({"items": {"enum": ["draft", "published"]}}));
    let out = redacted(&mut of_schema(&schema, &[]), br#"["draft", "retired"]"#);
    let words: Vec<String> = serde_json::from_slice(&out).unwrap();
    assert_eq!(words[0], "draft");
    assert!(words[1].len() == 7 && words[1] != "retired" && words[1] != "published");
}
