//! Bodies of responses on their way to the consumer.

use std::error::Error as StdError;
use std::fmt;
use std::pin::Pin;
use std::task::{Context, Poll, ready};
use std::time::Duration;

use hyper::HeaderMap;
use hyper::body::{Body as _, Bytes, Frame, Incoming, SizeHint};
use tokio::time::{Instant, Sleep, sleep};

use super::queue::Ending;
use super::upstream::Lease;
use super::watched::Watched;

/// The body of a response: one of the target as it comes, or a whole one.
#[derive(Debug)]
pub(in crate::serve) struct Body(Kind);

#[derive(Debug)]
enum Kind {
    Whole(Bytes, Option<HeaderMap>),
    /// None, where the head has this `Content-Length`: it is about another response, or 0.
    Absent(u64),
    Passing(Box<Passing>),
}

#[derive(Debug)]
struct Passing {
    incoming: Incoming,
    /// The connection that it comes from.
    lease: Option<Lease>,
    patience: Patience,
    watched: Watched,
    broken: Option<Broken>,
}

/// The target broke off, so that the response cannot be completed.
#[derive(Clone, Debug)]
pub(in crate::serve) struct Broken(String);

impl fmt::Display for Broken {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl StdError for Broken {}

impl Body {
    pub(super) fn whole(bytes: Bytes, trailers: Option<HeaderMap>) -> Self {
        Self(Kind::Whole(bytes, trailers))
    }

    /// A body as it comes, each piece within a time. `length` is what the head has.
    pub(super) fn passing(
        incoming: Incoming,
        length: Option<u64>,
        time: Duration,
        lease: Lease,
        mut watched: Watched,
    ) -> Self {
        if incoming.is_end_stream() {
            lease.end();
            watched.end(Ending::Complete);
            return Self(length.map_or(Kind::Whole(Bytes::new(), None), Kind::Absent));
        }
        let (lease, patience) = (Some(lease), Patience::new(time));
        Self(Kind::Passing(Box::new(Passing { incoming, lease, patience, watched, broken: None })))
    }
}

impl Passing {
    /// The whole body has come.
    fn complete(&mut self) {
        if let Some(lease) = self.lease.take() {
            lease.end();
        }
        self.watched.end(Ending::Complete);
    }

    fn poll(&mut self, context: &mut Context<'_>) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        if let Some(broken) = self.broken.take() {
            return Poll::Ready(Some(Err(broken)));
        }
        let polled = Pin::new(&mut self.incoming).poll_frame(context);
        let broken = match ready!(self.patience.within(polled, context)) {
            Ok(Some(Ok(frame))) => {
                if let Some(data) = frame.data_ref() {
                    self.watched.add(data);
                }
                if frame.is_trailers() || self.incoming.is_end_stream() {
                    self.complete();
                }
                return Poll::Ready(Some(Ok(frame)));
            }
            Ok(None) => {
                self.complete();
                return Poll::Ready(None);
            }
            Ok(Some(Err(error))) => Broken(format!("truncated by the target: {error}")),
            Err(Late) => Broken("truncated: the target sent nothing more in time".to_owned()),
        };
        self.lease = None;
        self.watched.end(Ending::Broken(broken.0.clone()));
        // What came before is sent before the connection is closed.
        self.broken = Some(broken);
        context.waker().wake_by_ref();
        Poll::Pending
    }
}

impl hyper::body::Body for Body {
    type Data = Bytes;
    type Error = Broken;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Broken>>> {
        match &mut self.0 {
            Kind::Whole(bytes, _) if !bytes.is_empty() => {
                Poll::Ready(Some(Ok(Frame::data(std::mem::take(bytes)))))
            }
            Kind::Whole(_, trailers) => Poll::Ready(trailers.take().map(Frame::trailers).map(Ok)),
            Kind::Absent(length) => {
                *length = 0;
                Poll::Ready(None)
            }
            Kind::Passing(passing) => passing.poll(context),
        }
    }

    fn is_end_stream(&self) -> bool {
        match &self.0 {
            Kind::Whole(bytes, trailers) => bytes.is_empty() && trailers.is_none(),
            // Else hyper would drop the length.
            Kind::Absent(_) => false,
            Kind::Passing(passing) => passing.broken.is_none() && passing.incoming.is_end_stream(),
        }
    }

    fn size_hint(&self) -> SizeHint {
        match &self.0 {
            Kind::Whole(_, Some(_)) => SizeHint::default(),
            Kind::Whole(bytes, None) => SizeHint::with_exact(bytes.len() as u64),
            Kind::Absent(length) => SizeHint::with_exact(*length),
            Kind::Passing(passing) => passing.incoming.size_hint(),
        }
    }
}

/// Nothing came in time.
struct Late;

/// Waits up to a time for something to come.
#[derive(Debug)]
struct Patience {
    time: Duration,
    /// Kept from one wait to the next.
    sleeping: Option<Pin<Box<Sleep>>>,
    waits: bool,
}

impl Patience {
    fn new(time: Duration) -> Self {
        Self { time, sleeping: None, waits: false }
    }

    fn within<T>(&mut self, came: Poll<T>, context: &mut Context<'_>) -> Poll<Result<T, Late>> {
        let waited = std::mem::replace(&mut self.waits, came.is_pending());
        if let Poll::Ready(came) = came {
            return Poll::Ready(Ok(came));
        }
        let time = self.time;
        let sleeping = self.sleeping.get_or_insert_with(|| Box::pin(sleep(time)));
        if !waited {
            sleeping.as_mut().reset(Instant::now() + time);
        }
        sleeping.as_mut().poll(context).map(|()| Err(Late))
    }
}
