//! Splits a JSON capture into its members and entries, without holding it.

use std::io;

use super::{Keeps, Next, Part, Value};
use crate::payload::limit::length;
use crate::payload::skim::{Large, Skimmed, Skimmer};
use crate::payload::space::span;
use crate::payload::stream::Reader;
use crate::payload::{Input, captures};

/// Room for what an entry holds beside its body.
const BESIDE_BODY: u64 = 1 << 20;

/// The longest key of a format.
const KEY: usize = 256;

/// The path step of an item.
const ITEM: &str = "*";

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Start,
    Object,
    List,
    Done,
}

pub(super) struct Members<'r> {
    skimmer: Skimmer<Reader<'r>>,
    input: Input,
    keeps: Keeps,
    room: usize,
    state: State,
    path: Vec<String>,
    /// Of each open container, whether something was written in it.
    written: Vec<bool>,
    /// What is copied before the next value.
    between: Vec<u8>,
    entries: u64,
}

impl<'r> Members<'r> {
    pub(super) fn new(reader: Reader<'r>, input: Input, max: u64, keeps: Keeps) -> Self {
        let room = length(max.saturating_mul(2).saturating_add(BESIDE_BODY));
        Self {
            skimmer: Skimmer::new(reader).max_space(max),
            input,
            keeps,
            room,
            state: State::Start,
            path: Vec::new(),
            written: Vec::new(),
            between: Vec::new(),
            entries: 0,
        }
    }

