//! Any cut of the input into parts, merged in any tree, gives the report of one run.

use std::collections::BTreeSet;
use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use proptest::prelude::*;
use serde_json::{Value, json};

use super::{Said, page, tool};

/// Runs the tool with files and parts of files on standard input.
fn with_stdin(folder: &Path, arguments: &[&str], stdin: &[u8]) -> Said {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.current_dir(folder).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut input = child.stdin.take().unwrap();
    // A tool that refuses its arguments reads nothing.
    let _ = input.write_all(stdin);
    drop(input);
    let output = child.wait_with_output().unwrap();
    Said {
        code: output.status.code().unwrap(),
        out: String::from_utf8(output.stdout).unwrap(),
        err: String::from_utf8(output.stderr).unwrap(),
    }
}

/// A file, or lines of one from a first one on.
#[derive(Clone, Debug)]
struct Piece {
    file: String,
    line: Option<usize>,
    bytes: Vec<u8>,
}

/// The last line.
const END: &str = "{\"end\": true}\n";

fn stream(pieces: &[Piece]) -> Vec<u8> {
    let mut all = Vec::new();
    for Piece { file, line, bytes } in pieces {
        let begin = line.map_or_else(|| json!({"file": file}), |line| json!({"file": file, "line": line}));
        writeln!(all, "{begin}").unwrap();
        for chunk in bytes.chunks(1_000) {
            writeln!(all, "{}", json!({"bytes": chunk.len()})).unwrap();
            all.extend_from_slice(chunk);
        }
    }
    all.extend_from_slice(END.as_bytes());
    all
}

/// Pages of walks by number that go on over files, walks by cursor, and pages that break the contract.
fn write_corpus(here: &Path) -> Vec<String> {
    let mut files = Vec::new();
    let mut number = 0_u64;
    for file in 0..5_u64 {
        let mut text = String::new();
        for line in 0..24_u64 {
            number += 1;
            let mut page = page(number * 3 / 4);
            let envelope = page.pointer_mut("/data/Clients").unwrap();
            // Two walks of 40 pages after each other, whose total changes on the way, then one by cursors.
            let paging = &mut envelope["pageInfo"];
            paging["perPage"] = 1.into();
            paging["currentPage"] = ((number - 1) % 40 + 1).into();
            paging["total"] = if number % 40 > 30 { 41.into() } else { 40.into() };
            paging["hasMore"] = (!number.is_multiple_of(40)).into();
            if number > 80 {
                paging["nextCursor"] = format!("c{}", number % 25).into();
                paging["hasMore"] = true.into();
            }
            let course = page.pointer_mut("/data/Clients/clients/0/courses/0").unwrap();
            match (number * 7 + file) % 11 {
                0 => course["status"] = format!("new-{}", number % 4).into(),
                1 => course["badge"] = number.into(),
                2 => course["slug"] = Value::Null,
                3 => {
                    course["slug"] =
                        json!([number, {"x": "y".repeat(usize::try_from(90 - number % 80).unwrap())}]);
                }
                4 => drop(course.as_object_mut().unwrap().remove("isActive")),
                _ => {}
            }
            text.push_str(&page.to_string());
            text.push_str(if line % 10 == 3 { "\n\n \r\n" } else { "\n" });
        }
        let name = format!("day/{file}.ndjson");
        fs::create_dir_all(here.join("day")).unwrap();
        fs::write(here.join(&name), text).unwrap();
        files.push(name);
    }
    fs::write(here.join("day/9.har"), "{\"log\": {\"entries\": [").unwrap();
    files.push("day/9.har".to_owned());
    files
}

/// Cuts every file of lines where `cuts` says so, and puts pieces together likewise.
fn parts_of(here: &Path, files: &[String], cuts: &[bool]) -> Vec<Vec<Piece>> {
    let mut cuts = cuts.iter().cycle();
    let mut parts = vec![Vec::new()];
    for file in files {
        let bytes = fs::read(here.join(file)).unwrap();
        if !file.ends_with(".ndjson") {
            parts.last_mut().unwrap().push(Piece { file: file.clone(), line: None, bytes });
            continue;
        }
        let mut piece = Piece { file: file.clone(), line: Some(1), bytes: Vec::new() };
        for (number, line) in bytes.split_inclusive(|byte| *byte == b'\n').enumerate() {
            if number > 0 && *cuts.next().unwrap() {
                let next = Piece { file: file.clone(), line: Some(number + 1), bytes: Vec::new() };
                parts.last_mut().unwrap().push(std::mem::replace(&mut piece, next));
                parts.push(Vec::new());
            }
            piece.bytes.extend_from_slice(line);
        }
        parts.last_mut().unwrap().push(piece);
    }
    parts.retain(|part| !part.is_empty());
    parts
}

