//! Replaces addresses by reserved ones: `example.com`, documentation networks, 555-01xx.

use std::net::{Ipv4Addr, Ipv6Addr};

use unicode_normalization::char::is_combining_mark;

use super::pseudonyms::{Domain, Pseudonyms};

/// The domain that is reserved for examples (RFC 2606).
const RESERVED: &str = "example.com";

/// Letters and digits of names that nobody has: each stands for five bits.
const NAMES: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";

/// Letters of a name: 65 bits.
const NAME: usize = 13;

/// The documentation networks of RFC 5737.
const NETWORKS: [[u8; 3]; 3] = [[192, 0, 2], [198, 51, 100], [203, 0, 113]];

/// Longer texts are no e-mail addresses (RFC 5321).
const MAX_EMAIL: usize = 254;

/// Endings of file names, which say what a file is and not whose.
const ENDINGS: [&str; 26] = [
    "avif", "bmp", "css", "csv", "docx", "eot", "gif", "html", "ico", "jpeg", "jpg", "js", "json", "m3u8",
    "mp3", "mp4", "pdf", "png", "svg", "ttf", "txt", "webm", "webp", "woff", "woff2", "xml",
];

/// The local part and the domain, where a text is an e-mail address.
pub(super) fn email_parts(text: &str) -> Option<(&str, &str)> {
    let (local, domain) = text.rsplit_once('@')?;
    let is_local = |letter: char| {
        letter.is_alphanumeric() || is_combining_mark(letter) || "!#$%&'*+-/=?^_`{|}~.".contains(letter)
    };
    let fits = text.len() <= MAX_EMAIL && !local.is_empty() && local.chars().all(is_local);
    (fits && domain.contains('.') && is_host(domain)).then_some((local, domain))
}

pub(super) fn is_host(text: &str) -> bool {
    let is_label = |label: &str| {
        let is_part = |letter: char| letter.is_alphanumeric() || letter == '-' || letter == '_';
        !label.is_empty() && label.len() <= 63 && label.chars().all(is_part)
    };
    text.len() <= 253 && text.strip_suffix('.').unwrap_or(text).split('.').all(is_label)
}

/// Whether a text is an absolute URL, or one without a scheme; where its authority begins.
pub(super) fn authority(text: &str) -> Option<usize> {
    if text.starts_with("//") {
        return Some(2);
    }
    let (scheme, _) = text.split_once("://")?;
    is_scheme(scheme).then_some(scheme.len() + 3)
}

/// Schemes that say nothing; those of apps name whose they are.
const SCHEMES: [&str; 10] = ["file", "ftp", "ftps", "git", "http", "https", "sftp", "ssh", "ws", "wss"];

/// The scheme of a URL that names somebody, if what stands before its authority has one.
pub(super) fn own_scheme(before: &str) -> Option<&str> {
    let scheme = before.strip_suffix("://")?;
    (!SCHEMES.iter().any(|one| scheme.eq_ignore_ascii_case(one))).then_some(scheme)
}

fn is_scheme(text: &str) -> bool {
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"+-.".contains(&byte);
    text.len() <= 20
        && text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text.bytes().all(is_part)
}

impl Pseudonyms {
    /// Appends a name that nobody has, of 65 bits.
    fn unique_name(&self, domain: Domain, value: &str, out: &mut String) {
        let mut stream = self.stream(domain, value.as_bytes());
        // Names of hosts begin with a letter.
        out.push(char::from(NAMES[stream.below(24) as usize]));
        out.extend((0..NAME).map(|_| char::from(NAMES[stream.below(32) as usize])));
    }

    /// Appends an e-mail address of a reserved domain, the same for every spelling of an address.
    pub(super) fn email(&self, canonical: &str, out: &mut String) {
        let domain = canonical.rsplit_once('@').map_or("", |(_, domain)| domain);
        self.unique_name(Domain::Email, canonical, out);
        out.push('@');
        self.host(domain, out);
    }

    /// Appends a host of a reserved domain, or an address of a documentation network.
    pub(super) fn host(&self, canonical: &str, out: &mut String) {
        if canonical == RESERVED {
            return out.push_str(RESERVED);
        }
        if let Ok(address) = canonical.parse() {
            return self.ipv4(address, out);
        }
        self.unique_name(Domain::Host, canonical, out);
        out.push('.');
        out.push_str(RESERVED);
    }

