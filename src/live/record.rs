//! Records responses as NDJSON or HAR, so that an interrupted walk can be resumed.

use std::borrow::Cow;
use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::json;
use tempfile::NamedTempFile;

use super::address::Address;
use super::exchange::Exchange;
use super::har;
use crate::error::{Error, ErrorKind};
use crate::payload::{self, Input, Item, Items, Opened, Request};
#[cfg(feature = "redact")]
use crate::redact::Recording;
use crate::untrusted::path_text;

/// A file to record responses to.
#[derive(Clone, Debug)]
pub struct Record {
    /// The file: `.ndjson`, `.jsonl` or `.har`, followed by `.gz` or `.zst` to compress it.
    pub path: PathBuf,
    /// Whether to resume after the last complete page (NDJSON only).
    pub resume: bool,
    /// Whether values of secret members are kept, not masked.
    pub keep_secrets: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Packing {
    None,
    Gzip,
    Zstd,
}

impl Packing {
    /// A piece that can be unpacked alone.
    fn packed(self, bytes: &[u8]) -> io::Result<Cow<'_, [u8]>> {
        match self {
            Self::None => Ok(Cow::Borrowed(bytes)),
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish().map(Cow::Owned)
            }
            Self::Zstd => Ok(Cow::Owned(compress_to_vec(bytes, CompressionLevel::Fastest))),
        }
    }
}

const HAR_END: &[u8] = b"\n]}}\n";

/// NDJSON without responses: an empty file would be one empty payload, as of a capture that failed.
const NO_LINES: &[u8] = b"\n";

/// A record that is open. Every response is one piece of the file that can be read without those behind it.
#[derive(Debug)]
pub(crate) struct Recorder {
    path: PathBuf,
    file: File,
    har: bool,
    packing: Packing,
    entries: u64,
    #[cfg(feature = "redact")]
    redaction: Option<Recording>,
    /// How long the file is up to its last complete response.
    length: u64,
}

/// What a record holds of an earlier walk.
pub(crate) struct Earlier {
    /// The request of its first response, if recorded.
    pub(super) first: Option<Request>,
    pub(super) items: Items<'static>,
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path_text(path).into_owned(), "cannot be written").because(error)
}

impl Recorder {
    /// Opens the file, and what it holds of an earlier walk.
    /// What was recorded from another server than that of `address` is left alone.
    pub(crate) fn open(
        record: &Record,
        address: &Address,
        max_body: u64,
    ) -> Result<(Self, Option<Earlier>), Error> {
        // A link is written through, not replaced.
        let path = &record.path.canonicalize().unwrap_or_else(|_| record.path.clone());
        let wrong = |what: &str| Error::new(ErrorKind::Usage, path_text(&record.path).into_owned(), what);
        let (har, packing) = shape(&record.path).ok_or_else(|| {
            wrong("unknown extension: expected .ndjson, .jsonl or .har, optionally followed by .gz or .zst")
        })?;
        let metadata = fs::metadata(path).ok();
        if metadata.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(wrong("is a directory; pass a file"));
        }
        let holds = match metadata.map_or(0, |metadata| metadata.len()) {
            0 => false,
            length => har || !is_blank(path, length, packing).map_err(|error| unwritable(path, error))?,
        };
        if record.resume && har {
            return Err(wrong("cannot be resumed; record NDJSON to resume"));
        }
        if holds && !record.resume {
            return Err(wrong("is not empty; use `resume`, or record to another file"));
        }
        let open = || locked(path).map_err(|error| unwritable(path, error));
        if holds {
            // Another walk's record is left alone. Repacked it is another file, and open to nobody yet.
            drop(open()?);
            let same_server = |url: &str| {
                let what = |other| {
                    let ours = address.server();
                    format!("was recorded from {other}, but this run requests {ours}; record to another file")
                };
                address.other_server(url).map_or(Ok(()), |other| Err(wrong(&what(other))))
            };
            repack(path, packing, max_body, same_server)?;
        }
        let mut file = open()?;
        let is_file = file.metadata().is_ok_and(|metadata| metadata.is_file());
        let end = if holds { SeekFrom::End(0) } else { SeekFrom::Start(0) };
        let length = file.seek(end).map_err(|error| unwritable(path, error))?;
        let mut recorder = Self {
            path: path.clone(),
            file,
            har,
            packing,
            entries: 0,
            #[cfg(feature = "redact")]
            redaction: None,
            length,
        };
        if har {
            let version = env!("CARGO_PKG_VERSION");
            let creator = json!({"name": env!("CARGO_PKG_NAME"), "version": version});
            let head = format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[");
            recorder.write(head.as_bytes(), true)?;
        } else if length == 0 && is_file {
            recorder.write(b"", true)?;
        }
        let earlier = if length > 0 { Some(earlier(path, max_body)?) } else { None };
        Ok((recorder, earlier))
    }

