//! Text of an HTML page.

use std::borrow::Cow;
use std::fmt;

use super::Untrusted;

/// Maximum number of characters of one text.
const MAX_CHARS: usize = 1_000;

/// Text of an HTML page: everything in it is visible, and it has at most 1,000 characters. The template that
/// prints it escapes it.
///
/// ```
/// use clients_contract::untrusted::HtmlText;
///
/// let text = HtmlText::from("<b>\u{202e}\u{1b}[2J");
/// assert_eq!(text.to_string(), "<b>\\u{202e}\\u{1b}[2J");
/// ```
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct HtmlText(String);

impl<'t, T: Into<Untrusted<'t>>> From<T> for HtmlText {
    fn from(text: T) -> Self {
        let Untrusted(text) = text.into();
        let Some((end, _)) = text.char_indices().nth(MAX_CHARS) else {
            return Self(Untrusted(text).line().into_owned());
        };
        let beginning = Untrusted::from(&text[..end]);
        let all = end + text[end..].len();
        Self(format!("{}… (truncated, {all} bytes)", beginning.line()))
    }
}

impl fmt::Display for HtmlText {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl HtmlText {
    /// A text that is shown as it is, however long; `None` if something in it is not visible.
    #[must_use]
    pub fn whole(text: &str) -> Option<Self> {
        let is_visible = Untrusted::from(text).line() == text;
        is_visible.then(|| Self(text.to_owned()))
    }

    /// Whether it is empty.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The same with no line break between a number and its percent sign.
    pub(crate) fn unbroken(&self) -> Cow<'_, str> {
        unbroken(&self.0)
    }

    /// Its parts, and whether each is code: between two backticks. What is not code is unbroken.
    pub(crate) fn parts(&self) -> impl Iterator<Item = (bool, Cow<'_, str>)> {
        let all = self.0.split('`').count();
        // An odd backtick at the end is one.
        let is_code = move |at: usize| at % 2 == 1 && at + 1 < all;
        self.0
            .split('`')
            .enumerate()
            .map(move |(at, part)| (is_code(at), part))
            .filter(|(_, part)| !part.is_empty())
            .map(|(is_code, part)| (is_code, if is_code { Cow::from(part) } else { unbroken(part) }))
    }
}

fn unbroken(text: &str) -> Cow<'_, str> {
    let mut parts = text.split(" %");
    let mut whole = Cow::from(parts.next().unwrap_or_default());
    for part in parts {
        let is_number = whole.ends_with(|c: char| c.is_ascii_digit());
        whole += if is_number { "\u{a0}%" } else { " %" };
        whole += part;
    }
    whole
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn long_text_is_cut_between_characters() {
        let text = HtmlText::from("é".repeat(1_000_000)).to_string();
        assert!(text.ends_with("é… (truncated, 2000000 bytes)"), "{text}");
        assert_eq!(text.matches('é').count(), MAX_CHARS);
        assert_eq!(HtmlText::from("é".repeat(MAX_CHARS)).to_string(), "é".repeat(MAX_CHARS));
    }

    #[test]
    fn whole_text_is_visible_and_not_cut() {
        let long = "a b".repeat(MAX_CHARS);
        assert_eq!(HtmlText::whole(&long).unwrap().to_string(), long);
        for hidden in ["a\u{202e}b", "a\nb", "\u{1b}[2J"] {
            assert_eq!(HtmlText::whole(hidden), None);
        }
    }

    #[test]
    fn code_is_between_two_backticks() {
        for (text, parts) in [
            ("`/a`: b", vec![(true, "/a"), (false, ": b")]),
            ("a `b` c", vec![(false, "a "), (true, "b"), (false, " c")]),
            ("a ` b", vec![(false, "a "), (false, " b")]),
            ("", vec![]),
        ] {
            let parts: Vec<_> = parts.into_iter().map(|(is_code, part)| (is_code, part.into())).collect();
            assert_eq!(HtmlText::from(text).parts().collect::<Vec<_>>(), parts);
        }
    }

    #[test]
    fn numbers_stay_with_their_percent_sign() {
        for (text, unbroken) in [
            ("from 9.5 % to 1 %", "from 9.5\u{a0}% to 1\u{a0}%"),
            ("a % b", "a % b"),
            (" %", " %"),
            ("100%", "100%"),
        ] {
            assert_eq!(HtmlText::from(text).unbroken(), unbroken);
        }
        let code = HtmlText::from("`5 %`");
        assert_eq!(code.parts().collect::<Vec<_>>(), [(true, "5 %".into())]);
    }
}
