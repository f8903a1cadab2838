//! The files of a room form layers: none uses itself through others.
//!
//! What a file uses are the paths that it names. A path leads to the file that declares the item, through
//! imports and re-exports. A file may use what the files of the modules around it declare themselves, and
//! these may use what is inside them: a module and its parts are one thing. What a method or a macro uses
//! inside is not seen.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

use proc_macro2::{Delimiter, TokenStream, TokenTree};

use super::tokens::{self, is_ident, is_punct};
use super::{files, source};

/// A module path from the root of the crate.
type Module = Vec<String>;

/// Types of the API refer to each other in circles, as its objects do.
const TYPES: [&str; 2] = ["contract", "clients"];

/// What a file names.
#[derive(Default)]
struct Named {
    /// Paths that are imported, by the names that they have then.
    imports: BTreeMap<String, Module>,
    /// Other paths.
    paths: Vec<Module>,
    /// Those that begin with a name, perhaps an imported one.
    relative: Vec<Module>,
}

/// The files of a crate and what they name.
struct Sources(BTreeMap<Module, Named>);

impl Sources {
    fn of(sources: impl IntoIterator<Item = (Module, TokenStream)>) -> Self {
        let sources: Vec<(Module, TokenStream)> = sources.into_iter().collect();
        let modules: BTreeSet<Module> = sources.iter().map(|(module, _)| module.clone()).collect();
        let named = |(module, code): (Module, TokenStream)| {
            let mut named = Named::default();
            let mut reader = Reader { modules: &modules, here: module.clone(), named: &mut named };
            reader.read(&code.into_iter().collect::<Vec<_>>());
            (module, named)
        };
        Self(sources.into_iter().map(named).collect())
    }

    /// The file that declares what a path leads to.
    fn declares(&self, path: &[String], depth: usize) -> Option<Module> {
        let file = (0..=path.len()).rev().find(|length| self.0.contains_key(&path[..*length]))?;
        let (module, rest) = path.split_at(file);
        let import = rest.first().and_then(|name| self.0[module].imports.get(name));
        match import {
            Some(import) if depth < 8 => self.declares(&[import, &rest[1..]].concat(), depth + 1),
            _ => Some(module.to_vec()),
        }
    }

    /// The files that each file uses.
    fn uses(&self) -> BTreeMap<Module, BTreeSet<Module>> {
        let mut uses = BTreeMap::new();
        for (module, named) in &self.0 {
            // Of an imported module, what is named in it counts.
            let imports = named.imports.values().filter(|import| !self.0.contains_key(*import));
            let relative = named.relative.iter().filter_map(|path| {
                let import = named.imports.get(&path[0])?;
                Some([import, &path[1..]].concat())
            });
            let named = imports
                .chain(&named.paths)
                .cloned()
                .chain(relative)
                .filter_map(|path| self.declares(&path, 0));
            let others = named.filter(|other| !module.starts_with(other) && !are_types(module, other));
            uses.insert(module.clone(), others.collect());
        }
        uses
    }

    /// The groups of files that use each other.
    fn circles(&self) -> Vec<Vec<Module>> {
        let uses = self.uses();
        let reached = |from: &Module| {
            let mut seen = BTreeSet::new();
            let mut pending: Vec<&Module> = uses[from].iter().collect();
            while let Some(module) = pending.pop() {
                if seen.insert(module.clone()) {
                    pending.extend(&uses[module]);
                }
            }
            seen
        };
        let reached: BTreeMap<&Module, BTreeSet<Module>> =
            uses.keys().map(|module| (module, reached(module))).collect();
        let mut left: BTreeSet<&Module> =
            uses.keys().filter(|module| reached[module].contains(*module)).collect();
        let mut circles = Vec::new();
        while let Some(first) = left.pop_first() {
            let others = left
                .iter()
                .filter(|other| reached[first].contains(**other) && reached[*other].contains(first));
            let circle: Vec<&Module> = std::iter::once(first).chain(others.copied()).collect();
            left.retain(|other| !circle.contains(other));
            circles.push(circle.into_iter().cloned().collect());
        }
        circles
    }

    /// What the files of a circle use of each other.
    fn describe(&self, circle: &[Module]) -> String {
        let uses = self.uses();
        let line = |module: &Module| {
            let inside = uses[module].iter().filter(|other| circle.contains(other));
            format!(
                "{} uses {}",
                module.join("/"),
                inside.map(|other| other.join("/")).collect::<Vec<_>>().join(", ")
            )
        };
        circle.iter().map(line).collect::<Vec<_>>().join("\n")
    }
}

fn are_types(one: &Module, other: &Module) -> bool {
    [one, other].iter().all(|module| module.len() == TYPES.len() + 1 && module[..TYPES.len()] == TYPES)
}

/// Reads what a file names.
struct Reader<'m> {
    modules: &'m BTreeSet<Module>,
    /// The module that the code is in.
    here: Module,
    named: &'m mut Named,
}

