//! Refuses requests that a page of another site makes a browser send.

use std::net::IpAddr;

use hyper::HeaderMap;
use hyper::header::{HOST, ORIGIN};
use hyper::http::uri::Authority;

/// The names of a server.
#[derive(Clone, Debug)]
pub(super) struct Names {
    /// The configured host.
    pub(super) host: String,
    /// Whether it accepts connections of this machine only.
    pub(super) is_loopback: bool,
}

impl Names {
    /// Whether a request was sent on purpose: by a program, or by a page of this machine or of the server.
    ///
    /// # Errors
    ///
    /// What is wrong with it.
    pub(super) fn check(&self, headers: &HeaderMap) -> Result<(), &'static str> {
        let field = |name: &str| headers.get(name).map(|value| value.to_str().unwrap_or_default());
        let (origin, site) = (field(ORIGIN.as_str()), field("sec-fetch-site"));
        let host = field(HOST.as_str()).unwrap_or_default();
        let is_browser = origin.is_some() || site.is_some();
        // Another site can have its name resolved to this machine.
        if (self.is_loopback || is_browser) && !self.is_known(host) {
            return Err("the name in `Host` is not one of this server");
        }
        match (origin, site) {
            (Some(origin), _) => {
                let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
                let is_own = authority.eq_ignore_ascii_case(host) || is_loopback(&name_of(authority));
                if is_own { Ok(()) } else { Err("the `Origin` is another site") }
            }
            (None, Some("cross-site")) => Err("the request is from another site (`Sec-Fetch-Site`)"),
            _ => Ok(()),
        }
    }

    fn is_known(&self, authority: &str) -> bool {
        let name = name_of(authority);
        name.parse::<IpAddr>().is_ok() || is_loopback(&name) || name.eq_ignore_ascii_case(&self.host)
    }
}

/// The host of an authority, without port and brackets; nothing where it is invalid.
fn name_of(authority: &str) -> String {
    let host = authority.parse::<Authority>().map(|authority| authority.host().to_ascii_lowercase());
    host.unwrap_or_default().trim_matches(['[', ']']).to_owned()
}

fn is_loopback(name: &str) -> bool {
    name == "localhost"
        || name.ends_with(".localhost")
        || name.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn pages_of_other_sites_are_refused() {
        let loopback = Names { host: "127.0.0.1".to_owned(), is_loopback: true };
        let any = Names { host: "mock.test".to_owned(), is_loopback: false };
        for (host, origin, site, on_loopback, on_any) in [
            ("127.0.0.1:4010", "", "", true, true),
            ("localhost:4010", "", "", true, true),
            ("[::1]:4010", "", "", true, true),
            ("localhost", "http://localhost:3000", "same-site", true, true),
            ("127.0.0.1:4010", "http://localhost:3000", "cross-site", true, true),
            ("127.0.0.1:4010", "http://127.0.0.1:4010", "same-origin", true, true),
            ("127.0.0.1:4010", "", "none", true, true),
            ("127.0.0.1:4010", "https://evil.example", "cross-site", false, false),
            ("127.0.0.1:4010", "https://evil.example", "", false, false),
            ("127.0.0.1:4010", "null", "", false, false),
            ("127.0.0.1:4010", "", "cross-site", false, false),
            ("evil.example:4010", "http://evil.example:4010", "same-origin", false, false),
            ("evil.example:4010", "", "same-origin", false, false),
            ("localhost.evil.example", "", "", false, true),
            ("mock", "", "", false, true),
            ("mock.test:4010", "http://mock.test:4010", "same-origin", false, true),
            ("192.168.1.7:4010", "http://192.168.1.7:4010", "same-origin", true, true),
            ("", "", "", false, true),
        ] {
            let mut headers = HeaderMap::new();
            for (name, value) in [("host", host), ("origin", origin), ("sec-fetch-site", site)] {
                if !value.is_empty() {
                    headers.insert(name, value.parse().unwrap());
                }
            }
            let found = [&loopback, &any].map(|names| names.check(&headers).is_ok());
            assert_eq!(found, [on_loopback, on_any], "{host} {origin} {site}");
        }
    }
}
