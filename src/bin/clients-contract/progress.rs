//! How far is the work?

use std::io::{self, BufRead, IsTerminal, Read};
use std::time::Duration;

use clap::ValueEnum;
use indicatif::{ProgressBar, ProgressDrawTarget, ProgressStyle};

/// When to show progress.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum When {
    /// On a terminal, for input that takes longer than a moment.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// Input shorter than this is done before anybody could read a bar.
const WORTH_A_BAR: u64 = 16 << 20;

/// A bar on standard error with rate and time to go, or nothing.
#[derive(Clone)]
pub struct Progress(ProgressBar);

impl Progress {
    /// For input of so many bytes; `None` where nobody knows, as with a pipe.
    pub fn new(when: When, quiet: bool, bytes: Option<u64>) -> Self {
        let long = bytes.is_none_or(|bytes| bytes >= WORTH_A_BAR);
        let shown = match when {
            When::Always => true,
            When::Never => false,
            When::Auto => long && !quiet && io::stderr().is_terminal(),
        };
        if !shown {
            return Self(ProgressBar::hidden());
        }
        let template = match bytes {
            Some(_) => "{bar:30} {percent:>3}% {bytes} of {total_bytes}, {bytes_per_sec}, {eta} to go",
            None => "{spinner} {bytes}, {bytes_per_sec}",
        };
        let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
        let target = ProgressDrawTarget::stderr_with_hz(10);
        let bar = ProgressBar::with_draw_target(bytes, target).with_style(style);
        bar.enable_steady_tick(Duration::from_millis(200));
        Self(bar)
    }

    /// A reader that moves the bar.
    pub fn reading<R: BufRead>(&self, reader: R) -> Reading<R> {
        Reading { reader, bar: self.0.clone() }
    }

    /// Says something above the bar.
    pub fn say(&self, say: impl FnOnce()) {
        self.0.suspend(say);
    }

    /// Takes the bar away.
    pub fn finish(&self) {
        self.0.finish_and_clear();
    }
}

/// See [`Progress::reading`].
pub struct Reading<R> {
    reader: R,
    bar: ProgressBar,
}

impl<R: BufRead> Read for Reading<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(into)?;
        self.bar.inc(length as u64);
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Reading<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        self.reader.fill_buf()
    }

    fn consume(&mut self, length: usize) {
        self.bar.inc(length as u64);
        self.reader.consume(length);
    }
}
