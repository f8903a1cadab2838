//! What is opened, and what does it hold?

use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::Path;

use super::documents::Documents;
use super::head::Ahead;
use super::limit::DEFAULT_MAX_BODY;
use super::lines::Lines;
use super::requests::Requests;
use super::whole::Whole;
use super::{Input, Item, Selection, captures, codecs};
use crate::error::{Error, ErrorKind};
use crate::json::{self, FlawKind};
use crate::origin::Origin;
use crate::untrusted::path_text;

/// A stream of bytes, decompressed.
pub type Reader<'r> = Box<dyn BufRead + Send + 'r>;

/// Buffer between a file and what reads it. Who reads much at a time reads past it.
const BUFFER: usize = 1 << 16;

/// A stream is held this far to find the keys that tell a capture from a body.
const KEYS_WITHIN: usize = 1 << 16;

/// A first line is held this far to tell one body a line from bodies in a row.
const LINE_WITHIN: usize = 1 << 20;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the input holds; name and content tell without it.
    pub input: Option<Input>,
    /// Which entries of a capture are meant; all without it.
    pub selection: Option<Selection>,
    /// The most bytes of one decoded body ([`DEFAULT_MAX_BODY`]), and of white space between two. What is larger is a
    /// problem, not a matter of memory.
    pub max_body: u64,
    /// Whether bodies are given as [`Item::Large`] that are larger than anybody wants to hold, a few megabytes. Those that
    /// lie in their file as they are may then be of any size, unless another limit than the default one is set.
    pub pass_large: bool,
}

impl Options {
    /// How much of a body is held at most, and how large it may be.
    pub(super) fn bounds(&self, origin: &Origin) -> Bounds {
        let unlimited = self.pass_large && origin.is_verbatim() && self.max_body == DEFAULT_MAX_BODY;
        let most = if unlimited { u64::MAX } else { self.max_body };
        Bounds { held: if self.pass_large { HELD.min(self.max_body) } else { self.max_body }, most }
    }
}

/// Larger bodies are passed on as they are read, where that is wanted.
const HELD: u64 = 2 << 20;

/// Limits to one body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Bounds {
    /// What is held of it, at most.
    pub(super) held: u64,
    /// How large it may be.
    pub(super) most: u64,
}

impl Default for Options {
    fn default() -> Self {
        Self { input: None, selection: None, max_body: DEFAULT_MAX_BODY, pass_large: false }
    }
}

/// A file or stream that was opened and decompressed, and of which it is known what it holds.
pub struct Opened<'r> {
    /// The file; says whether its lines are those of `reader`.
    pub origin: Origin,
    /// What it holds.
    pub input: Input,
    /// The text, from its first byte.
    pub reader: Reader<'r>,
    options: Options,
}

/// Opens a file and finds out what it holds.
///
/// # Errors
///
/// [`ErrorKind::Input`] when it cannot be read, or is an archive or something else that holds no
/// bodies.
pub fn open(path: &Path, options: &Options) -> Result<Opened<'static>, Error> {
    open_reader(file(path)?, Origin::at(path), options)
}

/// The bytes of a file. Of a file that grows, what was there at first is read.
///
/// # Errors
///
/// [`ErrorKind::Input`] when it cannot be read.
pub fn file(path: &Path) -> Result<impl BufRead + Send + use<>, Error> {
    let name = path_text(path).into_owned();
    let unread = |error| Error::new(ErrorKind::Input, &name, "cannot be read").because(error);
    let file = File::open(path).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    // Files that the system makes up as they are read have no length.
    let length = if metadata.is_file() && metadata.len() > 0 { metadata.len() } else { u64::MAX };
    Ok(BufReader::with_capacity(BUFFER, file.take(length)))
}

/// Opens a stream; the name of its origin counts as a file's does.
///
/// # Errors
///
/// As [`open`].
pub fn open_reader<'r>(
    reader: impl BufRead + Send + 'r,
    origin: Origin,
    options: &Options,
) -> Result<Opened<'r>, Error> {
    let opened = codecs::decompress(Box::new(reader), origin.name());
    let (reader, decoded) = opened.map_err(|error| unreadable(origin.name(), error))?;
    let mut ahead = Ahead::new(reader);
    let named = || Input::of_name(Path::new(origin.name()));
    let input = options.input.or_else(named).unwrap_or_else(|| tell(&mut ahead));
    let origin = if decoded { origin.decoded() } else { origin };
    Ok(Opened { origin, input, reader: Box::new(ahead), options: options.clone() })
}

/// Reads the bodies of one file or stream, one at a time, whatever it holds.
///
/// A file of no bytes at all is one empty body: a capture that failed must not pass for one that had
/// nothing to say.
///
/// ```
/// use clients_contract::Origin;
/// use clients_contract::payload::{self, Item};
///
/// let file = Origin::file("two.txt");
/// let items: Vec<_> = payload::read(&b"{}\n\n{}\n"[..], file, None).collect::<Result<_, _>>()?;
/// assert!(matches!(&items[1], Item::Payload(body) if body.origin().to_string() == "two.txt:3"));
/// # Ok::<(), clients_contract::Error>(())
/// ```
pub fn read<'r>(reader: impl BufRead + Send + 'r, origin: Origin, input: Option<Input>) -> Items<'r> {
    match open_reader(reader, origin, &Options { input, ..Options::default() }) {
        Ok(opened) => opened.items(),
        Err(error) => Items(Box::new(Once(Some(error)))),
    }
}

