//! Settings are default values of flags: keys, schemas, help and messages come from the flags.

use std::collections::BTreeSet;
use std::fs;
use std::path::Path;

use serde_json::{Value, json};

use crate::tool::{code, run, stderr, stdout};

fn schema(of: &str) -> Value {
    serde_json::from_str(stdout(&run(&["schema", of]))).unwrap()
}

/// The flags that the help of a command lists.
fn flags(command: &str) -> BTreeSet<String> {
    let output = run(&[command, "--help"]);
    let help = stdout(&output);
    let lines = help.lines().map(str::trim_start).filter(|line| line.starts_with('-'));
    let names = lines.filter_map(|line| line.split("--").nth(1)?.split([' ', ',', '[', '.']).next());
    names.map(str::to_owned).collect()
}

#[test]
fn every_key_is_a_flag_and_is_described_by_it() {
    let schema = schema("--settings");
    let keys = schema["properties"].as_object().unwrap();
    let flags: BTreeSet<String> = ["validate", "drift", "diff"].iter().flat_map(|name| flags(name)).collect();
    assert!(flags.contains("severity") && flags.len() > 40, "{flags:?}");
    for (key, property) in keys {
        let is_flag = flags.contains(key) || ["$schema", "redact", "rules"].contains(&&**key);
        assert!(is_flag, "`{key}` is a key and no flag");
        assert!(property["description"].as_str().is_some_and(|text| !text.is_empty()), "{key}: {property}");
        assert!(property.get("default").is_none() && property.get("format").is_none(), "{key}: {property}");
        assert!(!property.to_string().contains("\"null\""), "{key}: {property}");
    }
    // Flags that are no keys: they write, say which instance is asked and who may see its key, or are for one
    // run alone.
    let others: Vec<&String> = flags.iter().filter(|flag| !keys.contains_key(*flag)).collect();
    let expected = [
        "allow-http",
        "api-key-file",
        "api-key-stdin",
        "at",
        "cacert",
        "changelog",
        "color",
        "dialect",
        "fields",
        "help",
        "history",
        "insecure",
        "instance",
        "links",
        "list-files",
        "merge",
        "no-settings",
        "output",
        "profile",
        "prune-baseline",
        "quiet",
        "record",
        "record-secrets",
        "redact-key-file",
        "resource",
        "resume",
        "sarif-category",
        "settings",
        "severity",
        "stdin-name",
        "stdin-parts",
        "suggest",
        "verbose",
        "version",
        "window",
        "witness",
        "write-baseline",
    ];
    let expected: Vec<&str> = expected.into_iter().filter(|flag| flags.contains(*flag)).collect();
    assert_eq!(others, expected);
}

#[test]
fn the_help_lists_the_keys_that_a_command_takes() {
    for (command, taken, other) in [
        ("validate", "--max-body", "--min-coverage"),
        ("drift", "--min-coverage", "--witness"),
        ("diff", "--min-severity", "--baseline"),
        ("generate", "--contract", "--format"),
    ] {
        let help = stdout(&run(&[command, "--help"])).split_whitespace().collect::<Vec<_>>().join(" ");
        let list = help.split("can set defaults for ").nth(1).unwrap();
        assert!(list.contains(taken) && !list.contains(other), "{command}: {list}");
        let has_rules = help.contains("--severity <RULE=LEVEL>");
        assert_eq!(list.contains("the table [rules] sets --severity"), has_rules, "{command}: {list}");
        assert_eq!(has_rules, command != "generate");
    }
}

#[test]
fn the_published_schemas_are_those_of_this_version() {
    for name in ["settings", "baseline", "history"] {
        let (option, path) = (format!("--{name}"), format!("schemas/{name}.schema.json"));
        let output = run(&["schema", &option, "--check"]);
        assert_eq!(code(&output), 0, "{path}: {}", stderr(&output));
        jsonschema::meta::validate(&schema(&option)).unwrap();
    }
    assert_eq!(code(&run(&["schema", "--settings", "--baseline"])), 2);
}

