//! Recognizes values that must not be shared by their shape.

use std::net::{Ipv4Addr, Ipv6Addr};
use std::ops::Range;
use std::sync::LazyLock;

use memchr::memmem::{self, Finder};

/// The shapes: names, and what each is.
pub const SHAPES: [(&str, &str); 9] = [
    ("api-key", "a key of the API, by its prefix"),
    (BASE64, "64 or more characters of base64, such as a certificate"),
    ("bearer-token", "`Bearer` and a token"),
    ("email", "an e-mail address outside of the domains reserved for examples"),
    ("ipv4", "an IPv4 address outside of the documentation networks"),
    ("ipv6", "an IPv6 address outside of 2001:db8::/32"),
    ("jwt", "a JSON Web Token"),
    ("pem", "a key or a certificate in PEM"),
    ("phone", "a telephone number other than 555-01xx"),
];

/// The shape of long base64.
pub(in crate::redact) const BASE64: &str = "base64";

/// Characters of the shortest text with a shape.
const MIN_LENGTH: usize = 7;

/// Characters of the shortest base64 that is a leak.
const MIN_BASE64: usize = 64;

/// Characters of the shortest token behind `Bearer`, and behind the prefix of a key.
const MIN_TOKEN: usize = 8;

/// What bytes of a text are, as bits.
const AT: u8 = 1;
const DOT: u8 = 2;
const COLON: u8 = 4;
const DIGIT: u8 = 8;
const PLUS: u8 = 16;
const HYPHEN: u8 = 32;
const SPACE: u8 = 64;

const KINDS: [u8; 256] = {
    let mut kinds = [0; 256];
    let mut digit = b'0';
    while digit <= b'9' {
        kinds[digit as usize] = DIGIT;
        digit += 1;
    }
    kinds[b'@' as usize] = AT;
    kinds[b'.' as usize] = DOT;
    kinds[b':' as usize] = COLON;
    kinds[b'+' as usize] = PLUS;
    kinds[b'-' as usize] = HYPHEN;
    kinds[b' ' as usize] = SPACE;
    kinds
};

/// The shape that a text has somewhere, if it is not allowed.
pub(in crate::redact) fn find(text: &[u8], prefixes: &[String], allowed: &[&str]) -> Option<&'static str> {
    if text.len() < MIN_LENGTH {
        return None;
    }
    let kinds = text.iter().fold(0, |kinds, byte| kinds | KINDS[usize::from(*byte)]);
    let has = |wanted: u8| kinds & wanted == wanted;
    let checks: [(&'static str, bool, &dyn Fn() -> bool); 9] = [
        ("email", has(AT | DOT), &|| has_email(text)),
        ("ipv4", has(DIGIT | DOT), &|| ipv4(text).next().is_some()),
        ("ipv6", has(DIGIT | COLON), &|| has_ipv6(text)),
        ("phone", has(DIGIT) && kinds & (PLUS | HYPHEN | DOT | SPACE) != 0, &|| {
            phones(text).next().is_some()
        }),
        ("jwt", has(DOT), &|| has_jwt(text)),
        ("bearer-token", has(SPACE | DIGIT), &|| has_bearer(text)),
        ("pem", has(HYPHEN | SPACE), &|| memmem::find(text, b"-----BEGIN ").is_some()),
        ("api-key", !prefixes.is_empty(), &|| prefixes.iter().any(|prefix| has_key(text, prefix))),
        (BASE64, text.len() >= MIN_BASE64 && has(DIGIT), &|| has_base64(text)),
    ];
    let found = checks.iter().find(|(name, may, is)| *may && !allowed.contains(name) && is());
    found.map(|(name, ..)| *name)
}

/// Runs of bytes that are a part of something.
fn runs(text: &[u8], is_part: impl Fn(u8) -> bool) -> impl Iterator<Item = Range<usize>> {
    let mut from = 0;
    std::iter::from_fn(move || {
        from += text[from..].iter().position(|byte| is_part(*byte))?;
        let length = text[from..].iter().position(|byte| !is_part(*byte)).unwrap_or(text.len() - from);
        let run = from..from + length;
        from = run.end;
        Some(run)
    })
}

/// Whether all digits of a run are what stands for masked ones.
fn is_masked(run: &[u8]) -> bool {
    run.iter().all(|byte| !byte.is_ascii_digit() || *byte == b'1')
}

/// The byte before a run.
fn before(text: &[u8], run: &Range<usize>) -> Option<u8> {
    run.start.checked_sub(1).map(|before| text[before])
}

