//! How a report was made.

use crate::untrusted::HtmlText;

/// How a report was made, for those who want to make it again.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Invocation {
    /// The command, such as `validate`.
    pub command: String,
    /// The flags that were given, and their values.
    pub settings: Vec<(String, String)>,
    /// The inputs as they were given: files, patterns, directories, schemas.
    pub inputs: Vec<String>,
    /// The command line that does the same without writing files, if there is one.
    pub of_run: Option<Vec<String>>,
    /// The beginning of a command line that validates the one file that follows, if there is one.
    pub of_file: Option<Vec<String>>,
    /// Fingerprints of finding groups that no command finds again, because they depend on what is not an
    /// input.
    pub unrepeatable: Vec<String>,
}

/// Maximum number of bytes of a command.
const MAX_COMMAND: usize = 100_000;

/// A command as a POSIX shell takes it.
///
/// ```
/// use clients_contract::report::shell_command;
///
/// let words = ["validate", "it's one.json"].map(str::to_owned);
/// assert_eq!(shell_command(&words)?.to_string(), r"validate 'it'\''s one.json'");
/// # Ok::<(), &str>(())
/// ```
///
/// # Errors
///
/// Why it is not shown: it is too long, or has characters that are not visible.
pub fn shell_command(words: &[String]) -> Result<HtmlText, &'static str> {
    let text = words.iter().map(|word| quoted(word)).collect::<Vec<_>>().join(" ");
    if text.len() > MAX_COMMAND {
        return Err("it has more than 100,000 bytes");
    }
    HtmlText::whole(&text).ok_or("it has characters that are not visible")
}

fn quoted(word: &str) -> String {
    let is_plain = |c: char| c.is_ascii_alphanumeric() || "%+,-./:=@_".contains(c);
    if !word.is_empty() && word.chars().all(is_plain) {
        return word.to_owned();
    }
    format!("'{}'", word.replace('\'', r"'\''"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_command_is_what_a_shell_reads_back() {
        for (parts, expected) in [
            (&["tool", "validate", "a.json"][..], Some("tool validate a.json")),
            (&["tool", "it's $(x)`y`;\"z\" *"], Some(r#"tool 'it'\''s $(x)`y`;"z" *'"#)),
            (&["tool", ""], Some("tool ''")),
            (&["tool", "a\u{202e}b"], None),
            (&["tool", "a\nb"], None),
        ] {
            let parts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
            assert_eq!(shell_command(&parts).ok().map(|text| text.to_string()).as_deref(), expected);
        }
    }
}
