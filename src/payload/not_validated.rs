//! Reasons why a response was received and not validated.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::Payload;
use super::space::is_blank;
use crate::origin::Origin;

/// Why a response is neither valid nor invalid.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum NotValidated {
    /// Its status is not 2xx: the contract describes successful responses.
    HttpStatus,
    /// It has no body: status 204, 205 or 304, or nothing was recorded.
    NoBody,
    /// Its body was recorded in another file.
    BodyElsewhere,
    /// Its body is a part of one: status 206, with a range of bytes.
    PartialBody,
}

impl NotValidated {
    /// The name of the reason, as reports spell it.
    ///
    /// ```
    /// use clients_contract::payload::NotValidated;
    ///
    /// assert_eq!(NotValidated::HttpStatus.name(), "http-status");
    /// ```
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::HttpStatus => "http-status",
            Self::NoBody => "no-body",
            Self::BodyElsewhere => "body-elsewhere",
            Self::PartialBody => "partial-body",
        }
    }

    /// The reason in words.
    #[must_use]
    pub fn meaning(self) -> &'static str {
        match self {
            Self::HttpStatus => "the status is not 2xx",
            Self::NoBody => "the response has no body",
            Self::BodyElsewhere => "the body was recorded in another file",
            Self::PartialBody => "the body is a part of one (status 206)",
        }
    }

    /// The reason by the status alone. A file has no status.
    #[must_use]
    pub fn of_status(status: u16) -> Option<Self> {
        match status {
            204 | 205 | 304 => Some(Self::NoBody),
            200..=299 => None,
            _ => Some(Self::HttpStatus),
        }
    }
}

/// Responses that were not validated for one reason.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NotValidatedCount {
    /// The reason.
    pub reason: NotValidated,
    /// Number of responses.
    pub count: u64,
    /// The first of them.
    pub first: Origin,
}

impl NotValidatedCount {
    /// Counts one more response in a list that is sorted by reason.
    pub fn add(list: &mut Vec<Self>, reason: NotValidated, origin: &Origin) {
        match list.binary_search_by_key(&reason, |entry| entry.reason) {
            Ok(at) => list[at].count = list[at].count.saturating_add(1),
            Err(at) => list.insert(at, Self { reason, count: 1, first: origin.clone() }),
        }
    }

    /// Adds a list of other files. The result does not depend on the order.
    pub fn merge(list: &mut Vec<Self>, others: Vec<Self>) {
        for other in others {
            match list.binary_search_by_key(&other.reason, |entry| entry.reason) {
                Ok(at) => {
                    list[at].count = list[at].count.saturating_add(other.count);
                    if other.first < list[at].first {
                        list[at].first = other.first;
                    }
                }
                Err(at) => list.insert(at, other),
            }
        }
    }
}

impl Payload {
    /// Marks a recorded response that has no body.
    #[must_use]
    pub fn without_body(mut self) -> Self {
        self.missing = Some(NotValidated::NoBody);
        self
    }

    /// Marks a recorded response whose body is in another file.
    #[cfg(feature = "captures")]
    pub(super) fn with_body_elsewhere(mut self) -> Self {
        self.missing = Some(NotValidated::BodyElsewhere);
        self
    }

    /// A part of a body.
    #[cfg(feature = "live")]
    pub(crate) fn with_partial_body(mut self) -> Self {
        self.missing = Some(NotValidated::PartialBody);
        self
    }

    /// Why this payload is not validated, if it is not: a response with a status other than 2xx, or without
    /// a body. A file is always validated, an empty one too.
    ///
    /// ```
    /// use clients_contract::payload::NotValidated;
    /// use clients_contract::{Origin, Payload};
    ///
    /// let payload = |body: &str| Payload::new(Origin::file("a"), body.as_bytes().to_vec());
    /// assert_eq!(payload("{}").with_status(500).not_validated(), Some(NotValidated::HttpStatus));
    /// assert_eq!(payload("").with_status(200).not_validated(), Some(NotValidated::NoBody));
    /// assert_eq!(payload("{}").with_status(201).not_validated(), None);
    /// assert_eq!(payload("").not_validated(), None);
    /// ```
    #[must_use]
    pub fn not_validated(&self) -> Option<NotValidated> {
        if let Some(reason) = self.status.and_then(NotValidated::of_status) {
            return Some(reason);
        }
        let blank = || (self.status.is_some() && is_blank(self.bytes())).then_some(NotValidated::NoBody);
        self.missing.or_else(blank)
    }
}
