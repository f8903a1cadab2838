//! What people decide on findings: baselines, settings, severities.

use std::fs;
use std::path::Path;
use std::process::Command;

use clients_contract::ErrorKind;
use clients_contract::finding::Baseline;
use serde_json::{Value, json};

const RULES: &[&str] = &["null-value", "type-mismatch"];

fn run(folder: &Path, arguments: &[&str]) -> (i32, String, String) {
    let output = Command::new(env!("CARGO_BIN_EXE_clients-contract"))
        .current_dir(folder)
        .args(arguments)
        .stdin(std::process::Stdio::null())
        .output()
        .unwrap();
    let text = |bytes| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

fn client(name: &Value, seats: &Value) -> Value {
    json!({"id": "7c9e6679-7425-40de-944b-e07fc1f90ae7", "name": name, "seatsLimit": seats})
}

fn response(clients: &[Value]) -> Value {
    json!({"data": {"Clients": {
        "pageInfo": {"perPage": 25, "currentPage": 1, "total": clients.len(), "hasMore": false},
        "clients": clients,
    }}})
}

#[test]
fn a_baseline_silences_exactly_what_it_was_written_for() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let write = |name: &str, text: String| fs::write(here.join(name), text).unwrap();
    let fine = client(&"Northwind".into(), &3.into());
    let other = |id: &str| {
        let mut client = client(&"Larkspur".into(), &4.into());
        client["id"] = id.into();
        client
    };
    write("a.json", format!("{:#}", response(&[client(&Value::Null, &"40".into())])));
    write("b.json", response(&[fine]).to_string());
    let (code, _, _) = run(here, &["validate", "a.json", "b.json"]);
    assert_eq!(code, 1);
    let (code, _, stderr) = run(here, &["validate", "--write-baseline", "baseline.toml", "a.json", "b.json"]);
    assert_eq!(code, 0, "{stderr}");
    // Whatever day it is.
    let written = fs::read_to_string(here.join("baseline.toml")).unwrap();
    let day = |line: &str| {
        if line.starts_with("first_seen = ") { "first_seen = [today]\n".into() } else { format!("{line}\n") }
    };
    insta::assert_snapshot!(written.lines().map(day).collect::<String>());

    // The same causes in another place, another order, another spelling and with other values.
    let moved =
        response(&[other("1b4e28ba-2fa1-41d2-883f-0016d3cca427"), client(&Value::Null, &true.into())]);
    write("a.json", moved.to_string());
    let (code, stdout, _) = run(here, &["validate", "--baseline", "baseline.toml", "b.json", "a.json"]);
    assert_eq!(code, 0, "{stdout}");
    assert!(stdout.contains("2 findings accepted by the baseline"), "{stdout}");
    let lines = run(here, &["validate", "--baseline", "baseline.toml", "-f", "ndjson", "a.json"]).1;
    assert_eq!(
        serde_json::from_str::<Value>(&lines).unwrap(),
        json!({
            "origin": "a.json", "valid": false, "findings": [],
            "suppressed": {"null-value": 1, "type-mismatch": 1}
        })
    );

    // Something new is told, and only that.
    let mut worse = moved;
    worse["data"]["Clients"]["clients"][0]["disabled"] = Value::Null;
    write("a.json", worse.to_string());
    let (code, stdout, _) = run(here, &["validate", "--baseline", "baseline.toml", "-f", "json", "a.json"]);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(code, 1);
    assert_eq!(report["findings"].as_array().unwrap().len(), 1);
    assert_eq!(report["findings"][0]["pointer"], "/data/Clients/clients/*/disabled");
    assert_eq!(report["baseline"]["findings"], 2);
    assert_eq!(report["baseline"]["stale"], json!([]));

    // What no longer matches is stale.
    let (code, stdout, _) = run(here, &["validate", "--baseline", "baseline.toml", "b.json"]);
    assert_eq!(code, 0);
    assert_eq!(stdout.matches("matched nothing; remove it").count(), 2, "{stdout}");
    // Formats that have no room for it leave it to standard error.
    for format in clients_contract::report::FORMATS {
        let arguments = ["validate", "--baseline", "baseline.toml", "-f", format.name, "b.json"];
        let (code, stdout, stderr) = run(here, &arguments);
        assert_eq!(code, 0, "{}: {stderr}", format.name);
        let has_room = ["text", "html", "json", "github"].contains(&format.name);
        let count = stderr.matches("warning: baseline: ").count();
        assert_eq!(count, if has_room { 0 } else { 2 }, "{}: {stderr}", format.name);
        let annotations = stdout.matches("::warning title=baseline::").count();
        assert_eq!(annotations, if format.name == "github" { 2 } else { 0 }, "{stdout}");
    }
}

