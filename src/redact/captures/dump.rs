//! Rewrites saved HTTP responses.

use super::rules::PHRASES;
use super::urls::Texts;
use crate::payload::{fields, parts::Saved};

/// Versions of HTTP; the first stands for those that are none.
const VERSIONS: [&str; 6] = ["HTTP/1.1", "HTTP/1.0", "HTTP/2", "HTTP/2.0", "HTTP/3", "HTTP/3.0"];

/// Appends a response: its status, the headers that are kept, and its body, without chunks and compression.
pub(super) fn write(texts: &mut Texts<'_>, saved: &Saved, out: &mut Vec<u8>) {
    out.extend_from_slice(&saved.before);
    let head = String::from_utf8_lossy(&saved.head);
    let end = if head.lines().count() > 0 && head.contains("\r\n") { "\r\n" } else { "\n" };
    let mut lines = head.lines();
    let status = lines.next().unwrap_or_default();
    let mut words = status.splitn(3, ' ');
    let (version, code) = (words.next().unwrap_or_default(), words.next().unwrap_or_default());
    let phrase = words.next().map(str::trim).filter(|phrase| PHRASES.contains(phrase)).unwrap_or_default();
    let version = if VERSIONS.contains(&version) { version } else { VERSIONS[0] };
    let mut write = |texts: &mut Texts<'_>, line: String| {
        texts.redactor.written_mut().wrote(line.trim_end());
        out.extend_from_slice(line.as_bytes());
        out.extend_from_slice(end.as_bytes());
    };
    write(texts, format!("{version} {code} {phrase}"));
    for (name, value) in fields(lines) {
        if let Some(value) = texts.header(name, &value) {
            write(texts, format!("{name}: {value}"));
        }
    }
    let mut body = Vec::new();
    if !saved.body.is_empty() {
        // Writing to memory does not fail.
        let _ = texts.redactor.body(&saved.body, &mut body);
        out.extend_from_slice(format!("content-length: {}{end}", body.len()).as_bytes());
    }
    out.extend_from_slice(end.as_bytes());
    out.extend_from_slice(&body);
    out.extend_from_slice(&saved.behind);
}
