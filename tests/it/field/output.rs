//! Nothing leaks and nothing is overwritten: hostile text in every output, files that must stay, signals, messages.

use std::fs;
use std::io::{Read, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use clients_contract::report::FORMATS;
use serde_json::{Value, json};

const KEY: &str = "ti_test_9f8e7d6c5b4a3210";

/// Text that steers terminals, logs, CI runners and readers, each in its own way.
const HOSTILE: &[&str] = &[
    "y\n::error::x",
    "r\r\n##[error]z",
    "\u{1b}[2J\u{1b}]0;title\u{7}\u{9b}1m",
    "\u{202e}gnp.\u{2066}x\u{200f}\u{61c}",
    "a\u{200b}b\u{2060}\u{feff}c\u{200d}\u{ad}",
    "n\u{2028}\u{2029}\u{85}\u{b}\u{c}n",
    "::set-output name=a::b",
    "##vso[task.complete]",
    "<b>@all #1 [l](http://x.test) | `x` ```",
    "\u{e000}\u{fffe}",
];

/// All of it that a name of a file can hold.
const NAME: &str = "y\n::error::x\r##[error]z\u{1b}[2J\u{202e}\u{200b}\u{2028}\u{85}.json";

fn tool() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
    for name in ["HTTPS_PROXY", "ALL_PROXY", "https_proxy", "all_proxy", "CLIENTS_CONTRACT_API_KEY"] {
        command.env_remove(name);
    }
    command.env_remove("NO_COLOR").stdin(Stdio::null());
    command
}

/// Runs the tool in a folder.
fn run(folder: &Path, arguments: &[&str]) -> Output {
    tool().current_dir(folder).args(arguments).output().unwrap()
}

fn code(output: &Output) -> i32 {
    output.status.code().unwrap()
}

fn stderr(output: &Output) -> String {
    String::from_utf8(output.stderr.clone()).unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

/// What nobody sees, or what moves others. Written here again, so that the tool's own table is not asked about itself.
fn steers(character: char) -> bool {
    matches!(
        u32::from(character),
        0..=9 | 0xb..=0x1f
            | 0x7f..=0x9f
            | 0xad
            | 0x61c
            | 0x200b..=0x200f
            | 0x2028..=0x202e
            | 0x2060..=0x2069
            | 0xfeff
            | 0xe000..=0xf8ff
            | 0xfffe..=0xffff
    )
}

/// Fails where a text steers anything. `-f github` writes annotations of its own.
fn harmless(text: &[u8], annotations: bool, what: &str) {
    let text = std::str::from_utf8(text).unwrap_or_else(|_| panic!("{what}: not UTF-8"));
    assert!(!text.contains(steers), "{what}: {text:?}");
    for line in text.lines() {
        let own = ["::error title=", "::warning title=", "::notice title="];
        let own = annotations && own.iter().any(|command| line.starts_with(command));
        assert!(own || !line.trim_start().starts_with("::"), "{what}: {line:?}");
        assert!(!line.contains("##[") && !line.contains("##vso["), "{what}: {line:?}");
    }
}

/// Runs the tool and fails where its output steers anything. All else is for the caller to judge.
fn checked(folder: &Path, arguments: &[&str]) -> Output {
    let output = run(folder, arguments);
    let github = arguments.contains(&"github");
    harmless(&output.stdout, github, &format!("stdout of {arguments:?}"));
    harmless(&output.stderr, false, &format!("stderr of {arguments:?}"));
    assert!(output.status.code().is_some(), "{arguments:?}");
    output
}

fn formats() -> impl Iterator<Item = &'static str> {
    FORMATS.iter().map(|format| format.name)
}

fn write(folder: &Path, name: &str, value: &Value) {
    fs::write(folder.join(name), value.to_string()).unwrap();
}

/// A schema with hostile names, enum members, an `$id`, and descriptions.
fn schema() -> Value {
    let properties: serde_json::Map<String, Value> =
        HOSTILE.iter().map(|name| ((*name).to_owned(), json!({"enum": HOSTILE, "title": name}))).collect();
    json!({"$id": format!("urn:x:{}", "a"), "title": NAME, "type": "object", "properties": properties, "required": HOSTILE})
}

fn payload() -> Value {
    let keys = HOSTILE.iter().map(|name| ((*name).to_owned(), json!("none of them")));
    let unknown = HOSTILE.iter().map(|name| (format!("{name}?"), json!({*name: [1, NAME]})));
    Value::Object(keys.chain(unknown).collect())
}

