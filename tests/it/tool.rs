//! The tool as a process.

use std::fs;
use std::io::Write;
use std::path::Path;
use std::process::{Command, Output, Stdio};

use serde_json::Value;

fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

pub fn run(arguments: &[&str]) -> Output {
    tool().args(arguments).output().unwrap()
}

pub fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

pub fn stdout(output: &Output) -> &str {
    std::str::from_utf8(&output.stdout).unwrap()
}

pub fn stderr(output: &Output) -> &str {
    std::str::from_utf8(&output.stderr).unwrap()
}

/// A command that does not read its standard input may end before all of `input` is written.
pub fn fed(arguments: &[&str], input: &[u8]) -> Output {
    let mut command = tool();
    command.args(arguments).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    let mut child = command.spawn().unwrap();
    match child.stdin.take().unwrap().write_all(input) {
        Err(error) if error.kind() == std::io::ErrorKind::BrokenPipe => {}
        written => written.unwrap(),
    }
    child.wait_with_output().unwrap()
}

const NULL: &str = "fixtures/invalid/null-value/client-name.json";
const DUPLICATE: &str = "fixtures/invalid/duplicate-key/slug.json";
const UNDOCUMENTED: &str = "fixtures/invalid/undocumented-property/client.json";
const MINIMAL: &str = "fixtures/valid/minimal.json";

#[test]
fn the_code_follows_the_severity_whatever_the_format() {
    for format in clients_contract::report::FORMATS.iter().map(|format| format.name) {
        for (file, at_error, at_warning, at_info) in
            [(MINIMAL, 0, 0, 0), (UNDOCUMENTED, 0, 0, 1), (DUPLICATE, 0, 1, 1), (NULL, 1, 1, 1)]
        {
            let exit = |fail_on: &str| code(&run(&["validate", "-f", format, "--fail-on", fail_on, file]));
            assert_eq!(exit("error"), at_error, "{file} {format}");
            assert_eq!(exit("WARNING"), at_warning, "{file} {format}");
            assert_eq!(exit("info"), at_info, "{file} {format}");
            assert_eq!(exit("never"), 0, "{file} {format}");
        }
    }
}

#[test]
fn wrong_usage_is_2() {
    for arguments in [
        &["validate"][..],
        &["validate", "--nope", MINIMAL],
        &["validate", "-f", "xml", MINIMAL],
        &["validate", "--max-depth", "0", MINIMAL],
        &["nonsense"],
        &[],
    ] {
        let output = run(arguments);
        assert_eq!(code(&output), 2, "{arguments:?}");
        assert!(output.stdout.is_empty() && !output.stderr.is_empty(), "{arguments:?}");
    }
}

#[test]
fn what_cannot_be_answered_is_3_and_the_rest_is_still_validated() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    assert_eq!(code(&run(&["validate", &path("missing.json")])), 3);
    assert_eq!(code(&run(&["validate", folder.path().to_str().unwrap()])), 3, "an empty folder");
    let output = run(&["validate", folder.path().to_str().unwrap(), MINIMAL]);
    assert_eq!(code(&output), 3, "an empty folder beside a payload");
    let missing = "contains no file to read: of a directory, .json, .ndjson, .jsonl and .har files are read";
    assert!(stderr(&output).contains(missing), "{}", stderr(&output));
    fs::write(path("blank.ndjson"), "\n \n").unwrap();
    assert_eq!(code(&run(&["validate", &path("blank.ndjson")])), 3, "nothing to judge");

    let output = run(&["validate", "-f", "json", &path("missing.json"), NULL]);
    assert_eq!(code(&output), 3);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["outcome"], "incomplete");
    assert_eq!(report["checked"]["payloads"], 1);
    assert_eq!(report["findings"][0]["rule"], "null-value");
    assert_eq!(report["problems"][0]["origin"], path("missing.json"));
    assert!(stderr(&output).contains("missing.json"));

    for (schema, what) in
        [("{", "s.json:1:2"), ("{\"type\": 3}", "/type"), ("{\"$ref\": \"http://x.test/\"}", "x.test")]
    {
        fs::write(path("s.json"), schema).unwrap();
        let output = run(&["validate", "--schema", &path("s.json"), MINIMAL]);
        assert_eq!(code(&output), 3, "{schema}");
        assert!(stderr(&output).contains(what), "{}", stderr(&output));
    }
}

