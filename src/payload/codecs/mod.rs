//! Decompresses files and HTTP bodies.

mod archive;
#[cfg(feature = "redact")]
mod encode;
mod gzip;
mod tail;
mod zstd;

use std::io::{self, BufReader, Cursor, Read};

use brotli_decompressor::Decompressor;
use flate2::bufread::{DeflateDecoder, ZlibDecoder};

use super::head::Ahead;
use super::stream::Reader;
use super::{head, limit};
use crate::json;
use crate::untrusted::Untrusted;

pub(super) use tail::Notes;

/// Compression within compression that is followed.
const MAX_LAYERS: usize = 3;

/// Bytes that are decoded in one go.
pub(super) const DECODED: usize = 256 << 10;

/// Buffer of the decoder of brotli.
const BUFFER: usize = 1 << 16;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Codec {
    Gzip,
    Zstd,
    Brotli,
}

impl Codec {
    /// The codec that the first bytes identify. Brotli has no mark.
    fn of_content(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // The second is a frame to be skipped; tools put their own notes in it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn reader<'r>(self, ahead: Ahead<'r>, notes: &Notes) -> Reader<'r> {
        let notes = notes.clone();
        match self {
            Self::Gzip => buffered(gzip::Decoder::new(ahead, notes)),
            Self::Zstd => buffered(zstd::Decoder::new(ahead, notes)),
            Self::Brotli => {
                buffered(Brotli { decoder: Decompressor::new(ahead, BUFFER), notes, ended: false })
            }
        }
    }
}

fn buffered<'r>(decoder: impl Read + Send + 'r) -> Reader<'r> {
    Box::new(BufReader::with_capacity(DECODED, Steps(decoder)))
}

/// Decodes in steps of one length, whoever reads: what a decoder decodes in the same step as an error is
/// lost, so that how much comes before the error depends on the steps.
struct Steps<R>(R);

impl<R: Read> Read for Steps<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = buffer.len().min(DECODED);
        self.0.read(&mut buffer[..length])
    }
}

/// Says what is wrong in words.
struct Brotli<R: Read> {
    decoder: Decompressor<R>,
    notes: Notes,
    ended: bool,
}

impl<R: Read> Read for Brotli<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.ended || buffer.is_empty() {
            return Ok(0);
        }
        let read = self.decoder.read(buffer);
        self.ended = !matches!(read, Ok(1..));
        if let Ok(0) = read
            && self.decoder.read(buffer).is_err()
        {
            // Once more behind the end, the decoder complains of what it did not use.
            self.notes.goes_on("brotli");
        }
        read.map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => cut("brotli"),
            io::ErrorKind::InvalidData => {
                io::Error::new(error.kind(), "is not brotli, as its name has it, or is broken")
            }
            _ => error,
        })
    }
}

fn cut(codec: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("its {codec} stream is cut off"))
}

/// What is inside, and how it was compressed, the outermost codec first. `name` ends in `.br` for brotli.
pub(super) fn decompress<'r>(
    mut reader: Reader<'r>,
    name: &str,
    notes: &Notes,
) -> io::Result<(Ahead<'r>, Vec<Codec>)> {
    let mut layers = Vec::new();
    let mut name = name.to_ascii_lowercase();
    let brotli = |name: &str| name.strip_suffix(".br").is_some();
    loop {
        let ahead = head::peek(reader, archive::MARK);
        let codec = match Codec::of_content(ahead.held()) {
            Some(codec) => codec,
            None if brotli(&name) => Codec::Brotli,
            None => {
                return match archive::of(ahead.held()) {
                    Some(what) => Err(io::Error::new(io::ErrorKind::InvalidData, what)),
                    None => Ok((ahead, layers)),
                };
            }
        };
        if layers.len() == MAX_LAYERS {
            break;
        }
        layers.push(codec);
        reader = codec.reader(ahead, notes);
        for ending in [".gz", ".zst", ".zstd", ".br"] {
            if let Some(inner) = name.strip_suffix(ending) {
                name = inner.to_owned();
                break;
            }
        }
    }
    let what = format!("is compressed more than {MAX_LAYERS} times");
    Err(io::Error::new(io::ErrorKind::InvalidData, what))
}

