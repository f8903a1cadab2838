//! What is known of requests: what stands outside of bodies and is kept.

use std::collections::HashSet;

/// What is kept outside of bodies.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// Segments of the paths of the API.
    segments: HashSet<String>,
    /// Names of parameters of the API.
    parameters: HashSet<String>,
    /// Names of headers that are kept with their values, in lower case.
    headers: HashSet<String>,
    /// Vendor members and comments of captures that are kept with their values.
    members: HashSet<String>,
}

/// A variable part of a path template.
const PART: char = '{';

impl Outside {
    /// Nothing is known but these paths, whose segments are kept: those in braces stand for any.
    #[must_use]
    pub fn new<'p>(paths: impl IntoIterator<Item = &'p str>) -> Self {
        let segments = paths.into_iter().flat_map(|path| path.split('/'));
        let literal = segments.filter(|segment| !segment.is_empty() && !segment.contains(PART));
        Self { segments: literal.map(str::to_owned).collect(), ..Self::default() }
    }

    /// The same with parameters of which numbers, words and the order that pages have are kept.
    #[must_use]
    pub fn parameters<'p>(mut self, names: impl IntoIterator<Item = &'p str>) -> Self {
        self.parameters.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// The same with headers that are kept with their values.
    #[must_use]
    pub fn keep_headers<'p>(mut self, names: impl IntoIterator<Item = &'p str>) -> Self {
        self.headers.extend(names.into_iter().map(str::to_ascii_lowercase));
        self
    }

    /// The same with vendor members (`_name`) and comments of HAR that are kept with their values.
    #[must_use]
    pub fn keep_members<'p>(mut self, names: impl IntoIterator<Item = &'p str>) -> Self {
        self.members.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// What is kept, but for vendor members and their values.
    pub(crate) fn texts(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().chain(&self.parameters).chain(&self.headers).map(String::as_str)
    }

    pub(super) fn has_segment(&self, segment: &str) -> bool {
        self.segments.contains(segment)
    }

    pub(super) fn has_parameter(&self, name: &str) -> bool {
        self.parameters.contains(name)
    }

    pub(super) fn keeps_header(&self, name: &str) -> bool {
        self.headers.contains(&name.to_ascii_lowercase())
    }

    pub(super) fn keeps_member(&self, name: &str) -> bool {
        self.members.contains(name)
    }
}
