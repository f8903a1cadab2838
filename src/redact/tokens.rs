//! Reads the tokens of JSON text, and refuses what RFC 8259 refuses.

/// The text is not JSON from here on.
#[derive(Clone, Copy, Debug)]
pub(super) struct Broken;

/// The next byte that is no white space.
#[inline]
pub(super) fn solid(text: &[u8], mut at: usize) -> usize {
    while let Some(b' ' | b'\n' | b'\r' | b'\t') = text.get(at) {
        at += 1;
    }
    at
}

/// The end of a string, behind its quote, of which the first quote is at `at`; and whether it has escapes.
/// Control characters and escapes are not looked at.
#[inline]
pub(super) fn string(text: &[u8], at: usize) -> Result<(usize, bool), Broken> {
    let mut from = at + 1;
    let mut escaped = false;
    loop {
        let rest = text.get(from..).ok_or(Broken)?;
        let next = from + memchr::memchr2(b'"', b'\\', rest).ok_or(Broken)?;
        if text[next] == b'"' {
            return Ok((next + 1, escaped));
        }
        escaped = true;
        from = next + 2;
    }
}

/// The end of a number.
#[inline]
pub(super) fn number(text: &[u8], at: usize) -> Result<usize, Broken> {
    let digits = |from: usize| {
        let count = text[from.min(text.len())..].iter().take_while(|byte| byte.is_ascii_digit()).count();
        if count == 0 { Err(Broken) } else { Ok(from + count) }
    };
    let first = at + usize::from(text[at] == b'-');
    let mut end = digits(first)?;
    if text[first] == b'0' && end > first + 1 {
        return Err(Broken);
    }
    if text.get(end) == Some(&b'.') {
        end = digits(end + 1)?;
    }
    if let Some(b'e' | b'E') = text.get(end) {
        let sign = usize::from(matches!(text.get(end + 1), Some(b'+' | b'-')));
        end = digits(end + 1 + sign)?;
    }
    Ok(end)
}

/// The end of `true`, `false` or `null`.
#[inline]
pub(super) fn literal(text: &[u8], at: usize) -> Result<usize, Broken> {
    let words: [&[u8]; 3] = [b"true", b"false", b"null"];
    let word = words.into_iter().find(|word| text[at..].starts_with(word)).ok_or(Broken)?;
    Ok(at + word.len())
}
