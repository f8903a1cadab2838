//! Finds the texts in a request that may be keys.

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use percent_encoding::percent_decode_str;

use super::super::masking::is_secret;

/// Shorter texts are parts of many others, and no keys.
const MIN_KEY: usize = 8;

/// Cookies without a telling name are keys from this length, if they are no words.
const MIN_COOKIE: usize = 16;

/// Texts of one request that are looked for in its response.
const MAX_TEXTS: usize = 64;

/// How often a text may be percent-encoded.
const MAX_ENCODED: usize = 3;

/// What separates parts of a value.
const SEPARATORS: &[char] = &[' ', '\t', ',', ';', '&', '?', '#'];

/// Parameters of credentials that are no keys: their values may be words of any text, or parts of the URL.
const PUBLIC: &[&str] = &[
    "algorithm",
    "charset",
    "nc",
    "oauth_signature_method",
    "oauth_timestamp",
    "oauth_version",
    "qop",
    "realm",
    "signedheaders",
    "uri",
    "userhash",
    "username",
    "username*",
];

/// Texts that may be keys, each once.
#[derive(Debug, Default)]
pub(super) struct Texts {
    pub(super) found: Vec<String>,
}

impl Texts {
    pub(super) fn add(&mut self, text: &str) {
        let text = text.trim();
        let is_new = || self.found.iter().all(|known| known != text);
        if text.len() >= MIN_KEY && self.found.len() < MAX_TEXTS && is_new() {
            self.found.push(text.to_owned());
        }
    }

    /// Of two keys, one may be a part of the other.
    pub(super) fn longest_first(&self) -> impl Iterator<Item = &str> {
        let mut sorted: Vec<&str> = self.found.iter().map(String::as_str).collect();
        sorted.sort_by_key(|text| std::cmp::Reverse(text.len()));
        sorted.into_iter()
    }

    /// The value of a field such as `Authorization`: all of it, what follows the scheme, and its parts. Of
    /// `Basic`, also user name and password together, and the password.
    pub(super) fn add_credentials(&mut self, value: &str) {
        let value = value.trim();
        if let Some((scheme, credentials)) = value.split_once(' ') {
            let is_scheme = scheme.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte));
            self.add(if is_scheme { credentials } else { value });
        }
        self.add_parts(value);
        if value.to_ascii_lowercase().contains("basic") {
            for part in parts(value) {
                let Some(pair) = from_base64(part) else { continue };
                if let Some((user, password)) = pair.split_once(':') {
                    self.add(&pair);
                    // Some APIs take a key for the user name, and no password.
                    self.add(if password.is_empty() { user } else { password });
                }
            }
        }
    }

    /// A value that is a key, and its parts.
    pub(super) fn add_parts(&mut self, value: &str) {
        self.add(value);
        for part in parts(value) {
            match pair(part) {
                Some((name, _)) if PUBLIC.contains(&&*name.to_ascii_lowercase()) => {}
                Some((_, value)) => self.add(value.trim_matches('"')),
                None => self.add(part.trim_matches('"')),
            }
        }
    }

    /// Cookies that are named like keys or sessions, or are long and no words: other values may be words of
    /// any text.
    pub(super) fn add_cookies(&mut self, value: &str) {
        for (name, value) in value.split(';').filter_map(pair) {
            let name = name.to_ascii_lowercase();
            let value = value.trim_matches('"');
            let has = |is: fn(&u8) -> bool| value.as_bytes().iter().any(is);
            let is_random = value.len() >= MIN_COOKIE
                && has(u8::is_ascii_digit)
                && has(u8::is_ascii_alphabetic)
                && !value.contains(' ');
            if is_random || is_secret(&name) || name.contains("sess") || name.ends_with("sid") {
                self.add(value);
                self.add(&decoded(value));
            }
        }
    }

    /// What is named like a key in a URL: parameters, and what is a URL or a form in one of these.
    pub(super) fn add_target(&mut self, target: &str) {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        for (name, raw) in query.split('&').filter_map(pair) {
            if is_secret(&decoded(name).to_ascii_lowercase()) {
                self.add_value(raw);
            }
        }
        self.add_pairs(target);
    }

    /// What is named like a key within a text, also one that is percent-encoded.
    pub(super) fn add_pairs(&mut self, text: &str) {
        let mut text = text.to_owned();
        for _ in 0..MAX_ENCODED {
            for (name, value) in parts(&text).filter_map(pair) {
                let name = name.rsplit(['/', '"', '{']).next().unwrap_or_default();
                if is_secret(&name.to_ascii_lowercase()) {
                    self.add_value(value.trim_matches('"'));
                }
            }
            let next = decoded(&text);
            if next == text {
                break;
            }
            text = next;
        }
    }

    /// The value of a parameter, as it is and decoded.
    fn add_value(&mut self, value: &str) {
        self.add(value);
        self.add(&decoded(value));
        self.add(&decoded(&value.replace('+', " ")));
    }
}

