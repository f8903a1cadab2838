//! Who asks?

use std::fmt;

use ureq::http::HeaderValue;

use crate::error::{Error, ErrorKind};

/// An API key. It is sent in one header, and nothing shows it: it has no `Display`, and its `Debug` hides it.
#[derive(Clone)]
pub struct Key(String);

/// Shorter ones could be any text of an answer.
const LEAST: usize = 8;

impl Key {
    /// A key, white space around it left out.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it is shorter than 8 characters or holds something that no header may hold. The message does not
    /// show it.
    pub fn new(text: &str) -> Result<Self, Error> {
        let text = text.trim();
        if text.len() < LEAST || !text.bytes().all(|byte| byte.is_ascii_graphic()) {
            let what = "is no key: it must be one line of at least 8 printable ASCII characters";
            return Err(Error::new(ErrorKind::Usage, "API key", what));
        }
        Ok(Self(text.to_owned()))
    }

    pub(super) fn header(&self) -> Result<HeaderValue, Error> {
        let header = HeaderValue::from_str(&format!("Bearer {}", self.0));
        let mut header = header.map_err(|_| Error::new(ErrorKind::Usage, "API key", "fits no header"))?;
        header.set_sensitive(true);
        Ok(header)
    }

    /// Hides the key where a server sent it back.
    pub(super) fn scrub(&self, bytes: &mut [u8]) {
        let key = self.0.as_bytes();
        let found: Vec<usize> = memchr::memmem::find_iter(bytes, key).collect();
        for at in found {
            bytes[at..at + key.len()].fill(b'*');
        }
    }

    pub(super) fn scrubbed(&self, text: &str) -> String {
        text.replace(&self.0, "***")
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
        let error = Key::new("ti_test_\u{7f}0123456789").unwrap_err();
        assert!(!error.to_string().contains("0123"));
    }
}