    pub(super) fn ipv4(&self, address: Ipv4Addr, out: &mut String) {
        let mut stream = self.stream(Domain::Address, &address.octets());
        let [a, b, c] = NETWORKS[stream.below(3) as usize];
        let last = u8::try_from(stream.below(256)).unwrap_or(0);
        out.push_str(&Ipv4Addr::new(a, b, c, last).to_string());
    }

    /// Appends an address of `2001:db8::/32` (RFC 3849).
    pub(super) fn ipv6(&self, address: Ipv6Addr, out: &mut String) {
        let mut stream = self.stream(Domain::Address, &address.octets());
        let mut parts = [0x2001, 0xdb8, 0, 0, 0, 0, 0, 0];
        for part in &mut parts[2..] {
            *part = u16::try_from(stream.below(1 << 16)).unwrap_or(0);
        }
        out.push_str(&Ipv6Addr::from(parts).to_string());
    }

    /// Appends a UUID, with or without hyphens. The case of its letters, its version and variant stay.
    pub(super) fn uuid(&self, text: &str, out: &mut String) {
        let canonical: String = text.chars().filter(|digit| *digit != '-').collect();
        let upper = canonical.bytes().any(|byte| byte.is_ascii_uppercase());
        let bytes = self.bytes(Domain::Uuid, canonical.to_ascii_lowercase().as_bytes());
        let digits: &[u8; 16] = if upper { b"0123456789ABCDEF" } else { b"0123456789abcdef" };
        let mut at = 0;
        for letter in text.chars() {
            if letter == '-' {
                out.push(letter);
                continue;
            }
            let drawn = char::from(digits[usize::from(bytes.get(at).copied().unwrap_or(0) & 15)]);
            let kept = at == 12 || at == 16;
            out.push(if kept { letter } else { drawn });
            at += 1;
        }
    }

    /// The same of a UUID in small letters.
    pub(super) fn lower_uuid(&self, text: &[u8; 36]) -> [u8; 36] {
        let mut digits = [0; 32];
        let all = text.iter().filter(|digit| **digit != b'-');
        digits.iter_mut().zip(all).for_each(|(to, digit)| *to = *digit);
        let bytes = self.bytes(Domain::Uuid, &digits);
        let mut out = *text;
        let all = out.iter_mut().filter(|digit| **digit != b'-');
        for (at, (digit, byte)) in all.zip(bytes).enumerate() {
            if at != 12 && at != 16 {
                *digit = b"0123456789abcdef"[usize::from(byte & 15)];
            }
        }
        out
    }

    /// Appends a telephone number with the same separators and number of digits, whose last seven are
    /// 555-01xx; nothing where there are too few digits.
    pub(super) fn phone(&self, text: &str, out: &mut String) -> Option<()> {
        let digits: String = text.chars().filter(char::is_ascii_digit).collect();
        let is_part = |letter: char| letter.is_ascii_digit() || "+()-./ ".contains(letter);
        if !(7..=15).contains(&digits.len()) || !text.chars().all(is_part) {
            return None;
        }
        let mut stream = self.stream(Domain::Address, digits.as_bytes());
        let mut before = digits.len();
        for letter in text.chars() {
            if !letter.is_ascii_digit() {
                out.push(letter);
                continue;
            }
            before -= 1;
            let drawn = char::from(b'0' + u8::try_from(stream.below(10)).unwrap_or(0));
            out.push(match before {
                4..=6 => '5',
                3 => '0',
                2 => '1',
                _ => drawn,
            });
        }
        Some(())
    }
}

/// Appends a path with a query and a fragment: separators, names of parameters and the endings of file
/// names are kept.
pub(super) fn path(text: &str, part: impl Fn(&str, &mut String), out: &mut String) {
    let (path, rest) = text.find(['?', '#']).map_or((text, ""), |at| text.split_at(at));
    let last = path.rfind('/').map_or(0, |at| at + 1);
    let ending = path[last..].rfind('.').map(|at| last + at);
    let is_known = |at: &usize| ENDINGS.iter().any(|one| path[at + 1..].eq_ignore_ascii_case(one));
    let (name, ending) = path.split_at(ending.filter(is_known).unwrap_or(path.len()));
    segments(name, &['/', ';', ':', ',', '='], &part, out);
    out.push_str(ending);
    let mut is_name = rest.starts_with('?');
    let mut behind = rest;
    for piece in rest.split_inclusive(['?', '#', '&', ';', '=']) {
        behind = &behind[piece.len()..];
        let (value, separator) = match piece.char_indices().next_back() {
            Some((at, last)) if "?#&;=".contains(last) => piece.split_at(at),
            _ => (piece, ""),
        };
        // What has no value may be one: base64 ends so.
        let has_value = !behind.is_empty() && !behind.starts_with(['?', '#', '&', ';', '=']);
        let named = is_name && separator == "=" && has_value && is_parameter(value);
        if named {
            out.push_str(value);
        } else {
            escaped(value, &part, out);
        }
        out.push_str(separator);
        is_name = matches!(separator, "?" | "&" | ";");
    }
}