#[test]
fn an_unreadable_file_does_not_stop_a_run() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::copy(MINIMAL, path("a.json")).unwrap();
    fs::copy(NULL, path("b.json")).unwrap();
    let unreadable = |name: &str| {
        let [before, behind] = [path("a.json"), path("b.json")];
        let output =
            run(&["validate", "-f", "ndjson", before.to_str().unwrap(), name, behind.to_str().unwrap()]);
        assert_eq!(code(&output), 3, "{name}");
        assert_eq!(stdout(&output).lines().count(), 2, "{name}");
        let told = stderr(&output).to_owned();
        assert!(told.contains(name), "{told}");
        told
    };
    let link = path("c.json");
    let link = link.to_str().unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("/nowhere/at/all", link).unwrap();
    assert!(unreadable(link).contains("cannot be read"));
    // It opens, and fails as it is read, whoever asks.
    if cfg!(target_os = "linux") {
        assert!(unreadable("/proc/self/mem").contains("could not be read to its end"));
    }
    // It is there and does not open, whoever asks.
    #[cfg(unix)]
    {
        let round = path("d.json");
        std::os::unix::fs::symlink(&round, &round).unwrap();
        assert!(unreadable(round.to_str().unwrap()).contains("cannot be read"));
    }
}

#[test]
fn a_folder_stands_for_its_payloads() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    fs::create_dir_all(path("b/.hidden")).unwrap();
    for name in ["b/z.json", "a.JSONL", "b.ndjson", ".secret.json", "b/.hidden/x.json", "notes.txt"] {
        fs::write(path(name), "{\"data\": null}\n").unwrap();
    }
    #[cfg(unix)]
    std::os::unix::fs::symlink(path("b"), path("loop.json")).unwrap();
    let output = run(&["validate", "-f", "json", folder.path().to_str().unwrap()]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["checked"]["payloads"], 3);
    assert_eq!(report["checked"]["skipped"], if cfg!(unix) { 4 } else { 3 });
    let lines = run(&["validate", "-f", "ndjson", folder.path().to_str().unwrap()]);
    let origins: Vec<String> = stdout(&lines)
        .lines()
        .map(|line| serde_json::from_str::<Value>(line).unwrap()["origin"].as_str().unwrap().to_owned())
        .collect();
    let name = |name: &str| path(name).to_str().unwrap().to_owned();
    assert_eq!(
        origins,
        [format!("{}:1", name("a.JSONL")), format!("{}:1", name("b.ndjson")), name("b/z.json")]
    );
    // A file named itself is read whatever it is called.
    assert_eq!(code(&run(&["validate", &name(".secret.json"), &name("notes.txt")])), 1);
}

#[test]
fn the_json_report_has_the_promised_shape() {
    let output = run(&["validate", "-f", "json", NULL, NULL, MINIMAL]);
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["tool"]["name"], "clients-contract");
    assert_eq!(report["contract"]["id"], "urn:clients-contract:clients");
    assert_eq!(report["contract"]["version"], "1.0.0");
    assert_eq!(report["outcome"], "fail");
    let bytes = fs::metadata(NULL).unwrap().len() * 2 + fs::metadata(MINIMAL).unwrap().len();
    assert_eq!(
        report["checked"],
        serde_json::json!({"payloads": 3, "valid": 1, "invalid": 2, "not_validated": 0, "skipped": 0, "bytes": bytes})
    );
    let finding = &report["findings"][0];
    assert_eq!(finding["pointer"], "/data/Clients/clients/*/name");
    assert_eq!(finding["message"], "`/data/Clients/clients/*/name`: null is not allowed");
    assert_eq!(finding["count"], 2);
    assert_eq!(finding["payloads"], 2);
    assert!((finding["share"].as_f64().unwrap() - 2.0 / 3.0).abs() < 1e-9);
    assert_eq!(finding["fingerprint"], "9d4b14975e3c5f46");
    assert_eq!(finding["schema_pointer"], "/$defs/Client/properties/name/type");
    assert_eq!(finding["first"]["origin"], NULL);
    assert_eq!(finding["first"]["pointer"], "/data/Clients/clients/0/name");
    assert_eq!(finding["first"]["line"], 13);
    assert_eq!(finding["last"]["column"], 19);
}

