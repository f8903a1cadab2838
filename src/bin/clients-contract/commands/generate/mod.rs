//! `clients-contract generate`: generates payloads.

mod assignments;
mod dataset;
mod examples;
mod large;
mod violations;

use std::collections::hash_map::RandomState;
use std::fs;
use std::hash::BuildHasher;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::thread;

use clap::builder::{PossibleValue, PossibleValuesParser};
use clap::{Args, ValueEnum};
use clients_contract::contract;
use clients_contract::generate::{Generator, Preset, Style};
use clients_contract::run::Output;
use clients_contract::untrusted::{path_text, to_compact_json, to_pretty_json};
use clients_contract::{Error, ErrorKind};
use serde_json::Value;

use super::inputs::{byte_count, jobs};
use super::subject::{Against, Subject, Where};
use crate::exit::Exit;
use crate::flags;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::output::{self, beside, note};
use crate::progress::When;
use assignments::Assignments;
use violations::Breaking;

/// Items of one response, which is held in memory.
const MAX_ITEMS: i64 = 10_000;
/// Items of a data set.
pub const MAX_TOTAL: u64 = 1_000_000_000_000;
/// Bytes of a payload that is to be broken.
const MAX_BROKEN: u64 = 256 << 20;

/// Generate payloads that conform to the contract, or violate it in a known way; reproducible by seed
#[derive(Debug, Args)]
#[command(after_help = "Examples:\n  clients-contract generate --seed 7 > page.json\n  \
clients-contract generate -n 20 -f json -o fixtures/\n  \
clients-contract generate --invalid -n 100 --schema thing.schema.json > invalid.ndjson\n  \
clients-contract generate --dataset --total 137 --items 25 --seed 7 -f json -o pages/")]
pub struct Generate {
    #[command(flatten)]
    pub against: Against,
    #[command(flatten)]
    settings: Where,
    /// Number of payloads to generate
    #[arg(short, long, value_name = "N", default_value_t = 1, value_parser = clap::value_parser!(u64).range(1..))]
    number: u64,
    /// Number of items per payload, at most 10,000; the page size of a data set [default: 10; data set: 25]
    #[arg(long, aliases = nouns(), value_name = "N", value_parser = clap::value_parser!(u32).range(..=MAX_ITEMS))]
    items: Option<u32>,
    /// Generate the pages of one consistent instance: references resolve, and courses are shared
    #[arg(long, conflicts_with = "number")]
    dataset: bool,
    /// Number of items in the data set [default: 100]
    #[arg(long, value_name = "N", requires = "dataset", value_parser = clap::value_parser!(u64).range(..=MAX_TOTAL))]
    total: Option<u64>,
    /// Kind of values to prefer; several can be combined unless they contradict each other
    #[arg(long = "preset", value_name = "NAME", value_delimiter = ',', default_value = "typical", value_parser = presets())]
    presets: Vec<String>,
    /// Size of a payload or data set with the preset `large`, such as 50MB [default: 10MB]
    #[arg(long, value_name = "BYTES", value_parser = byte_count)]
    size: Option<u64>,
    /// Set a property, for example `courses/*/status=published`; overrides all other choices
    ///
    /// The value is JSON, or else a string. A pointer that begins with `/` starts at the root; any other
    /// matches at every depth. `*` matches every item. Missing or null objects on the path are created,
    /// arrays are not.
    #[arg(long, value_name = "POINTER=VALUE")]
    with: Vec<String>,
    /// Prefer values from `examples`, `example` and `default` in the schema (two of three draws)
    ///
    /// Only valid examples are used; others are listed on stderr.
    #[arg(long, conflicts_with = "dataset")]
    use_examples: bool,
    /// Write the manifest of a data set to this file
    /// [default: dataset.manifest.json beside the pages, else stderr]
    #[arg(long, value_name = "FILE", requires = "dataset", value_parser = beside())]
    manifest: Option<PathBuf>,
    /// Number of worker threads for a data set; the output does not depend on it [default: all processors]
    #[arg(long, value_name = "N", requires = "dataset", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    /// When to show progress on stderr
    #[arg(long, value_name = "WHEN", default_value = "auto", value_enum)]
    progress: When,
    /// Seed; equal seeds give equal bytes [default: random, printed on stderr]
    #[arg(long)]
    seed: Option<u64>,
    /// Output format [default: json for one payload, ndjson for several]
    #[arg(short, long, value_enum)]
    format: Option<OutputFormat>,
    /// Write to this file (several JSON documents: to this directory) instead of standard output
    #[arg(short, long, value_name = "PATH")]
    output: Option<PathBuf>,
    #[command(flatten)]
    breaking: Breaking,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum OutputFormat {
    /// Indented JSON
    Json,
    /// One payload per line
    Ndjson,
}

/// Other names of `--items`: what items are called.
fn nouns() -> Vec<&'static str> {
    contract::ALL.iter().map(|contract| &*contract.nouns[1]).chain(["count"]).collect()
}

