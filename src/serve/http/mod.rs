//! HTTP/1.1 connections: accepting them, their limits and timeouts, and how they end.
//!
//! A [`Service`] answers requests; what may arrive and how long it may take is decided here.

mod activity;
mod body;
mod connection;
mod listener;
mod refusal;
mod stream;

use std::error::Error;
use std::future::Future;
use std::time::Duration;

use hyper::body::{Bytes, Incoming};
use hyper::{Request, Response};
use tokio::sync::watch;

pub(super) use body::{Body, Unread, discard};
pub(super) use listener::{Running, bind, start};

/// Answers requests.
pub(super) trait Service: Send + Sync + 'static {
    /// The body of its responses. One that fails ends the connection.
    type Body: hyper::body::Body<Data = Bytes, Error: Into<Box<dyn Error + Send + Sync>>>
        + Send
        + Unpin
        + 'static;

    /// Lines of header fields that are added to responses to requests that cannot be parsed.
    fn refusal_fields(&self) -> String {
        String::new()
    }

    /// The response to a request, or what is done to its connection instead.
    fn answer(
        &self,
        request: Request<Incoming>,
    ) -> impl Future<Output = Result<Response<Self::Body>, Abort>> + Send;
}

/// Ends a connection without a complete response.
#[derive(Clone, Debug)]
pub(super) struct Abort {
    /// Bytes that are sent first, whatever they are.
    pub(super) bytes: Bytes,
    /// Whether the connection is reset (RST), not closed.
    pub(super) reset: bool,
}

impl std::fmt::Display for Abort {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("the connection is ended on purpose")
    }
}

impl std::error::Error for Abort {}

/// What peers may do.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    /// Connections at a time. One more closes the connection that is idle for the longest time; if none is
    /// idle, it waits.
    pub(super) connections: u32,
    /// Bytes of a request's head; more are 431.
    pub(super) head: usize,
    /// Header fields of a request; more are 431.
    pub(super) fields: usize,
    /// Until a request's head is complete, also on a connection that is idle.
    pub(super) head_time: Duration,
    /// Until something more of a response can be sent.
    pub(super) write_time: Duration,
    /// Until open requests are answered, after the server was stopped. Other connections are closed at once.
    pub(super) drain_time: Duration,
    /// Whether names of header fields keep their spelling and no `Date` is added.
    pub(super) forwards: bool,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            connections: 1_024,
            head: 64 << 10,
            fields: 100,
            head_time: Duration::from_secs(30),
            write_time: Duration::from_secs(30),
            drain_time: Duration::from_secs(10),
            forwards: false,
        }
    }
}

/// Waits until a flag is set, or its sender is dropped.
async fn until_set(flag: &mut watch::Receiver<bool>) {
    let _ = flag.wait_for(|set| *set).await;
}

#[cfg(test)]
mod tests {
    use std::io::{Read, Write};
    use std::net::TcpStream;
    use std::sync::Arc;
    use std::thread::sleep;
    use std::time::Instant;

    use super::*;

    /// Answers with more than fits the buffers of a connection.
    struct Large;

    impl Service for Large {
        type Body = Body;

        async fn answer(&self, _: Request<Incoming>) -> Result<Response<Body>, Abort> {
            Ok(Response::new(Body::new(vec![b'x'; 64 << 20].into())))
        }
    }

    fn running() -> Running {
        let short = Duration::from_millis(300);
        let limits = Limits { connections: 2, head_time: short, write_time: short, ..Limits::default() };
        start(bind("127.0.0.1", 0).unwrap(), limits, Arc::new(Large)).unwrap()
    }

    fn connect(running: &Running, request: &str) -> TcpStream {
        let mut stream = TcpStream::connect(running.address()).unwrap();
        stream.set_read_timeout(Some(Duration::from_secs(20))).unwrap();
        stream.write_all(request.as_bytes()).unwrap();
        stream
    }

    const REQUEST: &str = "GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";

    fn read(mut stream: TcpStream) -> usize {
        let mut bytes = Vec::new();
        // A connection that the server ends is often reset.
        let _ = stream.read_to_end(&mut bytes);
        bytes.len()
    }

    #[test]
    fn peers_that_send_or_read_nothing_are_disconnected() {
        let running = running();
        for request in ["", "GET / HTTP/1.1\r\nhost:"] {
            let from = Instant::now();
            assert!(read(connect(&running, request)) < 1_000);
            assert!((200..5_000).contains(&from.elapsed().as_millis()), "{:?}", from.elapsed());
        }
        let deaf = connect(&running, REQUEST);
        sleep(Duration::from_secs(1));
        assert!(read(deaf) < 64 << 20);
        assert!(read(connect(&running, REQUEST)) > 64 << 20);
    }

    #[test]
    fn a_connection_beyond_the_limit_closes_the_one_idle_longest() {
        let long = Duration::from_secs(30);
        let limits = Limits { connections: 2, head_time: long, write_time: long, ..Limits::default() };
        let running = start(bind("127.0.0.1", 0).unwrap(), limits, Arc::new(Large)).unwrap();
        let mut first = connect(&running, "GET / HTTP/1.1\r\nhost:");
        sleep(Duration::from_millis(50));
        let second = connect(&running, "");
        sleep(Duration::from_millis(50));
        let from = Instant::now();
        assert!(read(connect(&running, REQUEST)) > 64 << 20);
        assert!(from.elapsed() < Duration::from_secs(10), "{:?}", from.elapsed());
        assert_eq!(first.read(&mut [0]).unwrap_or(0), 0, "the first one is closed");
        second.set_nonblocking(true).unwrap();
        assert!(second.peek(&mut [0]).is_err(), "the second one is open");
    }

    #[test]
    fn connections_without_a_complete_request_are_closed_at_once_when_the_server_drains() {
        let limits = Limits { head_time: Duration::from_secs(30), ..Limits::default() };
        let mut running = start(bind("127.0.0.1", 0).unwrap(), limits, Arc::new(Large)).unwrap();
        let _half = connect(&running, "GET / HTTP/1.1\r\nhost:");
        let _silent = connect(&running, "");
        let open = connect(&running, REQUEST);
        sleep(Duration::from_millis(200));
        let reading = std::thread::spawn(move || read(open));
        let from = Instant::now();
        running.drain();
        assert!(from.elapsed() < Duration::from_secs(5), "{:?}", from.elapsed());
        assert!(reading.join().unwrap() > 64 << 20, "the open response is completed");
    }
}
