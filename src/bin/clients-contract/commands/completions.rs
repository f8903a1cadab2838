//! `clients-contract completions`: what may be typed next?

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Arg, Args, CommandFactory, ValueHint};
use clap_complete::Shell;
use clients_contract::report::FORMATS;
use clients_contract::{Error, ErrorKind, Rule};

use super::Cli;
use crate::exit::Exit;
use crate::output::Output;

/// Print the completions for a shell.
#[derive(Debug, Args)]
#[command(after_help = "Example:\n  clients-contract completions bash > \
~/.local/share/bash-completion/completions/clients-contract")]
pub struct Completions {
    /// The shell.
    shell: Shell,
}

pub fn run(command: &Completions) -> Result<Exit, Error> {
    let script = script(command.shell)?;
    let mut output = Output::open(None)?;
    output.write(|out| out.write_all(script.as_bytes()))?;
    output.finish()?;
    Ok(Exit::Fine)
}

/// The script of a shell. Static, so that packages can ship it and nothing runs while somebody types.
fn script(shell: Shell) -> Result<String, Error> {
    let name = env!("CARGO_PKG_NAME");
    if shell == Shell::Fish {
        // clap_complete offers values of options only.
        let condition = "__fish_clients_contract_using_subcommand rules";
        let ids: Vec<&str> = clients_contract::rules().map(|rule| rule.id).collect();
        let rules = format!("complete -c {name} -n \"{condition}\" -f -a \"{}\"\n", ids.join(" "));
        return Ok(generated(shell, name)? + &rules);
    } else if shell != Shell::Bash {
        return generated(shell, name);
    }
    // With a hyphen in the name clap_complete sets one name for a subcommand and looks for another (clap-rs/clap#6421). The
    // function is made for a name without one; it is registered for the true name behind it.
    let script = generated(shell, &name.replace('-', "_"))?;
    let registered =
        script.rfind("\nif [[").filter(|at| script[*at..].contains("complete -F _clients_contract "));
    let function = registered.map(|at| &script[..at]).ok_or_else(|| unexpected(shell))?;
    Ok(format!("{function}{}", include_str!("completions.bash")))
}

fn generated(shell: Shell, name: &str) -> Result<String, Error> {
    let mut script = Vec::new();
    let mut command = Cli::command().mut_subcommands(|command| command.mut_args(offering));
    clap_complete::generate(shell, &mut command, name, &mut script);
    String::from_utf8(script).map_err(|_| unexpected(shell))
}

fn unexpected(shell: Shell) -> Error {
    Error::new(ErrorKind::Output, shell.to_string(), "completions have an unexpected form")
}

/// The same argument with the values that its own parser accepts and does not list.
fn offering(argument: Arg) -> Arg {
    let rules = || clients_contract::rules().map(|rule| rule.id.to_owned());
    match argument.get_id().as_str() {
        "severity" => argument.value_parser(values(clients_contract::rules().flat_map(decisions))),
        "report" if takes_value(&argument) => {
            argument.value_parser(values(FORMATS.iter().map(|format| format!("{}=", format.name))))
        }
        "rule" | "id" => argument.value_parser(values(rules())),
        "old" | "new" | "resource" => argument.value_hint(ValueHint::AnyPath),
        _ => argument,
    }
}

fn takes_value(argument: &Arg) -> bool {
    argument.get_action().takes_values()
}

/// What `--severity` takes of a rule.
fn decisions(rule: &Rule) -> impl Iterator<Item = String> {
    ["error", "warning", "info", "off"].into_iter().map(move |level| format!("{}={level}", rule.id))
}

fn values(names: impl Iterator<Item = String>) -> PossibleValuesParser {
    // They live as long as the command, which does nothing else.
    names.map(|name| PossibleValue::new(&*name.leak())).collect::<Vec<_>>().into()
}
