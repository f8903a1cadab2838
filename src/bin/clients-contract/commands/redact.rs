//! `clients-contract redact`: rewrites captures so that they can be shared.

use std::io::{self, Write};
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};

use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clap::{Args, ValueEnum};
use clients_contract::payload::Selection;
use clients_contract::redact::{
    Class, DEFAULT_MAX_REMEMBERED, LeakSearch, Leaks, ORIGINAL, Outside, Policy, Redactor, SHAPES, Summary,
    leak_rule,
};
use clients_contract::run::{Redacted, Redaction, SearchedFiles, search_files};
use clients_contract::untrusted::{write_line, write_pretty_json};
use clients_contract::{Contract, Error};
use serde_json::{Value, json};

use super::inputs::{Reading, jobs};
use super::recording;
use super::subject::{Against, Subject, Where};
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::output::{self, FILES, describe, note};
use crate::settings::Redact as Settings;

/// Rewrite captures so that they can be shared: same findings, no personal data
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract redact day1.ndjson -o shared.ndjson\n  \
clients-contract redact captures/ -o shared/ --key-file team.key\n  \
clients-contract redact --check shared/\n\n\
Exit codes: 0 nothing leaks; 1 leaks were found and nothing was written; 2 usage error; 3 incomplete (unreadable or \
truncated input, more values than are remembered).")]
#[expect(clippy::struct_excessive_bools, reason = "flags of the command line")]
pub struct Redact {
    /// Files, directories, glob patterns ('day*.har'), or `-` for standard input
    #[arg(value_name = "PATH", required_unless_present = "explain")]
    paths: Vec<PathBuf>,
    /// File to write to, or `-` for standard output; with several inputs or a directory, a directory that keeps
    /// relative paths
    #[arg(short, long, value_name = "PATH", required_unless_present_any = ["explain", "check"])]
    output: Option<PathBuf>,
    /// Overwrite existing files
    #[arg(long)]
    force: bool,
    /// File with the key for pseudonyms, 16 bytes or more [default: a random key for each run, never stored]
    ///
    /// The same value has the same pseudonym in every run with the same key. Whoever has the key can find out
    /// which value has which pseudonym: share captures, not keys.
    #[arg(long, value_name = "FILE")]
    key_file: Option<PathBuf>,
    /// Keep values that an enum does not list, instead of replacing them by others that it does not list
    #[arg(long)]
    keep_unknown_enums: bool,
    /// Print the treatment of each field, and read nothing
    #[arg(long, conflicts_with_all = ["paths", "output", "check"])]
    explain: bool,
    /// Search files for leaks by shape, and rewrite nothing
    #[arg(long, conflicts_with_all = ["output", "key_file", "force", "keep_unknown_enums", "max_remembered"])]
    check: bool,
    /// Kind of leak to ignore; may be repeated
    #[arg(long, value_name = "RULE", value_parser = leak_rules())]
    allow: Vec<String>,
    /// Number of distinct values that are searched for in the output; with more, the search is partial and the
    /// exit code 3 [default: 1000000]
    #[arg(long, value_name = "N")]
    max_remembered: Option<usize>,
    /// Number of worker threads; the output does not depend on it [default: all processors]
    #[arg(short, long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub against: Against,
    /// Format of the summary
    #[arg(short, long, value_name = "FORMAT", value_enum, default_value = "text")]
    format: Format,
    #[command(flatten)]
    settings: Where,
    /// The table of the settings.
    #[arg(skip)]
    pub table: Settings,
}

#[derive(Clone, Copy, Debug, ValueEnum)]
enum Format {
    /// Lines for people
    Text,
    /// One JSON document
    Json,
}

fn leak_rules() -> impl TypedValueParser<Value = String> {
    let shapes = SHAPES.iter().map(|(name, what)| PossibleValue::new(*name).help(*what));
    let original =
        PossibleValue::new(ORIGINAL).help("a value of 8 bytes or more that was replaced, in any encoding");
    PossibleValuesParser::new(shapes.chain([original]).collect::<Vec<_>>())
}