#[test]
fn hostile_names_of_files_steer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::create_dir(here.join(NAME)).unwrap();
    let inside = format!("{NAME}/{NAME}");
    fs::write(here.join(&inside), r#"{"data": null}"#).unwrap();
    fs::create_dir(here.join("::error::empty")).unwrap();
    write(here, "##[s].json", &json!({"type": "array"}));
    for format in formats() {
        let told = checked(
            here,
            &["validate", "-v", "-f", format, &inside, NAME, "\u{202e}missing", "::error::empty"],
        );
        assert_eq!(code(&told), 3, "{format}");
        assert_eq!(code(&checked(here, &["validate", "-f", format, "--schema", "##[s].json", &inside])), 1);
        checked(here, &["drift", "-f", format, &inside]);
        checked(here, &["diff", "-f", format, "##[s].json", &inside]);
    }
    for arguments in [
        &["infer", "-o", &inside, "::error::missing"][..],
        &["infer", NAME],
        &["mutate", NAME, "\u{202e}"],
        &["validate", "--report", "json=\u{1b}[2J/::x", NAME],
        &["validate", "--report", "\u{1b}[2J=::x", NAME],
        &["validate", "--baseline", "\u{202e}\n::error::b", NAME],
        &["validate", "--write-baseline", "\n::error::w.toml", NAME],
        &["validate", "--settings", "\n::error::s", NAME],
        &["validate", "-o", "no/\n::error::o", NAME],
        &["validate", "\n::error::*.json"],
        &["generate", "-n", "2", "-f", "json", "-o", "\n::error::folder"],
        &["schema", "--check", &inside],
        &["schema", "--write=\n::error::schema"],
        &["diff", "\n::error::a:\u{202e}", "builtin"],
        &["diff", "builtin", "builtin", "--changelog", "\n::error::/c"],
        &["drift", "--merge", &inside],
        &["validate", "--api-key-file", "\n::error::k", "https://localhost:1"],
        &["validate", "--cacert", "\n::error::k", "--instance", "x"],
        &["validate", "http://\n::error::x/"],
    ] {
        checked(here, arguments);
    }
    let told = checked(here, &["validate", "-f", "text", "::error::missing", "##[missing]"]);
    assert!(
        stderr(&told).contains("error: \\u{3a}:error::missing: ")
            || stderr(&told).contains("::error::missing")
    );
}

#[test]
fn hostile_settings_steer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path().join("\n::error::s");
    fs::create_dir(&here).unwrap();
    fs::write(here.join("a.json"), "{}").unwrap();
    for settings in [
        "format = \"\\n::error::x\"",
        "\"\\n::error::x\\u202e\" = 1",
        "report = [\"json=\\n::error::x/y\"]",
        "report = [\"\\n::error::x=y\"]",
        "baseline = \"\\n::error::x\"",
        "schema = \"\\u202e\\n::error::x\"",
        "max-wait = \"\\n::error::x\"",
        "rules = {\"\\n::error::x\" = \"off\"}",
        "rules = {\"null-value\" = \"\\n##[error]x\"}",
        "since = \"\\n::error::x\"",
        "fail-on = \"never\"",
    ] {
        fs::write(here.join("clients-contract.toml"), settings).unwrap();
        checked(&here, &["validate", "a.json"]);
        checked(&here, &["drift", "a.json"]);
    }
}

