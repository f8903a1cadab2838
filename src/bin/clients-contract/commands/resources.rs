//! The schema that the arguments select, and further documents it may refer to.

use std::path::{Path, PathBuf};

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser, TypedValueParser};
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::schema::{Dialect, SchemaText};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind, Schema};

use crate::global_args::GlobalArgs;
use crate::output::{FILES, note};

/// How a schema is read, and documents by their URIs.
#[derive(Debug, Default, Args)]
pub struct Resources {
    /// Document that the schema refers to by this URI; may be repeated
    ///
    /// Relative references to files beside or below the schema are resolved without it. Nothing is fetched.
    #[arg(long, value_name = "URI=FILE", value_parser = pair)]
    resource: Vec<(String, PathBuf)>,
    /// Dialect of the schema [default: that of `$schema` or of the enclosing document, else 2020-12]
    #[arg(long, value_name = "DIALECT", value_parser = dialects())]
    dialect: Option<Dialect>,
}

/// A URI has no file name behind its last `=`, and may have others in its query.
fn pair(text: &str) -> Result<(String, PathBuf), String> {
    match text.rsplit_once('=') {
        Some((uri, file)) if !uri.is_empty() && !file.is_empty() => Ok((uri.to_owned(), file.into())),
        _ => Err("expected URI=FILE".to_owned()),
    }
}

fn dialects() -> impl TypedValueParser<Value = Dialect> {
    let names = Dialect::ALL.iter().map(|dialect| PossibleValue::new(dialect.name()));
    PossibleValuesParser::new(names).try_map(|name| {
        Dialect::ALL.iter().copied().find(|dialect| dialect.name() == name).ok_or("unknown dialect")
    })
}

/// The file and the fragment of `FILE#FRAGMENT`. A file may have a `#` in its name, if it is there.
pub fn split(path: &Path) -> (PathBuf, Option<String>) {
    let Some(text) = path.to_str().filter(|_| !path.exists()) else { return (path.to_owned(), None) };
    let mut ways = text.match_indices('#').map(|(at, _)| (&text[..at], &text[at + 1..]));
    let first = ways.next();
    let known = ways.rfind(|(file, _)| Path::new(file).exists());
    let chosen = known.filter(|_| first.is_some_and(|(file, _)| !Path::new(file).exists())).or(first);
    match chosen {
        Some((file, fragment)) => (PathBuf::from(file), Some(fragment.to_owned())),
        None => (path.to_owned(), None),
    }
}

/// A whole schema.
fn read_schema(path: &Path) -> Result<Vec<u8>, Error> {
    FILES.protect(path);
    files::read(path, MAX_TEXT, ErrorKind::Input)
}

impl Resources {
    /// The schema that `FILE` or `FILE#FRAGMENT` means, with these documents, and those beside it that it
    /// refers to.
    pub fn schema(&self, path: &Path, global: GlobalArgs) -> Result<Schema, Error> {
        let (file, fragment) = split(path);
        self.read(&path_text(&file), &read_schema(&file)?, fragment.as_deref(), Some(&file), global)
    }

    /// The same of a text, with files beside one that it was read from.
    pub fn read(
        &self,
        name: &str,
        text: &[u8],
        fragment: Option<&str>,
        beside: Option<&Path>,
        global: GlobalArgs,
    ) -> Result<Schema, Error> {
        let text = SchemaText::read(name, text)?;
        let text = match self.dialect {
            Some(dialect) => text.in_dialect(dialect),
            None => text,
        };
        let mut schema = text.schema_at(fragment.unwrap_or_default())?;
        for text in schema.warnings() {
            let option = if text.contains("read the schema as") { " (--dialect)" } else { "" };
            note(global.quiet, &format!("warning: {}: {text}{option}", schema.name()));
        }
        let dialect = schema.dialect();
        let resource =
            |path: &Path| Ok(SchemaText::read(&path_text(path), &read_schema(path)?)?.resource(dialect));
        for (uri, path) in &self.resource {
            schema = schema.with_resource(uri, &resource(path)?)?;
        }
        match beside {
            Some(path) => schema.with_files_beside(path, resource),
            None => Ok(schema),
        }
    }

    /// Refuses what goes with a schema where there is none.
    pub fn refuse(&self) -> Result<(), Error> {
        let stray = [("--resource", !self.resource.is_empty()), ("--dialect", self.dialect.is_some())];
        match stray.iter().find(|(_, given)| *given) {
            Some((option, _)) => Err(Error::new(ErrorKind::Usage, *option, "requires --schema")),
            None => Ok(()),
        }
    }
}
