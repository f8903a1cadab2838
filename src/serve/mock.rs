//! A mock server that runs in a thread.

use std::net::SocketAddr;
use std::sync::Arc;

use super::admin::Admin;
use super::api::Api;
use super::dataset::Dataset;
use super::http::{self, Limits, Running};
use super::journal::Received;
use super::options::Options;
use crate::error::Error;

/// A mock of an API, which serves a data set. It stops when it is dropped.
///
/// It runs in a thread of its own, so that tests may be asynchronous or not, and may run in parallel.
///
/// ```
/// use clients_contract::contract;
/// use clients_contract::serve::{Dataset, Mock};
///
/// let mock = Mock::start(&Dataset::generated(contract::usual(), 137, 7)?)?;
/// assert!(mock.url().starts_with("http://127.0.0.1:"));
/// assert!(mock.requests().is_empty());
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Debug)]
pub struct Mock {
    api: Api,
    running: Running,
    path: &'static str,
}

impl Mock {
    /// Starts a server of this data set on any free port of this machine.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Network`](crate::ErrorKind::Network) when there is no port or thread.
    pub fn start(data: &Dataset) -> Result<Self, Error> {
        Self::with(data, Options::default())
    }

    /// The same with options.
    ///
    /// # Errors
    ///
    /// As [`Self::start`]; [`ErrorKind::Usage`](crate::ErrorKind::Usage) for unknown envelopes, presets, rules
    /// and properties in the options.
    pub fn with(data: &Dataset, options: Options) -> Result<Self, Error> {
        let listener = http::bind(&options.host, options.port)?;
        let is_loopback = listener.local_addr().is_ok_and(|address| address.ip().is_loopback());
        let api = Api::new(data, options, is_loopback)?;
        let running = http::start(listener, Limits::default(), Arc::new(api.clone()))?;
        Ok(Self { api, running, path: &data.contract().path })
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.running.address()
    }

    /// The URL of the server, without a path: what `validate` takes.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address())
    }

    /// The URL of the endpoint. Each parameter of the path is 1.
    #[must_use]
    pub fn endpoint(&self) -> String {
        let step = |step: &'static str| if step.starts_with('{') { "1" } else { step };
        let path: Vec<&str> = self.path.split('/').map(step).collect();
        format!("{}{}", self.url(), path.join("/"))
    }

    /// The number of requests to the API so far, since the last reset.
    #[must_use]
    pub fn served(&self) -> u64 {
        self.api.requests()
    }

    /// The latest requests in their order, at most 1,000.
    #[must_use]
    pub fn requests(&self) -> Vec<Received> {
        self.api.received()
    }

    /// Forgets requests, limits and used steps of a scenario, and draws the same faults again.
    pub fn reset(&self) {
        self.api.reset();
    }

    /// Accepts no more connections, and waits until open requests are completed, for up to ten seconds.
    pub fn drain(mut self) {
        self.running.drain();
    }
}
