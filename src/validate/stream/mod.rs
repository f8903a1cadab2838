//! The streaming engine: validates in one pass over the bytes.
//!
//! A schema becomes a flat table ([`compile`]), and a walk goes over the text once: no tree, no copy of a
//! string that nobody looks at. Syntax, schema, duplicate keys, undocumented members and what invariants want
//! to see all come from the same pass. A schema that does not fit into the table is left to the reference
//! engine as a whole.

mod bytes;
mod cold;
mod compile;
mod keys;
mod notes;
mod numbers;
mod objects;
mod observe;
mod parser;
mod path;
mod program;
mod scalars;
mod scratch;
mod source;
mod table;
#[cfg(feature = "drift")]
mod tape;
#[cfg(test)]
mod tests;
mod values;
mod watch;

use std::io::{self, Read};
use std::rc::Rc;
#[cfg(feature = "drift")]
use std::sync::LazyLock;
use std::sync::{Arc, Mutex, PoisonError};

use super::invariant::{ShallowValue, WatchedValue, WatchedValues};
use super::ledger::{Ledger, Limits};
use super::span::TextSpan;
use super::undocumented::NEAR;
use super::{Counts, Promises, PropertyCount, Violation, message};
use crate::finding::similar;
use crate::json::{LineColumn, SyntaxError};
use crate::pointer::{Token, child};
use crate::schema::model::Model;
use crate::schema::pattern::Effort;
use notes::{Absent, Notes};
pub(super) use observe::Observer;
use parser::{Halt, Parser, Stop};
use program::Program;
use scratch::Scratch;
use source::{Source, Whole, Window};
use watch::Watches;

#[cfg(feature = "drift")]
pub(super) use tape::Recorder;
#[cfg(feature = "drift")]
pub(crate) use tape::{Digest, Event, ITEM, KEYED, Member, Names, Passage, Tape, points};

#[cfg(test)]
pub(crate) use table::tests::table_of;

/// A schema compiled for this engine.
#[derive(Debug)]
pub(super) struct Stream {
    program: Arc<Program>,
    /// Memory of walks that have ended, for those to come.
    idle: Mutex<Vec<Scratch>>,
}

/// What a walk found.
pub(super) struct Found {
    pub(super) ledger: Ledger<Rc<Absent>>,
    /// Whether keys of an object were not compared to find them twice, because there were too many.
    pub(super) uncompared: bool,
    /// What stands at the locations that are watched.
    pub(super) seen: Vec<Arc<Vec<WatchedValue>>>,
}

/// What a walk that need not go on comes to.
#[expect(clippy::large_enum_variant, reason = "nearly all are of the largest kind")]
pub(super) enum First {
    /// The end of the body.
    End(Found),
    /// A value, before this byte, that violates the schema unless a later member of the same key takes its
    /// place.
    Violation(usize),
    /// Text that is no JSON, or is nested too deeply.
    NotJson,
}

impl Stream {
    /// Compiles a schema; what it asks that does not fit is the error.
    pub(super) fn new(model: &Model, promises: &Promises, marks: &[String]) -> Result<Self, String> {
        Ok(Self::of(compile::compile(model, watches(promises, marks), promises.elision)?))
    }

    /// The same from the table of a schema; `None` where the text is no table.
    pub(super) fn read(table: &'static str, promises: &Promises, marks: &[String]) -> Option<Self> {
        table::read(table, watches(promises, marks), promises.elision).map(Self::of)
    }

