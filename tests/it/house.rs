//! Tests of the architecture: rooms, and the arrows between them.

mod keywords;
mod layers;
mod tokens;

use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};

/// Each room of `src/` and the rooms it may use. `json` reads text for all that need places in it.
const ROOMS: &[(&str, &[&str])] = &[
    ("untrusted", &[]),
    ("pointer", &[]),
    ("origin", &["untrusted"]),
    ("json", &[]),
    ("error", &["pointer"]),
    ("finding", &["error", "json", "origin", "pointer"]),
    ("schema", &["error", "json", "pointer"]),
    ("payload", &["error", "json", "origin", "pointer", "untrusted"]),
    ("validate", &["error", "finding", "json", "origin", "payload", "pointer", "schema"]),
    ("generate", &["error", "finding", "payload", "pointer", "schema", "untrusted"]),
    (
        "diff",
        &["error", "finding", "generate", "json", "origin", "pointer", "schema", "untrusted", "validate"],
    ),
    (
        "drift",
        &[
            "error",
            "finding",
            "json",
            "origin",
            "payload",
            "pointer",
            "report",
            "schema",
            "untrusted",
            "validate",
        ],
    ),
    (
        "redact",
        &[
            "error",
            "finding",
            "generate",
            "json",
            "origin",
            "payload",
            "pointer",
            "report",
            "schema",
            "untrusted",
            "validate",
        ],
    ),
    ("report", &["error", "finding", "origin", "payload", "pointer", "schema", "untrusted"]),
    (
        "contract",
        &[
            "diff",
            "drift",
            "error",
            "finding",
            "generate",
            "origin",
            "payload",
            "pointer",
            "redact",
            "report",
            "schema",
            "untrusted",
            "validate",
        ],
    ),
    ("export", &["contract", "error", "finding", "generate", "pointer", "report", "schema", "untrusted"]),
    ("live", &["contract", "error", "json", "origin", "payload", "redact", "untrusted", "validate"]),
    (
        "run",
        &[
            "contract",
            "drift",
            "error",
            "finding",
            "live",
            "origin",
            "payload",
            "redact",
            "report",
            "schema",
            "untrusted",
            "validate",
        ],
    ),
    (
        "serve",
        &[
            "contract",
            "error",
            "finding",
            "generate",
            "live",
            "origin",
            "payload",
            "pointer",
            "redact",
            "run",
            "schema",
            "untrusted",
            "validate",
        ],
    ),
];

fn source() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("src")
}

fn files(folder: &Path) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files(&path));
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
    found.sort();
    found
}

fn room_of(file: &Path) -> String {
    let inside = file.strip_prefix(source()).unwrap();
    let first = inside.iter().next().unwrap().to_str().unwrap();
    first.trim_end_matches(".rs").to_owned()
}

