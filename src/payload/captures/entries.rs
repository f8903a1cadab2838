//! Reads the entries of a capture one by one, without holding the capture.

use std::collections::VecDeque;

use super::entry::{Entry, EntryText};
use super::exchange::Setting;
use super::stop::{Stop, not_understood};
use super::{Capture, Exchange, Shape, lenient, postman, postman_request};
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::payload::limit::length;
use crate::payload::skim::{Large, Skimmed, Skimmer};
use crate::payload::stream::{Bodies, Reader, unreadable};
use crate::payload::{Input, Item};

/// Room for what an entry holds beside its body.
const BESIDE_BODY: u64 = 1 << 20;

/// How much of a Postman collection is held to find its variables, which come behind its items.
const MAX_AHEAD: usize = 16 << 20;

/// The longest list of variables.
const MAX_VARIABLES: usize = 1 << 20;

/// The longest key that could be one of ours.
const KEY: usize = 64;

pub(super) struct Entries<'r> {
    skimmer: Skimmer<Reader<'r>>,
    origin: Origin,
    shape: &'static Shape,
    setting: Setting,
    location: ReadState,
    /// The keys of the objects and the list that are open.
    path: Vec<String>,
    /// Whether there was a list of entries.
    found: bool,
    /// The members that make an entry without a list.
    loose: Vec<u8>,
    /// Answers given so far.
    number: u64,
    /// The line on which the text of the last entry begins.
    line: u64,
    ready: VecDeque<Exchange>,
    /// Entries that were read before their variables, each with its line.
    ahead: VecDeque<Result<(EntryText, u64), Stop>>,
    /// The memory of an entry that was read.
    spare: EntryText,
    variables: Vec<postman_request::Variable>,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum ReadState {
    Start,
    Object,
    List,
    /// Behind the end of the whole.
    Done,
    /// Nothing more is read.
    Stopped,
}

impl<'r> Entries<'r> {
    pub(super) fn new(reader: Reader<'r>, capture: Capture, shape: &'static Shape) -> Self {
        let Capture { origin, options, folder, line } = capture;
        let mut skimmer = Skimmer::new(reader).max_space(options.max_body);
        skimmer.line = line;
        Self {
            skimmer,
            origin,
            shape,
            setting: Setting { options, folder },
            location: ReadState::Start,
            path: Vec::new(),
            found: false,
            loose: Vec::new(),
            number: 0,
            line: 1,
            ready: VecDeque::new(),
            ahead: VecDeque::new(),
            spare: EntryText::default(),
            variables: Vec::new(),
        }
    }

    /// The text of the next entry. A collection is read ahead for its variables, as far as it is not too
    /// large.
    fn next_entry(&mut self) -> Result<Option<EntryText>, Stop> {
        if self.shape.input != Input::Postman {
            return self.entry();
        }
        let mut held = 0;
        while self.ahead.is_empty() || (1..MAX_AHEAD).contains(&held) {
            match self.entry() {
                Ok(None) => break,
                Ok(Some(text)) => {
                    held += text.bytes.len().max(1);
                    self.ahead.push_back(Ok((text, self.line)));
                }
                Err(stop) => {
                    let goes_on = matches!(stop, Stop::Entry(_));
                    held = held.max(1);
                    self.ahead.push_back(Err(stop));
                    if !goes_on {
                        break;
                    }
                }
            }
        }
        let Some(next) = self.ahead.pop_front() else { return Ok(None) };
        let (text, line) = next?;
        self.line = line;
        Ok(Some(text))
    }

