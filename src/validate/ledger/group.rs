//! What is kept of the findings of one group?

use std::cell::OnceCell;
use std::rc::Rc;

use super::Key;
use crate::finding::Rule;
use crate::pointer::{Pointer, Token};
use crate::validate::breach::Breach;
use crate::validate::place::Spot;

/// Stands among array indexes for a key that is `*` itself.
const STAR: usize = usize::MAX;

/// A finding without what its group says of it already.
#[derive(Debug)]
pub(super) struct Entry<H> {
    /// The array indexes of its pointer.
    indexes: Box<[usize]>,
    what: Rc<str>,
    schema_pointer: Rc<str>,
    spot: Spot,
    hint: OnceCell<H>,
}

impl<H> Entry<H> {
    /// Findings of one group come in document order by this.
    fn order(&self) -> (&[usize], &str) {
        (&self.indexes, &self.schema_pointer)
    }
}

/// How far a group was before its first finding in an object.
#[derive(Debug)]
pub(super) struct Mark<H> {
    /// Where the object begins.
    pub(super) begin: usize,
    /// The hash of the key of the member.
    pub(super) key: u64,
    pub(super) count: u64,
    listed: usize,
    last: Option<Rc<Entry<H>>>,
}

impl<H> Mark<H> {
    pub(super) fn of(group: &Group<H>, begin: usize, key: u64) -> Self {
        Self { begin, key, count: group.count, listed: group.listed.len(), last: group.last.clone() }
    }
}

/// The findings of one rule at one place, whatever the array indexes.
#[derive(Debug)]
pub(super) struct Group<H> {
    pub(super) key: Rc<Key>,
    pub(super) serial: u64,
    pub(super) rule: &'static Rule,
    /// The pointer of one of them.
    pub(super) pointer: Pointer,
    pub(super) count: u64,
    /// The first of them in document order.
    listed: Vec<Rc<Entry<H>>>,
    last: Option<Rc<Entry<H>>>,
    /// One for each object around the last finding, the outermost first.
    pub(super) marks: Vec<Mark<H>>,
}

impl<H> Group<H> {
    pub(super) fn new(key: Rc<Key>, serial: u64, breach: &Breach) -> Self {
        Self {
            key,
            serial,
            rule: breach.rule,
            pointer: breach.pointer.clone(),
            count: 0,
            listed: Vec::new(),
            last: None,
            marks: Vec::new(),
        }
    }

    pub(super) fn add(&mut self, breach: Breach, spot: Spot, max_listed: usize) {
        let Breach { pointer, what, schema_pointer, .. } = breach;
        let last = self.last.as_deref();
        // Findings of one group say the same, nearly always.
        let shared = |text: String, last: Option<&Rc<str>>| match last {
            Some(last) if **last == *text => Rc::clone(last),
            _ => Rc::from(text),
        };
        let entry = Rc::new(Entry {
            indexes: pointer.tokens().iter().filter_map(index).collect(),
            what: shared(what, last.map(|last| &last.what)),
            schema_pointer: shared(schema_pointer, last.map(|last| &last.schema_pointer)),
            spot,
            hint: OnceCell::new(),
        });
        self.count += 1;
        let at = match self.listed.last() {
            Some(last) if last.order() > entry.order() => {
                self.listed.partition_point(|other| other.order() <= entry.order())
            }
            _ => self.listed.len(),
        };
        if at < max_listed {
            self.listed.truncate(max_listed - 1);
            self.listed.insert(at, Rc::clone(&entry));
        }
        if self.last.as_ref().is_none_or(|last| last.order() <= entry.order()) {
            self.last = Some(entry);
        }
    }

    /// Takes back what was found in the object that begins here; says whether nothing is left.
    pub(super) fn take_back(&mut self, begin: usize) -> bool {
        if let Some(at) = self.marks.iter().position(|mark| mark.begin == begin)
            && let Some(mark) = self.marks.drain(at..).next()
        {
            self.count = mark.count;
            self.listed.truncate(mark.listed);
            self.last = mark.last;
        }
        self.count == 0
    }

    /// Gives what it takes to say more to the findings in the object that begins here.
    pub(super) fn hint(&self, begin: usize, mut hint: impl FnMut() -> H) {
        let Some(mark) = self.marks.iter().find(|mark| mark.begin == begin) else { return };
        let listed = self.listed.get(mark.listed..).unwrap_or_default();
        for entry in listed.iter().chain(&self.last).filter(|entry| entry.hint.get().is_none()) {
            let _ = entry.hint.set(hint());
        }
    }

    /// Lists as many findings as `cap` says: the first ones and the last one, which says how many are between them.
    pub(super) fn list(
        self,
        cap: usize,
        hint: &impl Fn(&Breach, Option<&H>) -> Option<String>,
        into: &mut Vec<(Breach, Spot)>,
    ) {
        let beyond = self.count.saturating_sub(cap as u64);
        let (first, last) = match beyond {
            0 => (self.listed.len(), None),
            _ => (cap - 1, self.last.as_ref()),
        };
        for entry in self.listed.iter().take(first).chain(last) {
            let mut breach = Breach::new(self.rule, pointer(&self.pointer, &entry.indexes), &*entry.what)
                .stated_at(&*entry.schema_pointer);
            if let Some(more) = hint(&breach, entry.hint.get()) {
                breach.what.push_str(&more);
            }
            into.push((breach, entry.spot));
        }
        if let (Some((breach, _)), true) = (into.last_mut(), last.is_some()) {
            breach.further = beyond;
        }
    }
}

fn index(token: &Token) -> Option<usize> {
    match token {
        Token::Index(index) => Some(*index),
        Token::Key(key) => (**key == *"*").then_some(STAR),
    }
}

/// The same place with these indexes.
fn pointer(like: &Pointer, indexes: &[usize]) -> Pointer {
    let mut indexes = indexes.iter();
    let mut pointer = Pointer::root();
    for token in like.tokens() {
        pointer.push(match index(token).and_then(|_| indexes.next()) {
            None => token.clone(),
            Some(&STAR) => Token::Key("*".into()),
            Some(&index) => Token::Index(index),
        });
    }
    pointer
}
