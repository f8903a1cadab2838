//! What comes to be judged, in which order, and by how many threads?

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use clients_contract::drift::Watch;
use clients_contract::payload::{self, Items, Payload, Skipped};
use clients_contract::{Error, ErrorKind, Judgement, Validator};

use super::input::{Input, Raw};
use super::sources::Source;
use crate::STACK;
use crate::interrupt;
use crate::output::note;
use crate::progress::Progress;

/// With many threads, bodies are taken together, up to so many bytes of them: as much as is read in one go.
const BATCH: usize = 1 << 20;

/// Turns that may be under way for each thread: results wait for their turn in memory.
const AHEAD: usize = 2;

/// Findings that wait in memory for the turn of their bodies, but for those of the last body: more of them wait to be
/// made.
const MAX_WAITING: usize = 2_048;
/// Turns that may be under way for all threads.
const MAX_TURNS: usize = 4_096;

/// One step of the input.
pub enum Step {
    /// A body, what was found in it, and how many bytes it has: those of a large one are gone by now.
    Judged(Payload, Judgement, u64),
    /// An entry of a capture that is passed over.
    Skipped(Skipped),
    /// Files of a directory that are passed over.
    Files(u64),
    /// Something that cannot be judged.
    Problem(Error),
}

/// All input, read in order.
pub struct Feed<'f, 'w> {
    pub reading: &'f payload::Options,
    pub progress: &'f Progress,
    pub validator: &'f Validator,
    /// Who else looks at what is judged.
    pub watch: Option<&'f Watch<'w>>,
}

/// Whether to go on.
type More = bool;

impl Feed<'_, '_> {
    /// Takes each step in input order, judged by so many threads.
    pub fn judge(
        &self,
        sources: Vec<Source>,
        jobs: usize,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<(), Error> {
        let batch = if jobs > 1 { BATCH } else { 0 };
        let mut take = |step| match step {
            // An input that is an output: nothing was written yet, and nothing is.
            Step::Problem(error) if error.kind() == ErrorKind::Usage => Err(error),
            step => take(step),
        };
        let mut input = Input::new(sources, batch, self.reading, self.progress);
        if jobs > 1 {
            return self.judge_by_many(input, jobs, take);
        }
        while let Some(raw) = input.next() {
            let mut ended = Ok(true);
            self.steps(raw, &mut input, |steps| {
                for step in steps {
                    ended = take(step);
                    if !matches!(ended, Ok(true)) {
                        return false;
                    }
                }
                true
            });
            if !ended? {
                return Ok(());
            }
        }
        Ok(())
    }

    /// Some threads judge, each what it read itself, as that is at hand for it still. This one takes what they found, in
    /// the order of the input. Whoever is ahead waits.
    fn judge_by_many(
        &self,
        input: Input<'_>,
        jobs: usize,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<(), Error> {
        let input = Mutex::new(input);
        thread::scope(|scope| {
            let (in_order, turns) = sync_channel::<Turn>(jobs.saturating_mul(AHEAD).min(MAX_TURNS));
            for started in 0..jobs {
                let (input, in_order) = (&input, in_order.clone());
                let work = move || while self.work(input, &in_order) {};
                match Builder::new().stack_size(STACK).spawn_scoped(scope, work) {
                    Ok(_) => {}
                    Err(error) if started == 0 => return Err(no_thread(error)),
                    // The others do all the work.
                    Err(error) => {
                        let threads = if started == 1 { "thread works" } else { "threads work" };
                        note(false, &format!("--jobs {jobs}: only {started} {threads}: {error}"));
                        break;
                    }
                }
            }
            drop(in_order);
            for turn in turns {
                // A thread that broke off has said so itself.
                for step in turn.into_iter().flatten() {
                    // Who stops listening stops the threads when their next turn comes.
                    if !take(step)? {
                        return Ok(());
                    }
                }
            }
            Ok(())
        })
    }

    /// Judges what comes next; false when nothing comes, or nobody listens any more.
    fn work(&self, input: &Mutex<Input<'_>>, in_order: &SyncSender<Turn>) -> More {
        let mut input = input.lock().unwrap_or_else(PoisonError::into_inner);
        let Some(raw) = input.next() else { return false };
        let (found, turn) = sync_channel(1);
        if in_order.send(turn).is_err() {
            return false;
        }
        // Nobody waits for it any more when this fails.
        let hand_on = |steps| found.send(steps).is_ok();
        match raw {
            Raw::Bodies(bodies) => {
                drop(input);
                self.all(bodies, hand_on)
            }
            other => self.steps(other, &mut input, hand_on),
        }
    }

    fn steps(&self, raw: Raw, input: &mut Input<'_>, mut hand_on: impl FnMut(Vec<Step>) -> More) -> More {
        match raw {
            Raw::Bodies(bodies) => self.all(bodies, hand_on),
            Raw::Large(body) => {
                let judged = input.large().map(|items| self.large(body, items));
                // A body that was being read when a signal came is not whole.
                hand_on(judged.filter(|_| !interrupt::pressed()).into_iter().collect())
            }
            Raw::Done(step) => hand_on(vec![step]),
        }
    }

    /// Validates bodies, and hands on what was found in them: all at once unless that is much.
    fn all(&self, bodies: Vec<Payload>, mut hand_on: impl FnMut(Vec<Step>) -> More) -> More {
        let (mut steps, mut findings) = (Vec::new(), 0);
        for body in bodies {
            let judgement = self.validator.validate_payload(&body);
            if let Some(watch) = self.watch {
                watch.see(&body, &judgement);
            }
            let bytes = body.bytes().len() as u64;
            findings += judgement.findings.len();
            steps.push(Step::Judged(body, judgement, bytes));
            if findings >= MAX_WAITING {
                findings = 0;
                if !hand_on(std::mem::take(&mut steps)) {
                    return false;
                }
            }
        }
        hand_on(steps)
    }

    /// Judges a large body while it is read.
    fn large(&self, body: Payload, items: &mut Items<'_>) -> Step {
        let mut reader = Counted { reader: items.body(), bytes: 0 };
        let judged = match self.watch {
            None => self.validator.validate_reader(&body, &mut reader),
            Some(watch) => {
                let mut seeing = watch.reading(&mut reader);
                let judged = self.validator.validate_reader(&body, &mut seeing);
                judged.inspect(|judgement| seeing.judged(judgement))
            }
        };
        // What is no JSON is not read to its end to say so, and counts and is limited as all bodies are.
        let judged = judged.and_then(|judgement| {
            io::copy(&mut reader, &mut io::sink())?;
            Ok(judgement)
        });
        match judged {
            Ok(judgement) => Step::Judged(body, judgement, reader.bytes),
            Err(error) => {
                let error = payload::unreadable(&body.origin().to_string(), error);
                Step::Problem(error.on_line(body.line()))
            }
        }
    }
}

/// What is found in the bodies whose turn it is.
type Turn = Receiver<Vec<Step>>;

/// A reader that knows how much was read.
struct Counted<R> {
    reader: R,
    bytes: u64,
}

impl<R: Read> Read for Counted<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.reader.read(buffer)?;
        self.bytes += length as u64;
        Ok(length)
    }
}

fn no_thread(error: io::Error) -> Error {
    Error::new(ErrorKind::Input, "--jobs", "no thread to work on").because(error)
}
