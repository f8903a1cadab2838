//! Finds the line and column of JSON Pointers.

use std::collections::{BTreeMap, HashMap};

use crate::json::{Container, Event, LineColumn, Lines, Scanner};
use crate::pointer::escape;

/// Line and column of every wanted location that the text has: of the key, where it has one.
pub(crate) fn locate<'p>(text: &[u8], wanted: impl Iterator<Item = &'p str>) -> HashMap<&'p str, LineColumn> {
    let mut offsets: HashMap<&str, Option<usize>> = wanted.map(|pointer| (pointer, None)).collect();
    let mut open: Vec<(Container, usize, usize)> = Vec::new();
    let mut pointer = String::new();
    let mut key = None;
    let mut scanner = Scanner::new(text, usize::MAX);
    while let Ok(Some(event)) = scanner.step() {
        match event {
            Event::Begin { at, .. } | Event::Scalar { at, .. } => {
                if let Some((Container::Array, length, index)) = open.last_mut() {
                    pointer.truncate(*length);
                    pointer.push('/');
                    pointer.push_str(&index.to_string());
                    *index += 1;
                }
                if let Some(offset) = offsets.get_mut(pointer.as_str()) {
                    *offset = Some(key.unwrap_or(at));
                }
                key = None;
                if let Event::Begin { kind, .. } = event {
                    open.push((kind, pointer.len(), 0));
                }
            }
            Event::End { .. } => {
                open.pop();
            }
            Event::Key { raw, at } => {
                if let Some((_, length, _)) = open.last() {
                    pointer.truncate(*length);
                }
                pointer.push('/');
                escape(&raw.decode(), &mut pointer);
                key = Some(at);
            }
        }
    }
    let mut ordered: BTreeMap<usize, Vec<&str>> = BTreeMap::new();
    for (pointer, offset) in offsets {
        ordered.entry(offset.unwrap_or_default()).or_default().push(pointer);
    }
    let mut lines = Lines::new(text);
    let mut found = HashMap::new();
    for (offset, pointers) in ordered {
        let location = lines.location(offset);
        found.extend(pointers.into_iter().map(|pointer| (pointer, location)));
    }
    found
}
