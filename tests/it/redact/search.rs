//! The search for leaks in what was written.

use std::num::NonZeroUsize;

use clients_contract::redact::{LeakSearch, ORIGINAL, Redactor};
use serde_json::json;

use super::{KEY, clients};
use crate::came::base64;

/// A redactor that replaced a value.
fn replaced(value: &str) -> Redactor {
    let mut redactor = clients(KEY);
    let body = json!({"data": {"Clients": {"clients": [{"name": value}]}}}).to_string();
    redactor.body(body.as_bytes(), &mut Vec::new()).unwrap();
    redactor
}

fn rules(redactor: &Redactor, text: &str) -> Vec<&'static str> {
    let leaks = LeakSearch::default().written(redactor.written()).run(text.as_bytes()).unwrap();
    leaks.listed.iter().map(|leak| leak.rule).collect()
}

#[test]
fn a_replaced_value_is_found_in_every_spelling() {
    let value = "Zürich \"North\" Academy";
    let redactor = replaced(value);
    let escaped: String =
        value.chars().map(|letter| format!("\\u{:04x}", letter as u32)).collect::<Vec<_>>().concat();
    let percent: String = value.bytes().map(|byte| format!("%{byte:02X}")).collect::<Vec<_>>().concat();
    let json = json!(value).to_string();
    let twice = json!(json!({"a": value}).to_string()).to_string();
    for text in [
        json.clone(),
        format!("{{\"a\": {{\"b\": [1, {json}]}}}}"),
        twice,
        format!("\"see {escaped}.\""),
        format!("\"/a/{percent}?b\""),
        format!("\"{}\"", percent.replace('%', "%25")),
        format!("\"{}\"", base64(format!("Basic {value}").as_bytes())),
        format!("\"{}\"", base64(json!({"a": value}).to_string().as_bytes())),
        json.to_lowercase(),
        json.to_uppercase().replace('Ü', "ü"),
        format!("plain text: {value}, and more"),
        format!("{{\"{}\": 1}}", value.replace('"', "\\\"")),
    ] {
        assert_eq!(rules(&redactor, &text), [ORIGINAL], "{text}");
    }
    for text in ["\"Zürich \\\"North\\\" Academ\"", "\"Academy\"", "{}"] {
        assert_eq!(rules(&redactor, text), <[&str; 0]>::default(), "{text}");
    }
    let search = LeakSearch::default().allow([ORIGINAL]).written(redactor.written());
    assert_eq!(search.run(json.as_bytes()).unwrap().count, 0);
}

#[test]
fn what_was_written_has_no_leaks() {
    let value =
        "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    let mut redactor = clients(KEY);
    let body = json!({"data": {"Clients": {"clients": [{
        "name": value, "slug": "ann@acme.io", "unknown": {"ip": "10.1.2.3", "mail": "Ann Lee <ann@acme.io>, +49 30 1234567"}
    }]}}});
    let mut out = Vec::new();
    redactor.body(body.to_string().as_bytes(), &mut out).unwrap();
    let text = String::from_utf8(out).unwrap();
    assert_eq!(rules(&redactor, &text), <[&str; 0]>::default(), "{text}");
    assert_eq!(LeakSearch::default().run(body.to_string().as_bytes()).unwrap().count, 4);
}

#[test]
fn leaks_are_located_by_line_whatever_the_number_of_threads() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("a.ndjson");
    let (mut text, mut cuts) = (String::new(), Vec::new());
    for line in 1..=60_000 {
        let leaks = matches!(line, 7 | 30_000 | 59_999);
        let name = if leaks {
            format!("bob{line}@acme.io")
        } else {
            format!("a name with a number: {line}, {line}, {line}")
        };
        text.push_str(&json!({"name": name, "text": "a\\\"b\nc", "count": line}).to_string());
        text.push('\n');
        cuts.push(text.len() as u64);
    }
    std::fs::write(&path, &text).unwrap();
    for jobs in [1, 2, 5] {
        let leaks = LeakSearch::default().run_file(&path, &cuts, NonZeroUsize::new(jobs).unwrap()).unwrap();
        let lines: Vec<u64> = leaks.listed.iter().map(|leak| leak.line).collect();
        assert_eq!((leaks.count, &lines[..]), (3, &[7, 30_000, 59_999][..]), "{jobs}");
        let at = usize::try_from(leaks.listed[1].offset).unwrap();
        assert!(text[at..].starts_with("\"bob30000@"), "{jobs}");
    }
}

#[test]
fn leaks_are_counted_beyond_those_that_are_listed() {
    let text: String =
        (0..1_000).map(|number| format!("\"a{number}@acme.io\"\n")).collect::<Vec<_>>().concat();
    let leaks = LeakSearch::default().run(text.as_bytes()).unwrap();
    assert_eq!((leaks.count, leaks.listed.len()), (1_000, 100));
}
