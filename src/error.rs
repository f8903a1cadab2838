//! The library's error: a kind, a subject and what is wrong with it.

use std::error::Error as StdError;
use std::fmt;

/// The kind of an error; decides the exit code of the tool.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ErrorKind {
    /// The call itself was wrong: an option, a combination of options, a setting.
    Usage,
    /// Something that should be read could not be read.
    Input,
    /// Something that should be written could not be written.
    Output,
    /// A server could not be reached, or its response was unusable.
    Network,
    /// A schema is not JSON, not a schema, or refers to something that is not at hand.
    Schema,
    /// The request is understood, but this version cannot do it.
    Unsupported,
}

/// An operation failed. Findings about a payload are never an `Error`.
///
/// The message begins with the subject (a file, an option, a JSON Pointer); the cause, where there
/// is one, is [`source`](StdError::source).
///
/// ```
/// use clients_contract::{ErrorKind, Schema};
///
/// let error = Schema::from_slice("broken.json", b"{").unwrap_err();
/// assert_eq!(error.kind(), ErrorKind::Schema);
/// assert!(error.to_string().starts_with("broken.json:1:2: "));
/// ```
pub struct Error(Box<Inner>);

struct Inner {
    kind: ErrorKind,
    subject: String,
    message: String,
    line: Option<u64>,
    source: Option<Box<dyn StdError + Send + Sync>>,
}

impl Error {
    /// An error with this subject: a file, an option or a JSON Pointer; empty if it is the call as a whole.
    #[must_use]
    pub fn new(kind: ErrorKind, subject: impl Into<String>, message: impl Into<String>) -> Self {
        Self(Box::new(Inner {
            kind,
            subject: subject.into(),
            message: message.into(),
            line: None,
            source: None,
        }))
    }

    /// The same error with the cause it came from.
    #[must_use]
    pub fn because(mut self, source: impl Into<Box<dyn StdError + Send + Sync>>) -> Self {
        self.0.source = Some(source.into());
        self
    }

    /// The same error with the line (counted from 1) of the file that its subject is in.
    #[must_use]
    pub fn on_line(mut self, line: u64) -> Self {
        self.0.line = Some(line);
        self
    }

    /// The same error with this file before its subject.
    #[must_use]
    pub fn within(mut self, file: &str) -> Self {
        self.0.subject.insert_str(0, file);
        self
    }

    /// The kind of error.
    #[must_use]
    pub fn kind(&self) -> ErrorKind {
        self.0.kind
    }

    /// The subject: a file, an option or a JSON Pointer; may be empty.
    #[must_use]
    pub fn subject(&self) -> &str {
        &self.0.subject
    }

    /// The line of the file, where the subject does not include it.
    #[must_use]
    pub fn line(&self) -> Option<u64> {
        self.0.line
    }

    /// The message with its causes, without the subject.
    #[must_use]
    pub fn message(&self) -> String {
        let mut text = self.0.message.clone();
        let mut cause = self.source();
        while let Some(error) = cause {
            text.push_str(": ");
            text.push_str(&error.to_string());
            cause = error.source();
        }
        text
    }
}

impl fmt::Display for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if !self.0.subject.is_empty() {
            write!(f, "{}: ", self.0.subject)?;
        }
        f.write_str(&self.0.message)
    }
}

impl fmt::Debug for Error {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:?}: {self}", self.0.kind)
    }
}

impl StdError for Error {
    fn source(&self) -> Option<&(dyn StdError + 'static)> {
        match &self.0.source {
            Some(source) => Some(&**source),
            None => None,
        }
    }
}

/// Declares the error of parsing a type from text; its message has what was expected.
macro_rules! parse_error {
    ($(#[$about:meta])+ $Error:ident) => {
        $(#[$about])+
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $Error(String);

        impl ::std::fmt::Display for $Error {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.write_str(&self.0)
            }
        }

        impl ::std::error::Error for $Error {}
    };
}
pub(crate) use parse_error;

/// Makes the values of a type readable and printable by their names: `ALL` lists them, `name` names each.
macro_rules! named {
    ($Type:ident, $what:literal, $Error:ident) => {
        $crate::error::parse_error! {
            #[doc = concat!("A text that is no ", $what, ".")]
            $Error
        }

        impl ::std::str::FromStr for $Type {
            type Err = $Error;

            fn from_str(text: &str) -> Result<Self, $Error> {
                let names = || Self::ALL.iter().map(|known| known.name());
                let known = Self::ALL.iter().copied().find(|known| known.name() == text);
                known.ok_or_else(|| $Error($crate::error::unknown($what, text, names())))
            }
        }

        impl ::std::fmt::Display for $Type {
            fn fmt(&self, f: &mut ::std::fmt::Formatter<'_>) -> ::std::fmt::Result {
                f.pad(self.name())
            }
        }
    };
}
pub(crate) use named;

/// The end of a message about an unknown name: the known one that was probably meant.
pub(crate) fn did_you_mean(near: Option<&str>) -> String {
    near.map_or_else(String::new, |near| format!("; did you mean `{near}`?"))
}

/// The message about an unknown name.
pub(crate) fn unknown<'n>(what: &str, text: &str, names: impl Iterator<Item = &'n str>) -> String {
    format!("unknown {what} `{text}`; expected one of {}", names.collect::<Vec<_>>().join(", "))
}
