//! Pages: what is on them, that hostile text stays text, their size, and that they are the same every time.

mod drift;
mod history;
mod hostile;
mod markup;

use std::fs;
use std::path::Path;
use std::process::{Command, Output};

use markup::Page;

/// Runs the tool in a directory.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.args(arguments).current_dir(folder).env_remove("CLIENTS_CONTRACT_FORMAT").output().unwrap()
}

/// What it prints.
fn printed(folder: &Path, arguments: &[&str]) -> String {
    let output = run(folder, arguments);
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(!text.is_empty(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
    text
}

fn here() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

/// The page without its style and script, which are the same on all.
fn golden(page: &str) -> String {
    let mut text = page.to_owned();
    for (start, end) in [("<style>", "</style>"), ("<script>", "</script>"), ("style-src", "; base-uri")] {
        let from = text.find(start).unwrap() + start.len();
        let to = from + text[from..].find(end).unwrap();
        text.replace_range(from..to, "…");
    }
    text
}

/// Keeps a page for the browser, where the environment says where.
fn keep(name: &str, page: &str) {
    if let Some(folder) = std::env::var_os("HTML_PAGES") {
        fs::write(Path::new(&folder).join(format!("{name}.html")), page).unwrap();
    }
}

/// Commands that print pages.
const PAGES: &[(&str, &[&str])] = &[
    (
        "validate",
        &[
            "validate",
            "-f",
            "html",
            "fixtures/invalid/null-value/license-id.json",
            "fixtures/invalid/duplicate-key/slug.json",
            "fixtures/field/all-answers-failed/c33-204.http",
            "not-there.json",
        ],
    ),
    (
        "drift",
        &[
            "drift",
            "-f",
            "html",
            "--schema",
            "fixtures/schemas/seats.schema.json",
            "--min-sample",
            "1",
            "fixtures/html/seats.ndjson",
        ],
    ),
    (
        "diff",
        &[
            "diff",
            "-f",
            "html",
            "fixtures/diff/response-property-enum-value-added/old.json",
            "fixtures/diff/response-property-enum-value-added/new.json",
        ],
    ),
    (
        "mutate",
        &[
            "mutate",
            "-f",
            "html",
            "--schema",
            "fixtures/schemas/seats.schema.json",
            "fixtures/html/seats.ndjson",
        ],
    ),
    ("export", &["export", "html", "--schema", "fixtures/schemas/seats.schema.json"]),
];

#[test]
fn every_page_has_a_golden_file() {
    for (name, arguments) in PAGES {
        let page = printed(here(), arguments);
        Page::read(&page);
        keep(&format!("golden-{name}"), &page);
        insta::assert_snapshot!(format!("html_{name}"), golden(&page));
    }
}

#[test]
fn pages_are_the_same_every_time_and_in_a_file() {
    for (name, arguments) in PAGES {
        let page = printed(here(), arguments);
        assert_eq!(printed(here(), arguments), page, "{name}");
    }
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.html");
    let report = format!("html={}", file.display());
    let (_, arguments) = PAGES[0];
    let mut others = arguments.to_vec();
    others.splice(1..3, ["-f", "json", "--report", &report]);
    run(here(), &others);
    assert_eq!(fs::read_to_string(&file).unwrap(), printed(here(), arguments));
}

#[test]
fn every_command_with_findings_writes_pages() {
    let folder = tempfile::tempdir().unwrap();
    for (name, arguments) in PAGES.iter().filter(|(name, _)| *name != "export") {
        let file = folder.path().join(format!("{name}.html"));
        let report = format!("html={}", file.display());
        let mut others = arguments.to_vec();
        others.splice(1..3, ["--report", &report]);
        run(here(), &others);
        Page::read(&fs::read_to_string(&file).unwrap());
    }
}

/// The policy lets only the style and the script run that are on the page.
#[test]
fn the_policy_has_the_hashes_of_style_and_script() {
    use base64::Engine as _;
    use sha2::Digest as _;

    let page = printed(here(), PAGES[0].1);
    for (kind, start, end) in [("style-src", "<style>", "</style>"), ("script-src", "<script>", "</script>")]
    {
        let (_, rest) = page.split_once(start).unwrap();
        let (text, _) = rest.split_once(end).unwrap();
        let hash = base64::engine::general_purpose::STANDARD.encode(sha2::Sha256::digest(text));
        // The slash and the equals sign are written as they are, and the quotation mark is a reference.
        let policy = format!("{kind} &#39;sha256-{hash}&#39;");
        assert!(page.contains(&policy), "{policy}");
    }
    assert!(page.contains("default-src &#39;none&#39;"));
}

/// So many properties that the contract does not list, each a finding group.
fn groups(count: usize) -> String {
    let members: Vec<String> = (0..count).map(|number| format!("\"property{number:06}\": null")).collect();
    format!("{{{}}}", members.join(", "))
}

const OBJECT: &str = r#"{"type": "object", "properties": {"known": {"type": "string"}},
    "patternProperties": {"^property": {"type": "string"}}}"#;

#[test]
fn a_hundred_groups_fit_in_300_kilobytes() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.json"), OBJECT).unwrap();
    fs::write(folder.path().join("payload.json"), groups(100)).unwrap();
    let page = printed(folder.path(), &["validate", "-f", "html", "--schema", "schema.json", "payload.json"]);
    assert_eq!(page.matches("<details class=\"card").count(), 100);
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

#[test]
fn too_many_groups_are_cut_and_the_page_says_so() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.json"), OBJECT).unwrap();
    fs::write(folder.path().join("payload.json"), groups(100_000)).unwrap();
    let page = printed(folder.path(), &["validate", "-f", "html", "--schema", "schema.json", "payload.json"]);
    assert_eq!(page.matches("<details class=\"card").count(), 1_000);
    assert!(
        page.contains("The worst 1000 finding groups are listed; 99000 findings of other groups are not.")
    );
    assert!(page.len() < 3_000_000, "{} bytes", page.len());
    let limited =
        ["validate", "-f", "html", "--max-findings", "7", "--schema", "schema.json", "payload.json"];
    assert_eq!(printed(folder.path(), &limited).matches("<details class=\"card").count(), 7);
    fs::write(folder.path().join("payload.json"), groups(2)).unwrap();
    let one = ["validate", "-f", "html", "--max-findings", "1", "--schema", "schema.json", "payload.json"];
    let page = printed(folder.path(), &one);
    assert!(page.contains("The worst finding group is listed; 1 finding of other groups is not."), "{page}");
}

