//! The body of a request on its way to the target.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use hyper::body::{Body, Bytes, Frame, Incoming, SizeHint};

/// The body of a request; nothing if it has none.
#[derive(Debug, Default)]
pub(super) struct Upload {
    incoming: Option<Incoming>,
    progress: Arc<Progress>,
}

/// How far a request's body has come.
#[derive(Debug, Default)]
pub(super) struct Progress {
    pieces: AtomicU64,
    is_broken: AtomicBool,
}

impl Progress {
    pub(super) fn pieces(&self) -> u64 {
        self.pieces.load(Ordering::Relaxed)
    }

    /// Whether the consumer sent it malformed, or not to its end.
    pub(super) fn is_broken(&self) -> bool {
        self.is_broken.load(Ordering::Relaxed)
    }
}

impl Upload {
    pub(super) fn new(incoming: Incoming) -> (Self, Arc<Progress>) {
        let progress = Arc::<Progress>::default();
        let incoming = Some(incoming).filter(|incoming| !incoming.is_end_stream());
        (Self { incoming, progress: Arc::clone(&progress) }, progress)
    }
}

impl Body for Upload {
    type Data = Bytes;
    type Error = hyper::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, hyper::Error>>> {
        let Some(incoming) = &mut self.incoming else { return Poll::Ready(None) };
        let polled = ready!(Pin::new(incoming).poll_frame(context));
        self.progress.pieces.fetch_add(1, Ordering::Relaxed);
        if matches!(polled, Some(Err(_))) {
            self.progress.is_broken.store(true, Ordering::Relaxed);
        }
        Poll::Ready(polled)
    }

    fn is_end_stream(&self) -> bool {
        self.incoming.as_ref().is_none_or(Body::is_end_stream)
    }

    fn size_hint(&self) -> SizeHint {
        self.incoming.as_ref().map_or(SizeHint::with_exact(0), Body::size_hint)
    }
}
