//! Makes the replacement of one text.

use std::borrow::Cow;
use std::net::{Ipv4Addr, Ipv6Addr};

use unicode_normalization::{UnicodeNormalization, is_nfc};

use super::addresses::{authority, email_parts, is_host, own_scheme, path};
use super::dates::Shift;
use super::key::Key;
use super::pseudonyms::{Domain, Pseudonyms};
use super::reserved::reserve;
use super::treatment::Treatment;
use crate::schema::format::{is_date_time, is_uuid};

/// Longer texts are not normalized: nobody compares them.
const MAX_NORMALIZED: usize = 1 << 16;

/// What stands for a masked text.
const MASKED: &str = "masked";

/// Schemes of URLs without an authority, whose address is what follows the colon.
const PLAIN_SCHEMES: [&str; 2] = ["mailto:", "tel:"];

/// Makes replacements: equal texts have equal ones.
#[derive(Clone)]
pub(super) struct Values {
    pub(super) pseudonyms: Pseudonyms,
    pub(super) shift: Shift,
}

/// Texts that are equal but for Unicode normalization, as one of them.
fn normal(text: &str) -> Cow<'_, str> {
    if text.is_ascii() || text.len() > MAX_NORMALIZED || is_nfc(text) {
        return Cow::Borrowed(text);
    }
    Cow::Owned(text.nfc().collect())
}

/// The same without case.
fn folded(text: &str) -> String {
    normal(text).to_lowercase()
}

impl Values {
    pub(super) fn new(key: &Key) -> Self {
        let pseudonyms = Pseudonyms::new(key);
        let shift = Shift::of(&pseudonyms);
        Self { pseudonyms, shift }
    }

    /// Appends what stands for a text. Where items must differ, `distinct`, no two texts have the same, not
    /// even two spellings of one address, and masks have the shape of what they hide.
    pub(super) fn replace(&self, treatment: Treatment, text: &str, distinct: bool, out: &mut String) {
        let start = out.len();
        let done = match treatment {
            Treatment::Keep => {
                out.push_str(text);
                Some(())
            }
            Treatment::Listed(vocabulary) if vocabulary.has(text) => {
                out.push_str(text);
                Some(())
            }
            _ if text.is_empty() => Some(()),
            Treatment::Mask if !distinct => {
                out.push_str(MASKED);
                Some(())
            }
            Treatment::Mask => {
                self.substitute(text, out);
                Some(())
            }
            Treatment::Date => self.shift.date(text, out),
            Treatment::Host if is_host(text) => {
                self.pseudonyms.host(&folded(text), out);
                self.vary(text, start, distinct, out);
                Some(())
            }
            Treatment::Identifier => self.whole(text, distinct, out).or_else(|| {
                out.truncate(start);
                self.substitute(text, out);
                Some(())
            }),
            Treatment::Url => self.url(text, true, out),
            Treatment::Phone => self.pseudonyms.phone(text, out),
            _ => None,
        };
        if done.is_none() {
            out.truncate(start);
            self.text(text, distinct, out);
        }
        if out[start..] != *text {
            reserve(out, start);
        }
    }

    /// A text of the same shape.
    pub(super) fn substitute(&self, text: &str, out: &mut String) {
        self.pseudonyms.substitute(text, normal(text).as_bytes(), out);
    }

    /// Appends what stands for a text about which nothing is known: addresses, dates and identifiers become
    /// others, also inside the text, and all else keeps its shape.
    pub(super) fn text(&self, text: &str, distinct: bool, out: &mut String) {
        let signs = Signs::of(text);
        if !signs.any() && text.len() < HEX_UUID {
            return self.substitute(text, out);
        }
        let start = out.len();
        if self.whole(text, distinct, out).is_none() {
            out.truncate(start);
            self.parts(text, distinct, out);
        }
    }

    /// Appends what stands for a text that is one address, date or identifier.
    fn whole(&self, text: &str, distinct: bool, out: &mut String) -> Option<()> {
        let start = out.len();
        let bytes = text.as_bytes();
        let is_hex = || bytes.len() == HEX_UUID && bytes.iter().all(u8::is_ascii_hexdigit);
        if is_uuid(text) || is_hex() {
            self.pseudonyms.uuid(text, out);
            return Some(());
        }
        if bytes.len() >= 10 && bytes[0].is_ascii_digit() && bytes[4] == b'-' {
            let is_date =
                is_date_time(text) || text.len() == 10 && is_date_time(&format!("{text}T00:00:00Z"));
            if is_date {
                return self.shift.date(text, out);
            }
        }
        if email_parts(text).is_some() {
            self.pseudonyms.email(&folded(text), out);
            self.vary(text, start, distinct, out);
            return Some(());
        }
        if authority(text).is_some() || PLAIN_SCHEMES.iter().any(|scheme| text.starts_with(scheme)) {
            return self.url(text, false, out);
        }
        self.address(text, distinct, out)
    }

