//! Detects the format of an input from its beginning.

use super::head::Ahead;
use super::skim::{ValueScan, Watch};
use super::{Input, Recognized, captures};
use crate::json::{self, SyntaxErrorKind};

/// A stream is held this far to find the members that identify a capture. Those that come later
/// are found when the payload is read.
const KEYS_WITHIN: usize = 1 << 16;

/// A first line is held this far to distinguish NDJSON from concatenated documents.
const LINE_WITHIN: usize = 1 << 20;

/// The format of a stream, and what looked at its first value; an error with advice if it is not read.
/// `named` is the format by its name.
pub(super) fn detect(ahead: &mut Ahead<'_>, named: Option<Input>) -> Result<(Input, Option<Begun>), String> {
    let mut looking = Looking { first: Begun::new(), named };
    let input = looking.at(ahead)?;
    Ok((input, looking.first))
}

/// A watch that looked at the beginning of a value, and need not look at it again.
pub(super) struct Begun {
    watch: Box<dyn Watch>,
    /// Bytes of the value that it saw, and how many of them were not walked over again.
    seen: usize,
    left: usize,
    /// Whether they are all of the value.
    ended: bool,
    /// Whether the value is still the one that it saw.
    fresh: bool,
}

impl Begun {
    fn new() -> Option<Self> {
        let mut watch = captures::watch()?;
        watch.begin();
        Some(Self { watch, seen: 0, left: 0, ended: false, fresh: true })
    }

    /// Looks at more of the value, of which this is known.
    fn look(&mut self, text: &[u8]) -> Option<Recognized> {
        let fresh = text.get(self.seen..).filter(|fresh| !fresh.is_empty() && !self.ended)?;
        let (length, ended) = self.watch.over(fresh);
        self.seen += length;
        (self.left, self.ended) = (self.seen, ended);
        self.watch.recognized()
    }
}

impl Watch for Begun {
    fn begin(&mut self) {
        if !std::mem::take(&mut self.fresh) {
            self.watch.begin();
            (self.left, self.ended) = (0, false);
        }
    }

    fn over(&mut self, chunk: &[u8]) -> (usize, bool) {
        if self.left == 0 {
            return self.watch.over(chunk);
        }
        let length = chunk.len().min(self.left);
        self.left -= length;
        if self.left > 0 || self.ended {
            return (length, self.left == 0);
        }
        let (more, ended) = self.watch.over(&chunk[length..]);
        (length + more, ended)
    }

    fn is_scalar(&self) -> bool {
        self.watch.is_scalar()
    }

    fn recognized(&self) -> Option<Recognized> {
        self.watch.recognized()
    }
}

/// What was seen of the beginning.
struct Looking {
    first: Option<Begun>,
    named: Option<Input>,
}

type Detected = Option<Result<Input, String>>;

impl Looking {
    fn at(&mut self, ahead: &mut Ahead<'_>) -> Result<Input, String> {
        let mut want = 1;
        loop {
            let more = ahead.hold(want);
            let held = ahead.held();
            if let Some(recognized) = self.detected(held, more) {
                return recognized;
            }
            if !more {
                return Ok(self.otherwise(Input::Documents));
            }
            // Beyond the keys, each look is at twice as much.
            want = if held.len() < KEYS_WITHIN { held.len() + 1 } else { held.len() * 2 };
        }
    }

