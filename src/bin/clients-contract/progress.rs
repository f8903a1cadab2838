//! Progress of a run.

use std::io::{self, IsTerminal};
use std::sync::{Mutex, PoisonError};
use std::time::{Duration, Instant};

use clap::ValueEnum;
use clients_contract::live::Event;
use clients_contract::untrusted::Untrusted;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

use crate::global_args::GlobalArgs;
use crate::output::note;

/// When to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, for large input
    Auto,
    /// Always
    Always,
    /// Never
    Never,
}

/// Input shorter than this is done before anybody could read a bar.
const WORTH_A_BAR: u64 = 16 << 20;

/// A bar on standard error with rate and time to go, or nothing.
pub struct Progress {
    bar: ProgressBar,
    when: When,
    quiet: bool,
    verbose: bool,
    walk: Mutex<Pages>,
}

/// The page that a walk is at.
#[derive(Default)]
struct Pages {
    /// The first page that was requested, and when.
    first: Option<(u64, Instant)>,
    text: String,
}

impl Pages {
    /// Page, number of pages, and how many of them come a minute.
    fn asking(&mut self, page: u64, of: Option<u64>) {
        let (first, start) = *self.first.get_or_insert_with(|| (page, Instant::now()));
        self.text = of.map_or_else(|| format!("page {page}"), |of| format!("page {page} of {of}"));
        let seconds = u32::try_from(start.elapsed().as_secs()).unwrap_or(u32::MAX);
        // Nobody knows a rate by what came in a moment.
        if let (Ok(came), 1..) = (u32::try_from(page - first), seconds) {
            let rate = f64::from(came) * 60.0 / f64::from(seconds);
            self.text = format!("{}, {rate:.0} pages a minute", self.text);
        }
    }
}

/// A shorter wait is shown only to those who want to hear more.
const MIN_PRINTED: Duration = Duration::from_secs(5);

impl Progress {
    /// Nothing is shown before [`Progress::start`].
    pub fn new(when: When, global: GlobalArgs) -> Self {
        let GlobalArgs { quiet, verbose, .. } = global;
        Self { bar: ProgressBar::hidden(), when, quiet, verbose, walk: Mutex::default() }
    }

    /// Begins, for input of this number of bytes; `None` if it is unknown, as with a pipe.
    pub fn start(&self, bytes: Option<u64>) {
        let long = bytes.is_none_or(|bytes| bytes >= WORTH_A_BAR);
        let shown = match self.when {
            When::Always => true,
            When::Never => false,
            When::Auto => long && !self.quiet && io::stderr().is_terminal(),
        };
        if !shown {
            return;
        }
        let template = match bytes {
            Some(_) => "{bar:30} {percent:>3}% {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go",
            None => "{spinner} {bytes}, {bytes_per_sec} {msg}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        if let Some(bytes) = bytes {
            self.bar.set_length(bytes);
        }
        self.bar.set_style(style);
        self.bar.set_draw_target(ProgressDrawTarget::stderr_with_hz(10));
        self.bar.enable_steady_tick(Duration::from_millis(200));
    }

    /// Whether each page of a walk is a line of its own: where no bar can be drawn, such as in the log of a
    /// CI, lines stand in for it.
    fn has_lines(&self) -> bool {
        self.verbose || self.when == When::Always && !io::stderr().is_terminal()
    }

    /// Prints something above the bar.
    pub fn print(&self, print: impl FnOnce()) {
        self.bar.suspend(print);
    }

    /// Shows what a walk is doing: in the bar, and waiting times in lines of their own.
    pub fn walking(&self, event: &Event) {
        let mut walk = self.walk.lock().unwrap_or_else(PoisonError::into_inner);
        let (text, shown) = match event {
            Event::Asking { page, of } => {
                walk.asking(*page, *of);
                (walk.text.clone(), self.has_lines())
            }
            Event::Waiting { why, time } => {
                let text = format!("waiting {:.1} s: {why}", time.as_secs_f64());
                let shown = self.verbose || *time >= MIN_PRINTED;
                (if walk.text.is_empty() { text } else { format!("{}, {text}", walk.text) }, shown)
            }
            Event::Odd(what) => (what.clone(), true),
            _ => return,
        };
        if shown {
            self.print(|| note(self.quiet, &text));
        }
        self.bar.set_message(Untrusted::from(text).line().into_owned());
    }

    /// Shows a text beside the bar, or in a line of its own.
    pub fn live(&self, text: &str) {
        if self.has_lines() {
            self.print(|| note(self.quiet, text));
        }
        self.bar.set_message(text.to_owned());
    }

    /// Moves the bar by this number of bytes.
    pub fn add(&self, bytes: u64) {
        self.bar.inc(bytes);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.bar.finish_and_clear();
    }
}