    /// The same of the schema that accepts anything.
    #[cfg(feature = "drift")]
    pub(super) fn open() -> &'static Self {
        static OPEN: LazyLock<Stream> = LazyLock::new(|| Stream::of(Program::open(Watches::default(), None)));
        &OPEN
    }

    fn of(program: Program) -> Self {
        Self { program: Arc::new(program), idle: Mutex::new(Vec::new()) }
    }

    /// Walks over a text that is there.
    pub(super) fn validate(
        &self,
        text: &[u8],
        max_depth: usize,
        limits: Limits,
        observer: &mut impl Observer,
    ) -> Result<Found, SyntaxError> {
        let (_, found) = self.walk(Whole::new(text), (max_depth, limits), &mut None, observer);
        found.map_err(|(syntax_error, _)| syntax_error)
    }

    /// Walks over a text that is there until a value violates the schema, and not far beyond.
    pub(super) fn validate_to_violation(&self, text: &[u8], max_depth: usize, limits: Limits) -> First {
        let mut stop = Some(Stop { violation: None });
        let (_, found) = self.walk(Whole::new(text), (max_depth, limits), &mut stop, &mut ());
        match (found, stop.and_then(|stop| stop.violation)) {
            (Ok(found), _) => First::End(found),
            (Err(_), Some(offset)) => First::Violation(offset),
            (Err(_), None) => First::NotJson,
        }
    }

    /// Walks over a text of any length through a window.
    pub(super) fn validate_reader(
        &self,
        reader: impl Read,
        start: LineColumn,
        max_depth: usize,
        limits: Limits,
        observer: &mut impl Observer,
    ) -> io::Result<Result<Found, (SyntaxError, TextSpan)>> {
        let source = match Window::new(reader, limits.window, start) {
            Ok(source) => source,
            Err(encoding) => return Ok(Err((SyntaxError::encoding(encoding), TextSpan::default()))),
        };
        let (source, found) = self.walk(source, (max_depth, limits), &mut None, observer);
        source.trouble.map_or(Ok(found), Err)
    }

    /// What was counted by walks that have ended.
    pub(super) fn counts(&self) -> Counts {
        let program = &self.program;
        let idle = self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let sum = |count: &dyn Fn(&Scratch) -> u64| idle.iter().map(count).sum();
        let of = |object: &program::Object| object.first as usize..(object.first + object.length) as usize;
        let count = |object: &program::Object, property: usize| {
            let listed_at = object.listed_at.as_deref().unwrap_or_default();
            let schema_pointer = child(listed_at, &program.names[property]);
            let seen = sum(&|scratch| scratch.counts[property + 1].seen);
            PropertyCount { schema_pointer, seen, null: sum(&|scratch| scratch.counts[property + 1].null) }
        };
        let properties = program.objects.iter();
        let properties =
            properties.flat_map(|object| of(object).map(move |property| count(object, property)));
        Counts { properties: properties.collect(), undocumented: sum(&|scratch| scratch.undocumented) }
    }

    /// Of what was seen, what stands at these locations.
    pub(super) fn watched_values(
        &self,
        seen: &[Arc<Vec<WatchedValue>>],
        watch: &'static [&'static str],
    ) -> WatchedValues {
        let list = |watch: &&str| self.program.watches.list_of(watch).map(|list| Arc::clone(&seen[list]));
        WatchedValues::new(watch, watch.iter().map(|watch| list(watch).unwrap_or_default()).collect())
    }

    /// What stands at the location of a mark, if anything does.
    pub(super) fn marked<'s>(
        &self,
        seen: &'s [Arc<Vec<WatchedValue>>],
        mark: &str,
    ) -> Option<&'s ShallowValue> {
        let list = self.program.watches.list_of(mark)?;
        seen[list].first().map(|watched| &watched.seen)
    }

    /// What to add to the message about an undocumented member: the absent property that its name resembles.
    pub(super) fn hint(&self, violation: &Violation, absent: Option<&Rc<Absent>>) -> Option<String> {
        let (absent, Token::Key(key)) = (absent?, violation.pointer.tokens().last()?) else { return None };
        let object = &self.program.objects[absent.object as usize];
        let names = &self.program.names[object.first as usize..(object.first + object.length) as usize];
        let lacking = names.iter().enumerate().filter(|(index, _)| absent.lacks(*index));
        similar(key, lacking.map(|(_, name)| &**name), NEAR).map(message::meant)
    }

    fn walk<S: Source, O: Observer>(
        &self,
        source: S,
        (max_depth, limits): (usize, Limits),
        stop: &mut Option<Stop>,
        observer: &mut O,
    ) -> (S, Result<Found, (SyntaxError, TextSpan)>) {
        let idle = || self.idle.lock().unwrap_or_else(PoisonError::into_inner);
        let mut scratch = idle().pop().unwrap_or_else(|| Scratch::new(&self.program));
        scratch.begin();
        observer.begins(Some(&self.program));
        let notes = Notes::new(self.program.watches.lists(), limits);
        let mut walk = Parser {
            program: &self.program,
            source,
            scratch: &mut scratch,
            notes,
            at: 0,
            kept: None,
            effort: Effort::default(),
            max_depth,
            max_keys: limits.keys,
            stop,
            observer,
        };
        let ended = walk.body();
        let Parser { mut source, notes, observer, .. } = walk;
        observer.finishes(source.bytes());
        idle().push(scratch);
        let found = match ended {
            Ok(()) => Ok(Found::of(notes)),
            Err(Halt(syntax_error)) => {
                let at = syntax_error.offset.saturating_sub(source.before()).min(source.bytes().len());
                let span = TextSpan {
                    offset: syntax_error.offset,
                    location: source.location(at),
                    ..TextSpan::default()
                };
                Err((*syntax_error, span))
            }
        };
        (source, found)
    }
}

fn watches(promises: &Promises, marks: &[String]) -> Watches {
    let of_invariants = promises.invariants.iter().flat_map(|invariant| invariant.watch);
    let of_sequence = promises.sequence.iter().flat_map(|sequence| sequence.watch);
    Watches::new(of_invariants.chain(of_sequence).copied(), marks.iter().map(String::as_str))
}

impl Found {
    fn of(Notes { ledger, uncompared, watched_values, .. }: Notes) -> Self {
        Self { ledger, uncompared, seen: watched_values.into_iter().map(Arc::new).collect() }
    }
}
