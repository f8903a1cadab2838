//! Forwards requests to the target, and its responses back.

use std::fmt;
use std::future::poll_fn;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use hyper::body::{Body as _, Bytes, Frame, Incoming};
use hyper::header::{CONTENT_LENGTH, HOST, HeaderValue};
use hyper::http::request::Parts;
use hyper::http::uri::PathAndQuery;
use hyper::{HeaderMap, Method, Request, Response, StatusCode, Version};
use jiff::Timestamp;
use tokio::time::timeout;

use super::super::http::{Abort, Service};
use super::body::Body;
use super::counts::count;
use super::enforce::Gate;
use super::problem::Problem;
use super::queue::{Ending, Head, MAX_WAIT, Queue, Shared};
use super::upload::{Progress, Upload};
use super::upstream::{Lease, Upstream};
use super::watched::Watched;
use super::{fields, keys};
use crate::live::{Address, Exchange, Timeouts, coding, is_partial};
use crate::payload::{self, NotValidated, Selection};

/// The target of requests, and what is done with its responses.
pub(super) struct Forward {
    upstream: Arc<Upstream>,
    host: HeaderValue,
    /// Scheme, host and port, for messages.
    server: String,
    timeouts: Timeouts,
    selection: Selection,
    queue: Arc<Queue>,
    pub(super) gate: Option<Gate>,
    /// How messages name settings.
    pub(super) words: fn(&str) -> String,
}

impl fmt::Debug for Forward {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Forward").field("server", &self.server).finish_non_exhaustive()
    }
}

impl Forward {
    /// Nothing if the address has no host that requests can name.
    pub(super) fn new(
        upstream: Arc<Upstream>,
        address: &Address,
        timeouts: Timeouts,
        selection: Selection,
        queue: Arc<Queue>,
    ) -> Option<Self> {
        let server = address.server();
        let host = HeaderValue::from_str(server.split_once("://")?.1).ok()?;
        let words = str::to_owned;
        Some(Self { upstream, host, server, timeouts, selection, queue, gate: None, words })
    }
}

impl Service for Forward {
    type Body = Body;

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Abort> {
        Ok(self.forward(request).await.unwrap_or_else(|problem| problem.response()))
    }
}

impl Forward {
    async fn forward(&self, request: Request<Incoming>) -> Result<Response<Body>, Problem> {
        let (mut parts, body) = request.into_parts();
        let target = parts.uri.path_and_query().filter(|_| parts.method != Method::CONNECT).cloned();
        let head = target.as_ref().and_then(|target| self.selected(&parts, target));
        let mut watched = Watched::new(&self.queue, head);
        let Some(target) = target else {
            watched.end(Ending::Complete);
            let what = "CONNECT is not supported: this is a reverse proxy";
            return Err(Problem::new(StatusCode::NOT_IMPLEMENTED, "http_request_denied", what));
        };
        self.aim(&mut parts, target, !body.is_end_stream());
        let (upload, progress) = Upload::new(body);
        let (response, lease) = match self.respond(Request::from_parts(parts, upload), &progress).await {
            Ok(responded) => responded,
            Err(problem) => {
                let problem = problem.reworded(self.words);
                watched.end(if problem.status == StatusCode::BAD_REQUEST {
                    Ending::Malformed(problem.detail.clone())
                } else {
                    Ending::Failed(format!("no response: {}", problem.detail))
                });
                return Err(problem);
            }
        };
        let (mut parts, body) = response.into_parts();
        let length = parts.headers.get(CONTENT_LENGTH);
        let length = length.and_then(|length| length.to_str().ok()?.parse::<u64>().ok());
        watched.begin(&parts, body.size_hint().exact());
        parts.headers = fields::forwarded(parts.headers, !body.is_end_stream());
        parts.version = Version::HTTP_11;
        let is_checked = watched.is_selected()
            && NotValidated::of_status(parts.status.as_u16()).is_none()
            && !is_partial(parts.status, &parts.headers);
        if let Some(gate) = self.gate.as_ref().filter(|_| is_checked) {
            let coding = coding(&parts.headers);
            let enforced = self.enforce(gate, body, lease, watched, coding).await;
            let (bytes, trailers) = enforced.map_err(|problem| problem.reworded(self.words))?;
            return Ok(Response::from_parts(parts, Body::whole(bytes, trailers)));
        }
        let body = Body::passing(body, length, self.timeouts.read, lease, watched);
        Ok(Response::from_parts(parts, body))
    }

