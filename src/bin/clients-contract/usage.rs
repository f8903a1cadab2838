//! Parses the command line and reports errors in it.

use std::ffi::OsString;
use std::io::{self, Write};

use anstream::{AutoStream, ColorChoice};
use clap::error::{ContextKind, ContextValue};
use clap::{ArgMatches, FromArgMatches};
use clients_contract::untrusted::{Untrusted, path_text};
use clients_contract::{Error, ErrorKind};

use crate::commands::{self, Cli};
use crate::environment;
use crate::exit::Exit;
use crate::output::{self, describe, note, shortened};
use crate::settings::Settings;

/// Reads the command line and the settings. Where there is nothing to do, help or errors are printed, and
/// the exit code is returned.
pub fn read() -> Result<Cli, Exit> {
    let error = match commands::command().try_get_matches() {
        Ok(given) => return with_settings(&given).map_err(|error| failed(&error)),
        Err(error) => error,
    };
    if !error.use_stderr() {
        return Err(print(&error).unwrap_or_else(|error| failed(&error)));
    }
    // What its messages repeat of the arguments must steer nothing. They are lines, so the arguments are made
    // harmless before, not the message behind.
    let harmless = std::env::args_os().map(|argument| -> OsString {
        Untrusted::from(path_text(argument.as_ref()).into_owned()).line().into_owned().into()
    });
    let harmless: Vec<OsString> = harmless.collect();
    let error = match commands::command().try_get_matches_from(&harmless) {
        Err(error) if error.use_stderr() => environment::in_arguments(error, &harmless),
        // It is no longer wrong where it is harmless.
        _ => clap::Error::new(error.kind()),
    };
    refuse(&with_tip(harmless_context(error)));
    Err(Exit::Usage)
}

/// The command line with the settings that it names, or that are found.
fn with_settings(given: &ArgMatches) -> Result<Cli, Error> {
    let settings = match given.subcommand() {
        Some((name, given)) => {
            environment::remember(name, given);
            Settings::of(given, commands::command)?.map(|settings| (settings, name, given))
        }
        None => None,
    };
    let wrong = |error: clap::Error| Error::new(ErrorKind::Usage, "", error.kind().to_string());
    let Some((settings, name, of_command)) = settings else {
        return Cli::from_arg_matches(given).map_err(wrong);
    };
    let command = settings.as_defaults(commands::command(), name, of_command)?;
    let cli = command.try_get_matches().and_then(|given| Cli::from_arg_matches(&given));
    Ok(cli.map_err(wrong)?.with(settings))
}

/// Says why there is nothing to do, and with which code to end.
pub fn failed(error: &Error) -> Exit {
    note(false, &format!("error: {}", environment::named(&describe(error))));
    Exit::of(error)
}

/// Prints help or version to standard output.
fn print(error: &clap::Error) -> Result<Exit, Error> {
    let text = error.render();
    let colors = AutoStream::choice(&io::stdout()) != ColorChoice::Never;
    let text = if colors { text.ansi().to_string() } else { text.to_string() };
    let mut output = output::open(None)?;
    output.write(|out| out.write_all(text.as_bytes()))?;
    output.finish()?;
    Ok(Exit::Fine)
}

/// Prints what is wrong, in colour on a terminal.
fn refuse(error: &clap::Error) {
    let text = error.render();
    let lines = text.to_string();
    let lines: Vec<_> = lines.lines().map(|line| Untrusted::from(line).line().into_owned()).collect();
    let plain = lines.iter().map(|line| shortened(line)).collect::<Vec<_>>().join("\n");
    let stderr = io::stderr();
    let colors = AutoStream::choice(&stderr) != ColorChoice::Never;
    let unchanged = plain.trim_end() == text.to_string().trim_end();
    // Nobody is left to tell when this fails.
    let _ = if colors && unchanged {
        write!(stderr.lock(), "{}", text.ansi())
    } else {
        writeln!(stderr.lock(), "{}", plain.trim_end())
    };
}

/// The same, with what can be an input where there is none.
fn with_tip(mut error: clap::Error) -> clap::Error {
    let is_input = matches!(error.get(ContextKind::InvalidArg), Some(ContextValue::Strings(all))
        if all.iter().any(|one| one == "<PATH>..."));
    if is_input && error.kind() == clap::error::ErrorKind::MissingRequiredArgument {
        let tip = "pass files or directories, or `-` for standard input".into();
        error.insert(ContextKind::Suggested, ContextValue::StyledStrs(vec![tip]));
    }
    error
}

/// The same, without what comes from the environment as it is, and without a key: an argument that looks like
/// one of those of the key may hold it.
fn harmless_context(mut error: clap::Error) -> clap::Error {
    let of_key = error.context().any(|(kind, value)| {
        kind == ContextKind::InvalidArg && value.to_string().trim_matches('\'').starts_with("--api-key")
    });
    let harmless = |kind: ContextKind, text: &str| -> String {
        match kind {
            ContextKind::InvalidValue if of_key => "***".to_owned(),
            _ => Untrusted::from(text).line().into_owned(),
        }
    };
    let context: Vec<_> = error
        .context()
        .filter_map(|(kind, value)| match value {
            ContextValue::String(text) => Some((kind, ContextValue::String(harmless(kind, text)))),
            ContextValue::Strings(texts) => {
                Some((kind, ContextValue::Strings(texts.iter().map(|text| harmless(kind, text)).collect())))
            }
            _ => None,
        })
        .collect();
    for (kind, value) in context {
        error.insert(kind, value);
    }
    error
}
