//! Opens inputs, and reads them in their detected format.

use std::fmt;
use std::fs::File;
use std::io::{self, BufRead, BufReader, Read};
use std::path::{Path, PathBuf};

use super::detect::{Begun, detect};
use super::documents::Documents;
use super::lines::Lines;
use super::options::Options;
#[cfg(all(feature = "captures", feature = "reports"))]
use super::prefetch::{MIN_BYTES_FOR_THREAD, Prefetched};
use super::requests::Requests;
use super::stream::{Bodies, Reader, unreadable};
use super::whole::Whole;
use super::{Input, Item, Skipped, captures, codecs};
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::untrusted::path_text;

/// Buffer between a file and what reads it. Who reads much at a time reads past it.
const BUFFER: usize = 1 << 16;

/// A file or stream that was opened and decompressed, and whose format is known.
pub struct Opened<'r> {
    /// The file; it has the information whether its lines are those of `reader`.
    pub origin: Origin,
    /// Its format.
    pub input: Input,
    /// The text, from its first byte.
    pub reader: Reader<'r>,
    /// What looked at its first value already.
    pub(super) begun: Option<Begun>,
    pub(super) options: Options,
    /// The line of the file on which the text begins.
    line: u64,
    /// The folder that the file is in, where it is a file.
    pub(super) folder: Option<PathBuf>,
    pub(super) notes: codecs::Notes,
    /// How it is compressed, the outermost codec first.
    #[cfg(feature = "redact")]
    pub(crate) layers: Vec<codecs::Codec>,
}

impl fmt::Debug for Opened<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Opened").field("origin", &self.origin).finish_non_exhaustive()
    }
}

/// Opens a file and detects its format.
///
/// # Errors
///
/// [`ErrorKind::Input`] when it cannot be read, or is an archive or something else without
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
    let unread = |error| Error::new(ErrorKind::Input, path_text(path), "cannot be read").because(error);
    let file = File::open(path).map_err(unread)?;
    let metadata = file.metadata().map_err(unread)?;
    // Files that the system makes up as they are read have no length.
    let length = if metadata.is_file() && metadata.len() > 0 { metadata.len() } else { u64::MAX };
    let buffer = usize::try_from(length).map_or(BUFFER, |length| length.min(BUFFER));
    Ok(BufReader::with_capacity(buffer, file.take(length)))
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
    let (mut ahead, layers) = opened.map_err(|error| unreadable(origin.name(), error))?;
    let mut begun = None;
    let refused = |what: String| Error::new(ErrorKind::Input, origin.name(), what);
    let input = match options.input {
        None => {
            let named = Input::of_name(Path::new(origin.name()));
            let (input, watch) = detect(&mut ahead, named).map_err(refused)?;
            begun = watch;
            input
        }
        // Whoever insists on a capture wants to know what else it is; a payload may be anything.
        Some(input) if input.is_capture() => {
            detect(&mut ahead, Some(input)).map_err(refused)?;
            input
        }
        Some(input) => input,
    };
    let origin = if layers.is_empty() { origin } else { origin.decoded() };
    let reader = Box::new(ahead);
    Ok(Opened {
        origin,
        input,
        reader,
        begun,
        options: options.clone(),
        line: 1,
        folder: None,
        notes,
        #[cfg(feature = "redact")]
        layers,
    })
}

/// Opens a part of a file of NDJSON, uncompressed, that begins with this line of it, counted from 1. The format is
/// detected from the first part.
///
/// # Errors
///
/// As [`open`], and for a first part that is anything else.
#[cfg(feature = "reports")]
pub(crate) fn open_lines<'r>(
    reader: impl BufRead + Send + 'r,
    origin: Origin,
    line: u64,
    options: &Options,
) -> Result<Opened<'r>, Error> {
    if line <= 1 {
        let opened = open_reader(reader, origin, options)?;
        if opened.input == Input::Ndjson && opened.origin.is_verbatim() {
            return Ok(opened);
        }
        let what = "is not uncompressed NDJSON, and cannot be read in parts";
        return Err(Error::new(ErrorKind::Input, opened.origin.name(), what));
    }
    Ok(Opened {
        origin,
        input: Input::Ndjson,
        reader: Box::new(reader),
        begun: None,
        options: options.clone(),
        line,
        folder: None,
        notes: codecs::Notes::default(),
        #[cfg(feature = "redact")]
        layers: Vec::new(),
    })
}