    fn address(&self, text: &str, distinct: bool, out: &mut String) -> Option<()> {
        let first = text.bytes().next()?;
        let may_be = text.len() <= 45 && (first.is_ascii_hexdigit() || first == b':');
        if !may_be || distinct {
            return None;
        }
        if text.contains('.') {
            let (host, port) = text.split_at(text.find(':').unwrap_or(text.len()));
            if let Ok(address) = host.parse::<Ipv4Addr>()
                && port.bytes().skip(1).all(|byte| byte.is_ascii_digit())
            {
                self.pseudonyms.ipv4(address, out);
                out.push_str(port);
                return Some(());
            }
        }
        let address = text.contains(':').then(|| text.parse::<Ipv6Addr>().ok())??;
        self.pseudonyms.ipv6(address, out);
        Some(())
    }

    /// Makes two spellings of one address differ, as they did.
    fn vary(&self, text: &str, start: usize, distinct: bool, out: &mut String) {
        if !distinct || text == folded(text) {
            return;
        }
        let mut stream = self.pseudonyms.stream(Domain::Case, text.as_bytes());
        let varied: String = out[start..]
            .chars()
            .map(|letter| if stream.below(2) == 0 { letter.to_ascii_uppercase() } else { letter })
            .collect();
        out.truncate(start);
        out.push_str(&varied);
    }

    /// Appends what stands for a URL: the scheme, the port, separators and names of parameters are kept.
    /// Relative ones only where a URL is what is expected.
    pub(super) fn url(&self, text: &str, relative: bool, out: &mut String) -> Option<()> {
        let part = |part: &str, out: &mut String| self.segment(part, out);
        if let Some(scheme) = PLAIN_SCHEMES.iter().find(|scheme| text.starts_with(**scheme)) {
            let (address, rest) = text[scheme.len()..]
                .split_at_checked(text[scheme.len()..].find('?').unwrap_or(text.len() - scheme.len()))?;
            out.push_str(scheme);
            let treatment = if *scheme == "tel:" { Treatment::Phone } else { Treatment::Email };
            self.replace(treatment, address, false, out);
            path(rest, part, out);
            return Some(());
        }
        let Some(from) = authority(text) else {
            let is_path = relative && text.contains('/') && !text.contains(char::is_whitespace);
            return is_path.then(|| path(text, part, out));
        };
        let until = text[from..].find(['/', '?', '#', '\\']).map_or(text.len(), |at| from + at);
        match own_scheme(&text[..from]) {
            Some(scheme) => {
                self.substitute(scheme, out);
                out.push_str("://");
            }
            None => out.push_str(&text[..from]),
        }
        self.authority(&text[from..until], out);
        path(&text[until..], part, out);
        Some(())
    }

    /// A segment of a path, or the value of a parameter.
    fn segment(&self, text: &str, out: &mut String) {
        if self.whole(text, false, out).is_none() {
            self.substitute(text, out);
        }
    }

    /// Appends what stands for `user:password@host:port`.
    pub(super) fn authority(&self, text: &str, out: &mut String) {
        let (user, host) = text.rsplit_once('@').map_or((None, text), |(user, host)| (Some(user), host));
        if let Some(user) = user {
            let (name, password) = user.split_once(':').map_or((user, None), |(name, one)| (name, Some(one)));
            self.substitute(name, out);
            out.push_str(if password.is_some() { ":masked@" } else { "@" });
        }
        let is_port = |text: &str| text.len() <= 5 && text.bytes().all(|byte| byte.is_ascii_digit());
        let port = host.rfind(':').filter(|at| is_port(&host[at + 1..]));
        let (name, port) = host.split_at(port.unwrap_or(host.len()));
        match name.strip_prefix('[').and_then(|name| name.strip_suffix(']')?.parse::<Ipv6Addr>().ok()) {
            Some(address) => {
                out.push('[');
                self.pseudonyms.ipv6(address, out);
                out.push(']');
            }
            None if name.is_empty() => {}
            None if is_host(name) => self.pseudonyms.host(&folded(name), out),
            None => self.substitute(name, out),
        }
        out.push_str(port);
    }

