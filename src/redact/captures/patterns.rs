//! Rewrites the regular expressions of mocks: syntax stays, and letters and digits that the API does not have
//! become others.

use super::outside::Outside;
use super::urls::{METHODS, Texts};
use crate::payload;

/// Matches any URL, any with parameters, and none of an API.
const GENERAL: [&str; 3] = [".*", r".*\?.*", "[^/]*"];

/// No regular expression.
const BROKEN: &str = "(";

/// Bytes of the shortest part of a segment that is kept where it is not at the beginning of one.
const MIN_PART: usize = 3;

/// Digits of a number of repetitions.
const MAX_REPETITION: usize = 3;

/// Schemes of the URLs of an API.
const SCHEMES: [&str; 2] = ["http", "https"];

/// Classes of characters by name: `\p{…}`.
const CLASSES: [&str; 19] = [
    "ASCII",
    "Alnum",
    "Alpha",
    "Digit",
    "IsAlphabetic",
    "IsDigit",
    "IsLetter",
    "L",
    "Ll",
    "Lower",
    "Lu",
    "M",
    "N",
    "Nd",
    "P",
    "Punct",
    "Space",
    "Upper",
    "XDigit",
];

/// Ranges of a class that say nothing.
const RANGES: [(char, char); 6] = [('a', 'z'), ('A', 'Z'), ('0', '9'), ('a', 'f'), ('A', 'F'), ('1', '9')];

/// Whether an expression matches a URL of the API, with parameters and without; nothing where it is none.
fn fits(pattern: &str, outside: &Outside) -> Option<[bool; 2]> {
    let fits = |with_query| {
        let mut templates = outside.templates().peekable();
        match templates.peek() {
            Some(_) => payload::pattern_fits(pattern, with_query, &mut templates),
            None => payload::pattern_fits(pattern, with_query, &mut ["/"].into_iter()),
        }
    };
    Some([fits(true)?, fits(false)?])
}

impl Texts<'_> {
    /// A regular expression, which matches URLs of the API if it did.
    pub(super) fn url_pattern(&mut self, pattern: &str) -> String {
        let wanted = fits(pattern, self.outside);
        let mut out = self.rewritten(pattern, false);
        if wanted.is_some_and(|[with_query, _]| with_query) && !self.is_alike(out.as_deref(), wanted) {
            out = self.rewritten(pattern, true);
        }
        let is_alike = self.is_alike(out.as_deref(), wanted);
        let outside = self.outside;
        let alike = |general: &&str| fits(general, outside) == wanted;
        self.written_or(out.filter(|_| is_alike), pattern, || match wanted {
            None => BROKEN,
            Some(_) => GENERAL.into_iter().find(alike).unwrap_or(GENERAL[0]),
        })
    }

    /// A regular expression for another text.
    pub(super) fn pattern(&mut self, pattern: &str) -> String {
        let is_valid = |text: &str| payload::pattern_fits(text, true, &mut ["/"].into_iter()).is_some();
        let out = self.rewritten(pattern, false).filter(|out| is_valid(out) || !is_valid(pattern));
        self.written_or(out, pattern, || GENERAL[0])
    }

    fn is_alike(&self, out: Option<&str>, wanted: Option<[bool; 2]>) -> bool {
        out.is_some_and(|out| fits(out, self.outside) == wanted)
    }

    /// The expression as it was rewritten, or another one, which is counted.
    fn written_or(
        &mut self,
        out: Option<String>,
        pattern: &str,
        other: impl FnOnce() -> &'static str,
    ) -> String {
        let is_rewritten = out.is_some();
        let out = out.unwrap_or_else(|| other().to_owned());
        self.redactor.summary_mut().unpreserved += u64::from(!is_rewritten && out != pattern);
        let written = self.redactor.written_mut();
        if out == pattern {
            written.kept(pattern);
        } else {
            written.replaced(pattern, &out);
        }
        out
    }

    /// The expression with other letters and digits; nothing where it has syntax that is not known. `loosely`
    /// keeps parts of the segments of the API, too.
    fn rewritten(&mut self, pattern: &str, loosely: bool) -> Option<String> {
        let mut rewriting = Rewriting { texts: self, loosely, out: String::new(), run: String::new() };
        let mut rest = pattern;
        while !rest.is_empty() {
            rest = rewriting.token(rest)?;
        }
        rewriting.end_run();
        Some(rewriting.out)
    }

    /// Whether the API has this word.
    fn has_word(&self, word: &str) -> bool {
        let is_it = |known: &str| known.eq_ignore_ascii_case(word);
        self.outside.has_parameter(word)
            || METHODS.into_iter().chain(SCHEMES).any(is_it)
            || self.outside.segments().any(|segment| segment.split(|part| !is_part(part)).any(is_it))
    }
}

