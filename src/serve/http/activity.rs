//! What a connection is doing: idle ones are closed when others need their slots, or the server drains.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, AtomicUsize, Ordering};
use std::task::{Context, Poll};
use std::time::Instant;

use hyper::body::{Body, Bytes, Frame, SizeHint};
use tokio::sync::Notify;

/// The activity of one connection.
#[derive(Debug)]
pub(super) struct Activity {
    /// When the server started, which times are counted from.
    started: Instant,
    /// Requests that are being answered.
    open: AtomicUsize,
    /// Whether bytes wait to be sent.
    unsent: AtomicBool,
    /// Milliseconds from the start to the last byte.
    last: AtomicU64,
    close: Notify,
}

impl Activity {
    pub(super) fn new(started: Instant) -> Arc<Self> {
        let activity = Self {
            started,
            open: AtomicUsize::new(0),
            unsent: AtomicBool::new(false),
            last: AtomicU64::new(0),
            close: Notify::new(),
        };
        activity.touch();
        Arc::new(activity)
    }

    /// Bytes were received or sent.
    pub(super) fn touch(&self) {
        let elapsed = u64::try_from(self.started.elapsed().as_millis()).unwrap_or(u64::MAX);
        self.last.store(elapsed, Ordering::Relaxed);
    }

    pub(super) fn set_unsent(&self, unsent: bool) {
        self.unsent.store(unsent, Ordering::Relaxed);
    }

    /// A request has begun; it ends when the result is dropped.
    pub(super) fn begin(self: &Arc<Self>) -> Open {
        self.open.fetch_add(1, Ordering::Relaxed);
        Open(Arc::clone(self))
    }

    /// Whether no request is being answered, although the head of one may be incomplete.
    pub(super) fn is_idle(&self) -> bool {
        self.open.load(Ordering::Relaxed) == 0 && !self.unsent.load(Ordering::Relaxed)
    }

    /// Waits until the connection is to be closed.
    pub(super) async fn closing(&self) {
        self.close.notified().await;
    }
}

/// A request that is being answered.
#[derive(Debug)]
pub(super) struct Open(Arc<Activity>);

impl Drop for Open {
    fn drop(&mut self) {
        self.0.open.fetch_sub(1, Ordering::Relaxed);
    }
}

/// The connections of a server.
#[derive(Debug, Default)]
pub(super) struct Connections(Vec<Arc<Activity>>);

impl Connections {
    pub(super) fn add(&mut self, activity: &Arc<Activity>, max: usize) {
        if self.0.len() > max.saturating_mul(2) {
            self.forget_closed();
        }
        self.0.push(Arc::clone(activity));
    }

    /// Has the connection closed that is idle for the longest time, if there is one.
    pub(super) fn close_longest_idle(&mut self) {
        self.forget_closed();
        let idle = self.0.iter().filter(|activity| activity.is_idle());
        if let Some(longest) = idle.min_by_key(|activity| activity.last.load(Ordering::Relaxed)) {
            longest.close.notify_one();
        }
    }

    fn forget_closed(&mut self) {
        // A connection that is open has its activity, too.
        self.0.retain(|activity| Arc::strong_count(activity) > 1);
    }
}

/// The body of a response, until whose end its request is being answered.
#[derive(Debug)]
pub(super) struct Held<B> {
    pub(super) body: B,
    pub(super) _open: Open,
}

impl<B: Body<Data = Bytes> + Unpin> Body for Held<B> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(context)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}
