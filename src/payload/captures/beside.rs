//! Bodies that a capture stores in files of their own.

use std::fs::{self, File};
use std::io;
use std::path::{Component, Path, PathBuf};

use crate::payload::limit;

/// A file that a capture names.
#[derive(Debug)]
pub(super) enum Elsewhere {
    /// Beside or below the capture.
    Beside(String),
    /// In the folder `__files` beside the capture, or beside the folder `mappings` that it is in.
    InFiles(String),
}

impl Elsewhere {
    /// The file, as seen from the folder of the capture; nothing where it is not there, or would lead out of
    /// its folder.
    pub(super) fn find(&self, folder: &Path) -> Option<PathBuf> {
        let folder = folder.canonicalize().ok()?;
        let (name, roots) = match self {
            Self::Beside(name) => (name, vec![folder]),
            Self::InFiles(name) => (name, files_of(&folder)),
        };
        let is_inside = |part| matches!(part, Component::Normal(_) | Component::CurDir);
        let name = Path::new(name.trim_start_matches("./"));
        if !name.components().all(is_inside) {
            return None;
        }
        roots.iter().find_map(|root| {
            // A link may lead anywhere.
            let path = root.join(name).canonicalize().ok()?;
            let is_file = fs::metadata(&path).is_ok_and(|file| file.is_file());
            (path.starts_with(root) && is_file).then_some(path)
        })
    }
}

/// The bytes of a file that was found.
pub(super) fn read(path: &Path, max: u64) -> io::Result<Vec<u8>> {
    limit::read_to_end(File::open(path)?, max)
}

/// The folders in which WireMock looks for bodies.
fn files_of(folder: &Path) -> Vec<PathBuf> {
    const FILES: &str = "__files";
    let mappings = folder.ancestors().filter(|folder| folder.ends_with("mappings")).filter_map(Path::parent);
    [folder].into_iter().chain(mappings).map(|folder| folder.join(FILES)).collect()
}
