//! What is known of requests: what stands outside of bodies and is kept.

use std::collections::HashSet;

use percent_encoding::percent_decode_str;

/// What is kept outside of bodies.
#[derive(Clone, Debug, Default)]
pub struct Outside {
    /// The paths of the API.
    templates: Vec<String>,
    /// Their segments, decoded.
    segments: HashSet<String>,
    /// Names of parameters of the API.
    parameters: HashSet<String>,
    /// Names of those whose values are numbers.
    numbers: HashSet<String>,
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
        let templates: Vec<String> = paths.into_iter().map(str::to_owned).collect();
        let segments = templates.iter().flat_map(|path| path.split('/'));
        let literal = segments.filter(|segment| !segment.is_empty() && !segment.contains(PART));
        let decoded = literal.map(|segment| percent_decode_str(segment).decode_utf8_lossy().into_owned());
        Self { segments: decoded.collect(), templates, ..Self::default() }
    }

    /// The same with parameters of which the names, `true`, `false` and the order that pages have are kept.
    #[must_use]
    pub fn parameters<'p>(mut self, names: impl IntoIterator<Item = &'p str>) -> Self {
        self.parameters.extend(names.into_iter().map(str::to_owned));
        self
    }

    /// The same with parameters whose values are small numbers, which are kept.
    #[must_use]
    pub fn numeric_parameters<'p>(mut self, names: impl IntoIterator<Item = &'p str>) -> Self {
        self.numbers.extend(names.into_iter().map(str::to_owned));
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

    /// Paths of the API, with braces around what varies.
    pub(super) fn templates(&self) -> impl Iterator<Item = &str> {
        self.templates.iter().map(String::as_str)
    }

    /// Segments of the paths of the API.
    pub(super) fn segments(&self) -> impl Iterator<Item = &str> {
        self.segments.iter().map(String::as_str)
    }

    pub(super) fn is_numeric(&self, parameter: &str) -> bool {
        self.numbers.contains(parameter)
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
