//! Decodes the text of a payload: UTF-8, with or without a byte order mark.

/// The text behind a byte order mark, or the name of an encoding that is not UTF-8.
pub(crate) fn decode(bytes: &[u8]) -> Result<&[u8], &'static str> {
    if let Some(text) = bytes.strip_prefix(b"\xef\xbb\xbf") {
        return Ok(text);
    }
    // JSON begins with an ASCII character, so a NUL among the first four bytes tells the width.
    match bytes {
        [0, 0, 0xfe, 0xff, ..] | [0, 0, 0, 1..=255, ..] => Err("UTF-32 (big endian)"),
        [0xff, 0xfe, 0, 0, ..] | [1..=255, 0, 0, 0, ..] => Err("UTF-32 (little endian)"),
        [0xfe, 0xff, ..] | [0, 1..=255, ..] => Err("UTF-16 (big endian)"),
        [0xff, 0xfe, ..] | [1..=255, 0, ..] => Err("UTF-16 (little endian)"),
        _ => Ok(bytes),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_encoding_is_named_with_and_without_a_mark() {
        let text = "{\"a\":1}";
        let little: Vec<u8> = text.encode_utf16().flat_map(u16::to_le_bytes).collect();
        let big: Vec<u8> = text.encode_utf16().flat_map(u16::to_be_bytes).collect();
        assert_eq!(decode(&little), Err("UTF-16 (little endian)"));
        assert_eq!(decode(&big), Err("UTF-16 (big endian)"));
        assert_eq!(decode(&[b"\xff\xfe", &little[..]].concat()), Err("UTF-16 (little endian)"));
        assert_eq!(decode("\u{feff}{}".as_bytes()), Ok(&b"{}"[..]));
        assert_eq!(decode(b"{}"), Ok(&b"{}"[..]));
        assert_eq!(decode(b""), Ok(&b""[..]));
    }
}
