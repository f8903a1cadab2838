//! The help of every command: examples that run, flags with headings; and the same as manual pages.

use std::fs;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Output, Stdio};

use crate::tool::{code, run, stderr, stdout};

const TOOL: &str = env!("CARGO_BIN_EXE_clients-contract");

/// The names of all commands.
fn commands() -> Vec<String> {
    let help = stdout(&run(&["--help"])).to_owned();
    let (_, list) = help.split_once("Commands:\n").unwrap();
    let list = list.lines().take_while(|line| !line.is_empty());
    let names = list.filter_map(|line| line.strip_prefix("  ")?.split(' ').next());
    names.filter(|name| !["", "help"].contains(name)).map(str::to_owned).collect()
}

/// Runs a command line in a directory as a shell does.
fn shell(directory: &Path, line: &str) -> Output {
    let folder = Path::new(TOOL).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.current_dir(directory).args(["-ec", line]).env("PATH", path).env("HOME", directory);
    command.output().unwrap()
}

/// Runs a command line that serves until it is told to end, and tells it once it serves.
fn served(directory: &Path, line: &str) -> Output {
    let port = if line.contains("--port") { "" } else { " --port 0" };
    let folder = Path::new(TOOL).parent().unwrap();
    let path = format!("{}:{}", folder.display(), std::env::var("PATH").unwrap());
    let mut command = Command::new("sh");
    command.current_dir(directory).args(["-ec", &format!("exec {line}{port}")]).env("PATH", path);
    let mut child = command.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    let mut url = String::new();
    BufReader::new(child.stdout.as_mut().unwrap()).read_line(&mut url).unwrap();
    assert!(url.starts_with("http://"), "{line}: {url}");
    let id = child.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &id]).status().unwrap().success());
    child.wait_with_output().unwrap()
}

/// What the examples read.
const SETUP: &str = r#"
mkdir -p captures more .local/share/bash-completion/completions .config/fish/completions
clients-contract generate -n 2 --items 2 --seed 1 > captures/day1.ndjson
cp captures/day1.ndjson day1.ndjson
cp captures/day1.ndjson day2.ndjson
cp captures/day1.ndjson more/
head -c 32 /dev/urandom > team.key
clients-contract drift captures/ --profile monday.json || true
clients-contract drift captures/ --history drift-history || true
cp monday.json a.json
cp monday.json b.json
echo '{"type": "object", "properties": {"id": {"type": "integer"}}}' > thing.schema.json
for name in old.json new.json old.schema.json new.schema.json api.schema.json; do cp thing.schema.json $name; done
printf '[contract]\nname = "things"\nschema = "thing.schema.json"\npath = "/v1/things/{id}"\n' > things.toml
git init -q -b main
git add api.schema.json
git -c user.name=a -c user.email=a@example.test commit -qm a
"#;

#[test]
fn every_command_takes_the_schema_of_the_environment() {
    let of = |arguments: &[&str]| {
        let schema = "fixtures/schemas/seats.schema.json";
        let mut tool = Command::new(env!("CARGO_BIN_EXE_clients-contract"));
        let output = tool.args(arguments).env("CLIENTS_CONTRACT_SCHEMA", schema).output().unwrap();
        assert_eq!(code(&output), 0, "{arguments:?}: {}", stderr(&output));
        stdout(&output).to_owned()
    };
    for arguments in [
        &["generate", "--no-settings", "--seed", "1"][..],
        &["export", "json-schema", "--no-settings"],
        &["mutate", "--no-settings", "-v", "fixtures/html/seats.ndjson"],
    ] {
        assert!(of(arguments).contains("seats"), "{arguments:?}");
    }
}

#[test]
fn a_command_without_input_says_what_input_can_be() {
    for command in ["validate", "drift", "infer", "mutate"] {
        let output = run(&[command]);
        assert_eq!(code(&output), 2);
        let tip = "tip: pass files or directories, or `-` for standard input";
        assert!(stderr(&output).contains(tip), "{command}: {}", stderr(&output));
    }
}

