//! Signals end a run with what it has.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Stdio};

use serde_json::{Value, json};

use super::{contents, stderr, stdout, tool, write};

/// Starts the tool with a pipe for its input, and feeds the pipe, which stays open.
fn started(
    folder: &Path,
    arguments: &[&str],
    input: &str,
) -> (std::process::Child, std::process::ChildStdin) {
    let mut command = tool();
    command.current_dir(folder).args(arguments);
    let mut child =
        command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut stdin = child.stdin.take().unwrap();
    stdin.write_all(input.as_bytes()).unwrap();
    stdin.flush().unwrap();
    (child, stdin)
}

fn signal(child: &std::process::Child, name: &str) {
    assert!(
        Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success()
    );
}

/// Waits until the tool took all of its input and has its handlers.
fn settled() {
    std::thread::sleep(std::time::Duration::from_millis(1_500));
}

#[test]
fn signals_end_a_run_with_what_it_has_and_no_temporary_file() {
    const LINE: &str = "{\"seats\": null}\n";
    let commands: [&[&str]; 4] = [
        &[
            "validate",
            "--schema",
            "s.json",
            "-f",
            "json",
            "-o",
            "out",
            "--report",
            "junit=more",
            "--input",
            "ndjson",
            "-",
        ],
        &[
            "drift",
            "--schema",
            "s.json",
            "-f",
            "json",
            "-o",
            "out",
            "--profile",
            "p",
            "--input",
            "ndjson",
            "-",
        ],
        &["infer", "--input", "ndjson", "-o", "out", "-"],
        &["mutate", "--schema", "s.json", "-"],
    ];
    let children: Vec<_> = crate::tool::signals()
        .into_iter()
        .flat_map(|(name, code)| commands.map(|command| (name, code, command)))
        .map(|(name, code, command)| {
            let folder = tempfile::tempdir().unwrap();
            write(folder.path(), "s.json", &json!({"properties": {"seats": {"type": "integer"}}}));
            let (child, stdin) = started(folder.path(), command, &LINE.repeat(3));
            (name, code, command, folder, child, stdin)
        })
        .collect();
    settled();
    for (name, code, command, folder, child, stdin) in children {
        signal(&child, name);
        let output = child.wait_with_output().unwrap();
        drop(stdin);
        let told = stderr(&output);
        assert_eq!(output.status.code(), Some(code), "{name} {command:?}: {told}");
        assert!(told.contains("interrupted"), "{name} {command:?}: {told}");
        let mut left: Vec<String> = contents(folder.path())
            .iter()
            .map(|(path, _)| path.file_name().unwrap().to_str().unwrap().to_owned())
            .collect();
        left.retain(|name| name != "s.json");
        match command[0] {
            "validate" => {
                assert_eq!(left, ["more", "out"]);
                let report: Value =
                    serde_json::from_slice(&fs::read(folder.path().join("out")).unwrap()).unwrap();
                assert_eq!(
                    (&report["checked"]["payloads"], &report["findings"][0]["count"]),
                    (&json!(3), &json!(3))
                );
            }
            "drift" => assert_eq!(left, ["out"], "no profile of a part"),
            "infer" => {
                assert_eq!(left, ["out"]);
                let schema: Value =
                    serde_json::from_slice(&fs::read(folder.path().join("out")).unwrap()).unwrap();
                assert_eq!(schema["properties"]["seats"]["type"], "null", "{schema}");
            }
            _ => assert!(left.is_empty() && stdout(&output).contains("score: "), "{}", stdout(&output)),
        }
    }
}

#[test]
fn a_second_signal_ends_a_run_at_once_and_removes_its_files() {
    let folder = tempfile::tempdir().unwrap();
    // Nobody ever writes into this pipe: the run cannot end by itself.
    assert!(Command::new("mkfifo").arg(folder.path().join("pipe.json")).status().unwrap().success());
    let arguments = ["validate", "pipe.json", "-o", "out", "--report", "json=more"];
    let (mut child, _stdin) = started(folder.path(), &arguments, "");
    settled();
    assert_eq!(contents_of_names(folder.path()).len(), 3, "two temporary files beside the pipe");
    signal(&child, "TERM");
    std::thread::sleep(std::time::Duration::from_millis(300));
    assert!(child.try_wait().unwrap().is_none(), "it waits for the pipe");
    signal(&child, "INT");
    assert_eq!(child.wait().unwrap().code(), Some(130));
    assert_eq!(contents_of_names(folder.path()), ["pipe.json"]);
}

fn contents_of_names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[test]
fn generated_payloads_end_whole_on_a_signal() {
    for (arguments, form) in [
        (&["generate", "-n", "100000000", "--clients", "1", "--seed", "1", "-o", "out"][..], "lines"),
        (&["generate", "--preset", "large", "--size", "100GB", "--seed", "1", "-o", "out"], "one"),
        (&["generate", "--dataset", "--total", "100000000", "--seed", "1", "-o", "out"], "lines"),
    ] {
        let folder = tempfile::tempdir().unwrap();
        let (child, _stdin) = started(folder.path(), arguments, "");
        settled();
        signal(&child, "TERM");
        let output = child.wait_with_output().unwrap();
        assert_eq!(output.status.code(), Some(143), "{arguments:?} {}", stderr(&output));
        assert_eq!(contents_of_names(folder.path()), ["out"]);
        let text = fs::read_to_string(folder.path().join("out")).unwrap();
        assert!(text.ends_with('\n'), "{arguments:?}");
        let last = if form == "lines" { text.lines().last().unwrap() } else { &text };
        assert!(serde_json::from_str::<Value>(last).is_ok(), "{arguments:?}");
    }
}