#[test]
fn a_key_of_a_megabyte_is_cut() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("schema.json"),
        r#"{"type": "object", "additionalProperties": {"type": "string"}}"#,
    )
    .unwrap();
    fs::write(folder.path().join("payload.json"), format!("{{\"{}\": 1}}", "k".repeat(1 << 20))).unwrap();
    let page = printed(folder.path(), &["validate", "-f", "html", "--schema", "schema.json", "payload.json"]);
    Page::read(&page);
    assert!(page.len() < 100_000, "{} bytes", page.len());
}

/// A command on a page finds the same again.
#[cfg(unix)]
#[test]
fn commands_reproduce_their_findings() {
    let folder = tempfile::tempdir().unwrap();
    let name = "it's a $(touch x) file.json";
    fs::write(folder.path().join("schema.json"), r#"{"properties": {"seats": {"type": "integer"}}}"#)
        .unwrap();
    fs::write(folder.path().join(name), r#"{"seats": "none"}"#).unwrap();
    let page = printed(folder.path(), &["validate", "-f", "html", "--schema", "schema.json", "."]);
    let (_, rest) = page.split_once("<pre class=\"command\">").unwrap();
    let command = markup::text(rest.split_once("</pre>").unwrap().0);
    assert_eq!(command, r"clients-contract validate --schema schema.json './it'\''s a $(touch x) file.json'");
    let tool = Path::new(env!("CARGO_BIN_EXE_clients-contract")).parent().unwrap();
    let path = format!("{}:{}", tool.display(), std::env::var("PATH").unwrap());
    let output =
        Command::new("sh").args(["-c", &command]).env("PATH", path).current_dir(folder.path()).output();
    let printed = String::from_utf8(output.unwrap().stdout).unwrap();
    assert!(printed.starts_with("error[type-mismatch] `/seats`"), "{printed}");
    assert!(!folder.path().join("x").exists());
}

#[test]
fn what_was_not_validated_comes_first() {
    let page = printed(here(), PAGES[0].1);
    let at = |text: &str| page.find(text).unwrap_or_else(|| panic!("{text}"));
    let order = ["<h1>", "id=\"not-validated\"", "not-there.json", "id=\"findings\"", "id=\"about\""];
    let places: Vec<usize> = order.iter().map(|text| at(text)).collect();
    assert!(places.is_sorted(), "{places:?}");
    let first = page.find("data-severity=\"error\"").unwrap();
    assert!(first < page.find("data-severity=\"warning\"").unwrap());
}

/// The card has the schema locations and who breaks; the statement is what changed.
#[test]
fn changes_are_stated_once() {
    let (_, arguments) = PAGES.iter().find(|(name, _)| *name == "diff").unwrap();
    let page = printed(here(), arguments);
    let (_, rest) = page.split_once("<span class=\"what\">").unwrap();
    let (what, rest) = rest.split_once("</span>").unwrap();
    assert_eq!(markup::text(what), "gained enum value \"ready\"");
    for fact in ["<dt>Who breaks</dt>", "<dt>Schema location before</dt>", "old.json:8:7"] {
        assert!(rest.contains(fact), "{fact}");
    }
}

/// What was skipped is named with the reason, as on a terminal.
#[test]
fn what_was_skipped_is_named() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    let har = serde_json::json!({"log": {"version": "1.2", "creator": {"name": "x", "version": "1"}, "entries": [
        {"request": {"method": "GET", "url": "http://x.test/style.css"},
         "response": {"status": 200, "content": {"mimeType": "text/css", "text": "a {}"}}}]}});
    fs::write(folder.join("run.har"), har.to_string()).unwrap();
    fs::create_dir(folder.join("more")).unwrap();
    fs::write(folder.join("more/.hidden.json"), "{}").unwrap();
    fs::write(folder.join("more/good.json"), "{}").unwrap();
    fs::write(folder.join("schema.json"), "{\"type\": \"object\"}").unwrap();
    let arguments = ["validate", "--no-settings", "--schema", "schema.json", "-f", "html", "run.har", "more"];
    let page = printed(folder, &arguments);
    Page::read(&page);
    let (_, rest) = page.split_once("<summary>1 entry skipped</summary>").expect("nothing skipped");
    let (row, _) = rest.split_once("</tbody>").unwrap();
    assert!(row.contains("<td><code>run.har#1</code></td><td>GET /style.css: "), "{row}");
    assert!(page.contains("1 file in directories skipped: hidden"), "{page}");
}

#[test]
fn other_notations_are_refused_by_name() {
    let output = run(here(), &["export", "htm"]);
    assert_eq!(output.status.code(), Some(2));
    assert!(String::from_utf8(output.stderr).unwrap().contains("possible values: html"));
}

/// The built-in contract: every object that the schema defines and lists properties of.
#[test]
fn the_contract_is_a_reference() {
    let page = printed(here(), &["export", "html"]);
    Page::read(&page);
    let schema: serde_json::Value =
        serde_json::from_slice(&fs::read(here().join("schemas/clients.schema.json")).unwrap()).unwrap();
    for (name, definition) in schema["$defs"].as_object().unwrap() {
        if definition.get("properties").is_some() {
            assert!(page.contains(&format!("<h3 id=\"o-{}\">", name.to_lowercase())), "{name}");
        }
    }
    assert!(page.contains("<td>documented example and published types</td>"));
    assert!(
        page.contains("<section aria-labelledby=\"reference\" data-filter=\"rows\">"),
        "it can be searched"
    );
    // Required properties come first, and secrets are marked where they are described.
    let (_, table) = page.split_once("<caption>Properties of ").unwrap();
    for (start, _) in page.match_indices("<caption>Properties of ") {
        let table = page[start..].split_once("</table>").unwrap().0;
        let rows: Vec<bool> =
            table.split("<tr>").skip(2).map(|row| !row.contains(">required</span>")).collect();
        assert!(rows.is_sorted(), "{table}");
    }
    assert!(table.contains("<td id=\"p-"), "{table}");
    assert!(page.contains("</code></a> <span class=\"tag warning\">secret</span></td>"));
    assert!(
        page.contains("<p>Used by <a href=\"#p-") && page.contains("<a href=\"#objects\">All objects</a>")
    );
    assert!(page.contains("<summary>A generated typical payload</summary>"));
}

/// The outline of a page: its items with the links of each, and `/` where one ends.
fn outline(page: &str) -> (usize, usize, String) {
    let (_, rest) = page.split_once("<section aria-labelledby=\"structure\"").expect("no structure");
    let outline = rest.split_once("</section>").unwrap().0;
    let items = outline.matches("<li ").count();
    let deepest = outline.split("<ul>").skip(1).fold((0_usize, 0_usize), |(depth, deepest), inside| {
        let depth = depth + 1;
        (depth - inside.matches("</ul>").count(), deepest.max(depth))
    });
    (items, deepest.1, outline.to_owned())
}

/// A page of a schema.
fn exported(schema: &serde_json::Value) -> String {
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("schema.json"), schema.to_string()).unwrap();
    let page = printed(folder.path(), &["export", "html", "--no-settings", "--schema", "schema.json"]);
    Page::read(&page);
    page
}

