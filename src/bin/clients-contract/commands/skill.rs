//! `clients-contract skill`: prints instructions for coding agents.

use std::fmt::Write;

use clap::Args;
use clients_contract::contract;
use clients_contract::export::NOTATIONS;
use clients_contract::generate::Preset;
use clients_contract::report::FORMATS;
use clients_contract::{Error, Severity};

use crate::exit::Exit;
use crate::output;

/// Print a skill for coding agents (SKILL.md): what to run, and how to read the results
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract skill > SKILL.md\n  \
clients-contract skill -o SKILL.md")]
pub struct Skill {
    /// Write to this file instead of standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<std::path::PathBuf>,
}

/// The page, with names in braces for what registries list.
const PAGE: &str = include_str!("skill.md");

pub fn run(command: &Skill) -> Result<Exit, Error> {
    let mut output = output::open(command.output.as_deref())?;
    let page = page();
    output.write(|out| out.write_all(page.as_bytes()))?;
    output.finish()?;
    Ok(Exit::Fine)
}

fn page() -> String {
    let contract = contract::usual();
    let list = |names: &mut dyn Iterator<Item = &str>| {
        names.map(|name| format!("`{name}`")).collect::<Vec<_>>().join(", ")
    };
    let severities = [Severity::Error, Severity::Warning, Severity::Info].map(|one| one.to_string());
    let parts = [
        ("{endpoint}", format!("{} {}", contract.method, contract.path)),
        ("{version}", contract.version.clone().unwrap_or_default()),
        ("{commands}", commands()),
        ("{formats}", list(&mut FORMATS.iter().map(|format| format.name))),
        ("{notations}", list(&mut NOTATIONS.iter().map(|notation| notation.name))),
        ("{presets}", list(&mut Preset::ALL.iter().map(|preset| preset.name))),
        ("{severities}", severities.join("`, `")),
        ("{exits}", exits()),
    ];
    parts.iter().fold(PAGE.to_owned(), |page, (name, text)| page.replace(name, text))
}

/// A row for each command.
fn commands() -> String {
    let tool = super::command();
    let mut rows = String::new();
    let mut listed: Vec<_> = tool.get_subcommands().collect();
    // As `--help` lists them: commands that were changed come last otherwise.
    listed.sort_by_key(|command| command.get_display_order());
    for command in listed {
        let about = command.get_about().map(ToString::to_string).unwrap_or_default();
        let _ = writeln!(rows, "| `{}` | {} |", command.get_name(), about.replace('|', "\\|"));
    }
    rows.trim_end().to_owned()
}

/// A row for each exit code.
fn exits() -> String {
    let rows = Exit::ALL.iter().map(|(exit, meaning)| format!("| {} | {meaning} |", *exit as u8));
    rows.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::*;

    /// The command lines in the blocks of the page.
    fn lines(page: &str) -> Vec<&str> {
        page.lines().filter(|line| line.starts_with("clients-contract ")).collect()
    }

    #[test]
    fn every_command_line_of_the_skill_parses() {
        let page = page();
        assert!(lines(&page).len() > 10);
        for line in lines(&page) {
            let parsed = crate::commands::command().try_get_matches_from(line.split(' '));
            assert!(parsed.is_ok(), "{line}: {parsed:?}");
        }
        let wrong = crate::commands::command()
            .try_get_matches_from("clients-contract validate --no-such .".split(' '));
        assert!(wrong.is_err());
    }

    #[test]
    fn the_skill_names_flags_and_commands_that_are_there() {
        let page = page();
        let tool = crate::commands::command();
        let args = tool.get_subcommands().flat_map(clap::Command::get_arguments).chain(tool.get_arguments());
        let known: BTreeSet<String> = args.filter_map(|arg| Some(format!("--{}", arg.get_long()?))).collect();
        let words = page.split(|c: char| !c.is_ascii_alphanumeric() && c != '-');
        let named: BTreeSet<&str> = words.filter(|word| word.starts_with("--") && word.len() > 3).collect();
        let missing: Vec<&&str> =
            named.iter().filter(|flag| !known.contains(**flag) && **flag != "--help").collect();
        assert!(missing.is_empty() && named.len() > 8, "{missing:?} of {named:?}");
        let row = |name: &str| page.find(&format!("| `{name}` | ")).unwrap_or_else(|| panic!("{name}"));
        for command in tool.get_subcommands() {
            row(command.get_name());
        }
        assert!(row("proxy") < row("redact") && row("redact") < row("schema"));
        assert!(!page.contains('{') && !page.contains('}'), "a part was not filled in");
    }

    #[test]
    fn the_front_matter_is_that_of_a_skill() {
        let page = page();
        let front = page.strip_prefix("---\n").and_then(|page| page.split_once("\n---\n"));
        let front = front.map(|(front, _)| front).unwrap_or_default();
        assert!(front.starts_with("name: clients-contract\ndescription: >-\n"));
        assert!(front.len() < 1024, "agents read at most 1024 characters");
    }
}
