//! What is there to judge, one thing after another?

use std::collections::VecDeque;
use std::path::PathBuf;
use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;
use std::vec;

use clients_contract::live::Walk;
use clients_contract::payload::{self, Item, Items, Opened, Payload};
use clients_contract::{Error, ErrorKind, Origin};

use super::feed::Step;
use super::sources::Source;
use crate::interrupt::{self, Stdin};
use crate::progress::Progress;

/// What comes next.
pub enum Raw {
    /// Bodies to judge.
    Bodies(Vec<Payload>),
    /// A body to judge while it is read; see [`Input::large`].
    Large(Payload),
    /// Nothing to judge.
    Done(Step),
}

/// Bodies that come together, at most: what is known of a body takes more memory than a short one has.
const MAX_BATCH: usize = 1_024;

/// All sources, in order. It ends early when Ctrl-C is pressed.
pub struct Input<'i> {
    sources: vec::IntoIter<Source>,
    current: Current,
    /// Bodies come together, so many bytes of them and at most [`MAX_BATCH`], as far as nobody waits for them.
    batch: usize,
    /// What was come upon and is not given yet.
    ready: VecDeque<Raw>,
    reading: &'i payload::Options,
    progress: &'i Progress,
}

/// The source that is being read.
enum Current {
    Nothing,
    Files(vec::IntoIter<PathBuf>),
    Items(Items<'static>, vec::IntoIter<PathBuf>),
    Live(Pages),
}

impl<'i> Input<'i> {
    pub fn new(
        sources: Vec<Source>,
        batch: usize,
        reading: &'i payload::Options,
        progress: &'i Progress,
    ) -> Self {
        let (sources, ready) = (sources.into_iter(), VecDeque::new());
        Self { sources, current: Current::Nothing, batch, ready, reading, progress }
    }

    /// The items among which the body is that was just given as large.
    pub fn large(&mut self) -> Option<&mut Items<'static>> {
        if let Current::Items(items, _) = &mut self.current { Some(items) } else { None }
    }

    /// Goes on to the next source; false behind the last one.
    fn source(&mut self) -> bool {
        let Some(source) = self.sources.next() else { return false };
        match source {
            Source::Stdin => {
                let reader = self.progress.reading(Stdin::new());
                let opened = payload::open_reader(reader, Origin::stdin(), self.reading);
                self.opened(opened, Vec::new().into_iter());
            }
            Source::Live(walk) => self.current = Current::Live(Pages::of(*walk, self.progress)),
            Source::Files(sources) => {
                self.ready.push_back(Raw::Done(Step::Files(sources.skipped)));
                self.ready.extend(sources.problems.into_iter().map(problem));
                self.current = Current::Files(sources.files.into_iter());
            }
        }
        true
    }

    /// Goes on to the next of these files.
    fn file(&mut self, mut files: vec::IntoIter<PathBuf>) {
        let Some(path) = files.next() else { return };
        let opened = payload::file(&path)
            .and_then(|file| payload::open_at(self.progress.reading(file), &path, self.reading));
        self.opened(opened, files);
    }

    fn opened(&mut self, opened: Result<Opened<'static>, Error>, files: vec::IntoIter<PathBuf>) {
        self.current = match opened {
            Ok(opened) => Current::Items(opened.items(), files),
            Err(error) => {
                self.ready.push_back(problem(error));
                Current::Files(files)
            }
        };
    }

    /// Takes what these items have at hand.
    fn items(&mut self, mut items: Items<'static>, files: vec::IntoIter<PathBuf>) {
        let (mut bodies, mut bytes, mut ended) = (Vec::new(), 0, false);
        let other = loop {
            match items.next() {
                Some(Ok(Item::Payload(payload))) => {
                    bytes += payload.bytes().len();
                    bodies.push(payload);
                    if bytes >= self.batch || bodies.len() >= MAX_BATCH || !items.at_hand() {
                        break None;
                    }
                }
                Some(Ok(Item::Large(body))) => break Some(Raw::Large(body)),
                Some(Ok(Item::Skipped(skipped))) => break Some(Raw::Done(Step::Skipped(skipped))),
                Some(Err(error)) => break Some(problem(error)),
                None => {
                    ended = true;
                    break None;
                }
            }
        };
        if !bodies.is_empty() {
            self.ready.push_back(Raw::Bodies(bodies));
        }
        self.ready.extend(other);
        self.current = if ended { Current::Files(files) } else { Current::Items(items, files) };
    }
}

impl Iterator for Input<'_> {
    type Item = Raw;

    fn next(&mut self) -> Option<Raw> {
        // A body that was being read when Ctrl-C came is not whole.
        while !interrupt::pressed() {
            if let Some(raw) = self.ready.pop_front() {
                return Some(raw);
            }
            match std::mem::replace(&mut self.current, Current::Nothing) {
                Current::Items(items, files) => self.items(items, files),
                Current::Files(files) => self.file(files),
                Current::Live(mut pages) => {
                    let came = pages.next();
                    if !pages.ended {
                        self.current = Current::Live(pages);
                    }
                    // Unlike other bodies it is whole, whatever was pressed meanwhile.
                    if came.is_some() {
                        return came;
                    }
                }
                Current::Nothing if self.source() => {}
                Current::Nothing => return None,
            }
        }
        None
    }
}

fn problem(error: Error) -> Raw {
    Raw::Done(Step::Problem(error))
}

/// The pages of an instance. A thread of its own waits for the server, so that Ctrl-C need not.
struct Pages {
    received: Receiver<Result<Payload, Error>>,
    walking: Option<JoinHandle<()>>,
    progress: Progress,
    ended: bool,
}

impl Pages {
    fn of(walk: Walk, progress: &Progress) -> Self {
        let (sender, pages) = sync_channel(0);
        let told = progress.clone();
        let walk = walk.watched(move |event| told.walking(event));
        let walking = thread::spawn(move || {
            for page in walk {
                // Who listens no more stops the walk.
                if sender.send(page).is_err() {
                    return;
                }
            }
        });
        Self { received: pages, walking: Some(walking), progress: progress.clone(), ended: false }
    }

    /// The next page, or nothing yet.
    fn next(&mut self) -> Option<Raw> {
        match self.received.recv_timeout(Duration::from_millis(100)) {
            Ok(Ok(page)) => {
                self.progress.add(page.bytes().len() as u64);
                Some(Raw::Bodies(vec![page]))
            }
            Ok(Err(error)) => Some(problem(error)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                self.ended = true;
                let whole = self.walking.take().is_none_or(|walking| walking.join().is_ok());
                let broken = || problem(Error::new(ErrorKind::Network, "", "the walk broke off"));
                (!whole).then(broken)
            }
        }
    }
}
