//! Yields the pages of a live instance until the run is stopped.

use std::sync::mpsc::{Receiver, RecvTimeoutError, sync_channel};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use super::events::{Event, Events};
use super::step::{Raw, problem};
use crate::error::{Error, ErrorKind};
use crate::live::Walk;
use crate::payload::Payload;

/// The pages of an instance. A thread of its own waits for the server.
pub(super) struct Pages {
    received: Receiver<Result<Payload, Error>>,
    walking: Option<JoinHandle<()>>,
    events: Events,
    pub(super) ended: bool,
}

impl Pages {
    pub(super) fn of(walk: Walk, events: &Events) -> Self {
        let (sender, pages) = sync_channel(0);
        let watcher = events.clone();
        let walk = walk.watched(move |event| watcher.send(&Event::Walk(event)));
        let walking = thread::spawn(move || {
            for page in walk {
                // Who listens no more stops the walk.
                if sender.send(page).is_err() {
                    return;
                }
            }
        });
        Self { received: pages, walking: Some(walking), events: events.clone(), ended: false }
    }

    /// The next page, or nothing yet.
    pub(super) fn next(&mut self) -> Option<Raw> {
        match self.received.recv_timeout(Duration::from_millis(100)) {
            Ok(Ok(page)) => {
                self.events.send(&Event::Read(page.bytes().len() as u64));
                Some(Raw::Bodies(vec![page]))
            }
            Ok(Err(error)) => Some(problem(error)),
            Err(RecvTimeoutError::Timeout) => None,
            Err(RecvTimeoutError::Disconnected) => {
                self.ended = true;
                let whole = self.walking.take().is_none_or(|walking| walking.join().is_ok());
                let broken = || problem(Error::new(ErrorKind::Network, "", "walk ended unexpectedly"));
                (!whole).then(broken)
            }
        }
    }
}