impl Reader<'_> {
    fn read(&mut self, code: &[TokenTree]) {
        let mut at = 0;
        while at < code.len() {
            let is_inside = at > 1 && is_punct(code.get(at - 1), ':') && is_punct(code.get(at - 2), ':');
            match &code[at] {
                TokenTree::Ident(word) if word == "use" => {
                    at = self.import(code, at + 1);
                    continue;
                }
                TokenTree::Ident(word) if word == "mod" => {
                    if let (Some(name), Some(TokenTree::Group(body))) = (code.get(at + 1), code.get(at + 2)) {
                        self.here.push(name.to_string());
                        self.read(&body.stream().into_iter().collect::<Vec<_>>());
                        self.here.pop();
                        at += 3;
                        continue;
                    }
                }
                TokenTree::Ident(_) if !is_inside && is_path(code, at) => {
                    let mut found = Vec::new();
                    at = tree(code, at, &Vec::new(), &mut found);
                    for (_, path) in found {
                        match self.absolute(&path) {
                            Some(path) => self.named.paths.push(path),
                            None => self.named.relative.push(path),
                        }
                    }
                    continue;
                }
                TokenTree::Group(group) => self.read(&group.stream().into_iter().collect::<Vec<_>>()),
                _ => {}
            }
            at += 1;
        }
    }

    fn import(&mut self, code: &[TokenTree], at: usize) -> usize {
        let mut found = Vec::new();
        let end = tree(code, at, &Vec::new(), &mut found);
        for (name, path) in found {
            if let Some(path) = self.absolute(&path) {
                self.named.imports.insert(name, path);
            }
        }
        end
    }

    /// A path from the root of the crate; none for those of other crates.
    fn absolute(&self, path: &[String]) -> Option<Module> {
        let mut base = self.here.clone();
        let mut rest = path;
        match &*path[0] {
            "crate" => {
                base.clear();
                rest = &path[1..];
            }
            "self" => rest = &path[1..],
            "super" => {}
            name => {
                let child = [&self.here[..], &[name.to_owned()]].concat();
                if !self.modules.contains(&child) {
                    return None;
                }
            }
        }
        while rest.first().is_some_and(|step| step == "super") {
            base.pop();
            rest = &rest[1..];
        }
        base.extend(rest.iter().cloned());
        Some(base)
    }
}

/// Whether a path of two steps at least begins here.
fn is_path(code: &[TokenTree], at: usize) -> bool {
    is_punct(code.get(at + 1), ':') && is_punct(code.get(at + 2), ':')
}

/// Reads a path, or a tree of imports: each path with its last name, or the one that it gets. Says where it
/// ends.
fn tree(code: &[TokenTree], mut at: usize, before: &Module, found: &mut Vec<(String, Module)>) -> usize {
    let mut path = before.clone();
    loop {
        match code.get(at) {
            Some(TokenTree::Ident(step)) => {
                // `{self}` is what is before the braces.
                if path.is_empty() || step != "self" {
                    path.push(step.to_string());
                }
                at += 1;
                if !is_path(code, at - 1) {
                    break;
                }
                at += 2;
            }
            Some(TokenTree::Group(group)) if group.delimiter() == Delimiter::Brace => {
                let inner: Vec<TokenTree> = group.stream().into_iter().collect();
                let mut inside = 0;
                while inside < inner.len() {
                    inside = tree(&inner, inside, &path, found);
                    inside += usize::from(inside < inner.len());
                }
                return at + 1;
            }
            // All of it, or a type in angle brackets.
            _ => break,
        }
    }
    if is_punct(code.get(at), '*') {
        at += 1;
    }
    let mut name = path.last().cloned().unwrap_or_default();
    if is_ident(code.get(at), "as") {
        name = code[at + 1].to_string();
        at += 2;
    }
    if !path.is_empty() {
        found.push((name, path));
    }
    at
}

fn crate_of(root: &Path) -> Sources {
    let all = files(root).into_iter().filter(|file| {
        let is_other_crate = file.starts_with(source().join("bin")) && root == source();
        !is_other_crate && file.file_name().is_some_and(|name| name != "tests.rs")
    });
    Sources::of(all.map(|file| {
        let inside = file.strip_prefix(root).unwrap().with_extension("");
        let steps = inside.iter().map(|step| step.to_str().unwrap().to_owned());
        let module = steps.filter(|step| !["lib", "main", "mod"].contains(&&**step)).collect();
        (module, tokens::of(&file))
    }))
}

#[test]
fn files_of_a_room_form_layers() {
    for root in [source(), source().join("bin/clients-contract")] {
        let sources = crate_of(&root);
        let circles: Vec<String> = sources.circles().iter().map(|circle| sources.describe(circle)).collect();
        assert!(circles.is_empty(), "files use each other in circles:\n\n{}\n", circles.join("\n\n"));
    }
}

#[test]
fn the_house_test_sees_circles() {
    let circles = |files: &[(&str, &str)]| {
        let module =
            |path: &str| path.split('/').filter(|step| !step.is_empty()).map(str::to_owned).collect();
        let sources = Sources::of(files.iter().map(|(path, code)| (module(path), tokens::read(code))));
        sources.circles().into_iter().flatten().map(|module| module.join("/")).collect::<Vec<_>>()
    };
    let none: [&str; 0] = [];
    let room = |b: &'static str| {
        [("a", "mod b; mod c; pub use b::B; struct A;"), ("a/b", b), ("a/c", "use super::B;")]
    };
    assert_eq!(circles(&room("fn f() { g(super::A); }")), none, "of a parent's own item");
    assert_eq!(circles(&room("fn f() { g::<super::c::C>(); }")), ["a/b", "a/c"], "through a re-export");
    assert_eq!(circles(&room("use super::{A, c}; fn f() { c::g(); }")), ["a/b", "a/c"], "through a module");
    assert_eq!(circles(&room("use super::c; fn f() { }")), none, "a module of which nothing is used");
    assert_eq!(circles(&room("#[cfg(test)] mod tests { use super::super::c::C; }")), none, "in tests");
    assert_eq!(
        circles(&room("mod inner { use super::super::c::C as D; }")),
        ["a/b", "a/c"],
        "in a module inside"
    );
    let rooms = [
        ("a", "mod b;"),
        ("a/b", "use crate::d::{e::{self, E}, f};"),
        ("d", "mod e;"),
        ("d/e", "use crate::a::b::B;"),
    ];
    assert_eq!(circles(&rooms), ["a/b", "d/e"]);
}
