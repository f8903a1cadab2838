//! Writes the pages of one instance.

use std::fs;
use std::path::Path;
use std::thread::{self, Builder};

use clients_contract::contract::{DatasetOptions, Pages};
use clients_contract::generate::Preset;
use clients_contract::run::Output;
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};
use serde_json::{Value, json};
use sha2::{Digest, Sha256};

use super::{Assignments, Generate, MAX_TOTAL, OutputFormat, folder};
use crate::commands::subject::Subject;
use crate::exit::Exit;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::output::{self, note};
use crate::progress::Progress;

/// Sizes are met by a data set of so many pages, which says how many bytes an item takes.
const SAMPLE: u64 = 16;

pub fn run(command: &Generate, subject: &Subject, seed: u64, global: GlobalArgs) -> Result<Exit, Error> {
    let format = command.format(true);
    let total = total(command, subject, seed)?;
    let dataset = pages(command, subject, seed, total)?;
    let dataset = &*dataset;
    let assignments = Assignments::new(command, subject.schema().as_value())?;
    let file = output::file(command.output.as_ref());
    let folder = folder(dataset.count(), format, file)?;
    let manifest = format!("{:#}\n", manifest(command, subject, seed, total));
    let mut sink = match folder {
        Some(folder) => {
            fs::create_dir_all(folder).map_err(|error| {
                Error::new(ErrorKind::Output, path_text(folder).into_owned(), "cannot be created")
                    .because(error)
            })?;
            None
        }
        None => Some(output::open(file)?),
    };
    interrupt::watch();
    let writer = Writer { dataset, assignments: &assignments, format };
    let bytes = (writer.unassigned(1).len() as u64).saturating_mul(dataset.count());
    let progress = Progress::new(command.progress, global);
    progress.start(Some(bytes));
    let width = dataset.count().to_string().len().max(3);
    let whole = each_page(&writer, command.jobs(), |number, page| {
        match (&mut sink, folder) {
            (Some(output), _) => output.write(|out| out.write_all(page.as_bytes()))?,
            (None, Some(folder)) => write_text(page, &folder.join(format!("page-{number:0width$}.json")))?,
            (None, None) => {}
        }
        progress.add(page.len() as u64);
        Ok(!interrupt::pressed() && !sink.as_ref().is_some_and(Output::is_closed))
    });
    progress.finish();
    let ended = whole?;
    if let Some(output) = sink {
        output.finish()?;
    }
    if ended == Ended::Early && interrupt::pressed() {
        note(false, "interrupted; pages generated so far were written, without a manifest");
        return Ok(interrupt::exit());
    }
    // Last, so that a manifest stands only beside a whole data set.
    let beside = folder.map(|folder| folder.join("dataset.manifest.json"));
    match command.manifest.as_deref().or(beside.as_deref()) {
        Some(path) => write_text(&manifest, path)?,
        None => manifest.lines().for_each(|line| note(global.quiet, line)),
    }
    assignments.report(global);
    Ok(Exit::Fine)
}

#[derive(PartialEq, Eq)]
enum Ended {
    Whole,
    Early,
}

/// Generates the text of pages.
struct Writer<'a> {
    dataset: &'a dyn Pages,
    assignments: &'a Assignments,
    format: OutputFormat,
}

impl Writer<'_> {
    fn page(&self, number: u64) -> String {
        if self.assignments.is_empty() {
            return self.unassigned(number);
        }
        let mut page = self.dataset.page(number);
        self.assignments.set(&mut page);
        self.format.text(&page)
    }

    /// The page before members are assigned.
    fn unassigned(&self, number: u64) -> String {
        if self.format != OutputFormat::Ndjson {
            return self.format.text(&self.dataset.page(number));
        }
        let mut text = String::new();
        self.dataset.write(number, &mut text);
        text.push('\n');
        text
    }
}

/// Generates the pages on several threads, and passes them on in order until the receiver stops.
fn each_page(
    writer: &Writer<'_>,
    jobs: u64,
    mut take: impl FnMut(u64, &str) -> Result<bool, Error>,
) -> Result<Ended, Error> {
    let dataset = writer.dataset;
    let mut next = 1;
    while next <= dataset.count() {
        let end = next.saturating_add(jobs).min(dataset.count() + 1);
        if jobs == 1 {
            if !take(next, &writer.page(next))? {
                return Ok(Ended::Early);
            }
            next = end;
            continue;
        }
        let make = |number| writer.page(number);
        let pages: Vec<_> = thread::scope(|scope| {
            let threads: Vec<_> = (next..end)
                .map(|number| (number, Builder::new().spawn_scoped(scope, move || make(number))))
                .collect();
            // A page that no thread could be had for is made here.
            let joined = threads.into_iter().map(|(number, thread)| match thread {
                Ok(thread) => thread.join(),
                Err(_) => Ok(make(number)),
            });
            joined.collect()
        });
        for (number, page) in (next..end).zip(pages) {
            let page =
                page.map_err(|_| Error::new(ErrorKind::Output, "--jobs", "worker thread ended early"))?;
            if !take(number, &page)? {
                return Ok(Ended::Early);
            }
        }
        next = end;
    }
    Ok(Ended::Whole)
}

/// The pages; only built-in contracts have them.
fn pages(command: &Generate, subject: &Subject, seed: u64, total: u64) -> Result<Box<dyn Pages>, Error> {
    let requested = DatasetOptions { seed, total, per_page: command.per_page(), style: command.style()? };
    let unknown = || {
        let what = "only the pages of built-in contracts are known to agree; make responses one by one";
        Error::new(ErrorKind::Usage, "--dataset", what)
    };
    subject.contract().pages(&subject.accepted(), &requested)?.ok_or_else(unknown)
}

/// Number of items: the requested one, or as many as fill the requested size.
fn total(command: &Generate, subject: &Subject, seed: u64) -> Result<u64, Error> {
    let Some(size) = command.size() else { return Ok(command.total.unwrap_or(100)) };
    let few = SAMPLE * u64::from(command.per_page());
    let sample = pages(command, subject, seed, few)?;
    let bytes: u64 = (1..=SAMPLE).map(|number| sample.page(number).to_string().len() as u64).sum();
    // A twentieth more than the average asks for, so that it is not less in the end.
    let total = u128::from(size) * u128::from(few) * 21 / 20 / u128::from(bytes.max(1)) + 1;
    let total = u64::try_from(total).ok().filter(|total| *total <= MAX_TOTAL);
    let message = format!("comes to more than {MAX_TOTAL} items");
    total.ok_or_else(|| Error::new(ErrorKind::Usage, "--size", message))
}

fn manifest(command: &Generate, subject: &Subject, seed: u64, total: u64) -> Value {
    let schema = subject.schema().to_json();
    let fingerprint =
        Sha256::digest(schema).iter().fold(String::new(), |digest, byte| format!("{digest}{byte:02x}"));
    let presets: Vec<&str> = command.presets.iter().map(String::as_str).collect();
    let known = Preset::ALL.iter().map(|preset| preset.name).filter(|name| presets.contains(name));
    json!({
        "seed": seed,
        "tool": env!("CARGO_PKG_VERSION"),
        "contract": {"version": subject.contract().version, "sha256": fingerprint},
        "parameters": {
            "total": total, (&*subject.contract().nouns[1]): command.per_page(),
            "presets": known.collect::<Vec<_>>(), "with": command.with
        }
    })
}

fn write_text(text: &str, path: &Path) -> Result<(), Error> {
    let mut output = output::open(Some(path))?;
    output.write(|out| out.write_all(text.as_bytes()))?;
    output.finish()
}
