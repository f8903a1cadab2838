//! The API key, which is never shown.

use std::fmt;

use ureq::http::HeaderValue;

use super::spellings::Spellings;
use crate::error::{Error, ErrorKind};

/// An API key. It has no `Display`, and its `Debug` hides it.
#[derive(Clone)]
pub struct Key {
    text: String,
    spellings: Spellings,
}

/// Shorter ones could be any text of a response, which hiding them would spoil. Longer ones fit no server's
/// headers.
const LENGTHS: std::ops::RangeInclusive<usize> = 8..=4096;

impl Key {
    /// A key, without white space around it.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it has fewer than 8 or more than 4,096 characters, or one that is not
    /// printable ASCII or that no bearer token has (`"`, `%`, `\`). The message does not show it.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        let fits = |byte: u8| byte.is_ascii_graphic() && !matches!(byte, b'"' | b'%' | b'\\');
        if !LENGTHS.contains(&text.len()) || !text.bytes().all(fits) {
            let what = "expected one line of 8 to 4096 printable ASCII characters without `\"`, `%` and `\\`";
            return Err(Error::new(ErrorKind::Usage, "invalid API key", what));
        }
        Ok(Self { text: text.to_owned(), spellings: Spellings::of(text) })
    }

    pub(super) fn header(&self) -> Result<HeaderValue, Error> {
        let header = HeaderValue::from_str(&format!("Bearer {}", self.text));
        let mut header = header
            .map_err(|_| Error::new(ErrorKind::Usage, "API key", "cannot be sent in an HTTP header"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// What a request was sent with, be it a valid key or not.
    #[cfg(feature = "serve")]
    pub(crate) fn sent(text: &str) -> Self {
        Self { text: text.to_owned(), spellings: Spellings::of(text) }
    }

    /// Whether a server was sent this key.
    #[cfg(feature = "serve")]
    pub(crate) fn is(&self, sent: &[u8]) -> bool {
        self.text.as_bytes() == sent
    }

    /// Hides the key where a server sent it back, in clear, escaped, percent-encoded or in base64.
    pub(crate) fn scrub(&self, bytes: &mut [u8]) {
        self.spellings.hide(bytes);
    }

    /// Hides the beginning of the key at the end of text that is cut off there.
    #[cfg(feature = "serve")]
    pub(crate) fn scrub_cut(&self, bytes: &mut [u8]) {
        self.spellings.hide_cut(bytes);
    }

    pub(crate) fn scrubbed(&self, text: &str) -> String {
        let mut bytes = text.as_bytes().to_vec();
        self.scrub(&mut bytes);
        String::from_utf8_lossy(&bytes).into_owned()
    }
}

impl fmt::Debug for Key {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Key(***)")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_key_is_never_shown() {
        let key = Key::new(" ti_test_0123456789\n").unwrap();
        assert_eq!(format!("{key:?} {:?}", key.header().unwrap()), "Key(***) Sensitive");
        let mut body = b"{\"a\": \"ti_test_0123456789\"}".to_vec();
        key.scrub(&mut body);
        assert_eq!(body, b"{\"a\": \"******************\"}");
        for wrong in ["short_1", "ti_test_\u{7f}0123456789", "ti_test_%0123456789", &"long".repeat(1025)] {
            let error = Key::new(wrong).unwrap_err().to_string();
            assert!(!error.contains(wrong) && !error.contains("0123"), "{error}");
        }
    }
}
