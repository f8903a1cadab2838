//! Sources of payloads: paths, readers, standard input, live instances.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::files::Files;
#[cfg(feature = "live")]
use crate::contract::Contract;
#[cfg(feature = "live")]
use crate::error::{Error, ErrorKind};
#[cfg(feature = "live")]
use crate::live::{self, Address, Key, Walk};
use crate::origin::Origin;
use crate::payload;
use crate::untrusted::path_text;

/// Something that payloads come from.
pub struct Source(Kind);

enum Kind {
    Path(PathBuf),
    Stdin,
    Reader(String, Box<dyn Read + Send>),
    #[cfg(feature = "live")]
    Instance(Box<(Address, Key, live::Options)>),
}

impl Source {
    /// A file, a directory, or a pattern such as `day*.har`; see [`payload::expand`].
    pub fn path(path: impl Into<PathBuf>) -> Self {
        Self(Kind::Path(path.into()))
    }

    /// A stream of this name, whose extension counts as that of a file.
    pub fn reader(name: impl Into<String>, reader: impl Read + Send + 'static) -> Self {
        Self(Kind::Reader(name.into(), Box::new(reader)))
    }

    /// Standard input.
    #[must_use]
    pub fn stdin() -> Self {
        Self(Kind::Stdin)
    }

    /// All pages of a live instance of the contract. Nothing is sent before the run starts.
    #[cfg(feature = "live")]
    #[must_use]
    pub fn instance(address: Address, key: Key, options: live::Options) -> Self {
        Self(Kind::Instance(Box::new((address, key, options))))
    }

    /// Follows a path to its files. They are not written to in this run.
    pub(super) fn find(self, files: &Files) -> Found {
        match self.0 {
            Kind::Path(path) => {
                let sources = payload::expand([path]);
                sources.files.iter().for_each(|file| files.protect(file));
                Found::Files(sources)
            }
            Kind::Stdin => {
                files.protect_stdin();
                Found::Reader(Origin::stdin(), Box::new(io::stdin()))
            }
            Kind::Reader(name, reader) => Found::Reader(Origin::file(name), reader),
            #[cfg(feature = "live")]
            Kind::Instance(instance) => Found::Instance(instance),
        }
    }
}

impl fmt::Debug for Source {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.0 {
            Kind::Path(path) => f.debug_tuple("Path").field(path).finish(),
            Kind::Stdin => f.write_str("Stdin"),
            Kind::Reader(name, _) => f.debug_tuple("Reader").field(name).finish(),
            #[cfg(feature = "live")]
            Kind::Instance(instance) => f.debug_tuple("Instance").field(&instance.0.url()).finish(),
        }
    }
}

impl From<&str> for Source {
    fn from(path: &str) -> Self {
        Self::path(path)
    }
}

impl From<&Path> for Source {
    fn from(path: &Path) -> Self {
        Self::path(path)
    }
}

impl From<PathBuf> for Source {
    fn from(path: PathBuf) -> Self {
        Self::path(path)
    }
}

/// What a source leads to.
pub(super) enum Found {
    Reader(Origin, Box<dyn Read + Send>),
    Files(payload::Sources),
    #[cfg(feature = "live")]
    Instance(Box<(Address, Key, live::Options)>),
    #[cfg(feature = "live")]
    Walk(Box<Walk>),
}

impl Found {
    /// Prepares the walk of an instance, and claims the file that it is recorded in.
    #[cfg(feature = "live")]
    pub(super) fn connect(self, contract: Option<&Contract>, files: &Files) -> Result<Self, Error> {
        let Self::Instance(instance) = self else { return Ok(self) };
        let (address, key, options) = *instance;
        let Some(contract) = contract else {
            let what = "cannot be walked: a schema has no paging; validate against a contract";
            return Err(Error::new(ErrorKind::Usage, address.url(), what));
        };
        options.record.as_ref().map(|record| files.claim(&record.path)).transpose()?;
        Ok(Self::Walk(Box::new(Walk::new(contract.paging(), contract.secrets(), address, key, options)?)))
    }

    pub(super) fn is_live(&self) -> bool {
        match self {
            Self::Reader(..) | Self::Files(_) => false,
            #[cfg(feature = "live")]
            Self::Instance(_) | Self::Walk(_) => true,
        }
    }
}

/// How much there is to read, where that can be known.
pub(super) fn bytes(sources: &[Found]) -> Option<u64> {
    let mut bytes = 0;
    for source in sources {
        let Found::Files(sources) = source else { return None };
        for file in &sources.files {
            bytes += fs::metadata(file).map_or(0, |metadata| metadata.len());
        }
    }
    Some(bytes)
}

/// The same in the order of their names, whatever the order in which they were added.
pub(super) fn by_name(sources: Vec<Found>) -> Vec<Found> {
    let mut named = Vec::new();
    for source in sources {
        match source {
            Found::Files(payload::Sources { files, skipped, problems }) => {
                let rest = payload::Sources { files: Vec::new(), skipped, problems };
                named.push((String::new(), Found::Files(rest)));
                for file in files {
                    let name = path_text(&file).into_owned();
                    let one = payload::Sources { files: vec![file], ..payload::Sources::default() };
                    named.push((name, Found::Files(one)));
                }
            }
            Found::Reader(origin, reader) => {
                named.push((origin.name().to_owned(), Found::Reader(origin, reader)));
            }
            #[cfg(feature = "live")]
            live => named.push(("http".to_owned(), live)),
        }
    }
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    named.into_iter().map(|(_, source)| source).collect()
}
