//! Yields the payloads of all sources in order.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::path::{Path, PathBuf};
use std::vec;

use super::chunks::Chunks;
use super::events::{Event, Events};
use super::pages::Pages;
use super::parts::{Next, Part, Parts};
use super::source::Found;
use super::step::{Raw, Step, problem};
use super::stop::Stop;
use crate::error::Error;
use crate::origin::Origin;
use crate::payload::{self, Item, Items, Opened};

/// Bodies that come together, at most: what is known of a body takes more memory than a short one has.
const MAX_BATCH: usize = 1_024;

/// All sources, in order. It ends early when the run is stopped.
pub(super) struct Input<'i> {
    sources: vec::IntoIter<Found>,
    current: Current,
    /// Bodies come together, so many bytes of them and at most [`MAX_BATCH`], as far as nobody waits for
    /// them.
    batch: usize,
    /// Whether files are decompressed on a thread of their own.
    ahead: bool,
    /// What was come upon and is not given yet.
    ready: VecDeque<Raw>,
    reading: &'i payload::Options,
    events: &'i Events,
    stop: &'i Stop,
}

/// The source that is being read.
enum Current {
    Nothing,
    Files(Rest),
    Items(Items<'static>, Rest),
    Live(Pages),
}

/// The files of the source that are not read yet.
enum Rest {
    Paths(vec::IntoIter<PathBuf>),
    Parts(Parts),
}

impl<'i> Input<'i> {
    pub(super) fn new(
        sources: Vec<Found>,
        batch: usize,
        ahead: bool,
        reading: &'i payload::Options,
        events: &'i Events,
        stop: &'i Stop,
    ) -> Self {
        let (sources, ready) = (sources.into_iter(), VecDeque::new());
        Self { sources, current: Current::Nothing, batch, ahead, ready, reading, events, stop }
    }

    /// The items among which the body is that was just given as large.
    pub(super) fn large(&mut self) -> Option<&mut Items<'static>> {
        if let Current::Items(items, _) = &mut self.current { Some(items) } else { None }
    }

    /// Goes on to the next source; false behind the last one.
    fn source(&mut self) -> bool {
        let Some(source) = self.sources.next() else { return false };
        match source {
            Found::Reader(origin, reader) => {
                let reader = self.watched(Chunks::new(reader, self.stop.clone()));
                let opened = payload::open_reader(reader, origin, self.reading);
                self.opened(opened, Rest::Paths(Vec::new().into_iter()));
            }
            Found::Parts(reader) => {
                self.current =
                    Current::Files(Rest::Parts(Parts::new(Chunks::new(reader, self.stop.clone()))));
            }
            Found::Arriving(items) => self.current = Current::Live(Pages::new(items, self.events)),
            #[cfg(feature = "live")]
            Found::Walk(walk) => self.current = Current::Live(Pages::of(*walk, self.events)),
            // It was connected before.
            #[cfg(feature = "live")]
            Found::Instance(_) => {}
            Found::Files(sources, _) => {
                self.ready.push_back(Raw::Done(Step::Files(sources.skipped)));
                self.ready.extend(sources.problems.into_iter().map(problem));
                self.current = Current::Files(Rest::Paths(sources.files.into_iter()));
            }
        }
        true
    }

    /// A reader whose progress is reported, and that ends when the run is stopped.
    fn watched<R: BufRead>(&self, reader: R) -> Watched<R> {
        Watched { reader, events: self.events.clone(), stop: self.stop.clone() }
    }

    /// Goes on to the next of these files.
    fn file(&mut self, mut rest: Rest) {
        let opened = match &mut rest {
            Rest::Paths(paths) => match paths.next() {
                Some(path) => self.path(&path),
                None => return,
            },
            Rest::Parts(parts) => match parts.next() {
                Some(Next::Part(part)) => self.part(part),
                Some(Next::Problem(error)) => Err(error),
                Some(Next::Skipped(count)) => {
                    self.ready.push_back(Raw::Done(Step::Files(count)));
                    self.current = Current::Files(rest);
                    return;
                }
                None => return,
            },
        };
        self.opened(opened, rest);
    }

    fn path(&self, path: &Path) -> Result<Opened<'static>, Error> {
        payload::file(path).and_then(|file| payload::open_at(self.watched(file), path, self.reading))
    }

    fn part(&self, part: Part) -> Result<Opened<'static>, Error> {
        match part {
            Part::Path(path) => self.path(&path),
            Part::Beside(path, reader) => payload::open_at(self.watched(reader), &path, self.reading),
            Part::Lines(name, line, reader) => {
                payload::open_lines(self.watched(reader), Origin::file(name), line, self.reading)
            }
            Part::File(name, reader) => {
                payload::open_reader(self.watched(reader), Origin::file(name), self.reading)
            }
        }
    }

    fn opened(&mut self, opened: Result<Opened<'static>, Error>, files: Rest) {
        self.current = match opened {
            Ok(opened) => {
                let opened = if self.ahead { opened.ahead() } else { opened };
                Current::Items(opened.items(), files)
            }
            Err(error) => {
                self.ready.push_back(problem(error));
                Current::Files(files)
            }
        };
    }

    /// Takes what these items have at hand.
    fn items(&mut self, mut items: Items<'static>, files: Rest) {
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
        // A payload that was being read when the run was stopped is not whole.
        while !self.stop.is_stopped() {
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
                    // Unlike other bodies it is whole, even when the run was stopped meanwhile.
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

/// See [`Input::watched`].
struct Watched<R> {
    reader: R,
    events: Events,
    stop: Stop,
}

impl<R: BufRead> Read for Watched<R> {
    fn read(&mut self, into: &mut [u8]) -> io::Result<usize> {
        if self.stop.is_stopped() {
            return Ok(0);
        }
        let length = self.reader.read(into)?;
        self.events.send(&Event::Read(length as u64));
        Ok(length)
    }
}

impl<R: BufRead> BufRead for Watched<R> {
    fn fill_buf(&mut self) -> io::Result<&[u8]> {
        if self.stop.is_stopped() { Ok(&[]) } else { self.reader.fill_buf() }
    }

    fn consume(&mut self, length: usize) {
        self.events.send(&Event::Read(length as u64));
        self.reader.consume(length);
    }
}
