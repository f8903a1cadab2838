//! The types read what the schema accepts, refuse what it refuses, and write what they read.

use std::fs;
use std::path::PathBuf;
use std::thread;

use clients_contract::contract::clients::{
    self, Client, ClientsResponse, ContentStatus, Course, PartialCourse, PartialLesson, PartialTag, Tag,
};
use clients_contract::contract::presence::{Object, Occurrence, Partial, Presence};
use clients_contract::contract::scalar::{DateTime, Int, Uuid};
use proptest::prelude::*;
use serde_json::{Value, json};

use crate::objects::{Choices, Entry, all, anything, conforming, validator};

const NIL: &str = "00000000-0000-0000-0000-000000000000";

/// What the types are for: this compiles.
fn slug(course: Course) -> Option<String> {
    course.sample_lesson?.slug
}

fn fixture(name: &str) -> Value {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/valid").join(name);
    serde_json::from_str(&fs::read_to_string(path).unwrap()).unwrap()
}

/// Equal as JSON Schema counts it: `1.0` is `1`.
fn same(left: &Value, right: &Value) -> bool {
    match (left, right) {
        (Value::Number(left), Value::Number(right)) => left == right || left.as_f64() == right.as_f64(),
        (Value::Array(left), Value::Array(right)) => {
            left.len() == right.len() && left.iter().zip(right).all(|(left, right)| same(left, right))
        }
        (Value::Object(left), Value::Object(right)) => {
            left.len() == right.len()
                && left.iter().all(|(name, left)| right.get(name).is_some_and(|right| same(left, right)))
        }
        (left, right) => left == right,
    }
}

#[test]
fn every_valid_fixture_is_accepted_and_survives() {
    let validator = validator(&clients::schema());
    let folder = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("fixtures/valid");
    let mut count = 0;
    for file in fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = fs::read_to_string(&path).unwrap();
        let value: Value = serde_json::from_str(&text).unwrap();
        let errors: Vec<_> = validator
            .iter_errors(&value)
            .map(|error| format!("{}: {error}", error.instance_path()))
            .collect();
        assert!(errors.is_empty(), "{}: {errors:#?}", path.display());
        let response: ClientsResponse =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        assert_eq!(serde_json::to_value(&response).unwrap(), value, "{}", path.display());
        let again: ClientsResponse =
            serde_json::from_str(&serde_json::to_string(&response).unwrap()).unwrap();
        assert_eq!(again, response);
        count += 1;
    }
    assert!(count >= 4, "only {count} fixtures");
}

#[test]
fn a_slug_is_one_question_mark_away() {
    let response: ClientsResponse = serde_json::from_value(fixture("rich.json")).unwrap();
    let mut course = response.data.clients.clients[0].courses.as_ref().unwrap()[0].clone();
    course.sample_lesson =
        Some(Box::new(PartialLesson { slug: Some("first".to_owned()), ..PartialLesson::default() }));
    assert_eq!(slug(course.clone()).as_deref(), Some("first"));
    course.sample_lesson = None;
    assert_eq!(slug(course), None);
}

#[test]
fn missing_and_null_stay_apart() {
    let client: Client = serde_json::from_value(json!({"id": NIL, "name": "A", "sku": null})).unwrap();
    assert_eq!(client.sku, None);
    assert_eq!(client.slug, None);
    assert_eq!(client.presence("sku"), Presence::Null);
    assert!(client.rest.is_null("sku"));
    assert_eq!(client.presence("schoolName"), Presence::Missing);
    assert_eq!(client.presence("name"), Presence::Present);
    assert_eq!(client.unknown().count(), 0);
    assert_eq!(client.rest.len(), 1);
}

#[test]
fn a_null_gives_way_to_a_value() {
    let mut client: Client = serde_json::from_value(json!({"id": NIL, "name": "A", "sku": null})).unwrap();
    client.sku = Some("A-1".to_owned());
    client.rest.set_null("schoolName");
    assert_eq!(client.presence("sku"), Presence::Present);
    let text = serde_json::to_string(&client).unwrap();
    assert_eq!(text.matches("\"sku\"").count(), 1, "{text}");
    let expected = json!({"id": NIL, "name": "A", "sku": "A-1", "schoolName": null});
    assert_eq!(serde_json::from_str::<Value>(&text).unwrap(), expected);
    // What the rest says of a member that is always there never counts.
    client.rest.insert("id", json!(3));
    assert_eq!(serde_json::to_value(&client).unwrap(), expected);
}

