//! Rewrites headers: those of a list are kept, and of their values what says nothing about anybody.

use super::urls::Texts;
use crate::redact::Treatment;

/// What the values of a header are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    /// Words and numbers that are public.
    Words,
    /// Media types.
    Media,
    /// An identifier.
    Identifier,
    /// A URL.
    Url,
    /// A host.
    Host,
    /// URLs in angle brackets with their relations.
    Links,
}

/// The headers that are kept. All others are removed, cookies and credentials among them.
const HEADERS: [(&str, Header); 30] = [
    ("accept", Header::Media),
    ("accept-encoding", Header::Words),
    ("accept-ranges", Header::Words),
    ("age", Header::Words),
    ("allow", Header::Words),
    ("cache-control", Header::Words),
    ("connection", Header::Words),
    ("content-language", Header::Words),
    ("content-location", Header::Url),
    ("content-type", Header::Media),
    ("etag", Header::Identifier),
    ("host", Header::Host),
    ("if-none-match", Header::Identifier),
    ("link", Header::Links),
    ("location", Header::Url),
    ("origin", Header::Url),
    ("pragma", Header::Words),
    ("referer", Header::Url),
    ("request-id", Header::Identifier),
    ("retry-after", Header::Words),
    ("ratelimit-limit", Header::Words),
    ("ratelimit-remaining", Header::Words),
    ("ratelimit-reset", Header::Words),
    ("vary", Header::Words),
    ("x-correlation-id", Header::Identifier),
    ("x-ratelimit-limit", Header::Words),
    ("x-ratelimit-remaining", Header::Words),
    ("x-ratelimit-reset", Header::Words),
    ("x-request-id", Header::Identifier),
    ("x-total-count", Header::Words),
];

/// Words of headers that say nothing about anybody.
const WORDS: [&str; 62] = [
    "accept",
    "accept-encoding",
    "accept-language",
    "asc",
    "br",
    "bytes",
    "cache",
    "charset",
    "close",
    "compress",
    "content-type",
    "cookie",
    "de",
    "deflate",
    "delete",
    "desc",
    "en",
    "es",
    "fr",
    "get",
    "gb",
    "gzip",
    "head",
    "identity",
    "immutable",
    "it",
    "ja",
    "keep-alive",
    "max-age",
    "must-revalidate",
    "must-understand",
    "next",
    "no-cache",
    "no-store",
    "no-transform",
    "none",
    "options",
    "origin",
    "patch",
    "policy",
    "post",
    "prev",
    "private",
    "proxy-revalidate",
    "pt",
    "public",
    "put",
    "q",
    "rel",
    "first",
    "last",
    "s-maxage",
    "stale-if-error",
    "stale-while-revalidate",
    "trace",
    "us",
    "user-agent",
    "authorization",
    "utf-8",
    "w",
    "x-requested-with",
    "zstd",
];

/// Types of media.
const TYPES: [&str; 9] =
    ["*", "application", "audio", "font", "image", "message", "multipart", "text", "video"];

/// Subtypes of media.
const SUBTYPES: [&str; 34] = [
    "*",
    "css",
    "csv",
    "event-stream",
    "form-data",
    "geo+json",
    "gif",
    "graphql",
    "graphql-response+json",
    "gzip",
    "hal+json",
    "html",
    "javascript",
    "jpeg",
    "json",
    "ld+json",
    "manifest+json",
    "mp4",
    "mpeg",
    "octet-stream",
    "pdf",
    "plain",
    "png",
    "problem+json",
    "svg+xml",
    "vnd.api+json",
    "webm",
    "webp",
    "woff2",
    "x-icon",
    "x-javascript",
    "x-ndjson",
    "x-www-form-urlencoded",
    "xml",
];

/// Character sets.
const CHARSETS: [&str; 7] = ["ascii", "iso-8859-1", "latin1", "us-ascii", "utf-16", "utf-8", "utf8"];

/// The names of the headers that are kept.
pub fn kept_headers() -> impl Iterator<Item = &'static str> {
    HEADERS.iter().map(|(name, _)| *name)
}

