//! Requests from their arrival to the end of their responses, and the copies that are made of these.

use std::sync::Arc;
use std::time::Instant;

use hyper::http::response::Parts;

use super::counts::count;
use super::queue::{Copied, Ending, Head, Held, Queue, Reserved};

/// A request, which ends in one way or another: dropped before, it was abandoned by the consumer.
#[derive(Debug)]
pub(super) struct Watched {
    queue: Arc<Queue>,
    copying: Option<Box<Copying>>,
    has_ended: bool,
}

/// The copy of a response in the making.
#[derive(Debug)]
struct Copying {
    head: Head,
    begun: Instant,
    bytes: Vec<u8>,
    reserved: Reserved,
    /// Why there is no copy any more.
    lost: Option<Ending>,
}

impl Watched {
    /// A request has come. `head` is of one whose response is validated.
    pub(super) fn new(queue: &Arc<Queue>, head: Option<Head>) -> Self {
        count(&queue.counters.requests);
        let copying = head.map(|head| {
            let (begun, reserved) = (Instant::now(), Reserved::default());
            Box::new(Copying { head, begun, bytes: Vec::new(), reserved, lost: None })
        });
        Self { queue: Arc::clone(queue), copying, has_ended: false }
    }

    pub(super) fn is_selected(&self) -> bool {
        self.copying.is_some()
    }

    /// The head of the response has come, with the length of the body if that is known.
    pub(super) fn begin(&mut self, parts: &Parts, length: Option<u64>) {
        let Some(copying) = &mut self.copying else { return };
        let exchange = &mut copying.head.exchange;
        exchange.wait = copying.begun.elapsed();
        (exchange.status, exchange.version) = (parts.status, parts.version);
        copying.head.fields = parts.headers.clone();
        copying.begun = Instant::now();
        if let Some(length) = length.filter(|length| *length <= self.queue.max_body) {
            // What does not fit the address space is refused when it comes.
            let _ = copying.bytes.try_reserve_exact(usize::try_from(length).unwrap_or_default());
        }
    }

    /// Copies a piece of the body, without waiting.
    pub(super) fn add(&mut self, data: &[u8]) {
        let Some(copying) = self.copying.as_mut().filter(|copying| copying.lost.is_none()) else { return };
        if copying.is_too_large(data, self.queue.max_body) {
            copying.lose(Ending::TooLarge);
        } else if copying.reserved.grow(&self.queue, data.len()) {
            copying.bytes.extend_from_slice(data);
        } else {
            copying.lose(Ending::Dropped);
        }
    }

    /// The same, waiting for memory.
    ///
    /// # Errors
    ///
    /// Why there is none.
    pub(super) async fn hold(&mut self, data: &[u8], length: Option<u64>) -> Result<(), Ending> {
        let Some(copying) = &mut self.copying else { return Ok(()) };
        let max = self.queue.max_body;
        let total = (copying.bytes.len() + data.len()) as u64;
        let total = length.map_or(total, |length| length.max(total));
        let lost = if copying.is_too_large(data, max) || total > max {
            Ending::TooLarge
        } else if copying.reserved.wait_for(&self.queue, total).await {
            copying.bytes.extend_from_slice(data);
            return Ok(());
        } else {
            Ending::Dropped
        };
        copying.lose(lost.clone());
        Err(lost)
    }

    /// The response has ended: its copy is handed over, without waiting.
    pub(super) fn end(&mut self, ending: Ending) {
        self.finish(ending);
    }

    /// The same; returns the bytes of a copy.
    pub(super) fn finish(&mut self, ending: Ending) -> Option<Arc<Held>> {
        if std::mem::replace(&mut self.has_ended, true) {
            return None;
        }
        let counters = &self.queue.counters;
        match &ending {
            Ending::Broken(_) => count(&counters.broken),
            Ending::Failed(_) | Ending::Malformed(_) => count(&counters.failed),
            Ending::Abandoned => count(&counters.abandoned),
            Ending::Complete | Ending::TooLarge | Ending::Dropped => {}
        }
        let Copying { mut head, begun, bytes, reserved, lost } = *self.copying.take()?;
        head.exchange.receive = begun.elapsed();
        let body = Arc::new(Held { bytes: Arc::new(bytes), _reserved: reserved });
        self.queue.send(Copied { head, body: Arc::clone(&body), ending: lost.unwrap_or(ending) });
        Some(body)
    }
}

impl Drop for Watched {
    fn drop(&mut self) {
        self.finish(Ending::Abandoned);
    }
}

impl Copying {
    fn is_too_large(&self, data: &[u8], max: u64) -> bool {
        (self.bytes.len() + data.len()) as u64 > max
    }

    fn lose(&mut self, ending: Ending) {
        self.lost = Some(ending);
        (self.bytes, self.reserved) = Default::default();
    }
}
