//! Searches what was written for what must not be in it.

mod encodings;
mod originals;
mod public;
pub(super) mod shapes;
mod text;

use std::fs::File;
use std::io::{self, Read, Seek, SeekFrom};
use std::num::NonZeroUsize;
use std::path::Path;
use std::thread;

use super::written::Written;
use crate::error;
use originals::Originals;
use public::Public;
use text::Search;

pub use shapes::SHAPES;

/// The rule that a replaced value is found.
pub const ORIGINAL: &str = "original";

/// Leaks that are listed; the others are only counted.
const MAX_LISTED: usize = 100;

/// Bytes that are worth a thread.
const MIN_BYTES_FOR_THREADS: u64 = 4 << 20;

/// Something that must not be in what is shared. It does not hold the value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
#[non_exhaustive]
pub struct Leak {
    /// How many bytes come before the string that it is in.
    pub offset: u64,
    /// The line of that, counted from 1.
    pub line: u64,
    /// The rule: the name of a shape, or [`ORIGINAL`].
    pub rule: &'static str,
}

/// What a search found.
#[derive(Clone, Debug, Default)]
#[non_exhaustive]
pub struct Leaks {
    /// The first 100, in their order.
    pub listed: Vec<Leak>,
    /// All of them.
    pub count: u64,
}

/// What is searched for: shapes such as e-mail addresses, unless they are of reserved ranges; and with
/// [`LeakSearch::written`], the values that were replaced, in plain text and in any of the encodings of JSON,
/// URLs and base64, whatever their case.
///
/// ```
/// use clients_contract::redact::LeakSearch;
///
/// let search = LeakSearch::default();
/// let leaks = search.run(&br#"{"contact": "ann@example.com", "owner": "bob@acme.io"}"#[..])?;
/// assert_eq!((leaks.count, leaks.listed[0].rule, leaks.listed[0].offset), (1, "email", 40));
/// # Ok::<(), std::io::Error>(())
/// ```
#[derive(Clone, Debug, Default)]
pub struct LeakSearch {
    /// What was written by this run.
    written: Option<Originals>,
    key_prefixes: Vec<String>,
    public: Public,
    allowed: Vec<&'static str>,
}

error::parse_error! {
    /// A text that is no rule of a leak.
    ParseLeakRuleError
}

/// The rule of this name.
///
/// # Errors
///
/// When there is none.
pub fn leak_rule(name: &str) -> Result<&'static str, ParseLeakRuleError> {
    let known = leak_rules().find(|rule| *rule == name);
    known.ok_or_else(|| ParseLeakRuleError(error::unknown("rule", name, leak_rules())))
}

/// The names of all rules.
pub fn leak_rules() -> impl Iterator<Item = &'static str> {
    SHAPES.iter().map(|(name, _)| *name).chain([ORIGINAL])
}

impl LeakSearch {
    /// The same search, also for the values that were replaced. Shapes in values that were written are no
    /// leaks.
    #[must_use]
    pub fn written(mut self, written: &Written) -> Self {
        self.written = Some(Originals::of(written));
        self
    }

    /// The same search, also for keys that begin so.
    #[must_use]
    pub fn key_prefixes<'p>(mut self, prefixes: impl IntoIterator<Item = &'p str>) -> Self {
        self.key_prefixes.extend(prefixes.into_iter().map(str::to_owned));
        self
    }

    /// The same search, in which words of these texts are public: a value that was replaced and consists of such
    /// words is no leak.
    #[must_use]
    pub fn public<'p>(mut self, texts: impl IntoIterator<Item = &'p str>) -> Self {
        for text in texts {
            self.public.add(text);
        }
        self
    }

    /// The same search, but for these rules.
    #[must_use]
    pub fn allow(mut self, rules: impl IntoIterator<Item = &'static str>) -> Self {
        self.allowed.extend(rules);
        self
    }

    /// Searches a text, JSON or not.
    ///
    /// # Errors
    ///
    /// Errors of the reader.
    pub fn run(&self, reader: impl Read) -> io::Result<Leaks> {
        let mut search = Search::new(self);
        search.read(reader)?;
        Ok(search.leaks)
    }

    /// Searches a file on several threads, each from one of these cuts to another.
    ///
    /// # Errors
    ///
    /// When the file cannot be read.
    pub fn run_file(&self, path: &Path, cuts: &[u64], jobs: NonZeroUsize) -> io::Result<Leaks> {
        let bytes = File::open(path)?.metadata()?.len();
        if bytes < MIN_BYTES_FOR_THREADS || jobs == NonZeroUsize::MIN {
            return self.run(File::open(path)?);
        }
        let ranges = ranges(cuts, bytes, jobs.get() as u64);
        let searched = thread::scope(|scope| {
            let search = |(from, until): (u64, u64)| {
                let mut file = File::open(path)?;
                file.seek(SeekFrom::Start(from))?;
                let mut search = Search::new(self);
                search.read(file.take(until - from))?;
                Ok((from, search))
            };
            let threads: Vec<_> =
                ranges.into_iter().map(|range| scope.spawn(move || search(range))).collect();
            let ended = || io::Error::other("a thread broke off");
            threads
                .into_iter()
                .map(|thread| thread.join().map_err(|_| ended())?)
                .collect::<io::Result<Vec<_>>>()
        })?;
        let (mut leaks, mut lines) = (Leaks::default(), 0);
        for (from, search) in searched {
            for leak in search.leaks.listed {
                let leak = Leak { offset: leak.offset + from, line: leak.line + lines, ..leak };
                if leaks.listed.len() < MAX_LISTED {
                    leaks.listed.push(leak);
                }
            }
            leaks.count += search.leaks.count;
            lines += search.lines;
        }
        Ok(leaks)
    }
}

/// Ranges of about the same length that end at cuts.
fn ranges(cuts: &[u64], bytes: u64, count: u64) -> Vec<(u64, u64)> {
    let mut ranges = Vec::new();
    let mut from = 0;
    for at in 1..count {
        let wanted = bytes / count * at;
        let cut = cuts[..].partition_point(|cut| *cut < wanted);
        if let Some(&until) = cuts.get(cut).filter(|until| **until > from && **until < bytes) {
            ranges.push((from, until));
            from = until;
        }
    }
    ranges.push((from, bytes));
    ranges
}

impl Leaks {
    fn add(&mut self, leak: Leak) {
        self.count += 1;
        if self.listed.len() < MAX_LISTED {
            self.listed.push(leak);
        }
    }
}
