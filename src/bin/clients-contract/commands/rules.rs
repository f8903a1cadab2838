//! `clients-contract rules`: lists the rules.

use std::io::{self, Write};

use clap::{Args, ValueEnum};
use clients_contract::{Error, ErrorKind, Rule, Severity};
use serde::Serialize;

use crate::exit::Exit;
use crate::flags;
use crate::global_args::GlobalArgs;
use crate::output;

/// List the rules, or explain one
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract rules\n  clients-contract rules null-value")]
pub struct Rules {
    /// Rule to explain
    #[arg(value_name = "ID")]
    id: Option<String>,
    /// Output format
    #[arg(short, long, value_enum, default_value = "text")]
    format: RulesFormat,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum RulesFormat {
    /// For people
    Text,
    /// For programs: id, severity, summary, impact, fix and example
    Json,
}

pub fn run(command: &Rules, global: GlobalArgs) -> Result<Exit, Error> {
    let rules: Vec<Shown> = clients_contract::rules().map(Shown::of).collect();
    let mut output = output::open(None)?;
    match (&command.id, command.format) {
        (None, RulesFormat::Text) => output.write(|out| table(&rules, out))?,
        (None, RulesFormat::Json) => output.write(|out| json(&rules, out))?,
        (Some(id), format) => {
            let rule = find(id)?;
            output.write(|out| match format {
                RulesFormat::Text => explain(&rule, global, out),
                RulesFormat::Json => json(&rule, out),
            })?;
        }
    }
    output.finish()?;
    Ok(Exit::Fine)
}

/// A rule whose texts name flags.
#[derive(Serialize)]
struct Shown {
    id: &'static str,
    severity: Severity,
    summary: &'static str,
    impact: String,
    fix: String,
    example: String,
}

impl Shown {
    fn of(rule: &'static Rule) -> Self {
        let [impact, fix, example] = [rule.impact, rule.fix, rule.example].map(flags::in_text);
        Self { id: rule.id, severity: rule.severity, summary: rule.summary, impact, fix, example }
    }
}

fn find(id: &str) -> Result<Shown, Error> {
    id.parse().map(Shown::of).map_err(|unknown| {
        let message = format!("{unknown} (`clients-contract rules` lists them)");
        Error::new(ErrorKind::Usage, id, message)
    })
}

fn table(rules: &[Shown], out: &mut dyn Write) -> io::Result<()> {
    let widest = rules.iter().map(|rule| rule.id.len()).max().unwrap_or_default();
    for rule in rules {
        writeln!(out, "{:widest$}  {:7}  {}", rule.id, rule.severity, rule.summary)?;
    }
    Ok(())
}

fn explain(rule: &Shown, global: GlobalArgs, out: &mut dyn Write) -> io::Result<()> {
    let style = anstyle::Style::new().bold();
    let id = if global.colors(false) { format!("{style}{}{style:#}", rule.id) } else { rule.id.to_owned() };
    writeln!(out, "{id} ({})\n\n{}\n", rule.severity, rule.summary)?;
    writeln!(out, "Why it matters: {}\n\nHow to fix: {}\n\nExample:", rule.impact, rule.fix)?;
    rule.example.lines().try_for_each(|line| writeln!(out, "  {line}"))
}

fn json(value: &(impl Serialize + ?Sized), out: &mut dyn Write) -> io::Result<()> {
    serde_json::to_writer_pretty(&mut *out, value)?;
    writeln!(out)
}
