//! Only `schema/` writes the names of keywords of JSON Schema.
//!
//! What counts is a string literal that is the name of a keyword, or has it as a step between slashes. A
//! keyword in a sentence, or in the text of an example, is prose.

use std::collections::BTreeSet;

use proc_macro2::{TokenStream, TokenTree};

use super::tokens::{self, is_ident};
use super::{files, source};

/// Literals that are no keywords where they are: file or folder, literals, what they are.
const OTHER_MEANINGS: &[(&str, &[&str], &str)] = &[
    (
        "contract/clients",
        &["/*/id", "description", "id", "required", "title", "type"],
        "members of the objects of the API",
    ),
    ("bin/clients-contract/commands/completions.rs", &["id"], "a value of the shell completion"),
    ("bin/clients-contract/commands/generate/violations.rs", &["items"], "an argument"),
    ("bin/clients-contract/commands/invocation.rs", &["format"], "a flag"),
    ("bin/clients-contract/flags.rs", &["items"], "a setting"),
    ("bin/clients-contract/settings.rs", &["$schema"], "a key of a settings file"),
    ("contract/builder.rs", &["items"], "a setting, and a noun"),
    ("contract/paging.rs", &["id"], "the usual property that identifies an item"),
    ("export/html.rs", &["nullable", "example"], "a mark and a heading of the page"),
    ("finding/baseline.rs", &["$schema", "const"], "a key of a baseline, and an attribute of its schema"),
    ("diff/rules.rs", &["deprecated"], "the ID of a rule"),
    ("finding/suppressed.rs", &["id"], "a member of a report"),
    ("payload/captures/mappings.rs", &["id"], "a member of a WireMock mapping"),
    ("payload/captures/postman_request.rs", &["id"], "a member of a Postman collection"),
    (
        "payload/captures/shapes.rs",
        &[
            "default",
            "interactions/*/description",
            "items/*/request/method",
            "items/*/request/url",
            "items/*/type",
            "values/*/type",
        ],
        "members of captures",
    ),
    (
        "redact/captures",
        &["contains", "default", "description", "id", "title", "type", "xml"],
        "members of captures and media types",
    ),
    ("redact/leaks/shapes.rs", &["example"], "a domain that is reserved for examples"),
    ("redact/addresses.rs", &["xml"], "the ending of a file name"),
    ("redact/names.rs", &["id", "title"], "the last word of a name"),
    ("report/junit.rs", &["properties", "type"], "elements and attributes of JUnit XML"),
    ("serve/proxy/problem.rs", &["title", "type"], "members of problem details"),
    ("report/sarif.rs", &["$schema"], "a member of a SARIF log"),
];

/// The names that the table of keywords declares.
fn keywords() -> BTreeSet<String> {
    let code: Vec<TokenTree> = tokens::of(&source().join("schema/keywords.rs")).into_iter().collect();
    let is_table =
        |at: usize| is_ident(code.get(at), "keywords") && !is_ident(code.get(at - 2), "macro_rules");
    let table = (2..code.len()).find(|at| is_table(*at)).unwrap();
    tokens::strings(TokenStream::from(code[table + 2].clone())).into_iter().collect()
}

fn names_keyword(literal: &str, keywords: &BTreeSet<String>) -> bool {
    keywords.contains(literal)
        || literal.contains('/') && literal.split('/').any(|step| keywords.contains(step))
}

/// Whether a file is, or is below, one of these.
fn is_within(file: &str, place: &str) -> bool {
    file.strip_prefix(place).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
}

#[test]
fn keywords_are_named_in_schema_only() {
    let keywords = keywords();
    let mut allowed: BTreeSet<(&str, &str)> =
        OTHER_MEANINGS.iter().flat_map(|(place, all, _)| all.iter().map(|one| (*place, *one))).collect();
    let mut wrong = Vec::new();
    for file in files(&source()) {
        let inside = file.strip_prefix(source()).unwrap().to_str().unwrap().replace('\\', "/");
        if is_within(&inside, "schema") || inside.ends_with("/tests.rs") {
            continue;
        }
        let strings = tokens::strings(tokens::of(&file));
        for literal in strings.into_iter().filter(|literal| names_keyword(literal, &keywords)) {
            let is_listed =
                |(place, all): (&str, &[&str])| is_within(&inside, place) && all.contains(&&*literal);
            if let Some((place, ..)) = OTHER_MEANINGS.iter().find(|(place, all, _)| is_listed((place, all))) {
                allowed.retain(|one| *one != (*place, &*literal));
            } else {
                wrong.push(format!("{inside}: {literal:?}"));
            }
        }
    }
    assert!(wrong.is_empty(), "use `schema::keywords::names`:\n{}", wrong.join("\n"));
    assert!(allowed.is_empty(), "not there any more: {allowed:?}");
}

#[test]
fn the_house_test_sees_keywords() {
    let keywords = keywords();
    assert!(keywords.len() > 60, "{keywords:?}");
    let finds = |code: &str| {
        let strings = tokens::strings(tokens::read(code));
        strings.iter().filter(|literal| names_keyword(literal, &keywords)).count()
    };
    assert_eq!(finds(r#"f("anyOf"); json!({"$ref": "type"});"#), 3);
    assert_eq!(finds(r##"format!("{at}/properties/{name}"); g(r#"#/$defs/x"#);"##), 2);
    assert_eq!(finds(r#"f("lost an `anyOf` branch"); g("types"); h("text/plain");"#), 0);
}