fn has_email(text: &[u8]) -> bool {
    let is_local =
        |byte: &u8| byte.is_ascii_alphanumeric() || b".!#$&'*+=?^_`{|}~-".contains(byte) || *byte >= 0x80;
    let is_host = |byte: &u8| byte.is_ascii_alphanumeric() || b".-".contains(byte) || *byte >= 0x80;
    memchr::memchr_iter(b'@', text).any(|at| {
        let local = text[..at].iter().rev().take_while(|byte| is_local(byte)).count();
        let length = text[at + 1..].iter().take_while(|byte| is_host(byte)).count();
        let host = text[at + 1..at + 1 + length].strip_suffix(b".").unwrap_or(&text[at + 1..at + 1 + length]);
        let last = host.iter().rposition(|byte| *byte == b'.');
        let is_domain = last.is_some_and(|dot| {
            let last = &host[dot + 1..];
            dot > 0 && last.len() >= 2 && last.iter().all(|byte| byte.is_ascii_alphabetic() || *byte >= 0x80)
        });
        local > 0 && is_domain && !is_reserved(host)
    })
}

/// Whether a domain is reserved for examples and tests (RFC 2606, RFC 6761).
fn is_reserved(host: &[u8]) -> bool {
    let host = String::from_utf8_lossy(host).to_ascii_lowercase();
    let is_or_below =
        |domain: &str| host.strip_suffix(domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.'));
    ["example.com", "example.net", "example.org", "example", "test", "invalid", "localhost"]
        .into_iter()
        .any(is_or_below)
}

/// Where IPv4 addresses are that belong to somebody.
pub(in crate::redact) fn ipv4(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_part = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    runs(text, is_part).filter(|range| {
        let before = before(text, range);
        let run = &text[range.clone()];
        let run = run.strip_suffix(b".").unwrap_or(run);
        let is_word = before.is_some_and(|byte| byte.is_ascii_alphanumeric());
        if run.len() < MIN_LENGTH || is_word || is_masked(run) {
            return false;
        }
        let address = std::str::from_utf8(run).ok().and_then(|run| run.parse::<Ipv4Addr>().ok());
        address.is_some_and(|address| {
            !(address.is_documentation()
                || address.is_loopback()
                || address.is_unspecified()
                || address.is_broadcast())
        })
    })
}

fn has_ipv6(text: &[u8]) -> bool {
    let is_part = |byte: u8| byte.is_ascii_hexdigit() || byte == b':';
    runs(text, is_part).any(|range| {
        let is_word = before(text, &range).is_some_and(|byte| byte.is_ascii_alphanumeric());
        let run = &text[range];
        let is_long = run.len() >= MIN_LENGTH && run.iter().any(u8::is_ascii_digit);
        if is_word || !is_long || memchr::memchr_iter(b':', run).count() < 3 {
            return false;
        }
        let address = std::str::from_utf8(run).ok().and_then(|run| run.parse::<Ipv6Addr>().ok());
        address.is_some_and(|address| {
            let parts = address.segments();
            !(parts[..2] == [0x2001, 0xdb8] || address.is_loopback() || address.is_unspecified())
        })
    })
}

/// Where numbers such as `+49 30 1234567` or `(415) 867-5309` are.
pub(in crate::redact) fn phones(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_part = |byte: u8| byte.is_ascii_digit() || b"+-. ()".contains(&byte);
    runs(text, is_part).filter(|range| {
        let (before, run) = (before(text, range), &text[range.clone()]);
        let is_inside = !run.starts_with(b" ")
            && before.is_some_and(|byte| byte.is_ascii_alphanumeric() || b"/_:=%".contains(&byte));
        let count = run.iter().filter(|byte| byte.is_ascii_digit()).count();
        if is_inside || is_masked(run) || !(8..=15).contains(&count) {
            return false;
        }
        let run = run.trim_ascii();
        let groups: Vec<&[u8]> =
            run.split(|byte| !byte.is_ascii_digit()).filter(|group| !group.is_empty()).collect();
        let digits: Vec<u8> = groups.concat();
        let is_international = run.first() == Some(&b'+');
        let lengths: Vec<usize> = groups.iter().map(|group| group.len()).collect();
        let is_national = matches!(lengths[..], [3, 3, 4] | [1, 3, 3, 4]) && !run.contains(&b'+');
        let is_fiction = digits[digits.len() - 7..].starts_with(b"55501");
        (is_international || is_national) && !is_fiction
    })
}

fn is_token(byte: u8) -> bool {
    byte.is_ascii_alphanumeric() || b"_-".contains(&byte)
}

fn length_of_token(text: &[u8]) -> usize {
    text.iter().take_while(|byte| is_token(**byte)).count()
}

fn has_jwt(text: &[u8]) -> bool {
    static HEAD: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(b"eyJ"));
    HEAD.find_iter(text).any(|at| {
        let head = length_of_token(&text[at..]);
        let behind = text.get(at + head + 1..).unwrap_or_default();
        head >= 12 && text.get(at + head) == Some(&b'.') && length_of_token(behind) >= 8
    })
}

