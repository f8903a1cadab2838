//! Which line and column is a byte on?

/// A line and a column, both counted from 1; columns count Unicode code points.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct LineColumn {
    pub(crate) line: u64,
    pub(crate) column: u64,
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

    /// The place of the byte at `offset`.
    pub(crate) fn place(&mut self, offset: usize) -> LineColumn {
        if offset < self.at {
            *self = Self::new(self.text);
        }
        let until = offset.min(self.text.len());
        for &byte in &self.text[self.at..until] {
            if byte == b'\n' {
                self.here.line += 1;
                self.here.column = 1;
            } else if byte & 0xc0 != 0x80 {
                self.here.column += 1;
            }
        }
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
        let place = |offset| {
            let LineColumn { line, column } = Lines::new(text).place(offset);
            (line, column)
        };
        assert_eq!(place(0), (1, 1));
        assert_eq!(place(3), (1, 3));
        assert_eq!(place(4), (2, 1));
        assert_eq!(place(8), (2, 2));
        assert_eq!(place(99), (2, 3));
        let mut lines = Lines::new(text);
        assert_eq!(lines.place(8).column, 2);
        assert_eq!(lines.place(1).line, 1);
    }
}
