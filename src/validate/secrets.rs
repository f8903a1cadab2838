//! Names of members whose values are never shown.

use std::sync::Arc;

/// Names of members whose values are never shown. Case, `_` and `-` make no difference: `secretKey` is also
/// `secret_key` and `SECRET-KEY`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Secrets(Arc<[Secret]>);

#[derive(Clone, Debug, PartialEq, Eq)]
struct Secret {
    name: String,
    letters: Vec<char>,
}

impl Secrets {
    /// Members of these names.
    pub fn new<N: Into<String>>(names: impl IntoIterator<Item = N>) -> Self {
        let secret = |name: N| {
            let name = name.into();
            Secret { letters: letters(&name).collect(), name }
        };
        Self(names.into_iter().map(secret).collect())
    }

    /// Whether a member of this name is one of them, however it is spelt.
    #[must_use]
    pub fn holds(&self, name: &str) -> bool {
        self.0.iter().any(|secret| letters(name).eq(secret.letters.iter().copied()))
    }

    /// The names as they were given.
    pub fn iter(&self) -> impl Iterator<Item = &str> {
        self.0.iter().map(|secret| secret.name.as_str())
    }
}

fn letters(text: &str) -> impl Iterator<Item = char> {
    text.chars().filter(|character| !matches!(character, '_' | '-')).flat_map(char::to_lowercase)
}
