//! Scenarios: sequences of failures, by request.

use std::collections::BTreeMap;
use std::path::Path;
use std::sync::atomic::{AtomicU64, Ordering};

use serde::Deserialize;
use toml::{Spanned, Value};

use super::preferences::{NAMES, Preferences, unknown_preference};
use crate::error::{Error, ErrorKind};
use crate::untrusted::path_text;

/// Maximum number of steps.
const MAX_STEPS: usize = 1_000;

/// Responses that differ from the usual ones, in steps: the first step that matches a request and is not used
/// up applies.
///
/// ```
/// use clients_contract::serve::Scenario;
///
/// let text = "[[step]]\nwhen = { page = 3 }\ntimes = 2\nthen = { code = 503 }";
/// let scenario = Scenario::parse("scenario.toml", text)?;
/// assert_eq!(scenario.len(), 1);
/// # Ok::<(), clients_contract::Error>(())
/// ```
#[derive(Debug, Default)]
pub struct Scenario {
    file: String,
    steps: Vec<Step>,
}

#[derive(Debug)]
struct Step {
    when: Vec<(String, String)>,
    skip: u64,
    times: u64,
    then: Preferences,
    /// The line of each key of `then`.
    lines: BTreeMap<String, usize>,
    /// The number of requests so far that matched.
    matched: AtomicU64,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Written {
    #[serde(default)]
    step: Vec<WrittenStep>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct WrittenStep {
    #[serde(default)]
    when: BTreeMap<String, Value>,
    #[serde(default)]
    skip: u64,
    times: Option<u64>,
    then: BTreeMap<String, Spanned<Value>>,
}

impl Scenario {
    /// Reads a scenario from a TOML file.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it cannot be read or is invalid.
    pub fn read(path: &Path) -> Result<Self, Error> {
        let name = path_text(path);
        let text = std::fs::read_to_string(path)
            .map_err(|error| Error::new(ErrorKind::Usage, &*name, "cannot be read").because(error))?;
        Self::parse(&name, &text)
    }

    /// Reads a scenario from the text of a file of this name.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when it is invalid.
    pub fn parse(name: &str, text: &str) -> Result<Self, Error> {
        let line = |at: usize| text[..at].matches('\n').count() + 1;
        let written: Written = toml::from_str(text).map_err(|error| {
            let line = error.span().map_or(1, |span| line(span.start));
            Error::new(ErrorKind::Usage, format!("{name}:{line}"), error.message())
        })?;
        if written.step.len() > MAX_STEPS {
            let what = format!("a scenario has at most {MAX_STEPS} steps");
            return Err(Error::new(ErrorKind::Usage, name, what));
        }
        let mut scenario = Self { file: name.to_owned(), steps: Vec::with_capacity(written.step.len()) };
        for (at, step) in written.step.into_iter().enumerate() {
            let WrittenStep { when, skip, times, then: written, .. } = step;
            let mut then = Preferences::default();
            let mut lines = BTreeMap::new();
            for (key, value) in &written {
                let line = line(value.span().start);
                let wrong = |what: String| error(name, line, at, key, &what);
                if !NAMES.contains(&key.as_str()) {
                    return Err(wrong(unknown_preference(key)));
                }
                then.add(key, &text_of(value.get_ref())).map_err(wrong)?;
                lines.insert(key.clone(), line);
            }
            let when = when.iter().map(|(name, value)| (name.clone(), text_of(value))).collect();
            let times = times.unwrap_or(u64::MAX);
            scenario.steps.push(Step { when, skip, times, then, lines, matched: AtomicU64::new(0) });
        }
        Ok(scenario)
    }

    /// Checks the preferences of every step; the error of `check` is a key and what is wrong with its value.
    pub(super) fn check(
        &self,
        mut check: impl FnMut(&Preferences) -> Result<(), (&'static str, String)>,
    ) -> Result<(), Error> {
        for (at, step) in self.steps.iter().enumerate() {
            check(&step.then).map_err(|(key, what)| {
                error(&self.file, step.lines.get(key).copied().unwrap_or(1), at, key, &what)
            })?;
        }
        Ok(())
    }

    /// The number of steps.
    #[must_use]
    pub fn len(&self) -> usize {
        self.steps.len()
    }

    /// Whether it has no steps.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.steps.is_empty()
    }

    /// The preferences of the step that applies to a request with these parameters.
    pub(super) fn next(&self, parameters: impl Fn(&str) -> Option<String>) -> Option<&Preferences> {
        self.steps.iter().find_map(|step| {
            let matches = step.when.iter().all(|(name, value)| parameters(name).as_ref() == Some(value));
            if !matches {
                return None;
            }
            let before = step.matched.fetch_add(1, Ordering::Relaxed);
            let applies = before.checked_sub(step.skip).is_some_and(|count| count < step.times);
            applies.then_some(&step.then)
        })
    }

    /// Starts again with the first step.
    pub(super) fn reset(&self) {
        for step in &self.steps {
            step.matched.store(0, Ordering::Relaxed);
        }
    }
}

fn error(file: &str, line: usize, step: usize, key: &str, what: &str) -> Error {
    let what = format!("step {}: `{key}`: {what}", step + 1);
    Error::new(ErrorKind::Usage, format!("{file}:{line}"), what)
}

fn text_of(value: &Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn steps_are_skipped_and_repeated() {
        let text = r#"
            [[step]]
            when = { page = 3 }
            times = 2
            then = { code = 503, wait = "10ms" }
            [[step]]
            when = { page = 3 }
            skip = 1
            times = 1
            then = { fault = "reset" }
        "#;
        let scenario = Scenario::parse("s.toml", text).unwrap();
        let next = |page: &'static str| {
            let found = scenario.next(|name| (name == "page").then(|| page.to_owned()));
            found.map(|found| found.applied(|_| true).join(" "))
        };
        for _ in 0..2 {
            assert_eq!(next("1"), None);
            let got: Vec<_> = (0..5).map(|_| next("3").unwrap_or_default()).collect();
            assert_eq!(got, ["code=503 wait=10ms", "code=503 wait=10ms", "", "fault=reset", ""]);
            scenario.reset();
        }
    }

    #[test]
    fn errors_name_file_line_and_key() {
        let error = |text: &str| Scenario::parse("s.toml", text).unwrap_err().to_string();
        for (text, expected) in [
            ("\n[[step]\n", "s.toml:2"),
            ("[[step]]\nthen = {}\nwhenn = 1", "s.toml:3"),
            ("[[step]]\nthen = { code = 99 }", "s.toml:2: step 1: `code`: invalid preference"),
            (
                "[[step]]\nthen = {}\n[[step]]\n[step.then]\ncod = 500",
                "s.toml:5: step 2: `cod`: unknown preference",
            ),
            ("[[step]]\nthen = { cod = 500 }", "did you mean `code`?"),
            ("[[step]]\nthen = { fault = \"rest\" }", "s.toml:2: step 1: `fault`: unknown fault `rest`"),
            ("[[step]]\nthen = { fault = \"rest\" }", "did you mean `reset`?"),
            ("[[step]]\nthen = { violation = \"nul-value\" }", "did you mean `null-value`?"),
            ("[[step]]\nthen = { drift = \"renam:a\" }", "did you mean `rename`?"),
            ("[[step]]\ntimes = -1\nthen = {}", "s.toml:2"),
            ("[[step]]\ntimes = 1", "s.toml:1"),
            ("x = 1", "s.toml:1"),
        ] {
            let error = error(text);
            assert!(error.starts_with("s.toml:") && error.contains(expected), "{text}: {error}");
        }
        assert!(Scenario::parse("s.toml", "").unwrap().is_empty());
    }
}
