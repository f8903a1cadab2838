//! Prints untrusted text safely, for each output format.
//!
//! Names of files, keys and enum members of payloads, `$id`s and references of schemas, arguments, settings,
//! and what servers and libraries say may hold line breaks, escape sequences, text that turns its direction,
//! or commands of a CI. Such text becomes [`Untrusted`], which has no `Display`: each kind of output has one
//! function here that makes it harmless.

#[cfg(feature = "reports")]
mod html;
mod json;
mod markdown;

use std::borrow::Cow;
use std::fmt;
use std::io::{self, Write};
use std::path::Path;

#[cfg(feature = "reports")]
pub use html::HtmlText;
#[cfg(feature = "generate")]
pub(crate) use json::is_plain_json;
pub use json::{to_compact_json, to_pretty_json, write_json, write_pretty_json};

/// Text that may hold anything. It has no `Display`: print it by the function of the output it goes to.
///
/// ```
/// use clients_contract::untrusted::Untrusted;
///
/// let name = Untrusted::from("y\n::error::x \u{202e}");
/// assert_eq!(name.line(), "y\\u{a}::error::x \\u{202e}");
/// assert_eq!(Untrusted::from(" ::error::x").line(), " \\u{3a}:error::x");
/// assert_eq!(Untrusted::from("100 %, a:b").annotation_property(), "100 %25%2C a%3Ab");
/// assert_eq!(Untrusted::from("<b> @all").markdown(), "&#60;b&#62; <code>&#64;</code>all");
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct Untrusted<'t>(Cow<'t, str>);

impl<'t> From<&'t str> for Untrusted<'t> {
    fn from(text: &'t str) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl<'t> From<&'t String> for Untrusted<'t> {
    fn from(text: &'t String) -> Self {
        Self(Cow::Borrowed(text))
    }
}

impl From<String> for Untrusted<'_> {
    fn from(text: String) -> Self {
        Self(Cow::Owned(text))
    }
}

impl<'t> From<&'t Path> for Untrusted<'t> {
    fn from(path: &'t Path) -> Self {
        Self(path_text(path))
    }
}

impl fmt::Debug for Untrusted<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Untrusted(\"{}\")", self.line())
    }
}

impl Untrusted<'_> {
    /// For a line, or a part of one, on a terminal and in a log: it stays one line, everything in it is
    /// visible and steers nothing, and it neither begins with nor contains a command of a CI (`::error::`,
    /// `##[error]`, `##vso[`).
    #[must_use]
    pub fn line(&self) -> Cow<'_, str> {
        without_commands(visible(&self.0))
    }

    /// For the text of XML, which the writer of it escapes: what XML 1.0 does not allow is spelt out.
    #[must_use]
    pub fn xml(&self) -> Cow<'_, str> {
        self.line()
    }

    /// For the message of a workflow command of GitHub Actions.
    #[must_use]
    pub fn annotation(&self) -> String {
        annotation_data(&self.line())
    }

    /// For a property of a workflow command of GitHub Actions.
    #[must_use]
    pub fn annotation_property(&self) -> String {
        self.annotation().replace(':', "%3A").replace(',', "%2C")
    }

    /// For Markdown: nothing in it is markup, HTML, a link, a mention or a reference.
    #[must_use]
    pub fn markdown(&self) -> String {
        markdown::text(&self.line())
    }

    /// For Markdown, as code. Not between backticks, inside which nothing can be escaped.
    #[must_use]
    pub fn markdown_code(&self) -> String {
        markdown::code(&self.line())
    }

    /// For a message of SARIF, in which `[text](target)` is a link. JSON escapes the rest.
    #[must_use]
    pub fn sarif(&self) -> String {
        self.line().replace("](", "]\\u{28}")
    }
}

/// Writes one line of a terminal or a log, whatever the text holds.
///
/// # Errors
///
/// Errors of the writer.
pub fn write_line<'t>(out: &mut dyn Write, text: impl Into<Untrusted<'t>>) -> io::Result<()> {
    writeln!(out, "{}", text.into().line())
}

/// The message of a workflow command, of lines that are each harmless already.
pub(crate) fn annotation_data(lines: &str) -> String {
    lines.replace('%', "%25").replace('\r', "%0D").replace('\n', "%0A")
}

/// A path as text. What is not UTF-8 in it is spelt out byte by byte (`\xff`).
///
/// ```
/// use clients_contract::untrusted::path_text;
///
/// assert_eq!(path_text("a/b.json".as_ref()), "a/b.json");
/// ```
#[must_use]
pub fn path_text(path: &Path) -> Cow<'_, str> {
    use fmt::Write as _;

    if let Some(text) = path.to_str() {
        return Cow::Borrowed(text);
    }
    let mut text = String::new();
    for chunk in path.as_os_str().as_encoded_bytes().utf8_chunks() {
        text.push_str(chunk.valid());
        for byte in chunk.invalid() {
            let _ = write!(text, "\\x{byte:02x}");
        }
    }
    Cow::Owned(text)
}

