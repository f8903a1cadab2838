//! The search for leaks in what was written.

use std::collections::BTreeSet;
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

/// Values with few possible replacements, so that one's is another one.
fn ordinary() -> Vec<(&'static str, Vec<String>)> {
    let words = ["вера", "курс", "задача", "ответ", "школа", "пётр", "женя", "зоя", "рита", "боря"];
    let names = ["なつみ", "はるか", "ひなた", "さくら", "かえで", "のぞみ", "すみれ", "こころ"];
    let sentence = |words: &[&str], number: usize| {
        let word = |step: usize| words[(number * 7 + step * step) % words.len()];
        (0..12).map(word).collect::<Vec<_>>().join(" ")
    };
    vec![
        ("ratings", (0..10).map(|number| format!("★★★★☆ {number}")).collect()),
        ("symbols", ('A'..='Z').map(|letter| format!("🎉 {letter}")).collect()),
        (
            "versions",
            (0..1_000)
                .map(|number| format!("v{}.{}.{}-a", number / 100, number / 10 % 10, number % 10))
                .collect(),
        ),
        ("times", (0..1_440).map(|number| format!("{:02}:{:02}:00", number / 60, number % 60)).collect()),
        (
            "numbers",
            (0..4_000).map(|number| format!("Kunde {} hat bestellt", 10_000_000 + number * 7)).collect(),
        ),
        ("same numbers", (0..4_000).map(|number| (10_000_000 + number * 7).to_string()).collect()),
        ("invoices", (0..3_000).map(|number| format!("2026/{number:05}")).collect()),
        (
            "prices",
            (0..2_000).map(|number| format!("{},{:03}.50", number / 1_000 + 1, number % 1_000)).collect(),
        ),
        ("days", (1..29).map(|day| format!("Webinar of 2012-01-{day:02} (live)")).collect()),
        ("networks", (0..256).map(|number| format!("192.0.2.{number}")).collect()),
        ("telephones", (0..100).map(|number| format!("+1 415 555 01{number:02}")).collect()),
        (
            "Russian",
            (0..300).flat_map(|number| [words[number % 10].to_owned(), sentence(&words, number)]).collect(),
        ),
        (
            "Japanese",
            (0..300).flat_map(|number| [names[number % 8].to_owned(), sentence(&names, number)]).collect(),
        ),
        (
            "hosts",
            ["example.com", "https://acme.com/x", "ann@example.com", "Example.com"].map(str::to_owned).into(),
        ),
    ]
}

#[test]
fn values_that_meet_by_chance_are_no_leaks() {
    for (what, values) in ordinary() {
        let lines: String = values
            .iter()
            .map(|value| json!({"title": value, "text": json!({"a": value}).to_string()}).to_string() + "\n")
            .collect();
        for number in 0..3 {
            let mut redactor = clients(format!("{number}, a key for {what}").as_bytes());
            let mut out = Vec::new();
            for line in lines.lines() {
                redactor.body(line.as_bytes(), &mut out).unwrap();
                out.push(b'\n');
            }
            let text = String::from_utf8(out).unwrap();
            assert_eq!(rules(&redactor, &text), <[&str; 0]>::default(), "{what}");
            // Left where nothing was written for a value, they are.
            let left = rules(&redactor, &lines);
            assert!(
                left.len() >= (values.iter().collect::<BTreeSet<_>>().len() / 3).min(100)
                    || ["ratings", "symbols", "versions", "hosts"].contains(&what),
                "{what}: {}",
                left.len()
            );
        }
    }
}

#[test]
fn a_long_value_inside_of_a_replacement_is_a_leak() {
    let mut redactor = replaced("The Fernhill Institute of Technology");
    redactor.body(br#"{"a": "Something about an institute"}"#, &mut Vec::new()).unwrap();
    redactor.written_mut().wrote("xxxx the fernhill institute of technology xx");
    let text = r#""xxxx the fernhill institute of technology xx""#;
    assert_eq!(rules(&redactor, text), [ORIGINAL]);
}

/// What is told apart by its shape has another one afterwards.
#[test]
fn what_was_redacted_has_no_shape_of_a_leak() {
    let certificate = "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAG".repeat(3);
    let token = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxMjM0NTY3ODkwIn0.dozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8UdozjgNryP4J3jVmNHl0w5N_XgL0n3I9PlFUP0THsR8U";
    for value in [
        "call +49 30 1234567 now",
        "(415) 867-5309 or 415-867-5309",
        "host 10.1.2.3:8080, v10.20.30.40 and 1.2.3.4",
        "from 2a00:1450:4001:80b::200e",
        "a=ann@acme.io;b=<bob@acme.io>,c@d@acme.io",
        token,
        &certificate,
        &format!("-----BEGIN CERTIFICATE-----\n{certificate}\n-----END CERTIFICATE-----"),
        &format!("https://acme.io/saml?SAMLResponse={certificate}"),
        &format!("data:image/png;base64,{certificate}"),
        "Authorization: Bearer abc123def456",
    ] {
        assert!(LeakSearch::default().run(json!(value).to_string().as_bytes()).unwrap().count > 0, "{value}");
        for (number, name) in ["name", "slug", "unknown", "contactEmail"].into_iter().enumerate() {
            let mut redactor = clients(format!("{number}, the key of a test").as_bytes());
            let mut out = Vec::new();
            let body = json!({"data": {"Clients": {"clients": [{name: value, "other": {value: [value]}}]}}});
            redactor.body(body.to_string().as_bytes(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert_eq!(LeakSearch::default().run(text.as_bytes()).unwrap().count, 0, "{text}");
        }
    }
}
