//! Hides keys in what is shown of requests.

use std::ops::Range;

use base64::Engine;
use base64::engine::general_purpose::STANDARD_NO_PAD;
use memchr::memmem;

use crate::live::Key;

/// Replaces a secret.
pub(super) const HIDDEN: &str = "***";

/// Shorter secrets are parts of many texts: they are hidden only where they are a whole value.
const MIN_LENGTH: usize = 4;

/// Maximum number of secrets that are searched for.
const MAX_SECRETS: usize = 64;

/// Whether something of this name in lower case is never shown.
pub(super) fn is_secret(name: &str) -> bool {
    const PARTS: [&str; 13] = [
        "auth",
        "cookie",
        "credential",
        "jwt",
        "key",
        "passphrase",
        "passwd",
        "password",
        "pwd",
        "secret",
        "session",
        "signature",
        "token",
    ];
    PARTS.iter().any(|part| name.contains(part)) || name.ends_with("sig")
}

/// Secrets, which are hidden in every spelling: as they are, percent-encoded, and in base64.
#[derive(Clone, Debug, Default)]
pub(super) struct Secrets {
    keys: Vec<(String, Key)>,
    short: Vec<String>,
    prefixes: Vec<String>,
}

impl Secrets {
    /// Those of all requests: these keys, and every word that begins with one of these prefixes.
    pub(super) fn new(keys: &[Key], prefixes: impl IntoIterator<Item = String>) -> Self {
        let keys = keys.iter().map(|key| (String::new(), key.clone())).collect();
        Self { keys, short: Vec::new(), prefixes: prefixes.into_iter().collect() }
    }

    fn add(&mut self, secret: &str) {
        let secret = secret.trim();
        if secret.is_empty() || self.keys.len() + self.short.len() >= MAX_SECRETS {
            return;
        }
        if secret.len() < MIN_LENGTH {
            self.short.push(secret.to_owned());
        } else if self.keys.iter().all(|(known, _)| known != secret) {
            self.keys.push((secret.to_owned(), Key::sent(secret)));
        }
    }

    /// Adds the value of a header field or parameter, if its name is that of a secret.
    pub(super) fn add_value(&mut self, name: &str, value: &str) {
        let name = name.to_ascii_lowercase();
        // Values of cookies may be words of any text.
        if !is_secret(&name) || name.contains("cookie") {
            return;
        }
        let scheme = value.trim().split_once(' ').filter(|_| name.ends_with("authorization"));
        let (scheme, credentials) = scheme.unwrap_or(("", value));
        self.add(credentials);
        if scheme.eq_ignore_ascii_case("basic") {
            let decoded = STANDARD_NO_PAD.decode(credentials.trim().trim_end_matches('='));
            let decoded = String::from_utf8(decoded.unwrap_or_default()).unwrap_or_default();
            let (user, password) = decoded.split_once(':').unwrap_or((&decoded, ""));
            // Some APIs take a key for the user name, and no password.
            self.add(if password.is_empty() { user } else { password });
        }
    }

    /// The text without the secrets.
    pub(super) fn hide(&self, text: &str) -> String {
        if self.short.iter().any(|secret| secret == text) {
            return HIDDEN.to_owned();
        }
        let mut text = text.to_owned();
        for (secret, key) in &self.keys {
            if !secret.is_empty() {
                text = text.replace(secret, HIDDEN);
            }
            text = key.scrubbed(&text);
        }
        self.prefixes.iter().fold(text, |text, prefix| without_words(&text, prefix))
    }

    /// The value of a header field or parameter of this name.
    pub(super) fn hide_value(&self, name: &str, value: &str) -> String {
        if !is_secret(&name.to_ascii_lowercase()) {
            return self.hide(value);
        }
        let is_scheme =
            |scheme: &str| scheme.len() <= 10 && scheme.bytes().all(|byte| byte.is_ascii_alphabetic());
        match value.trim().split_once(' ') {
            Some((scheme, _)) if name.ends_with("authorization") && is_scheme(scheme) => {
                format!("{scheme} {HIDDEN}")
            }
            _ => HIDDEN.to_owned(),
        }
    }
}

/// The words in text that begin so, and are long enough to be a key.
pub(super) fn keys_with(text: &[u8], prefix: &str) -> Vec<Range<usize>> {
    const MIN_KEY: usize = 8;
    let is_word = |byte: &&u8| byte.is_ascii_alphanumeric() || b"_-".contains(byte);
    let mut found: Vec<Range<usize>> = Vec::new();
    if prefix.is_empty() {
        return found;
    }
    for at in memmem::find_iter(text, prefix) {
        let end = at + prefix.len();
        let end = end + text[end..].iter().take_while(is_word).count();
        if end - at >= MIN_KEY && found.last().is_none_or(|last| at >= last.end) {
            found.push(at..end);
        }
    }
    found
}

/// The text without the words that begin so.
fn without_words(text: &str, prefix: &str) -> String {
    if prefix.is_empty() {
        return text.to_owned();
    }
    let mut parts = text.split(prefix);
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |shown, part| {
        shown + HIDDEN + part.trim_start_matches(|c: char| c.is_ascii_alphanumeric() || "_-".contains(c))
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_are_hidden_in_every_spelling() {
        let mut secrets = Secrets::new(&[Key::new("configured_0123").unwrap()], ["tk_".to_owned()]);
        for (name, value) in [
            ("authorization", "Bearer s3cret"),
            ("proxy-authorization", "Basic dXNlcjE6cGFzczE="),
            // A key and no password: `k0123:`
            ("authorization", "Basic azAxMjM6"),
            ("X-Api-Key", "k7"),
            ("cookie", "a=word"),
            ("page", "words"),
        ] {
            secrets.add_value(name, value);
        }
        for (text, expected) in [
            ("as s3cret is", "as *** is"),
            ("%733cret", "********"),
            ("%25733cret", "**********"),
            ("czNjcmV0", "********"),
            ("configured%5F0123", "*****************"),
            ("a pass1 b", "a *** b"),
            ("user1", "user1"),
            ("a k0123 b", "a *** b"),
            ("k7", "***"),
            ("k78", "k78"),
            ("of tk_live_1-a, and b", "of ***, and b"),
            ("words", "words"),
        ] {
            assert_eq!(secrets.hide(text), expected, "{text}");
        }
        for (name, value, expected) in [
            ("authorization", "Digest username=\"a\", response=\"b\"", "Digest ***"),
            ("authorization", "plain", "***"),
            ("set-cookie", "a=b", "***"),
            ("x", "s3cret", "***"),
        ] {
            assert_eq!(secrets.hide_value(name, value), expected, "{name}: {value}");
        }
    }
}