#[test]
fn an_expired_entry_accepts_nothing_and_a_rewritten_one_keeps_its_reason() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("a.json"), response(&[client(&Value::Null, &"40".into())]).to_string()).unwrap();
    let entry = |rule: &str, name: &str, expires: &str| {
        format!(
            "[[accept]]\nrule = \"{rule}\"\npointer = \"/data/Clients/clients/*/{name}\"\n\
             reason = \"a known bug\"\nowner = \"api team\"\nexpires = {expires}\n"
        )
    };
    let baseline = format!(
        "version = 1\n{}{}",
        entry("null-value", "name", "2020-01-31"),
        entry("type-mismatch", "seatsLimit", "\"2999-12-31\"")
    );
    fs::write(here.join("b.toml"), baseline).unwrap();
    let (code, stdout, _) = run(here, &["validate", "--baseline", "b.toml", "-f", "json", "a.json"]);
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(code, 1);
    assert_eq!(report["findings"][0]["rule"], "null-value");
    assert_eq!(report["baseline"]["expired"][0]["expires"], "2020-01-31");
    assert_eq!(report["baseline"]["findings"], 1);
    let (code, _, _) = run(here, &["validate", "--write-baseline", "b.toml", "a.json"]);
    assert_eq!(code, 0);
    let written = fs::read_to_string(here.join("b.toml")).unwrap();
    assert_eq!(written.matches("a known bug").count(), 1, "{written}");
    assert!(written.contains("expires = 2999-12-31") && !written.contains("2020"), "{written}");
}

#[test]
fn a_baseline_with_a_typo_is_refused_at_its_location() {
    let refused = |text: &str| {
        let error = Baseline::parse("b.toml", text, "2026-01-01", RULES).unwrap_err();
        assert_eq!(error.kind(), ErrorKind::Usage);
        error.to_string()
    };
    let entry = |rule: &str, rest: &str| {
        format!("version = 1\n[[accept]]\nrule = \"{rule}\"\npointer = \"/a\"\n{rest}")
    };
    assert!(
        refused("version = 1\n[[acept]]\n").starts_with("b.toml:2:3: "),
        "{}",
        refused("version = 1\n[[acept]]\n")
    );
    assert!(
        refused(&entry("null-valu", ""))
            .contains("entry 1: unknown rule `null-valu`; did you mean `null-value`?")
    );
    for (old, new) in [("page-not-as-asked", "page-mismatch"), ("sort-not-kept", "sort-order-mismatch")] {
        let error = Baseline::parse("b.toml", &entry(old, ""), "2026-01-01", &[new, "null-value"]);
        let told = error.unwrap_err().to_string();
        assert!(told.contains(&format!("did you mean `{new}`?")), "{told}");
    }
    assert!(
        refused(&entry("null-value", "expires = \"soon\"\n")).contains("expected a date such as 2026-12-31")
    );
    assert!(refused(&entry("null-value", "reson = \"x\"\n")).contains("reson"));
    assert!(refused("version = 2\n").contains("version 2"));
    assert!(refused(&entry("null-value", "").replace("\"/a\"", "\"a\"")).contains("not a JSON Pointer"));
    let twice = format!("{}[[accept]]\nrule = \"null-value\"\npointer = \"/a\"\n", entry("null-value", ""));
    assert!(refused(&twice).contains("listed twice"));
    let folder = tempfile::tempdir().unwrap();
    fs::write(folder.path().join("b.toml"), "version =").unwrap();
    fs::write(folder.path().join("a.json"), "{}").unwrap();
    assert_eq!(run(folder.path(), &["validate", "--baseline", "b.toml", "a.json"]).0, 2);
    assert_eq!(run(folder.path(), &["validate", "--baseline", "missing.toml", "a.json"]).0, 2);
}

#[test]
fn settings_are_found_upward_to_the_repository_and_flags_win() {
    let folder = tempfile::tempdir().unwrap();
    let root = folder.path();
    let deep = root.join("repo/a/b");
    fs::create_dir_all(&deep).unwrap();
    fs::create_dir(root.join("repo/.git")).unwrap();
    fs::write(root.join("clients-contract.toml"), "nonsense = 1\n").unwrap();
    let file = deep.join("x.json");
    fs::write(&file, response(&[client(&Value::Null, &3.into())]).to_string()).unwrap();
    // Beyond the repository nothing is looked at.
    assert_eq!(run(&deep, &["validate", "x.json"]).0, 1);
    let settings = root.join("repo/clients-contract.toml");
    fs::write(&settings, "format = \"ndjson\"\n[rules]\nnull-value = \"warning\"\n").unwrap();
    let (code, stdout, stderr) = run(&deep, &["validate", "x.json"]);
    assert_eq!(code, 0);
    assert!(stdout.contains("\"severity\":\"warning\"") && stdout.contains("\"valid\":false"), "{stdout}");
    assert!(stderr.contains(&format!("settings: {}", settings.display())), "{stderr}");
    assert!(run(&deep, &["validate", "-q", "x.json"]).2.is_empty());
    assert_eq!(run(&deep, &["validate", "--severity", "null-value=error", "x.json"]).0, 1);
    assert_eq!(run(&deep, &["validate", "--severity", "null-value=off", "--fail-on", "info", "x.json"]).0, 0);
    let (code, stdout, stderr) = run(&deep, &["validate", "--no-settings", "x.json"]);
    assert_eq!((code, stderr.as_str()), (1, ""));
    assert!(stdout.starts_with("error[null-value]"), "{stdout}");
    assert!(run(&deep, &["validate", "-f", "text", "x.json"]).1.starts_with("warning[null-value]"));
    for (wrong, what) in [
        ("formt = \"json\"\n", "formt"),
        ("format = \"xml\"\n", "`xml` is unknown"),
        ("format = \"sarf\"\n", "did you mean `sarif`?"),
        ("max-depth = 1000\n", "from 1 to 512"),
        ("max-body = \"much\"\n", "not a number of bytes"),
        ("fail-on = \"sometimes\"\n", "`sometimes` is unknown"),
        ("[rules]\nnul-value = \"off\"\n", "did you mean `null-value`?"),
        ("[rules]\nnull-value = \"loud\"\n", "unknown level `loud`"),
    ] {
        fs::write(&settings, wrong).unwrap();
        let (code, _, stderr) = run(&deep, &["validate", "x.json"]);
        assert_eq!(code, 2, "{wrong}");
        assert!(stderr.contains(what) && stderr.contains("clients-contract.toml"), "{stderr}");
    }
    assert_eq!(run(&deep, &["validate", "--severity", "nul-value=off", "x.json"]).0, 2);
}

