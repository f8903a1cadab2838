//! The address of an instance, and which redirects may receive the API key.

use std::net::IpAddr;

use ureq::http::Uri;

use crate::error::{Error, ErrorKind};

/// The address of an endpoint on one instance, without parameters.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Address {
    secure: bool,
    host: String,
    port: u16,
    path: String,
}

impl Address {
    /// Reads an `http://` or `https://` URL. A URL without a path gets `path`.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it is no such URL, or has a user, a password, a query or a fragment.
    pub fn parse(text: &str, path: &str) -> Result<Self, Error> {
        let wrong = |what: &str| Error::new(ErrorKind::Usage, "URL", what);
        if text.contains(['?', '#']) {
            return Err(wrong("must not have a query or a fragment; set parameters with options"));
        }
        let uri: Uri = text.parse().map_err(|_| wrong("is not a URL"))?;
        if uri.authority().is_some_and(|authority| authority.as_str().contains('@')) {
            return Err(wrong("must not contain a user name or a password"));
        }
        // Of a port that is none, the key would go to the usual one.
        if uri.authority().is_some_and(|authority| port(authority.as_str()).is_err()) {
            return Err(wrong("port must be a number from 1 to 65535"));
        }
        let mut address = Self::of(&uri).ok_or_else(|| wrong("expected an http:// or https:// URL"))?;
        if address.path == "/" {
            if path.contains('{') {
                return Err(wrong("path is missing: the contract's path is a template"));
            }
            path.clone_into(&mut address.path);
        }
        Ok(address)
    }

    fn of(uri: &Uri) -> Option<Self> {
        let secure = match uri.scheme_str()? {
            "https" => true,
            "http" => false,
            _ => return None,
        };
        let host = uri.host().filter(|host| !host.is_empty())?.to_ascii_lowercase();
        let port = port(uri.authority()?.as_str()).ok()?.unwrap_or(if secure { 443 } else { 80 });
        Some(Self { secure, host, port, path: uri.path().to_owned() })
    }

    /// The name or number of the host.
    #[must_use]
    pub fn host(&self) -> &str {
        &self.host
    }

    /// Whether it is HTTPS.
    #[must_use]
    pub fn is_secure(&self) -> bool {
        self.secure
    }

    /// Whether it is a loopback address.
    #[must_use]
    pub fn is_loopback(&self) -> bool {
        let host = self.host.trim_start_matches('[').trim_end_matches(']');
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
    }

    /// The URL.
    #[must_use]
    pub fn url(&self) -> String {
        format!("{}{}", self.server(), self.path)
    }

    /// The number of the port.
    #[cfg(feature = "serve")]
    pub(crate) fn port(&self) -> u16 {
        self.port
    }

    /// The path.
    #[cfg(feature = "serve")]
    pub(crate) fn path(&self) -> &str {
        &self.path
    }

    /// Refuses plain HTTP to another machine, unless it is allowed.
    pub(crate) fn keep_key_private(&self, allow_http: bool) -> Result<(), Error> {
        if self.secure || self.is_loopback() || allow_http {
            return Ok(());
        }
        let what = "plain HTTP would expose the API key; use HTTPS, or set `allow_http`";
        Err(Error::new(ErrorKind::Usage, self.url(), what))
    }

    /// Scheme, host and port, where it is not the usual one.
    pub(crate) fn server(&self) -> String {
        let (scheme, usual) = if self.secure { ("https", 443) } else { ("http", 80) };
        let port = if self.port == usual { String::new() } else { format!(":{}", self.port) };
        format!("{scheme}://{}{port}", self.host)
    }

    /// The server of a URL, if that is another one than this address has; unknown for a path alone.
    pub(super) fn other_server(&self, url: &str) -> Option<String> {
        let scheme = if self.secure { "https" } else { "http" };
        let absolute = if url.starts_with("//") { format!("{scheme}:{url}") } else { url.to_owned() };
        if !absolute.contains("://") {
            return None;
        }
        match absolute.parse().ok().and_then(|uri| Self::of(&uri)) {
            None => Some("an invalid URL".to_owned()),
            Some(other) => Some(other.server()).filter(|server| *server != self.server()),
        }
    }

    /// Where a redirect leads, parameters included, if that is still the same server: the key goes nowhere
    /// else.
    pub(super) fn redirected(&self, location: &str) -> Result<(Self, String), &'static str> {
        let absolute = if location.starts_with("//") {
            format!("{}:{location}", if self.secure { "https" } else { "http" })
        } else if location.starts_with('/') {
            Self { path: location.to_owned(), ..self.clone() }.url()
        } else {
            location.to_owned()
        };
        let uri: Uri = absolute.parse().map_err(|_| "redirects to an invalid URL")?;
        let query = uri.query().unwrap_or_default().to_owned();
        let next = Self::of(&uri).ok_or("redirects to a URL that is not HTTP")?;
        // Another port may be another's; only the usual ones of HTTP and HTTPS belong together.
        let upgraded = next.secure && !self.secure && (self.port, next.port) == (80, 443);
        if next.host != self.host || !upgraded && next.port != self.port {
            return Err(
                "redirects to another host, which is not sent the API key; pass that host if it is the right one",
            );
        }
        if self.secure && !next.secure {
            return Err("redirects to plain HTTP, over which the API key is not sent");
        }
        Ok((next, query))
    }
}