#[test]
fn hostile_keys_and_schemas_steer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    write(here, "s.json", &schema());
    write(here, "p.json", &payload());
    let mut newer = schema();
    newer["required"] = json!([]);
    newer["properties"]["y\n::error::x"] = json!({"enum": ["\u{202e}\n::error::new"]});
    newer["properties"]["\u{202e}\n##[new]"] = json!({"type": "string"});
    write(here, "newer.json", &newer);
    for format in formats() {
        assert_eq!(code(&checked(here, &["validate", "-f", format, "--schema", "s.json", "p.json"])), 1);
        checked(here, &["validate", "--show-values", "-f", format, "--schema", "s.json", "p.json"]);
        assert_eq!(code(&checked(here, &["validate", "-f", format, "p.json"])), 1);
        assert_eq!(code(&checked(here, &["drift", "-v", "-f", format, "--schema", "s.json", "p.json"])), 1);
        assert_eq!(code(&checked(here, &["diff", "-f", format, "s.json", "newer.json"])), 1);
        checked(here, &["diff", "--witness", "-f", format, "s.json", "newer.json"]);
    }
    for arguments in [
        &["infer", "p.json"][..],
        &["generate", "--schema", "s.json", "-n", "3"],
        &["generate", "--schema", "s.json", "-f", "json"],
        &["generate", "--schema", "s.json", "--exhaustive"],
        &["mutate", "--schema", "s.json", "p.json"],
        &["mutate", "-f", "json", "--schema", "s.json", "p.json"],
        &["diff", "s.json", "newer.json", "--changelog", "changes.md"],
        &["drift", "--schema", "s.json", "p.json", "--suggest", "patch.json", "--profile", "profile.json"],
    ] {
        assert!([0, 1].contains(&code(&checked(here, arguments))), "{arguments:?}");
    }
    harmless(&fs::read(here.join("changes.md")).unwrap(), false, "the changelog");
    // Wrong schemas, each told by the next of the commands.
    let commands: [&[&str]; 4] = [
        &["validate", "--schema", "wrong.json", "p.json"],
        &["generate", "--schema", "wrong.json"],
        &["mutate", "--schema", "wrong.json", "p.json"],
        &["diff", "wrong.json", "s.json"],
    ];
    let mut commands = commands.iter().cycle();
    for name in HOSTILE {
        for keyword in ["$id", "$ref", "type", "$schema", "pattern"] {
            let reference = json!({"$ref": format!("#/{name}")});
            write(here, "wrong.json", &json!({keyword: name, "properties": {*name: reference}}));
            checked(here, commands.next().unwrap());
        }
    }
}

#[test]
fn hostile_captures_steer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let entry = |name: &&str| {
        json!({"request": {"method": name, "url": format!("https://x.test/{name}")},
            "response": {"status": 200, "content": {"text": format!("{name}{{"), "encoding": name}}})
    };
    let entries: Vec<Value> = HOSTILE.iter().map(entry).collect();
    write(here, "c.har", &json!({"log": {"version": "1.2", "creator": {}, "entries": entries}}));
    fs::write(here.join("c.http"), format!("HTTP/1.1 200 OK\r\nX: {NAME}\r\n\r\n{{}}")).unwrap();
    for more in
        [&[][..], &["-v"], &["--url-path", "/\n::error::x"], &["--url-path", "/::set-output name=a::b"]]
    {
        checked(here, &[&["validate", "c.har", "c.http"], more].concat());
    }
    checked(here, &["infer", "-v", "c.har"]);
}

#[test]
fn hostile_arguments_steer_nothing() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    for text in HOSTILE.iter().chain([&NAME]) {
        let flag = format!("--{text}");
        for arguments in [
            &[*text][..],
            &["validate", &flag, "x"],
            &["validate", "-f", text, "x"],
            &["validate", "--severity", text, "x"],
            &["validate", "--jobs", text, "x"],
            &["validate", "--rate-limit", text, "x"],
            &["rules", text],
            &["completions", text],
            &["generate", "--with", text],
            &["generate", "--preset", text],
        ] {
            let output = checked(here, arguments);
            assert_eq!(code(&output), 2, "{arguments:?} {}", stderr(&output));
        }
        let mut command = tool();
        // No environment holds a NUL, and what it holds is no better than an argument.
        let output = command.env("CLIENTS_CONTRACT_FORMAT", text).args(["validate", "x"]).output().unwrap();
        harmless(&output.stderr, false, "the environment");
        assert_eq!(code(&output), 2);
    }
}

#[test]
fn what_a_server_says_steers_nothing() {
    use std::net::TcpListener;

    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let answers = [
        ("403 Forbidden", "", json!({"error": {"message": NAME, "type": NAME}}).to_string()),
        ("302 Found", "Location: /::error::x%0a##[y]\u{202e}\r\n", String::new()),
        ("200 OK", "Content-Type: ##[x]\r\n", format!("{{\"{}\": 1}}", "##[x]\u{202e}")),
        ("200 OK", "", format!("<html>{NAME}")),
    ];
    let wanted = answers.len();
    let serving = std::thread::spawn(move || {
        for (status, head, body) in answers {
            let (mut stream, _) = listener.accept().unwrap();
            let mut asked = [0; 4096];
            let _ = stream.read(&mut asked).unwrap();
            let length = body.len();
            write!(
                stream,
                "HTTP/1.1 {status}\r\n{head}Content-Length: {length}\r\nConnection: close\r\n\r\n{body}"
            )
            .unwrap();
        }
    });
    for _ in 0..wanted {
        let mut command = tool();
        command.env("CLIENTS_CONTRACT_API_KEY", KEY).args([
            "validate",
            "-v",
            "--no-settings",
            "--retries",
            "0",
        ]);
        let output = command.args(["--max-pages", "1", "--rate-limit", "1000/s", &url]).output().unwrap();
        harmless(&output.stdout, false, "stdout");
        harmless(&output.stderr, false, "stderr");
    }
    serving.join().unwrap();
}