    /// The same record, of responses as they become.
    #[cfg(feature = "redact")]
    pub(crate) fn redacting(self, redaction: Option<Recording>) -> Self {
        Self { redaction, ..self }
    }

    /// Whether it keeps the status of responses, so that those without a payload can be recorded, too.
    #[cfg(feature = "serve")]
    pub(crate) fn has_status(&self) -> bool {
        self.har
    }

    /// Writes the response to a GET request; it is on the disk when this returns.
    pub(super) fn add(&mut self, url: &str, exchange: &Exchange, body: &[u8]) -> Result<(), Error> {
        self.add_by("GET", url, exchange, body, true)
    }

    /// Writes the response to a request by this method. It outlives this process; once it, or a later one, is
    /// `synced`, it outlives the system.
    pub(crate) fn add_by(
        &mut self,
        method: &str,
        url: &str,
        exchange: &Exchange,
        body: &[u8],
        synced: bool,
    ) -> Result<(), Error> {
        let entry = if self.har {
            har::entry(method, url, exchange, body, self.entries == 0)
        } else {
            lines(method, url, body)
        };
        let entry = entry.map_err(|error| unwritable(&self.path, error.into()))?;
        #[cfg(feature = "redact")]
        let entry = match &mut self.redaction {
            Some(redaction) if self.har => redaction.entry(&entry),
            Some(redaction) => redaction.lines(&entry),
            None => entry,
        };
        self.write(&entry, synced)?;
        self.entries += 1;
        Ok(())
    }

    /// Waits until all responses are on the disk.
    #[cfg(feature = "serve")]
    pub(crate) fn sync(&mut self) -> Result<(), Error> {
        synced(&self.file).map_err(|error| unwritable(&self.path, error))
    }

    fn write(&mut self, bytes: &[u8], sync: bool) -> Result<(), Error> {
        let written = self.try_write(bytes, sync);
        written.map_err(|error| {
            // Removes a partial response. If this fails, too, readers still find the complete ones.
            let _ = self.file.set_len(self.length);
            let _ = self.try_write(b"", sync);
            unwritable(&self.path, error)
        })
    }

    /// Writes behind the last response. The end of a HAR follows every response, and the next response
    /// is written over it, as the first one of NDJSON is over its blank line.
    fn try_write(&mut self, bytes: &[u8], sync: bool) -> io::Result<()> {
        let mut packed = if bytes.is_empty() { Cow::default() } else { self.packing.packed(bytes)? };
        let length = packed.len() as u64;
        if self.har {
            packed.to_mut().extend_from_slice(&self.packing.packed(HAR_END)?);
        } else if self.length == 0 && packed.is_empty() {
            packed = self.packing.packed(NO_LINES)?;
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&packed)?;
        if sync {
            synced(&self.file)?;
        }
        self.length += length;
        Ok(())
    }
}

/// Whether it is a HAR, and how it is compressed.
fn shape(path: &Path) -> Option<(bool, Packing)> {
    let name = path.to_string_lossy().to_ascii_lowercase();
    let packing = match name.rsplit('.').next() {
        Some("gz") => Packing::Gzip,
        Some("zst") => Packing::Zstd,
        Some("ndjson" | "jsonl" | "har") => Packing::None,
        _ => return None,
    };
    match Input::of_name(path)? {
        Input::Har => Some((true, packing)),
        Input::Ndjson => Some((false, packing)),
        _ => None,
    }
}

