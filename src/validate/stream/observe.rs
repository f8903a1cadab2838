//! Hooks of the walk for statistics; where nobody observes, they compile to nothing.

use std::sync::Arc;

use super::program::Program;

/// Sees what a walk passes, in document order: the member to come, if it is one, then its value.
pub(in crate::validate) trait Observer {
    /// A walk begins; what was seen before does not count. Without a program nothing will be seen.
    #[inline]
    fn begins(&mut self, program: Option<&Arc<Program>>) {
        let _ = program;
    }

    /// The next value is that of this property of the program.
    #[inline]
    fn listed(&mut self, property: usize) {
        let _ = property;
    }

    /// The next value is that of a member that its object does not list.
    #[inline]
    fn unlisted(&mut self, key: &str) {
        let _ = key;
    }

    /// An object begins; the index of the first property that it lists.
    #[inline]
    fn object(&mut self, first: u32) {
        let _ = first;
    }

    #[inline]
    fn array(&mut self) {}

    /// The innermost object or array ends, with so many members or items.
    #[inline]
    fn ends(&mut self, count: usize) {
        let _ = count;
    }

    /// A null, true or false, by its first letter.
    #[inline]
    fn literal(&mut self, first: u8) {
        let _ = first;
    }

    /// A number of at most 18 digits and nothing else.
    #[inline]
    fn integer(&mut self, number: i64) {
        let _ = number;
    }

    /// A scalar that begins and ends at these visible bytes: a string, a null, true or false, or an integer
    /// of at most 18 digits without a sign.
    #[inline]
    fn scalar(&mut self, text: &[u8], at: usize, end: usize) {
        let _ = (text, at, end);
    }

    /// Any other number, as it is written.
    #[inline]
    fn number(&mut self, text: &[u8]) {
        let _ = text;
    }

    /// A string begins with the quote at this visible byte.
    #[inline]
    fn string_begins(&mut self, at: usize) {
        let _ = at;
    }

    /// It ends before this byte.
    #[inline]
    fn string_ends(&mut self, text: &[u8], until: usize) {
        let _ = (text, until);
    }

    /// What is visible before `keep` is about to slide out of sight, `at` being where the walk is. Returns
    /// from where on bytes are to be kept.
    #[inline]
    fn slides(&mut self, text: &[u8], keep: usize, at: usize) -> usize {
        let _ = (text, at);
        keep
    }

    /// The walk has ended, and this is visible.
    #[inline]
    fn finishes(&mut self, text: &[u8]) {
        let _ = text;
    }

    /// Visible bytes moved to the front by so many.
    #[inline]
    fn moved(&mut self, by: usize) {
        let _ = by;
    }
}

impl Observer for () {}
