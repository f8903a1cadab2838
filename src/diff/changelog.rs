//! Writes a comparison as a changelog.

use std::fmt::Write;

use super::comparison::Comparison;
use crate::finding::Severity;
use crate::untrusted::Untrusted;

impl Comparison<'_> {
    /// The differences as Markdown, worst first.
    #[must_use]
    pub fn changelog(&self) -> String {
        let mut text = format!("## Changes ({})\n", self.bump().name());
        for (severity, title) in [
            (Severity::Error, "Breaking"),
            (Severity::Warning, "May break consumers"),
            (Severity::Info, "Compatible"),
        ] {
            let mut lines: Vec<String> = Vec::new();
            for difference in self.differences.iter().filter(|difference| difference.severity == severity) {
                let location = difference.fact.location.to_string();
                let location = if location.is_empty() { "the body".to_owned() } else { code(&location) };
                lines.push(format!(
                    "- {location} {} ({}).",
                    plain(&difference.message()),
                    difference.rule.id
                ));
            }
            if !lines.is_empty() {
                let _ = write!(text, "\n### {title}\n\n{}\n", lines.join("\n"));
            }
        }
        if self.differences.is_empty() {
            text.push_str("\nNothing changed.\n");
        }
        text
    }
}

/// A sentence in which nothing is markup but what stands between backticks, which is code.
fn plain(text: &str) -> String {
    let parts: Vec<&str> = text.split('`').collect();
    // One backtick too many is one of a name.
    if parts.len().is_multiple_of(2) {
        return Untrusted::from(text).markdown();
    }
    let part = |(number, part): (usize, &&str)| {
        if number.is_multiple_of(2) { Untrusted::from(*part).markdown() } else { code(part) }
    };
    parts.iter().enumerate().map(part).collect()
}

fn code(text: &str) -> String {
    let text = Untrusted::from(text);
    // An empty one would be no code.
    if text.line().is_empty() || text.line().contains('`') {
        text.markdown_code()
    } else {
        format!("`{}`", text.line())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_are_code_and_nothing_is_markup() {
        assert_eq!(plain("is `a*b`, not `c`"), "is `a*b`, not `c`");
        assert_eq!(plain("is `@x\n`, <b>"), "is `@x\\u{a}`, &#60;b&#62;");
        assert_eq!(plain("is `a`b`"), "is &#96;a&#96;b&#96;");
        assert_eq!(code("a`b"), "<code>a&#96;b</code>");
        assert_eq!(code(""), "<code></code>");
    }
}