/// Whether a character is a part of a word.
fn is_part(letter: char) -> bool {
    letter.is_alphanumeric() || letter == '_' || !letter.is_ascii()
}

struct Rewriting<'r, 't> {
    texts: &'r mut Texts<'t>,
    loosely: bool,
    out: String,
    /// Literal letters and digits that are not written yet.
    run: String,
}

impl Rewriting<'_, '_> {
    /// Takes what the expression begins with; what is behind it, or nothing where it is not known.
    fn token<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let first = rest.chars().next()?;
        let length = match first {
            '\\' => return self.escape(rest),
            _ if is_part(first) => {
                self.run.push(first);
                return Some(&rest[first.len_utf8()..]);
            }
            '[' => return self.class(rest),
            '(' => return self.group(rest),
            '{' => repetition(rest)?,
            _ => first.len_utf8(),
        };
        self.syntax(&rest[..length]);
        Some(&rest[length..])
    }

    fn syntax(&mut self, text: &str) {
        self.end_run();
        self.out.push_str(text);
    }

    fn literal(&mut self, letter: char) {
        if is_part(letter) {
            self.run.push(letter);
        } else {
            self.syntax(&regex_syntax::escape(letter.encode_utf8(&mut [0; 4])));
        }
    }

    /// Writes the letters and digits so far.
    fn end_run(&mut self) {
        let run = std::mem::take(&mut self.run);
        if run.is_empty() {
            return;
        }
        if self.texts.has_word(&run) || self.loosely && self.is_part_of_segment(&run) {
            self.out.push_str(&run);
        } else {
            self.out.push_str(&regex_syntax::escape(&self.texts.redactor.text(&run)));
        }
    }

    fn is_part_of_segment(&self, run: &str) -> bool {
        let begins = self.out.ends_with('/');
        self.texts.outside.segments().any(|segment| {
            begins && segment.starts_with(run) || run.len() >= MIN_PART && segment.contains(run)
        })
    }

    fn escape<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        if let Some(quoted) = rest.strip_prefix(r"\Q") {
            let (quoted, behind) = quoted.split_once(r"\E").unwrap_or((quoted, ""));
            quoted.chars().for_each(|letter| self.literal(letter));
            return Some(behind);
        }
        if let Some((letter, behind)) = escaped_letter(rest) {
            self.literal(letter);
            return Some(behind);
        }
        let length = escape(rest, "dDwWsSbBAzZhHvVRGXnrtfae")?;
        self.syntax(&rest[..length]);
        Some(&rest[length..])
    }

    /// The beginning of a group. Names of groups are left out.
    fn group<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let Some(kind) = rest.strip_prefix("(?") else {
            self.syntax("(");
            return Some(&rest[1..]);
        };
        if let Some(known) = [":", "=", "!", ">", "<=", "<!"].into_iter().find(|one| kind.starts_with(*one)) {
            self.syntax("(?");
            self.syntax(known);
            return Some(&kind[known.len()..]);
        }
        if let Some(name) = kind.strip_prefix("P<").or(kind.strip_prefix('<')) {
            self.syntax("(");
            return name.split_once('>').map(|(_, behind)| behind);
        }
        let length = kind.find([':', ')'])?;
        let (flags, end) = kind[..=length].split_at(length);
        flags.bytes().all(|flag| b"imsuU-".contains(&flag)).then(|| {
            self.syntax("(?");
            self.syntax(flags);
            self.syntax(end);
            &kind[length + 1..]
        })
    }

    /// A class of characters: letters and digits in it become all of their kind.
    fn class<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let mut class = Class::default();
        let (negation, mut rest) = match rest.strip_prefix("[^") {
            Some(rest) => ("[^", rest),
            None => ("[", &rest[1..]),
        };
        while !rest.starts_with(']') || class.is_empty() {
            rest = class.take(rest)?;
        }
        self.syntax(negation);
        self.syntax(&class.text());
        self.syntax("]");
        Some(&rest[1..])
    }
}

/// What a class of characters has, without what says something.
#[derive(Default)]
struct Class {
    signs: String,
    ranges: Vec<&'static str>,
}

impl Class {
    fn is_empty(&self) -> bool {
        self.signs.is_empty() && self.ranges.is_empty()
    }

    fn text(&self) -> String {
        format!("{}{}", self.ranges.concat(), self.signs)
    }