/// Profiles a part; returns what it needs and what it offers.
fn profiled(here: &Path, name: &str, part: &[Piece]) -> [BTreeSet<String>; 2] {
    let links = format!("{name}.links");
    let arguments = ["drift", "--no-settings", "-q", "-f", "json", "-o", "/dev/null", "-j1", "--stdin-parts"];
    let said = with_stdin(
        here,
        &[&arguments[..], &["--profile", name, "--links", &links, "-"]].concat(),
        &stream(part),
    );
    assert!([0, 1, 3].contains(&said.code), "{} {}", said.code, said.err);
    let links: Value = serde_json::from_str(&fs::read_to_string(here.join(links)).unwrap()).unwrap();
    ["needs", "offers"].map(|member| serde_json::from_value(links[member].clone()).unwrap())
}

/// Parts that must be validated together, in one: those between one that needs what another one offers.
fn joined(parts: Vec<Vec<Piece>>, links: &[[BTreeSet<String>; 2]]) -> Vec<Vec<Piece>> {
    let mut first: Vec<usize> = (0..parts.len()).collect();
    for (at, [needs, _]) in links.iter().enumerate() {
        for need in needs {
            if let Some(from) = (0..at).rfind(|before| links[*before][1].contains(need)) {
                let from = first[from];
                first[from..=at].fill(from);
            }
        }
    }
    let mut joined: Vec<Vec<Piece>> = Vec::new();
    for (at, part) in parts.into_iter().enumerate() {
        if first[at] == at { joined.push(part) } else { joined.last_mut().unwrap().extend(part) }
    }
    joined
}

fn cases() -> u32 {
    std::env::var("PART_CASES").ok().and_then(|cases| cases.parse().ok()).unwrap_or(4)
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(cases()))]

    #[test]
    fn any_parts_in_any_tree_give_the_report_of_one_run(
        cuts in prop::collection::vec(prop::bool::weighted(0.07), 200),
        tree in prop::collection::vec(any::<prop::sample::Index>(), 64),
    ) {
        let folder = tempfile::tempdir().unwrap();
        let here = folder.path();
        let files = write_corpus(here);
        let parts = parts_of(here, &files, &cuts);
        let named = |parts: &[Vec<Piece>], round: &str| -> Vec<(String, [BTreeSet<String>; 2])> {
            let profile = |(at, part): (usize, &Vec<Piece>)| {
                let name = format!("{round}-{at}.json");
                let links = profiled(here, &name, part);
                (name, links)
            };
            parts.iter().enumerate().map(profile).collect()
        };
        let links: Vec<_> = named(&parts, "apart").into_iter().map(|(_, links)| links).collect();
        let mut profiles: Vec<String> =
            named(&joined(parts, &links), "part").into_iter().map(|(name, _)| name).collect();
        let mut tree = tree.iter().cycle();
        for merge in 0.. {
            if profiles.len() == 1 {
                break;
            }
            let mut take = || profiles.swap_remove(tree.next().unwrap().index(profiles.len()));
            let (one, other, both) = (take(), take(), format!("merge-{merge}.json"));
            tool(here, &["drift", "--merge", "-q", "-f", "json", "-o", "/dev/null", &one, &other, "--profile", &both]);
            profiles.push(both);
        }
        for view in [&["-f", "text"][..], &["-f", "json", "--min-sample", "20"], &["-f", "sarif"]] {
            let whole = tool(here, &[&["drift", "--no-settings", "day"], view].concat());
            let merged = tool(here, &[&["drift", "--no-settings", "--merge", &profiles[0]], view].concat());
            prop_assert!(merged.out == whole.out, "{view:?}: {}\n----\n{}", merged.out, whole.out);
            prop_assert_eq!(merged.code, whole.code);
            for rule in ["total-changed", "walk-not-ending"] {
                prop_assert!(whole.out.contains(rule), "{rule}");
            }
        }
    }
}

