//! The proxy of a walk.

use std::fmt;
use std::str::FromStr;

#[cfg(feature = "serve")]
use base64::{Engine, engine::general_purpose::STANDARD};
use ureq::ProxyProtocol;
#[cfg(feature = "serve")]
use ureq::http::HeaderValue;

use super::address::port;
use crate::error::parse_error;

/// An HTTP proxy that tunnels HTTPS (`CONNECT`): it sees the host name and nothing else. `Debug` hides
/// its password.
///
/// ```
/// use clients_contract::live::Proxy;
///
/// assert!("http://user:password@proxy.example.com:3128".parse::<Proxy>().is_ok());
/// assert!("socks5://proxy.example.com".parse::<Proxy>().is_err());
/// assert!("http://proxy.example.com:65536".parse::<Proxy>().is_err());
/// ```
#[derive(Clone)]
pub struct Proxy(ureq::Proxy);

impl Proxy {
    /// Its host and port.
    #[must_use]
    pub fn server(&self) -> String {
        format!("{}:{}", self.0.host(), self.0.port())
    }

    pub(super) fn inner(&self) -> ureq::Proxy {
        self.0.clone()
    }
}

#[cfg(feature = "serve")]
impl Proxy {
    pub(crate) fn host(&self) -> &str {
        self.0.host()
    }

    pub(crate) fn port(&self) -> u16 {
        self.0.port()
    }

    /// Whether the connection to the proxy itself has TLS.
    pub(crate) fn is_secure(&self) -> bool {
        self.0.protocol() == ProxyProtocol::Https
    }

    /// The value of `Proxy-Authorization`, if it has a user.
    pub(crate) fn authorization(&self) -> Option<HeaderValue> {
        let user = self.0.username()?;
        let text = format!("{user}:{}", self.0.password().unwrap_or_default());
        let mut value = HeaderValue::from_str(&format!("Basic {}", STANDARD.encode(text))).ok()?;
        value.set_sensitive(true);
        Some(value)
    }
}

parse_error! {
    /// A text that is not the address of a proxy that can be used. The message does not show it: it may hold
    /// a password.
    ParseProxyError
}

impl FromStr for Proxy {
    type Err = ParseProxyError;

    /// Reads the address of a proxy: a URL, or a host and perhaps a port.
    fn from_str(text: &str) -> Result<Self, ParseProxyError> {
        let wrong = |what: &str| ParseProxyError(what.to_owned());
        let text = text.trim();
        let authority = text.split_once("://").map_or(text, |(_, rest)| rest).split(['/', '?', '#']).next();
        let host = authority.map(|authority| authority.rsplit_once('@').map_or(authority, |(_, host)| host));
        if host.is_some_and(|host| port(host).is_err()) {
            return Err(wrong("port must be a number from 1 to 65535"));
        }
        let proxy = ureq::Proxy::new(text)
            .map_err(|_| wrong("is not the address of a proxy, such as http://proxy.example.com:3128"))?;
        match proxy.protocol() {
            ProxyProtocol::Http | ProxyProtocol::Https => Ok(Self(proxy)),
            _ => Err(wrong("SOCKS proxies are not supported; use an HTTP proxy")),
        }
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({})", self.server())
    }
}
