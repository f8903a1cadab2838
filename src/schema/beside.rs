//! Files beside a schema that its relative references resolve to.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

use jsonschema::{Uri, uri};
use percent_encoding::percent_decode_str;
use serde_json::Value;

use super::Schema;
use super::references::{each_with_base, identifier, references, resolved};
use crate::error::{Error, ErrorKind};

/// Files that are read for one schema.
const MAX_FILES: usize = 1_000;

/// A document, and the folder that its base URI stands for.
struct Document {
    base: Uri<String>,
    folder: PathBuf,
}

impl Document {
    /// The file that a URI stands for, where it is below the folder.
    fn file(&self, target: &str) -> Option<PathBuf> {
        let base = self.base.as_str();
        let below = target.strip_prefix(&base[..=base.rfind('/')?])?;
        let path = percent_decode_str(below).decode_utf8().ok()?;
        Some(self.folder.join(&*path))
    }
}

impl Schema {
    /// The same, with the documents that its relative references lead to where these are files beside or
    /// below the one that it was read from, and what those lead to. Embedded resources and documents that
    /// were given come first; what is not there is left to whoever follows references.
    ///
    /// # Errors
    ///
    /// What `read` fails with, and [`ErrorKind::Schema`] when a file is not a JSON Schema, or there are too
    /// many.
    pub fn with_files_beside(
        mut self,
        path: &Path,
        mut read: impl FnMut(&Path) -> Result<Self, Error>,
    ) -> Result<Self, Error> {
        self.resources.looked_for();
        let Some(folder) = path.parent() else { return Ok(self) };
        let folder = if folder.as_os_str().is_empty() { Path::new(".") } else { folder };
        let Ok(root) = folder.canonicalize() else { return Ok(self) };
        let Ok(found_at) = uri::from_str("") else { return Ok(self) };
        let Some(base) = base_of(self.as_value(), &found_at) else { return Ok(self) };
        let whole = Document { base, folder: folder.to_owned() };
        let mut wanted = References::default();
        wanted.look(self.as_value(), &found_at);
        let mut known: BTreeSet<String> = self.resources().uris().map(str::to_owned).collect();
        let mut documents = vec![whole];
        let mut next = 0;
        while let Some((target, from)) = wanted.found.get(next).cloned() {
            next += 1;
            if wanted.identified.contains(&target) || !known.insert(target.clone()) {
                continue;
            }
            let locations = [&documents[from], &documents[0]];
            let inside = |file: &PathBuf| {
                file.canonicalize().is_ok_and(|file| file.starts_with(&root) && file.is_file())
            };
            let Some(file) = locations.iter().find_map(|location| location.file(&target).filter(inside))
            else {
                continue;
            };
            if documents.len() > MAX_FILES {
                let what = format!("refers to more than {MAX_FILES} files");
                return Err(Error::new(ErrorKind::Schema, self.name(), what));
            }
            let document = read(&file)?;
            let Ok(found_at) = uri::from_str(&target) else { continue };
            let Some(base) = base_of(document.as_value(), &found_at) else { continue };
            self = self.with_resource(&target, &document)?;
            let folder = file.parent().unwrap_or(Path::new("")).to_owned();
            wanted.document = documents.len();
            wanted.look(document.as_value(), &found_at);
            documents.push(Document { base, folder });
        }
        Ok(self)
    }
}

/// The base URI of a document that was found at this one.
fn base_of(document: &Value, found_at: &Uri<String>) -> Option<Uri<String>> {
    match document.as_object().and_then(identifier) {
        Some(id) => resolved(found_at, id),
        None => Some(found_at.clone()),
    }
}

/// References of documents, and the resources that are embedded in them.
#[derive(Default)]
struct References {
    /// The URI that a relative reference leads to, and the document that it is in.
    found: Vec<(String, usize)>,
    identified: BTreeSet<String>,
    document: usize,
}

impl References {
    /// Looks for references in every part of a document.
    fn look(&mut self, document: &Value, base: &Uri<String>) {
        each_with_base(document, base, |members, base| {
            self.identified.extend(identifier(members).map(|_| base.as_str().to_owned()));
            references(members).for_each(|reference| self.reference(reference, base));
        });
    }

    fn reference(&mut self, reference: &str, base: &Uri<String>) {
        let path = reference.split(['#', '?']).next().unwrap_or_default();
        let is_relative = !path.is_empty()
            && !path.starts_with('/')
            && !path.split('/').next().unwrap_or_default().contains(':');
        if is_relative && let Some(target) = resolved(base, reference) {
            self.found.push((target.as_str().to_owned(), self.document));
        }
    }
}
