//! Which dynamic anchors count, by the way on which a schema was reached?
//!
//! `$dynamicRef` leads to the anchor of that name in the outermost resource on the way that has one. So a reference
//! is written with the outermost resource of every such name: `~node=2,meta=0~URI#POINTER`. Only names that occur
//! in several resources are written, and each but once: there are few scopes, and most references have none.

use std::collections::BTreeMap;
use std::fmt::Write;

/// Where each dynamic anchor is, by its name and the number of its resource.
pub(super) type Anchors = BTreeMap<String, BTreeMap<usize, String>>;

/// The outermost resource that has the anchor, by the anchor's name.
pub(super) struct Scope<'d> {
    anchors: &'d Anchors,
    outermost: BTreeMap<&'d str, usize>,
}

impl<'d> Scope<'d> {
    /// The scope of a reference, and the reference without it.
    pub(super) fn of<'r>(reference: &'r str, anchors: &'d Anchors) -> (Self, &'r str) {
        let mut scope = Self { anchors, outermost: BTreeMap::new() };
        let written = reference.strip_prefix('~').and_then(|rest| rest.split_once('~'));
        let Some((written, plain)) = written else { return (scope, reference) };
        for (name, resource) in written.split(',').filter_map(|one| one.split_once('=')) {
            if let (Some((name, _)), Ok(resource)) = (anchors.get_key_value(name), resource.parse()) {
                scope.outermost.insert(name, resource);
            }
        }
        (scope, plain)
    }

    /// Comes into a resource.
    pub(super) fn enter(&mut self, resource: usize) {
        let shared = self.anchors.iter().filter(|(_, places)| places.len() > 1);
        for (name, _) in shared.filter(|(_, places)| places.contains_key(&resource)) {
            self.outermost.entry(name).or_insert(resource);
        }
    }

    /// Where the anchor of that name is, if it is in several resources.
    pub(super) fn target(&self, name: &str) -> Option<&'d str> {
        let resource = self.outermost.get(name)?;
        Some(self.anchors.get(name)?.get(resource)?)
    }

    /// Every anchor's name and where it is.
    pub(super) fn targets(&self) -> impl Iterator<Item = (&'d str, &'d str)> {
        self.outermost.keys().filter_map(|name| Some((*name, self.target(name)?)))
    }

    /// The reference with this scope.
    pub(super) fn around(&self, plain: &str) -> String {
        if self.outermost.is_empty() {
            return plain.to_owned();
        }
        let mut reference = String::new();
        for (name, resource) in &self.outermost {
            let before = if reference.is_empty() { '~' } else { ',' };
            let _ = write!(reference, "{before}{name}={resource}");
        }
        reference + "~" + plain
    }
}
