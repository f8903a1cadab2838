//! Locations and examples of findings.

use std::fmt;

use super::Finding;
use crate::origin::Origin;
use crate::pointer::Pointer;

/// One location in one payload.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TextLocation {
    /// The payload.
    pub origin: Origin,
    /// The location inside it.
    pub pointer: Pointer,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in Unicode code points, counted from 1.
    pub column: u64,
}

impl fmt::Display for TextLocation {
    /// `file:line:column`, as editors and terminals take it, where the body lies in the file as it is;
    /// `run.har#4 line 3 column 5` otherwise.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin.location(self.line, self.column))
    }
}

/// A location without its pointer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Position {
    /// The payload.
    pub origin: Origin,
    /// Line, counted from 1.
    pub line: u64,
    /// Column in Unicode code points, counted from 1.
    pub column: u64,
}

impl fmt::Display for Position {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.origin.location(self.line, self.column))
    }
}

/// One finding of a group, shown in its surroundings.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Example {
    /// Where it is.
    pub location: TextLocation,
    /// The fragment of the payload around it, and a line of carets under it.
    pub lines: Vec<String>,
}

impl Example {
    /// The fragment without its carets.
    #[must_use]
    pub fn fragment(&self) -> &str {
        self.lines.first().map_or("", String::as_str)
    }
}

impl TextLocation {
    /// Where a finding is.
    pub(super) fn of(finding: &Finding) -> Self {
        Self {
            origin: finding.origin.clone(),
            pointer: finding.pointer.clone(),
            line: finding.line,
            column: finding.column,
        }
    }
}