#[test]
fn standard_input_is_read_and_distinguished() {
    let line = fs::read_to_string(NULL).unwrap().replace('\n', " ");
    let output = fed(&["validate", "-f", "ndjson", "-"], format!("{line}\n\n{line}\n").as_bytes());
    assert_eq!(code(&output), 1);
    let lines: Vec<Value> = stdout(&output).lines().map(|line| serde_json::from_str(line).unwrap()).collect();
    assert_eq!(lines[0]["origin"], "<stdin>:1");
    assert_eq!(lines[1]["origin"], "<stdin>:3");
    assert_eq!(lines[1]["findings"][0]["line"], 3);
    let whole = fed(&["validate", "--input", "json", "-f", "ndjson", "-"], b"{}\n{}");
    assert!(stdout(&whole).contains("\"not-json\""));
    let empty = fed(&["validate", "-"], b"");
    assert_eq!(code(&empty), 1);
    assert!(stdout(&empty).contains("truncated-body"));
}

#[cfg(unix)]
#[test]
fn a_problem_is_printed_once_where_stdout_and_stderr_are_one_file() {
    let folder = tempfile::tempdir().unwrap();
    let log = folder.path().join("log");
    let printed = |format: &str, shared: bool| {
        let file = fs::File::create(&log).unwrap();
        let stderr = if shared { file.try_clone().unwrap().into() } else { Stdio::null() };
        let arguments = ["validate", "-f", format, MINIMAL, "/nowhere/missing.json"];
        let status = tool().args(arguments).stdout(file).stderr(stderr).status().unwrap();
        assert_eq!(status.code(), Some(3));
        fs::read_to_string(&log).unwrap().matches("missing.json").count()
    };
    for format in ["text", "json", "markdown"] {
        assert_eq!((printed(format, true), printed(format, false)), (1, 1), "{format}");
    }
    // Lines of payloads have no list of problems.
    assert_eq!((printed("ndjson", true), printed("ndjson", false)), (1, 0));
}

#[test]
fn a_closed_pipe_is_not_an_error() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("many.ndjson");
    let line = fs::read_to_string(MINIMAL).unwrap().replace('\n', " ");
    fs::write(&file, format!("{line}\n").repeat(20_000)).unwrap();
    let mut child = tool()
        .args(["validate", "-f", "ndjson", file.to_str().unwrap()])
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", stderr(&output));
    assert!(output.stderr.is_empty(), "{}", stderr(&output));
}

#[test]
fn an_output_file_is_whole_or_not_there() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("report.json");
    let output = run(&["validate", "-f", "json", "-o", file.to_str().unwrap(), NULL]);
    assert_eq!(code(&output), 1);
    assert!(output.stdout.is_empty());
    let report: Value = serde_json::from_slice(&fs::read(&file).unwrap()).unwrap();
    assert_eq!(report["outcome"], "fail");
    assert_eq!(fs::read_dir(folder.path()).unwrap().count(), 1, "no temporary file is left");
    let nowhere = folder.path().join("no/such/folder.json");
    let output = run(&["validate", "-o", nowhere.to_str().unwrap(), NULL]);
    assert_eq!(code(&output), 3);
    assert!(stderr(&output).contains("cannot be written"));
    assert_eq!(code(&run(&["validate", "-o", "/dev/null", NULL])), 1);
}