#[cfg(unix)]
#[test]
fn a_name_that_is_no_text_is_a_uri_and_spelt_out() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;

    let folder = tempfile::tempdir().unwrap();
    let name = OsStr::from_bytes(b"a\xff b.json");
    fs::write(folder.path().join(name), r#"{"data": null}"#).unwrap();
    for format in formats() {
        let output =
            tool().current_dir(folder.path()).args(["validate", "-f", format]).arg(name).output().unwrap();
        let told = stdout(&output);
        assert!(
            told.contains(r"a\xff b.json")
                || told.contains(r"a\\xff b.json")
                || told.contains("a&#92;xff b.json")
                || format == "sarif",
            "{told}"
        );
        if format == "sarif" {
            let log: Value = serde_json::from_str(&told).unwrap();
            let location = &log["runs"][0]["results"][0]["locations"][0]["physicalLocation"];
            assert_eq!(location["artifactLocation"]["uri"], "a%FF%20b.json", "{told}");
        }
    }
}

/// A folder with settings, and a file outside of it.
fn repository(report: &str) -> (tempfile::TempDir, PathBuf) {
    let folder = tempfile::tempdir().unwrap();
    let inside = folder.path().join("repository");
    fs::create_dir_all(inside.join("sub")).unwrap();
    fs::create_dir(inside.join(".git")).unwrap();
    fs::write(inside.join("a.json"), "{}").unwrap();
    fs::write(inside.join("sub/a.json"), "{}").unwrap();
    fs::write(folder.path().join("precious"), "precious").unwrap();
    let report = report.replace("OUTSIDE", folder.path().to_str().unwrap());
    let settings = format!("report = [{report:?}]\n");
    fs::write(inside.join("clients-contract.toml"), settings).unwrap();
    (folder, inside)
}

#[test]
fn settings_name_no_file_to_write_outside_their_folder() {
    for report in [
        "json=OUTSIDE/precious",
        "json=../precious",
        "json=sub/../../precious",
        "json=OUTSIDE/new",
        "json=link/new",
        "json=file",
        "json=/dev/null",
    ] {
        let (folder, inside) = repository(report);
        #[cfg(unix)]
        {
            std::os::unix::fs::symlink(folder.path(), inside.join("link")).unwrap();
            std::os::unix::fs::symlink(folder.path().join("precious"), inside.join("file")).unwrap();
        }
        for command in ["validate", "drift"] {
            let output = run(&inside, &[command, "a.json"]);
            assert_eq!(code(&output), 2, "{report}");
            let told = stderr(&output);
            assert!(
                told.contains("clients-contract.toml: report: ") && told.contains("outside the folder"),
                "{told}"
            );
        }
        let diff = run(&inside, &["diff", "builtin", "builtin"]);
        assert_eq!(code(&diff), 2, "{report}");
        assert_eq!(fs::read_to_string(folder.path().join("precious")).unwrap(), "precious");
        assert!(!folder.path().join("new").exists());
        // A flag may write anywhere.
        let flag = format!("json={}", folder.path().join("new").display());
        assert_eq!(code(&run(&inside, &["validate", "--report", &flag, "a.json"])), 1);
        assert!(folder.path().join("new").exists());
    }
    for report in ["json=r.json", "json=./sub/r.json", "json=sub/../r.json"] {
        let (_folder, inside) = repository(report);
        assert_eq!(code(&run(&inside, &["validate", "a.json"])), 1, "{report}");
        assert!(inside.join("r.json").exists() || inside.join("sub/r.json").exists(), "{report}");
    }
    let (_folder, inside) = repository("json=r.json");
    assert_eq!(code(&run(&inside.join("sub"), &["validate", "a.json"])), 1);
    assert!(inside.join("sub/r.json").exists(), "files lie where the tool is run");
    // Settings named by a flag are no better.
    let (folder, inside) = repository("json=r.json");
    let settings = inside.join("clients-contract.toml");
    let output =
        run(folder.path(), &["validate", "--settings", settings.to_str().unwrap(), "repository/a.json"]);
    assert_eq!(code(&output), 2, "{}", stderr(&output));
}