#[test]
fn unknown_members_are_kept() {
    let text =
        r#"{"id":"00000000-0000-0000-0000-000000000000","isFolder":true,"...":"...","Id":[1.0,{"x":null}]}"#;
    let tag: Tag = serde_json::from_str(text).unwrap();
    assert_eq!(tag.unknown().map(|(name, _)| name).collect::<Vec<_>>(), ["...", "Id"]);
    assert_eq!(tag.presence("..."), Presence::Present);
    let written = serde_json::to_value(&tag).unwrap();
    assert_eq!(written, serde_json::from_str::<Value>(text).unwrap());
    let partial: Partial<Tag> = serde_json::from_str(r#"{"...":"..."}"#).unwrap();
    assert_eq!(serde_json::to_string(&partial).unwrap(), r#"{"...":"..."}"#);
}

#[test]
fn the_last_of_two_equal_names_counts() {
    let read = |text: &str| serde_json::to_value(serde_json::from_str::<PartialTag>(text).unwrap()).unwrap();
    assert_eq!(read(r#"{"label":"a","label":"b"}"#), json!({"label": "b"}));
    assert_eq!(read(r#"{"label":"a","label":null}"#), json!({"label": null}));
    assert_eq!(read(r#"{"label":null,"label":"b"}"#), json!({"label": "b"}));
    assert_eq!(read(r#"{"x":1,"x":2}"#), json!({"x": 2}));
    assert!(serde_json::from_str::<PartialTag>(r#"{"label":null,"label":"b"}"#).unwrap().rest.is_empty());
}

#[test]
fn text_survives_byte_for_byte() {
    let id = "ABCDEF01-2345-6789-abcd-EF0123456789";
    let label = "e\u{301}\u{e9} \u{feff}\u{200b}👩🏽‍🚀\u{0}\u{1f}\\\"";
    let value = json!({"id": id, "label": label, "isFolder": false, "updatedAt": "2024-01-01t00:00:00.10z"});
    let tag: Tag = serde_json::from_str(&value.to_string()).unwrap();
    assert_eq!(tag.id, id);
    assert_eq!(tag.label.as_deref(), Some(label));
    assert_eq!(serde_json::to_value(&tag).unwrap(), value);
}

/// Whole payloads with one thing broken: both the schema and the types refuse them.
#[test]
fn what_breaks_the_contract_is_refused() {
    let validator = validator(&clients::schema());
    let cases = [
        ("/data", json!(null)),
        ("/data/Clients", json!([])),
        ("/data/Clients/pageInfo/total", json!(-1)),
        ("/data/Clients/pageInfo/total", json!(0.5)),
        ("/data/Clients/pageInfo/total", json!(2_147_483_648_u32)),
        ("/data/Clients/pageInfo/hasMore", json!("true")),
        ("/data/Clients/clients", json!(null)),
        ("/data/Clients/clients/0", json!(null)),
        ("/data/Clients/clients/0/id", json!("not-a-uuid")),
        ("/data/Clients/clients/0/courses/0/status", json!("Draft")),
        ("/data/Clients/clients/0/courses/0/alternativePricingType", json!("")),
        ("/data/Clients/clients/0/courses/0/createdAt", json!("2024-01-01")),
        ("/data/Clients/clients/0/courses/0/sampleLesson", json!("...")),
        ("/data/Clients/clients/0/courses/0/sampleLesson", json!({"id": 3})),
        ("/data/Clients/clients/0/courses/0/sampleLesson", json!({"id": null})),
        ("/data/Clients/clients/0/courses/0/sampleLesson", json!({"topics": null})),
        ("/data/Clients/clients/0/courses/0/sampleLesson", json!({"section": {"lessons": [{"slug": 1}]}})),
        ("/data/Clients/clients/0/courses/0/sections", json!([[]])),
        ("/data/Clients/clients/0/courses/0/prices", json!([null])),
        ("/data/Clients/clients/0/courses/0/prices", json!(null)),
        ("/data/Clients/clients/0/courses/0/inPersonEventInfo", json!({"subtitle": 0})),
        ("/data/Clients/clients/0/learningPaths/0/customFields", json!(null)), // accepted: any value
        ("/data/Clients/clients/0/learningPaths/0/status", json!(null)),
        ("/data/Clients/clients/0/courseTagIds", json!([null])),
    ];
    for (pointer, broken) in cases {
        let mut value = fixture("documented.json");
        *value.pointer_mut(pointer).unwrap() = broken.clone();
        let is_fine = pointer.ends_with("customFields");
        assert_eq!(validator.is_valid(&value), is_fine, "the schema, {pointer} = {broken}");
        let from_value = serde_json::from_value::<ClientsResponse>(value.clone());
        assert_eq!(from_value.is_ok(), is_fine, "{pointer} = {broken}");
        let from_text = serde_json::from_str::<ClientsResponse>(&value.to_string());
        assert_eq!(from_text.is_ok(), is_fine, "{pointer} = {broken}");
        if let Err(error) = from_text {
            assert!(error.to_string().starts_with(pointer), "{pointer}: {error}");
            assert!(error.line() > 0, "{pointer}: {error}");
        }
    }
}

#[test]
fn a_member_never_null_may_be_missing_but_not_null() {
    let validator = validator(&clients::schema());
    for name in ["disabled", "panorama", "slug", "clientAdminAllocatableLearningPaths"] {
        let mut value = fixture("minimal.json");
        assert!(validator.is_valid(&value));
        value["data"]["Clients"]["clients"][0][name] = Value::Null;
        assert!(!validator.is_valid(&value), "{name}");
        assert!(serde_json::from_value::<ClientsResponse>(value).is_err(), "{name}");
    }
}

/// Without any one of its required members, an object is refused; without all others, it is not.
#[test]
fn exactly_the_required_members_are_required() {
    for (whole, twin) in all() {
        let document = whole.document();
        let least = conforming(&document, &document, &mut Choices(&[]), 0);
        (whole.round_trip)(&least).unwrap_or_else(|error| panic!("{}: {error}", whole.name));
        (twin.round_trip)(&json!({})).unwrap();
        let required = document["$defs"][whole.name]["required"].as_array().cloned().unwrap_or_default();
        assert_eq!(least.as_object().unwrap().len(), required.len(), "{}", whole.name);
        for name in required {
            let name = name.as_str().unwrap();
            let mut less = least.clone();
            less.as_object_mut().unwrap().remove(name);
            let error = (whole.round_trip)(&less).unwrap_err();
            assert_eq!(error, format!("missing field `{name}`"), "{}", whole.name);
            assert!((twin.round_trip)(&less).is_ok(), "{}", twin.name);
        }
    }
}

#[test]
fn errors_name_locations_and_types_and_no_values() {
    let message = |text: &str| serde_json::from_str::<ClientsResponse>(text).unwrap_err().to_string();
    let with = |client: &str| {
        let page = r#"{"perPage":0,"currentPage":0,"total":0,"hasMore":true}"#;
        message(&format!("{{\"data\":{{\"Clients\":{{\"pageInfo\":{page},\n\"clients\":[{client}]}}}}}}"))
    };
    assert_eq!(
        with(r#"{"id":"hunter2"}"#),
        "/data/Clients/clients/0/id: expected a UUID, found another string at line 2 column 26"
    );
    assert_eq!(
        with(r#"{"enableBranding":"hunter2"}"#),
        "/data/Clients/clients/0/enableBranding: expected a boolean, found a string at line 2 column 38"
    );
    assert_eq!(
        with(r#"{"sku":31337}"#),
        "/data/Clients/clients/0/sku: expected a string, found a number at line 2 column 23"
    );
    assert_eq!(
        with(r#"{"id":null}"#),
        "/data/Clients/clients/0/id: expected a UUID, found null at line 2 column 21"
    );
    assert!(with("{}").starts_with("/data/Clients/clients/0: missing field `id` at line 2"));
    assert!(with(r#"{"pendingJobs":[null,{"status":"lost"}]}"#).starts_with(
        "/data/Clients/clients/0/pendingJobs/1/status: \
         expected one of complete, failed, processing, queued, found lost at line 2"
    ));
    assert!(with(r#"{"pendingJobs":[{"status":"lost and found"}]}"#).contains("found another string"));
    assert!(
        with(r#"{"seatsLimit":1.5}"#)
            .contains("expected an integer of 32 bits, found a number with a fraction")
    );
    assert!(with(r#"{"seatsLimit":3e9}"#).contains("found a number out of range"));
    assert!(with(r#"{"sso":[]}"#).contains("/sso: expected an object, found an array"));
    assert!(with(r#"{"tags":{}}"#).contains("/tags: expected an array, found an object"));
    assert_eq!(message("3"), "expected an object, found a number at line 1 column 1");
}

/// Debug builds have large stack frames; threads of tests have 2 MiB.
#[test]
fn deep_payloads_fit_a_small_stack() {
    let client = |inner: &str| {
        format!(
            r#"{{"data":{{"Clients":{{"pageInfo":{{"perPage":0,"currentPage":0,"total":0,"hasMore":true}},"clients":[{{"id":"{NIL}","name":"A","licenses":[{inner}]}}]}}}}}}"#
        )
    };
    let chains = [
        ("", r#"{"parentLicense":"#, "}", "", 119),
        ("", r#"{"childLicenses":["#, "]}", "", 59),
        ("", r#"{"client":{"primaryLicense":"#, "}}", "", 59),
        ("", r#"{"learningPaths":[{"client":{"primaryLicense":"#, "}}]}", "", 29),
        (r#"{"courses":["#, r#"{"prerequisiteCourses":["#, "]}", "]}", 58),
        (r#"{"courses":["#, r#"{"courseGroup":{"displayCourse":"#, "}}", "]}", 58),
    ];
    let payloads = chains.map(|(before, opening, closing, after, times)| {
        let (openings, closings) = (opening.repeat(times), closing.repeat(times));
        client(&format!("{before}{openings}{{}}{closings}{after}"))
    });
    let work = move || {
        for text in payloads {
            let response: ClientsResponse = serde_json::from_str(&text).unwrap();
            let copy = response.clone();
            assert_eq!(serde_json::to_string(&copy).unwrap().len(), text.len());
            let value: Value = serde_json::from_str(&text).unwrap();
            assert_eq!(serde_json::from_value::<ClientsResponse>(value).unwrap(), response);
        }
    };
    thread::Builder::new().stack_size(2 << 20).spawn(work).unwrap().join().unwrap();
}

#[test]
fn objects_declare_their_members() {
    let occurrence = |name: &str| {
        Course::MEMBERS.iter().find(|member| member.name == name).map(|member| member.occurrence)
    };
    assert_eq!(Course::NAME, "Course");
    assert_eq!(occurrence("slug"), Some(Occurrence::Always));
    assert_eq!(occurrence("sampleLesson"), Some(Occurrence::Nullable));
    assert_eq!(occurrence("sample_lesson"), None);
    assert!(PartialCourse::MEMBERS.iter().all(|member| member.occurrence != Occurrence::Always));
    assert_eq!(ContentStatus::ALL.len(), 7);
    assert_eq!("loginRestriction".parse::<ContentStatus>().unwrap(), ContentStatus::LoginRestriction);
    assert_eq!(ContentStatus::LoginRestriction.to_string(), "loginRestriction");
    assert!("LoginRestriction".parse::<ContentStatus>().is_err());
}

#[test]
fn types_cross_threads() {
    fn crosses<T: Send + Sync + 'static>() {}
    crosses::<(ClientsResponse, PartialCourse, Uuid, DateTime, Int, ContentStatus)>();
}

/// Every object and twin, with its compiled schema.
fn judged() -> Vec<(Entry, Value, jsonschema::Validator)> {
    let entries = all().into_iter().flat_map(|(whole, twin)| [whole, twin]);
    entries
        .map(|entry| {
            let document = entry.document();
            let validator = validator(&document);
            (entry, document, validator)
        })
        .collect()
}

/// Replaces one value somewhere inside, chosen like everything else.
fn break_somewhere(value: &mut Value, choices: &mut Choices<'_>) {
    let stop = choices.below(3) == 1;
    match value {
        Value::Object(members) if !members.is_empty() && !stop => {
            let at = choices.below(members.len());
            let name = members.keys().nth(at).unwrap().clone();
            if choices.below(8) == 1 {
                members.remove(&name);
            } else {
                break_somewhere(&mut members[&name], choices);
            }
        }
        Value::Array(items) if !items.is_empty() && !stop => {
            let at = choices.below(items.len());
            break_somewhere(&mut items[at], choices);
        }
        other => *other = anything(choices),
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(512))]

    /// What the schema accepts, the types read, and write again as it was.
    #[test]
    fn what_conforms_survives(bytes in prop::collection::vec(any::<u8>(), 0..600)) {
        thread_local!(static JUDGED: Vec<(Entry, Value, jsonschema::Validator)> = judged());
        JUDGED.with(|judged| {
            let mut choices = Choices(&bytes);
            let (entry, document, validator) = &judged[choices.below(judged.len())];
            let value = conforming(document, document, &mut choices, 0);
            prop_assert!(validator.is_valid(&value), "{}: {value}", entry.name);
            let written = (entry.round_trip)(&value);
            prop_assert!(written.as_ref().is_ok_and(|written| same(written, &value)), "{}: {value} {written:?}", entry.name);
            let text = (entry.round_trip_text)(&value.to_string()).unwrap();
            prop_assert_eq!(&serde_json::from_str::<Value>(&text).unwrap(), &written.unwrap());
            Ok(())
        })?;
    }

    /// The types accept exactly what the schema accepts.
    #[test]
    fn types_and_schema_agree(bytes in prop::collection::vec(any::<u8>(), 0..600), change in prop::collection::vec(any::<u8>(), 0..20)) {
        thread_local!(static JUDGED: Vec<(Entry, Value, jsonschema::Validator)> = judged());
        JUDGED.with(|judged| {
            let mut choices = Choices(&bytes);
            let (entry, document, validator) = &judged[choices.below(judged.len())];
            let mut value = conforming(document, document, &mut choices, 0);
            break_somewhere(&mut value, &mut Choices(&change));
            let read = (entry.round_trip)(&value);
            prop_assert_eq!(read.is_ok(), validator.is_valid(&value), "{}: {} {:?}", entry.name, value, read);
            prop_assert_eq!((entry.round_trip_text)(&value.to_string()).is_ok(), read.is_ok());
            Ok(())
        })?;
    }
}