/// Code without comments, so that prose may name any room.
fn code(file: &Path) -> String {
    let text = fs::read_to_string(file).unwrap();
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The rooms that a file names after `crate::`, also in a nested list of imports.
fn used(code: &str) -> BTreeSet<String> {
    let mut used = BTreeSet::new();
    for (at, _) in code.match_indices("crate::") {
        let rest = &code[at + "crate::".len()..];
        let name = |text: &str| text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
        if let Some(list) = rest.strip_prefix('{') {
            let list = &list[..list.find(';').unwrap_or(list.len())];
            // What stands in braces of its own is behind the room's door.
            let mut depth = 0;
            let items = list.split(|c| {
                depth += i32::from(c == '{') - i32::from(c == '}');
                c == ',' && depth == 0
            });
            used.extend(items.map(|item| name(item.trim())));
        } else {
            used.insert(name(rest));
        }
    }
    used
}

/// What a file names by so many `super`s that it leaves its room: from `src/a/b/c.rs`, two steps up lead to
/// `a`, and three out of it, to where the other rooms are.
fn left_for(file: &Path, code: &str) -> BTreeSet<String> {
    let inside = file.strip_prefix(source()).unwrap().with_extension("");
    let parts = inside.iter().filter(|part| *part != "mod").count();
    // A module written inside the file is one step further down; only tests are.
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap();
    let door = "super::".repeat(parts);
    code.match_indices(&door).map(|(at, _)| code[at + door.len()..].chars().take(20).collect()).collect()
}

fn is_tool(file: &Path) -> bool {
    room_of(file) == "bin"
}

#[test]
fn every_arrow_points_down() {
    for file in files(&source()) {
        let room = room_of(&file);
        if room == "lib" || is_tool(&file) {
            continue;
        }
        let (_, allowed) = ROOMS
            .iter()
            .find(|(name, _)| *name == room)
            .unwrap_or_else(|| panic!("{}: no room of that name", file.display()));
        let code = code(&file);
        let left = left_for(&file, &code);
        assert!(left.is_empty(), "{}: name the room from `crate::`: {left:?}", file.display());
        for other in used(&code) {
            let is_room = ROOMS.iter().any(|(name, _)| *name == other);
            let fine = !is_room || other == room || allowed.contains(&other.as_str());
            assert!(fine, "{}: {room} may not use {other}", file.display());
            // A re-export of the front door would hide the room behind it.
            let type_at_the_door = other.starts_with(char::is_uppercase);
            assert!(!type_at_the_door, "{}: name the room of {other}", file.display());
        }
    }
}

#[test]
fn only_its_folder_knows_an_api() {
    let folder = source().join("contract/clients");
    for file in files(&source()) {
        // The names of the library that makes connections are its own.
        let others =
            ["contract/all.rs", "serve/proxy/connect.rs", "serve/proxy/tls.rs", "serve/proxy/upstream.rs"];
        if file.starts_with(&folder) || others.iter().any(|other| file.ends_with(other)) {
            continue;
        }
        // Neither the names of the product nor that of another tool is knowledge.
        let text = fs::read_to_string(&file).unwrap();
        for (number, line) in text.lines().enumerate().filter(|(_, line)| *line != "pub mod clients;") {
            let names = ["clients_contract", "clients-contract", "CLIENTS_CONTRACT", "Thunder Client"];
            let line = names.iter().fold(line.to_owned(), |line, name| line.replace(name, "")).to_lowercase();
            let knows = ["client", "thoughtindustries", "thought industries", "/incoming/"];
            let found = knows.iter().find(|word| line.contains(*word));
            assert_eq!(found, None, "{}:{}: {line}", file.display(), number + 1);
        }
    }
}

#[test]
fn the_house_test_sees_what_it_forbids() {
    let names = |code: &str| used(code).into_iter().collect::<Vec<_>>();
    assert_eq!(names("use crate::schema::Schema; let x = crate::json::syntax_error();"), ["json", "schema"]);
    assert_eq!(names("use crate::{error::{Error, ErrorKind}, report};"), ["error", "report"]);
    let file = |name: &str| source().join(name);
    let crossing = "use super::super::report::Report;";
    assert!(left_for(&file("diff/rules/a.rs"), crossing).is_empty());
    assert_eq!(left_for(&file("finding/group.rs"), crossing).len(), 1);
    assert_eq!(left_for(&file("finding/mod.rs"), "use super::report;").len(), 1);
    assert!(left_for(&file("finding/mod.rs"), "#[cfg(test)]\nmod tests { use super::*; }").is_empty());
}

/// The names of the files that register something in a folder; what they share is in folders within.
fn stems(folder: &str) -> BTreeSet<String> {
    let folder = source().join(folder);
    files(&folder)
        .iter()
        .filter(|file| file.parent() == Some(folder.as_path()))
        .map(|file| file.file_stem().unwrap().to_str().unwrap().replace('_', "-"))
        .filter(|stem| stem != "mod")
        .collect()
}

#[test]
fn the_registries_equal_their_folders() {
    let presets = clients_contract::generate::Preset::ALL.iter().map(|preset| preset.name.to_owned());
    assert_eq!(presets.collect::<BTreeSet<_>>(), stems("generate/preset"));
    let formats = clients_contract::report::FORMATS.iter().map(|format| format.name.to_owned());
    assert_eq!(formats.collect::<BTreeSet<_>>(), stems("report"));
    let notations = clients_contract::export::NOTATIONS.iter().map(|notation| notation.name.to_owned());
    assert_eq!(notations.collect::<BTreeSet<_>>(), stems("export"));
}

#[test]
fn rule_ids_are_unique_and_helpful() {
    let mut seen = BTreeSet::new();
    for rule in clients_contract::rules() {
        assert!(seen.insert(rule.id), "{} twice", rule.id);
        let texts = [rule.summary, rule.impact, rule.fix];
        assert!(texts.iter().all(|text| text.ends_with('.')), "{}", rule.id);
        assert!(!rule.example.is_empty(), "{}", rule.id);
    }
}

#[test]
fn files_stay_readable() {
    for file in files(&source()) {
        let text = fs::read_to_string(&file).unwrap();
        let lines = text.split("#[cfg(test)]\nmod tests").next().unwrap().lines().count();
        // Files that only declare types may be longer.
        let declares_types = file.parent().unwrap().ends_with("contract/clients");
        assert!(declares_types || lines <= 400, "{}: {lines} lines", file.display());
    }
}

/// The files that write to output streams or to files. What they write of other people's text goes through
/// `untrusted`.
const WRITERS: &[&str] = &[
    "untrusted/mod.rs",
    "untrusted/json.rs",
    "report/text.rs",
    "report/json.rs",
    "report/ndjson.rs",
    "report/sarif.rs",
    "report/junit.rs",
    "report/github.rs",
    "report/gitlab.rs",
    "report/markdown.rs",
    "live/har.rs",
    "live/record.rs",
    "run/baselines.rs",
    "run/history.rs",
    "run/output.rs",
    "run/outputs.rs",
    "bin/clients-contract/output.rs",
    "bin/clients-contract/usage.rs",
    // The beginning of a value, into memory.
    "diff/message.rs",
    // Whole documents: schemas, scripts, payloads, baselines, changelogs.
    "bin/clients-contract/commands/generate/violations.rs",
    "bin/clients-contract/commands/completions.rs",
    "bin/clients-contract/commands/diff.rs",
    "bin/clients-contract/commands/drift.rs",
    "bin/clients-contract/commands/export.rs",
    "bin/clients-contract/commands/skill.rs",
    "bin/clients-contract/commands/generate/dataset.rs",
    // Through documents, or through `untrusted`.
    "bin/clients-contract/commands/history.rs",
    "bin/clients-contract/commands/generate/large.rs",
    "bin/clients-contract/commands/generate/mod.rs",
    "bin/clients-contract/commands/infer.rs",
    "bin/clients-contract/commands/mutate.rs",
    "bin/clients-contract/commands/rules.rs",
    "bin/clients-contract/commands/schema.rs",
    // A URL.
    "bin/clients-contract/commands/listen.rs",
    // Items as they are, into a temporary file; bodies, into memory; what is no response, into a connection.
    "serve/store.rs",
    "serve/page.rs",
    "serve/http/connection.rs",
    // Bodies as they become.
    "redact/redactor.rs",
    "redact/captures/pool.rs",
    "run/redaction/spool.rs",
    // The summary, made before.
    "bin/clients-contract/commands/redact.rs",
];

/// Ways to write to an output stream, standard ones first.
const WRITES: &[&str] = &[
    "println!(",
    "print!(",
    "dbg!(",
    "stdout()",
    "stderr()",
    "writeln!(out",
    "write!(out",
    ".write_all(",
    "to_writer",
];

/// The lines of a file that write, without tests. Whether a stream is a terminal may be asked anywhere.
fn writes(code: &str) -> Vec<&str> {
    let code = code.split("#[cfg(test)]\nmod tests").next().unwrap_or_default();
    let asks = |line: &str| line.contains("is_terminal()") || line.contains("AutoStream::choice(");
    let writes = |line: &str| WRITES.iter().any(|way| line.contains(way)) && !asks(line);
    code.lines().filter(|line| writes(line)).collect()
}

#[test]
fn only_named_files_write_to_output_streams() {
    let mut named: BTreeSet<&str> = WRITERS.iter().copied().collect();
    for file in files(&source()) {
        let inside = file.strip_prefix(source()).unwrap().to_str().unwrap().replace('\\', "/");
        let code = code(&file);
        let found = writes(&code);
        if !named.remove(&*inside) {
            assert!(found.is_empty(), "{inside}: {found:#?}");
        }
        // Standard error is written to by one function, and a wrong command line.
        let stderr = found.iter().any(|line| line.contains("stderr()"));
        let may = ["bin/clients-contract/output.rs", "bin/clients-contract/usage.rs"].contains(&&*inside);
        assert!(!stderr || may, "{inside}: {found:#?}");
        // No second way to escape, and no path whose odd bytes are lost. Where keys are hidden, characters go
        // before.
        let escapes = ["is_control()", "escape_unicode()", ".display()"];
        let elsewhere = escapes.iter().any(|way| code.contains(way));
        let may = inside == "untrusted/mod.rs" || inside.starts_with("live/");
        assert!(!elsewhere || may, "{inside}: text is escaped, and paths are printed, by `untrusted`");
    }
    assert!(named.is_empty(), "not there or writes nothing: {named:?}");
}

#[test]
fn untrusted_text_has_no_display() {
    use clients_contract::untrusted::Untrusted;
    use std::fmt::Display;
    use std::marker::PhantomData;

    struct Probe<T>(PhantomData<T>);

    /// What holds where the better answer below does not.
    trait Otherwise {
        const SHOWN: bool = false;
    }

    impl<T> Otherwise for Probe<T> {}

    impl<T: Display> Probe<T> {
        const SHOWN: bool = true;
    }

    let shown = [Probe::<String>::SHOWN, Probe::<Untrusted<'static>>::SHOWN];
    assert_eq!(shown, [true, false], "text is shown, untrusted text is not");
    let hidden = format!("{:?}", Untrusted::from("a\n\u{202e}"));
    assert_eq!(hidden, "Untrusted(\"a\\u{a}\\u{202e}\")");
}

#[test]
fn the_house_test_sees_what_writes() {
    let code = "let a = io::stderr().is_terminal();\nwriteln!(io::stderr(), \"x\");\n#[cfg(test)]\nmod tests { println!(); }";
    assert_eq!(writes(code).len(), 1);
    assert!(WRITES.iter().all(|way| writes(way).len() == 1));
}
