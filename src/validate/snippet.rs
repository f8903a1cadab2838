//! Shows a finding in its surroundings, with values masked.

use super::Secrets;
use super::span::TextSpan;
use crate::finding::Finding;
use crate::json::{Container, Event, Scalar, Scanner};
use crate::pointer::Token;

/// Columns a snippet may take.
const WIDTH: usize = 100;

/// Which values may be shown.
#[derive(Clone, Copy)]
pub(super) enum Values<'s> {
    /// None: each is masked by its type.
    Masked,
    /// All but those of these members.
    Shown(&'s Secrets),
}

impl<'s> Values<'s> {
    /// What may be shown around a finding: nothing at all when that lies inside a secret member.
    pub(super) fn of(finding: &Finding, show: bool, secrets: &'s Secrets) -> Self {
        let steps = finding.pointer.tokens();
        let around = &steps[..steps.len().saturating_sub(1)];
        let inside = |step: &Token| matches!(step, Token::Key(key) if secrets.holds(key));
        if show && !around.iter().any(inside) { Self::Shown(secrets) } else { Self::Masked }
    }

    /// Whether the value of this member may be shown; that of an array's item has no key.
    fn shows(self, key: Option<&str>) -> bool {
        match self {
            Self::Masked => false,
            Self::Shown(secrets) => !key.is_some_and(|key| secrets.holds(key)),
        }
    }
}

/// The object or array around a location on one line, at most 100 columns of it, with carets under the
/// place. Values that may not be shown are masked by type.
pub(super) fn snippet(text: &[u8], span: TextSpan, values: Values<'_>) -> Vec<String> {
    let TextSpan { offset, around, from, .. } = span;
    let kind = match text.get(around) {
        Some(b'{') => Container::Object,
        Some(b'[') => Container::Array,
        // A body that is a scalar has nothing around it.
        _ => return Vec::new(),
    };
    let mut line = Line::default();
    line.put(kind.brackets().0, around == offset);
    let at_first = from <= around + 1;
    line.put(if at_first { "" } else { " …," }, false);
    let mut scanner = Scanner::within(kind, text.get(from..).unwrap_or_default(), at_first);
    let mut depth = 1;
    let mut separator = " ";
    let mut shows = values.shows(None);
    while let Ok(Some(event)) = scanner.step() {
        let mut put = |line: &mut Line, shown: &str, at: usize, next: &'static str| {
            if depth == 1 {
                line.put(separator, false);
                line.put(shown, from + at == offset);
                separator = next;
            }
        };
        match event {
            Event::Begin { kind, at } => {
                let (open, close) = kind.brackets();
                put(&mut line, &format!("{open}…{close}"), at, ", ");
                depth += 1;
            }
            Event::End { .. } => depth -= 1,
            Event::Key { raw, at } => {
                let key = raw.decode();
                if depth == 1 {
                    shows = values.shows(Some(&key));
                }
                put(&mut line, &format!("{}: ", quoted(&key)), at, "");
            }
            Event::Scalar { kind, at, end } => {
                let value = masked(kind, &text[from + at..from + end], shows);
                put(&mut line, &value, at, ", ");
            }
        }
        if depth == 0 {
            line.put(" ", false);
            line.put(kind.brackets().1, false);
            break;
        }
        if line.is_full() {
            break;
        }
    }
    line.finish()
}

fn quoted(key: &str) -> String {
    let shown: String = key.chars().take(40).collect();
    let more = if shown.len() < key.len() { "…" } else { "" };
    format!("\"{}{more}\"", shown.escape_debug())
}

fn masked(kind: Scalar, value: &[u8], show_values: bool) -> String {
    let value = String::from_utf8_lossy(value);
    match kind {
        Scalar::Null => "null".to_owned(),
        _ if show_values && value.chars().count() <= 40 => value.into_owned(),
        Scalar::String if show_values => {
            format!("{}…\"", value.chars().take(40).collect::<String>())
        }
        Scalar::Boolean => "<boolean>".to_owned(),
        Scalar::Number => "<number>".to_owned(),
        Scalar::String => "<string>".to_owned(),
    }
}

/// One line in the making, with the range of the location in it, in characters.
#[derive(Default)]
struct Line {
    characters: Vec<char>,
    location: Option<(usize, usize)>,
}