#[test]
fn text_is_for_people() {
    let output = run(&["validate", NULL, UNDOCUMENTED, MINIMAL]);
    insta::assert_snapshot!(stdout(&output));
    let plain = run(&["validate", "--color", "never", NULL]);
    assert!(!stdout(&plain).contains('\u{1b}'));
    let colored = run(&["validate", "--color", "always", NULL]);
    assert!(stdout(&colored).contains('\u{1b}'));
}

#[test]
fn a_hostile_key_does_not_steer_the_terminal() {
    let output = fed(&["validate", "-"], br#"{"data": null, "\u001b[2J\u202e\r\nx": 1}"#);
    assert!(!stdout(&output).contains(['\u{1b}', '\u{202e}', '\r']), "{}", stdout(&output));
}

#[test]
fn a_million_causes_are_one_counted_line() {
    let members: Vec<String> = (0..12_000).map(|number| format!("\"key{number}\": 1")).collect();
    let output = fed(&["validate", "-f", "json", "-"], format!("{{{}}}", members.join(",")).as_bytes());
    let report: Value = serde_json::from_slice(&output.stdout).unwrap();
    assert_eq!(report["findings"].as_array().unwrap().len(), 10_000);
    assert_eq!(report["uncounted"], 2_001, "one key more is missing");
    let output = run(&["validate", "--max-findings", "1", NULL, UNDOCUMENTED]);
    assert!(stdout(&output).contains("… and 1 more finding group ("), "{}", stdout(&output));
}

#[test]
fn the_schema_is_printed_checked_and_written() {
    let printed = run(&["schema"]);
    assert_eq!(code(&printed), 0);
    assert_eq!(stdout(&printed), fs::read_to_string("schemas/clients.schema.json").unwrap());
    assert_eq!(code(&run(&["schema", "--check"])), 0);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("s.json");
    let path = file.to_str().unwrap();
    assert_eq!(code(&run(&["schema", "--check", path])), 3, "not there");
    fs::write(&file, "{}").unwrap();
    let stale = run(&["schema", "--check", path]);
    assert_eq!(code(&stale), 1);
    assert!(stderr(&stale).contains("--write"));
    assert_eq!(code(&run(&["schema", "--write", path])), 0);
    assert_eq!(code(&run(&["schema", "--check", path])), 0);
}

#[test]
fn version_and_help_are_on_stdout() {
    let version = run(&["--version"]);
    assert_eq!(code(&version), 0);
    let expected = format!(
        "clients-contract {} (contract urn:clients-contract:clients 1.0.0)\n",
        env!("CARGO_PKG_VERSION")
    );
    assert_eq!(stdout(&version), expected);
    for command in ["validate", "generate", "schema", "rules", "completions"] {
        let help = run(&[command, "--help"]);
        assert_eq!(code(&help), 0);
        assert!(stdout(&help).contains("Usage: clients-contract"), "{command}");
    }
    assert!(Path::new(MINIMAL).exists());
}

/// Deep payloads and schemas that combine a lot at each level do not overflow the stack.
#[test]
fn a_deep_payload_fits_whatever_the_schema_combines() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let mut definitions = serde_json::Map::new();
    for number in 0..10 {
        let next = serde_json::json!({"allOf": [{"$ref": format!("#/$defs/{}", number + 1)}]});
        definitions.insert(number.to_string(), next);
    }
    definitions.insert("10".to_owned(), serde_json::json!({"properties": {"a": {"$ref": "#/$defs/0"}}}));
    fs::write(path("s.json"), serde_json::json!({"$ref": "#/$defs/0", "$defs": definitions}).to_string())
        .unwrap();
    fs::write(path("p.json"), format!("{}{{}}{}", "{\"a\":".repeat(511), "}".repeat(511))).unwrap();
    let output = run(&["validate", "--max-depth", "512", "--schema", &path("s.json"), &path("p.json")]);
    assert_eq!(code(&output), 0, "{}", stderr(&output));
}

