//! The bounded queue in which copies of responses wait.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, SyncSender, sync_channel};
use std::time::{Duration, Instant};

use hyper::HeaderMap;
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::timeout;

use super::counts::{Counters, count};
use crate::live::Exchange;

/// Copies that wait, however short they are.
const MAX_WAITING: usize = 1_024;

/// How long a response that is enforced waits for memory.
pub(super) const MAX_WAIT: Duration = Duration::from_secs(10);

/// A response but for its body.
#[derive(Debug)]
pub(super) struct Head {
    pub(super) method: String,
    /// Path and parameters.
    pub(super) target: String,
    /// Header fields of the request that have keys.
    pub(super) secrets: Vec<String>,
    /// Header fields of the response.
    pub(super) fields: HeaderMap,
    pub(super) exchange: Exchange,
}

/// How a response ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Ending {
    Complete,
    /// The target broke off, for this reason.
    Broken(String),
    /// There was no response, for this reason.
    Failed(String),
    /// The request was malformed, as this says.
    Malformed(String),
    /// The consumer closed the connection before the end.
    Abandoned,
    /// It is too large to be validated.
    TooLarge,
    /// There is no memory left for its copy.
    Dropped,
}

/// The bytes of a response, and the memory that is reserved for them. An enforced response shares them with
/// its connection.
#[derive(Debug)]
pub(super) struct Held {
    pub(super) bytes: Arc<Vec<u8>>,
    pub(super) _reserved: Reserved,
}

/// The same as the owner of what is sent.
pub(super) struct Shared(pub(super) Arc<Held>);

impl AsRef<[u8]> for Shared {
    fn as_ref(&self) -> &[u8] {
        &self.0.bytes
    }
}

/// A response that is to be validated.
#[derive(Debug)]
pub(super) struct Copied {
    pub(super) head: Head,
    pub(super) body: Arc<Held>,
    pub(super) ending: Ending,
}

/// Where copies wait.
#[derive(Debug)]
pub(super) struct Queue {
    sender: SyncSender<Copied>,
    /// Bytes that are left for copies that are made or wait.
    room: Arc<Semaphore>,
    /// One enforced response at a time is held beyond that: of several that grow at a time, none would end.
    beyond: Arc<Semaphore>,
    pub(super) max_body: u64,
    pub(super) counters: Arc<Counters>,
}

impl Queue {
    /// `max_buffer` is the maximum of all copies together, in bytes; at least one of `max_body` fits.
    pub(super) fn new(
        max_body: u64,
        max_buffer: u64,
        counters: &Arc<Counters>,
    ) -> (Arc<Self>, Receiver<Copied>) {
        let (sender, receiver) = sync_channel(MAX_WAITING);
        let room = usize::try_from(max_buffer.max(max_body)).unwrap_or(usize::MAX);
        let room = Arc::new(Semaphore::new(room.min(Semaphore::MAX_PERMITS)));
        let beyond = Arc::new(Semaphore::new(1));
        (Arc::new(Self { sender, room, beyond, max_body, counters: Arc::clone(counters) }), receiver)
    }

    /// Hands a copy over, or drops it.
    pub(super) fn send(&self, copied: Copied) {
        count(&self.counters.selected);
        // Before it can be taken.
        count(&self.counters.waiting);
        if copied.ending == Ending::Dropped || self.sender.try_send(copied).is_err() {
            self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
            count(&self.counters.dropped);
        }
    }
}

/// Memory that is reserved for one copy, until it is dropped.
#[derive(Debug, Default)]
pub(super) struct Reserved {
    room: Option<OwnedSemaphorePermit>,
    beyond: Option<OwnedSemaphorePermit>,
    bytes: u64,
    /// How long it waited.
    waited: Duration,
}

impl Reserved {
    /// Reserves more, if that much is left.
    pub(super) fn grow(&mut self, queue: &Queue, bytes: usize) -> bool {
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let grown = Arc::clone(&queue.room).try_acquire_many_owned(permits);
        grown.map(|permit| self.add(permit, bytes as u64)).is_ok()
    }

    /// Reserves memory for this many bytes in total. All waits together take up to [`MAX_WAIT`].
    pub(super) async fn wait_for(&mut self, queue: &Queue, total: u64) -> bool {
        let missing = total.saturating_sub(self.bytes);
        if missing == 0 || self.beyond.is_some() {
            return true;
        }
        let bytes = usize::try_from(missing).unwrap_or(usize::MAX);
        if self.grow(queue, bytes) {
            return true;
        }
        let permits = u32::try_from(bytes).unwrap_or(u32::MAX);
        let (begun, left) = (Instant::now(), MAX_WAIT.saturating_sub(self.waited));
        let waiting = async {
            tokio::select! {
                Ok(permit) = Arc::clone(&queue.room).acquire_many_owned(permits) => self.add(permit, missing),
                Ok(permit) = Arc::clone(&queue.beyond).acquire_owned() => self.beyond = Some(permit),
                else => {}
            }
        };
        let is_reserved = timeout(left, waiting).await.is_ok();
        self.waited += begun.elapsed();
        is_reserved
    }

    fn add(&mut self, permit: OwnedSemaphorePermit, bytes: u64) {
        self.bytes += bytes;
        match &mut self.room {
            Some(room) => room.merge(permit),
            None => self.room = Some(permit),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn memory_is_bounded_and_one_response_ends_beyond_it() {
        let (queue, _received) = Queue::new(100, 100, &Arc::default());
        let (mut first, mut second) = (Reserved::default(), Reserved::default());
        assert!(first.grow(&queue, 60) && !second.grow(&queue, 50) && second.grow(&queue, 40));
        let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().unwrap();
        runtime.block_on(async {
            assert!(first.wait_for(&queue, 100).await, "the first one that grows goes on");
            let waiting = timeout(Duration::from_millis(50), second.wait_for(&queue, 50));
            assert!(waiting.await.is_err(), "the others wait");
            drop(first);
            assert!(second.wait_for(&queue, 100).await);
        });
        drop(second);
        assert_eq!((queue.room.available_permits(), queue.beyond.available_permits()), (100, 1));
    }
}