/// Whether this is NDJSON of this length in which no response was recorded.
fn is_blank(path: &Path, length: u64, packing: Packing) -> io::Result<bool> {
    let blank = packing.packed(NO_LINES)?;
    Ok(length == blank.len() as u64 && fs::read(path)? == *blank)
}

/// The file, for this process alone: two walks in one record would spoil it. Where a lock would also keep
/// this process from reading it, there is none.
fn locked(path: &Path) -> io::Result<File> {
    let mut options = File::options();
    options.write(true).create(true).truncate(false);
    // What people's data is recorded in is for nobody else.
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let file = options.open(path)?;
    let lock = if cfg!(unix) { file.try_lock() } else { Ok(()) };
    match lock {
        Err(TryLockError::WouldBlock) => {
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another process records to it"))
        }
        // Not every file can be locked.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// A response as NDJSON: a line for its request, and one for its body.
fn lines(method: &str, url: &str, body: &[u8]) -> serde_json::Result<Vec<u8>> {
    let mut lines = payload::request_line(method, url)?;
    payload::push_line(body, &mut lines);
    Ok(lines)
}

/// A full disk shows itself here at the latest. What is no file, such as a pipe, has no disk.
fn synced(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

/// A record to read. What a link leads to may have any name.
fn opened(path: &Path, max_body: u64) -> Result<Opened<'static>, Error> {
    payload::open(
        path,
        &payload::Options { input: Some(Input::Ndjson), max_body, ..payload::Options::default() },
    )
}

fn earlier(path: &Path, max_body: u64) -> Result<Earlier, Error> {
    let items = || Ok(opened(path, max_body)?.items());
    let first = match items()?.next() {
        Some(Ok(Item::Payload(payload))) => payload.request().cloned(),
        _ => None,
    };
    Ok(Earlier { first, items: items()? })
}

/// Rewrites the complete responses of NDJSON, without blank lines and what is cut off, unless `check` refuses
/// a requested URL.
fn repack(
    path: &Path,
    packing: Packing,
    max_body: u64,
    check: impl Fn(&str) -> Result<(), Error>,
) -> Result<(), Error> {
    /// Answers are packed together up to this size: a piece for each of many small ones would take minutes.
    const PIECE: usize = 1 << 20;
    let failed = |error| unwritable(path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = NamedTempFile::new_in(folder).map_err(failed)?;
    let metadata = fs::metadata(path).map_err(failed)?;
    temporary.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    let mut reader = opened(path, max_body)?.reader;
    let (mut piece, mut answer) = (Vec::new(), Vec::new());
    loop {
        let start = answer.len();
        match line(&mut reader, &mut answer, max_body) {
            Ok(true) => {}
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => {
                return Err(payload::unreadable(&path.display().to_string(), error));
            }
            // The end, or the cut.
            Ok(false) | Err(_) => break,
        }
        if let Some(url) = payload::requested_url(&answer[start..]) {
            check(&url)?;
            answer.drain(..start);
            continue;
        }
        piece.append(&mut answer);
        if piece.len() >= PIECE {
            temporary.write_all(&packing.packed(&piece).map_err(failed)?).map_err(failed)?;
            piece.clear();
        }
    }
    if !piece.is_empty() {
        temporary.write_all(&packing.packed(&piece).map_err(failed)?).map_err(failed)?;
    }
    synced(temporary.as_file()).map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}

/// The longest line that names a request.
const MAX_REQUEST: u64 = 1 << 16;

/// Reads the next line that is not blank, behind what is there already; false where there is no whole one.
fn line(reader: &mut dyn BufRead, into: &mut Vec<u8>, max_body: u64) -> io::Result<bool> {
    loop {
        let buffer = reader.fill_buf()?;
        let space = buffer.iter().take_while(|byte| matches!(byte, b' ' | b'\t' | b'\r' | b'\n')).count();
        let whole = space == buffer.len() && space > 0;
        reader.consume(space);
        if !whole {
            break;
        }
    }
    // A body with its line end, or a request.
    let max = max_body.max(MAX_REQUEST).saturating_add(2);
    let start = into.len();
    let length = reader.take(max).read_until(b'\n', into)? as u64;
    let whole = into[start..].ends_with(b"\n");
    if whole || length < max { Ok(whole) } else { Err(payload::too_large(max_body)) }
}
