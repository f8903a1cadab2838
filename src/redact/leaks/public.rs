//! Tells a value that was replaced from what is public, and from what meets it by chance.

use hashbrown::HashSet;

use crate::redact::{captures, shape};

/// Bits of what says something: more than `v1.2.3` has, or a version of HTTP with a status.
const MIN_BITS: u32 = 16;

/// Words of URLs, and of the ranges that are reserved for examples.
const WORDS: [&str; 11] =
    ["example.com", "ftp", "http", "https", "invalid", "localhost", "mailto", "net", "org", "test", "www"];

/// Words that are in captures whatever the values are.
#[derive(Clone, Debug)]
pub(super) struct Public {
    words: HashSet<String>,
}

impl Default for Public {
    fn default() -> Self {
        let mut public = Self { words: HashSet::new() };
        for text in WORDS.into_iter().chain(captures::public_texts()) {
            public.add(text);
        }
        public
    }
}

impl Public {
    /// Adds the words of a text.
    pub(super) fn add(&mut self, text: &str) {
        self.words.extend(words(text).map(str::to_lowercase));
    }

    /// Whether finding a value is a leak; the value in lower case. In what was written for another one, it must
    /// have so many bits: with fewer it is there by chance.
    pub(super) fn is_leak(&self, value: &str, in_written: Option<u32>) -> bool {
        let own = words(value).filter(|word| !self.words.contains(*word));
        own.map(shape::all_bits).sum::<u32>() >= in_written.unwrap_or(0).max(MIN_BITS)
    }
}

fn words(text: &str) -> impl Iterator<Item = &str> {
    text.split(|letter: char| !letter.is_alphanumeric()).filter(|word| !word.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_public_and_what_says_little_is_no_leak() {
        let mut public = Public::default();
        for text in ["/api/v2/things", "page"] {
            public.add(text);
        }
        for value in [
            "/api/v2/things?page=2",
            "application/json",
            "content-type",
            "http/1.1 200",
            "not found",
            "www.example.com",
            "★★★★☆ 0",
            "v1.2.3",
        ] {
            assert!(!public.is_leak(value, None), "{value}");
        }
        for value in ["acme academy", "12 34 56 78", "/api/v2/things/4711-0815", "académie"] {
            assert!(public.is_leak(value, None), "{value}");
            assert!(!public.is_leak(value, Some(64)), "{value}");
        }
        assert!(public.is_leak("the academy of acme", Some(64)));
    }
}
