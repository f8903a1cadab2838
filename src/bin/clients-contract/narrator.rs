//! Prints the events of a run to standard error.

use std::sync::{Arc, Mutex, OnceLock, PoisonError};

use clients_contract::Error;
use clients_contract::payload::{Selection, Skipped};
use clients_contract::run::{Event, Events};

use crate::flags;
use crate::global_args::GlobalArgs;
use crate::output::{describe, note};
use crate::progress::{Progress, When};

/// Shows progress, and prints the events of a run on standard error.
pub struct Narrator {
    progress: Progress,
    skipped: Mutex<SkippedEntries>,
    /// Which entries of captures are read.
    selection: OnceLock<Selection>,
    /// What is skipped: one, and several.
    nouns: [&'static str; 2],
    global: GlobalArgs,
    /// Whether problems are shown by the results alone.
    leaves_problems: bool,
}

/// Entries of captures that were not validated: the first of them named, all of them counted.
#[derive(Default)]
struct SkippedEntries {
    count: u64,
    /// Those whose method or path is another one.
    not_selected: u64,
    named: Vec<String>,
}

const MAX_NAMED: usize = 3;

impl Narrator {
    pub fn new(when: When, global: GlobalArgs, leaves_problems: bool) -> Arc<Self> {
        let nouns = ["entry of captures", "entries of captures"];
        Arc::new(Self::naming(when, global, leaves_problems, nouns))
    }

    /// The same for a proxy, which skips requests.
    pub fn of_proxy(when: When, global: GlobalArgs) -> Arc<Self> {
        let nouns = ["request without a complete response", "requests without a complete response"];
        Arc::new(Self::naming(when, global, false, nouns))
    }

    fn naming(when: When, global: GlobalArgs, leaves_problems: bool, nouns: [&'static str; 2]) -> Self {
        let progress = Progress::new(when, global);
        let (skipped, selection) = (Mutex::default(), OnceLock::new());
        Self { progress, skipped, selection, nouns, global, leaves_problems }
    }

    /// Takes which entries of captures are read.
    pub fn select(&self, selection: Selection) {
        // A run has one selection.
        let _ = self.selection.set(selection);
    }

    /// What receives the events of a run.
    pub fn events(self: &Arc<Self>) -> Events {
        let narrator = Arc::clone(self);
        Events::new(move |event| narrator.receive(event))
    }

    fn receive(&self, event: &Event<'_>) {
        match event {
            Event::Start { bytes } => self.progress.start(*bytes),
            Event::Read(bytes) => self.progress.add(*bytes),
            Event::Walk(event) => self.progress.walking(event),
            Event::Problem(error) if !self.leaves_problems => self.problem(error),
            Event::Skipped(skipped) => self.skipped(skipped),
            Event::Note(text) => self.progress.print(|| note(self.global.quiet, text)),
            Event::Warning(text) => self.progress.print(|| note(false, &flags::in_text(text))),
            _ => {}
        }
    }

    /// Prints what could not be read or validated.
    pub fn problem(&self, error: &Error) {
        self.progress.print(|| note(false, &format!("error: {}", describe(error))));
    }

    /// Prints what is skipped, or counts it for the end.
    pub fn skipped(&self, entry: &Skipped) {
        let (Skipped { origin, what, why, .. }, not_selected) = (entry, entry.is_not_selected());
        if what.is_empty() {
            return self.progress.print(|| note(self.global.quiet, &format!("note: {origin}: {why}")));
        }
        let mut skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        skipped.count += 1;
        skipped.not_selected += u64::from(not_selected);
        if self.global.verbose {
            self.progress.print(|| note(false, &format!("skipped {origin}: {what}: {why}")));
        } else if skipped.named.len() < MAX_NAMED && !skipped.named.contains(what) {
            skipped.named.push(what.clone());
        }
    }

    /// Shows what passes.
    pub fn live(&self, text: &str) {
        self.progress.live(text);
    }

    /// Prints a line.
    pub fn line(&self, text: &str) {
        self.progress.print(|| note(self.global.quiet, text));
    }

    /// Removes the progress bar.
    pub fn end_progress(&self) {
        self.progress.finish();
    }

    /// Prints at the end which entries were skipped, and what was to be selected if that was none.
    pub fn finish(&self, payloads: u64) {
        self.end_progress();
        let skipped = self.skipped.lock().unwrap_or_else(PoisonError::into_inner);
        let selects_nothing = payloads == 0 && skipped.count > 0 && skipped.not_selected == skipped.count;
        if let Some(selection) = self.selection.get().filter(|_| selects_nothing) {
            let what = "select others with --url-path";
            note(false, &format!("error: no entry of captures matches {selection}: {what}"));
        }
        if skipped.count > 0 && !self.global.verbose {
            let [one, several] = self.nouns;
            let noun = if skipped.count == 1 { one } else { several };
            let named = skipped.named.join(", ");
            let more = "(-v lists all, with reasons)";
            note(self.global.quiet, &format!("skipped {} {noun}: {named} {more}", skipped.count));
        }
    }
}