pub fn run(command: &Redact, global: GlobalArgs) -> Result<Exit, Error> {
    let subject = command.against.subject(global)?;
    let contract = subject.contract();
    let allowed = command.allow.iter().filter_map(|rule| leak_rule(rule).ok()).collect::<Vec<_>>();
    if command.explain {
        return explain(&command.policy(contract)?, command.format);
    }
    if command.check {
        return check(command, contract, &allowed, global);
    }
    let Some(output) = &command.output else { return Ok(Exit::Usage) };
    let key = recording::key(command.key_file.as_deref())?;
    let remembered = command.max_remembered.unwrap_or(DEFAULT_MAX_REMEMBERED);
    let redactor = Redactor::new(command.policy(contract)?, &key).max_remembered(remembered);
    let redaction = Redaction::new(redactor, command.outside(&subject))
        .reading(command.reading.options())
        .jobs(command.jobs)
        .key_prefixes(prefixes(contract).map(str::to_owned))
        .allow(allowed)
        .force(command.force)
        .files(&FILES);
    let redacted = redaction.execute(&command.paths, output)?;
    report(command, output, &redacted, global)
}

impl Redact {
    fn policy(&self, contract: &Contract) -> Result<Policy, Error> {
        recording::policy(&self.table, contract, self.keep_unknown_enums)
    }

    fn outside(&self, subject: &Subject) -> Outside {
        let selection = self.reading.options().selection;
        let paths = selection.iter().flat_map(Selection::templates);
        let endpoint = subject.endpoint();
        recording::outside(&self.table, paths.chain([&*endpoint.path]), endpoint)
    }
}

fn prefixes(contract: &Contract) -> impl Iterator<Item = &str> {
    contract.authentication.iter().flat_map(|one| &one.prefixes).map(|(prefix, _)| &**prefix)
}

/// Prints the policy: each field of the schema and what is done with it.
fn explain(policy: &Policy, format: Format) -> Result<Exit, Error> {
    let rows = policy.explain();
    let mut output = output::open(None)?;
    output.write(|out| match format {
        Format::Text => {
            let width = rows.iter().map(|row| row.location.chars().count()).max().unwrap_or_default().min(80);
            rows.iter()
                .try_for_each(|row| write_line(out, format!("{:width$}  {}", row.location, row.treatment)))
        }
        Format::Json => {
            let rows = rows.iter().map(|row| json!({"location": row.location, "treatment": row.treatment}));
            document(&rows.collect(), out)
        }
    })?;
    output.finish()?;
    Ok(Exit::Fine)
}

fn document(value: &Value, out: &mut dyn Write) -> io::Result<()> {
    write_pretty_json(&mut *out, value)?;
    writeln!(out)
}