/// Whether a parameter has a name, rather than a value.
pub(super) fn is_parameter(name: &str) -> bool {
    (1..=40).contains(&name.len())
        && name.bytes().all(|byte| byte.is_ascii_alphabetic() || b"_-[]".contains(&byte))
}

fn segments(text: &str, separators: &[char], part: &impl Fn(&str, &mut String), out: &mut String) {
    for piece in text.split_inclusive(separators) {
        let (value, separator) = match piece.char_indices().next_back() {
            Some((at, last)) if separators.contains(&last) => piece.split_at(at),
            _ => (piece, ""),
        };
        escaped(value, part, out);
        out.push_str(separator);
    }
}

/// Replaces what a text with percent-encoded bytes says, and encodes it again.
fn escaped(text: &str, part: &impl Fn(&str, &mut String), out: &mut String) {
    if !text.contains('%') {
        if !text.is_empty() {
            part(text, out);
        }
        return;
    }
    let decoded = percent_encoding::percent_decode_str(text).decode_utf8_lossy();
    let mut replaced = String::new();
    part(&decoded, &mut replaced);
    out.extend(percent_encoding::utf8_percent_encode(&replaced, percent_encoding::NON_ALPHANUMERIC));
}

#[cfg(test)]
mod tests {
    use super::super::key::Key;
    use super::*;

    fn pseudonyms() -> Pseudonyms {
        Pseudonyms::new(&Key::new(&[7; 16]).unwrap())
    }

    fn made(make: impl Fn(&Pseudonyms, &mut String)) -> String {
        let mut out = String::new();
        make(&pseudonyms(), &mut out);
        out
    }

    #[test]
    fn addresses_are_reserved_ones() {
        let email = made(|of, out| of.email("ann@acme.test", out));
        let host = made(|of, out| of.host("acme.test", out));
        assert!(email.ends_with(&format!("@{host}")) && host.ends_with(".example.com"), "{email}");
        let address: Ipv4Addr = made(|of, out| of.ipv4(Ipv4Addr::LOCALHOST, out)).parse().unwrap();
        assert!(NETWORKS.contains(&[0, 1, 2].map(|part| address.octets()[part])));
        let address = made(|of, out| of.ipv6(Ipv6Addr::LOCALHOST, out));
        assert!(address.starts_with("2001:db8:"), "{address}");
        let phone = made(|of, out| of.phone("+1 (415) 867-5309", out).unwrap());
        assert!(phone.contains("555-01") && phone.len() == 17, "{phone}");
        assert_eq!(pseudonyms().phone("12345", &mut String::new()), None);
    }

    #[test]
    fn a_uuid_is_the_same_in_every_spelling() {
        let uuid = |text: &str| made(|of, out| of.uuid(text, out));
        let lower = uuid("6489cdd7-e036-4b30-9f02-0fea45897f6b");
        assert_eq!(uuid("6489CDD7-E036-4B30-9F02-0FEA45897F6B"), lower.to_uppercase());
        assert_eq!(uuid("6489cdd7e0364b309f020fea45897f6b"), lower.replace('-', ""));
        assert_eq!(&lower[14..15], "4");
        let text: [u8; 36] = *b"6489cdd7-e036-4b30-9f02-0fea45897f6b";
        assert_eq!(pseudonyms().lower_uuid(&text), lower.as_bytes());
    }

    #[test]
    fn paths_keep_separators_parameters_and_endings() {
        let part = |text: &str, out: &mut String| out.extend(text.chars().map(|_| '_'));
        let path = |text: &str| made(|_, out| super::path(text, part, out));
        assert_eq!(path("/a/bc.png?page=2&x1=y#z"), "/_/__.png?page=_&__=_#_");
        assert_eq!(path("/a.b/c%20d.acme"), "/___/%5F%5F%5F%5F%5F%5F%5F%5F");
        assert_eq!(path("?token"), "?_____");
        assert_eq!(path("?QWxhbiBLYXk=&QWNtZQ==&b=#c"), "?___________=&______==&_=#_");
    }
}
