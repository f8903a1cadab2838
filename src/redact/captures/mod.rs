//! Rewrites captures: the same container, whose bodies and all around them are redacted.

mod content;
mod dump;
mod headers;
mod outside;
mod pairs;
mod patterns;
mod pool;
#[cfg(feature = "live")]
mod recording;
mod rewriter;
mod rules;
mod tape;
mod urls;

pub use headers::kept_headers;
pub use outside::Outside;
#[cfg(feature = "live")]
pub use recording::Recording;

use std::io::{self, Write};
use std::num::NonZeroUsize;

use super::Redactor;
use crate::error::{Error, ErrorKind};
use crate::payload::parts::Part;
use crate::payload::{self, Input, Opened};
use rewriter::{Around, Refused};
use urls::Texts;

/// Texts that are in captures whatever they are of.
pub(super) fn public_texts() -> impl Iterator<Item = &'static str> {
    headers::public_texts().chain(urls::METHODS).chain(rules::PHRASES.iter().copied())
}

/// What became of a capture.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Rewritten {
    /// What was left out, or could not be read. All before it was written.
    pub problems: Vec<Error>,
    /// Where what was written can be cut, so that no string is cut: offsets in ascending order.
    pub cuts: Vec<u64>,
}

/// Rewrites an input of any format into the same format, decompressed: its bodies value by value, and of what
/// is around them only what says nothing about anybody. It is read and written in parts, on this number of
/// threads; what is written does not depend on it.
///
/// ```
/// use std::num::NonZeroUsize;
/// use clients_contract::{Origin, contract, payload};
/// use clients_contract::redact::{Key, Outside, Redactor, rewrite};
///
/// let line: &[u8] = br#"{"name": "Acme"}"#;
/// let opened = payload::open_reader(line, Origin::file("page.ndjson"), &payload::Options::default())?;
/// let contract = contract::usual();
/// let mut redactor = Redactor::new(contract.redaction()?, &Key::random()?);
/// let outside = Outside::new([&*contract.path]);
/// let mut out = Vec::new();
/// let rewritten = rewrite(opened, &mut redactor, &outside, NonZeroUsize::MIN, &mut out).unwrap();
/// assert!(rewritten.problems.is_empty() && !String::from_utf8_lossy(&out).contains("Acme"));
/// # Ok::<(), clients_contract::Error>(())
/// ```
///
/// # Errors
///
/// Errors of the writer. What is wrong with the input is in the result.
pub fn rewrite(
    opened: Opened<'_>,
    redactor: &mut Redactor,
    outside: &Outside,
    jobs: NonZeroUsize,
    out: &mut dyn Write,
) -> io::Result<Rewritten> {
    let name = opened.origin.name().to_owned();
    let parts = opened.parts(rules::keeps);
    let options = parts.options().clone();
    let around = Around { outside: outside.clone(), folder: parts.folder.clone(), options, name };
    pool::rewrite(parts, redactor, &around, jobs, out)
}

/// A part as it becomes, and what is wrong with it.
fn rewrite_part(
    part: &Part,
    input: Input,
    redactor: &mut Redactor,
    around: &Around,
    out: &mut Vec<u8>,
) -> Vec<Error> {
    match part {
        Part::Between(bytes) => out.extend_from_slice(bytes),
        Part::Lines(lines) => {
            for line in lines.split_inclusive(|byte| *byte == b'\n') {
                let (text, end) = line.split_at(line.len() - usize::from(line.ends_with(b"\n")));
                write_line(text, redactor, around, out);
                out.extend_from_slice(end);
            }
        }
        // Of nothing there is nothing to write.
        Part::Body(body) if body.is_empty() => {}
        Part::Body(body) => write_body(body, redactor, out),
        Part::Saved(saved) => {
            dump::write(&mut Texts { redactor, outside: &around.outside }, saved, out);
        }
        Part::Value(value) => {
            out.extend_from_slice(&value.before);
            return write_value(value, input, redactor, around, out);
        }
        Part::Problem(_) => {}
    }
    Vec::new()
}

fn write_body(body: &[u8], redactor: &mut Redactor, out: &mut Vec<u8>) {
    // Writing to memory does not fail.
    let _ = redactor.body(body, out);
}

/// A line is a body, or the request of the next one.
fn write_line(line: &[u8], redactor: &mut Redactor, around: &Around, out: &mut Vec<u8>) {
    if line.trim_ascii().is_empty() {
        return out.extend_from_slice(line);
    }
    if let Some((method, url)) = payload::requested(line) {
        let mut texts = Texts { redactor, outside: &around.outside };
        let (method, url) = (texts.method(&method), texts.url(&url));
        return out.extend(payload::recorded_line(method, url).unwrap_or_default());
    }
    write_body(line, redactor, out);
}

fn write_value(
    value: &payload::parts::Value,
    input: Input,
    redactor: &mut Redactor,
    around: &Around,
    out: &mut Vec<u8>,
) -> Vec<Error> {
    let start = out.len();
    let rule = rules::rule(input, &value.path).unwrap_or(&rules::Rule::Plain);
    let mut rewrite = |text: &[u8]| {
        out.truncate(start);
        rewriter::rewrite(redactor, around, (text, value.number), rule, out)
    };
    let rewritten = match rewrite(&value.text) {
        Err(Refused::NotJson) => rewrite(&payload::mended(&value.text)),
        other => other,
    };
    let what = match rewritten {
        Ok(problems) => return problems,
        Err(Refused::NotJson) => "is not JSON and is omitted".to_owned(),
        Err(Refused::TooDeep) => format!("{}; it is omitted", payload::too_deep()),
    };
    out.truncate(start);
    out.extend_from_slice(b"null");
    let location = format!("{}: entry {}", around.name, value.number);
    vec![Error::new(ErrorKind::Input, location, what)]
}
