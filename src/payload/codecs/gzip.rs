//! Decodes gzip streams of several members.

use std::io::{self, Read};

use flate2::bufread::GzDecoder;

use super::cut;
use super::tail::{Notes, Tail, tail};
use crate::payload::head::Ahead;

/// Member after member of a stream, up to its end or what is no gzip.
pub(super) struct Decoder<'r> {
    member: Option<GzDecoder<Ahead<'r>>>,
    notes: Notes,
}

impl<'r> Decoder<'r> {
    pub(super) fn new(reader: Ahead<'r>, notes: Notes) -> Self {
        Self { member: Some(GzDecoder::new(reader)), notes }
    }
}

/// Whether a member begins like this: its mark, the only method there is, and no flag that has no meaning.
/// Less than that holds nothing.
fn is_member(head: &[u8]) -> bool {
    const RESERVED: u8 = 0xe0;
    matches!(head, [0x1f, 0x8b, 8]) || matches!(head, [0x1f, 0x8b, 8, flags, ..] if flags & RESERVED == 0)
}

impl Read for Decoder<'_> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        while let Some(member) = &mut self.member {
            let length = member.read(buffer).map_err(|error| match error.kind() {
                io::ErrorKind::UnexpectedEof => cut("gzip"),
                _ => error,
            })?;
            if length > 0 || buffer.is_empty() {
                return Ok(length);
            }
            let Some(mut reader) = self.member.take().map(GzDecoder::into_inner) else { break };
            if tail(&mut reader, is_member, "gzip", &self.notes)? == Tail::Another {
                self.member = Some(GzDecoder::new(reader));
            }
        }
        Ok(0)
    }
}