/// The bytes of a file, decompressed, whatever it is.
///
/// # Errors
///
/// [`ErrorKind::Input`] when it cannot be read.
#[cfg(feature = "redact")]
pub(crate) fn decompressed(path: &Path) -> Result<Reader<'static>, Error> {
    let name = path_text(path);
    let opened = codecs::decompress(Box::new(file(path)?), &name, &codecs::Notes::default());
    opened.map(|(ahead, _)| Box::new(ahead) as Reader<'_>).map_err(|error| unreadable(&name, error))
}

/// Reads the bodies of one file or stream, one at a time, whatever it holds.
///
/// An empty file is one empty payload: a capture that failed must not pass for one that had
/// no entries.
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

impl fmt::Debug for Items<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Items").field("file", &self.file).finish_non_exhaustive()
    }
}

/// The bytes of a body that is too large to be held; see [`Items::body`].
pub struct Body<'i>(&'i mut dyn Bodies);

impl fmt::Debug for Body<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Body").finish_non_exhaustive()
    }
}

impl Read for Body<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read_body(buffer)
    }
}

impl Items<'_> {
    /// Whether the next item is there already. A caller that gathers items before they are validated should
    /// not make those that came wait for one that may be long in coming.
    #[must_use]
    pub fn at_hand(&self) -> bool {
        self.bodies.at_hand()
    }

    /// The bytes of the payload that was just given as [`Item::Large`]. What is not read of it is skipped.
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

#[cfg(feature = "reports")]
impl Opened<'static> {
    /// The same, but what is compressed is decompressed ahead, on a thread of its own.
    pub(crate) fn ahead(self) -> Self {
        #[cfg(feature = "captures")]
        let this = self.ahead_after(MIN_BYTES_FOR_THREAD);
        #[cfg(not(feature = "captures"))]
        let this = self;
        this
    }

    /// The same, from behind so many bytes.
    #[cfg(feature = "captures")]
    pub(super) fn ahead_after(self, bytes: usize) -> Self {
        if self.origin.is_verbatim() {
            return self;
        }
        let notes = codecs::Notes::default();
        let reader = Prefetched::new(self.reader, bytes, self.notes, notes.clone());
        Self { reader: Box::new(reader), notes, ..self }
    }
}

impl<'r> Opened<'r> {
    /// The bodies, and the entries that are none. What was read before a problem comes before it.
    #[must_use]
    pub fn items(self) -> Items<'r> {
        let Self { origin, input, reader, begun, options, line, folder, notes, .. } = self;
        let bounds = options.bounds(&origin);
        let file = origin.clone();
        let insisted = options.input.is_some();
        let capture = captures::Capture { origin: origin.clone(), options, folder, line: 1 };
        let bodies: Box<dyn Bodies + 'r> = match input {
            Input::Json => Box::new(Whole::new(reader, origin, bounds)),
            Input::Ndjson => {
                let lines = Lines::new(reader, origin, bounds).beginning_at(line);
                Box::new(Requests::new(if insisted { lines } else { lines.watched() }))
            }
            Input::Documents => {
                let capture = (!insisted).then_some(capture);
                let documents = Documents::new(reader, origin, bounds, capture);
                Box::new(Requests::new(documents.begun(begun)))
            }
            Input::Har | Input::Postman | Input::WireMock | Input::Http => capture.items(reader, input),
        };
        Items { bodies, file, notes }
    }
}