#[test]
fn no_input_is_overwritten() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let invalid = r#"{"data": null}"#;
    fs::write(here.join("a.json"), invalid).unwrap();
    fs::create_dir(here.join("d")).unwrap();
    fs::write(here.join("d/b.json"), invalid).unwrap();
    fs::hard_link(here.join("a.json"), here.join("hard")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("a.json", here.join("soft")).unwrap();
    #[cfg(unix)]
    std::os::unix::fs::symlink("d", here.join("e")).unwrap();
    write(here, "s.json", &json!({"type": "object"}));
    write(here, "r.json", &json!({"type": "object"}));
    fs::write(here.join("base.toml"), "version = 1\n").unwrap();
    fs::write(here.join("settings.toml"), "fail-on = \"never\"\n").unwrap();
    assert_eq!(code(&run(here, &["drift", "a.json", "--profile", "profile.json"])), 1);
    let absolute = here.join("a.json");
    let mut runs: Vec<Vec<&str>> = vec![
        vec!["validate", "d", "-o", "./d/../d/b.json"],
        vec!["validate", "a.json", "--schema", "s.json", "--report", "json=s.json"],
        vec!["validate", "a.json", "--schema", "s.json", "--resource", "urn:r=r.json", "-o", "r.json"],
        vec!["validate", "a.json", "--baseline", "base.toml", "-o", "base.toml"],
        vec!["validate", "a.json", "--settings", "settings.toml", "-o", "settings.toml"],
        vec!["validate", "a.json", "--write-baseline", "a.json"],
        vec!["drift", "a.json", "--since", "profile.json", "--profile", "profile.json"],
        vec!["drift", "--merge", "profile.json", "-o", "profile.json"],
        vec!["drift", "a.json", "--suggest", "a.json"],
        vec!["infer", "a.json", "-o", "a.json"],
        vec!["generate", "--schema", "s.json", "-o", "s.json"],
        vec!["diff", "s.json", "r.json", "-o", "s.json"],
        vec!["diff", "s.json", "r.json", "--changelog", "r.json"],
        vec!["diff", "s.json", "r.json", "--report", "json=./r.json"],
        vec!["validate", "http://127.0.0.1:9", "a.json", "--record", "a.json"],
    ];
    for name in ["a.json", "./a.json", "d/../a.json", "hard", absolute.to_str().unwrap()] {
        runs.push(vec!["validate", "a.json", "-o", name]);
    }
    if cfg!(unix) {
        runs.push(vec!["validate", "a.json", "-o", "soft"]);
        runs.push(vec!["validate", "soft", "-o", "a.json"]);
        runs.push(vec!["validate", "d/b.json", "-o", "e/b.json"]);
        runs.push(vec!["validate", "*.json", "-o", "a.json"]);
    }
    let before = contents(here);
    for arguments in runs {
        let output =
            tool().current_dir(here).env("CLIENTS_CONTRACT_API_KEY", KEY).args(&arguments).output().unwrap();
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
        assert_eq!(contents(here), before, "{arguments:?}");
    }
    if cfg!(unix) {
        let input = fs::File::open(here.join("a.json")).unwrap();
        let output =
            tool().current_dir(here).args(["validate", "-", "-o", "a.json"]).stdin(input).output().unwrap();
        assert_eq!((code(&output), contents(here)), (2, before), "{}", stderr(&output));
    }
    // The baseline that is in force may be renewed.
    assert_eq!(code(&run(here, &["validate", "a.json", "--write-baseline", "base.toml"])), 0);
}

/// All files of a folder, and what they hold.
fn contents(folder: &Path) -> Vec<(PathBuf, Vec<u8>)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(contents(&path));
        } else {
            found.push((path.clone(), fs::read(&path).unwrap()));
        }
    }
    found.sort();
    found
}

