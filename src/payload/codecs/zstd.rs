//! Decodes zstd streams, including truncated ones.

use std::error::Error;
use std::io::{self, Read};

use ruzstd::decoding::errors::{FrameDecoderError, FrameHeaderError, ReadFrameHeaderError};
use ruzstd::decoding::{BlockDecodingStrategy, FrameDecoder};

use super::cut;
use super::tail::{Notes, Tail, tail};
use crate::payload::head::Ahead;
use crate::payload::skim::filled;

/// The last block of a frame, empty, and a checksum behind it.
const END: &[u8] = &[1, 0, 0, 0, 0, 0, 0];

/// Whether a frame begins like this, or one that is to be skipped; cut off, it may.
fn is_frame(head: &[u8]) -> bool {
    let frame = [0x28, 0xb5, 0x2f, 0xfd];
    let skipped = |head: &[u8]| match head {
        [first, rest @ ..] => (0x50..=0x5f).contains(first) && [0x2a, 0x4d, 0x18].starts_with(rest),
        [] => false,
    };
    let head = &head[..head.len().min(frame.len())];
    !head.is_empty() && (frame.starts_with(head) || skipped(head))
}

/// Frame after frame of a stream. What was decoded before a cut is given before the error.
pub(super) struct Decoder<'r> {
    reader: Ahead<'r>,
    notes: Notes,
    frames: FrameDecoder,
    in_frame: bool,
    /// Whether there was a frame.
    began: bool,
    /// Whether no other follows.
    ended: bool,
    ready: Vec<u8>,
    at: usize,
    broken: Option<io::Error>,
}

impl<'r> Decoder<'r> {
    pub(super) fn new(reader: Ahead<'r>, notes: Notes) -> Self {
        let frames = FrameDecoder::new();
        Self {
            reader,
            notes,
            frames,
            in_frame: false,
            began: false,
            ended: false,
            ready: Vec::new(),
            at: 0,
            broken: None,
        }
    }

    /// Decodes until there is something to give; false at the end.
    fn advance(&mut self) -> io::Result<bool> {
        loop {
            if !self.in_frame && !self.next_frame()? {
                return Ok(false);
            }
            let one = BlockDecodingStrategy::UptoBlocks(1);
            if let Err(error) = self.frames.decode_blocks(&mut self.reader, one) {
                // The window is held back until the frame ends, so end it.
                let _ = self.frames.decode_blocks(END, BlockDecodingStrategy::UptoBlocks(1));
                self.broken = Some(self.described(&error)?);
            }
            let ended = self.frames.is_finished();
            self.in_frame = !ended;
            let data = self.frames.get_checksum_from_data();
            self.ready = self.frames.collect().unwrap_or_default();
            self.at = 0;
            let wrong = data.is_some() && data != self.frames.get_calculated_checksum();
            if ended && wrong && self.broken.is_none() {
                let what = "its zstd checksum does not match";
                self.broken = Some(io::Error::new(io::ErrorKind::InvalidData, what));
            }
            if !self.ready.is_empty() {
                return Ok(true);
            }
            if let Some(error) = self.broken.take() {
                return Err(error);
            }
        }
    }

    fn next_frame(&mut self) -> io::Result<bool> {
        while !self.ended && !filled(&mut self.reader)?.is_empty() {
            if self.began && tail(&mut self.reader, is_frame, "zstd", &self.notes)? == Tail::Nothing {
                self.ended = true;
                return Ok(false);
            }
            self.began = true;
            match self.frames.reset(&mut self.reader) {
                Ok(()) => {
                    self.in_frame = true;
                    return Ok(true);
                }
                Err(FrameDecoderError::ReadFrameHeaderError(ReadFrameHeaderError::SkipFrame {
                    length,
                    ..
                })) => {
                    let skipped = io::copy(&mut (&mut self.reader).take(length.into()), &mut io::sink())?;
                    if skipped < length.into() {
                        return Err(cut("zstd"));
                    }
                }
                Err(error) => return Err(self.described(&error)?),
            }
        }
        Ok(false)
    }

    /// A stream that is at its end is cut off; anything else is broken.
    fn described(&mut self, error: &FrameDecoderError) -> io::Result<io::Error> {
        if filled(&mut self.reader)?.is_empty() {
            return Ok(cut("zstd"));
        }
        Ok(io::Error::new(io::ErrorKind::InvalidData, what(error)))
    }
}

/// What is wrong with a stream, in words: what the decoder says of some errors is their names in its code.
fn what(error: &FrameDecoderError) -> String {
    let window =
        |bytes: u64, limit: String| format!("its zstd window of {bytes} bytes is too large: {limit}");
    match error {
        FrameDecoderError::WindowSizeTooBig { requested, max } => {
            window(*requested, format!("at most {max} bytes are held"))
        }
        FrameDecoderError::FrameHeaderError(FrameHeaderError::WindowTooBig { got }) => {
            window(*got, "the format allows no such window".to_owned())
        }
        _ => {
            let mut cause: &dyn Error = error;
            while let Some(deeper) = cause.source() {
                cause = deeper;
            }
            format!("its zstd stream is broken: {cause}")
        }
    }
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.at == self.ready.len() {
            if let Some(error) = self.broken.take() {
                return Err(error);
            }
            if !self.advance()? {
                return Ok(0);
            }
        }
        let rest = &self.ready[self.at..];
        let length = rest.len().min(buffer.len());
        buffer[..length].copy_from_slice(&rest[..length]);
        self.at += length;
        Ok(length)
    }
}