    fn add(&mut self, range: &'static str) {
        if !self.ranges.contains(&range) {
            self.ranges.push(range);
        }
    }

    /// Takes what the rest of the class begins with.
    fn take<'p>(&mut self, rest: &'p str) -> Option<&'p str> {
        let Some((first, behind)) = class_letter(rest) else {
            let length = escape(rest, "dDwWsShHvVnrtf")?;
            self.signs.push_str(&rest[..length]);
            return Some(&rest[length..]);
        };
        let last = behind.strip_prefix('-').filter(|last| !last.starts_with(']'));
        let (last, behind) = match last {
            Some(last) => class_letter(last)?,
            None => (first, behind),
        };
        if last < first {
            return None;
        }
        self.range(first, last)?;
        Some(behind)
    }

    fn range(&mut self, first: char, last: char) -> Option<()> {
        const TEXTS: [&str; 6] = ["a-z", "A-Z", "0-9", "a-f", "A-F", "1-9"];
        if let Some(known) = RANGES.iter().position(|range| *range == (first, last)) {
            self.add(TEXTS[known]);
        } else if !first.is_ascii() || !last.is_ascii() {
            let is_letter = |letter: char| letter.is_alphanumeric();
            if !is_letter(first) || !is_letter(last) {
                return None;
            }
            for all in [r"\p{L}", r"\p{M}", r"\p{N}"] {
                self.add(all);
            }
        } else if first == last && !first.is_alphanumeric() {
            let escape = if r"-[]^\&~".contains(first) { r"\" } else { "" };
            self.signs.push_str(escape);
            self.signs.push(first);
        } else {
            let all =
                RANGES.iter().zip(TEXTS).take(3).filter(|((from, to), _)| first <= *to && *from <= last);
            all.for_each(|(_, text)| self.add(text));
            // Signs have no names, and a range of them stays.
            if !first.is_alphanumeric() || !last.is_alphanumeric() {
                let sign = |letter: char| if letter.is_alphanumeric() { None } else { Some(letter) };
                self.signs.push_str(&signs(sign(first)?, sign(last)?));
            }
        }
        Some(())
    }
}

/// A range from one sign to another, as hexadecimal numbers.
fn signs(first: char, last: char) -> String {
    format!(r"\x{:02x}-\x{:02x}", u32::from(first), u32::from(last))
}

/// A letter, digit or sign of a class, and what is behind it. Intersections and classes in classes are none.
fn class_letter(rest: &str) -> Option<(char, &str)> {
    match rest.chars().next()? {
        '\\' => escaped_letter(rest).or_else(|| {
            let sign = rest[1..].chars().next().filter(char::is_ascii_punctuation)?;
            Some((sign, &rest[2..]))
        }),
        '[' | ']' => None,
        '&' if rest.starts_with("&&") => None,
        letter => Some((letter, &rest[letter.len_utf8()..])),
    }
}

/// The length of an escape: of a sign, a class with a name, or one of these letters.
fn escape(rest: &str, letters: &str) -> Option<usize> {
    let letter = rest.strip_prefix('\\')?.chars().next()?;
    if letters.contains(letter) || letter.is_ascii_punctuation() || letter == ' ' {
        return Some(2);
    }
    if !matches!(letter, 'p' | 'P') {
        return None;
    }
    let name = &rest[2..];
    let (name, length) = match name.strip_prefix('{') {
        Some(name) => name.split_once('}').map(|(name, _)| (name, name.len() + 4))?,
        None => (name.get(..1)?, 3),
    };
    CLASSES.contains(&name).then_some(length)
}

/// The letter that an escape has the number of, and what is behind it.
fn escaped_letter(rest: &str) -> Option<(char, &str)> {
    let number = rest.strip_prefix('\\')?;
    let kind = number.chars().next()?;
    let (width, digits) = match kind {
        'x' => (2, &number[1..]),
        'u' => (4, &number[1..]),
        _ if !kind.is_ascii() => return Some((kind, &number[kind.len_utf8()..])),
        _ => return None,
    };
    let (digits, behind) = match digits.strip_prefix('{') {
        Some(digits) => digits.split_once('}')?,
        None => digits.split_at_checked(width)?,
    };
    let is_number = digits.len() <= 8 && digits.bytes().all(|digit| digit.is_ascii_hexdigit());
    let letter = is_number.then(|| u32::from_str_radix(digits, 16).ok().and_then(char::from_u32))??;
    Some((letter, behind))
}

