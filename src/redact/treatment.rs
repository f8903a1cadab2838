//! What is done with the values of a field.

use std::fmt;
use std::str::FromStr;

use super::vocabulary::Vocabulary;
use crate::error;

/// What is done with the values of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Treatment {
    /// Kept, whatever they are.
    Keep,
    /// Kept if they are words of this vocabulary; other strings are faked.
    Listed(Vocabulary),
    /// Dates: all moved by the same number of whole days.
    Date,
    /// Identifiers, and references to them.
    Identifier,
    /// Names of people, organisations and things; titles.
    Name,
    /// Names in URLs.
    Slug,
    /// E-mail addresses.
    Email,
    /// URLs, absolute or relative.
    Url,
    /// Host names.
    Host,
    /// Telephone numbers.
    Phone,
    /// Free text.
    Text,
    /// Secrets: masked, so that not even equal values are recognised.
    Mask,
}

/// The classes of treatments, as the summary counts them.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
#[non_exhaustive]
pub enum Class {
    /// Kept.
    Keep,
    /// Moved in time.
    Date,
    /// The same pseudonym for the same value.
    Pseudonym,
    /// Replaced by text of the same shape.
    Fake,
    /// Masked.
    Mask,
}

impl Class {
    /// All classes.
    pub const ALL: [Self; 5] = [Self::Keep, Self::Date, Self::Pseudonym, Self::Fake, Self::Mask];

    /// Its name.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Keep => "keep",
            Self::Date => "date",
            Self::Pseudonym => "pseudonym",
            Self::Fake => "fake",
            Self::Mask => "mask",
        }
    }
}

/// The names of treatments in settings, those of classes among them.
const NAMES: [(&str, Treatment); 13] = [
    ("keep", Treatment::Keep),
    ("date", Treatment::Date),
    ("identifier", Treatment::Identifier),
    ("name", Treatment::Name),
    ("slug", Treatment::Slug),
    ("email", Treatment::Email),
    ("url", Treatment::Url),
    ("host", Treatment::Host),
    ("phone", Treatment::Phone),
    ("text", Treatment::Text),
    ("mask", Treatment::Mask),
    ("pseudonym", Treatment::Name),
    ("fake", Treatment::Text),
];

impl Treatment {
    /// The class that it belongs to.
    #[must_use]
    pub fn class(self) -> Class {
        match self {
            Self::Keep | Self::Listed(_) => Class::Keep,
            Self::Date => Class::Date,
            Self::Text => Class::Fake,
            Self::Mask => Class::Mask,
            _ => Class::Pseudonym,
        }
    }

    /// The names that [`FromStr`] reads.
    pub fn names() -> impl Iterator<Item = &'static str> {
        NAMES.iter().map(|(name, _)| *name)
    }
}

impl fmt::Display for Treatment {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = NAMES.iter().find(|(_, one)| one == self).map(|(name, _)| *name);
        match self {
            Self::Listed(vocabulary) => write!(f, "keep: {}", vocabulary.name()),
            _ => f.write_str(name.unwrap_or_default()),
        }
    }
}

error::parse_error! {
    /// A text that is no treatment.
    ParseTreatmentError
}

impl FromStr for Treatment {
    type Err = ParseTreatmentError;

    fn from_str(text: &str) -> Result<Self, ParseTreatmentError> {
        let known = NAMES.iter().find(|(name, _)| *name == text).map(|(_, treatment)| *treatment);
        known.ok_or_else(|| ParseTreatmentError(error::unknown("treatment", text, Self::names())))
    }
}
