//! Requests of the target, on connections that are kept.

use std::fmt;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use hyper::body::{Body as _, Incoming};
use hyper::client::conn::http1::{Builder, SendRequest};
use hyper::{Request, Response};
use hyper_util::rt::TokioIo;

use super::connect::{Connector, Refused};
use super::upload::Upload;

/// Bytes of a response's head; more are an error.
const MAX_HEAD: usize = 256 << 10;

/// Header fields of a response; more are an error.
const MAX_FIELDS: usize = 256;

/// Idle connections that are kept, and how long.
const MAX_IDLE: usize = 256;
const MAX_IDLE_TIME: Duration = Duration::from_secs(30);

/// The target.
pub(super) struct Upstream {
    connector: Connector,
    idle: Mutex<Vec<Idle>>,
}

/// A connection to the target.
struct Idle {
    sender: SendRequest<Upload>,
    reads: Arc<AtomicU64>,
    since: Instant,
}

/// A connection whose response is being received. Dropped, it is closed.
pub(super) struct Lease {
    upstream: Arc<Upstream>,
    connection: Idle,
}

impl fmt::Debug for Lease {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Lease").finish_non_exhaustive()
    }
}

impl Lease {
    /// Keeps the connection for another request, now that the response has been received.
    pub(super) fn end(self) {
        let Self { upstream, mut connection } = self;
        connection.since = Instant::now();
        let mut idle = upstream.idle.lock().unwrap_or_else(PoisonError::into_inner);
        if idle.first().is_some_and(|oldest| oldest.since.elapsed() > MAX_IDLE_TIME) {
            idle.retain(|idle| idle.since.elapsed() <= MAX_IDLE_TIME);
        }
        if idle.len() < MAX_IDLE {
            idle.push(connection);
        }
    }
}

/// Why there is no response.
#[derive(Debug)]
pub(super) enum Failure {
    Connection(Refused),
    Response(hyper::Error),
}

impl Upstream {
    pub(super) fn new(connector: Connector) -> Arc<Self> {
        Arc::new(Self { connector, idle: Mutex::default() })
    }

    /// Sends a request. A target may close a kept connection at the moment when the next request is sent. Those
    /// that can be repeated (safe methods without a body) are then sent again, once, on a new connection; all
    /// others are sent on a new one in the first place.
    pub(super) async fn request(
        self: &Arc<Self>,
        mut request: Request<Upload>,
    ) -> Result<(Response<Incoming>, Lease), Failure> {
        let is_repeatable = request.method().is_safe() && request.body().is_end_stream();
        while is_repeatable && let Some(mut connection) = self.kept().await {
            let (parts, body) = request.into_parts();
            let again = parts.clone();
            let reads = connection.reads.load(Ordering::Relaxed);
            match connection.sender.try_send_request(Request::from_parts(parts, body)).await {
                Ok(response) => return Ok((response, self.lease(connection))),
                Err(mut failed) => match failed.take_message() {
                    // It was not sent.
                    Some(unsent) => request = unsent,
                    None if connection.reads.load(Ordering::Relaxed) == reads => {
                        request = Request::from_parts(again, Upload::default());
                        break;
                    }
                    None => return Err(Failure::Response(failed.into_error())),
                },
            }
        }
        let mut connection = self.connected().await?;
        let response = connection.sender.send_request(request).await.map_err(Failure::Response)?;
        Ok((response, self.lease(connection)))
    }

    fn lease(self: &Arc<Self>, connection: Idle) -> Lease {
        Lease { upstream: Arc::clone(self), connection }
    }

    /// The connection that was used last, if it is still open.
    async fn kept(&self) -> Option<Idle> {
        loop {
            let mut idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner).pop()?;
            if idle.since.elapsed() <= MAX_IDLE_TIME && idle.sender.ready().await.is_ok() {
                return Some(idle);
            }
        }
    }

    async fn connected(&self) -> Result<Idle, Failure> {
        let stream = self.connector.connect().await.map_err(Failure::Connection)?;
        let reads = stream.reads();
        let handshake = Builder::new()
            .max_header_size(MAX_HEAD)
            .max_buf_size(MAX_HEAD)
            .max_headers(MAX_FIELDS)
            .preserve_header_case(true)
            .handshake(TokioIo::new(stream));
        let (sender, connection) = handshake.await.map_err(Failure::Response)?;
        tokio::spawn(connection);
        Ok(Idle { sender, reads, since: Instant::now() })
    }
}