/// A recorded body as text, where the recorder left it as it came over the wire. `coding` is what
/// its `Content-Encoding`; recorders that decode bodies keep that header all the same.
pub(super) fn body(mut bytes: Vec<u8>, coding: &str, max: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut decoded = false;
    // The last coding was applied last. Those with a mark are told by it, named or not.
    let coding = coding.to_ascii_lowercase();
    let codings = || coding.rsplit(',').map(str::trim);
    // Frames that need a dictionary begin with a frame of zstd, or with none that is known.
    if let Some(name) = codings().find(|coding| matches!(*coding, "dcz" | "dcb"))
        && !archive::is_text(&bytes)
    {
        return Err(unread(name));
    }
    let mut unmarked = codings().filter(|coding| matches!(*coding, "br" | "deflate" | "x-deflate"));
    for _ in 0..MAX_LAYERS {
        let attempt = if let Some(codec) = Codec::of_content(&bytes) {
            Some(read(codec.reader(held(&bytes), &Notes::default()), max)?)
        } else {
            match unmarked.next() {
                Some(_) if json::is_complete(&bytes) => None,
                Some("br") => {
                    decoded_or_not(read(Codec::Brotli.reader(held(&bytes), &Notes::default()), max))?
                }
                Some(_) => inflated(&bytes, max)?,
                None => None,
            }
        };
        // What cannot be decoded was decoded before: a body that is no JSON.
        let Some(text) = attempt else { break };
        (bytes, decoded) = (text, true);
    }
    match codings().find(|coding| is_unknown(coding)) {
        Some(name) if !archive::is_text(&bytes) => Err(unread(name)),
        _ => Ok((bytes, decoded)),
    }
}

/// A received body, decoded by its `Content-Encoding` alone.
#[cfg(feature = "live")]
pub(super) fn as_sent(mut bytes: Vec<u8>, coding: &str, max: u64) -> io::Result<Vec<u8>> {
    let disagree = |what: String| io::Error::new(io::ErrorKind::Unsupported, what);
    let coding = coding.to_ascii_lowercase();
    let codings = || coding.rsplit(',').map(str::trim);
    if codings().filter(|name| !name.is_empty()).count() > MAX_LAYERS {
        return Err(disagree(format!("`Content-Encoding` names more than {MAX_LAYERS} codings")));
    }
    for name in codings() {
        let other = || disagree(format!("body is not {name}, although `Content-Encoding` is `{coding}`"));
        let decoder = |codec: Codec| codec.reader(held(&bytes), &Notes::default());
        let is = |codec| Codec::of_content(&bytes) == Some(codec);
        bytes = match name {
            // Of a response without a body, the header is about another one.
            _ if bytes.is_empty() => return Ok(bytes),
            "gzip" | "x-gzip" if is(Codec::Gzip) => read(decoder(Codec::Gzip), max)?,
            "zstd" if is(Codec::Zstd) => read(decoder(Codec::Zstd), max)?,
            "br" if !json::is_complete(&bytes) => read(decoder(Codec::Brotli), max)?,
            "deflate" | "x-deflate" => inflated(&bytes, max)?.ok_or_else(other)?,
            "gzip" | "x-gzip" | "zstd" | "br" => return Err(other()),
            _ if is_unknown(name) && !archive::is_text(&bytes) => return Err(unread(name)),
            _ => bytes,
        };
    }
    let also = |name| disagree(format!("body is {name}, which `Content-Encoding` does not name"));
    match Codec::of_content(&bytes) {
        Some(Codec::Gzip) => Err(also("gzip")),
        Some(Codec::Zstd) => Err(also("zstd")),
        _ => Ok(bytes),
    }
}

/// As much as can be decoded of the outermost coding of a body.
#[cfg(feature = "serve")]
pub(super) fn beginning(bytes: &[u8], coding: &str, max: u64) -> Vec<u8> {
    // What is decoded in the same step as an error is lost.
    const STEP: usize = 256;
    let notes = Notes::default();
    let name = coding.rsplit(',').next().unwrap_or_default().trim().to_ascii_lowercase();
    let mut decoder: Box<dyn Read + '_> = match (Codec::of_content(bytes), &*name) {
        (Some(Codec::Gzip), _) => Box::new(gzip::Decoder::new(held(bytes), notes)),
        (Some(Codec::Zstd), _) => Box::new(zstd::Decoder::new(held(bytes), notes)),
        (_, "br") => Box::new(Decompressor::new(bytes, BUFFER)),
        (_, "deflate") if archive::is_zlib(bytes) => Box::new(ZlibDecoder::new(bytes)),
        (_, "deflate") => Box::new(DeflateDecoder::new(bytes)),
        _ => return Vec::new(),
    };
    let (mut text, mut step) = (Vec::new(), [0; STEP]);
    while let Ok(length @ 1..) = decoder.read(&mut step)
        && (text.len() + length) as u64 <= max
    {
        text.extend_from_slice(&step[..length]);
    }
    text
}

/// Whether this may be a way to compress, and is none that is read. Servers put names of encodings of text
/// here, too.
fn is_unknown(coding: &str) -> bool {
    const KNOWN: &[&str] = &[
        "",
        "gzip",
        "x-gzip",
        "br",
        "zstd",
        "deflate",
        "x-deflate",
        "identity",
        "none",
        "binary",
        "8bit",
        "7bit",
    ];
    !KNOWN.contains(&coding) && !["utf", "iso-8859", "windows-"].iter().any(|text| coding.starts_with(text))
}