    pub(super) fn next(&mut self) -> Next<'r> {
        match self.advance() {
            Ok(next) => next,
            // What came before it comes first.
            Err(_) if !self.between.is_empty() => {
                Next::Part(Part::Between(std::mem::take(&mut self.between)))
            }
            Err(error) => Next::Stopped(error),
        }
    }

    fn advance(&mut self) -> io::Result<Next<'r>> {
        loop {
            let space = self.space()?;
            let Some(next) = self.skimmer.peek()? else {
                self.between.extend(space);
                if self.state != State::Done {
                    return Err(self.wrong("is cut off"));
                }
                let between = std::mem::take(&mut self.between);
                return Ok(if between.is_empty() { Next::End } else { Next::Part(Part::Between(between)) });
            };
            match (self.state, next) {
                (State::Done, _) => return Err(self.wrong("has trailing data")),
                (State::Start, b'{') => {
                    self.copy(&space)?;
                    self.open(State::Object);
                }
                (State::Object | State::List, b',') => {
                    // Written where something follows.
                    self.skimmer.take()?;
                }
                (State::Object, b'}') | (State::List, b']') => {
                    self.copy(&space)?;
                    self.written.pop();
                    // The whole has no key.
                    self.state = if self.path.pop().is_some() { State::Object } else { State::Done };
                }
                (State::Object, b'"') => {
                    if let Some(next) = self.member(&space)? {
                        return Ok(next);
                    }
                }
                (State::List, byte) if !matches!(byte, b'}' | b':') => return self.item(&space),
                _ => return Err(self.wrong("is not JSON")),
            }
        }
    }

    fn wrong(&self, what: &str) -> io::Error {
        let what = format!("{what} in line {}; complete entries: {}", self.skimmer.line, self.entries);
        io::Error::new(io::ErrorKind::InvalidData, what)
    }

    /// Takes white space, and a byte order mark.
    fn space(&mut self) -> io::Result<Vec<u8>> {
        let mut space = Vec::new();
        loop {
            let chunk = self.skimmer.filled()?;
            let length = match span(chunk) {
                0 if self.state == State::Start => {
                    usize::from(matches!(chunk.first(), Some(0xef | 0xbb | 0xbf)))
                }
                length => length,
            };
            if length == 0 {
                return Ok(space);
            }
            space.extend_from_slice(&chunk[..length]);
            self.skimmer.consume(length)?;
            if space.len() > self.room {
                return Err(self.wrong("has too much white space"));
            }
        }
    }

    /// Copies white space and the bracket behind it.
    fn copy(&mut self, space: &[u8]) -> io::Result<()> {
        self.between.extend_from_slice(space);
        self.between.extend(self.skimmer.take()?);
        Ok(())
    }

    fn open(&mut self, state: State) {
        self.state = state;
        self.written.push(false);
    }

    /// Begins a member or an item.
    fn begin(&mut self, space: &[u8]) {
        if let Some(written) = self.written.last_mut()
            && std::mem::replace(written, true)
        {
            self.between.push(b',');
        }
        self.between.extend_from_slice(space);
    }

    fn item(&mut self, space: &[u8]) -> io::Result<Next<'r>> {
        self.path.push(ITEM.to_owned());
        let mut text = Vec::new();
        let skimmed = self.skimmer.value(&mut text, self.room, Large::Pass);
        let path = self.path.clone();
        self.path.pop();
        self.entries += 1;
        match skimmed? {
            Skimmed::Cut => {
                self.entries -= 1;
                Err(self.wrong("is cut off"))
            }
            // An entry that nobody can read stands for one that nobody reads.
            Skimmed::TooLarge => {
                self.begin(space);
                self.between.extend_from_slice(b"null");
                Ok(Next::LeftOut(format!(
                    "entry {} exceeds the maximum (`max_body`) and is omitted",
                    self.entries
                )))
            }
            Skimmed::Whole => {
                self.begin(space);
                let before = std::mem::take(&mut self.between);
                Ok(Next::Part(Part::Value(Value { before, path, text, number: self.entries })))
            }
        }
    }

    /// A key, and its value where that leads to no entries.
    fn member(&mut self, space: &[u8]) -> io::Result<Option<Next<'r>>> {
        let mut key = Vec::new();
        if self.skimmer.value(&mut key, KEY, Large::Pass)? == Skimmed::Cut {
            return Err(self.wrong("is cut off"));
        }
        let mut colon = self.space()?;
        if self.skimmer.peek()? != Some(b':') {
            return Err(self.wrong("is not JSON"));
        }
        colon.extend(self.skimmer.take()?);
        colon.extend(self.space()?);
        self.path.push(serde_json::from_slice(&key).unwrap_or_default());
        let leads = |list: &&&[&str]| list.iter().zip(&self.path).all(|(a, b)| a == b);
        let longest = captures::lists(self.input).iter().filter(leads).map(|list| list.len()).max();
        let opened = match (longest, self.skimmer.peek()?) {
            (Some(length), Some(b'[')) if length == self.path.len() => Some(State::List),
            (Some(length), Some(b'{')) if length > self.path.len() => Some(State::Object),
            (_, None) => return Err(self.wrong("is cut off")),
            (_, Some(b',' | b':' | b'}' | b']')) => return Err(self.wrong("is not JSON")),
            _ => None,
        };
        let keeps = opened.is_some() || (self.keeps)(self.input, &self.path);
        if keeps {
            self.begin(space);
            self.between.extend_from_slice(&key);
            self.between.extend_from_slice(&colon);
        }
        if let Some(state) = opened {
            self.between.extend(self.skimmer.take()?);
            self.open(state);
            return Ok(None);
        }
        let path = self.path.clone();
        self.path.pop();
        let mut text = Vec::new();
        let room = if keeps { self.room } else { 0 };
        match self.skimmer.value(&mut text, room, Large::Pass)? {
            Skimmed::Cut => Err(self.wrong("is cut off")),
            _ if !keeps => Ok(None),
            Skimmed::TooLarge => {
                self.between.extend_from_slice(b"null");
                Ok(Some(Next::LeftOut("a member exceeds the maximum (`max_body`) and is omitted".to_owned())))
            }
            Skimmed::Whole => {
                let before = std::mem::take(&mut self.between);
                Ok(Some(Next::Part(Part::Value(Value { before, path, text, number: self.entries }))))
            }
        }
    }
}
