//! The page of `drift`: which properties are in the tree, how they are linked, and how large it is.

use std::fs;
use std::path::Path;

use super::markup::{Page, text};
use super::{here, keep, printed, run};

/// Generated traffic of the built-in contract in a directory of its own.
fn traffic() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    let output = run(folder.path(), &["generate", "-n", "40", "--seed", "5"]);
    fs::write(folder.path().join("generated.ndjson"), output.stdout).unwrap();
    folder
}

/// The locations of the tree, of what is written on a page.
fn locations(page: &str) -> Vec<String> {
    let (_, tree) = page.split_once("<div class=\"tree\"").expect("no tree");
    let (tree, _) = tree.split_once("</div>\n</section>").unwrap_or((tree, ""));
    let (mut path, mut all): (Vec<String>, _) = (Vec::new(), Vec::new());
    for line in tree.lines() {
        if line.starts_with("</ul></details>") {
            path.pop();
        }
        let Some((_, rest)) = line.split_once("<code>") else { continue };
        let name = text(rest.split_once("</code>").unwrap().0);
        all.push(format!("{}/{name}", path.concat()));
        if line.contains("<details") {
            path.push(format!("/{name}"));
        }
    }
    all
}

#[test]
fn the_tree_has_every_property_of_the_outer_objects() {
    let folder = traffic();
    let page = printed(folder.path(), &["drift", "--no-settings", "-f", "html", "generated.ndjson"]);
    keep("drift-built-in", &page);
    Page::read(&page);
    let shown = locations(&page);
    let schema: serde_json::Value =
        serde_json::from_slice(&fs::read(here().join("schemas/clients.schema.json")).unwrap()).unwrap();
    let items = shown.iter().find(|location| location.ends_with("/clients/*")).unwrap();
    let mut objects = 0;
    for name in schema["$defs"]["Client"]["properties"].as_object().unwrap().keys() {
        assert!(shown.contains(&format!("{items}/{name}")), "{name}: {shown:?}");
        objects += 1;
    }
    assert!(objects > 20, "{objects}");
    assert!(
        page.contains(" properties are not listed. Undocumented properties"),
        "the page says what it leaves out"
    );
    assert!(page.contains(" properties in it not listed"));
    assert!(shown.len() <= 500, "{}", shown.len());
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

/// Far below the root, in an object that is repeated, and still there.
#[test]
fn undocumented_properties_and_those_with_findings_are_in_the_tree() {
    let folder = tempfile::tempdir().unwrap();
    let wide: Vec<String> =
        (0..700).map(|number| format!("\"p{number}\": {{\"type\": \"string\"}}")).collect();
    let schema = format!(
        r##"{{"type": "object", "properties": {{{}, "tail": {{"$ref": "#/$defs/node"}}}},
            "$defs": {{"node": {{"type": "object", "properties": {{"value": {{"type": "integer"}}, "next": {{"$ref": "#/$defs/node"}}}}}}}}}}"##,
        wide.join(", ")
    );
    fs::write(folder.path().join("schema.json"), schema).unwrap();
    let payload = r#"{"tail": {"value": 1, "next": {"next": {"next": {"value": "text", "other": 1}}}}}"#;
    fs::write(folder.path().join("payload.json"), payload).unwrap();
    let page = printed(
        folder.path(),
        &["drift", "--no-settings", "--schema", "schema.json", "-f", "html", "payload.json"],
    );
    let read = Page::read(&page);
    let shown = locations(&page);
    for location in ["/tail/next/next/next/value", "/tail/next/next/next/other", "/p0"] {
        assert!(shown.iter().any(|one| one == location), "{location}: {shown:?}");
    }
    // The finding and the property lead to each other; that links lead somewhere is what reading checks.
    let finding = page.split_once("<dt>Property</dt><dd><a href=\"#").unwrap().1.split_once('"').unwrap().0;
    assert!(read.ids.contains(finding), "{finding}");
    assert!(page.contains("\">type-mismatch</a></span>"), "{page}");
}

#[test]
fn a_hundred_groups_of_the_built_in_contract_fit_in_300_kilobytes() {
    let arguments = [
        "drift",
        "--no-settings",
        "-f",
        "html",
        "--max-findings",
        "100",
        "fixtures/valid",
        "fixtures/violations",
    ];
    let page = printed(here(), &arguments);
    assert_eq!(page.matches("<details class=\"card").count(), 100);
    assert!(page.contains("<div class=\"tree\""));
    assert!(page.len() < 300_000, "{} bytes", page.len());
}

/// Without styles and in a screen reader there is nothing but the text.
#[test]
fn rates_say_what_they_are_of_in_text() {
    let folder = tempfile::tempdir().unwrap();
    fs::write(
        folder.path().join("schema.json"),
        r#"{"type": "object", "properties": {"note": {"type": ["string", "null"]}}}"#,
    )
    .unwrap();
    fs::write(folder.path().join("payloads.ndjson"), "{\"note\": null}\n{\"note\": \"abc\"}\n{}\n").unwrap();
    let page = printed(
        folder.path(),
        &["drift", "--no-settings", "--schema", "schema.json", "-f", "html", "payloads.ndjson"],
    );
    let (_, rest) = page.split_once("<code>note</code>").unwrap();
    let mut plain = String::new();
    for part in rest.split_once("</li>").unwrap().0.split('<') {
        plain.push_str(part.split_once('>').map_or(part, |(_, text)| text));
    }
    let words: Vec<&str> = plain.split_whitespace().collect();
    // The facts are no repetition of the columns.
    let expected = "66.6 % present 50.0 % null string|null, 1 distinct, 3 characters, 2 of 3";
    assert_eq!(words.join(" "), expected);
    assert!(!page.contains("<span class=\"bar\"></span>"));
}

