//! Moves what a replacement looks like into ranges that are nobody's.

use super::leaks::shapes::{BASE64, base64, find, ipv4, phones};

/// Shapes that one replacement may have.
const MAX_SHAPES: usize = 8;

/// The digits before the last two of telephone numbers of fiction.
const FICTION: &[u8; 5] = b"55501";

/// Changes digits and letters of a replacement that has the shape of a leak, as the value had, so that a search
/// finds none: as long as it is.
pub(super) fn reserve(text: &mut String, start: usize) {
    for _ in 0..MAX_SHAPES {
        let Some(shape) = find(&text.as_bytes()[start..], &[], &[]) else { return };
        let tail = text.split_off(start).into_bytes();
        let tail = without(shape, tail);
        text.push_str(&String::from_utf8_lossy(&tail));
    }
}

fn without(shape: &str, mut text: Vec<u8>) -> Vec<u8> {
    match shape {
        "ipv4" => {
            let found: Vec<_> = ipv4(&text).collect();
            for range in found {
                no_address(&mut text[range]);
            }
        }
        "phone" => {
            let found: Vec<_> = phones(&text).collect();
            for range in found {
                let digits = text[range].iter_mut().rev().filter(|byte| byte.is_ascii_digit());
                digits.skip(2).zip(FICTION.iter().rev()).for_each(|(digit, fiction)| *digit = *fiction);
            }
        }
        // Base64 has letters of both cases.
        BASE64 => {
            let found: Vec<_> = base64(&text).collect();
            for range in found {
                text[range].make_ascii_lowercase();
            }
        }
        // The domain has a last label of letters.
        "email" => text.iter_mut().filter(|byte| **byte == b'@').for_each(|byte| *byte = b'-'),
        // Replacements of these have the shape by chance only.
        _ => text.iter_mut().filter(|byte| byte.is_ascii_alphanumeric()).for_each(|byte| {
            *byte = if byte.is_ascii_digit() { b'0' } else { b'x' };
        }),
    }
    text
}

/// Makes an IPv4 address none, or that of no host: numbers with a zero before them are not read as parts of one.
fn no_address(address: &mut [u8]) {
    let first = address.split_mut(|byte| *byte == b'.').find(|part| part.len() > 1);
    match first {
        Some(part) => part[0] = b'0',
        None => address.iter_mut().filter(|byte| byte.is_ascii_digit()).for_each(|byte| *byte = b'0'),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_shape_is_left_and_the_length_stays() {
        let certificate = "MIIDdzCCAl+gAwIBAgIEAgAAuTANBgkqhkiG9w0BAQUFADBaMQswCQYDVQQGEwJJRTESMBAG";
        for (text, expected) in [
            ("call +60 05 1382727 now", "call +60 05 5550127 now"),
            ("(378) 752-3580", "(378) 555-0180"),
            ("v 36.97.94.91 and 1.2.3.4", "v 06.97.94.91 and 0.0.0.0"),
            (&*format!("Some {certificate}"), &*format!("Some {}", certificate.to_lowercase())),
            ("odd\"ann@acme.io", "odd\"ann-acme.io"),
            ("Bearer abc123def", "xxxxxx xxx000xxx"),
            ("Some Name", "Some Name"),
        ] {
            let mut reserved = format!("ann@acme.io {text}");
            reserve(&mut reserved, 12);
            assert_eq!(&reserved[12..], expected);
            assert_eq!(find(&reserved.as_bytes()[12..], &[], &[]), None, "{reserved}");
        }
    }
}
