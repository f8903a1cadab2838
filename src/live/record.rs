//! How is an answer kept, whatever happens next?

use std::fs::{self, File};
use std::io::{self, BufReader, Read, Seek, SeekFrom, Write};
use std::path::{Path, PathBuf};

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};
use serde_json::json;
use tempfile::NamedTempFile;

use crate::error::{Error, ErrorKind};
use crate::payload::{self, Input, Item, Items};

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

fn unwritable(path: &Path, error: io::Error) -> Error {
    Error::new(ErrorKind::Output, path.display().to_string(), "cannot be recorded to").because(error)
}

impl Recorder {
    /// Opens the file, and what it holds of an earlier walk.
    pub(super) fn open(record: &Record) -> Result<(Self, Option<Items<'static>>), Error> {
        let path = &record.path;
        let wrong = |what: &str| Error::new(ErrorKind::Usage, path.display().to_string(), what);
        let name = path.to_string_lossy().to_ascii_lowercase();
        let packing = match name.rsplit('.').next() {
            Some("gz") => Packing::Gzip,
            Some("zst") => Packing::Zstd,
            _ => Packing::None,
        };
        let har = match Input::of_name(path) {
            Some(Input::Har) => true,
            Some(Input::Ndjson) => false,
            _ => {
                return Err(wrong(
                    "is no name for a record: it ends in .ndjson or .har, and .gz or .zst behind",
                ));
            }
        };
        let holds = fs::metadata(path).is_ok_and(|metadata| metadata.len() > 0);
        if record.resume && har {
            return Err(wrong("cannot be resumed: only NDJSON can"));
        }
        if holds && !record.resume {
            return Err(wrong("holds something already; resume it, or record to another file"));
        }
        if holds {
            match packing {
                Packing::None => cut(path).map_err(|error| unwritable(path, error))?,
                _ => repack(path, packing)?,
            }
        }
        let open = File::options().write(true).create(true).truncate(false).open(path);
        let mut file = open.map_err(|error| unwritable(path, error))?;
        let length = file.seek(SeekFrom::End(0)).map_err(|error| unwritable(path, error))?;
        let mut recorder = Self { path: path.clone(), file, har, packing, entries: 0, length };
        if har {
            let version = env!("CARGO_PKG_VERSION");
            let creator = json!({"name": env!("CARGO_PKG_NAME"), "version": version});
            let head = format!("{{\"log\":{{\"version\":\"1.2\",\"creator\":{creator},\"entries\":[");
            recorder.write(head.as_bytes())?;
        }
        let earlier =
            if length > 0 { Some(payload::open(path, &payload::Options::default())?.items()) } else { None };
        Ok((recorder, earlier))
    }

    /// Writes an answer; it is on the disk when this returns.
    pub(super) fn add(&mut self, url: &str, kind: &str, body: &[u8]) -> Result<(), Error> {
        if !self.har {
            let space = |byte: &u8| if matches!(byte, b'\n' | b'\r') { b' ' } else { *byte };
            let mut line: Vec<u8> = body.iter().map(space).collect();
            line.push(b'\n');
            return self.write(&line);
        }
        let content = match std::str::from_utf8(body) {
            Ok(text) => json!({"size": body.len(), "mimeType": kind, "text": text}),
            Err(_) => {
                json!({"size": body.len(), "mimeType": kind, "text": STANDARD.encode(body), "encoding": "base64"})
            }
        };
        let entry = json!({
            "startedDateTime": jiff::Timestamp::now().to_string(),
            "time": 0,
            "request": {"method": "GET", "url": url, "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                "queryString": [], "headersSize": -1, "bodySize": 0},
            "response": {"status": 200, "statusText": "OK", "httpVersion": "HTTP/1.1", "cookies": [], "headers": [],
                "content": content, "redirectURL": "", "headersSize": -1, "bodySize": body.len()},
            "cache": {},
            "timings": {"send": 0, "wait": 0, "receive": 0},
        });
        let comma = if self.entries > 0 { "," } else { "" };
        self.entries += 1;
        self.write(format!("{comma}\n{entry}").as_bytes())
    }

    fn write(&mut self, bytes: &[u8]) -> Result<(), Error> {
        let written = self.try_write(bytes);
        written.map_err(|error| {
            // Half an answer is none. When this fails, too, resuming drops it.
            let _ = self.file.set_len(self.length);
            unwritable(&self.path, error)
        })
    }

    fn try_write(&mut self, bytes: &[u8]) -> io::Result<()> {
        let mut packed = match self.packing {
            Packing::None => bytes.to_vec(),
            Packing::Gzip => gzip(bytes)?,
            Packing::Zstd => compress_to_vec(bytes, CompressionLevel::Fastest),
        };
        let length = packed.len() as u64;
        // The end of a HAR stands behind every answer, and the next answer is written over it.
        if self.har && self.packing == Packing::None {
            packed.extend_from_slice(HAR_END);
        }
        self.file.seek(SeekFrom::Start(self.length))?;
        self.file.write_all(&packed)?;
        synced(&self.file)?;
        self.length += length;
        Ok(())
    }

    /// Ends the file.
    pub(super) fn finish(&mut self) -> Result<(), Error> {
        if self.har && self.packing != Packing::None { self.write(HAR_END) } else { Ok(()) }
    }
}

/// A full disk shows itself here at the latest. What is no file, such as a pipe, has no disk.
fn synced(file: &File) -> io::Result<()> {
    match file.sync_data() {
        Err(error) if error.kind() == io::ErrorKind::InvalidInput => Ok(()),
        synced => synced,
    }
}

fn gzip(bytes: &[u8]) -> io::Result<Vec<u8>> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
    encoder.write_all(bytes)?;
    encoder.finish()
}

/// Takes away what stands behind the last line end.
fn cut(path: &Path) -> io::Result<()> {
    let mut whole = 0;
    let mut at = 0;
    let mut reader = BufReader::new(File::open(path)?);
    let mut buffer = vec![0; 1 << 16];
    loop {
        let length = reader.read(&mut buffer)?;
        if length == 0 {
            break;
        }
        if let Some(end) = memchr::memrchr(b'\n', &buffer[..length]) {
            whole = at + end as u64 + 1;
        }
        at += length as u64;
    }
    File::options().write(true).open(path)?.set_len(whole)
}

/// Packs the whole lines anew, and leaves out what is cut off.
fn repack(path: &Path, packing: Packing) -> Result<(), Error> {
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let temporary = NamedTempFile::new_in(folder).map_err(|error| unwritable(path, error))?;
    let file = temporary.reopen().map_err(|error| unwritable(path, error))?;
    let mut recorder = Recorder { path: path.to_owned(), file, har: false, packing, entries: 0, length: 0 };
    for item in payload::open(path, &payload::Options::default())?.items() {
        match item {
            Ok(Item::Payload(payload)) if !payload.bytes().is_empty() => {
                recorder.add("", "", payload.bytes())?;
            }
            Ok(_) => {}
            // The cut.
            Err(_) => break,
        }
    }
    temporary.persist(path).map_err(|error| unwritable(path, error.error))?;
    Ok(())
}