/// What is written in a page as a command, to run it.
fn commands(page: &str) -> Vec<String> {
    let parts = page.split("<pre class=\"command\">").skip(1);
    parts.map(|part| text(part.split_once("</pre>").unwrap().0)).collect()
}

#[cfg(unix)]
fn shell(folder: &Path, command: &str) -> String {
    let tool = Path::new(env!("CARGO_BIN_EXE_clients-contract")).parent().unwrap();
    let path = format!("{}:{}", tool.display(), std::env::var("PATH").unwrap());
    let output =
        std::process::Command::new("sh").args(["-c", command]).env("PATH", path).current_dir(folder).output();
    String::from_utf8(output.unwrap().stdout).unwrap()
}

#[cfg(unix)]
#[test]
fn commands_reproduce_what_changed_since_the_last_run() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("schema.json"), r#"{"properties": {"name": {"type": ["string", "null"]}}}"#)
        .unwrap();
    let write = |nulls: usize| {
        let line = |at: usize| if at < nulls { "{\"name\": null}\n" } else { "{\"name\": \"a\"}\n" };
        fs::write(folder.join("day.ndjson"), (0..200).map(line).collect::<String>()).unwrap();
    };
    let drift =
        ["drift", "--no-settings", "--schema", "schema.json", "-f", "html", "--history", "runs", "--at"];
    // Each day a little more: no two days differ by more than chance.
    for (day, nulls) in (1..).zip([2, 2, 3, 3, 4, 4, 5, 6]) {
        write(nulls);
        run(folder, &[&drift[..], &[&format!("2024-11-{day:02}"), "day.ndjson"]].concat());
    }
    write(18);
    let page = printed(folder, &[&drift[..], &["2024-11-09", "day.ndjson"]].concat());
    let (_, card) = page.split_once("<details class=\"card").unwrap();
    let (card, about) = card.split_once("</details>").unwrap();
    assert!(card.contains("compared with the 8 runs before"), "{card}");
    assert!(
        card.contains("<p class=\"label\">No command: compared with several runs of the history"),
        "{card}"
    );
    for setting in ["<td><code>--history</code></td><td><code>runs</code></td>", "<code>--at</code>"] {
        assert!(about.contains(setting), "{setting}");
    }
    write(150);
    let page = printed(folder, &[&drift[..], &["2024-11-10", "day.ndjson"]].concat());
    let before = fs::read_dir(folder.join("runs")).unwrap().count();
    let command = &commands(&page)[0];
    let expected = "clients-contract drift --since runs/20241109T000000Z.json --schema schema.json --no-settings day.ndjson";
    assert_eq!(command, expected);
    let printed = shell(folder, command);
    assert!(printed.contains("null rate rose from 18 of 200 to 150 of 200\n"), "{printed}");
    assert_eq!(fs::read_dir(folder.join("runs")).unwrap().count(), before);
}

#[cfg(unix)]
#[test]
fn commands_of_findings_about_several_files_name_them_all() {
    let folder = tempfile::tempdir().unwrap();
    let lines = fs::read_to_string(here().join("fixtures/invalid/total-changed/one-more.ndjson")).unwrap();
    let names = ["page-001.json", "page-002.json"];
    for (name, line) in names.iter().zip(lines.lines()) {
        fs::write(folder.path().join(name), line).unwrap();
    }
    let page = printed(folder.path(), &["validate", "--no-settings", "-f", "html", names[0], names[1]]);
    let (_, card) = page.split_once("<span class=\"rule\">total-changed</span>").unwrap();
    let command = &commands(card)[0];
    assert_eq!(command, "clients-contract validate --no-settings page-001.json page-002.json");
    assert!(shell(folder.path(), command).contains("[total-changed]"));
}

/// The command of the report is whole, and findings that need it say where it is.
#[cfg(unix)]
#[test]
fn long_commands_are_not_lost() {
    let folder = tempfile::tempdir().unwrap();
    let folder = folder.path();
    fs::write(folder.join("schema.json"), r#"{"properties": {"name": {"type": "string"}}}"#).unwrap();
    let names: Vec<String> =
        (0..60).map(|number| format!("a-file-with-a-long-name-{number:03}.json")).collect();
    for name in &names {
        fs::write(folder.join(name), "{\"name\": \"a\", \"new\": 1}").unwrap();
    }
    let start = ["drift", "--no-settings", "--schema", "schema.json", "--min-coverage", "100", "-f", "html"];
    let arguments: Vec<&str> = start.into_iter().chain(names.iter().map(String::as_str)).collect();
    let page = printed(folder, &arguments);
    let command = commands(&page).pop().unwrap();
    assert!(command.len() > 1_500 && command.ends_with(names[59].as_str()), "{command}");
    assert!(shell(folder, &command).contains("60 payloads checked"));
    assert!(page.contains("No command: use the command of this report, which is at its end"), "{page}");
}
