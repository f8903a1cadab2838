//! Options of a proxy.

use crate::live::{Proxy, Record, Timeouts};
use crate::payload::{DEFAULT_MAX_BODY, Selection};

/// Default of [`ProxyOptions::max_buffer`], in bytes.
pub const DEFAULT_MAX_BUFFER: u64 = 256 << 20;

/// Options of a [`Proxy`](super::Proxy). By default it listens on any free port of 127.0.0.1, validates the
/// responses of the contract's endpoint, and records nothing.
///
/// ```
/// use clients_contract::serve::ProxyOptions;
///
/// let options = ProxyOptions { port: 4010, max_body: 64 << 20, ..ProxyOptions::default() };
/// assert_eq!(options.host, "127.0.0.1");
/// ```
#[derive(Clone, Debug)]
pub struct ProxyOptions {
    /// The name or number of the host to listen on.
    pub host: String,
    /// The port to listen on; 0 is any free one.
    pub port: u16,
    /// Which responses are validated and recorded; those of the contract without it.
    pub selection: Option<Selection>,
    /// Maximum size of a response that is validated, in bytes, compressed and decoded.
    pub max_body: u64,
    /// Maximum size of all responses together that are copied, held or wait to be validated, in bytes; at least
    /// [`max_body`](Self::max_body). While they exceed it, copies of further ones are dropped. Those that are
    /// enforced wait up to ten seconds, and are then answered with status 503; one of them at a time may exceed
    /// it.
    pub max_buffer: u64,
    /// `connect` limits a connection with its TLS handshake, `read` each wait for more: of a request, the
    /// beginning of its response, its body. `whole` does not apply: a response may take any time.
    pub timeouts: Timeouts,
    /// Certificates of authorities, as PEM, to trust in addition to the public ones.
    pub certificates: Option<Vec<u8>>,
    /// Whether keys may be forwarded over plain HTTP to another machine.
    pub allow_http: bool,
    /// The HTTP proxy through which the target is reached, if it has an `https://` URL.
    pub proxy: Option<Proxy>,
    /// The file to record responses to.
    pub record: Option<Record>,
}

impl Default for ProxyOptions {
    fn default() -> Self {
        Self {
            host: "127.0.0.1".to_owned(),
            port: 0,
            selection: None,
            max_body: DEFAULT_MAX_BODY,
            max_buffer: DEFAULT_MAX_BUFFER,
            timeouts: Timeouts::default(),
            certificates: None,
            allow_http: false,
            proxy: None,
            record: None,
        }
    }
}
