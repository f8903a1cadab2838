//! The keys of requests, which no record or report shows.

use std::borrow::Cow;
use std::sync::Arc;

use hyper::HeaderMap;
use percent_encoding::percent_decode_str;

use super::super::masking::{is_secret, keys_with};
use super::texts::Texts;
use crate::contract::Contract;
use crate::live::Key;

/// The keys in the header fields of a request.
pub(super) fn secrets(headers: &HeaderMap) -> Vec<String> {
    let mut texts = Texts::default();
    for (name, value) in headers {
        let (name, value) = (name.as_str(), String::from_utf8_lossy(value.as_bytes()));
        if name.contains("cookie") {
            texts.add_cookies(&value);
        } else if name.ends_with("authorization") || is_bearer(&value) {
            texts.add_credentials(&value);
        } else if is_secret(name) {
            texts.add_parts(&value);
        }
        texts.add_pairs(&value);
    }
    texts.found
}

fn is_bearer(value: &str) -> bool {
    value.trim().split_once(' ').is_some_and(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"))
}

/// The keys of requests, of which those of the last one are known already.
#[derive(Debug)]
pub(super) struct Keys {
    /// What every key of the contract begins with.
    prefixes: Arc<[String]>,
    texts: Vec<String>,
    all: Vec<Key>,
}

/// What is hidden of one request and its response.
#[derive(Debug)]
pub(super) struct Hidden {
    pub(super) keys: Vec<Key>,
    prefixes: Arc<[String]>,
}

impl Keys {
    pub(super) fn new(contract: &Contract) -> Self {
        let prefixes = contract.authentication.iter().flat_map(|one| &one.prefixes);
        let prefixes = prefixes.map(|(prefix, _)| prefix.clone()).collect();
        Self { prefixes, texts: Vec::new(), all: Vec::new() }
    }

    /// The keys in header fields, in parameters that are named like keys, and in any other part of the URL
    /// where they begin like keys of the contract.
    pub(super) fn of(&mut self, found: Vec<String>, target: &str) -> Hidden {
        let mut texts = Texts { found };
        texts.add_target(target);
        let decoded: Cow<'_, [u8]> = percent_decode_str(target).into();
        for prefix in &*self.prefixes {
            for range in keys_with(&decoded, prefix) {
                texts.add(&String::from_utf8_lossy(&decoded[range]));
            }
        }
        if texts.found != self.texts {
            self.all = texts.longest_first().map(Key::sent).collect();
            self.texts = texts.found;
        }
        Hidden { keys: self.all.clone(), prefixes: Arc::clone(&self.prefixes) }
    }
}

impl Hidden {
    /// Writes asterisks over the keys, and over what begins like a key of the contract.
    pub(super) fn scrub(&self, bytes: &mut [u8]) {
        self.keys.iter().for_each(|key| key.scrub(bytes));
        for prefix in &*self.prefixes {
            for range in keys_with(bytes, prefix) {
                bytes[range].fill(b'*');
            }
        }
    }

    /// The same where the text may be cut off within a key.
    pub(super) fn scrub_cut(&self, bytes: &mut [u8]) {
        self.scrub(bytes);
        self.keys.iter().for_each(|key| key.scrub_cut(bytes));
    }

    pub(super) fn scrubbed(&self, text: String) -> String {
        let mut bytes = text.into_bytes();
        self.scrub(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }

    /// The URL without keys, and without the values of parameters that are named like keys.
    pub(super) fn url(&self, url: String) -> String {
        let shown = self.scrubbed(url);
        let Some((before, query)) = shown.split_once('?') else { return shown };
        let pair = |pair: &str| match pair.split_once('=') {
            Some((name, value)) if is_secret_name(name) => {
                let end = if value.ends_with(['&', ';']) { &value[value.len() - 1..] } else { "" };
                format!("{name}=***{end}")
            }
            _ => pair.to_owned(),
        };
        let pairs: String = query.split_inclusive(['&', ';']).map(pair).collect();
        format!("{before}?{pairs}")
    }
}

/// Whether something of this name, percent-encoded or not, is never shown.
fn is_secret_name(name: &str) -> bool {
    is_secret(&percent_decode_str(name).decode_utf8_lossy().to_ascii_lowercase())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_fields_and_parameters() {
        let mut keys = Keys::new(crate::contract::usual());
        let mut headers = HeaderMap::new();
        for text in ["Bearer abc.0123456789", "Basic dXNlcjpwYXNzd29yZA==", "abcdefgh12"] {
            headers.append("authorization", text.parse().unwrap());
        }
        let target = "/a?api_key=zyxwvu%2F98765&page=2&q=ti%5Flive%5Fdecoded";
        let found = keys.of(secrets(&headers), target);
        let url = "https://x/ti_test_1/a?b=abc.0123456789&c=dXNlcjpwYXNzd29yZA==&d=abcdefgh12&e=password\
            &q=ti%5Flive%5Fdecoded&r=(ti_live_1-2_a)&api_key=short&page=2";
        let shown = found.url(url.to_owned());
        for secret in ["ti_", "decoded", "abc.", "dXNl", "abcdefgh12", "password", "short", "1-2"] {
            assert!(!shown.contains(secret), "{shown}");
        }
        assert!(shown.ends_with("&r=(*************)&api_key=***&page=2"), "{shown}");
        assert!(!found.url("/zyxwvu/98765".to_owned()).contains("98765"));
        assert_eq!(keys.of(Vec::new(), "/a").url("/a?page=2&x=ti_l".to_owned()), "/a?page=2&x=ti_l");
    }

    #[test]
    fn the_value_of_any_field_may_be_a_bearer_token() {
        let fields = [("x-upstream", " bearer  q9w8e7r6t5"), ("x-note", "bearer"), ("cookie", "Bearer c=d")];
        let mut headers = HeaderMap::new();
        for (name, value) in fields {
            headers.append(name, value.parse().unwrap());
        }
        let found = Keys::new(crate::contract::usual()).of(secrets(&headers), "/");
        assert_eq!(found.url("/a?x=q9w8e7r6t5".to_owned()), "/a?x=**********");
    }
}
