//! How is a comparison told in a changelog?

use std::fmt::Write;

use super::comparison::Comparison;
use super::words::said;
use crate::finding::Severity;

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
            for judged in self.judged.iter().filter(|judged| judged.severity == severity) {
                let place = judged.fact.place.to_string();
                let place = if place.is_empty() { "the body".to_owned() } else { code(&place) };
                lines.push(format!("- {place} {} ({}).", plain(&said(&judged.fact.change)), judged.rule.id));
            }
            if !lines.is_empty() {
                let _ = write!(text, "\n### {title}\n\n{}\n", lines.join("\n"));
            }
        }
        if self.judged.is_empty() {
            text.push_str("\nNothing changed.\n");
        }
        text
    }
}

/// Text in which nothing is HTML or breaks a line.
fn plain(text: &str) -> String {
    text.replace(char::is_control, " ").replace('&', "&amp;").replace('<', "&lt;")
}

fn code(text: &str) -> String {
    let text = text.replace(char::is_control, " ");
    if text.contains('`') { plain(&text) } else { format!("`{text}`") }
}
