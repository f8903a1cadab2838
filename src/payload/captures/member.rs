//! Conditions on a member that identify a capture format.

/// What a member must be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Is {
    /// Anything but null.
    There,
    Object,
    Array,
    Number,
    Text,
    /// A text that begins like this.
    Begins(&'static str),
    /// A text that has this in it.
    Holds(&'static str),
    /// One of these texts, in any case.
    OneOf(&'static [&'static str]),
    /// The status of an HTTP response.
    Status,
    /// Anything else, but not null.
    Not(&'static Is),
}

/// What is known of a value: of a text or a number not its content at first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) enum Seen<'t> {
    Object,
    Array,
    Bool,
    Number(Option<f64>),
    Text(Option<&'t str>),
}

impl Is {
    /// Whether the content of a text or a number matters.
    pub(super) fn compares(self) -> bool {
        match self {
            Self::There | Self::Object | Self::Array | Self::Number | Self::Text => false,
            Self::Begins(_) | Self::Holds(_) | Self::OneOf(_) | Self::Status => true,
            Self::Not(is) => is.compares(),
        }
    }

    pub(super) fn fits(self, seen: Seen<'_>) -> bool {
        match (self, seen) {
            (Self::There, _)
            | (Self::Object, Seen::Object)
            | (Self::Array, Seen::Array)
            | (Self::Number, Seen::Number(_))
            | (Self::Text, Seen::Text(_)) => true,
            (Self::Begins(wanted), Seen::Text(Some(text))) => text.starts_with(wanted),
            (Self::Holds(wanted), Seen::Text(Some(text))) => text.contains(wanted),
            (Self::OneOf(wanted), Seen::Text(Some(text))) => {
                wanted.iter().any(|wanted| text.eq_ignore_ascii_case(wanted))
            }
            (Self::Status, Seen::Number(Some(number))) => (100.0..600.0).contains(&number),
            (Self::Not(is), Seen::Text(None) | Seen::Number(None)) => !is.compares() && !is.fits(seen),
            (Self::Not(is), _) => !is.fits(seen),
            _ => false,
        }
    }
}

/// Members any of which will do: a path of keys, `*` for the items of an array, and what is there. All of
/// them are about the same item.
pub(super) type AnyOf = &'static [(&'static str, Is)];

pub(super) const METHOD: Is = Is::OneOf(&[
    "GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "TRACE", "CONNECT", "QUERY", "PURGE",
    "PROPFIND", "ANY",
]);
pub(super) const PATH: Is = Is::Begins("/");
