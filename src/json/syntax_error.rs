//! Why a text is not JSON.

/// Why there is no JSON value, and where the text goes wrong.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct SyntaxError {
    pub(crate) kind: SyntaxErrorKind,
    pub(crate) offset: usize,
    pub(crate) what: String,
}

impl SyntaxError {
    /// A text in an encoding of this name.
    pub(crate) fn encoding(name: &str) -> Self {
        let what = format!("not JSON: encoded in {name}; JSON is UTF-8");
        Self { kind: SyntaxErrorKind::NotJson, offset: 0, what }
    }

    /// A value that is nested too deeply.
    pub(crate) fn too_deep(offset: usize, max_depth: usize) -> Self {
        let what = format!("nested more than {max_depth} levels deep");
        Self { kind: SyntaxErrorKind::TooDeep, offset, what }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum SyntaxErrorKind {
    NotJson,
    Truncated,
    TooDeep,
}

/// Half a pair of `\\u` escapes.
pub(super) fn lone_surrogate(offset: usize) -> SyntaxError {
    let what = "not JSON: unpaired surrogate in a `\\u` escape".to_owned();
    SyntaxError { kind: SyntaxErrorKind::NotJson, offset, what }
}

/// Bytes that are no text, or the beginning of a character that was cut off.
pub(super) fn not_utf8((offset, cut): (usize, bool)) -> SyntaxError {
    if cut {
        let what = "ends inside a UTF-8 sequence".to_owned();
        return SyntaxError { kind: SyntaxErrorKind::Truncated, offset, what };
    }
    let what = "not JSON: invalid UTF-8".to_owned();
    SyntaxError { kind: SyntaxErrorKind::NotJson, offset, what }
}
