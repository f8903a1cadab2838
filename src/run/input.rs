//! Yields the payloads of all sources in order.

use std::collections::VecDeque;
use std::io::{self, BufRead, Read};
use std::path::PathBuf;
use std::vec;

use super::chunks::Chunks;
use super::events::{Event, Events};
#[cfg(feature = "live")]
use super::pages::Pages;
use super::source::Found;
use super::step::{Raw, Step, problem};
use super::stop::Stop;
use crate::error::Error;
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
    /// What was come upon and is not given yet.
    ready: VecDeque<Raw>,
    reading: &'i payload::Options,
    events: &'i Events,
    stop: &'i Stop,
}

/// The source that is being read.
enum Current {
    Nothing,
    Files(vec::IntoIter<PathBuf>),
    Items(Items<'static>, vec::IntoIter<PathBuf>),
    #[cfg(feature = "live")]
    Live(Pages),
}

impl<'i> Input<'i> {
    pub(super) fn new(
        sources: Vec<Found>,
        batch: usize,
        reading: &'i payload::Options,
        events: &'i Events,
        stop: &'i Stop,
    ) -> Self {
        let (sources, ready) = (sources.into_iter(), VecDeque::new());
        Self { sources, current: Current::Nothing, batch, ready, reading, events, stop }
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
                self.opened(opened, Vec::new().into_iter());
            }
            #[cfg(feature = "live")]
            Found::Walk(walk) => self.current = Current::Live(Pages::of(*walk, self.events)),
            // It was connected before.
            #[cfg(feature = "live")]
            Found::Instance(_) => {}
            Found::Files(sources) => {
                self.ready.push_back(Raw::Done(Step::Files(sources.skipped)));
                self.ready.extend(sources.problems.into_iter().map(problem));
                self.current = Current::Files(sources.files.into_iter());
            }
        }
        true
    }

    /// A reader whose progress is reported, and that ends when the run is stopped.
    fn watched<R: BufRead>(&self, reader: R) -> Watched<R> {
        Watched { reader, events: self.events.clone(), stop: self.stop.clone() }
    }

    /// Goes on to the next of these files.
    fn file(&mut self, mut files: vec::IntoIter<PathBuf>) {
        let Some(path) = files.next() else { return };
        let opened =
            payload::file(&path).and_then(|file| payload::open_at(self.watched(file), &path, self.reading));
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
        // A payload that was being read when the run was stopped is not whole.
        while !self.stop.is_stopped() {
            if let Some(raw) = self.ready.pop_front() {
                return Some(raw);
            }
            match std::mem::replace(&mut self.current, Current::Nothing) {
                Current::Items(items, files) => self.items(items, files),
                Current::Files(files) => self.file(files),
                #[cfg(feature = "live")]
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
