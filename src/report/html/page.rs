//! Renders a document as an HTML page.

use std::io::{self, Write};

use askama::Template;
use data_encoding::BASE64;
use sha2::{Digest, Sha256};

use super::super::document::{Block, Cell, Document, Line};

/// The one style of a page.
const STYLE: &str = include_str!("page.css");

/// The one script of a page, which only filters, sorts and copies.
const SCRIPT: &str = include_str!("page.js");

/// The templates escape whatever they are given, but for the style and the script.
#[derive(Template)]
#[template(path = "page.html")]
struct Page<'d> {
    document: &'d Document,
    policy: String,
    style: &'static str,
    script: &'static str,
}

/// Writes a document as one HTML page, which loads nothing.
///
/// # Errors
///
/// Errors of the writer.
pub fn write(document: &Document, out: &mut dyn Write) -> io::Result<()> {
    let page = Page { document, policy: policy(), style: STYLE, script: SCRIPT };
    page.write_into(out)
}

/// The content security policy: nothing but this style and this script, known by their hashes.
fn policy() -> String {
    let [style, script] = [STYLE, SCRIPT].map(|text| BASE64.encode(&Sha256::digest(text)));
    format!(
        "default-src 'none'; style-src 'sha256-{style}'; script-src 'sha256-{script}'; base-uri 'none'; \
         form-action 'none'"
    )
}