/// Whether a character is not seen, moves others, or looks different in each font.
fn hides(character: char) -> bool {
    let code = u32::from(character);
    if code < 0x300 {
        return code < 0x20 || (0x7f..0xa0).contains(&code) || code == 0xad;
    }
    matches!(
        character,
        // Characters of format: soft hyphen, directions, joiners, marks of order, tags.
        '\u{600}'..='\u{605}' | '\u{61c}' | '\u{6dd}' | '\u{70f}' | '\u{890}' | '\u{891}' | '\u{8e2}'
            | '\u{180e}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}'
            | '\u{feff}' | '\u{fff0}'..='\u{fffb}' | '\u{110bd}' | '\u{110cd}' | '\u{13430}'..='\u{1343f}'
            | '\u{1bca0}'..='\u{1bca3}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}'
        // Fillers and selectors, which take no space.
            | '\u{34f}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}' | '\u{180b}'..='\u{180f}'
            | '\u{3164}' | '\u{fe00}'..='\u{fe0f}' | '\u{ffa0}'
        // Private use.
            | '\u{e000}'..='\u{f8ff}' | '\u{f0000}'..='\u{10ffff}'
        // No characters.
            | '\u{fdd0}'..='\u{fdef}'
    ) || code & 0xfffe == 0xfffe
}

/// The same with everything spelt out that hides.
fn visible(text: &str) -> Cow<'_, str> {
    if !text.contains(hides) {
        return Cow::Borrowed(text);
    }
    let mut spelt = String::with_capacity(text.len() + 8);
    for character in text.chars() {
        if hides(character) {
            spelt.extend(character.escape_unicode());
        } else {
            spelt.push(character);
        }
    }
    Cow::Owned(spelt)
}

/// Runners of CI take `::name::` for a command where a line begins with it, white space aside, and `##[name]`
/// and `##vso[name]` anywhere in the line.
fn without_commands(text: Cow<'_, str>) -> Cow<'_, str> {
    let begins = text.trim_start().starts_with("::");
    if !begins && command(&text).is_none() {
        return text;
    }
    let mut safe = String::with_capacity(text.len() + 8);
    let mut rest = &*text;
    if begins {
        let lead = text.len() - text.trim_start().len();
        safe.push_str(&text[..lead]);
        safe.push_str("\\u{3a}");
        rest = &text[lead + 1..];
    }
    while let Some(at) = command(rest) {
        safe.push_str(&rest[..=at]);
        safe.push_str("\\u{23}");
        rest = &rest[at + 2..];
    }
    safe.push_str(rest);
    Cow::Owned(safe)
}

/// Where a command such as `##[error]` or `##vso[…]` begins.
fn command(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let pairs = memchr::memchr_iter(b'#', bytes).filter(|at| bytes.get(at + 1) == Some(&b'#'));
    let name = |at: usize| text[at + 2..].trim_start_matches(|c: char| c.is_ascii_alphanumeric());
    pairs.into_iter().find(|at| name(*at).starts_with('['))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn line(text: &str) -> String {
        Untrusted::from(text).line().into_owned()
    }

    #[test]
    fn a_line_stays_one_line_and_shows_all_of_its_characters() {
        for (text, shown) in [
            ("a\r\nb\u{85}c\u{2028}d", "a\\u{d}\\u{a}b\\u{85}c\\u{2028}d"),
            ("\u{1b}[2J\u{9b}1m\u{7f}\0", "\\u{1b}[2J\\u{9b}1m\\u{7f}\\u{0}"),
            (
                "\u{202a}\u{202e}\u{2066}\u{2069}\u{200e}\u{61c}",
                "\\u{202a}\\u{202e}\\u{2066}\\u{2069}\\u{200e}\\u{61c}",
            ),
            ("a\u{200b}b\u{200d}c\u{2060}\u{feff}\u{ad}", "a\\u{200b}b\\u{200d}c\\u{2060}\\u{feff}\\u{ad}"),
            (
                "\u{e000}\u{fffe}\u{10ffff}\u{e0041}\u{3164}",
                "\\u{e000}\\u{fffe}\\u{10ffff}\\u{e0041}\\u{3164}",
            ),
            ("é 漢字 🦀 \\ \u{fffd}", "é 漢字 🦀 \\ \u{fffd}"),
        ] {
            assert_eq!(line(text), shown);
            assert_eq!(line(shown), shown, "what was escaped stays as it is");
        }
    }

    #[test]
    fn no_line_holds_a_command() {
        for (text, shown) in [
            ("::error::x", "\\u{3a}:error::x"),
            ("\u{a0} ::set-env name=x::y", "\u{a0} \\u{3a}:set-env name=x::y"),
            ("a::b", "a::b"),
            ("x ##[error]y", "x #\\u{23}[error]y"),
            ("###[group]##vso[task]", "##\\u{23}[group]#\\u{23}vso[task]"),
            ("##teamcity[x ## head", "#\\u{23}teamcity[x ## head"),
            ("####", "####"),
        ] {
            assert_eq!(line(text), shown);
            assert_eq!(line(shown), shown);
        }
    }

    #[test]
    fn annotations_and_sarif_escape_what_theirs_needs() {
        let text = Untrusted::from("a%0A,b:\n[x](y)");
        assert_eq!(text.annotation(), "a%250A,b:\\u{a}[x](y)");
        assert_eq!(text.annotation_property(), "a%250A%2Cb%3A\\u{a}[x](y)");
        assert_eq!(text.sarif(), "a%0A,b:\\u{a}[x]\\u{28}y)");
    }

    #[cfg(unix)]
    #[test]
    fn bytes_that_are_no_text_are_spelt_out() {
        use std::ffi::OsStr;
        use std::os::unix::ffi::OsStrExt;

        let path = Path::new(OsStr::from_bytes(b"a\xff\xc3\xa9\x80.json"));
        assert_eq!(path_text(path), "a\\xffé\\x80.json");
    }
}