/// Searches files for leaks by their shape.
fn check(
    command: &Redact,
    contract: &Contract,
    allowed: &[&'static str],
    global: GlobalArgs,
) -> Result<Exit, Error> {
    let search = LeakSearch::default().allow(allowed.iter().copied()).key_prefixes(prefixes(contract));
    let SearchedFiles { files, leaks, problems, .. } = search_files(&command.paths, &search)?;
    let mut output = output::open(None)?;
    output.write(|out| match command.format {
        Format::Text => lines_of_leaks(&leaks, out),
        Format::Json => {
            let leaks = list(&leaks);
            document(&json!({"files": files, "leaks": leaks, "problems": messages(&problems)}), out)
        }
    })?;
    output.finish()?;
    if leaks.is_empty() && files > 0 {
        note(global.quiet, &format!("{} searched, no leaks found", counted(files, "file", "files")));
    }
    for error in &problems {
        note(false, &format!("error: {}", describe(error)));
    }
    Ok(match (problems.is_empty(), leaks.is_empty()) {
        (false, _) => Exit::Incomplete,
        (_, false) => Exit::Findings,
        _ => Exit::Fine,
    })
}

fn lines_of_leaks(leaks: &[(String, Leaks)], out: &mut dyn Write) -> io::Result<()> {
    for (name, leaks) in leaks {
        for leak in &leaks.listed {
            write_line(
                out,
                format!("{name}:{}: error[{}]: leak (byte {})", leak.line, leak.rule, leak.offset),
            )?;
        }
        let beyond = leaks.count - leaks.listed.len() as u64;
        if beyond > 0 {
            write_line(out, format!("{name}: {beyond} more"))?;
        }
    }
    Ok(())
}

fn list(leaks: &[(String, Leaks)]) -> Value {
    let one = |(name, leaks): &(String, Leaks)| {
        let listed = leaks
            .listed
            .iter()
            .map(|leak| json!({"rule": leak.rule, "line": leak.line, "offset": leak.offset}));
        json!({"file": name, "count": leaks.count, "listed": listed.collect::<Value>()})
    };
    leaks.iter().map(one).collect()
}

fn messages(problems: &[Error]) -> Value {
    problems.iter().map(describe).collect()
}

/// Says what was done: on standard error where the capture goes to standard output.
fn report(command: &Redact, output: &Path, redacted: &Redacted, global: GlobalArgs) -> Result<Exit, Error> {
    let mut text = Vec::new();
    // Writing to memory does not fail.
    let _ = match command.format {
        Format::Text => summary(redacted, &mut text),
        Format::Json => document(&summary_document(redacted), &mut text),
    };
    for error in &redacted.problems {
        note(false, &format!("error: {}", describe(error)));
    }
    let mut leaks = Vec::new();
    let _ = lines_of_leaks(&redacted.leaks, &mut leaks);
    String::from_utf8_lossy(&leaks).lines().for_each(|line| note(false, line));
    if !redacted.leaks.is_empty() {
        note(false, "error: nothing was written: allow a rule with --allow if these are no leaks");
    }
    if output == Path::new("-") {
        String::from_utf8_lossy(&text).lines().for_each(|line| note(global.quiet, line));
    } else if !global.quiet || matches!(command.format, Format::Json) {
        let mut out = output::open(None)?;
        out.write(|out| out.write_all(&text))?;
        out.finish()?;
    }
    Ok(redacted.outcome().into())
}

fn summary(redacted: &Redacted, out: &mut dyn Write) -> io::Result<()> {
    let Summary { values, keys, bodies, masked_bodies, unpreserved, unordered, .. } = &redacted.summary;
    let count = |class: Class| values.get(&class).copied().unwrap_or_default();
    let files = &redacted.files;
    let masked = match masked_bodies {
        0 => String::new(),
        masked => format!(" ({masked} masked because not JSON)"),
    };
    let bodies = counted(*bodies, "body", "bodies");
    write_line(out, format!("{}, {bodies}{masked}", counted(*files, "file", "files")))?;
    let counts = Class::ALL.map(|class| {
        let done = match class {
            Class::Keep => "kept",
            Class::Date => "date-shifted",
            Class::Pseudonym => "pseudonymized",
            Class::Fake => "faked",
            Class::Mask => "masked",
            _ => class.name(),
        };
        format!("{} {done}", count(class))
    });
    write_line(out, format!("values: {}; {} replaced", counts.join(", "), counted(*keys, "key", "keys")))?;
    if *unpreserved > 0 {
        write_line(
            out,
            format!(
                "findings may differ: no replacement as valid was found for {}",
                counted(*unpreserved, "value", "values")
            ),
        )?;
    }
    if *unordered > 0 {
        write_line(
            out,
            format!(
                "order not kept, nor findings of it: {} removed",
                counted(*unordered, "`sort` parameter", "`sort` parameters")
            ),
        )?;
    }
    if redacted.is_partial {
        write_line(out, "search for leaks is partial: there were more distinct values than --max-remembered")
    } else if redacted.leaks.is_empty() && *files > 0 {
        write_line(out, "no leaks found")
    } else {
        Ok(())
    }
}

fn counted(count: u64, one: &str, several: &str) -> String {
    format!("{count} {}", if count == 1 { one } else { several })
}

fn summary_document(redacted: &Redacted) -> Value {
    let summary = &redacted.summary;
    let values = Class::ALL.map(|class| {
        (class.name().to_owned(), summary.values.get(&class).copied().unwrap_or_default().into())
    });
    json!({
        "files": redacted.files,
        "bodies": summary.bodies,
        "masked_bodies": summary.masked_bodies,
        "values": Value::Object(values.into_iter().collect()),
        "keys": summary.keys,
        "unpreserved": summary.unpreserved,
        "unordered": summary.unordered,
        "partial_search": redacted.is_partial,
        "leaks": list(&redacted.leaks),
        "problems": messages(&redacted.problems),
    })
}
