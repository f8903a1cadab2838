//! What do the arguments lead to?

use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};

use clients_contract::live::Walk;
use clients_contract::payload;
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind};

use super::live::{self, Live};
use crate::files;
use crate::settings::Settings;

/// One argument, and what it leads to.
pub enum Source {
    /// Standard input.
    Stdin,
    /// Files.
    Files(payload::Sources),
    /// The pages of an instance.
    Live(Box<Walk>),
}

impl Source {
    /// What a path leads to. It is not written to in this run.
    pub fn of(path: &Path) -> Self {
        if path == Path::new("-") {
            files::protect_stdin();
            return Self::Stdin;
        }
        let sources = payload::expand([path]);
        sources.files.iter().for_each(|file| files::protect(file));
        Self::Files(sources)
    }

    /// What those of the paths lead to that are no URL.
    pub fn recorded(paths: &[PathBuf]) -> Vec<Self> {
        paths.iter().filter(|path| !is_url(path)).map(|path| Self::of(path)).collect()
    }

    /// These, and the pages of an instance. Only what begins with `http://` or `https://` is asked over the network: a typo must not send
    /// the key to a stranger.
    pub fn all(
        mut sources: Vec<Self>,
        paths: &[PathBuf],
        live: &Live,
        settings: &Settings,
        max_body: u64,
    ) -> Result<Vec<Self>, Error> {
        let urls = paths.iter().filter(|path| is_url(path)).map(|path| path.to_string_lossy().into_owned());
        let urls: Vec<String> = urls.chain(live.instance_url()?).collect();
        let stdin = paths.iter().any(|path| path == Path::new("-"));
        let usual = live::usual(settings)?;
        let wrong = |place: &str, what: &str| Err(Error::new(ErrorKind::Usage, place, what));
        match &urls[..] {
            [] => {
                if let Some(flag) = live.stray() {
                    return wrong(flag, "is for a live instance, and there is neither a URL nor --instance");
                }
            }
            [_] => {}
            _ => return wrong("URL", "can be given once: the API key is for one instance"),
        }
        if stdin && live.key_from_stdin() {
            return wrong("--api-key-stdin", "cannot be used when payloads come from standard input");
        }
        if let Some(url) = urls.first() {
            sources.push(Self::Live(Box::new(live::walk(url, live, usual, max_body)?)));
        }
        Ok(sources)
    }
}

fn is_url(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
}

/// The same in the order of their names, whatever the order of the arguments.
pub fn by_name(sources: Vec<Source>) -> Vec<Source> {
    let mut named = Vec::new();
    for source in sources {
        match source {
            Source::Stdin => named.push(("<stdin>".to_owned(), Source::Stdin)),
            Source::Live(walk) => named.push(("http".to_owned(), Source::Live(walk))),
            Source::Files(all) => {
                let payload::Sources { files, skipped, problems } = all;
                let rest = payload::Sources { files: Vec::new(), skipped, problems };
                named.push((String::new(), Source::Files(rest)));
                for file in files {
                    let name = path_text(&file).into_owned();
                    let one = payload::Sources { files: vec![file], ..payload::Sources::default() };
                    named.push((name, Source::Files(one)));
                }
            }
        }
    }
    named.sort_by(|(a, _), (b, _)| a.cmp(b));
    named.into_iter().map(|(_, source)| source).collect()
}

/// How much there is to read, where that can be known.
pub fn bytes(sources: &[Source]) -> Option<u64> {
    let mut bytes = 0;
    for source in sources {
        let Source::Files(sources) = source else { return None };
        for file in &sources.files {
            bytes += fs::metadata(file).map_or(0, |metadata| metadata.len());
        }
    }
    Some(bytes)
}

/// A whole schema.
pub fn read_schema(path: &Path) -> Result<Vec<u8>, Error> {
    files::protect(path);
    files::read(path, files::MAX_TEXT, ErrorKind::Input)
}

/// The same from a reader.
pub fn schema_bytes(name: &str, reader: impl Read) -> Result<Vec<u8>, Error> {
    files::read_from(name, reader, files::MAX_TEXT, ErrorKind::Input)
}
