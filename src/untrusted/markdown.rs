//! Escapes text for Markdown.

use std::fmt::Write;

/// Text in which nothing is Markdown or HTML: whatever could be either is a character reference.
pub(super) fn code(text: &str) -> String {
    format!("<code>{}</code>", escaped(text))
}

/// The same outside of code, where references, too, would be mentions (`@name`), issues (`#1`) and links once
/// they are read.
pub(super) fn text(text: &str) -> String {
    let text = escaped(text);
    let text = text.replace("&#64;", "<code>&#64;</code>").replace("&#35;", "<code>&#35;</code>");
    text.replace("&#58;//", "<code>&#58;</code>//")
        .replace("GH-", "GH<code>-</code>")
        .replace("gh-", "gh<code>-</code>")
}

fn escaped(text: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for character in text.chars() {
        let harmless = !character.is_ascii_punctuation()
            || matches!(character, '/' | ',' | '-' | '.' | '(' | ')' | ';' | '?' | '=' | '+' | '%');
        if harmless {
            escaped.push(character);
        } else {
            let _ = write!(escaped, "&#{};", u32::from(character));
        }
    }
    // Some readers make a link of what begins so.
    escaped.replace("www.", "www&#46;")
}