#[test]
fn standard_input_has_the_name_that_is_given() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let text = format!("{}\nnull\n", page(1));
    fs::write(here.join("a.ndjson"), &text).unwrap();
    let whole = tool(here, &["validate", "--no-settings", "a.ndjson"]);
    let named =
        with_stdin(here, &["validate", "--no-settings", "--stdin-name", "a.ndjson", "-"], text.as_bytes());
    assert!(whole.out.contains("a.ndjson:2:1"));
    assert_eq!(named.out, whole.out);
    let wrong = tool(here, &["validate", "--no-settings", "--stdin-name", "a.ndjson", "a.ndjson"]);
    assert!(wrong.code == 2 && wrong.err.contains("only for standard input"), "{}", wrong.err);
}

#[test]
fn what_cannot_be_read_of_a_part_is_a_problem() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("here.json"), page(3).to_string()).unwrap();
    let body = page(1).to_string();
    let run = |stdin: &str| {
        with_stdin(here, &["drift", "--no-settings", "-f", "json", "--stdin-parts", "-"], stdin.as_bytes())
    };
    let problems = |said: &Said| -> Vec<String> {
        let report: Value = serde_json::from_str(&said.out).unwrap();
        let all = report["problems"].as_array().unwrap().iter();
        all.map(|problem| format!("{}: {}", problem["origin"], problem["message"]).replace('"', "")).collect()
    };
    let said = run(&format!(
        "{{\"file\": \"a.json\"}}\n{{\"bytes\": {}}}\n{body}\n{{\"file\": \"b.json\"}}\n{{\"error\": \"lost\"}}\n\
         {{\"problem\": \"cannot be read: gone\", \"file\": \"c\"}}\n{{\"skipped\": 4}}\n\
         {{\"file\": \"here.json\", \"read\": true}}\n{{\"file\": \"gone.json\", \"read\": true}}\n{END}",
        body.len() + 1,
    ));
    let found = problems(&said);
    assert_eq!(found[..2], ["b.json: could not be read to its end: lost", "c: cannot be read: gone"]);
    assert!(found.len() == 3 && found[2].starts_with("gone.json: cannot be read: "), "{found:?}");
    let report: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((&report["checked"]["payloads"], &report["checked"]["skipped"]), (&json!(2), &json!(4)));
    // Only lines can be read from the middle.
    let said = run(&format!("{{\"file\": \"a.json\", \"line\": 1}}\n{{\"bytes\": 3}}\n{{}}\n{END}"));
    assert_eq!(problems(&said), ["a.json: is not uncompressed NDJSON, and cannot be read in parts"]);
    for (text, about) in [
        ("{\"file\": \"a.json\"}\n{\"bytes\": 30}\n{}\n", "a.json: could not be read to its end"),
        ("nothing\n", "<stdin>: cannot be read in parts"),
        ("", "<stdin>: cannot be read in parts: the stream is cut off"),
        (
            "{\"file\": \"here.json\", \"read\": true}\n",
            "<stdin>: cannot be read in parts: the stream is cut",
        ),
        (
            "{\"file\": \"a.json\"}\n{\"bytes\": 3}\n{}\n",
            "a.json: could not be read to its end: the stream is cut",
        ),
        ("{\"file\": \"a.json\"}\n{\"surprise\": 1}\n", "a.json: expected a line of JSON"),
    ] {
        let said = run(text);
        let found = problems(&said);
        assert_eq!(said.code, 3, "{text}");
        assert!(found.len() == 1 && found[0].contains(about), "{found:?}");
    }
}

#[test]
fn files_are_listed_and_not_read() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write_corpus(here);
    fs::write(here.join("day/notes.txt"), "x").unwrap();
    let said = tool(here, &["drift", "--list-files", "day", "gone.json"]);
    let list: Value = serde_json::from_str(&said.out).unwrap();
    assert_eq!((said.code, &list["skipped"], list["files"].as_array().unwrap().len()), (0, &json!(1), 6));
    assert_eq!(list["files"][5], json!({"file": "day/9.har", "bytes": 21}));
    assert_eq!(list["problems"][0]["file"], "gone.json");
}
