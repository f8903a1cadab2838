//! What the names of fields say in any API.

use super::treatment::Treatment;

/// Last words of names, and what they say.
const WORDS: [(&[&str], Treatment); 8] = [
    (&["id", "ids", "uuid", "uuids", "guid", "guids"], Treatment::Identifier),
    (&["email", "emails", "mail"], Treatment::Email),
    (&["phone", "phones", "telephone", "mobile", "fax"], Treatment::Phone),
    (&["url", "urls", "uri", "uris", "href", "link"], Treatment::Url),
    (&["host", "hosts", "hostname", "hostnames", "domain"], Treatment::Host),
    (&["slug", "slugs"], Treatment::Slug),
    (&["name", "names", "title", "username", "login"], Treatment::Name),
    (
        &[
            "password",
            "passwd",
            "passphrase",
            "secret",
            "secrets",
            "token",
            "tokens",
            "credential",
            "credentials",
            "apikey",
            "cookie",
            "cookies",
            "authorization",
            "pin",
        ],
        Treatment::Mask,
    ),
];

/// Pairs of words that say that a key opens something.
const KEYS: [&str; 5] = ["api", "secret", "private", "access", "signing"];

/// The words of a name in lower case: `parentCourse_id` has three.
fn words(name: &str) -> Vec<String> {
    let mut words: Vec<String> = Vec::new();
    let mut before = ' ';
    for letter in name.chars() {
        let begins = !before.is_alphanumeric() || letter.is_uppercase() && !before.is_uppercase();
        if letter.is_alphanumeric() {
            match words.last_mut() {
                Some(word) if !begins => word.extend(letter.to_lowercase()),
                _ => words.push(letter.to_lowercase().collect()),
            }
        }
        before = letter;
    }
    words
}

/// What the name of a member says, wherever it is.
pub(super) fn treatment(name: &str) -> Option<Treatment> {
    let words = words(name);
    let last = words.last()?;
    let opens = matches!(&**last, "key" | "keys") && words.len() > 1;
    if opens && KEYS.contains(&&*words[words.len() - 2]) {
        return Some(Treatment::Mask);
    }
    WORDS.iter().find(|(names, _)| names.contains(&&**last)).map(|(_, treatment)| *treatment)
}

/// Digits of the shortest identifier in hexadecimal.
const MIN_HEX: usize = 12;

/// Whether a member has a name, rather than data: letters, digits, `_` and `-`, perhaps behind a `$` or `@`, but
/// neither a number nor an identifier in hexadecimal.
pub(super) fn is_name(key: &str) -> bool {
    let key = key.strip_prefix(['$', '@']).unwrap_or(key);
    let is_part = |byte: u8| byte.is_ascii_alphanumeric() || b"_-".contains(&byte);
    let is_number = key.bytes().all(|byte| byte.is_ascii_digit());
    let is_hex = key.len() >= MIN_HEX && key.bytes().all(|byte| byte.is_ascii_hexdigit() || byte == b'-');
    (1..=64).contains(&key.len()) && key.bytes().all(is_part) && !is_number && !is_hex
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_read_by_their_last_word() {
        for (name, expected) in [
            ("_id", Some(Treatment::Identifier)),
            ("parentCourseIDs", Some(Treatment::Identifier)),
            ("parent_course_ids", Some(Treatment::Identifier)),
            ("contactEmail", Some(Treatment::Email)),
            ("apiKey", Some(Treatment::Mask)),
            ("key", None),
            ("accessToken", Some(Treatment::Mask)),
            ("identity", None),
            ("", None),
        ] {
            assert_eq!(treatment(name), expected, "{name}");
        }
        for name in ["a", "new_Name-2", "__typename", "$schema", "@type"] {
            assert!(is_name(name), "{name}");
        }
        for data in [
            "",
            "$",
            "@42",
            "42",
            "a b",
            "ann@acme.test",
            "6489cdd7-e036-4b30-9f02-0fea45897f6b",
            "0fea45897f6b",
        ] {
            assert!(!is_name(data), "{data}");
        }
    }
}
