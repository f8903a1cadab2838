//! Formats to detect in strings without a declared format.

use std::sync::LazyLock;

use serde_json::{Value, json};

use crate::schema::format::{is_date_time, is_uuid};
use crate::schema::keywords::names;

/// A format, and whether a string keeps it. What is asserted is what the `jsonschema` crate asserts.
pub(super) struct Format {
    pub(super) name: &'static str,
    pub(super) keeps: fn(&str) -> bool,
}

/// The formats, the narrowest first.
pub(super) static FORMATS: [Format; 7] = [
    Format { name: "uuid", keeps: is_uuid },
    Format { name: "date-time", keeps: is_date_time },
    Format { name: "date", keeps: is_date },
    Format { name: "ipv4", keeps: |text| text.len() <= 15 && text.contains('.') && IPV4.is(text) },
    Format { name: "ipv6", keeps: |text| text.len() <= 45 && text.matches(':').count() > 1 && IPV6.is(text) },
    Format { name: "email", keeps: |text| text.len() <= MAX_LENGTH && text.contains('@') && EMAIL.is(text) },
    Format { name: "uri", keeps: |text| text.len() <= MAX_LENGTH && is_known_uri(text) && URI.is(text) },
];

/// Longer texts are not looked at: they are no addresses that anybody follows.
const MAX_LENGTH: usize = 2_000;

static DATE: FormatValidator = FormatValidator(LazyLock::new(|| validator("date")));
static IPV4: FormatValidator = FormatValidator(LazyLock::new(|| validator("ipv4")));
static IPV6: FormatValidator = FormatValidator(LazyLock::new(|| validator("ipv6")));
static EMAIL: FormatValidator = FormatValidator(LazyLock::new(|| validator("email")));
static URI: FormatValidator = FormatValidator(LazyLock::new(|| validator("uri")));

/// Schemes of URIs that have no `//`.
const PLAIN_SCHEMES: &[&str] = &["data", "mailto", "tag", "tel", "urn"];

pub(super) fn is_date(text: &str) -> bool {
    text.len() == 10 && text.as_bytes()[4] == b'-' && DATE.is(text)
}

/// Whether a text is meant to be a URI: `user:5` and `nginx:1.0` could be.
fn is_known_uri(text: &str) -> bool {
    let Some((scheme, rest)) = text.split_once(':') else { return false };
    let is_plain = || PLAIN_SCHEMES.iter().any(|plain| scheme.eq_ignore_ascii_case(plain));
    rest.strip_prefix("//").is_some_and(|rest| !rest.is_empty()) || is_plain() && !rest.is_empty()
}

/// One format as the `jsonschema` crate validates it.
struct FormatValidator(LazyLock<Option<jsonschema::Validator>>);

impl FormatValidator {
    fn is(&self, text: &str) -> bool {
        self.0.as_ref().is_some_and(|validator| validator.is_valid(&Value::from(text)))
    }
}

fn validator(format: &str) -> Option<jsonschema::Validator> {
    let schema = json!({(names::FORMAT): format});
    jsonschema::options().should_validate_formats(true).build(&schema).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_format_knows_its_own() {
        for (text, names) in [
            ("6489cdd7-e036-4b30-9f02-0fea45897f6b", &["uuid"][..]),
            ("2026-01-02T03:04:05Z", &["date-time"]),
            ("2026-01-02", &["date"]),
            ("2026-13-02", &[]),
            ("192.0.2.1", &["ipv4"]),
            ("192.0.2.256", &[]),
            ("somebody@example.com", &["email"]),
            ("https://example.com/a?b=c", &["uri"]),
            ("plain text: with a colon", &[]),
            ("fe80::1", &["ipv6"]),
            ("::ffff:192.0.2.1", &["ipv6"]),
            ("10:30", &[]),
            ("user:5", &[]),
            ("nginx:1.0", &[]),
            ("registry.example.com:5000/nginx:1.0", &[]),
            ("urn:isbn:0451450523", &["uri"]),
            ("mailto:somebody@example.com", &["uri"]),
            ("s3://bucket/key", &["uri"]),
            ("https://", &[]),
            ("", &[]),
        ] {
            let kept: Vec<&str> =
                FORMATS.iter().filter(|format| (format.keeps)(text)).map(|format| format.name).collect();
            assert_eq!(kept, names, "{text}");
        }
    }
}