pub fn presets() -> PossibleValuesParser {
    Preset::ALL
        .iter()
        .map(|preset| PossibleValue::new(preset.name).help(flags::in_text(preset.help)))
        .collect::<Vec<_>>()
        .into()
}

impl OutputFormat {
    fn text(self, value: &Value) -> String {
        match self {
            Self::Json => to_pretty_json(value) + "\n",
            Self::Ndjson => to_compact_json(value) + "\n",
        }
    }
}

pub fn run(command: &Generate, global: GlobalArgs) -> Result<Exit, Error> {
    interrupt::watch();
    let breaking = command.breaking.requested();
    command.refuse_what_does_not_go_together()?;
    let format = command.format(command.number > 1 || breaking);
    let style = command.style()?;
    let subject = command.against.subject(global)?;
    command.refuse_what_the_contract_lacks(&subject)?;
    let assignments = Assignments::new(command, subject.schema().as_value())?;
    let output = output::file(command.output.as_ref());
    // Checked before a random seed is printed.
    let several = if breaking { command.number.max(2) } else { command.number };
    let folder = if command.dataset { None } else { folder(several, format, output)? };
    let known = command.breaking.is_exhaustive().then_some(0);
    let seed = command.seed.or(known).unwrap_or_else(|| {
        let seed = RandomState::new().hash_one("seed");
        note(global.quiet, &format!("seed {seed} (repeat with --seed {seed})"));
        seed
    });
    if command.dataset {
        return dataset::run(command, &subject, seed, global);
    }
    if command.use_examples {
        examples::list_invalid(&subject.recipe(Some(1))?, global);
    }
    let generator = |items| {
        let recipe = subject.recipe(items)?.styled(style);
        let recipe = if command.use_examples { recipe.with_examples() } else { recipe };
        Ok(Generator::new(recipe, seed))
    };
    if breaking {
        let items = match command.size() {
            Some(size) => Some(grown(size, &generator)?),
            None => command.items,
        };
        let payloads = || generator(items);
        let requested = violations::ViolationRequest {
            breaking: &command.breaking,
            subject: &subject,
            assignments: &assignments,
            number: command.number,
            payloads: &payloads,
            seed,
        };
        let done = violations::run(requested, folder, output, global);
        assignments.report(global);
        return done;
    }
    let size = command.size();
    let mut responses = generator(if size.is_some() { Some(1) } else { command.items })?;
    let mut text = String::new();
    let next = |output: &mut Output| match size {
        Some(size) => large::write((&mut responses, &subject), size, &assignments, format, output),
        None => write_next(&mut responses, &assignments, format, (output, &mut text)),
    };
    let done = match folder {
        Some(folder) => into_folder(next, command.number, folder, global),
        None => into_one(next, command.number, output),
    };
    assignments.report(global);
    done
}

/// Writes the next response, by way of a text that is kept for the one after it.
fn write_next(
    responses: &mut Generator,
    assignments: &Assignments,
    format: OutputFormat,
    (output, text): (&mut Output, &mut String),
) -> Result<(), Error> {
    text.clear();
    if assignments.is_empty() && format == OutputFormat::Ndjson {
        responses.write_next(text);
        text.push('\n');
    } else if let Some(mut response) = responses.next() {
        assignments.set(&mut response);
        text.push_str(&format.text(&response));
    }
    output.write(|out| out.write_all(text.as_bytes()))
}

/// Number of items for a first response of this number of bytes.
fn grown(size: u64, generator: &dyn Fn(Option<u32>) -> Result<Generator, Error>) -> Result<u32, Error> {
    let mut items: u32 = 16;
    loop {
        let length = generator(Some(items))?.value(0).to_string().len() as u64;
        if length >= size || items == u32::MAX {
            return Ok(items);
        }
        // A little more than the average asks for, but never more than eight times as many at once.
        let wanted = u128::from(items) * u128::from(size) / u128::from(length) * 51 / 50 + 1;
        items = u32::try_from(wanted).unwrap_or(u32::MAX).min(items.saturating_mul(8));
    }
}

impl Generate {
    fn format(&self, many: bool) -> OutputFormat {
        self.format.unwrap_or(if many { OutputFormat::Ndjson } else { OutputFormat::Json })
    }

    fn per_page(&self) -> u32 {
        self.items.unwrap_or(25)
    }

    fn jobs(&self) -> u64 {
        let all = || thread::available_parallelism().map_or(1, NonZeroUsize::get);
        self.jobs.map_or_else(all, NonZeroUsize::get) as u64
    }