    /// The responses of an entry.
    fn exchanges(&self, text: &EntryText) -> serde_json::Result<Vec<Exchange>> {
        let read = |entry: &Entry<'_>| match self.shape.input {
            Input::Postman => postman::exchanges_with(entry, &self.variables),
            _ => (self.shape.exchanges)(entry),
        };
        if let Some(entry) = text.without(self.shape.texts)
            && let Ok(exchanges) = read(&entry)
            && entry.is_right()
        {
            return Ok(exchanges);
        }
        // What is wrong is found where it is.
        let text = &text.bytes;
        read(&Entry::whole(text)).or_else(|error| {
            let mended = lenient::mended(text, self.shape.bodies);
            if mended == *text { Err(error) } else { read(&Entry::whole(&mended)) }
        })
    }

    /// The text of the next entry.
    fn entry(&mut self) -> Result<Option<EntryText>, Stop> {
        loop {
            let next = self.skimmer.peek_token()?;
            match (self.location, next) {
                (ReadState::Done, None) | (ReadState::Stopped, _) => return Ok(None),
                (ReadState::Done, Some(_)) => {
                    let line = self.skimmer.line;
                    return Err(self.wrong(&format!("has trailing data, in line {line}")));
                }
                (ReadState::Start, None) => return Err(Stop::Capture("is empty".to_owned())),
                (_, None) => return Err(self.cut()),
                (ReadState::Start, Some(b'{')) => {
                    self.skimmer.take()?;
                    self.location = ReadState::Object;
                }
                (ReadState::Start, Some(_)) => return Err(self.wrong("does not begin with `{`")),
                (ReadState::Object | ReadState::List, Some(b',')) => {
                    self.skimmer.take()?;
                }
                (ReadState::Object, Some(b'}')) => {
                    self.skimmer.take()?;
                    if self.path.pop().is_none() {
                        self.location = ReadState::Done;
                        return self.end();
                    }
                }
                (ReadState::Object, Some(b'"')) => self.member()?,
                (ReadState::List, Some(b']')) => {
                    self.skimmer.take()?;
                    self.path.pop();
                    self.location = ReadState::Object;
                }
                (ReadState::List, Some(byte)) if !matches!(byte, b'}' | b':') => {
                    return self.item().map(Some);
                }
                (ReadState::Object | ReadState::List, Some(_)) => {
                    let line = self.skimmer.line;
                    return Err(self.wrong(&format!("is not JSON, in line {line}")));
                }
            }
        }
    }

    /// A redirect that was recorded before other exchanges was followed, as it is in an HTTP dump.
    fn mark_redirects(&mut self) {
        let recorded = self.shape.input == Input::Har && self.location == ReadState::List;
        let redirects = self.ready.iter().any(Exchange::is_redirect);
        if recorded && redirects && matches!(self.skimmer.peek_token(), Ok(Some(b','))) {
            self.ready.iter_mut().for_each(|exchange| exchange.followed = exchange.is_redirect());
        }
    }

    fn item(&mut self) -> Result<EntryText, Stop> {
        self.line = self.skimmer.line;
        let room = self.room();
        let mut text = std::mem::take(&mut self.spare);
        text.clear();
        let EntryText { bytes, long } = &mut text;
        match self.skimmer.value_and_quotes(bytes, room, Large::Pass, |at| long.quote(at))? {
            Skimmed::Whole => Ok(text),
            Skimmed::TooLarge => Err(Stop::Entry(self.too_large())),
            Skimmed::Cut => Err(self.cut()),
        }
    }

    /// Maximum that is held of an entry: a body with escapes, and what is beside it.
    fn room(&self) -> usize {
        length(self.setting.options.max_body.saturating_mul(2).saturating_add(BESIDE_BODY))
    }

    fn too_large(&self) -> String {
        let max = self.setting.options.max_body;
        format!("exceeds the maximum of {max} bytes (`max_body`)")
    }

    /// A key, and its value where that leads to no entries.
    fn member(&mut self) -> Result<(), Stop> {
        let mut key = Vec::new();
        if self.skimmer.value(&mut key, KEY, Large::Pass)? == Skimmed::Cut {
            return Err(self.cut());
        }
        if self.skimmer.peek_token()? != Some(b':') {
            return Err(self.no_value());
        }
        self.skimmer.take()?;
        let next = self.skimmer.peek_token()?;
        // A key that is too long to be ours, or none at all, is no text.
        self.path.push(serde_json::from_slice(&key).unwrap_or_default());
        let leads = |list: &&&[&str]| list.iter().zip(&self.path).all(|(a, b)| a == b);
        let lengths = self.shape.lists.iter().filter(leads).map(|list| list.len()).max();
        match (lengths, next) {
            (Some(length), Some(b'[')) if length == self.path.len() => {
                self.skimmer.take()?;
                self.found = true;
                self.location = ReadState::List;
                return Ok(());
            }
            (Some(length), Some(b'{')) if length > self.path.len() => {
                self.skimmer.take()?;
                return Ok(());
            }
            (_, None | Some(b',' | b':' | b'}' | b']')) => return Err(self.no_value()),
            _ => {}
        }
        if self.loose.is_empty() {
            self.line = self.skimmer.line;
        }
        let loose = self.path.len() == 1 && self.shape.loose.contains(&self.path[0].as_str());
        let is_variables = self.shape.input == Input::Postman
            && self.path.last().is_some_and(|key| key == "variable")
            && next == Some(b'[');
        self.path.pop();
        let mut kept = Vec::new();
        let max = if is_variables { MAX_VARIABLES } else { self.room() * usize::from(loose) };
        match self.skimmer.value(&mut kept, max, Large::Pass)? {
            Skimmed::Cut => return Err(self.cut()),
            Skimmed::Whole if loose => {
                self.loose.push(if self.loose.is_empty() { b'{' } else { b',' });
                self.loose.extend(key);
                self.loose.push(b':');
                self.loose.extend(kept);
            }
            // What is no list of variables has none.
            Skimmed::Whole if is_variables => {
                let list = serde_json::from_slice(&lenient::mended(&kept, &[])).unwrap_or_default();
                self.variables.extend(postman_request::variables_of(&list));
            }
            Skimmed::TooLarge if loose => return Err(Stop::Capture(self.too_large())),
            Skimmed::Whole | Skimmed::TooLarge => {}
        }
        Ok(())
    }

    /// The end of the whole: without a list, its own members may be the entry.
    fn end(&mut self) -> Result<Option<EntryText>, Stop> {
        if self.found {
            return self.entry();
        }
        if self.loose.is_empty() {
            let lists: Vec<_> = self.shape.lists.iter().map(|list| format!("`{}`", list.join("."))).collect();
            return Err(Stop::Capture(format!(
                "is JSON, but not {}: it has no list {}",
                self.shape.input.what(),
                lists.join(" or ")
            )));
        }
        self.found = true;
        let mut entry = std::mem::take(&mut self.loose);
        entry.push(b'}');
        Ok(Some(EntryText::of(entry)))
    }

    fn cut(&self) -> Stop {
        let line = self.skimmer.line;
        Stop::Cut(line)
    }

    fn no_value(&mut self) -> Stop {
        let line = self.skimmer.line;
        match self.skimmer.peek_token() {
            Ok(None) => self.cut(),
            _ => self.wrong(&format!("is not JSON, in line {line}")),
        }
    }

    fn wrong(&self, what: &str) -> Stop {
        if self.found {
            Stop::Capture(what.to_owned())
        } else {
            Stop::Capture(format!("is not {}: it {what}", self.shape.input.what()))
        }
    }

    /// Says what stopped the reading. One entry that is wrong does not stop the others.
    fn described(&mut self, stop: Stop) -> Error {
        if let Stop::Entry(what) = stop {
            self.number += 1;
            let location = self.origin.entry(self.number).to_string();
            return Error::new(ErrorKind::Input, location, what).on_line(self.line);
        }
        self.location = ReadState::Stopped;
        let name = self.origin.name();
        match stop {
            Stop::Unreadable(error) => unreadable(name, error),
            Stop::Cut(line) => {
                let what = format!("is cut off; complete entries: {}", self.number);
                Error::new(ErrorKind::Input, format!("{name}:{line}"), what)
            }
            Stop::Capture(what) | Stop::Entry(what) => Error::new(ErrorKind::Input, name, what),
        }
    }
}