impl Line {
    fn put(&mut self, text: &str, is_place: bool) {
        let from = self.characters.len();
        self.characters.extend(text.chars());
        if is_place {
            let length = text.trim_end_matches(": ").chars().count();
            self.location = Some((from, from + length));
        }
    }

    /// Whether nothing that follows the location can still be shown.
    fn is_full(&self) -> bool {
        self.location.is_some_and(|(from, _)| self.characters.len() > from + WIDTH)
    }

    /// The line cut to its width around the location, and the line of carets.
    fn finish(self) -> Vec<String> {
        let Some((from, until)) = self.location else {
            return Vec::new();
        };
        let length = self.characters.len();
        let mut start = 0;
        if length > WIDTH && until > WIDTH * 2 / 3 {
            start = from.saturating_sub(WIDTH / 2).min(length.saturating_sub(WIDTH - 1));
        }
        let lead = if start > 0 { "…" } else { "" };
        let room = WIDTH - lead.len().min(1);
        let cut = length > start + room;
        let end = if cut { start + room - 1 } else { length };
        let mut shown: String = lead.to_owned();
        shown.extend(&self.characters[start..end]);
        if cut {
            shown.push('…');
        }
        let lead = lead.chars().count();
        let carets = (until.min(end).saturating_sub(from)).max(1);
        vec![shown, format!("{}{}", " ".repeat(lead + from - start), "^".repeat(carets))]
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = r#"{"a": [1, {"name": "Ann", "deep": {"x": [1]}, "n": null}], "b": true}"#;

    fn at(around: &str, needle: &str, show_values: bool) -> String {
        let [around, offset] = [around, needle].map(|text| TEXT.find(text).unwrap());
        let span = TextSpan { offset, around, from: around + 1, location: None };
        let secrets = Secrets::new(["secretKey"]);
        let values = if show_values { Values::Shown(&secrets) } else { Values::Masked };
        snippet(TEXT.as_bytes(), span, values).join("\n")
    }

    #[test]
    fn the_location_is_under_the_carets_and_values_are_masked() {
        assert_eq!(
            at("{\"name", "null", false),
            "{ \"name\": <string>, \"deep\": {…}, \"n\": null }\n                                      ^^^^"
        );
        assert_eq!(at("[1,", "{\"name", false), "[ <number>, {…} ]\n            ^^^");
        assert_eq!(at("{\"a", "\"b\"", false), "{ \"a\": […], \"b\": <boolean> }\n            ^^^");
        assert_eq!(at("{\"a", "{\"a\"", false), "{ \"a\": […], \"b\": <boolean> }\n^");
        assert_eq!(
            at("{\"name", "\"Ann\"", true),
            "{ \"name\": \"Ann\", \"deep\": {…}, \"n\": null }\n          ^^^^^"
        );
    }

    #[test]
    fn a_secret_is_never_shown_however_it_is_spelt() {
        let text = r#"{"secretKey": "x", "SECRET_KEY": 7, "secret-key": true, "other": "y"}"#;
        let span = TextSpan { offset: 0, around: 0, from: 1, location: None };
        assert_eq!(
            snippet(text.as_bytes(), span, Values::Shown(&Secrets::new(["secretKey"])))[0],
            r#"{ "secretKey": <string>, "SECRET_KEY": <number>, "secret-key": <boolean>, "other": "y" }"#
        );
    }

    #[test]
    fn a_long_object_is_cut_around_the_location() {
        let members: Vec<String> = (0..100).map(|n| format!("\"key{n}\": {n}")).collect();
        let text = format!("{{{}}}", members.join(","));
        for n in 0..100 {
            let offset = text.find(&format!("\"key{n}\"")).unwrap();
            let lines = snippet(
                text.as_bytes(),
                TextSpan { offset, around: 0, from: 1, location: None },
                Values::Masked,
            );
            assert!(lines[0].chars().count() <= WIDTH, "{}", lines[0]);
            let from = lines[1].find('^').unwrap();
            let marked: String = lines[0].chars().skip(from).take(lines[1].len() - from).collect();
            assert_eq!(marked, format!("\"key{n}\""));
        }
    }
}
