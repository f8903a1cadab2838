//! Validates payloads on several threads, and yields results in input order.

use std::hint::black_box;
use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use super::events::Events;
use super::input::Input;
use super::observe::Observe;
use super::source::Found;
use super::step::{Raw, Step};
use super::stop::Stop;
use crate::error::{Error, ErrorKind};
use crate::payload::{self, Items, Payload};
use crate::validate::Validator;

/// Bytes of stack for a thread that validates. Deep payloads validated by schemas that combine many
/// subschemas recurse deeply; what recurses is bounded so that it fits. Only the address space is taken at
/// once.
pub const STACK: usize = 64 << 20;

/// Bytes of address space that must be left beside the stack of a further thread: all threads work with them.
const SPARE: usize = 64 << 20;

/// With several threads, payloads are handed over in batches of up to this number of bytes.
const BATCH: usize = 1 << 20;

/// Turns that may be under way for each thread: results wait for their turn in memory.
const AHEAD: usize = 2;

/// Findings that wait in memory for the turn of their bodies, but for those of the last body: more of them
/// wait to be made.
const MAX_WAITING: usize = 2_048;
/// Turns that may be under way for all threads.
const MAX_TURNS: usize = 4_096;

/// All input, read in order.
pub(super) struct Feed<'f> {
    pub(super) reading: &'f payload::Options,
    pub(super) jobs: usize,
    pub(super) validator: &'f Validator,
    pub(super) observer: Option<&'f dyn Observe>,
    pub(super) events: &'f Events,
    pub(super) stop: &'f Stop,
}

/// Whether to go on.
type More = bool;

impl Feed<'_> {
    /// Hands each step to `take`, in input order.
    pub(super) fn each(
        &self,
        sources: Vec<Found>,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<(), Error> {
        let batch = if self.jobs > 1 { BATCH } else { 0 };
        let mut take = |step| match step {
            // An input that is an output: nothing was written yet, and nothing is.
            Step::Problem(error) if error.kind() == ErrorKind::Usage => Err(error),
            step => take(step),
        };
        let ahead = self.jobs > 1 && thread::available_parallelism().is_ok_and(|all| all.get() > 1);
        let input = Input::new(sources, batch, ahead, self.reading, self.events, self.stop);
        if self.jobs <= 1 {
            return self.alone(input, take);
        }
        let input = Mutex::new(input);
        if self.many(&input, &mut take)? {
            return Ok(());
        }
        self.alone(input.into_inner().unwrap_or_else(PoisonError::into_inner), take)
    }

    /// This thread validates.
    fn alone(
        &self,
        mut input: Input<'_>,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<(), Error> {
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

    /// Some threads validate, each what it read itself, as that is at hand for it still. This one takes what
    /// they found, in the order of the input. Whoever is ahead waits. False when no thread can be started.
    fn many(
        &self,
        input: &Mutex<Input<'_>>,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<bool, Error> {
        let jobs = self.jobs;
        thread::scope(|scope| {
            let (in_order, turns) = sync_channel::<Turn>(jobs.saturating_mul(AHEAD).min(MAX_TURNS));
            for started in 0..jobs {
                let in_order = in_order.clone();
                let work = move || while self.work(input, &in_order) {};
                let mut spare = Vec::<u8>::new();
                let started_one =
                    spare.try_reserve_exact(SPARE).map_err(|_| io::ErrorKind::OutOfMemory.into());
                let started_one = started_one.and_then(|()| {
                    // Where nobody looks at it, it is not reserved.
                    black_box(&mut spare);
                    Builder::new().stack_size(STACK).spawn_scoped(scope, work)
                });
                if let Err(error) = started_one {
                    // The others do all the work, or the thread that would take what they found.
                    let threads =
                        if started > 1 { format!("{started} threads") } else { "1 thread".to_owned() };
                    self.events.warn(&format!("`jobs={jobs}`: only {threads} started: {error}"));
                    if started == 0 {
                        return Ok(false);
                    }
                    break;
                }
            }
            drop(in_order);
            for turn in turns {
                // A thread that broke off has said so itself.
                for step in turn.into_iter().flatten() {
                    // Who stops listening stops the threads when their next turn comes.
                    if !take(step)? {
                        return Ok(true);
                    }
                }
            }
            Ok(true)
        })
    }

    /// Validates what comes next; false at the end of the input, or when results are no longer read.
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
                let validated = input.large().map(|items| self.large(body, items));
                // A payload that was being read when the run was stopped is not whole.
                hand_on(validated.filter(|_| !self.stop.is_stopped()).into_iter().collect())
            }
            Raw::Done(step) => hand_on(vec![step]),
        }
    }

    /// Validates bodies, and hands on what was found in them: all at once unless that is much.
    fn all(&self, bodies: Vec<Payload>, mut hand_on: impl FnMut(Vec<Step>) -> More) -> More {
        let (mut steps, mut findings) = (Vec::new(), 0);
        for body in bodies {
            let validation = match self.observer {
                None => self.validator.validate_payload(&body),
                Some(observer) => observer.validate_payload(self.validator, &body),
            };
            let bytes = body.bytes().len() as u64;
            findings += validation.findings.len();
            steps.push(Step::Validated(body, validation, bytes));
            if findings >= MAX_WAITING {
                findings = 0;
                if !hand_on(std::mem::take(&mut steps)) {
                    return false;
                }
            }
        }
        hand_on(steps)
    }

    /// Validates a large payload while it is read.
    fn large(&self, body: Payload, items: &mut Items<'_>) -> Step {
        let mut reader = Counted { reader: items.body(), bytes: 0 };
        let validated = match self.observer {
            None => self.validator.validate_reader(&body, &mut reader),
            Some(observer) => observer.validate_reader(self.validator, &body, &mut reader),
        };
        // What is no JSON is not read to its end to say so, and counts and is limited as all bodies are.
        let validated = validated.and_then(|validation| {
            io::copy(&mut reader, &mut io::sink())?;
            Ok(validation)
        });
        match validated {
            Ok(validation) => Step::Validated(body, validation, reader.bytes),
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

pub(super) fn no_thread(error: io::Error) -> Error {
    Error::new(ErrorKind::Input, "`jobs`", "cannot start a thread").because(error)
}
