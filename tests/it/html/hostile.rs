//! Text from outside at every place where pages show some: it stays text.

use std::fs;
use std::path::Path;

use serde_json::json;

use super::markup::Page;
use super::{here, keep, printed, run};

/// What is one word, without anything that is spelt out.
const PRINTABLE: &[&str] = &[
    "<script>alert(1)</script>",
    "</script><script>alert(1)</script>",
    "</style><img src=x onerror=alert(1)>",
    "\"><svg onload=alert(1)>",
    "' onmouseover='alert(1)",
    "\" autofocus onfocus=\"alert(1)",
    "<!--",
    "]]><![CDATA[",
    "javascript:alert(1)",
    "&lt;img src=x onerror=alert(1)&gt;",
    "&#60;b&#62;",
    "{{ 7 * 7 }}{% raw %}",
    "</pre></code></details></main><iframe srcdoc='x'>",
    "<plaintext>",
];

/// What is spelt out where it is shown.
const SPELT: &[&str] = &[
    "\u{202e}gnp.exe",
    "\u{1b}[2J\u{1b}]8;;http://x.test\u{7}",
    "a\u{0}b\r\nc",
    "`code` ` <b>",
    "\u{2028}\u{feff}x",
    "##[error]x",
];

/// Every page with the text wherever it can be.
fn pages(text: &str, folder: &Path) -> Vec<(&'static str, String)> {
    let write =
        |name: &str, value: serde_json::Value| fs::write(folder.join(name), value.to_string()).unwrap();
    let schema = |nullable: bool, values: &[&str]| {
        let kind = if nullable { json!(["string", "null"]) } else { json!("string") };
        json!({
            "$id": format!("urn:x:{}", values.len()), "title": text, "description": format!("{text} Source: {text}."), "type": "object",
            "properties": {text: {"type": kind, "description": text}, "kind": {"enum": values}},
            "required": [text],
        })
    };
    write("old.json", schema(false, &["a", text]));
    write("new.json", schema(true, &["a", text, "b"]));
    write("payload.json", json!({text: 1, "kind": text, "new": {text: text}}));
    write("other.json", json!({"kind": "retired", text: null}));
    // Not every text can be the name of a file, or one step of a path, and some are patterns.
    let name: String = text.chars().filter(|c| !"/\0*?[]{}".contains(*c)).take(80).collect();
    let file = format!("x{name}.json");
    let is_file = fs::copy(folder.join("payload.json"), folder.join(&file)).is_ok();
    let file = if is_file { file.as_str() } else { "other.json" };
    write(
        "run.har",
        json!({"log": {"version": "1.2", "creator": {"name": text, "version": text}, "entries": [
            {"request": {"method": "GET", "url": format!("http://x.test/{name}")},
             "response": {"status": 500, "statusText": text, "content": {"mimeType": text, "text": text}}},
        ]}}),
    );
    let common = ["--schema", "new.json", "--no-settings"];
    let with = |arguments: &[&str]| {
        let arguments: Vec<&str> = [arguments, &common].concat();
        printed(folder, &arguments)
    };
    // The name of the directory, and of a file in it that is no entry.
    let runs = format!("runs{name}");
    fs::create_dir_all(folder.join(&runs)).unwrap();
    fs::copy(folder.join("payload.json"), folder.join(&runs).join(format!("x{name}.json"))).unwrap();
    let history = ["drift", "--history", &runs, "--min-sample", "1", "--at"];
    for (day, input) in ["2024-11-01", "2024-11-02", "2024-11-03"].into_iter().zip([
        "other.json",
        "payload.json",
        "payload.json",
    ]) {
        run(folder, &[&history[..], &[day, input], &common].concat());
    }
    // A string of JSON is one of TOML.
    let quoted = json!(text);
    let settings = format!(
        "[contract]\nschema = \"new.json\"\nname = {quoted}\nversion = {quoted}\nsecrets = [{quoted}]\n"
    );
    fs::write(folder.join("own.toml"), settings).unwrap();
    let own = |arguments: &[&str]| printed(folder, &[arguments, &["--settings", "own.toml"]].concat());
    vec![
        ("own", own(&["validate", "-f", "html", "payload.json", "other.json"])),
        ("own-export", own(&["export", "html"])),
        (
            "validate",
            with(&[
                "validate",
                "-f",
                "html",
                "payload.json",
                "other.json",
                file,
                "run.har",
                "--url-path",
                "* /{any}",
            ]),
        ),
        ("values", with(&["validate", "-f", "html", "--show-values", "payload.json"])),
        ("missing", with(&["validate", "-f", "html", &format!("gone{name}")])),
        ("drift", with(&["drift", "-f", "html", "--min-sample", "1", "payload.json", file])),
        ("changes", with(&[&history[..], &["2024-11-04", "-f", "html", "payload.json"]].concat())),
        ("diff", printed(folder, &["diff", "-f", "html", "--no-settings", "old.json", "new.json"])),
        ("mutate", with(&["mutate", "-f", "html", "payload.json", file])),
        ("export", with(&["export", "html"])),
        ("history", printed(folder, &["history", "-f", "html", &runs])),
    ]
}

fn of(text: &str) -> Vec<(&'static str, String)> {
    let folder = tempfile::tempdir().unwrap();
    let pages = pages(text, folder.path());
    let number = PRINTABLE.iter().chain(SPELT).position(|one| *one == text);
    for (name, page) in &pages {
        keep(&format!("hostile-{name}-{}", number.unwrap_or_default()), page);
    }
    pages
}

#[test]
fn printable_text_changes_no_structure() {
    // The order is that of locations, which differs.
    let sorted = |page: &str| {
        let mut shape = Page::read(page).shape;
        shape.sort();
        shape
    };
    let plain: Vec<Vec<String>> = of("x y").iter().map(|(_, page)| sorted(page)).collect();
    for text in PRINTABLE {
        for ((name, page), plain) in of(text).iter().zip(&plain) {
            assert!(page.len() > 1_000, "{name}");
            assert_eq!(sorted(page), *plain, "{name}: {text}");
        }
    }
}

#[test]
fn what_hides_is_spelt_out() {
    for text in SPELT {
        for (_, page) in of(text) {
            Page::read(&page);
        }
    }
}

/// Templates escape: the two texts that they are given as they are, are this project's own. Fields of a
/// document are `HtmlText`, and nothing else that may come from outside.
#[test]
fn only_style_and_script_are_not_escaped() {
    let mut safe = Vec::new();
    for entry in fs::read_dir(here().join("templates")).unwrap() {
        let template = fs::read_to_string(entry.unwrap().path()).unwrap();
        assert!(
            !["{% raw", "escape", "|e(", "{% filter", "autoescape"].iter().any(|way| template.contains(way))
        );
        let marks = template.match_indices("safe");
        let before = |at: usize| template[..at].rsplit_once("{{").map_or("", |(_, before)| before).to_owned();
        safe.extend(marks.map(|(at, _)| before(at)));
    }
    safe.sort();
    assert_eq!(safe, [" script|", " style|"]);
    for entry in fs::read_dir(here().join("src/report/document")).unwrap() {
        let code = fs::read_to_string(entry.unwrap().path()).unwrap();
        for line in code.lines().filter(|line| line.starts_with("    pub ") && line.ends_with(',')) {
            let is_text = line.contains("String") || line.contains("str") && !line.contains("&'static str");
            assert!(!is_text, "{line}");
        }
    }
    let page = fs::read_to_string(here().join("src/report/html/page.rs")).unwrap();
    assert!(!page.contains("escape ="));
}
