//! Compresses what is read.

use std::io::{self, Cursor, Read};

use brotli::CompressorReader;
use flate2::Compression;
use flate2::read::GzEncoder;
use ruzstd::encoding::{CompressionLevel, compress_to_vec};

use super::{BUFFER, Codec};

/// Bytes in one frame of zstd.
const FRAME: u64 = 4 << 20;

/// Quality and window of brotli: as much as pays for a file that is written once.
const BROTLI: (u32, u32) = (5, 22);

impl Codec {
    /// The bytes of a reader, compressed.
    pub(crate) fn compressed<'r>(self, reader: impl Read + 'r) -> Box<dyn Read + 'r> {
        match self {
            Self::Gzip => Box::new(GzEncoder::new(reader, Compression::default())),
            Self::Zstd => Box::new(Frames { reader, frame: Cursor::default(), empty: true }),
            Self::Brotli => Box::new(CompressorReader::new(reader, BUFFER, BROTLI.0, BROTLI.1)),
        }
    }
}

/// Frames of zstd, one behind the other.
struct Frames<R> {
    reader: R,
    frame: Cursor<Vec<u8>>,
    /// Nothing was read so far.
    empty: bool,
}

impl<R: Read> Read for Frames<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let length = self.frame.read(buffer)?;
        if length > 0 || buffer.is_empty() {
            return Ok(length);
        }
        let mut text = Vec::new();
        (&mut self.reader).take(FRAME).read_to_end(&mut text)?;
        // Of nothing there is a frame, too.
        if text.is_empty() && !std::mem::take(&mut self.empty) {
            return Ok(0);
        }
        self.empty = false;
        self.frame = Cursor::new(compress_to_vec(&*text, CompressionLevel::Fastest));
        self.frame.read(buffer)
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use super::super::{Notes, decompress};
    use super::*;

    #[test]
    fn what_was_compressed_is_decompressed() {
        for text in [Vec::new(), b"{}".to_vec(), b"abcdefgh".repeat(1 << 20)] {
            for codec in [Codec::Gzip, Codec::Zstd, Codec::Brotli] {
                let packed = BufReader::new(codec.compressed(&text[..]).chain(&b""[..])).fill_all();
                let (mut reader, layers) =
                    decompress(Box::new(Cursor::new(packed)), "x.br", &Notes::default()).unwrap();
                let mut read = Vec::new();
                reader.read_to_end(&mut read).unwrap();
                assert!(read == text && layers == [codec], "{codec:?}");
            }
        }
    }

    /// All that a reader has.
    trait FillAll: Read {
        fn fill_all(mut self) -> Vec<u8>
        where
            Self: Sized,
        {
            let mut all = Vec::new();
            self.read_to_end(&mut all).unwrap();
            all
        }
    }

    impl<R: Read> FillAll for R {}
}
