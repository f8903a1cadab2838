//! Decides where each input goes.

use std::fs;
use std::path::{Component, Path, PathBuf};

use super::super::files::Files;
use crate::error::{Error, ErrorKind};
use crate::payload::expand;
use crate::untrusted::path_text;

/// Where something is written.
#[derive(Debug)]
pub(super) enum Target {
    Stdout,
    File(PathBuf),
    /// Something that is not a regular file.
    Device(PathBuf),
}

/// An input and where it goes.
#[derive(Debug)]
pub(super) struct Pair {
    /// A file; standard input without one.
    pub(super) input: Option<PathBuf>,
    pub(super) target: Target,
}

/// Directories that were made for outputs; those in which nothing was written go again.
#[derive(Debug, Default)]
pub(super) struct Folders(Vec<PathBuf>);

impl Folders {
    fn make(&mut self, folder: &Path) -> Result<(), Error> {
        let missing = folder.ancestors().take_while(|path| !path.as_os_str().is_empty() && !path.exists());
        let missing: Vec<PathBuf> = missing.map(Path::to_owned).collect();
        self.0.extend(missing.into_iter().rev());
        let unwritable =
            |error| Error::new(ErrorKind::Output, path_text(folder), "cannot be made").because(error);
        fs::create_dir_all(folder).map_err(unwritable)
    }
}

impl Drop for Folders {
    fn drop(&mut self) {
        for folder in self.0.iter().rev() {
            // One with files in it stays.
            let _ = fs::remove_dir(folder);
        }
    }
}

/// Where each of the inputs goes. What is there is overwritten only by force, and an input never.
pub(super) fn pairs(
    inputs: &[PathBuf],
    output: &Path,
    force: bool,
    files: &Files,
    folders: &mut Folders,
    problems: &mut Vec<Error>,
) -> Result<Vec<Pair>, Error> {
    let is_stdin = |path: &Path| path == Path::new("-");
    let stdin = inputs.iter().filter(|path| is_stdin(path)).count();
    let wrong = |path: &Path, what: &str| Err(Error::new(ErrorKind::Usage, path_text(path), what));
    let is_folder = inputs.iter().any(|path| path.is_dir());
    let found: Vec<(PathBuf, Vec<PathBuf>)> = inputs
        .iter()
        .filter(|path| !is_stdin(path))
        .map(|path| {
            let sources = expand([path]);
            problems.extend(sources.problems);
            (path.clone(), sources.files)
        })
        .collect();
    let all = || found.iter().flat_map(|(_, found)| found);
    all().for_each(|path| files.protect(path));
    let is_single = !is_folder && inputs.len() == 1 && all().count() + stdin <= 1;
    if stdin > 0 {
        files.protect_stdin();
    }
    if is_single {
        let target = single(output, force, files)?;
        let input = all().next().cloned();
        let is_read = input.is_some() || stdin > 0;
        return Ok(if is_read { vec![Pair { input, target }] } else { Vec::new() });
    }
    if stdin > 0 {
        return wrong(Path::new("-"), "standard input has no relative path: redact it alone");
    }
    if is_stdin(output) {
        return wrong(output, "several inputs become files of a directory: pass its name");
    }
    if output.exists() && !output.is_dir() {
        return wrong(output, "is not a directory: several inputs become files of a directory");
    }
    if output.exists() && !force {
        return wrong(output, "already exists: choose another directory, or pass --force");
    }
    let mut pairs = Vec::new();
    for (root, found) in &found {
        for file in found {
            let path = output.join(relative(root, file, inputs.len() == 1));
            folders.make(path.parent().unwrap_or(output))?;
            files.claim(&path)?;
            pairs.push(Pair { input: Some(file.clone()), target: Target::File(path) });
        }
    }
    Ok(pairs)
}

fn single(output: &Path, force: bool, files: &Files) -> Result<Target, Error> {
    let wrong = |what: &str| Err(Error::new(ErrorKind::Usage, path_text(output), what));
    if output == Path::new("-") {
        return Ok(Target::Stdout);
    }
    let path = match output.canonicalize() {
        Ok(path) => path,
        Err(_) if output.is_symlink() => return wrong("is a broken symbolic link: choose another file"),
        Err(_) => output.to_owned(),
    };
    let metadata = fs::metadata(&path).ok();
    if metadata.as_ref().is_some_and(fs::Metadata::is_dir) {
        return wrong("is a directory: one input becomes a file");
    }
    files.claim(&path)?;
    match metadata {
        Some(metadata) if !metadata.is_file() => return Ok(Target::Device(path)),
        Some(_) if !force => return wrong("already exists: choose another file, or pass --force"),
        _ => {}
    }
    Ok(Target::File(path))
}

/// The path of a file in the output: below a directory that was given alone, or as it was given. What would
/// lead out of the output is left away.
fn relative(root: &Path, file: &Path, is_alone: bool) -> PathBuf {
    let inside = if is_alone { file.strip_prefix(root).ok() } else { None };
    let inside = inside.filter(|path| !path.as_os_str().is_empty()).unwrap_or(file);
    let parts = inside.components().filter(|part| matches!(part, Component::Normal(_)));
    parts.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn outputs_keep_relative_paths() {
        for (root, file, alone, expected) in [
            ("captures", "captures/a/b.har", true, "a/b.har"),
            ("captures", "captures/a/b.har", false, "captures/a/b.har"),
            ("../x", "../x/b.har", false, "x/b.har"),
            ("day*.har", "day1.har", true, "day1.har"),
            ("/tmp/b.har", "/tmp/b.har", false, "tmp/b.har"),
        ] {
            assert_eq!(relative(Path::new(root), Path::new(file), alone), Path::new(expected));
        }
    }
}