#[test]
fn nothing_is_written_twice() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), "{}").unwrap();
    fs::create_dir(here.join("d")).unwrap();
    fs::write(here.join("old"), "old").unwrap();
    let mut pairs = vec![("x", "x"), ("./x", "x"), ("x", "d/../x"), ("old", "./old")];
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("old", here.join("soft")).unwrap();
        std::os::unix::fs::symlink("d", here.join("e")).unwrap();
        pairs.extend([("old", "soft"), ("d/x", "e/x")]);
    }
    let before = contents(here);
    for (one, other) in pairs {
        for arguments in [
            &["--report", &format!("json={one}"), "--report", &format!("sarif={other}")][..],
            &["-o", one, "--report", &format!("json={other}")],
            &["--write-baseline", one, "--report", &format!("json={other}")],
        ] {
            if arguments[0] == "--write-baseline" && before.iter().any(|(path, _)| path.ends_with(one)) {
                continue;
            }
            let output = run(here, &[&["validate", "a.json"], arguments].concat());
            assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
            assert!(stderr(&output).contains("would be written twice"), "{}", stderr(&output));
            assert_eq!(contents(here), before, "{arguments:?}");
        }
    }
    // A device takes anything.
    if cfg!(unix) {
        let both = ["validate", "a.json", "--report", "json=/dev/null", "--report", "sarif=/dev/null"];
        assert_eq!(code(&run(here, &both)), 1);
    }
}

#[test]
fn a_hyphen_is_standard_output() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), "{}").unwrap();
    write(here, "s.json", &json!({"type": "object"}));
    for arguments in [
        &["validate", "a.json", "-o", "-"][..],
        &["drift", "a.json", "-o", "-"],
        &["infer", "a.json", "-o", "-"],
        &["generate", "-o", "-"],
        &["generate", "-n", "2", "-o", "-"],
        &["generate", "--schema", "s.json", "--invalid", "-o", "-"],
        &["generate", "--dataset", "--total", "3", "-o", "-"],
        &["diff", "s.json", "a.json", "-o", "-"],
        &["schema", "--write", "-"],
    ] {
        assert!(!run(here, arguments).stdout.is_empty(), "{arguments:?}");
    }
    for arguments in [
        &["validate", "a.json", "--write-baseline", "-"][..],
        &["drift", "a.json", "--profile", "-"],
        &["drift", "a.json", "--suggest", "-"],
        &["diff", "s.json", "a.json", "--changelog", "-"],
        &["generate", "--dataset", "--manifest", "-"],
        &["mutate", "a.json", "-o", "-"],
        &["validate", "a.json", "--report", "json=-"],
        &["generate", "-n", "2", "-f", "json", "-o", "-"],
    ] {
        assert_eq!(code(&run(here, arguments)), 2, "{arguments:?}");
    }
    assert!(!here.join("-").exists());
}

#[test]
fn absurd_numbers_are_wrong_usage() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), "{}").unwrap();
    let most = u64::MAX.to_string();
    for number in [most.as_str(), "18446744073709551616", "1025", "0", "-1", "1e3", ""] {
        for command in ["validate", "drift", "infer"] {
            let output = run(here, &[command, "-j", number, "a.json"]);
            assert_eq!(code(&output), 2, "{command} -j {number}: {}", stderr(&output));
        }
        let output = run(here, &["generate", "--dataset", "--total", "3", "--jobs", number]);
        assert_eq!(code(&output), 2, "generate --jobs {number}");
    }
    let time = format!("{most}ms");
    for arguments in [
        &["--retry-delay", time.as_str()][..],
        &["--max-wait", "25h"],
        &["--timeout", "99999999999h"],
        &["--timeout", "connect=1s,read=18446744073709551615"],
        &["--max-body", "18446744073709551615GiB"],
        &["--max-findings", "-1"],
        &["--count", "4294967296"],
        &["--page", "0"],
        &["--rate-limit", "4294967296/s"],
        &["--max-depth", &most],
    ] {
        let output = run(here, &[&["validate", "https://127.0.0.1:9"], arguments].concat());
        assert_eq!(code(&output), 2, "{arguments:?}: {}", stderr(&output));
    }
    for settings in ["jobs = 9223372036854775807", "jobs = 0", "max-wait = \"25h\"", "min-coverage = 101"] {
        fs::write(here.join("clients-contract.toml"), settings).unwrap();
        let output = run(here, &["drift", "a.json"]);
        assert_eq!(code(&output), 2, "{settings}: {}", stderr(&output));
    }
    fs::remove_file(here.join("clients-contract.toml")).unwrap();
    for port in ["65536", "99999", "0", "443x", "18446744073709551616"] {
        let mut command = tool();
        let url = format!("https://127.0.0.1:{port}");
        let output = command.env("CLIENTS_CONTRACT_API_KEY", KEY).args(["validate", &url]).output().unwrap();
        assert_eq!(code(&output), 2, "{port}: {}", stderr(&output));
        assert!(stderr(&output).contains("URL: has a port"), "{}", stderr(&output));
        let mut command = tool();
        command.env("CLIENTS_CONTRACT_API_KEY", KEY).env("HTTPS_PROXY", format!("http://127.0.0.1:{port}"));
        let output = command.args(["validate", "https://x.invalid"]).output().unwrap();
        assert_eq!(code(&output), 2, "{port}: {}", stderr(&output));
    }
}

