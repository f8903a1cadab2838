//! Decodes what a text may hide: percent encoding and base64.

use percent_encoding::percent_decode;

/// Characters of the shortest base64 that is decoded: eight bytes.
const MIN_BASE64: usize = 11;

/// Characters in one group of base64.
const GROUP: usize = 4;

/// What a text says once its percent encoding is decoded, if it has any.
pub(super) fn without_percent(text: &[u8]) -> Option<Vec<u8>> {
    let is_encoded = |at: usize| {
        let digits = text.get(at + 1..at + 3);
        digits.is_some_and(|digits| digits.iter().all(u8::is_ascii_hexdigit))
    };
    memchr::memchr_iter(b'%', text).any(is_encoded).then(|| percent_decode(text).collect())
}

/// Six bits of a character of base64, in either alphabet; 64 for all else.
const BITS: [u8; 256] = {
    let mut bits = [64; 256];
    let alphabet = *b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
    let mut at: u8 = 0;
    while at < 64 {
        bits[alphabet[at as usize] as usize] = at;
        at += 1;
    }
    bits[b'-' as usize] = 62;
    bits[b'_' as usize] = 63;
    bits
};

/// Calls `take` with what each run of base64 in a text says; true once it says so. Where a run may begin
/// inside another text, each beginning of a group is tried.
pub(super) fn any_base64(text: &[u8], mut take: impl FnMut(&[u8]) -> bool) -> bool {
    let is_part = |byte: &u8| BITS[usize::from(*byte)] < 64;
    let mut at = 0;
    while at < text.len() {
        let length = text[at..].iter().take_while(|byte| is_part(byte)).count();
        let run = &text[at..at + length];
        at += length.max(1);
        if length < MIN_BASE64 || !is_mixed(run) {
            continue;
        }
        let tries = GROUP.min(length - MIN_BASE64 + 1);
        if (0..tries).any(|from| take(&decoded(&run[from..]))) {
            return true;
        }
    }
    false
}

/// What a text says that is base64 as a whole and encodes text, or what was masked.
pub(super) fn base64_text(text: &[u8]) -> Option<Vec<u8>> {
    let run = text.trim_ascii_end();
    let run = run.strip_suffix(b"==").or(run.strip_suffix(b"=")).unwrap_or(run);
    if run.len() < MIN_BASE64 || !run.iter().all(|byte| BITS[usize::from(*byte)] < 64) || !is_mixed(run) {
        return None;
    }
    let decoded = decoded(run);
    let is_text = |byte: &u8| *byte >= b' ' || byte.is_ascii_whitespace();
    let is_known = decoded.iter().all(is_text) && std::str::from_utf8(&decoded).is_ok();
    (is_known || decoded.iter().all(|byte| is_masked(*byte))).then_some(decoded)
}

/// Whether a byte may be one of a text that was masked, in any encoding.
fn is_masked(byte: u8) -> bool {
    matches!(byte, b'x' | b'1' | 0 | 0xc3 | 0xfe | 0xff)
        || byte.is_ascii_punctuation()
        || byte.is_ascii_whitespace()
}

/// Whether a run has two of capital letters, small letters and digits: what is encoded has.
fn is_mixed(run: &[u8]) -> bool {
    let kinds: [fn(&u8) -> bool; 3] = [u8::is_ascii_uppercase, u8::is_ascii_lowercase, u8::is_ascii_digit];
    kinds.iter().filter(|kind| run.iter().any(kind)).count() > 1
}

fn decoded(run: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(run.len() / GROUP * 3 + 2);
    for group in run.chunks(GROUP) {
        let bits =
            group.iter().fold(0_u32, |bits, byte| bits << 6 | u32::from(BITS[usize::from(*byte)] & 63));
        let bits = bits << (6 * (GROUP - group.len()));
        let count = group.len().saturating_sub(1);
        out.extend_from_slice(&bits.to_be_bytes()[1..=count]);
    }
    out
}

#[cfg(test)]
mod tests {
    use base64::Engine;
    use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};

    use super::*;

    #[test]
    fn base64_is_found_wherever_it_begins() {
        for before in ["", "x", "xy", "xyz", "xyzw "] {
            for text in
                [STANDARD.encode("Fernhill Institute?>"), URL_SAFE_NO_PAD.encode("Fernhill Institute?>")]
            {
                let text = format!("{before}{text}");
                let found = any_base64(text.as_bytes(), |bytes| {
                    bytes.windows(17).any(|part| part == b"ernhill Institute")
                });
                assert!(found, "{text}");
            }
        }
        assert!(!any_base64(b"alllowercaseletters", |_| true));
    }
}