impl Bodies for Entries<'_> {
    fn at_hand(&self) -> bool {
        !self.ready.is_empty() || self.skimmer.at_hand() && self.location != ReadState::Stopped
    }
}

impl Iterator for Entries<'_> {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(exchange) = self.ready.pop_front() {
                self.number += 1;
                let line = self.line + exchange.line;
                let origin = self.origin.entry(self.number).beginning_at(line);
                return Some(exchange.item(&origin, &self.setting).map_err(|error| error.on_line(line)));
            }
            if self.location == ReadState::Stopped {
                return None;
            }
            match self.next_entry() {
                Ok(None) => return None,
                Ok(Some(text)) => {
                    let exchanges = self.exchanges(&text);
                    self.spare = text;
                    match exchanges {
                        Ok(exchanges) => {
                            self.ready = exchanges.into();
                            self.mark_redirects();
                        }
                        Err(error) => return Some(Err(self.described(not_understood(&error, self.shape)))),
                    }
                }
                Err(stop) => return Some(Err(self.described(stop))),
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use std::io::BufReader;

    use proptest::prelude::*;

    use super::super::escapes::tests::written;
    use super::super::{har, wiremock};
    use super::*;

    type Read = fn(&Entry<'_>) -> serde_json::Result<Vec<Exchange>>;

    /// The bodies of an entry, by status, method and line.
    fn bodies(read: Read, entry: &Entry<'_>) -> Option<Vec<(String, Option<Vec<u8>>)>> {
        let exchanges = read(entry).ok().filter(|_| entry.is_right())?;
        let other =
            |exchange: &Exchange| format!("{:?} {:?} {}", exchange.request, exchange.status, exchange.line);
        Some(exchanges.into_iter().map(|exchange| (other(&exchange), exchange.body)).collect())
    }

    /// The entry as it is read through a buffer of this size.
    fn skimmed(entry: &[u8], capacity: usize) -> EntryText {
        let mut skimmer = Skimmer::new(BufReader::with_capacity(capacity, entry));
        let mut text = EntryText::default();
        let EntryText { bytes, long } = &mut text;
        let end = skimmer.value_and_quotes(bytes, usize::MAX, Large::Pass, |at| long.quote(at));
        assert_eq!(end.unwrap(), Skimmed::Whole);
        assert_eq!(text.bytes, entry);
        text
    }

    fn entries(first: &[u8], second: &[u8]) -> [(Read, &'static [&'static str], Vec<u8>); 5] {
        let fill = |template: &str| {
            let (before, rest) = template.split_once('1').unwrap();
            let (between, behind) = rest.split_once('2').unwrap();
            [before.as_bytes(), first, between.as_bytes(), second, behind.as_bytes()].concat()
        };
        let (har, postman, wiremock): (Read, Read, Read) =
            (har::SHAPE.exchanges, postman::SHAPE.exchanges, wiremock::SHAPE.exchanges);
        [
            (
                har,
                har::SHAPE.texts,
                fill(r#"{"request": {"postData": {"text": "1"}}, "response": {"content": {"text" : "2"}}}"#),
            ),
            (
                har,
                har::SHAPE.texts,
                fill("{\"request\": {\"text\": \"1\"}, \"response\": {\"headers\": [{\"text\":\n\"2\"}]}}"),
            ),
            (
                postman,
                postman::SHAPE.texts,
                fill("{\"response\": [{\"body\": \"1\"},\n {\"code\": 4, \"body\":\t\"2\"}]}"),
            ),
            (
                wiremock,
                wiremock::SHAPE.texts,
                fill(r#"{"request": {"body": "1"}, "response": {"body": "2"}}"#),
            ),
            (wiremock, wiremock::SHAPE.texts, fill(r#"{"response": {"jsonBody": {"body": "1"}, "x": "2"}}"#)),
        ]
    }

    #[test]
    fn bodies_are_set_aside_whatever_the_buffer() {
        let long = "\\\"\\\\\\u0041é\\\\".repeat(60);
        for (read, members, text) in entries(long.as_bytes(), b"short") {
            let expected = bodies(read, &Entry::whole(&text)).unwrap();
            for capacity in 1..300 {
                let skimmed = skimmed(&text, capacity);
                let entry = skimmed.without(members).unwrap();
                assert!(entry.text().len() < 200);
                let found = bodies(read, &entry);
                // Of a JSON body, nothing is set aside.
                let is_json = text.starts_with(b"{\"response\": {\"jsonBody\"");
                assert_eq!(found, (!is_json).then(|| expected.clone()), "{capacity}");
            }
        }
    }

    proptest! {
        /// Where reading without the bodies works out, it gives what reading of the whole does.
        #[test]
        fn what_is_set_aside_makes_no_difference(first in written(), second in written(), capacity in 1..200_usize) {
            for (read, members, text) in entries(&first, &second) {
                let text = skimmed(&text, capacity);
                let expected = bodies(read, &Entry::whole(&text.bytes));
                let Some(found) = text.without(members).and_then(|entry| bodies(read, &entry)) else { continue };
                prop_assert_eq!(Some(found), expected);
            }
        }
    }
}