/// Starts the tool with a pipe for its input, and feeds the pipe, which stays open.
#[cfg(unix)]
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

#[cfg(unix)]
fn signal(child: &std::process::Child, name: &str) {
    assert!(
        Command::new("kill").args([&format!("-{name}"), &child.id().to_string()]).status().unwrap().success()
    );
}

/// Waits until the tool took all of its input and has its handlers.
#[cfg(unix)]
fn settled() {
    std::thread::sleep(std::time::Duration::from_millis(1_500));
}

#[cfg(unix)]
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
    let children: Vec<_> = [("INT", 130), ("TERM", 143), ("HUP", 129)]
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
        assert!(told.contains("interrupted: "), "{name} {command:?}: {told}");
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

#[cfg(unix)]
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

#[cfg(unix)]
fn contents_of_names(folder: &Path) -> Vec<String> {
    fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().file_name().into_string().unwrap()).collect()
}

#[cfg(unix)]
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

#[cfg(unix)]
#[test]
fn a_record_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    for name in ["r.ndjson", "r.har", "r.ndjson.gz", "r.ndjson.zst"] {
        let mut command = tool();
        command.current_dir(folder.path()).env("CLIENTS_CONTRACT_API_KEY", KEY);
        // Nothing listens there.
        command.args(["validate", "http://127.0.0.1:9", "--retries", "0", "--record", name]);
        assert_eq!(code(&command.output().unwrap()), 3);
        let mode = fs::metadata(folder.path().join(name)).unwrap().permissions().mode();
        assert_eq!(mode & 0o777, 0o600, "{name}");
    }
}

#[cfg(unix)]
#[test]
fn what_shows_values_is_for_its_owner_alone() {
    use std::os::unix::fs::PermissionsExt;

    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("a.json"), "{}").unwrap();
    let mode = |name: &str| fs::metadata(folder.path().join(name)).unwrap().permissions().mode() & 0o777;
    fs::write(folder.path().join("old"), "").unwrap();
    fs::set_permissions(folder.path().join("old"), fs::Permissions::from_mode(0o644)).unwrap();
    let arguments = ["validate", "a.json", "-o", "new", "--report", "json=old", "--show-values"];
    assert_eq!(code(&run(folder.path(), &arguments)), 1);
    assert_eq!((mode("new"), mode("old")), (0o600, 0o644), "a file that is there keeps its mode");
    assert_eq!(code(&run(folder.path(), &["validate", "a.json", "-o", "plain"])), 1);
    assert_eq!(mode("plain") & 0o600, 0o600);
}

#[test]
fn a_key_is_not_shown_where_its_file_is_meant() {
    let folder = tempfile::tempdir().unwrap();
    let long = format!("ti_test_{}", "x".repeat(5_000));
    for key in [KEY, &long, &format!("a/{KEY}")] {
        for argument in [
            format!("--api-key-file={key}"),
            format!("--api-key={key}"),
            format!("--api-key-stdin={key}"),
            format!("--api-keyfile={key}"),
        ] {
            let output =
                run(folder.path(), &["validate", &argument, "https://127.0.0.1:9", "--record", "r.ndjson"]);
            assert!([2, 3].contains(&code(&output)), "{argument}");
            assert!(!stderr(&output).contains("ti_test") && output.stdout.is_empty(), "{}", stderr(&output));
        }
    }
    let output = run(folder.path(), &["validate", "--api-key-file", KEY, "https://127.0.0.1:9"]);
    assert!(stderr(&output).contains("--api-key-file: file not found"), "{}", stderr(&output));
    fs::write(folder.path().join("empty"), "").unwrap();
    let output = run(folder.path(), &["validate", "--api-key-file", ".", "https://127.0.0.1:9"]);
    assert!(stderr(&output).contains(".: holds no key"), "{}", stderr(&output));
}

