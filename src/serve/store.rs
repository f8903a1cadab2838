//! The items of a data set: generated on demand, or kept in memory and in a temporary file.

use std::fmt;
use std::fs::File;
use std::io::{self, BufWriter, Read, Seek, SeekFrom, Write};
use std::sync::{Mutex, PoisonError};

use serde_json::Value;

use crate::contract::Pages;
use crate::error::{Error, ErrorKind};
use crate::generate::Generator;
use crate::untrusted::to_compact_json;

/// Bytes of items in memory. More are in a temporary file.
pub(super) const MAX_IN_MEMORY: usize = 64 << 20;

/// Bytes that are written to, and read from, the temporary file at a time.
const BUFFER: usize = 256 << 10;

/// Items one after the other, found by their ends.
#[derive(Debug)]
pub(super) struct Kept {
    max: usize,
    memory: Vec<u8>,
    file: Option<Mutex<BufWriter<File>>>,
    ends: Vec<u64>,
}

impl Default for Kept {
    fn default() -> Self {
        Self::in_memory(MAX_IN_MEMORY)
    }
}

impl Kept {
    /// Items of which so many bytes are in memory.
    pub(super) fn in_memory(max: usize) -> Self {
        Self { max, memory: Vec::new(), file: None, ends: Vec::new() }
    }

    pub(super) fn push(&mut self, text: &[u8]) -> io::Result<()> {
        if self.file.is_none() && self.memory.len() + text.len() > self.max {
            let mut file = BufWriter::with_capacity(BUFFER, tempfile::tempfile()?);
            file.write_all(&std::mem::take(&mut self.memory))?;
            self.file = Some(Mutex::new(file));
        }
        match &mut self.file {
            Some(file) => file.get_mut().unwrap_or_else(PoisonError::into_inner).write_all(text)?,
            None => self.memory.extend_from_slice(text),
        }
        self.ends.push(self.ends.last().unwrap_or(&0) + text.len() as u64);
        Ok(())
    }

    pub(super) fn len(&self) -> u64 {
        self.ends.len() as u64
    }

    pub(super) fn item(&self, index: u64) -> io::Result<String> {
        let missing = || io::Error::from(io::ErrorKind::NotFound);
        let index =
            usize::try_from(index).ok().filter(|index| *index < self.ends.len()).ok_or_else(missing)?;
        let (start, end) = self.range(index);
        String::from_utf8(self.bytes(start, end)?).map_err(io::Error::other)
    }

    /// All items in their order.
    pub(super) fn items(&self) -> impl Iterator<Item = io::Result<String>> {
        let mut read: (u64, Vec<u8>) = (0, Vec::new());
        (0..self.ends.len()).map(move |index| {
            let (start, end) = self.range(index);
            if end > read.0 + read.1.len() as u64 {
                let last = self.ends.last().copied().unwrap_or_default();
                read = (start, self.bytes(start, end.max(last.min(start + BUFFER as u64)))?);
            }
            let [start, end] = [start, end].map(|at| usize::try_from(at - read.0).map_err(io::Error::other));
            String::from_utf8(read.1[start?..end?].to_vec()).map_err(io::Error::other)
        })
    }

    fn range(&self, index: usize) -> (u64, u64) {
        (index.checked_sub(1).map_or(0, |before| self.ends[before]), self.ends[index])
    }

    fn bytes(&self, start: u64, end: u64) -> io::Result<Vec<u8>> {
        let Some(file) = &self.file else {
            let [start, end] = [start, end].map(|at| usize::try_from(at).map_err(io::Error::other));
            return Ok(self.memory[start?..end?].to_vec());
        };
        let mut bytes = vec![0; usize::try_from(end - start).map_err(io::Error::other)?];
        let mut file = file.lock().unwrap_or_else(PoisonError::into_inner);
        // This writes the buffer first.
        file.seek(SeekFrom::Start(start))?;
        file.get_mut().read_exact(&mut bytes)?;
        file.seek(SeekFrom::End(0))?;
        Ok(bytes)
    }
}

/// Items that follow from a seed and their number.
pub(super) enum Made {
    /// The pages of one consistent instance, with an item each; where the item is in them.
    Pages(Box<dyn Pages>, String),
    /// Payloads one by one; where an item is in them, or nothing where they are the items.
    Payloads(Generator, String),
}

impl fmt::Debug for Made {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Made").finish_non_exhaustive()
    }
}

impl Made {
    fn item(&self, index: u64) -> String {
        let (payload, items) = match self {
            Self::Pages(pages, items) => (pages.page(index.saturating_add(1)), items),
            Self::Payloads(generator, items) => (generator.value(index), items),
        };
        if items.is_empty() {
            return to_compact_json(&payload);
        }
        to_compact_json(payload.pointer(items).and_then(|items| items.get(0)).unwrap_or(&Value::Null))
    }
}

/// The items of a data set.
#[derive(Debug)]
pub(super) enum Store {
    Kept(Kept),
    Made { made: Made, total: u64 },
}

impl Store {
    pub(super) fn len(&self) -> u64 {
        match self {
            Self::Kept(kept) => kept.len(),
            Self::Made { total, .. } => *total,
        }
    }

    /// The JSON text of an item.
    pub(super) fn item(&self, index: u64) -> io::Result<String> {
        match self {
            Self::Kept(kept) => kept.item(index),
            Self::Made { made, .. } => Ok(made.item(index)),
        }
    }
}

/// The error of a temporary file.
pub(super) fn not_kept(error: io::Error) -> Error {
    Error::new(ErrorKind::Output, "temporary file", "cannot be written").because(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn items_are_the_same_from_memory_and_from_a_file() {
        let text = |number: usize| format!("{number}{}", "x".repeat(number * 997 % 60_000));
        let mut kept = Kept::default();
        for number in 0..4_000 {
            kept.push(text(number).as_bytes()).unwrap();
            if number % 1_000 == 999 {
                assert_eq!(kept.item(7).unwrap(), text(7));
            }
        }
        assert!(kept.file.is_some());
        assert_eq!(kept.len(), 4_000);
        for number in [0, 1, 1_999, 3_999] {
            assert_eq!(kept.item(number as u64).unwrap(), text(number));
        }
        assert!(kept.item(4_000).is_err());
        let items: Vec<String> = kept.items().map(Result::unwrap).collect();
        assert!(items.len() == 4_000 && (0..4_000).all(|number| items[number] == text(number)));
        let mut small = Kept::in_memory(MAX_IN_MEMORY);
        for text in ["a", "", "b"] {
            small.push(text.as_bytes()).unwrap();
        }
        assert_eq!(small.items().map(Result::unwrap).collect::<Vec<_>>(), ["a", "", "b"]);
    }
}
