//! Yields payloads that arrive, such as the pages of a live instance, until the run is stopped.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::events::{Event, Events};
use super::source::Arriving;
use super::step::{Raw, Step, problem};
use crate::error::{Error, ErrorKind};
#[cfg(feature = "live")]
use crate::live::Walk;
use crate::payload::Item;

/// Payloads that arrive. A thread of its own waits for them.
pub(super) struct Pages {
    received: Receiver<Result<Item, Error>>,
    waiting: Option<JoinHandle<()>>,
    events: Events,
    pub(super) ended: bool,
}

impl Pages {
    /// The pages of an instance.
    #[cfg(feature = "live")]
    pub(super) fn of(walk: Walk, events: &Events) -> Self {
        let watcher = events.clone();
        let walk = walk.watched(move |event| watcher.send(&Event::Walk(event)));
        Self::new(Box::new(walk.map(|page| page.map(Item::Payload))), events)
    }

    pub(super) fn new(items: Arriving, events: &Events) -> Self {
        let (sender, received) = sync_channel(0);
        let waiting = thread::spawn(move || {
            for item in items {
                // Who listens no more ends it.
                if sender.send(item).is_err() {
                    return;
                }
            }
        });
        Self { received, waiting: Some(waiting), events: events.clone(), ended: false }
    }

    /// The next one, or nothing yet.
    pub(super) fn next(&mut self) -> Option<Raw> {
        match self.received.recv_timeout(Duration::from_millis(100)) {
            Ok(Ok(Item::Payload(payload) | Item::Large(payload))) => {
                self.events.send(&Event::Read(payload.bytes().len() as u64));
                Some(Raw::Bodies(vec![payload]))
            }
            Ok(Ok(Item::Skipped(skipped))) => Some(Raw::Done(Step::Skipped(skipped))),
            Ok(Err(error)) => Some(problem(error)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                self.ended = true;
                let whole = self.waiting.take().is_none_or(|waiting| waiting.join().is_ok());
                let broken = || problem(Error::new(ErrorKind::Network, "", "input ended unexpectedly"));
                (!whole).then(broken)
            }
        }
    }
}
