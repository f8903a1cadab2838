//! Reads a stream as one payload.

use std::io::{self, Read};

use super::limit::too_large;
use super::stream::{Bodies, Bounds, Reader, unreadable};
use super::{Item, Payload};
use crate::error::Error;
use crate::origin::Origin;

/// Exactly one body.
pub(super) struct Whole<'r> {
    reader: Option<Reader<'r>>,
    origin: Origin,
    bounds: Bounds,
    /// A body that is passed on.
    passing: Option<Passing<Reader<'r>>>,
}

/// What was held of a large body, and where the rest of it comes from.
struct Passing<R> {
    held: io::Cursor<Vec<u8>>,
    rest: R,
    /// How many bytes more it may have.
    room: u64,
    max: u64,
}

impl<R: Read> Passing<R> {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        let held = self.held.read(buffer)?;
        if held > 0 {
            return Ok(held);
        }
        // What was held is passed on by now.
        self.held = io::Cursor::default();
        let length = self.rest.read(buffer)?;
        self.room = self.room.checked_sub(length as u64).ok_or_else(|| too_large(self.max))?;
        Ok(length)
    }
}

impl<'r> Whole<'r> {
    pub(super) fn new(reader: Reader<'r>, origin: Origin, bounds: Bounds) -> Self {
        Self { reader: Some(reader), origin, bounds, passing: None }
    }

    fn body(&mut self, mut reader: Reader<'r>) -> io::Result<Item> {
        let Bounds { held, max } = self.bounds;
        let mut bytes = Vec::new();
        (&mut reader).take(held.saturating_add(1)).read_to_end(&mut bytes)?;
        if bytes.len() as u64 <= held {
            return Ok(Item::Payload(Payload::new(self.origin.clone(), bytes)));
        }
        if max == held {
            return Err(too_large(max));
        }
        let room = max.saturating_sub(bytes.len() as u64);
        self.passing = Some(Passing { held: io::Cursor::new(bytes), rest: reader, room, max });
        Ok(Item::Large(Payload::new(self.origin.clone(), Vec::new())))
    }
}

impl Bodies for Whole<'_> {
    fn read_body(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        self.passing.as_mut().map_or(Ok(0), |passing| passing.read(buffer))
    }
}

impl Iterator for Whole<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        let reader = self.reader.take()?;
        Some(self.body(reader).map_err(|error| unreadable(self.origin.name(), error)))
    }
}
