//! Inputs of a command, and how payloads are read from them.

use std::io;
use std::num::NonZeroUsize;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clients_contract::payload::{ByteSize, DEFAULT_MAX_BODY, Input, Options, ParseByteSizeError, Selection};
use clients_contract::report;
use clients_contract::run::{Run, Shown, Source};
use clients_contract::{Contract, Error, ErrorKind};

use super::live::{self, Live};
use crate::flags;
use crate::interrupt::STOP;
use crate::narrator::Narrator;
use crate::output::FILES;
use crate::settings::is_url;

/// The inputs of every command that reads recorded and live payloads.
#[derive(Debug, Args)]
pub struct Inputs {
    /// Files, directories, glob patterns ('day*.har'), the URL of a live instance, or `-` for standard input
    ///
    /// Formats: JSON, NDJSON, HAR, Postman collections, WireMock journals and mappings, and the output of
    /// `curl -i`; optionally compressed with gzip, zstd or brotli. In a directory, files that end in .json,
    /// .ndjson, .jsonl or .har are read.
    #[arg(value_name = "PATH", required_unless_present = "instance")]
    pub paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    /// Number of worker threads; output order does not depend on it [default: all processors]
    #[arg(short, long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    /// Name of standard input in reports, such as that of the file it comes from [default: <stdin>]
    ///
    /// The format is detected as that of a file of this name.
    #[arg(long, value_name = "NAME")]
    stdin_name: Option<String>,
    /// Read standard input as a sequence of files and parts of files, as a distributed run sends them
    #[arg(long, conflicts_with = "stdin_name")]
    stdin_parts: bool,
}

/// How inputs are read again, after a first time.
pub struct Reread {
    pub contract: &'static Contract,
    pub reading: Options,
    pub jobs: usize,
}

impl Inputs {
    /// A run over these inputs.
    pub fn run(
        &self,
        live: &Live,
        narrator: &Arc<Narrator>,
        contract: &'static Contract,
    ) -> Result<(Run<'static>, Reread), Error> {
        live.protect();
        let reading = self.reading.options();
        let jobs = self.jobs.map_or(0, NonZeroUsize::get);
        narrator.select(selection(&reading, contract));
        let sources = self.sources(live, (contract, reading.max_body))?;
        let run = run(narrator, contract).sources(sources).reading(reading.clone()).jobs(jobs);
        Ok((run, Reread { contract, reading, jobs }))
    }

    /// Recorded payloads, and then the pages of an instance. Only what begins with `http://` or `https://` is
    /// asked over the network: a typo must not send the key to a stranger.
    fn sources(&self, live: &Live, of: (&Contract, u64)) -> Result<Vec<Source>, Error> {
        let urls = self.paths.iter().filter(|path| is_url(path));
        let urls = urls.map(|path| path.to_string_lossy().into_owned());
        let urls: Vec<String> = urls.chain(live.instance_url(of.0)?).collect();
        let wrong = |location: &str, what: &str| Err(Error::new(ErrorKind::Usage, location, what));
        match (&urls[..], live.stray()) {
            ([], Some(flag)) => {
                return wrong(flag, "only for a live instance: pass a URL or --instance");
            }
            ([] | [_], _) => {}
            _ => return wrong("URL", "given more than once: the API key is for one instance"),
        }
        if self.paths.iter().filter(|path| *path == Path::new("-")).count() > 1 {
            return wrong("-", "standard input can be given once");
        }
        let named = [(self.stdin_name.is_some(), "--stdin-name"), (self.stdin_parts, "--stdin-parts")];
        if let Some((_, flag)) = named.iter().find(|(is_given, _)| *is_given && !self.reads_stdin()) {
            return wrong(flag, "only for standard input: pass `-` as a path");
        }
        if live.key_from_stdin() && self.reads_stdin() {
            return wrong("--api-key-stdin", "cannot be used when payloads come from standard input");
        }
        let recorded = self.paths.iter().filter(|path| !is_url(path)).map(|path| self.source(path));
        let instance = urls.first().map(|url| live::source(url, live, of)).transpose()?;
        Ok(recorded.chain(instance).collect())
    }

    fn reads_stdin(&self) -> bool {
        self.paths.iter().any(|path| path == Path::new("-"))
    }

    /// The source of a path that is not a URL.
    fn source(&self, path: &Path) -> Source {
        match &self.stdin_name {
            Some(name) if path == Path::new("-") => {
                FILES.protect_stdin();
                Source::reader(name, io::stdin())
            }
            None if self.stdin_parts && path == Path::new("-") => Source::parts(io::stdin()),
            _ => recorded(path),
        }
    }
}

/// Which entries of captures are read: those of the contract unless others are selected.
pub fn selection(reading: &Options, contract: &Contract) -> Selection {
    reading.selection.clone().unwrap_or_else(|| contract.selection())
}

/// A run that the tool narrates and can end.
pub fn run(narrator: &Arc<Narrator>, contract: &'static Contract) -> Run<'static> {
    let options = report::Options { wording: flags::in_text, ..report::Options::default() };
    let run = Run::new(contract).events(&narrator.events());
    run.files(&FILES).stop(&STOP).show(Shown { options, ..Shown::default() })
}

/// The source of a path that is not a URL.
pub fn recorded(path: &Path) -> Source {
    if path == Path::new("-") { Source::stdin() } else { Source::path(path) }
}

/// Flags about inputs, of every command that takes payloads.
#[derive(Debug, Args)]
pub struct Reading {
    /// Format of the input [default: detected from content and file name]
    #[arg(long, value_name = "KIND", value_parser = inputs())]
    input: Option<String>,
    /// Validate responses to this method and path in captures, on any host [default: those of the contract];
    /// may be repeated
    ///
    /// The method is GET unless given; `*` matches any method, and `{id}` any one segment of the path:
    /// 'POST /graphql', '* /v1/things/{id}'.
    #[arg(long, value_name = "[METHOD ]PATH")]
    url_path: Vec<Selection>,
    /// Maximum size of a body that is held in memory, such as 64MiB or 2GB [default: 256MiB]
    ///
    /// By default, uncompressed bodies that the streaming engine validates may have any size.
    #[arg(long, value_name = "BYTES", value_parser = byte_count)]
    max_body: Option<u64>,
}

impl Reading {
    /// How payloads are read.
    pub(super) fn options(&self) -> Options {
        Options {
            input: self.input.as_deref().and_then(|name| name.parse().ok()),
            selection: self.url_path.iter().cloned().reduce(Selection::or),
            max_body: self.max_body.unwrap_or(DEFAULT_MAX_BODY),
            ..Options::default()
        }
    }
}

fn inputs() -> PossibleValuesParser {
    let value = |input: &Input| PossibleValue::new(input.name()).help(input.help());
    Input::ALL.iter().map(value).collect::<Vec<_>>().into()
}

/// More threads than any machine has a use for are a typo.
const MAX_JOBS: usize = 1_024;

/// A number of threads.
pub(super) fn jobs(text: &str) -> Result<NonZeroUsize, String> {
    let number = text.parse().ok().filter(|number: &NonZeroUsize| number.get() <= MAX_JOBS);
    number.ok_or_else(|| format!("not a number from 1 to {MAX_JOBS}"))
}

/// A number of bytes, also with a unit.
pub(super) fn byte_count(text: &str) -> Result<u64, ParseByteSizeError> {
    text.parse().map(ByteSize::bytes)
}