/// Nothing but a problem.
pub(super) struct Once(pub(super) Option<Error>);

impl Iterator for Once {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.take().map(Err)
    }
}

impl Bodies for Once {}

/// What one file holds, in its order; see [`Opened::items`].
pub struct Items<'r>(Box<dyn Bodies + 'r>);

/// Something that holds bodies.
pub(super) trait Bodies: Iterator<Item = Result<Item, Error>> + Send {
    /// Whether the next item is there already, so that nobody has to wait for it.
    fn at_hand(&self) -> bool {
        false
    }

    /// Reads the body that was given as large.
    fn read_body(&mut self, _: &mut [u8]) -> io::Result<usize> {
        Ok(0)
    }
}

/// The bytes of a body that is too large to be held; see [`Items::body`].
pub struct Body<'i>(&'i mut dyn Bodies);

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_body(buffer)
    }
}

impl Items<'_> {
    /// Whether the next item is there already. Somebody who gathers items before they are judged should not make
    /// those that came wait for one that may be long in coming.
    #[must_use]
    pub fn at_hand(&self) -> bool {
        self.0.at_hand()
    }

    /// The bytes of the body that was just given as [`Item::Large`]. What is not read of it is passed over.
    pub fn body(&mut self) -> Body<'_> {
        Body(&mut *self.0)
    }
}

impl Iterator for Items<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        self.0.next()
    }
}

impl<'r> Opened<'r> {
    /// The bodies, and the entries that are none. What was read before a problem comes before it.
    #[must_use]
    pub fn items(self) -> Items<'r> {
        let Self { origin, input, reader, options } = self;
        let bounds = options.bounds(&origin);
        Items(match input {
            Input::Json => Box::new(Whole::new(reader, origin, bounds)),
            Input::Ndjson => Box::new(Requests::new(Lines::new(reader, origin, bounds))),
            Input::Documents => Box::new(Documents::new(reader, origin, bounds)),
            Input::Har | Input::Postman | Input::WireMock | Input::Http => {
                captures::items(reader, origin, input, options)
            }
        })
    }
}

/// Looks as far as it takes to know what a stream holds.
fn tell(ahead: &mut Ahead<'_>) -> Input {
    let (mut want, mut held) = (1, 0);
    loop {
        let more = ahead.hold(want);
        if let Some(input) = told(ahead.held(), held, more) {
            return input;
        }
        // Beyond the keys, each look is at twice as much.
        held = ahead.held().len();
        want = if held < KEYS_WITHIN { held + 1 } else { held * 2 };
    }
}

/// What these first bytes say, if that is enough of them; the first `before` of them were looked at before.
fn told(head: &[u8], before: usize, more: bool) -> Option<Input> {
    let head = head.strip_prefix(b"\xef\xbb\xbf").unwrap_or(head);
    let text = head.trim_ascii_start();
    if text.is_empty() {
        return (!more || head.len() > KEYS_WITHIN).then_some(Input::Documents);
    }
    // No more than these keys are looked at, and once is enough.
    let lead = head.len() - text.len();
    let keys = &text[..text.len().min(KEYS_WITHIN)];
    let looked_at = before.saturating_sub(lead) >= KEYS_WITHIN;
    if !looked_at && let Some(input) = captures::told(keys) {
        return Some(input);
    }
    let want_more = |within| if more && text.len() < within { None } else { Some(Input::Documents) };
    let Some(line_end) = text.iter().position(|&byte| byte == b'\n') else {
        return want_more(LINE_WITHIN);
    };
    if text[line_end..].iter().all(u8::is_ascii_whitespace) {
        return want_more(LINE_WITHIN);
    }
    if let Some(flaw) = json::flaw(&text[..line_end], usize::MAX) {
        // A line that is no JSON before one that is: the first of many bodies is broken.
        let mut lines =
            text[line_end..].split(|&byte| byte == b'\n').filter(|line| !line.trim_ascii().is_empty());
        let behind = lines.next().is_some_and(json::is_complete);
        let broken = behind && flaw.kind == FlawKind::NotJson;
        return if broken { Some(Input::Ndjson) } else { want_more(KEYS_WITHIN) };
    }
    Some(Input::Ndjson)
}

/// Says what went wrong with a stream that was being read.
pub fn unreadable(place: &str, error: io::Error) -> Error {
    match error.kind() {
        io::ErrorKind::InvalidData | io::ErrorKind::FileTooLarge if error.get_ref().is_some() => {
            Error::new(ErrorKind::Input, place, error.to_string())
        }
        _ => Error::new(ErrorKind::Input, place, "could not be read to its end").because(error),
    }
}
