//! How the tool was called, for reports that say how to call it again.

use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use clients_contract::report::Invocation;
use clients_contract::untrusted::path_text;

use crate::settings::{LIVE, is_url};

/// Flags that only say where results go and how they look, or on which nothing depends.
const OUTPUT: [&str; 18] = [
    "changelog",
    "color",
    "engine",
    "format",
    "jobs",
    "max-findings",
    "max-survivors",
    "min-severity",
    "output",
    "profile",
    "progress",
    "prune-baseline",
    "quiet",
    "report",
    "sarif-category",
    "suggest",
    "verbose",
    "write-baseline",
];

/// Flags without which `drift` does the same and adds nothing to a history.
const HISTORY: [&str; 3] = ["at", "history", "window"];

/// Flags that decide what is found in one file.
const OF_FILE: [&str; 12] = [
    "contract",
    "dialect",
    "envelope",
    "input",
    "max-body",
    "max-depth",
    "no-settings",
    "resource",
    "schema",
    "settings",
    "severity",
    "url-path",
];

/// The arguments of this process, without those of a live instance: they may hold what is nobody's business.
pub fn invocation() -> Option<Invocation> {
    let command = super::command();
    let given = command.clone().try_get_matches_from(std::env::args_os()).ok()?;
    let (name, given) = given.subcommand()?;
    Some(read(command.find_subcommand(name)?, name, given))
}

fn read(command: &Command, name: &str, given: &ArgMatches) -> Invocation {
    let start = vec![env!("CARGO_PKG_NAME").to_owned(), name.to_owned()];
    let mut invocation = Invocation { command: name.to_owned(), ..Invocation::default() };
    let (mut of_run, mut of_file) = (start, vec![env!("CARGO_PKG_NAME").to_owned(), "validate".to_owned()]);
    let mut repeats = true;
    for arg in command.get_arguments() {
        let Some(values) = values(arg, given) else { continue };
        if arg.is_positional() {
            repeats &= !values.iter().any(|value| value == "-" || is_url(value.as_ref()));
            let named =
                |value: String| if is_url(value.as_ref()) { "a live instance".to_owned() } else { value };
            invocation.inputs.extend(values.into_iter().map(named));
            continue;
        }
        let Some(flag) = arg.get_long() else { continue };
        if arg.get_help_heading() == Some(LIVE) {
            repeats = false;
            invocation.settings.push((format!("--{flag}"), "not shown".to_owned()));
        } else if !OUTPUT.contains(&flag) {
            let words = words(flag, arg, &values);
            invocation.settings.push((format!("--{flag}"), values.join(" ")));
            if OF_FILE.contains(&flag) {
                of_file.extend(words.clone());
            }
            if name == "history" || !HISTORY.contains(&flag) {
                of_run.extend(words);
            }
        }
    }
    if name == "diff" && !of_run.iter().any(|word| word == "--witness") {
        of_run.push("--witness".to_owned());
    }
    if invocation.inputs.iter().any(|input| input.starts_with('-')) {
        of_run.push("--".to_owned());
    }
    of_run.extend(invocation.inputs.iter().cloned());
    Invocation { of_run: repeats.then_some(of_run), of_file: Some(of_file), ..invocation }
}

/// The same for `drift --history`: what changed since the last run is found again with `--since`, and what
/// changed since several runs by no command that leaves the history as it is.
pub fn of_history(mut invocation: Invocation, last: Option<String>, of_several: Vec<String>) -> Invocation {
    if let (Some(words), Some(last)) = (&mut invocation.of_run, last) {
        let since = if last.starts_with('-') { format!("./{last}") } else { last };
        words.splice(2..2, ["--since".to_owned(), since]);
    }
    Invocation { unrepeatable: of_several, ..invocation }
}

/// The values of an argument that was given, in text.
fn values(arg: &Arg, given: &ArgMatches) -> Option<Vec<String>> {
    let id = arg.get_id().as_str();
    let source = given.value_source(id)?;
    if ![ValueSource::CommandLine, ValueSource::EnvVariable].contains(&source) {
        return None;
    }
    let raw = given.try_get_raw(id).ok()??;
    Some(raw.map(|value| path_text(value.as_ref()).into_owned()).collect())
}

/// A flag and its values as they are given.
fn words(flag: &str, arg: &Arg, values: &[String]) -> Vec<String> {
    if !arg.get_action().takes_values() {
        return vec![format!("--{flag}")];
    }
    let each = |value: &String| {
        if value.starts_with('-') || value.is_empty() {
            vec![format!("--{flag}={value}")]
        } else {
            vec![format!("--{flag}"), value.clone()]
        }
    };
    values.iter().flat_map(each).collect()
}
