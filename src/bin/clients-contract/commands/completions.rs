//! `clients-contract completions`: writes shell completions.

use std::collections::BTreeSet;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Args, CommandFactory, ValueEnum, ValueHint};
use clap_complete::Shell;
use clients_contract::contract;
use clients_contract::finding::rules;
use clients_contract::generate::{Catalogue, Preset};
use clients_contract::report::FORMATS;
use clients_contract::{Error, ErrorKind, Rule};

use super::Cli;
use crate::exit::Exit;
use crate::output;

/// Print a completion script for a shell
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract completions bash > \
~/.local/share/bash-completion/completions/clients-contract\n  \
clients-contract completions fish > ~/.config/fish/completions/clients-contract.fish")]
pub struct Completions {
    /// Shell to complete for
    shell: Shell,
}

pub fn run(command: &Completions) -> Result<Exit, Error> {
    let script = script(command.shell)?;
    let mut output = output::open(None)?;
    output.write(|out| out.write_all(script.as_bytes()))?;
    output.finish()?;
    Ok(Exit::Fine)
}

/// What stands for the values of `--report` and `--preset` where a function of the script completes them.
const REPORT: &str = "@report@";
const PRESETS: &str = "@presets@";

/// The script of a shell. Static, so that packages can ship it and nothing runs while somebody types.
fn script(shell: Shell) -> Result<String, Error> {
    let name = env!("CARGO_PKG_NAME");
    if shell == Shell::Bash {
        return bash(name);
    }
    let script = generated(shell, name)?;
    let formats = join(FORMATS.iter().map(|format| format!("{}=", format.name)));
    match shell {
        Shell::Fish => {
            let functions = include_str!("completions.fish")
                .replace("@formats@", &formats)
                .replace(
                    PRESETS,
                    &join(Preset::ALL.iter().flat_map(|preset| [preset.name, preset.help].map(quoted))),
                )
                .replace("@rules@", &join(clients_contract::rules().map(|rule| rule.id)))
                .replace("@shells@", &join(Shell::value_variants()))
                .replace("@commands@", &join(Cli::command().get_subcommands().map(clap::Command::get_name)));
            let script = script.replace("\"@report@\\t''\"", "\"(__fish_clients_contract_report)\"");
            Ok(script.replace("\"@presets@\\t''\"", "\"(__fish_clients_contract_presets)\"") + &functions)
        }
        Shell::Zsh => {
            let preset =
                |preset: &Preset| quoted(format!("{}[{}]", preset.name, preset.help.replace(':', "\\:")));
            let functions = include_str!("completions.zsh")
                .replace("@formats@", &formats)
                .replace(PRESETS, &join(Preset::ALL.iter().map(preset)));
            let script = script.replace("(@report@)", "_clients_contract_report");
            let script = script.replace("(@presets@)", "_clients_contract_presets");
            let start = script.find("_clients-contract() {").ok_or_else(|| unexpected(shell))?;
            let (head, rest) = script.split_at(start);
            Ok([head, &functions, rest].concat())
        }
        _ => Ok(script),
    }
}

/// With a hyphen in the name `clap_complete` sets one name for a subcommand and looks for another
/// (clap-rs/clap#6421). The function is made for a name without one; it is registered for the true name
/// behind it.
fn bash(name: &str) -> Result<String, Error> {
    let shell = Shell::Bash;
    let script = generated(shell, &name.replace('-', "_"))?;
    let registered =
        script.rfind("\nif [[").filter(|at| script[*at..].contains("complete -F _clients_contract "));
    let function = registered.map(|at| &script[..at]).ok_or_else(|| unexpected(shell))?;
    Ok(format!("{function}{}", include_str!("completions.bash")))
}

fn generated(shell: Shell, name: &str) -> Result<String, Error> {
    let mut script = Vec::new();
    let has_functions = matches!(shell, Shell::Fish | Shell::Zsh);
    let mut command = Cli::command()
        .mut_subcommands(|command| command.mut_args(|argument| offering(argument, has_functions)));
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8(script).map_err(|_| unexpected(shell))
}

fn unexpected(shell: Shell) -> Error {
    Error::new(ErrorKind::Output, shell.to_string(), "unexpected format of completions")
}

fn join(words: impl IntoIterator<Item = impl ToString>) -> String {
    words.into_iter().map(|word| word.to_string()).collect::<Vec<_>>().join(" ")
}

/// One word of a shell, whatever is in it.
fn quoted(text: impl AsRef<str>) -> String {
    format!("'{}'", text.as_ref().replace('\'', "'\\''"))
}

/// The same argument with the values that its own parser accepts and does not list; `has_functions` where
/// some are completed by functions.
fn offering(argument: Arg, has_functions: bool) -> Arg {
    match argument.get_id().as_str() {
        "severity" => argument.value_parser(values(clients_contract::rules().flat_map(decisions))),
        "report" if takes_value(&argument) && has_functions => argument.value_parser([REPORT]),
        "report" if takes_value(&argument) => {
            argument.value_parser(values(FORMATS.iter().map(|format| format!("{}=", format.name))))
        }
        "presets" if has_functions => argument.value_parser([PRESETS]),
        "rule" => argument.value_parser(values(breakable().into_iter().map(str::to_owned))),
        "id" => argument.value_parser(values(clients_contract::rules().map(|rule| rule.id.to_owned()))),
        "old" | "new" | "resource" => argument.value_hint(ValueHint::AnyPath),
        _ => argument,
    }
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// Rules that one generated payload can break: of the contract, or of some schema.
fn breakable() -> BTreeSet<&'static str> {
    let catalogue = contract::usual().catalogue(&[]).ok();
    let targets = catalogue.iter().flat_map(Catalogue::targets);
    let of_contract = targets.map(|target| target.rule().id);
    of_contract.chain([rules::SCHEMA_VIOLATION.id]).collect()
}

/// What `--severity` takes of a rule.
fn decisions(rule: &Rule) -> impl Iterator<Item = String> {
    ["error", "warning", "info", "off"].into_iter().map(move |level| format!("{}={level}", rule.id))
}

fn values(names: impl Iterator<Item = String>) -> PossibleValuesParser {
    // They live as long as the command, which does nothing else.
    names.map(|name| PossibleValue::new(&*name.leak())).collect::<Vec<_>>().into()
}