/// The length of a repetition in braces.
fn repetition(rest: &str) -> Option<usize> {
    let end = rest.find('}')?;
    let numbers = rest.get(1..end)?;
    let (least, most) = numbers.split_once(',').unwrap_or((numbers, ""));
    let is_number =
        |text: &str| text.len() <= MAX_REPETITION && text.bytes().all(|digit| digit.is_ascii_digit());
    (!least.is_empty() && is_number(least) && is_number(most)).then_some(end + 1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::redact::{Facts, Key, Policy, Redactor};
    use crate::schema::Schema;
    use crate::validate::Secrets;

    fn redactor() -> Redactor {
        let schema = Schema::from_value(true.into());
        let secrets = Secrets::new([""; 0]);
        let facts = Facts { schemas: vec![("", &schema)], secrets: &secrets, elision: None, fields: &() };
        Redactor::new(Policy::of(&facts).unwrap(), &Key::new(&[7; 16]).unwrap())
    }

    #[test]
    fn letters_and_digits_of_patterns_are_replaced_unless_the_api_has_them() {
        let outside = Outside::new(["/api/v2/things/{id}"]).parameters(["page"]);
        let mut redactor = redactor();
        let mut texts = Texts { redactor: &mut redactor, outside: &outside };
        for (pattern, kept, gone) in [
            (r"/users/[Jj][Oo][Hh][Nn]", "[A-Za-z]", "[Jj]"),
            (r"/users/123-45-678-90?.*", "0?.*", "123-45-678-9"),
            (r"/users/\x6a\x6f\x68\x6e\x2e", r"\.", "6f"),
            (r"/users/\u006aoh\x{6e}", "/", "6"),
            (r"/users/(jo|al)@(ab|cd)\.(de|io)", r")\.(", "jo"),
            (r".*phone=\+49-151-234-567-89.*", r"=\+", "49-151"),
            (r"/api/v2/things/john", "/api/v2/things/", "john"),
            (r"/api/v[12]/things/[0-9a-f]{24}(\?page=\d+)?", r"/v[0-9]/things/[0-9a-f]{24}(\?page=", "[12]"),
            (r"(?i)/API/V2/THINGS/\d+", r"(?i)/API/V2/THINGS/\d+", "john"),
            (r"/\Qjohn.smith\E/[^/]+", "/[^/]+", "john"),
            (r"/(?<john>\p{L}+)/\w{1,3}", r"(\p{L}+)/\w{1,3}", "john"),
            (r"/[ -~]+é[\-_.]", "[", "é"),
        ] {
            let out = texts.url_pattern(pattern);
            assert!(out.contains(kept) || kept == "0?.*" && out.contains("?.*"), "{pattern}: {out}");
            assert!(!out.contains(gone), "{pattern}: {out}");
            assert_eq!(fits(&out, &outside), fits(pattern, &outside), "{pattern}: {out}");
            assert!(fits(&out, &outside).is_some());
        }
        assert_eq!(texts.redactor.summary().unpreserved, 0);
    }

    #[test]
    fn a_pattern_that_is_not_rewritten_becomes_a_general_one() {
        let outside = Outside::new(["/api/v2/things"]);
        let mut redactor = redactor();
        let mut texts = Texts { redactor: &mut redactor, outside: &outside };
        for (pattern, expected) in [
            (r"/api/v2/things(x)?\1?", ".*"),
            (r"/api/v2/things\?name=[a-z&&[^j]]+", r".*\?.*"),
            (r"/users/[a-z&&[^j]]+", "[^/]*"),
            (r"/users/{id}", BROKEN),
            (r"/users/[j", BROKEN),
        ] {
            assert_eq!(texts.url_pattern(pattern), expected, "{pattern}");
        }
        assert_eq!(texts.redactor.summary().unpreserved, 5);
        assert_eq!(texts.pattern(r"(jo)hn\1"), ".*");
        assert_eq!(texts.pattern("GET|POST"), "GET|POST");
    }

    proptest::proptest! {
        #[test]
        fn a_pattern_stays_one(
            pattern in r"/(api|v2|jo|[a-z0-9]{1,3}|\[[a-zA-Z0-9_^-]{1,4}\]|\\[dwsxQEu.-]|[(){}?*+|.]){0,9}"
        ) {
            let outside = Outside::new(["/api/v2/things"]);
            let mut redactor = redactor();
            let mut texts = Texts { redactor: &mut redactor, outside: &outside };
            let out = texts.url_pattern(&pattern);
            proptest::prop_assert_eq!(fits(&out, &outside), fits(&pattern, &outside), "{}: {}", pattern, out);
        }
    }
}