fn has_bearer(text: &[u8]) -> bool {
    const SCHEME: &[u8] = b"earer ";
    static FINDER: LazyLock<Finder<'static>> = LazyLock::new(|| Finder::new(SCHEME));
    FINDER.find_iter(text).any(|at| {
        let is_scheme = at > 0 && matches!(text[at - 1], b'B' | b'b');
        let token = &text[at + SCHEME.len()..];
        let length = token.iter().take_while(|byte| is_token(**byte) || b"./+=~".contains(byte)).count();
        is_scheme && length >= MIN_TOKEN && token[..length].iter().any(u8::is_ascii_digit)
    })
}

fn has_key(text: &[u8], prefix: &str) -> bool {
    !prefix.is_empty()
        && memmem::find_iter(text, prefix.as_bytes())
            .any(|at| length_of_token(&text[at + prefix.len()..]) >= MIN_TOKEN)
}

/// Where base64 may be that is long enough.
pub(in crate::redact) fn base64(text: &[u8]) -> impl Iterator<Item = Range<usize>> {
    let is_part = |byte: u8| is_token(byte) || b"+/=\r\n".contains(&byte);
    runs(text, is_part).filter(|run| run.len() >= MIN_BASE64)
}

fn has_base64(text: &[u8]) -> bool {
    let is_standard = |byte: u8| byte.is_ascii_alphanumeric() || b"+/=".contains(&byte);
    // Base64 may be written in lines.
    let lines: Vec<u8> = text.iter().copied().filter(|byte| !b"\r\n".contains(byte)).collect();
    let is_long = |run: &[u8], signs: &[u8]| {
        let has = |is: fn(&u8) -> bool| run.iter().any(is);
        // Paths and names have more signs.
        let signs = run.iter().filter(|byte| signs.contains(byte)).count();
        run.len() >= MIN_BASE64
            && has(u8::is_ascii_uppercase)
            && has(u8::is_ascii_lowercase)
            && has(u8::is_ascii_digit)
            && signs <= run.len() / 12
    };
    runs(&lines, is_standard).any(|run| is_long(&lines[run], b"+/"))
        || runs(&lines, is_token).any(|run| is_long(&lines[run], b"-_"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[track_caller]
    fn assert_found(text: &str, expected: Option<&str>) {
        assert_eq!(find(text.as_bytes(), &["ti_live_".to_owned()], &[]), expected, "{text}");
    }

    #[test]
    fn each_shape_is_found() {
        let certificate = "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAG";
        for (text, shape) in [
            ("ann@acme.io", "email"),
            ("mail to <ann.b+c@mail.acme.io>.", "email"),
            ("from 10.1.2.3:8080", "ipv4"),
            ("[2a00:1450:4001:80b::200e]", "ipv6"),
            ("eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiIxIn0.abc", "jwt"),
            ("Authorization: Bearer abc123def", "bearer-token"),
            ("-----BEGIN CERTIFICATE-----", "pem"),
            ("call +49 30 1234567 now", "phone"),
            ("(415) 867-5309", "phone"),
            ("key=ti_live_0123456789", "api-key"),
            (certificate, "base64"),
        ] {
            assert_found(text, Some(shape));
            assert_eq!(find(text.as_bytes(), &["ti_live_".to_owned()], &[shape]), None, "{text}");
        }
    }

    #[test]
    fn reserved_ranges_and_other_texts_are_none() {
        for text in [
            "ann@example.com",
            "ann@mail.example.com",
            "a @ b.c",
            "192.0.2.7",
            "127.0.0.1",
            "version 1.2.3",
            "2001:db8::1",
            "12:34:56:78",
            "std::net::Ipv4Addr",
            "+1 415 555-0123",
            "2026-03-02T09:15:00.412Z",
            "2026-03-02",
            "00000000-0000-0000-0000-0000000000f1",
            "Bearer {{apiKey}}",
            "bearer certificates",
            "https://example.com/a/very/long/path/that/goes/on/and/on/and/has/Letters/and/1/digit",
            "eyJ.short",
            "1234567890",
            "11.11.11.1 or +11 11 1111111",
        ] {
            assert_found(text, None);
        }
    }
}
