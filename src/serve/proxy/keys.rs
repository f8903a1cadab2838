//! The keys of requests, which no record or report shows.

use std::borrow::Cow;
use std::sync::Arc;

use base64::{Engine, engine::general_purpose::STANDARD};
use hyper::HeaderMap;
use percent_encoding::percent_decode_str;

use super::super::masking::{is_secret, keys_with};
use crate::contract::Contract;
use crate::live::Key;

/// Keys of one request that are looked for in its response.
const MAX_KEYS: usize = 8;

/// The values of the header fields that may have a key.
pub(super) fn secrets(headers: &HeaderMap) -> Vec<String> {
    // Values of cookies may be words of any text.
    let is_named = |name: &str| is_secret(name) && !name.contains("cookie");
    let values = headers.iter().filter_map(|(name, value)| Some((name, value.to_str().ok()?)));
    let secret = values.filter(|(name, value)| is_named(name.as_str()) || is_bearer(value));
    secret.take(MAX_KEYS).map(|(_, value)| value.to_owned()).collect()
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

    /// The keys in header fields, in parameters that are named like keys, and in any other part of the URL where
    /// they begin like keys of the contract.
    pub(super) fn of(&mut self, mut texts: Vec<String>, target: &str) -> Hidden {
        let query = target.split_once('?').map_or("", |(_, query)| query);
        let pairs = form_urlencoded::parse(query.as_bytes());
        texts.extend(
            pairs
                .filter(|(name, _)| is_secret(&name.to_ascii_lowercase()))
                .map(|(_, value)| value.into_owned()),
        );
        let decoded: Cow<'_, [u8]> = percent_decode_str(target).into();
        for prefix in &*self.prefixes {
            let found = keys_with(&decoded, prefix).into_iter().take(MAX_KEYS);
            texts.extend(found.map(|range| String::from_utf8_lossy(&decoded[range]).into_owned()));
        }
        if texts != self.texts {
            self.all = texts.iter().flat_map(|text| of_text(text)).collect();
            self.texts = texts;
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
            Some((name, _)) if is_secret(&name.to_ascii_lowercase()) => format!("{name}=***"),
            _ => pair.to_owned(),
        };
        let pairs: Vec<String> = query.split('&').map(pair).collect();
        format!("{before}?{}", pairs.join("&"))
    }
}

/// The keys in the value of a field: what follows the scheme. Of `Basic`, also the user's name and password. What
/// is too short to be a key is none.
fn of_text(text: &str) -> Vec<Key> {
    let text = text.trim();
    let (scheme, value) = text.split_once(' ').map_or(("", text), |(scheme, value)| (scheme, value.trim()));
    let mut texts = vec![value.to_owned()];
    if scheme.eq_ignore_ascii_case("basic")
        && let Some(pair) = STANDARD.decode(value).ok().and_then(|bytes| String::from_utf8(bytes).ok())
    {
        texts.extend(pair.split_once(':').map(|(_, password)| password.to_owned()));
        texts.push(pair);
    }
    texts.iter().filter_map(|text| Key::new(text).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn keys_are_found_in_fields_and_parameters() {
        let mut keys = Keys::new(crate::contract::usual());
        let texts = ["Bearer abc.0123456789", "Basic dXNlcjpwYXNzd29yZA==", "abcdefgh12"];
        let target = "/a?api_key=zyxwvu%2F98765&page=2&q=ti%5Flive%5Fdecoded";
        let found = keys.of(texts.map(str::to_owned).to_vec(), target);
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
