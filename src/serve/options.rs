//! Options of a mock server.

use std::sync::Arc;

use super::defaults::{self, DefaultFault, Latency, RequestLimit};
use super::scenario::Scenario;
use crate::error::{Error, ErrorKind};
use crate::live::Key;

/// Options of a mock server. By default it listens on any free port of 127.0.0.1, accepts any key, and has no
/// faults.
///
/// ```
/// use clients_contract::serve::Options;
///
/// let options = Options::default().fault("10%:429".parse()?)?.latency("50..200ms".parse()?);
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
#[derive(Clone, Debug)]
pub struct Options {
    pub(super) host: String,
    pub(super) port: u16,
    pub(super) envelope: Option<String>,
    pub(super) keys: Vec<Key>,
    pub(super) limit: Option<RequestLimit>,
    pub(super) faults: Vec<DefaultFault>,
    pub(super) latency: Option<Latency>,
    pub(super) scenario: Arc<Scenario>,
    pub(super) seed: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 0,
            envelope: None,
            keys: Vec::new(),
            limit: None,
            faults: Vec::new(),
            latency: None,
            scenario: Arc::default(),
            seed: 0,
        }
    }
}

impl Options {
    /// Listens on this host name or IP address, and on this port; 0 is any free one.
    #[must_use]
    pub fn address(self, host: &str, port: u16) -> Self {
        Self { host: host.to_owned(), port, ..self }
    }

    /// The envelope of responses [default: that of the data set].
    #[must_use]
    pub fn envelope(self, name: &str) -> Self {
        Self { envelope: Some(name.to_owned()), ..self }
    }

    /// Accepts only this key, and others that are added in the same way.
    #[must_use]
    pub fn key(mut self, key: Key) -> Self {
        self.keys.push(key);
        self
    }

    /// Answers 429 to requests beyond a limit, for each key.
    #[must_use]
    pub fn rate_limit(self, limit: RequestLimit) -> Self {
        Self { limit: Some(limit), ..self }
    }

    /// Adds a default fault for a share of all requests.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the shares of all faults add up to more than 100 %.
    pub fn fault(mut self, fault: DefaultFault) -> Result<Self, Error> {
        self.faults.push(fault);
        if defaults::fit(&self.faults) {
            return Ok(self);
        }
        Err(Error::new(ErrorKind::Usage, "`fault`", "the shares add up to more than 100%"))
    }

    /// Delays every response.
    #[must_use]
    pub fn latency(self, latency: Latency) -> Self {
        Self { latency: Some(latency), ..self }
    }

    /// Follows a scenario.
    #[must_use]
    pub fn scenario(self, scenario: Scenario) -> Self {
        Self { scenario: Arc::new(scenario), ..self }
    }

    /// The seed of faults, delays and violations.
    #[must_use]
    pub fn seed(self, seed: u64) -> Self {
        Self { seed, ..self }
    }
}
