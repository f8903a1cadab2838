//! What is opened, and what does it hold?

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};
use std::sync::Arc;

use super::documents::Documents;
use super::head::Ahead;
use super::limit::DEFAULT_MAX_BODY;
use super::lines::Lines;
use super::requests::Requests;
use super::tell::tell;
use super::whole::Whole;
use super::{Input, Item, Selection, Skipped, captures, codecs};
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::untrusted::path_text;

/// A stream of bytes, decompressed.
pub type Reader<'r> = Box<dyn BufRead + Send + 'r>;

/// Buffer between a file and what reads it. Who reads much at a time reads past it.
const BUFFER: usize = 1 << 16;

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
    /// Is asked before a file is read that a capture names as a body. Its error stands in place of the body.
    pub before_beside: BeforeBeside,
}

/// See [`Options::before_beside`]; it allows every file by default.
#[derive(Clone, Default)]
pub struct BeforeBeside(Option<Arc<dyn Fn(&Path) -> Result<(), Error> + Send + Sync>>);

impl BeforeBeside {
    /// Asks `allow`.
    #[must_use]
    pub fn new(allow: impl Fn(&Path) -> Result<(), Error> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(allow)))
    }

    #[cfg_attr(not(feature = "captures"), expect(dead_code, reason = "nothing beside a capture is read"))]
    pub(super) fn ask(&self, path: &Path) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |allow| allow(path))
    }
}

impl fmt::Debug for BeforeBeside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BeforeBeside").finish_non_exhaustive()
    }
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
pub(super) const HELD: u64 = 2 << 20;

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
        Self {
            input: None,
            selection: None,
            max_body: DEFAULT_MAX_BODY,
            pass_large: false,
            before_beside: BeforeBeside::default(),
        }
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
    /// The folder that the file is in, where it is a file.
    folder: Option<PathBuf>,
    notes: codecs::Notes,
}

/// Opens a file and finds out what it holds.
///
/// # Errors
///
/// [`ErrorKind::Input`] when it cannot be read, or is an archive or something else that holds no
/// bodies.
pub fn open(path: &Path, options: &Options) -> Result<Opened<'static>, Error> {
    open_at(file(path)?, path, options)
}

/// Opens a stream of the bytes of a file. Bodies that its capture put into files beside it are read, too.
///
/// # Errors
///
/// As [`open`].
pub fn open_at<'r>(
    reader: impl BufRead + Send + 'r,
    path: &Path,
    options: &Options,
) -> Result<Opened<'r>, Error> {
    let opened = open_reader(reader, Origin::at(path), options)?;
    let folder =
        path.parent().map(|folder| if folder.as_os_str().is_empty() { Path::new(".") } else { folder });
    Ok(Opened { folder: folder.map(Path::to_owned), ..opened })
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
    let notes = codecs::Notes::default();
    let opened = codecs::decompress(Box::new(reader), origin.name(), &notes);
    let (reader, decoded) = opened.map_err(|error| unreadable(origin.name(), error))?;
    let mut ahead = Ahead::new(reader);
    let refused = |what: String| Error::new(ErrorKind::Input, origin.name(), what);
    let input = match options.input {
        None => tell(&mut ahead, Input::of_name(Path::new(origin.name()))).map_err(refused)?,
        // Whoever insists on a capture wants to know what else it is; a payload may be anything.
        Some(input) if input.is_capture() => tell(&mut ahead, Some(input)).map(|_| input).map_err(refused)?,
        Some(input) => input,
    };
    let origin = if decoded { origin.decoded() } else { origin };
    Ok(Opened { origin, input, reader: Box::new(ahead), options: options.clone(), folder: None, notes })
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
        Err(error) => Items {
            bodies: Box::new(Once(Some(error))),
            file: Origin::file(""),
            notes: codecs::Notes::default(),
        },
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
pub struct Items<'r> {
    bodies: Box<dyn Bodies + 'r>,
    file: Origin,
    notes: codecs::Notes,
}

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
        self.bodies.at_hand()
    }

    /// The bytes of the body that was just given as [`Item::Large`]. What is not read of it is passed over.
    pub fn body(&mut self) -> Body<'_> {
        Body(&mut *self.bodies)
    }
}

impl Iterator for Items<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let item = self.bodies.next();
        if item.is_some() {
            return item;
        }
        // What there is to say of the whole file comes behind its bodies.
        let note = self.notes.take()?;
        Some(Ok(Item::Skipped(Skipped::part_of(self.file.clone(), note))))
    }
}

impl<'r> Opened<'r> {
    /// The bodies, and the entries that are none. What was read before a problem comes before it.
    #[must_use]
    pub fn items(self) -> Items<'r> {
        let Self { origin, input, reader, options, folder, notes } = self;
        let bounds = options.bounds(&origin);
        let file = origin.clone();
        let insisted = options.input.is_some();
        let capture = captures::Capture { origin: origin.clone(), options, folder, line: 1 };
        let bodies: Box<dyn Bodies + 'r> = match input {
            Input::Json => Box::new(Whole::new(reader, origin, bounds)),
            Input::Ndjson => {
                let lines = Lines::new(reader, origin, bounds);
                Box::new(Requests::new(if insisted { lines } else { lines.watched() }))
            }
            Input::Documents => {
                let capture = (!insisted).then_some(capture);
                Box::new(Requests::new(Documents::new(reader, origin, bounds, capture)))
            }
            Input::Har | Input::Postman | Input::WireMock | Input::Http => capture.items(reader, input),
        };
        Items { bodies, file, notes }
    }
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
