//! Converts byte offsets to lines and columns.

/// A line and a column, both counted from 1; columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineColumn {
    pub(crate) line: u64,
    pub(crate) column: u64,
}

impl LineColumn {
    /// The location of the byte behind this text, which begins here.
    pub(crate) fn after(self, text: &[u8]) -> Self {
        let (line, column, last_line) = match memchr::memrchr(b'\n', text) {
            Some(end) => {
                let lines = memchr::memchr_iter(b'\n', text).count() as u64;
                (self.line + lines, 1, &text[end + 1..])
            }
            None => (self.line, self.column, text),
        };
        let begins = |byte: &&u8| **byte & 0xc0 != 0x80;
        Self { line, column: column + last_line.iter().filter(begins).count() as u64 }
    }
}

/// Finds lines and columns in one sweep, for offsets that mostly come in order.
pub(crate) struct Lines<'a> {
    text: &'a [u8],
    at: usize,
    here: LineColumn,
}

impl<'a> Lines<'a> {
    pub(crate) fn new(text: &'a [u8]) -> Self {
        Self { text, at: 0, here: LineColumn { line: 1, column: 1 } }
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
        let mut lines = Lines::new(text);
        assert_eq!(lines.location(8).column, 2);
        assert_eq!(lines.location(1).line, 1);
    }
}