/// What headers are kept with, and their names.
pub(super) fn public_texts() -> impl Iterator<Item = &'static str> {
    let words = [&WORDS[..], &TYPES, &SUBTYPES, &CHARSETS].into_iter().flatten().copied();
    kept_headers().chain(words)
}

impl Texts<'_> {
    /// What a header becomes; nothing where it is removed.
    pub(super) fn header(&mut self, name: &str, value: &str) -> Option<String> {
        if self.outside.keeps_header(name) {
            self.keep(name);
            return Some(self.keep(value));
        }
        let (_, kind) = HEADERS.iter().find(|(known, _)| known.eq_ignore_ascii_case(name.trim()))?;
        self.keep(name);
        Some(match kind {
            Header::Words if is_public(value) => self.keep(value),
            Header::Words => self.redactor.text(value),
            Header::Media => self.media(value),
            Header::Identifier => self.redactor.value(Treatment::Identifier, value),
            Header::Url => self.url(value),
            Header::Host => self.host(value),
            Header::Links => self.links(value),
        })
    }

    /// Media types, of which the known ones are kept.
    pub(super) fn media(&mut self, value: &str) -> String {
        let types: Vec<String> =
            value.split(',').filter(|one| !one.trim().is_empty()).map(media_type).collect();
        let media = types.join(", ");
        self.keep(&media)
    }

    /// URLs in angle brackets.
    fn links(&mut self, value: &str) -> String {
        let (mut out, mut rest) = (String::new(), value);
        while let Some((before, behind)) = rest.split_once('<') {
            let Some((url, behind)) = behind.split_once('>') else { break };
            self.words(before, &mut out);
            out.push('<');
            out.push_str(&self.url(url));
            out.push('>');
            rest = behind;
        }
        self.words(rest, &mut out);
        self.redactor.written_mut().replaced(value, &out);
        out
    }

    fn words(&mut self, text: &str, out: &mut String) {
        if is_public(text) { out.push_str(text) } else { out.push_str(&self.redactor.text(text)) }
    }
}

/// Whether a text has only words and short numbers that are public.
fn is_public(text: &str) -> bool {
    let ends = |letter: char| !(letter.is_alphanumeric() || letter == '-');
    text.split(ends).filter(|word| !word.is_empty()).all(|word| {
        let is_number = word.len() <= 10 && word.bytes().all(|byte| byte.is_ascii_digit());
        is_number || WORDS.iter().any(|known| known.eq_ignore_ascii_case(word))
    })
}

/// A media type, or one that says as much of an unknown one.
fn media_type(text: &str) -> String {
    let mut parts = text.split(';').map(str::trim);
    let name = parts.next().unwrap_or_default().to_ascii_lowercase();
    let (kind, subtype) = name.split_once('/').unwrap_or((&name, ""));
    let is_json = subtype == "json" || subtype.ends_with("+json");
    let mut out = match (TYPES.contains(&kind), SUBTYPES.contains(&subtype)) {
        (true, true) => name.clone(),
        _ if is_json => "application/json".to_owned(),
        _ => "application/octet-stream".to_owned(),
    };
    for part in parts {
        let (key, value) = part.split_once('=').unwrap_or((part, ""));
        let value = value.trim_matches('"');
        let is_known = match &*key.to_ascii_lowercase() {
            "charset" => CHARSETS.contains(&&*value.to_ascii_lowercase()),
            "q" => value.len() <= 5 && value.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.'),
            _ => false,
        };
        if is_known {
            out.push_str("; ");
            out.push_str(part);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn media_types_keep_what_is_public() {
        for (text, expected) in [
            ("application/json; charset=utf-8", "application/json; charset=utf-8"),
            ("application/vnd.acme.v2+json", "application/json"),
            ("multipart/form-data; boundary=acme", "multipart/form-data"),
            ("acme", "application/octet-stream"),
            ("text/html; charset=acme", "text/html"),
        ] {
            assert_eq!(media_type(text), expected);
        }
    }

    #[test]
    fn words_are_public_one_by_one() {
        for text in ["no-cache, max-age=0", "GET, POST", "120", "gzip, br;q=0.5"] {
            assert!(is_public(text), "{text}");
        }
        for text in ["acme", "no-cache=acme", "12345678901"] {
            assert!(!is_public(text), "{text}");
        }
    }
}