/// With ndjson each line is there before the next payload is.
#[test]
fn lines_come_as_they_are_validated() {
    use std::io::{BufRead, BufReader};

    let mut child = tool()
        .args(["validate", "-f", "ndjson", "--input", "ndjson", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
    for number in 1..4 {
        writeln!(stdin, "{{\"data\": null}}").unwrap();
        stdin.flush().unwrap();
        assert!(lines.next().unwrap().unwrap().contains(&format!("<stdin>:{number}")));
    }
    drop(stdin);
    assert_eq!(child.wait().unwrap().code(), Some(1));
}

#[cfg(unix)]
#[test]
fn an_output_follows_links_and_the_umask() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    fs::write(path("real"), "old").unwrap();
    std::os::unix::fs::symlink(path("real"), path("link")).unwrap();
    assert_eq!(code(&run(&["schema", "--write", &path("link")])), 0);
    assert!(fs::symlink_metadata(path("link")).unwrap().is_symlink());
    assert!(fs::read_to_string(path("real")).unwrap().contains("$defs"));
    let tool = env!("CARGO_BIN_EXE_clients-contract");
    let script = format!("umask 077; '{tool}' schema --write '{}'", path("new"));
    assert!(Command::new("sh").args(["-c", &script]).status().unwrap().success());
    assert_eq!(fs::metadata(path("new")).unwrap().permissions().mode() & 0o777, 0o600);
}

#[test]
fn several_documents_need_a_folder_and_nothing_is_made_without_one() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name).to_str().unwrap().to_owned();
    let output = run(&["generate", "-n", "3", "-f", "json"]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("-o DIR") && !stderr(&output).contains("seed"), "{}", stderr(&output));
    fs::write(path("file"), "mine").unwrap();
    let output = run(&["generate", "-n", "3", "-f", "json", "-o", &path("file")]);
    assert_eq!(code(&output), 2);
    assert!(stderr(&output).contains("file: not a directory"), "{}", stderr(&output));
    assert_eq!(fs::read_to_string(path("file")).unwrap(), "mine");
    for (number, name) in [("1", "one/"), ("2", "two")] {
        let output = run(&["generate", "-n", number, "-f", "json", "-o", &path(name)]);
        assert_eq!(code(&output), 0, "{}", stderr(&output));
        assert_eq!(fs::read_dir(path(name)).unwrap().count().to_string(), number);
    }
    assert_eq!(code(&run(&["generate", "-o", &path("page.json")])), 0);
    assert!(fs::metadata(path("page.json")).unwrap().is_file());
}

#[test]
fn colours_go_where_they_are_requested() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("told");
    let told = |color: &str| {
        run(&["validate", "--color", color, "-o", file.to_str().unwrap(), NULL]);
        fs::read_to_string(&file).unwrap()
    };
    assert!(told("always").contains("\x1b["));
    assert!(!told("auto").contains("\x1b["));
}

#[test]
fn an_error_names_what_the_user_named_and_that_once() {
    let folder = tempfile::tempdir().unwrap();
    let gone = folder.path().join("no/such/file");
    let gone = gone.to_str().unwrap();
    let output = run(&["validate", "-o", gone, MINIMAL]);
    assert_eq!(code(&output), 3);
    let told = stderr(&output);
    assert_eq!(told.matches("no/such").count(), 1, "{told}");
    assert!(told.contains("cannot be written") && !told.contains(".clients-contract-"), "{told}");
}

/// The signals that end a run. Hangups that it was started to ignore (`nohup`), as these tests may be, the
/// tool ignores.
#[cfg(unix)]
pub fn signals() -> Vec<(&'static str, i32)> {
    let status = fs::read_to_string("/proc/self/status").unwrap_or_default();
    let ignored = status.lines().find_map(|line| line.strip_prefix("SigIgn:")).unwrap_or("0");
    let ignores_hangups = u64::from_str_radix(ignored.trim(), 16).unwrap() & 1 == 1;
    let mut signals = vec![("INT", 130), ("TERM", 143), ("HUP", 129)];
    signals.retain(|(name, _)| *name != "HUP" || !ignores_hangups);
    signals
}
