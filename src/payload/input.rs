//! Input formats.

use std::path::Path;

use crate::error::named;

/// The format of a file or stream.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Input {
    /// Exactly one JSON document.
    Json,
    /// One JSON document per line (NDJSON, JSON Lines).
    Ndjson,
    /// Concatenated JSON documents, pretty-printed or not; also a single one.
    Documents,
    /// A HAR 1.2 archive.
    Har,
    /// A Postman collection with saved responses.
    Postman,
    /// WireMock's request journal or its recorded mappings.
    WireMock,
    /// Saved HTTP responses: status line, headers, body, as `curl -i` prints them.
    Http,
}

/// What a value was recognized as that is not a payload.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[cfg_attr(not(feature = "captures"), expect(dead_code, reason = "without captures everything is a payload"))]
pub(super) enum Recognized {
    /// A capture of this kind.
    Capture(Input),
    /// Something else, and what to do about it.
    Other(&'static str),
}

impl Input {
    /// Every format.
    pub const ALL: &'static [Self] =
        &[Self::Json, Self::Ndjson, Self::Documents, Self::Har, Self::Postman, Self::WireMock, Self::Http];

    /// The name of the format, as [`FromStr`](std::str::FromStr) takes it.
    ///
    /// ```
    /// use clients_contract::payload::Input;
    ///
    /// assert!(Input::ALL.iter().all(|input| input.name().parse() == Ok(*input)));
    /// assert_eq!(
    ///     "csv".parse::<Input>().unwrap_err().to_string(),
    ///     "unknown kind of input `csv`; expected one of json, ndjson, documents, har, postman, wiremock, http"
    /// );
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Json => "json",
            Self::Ndjson => "ndjson",
            Self::Documents => "documents",
            Self::Har => "har",
            Self::Postman => "postman",
            Self::WireMock => "wiremock",
            Self::Http => "http",
        }
    }

    /// One line of help.
    #[must_use]
    pub fn help(self) -> &'static str {
        match self {
            Self::Json => "one payload per file",
            Self::Ndjson => "one payload per line",
            Self::Documents => "several JSON values in a row, on one or several lines",
            Self::Har => "an HTTP archive (HAR 1.1 or 1.2)",
            Self::Postman => "a Postman collection with saved responses",
            Self::WireMock => "WireMock's request journal or mappings",
            Self::Http => "saved responses with their headers, as curl -i prints them",
        }
    }

    /// Whether bodies have to be taken out of it.
    pub(super) fn is_capture(self) -> bool {
        matches!(self, Self::Har | Self::Postman | Self::WireMock | Self::Http)
    }

    /// What a file of this kind is, in a sentence.
    pub(super) fn what(self) -> &'static str {
        match self {
            Self::Json | Self::Ndjson | Self::Documents => "JSON",
            Self::Har => "HAR",
            Self::Postman => "a Postman collection",
            Self::WireMock => "a journal or mappings of WireMock",
            Self::Http => "saved HTTP",
        }
    }

    /// The format by a file's name, compressed or not: `.ndjson` and `.jsonl` are NDJSON,
    /// `.har` is HAR, others are detected by content.
    #[must_use]
    pub fn of_name(path: &Path) -> Option<Self> {
        match extension(path)?.as_str() {
            "ndjson" | "jsonl" => Some(Self::Ndjson),
            "har" => Some(Self::Har),
            _ => None,
        }
    }

    /// The extensions of files of a directory that are meant to be read.
    pub(super) const EXTENSIONS: [&str; 4] = ["json", "ndjson", "jsonl", "har"];

    /// Whether a file of a directory is meant to be read.
    pub(super) fn is_likely(path: &Path) -> bool {
        extension(path).is_some_and(|extension| Self::EXTENSIONS.contains(&&*extension))
    }
}

named!(Input, "kind of input", ParseInputError);

/// Extensions of compressed files.
const COMPRESSED: &[&str] = &["gz", "zst", "zstd", "br"];

/// The extension in lower case, that of a compression taken off.
fn extension(path: &Path) -> Option<String> {
    let name = path.file_name()?.to_string_lossy().to_ascii_lowercase();
    let mut endings = name.rsplit('.').peekable();
    let captures = cfg!(feature = "captures");
    let ending = endings.find(|ending| !captures || !COMPRESSED.contains(ending))?;
    endings.peek()?;
    Some(ending.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_extension_before_that_of_a_compression_counts() {
        let of = |name| Input::of_name(Path::new(name));
        assert_eq!(of("a.NDJSON"), Some(Input::Ndjson));
        assert_eq!(of("a/b.json"), None);
        assert_eq!(of("har"), None);
        let compressed = cfg!(feature = "captures").then_some(Input::Ndjson);
        assert_eq!(of("a.jsonl.br.gz"), compressed);
        assert_eq!(Input::is_likely(Path::new("day.json.zst")), compressed.is_some());
        assert!(!Input::is_likely(Path::new("notes.txt.gz")));
        assert!(!Input::is_likely(Path::new("json.gz")));
    }
}