    /// The format of these first bytes, if they are enough.
    fn detected(&mut self, head: &[u8], more: bool) -> Detected {
        let enough = |within| !more || head.len() >= within;
        if let Err(encoding) = json::decode(head) {
            // Members of a capture are found in any encoding; a payload in a wrong one is for the validator
            // to name.
            return enough(LINE_WITHIN).then(|| self.encoded(head, encoding));
        }
        let text = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head).trim_ascii_start();
        let Some(first) = text.first() else {
            return enough(KEYS_WITHIN).then(|| Ok(self.otherwise(Input::Documents)));
        };
        if !matches!(first, b'{' | b'[') || captures::is_trace(text) {
            return self.text(text, more);
        }
        if let Some(recognized) = self.watched(text, KEYS_WITHIN) {
            return Some(recognized);
        }
        match self.named {
            Some(Input::Ndjson) => lines(text, more),
            Some(named) if enough(KEYS_WITHIN) => Some(Ok(named)),
            Some(_) => None,
            None => self.documents(text, more),
        }
    }

    /// The format by the name, or else this one.
    fn otherwise(&self, input: Input) -> Input {
        self.named.unwrap_or(input)
    }

    /// What the members of the first value identify.
    fn watched(&mut self, text: &[u8], within: usize) -> Detected {
        let recognized = self.first.as_mut()?.look(&text[..text.len().min(within)])?;
        Some(match recognized {
            Recognized::Capture(input) => Ok(input),
            Recognized::Other(what) => Err(what.to_owned()),
        })
    }

    /// Text that does not begin as an object or an array does.
    fn text(&mut self, text: &[u8], more: bool) -> Detected {
        // The second line tells saved responses from logs.
        let lines = memchr::memchr_iter(b'\n', text);
        if more && text.starts_with(b"HTTP/") && text.len() < KEYS_WITHIN && lines.take(2).count() < 2 {
            return None;
        }
        match captures::text(&text[..text.len().min(KEYS_WITHIN)]) {
            Some(Recognized::Capture(input)) => return Some(Ok(input)),
            Some(Recognized::Other(what)) => return Some(Err(what.to_owned())),
            None => {}
        }
        if let Some(named) = self.named {
            return (!more || text.len() >= KEYS_WITHIN).then_some(Ok(named));
        }
        self.documents(text, more)
    }

    /// Text in another encoding than UTF-8.
    fn encoded(&self, head: &[u8], encoding: &str) -> Result<Input, String> {
        let text = transcoded(head, encoding);
        let text = text.trim_start_matches('\u{feff}').trim_start();
        let mut looking = Self { first: Begun::new(), named: None };
        let recognized =
            looking.watched(text.as_bytes(), usize::MAX).or_else(|| match captures::text(text.as_bytes())? {
                Recognized::Capture(input) => Some(Ok(input)),
                Recognized::Other(what) => Some(Err(what.to_owned())),
            });
        let named = self.named.filter(|input| input.is_capture()).map(Ok);
        match recognized.or(named) {
            Some(Ok(input)) => {
                let (what, name) = (input.what(), short(encoding));
                Err(format!("is {what} in {encoding}: convert it to UTF-8 (`iconv -f {name} -t UTF-8`)"))
            }
            Some(recognized) => recognized,
            None => Ok(self.otherwise(Input::Documents)),
        }
    }

    /// Bodies in a row, or one a line.
    fn documents(&mut self, text: &[u8], more: bool) -> Detected {
        let want_more = |within| if more && text.len() < within { None } else { Some(Ok(Input::Documents)) };
        let Some(line_end) = memchr::memchr(b'\n', text) else {
            return want_more(LINE_WITHIN);
        };
        if text[line_end..].iter().all(u8::is_ascii_whitespace) {
            return want_more(LINE_WITHIN);
        }
        if let Some(syntax_error) = json::syntax_error(&text[..line_end], usize::MAX) {
            // A line that is no JSON before one that is: the first of many bodies is broken.
            let mut lines =
                text[line_end..].split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
            let behind = lines.next().is_some_and(json::is_complete);
            let broken = behind && syntax_error.kind == SyntaxErrorKind::NotJson;
            return if broken { Some(Ok(Input::Ndjson)) } else { want_more(KEYS_WITHIN) };
        }
        // A first line that is longer than what was looked at may be a capture all the same.
        self.watched(&text[..line_end], usize::MAX).or_else(|| mixed(text, more).map(Ok))
    }
}

/// NDJSON, as the name says, unless the first document takes several lines.
fn lines(text: &[u8], more: bool) -> Detected {
    let Some(end) = memchr::memchr(b'\n', text) else {
        return (!more || text.len() >= KEYS_WITHIN).then_some(Ok(Input::Ndjson));
    };
    if !is_cut(&text[..end]) {
        return mixed(text, more).map(Ok);
    }
    let mut walk = ValueScan::default();
    let (length, ended) = walk.over(text);
    if ended {
        let pretty = length > end && json::is_complete(&text[..length]);
        return Some(Ok(if pretty { Input::Documents } else { Input::Ndjson }));
    }
    let pretty = !text[end..].trim_ascii().is_empty() && is_cut(text);
    if pretty && more && text.len() < LINE_WITHIN {
        return None;
    }
    if text[end..].trim_ascii().is_empty() && more {
        return None;
    }
    Some(Ok(if pretty { Input::Documents } else { Input::Ndjson }))
}