#[test]
fn every_command_ends_its_help_with_examples_that_run() {
    let directory = tempfile::tempdir().unwrap();
    let setup = shell(directory.path(), SETUP);
    assert_eq!(code(&setup), 0, "{}", stderr(&setup));
    for command in commands() {
        let help = run(&[&*command, "-h"]);
        let (_, examples) = stdout(&help).split_once("\nExamples:\n").unwrap_or_else(|| panic!("{command}"));
        let examples: Vec<&str> = examples.lines().map_while(|line| line.strip_prefix("  ")).collect();
        assert!((2..=4).contains(&examples.len()), "{command}: {examples:#?}");
        for example in examples {
            // What a server answers is in a file here.
            let line = match example.split_once(" | ") {
                Some((fetch, behind)) if fetch.starts_with("curl ") => {
                    format!("echo '{{\"id\": 1}}' | {behind}")
                }
                _ => example.to_owned(),
            };
            let output =
                if line.starts_with("clients-contract serve") || line.starts_with("clients-contract proxy") {
                    served(directory.path(), &line)
                } else {
                    shell(directory.path(), &line)
                };
            assert!([0, 1].contains(&code(&output)), "{example}: {}", stderr(&output));
            assert!(!stderr(&output).contains("error:"), "{example}: {}", stderr(&output));
        }
    }
    for made in ["suggested.schema.json", "page.json", "pages", "clients-contract.1", "contract.schema.json"]
    {
        assert!(fs::exists(directory.path().join(made)).unwrap(), "{made}");
    }
}

#[test]
fn the_short_help_fits_and_names_what_the_long_one_explains() {
    for command in commands() {
        let [short, long] = ["-h", "--help"].map(|flag| stdout(&run(&[&*command, flag])).to_owned());
        assert!(short.lines().count() <= 80, "{command}: {} lines", short.lines().count());
        let flags = |help: &str| -> Vec<String> {
            let lines = help.lines().filter_map(|line| line.trim_start().strip_prefix("--"));
            lines.map(|line| line.split([' ', '=']).next().unwrap().to_owned()).collect()
        };
        let explained = flags(&long);
        assert!(flags(&short).iter().all(|flag| explained.contains(flag)), "{command}");
        for line in long.lines().filter(|line| line.contains("[default: ")) {
            assert!(!line.contains(". [default"), "{command}: {line}");
        }
    }
}

#[test]
fn every_command_has_a_manual_page_with_its_flags() {
    let pages = commands();
    assert!(pages.len() > 9, "{pages:?}");
    for command in pages {
        let page = run(&["man", &command]);
        assert_eq!(code(&page), 0, "{}", stderr(&page));
        let page = stdout(&page).replace("\\-", "-");
        assert!(page.contains(&format!(".TH CLIENTS-CONTRACT-{} 1", command.to_uppercase())), "{page}");
        for line in stdout(&run(&[&*command, "--help"])).lines() {
            let Some(flag) = line.trim_start().split(", ").find_map(|part| part.strip_prefix("--")) else {
                continue;
            };
            let flag = flag.split([' ', '=']).next().unwrap();
            assert!(page.contains(&format!("--{flag}")), "{command}: --{flag}");
        }
    }
    assert!(stdout(&run(&["man"])).contains(".TH clients-contract 1"));
    let unknown = run(&["man", "valdate"]);
    assert_eq!(code(&unknown), 2);
    assert!(stderr(&unknown).contains("did you mean `validate`?"), "{}", stderr(&unknown));
}

#[test]
fn flags_are_under_headings() {
    let help = stdout(&run(&["validate", "--help"])).to_owned();
    let under = |heading: &str| {
        let (_, behind) = help.split_once(&format!("\n{heading}:\n")).unwrap_or_else(|| panic!("{heading}"));
        behind
            .lines()
            .take_while(|line| line.is_empty() || line.starts_with(' '))
            .collect::<Vec<_>>()
            .join("\n")
    };
    for (heading, flags) in [
        ("Input", &["--input", "--url-path", "--jobs", "--max-body", "--max-depth"][..]),
        ("Contract", &["--contract", "--envelope", "--schema", "--resource", "--dialect", "--engine"]),
        ("Findings", &["--fail-on", "--severity", "--baseline", "--write-baseline", "--min-severity"]),
        ("Output", &["--format", "--output", "--report", "--show-values", "--progress"]),
        ("Live instance", &["--instance", "--api-key-file", "--record", "--max-pages"]),
        ("Global", &["--quiet", "--verbose", "--color", "--settings", "--no-settings"]),
    ] {
        let listed = under(heading);
        for flag in flags {
            assert!(
                listed.contains(&format!("{flag} ")) || listed.contains(&format!("{flag}\n")),
                "{heading}: {flag}"
            );
        }
    }
    // What has no heading is no flag of a command but the help.
    assert_eq!(under("Options").matches("\n  -").count() + 1, 1, "{}", under("Options"));
}