#[test]
fn the_structure_of_the_contract_has_each_property_once() {
    let page = printed(here(), &["export", "html"]);
    let (items, _, outline) = outline(&page);
    let rows = page.matches("<td id=\"p-").count();
    assert_eq!(items, rows);
    for (start, _) in page.match_indices("<td id=\"p-") {
        let anchor = page[start..].split('"').nth(1).unwrap();
        assert!(outline.contains(&format!("<a href=\"#{anchor}\">")), "{anchor}");
    }
    for step in ["/data", "/Clients", "/clients/*", "/licenses/*"] {
        assert!(outline.contains(&format!("data-step=\"{step}\"><details")), "{step}");
    }
    assert!(outline.len() < 300_000, "{} bytes", outline.len());
}

#[test]
fn the_structure_of_recursive_schemas_ends() {
    let page = exported(&serde_json::json!({
        "title": "Folder", "type": "array", "items": {"$ref": "#/$defs/folder"},
        "$defs": {"folder": {"type": "object", "properties": {
            "parent": {"$ref": "#/$defs/folder"},
            "children": {"type": "array", "items": {"$ref": "#/$defs/folder"}},
            "owner": {"$ref": "#/$defs/owner"}}},
            "owner": {"type": "object", "properties": {"home": {"$ref": "#/$defs/folder"}}}}}));
    let (items, deepest, outline) = outline(&page);
    assert_eq!((items, deepest), (5, 3), "{outline}");
    assert!(
        outline.contains("data-step=\"/*\"><details open><summary><span class=\"name\"><code>folder</code>")
    );
    assert!(outline.contains("<li class=\"leaf\" data-step=\"/children/*\">"));
    assert!(outline.contains("array of <a href=\"#o-folder\">folder</a>"), "{outline}");
}