#[test]
fn schemas_accept_what_the_tool_does_and_nothing_else() {
    let toml = |text: &str| serde_json::to_value(toml::from_str::<toml::Value>(text).unwrap()).unwrap();
    let settings = jsonschema::validator_for(&schema("--settings")).unwrap();
    let folder = tempfile::tempdir().unwrap();
    let here = folder.path();
    fs::write(here.join("x.json"), "{}").unwrap();
    let taken = |name: &str, text: &str, arguments: &[&str]| {
        fs::write(here.join(name), text).unwrap();
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        code(&command.current_dir(here).args(arguments).arg("x.json").output().unwrap()) != 2
    };
    for (text, is_valid) in [
        ("\"$schema\" = \"s.json\"\nfail-on = \"warning\"\n[rules]\nnull-value = \"off\"\n", true),
        ("#:schema s.json\nmax-body = \"1MiB\"\nurl-path = [\"/a\", \"POST /b\"]\n", true),
        ("max-body = 1000\nreport = [\"json=out.json\"]\nshow-values = false\njobs = 2\n", true),
        ("query = \"a\"\nmax-wait = \"5m\"\nretries = 0\n", true),
        ("fail-on = \"sometimes\"\n", false),
        ("format = 7\n", false),
        ("jobs = 0\n", false),
        ("fail_on = \"warning\"\n", false),
        ("[rules]\nnul-value = \"off\"\n", false),
        ("[rules]\nnull-value = \"loud\"\n", false),
        ("instance = \"x\"\n", false),
    ] {
        assert_eq!(settings.is_valid(&toml(text)), is_valid, "{text}");
        assert_eq!(taken("clients-contract.toml", text, &["validate"]), is_valid, "{text}");
    }
    fs::remove_file(here.join("clients-contract.toml")).unwrap();
    let baseline = jsonschema::validator_for(&schema("--baseline")).unwrap();
    let entry = "[[accept]]\nrule = \"null-value\"\npointer = \"/a\"\n";
    for (text, is_valid) in [
        (format!("\"$schema\" = \"b.json\"\nversion = 1\n{entry}expires = \"2999-01-01\"\n"), true),
        ("version = 1\n".to_owned(), true),
        (entry.to_owned(), false),
        (format!("version = 2\n{entry}"), false),
        (format!("version = 1\n{entry}reson = \"x\"\n"), false),
    ] {
        assert_eq!(baseline.is_valid(&toml(&text)), is_valid, "{text}");
        let arguments = ["validate", "--no-settings", "--baseline", "b.toml"];
        assert_eq!(taken("b.toml", &text, &arguments), is_valid, "{text}");
    }
}

#[test]
fn an_unknown_key_is_refused_at_its_location_with_the_nearest_name() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("s.toml");
    let settings = settings.to_str().unwrap();
    for (text, place, near) in [
        ("format = \"json\"\nfail_on = \"info\"\n", "s.toml:2:1: ", "did you mean `fail-on`?"),
        ("max-bodi = 1\n", "s.toml:1:1: ", "did you mean `max-body`?"),
        ("[ruls]\nnull-value = \"off\"\n", "s.toml:1:2: ", "did you mean `rules`?"),
        ("[contract]\nschema = \"s.json\"\nsecretz = []\n", "s.toml:3:1: ", "unknown field `secretz`"),
        (
            "api-key-file = \"key\"\n",
            "s.toml:1:1: ",
            "`api-key-file` is not allowed in settings: set CLIENTS_CONTRACT_API_KEY, or pass --api-key-file or \
             --api-key-stdin",
        ),
        ("jobs = 2\napi_key = \"x\"\n", "s.toml:2:1: ", "`api_key` is not allowed in settings: set CLIENTS"),
        ("record = \"x\"\n", "s.toml:1:1: ", "`record` is not allowed in settings: pass --record\n"),
        (
            "severity = \"x\"\n",
            "s.toml:1:1: ",
            "`severity` is not allowed in settings: use the table [rules]\n",
        ),
        ("zzz = 1\n", "s.toml:1:1: ", "unknown key `zzz`, expected one of"),
    ] {
        fs::write(settings, text).unwrap();
        let output = run(&["validate", "--settings", settings, "fixtures/valid/minimal.json"]);
        let told = stderr(&output);
        assert!(code(&output) == 2 && told.contains(place) && told.contains(near), "{text}: {told}");
    }
}

