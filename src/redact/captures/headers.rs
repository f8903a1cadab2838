//! Rewrites headers: those of a list are kept, and of their values what says nothing about anybody.

use super::urls::{METHODS, Texts};
use crate::redact::{Treatment, Vocabulary};

/// What the values of a header are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Header {
    /// Words of a list.
    Words(&'static [&'static str]),
    /// Codings, perhaps with their weights.
    Codings,
    /// What may be cached, and for how many seconds.
    Cache,
    /// Languages.
    Languages,
    /// A small number, perhaps with the windows that it is for.
    Number,
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
    ("accept-encoding", Header::Codings),
    ("accept-ranges", Header::Words(&["bytes", "none"])),
    ("age", Header::Number),
    ("allow", Header::Words(&METHODS)),
    ("cache-control", Header::Cache),
    ("connection", Header::Words(&["close", "keep-alive", "upgrade"])),
    ("content-language", Header::Languages),
    ("content-location", Header::Url),
    ("content-type", Header::Media),
    ("etag", Header::Identifier),
    ("host", Header::Host),
    ("if-none-match", Header::Identifier),
    ("link", Header::Links),
    ("location", Header::Url),
    ("origin", Header::Url),
    ("pragma", Header::Words(&["no-cache"])),
    ("referer", Header::Url),
    ("request-id", Header::Identifier),
    ("retry-after", Header::Number),
    ("ratelimit-limit", Header::Number),
    ("ratelimit-remaining", Header::Number),
    ("ratelimit-reset", Header::Number),
    ("vary", Header::Words(&VARYING)),
    ("x-correlation-id", Header::Identifier),
    ("x-ratelimit-limit", Header::Number),
    ("x-ratelimit-remaining", Header::Number),
    ("x-ratelimit-reset", Header::Number),
    ("x-request-id", Header::Identifier),
    ("x-total-count", Header::Number),
];

/// Headers that a response may vary by.
const VARYING: [&str; 12] = [
    "*",
    "accept",
    "accept-encoding",
    "accept-language",
    "authorization",
    "content-type",
    "cookie",
    "host",
    "origin",
    "referer",
    "user-agent",
    "x-requested-with",
];

/// Ways to compress.
const CODINGS: [&str; 8] = ["*", "br", "compress", "deflate", "gzip", "identity", "x-gzip", "zstd"];

/// Directives for caches.
const DIRECTIVES: [&str; 14] = [
    "immutable",
    "max-age",
    "must-revalidate",
    "must-understand",
    "no-cache",
    "no-store",
    "no-transform",
    "only-if-cached",
    "private",
    "proxy-revalidate",
    "public",
    "s-maxage",
    "stale-if-error",
    "stale-while-revalidate",
];

/// What links are about.
const RELATIONS: [&str; 7] = ["first", "last", "next", "prev", "previous", "rel", "self"];

/// Seconds of a year: nothing is cached for longer.
const MAX_SECONDS: u32 = 31_536_000;

/// Digits of a number that says nothing about anybody.
const MAX_DIGITS: usize = 6;

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
    let words = [&VARYING[..], &CODINGS, &DIRECTIVES, &RELATIONS, &TYPES, &SUBTYPES, &CHARSETS];
    let words = words.into_iter().flatten().copied();
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
            Header::Media => self.media(value),
            Header::Identifier => self.redactor.value(Treatment::Identifier, value),
            Header::Url => self.url(value),
            Header::Host => self.host(value),
            Header::Links => self.links(value),
            kind if is_public(*kind, value) => self.keep(value),
            _ => self.redactor.text(value),
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
        let ends = |letter: char| !(letter.is_alphanumeric() || letter == '-');
        let mut words = text.split(ends).filter(|word| !word.is_empty());
        let is_public = words.all(|word| RELATIONS.contains(&word));
        if is_public { out.push_str(text) } else { out.push_str(&self.redactor.text(text)) }
    }
}

/// Whether a header has only what its grammar has, and small numbers.
fn is_public(kind: Header, value: &str) -> bool {
    let among = |list: &[&str], word: &str| list.iter().any(|known| known.eq_ignore_ascii_case(word));
    value.split(',').map(str::trim).enumerate().all(|(index, item)| match kind {
        Header::Words(list) => among(list, item),
        Header::Codings => {
            let (coding, weight) = item.split_once(';').unwrap_or((item, "q=1"));
            let weight = weight.trim().strip_prefix("q=").unwrap_or("-");
            among(&CODINGS, coding.trim()) && is_weight(weight)
        }
        Header::Cache => {
            let (directive, seconds) = item.split_once('=').unwrap_or((item, "0"));
            let is_number = seconds.len() <= 8 && seconds.bytes().all(|byte| byte.is_ascii_digit());
            among(&DIRECTIVES, directive)
                && is_number
                && seconds.parse().is_ok_and(|seconds: u32| seconds <= MAX_SECONDS)
        }
        Header::Languages => {
            let (language, region) = item.split_once('-').map_or((item, None), |(a, b)| (a, Some(b)));
            let tag = region.map_or_else(
                || language.to_ascii_lowercase(),
                |region| format!("{}-{}", language.to_ascii_lowercase(), region.to_ascii_uppercase()),
            );
            Vocabulary::Language.has(&tag)
        }
        Header::Number => match item.split_once(";w=") {
            Some((number, window)) => is_small(number) && is_small(window),
            None => index == 0 && is_small(item),
        },
        _ => false,
    })
}

fn is_small(number: &str) -> bool {
    (1..=MAX_DIGITS).contains(&number.len()) && number.bytes().all(|byte| byte.is_ascii_digit())
}

fn is_weight(text: &str) -> bool {
    (1..=5).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit() || byte == b'.')
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
            "q" => is_weight(value),
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
    fn headers_are_public_by_their_grammar() {
        let is_public = |name: &str, value: &str| {
            let kind = HEADERS.iter().find(|(known, _)| *known == name).unwrap().1;
            super::is_public(kind, value)
        };
        for (name, value) in [
            ("cache-control", "no-cache, max-age=31536000"),
            ("allow", "GET, POST"),
            ("retry-after", "120"),
            ("accept-encoding", "gzip, br;q=0.5"),
            ("content-language", "de-DE, en"),
            ("vary", "Accept-Encoding, Origin"),
            ("ratelimit-limit", "100, 100;w=60"),
        ] {
            assert!(is_public(name, value), "{name}: {value}");
        }
        for (name, value) in [
            ("cache-control", "no-cache=acme"),
            ("cache-control", "max-age=4155551234"),
            ("allow", "JOHN"),
            ("retry-after", "4155551234"),
            ("age", "1234567890"),
            ("content-language", "4915112345 49151"),
            ("content-language", "john"),
            ("vary", "de-us-first-last-private"),
            ("x-ratelimit-limit", "415-867-5309"),
            ("x-ratelimit-limit", "415, 867, 5309"),
        ] {
            assert!(!is_public(name, value), "{name}: {value}");
        }
    }
}
