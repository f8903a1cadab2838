//! Joins the chunks of a saved response.

use std::io;
use std::ops::Range;

use super::dump::{BodyRange, Dump, MAX_HEAD};

/// Chunks that are looked at in vain before none are looked for any more. Bodies saved without their chunks
/// rarely begin like one.
const MAX_WASTED: usize = 100_000;

/// Where chunks end.
enum Ended {
    At(usize),
    /// With the input, in a chunk or behind one.
    Cut,
    /// These are no chunks.
    NoChunks,
}

impl Dump<'_> {
    /// The body in the chunks that begin here, if any do.
    pub(super) fn chunked(&mut self, from: usize) -> io::Result<Option<BodyRange>> {
        if self.wasted >= MAX_WASTED {
            return Ok(None);
        }
        let (chunks, end) = self.chunks(from)?;
        let text = self.text();
        let is_empty = chunks.iter().all(|chunk| text[chunk.clone()].trim_ascii().is_empty());
        let ends = match end {
            Ended::At(end) => self.next(end)?.map(|next| (end, next)),
            // Another response in what seems to be a chunk is none of the body.
            Ended::Cut if !is_empty => Some(self.next_status_line(from)?)
                .filter(|end| *end == self.text().len())
                .map(|end| (end, end)),
            Ended::Cut | Ended::NoChunks => None,
        };
        let Some((end, next)) = ends else {
            self.wasted += chunks.len();
            return Ok(None);
        };
        let mut joined = Vec::new();
        for chunk in chunks {
            joined.extend_from_slice(&self.text()[chunk]);
        }
        Ok(Some(BodyRange { end, next, joined: Some(joined) }))
    }

    /// The chunks that begin here, and where they end.
    fn chunks(&mut self, from: usize) -> io::Result<(Vec<Range<usize>>, Ended)> {
        /// A size, and what may follow it on its line.
        const MAX_SIZE_LINE: usize = 1 << 10;
        let (mut chunks, mut length, mut at) = (Vec::new(), 0, from);
        loop {
            self.hold(at + MAX_SIZE_LINE)?;
            let line = &self.text()[at..];
            let line = &line[..line.len().min(MAX_SIZE_LINE)];
            let Some((size, behind)) = chunk_size(line) else {
                // Behind a chunk, no more than a part of such a line may be left.
                let is_cut = !chunks.is_empty() && line.iter().all(u8::is_ascii_hexdigit);
                return Ok((chunks, if is_cut { Ended::Cut } else { Ended::NoChunks }));
            };
            at += behind;
            if size == 0 {
                return Ok((chunks, Ended::At(self.past_trailers(at)?)));
            }
            let Some(size) = usize::try_from(size).ok().filter(|size| *size <= self.max_body) else {
                return Ok((chunks, Ended::NoChunks));
            };
            length += size;
            self.within(length)?;
            self.hold(at + size + 2)?;
            let end = self.text().len().min(at + size);
            chunks.push(at..end);
            at += size;
            at += match self.text().get(at..) {
                Some([b'\r', b'\n', ..]) => 2,
                Some([b'\n', ..]) => 1,
                None | Some([] | [b'\r']) => return Ok((chunks, Ended::Cut)),
                _ => return Ok((chunks, Ended::NoChunks)),
            };
        }
    }

    /// Behind the headers that may follow the last chunk, and the empty line.
    fn past_trailers(&mut self, from: usize) -> io::Result<usize> {
        let mut at = from;
        while at - from < MAX_HEAD && !self.is_status(at)? {
            let Some(end) = memchr::memchr(b'\n', self.behind(at)?) else { break };
            let line = &self.text()[at..at + end];
            let is_last = matches!(line, b"" | b"\r");
            at += end + 1;
            if is_last {
                break;
            }
        }
        Ok(at)
    }
}

/// The size in the line of a chunk, and the length of the line. Lines of a dump may end with a line
/// feed alone.
fn chunk_size(text: &[u8]) -> Option<(u64, usize)> {
    let end = memchr::memchr(b'\n', text)?;
    let line = text[..end].trim_ascii_end();
    let length = line.iter().take_while(|byte| byte.is_ascii_hexdigit()).count();
    let (digits, behind) = line.split_at(length);
    let ends = matches!(behind.trim_ascii_start(), [] | [b';', ..]);
    let digits = std::str::from_utf8(digits).ok().filter(|_| ends)?;
    Some((u64::from_str_radix(digits, 16).ok()?, end + 1))
}