#[test]
fn a_value_of_the_environment_is_refused_with_its_variable() {
    let told = |variable: &str, value: &str, arguments: &[&str]| {
        let mut command = std::process::Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        command.args(arguments).env(format!("CLIENTS_CONTRACT_{variable}"), value);
        let output = command.output().unwrap();
        assert_eq!(code(&output), 2, "{}", stderr(&output));
        stderr(&output).lines().next().unwrap().to_owned()
    };
    let validate: [&str; 2] = ["validate", "fixtures/valid/minimal.json"];
    for (variable, value, more, message) in [
        (
            "FAIL_ON",
            "eror",
            &[][..],
            "invalid value 'eror' for 'CLIENTS_CONTRACT_FAIL_ON (--fail-on <SEVERITY>)'",
        ),
        ("FORMAT", "", &[], "a value is required for 'CLIENTS_CONTRACT_FORMAT (--format <FORMAT>)'"),
        ("FAIL_ON", "eror", &["--fail-on", "warn"], "invalid value 'warn' for '--fail-on <SEVERITY>'"),
        ("FORMAT", "xml", &["-qfhtm"], "invalid value 'htm' for '--format <FORMAT>'"),
        (
            "BASELINE",
            "a",
            &["--write-baseline", "b"],
            "the argument '--write-baseline <FILE>' cannot be used with 'CLIENTS_CONTRACT_BASELINE (--baseline <FILE>)'",
        ),
        ("BASELINE", "a", &["--jobs", "x"], "invalid value 'x' for '--jobs <N>'"),
        (
            "SCHEMA",
            "a",
            &["--contract", "clients"],
            "--contract: cannot be used with CLIENTS_CONTRACT_SCHEMA (--schema): a contract has its own",
        ),
        (
            "API_KEY",
            "x",
            &["https://127.0.0.1:9/"],
            "CLIENTS_CONTRACT_API_KEY: invalid API key: expected one line of",
        ),
    ] {
        let told = told(variable, value, &[&validate, more].concat());
        assert!(told.starts_with(&format!("error: {message}")), "{variable}: {told}");
    }
}

#[test]
fn a_wrong_value_is_refused_with_its_line_and_its_key() {
    let folder = tempfile::tempdir().unwrap();
    let settings = folder.path().join("s.toml");
    let settings = settings.to_str().unwrap();
    for (text, message) in [
        ("jobs = 2\nformat = 7\n", "s.toml:2:10: format: invalid type: integer `7`, expected a string"),
        ("jobs = 0\n", "s.toml:1:8: jobs: invalid value"),
        ("max-body = true\n", "s.toml:1:12: max-body: expected a number of bytes"),
        (
            "\nfail-on = \"sometimes\"\n",
            "s.toml:2:11: fail-on: `sometimes` is unknown; expected error, warning",
        ),
        ("url-path = \"/a\"\nreport = [\"sarf=x\"]\n", "s.toml:2:10: report: unknown format `sarf`"),
        ("[rules]\nnull-value = \"loud\"\n", "s.toml:2:14: rules.null-value: unknown level `loud`"),
        ("[rules]\nnull-value = 3\n", "s.toml:2:14: rules.null-value: invalid type"),
        ("[contract]\nschema = \"s.json\"\nsecrets = 3\n", "s.toml:3:11: contract.secrets: invalid type"),
        (
            "[contract]\nschema = \"s.json\"\n[contract.paging]\npage = true\n",
            "s.toml:4:8: contract.paging.page: invalid type",
        ),
        (
            "contract = \"clients\"\nschema = \"s.json\"\n",
            "s.toml:2:10: schema: cannot be used with `contract`",
        ),
    ] {
        fs::write(settings, text).unwrap();
        let output = run(&["validate", "--settings", settings, "fixtures/valid/minimal.json"]);
        assert!(code(&output) == 2 && stderr(&output).contains(message), "{text}: {}", stderr(&output));
    }
}

#[test]
fn a_baseline_keeps_the_schema_that_it_names() {
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("b.toml");
    fs::write(&file, "\"$schema\" = \"baseline.schema.json\"\nversion = 1\n").unwrap();
    let payload = Path::new("fixtures/invalid/null-value/client-name.json").to_str().unwrap();
    let write = ["validate", "--no-settings", "--write-baseline", file.to_str().unwrap(), payload];
    assert_eq!(code(&run(&write)), 0);
    let written: toml::Table = fs::read_to_string(&file).unwrap().parse().unwrap();
    assert_eq!(serde_json::to_value(&written["$schema"]).unwrap(), json!("baseline.schema.json"));
    assert_eq!(written["accept"].as_array().unwrap().len(), 1);
}