fn unread(coding: &str) -> io::Error {
    let name: String = coding.chars().take(40).collect();
    let what = format!("is compressed with {}, which is not read", Untrusted::from(name).line());
    io::Error::new(io::ErrorKind::InvalidData, what)
}

fn held(bytes: &[u8]) -> Ahead<'_> {
    Ahead::new(Box::new(Cursor::new(bytes)))
}

fn read(reader: impl Read, max: u64) -> io::Result<Vec<u8>> {
    limit::read_to_end(reader, max)
}

/// Nothing where it cannot be decoded; but too much of it is too much.
fn decoded_or_not(attempt: io::Result<Vec<u8>>) -> io::Result<Option<Vec<u8>>> {
    match attempt {
        Err(error) if error.kind() == io::ErrorKind::FileTooLarge => Err(error),
        other => Ok(other.ok()),
    }
}

/// What `deflate` means in HTTP: a zlib stream (RFC 9110), or, from servers that got it wrong, a raw one.
fn inflated(bytes: &[u8], max: u64) -> io::Result<Option<Vec<u8>>> {
    if archive::is_zlib(bytes) {
        let text = read(ZlibDecoder::new(bytes), max).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => cut("deflate"),
            io::ErrorKind::FileTooLarge => error,
            _ => io::Error::new(io::ErrorKind::InvalidData, "its deflate stream is broken"),
        });
        return text.map(Some);
    }
    let text = decoded_or_not(read(DeflateDecoder::new(bytes), max))?;
    // A raw stream has no mark, and text may look like one.
    Ok(text.filter(|text| std::str::from_utf8(bytes).is_err() || json::is_complete(text)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_decoded_once_whatever_its_header_is() {
        let text = b"{\"a\": 1}".to_vec();
        assert_eq!(body(text.clone(), "br, gzip", 100).unwrap(), (text, false));
        let page = b"<html>bad gateway</html>".to_vec();
        assert_eq!(body(page.clone(), "br", 100).unwrap(), (page, false));
    }

    #[cfg(feature = "live")]
    #[test]
    fn a_received_body_must_be_encoded_as_its_header_has_it() {
        use std::io::Write;
        let text = b"{\"a\": 1}".to_vec();
        let gzip = |bytes: &[u8]| {
            let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
            gzip.write_all(bytes).unwrap();
            gzip.finish().unwrap()
        };
        let zipped = gzip(&text);
        for (bytes, coding) in [
            (&text, ""),
            (&text, "identity"),
            (&text, "utf-8"),
            (&zipped, "gzip"),
            (&zipped, "identity, X-GZIP"),
            (&gzip(&zipped), "gzip, gzip"),
        ] {
            assert_eq!(as_sent(bytes.clone(), coding, 100).unwrap(), text, "{coding}");
        }
        for (bytes, coding, what) in [
            (&text, "gzip", "body is not gzip, although `Content-Encoding` is `gzip`"),
            (&text, "br", "body is not br, although `Content-Encoding` is `br`"),
            (&text, "zstd", "body is not zstd, although `Content-Encoding` is `zstd`"),
            (&text, "deflate", "body is not deflate, although `Content-Encoding` is `deflate`"),
            (&zipped, "", "body is gzip, which `Content-Encoding` does not name"),
            (&gzip(&zipped), "gzip", "body is gzip, which `Content-Encoding` does not name"),
        ] {
            let error = as_sent(bytes.clone(), coding, 100).unwrap_err();
            assert_eq!((error.kind(), &*error.to_string()), (io::ErrorKind::Unsupported, what));
        }
        assert_eq!(as_sent(Vec::new(), "gzip", 100).unwrap(), b"");
        assert_eq!(as_sent(zipped, "gzip", 5).unwrap_err().kind(), io::ErrorKind::FileTooLarge);
    }

    #[cfg(feature = "serve")]
    #[test]
    fn the_beginning_of_a_body_that_is_cut_off_is_decoded() {
        use std::io::Write;
        let text: Vec<u8> = (0..20_000_u32).flat_map(|number| format!("{number:x},").into_bytes()).collect();
        let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::default());
        gzip.write_all(&text).unwrap();
        let mut zlib = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::default());
        zlib.write_all(&text).unwrap();
        for (bytes, coding) in [(gzip.finish().unwrap(), "gzip"), (zlib.finish().unwrap(), "deflate")] {
            let cut = &bytes[..bytes.len() / 2];
            let decoded = beginning(cut, coding, u64::MAX);
            assert!(decoded.len() > text.len() / 4 && text.starts_with(&decoded), "{coding}");
            assert!(beginning(cut, coding, 1_000).len() <= 1_000);
            assert_eq!(beginning(&bytes[..5], coding, u64::MAX), b"");
        }
        assert_eq!(beginning(b"nothing", "x-unknown", 100), b"");
    }
}