/// The port behind host and colon, if there is one. IPv6 addresses are in brackets.
pub(super) fn port(authority: &str) -> Result<Option<u16>, ()> {
    let behind = authority.rsplit_once(']').map_or(authority, |(_, behind)| behind);
    match behind.split_once(':') {
        None => Ok(None),
        Some((_, digits)) if digits.bytes().all(|byte| byte.is_ascii_digit()) => {
            digits.parse().ok().filter(|port| *port > 0).map(Some).ok_or(())
        }
        Some(_) => Err(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn servers_differ_by_scheme_host_and_port() {
        let address = Address::parse("https://acme.example.com", "/x").unwrap();
        for same in [
            "https://ACME.example.com:443/y?page=1",
            "/x?page=1",
            "HTTPS://acme.example.com",
            "//acme.example.com/x",
        ] {
            assert_eq!(address.other_server(same), None, "{same}");
        }
        for (url, server) in [
            ("http://acme.example.com/x", "http://acme.example.com"),
            ("https://acme.example.com:8443/x", "https://acme.example.com:8443"),
            ("https://acme.example.com.evil.example/x", "https://acme.example.com.evil.example"),
            ("https://acme.example.com@evil.example/x", "https://evil.example"),
            ("//evil.example/x", "https://evil.example"),
            ("ftp://acme.example.com/x", "an invalid URL"),
            ("https://a b/x", "an invalid URL"),
        ] {
            assert_eq!(address.other_server(url).as_deref(), Some(server), "{url}");
        }
    }

    #[test]
    fn an_address_is_read_and_a_wrong_one_refused() {
        let url = |text| Address::parse(text, "/x").map(|address| address.url());
        assert_eq!(url("https://A.example.com:443/").unwrap(), "https://a.example.com/x");
        assert_eq!(url("http://[::1]:80/y").unwrap(), "http://[::1]/y");
        for text in ["https://", "ftp://a/", "https://u:secret@a/", "https://a/?page=2", "https://a b/"] {
            let error = url(text).unwrap_err().to_string();
            assert!(!error.contains("secret"), "{error}");
        }
    }

    #[test]
    fn a_port_that_is_none_is_not_the_usual_one() {
        let url = |text| Address::parse(text, "/x").map(|address| address.url());
        assert_eq!(url("https://a.example.com:65535").unwrap(), "https://a.example.com:65535/x");
        assert_eq!(url("http://[::1]:08080").unwrap(), "http://[::1]:8080/x");
        for port in ["65536", "99999", "0", "-1", "+80", "18446744073709551616", "8x", "", "80:80"] {
            for host in ["a.example.com", "[::1]"] {
                let text = format!("https://{host}:{port}/y");
                let refused = Address::parse(&text, "/x").unwrap_err();
                assert_eq!(refused.kind(), ErrorKind::Usage, "{port}");
            }
        }
        let from = Address::parse("https://a.example.com/x", "/").unwrap();
        assert!(from.redirected("https://a.example.com:99999/y").is_err());
    }

    #[test]
    fn only_this_machine_is_loopback() {
        let local = |text| Address::parse(text, "/").unwrap().is_loopback();
        assert!(["http://localhost:1", "http://127.9.0.1", "http://[::1]:8"].into_iter().all(local));
        assert!(
            !["http://localhost.example.com", "http://10.0.0.1", "http://0.0.0.0"].into_iter().any(local)
        );
    }

    #[test]
    fn a_redirect_leads_nowhere_else() {
        let from = Address::parse("https://a.example.com/x", "/").unwrap();
        let to = |location| from.redirected(location).map(|(address, query)| (address.url(), query));
        assert_eq!(to("/y?p=1").unwrap(), ("https://a.example.com/y".to_owned(), "p=1".to_owned()));
        assert!(to("https://a.example.com/y").is_ok());
        for location in
            ["//b.example.com/y", "https://a.example.com:8443/y", "http://a.example.com/y", "", "y"]
        {
            assert!(to(location).is_err(), "{location}");
        }
        let plain = Address::parse("http://a.example.com/x", "/").unwrap();
        assert!(plain.redirected("https://a.example.com/x").is_ok());
        assert!(plain.redirected("https://a.example.com:8443/x").is_err());
    }
}
