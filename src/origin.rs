//! Where a payload came from: file, line, document or entry.

use std::fmt;
use std::path::{Path, PathBuf};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::untrusted::path_text;

/// Where a payload came from, as reports name it: `page.json`, `day1.ndjson:12`, `run.har#4`.
///
/// ```
/// use clients_contract::Origin;
///
/// assert_eq!(Origin::file("day1.ndjson").at_line(12).to_string(), "day1.ndjson:12");
/// assert_eq!(Origin::file("run.har").entry(4).to_string(), "run.har#4");
/// assert_eq!(Origin::stdin().to_string(), "<stdin>");
/// ```
#[derive(Clone, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Origin {
    /// The file, or what else it came from.
    #[serde(serialize_with = "written", deserialize_with = "read")]
    #[schemars(with = "String")]
    name: Arc<str>,
    /// Which payload of it.
    part: Part,
    /// The body had to be decoded: its lines are not those of the file.
    decoded: bool,
    /// Line of the file's text on which the entry of a capture begins; 0 where lines are those of that text.
    #[serde(default, skip_serializing_if = "is_zero")]
    begins: u64,
    /// The file's path where that is not its name: the name is not UTF-8, or is none of a file.
    #[serde(skip)]
    path: Option<Arc<PathBuf>>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "lowercase")]
enum Part {
    /// The only one.
    Whole,
    /// The one on this line.
    Line(u64),
    /// The one of this number.
    Number(u64),
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde wants a reference")]
fn is_zero(line: &u64) -> bool {
    *line == 0
}

fn written<S: serde::Serializer>(name: &Arc<str>, serializer: S) -> Result<S::Ok, S::Error> {
    serializer.serialize_str(name)
}

fn read<'de, D: serde::Deserializer<'de>>(deserializer: D) -> Result<Arc<str>, D::Error> {
    String::deserialize(deserializer).map(Into::into)
}

impl Origin {
    /// A whole file.
    #[must_use]
    pub fn file(name: impl Into<Arc<str>>) -> Self {
        Self { name: name.into(), part: Part::Whole, decoded: false, begins: 0, path: None }
    }

    /// The whole file at this path. Bytes of it that are not UTF-8 are escaped.
    #[must_use]
    pub fn at(path: &Path) -> Self {
        let own = path.to_str().is_none().then(|| Arc::new(path.to_owned()));
        Self { path: own, ..Self::file(path_text(path)) }
    }

    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Self::file("<stdin>")
    }

    /// The payload on this line (counted from 1) of the same file.
    #[must_use]
    pub fn at_line(&self, line: u64) -> Self {
        Self { part: Part::Line(line), ..self.clone() }
    }

    /// The n-th document (counted from 1) of the same file, whose lines are those of the file.
    #[must_use]
    pub fn document(&self, number: u64) -> Self {
        Self { part: Part::Number(number), ..self.clone() }
    }

    /// The body in the n-th entry (counted from 1) of the same capture. Lines and columns are those
    /// of the body.
    #[must_use]
    pub fn entry(&self, number: u64) -> Self {
        self.document(number).decoded()
    }

    /// The same, of an entry whose text begins on this line (counted from 1) of the capture.
    #[must_use]
    pub fn beginning_at(mut self, line: u64) -> Self {
        self.begins = line;
        self
    }

    /// The same name for what lies in the file at this path: a revision of it, or what is built in.
    #[must_use]
    pub fn in_file(mut self, path: &Path) -> Self {
        self.path = Some(Arc::new(path.to_owned()));
        self
    }

    /// The line of the file's text on which the entry of a capture begins, where lines of findings are those
    /// of the entry's body.
    #[must_use]
    pub fn begins(&self) -> Option<u64> {
        (self.begins > 0).then_some(self.begins)
    }

    /// The same location in a file whose bytes had to be decoded. Lines and columns are those of what
    /// came out.
    #[must_use]
    pub fn decoded(mut self) -> Self {
        self.decoded = true;
        self
    }

    /// Whether the body lies in the file as it is, so that lines and columns are those of the file.
    #[must_use]
    pub fn is_verbatim(&self) -> bool {
        !self.decoded
    }

    /// A location in it, as reports print it: `file:line:column` where an editor finds it there,
    /// `run.har#4 line 3 column 5` otherwise.
    #[must_use]
    pub fn location(&self, line: u64, column: u64) -> String {
        match self.part {
            _ if !self.decoded => format!("{}:{line}:{column}", self.name),
            Part::Line(_) => format!("{} line {line} column {column}", self.name),
            Part::Whole | Part::Number(_) => format!("{self} line {line} column {column}"),
        }
    }

    /// The file's name, without the part of it.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// Where the payload comes among those of a run that reads files by name.
    #[cfg(feature = "drift")]
    pub(crate) fn order(&self) -> impl Ord + '_ {
        (&*self.name, self.part)
    }

    /// The file whose lines and columns those of a finding are; `None` if there is no file to open:
    /// standard input, a body from nowhere.
    #[must_use]
    pub fn lines_of(&self) -> Option<&str> {
        self.path().filter(|_| self.is_verbatim())
    }

    /// The file of [`Origin::path`], also where its name is not UTF-8.
    #[must_use]
    pub fn file_path(&self) -> Option<&Path> {
        let own = self.path.as_deref().map(PathBuf::as_path);
        own.or_else(|| self.path().map(Path::new))
    }

    /// The file that holds the body, in whichever way; `None` for standard input and
    /// for what came from a server.
    #[must_use]
    pub fn path(&self) -> Option<&str> {
        let own = self.path.as_deref().and_then(|path| path.to_str());
        own.or_else(|| (!self.name.starts_with('<') && !self.name.contains("://")).then_some(&*self.name))
    }
}

impl fmt::Display for Origin {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.part {
            Part::Whole => f.write_str(&self.name),
            Part::Line(line) => write!(f, "{}:{line}", self.name),
            Part::Number(number) => write!(f, "{}#{number}", self.name),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_location_has_the_lines_of_its_file_or_body() {
        let file = Origin::file("f");
        assert_eq!(file.location(3, 5), "f:3:5");
        assert_eq!(file.at_line(3).location(3, 5), "f:3:5");
        assert_eq!(file.document(2).location(3, 5), "f:3:5");
        assert_eq!(file.entry(2).location(3, 5), "f#2 line 3 column 5");
        assert_eq!(file.clone().decoded().location(3, 5), "f line 3 column 5");
        assert_eq!(file.decoded().at_line(3).location(3, 5), "f line 3 column 5");
    }
}
