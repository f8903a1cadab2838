//! Through whom does the walk go?

use std::fmt;

use ureq::ProxyProtocol;

use crate::error::{Error, ErrorKind};

/// A proxy that opens a tunnel (`CONNECT`) for HTTPS: it learns the name of the host, and nothing of what is said. `Debug` hides
/// its password.
///
/// ```
/// use clients_contract::live::Proxy;
///
/// assert!(Proxy::parse("http://user:password@proxy.example.com:3128").is_ok());
/// assert!(Proxy::parse("socks5://proxy.example.com").is_err());
/// ```
#[derive(Clone)]
pub struct Proxy(ureq::Proxy);

impl Proxy {
    /// Reads the address of a proxy: a URL, or a host and perhaps a port.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it is none, or that of a SOCKS proxy. The message does not show it: it may hold a password.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::new(ErrorKind::Usage, "proxy", what);
        let proxy = ureq::Proxy::new(text.trim())
            .map_err(|_| wrong("is not the address of a proxy, such as http://proxy.example.com:3128"))?;
        match proxy.protocol() {
            ProxyProtocol::Http | ProxyProtocol::Https => Ok(Self(proxy)),
            _ => Err(wrong("is a SOCKS proxy; only HTTP proxies can be used")),
        }
    }

    pub(super) fn inner(&self) -> ureq::Proxy {
        self.0.clone()
    }
}

impl fmt::Debug for Proxy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Proxy({}:{})", self.0.host(), self.0.port())
    }
}