/// Each object three times in the one before: a tree that repeats them has billions of lines.
#[test]
fn the_structure_of_repeated_objects_is_not_repeated() {
    let mut definitions =
        serde_json::json!({"d40": {"type": "object", "properties": {"v": {"type": "string"}}}});
    for at in 0..40 {
        let next = serde_json::json!({"$ref": format!("#/$defs/d{}", at + 1)});
        definitions[format!("d{at}")] =
            serde_json::json!({"type": "object", "properties": {"a": next, "b": next, "c": next}});
    }
    let page = exported(&serde_json::json!({"$ref": "#/$defs/d0", "$defs": definitions}));
    let (items, deepest, _) = outline(&page);
    assert!(items <= 121 && deepest <= 11, "{items} items, {deepest} levels");
}

/// Anchors are cut, and those of long names end alike.
#[test]
fn objects_whose_long_names_begin_alike_have_anchors() {
    let mut schema = serde_json::json!({"type": "string"});
    for at in (0..30).rev() {
        schema = serde_json::json!({"type": "object", "properties": {format!("level{at}"): schema, "other": {"type": "object", "properties": {"x": {}}}}});
    }
    let page = exported(&schema);
    assert_eq!(page.matches("<h3 id=\"o-").count(), 60);
}

#[test]
fn properties_without_a_name_have_a_link() {
    let page = exported(&serde_json::json!({"type": "object", "properties": {"": {"type": "string"}}}));
    assert!(!page.contains("<code></code>"));
}

#[test]
fn a_number_and_its_percent_sign_stay_on_one_line() {
    let (_, arguments) = PAGES.iter().find(|(name, _)| *name == "mutate").unwrap();
    let page = printed(here(), arguments);
    assert!(page.contains("\u{a0}% </h1>") || page.contains("\u{a0}%</h1>"), "{page}");
}

/// Of a schema nothing is known but the schema.
#[test]
fn a_schema_has_examples_and_no_endpoint() {
    let folder = tempfile::tempdir().unwrap();
    let schema = r#"{"type": "object", "examples": [{"id": 7, "name": "whole example"}],
        "properties": {"id": {"type": "integer", "examples": [7, 8]}, "name": {"type": "string"}}}"#;
    fs::write(folder.path().join("schema.json"), schema).unwrap();
    let page = printed(folder.path(), &["export", "html", "--no-settings", "--schema", "schema.json"]);
    Page::read(&page);
    assert!(page.contains("Examples: <code>7</code>, <code>8</code></td>"), "{page}");
    assert!(page.contains("An example of the schema:") && page.contains("whole example"));
    for invented in ["GET", "Envelope", "<table class=\"fixed\">"] {
        assert!(!page.contains(invented), "{invented}");
    }
    assert!(page.contains("Nothing is known of the endpoint."));
}
