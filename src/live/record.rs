//! How is an answer kept, whatever happens next?

use std::fs::{self, File, TryLockError};
use std::io::{self, BufRead, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind};
use crate::payload::{self, Input, Item, Items, Opened, Request};
use crate::untrusted::path_text;

/// A file that the answers are recorded in.
#[derive(Clone, Debug)]
pub struct Record {
    /// The file: `.ndjson`, `.jsonl` or `.har`, with `.gz` or `.zst` behind it to compress it.
    pub path: PathBuf,
    /// Whether to go on behind the last whole page that it holds (not HAR).
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
    fn packed(self, bytes: &[u8]) -> io::Result<Vec<u8>> {
        match self {
            Self::None => Ok(bytes.to_vec()),
            Self::Gzip => {
                let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
                encoder.write_all(bytes)?;
                encoder.finish()
            }
            Self::Zstd => Ok(compress_to_vec(bytes, CompressionLevel::Fastest)),
        }
    }
}

const HAR_END: &[u8] = b"\n]}}\n";

/// A record that is open. Every answer is one piece of the file that can be read without those behind it.
#[derive(Debug)]
pub(super) struct Recorder {
    path: PathBuf,
    file: File,
    har: bool,
    packing: Packing,
    entries: u64,
    /// How long the file is up to its last whole answer.
    length: u64,
}

/// What a record holds of an earlier walk.
pub(super) struct Earlier {
    /// The request of its first answer, where it says so.
    pub(super) first: Option<Request>,
    pub(super) items: Items<'static>,
}

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path_text(path).into_owned(), "cannot be recorded to").because(error)
}

impl Recorder {
    /// Opens the file, and what it holds of an earlier walk.
    pub(super) fn open(record: &Record) -> Result<(Self, Option<Earlier>), Error> {
        // A link is written through, not replaced.
        let path = &record.path.canonicalize().unwrap_or_else(|_| record.path.clone());
        let wrong = |what: &str| Error::new(ErrorKind::Usage, path_text(&record.path).into_owned(), what);
        let (har, packing) = shape(&record.path).ok_or_else(|| {
            wrong("is no name for a record: it ends in .ndjson or .har, and .gz or .zst behind")
        })?;
        let metadata = fs::metadata(path).ok();
        if metadata.as_ref().is_some_and(fs::Metadata::is_dir) {
            return Err(wrong("is a directory: name a file to record to"));
        }
        let holds = metadata.is_some_and(|metadata| metadata.len() > 0);
        if record.resume && har {
            return Err(wrong("cannot be resumed: only NDJSON can"));
        }
        if holds && !record.resume {
            return Err(wrong("holds something already; resume it, or record to another file"));
        }
        let open = || locked(path).map_err(|error| unwritable(path, error));
        if holds {
            // Another walk's record is left alone. Repacked it is another file, and open to nobody yet.
            drop(open()?);
            repack(path, packing)?;
        }
        let mut file = open()?;
        let length = file.seek(SeekFrom::End(0)).map_err(|error| unwritable(path, error))?;
        let mut recorder = Self { path: path.clone(), file, har, packing, entries: 0, length };
        if har {
            let version = env!("CARGO_PKG_VERSION");
            let creator = json!({"name": env!("CARGO_PKG_NAME"), "version": version});
            let head = format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[");
            recorder.write(head.as_bytes())?;
        }
        let earlier = if length > 0 { Some(earlier(path)?) } else { None };
        Ok((recorder, earlier))
    }

    /// Writes an answer; it is on the disk when this returns.
    pub(super) fn add(&mut self, url: &str, kind: &str, body: &[u8]) -> Result<(), Error> {
        let entry = if self.har { self.entry(url, kind, body) } else { lines(url, body) };
        self.entries += 1;
        self.write(&entry.map_err(|error| unwritable(&self.path, error.into()))?)
    }

    fn entry(&self, url: &str, kind: &str, body: &[u8]) -> serde_json::Result<Vec<u8>> {
        let content = match std::str::from_utf8(body) {
            Ok(text) => json!({"size": body.len(), "mimeType": kind, "text": text}),
            Err(_) => {
                json!({"size": body.len(), "mimeType": kind, "text": STANDARD.encode(body), "encoding": "base64"})
            }
        };
        let comma = if self.entries > 0 { "," } else { "" };
        let mut entry = format!("{comma}\n").into_bytes();
        let told = json!({
            "startedDateTime": jiff::Timestamp::now().to_string(),
            "time": 0,
            "request": {"method": "GET", "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                "queryString": [], "headersSize": -1, "bodySize": 0},
            "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                "content": content, "redirectURL": "", "headersSize": -1, "bodySize": body.len()},
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        });
        serde_json::to_writer(&mut entry, &told)?;
        Ok(entry)
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = self.try_write(bytes);
        written.map_err(|error| {
            // Half an answer is none. When this fails, too, a reader finds what is whole all the same.
            let _ = self.file.set_len(self.length);
            let _ = self.try_write(b"");
            unwritable(&self.path, error)
        })
    }

    /// Writes behind the last answer. The end of a HAR stands behind every answer, and the next answer is written over it.
    fn try_write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut packed = if bytes.is_empty() { Vec::new() } else { self.packing.packed(bytes)? };
        let length = packed.len() as u64;
        if self.har {
            packed.extend(self.packing.packed(HAR_END)?);
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&packed)?;
        synced(&self.file)?;
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

/// The file, for this process alone: two walks in one record would spoil it. Where a lock would also keep this process
/// from reading it, there is none.
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
            Err(io::Error::new(io::ErrorKind::ResourceBusy, "another walk is recorded in it"))
        }
        // Not every file can be locked.
        Ok(()) | Err(TryLockError::Error(_)) => Ok(file),
    }
}

/// An answer as NDJSON: a line for its request, and one for its body.
fn lines(url: &str, body: &[u8]) -> serde_json::Result<Vec<u8>> {
    let mut lines = payload::request_line("GET", url)?;
    lines.extend(body.iter().map(|byte| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte }));
    lines.push(b'\n');
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
fn opened(path: &Path) -> Result<Opened<'static>, Error> {
    payload::open(path, &payload::Options { input: Some(Input::Ndjson), ..payload::Options::default() })
}

fn earlier(path: &Path) -> Result<Earlier, Error> {
    let items = || Ok(opened(path)?.items());
    let first = match items()?.next() {
        Some(Ok(Item::Payload(payload))) => payload.request().cloned(),
        _ => None,
    };
    Ok(Earlier { first, items: items()? })
}

/// Writes the whole answers of NDJSON anew, and leaves out what is cut off.
fn repack(path: &Path, packing: Packing) -> Result<(), Error> {
    let failed = |error| unwritable(path, error);
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let mut temporary = NamedTempFile::new_in(folder).map_err(failed)?;
    let metadata = fs::metadata(path).map_err(failed)?;
    temporary.as_file().set_permissions(metadata.permissions()).map_err(failed)?;
    let mut reader = opened(path)?.reader;
    let mut answer = Vec::new();
    loop {
        let start = answer.len();
        // The cut, or the end.
        if reader.read_until(b'\n', &mut answer).is_err() || !answer[start..].ends_with(b"\n") {
            break;
        }
        if payload::is_request(&answer[start..]) {
            answer.drain(..start);
            continue;
        }
        temporary.write_all(&packing.packed(&answer).map_err(failed)?).map_err(failed)?;
        answer.clear();
    }
    synced(temporary.as_file()).map_err(failed)?;
    temporary.persist(path).map_err(|error| failed(error.error))?;
    Ok(())
}