#[test]
fn a_number_of_bytes_is_a_number_and_with_a_unit_a_text() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("x.json"), response(&[client(&"Northwind".into(), &3.into())]).to_string()).unwrap();
    for (body, code) in [("20", 3), ("\"20\"", 3), ("\"1MiB\"", 0), ("1000000", 0)] {
        fs::write(here.join("clients-contract.toml"), format!("max-body = {body}\n")).unwrap();
        assert_eq!(run(here, &["validate", "x.json"]).0, code, "{body}");
    }
}

#[test]
fn the_environment_stands_between_flag_and_settings() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("x.json"), response(&[client(&Value::Null, &3.into())]).to_string()).unwrap();
    fs::write(here.join("clients-contract.toml"), "fail-on = \"info\"\n").unwrap();
    let code = |variable: Option<&str>, arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        command.current_dir(here).arg("validate").args(arguments).arg("x.json");
        variable.map(|value| command.env("CLIENTS_CONTRACT_FAIL_ON", value));
        command.output().unwrap().status.code().unwrap()
    };
    assert_eq!(code(None, &[]), 1);
    assert_eq!(code(Some("never"), &[]), 0);
    assert_eq!(code(Some("never"), &["--fail-on", "error"]), 1);
}

/// Ctrl-C tells what was found and ends with 130, also while nothing arrives.
#[cfg(unix)]
#[test]
fn an_interrupted_run_tells_what_it_has() {
    use std::io::{Read, Write};
    use std::process::Stdio;

    let mut child = Command::new(env!("CARGO_BIN_EXE_clients-contract"))
        .args(["validate", "--no-settings", "-f", "json", "--input", "ndjson", "-"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    let mut stdin = child.stdin.take().unwrap();
    writeln!(stdin, "{}", response(&[client(&Value::Null, &3.into())])).unwrap();
    stdin.flush().unwrap();
    // The pipe stays open and silent; the handler is there once the first payload is.
    std::thread::sleep(std::time::Duration::from_millis(1500));
    let sent = Command::new("kill").args(["-INT", &child.id().to_string()]).status().unwrap();
    assert!(sent.success());
    let status = child.wait().unwrap();
    drop(stdin);
    assert_eq!(status.code(), Some(130));
    let mut stdout = String::new();
    child.stdout.take().unwrap().read_to_string(&mut stdout).unwrap();
    let report: Value = serde_json::from_str(&stdout).unwrap();
    assert_eq!(report["findings"][0]["rule"], "null-value", "{report:#}");
}

#[test]
fn entries_that_were_not_checked_stay_in_a_written_baseline() {
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    let entry = |rule: &str, pointer: &str| {
        format!("[[accept]]\nrule = \"{rule}\"\npointer = \"{pointer}\"\nreason = \"kept\"\n")
    };
    let known = entry("null-value", "/data/Clients") + &entry("likely-rename", "/data");
    let written = |arguments: &[&str]| {
        fs::write(here.join("known.toml"), format!("version = 1\n{known}")).unwrap();
        run(here, &[&["validate", "--write-baseline", "known.toml"], arguments].concat());
        let text = fs::read_to_string(here.join("known.toml")).unwrap();
        let rules = text.lines().filter_map(|line| line.strip_prefix("rule = \"")?.strip_suffix('"'));
        rules.map(str::to_owned).collect::<Vec<_>>()
    };
    fs::write(here.join("valid.json"), include_str!("../../fixtures/valid/minimal.json")).unwrap();
    // Not everything was read: nothing is known about the rest.
    assert_eq!(written(&["missing.json", "valid.json"]).len(), 2);
    // Everything was validated, but not the traffic as a whole.
    assert_eq!(written(&["valid.json"]), ["likely-rename"]);
    assert_eq!(written(&["--severity", "null-value=off", "valid.json"]).len(), 2);
}
