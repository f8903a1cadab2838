//! What is seen of each field while a payload is validated is what a parser sees.

use std::collections::BTreeMap;
use std::io::Read;

use clients_contract::drift::{Documents, Profile, Watch};
use clients_contract::{Origin, Payload, Schema, Validator};
use proptest::prelude::*;
use serde_json::{Value, json};

use super::profile_of;

/// Values with keys that need escapes, deep ones, and all types.
fn values() -> impl Strategy<Value = Value> {
    let leaf = prop_oneof![
        Just(Value::Null),
        any::<bool>().prop_map(Value::from),
        any::<i64>().prop_map(Value::from),
        (-1e6..1e6).prop_map(Value::from),
        "[a-c\"\\\\\u{e9}\u{1f600}\n]{0,6}".prop_map(Value::from),
    ];
    leaf.prop_recursive(5, 60, 6, |inner| {
        let key = "(known|other|[a-b\"\\\\é]{0,2})";
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..5).prop_map(Value::from),
            prop::collection::btree_map(key, inner, 0..6).prop_map(|map| json!(map)),
        ]
    })
}

/// The same counts by walking over a tree: path, then type, then how often.
fn counted(path: &str, value: &Value, into: &mut BTreeMap<String, BTreeMap<&'static str, u64>>) {
    let kind = match value {
        Value::Null => "null",
        Value::Bool(_) => "boolean",
        Value::Number(number) if number.as_f64().is_some_and(|number| number.fract() == 0.0) => "integer",
        Value::Number(_) => "fraction",
        Value::String(_) => "string",
        Value::Array(_) => "array",
        Value::Object(_) => "object",
    };
    *into.entry(path.to_owned()).or_default().entry(kind).or_default() += 1;
    match value {
        Value::Array(items) => items.iter().for_each(|item| counted(&format!("{path}/*"), item, into)),
        Value::Object(members) => {
            members.iter().for_each(|(key, value)| counted(&format!("{path}/{key:?}"), value, into));
        }
        _ => {}
    }
}

fn flattened(
    path: &str,
    field: &clients_contract::drift::Field,
    into: &mut BTreeMap<String, BTreeMap<&'static str, u64>>,
) {
    let counts = [
        ("null", field.null),
        ("boolean", field.boolean),
        ("integer", field.integer),
        ("fraction", field.fraction),
        ("string", field.string),
        ("array", field.array),
        ("object", field.object),
    ];
    let there: BTreeMap<_, _> = counts.into_iter().filter(|(_, count)| *count > 0).collect();
    if !there.is_empty() {
        into.insert(path.to_owned(), there);
    }
    for (name, below) in &field.properties {
        flattened(&format!("{path}/{name:?}"), below, into);
    }
    if let Some(items) = &field.items {
        flattened(&format!("{path}/*"), items, into);
    }
}

fn schema() -> Schema {
    Schema::from_value(json!({"properties": {"known": {"enum": ["a", "b", null]}, "known2": {"items": {}}}}))
}

/// A reader that gives few bytes at a time.
struct Drops<'b>(&'b [u8], usize);

impl Read for Drops<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> std::io::Result<usize> {
        let some = self.1.min(buffer.len());
        (&mut self.0).take(some as u64).read(buffer)
    }
}

/// The profile of a body that is judged while it is read.
fn streamed(body: &str, step: usize) -> Profile {
    let schema = schema();
    let validator = Validator::new(&schema).unwrap();
    let documents = Documents::new(&schema, validator.promises()).unwrap();
    let watch = Watch::new(Some(&documents), "test");
    let location = Payload::new(Origin::file("a"), Vec::new());
    watch.validate_reader(&validator, &location, Drops(body.as_bytes(), step)).unwrap();
    watch.finish()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(300))]

    #[test]
    fn a_walk_sees_what_a_parser_sees(bodies in prop::collection::vec(values(), 1..6), pretty: bool) {
        let mut expected = BTreeMap::new();
        for body in &bodies {
            counted("", body, &mut expected);
        }
        let texts: Vec<String> =
            bodies.iter().map(|body| if pretty { format!("{body:#}") } else { body.to_string() }).collect();
        let profile = profile_of(&schema(), &texts);
        let mut real = BTreeMap::new();
        flattened("", &profile.root, &mut real);
        prop_assert_eq!(real, expected);
        prop_assert_eq!(profile.observed, bodies.len() as u64);
    }

    #[test]
    fn a_body_in_drops_is_the_same_body(body in values(), step in 1_usize..40, pretty: bool) {
        let text = if pretty { format!("{body:#}") } else { body.to_string() };
        let whole = profile_of(&schema(), &[&text]);
        prop_assert!(streamed(&text, step) == whole);
        prop_assert!(streamed(&format!("\u{feff}{text}"), step) == whole, "behind a byte order mark");
    }

    #[test]
    fn a_body_that_is_cut_adds_nothing(body in values(), cut: prop::sample::Index) {
        let text = json!({"known": body}).to_string();
        let mut end = cut.index(text.len());
        while !text.is_char_boundary(end) {
            end -= 1;
        }
        prop_assert_eq!(streamed(&text[..end], 7).observed, 0);
        prop_assert_eq!(profile_of(&schema(), &[&text[..end]]).observed, 0);
    }
}