/// What separators separate that are not quoted.
fn parts(text: &str) -> impl Iterator<Item = &str> {
    let mut is_quoted = false;
    let parts = text.split(move |c: char| {
        is_quoted ^= c == '"';
        !is_quoted && SEPARATORS.contains(&c)
    });
    parts.filter(|part| !part.is_empty())
}

/// Name and value. The `=` at the end of base64 separates nothing.
fn pair(part: &str) -> Option<(&str, &str)> {
    let (name, value) = part.split_once('=')?;
    (!value.trim_matches('=').is_empty()).then_some((name.trim(), value.trim()))
}

fn decoded(text: &str) -> String {
    percent_decode_str(text).decode_utf8_lossy().into_owned()
}

/// The text of base64, with or without padding. What is no UTF-8 is Latin-1.
fn from_base64(text: &str) -> Option<String> {
    const CONFIG: GeneralPurposeConfig =
        GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let engines = [STANDARD, URL_SAFE].map(|alphabet| GeneralPurpose::new(&alphabet, CONFIG));
    let bytes = engines.iter().find_map(|engine| engine.decode(text).ok())?;
    Some(
        String::from_utf8(bytes)
            .unwrap_or_else(|error| error.into_bytes().into_iter().map(char::from).collect()),
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(add: impl Fn(&mut Texts)) -> Vec<String> {
        let mut texts = Texts::default();
        add(&mut texts);
        texts.found
    }

    #[test]
    fn credentials_are_found_whole_and_in_parts() {
        let of = |value: &str| found(|texts| texts.add_credentials(value));
        assert_eq!(of("Bearer abcdefgh"), ["abcdefgh", "Bearer abcdefgh"]);
        assert!(of("Bearer abcdefgh, Bearer ijklmnop").contains(&"ijklmnop".to_owned()));
        let digest =
            of(r#"Digest username="somebody", realm="Some realm, x", uri="/v2/things", response="AbCdEfGh""#);
        assert!(digest.contains(&"AbCdEfGh".to_owned()), "{digest:?}");
        for public in ["somebody", "Some realm, x", "/v2/things"] {
            assert!(!digest.contains(&public.to_owned()), "{digest:?}");
        }
        // user:pä"s%wörd, in Latin-1 and without padding
        let basic = of("Basic dXNlcjpw5CJzJXf2cmQ");
        assert!(basic.contains(&"pä\"s%wörd".to_owned()), "{basic:?}");
    }

    #[test]
    fn parameters_are_found_wherever_they_are() {
        let of = |target: &str| found(|texts| texts.add_target(target));
        assert_eq!(of("/a?access_token=AbCd+rest1&page=2"), ["AbCd+rest1", "AbCd rest1"]);
        assert_eq!(of("/a?a=1;token=SECRET-1"), ["SECRET-1"]);
        assert_eq!(of("/a;token=SECRET-1/b"), ["SECRET-1/b"]);
        assert_eq!(of("/a?redirect=http%3A//x/%3Fapi_key%3DSECRET%252D1"), ["SECRET%2D1", "SECRET-1"]);
        for name in ["jwt", "sig", "X-Session-Id", "api%5Fkey", "sessionToken", "pwd"] {
            assert_eq!(of(&format!("/a?{name}=SECRET-1")), ["SECRET-1"], "{name}");
        }
        assert_eq!(of("/a?sort=createdAt&design=something"), Vec::<String>::new());
    }

    #[test]
    fn cookies_are_found_unless_they_may_be_words() {
        let of = |value: &str| found(|texts| texts.add_cookies(value));
        assert_eq!(of("theme=dark-mode; connect.sid=s%3Aabcdef"), ["s%3Aabcdef", "s:abcdef"]);
        assert_eq!(of("x=0123456789abcdef; language=english-united-kingdom"), ["0123456789abcdef"]);
    }
}
