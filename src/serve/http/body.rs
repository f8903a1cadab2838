//! Bodies of responses, and those of requests, which are read and forgotten.

use std::convert::Infallible;
use std::future::poll_fn;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Sleep, sleep, timeout};

/// The body of a response: in one piece, or slowly piece by piece.
#[derive(Debug, Default)]
pub(in crate::serve) struct Body {
    left: Bytes,
    slow: Option<Slow>,
}

#[derive(Debug)]
struct Slow {
    piece: usize,
    pause: Duration,
    sleeping: Pin<Box<Sleep>>,
}

impl Body {
    pub(in crate::serve) fn new(bytes: Bytes) -> Self {
        Self { left: bytes, slow: None }
    }

    /// The same in this number of pieces, with a pause before each.
    pub(in crate::serve) fn slowly(self, pieces: usize, pause: Duration) -> Self {
        let piece = self.left.len().div_ceil(pieces.max(1)).max(1);
        Self { slow: Some(Slow { piece, pause, sleeping: Box::pin(sleep(pause)) }), ..self }
    }

    pub(in crate::serve) fn bytes(&self) -> &Bytes {
        &self.left
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Infallible>>> {
        let Self { left, slow } = &mut *self;
        if left.is_empty() {
            return Poll::Ready(None);
        }
        let length = match slow {
            Some(slow) => {
                ready!(slow.sleeping.as_mut().poll(context));
                slow.sleeping = Box::pin(sleep(slow.pause));
                slow.piece.min(left.len())
            }
            None => left.len(),
        };
        Poll::Ready(Some(Ok(Frame::data(left.split_to(length)))))
    }

    fn is_end_stream(&self) -> bool {
        self.left.is_empty()
    }

    fn size_hint(&self) -> SizeHint {
        SizeHint::with_exact(self.left.len() as u64)
    }
}

/// Why the body of a request was not read to its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(in crate::serve) enum Unread {
    /// It has too many bytes.
    TooLarge,
    /// It did not come in time.
    Late,
    /// It is malformed, or ends early.
    Broken,
}

/// Reads a body and forgets it.
pub(in crate::serve) async fn discard(mut body: Incoming, max: u64, time: Duration) -> Result<(), Unread> {
    if body.is_end_stream() {
        return Ok(());
    }
    if body.size_hint().lower() > max {
        return Err(Unread::TooLarge);
    }
    let read = async {
        let mut length = 0;
        while let Some(frame) = poll_fn(|context| Pin::new(&mut body).poll_frame(context)).await {
            let frame = frame.map_err(|_| Unread::Broken)?;
            length += frame.data_ref().map_or(0, |data| data.len() as u64);
            if length > max {
                return Err(Unread::TooLarge);
            }
        }
        Ok(())
    };
    timeout(time, read).await.unwrap_or(Err(Unread::Late))
}
