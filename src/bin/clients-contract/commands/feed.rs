//! What comes to be judged, in which order, and by how many threads?

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};

use clients_contract::drift::Watch;
use clients_contract::payload::{self, Items, Payload, Skipped};
use clients_contract::{Error, ErrorKind, Judgement, Validator};

use super::input::{Input, Raw};
use super::sources::Source;
use crate::STACK;
use crate::progress::Progress;

/// With many threads, bodies are taken together, up to so many bytes of them: as much as is read in one go.
const BATCH: usize = 1 << 20;

/// Turns that may be under way for each thread: results wait for their turn in memory.
const AHEAD: usize = 2;

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
        let mut input = Input::new(sources, batch, self.reading, self.progress);
        if jobs > 1 {
            return self.judge_by_many(input, jobs, take);
        }
        while let Some(raw) = input.next() {
            for step in self.steps(raw, &mut input) {
                if !take(step)? {
                    return Ok(());
                }
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
            let (in_order, turns) = sync_channel::<Turn>(jobs * AHEAD);
            for _ in 0..jobs {
                let (input, in_order) = (&input, in_order.clone());
                let work = move || while self.work(input, &in_order) {};
                Builder::new().stack_size(STACK).spawn_scoped(scope, work).map_err(no_thread)?;
            }
            drop(in_order);
            for turn in turns {
                // A thread that broke off has said so itself.
                for step in turn.recv().unwrap_or_default() {
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
        let (found, turn) = channel();
        if in_order.send(turn).is_err() {
            return false;
        }
        let steps = match raw {
            Raw::Bodies(bodies) => {
                drop(input);
                self.all(bodies)
            }
            other => self.steps(other, &mut input),
        };
        // Nobody waits for it any more when this fails.
        found.send(steps).is_ok()
    }

    fn steps(&self, raw: Raw, input: &mut Input<'_>) -> Vec<Step> {
        match raw {
            Raw::Bodies(bodies) => self.all(bodies),
            Raw::Large(body) => input.large().map(|items| self.large(body, items)).into_iter().collect(),
            Raw::Done(step) => vec![step],
        }
    }

    fn all(&self, bodies: Vec<Payload>) -> Vec<Step> {
        let judged = |body: Payload| {
            let judgement = self.validator.validate_payload(&body);
            if let Some(watch) = self.watch {
                watch.see(&body, &judgement);
            }
            let bytes = body.bytes().len() as u64;
            Step::Judged(body, judgement, bytes)
        };
        bodies.into_iter().map(judged).collect()
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
        match judged {
            Ok(judgement) => Step::Judged(body, judgement, reader.bytes),
            Err(error) => Step::Problem(payload::unreadable(&body.origin().to_string(), error)),
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
