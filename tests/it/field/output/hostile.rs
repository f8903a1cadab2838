//! Hostile text steers nothing, whatever it is the name of.

use std::fs;
use std::io::{Read, Write as _};
use std::path::Path;
use std::process::Output;

use clients_contract::report::FORMATS;
use serde_json::{Value, json};

use super::{KEY, code, run, stderr, stdout, tool, write};

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

/// What nobody sees, or what moves others. Written here again, so that the tool's own table is not asked
/// about itself.
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
