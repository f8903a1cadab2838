//! Paths relative to a checkout, for code hosts.

use std::borrow::Cow;
use std::path::{Component, Path, PathBuf};

use super::super::{Problem, Report};
use crate::origin::Origin;

/// The file of an origin as a relative path without `.` and `..`: from the report's base directory where it
/// lies below it, from the root otherwise. A server's host and path, standard input and what else is no file
/// are named in the same form.
pub(in crate::report) fn relative(origin: &Origin, report: &Report) -> PathBuf {
    let named = || {
        let name = origin.name();
        let name = name.split_once("://").map_or(name, |(_, behind)| behind);
        Cow::Owned(PathBuf::from(name.trim_matches(['<', '>'])))
    };
    let path = origin.file_path().map_or_else(named, Cow::Borrowed);
    let base = normal(&report.base);
    let whole = normal(&report.base.join(&path));
    let inside = whole.strip_prefix(&base).map(Path::to_owned).ok().or_else(|| {
        let real = path.canonicalize().ok()?;
        real.strip_prefix(&base).map(Path::to_owned).ok()
    });
    let relative = inside.unwrap_or_else(|| parts(&path));
    if relative.as_os_str().is_empty() { PathBuf::from("input") } else { relative }
}

/// The file of a problem, and the line of it.
pub(in crate::report) fn file_of(problem: &Problem) -> (Origin, u64) {
    let name = &*problem.origin;
    let part = name.rsplit_once([':', '#']).filter(|_| !name.contains("://") && !Path::new(name).exists());
    let numbered = part.and_then(|(file, number)| Some((file, number.parse::<u64>().ok()?)));
    match numbered {
        Some((file, number)) => {
            let is_line = name.as_bytes()[file.len()] == b':';
            (Origin::file(file), problem.line.or(is_line.then_some(number)).unwrap_or(1))
        }
        None => (Origin::file(name), problem.line.unwrap_or(1)),
    }
}

/// The same path without `.` and `..`.
fn normal(path: &Path) -> PathBuf {
    let mut normal = PathBuf::new();
    for component in path.components() {
        match component {
            Component::ParentDir => drop(normal.pop()),
            Component::CurDir => {}
            other => normal.push(other),
        }
    }
    normal
}

/// The names in a path, without its root.
fn parts(path: &Path) -> PathBuf {
    let normal = normal(path);
    normal.components().filter(|component| matches!(component, Component::Normal(_))).collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::ContractId;

    fn relative_to(base: &str, origin: &Origin) -> String {
        let mut report = Report::new(ContractId { id: String::new(), version: None }, None);
        report.base = base.into();
        relative(origin, &report).to_str().unwrap().to_owned()
    }

    #[test]
    fn every_location_is_a_relative_path() {
        for (name, expected) in [
            ("a.json", "a.json"),
            ("./a/b.json", "a/b.json"),
            ("a/../b.json", "b.json"),
            ("/srv/tree/a.json", "a.json"),
            ("../tree/a.json", "a.json"),
            ("../a.json", "a.json"),
            ("../../x/a.json", "x/a.json"),
            ("/elsewhere/x/a.json", "elsewhere/x/a.json"),
            ("/srv/treehouse/a.json", "srv/treehouse/a.json"),
            ("<stdin>", "stdin"),
            ("<traffic>", "traffic"),
            ("http://127.0.0.1:8080/v2/things", "127.0.0.1:8080/v2/things"),
            ("", "input"),
        ] {
            assert_eq!(relative_to("/srv/tree", &Origin::file(name)), expected, "{name}");
        }
        let built_in = Origin::file("<builtin>").in_file(Path::new("schemas/x.json"));
        assert_eq!(relative_to("/srv/tree", &built_in), "schemas/x.json");
    }
}
