//! How is it compressed?

mod archive;
mod zstd;

use std::io::{self, BufRead, BufReader, Cursor, Read};

use brotli_decompressor::Decompressor;
use flate2::bufread::MultiGzDecoder;

use super::source::Reader;
use super::{head, limit};
use crate::json;

/// Compression within compression that is followed.
const MOST_LAYERS: usize = 3;

/// Buffer behind each decoder.
const BUFFER: usize = 1 << 16;

/// A way to compress.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Codec {
    Gzip,
    Zstd,
    Brotli,
}

impl Codec {
    /// What the first bytes say. Brotli has no mark.
    fn of_content(head: &[u8]) -> Option<Self> {
        match head {
            [0x1f, 0x8b, ..] => Some(Self::Gzip),
            // The second is a frame to be skipped; tools put their own notes in it.
            [0x28, 0xb5, 0x2f, 0xfd, ..] | [0x50..=0x5f, 0x2a, 0x4d, 0x18, ..] => Some(Self::Zstd),
            _ => None,
        }
    }

    fn reader(self, reader: Reader<'_>) -> Reader<'_> {
        match self {
            Self::Gzip => {
                let decoder = Gzip(MultiGzDecoder::new(reader));
                Box::new(BufReader::with_capacity(BUFFER, decoder))
            }
            Self::Zstd => Box::new(BufReader::with_capacity(BUFFER, zstd::Decoder::new(reader))),
            Self::Brotli => {
                let decoder = Brotli(Decompressor::new(reader, BUFFER));
                Box::new(BufReader::with_capacity(BUFFER, decoder))
            }
        }
    }
}

/// Says what is wrong in words.
struct Gzip<R>(MultiGzDecoder<R>);

impl<R: BufRead> Read for Gzip<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => cut("gzip"),
            _ => error,
        })
    }
}

/// Says what is wrong in words.
struct Brotli<R: Read>(Decompressor<R>);

impl<R: Read> Read for Brotli<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.0.read(buffer).map_err(|error| match error.kind() {
            io::ErrorKind::UnexpectedEof => cut("brotli"),
            io::ErrorKind::InvalidData => {
                io::Error::new(error.kind(), "is not brotli, or broken, whatever its name says")
            }
            _ => error,
        })
    }
}

fn cut(codec: &str) -> io::Error {
    io::Error::new(io::ErrorKind::UnexpectedEof, format!("its {codec} stream is cut off"))
}

/// What is inside, and whether it had to be decoded. `name` ends in `.br` for brotli.
pub(super) fn decompress<'r>(mut reader: Reader<'r>, name: &str) -> io::Result<(Reader<'r>, bool)> {
    let mut name = name.to_ascii_lowercase();
    let brotli = |name: &str| name.strip_suffix(".br").is_some();
    for layer in 0.. {
        let first;
        (first, reader) = head::peek(reader, archive::MARK);
        let codec = match Codec::of_content(&first) {
            Some(codec) => codec,
            None if brotli(&name) => Codec::Brotli,
            None => {
                return match archive::of(&first) {
                    Some(what) => Err(io::Error::new(io::ErrorKind::InvalidData, what)),
                    None => Ok((reader, layer > 0)),
                };
            }
        };
        if layer == MOST_LAYERS {
            break;
        }
        reader = codec.reader(reader);
        for ending in [".gz", ".zst", ".zstd", ".br"] {
            if let Some(inner) = name.strip_suffix(ending) {
                name = inner.to_owned();
                break;
            }
        }
    }
    let what = format!("is compressed more than {MOST_LAYERS} times over");
    Err(io::Error::new(io::ErrorKind::InvalidData, what))
}

/// A recorded body as text, where the recorder left it as it came over the wire. `coding` is what
/// its `Content-Encoding` says; recorders that decode bodies keep that header all the same.
pub(super) fn body(mut bytes: Vec<u8>, coding: &str, most: u64) -> io::Result<(Vec<u8>, bool)> {
    let mut decoded = false;
    for _ in 0..MOST_LAYERS {
        let Some(codec) = Codec::of_content(&bytes) else { break };
        bytes = limit::read_to_end(codec.reader(Box::new(Cursor::new(bytes))), most)?;
        decoded = true;
    }
    let brotli = coding.to_ascii_lowercase().split(',').any(|coding| coding.trim() == "br");
    if brotli && !decoded && !json::is_complete(&bytes) {
        let attempt = limit::read_to_end(Codec::Brotli.reader(Box::new(&bytes[..])), most);
        match attempt {
            Ok(text) => return Ok((text, true)),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => return Err(error),
            // Not brotli, then: a body that was decoded, and is no JSON.
            Err(_) => {}
        }
    }
    Ok((bytes, decoded))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_body_is_decoded_once_whatever_its_header_says() {
        let text = b"{\"a\": 1}".to_vec();
        assert_eq!(body(text.clone(), "br, gzip", 100).unwrap(), (text, false));
        let page = b"<html>bad gateway</html>".to_vec();
        assert_eq!(body(page.clone(), "br", 100).unwrap(), (page, false));
    }
}
