//! What comes to be judged, in which order, and by how many threads?

use std::io::{self, Read};
use std::sync::mpsc::{Receiver, RecvTimeoutError, Sender, SyncSender, channel, sync_channel};
use std::sync::{Mutex, PoisonError};
use std::thread::{self, Builder};
use std::time::Duration;

use clients_contract::live::Walk;
use clients_contract::payload::{self, Item, Items, Opened, Payload, Skipped};
use clients_contract::{Error, ErrorKind, Judgement, Origin, Validator};

use super::sources::Source;
use crate::STACK;
use crate::interrupt::{self, Stdin};
use crate::progress::Progress;

/// Bodies are handed from thread to thread together, up to so many bytes of them.
const BATCH: usize = 256 << 10;

/// Batches that may be under way for each thread: results wait for their turn in memory.
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

/// The same before it is judged.
enum Raw {
    Bodies(Vec<Payload>),
    Done(Step),
}

/// All input, read in order.
pub struct Feed<'f> {
    pub reading: &'f payload::Options,
    pub progress: &'f Progress,
    pub validator: &'f Validator,
}

/// Whether to go on.
type More = bool;

impl Feed<'_> {
    /// Takes each step in input order, judged by so many threads.
    pub fn judge(
        &self,
        sources: Vec<Source>,
        jobs: usize,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<(), Error> {
        if jobs > 1 {
            return self.judge_by_many(sources, jobs, take);
        }
        let mut outcome = Ok(true);
        let mut go_on = |step| {
            outcome = take(step);
            matches!(outcome, Ok(true))
        };
        self.read(sources, 0, &mut |raw| match raw {
            Raw::Done(step) => go_on(step),
            Raw::Bodies(bodies) => bodies.into_iter().all(|body| go_on(self.judged(body))),
        });
        outcome.map(drop)
    }

    /// One thread reads, some judge, and this one takes what they found, in the order of the input. Whoever is ahead
    /// waits.
    fn judge_by_many(
        &self,
        sources: Vec<Source>,
        jobs: usize,
        mut take: impl FnMut(Step) -> Result<More, Error>,
    ) -> Result<(), Error> {
        let (to_judge, waiting) = channel::<Task>();
        let waiting = Mutex::new(waiting);
        thread::scope(|scope| {
            let (in_order, turns) = sync_channel::<Turn>(jobs * AHEAD);
            let thread = || Builder::new().stack_size(STACK);
            for _ in 0..jobs {
                thread().spawn_scoped(scope, || self.work(&waiting)).map_err(no_thread)?;
            }
            let read = move || self.read(sources, BATCH, &mut |raw| hand_on(raw, &to_judge, &in_order));
            thread().spawn_scoped(scope, read).map_err(no_thread)?;
            for turn in turns {
                let steps = match turn {
                    Turn::Done(step) => vec![*step],
                    Turn::Judging(found) => found.recv().unwrap_or_default(),
                };
                for step in steps {
                    // Who stops listening stops the reader with the next step it hands on.
                    if !take(step)? {
                        return Ok(());
                    }
                }
            }
            Ok(())
        })
    }

    /// Judges what comes until nothing comes any more.
    fn work(&self, waiting: &Mutex<Receiver<Task>>) {
        loop {
            let task = waiting.lock().unwrap_or_else(PoisonError::into_inner).recv();
            let Ok(Task { bodies, found }) = task else { return };
            // Nobody waits for it any more when this fails.
            let _ = found.send(bodies.into_iter().map(|body| self.judged(body)).collect());
        }
    }

    fn judged(&self, body: Payload) -> Step {
        let judgement = self.validator.validate_payload(&body);
        let bytes = body.bytes().len() as u64;
        Step::Judged(body, judgement, bytes)
    }

    /// Judges a large body while it is read.
    fn large(&self, body: Payload, items: &mut Items<'_>) -> Step {
        let mut reader = Counted { reader: items.body(), bytes: 0 };
        match self.validator.validate_reader(&body, &mut reader) {
            Ok(judgement) => Step::Judged(body, judgement, reader.bytes),
            Err(error) => Step::Problem(payload::unreadable(&body.origin().to_string(), error)),
        }
    }

    /// Reads all sources, in batches of `most` bytes; `give` says whether to go on.
    fn read(&self, sources: Vec<Source>, most: usize, give: &mut dyn FnMut(Raw) -> More) {
        for source in sources {
            let more = match source {
                Source::Stdin => {
                    let reader = self.progress.reading(Stdin::new());
                    self.opened(payload::open_reader(reader, Origin::stdin(), self.reading), most, give)
                }
                Source::Live(walk) => self.live(*walk, give),
                Source::Files(sources) => {
                    give(Raw::Done(Step::Files(sources.skipped))) && self.files(sources, most, give)
                }
            };
            if !more {
                return;
            }
        }
    }

    /// Gives pages as they come. A thread of its own waits for the server, so that Ctrl-C need not.
    fn live(&self, walk: Walk, give: &mut dyn FnMut(Raw) -> More) -> More {
        let (sender, pages) = sync_channel(0);
        let progress = self.progress.clone();
        let walk = walk.watched(move |event| progress.walking(event));
        let walking = thread::spawn(move || {
            for page in walk {
                // Who listens no more stops the walk.
                if sender.send(page).is_err() {
                    return;
                }
            }
        });
        loop {
            if interrupt::pressed() {
                return false;
            }
            let raw = match pages.recv_timeout(Duration::from_millis(100)) {
                Ok(Ok(page)) => {
                    self.progress.add(page.bytes().len() as u64);
                    Raw::Bodies(vec![page])
                }
                Ok(Err(error)) => Raw::Done(Step::Problem(error)),
                Err(RecvTimeoutError::Timeout) => continue,
                Err(RecvTimeoutError::Disconnected) if walking.join().is_ok() => return true,
                Err(RecvTimeoutError::Disconnected) => {
                    let broken = Error::new(ErrorKind::Network, "", "the walk broke off");
                    return give(Raw::Done(Step::Problem(broken)));
                }
            };
            if !give(raw) {
                return false;
            }
        }
    }

    fn files(&self, sources: payload::Sources, most: usize, give: &mut dyn FnMut(Raw) -> More) -> More {
        sources.problems.into_iter().all(|error| give(Raw::Done(Step::Problem(error))))
            && sources.files.iter().all(|path| {
                let opened = payload::file(path).and_then(|file| {
                    let origin = Origin::file(path.display().to_string());
                    payload::open_reader(self.progress.reading(file), origin, self.reading)
                });
                self.opened(opened, most, give)
            })
    }

    fn opened(
        &self,
        opened: Result<Opened<'_>, Error>,
        most: usize,
        give: &mut dyn FnMut(Raw) -> More,
    ) -> More {
        let mut items = match opened {
            Ok(opened) => opened.items(),
            Err(error) => return give(Raw::Done(Step::Problem(error))),
        };
        let mut batch = Vec::new();
        let mut bytes = 0;
        loop {
            let other = match items.next() {
                Some(Ok(Item::Payload(payload))) => {
                    bytes += payload.bytes().len();
                    batch.push(payload);
                    None
                }
                other => Some(other),
            };
            // A body that was being read when Ctrl-C came is not whole.
            if interrupt::pressed() {
                return false;
            }
            if other.is_none() && bytes < most && items.at_hand() {
                continue;
            }
            bytes = 0;
            if !batch.is_empty() && !give(Raw::Bodies(std::mem::take(&mut batch))) {
                return false;
            }
            let step = match other {
                None | Some(Some(Ok(Item::Payload(_)))) => continue,
                Some(None) => return true,
                Some(Some(Ok(Item::Large(body)))) => self.large(body, &mut items),
                Some(Some(Ok(Item::Skipped(skipped)))) => Step::Skipped(skipped),
                Some(Some(Err(error))) => Step::Problem(error),
            };
            if !give(Raw::Done(step)) {
                return false;
            }
        }
    }
}

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

/// Bodies for a thread to judge, and where to send what it finds.
struct Task {
    bodies: Vec<Payload>,
    found: Sender<Vec<Step>>,
}

/// What comes next, in the order of the input.
enum Turn {
    Judging(Receiver<Vec<Step>>),
    Done(Box<Step>),
}

fn hand_on(raw: Raw, to_judge: &Sender<Task>, in_order: &SyncSender<Turn>) -> More {
    let turn = match raw {
        Raw::Done(step) => Turn::Done(Box::new(step)),
        Raw::Bodies(bodies) => {
            let (found, turn) = channel();
            if to_judge.send(Task { bodies, found }).is_err() {
                return false;
            }
            Turn::Judging(turn)
        }
    };
    in_order.send(turn).is_ok()
}

fn no_thread(error: io::Error) -> Error {
    Error::new(ErrorKind::Input, "--jobs", "no thread to work on").because(error)
}