fn is_cut(text: &[u8]) -> bool {
    json::syntax_error(text, usize::MAX)
        .is_some_and(|syntax_error| syntax_error.kind == SyntaxErrorKind::Truncated)
}

/// Whether a text is the beginning of a JSON value of several lines. A line that was cut off may look as if
/// it went on in the next one, but not in the one behind that.
pub(super) fn is_several(text: &[u8]) -> bool {
    let mut lines = text.split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
    lines.nth(2).is_some() && is_cut(text)
}

/// One body a line as in the first line, unless one of those that are held takes several.
fn mixed(text: &[u8], more: bool) -> Option<Input> {
    let mut at = 0;
    while let Some(length) = memchr::memchr(b'\n', &text[at..]) {
        let line = text[at..at + length].trim_ascii();
        let open = matches!(line.last(), Some(b'{' | b'[' | b',' | b':'));
        if open && matches!(line.first(), Some(b'{' | b'[')) {
            let rest = &text[at..];
            let (value, ended) = ValueScan::default().over(rest.trim_ascii_start());
            if !ended && more && text.len() < LINE_WITHIN && is_cut(rest) {
                return None;
            }
            let pretty =
                if ended { json::is_complete(&rest.trim_ascii_start()[..value]) } else { is_several(rest) };
            return Some(if pretty { Input::Documents } else { Input::Ndjson });
        }
        at += length + 1;
    }
    // The second line may be on its way.
    let second = memchr::memchr_iter(b'\n', text).nth(1);
    let waits = more && second.is_none() && at < text.len() && text.len() < LINE_WITHIN;
    (!waits).then_some(Input::Ndjson)
}

/// The name of an encoding as other tools know it.
fn short(encoding: &str) -> String {
    let order = if encoding.contains("big") { "BE" } else { "LE" };
    encoding.split(' ').next().unwrap_or_default().to_owned() + order
}

/// Text in this encoding; what is not of it is replaced.
fn transcoded(bytes: &[u8], encoding: &str) -> String {
    let big = encoding.contains("big");
    if encoding.starts_with("UTF-32") {
        let units = bytes.chunks_exact(4).map(|unit| {
            let unit = [unit[0], unit[1], unit[2], unit[3]];
            let code = if big { u32::from_be_bytes(unit) } else { u32::from_le_bytes(unit) };
            char::from_u32(code).unwrap_or(char::REPLACEMENT_CHARACTER)
        });
        return units.collect();
    }
    let units = bytes.chunks_exact(2).map(|unit| {
        let unit = [unit[0], unit[1]];
        if big { u16::from_be_bytes(unit) } else { u16::from_le_bytes(unit) }
    });
    char::decode_utf16(units).map(|unit| unit.unwrap_or(char::REPLACEMENT_CHARACTER)).collect()
}

#[cfg(all(test, feature = "captures"))]
mod tests {
    use super::*;

    #[test]
    fn a_value_that_was_looked_at_is_not_looked_at_again() {
        let text = br#"{"a": [1, "}"], "log": {"version": "1.2", "creator": {}, "entries": []}} {"b": 1}"#;
        let first = text.len() - br#" {"b": 1}"#.len();
        let recognized = Some(Recognized::Capture(Input::Har));
        for looked in 0..text.len() {
            for piece in [1, 7, text.len()] {
                let mut begun = Begun::new().unwrap();
                begun.look(&text[..looked]);
                begun.begin();
                let (mut at, mut ended) = (0, false);
                while !ended {
                    let (length, ends) = begun.over(&text[at..][..piece.min(text.len() - at)]);
                    (at, ended) = (at + length, ends);
                }
                assert_eq!((at, begun.recognized()), (first, recognized), "{looked} {piece}");
                begun.begin();
                assert_eq!((begun.over(&text[first + 1..]), begun.recognized()), ((8, true), None));
            }
        }
    }
}
