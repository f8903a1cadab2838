//! Which other documents may a given schema refer to?

use std::path::{Path, PathBuf};

use clap::Args;
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind, Schema};

use super::sources::read_schema;

/// Documents by their URIs.
#[derive(Debug, Args)]
pub struct Resources {
    /// A document that the schema refers to by this URI; may be repeated. Relative references to files beside or below the
    /// schema need none. Nothing is ever fetched.
    #[arg(long, value_name = "URI=FILE", value_parser = pair)]
    resource: Vec<(String, PathBuf)>,
}

/// A URI has no file name behind its last `=`, and may have others in its query.
fn pair(text: &str) -> Result<(String, PathBuf), String> {
    match text.rsplit_once('=') {
        Some((uri, file)) if !uri.is_empty() && !file.is_empty() => Ok((uri.to_owned(), file.into())),
        _ => Err("wants URI=FILE".to_owned()),
    }
}

impl Resources {
    /// The schema in that file, with these documents, and those beside it that it refers to.
    pub fn schema(&self, path: &Path) -> Result<Schema, Error> {
        let mut schema = read(path)?;
        for (uri, path) in &self.resource {
            schema = schema.with_resource(uri, &read(path)?)?;
        }
        schema.with_files_beside(path, read)
    }

    /// Refuses documents that no schema may refer to.
    pub fn refuse(&self) -> Result<(), Error> {
        if self.resource.is_empty() {
            return Ok(());
        }
        Err(Error::new(ErrorKind::Usage, "--resource", "goes with --schema"))
    }
}

fn read(path: &Path) -> Result<Schema, Error> {
    Schema::from_slice(&path_text(path), &read_schema(path)?)
}