#[test]
fn long_strings_keys_and_numbers_are_the_same_in_drops() {
    let long = "é\\u00e9\\\"".repeat(2_000);
    for body in [
        format!("{{\"known\": \"{long}\", \"x\": [1, 2]}}"),
        format!("{{\"{long}\": 1, \"x\": {{\"{long}\" : [true]}}}}"),
        format!("[\"{}\", \"{}\"]", "a".repeat(4_096), "a".repeat(4_097)),
        format!("[{}1, -0.0, 1e400, 1E2]", "1".repeat(5_000)),
        "\"x\\\\\"".to_owned(),
    ] {
        let whole = profile_of(&schema(), &[&body]);
        assert_eq!(whole.observed, 1);
        for step in [1, 2, 3, 1_000, 4_096, 4_097, 100_000] {
            assert!(streamed(&body, step) == whole, "{step}: {body:.40}");
        }
    }
}

#[test]
fn rates_are_what_they_are() {
    let schema = Schema::from_value(json!({"properties": {
        "kind": {"enum": ["a", "b"]}, "name": {"type": ["string", "null"]}, "list": {"items": {"type": "integer"}},
    }}));
    let bodies: Vec<String> = (0..100)
        .map(|n| match n % 4 {
            0 => json!({"kind": "a", "name": null, "list": [n, n + 1], "when": "2026-01-02"}),
            1 => json!({"kind": "b", "name": format!("é{n}"), "list": []}),
            2 => json!({"kind": "new-one", "name": ""}),
            _ => json!({"kind": "free text", "name": 1.5, "id": "6489cdd7-e036-4b30-9f02-0fea45897f6b"}),
        })
        .map(|body| body.to_string())
        .collect();
    let root = profile_of(&schema, &bodies).root;
    let [kind, name, list] = ["kind", "name", "list"].map(|name| &root.properties[name]);
    let members: Vec<_> = kind.members.iter().map(|(name, times)| (name.as_str(), times.count)).collect();
    assert_eq!(
        (members, kind.new_members["new-one"].count, kind.other_members),
        (vec![("a", 25), ("b", 25)], 25, 25)
    );
    assert_eq!((name.seen, name.null, name.string, name.fraction), (100, 25, 50, 25));
    assert_eq!(name.types(), ["number", "string", "null"]);
    assert_eq!(name.distinct(), (27, true), "25 names, an empty one, and a number");
    let span = |span: Option<clients_contract::drift::Span>| span.map(|span| (span.least, span.most));
    assert_eq!((span(name.length), span(name.numbers)), (Some((0, 3)), Some((1, 2))));
    assert_eq!((list.seen, span(list.counts)), (50, Some((0, 2))));
    let items = list.items.as_ref().unwrap();
    assert_eq!((items.integer, span(items.numbers)), (50, Some((0, 128))));
    assert_eq!((root.payloads_with_object, list.payloads_full, name.payloads_with_null), (100, 50, 25));
    assert_eq!(root.properties["when"].formats["date"], 25);
    assert_eq!(root.properties["id"].formats["uuid"], 25);
    assert!(root.properties["kind"].formats.is_empty(), "of what the contract describes no format is sought");
}

#[test]
fn what_is_no_answer_is_not_observed_and_the_last_of_two_keys_counts() {
    let contract = clients_contract::Contract::clients();
    let documents = Documents::new(contract.schema(), contract.validator().promises()).unwrap();
    let watch = Watch::new(Some(&documents), "test");
    let page = |name: &str| format!("{{\"data\": {{\"Clients\": {{\"clients\": [{name}]}}}}}}");
    let see = |payload: Payload| watch.validate_payload(contract.validator(), &payload);
    let payload = |body: &str| Payload::new(Origin::file("a"), body.as_bytes().to_vec());
    see(payload(r#"{"errors": [{"message": "no"}]}"#));
    see(payload(&page("{}")).with_status(500));
    see(payload("{\"data\": "));
    see(payload(&page(r#"{"name": 1, "name": "a", "...": "..."}"#)));
    let profile = watch.finish();
    assert_eq!(profile.observed, 1);
    let clients = &profile.root.properties["data"].properties["Clients"].properties["clients"];
    let client = clients.items.as_ref().unwrap();
    assert_eq!((client.properties["name"].integer, client.properties["name"].string), (0, 1));
    assert!(!client.properties.contains_key("..."), "the mark of an omission is no property");
    assert!(!profile.root.properties.contains_key("errors"));
}

#[test]
fn secrets_leave_no_trace_but_their_type() {
    let contract = clients_contract::Contract::clients();
    let documents = Documents::new(contract.schema(), contract.validator().promises()).unwrap();
    let watch = Watch::new(Some(&documents), "test");
    let bodies = |secret: &str| {
        let client =
            json!({"id": "x", "secretKey": secret, "sso": {"open_id_client_secret": {"deep": secret}}});
        json!({"data": {"Clients": {"clients": [client]}}}).to_string()
    };
    for secret in ["sk-1", "sk-22"] {
        let payload = Payload::new(Origin::file("a"), bodies(secret).into_bytes());
        watch.validate_payload(contract.validator(), &payload);
    }
    let profile = watch.finish();
    let clients = &profile.root.properties["data"].properties["Clients"].properties["clients"];
    let client = clients.items.as_ref().unwrap();
    let deep = &client.properties["sso"].properties["open_id_client_secret"].properties["deep"];
    for secret in [&client.properties["secretKey"], deep] {
        assert_eq!((secret.string, secret.distinct(), secret.length.is_none()), (2, (0, true), true));
        assert!(secret.formats.is_empty());
    }
    assert!(client.properties["id"].distinct() == (1, true));
}
