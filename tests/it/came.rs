//! No tests: what comes out of bytes, and bytes in every coding.

use std::io::{Cursor, Write as _};

use clients_contract::payload::{self, Item, Options, Payload, Skipped};
use clients_contract::{Error, Origin};

/// What came out of a container.
#[derive(Debug, Default)]
pub struct Came {
    pub payloads: Vec<Payload>,
    pub skipped: Vec<Skipped>,
    pub problems: Vec<Error>,
}

impl Came {
    pub fn of(items: impl IntoIterator<Item = Result<Item, Error>>) -> Self {
        let mut came = Self::default();
        for item in items {
            match item {
                Ok(Item::Large(payload) | Item::Payload(payload)) => came.payloads.push(payload),
                Ok(Item::Skipped(skipped)) => came.skipped.push(skipped),
                Err(error) => came.problems.push(error),
            }
        }
        came
    }

    pub fn bodies(&self) -> Vec<String> {
        self.payloads
            .iter()
            .map(|payload| String::from_utf8_lossy(payload.bytes()).trim().to_owned())
            .collect()
    }

    #[track_caller]
    pub fn problem(&self) -> String {
        assert!(self.payloads.is_empty() && self.problems.len() == 1, "{self:?}");
        self.problems[0].message()
    }
}

/// Everything in these bytes, of a file of this name.
pub fn came(bytes: impl Into<Vec<u8>>, name: &str, options: &Options) -> Came {
    let reader = Cursor::new(bytes.into());
    match payload::open_reader(reader, Origin::file(name.to_owned()), options) {
        Ok(opened) => Came::of(opened.items()),
        Err(error) => Came { problems: vec![error], ..Came::default() },
    }
}

pub fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zlib(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::ZlibEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn deflate(bytes: &[u8]) -> Vec<u8> {
    let mut encoder = flate2::write::DeflateEncoder::new(Vec::new(), flate2::Compression::fast());
    encoder.write_all(bytes).unwrap();
    encoder.finish().unwrap()
}

pub fn zstd(bytes: &[u8]) -> Vec<u8> {
    ruzstd::encoding::compress_to_vec(bytes, ruzstd::encoding::CompressionLevel::Fastest)
}

pub fn brotli(bytes: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    brotli::BrotliCompress(&mut &bytes[..], &mut out, &brotli::enc::BrotliEncoderParams::default()).unwrap();
    out
}

pub fn base64(bytes: &[u8]) -> String {
    use base64::Engine;
    base64::engine::general_purpose::STANDARD.encode(bytes)
}