#[test]
fn messages_say_what_is_wrong() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let told = |arguments: &[&str], exit: i32| {
        let mut command = tool();
        command.current_dir(here).env("CLIENTS_CONTRACT_API_KEY", KEY).args(arguments);
        let output = command.output().unwrap();
        assert_eq!(code(&output), exit, "{arguments:?} {}", stderr(&output));
        stderr(&output)
    };
    let mut item = json!({"request": {"url": "https://x.test/incoming/v2/clients"}, "response": []});
    for _ in 0..100 {
        item = json!({"name": "folder", "item": [item]});
    }
    write(here, "postman.json", &json!({"info": {"_postman_id": "x", "schema": "y"}, "item": [item]}));
    let deep = told(&["validate", "postman.json"], 3);
    assert!(deep.contains("is nested too deeply: at most 127 levels are read"), "{deep}");
    let entry = r#"{"request": {"method": "GET", "url": "/incoming/v2/clients"}, "response": {"status": 1e400, "content": {"text": "{}"}}}"#;
    fs::write(
        here.join("large.har"),
        format!("{{\"log\": {{\"version\": \"1.2\", \"creator\": {{}}, \"entries\": [{entry}]}}}}"),
    )
    .unwrap();
    let large = told(&["validate", "large.har"], 3);
    assert!(large.contains("has a number that exceeds the range of a 64-bit float"), "{large}");
    // A frame whose window is 2 GiB, and one of a size that no frame may have.
    for (window, limit) in [(21 << 3, "bytes are held"), (31 << 3 | 7, "the format allows no such window")] {
        fs::write(here.join("w.json.zst"), [0x28, 0xb5, 0x2f, 0xfd, 0, window, 1, 0, 0, 0, 0]).unwrap();
        let window = told(&["validate", "w.json.zst"], 3);
        assert!(window.contains("its zstd window of ") && window.contains(limit), "{window}");
        assert!(!window.contains(['{', '}']), "{window}");
    }
    fs::create_dir(here.join("r.ndjson")).unwrap();
    for more in [&[][..], &["--resume"]] {
        let record = told(&[&["validate", "http://127.0.0.1:9", "--record", "r.ndjson"], more].concat(), 2);
        assert!(record.contains("r.ndjson: is a directory"), "{record}");
    }
    #[cfg(unix)]
    {
        std::os::unix::fs::symlink("nowhere", here.join("dangling.json")).unwrap();
        let dangling = told(&["validate", "dangling.json"], 3);
        assert!(
            dangling.contains("dangling.json: cannot be read: it is a broken symbolic link"),
            "{dangling}"
        );
    }
    let invisible = told(&["validate", "a\u{200b}.json"], 3);
    assert!(invisible.contains("a\\u{200b}.json: cannot be read"), "{invisible}");
}

#[cfg(target_os = "linux")]
#[test]
fn what_cannot_be_printed_is_3() {
    for arguments in [
        &["--help"][..],
        &["--version"],
        &["validate", "--help"],
        &["completions", "bash"],
        &["schema"],
        &["rules"],
        &["rules", "null-value"],
        &["generate"],
        &["infer", "fixtures/valid/minimal.json"],
        &["diff", "builtin", "builtin"],
        &["validate", "fixtures/valid/minimal.json"],
        &["mutate", "fixtures/valid/minimal.json"],
    ] {
        let full = fs::File::options().write(true).open("/dev/full").unwrap();
        let output = tool()
            .args(arguments)
            .stdout(full)
            .stderr(Stdio::piped())
            .spawn()
            .unwrap()
            .wait_with_output()
            .unwrap();
        assert_eq!(code(&output), 3, "{arguments:?}");
        assert!(stderr(&output).contains("<stdout>: cannot be written"), "{arguments:?} {}", stderr(&output));
    }
}

/// What has no end is refused by whoever reads a whole file, a settings file of somebody else included.
#[test]
fn devices_are_no_schemas_settings_baselines_profiles_or_certificates() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("p.json"), "{}").unwrap();
    fs::write(here.join("clients-contract.toml"), "baseline = \"/dev/zero\"\n").unwrap();
    let (plain, device) = ("--no-settings", "/dev/zero");
    for (arguments, expected) in [
        (&["validate", plain, "--schema", device, "p.json"][..], 3),
        (&["validate", plain, "--baseline", device, "p.json"], 2),
        (&["validate", "--settings", device, "p.json"], 2),
        (&["validate", "p.json"], 2),
        (&["drift", plain, "--since", device, "p.json"], 3),
        (&["drift", plain, "--merge", device], 3),
        (&["schema", "--check", device], 3),
    ] {
        let output = run(here, arguments);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(code(&output), expected, "{arguments:?}: {said}");
        assert!(said.contains("/dev/zero: is not a regular file"), "{arguments:?}: {said}");
    }
}
