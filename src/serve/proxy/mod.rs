//! A reverse proxy that validates copies of the responses that pass.

mod body;
mod connect;
mod copies;
mod counts;
mod enforce;
mod fields;
mod forward;
mod keys;
mod options;
mod problem;
mod problems;
mod queue;
mod texts;
mod tls;
mod upload;
mod upstream;
mod watched;

pub use copies::Copies;
pub use counts::Traffic;
pub use options::{DEFAULT_MAX_BUFFER, ProxyOptions};

use std::net::{IpAddr, SocketAddr, TcpListener, ToSocketAddrs};
use std::sync::Arc;

use super::http::{self, Limits, Running};
use crate::contract::Contract;
use crate::error::{Error, ErrorKind};
use crate::finding::{Policy, Severity};
use crate::live::Address;
use crate::validate::Validator;
use connect::Connector;
use counts::Counters;
use enforce::Gate;
use forward::Forward;
use queue::Queue;
use upstream::Upstream;

/// A reverse proxy in front of an instance. What passes is not changed and not delayed: copies of responses
/// are validated and recorded by the reader of its [`Copies`]. It stops when it is dropped.
///
/// ```
/// use clients_contract::contract;
/// use clients_contract::live::Address;
/// use clients_contract::run::{Run, Source};
/// use clients_contract::serve::{Dataset, Mock, Proxy, ProxyOptions};
///
/// let contract = contract::usual();
/// let mock = Mock::start(&Dataset::generated(contract, 137, 7)?)?;
/// let address = Address::parse(&mock.url(), "/")?;
/// let (mut proxy, copies) = Proxy::new(contract, &address, ProxyOptions::default())?;
/// proxy.start()?;
/// // Here, the test of a consumer runs against `proxy.url()`.
/// proxy.drain();
/// let report = Run::new(contract).source(Source::arriving(copies)).execute()?;
/// assert_eq!(report.checked.validated(), 0);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Debug)]
pub struct Proxy {
    address: SocketAddr,
    target: String,
    counters: Arc<Counters>,
    ready: Option<(TcpListener, Forward)>,
    running: Option<Running>,
}

impl Proxy {
    /// A proxy that forwards to the server of `address`, whose path is `/`, and the copies of the responses
    /// to the requests that the contract is about. Connections wait until [`Proxy::start`].
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when keys would be forwarded over plain HTTP to another machine, for a target
    /// with a path or that is the proxy itself, and for a record with the wrong extension or that is not
    /// empty; [`ErrorKind::Network`] when the port is in use; [`ErrorKind::Output`] when the record cannot be
    /// written; [`ErrorKind::Input`] for certificates that cannot be read.
    pub fn new(
        contract: &Contract,
        address: &Address,
        options: ProxyOptions,
    ) -> Result<(Self, Copies), Error> {
        let wrong = |what: &str| Error::new(ErrorKind::Usage, address.url(), what);
        if address.path() != "/" {
            return Err(wrong("must not have a path: requests bring their own"));
        }
        address.keep_key_private(options.allow_http)?;
        let ProxyOptions { timeouts, certificates, proxy, .. } = &options;
        if proxy.is_some() && !address.is_secure() {
            return Err(wrong("plain HTTP is not sent through a proxy, which would see API keys; use HTTPS"));
        }
        let connector = Connector::new(address, proxy.clone(), certificates.as_deref(), timeouts.connect)?;
        let listener = http::bind(&options.host, options.port)?;
        let bound = listener
            .local_addr()
            .map_err(|error| Error::new(ErrorKind::Network, "server", "has no address").because(error))?;
        if is_own(address, bound) {
            return Err(wrong("is the proxy itself"));
        }
        let counters = Arc::<Counters>::default();
        let (queue, received) = Queue::new(options.max_body, options.max_buffer, &counters);
        let copies = Copies::new(received, &queue, address, contract, options.record.as_ref())?;
        let selection = options.selection.unwrap_or_else(|| contract.selection());
        let upstream = Upstream::new(connector);
        let forward = Forward::new(upstream, address, options.timeouts, selection, queue)
            .ok_or_else(|| wrong("has no valid host"))?;
        let (target, ready) = (address.server(), Some((listener, forward)));
        Ok((Self { address: bound, target, counters, ready, running: None }, copies))
    }

