//! Sources of payloads: paths, readers, standard input, live instances.

use std::fmt;
use std::fs;
use std::io::{self, Read};
use std::path::{Path, PathBuf};

use super::files::Files;
#[cfg(feature = "live")]
use crate::contract::Contract;
use crate::error::Error;
#[cfg(feature = "live")]
use crate::error::ErrorKind;
#[cfg(feature = "live")]
use crate::live::{self, Address, Key, Walk};
use crate::origin::Origin;
use crate::payload::{self, Item};
use crate::untrusted::path_text;

/// Something that payloads come from.
pub struct Source(Kind);

enum Kind {
    Path(PathBuf),
    Stdin,
    Reader(String, Box<dyn Read + Send>),
    Parts(Box<dyn Read + Send>),
    Arriving(Arriving),
    #[cfg(feature = "live")]
    Instance(Box<(Address, Key, live::Options)>),
}

/// Payloads that come when they come.
pub(super) type Arriving = Box<dyn Iterator<Item = Result<Item, Error>> + Send>;

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

    /// Files and parts of files, one after the other on a stream: lines of JSON that say what follows, and the
    /// bytes.
    #[doc(hidden)]
    pub fn parts(reader: impl Read + Send + 'static) -> Self {
        Self(Kind::Parts(Box::new(reader)))
    }

    /// Payloads that come one by one, such as from a proxy, until there are no more. A thread of its own waits
    /// for them.
    ///
    /// ```
    /// use clients_contract::payload::Item;
    /// use clients_contract::run::{Run, Source};
    /// use clients_contract::{Origin, Payload, contract};
    ///
    /// let payloads = ["null", "{}"].map(|text| Payload::new(Origin::file("queue"), text.into()));
    /// let source = Source::arriving(payloads.into_iter().map(|payload| Ok(Item::Payload(payload))));
    /// let report = Run::new(contract::usual()).source(source).execute()?;
    /// assert_eq!(report.checked.invalid, 2);
    /// # Ok::<(), clients_contract::Error>(())
    /// ```
    pub fn arriving(items: impl Iterator<Item = Result<Item, Error>> + Send + 'static) -> Self {
        Self(Kind::Arriving(Box::new(items)))
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
                let mut bytes = 0;
                for file in &sources.files {
                    if let Ok(metadata) = fs::metadata(file) {
                        bytes += metadata.len();
                        files.protect_found(file, &metadata);
                    }
                }
                Found::Files(sources, bytes)
            }
            Kind::Stdin => {
                files.protect_stdin();
                Found::Reader(Origin::stdin(), Box::new(io::stdin()))
            }
            Kind::Reader(name, reader) => Found::Reader(Origin::file(name), reader),
            Kind::Parts(reader) => Found::Parts(reader),
            Kind::Arriving(items) => Found::Arriving(items),
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
            Kind::Parts(_) => f.write_str("Parts"),
            Kind::Arriving(_) => f.write_str("Arriving"),
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
    /// Files, and how many bytes they have together.
    Files(payload::Sources, u64),
    Parts(Box<dyn Read + Send>),
    Arriving(Arriving),
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
            Self::Reader(..) | Self::Files(..) | Self::Parts(_) => false,
            Self::Arriving(_) => true,
            #[cfg(feature = "live")]
            Self::Instance(_) | Self::Walk(_) => true,
        }
    }
}

/// How much there is to read, where that can be known.
pub(super) fn bytes(sources: &[Found]) -> Option<u64> {
    let bytes = |source: &Found| if let Found::Files(_, bytes) = source { Some(*bytes) } else { None };
    sources.iter().map(bytes).sum()
}

/// The same in the order of their names, whatever the order in which they were added.
pub(super) fn by_name(sources: Vec<Found>) -> Vec<Found> {
    let mut named = Vec::new();
    for source in sources {
        match source {
            Found::Files(payload::Sources { files, skipped, problems }, bytes) => {
                let rest = payload::Sources { files: Vec::new(), skipped, problems };
                named.push((String::new(), Found::Files(rest, bytes)));
                for file in files {
                    let name = path_text(&file).into_owned();
                    let one = payload::Sources { files: vec![file], ..payload::Sources::default() };
                    named.push((name, Found::Files(one, 0)));
                }
            }
            Found::Reader(origin, reader) => {
                named.push((origin.name().to_owned(), Found::Reader(origin, reader)));
            }
            parts @ Found::Parts(_) => named.push((String::new(), parts)),
            live => named.push(("http".to_owned(), live)),
        }
    }
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    named.into_iter().map(|(_, source)| source).collect()
}
