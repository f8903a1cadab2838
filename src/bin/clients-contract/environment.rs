//! Names environment variables in errors about the values that come from them.

use std::ffi::OsString;
use std::sync::OnceLock;

use clap::error::{ContextKind, ContextValue};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command, Id};

use crate::commands;

/// The command of this run, and its arguments whose values come from the environment.
static GIVEN: OnceLock<(String, Vec<Id>)> = OnceLock::new();

/// Remembers the arguments of a command whose values come from the environment.
pub fn remember(name: &str, given: &ArgMatches) {
    let is_given = |id: &&Id| given.value_source(id.as_str()) == Some(ValueSource::EnvVariable);
    let ids: Vec<Id> = given.ids().filter(is_given).cloned().collect();
    if !ids.is_empty() {
        // There is one command line.
        let _ = GIVEN.set((name.to_owned(), ids));
    }
}

/// A message in which the variables that set flags precede them.
pub fn named(message: &str) -> String {
    let Some((name, ids)) = GIVEN.get() else { return message.to_owned() };
    let command = commands::command();
    let args = command.find_subcommand(name).into_iter().flat_map(of_environment);
    let given = args.filter(|arg| ids.contains(arg.get_id()));
    let given = given.filter_map(|arg| Some((format!("--{}", arg.get_long()?), variable(arg)?)));
    given.fold(message.to_owned(), |message, (flag, variable)| with_variable(&message, &flag, &variable))
}

/// An error in the arguments, or in a variable, which it names then.
pub fn in_arguments(mut error: clap::Error, arguments: &[OsString]) -> clap::Error {
    let mut command = commands::command();
    // Only then arguments can be shown.
    command.build();
    let name = arguments.iter().skip(1).find_map(|argument| command.find_subcommand(argument));
    for arg in name.into_iter().flat_map(of_environment) {
        let (flag, Some(variable)) = (arg.to_string(), variable(arg)) else { continue };
        let is_about = |kind| error.get(kind).is_some_and(|value| has(value, &flag));
        let about = [ContextKind::InvalidArg, ContextKind::PriorArg].into_iter().find(|kind| is_about(*kind));
        let Some(kind) = about.filter(|_| !is_without(&error, name, arg, arguments)) else { continue };
        error.insert(kind, ContextValue::String(format!("{variable} ({flag})")));
    }
    error
}

/// Whether it is the same error without the variable of an argument.
fn is_without(error: &clap::Error, command: Option<&Command>, arg: &Arg, arguments: &[OsString]) -> bool {
    let Some(command) = command else { return false };
    let without = commands::command().mut_subcommand(command.get_name(), |command| {
        command.mut_arg(arg.get_id(), |arg| arg.env(None::<&'static str>))
    });
    without.try_get_matches_from(arguments).is_err_and(|other| other.to_string() == error.to_string())
}

fn of_environment(command: &Command) -> impl Iterator<Item = &Arg> {
    command.get_arguments().filter(|arg| arg.get_env().is_some())
}

fn variable(arg: &Arg) -> Option<String> {
    Some(arg.get_env()?.to_str()?.to_owned())
}

fn has(value: &ContextValue, flag: &str) -> bool {
    match value {
        ContextValue::String(one) => one == flag,
        ContextValue::Strings(all) => matches!(&all[..], [one] if one == flag),
        _ => false,
    }
}

/// The message with a variable before each mention of a flag.
fn with_variable(message: &str, flag: &str, variable: &str) -> String {
    let mut parts = message.split(flag);
    let mut all = parts.next().unwrap_or_default().to_owned();
    for rest in parts {
        let is_longer = rest.starts_with(|next: char| next == '-' || next.is_alphanumeric());
        let flag = if is_longer { flag.to_owned() } else { format!("{variable} ({flag})") };
        all.extend([&*flag, rest]);
    }
    all
}

#[cfg(test)]
mod tests {
    use super::with_variable;

    #[test]
    fn a_variable_precedes_its_flag_only() {
        for (message, expected) in [
            ("--a: wrong with --a", "A (--a): wrong with A (--a)"),
            ("--ab --a-b --a=x", "--ab --a-b A (--a)=x"),
            ("no flag", "no flag"),
        ] {
            assert_eq!(with_variable(message, "--a", "A"), expected);
        }
    }
}
