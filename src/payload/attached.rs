//! Removes the files that a HAR refers to for its bodies.

use std::collections::HashSet;
use std::fs::File;
use std::io::{self, Read};
use std::path::{Component, Path, PathBuf};

/// Removes the files from a directory's that Playwright put bodies of a HAR into: the HAR is read with them.
/// Those that a compressed HAR names are told by their names. How many these are.
pub(super) fn remove(files: &mut Vec<PathBuf>) -> u64 {
    let hars: Vec<&PathBuf> = files.iter().filter(|file| is_har(file)).collect();
    let folders: HashSet<&Path> = hars.iter().filter_map(|har| har.parent()).collect();
    let mut bodies = HashSet::new();
    for har in hars.iter().filter(|har| har.extension().is_some_and(|kind| kind == "har")) {
        // What cannot be read is told when it is read.
        let names = File::open(har).and_then(names).unwrap_or_default();
        let folder = har.parent().unwrap_or(Path::new(""));
        bodies.extend(names.iter().filter_map(|name| below(folder, name)));
    }
    let is_body = |file: &PathBuf| {
        let is_beside = file.parent().is_some_and(|folder| folders.contains(folder));
        !is_har(file) && (bodies.contains(file) || is_beside && is_digest(file))
    };
    let gone: HashSet<PathBuf> = files.iter().filter(|file| is_body(file)).cloned().collect();
    files.retain(|file| !gone.contains(file));
    gone.len() as u64
}

fn is_har(path: &Path) -> bool {
    let name = path.file_name().unwrap_or_default().to_string_lossy().to_ascii_lowercase();
    [".har", ".har.gz", ".har.zst", ".har.br"].iter().any(|ending| name.ends_with(ending))
}

/// Whether the name is a SHA-1 digest, as Playwright names bodies.
fn is_digest(path: &Path) -> bool {
    const DIGITS: usize = 40;
    let stem = path.file_stem().unwrap_or_default().as_encoded_bytes();
    stem.len() == DIGITS && stem.iter().all(u8::is_ascii_hexdigit)
}

fn below(folder: &Path, name: &str) -> Option<PathBuf> {
    let parts: Vec<Component<'_>> =
        Path::new(name).components().filter(|part| *part != Component::CurDir).collect();
    let is_inside = parts.iter().all(|part| matches!(part, Component::Normal(_)));
    is_inside.then(|| parts.iter().fold(folder.to_path_buf(), |path, part| path.join(part)))
}

/// The values of all members `_file`. A text that quotes such a member has escapes in it.
fn names(mut har: impl Read) -> io::Result<Vec<String>> {
    const KEY: &[u8] = b"\"_file\"";
    const PIECE: u64 = 1 << 16;
    /// What is held of a member; no file has a longer name.
    const MAX_MEMBER: usize = 8 << 10;
    let (mut held, mut found) = (Vec::new(), Vec::new());
    loop {
        let ended = har.by_ref().take(PIECE).read_to_end(&mut held)? == 0;
        let mut done = 0;
        for at in memchr::memmem::find_iter(&held, KEY) {
            let behind = &held[at + KEY.len()..];
            if behind.len() < MAX_MEMBER && !ended {
                done = at;
                break;
            }
            done = at + 1;
            let value = behind.trim_ascii_start().strip_prefix(b":").unwrap_or_default();
            let value = serde_json::Deserializer::from_slice(value).into_iter::<String>().next();
            found.extend(value.and_then(Result::ok));
        }
        if ended {
            return Ok(found);
        }
        let rest = held.len().saturating_sub(KEY.len());
        let is_open = held.get(done..).is_some_and(|rest| rest.starts_with(KEY));
        held.drain(..if is_open { done } else { done.max(rest) });
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn all_names_are_found_wherever_they_are() {
        for length in (65_000..66_000).step_by(7).chain([0, 131_070]) {
            let text = format!(
                "{{\"a\":\"{}\\\"_file\\\":\\\"x\\\"\",\"_file\" : \"a.json\",\"b\":{{\"_file\":null,\"_file\":\"\\u0062.json\"}}}}",
                "x".repeat(length)
            );
            assert_eq!(names(text.as_bytes()).unwrap(), ["a.json", "b.json"], "{length}");
        }
    }

    #[test]
    fn bodies_are_removed_and_nothing_else() {
        let folder = tempfile::tempdir().unwrap();
        let root = folder.path();
        let har = r#"{"log": {"entries": [{"response": {"content": {"_file": "./in/a.json"}}}, {"_file": "../b.json"}]}}"#;
        std::fs::write(root.join("run.har"), har).unwrap();
        let digest = "0123456789abcdef0123456789abcdef01234567.json";
        let mut files: Vec<PathBuf> =
            ["run.har", "a.json", "in/a.json", "b.json", digest, &format!("in/{digest}")]
                .map(|name| root.join(name))
                .to_vec();
        assert_eq!(remove(&mut files), 2);
        let left = ["run.har", "a.json", "b.json", &format!("in/{digest}")].map(|name| root.join(name));
        assert_eq!(files, left);
    }
}