    /// Replaces addresses and identifiers inside a text by themselves, and the rest around them.
    fn parts(&self, text: &str, distinct: bool, out: &mut String) {
        let mut rest = String::with_capacity(text.len());
        let mut made: Vec<(usize, String)> = Vec::new();
        let ends = |letter: char| letter.is_whitespace() || "<>\"'()[]{}|`,;\\".contains(letter);
        for token in text.split_inclusive(ends) {
            let word = token.trim_end_matches(ends);
            let (before, word) = word.split_at(begin(word));
            let word = word.trim_end_matches(['.', '!', '?', ':', '*']);
            let mut replaced = String::new();
            let special = may_be(word) && self.whole(word, distinct, &mut replaced).is_some();
            if special {
                rest.push_str(before);
                made.push((rest.len(), replaced));
                rest.push_str(&token[before.len() + word.len()..]);
            } else if let Some(tag) = markup(before, word, text, token) {
                // Names of elements are public.
                made.push((rest.len(), tag.to_owned()));
                rest.push_str(&token[tag.len()..]);
            } else {
                rest.push_str(token);
            }
        }
        let mut replaced = String::new();
        self.substitute(&rest, &mut replaced);
        // The shape is the same, so that as many characters stand before each.
        let (mut from, mut at) = (0, 0);
        for (place, value) in made {
            let count = rest[at..place].chars().count();
            let until =
                replaced[from..].char_indices().nth(count).map_or(replaced.len(), |(until, _)| from + until);
            out.push_str(&replaced[from..until]);
            out.push_str(&value);
            (from, at) = (until, place);
        }
        out.push_str(&replaced[from..]);
    }
}

/// Where an address begins in a word such as `to:https://…` or `+1`.
fn begin(word: &str) -> usize {
    let Some(at) = word.find("://") else { return 0 };
    let is_scheme = |letter: char| letter.is_ascii_alphanumeric() || "+-.".contains(letter);
    word[..at]
        .rfind(|letter| !is_scheme(letter))
        .map_or(0, |before| before + word[before..].chars().next().map_or(1, char::len_utf8))
}

/// Elements and entities of HTML, which say nothing.
const MARKUP: [&str; 34] = [
    "a",
    "b",
    "blockquote",
    "body",
    "br",
    "div",
    "em",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "head",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "li",
    "link",
    "meta",
    "ol",
    "p",
    "pre",
    "script",
    "small",
    "span",
    "strong",
    "style",
    "table",
    "td",
    "tr",
    "u",
    "ul",
];

/// The name of an element behind `<` or `</`.
fn markup<'w>(before: &str, word: &'w str, text: &str, token: &str) -> Option<&'w str> {
    let at = token.as_ptr() as usize - text.as_ptr() as usize;
    let name = word.strip_prefix('/').unwrap_or(word).trim_end_matches('/');
    let name_is_known = MARKUP.contains(&name);
    let open = text[..at].ends_with('<');
    (before.is_empty() && open && name_is_known)
        .then(|| &word[..word.len() - word.trim_start_matches('/').len() + name.len()])
}

/// Characters of addresses that occur in a text, as a set of bits.
#[derive(Clone, Copy)]
struct Signs(u8);

const AT: u8 = 1;
const SLASH: u8 = 2;
const DOT: u8 = 4;
const COLON: u8 = 8;
const HYPHEN: u8 = 16;
const TAG: u8 = 32;
const DIGIT: u8 = 64;

/// What each byte is a sign of.
const SIGNS: [u8; 256] = {
    let mut signs = [0; 256];
    signs[b'@' as usize] = AT;
    signs[b'/' as usize] = SLASH;
    signs[b'.' as usize] = DOT;
    signs[b':' as usize] = COLON;
    signs[b'-' as usize] = HYPHEN;
    signs[b'<' as usize] = TAG;
    let mut digit = b'0';
    while digit <= b'9' {
        signs[digit as usize] = DIGIT;
        digit += 1;
    }
    signs
};

impl Signs {
    fn of(text: &str) -> Self {
        Self(text.bytes().fold(0, |signs, byte| signs | SIGNS[usize::from(byte)]))
    }

    fn has(self, signs: u8) -> bool {
        self.0 & signs == signs
    }

    /// Whether a text with these can be an address, a date or an identifier, or have one.
    fn any(self) -> bool {
        self.0 & (AT | COLON | TAG) != 0
            || self.has(DIGIT | DOT)
            || self.has(DIGIT | HYPHEN)
            || self.has(SLASH | DOT)
    }
}

/// Whether a word of a text is worth a look.
fn may_be(word: &str) -> bool {
    let signs = Signs::of(word);
    word.len() >= 3 && signs.0 & (AT | SLASH | DOT | COLON | HYPHEN) != 0 || word.len() == HEX_UUID
}

/// Digits of a UUID without hyphens.
const HEX_UUID: usize = 32;