    /// Answers 502 in place of selected responses with findings at or above this severity, by this validator
    /// and after this policy. Each is then held until it is complete. `contract` is what messages call it.
    pub fn enforce(&mut self, contract: &str, validator: Validator, policy: Policy, min: Severity) {
        if let Some((_, forward)) = &mut self.ready {
            forward.gate = Some(Gate::new(contract, validator, policy, min));
        }
    }

    /// Has messages to consumers name settings in this way: they have them in backticks, such as `` `max_body` ``.
    pub fn name_settings(&mut self, words: fn(&str) -> String) {
        if let Some((_, forward)) = &mut self.ready {
            forward.words = words;
        }
    }

    /// Begins to forward.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Network`] when the system gives no thread or socket.
    pub fn start(&mut self) -> Result<(), Error> {
        if let Some((listener, forward)) = self.ready.take() {
            let limits = Limits { forwards: true, ..Limits::default() };
            self.running = Some(http::start(listener, limits, Arc::new(forward))?);
        }
        Ok(())
    }

    /// The address that it listens on.
    #[must_use]
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// The URL of the proxy.
    #[must_use]
    pub fn url(&self) -> String {
        format!("http://{}", self.address)
    }

    /// Scheme, host and port that it forwards to.
    #[must_use]
    pub fn target(&self) -> &str {
        &self.target
    }

    /// What passed so far.
    #[must_use]
    pub fn traffic(&self) -> Traffic {
        self.counters.now()
    }

    /// Accepts no more connections, closes those without a request, and waits until open requests are answered,
    /// for up to ten seconds. The copies end then.
    pub fn drain(&mut self) {
        self.drain_until(|| false);
    }

    /// The same until `is_abandoned`, which is asked again and again: then, open connections are closed.
    pub fn drain_until(&mut self, is_abandoned: impl FnMut() -> bool) {
        self.ready = None;
        if let Some(mut running) = self.running.take() {
            running.drain_until(is_abandoned);
        }
    }
}

/// Whether connections to the address come back to this socket.
fn is_own(address: &Address, bound: SocketAddr) -> bool {
    if address.port() != bound.port() {
        return false;
    }
    let host = address.host().trim_start_matches('[').trim_end_matches(']');
    // A host that is not found yet is reported to consumers.
    let mut found = (host, bound.port()).to_socket_addrs().into_iter().flatten();
    let own = bound.ip().to_canonical();
    found.any(|found| match found.ip().to_canonical() {
        // The unspecified address leads to this machine.
        ip if ip.is_unspecified() => own.is_unspecified() || own.is_loopback(),
        ip if own.is_unspecified() => (own.is_ipv6() || ip.is_ipv4()) && is_local(ip),
        ip => ip == own,
    })
}

/// Whether it is an address of this machine: no socket can be bound to others.
fn is_local(ip: IpAddr) -> bool {
    TcpListener::bind((ip, 0)).is_ok()
}

#[cfg(test)]
mod tests {
    use std::net::UdpSocket;

    use super::*;

    #[test]
    fn a_target_on_an_address_of_this_machine_is_the_proxy_itself() {
        // Connecting a UDP socket sends nothing, and gives the address that this machine has in its network.
        let socket = UdpSocket::bind("0.0.0.0:0").unwrap();
        let network = socket.connect("192.0.2.1:9").and_then(|()| socket.local_addr());
        let network = network.map_or_else(|_| "127.0.0.1".to_owned(), |address| address.ip().to_string());
        for (bound, host, expected) in [
            ("0.0.0.0:4010", &*network, true),
            ("0.0.0.0:4010", "127.0.0.1", true),
            ("0.0.0.0:4010", "localhost", true),
            ("0.0.0.0:4010", "0.0.0.0", true),
            ("0.0.0.0:4010", "[::ffff:127.0.0.1]", true),
            ("0.0.0.0:4010", "192.0.2.1", false),
            ("0.0.0.0:4010", "no.such.host.invalid", false),
            ("[::]:4010", &*network, true),
            ("[::]:4010", "127.0.0.1", true),
            ("127.0.0.1:4010", "127.0.0.1", true),
            ("127.0.0.1:4010", "0.0.0.0", true),
            ("127.0.0.1:4010", "127.0.0.2", false),
            ("127.0.0.1:4011", "127.0.0.1", false),
            ("192.0.2.7:4010", "192.0.2.7", true),
        ] {
            let address = Address::parse(&format!("http://{host}:4010"), "/").unwrap();
            assert_eq!(is_own(&address, bound.parse().unwrap()), expected, "{bound} {host}");
        }
    }
}
