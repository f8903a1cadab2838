//! Options for reading inputs.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::limit::DEFAULT_MAX_BODY;
use super::stream::{Bounds, HELD};
use super::{Input, Selection};
use crate::error::Error;
use crate::origin::Origin;

/// How to read.
#[derive(Clone, Debug)]
pub struct Options {
    /// What the input holds; name and content tell without it.
    pub input: Option<Input>,
    /// Which entries of a capture are meant; all without it.
    pub selection: Option<Selection>,
    /// The most bytes of one decoded body ([`DEFAULT_MAX_BODY`]), and of white space between two. What is larger is a
    /// problem, not a matter of memory.
    pub max_body: u64,
    /// Whether bodies are given as [`Item::Large`](super::Item::Large) that are larger than anybody wants to hold, a few megabytes. Those that
    /// lie in their file as they are may then be of any size, unless another limit than the default one is set.
    pub pass_large: bool,
    /// Is asked before a file is read that a capture names as a body. Its error stands in place of the body.
    pub before_beside: BeforeBeside,
}

/// See [`Options::before_beside`]; it allows every file by default.
#[derive(Clone, Default)]
pub struct BeforeBeside(Option<Arc<Allow>>);

type Allow = dyn Fn(&Path) -> Result<(), Error> + Send + Sync;

impl BeforeBeside {
    /// Asks `allow`.
    #[must_use]
    pub fn new(allow: impl Fn(&Path) -> Result<(), Error> + Send + Sync + 'static) -> Self {
        Self(Some(Arc::new(allow)))
    }

    #[cfg_attr(not(feature = "captures"), expect(dead_code, reason = "nothing beside a capture is read"))]
    pub(super) fn ask(&self, path: &Path) -> Result<(), Error> {
        self.0.as_ref().map_or(Ok(()), |allow| allow(path))
    }
}

impl fmt::Debug for BeforeBeside {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BeforeBeside").finish_non_exhaustive()
    }
}

impl Options {
    /// How much of a body is held at most, and how large it may be.
    pub(super) fn bounds(&self, origin: &Origin) -> Bounds {
        let unlimited = self.pass_large && origin.is_verbatim() && self.max_body == DEFAULT_MAX_BODY;
        let max = if unlimited { u64::MAX } else { self.max_body };
        Bounds { held: if self.pass_large { HELD.min(self.max_body) } else { self.max_body }, max }
    }
}

impl Default for Options {
    fn default() -> Self {
        Self {
            input: None,
            selection: None,
            max_body: DEFAULT_MAX_BODY,
            pass_large: false,
            before_beside: BeforeBeside::default(),
        }
    }
}
