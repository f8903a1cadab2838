//! JSON Pointers.

use std::borrow::Cow;
use std::fmt;
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// One step of a [`Pointer`].
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Token {
    /// A member of an object.
    Key(
        #[serde(with = "key")]
        #[schemars(with = "String")]
        Arc<str>,
    ),
    /// An item of an array, counted from 0.
    Index(usize),
}

/// A location in a JSON document: a JSON Pointer (RFC 6901) that knows which of its steps are
/// array indexes.
///
/// ```
/// use clients_contract::Pointer;
///
/// let place = Pointer::root().key("things").index(3).key("a/b");
/// assert_eq!(place.to_string(), "/things/3/a~1b");
/// assert_eq!(place.starred(), "/things/*/a~1b");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(transparent)]
pub struct Pointer {
    tokens: Vec<Token>,
}

impl Pointer {
    /// The whole document.
    #[must_use]
    pub fn root() -> Self {
        Self::default()
    }

    /// The location that these steps lead to.
    pub(crate) fn of_tokens(tokens: Vec<Token>) -> Self {
        Self { tokens }
    }

    /// The member `key` of this location.
    #[must_use]
    pub fn key(mut self, key: &str) -> Self {
        self.push(Token::Key(key.into()));
        self
    }

    /// The item `index` of this location.
    #[must_use]
    pub fn index(mut self, index: usize) -> Self {
        self.push(Token::Index(index));
        self
    }

    /// Goes one step down.
    pub fn push(&mut self, token: Token) {
        self.tokens.push(token);
    }

    /// Goes one step up; `None` at the root.
    pub fn pop(&mut self) -> Option<Token> {
        self.tokens.pop()
    }

    /// The steps from the root to the location.
    #[must_use]
    pub fn tokens(&self) -> &[Token] {
        &self.tokens
    }

    /// Reads the text of a JSON Pointer that was made for `document`: the document says which
    /// steps are indexes. Steps below a location that the document does not have are keys.
    #[must_use]
    pub fn of_text(text: &str, document: &Value) -> Self {
        let mut here = Some(document);
        let mut pointer = Self::root();
        for raw in text.split('/').skip(1) {
            let name = unescape(raw);
            let item = match here {
                Some(Value::Array(items)) => name.parse().ok().map(|index| (index, items.get(index))),
                _ => None,
            };
            if let Some((index, value)) = item {
                pointer.push(Token::Index(index));
                here = value;
            } else {
                here = here.and_then(|value| value.get(&*name));
                pointer.push(Token::Key(name.into()));
            }
        }
        pointer
    }

    /// The value at this location of a document.
    #[cfg(feature = "generate")]
    pub(crate) fn find_mut<'v>(&self, document: &'v mut Value) -> Option<&'v mut Value> {
        self.tokens.iter().try_fold(document, |value, token| match token {
            Token::Key(key) => value.as_object_mut()?.get_mut(&**key),
            Token::Index(index) => value.as_array_mut()?.get_mut(*index),
        })
    }

    /// The pointer with `*` for every array index.
    #[must_use]
    pub fn starred(&self) -> String {
        let mut text = String::new();
        for token in &self.tokens {
            text.push('/');
            match token {
                Token::Key(key) => escape(key, &mut text),
                Token::Index(_) => text.push('*'),
            }
        }
        text
    }

    /// The same location with every key of more than 200 characters cut: what people read and
    /// reports keep, not a way back into the document.
    #[must_use]
    pub fn shortened(mut self) -> Self {
        const MAX_LENGTH: usize = 200;
        for token in &mut self.tokens {
            if let Token::Key(key) = token
                && key.len() > MAX_LENGTH
                && let Some((cut, _)) = key.char_indices().nth(MAX_LENGTH)
            {
                *key = format!("{}…({} bytes)", &key[..cut], key.len()).into();
            }
        }
        self
    }
}

impl fmt::Display for Pointer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut text = String::new();
        for token in &self.tokens {
            text.push('/');
            match token {
                Token::Key(key) => escape(key, &mut text),
                Token::Index(index) => text.push_str(&index.to_string()),
            }
        }
        f.write_str(&text)
    }
}

/// Keys as texts: `serde` shares none by itself.
mod key {
    use std::sync::Arc;

    use serde::{Deserialize, Deserializer, Serializer};

    pub(super) fn serialize<S: Serializer>(key: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(key)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
        String::deserialize(deserializer).map(Arc::from)
    }
}

/// The text of a JSON Pointer with one step more.
pub(crate) fn child(pointer: &str, key: &str) -> String {
    let mut text = format!("{pointer}/");
    escape(key, &mut text);
    text
}

/// Appends `key` as one step of a JSON Pointer.
pub(crate) fn escape(key: &str, into: &mut String) {
    for character in key.chars() {
        match character {
            '~' => into.push_str("~0"),
            '/' => into.push_str("~1"),
            other => into.push(other),
        }
    }
}

/// The key of one step of a JSON Pointer's text.
pub(crate) fn unescape(step: &str) -> Cow<'_, str> {
    if step.contains('~') {
        Cow::Owned(step.replace("~1", "/").replace("~0", "~"))
    } else {
        Cow::Borrowed(step)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    #[test]
    fn a_numeric_key_is_not_an_index() {
        let document = json!({"0": [{"1": null}]});
        let pointer = Pointer::of_text("/0/0/1", &document);
        assert_eq!(pointer.starred(), "/0/*/1");
        assert_eq!(pointer.to_string(), "/0/0/1");
    }

    #[test]
    fn escapes_survive() {
        let pointer = Pointer::root().key("~/").key("");
        assert_eq!(pointer.to_string(), "/~0~1/");
        assert_eq!(Pointer::of_text("/~0~1/", &json!({})), pointer);
    }

    #[test]
    fn a_key_of_a_megabyte_is_cut() {
        let pointer = Pointer::root().key(&"é".repeat(500_000)).shortened();
        assert!(pointer.to_string().len() < 500);
        assert!(pointer.to_string().ends_with("…(1000000 bytes)"));
    }
}
