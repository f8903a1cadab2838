//! Keeps a digest of strings that are too long to hold.

use memchr::memchr2;

use super::scalars::{HEAD, points};

/// A string that is taken as it comes.
#[derive(Default)]
pub(super) struct Long {
    pub(super) is_key: bool,
    /// Its first bytes, as they are written.
    pub(super) head: Vec<u8>,
    pub(super) bytes: u64,
    /// Code points, with those of its escapes as they are written.
    pub(super) points: u64,
    /// Whether the next byte is escaped.
    pub(super) escaped: bool,
}

impl Long {
    /// Takes more of the string, and says where its last quote stands, if it does.
    pub(super) fn take(&mut self, text: &[u8]) -> Option<usize> {
        let mut at = usize::from(self.escaped && !text.is_empty());
        self.escaped &= at == 0;
        let end = loop {
            match memchr2(b'"', b'\\', &text[at..]) {
                Some(offset) if text[at + offset] == b'"' => break Some(at + offset),
                Some(offset) if at + offset + 1 == text.len() => {
                    self.escaped = true;
                    break None;
                }
                Some(offset) => at += offset + 2,
                None => break None,
            }
        };
        let part = &text[..end.unwrap_or(text.len())];
        let wanted = HEAD.saturating_sub(self.head.len()).min(part.len());
        self.head.extend_from_slice(&part[..wanted]);
        self.bytes += part.len() as u64;
        self.points += points(part);
        end
    }
}