    fn refuse_what_does_not_go_together(&self) -> Result<(), Error> {
        let wrong = |location: &str, message: &str| Err(Error::new(ErrorKind::Usage, location, message));
        if self.dataset && self.breaking.requested() {
            let why = "cannot be used with --dataset, whose pages are consistent";
            return wrong("--invalid", why);
        }
        if self.against.has_schema() && (self.dataset || self.items.is_some()) {
            let option = if self.dataset { "--dataset" } else { "--items" };
            return wrong(
                "--schema",
                &format!("cannot be used with {option}: needs a contract that declares where its items are"),
            );
        }
        if self.breaking.requested() && self.size().is_some_and(|size| size > MAX_BROKEN) {
            let message = format!("a payload to break is held in memory: at most {} MiB", MAX_BROKEN >> 20);
            return wrong("--size", &message);
        }
        if self.against.has_schema() && self.size().is_some() {
            return wrong("--preset", "`large` needs items; --schema has none");
        }
        Ok(())
    }

    /// Refuses what is about items where the contract has none.
    fn refuse_what_the_contract_lacks(&self, subject: &Subject) -> Result<(), Error> {
        if subject.is_schema() || !subject.envelope().items.is_empty() {
            return Ok(());
        }
        let requested = [
            ("--dataset", self.dataset),
            ("--items", self.items.is_some()),
            ("--preset large", self.size().is_some()),
        ];
        let what = "the contract does not say where its items are";
        let requested = requested.into_iter().find(|(_, requested)| *requested);
        requested.map_or(Ok(()), |(option, _)| Err(Error::new(ErrorKind::Usage, option, what)))
    }

    fn style(&self) -> Result<Style, Error> {
        let wrong = |location: &str, message: &str| Error::new(ErrorKind::Usage, location, message);
        let names: Vec<&str> = self.presets.iter().map(String::as_str).collect();
        let large = names.contains(&"large");
        if self.size.is_some() && !large {
            return Err(wrong("--size", "requires --preset large"));
        }
        if large && (self.total.is_some() || !self.dataset && self.items.is_some()) {
            return Err(wrong("--preset", "`large` sets the number of items; remove --items"));
        }
        Preset::combine(&names)
    }

    /// The size to grow to in bytes, if given.
    fn size(&self) -> Option<u64> {
        let large = self.presets.iter().any(|preset| preset == "large");
        large.then(|| self.size.unwrap_or(10_000_000))
    }
}

/// The directory that JSON documents go to, a file each. One document goes to a directory where the path is
/// one already, or is written as one.
fn folder(number: u64, format: OutputFormat, output: Option<&Path>) -> Result<Option<&Path>, Error> {
    let wrong = |location: &str, message: &str| Err(Error::new(ErrorKind::Usage, location, message));
    match (format, output) {
        (OutputFormat::Json, None) if number > 1 => {
            wrong("--format json", "several JSON documents need a directory: -o DIR, or -f ndjson")
        }
        (OutputFormat::Json, Some(path)) if number > 1 && path.exists() && !path.is_dir() => wrong(
            &path_text(path),
            "not a directory; several JSON documents need one, or use -f ndjson for one file",
        ),
        (OutputFormat::Json, Some(path)) => {
            let written_as_one = path.to_string_lossy().ends_with(std::path::is_separator);
            Ok((number > 1 || path.is_dir() || written_as_one).then_some(path))
        }
        _ => Ok(None),
    }
}

/// Writes the responses that `next` writes one by one.
fn into_one(
    mut next: impl FnMut(&mut Output) -> Result<(), Error>,
    number: u64,
    path: Option<&Path>,
) -> Result<Exit, Error> {
    let mut output = output::open(path)?;
    for _ in 0..number {
        next(&mut output)?;
        if output.is_closed() || interrupt::pressed() {
            break;
        }
    }
    output.finish()?;
    Ok(ended())
}

/// The exit code: success, or interrupted.
pub(super) fn ended() -> Exit {
    if interrupt::pressed() {
        note(false, "interrupted; payloads generated so far were written");
        return interrupt::exit();
    }
    Exit::Fine
}

fn into_folder(
    mut next: impl FnMut(&mut Output) -> Result<(), Error>,
    number: u64,
    folder: &Path,
    global: GlobalArgs,
) -> Result<Exit, Error> {
    fs::create_dir_all(folder).map_err(|error| {
        Error::new(ErrorKind::Output, path_text(folder).into_owned(), "cannot be created").because(error)
    })?;
    let digits = number.to_string().len().max(3);
    let mut written = 0;
    for count in 1..=number {
        let mut output = output::open(Some(&folder.join(format!("response-{count:0digits$}.json"))))?;
        next(&mut output)?;
        output.finish()?;
        written = count;
        if interrupt::pressed() {
            break;
        }
    }
    let files = if written == 1 { "file" } else { "files" };
    note(global.quiet, &format!("wrote {written} {files} to {}", path_text(folder)));
    Ok(ended())
}
