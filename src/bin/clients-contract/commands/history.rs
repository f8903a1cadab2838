//! `clients-contract history`: what changed over time, and when.

mod page;

use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use clients_contract::drift::{By, HistoryBuilder, write_history, write_history_json};
use clients_contract::report::write_document;
use clients_contract::run::history::{Entries, Folder};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};
use jiff::{SignedDuration, Timestamp};

use super::invocation::invocation;
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::output::{self, FILES, note};

/// Changes and series that are listed in text without -v.
const MAX_LISTED: usize = 40;

/// Print what changed over time, and when each change began
///
/// DIR is the directory of `drift --history`. Rates of properties, nulls, enum values and findings are
/// compared over all runs in it. Statistically significant changes are reported: Fisher's exact test,
/// two-sided, at 1 % for all comparisons together (Bonferroni). Values of one payload count as one.
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract history drift-history/\n  \
clients-contract history --window 30d --by week -f json drift-history/")]
pub struct HistoryCommand {
    /// Directory that `drift --history` writes to
    #[arg(value_name = "DIR")]
    folder: PathBuf,
    /// Compare only this much time before the last run, such as 30d, 8w or 36h [default: all]
    #[arg(long, value_name = "DURATION", value_parser = window)]
    window: Option<SignedDuration>,
    /// Unit that is combined into one point in time: a run, or a day or week in UTC
    #[arg(long, value_name = "UNIT", value_parser = by(), default_value = "day")]
    by: By,
    /// Output format
    #[arg(short, long, value_enum, default_value = "text")]
    format: HistoryFormat,
    /// Write the output to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum HistoryFormat {
    /// For people: a table with sparklines
    Text,
    /// For programs: points in time, series and changes
    Json,
    /// For people: a page with charts
    Html,
}

/// The units of time.
fn by() -> impl TypedValueParser<Value = By> {
    let value = |by: By| PossibleValue::new(by.name());
    let values: PossibleValuesParser = By::ALL.map(value).to_vec().into();
    values.try_map(|name| name.parse::<By>())
}

/// Reads a duration of hours, days or weeks.
pub fn window(text: &str) -> Result<SignedDuration, String> {
    let wrong = || format!("`{text}` is no duration; expected a number of hours, days or weeks, such as 30d");
    let unit = text.chars().last().filter(char::is_ascii).ok_or_else(wrong)?;
    let hours = match unit {
        'h' => 1,
        'd' => 24,
        'w' => 7 * 24,
        _ => return Err(wrong()),
    };
    let count: u32 = text[..text.len() - 1].parse().ok().filter(|count| *count > 0).ok_or_else(wrong)?;
    Ok(SignedDuration::from_hours(i64::from(count) * hours))
}

pub fn run(command: &HistoryCommand, global: GlobalArgs) -> Result<Exit, Error> {
    let folder = Folder::open(&command.folder, &FILES)?;
    let mut output = output::open(command.output.as_deref())?;
    let mut entries = folder.read(Timestamp::now(), command.window)?;
    let mut builder = HistoryBuilder::new(command.by);
    // Those of other contracts have other properties.
    let contract = entries.contract();
    let mut others = Vec::new();
    for entry in &mut entries {
        match &contract {
            Some(contract) if entry.profile.contract != *contract => {
                others.push(other_contract(
                    &command.folder.join(&entry.name),
                    &entry.profile.contract,
                    contract,
                ));
            }
            _ => builder.add(entry),
        }
    }
    let Entries { mut skipped, left_out, .. } = entries;
    skipped.append(&mut others);
    for error in &skipped {
        note(false, &format!("error: {}; skipped", output::describe(error)));
    }
    if contract.is_none() {
        let what = "no profiles in it; `drift --history` writes them";
        return Err(Error::new(ErrorKind::Input, path_text(&command.folder), what));
    }
    let history = builder.finish(left_out);
    let max = if global.verbose { usize::MAX } else { MAX_LISTED };
    output.write(|out| match command.format {
        HistoryFormat::Text => write_history(&history, command.by, max, out),
        HistoryFormat::Json => write_history_json(&history, command.by, &skipped, out),
        HistoryFormat::Html => {
            write_document(&page::document(command, &history, &skipped, invocation().as_ref()), out)
        }
    })?;
    output.finish()?;
    Ok(if skipped.is_empty() { Exit::Fine } else { Exit::Incomplete })
}

/// The error about an entry of another contract.
pub fn other_contract(path: &Path, found: &str, expected: &str) -> Error {
    let found: String = found.chars().take(200).collect();
    let what = format!("was made with {found}, not with {expected}: their properties cannot be compared");
    Error::new(ErrorKind::Input, path_text(path), what)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn windows_are_hours_days_or_weeks() {
        for (text, hours) in [("30d", Some(720)), ("2w", Some(336)), ("36h", Some(36))] {
            assert_eq!(window(text).ok().map(|window| window.as_hours()), hours, "{text}");
        }
        for text in ["", "d", "0d", "-1d", "1.5d", "30", "3é", "99999999999d"] {
            assert!(window(text).is_err(), "{text}");
        }
    }
}
