//! Appends text to a string, without formatting machinery.

use std::fmt;

/// Text under construction: it can only be appended to.
///
/// ```
/// use clients_contract::generate::{Choices, TextSink};
///
/// fn sku(choices: &mut Choices, into: &mut TextSink<'_>) {
///     into.push_str("SKU-");
///     into.decimal(choices.draw(99_999), 5);
/// }
///
/// let mut text = String::new();
/// sku(&mut Choices::replay(vec![42]), &mut TextSink::of(&mut text));
/// assert_eq!(text, "SKU-00042");
/// ```
#[derive(Debug)]
pub struct TextSink<'t>(&'t mut String);

impl<'t> TextSink<'t> {
    /// Appends to this string.
    pub fn of(text: &'t mut String) -> Self {
        Self(text)
    }

    /// Appends a text.
    #[inline]
    pub fn push_str(&mut self, text: &str) {
        self.0.push_str(text);
    }

    /// Appends a character.
    #[inline]
    pub fn push(&mut self, character: char) {
        self.0.push(character);
    }

    /// Appends a decimal number of at least so many digits, with leading zeros.
    pub fn decimal(&mut self, number: u64, width: usize) {
        self.digits::<10>(number, width);
    }

    /// Appends a hexadecimal number of at least so many digits, in small letters, with leading zeros.
    pub fn hex(&mut self, number: u64, width: usize) {
        self.digits::<16>(number, width);
    }

    /// Appends 128 bits as a UUID, in small letters.
    pub(crate) fn uuid(&mut self, high: u64, low: u64) {
        let mut text = [b'-'; 36];
        fill::<16>(&mut text[..8], high >> 32);
        fill::<16>(&mut text[9..13], high >> 16);
        fill::<16>(&mut text[14..18], high);
        fill::<16>(&mut text[19..23], low >> 48);
        fill::<16>(&mut text[24..], low);
        self.ascii(&text);
    }

    #[inline]
    fn digits<const RADIX: u64>(&mut self, mut number: u64, width: usize) {
        let mut digits = [b'0'; 20];
        let mut start = digits.len();
        let end = start.saturating_sub(width.max(1));
        while start > 0 && (number > 0 || start > end) {
            start -= 1;
            digits[start] = b"0123456789abcdef"[usize::try_from(number % RADIX).unwrap_or(0)];
            number /= RADIX;
        }
        self.ascii(&digits[start..]);
    }

    /// Appends characters of ASCII.
    #[inline]
    pub(crate) fn ascii(&mut self, text: &[u8]) {
        self.0.push_str(std::str::from_utf8(text).unwrap_or_default());
    }
}

/// Fills a text with the last digits of a number.
#[inline]
pub(crate) fn fill<const RADIX: u64>(text: &mut [u8], mut number: u64) {
    for digit in text.iter_mut().rev() {
        *digit = b"0123456789abcdef"[usize::try_from(number % RADIX).unwrap_or(0)];
        number /= RADIX;
    }
}

impl fmt::Write for TextSink<'_> {
    fn write_str(&mut self, text: &str) -> fmt::Result {
        self.0.push_str(text);
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_are_written_as_the_formatter_does() {
        for number in [0, 1, 9, 10, 99, 100, 12_345, 0xdead_beef, u64::MAX] {
            for width in [0, 1, 2, 3, 8, 20] {
                let (mut decimal, mut hex) = (String::new(), String::new());
                TextSink::of(&mut decimal).decimal(number, width);
                TextSink::of(&mut hex).hex(number, width);
                assert_eq!((decimal, hex), (format!("{number:0width$}"), format!("{number:0width$x}")));
            }
        }
    }
}
