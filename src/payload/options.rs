//! Options for reading inputs.

use std::fmt;
use std::path::Path;
use std::sync::Arc;

use super::limit::DEFAULT_MAX_BODY;
use super::stream::{Bounds, HELD};
use super::{Input, Selection};
use crate::error::Error;
use crate::origin::Origin;

/// Options for reading.
#[derive(Clone, Debug)]
pub struct Options {
    /// The format of the input; detected from name and content without it.
    pub input: Option<Input>,
    /// The entries of a capture to read; all without it.
    pub selection: Option<Selection>,
    /// Maximum size of one decoded body in bytes ([`DEFAULT_MAX_BODY`]), and of white space between two. A
    /// larger one is a problem.
    pub max_body: u64,
    /// Whether bodies of more than a few megabytes are given as [`Item::Large`](super::Item::Large). Those
    /// that lie in their file as they are may then be of any size, unless another limit than the default one
    /// is set.
    pub pass_large: bool,
    /// Called before a file is read that a capture names as a body. An error is reported in place of the
    /// body.
    pub before_beside: BeforeBeside,
}

/// See [`Options::before_beside`]; it allows every file by default.
#[derive(Clone, Default)]
pub struct BeforeBeside(Option<Arc<Allow>>);

type Allow = dyn Fn(&Path) -> Result<(), Error> + Send + Sync;

impl BeforeBeside {
    /// Calls `allow`.
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
