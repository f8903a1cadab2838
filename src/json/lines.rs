//! Converts byte offsets to lines and columns.

/// A line and a column, both counted from 1; columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineColumn {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl LineColumn {
    /// Where a text begins.
    pub(crate) const START: Self = Self { line: 1, column: 1 };

    /// The location of the byte behind this text, which begins here.
    pub(crate) fn after(self, text: &[u8]) -> Self {
        let (column, line_ends) = column_at_end(self.column, text);
        let lines = if line_ends { memchr::memchr_iter(b'\n', text).count() as u64 } else { 0 };
        Self { line: self.line + lines, column }
    }
}

/// The column of the byte behind this text, which begins in that column.
pub(crate) fn column_after(column: u64, text: &[u8]) -> u64 {
    column_at_end(column, text).0
}

/// The same, and whether a line ends in the text.
fn column_at_end(column: u64, text: &[u8]) -> (u64, bool) {
    match memchr::memrchr(b'\n', text) {
        Some(end) => (1 + points(&text[end + 1..]), true),
        None => (column + points(text), false),
    }
}

/// How many code points begin in a text. Few enough are counted at a time for a byte to hold their number.
fn points(text: &[u8]) -> u64 {
    let of_few = |few: &[u8]| few.iter().map(|byte| u8::from(byte & 0xc0 != 0x80)).sum::<u8>();
    text.chunks(usize::from(u8::MAX)).map(|few| u64::from(of_few(few))).sum()
}

/// Finds lines and columns in one sweep, for offsets that mostly come in order.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    here: LineColumn,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, here: LineColumn::START }
    }

    /// The location of the byte at `offset`.
    pub(crate) fn location(&mut self, offset: usize) -> LineColumn {
        if offset < self.at {
            *self = Self::new(self.text);
        }
        let until = offset.min(self.text.len());
        self.here = self.here.after(&self.text[self.at..until]);
        self.at = until;
        self.here
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_count_code_points() {
        let text = "aé\n🦀b".as_bytes();
        let location = |offset| {
            let LineColumn { line, column } = Lines::new(text).location(offset);
            (line, column)
        };
        assert_eq!(location(0), (1, 1));
        assert_eq!(location(3), (1, 3));
        assert_eq!(location(4), (2, 1));
        assert_eq!(location(8), (2, 2));
        assert_eq!(location(99), (2, 3));
        assert_eq!(column_after(7, "é".repeat(1_000).as_bytes()), 1_007);
        let mut lines = Lines::new(text);
        assert_eq!(lines.location(8).column, 2);
        assert_eq!(lines.location(1).line, 1);
    }
}