    /// What is kept of a request whose response is validated.
    fn selected(&self, parts: &Parts, target: &PathAndQuery) -> Option<Head> {
        // Responses to these have no payload.
        if parts.method == Method::HEAD || parts.method == Method::OPTIONS {
            return None;
        }
        let request = payload::Request::new(parts.method.as_str(), target.path());
        self.selection.selects(&request).then(|| Head {
            method: request.method,
            target: target.as_str().to_owned(),
            secrets: keys::secrets(&parts.headers),
            fields: HeaderMap::new(),
            exchange: Exchange {
                started: Timestamp::now(),
                wait: Duration::ZERO,
                receive: Duration::ZERO,
                status: StatusCode::OK,
                version: Version::HTTP_11,
                headers: Vec::new(),
                length: 0,
                broken: None,
            },
        })
    }

    /// Turns a request to this machine into one to the target.
    fn aim(&self, parts: &mut Parts, target: PathAndQuery, has_body: bool) {
        parts.uri = target.into();
        parts.headers = fields::of_request(std::mem::take(&mut parts.headers), has_body);
        parts.headers.insert(HOST, self.host.clone());
        parts.version = Version::HTTP_11;
    }

    /// The response of the target, as long as something goes on.
    async fn respond(
        &self,
        request: Request<Upload>,
        progress: &Progress,
    ) -> Result<(Response<Incoming>, Lease), Problem> {
        let time = self.timeouts.read.max(self.timeouts.connect);
        let mut response = pin!(self.upstream.request(request));
        let mut pieces = progress.pieces();
        loop {
            match timeout(time, response.as_mut()).await {
                Ok(Ok((response, _))) if response.status() == StatusCode::SWITCHING_PROTOCOLS => {
                    let what = format!("{}: switches protocols without a request to do so", self.server);
                    return Err(Problem::bad_gateway("http_upgrade_failed", what));
                }
                Ok(Ok(responded)) => return Ok(responded),
                Ok(Err(_)) if progress.is_broken() => {
                    let what = "the body of the request is malformed or incomplete";
                    return Err(Problem::new(StatusCode::BAD_REQUEST, "http_request_error", what));
                }
                Ok(Err(failure)) => return Err(Problem::of(&failure, &self.server)),
                Err(_) if progress.pieces() > pieces => pieces = progress.pieces(),
                Err(_) => {
                    let what = format!("{}: no response in {} ms", self.server, time.as_millis());
                    return Err(Problem::timeout("http_response_timeout", what));
                }
            }
        }
    }

    /// Why a response is not passed on whose body is not held.
    fn not_held(&self, why: &Ending) -> Problem {
        if *why == Ending::Dropped {
            let seconds = MAX_WAIT.as_secs();
            let what = format!("{}: no memory (`max_buffer`) for the response in {seconds} s", self.server);
            return Problem::new(StatusCode::SERVICE_UNAVAILABLE, "proxy_internal_error", what);
        }
        let what = format!("{}: the response is too large to be validated (`max_body`)", self.server);
        Problem::bad_gateway("http_response_body_size", what)
    }

    /// The whole body with its trailers, if it is valid.
    async fn enforce(
        &self,
        gate: &Gate,
        mut body: Incoming,
        lease: Lease,
        mut watched: Watched,
        coding: String,
    ) -> Result<(Bytes, Option<HeaderMap>), Problem> {
        let (length, mut trailers) = (body.size_hint().exact(), None);
        let mut data = Bytes::new();
        let what = loop {
            if let Err(why) = watched.hold(&data, length).await {
                watched.end(why.clone());
                return Err(self.not_held(&why));
            }
            let frame = poll_fn(|context| Pin::new(&mut body).poll_frame(context));
            data = match timeout(self.timeouts.read, frame).await {
                Ok(None) => break None,
                Ok(Some(Ok(frame))) => frame.into_data().unwrap_or_else(|frame: Frame<Bytes>| {
                    trailers = frame.into_trailers().ok();
                    Bytes::new()
                }),
                Ok(Some(Err(error))) => break Some(format!("truncated by the target: {error}")),
                Err(_) => break Some("truncated: the target sent nothing more in time".to_owned()),
            };
        };
        if let Some(what) = what {
            watched.end(Ending::Broken(what.clone()));
            let what = format!("{}: {what}", self.server);
            return Err(Problem::bad_gateway("http_response_incomplete", what));
        }
        lease.end();
        let Some(held) = watched.finish(Ending::Complete) else { return Ok((Bytes::new(), trailers)) };
        let checked = gate.check(Arc::clone(&held), coding, self.queue.max_body).await;
        checked.inspect_err(|_| count(&self.queue.counters.refused))?;
        Ok((Bytes::from_owner(Shared(held)), trailers))
    }
}
