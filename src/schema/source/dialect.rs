//! Dialects of schemas.

use serde_json::{Value, json};

use crate::error::named;

/// A dialect of JSON Schema.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Dialect {
    /// Draft-04.
    Draft4,
    /// Draft-06.
    Draft6,
    /// Draft-07.
    Draft7,
    /// Draft 2019-09.
    Draft201909,
    /// Draft 2020-12.
    Draft202012,
    /// Schema objects of Swagger (`OpenAPI`) 2.0.
    Swagger20,
    /// Schema objects of `OpenAPI` 3.0.
    OpenApi30,
    /// Schema objects of `OpenAPI` 3.1 and later: draft 2020-12 with more annotations.
    OpenApi31,
}

impl Dialect {
    /// Every dialect.
    pub const ALL: &'static [Self] = &[
        Self::Draft4,
        Self::Draft6,
        Self::Draft7,
        Self::Draft201909,
        Self::Draft202012,
        Self::Swagger20,
        Self::OpenApi30,
        Self::OpenApi31,
    ];

    /// The name, as [`FromStr`](std::str::FromStr) takes it.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Draft4 => "draft-04",
            Self::Draft6 => "draft-06",
            Self::Draft7 => "draft-07",
            Self::Draft201909 => "2019-09",
            Self::Draft202012 => "2020-12",
            Self::Swagger20 => "swagger-2.0",
            Self::OpenApi30 => "openapi-3.0",
            Self::OpenApi31 => "openapi-3.1",
        }
    }

    /// The `$schema` that means this dialect; `None` where it is that of a schema without one.
    fn metaschema(self) -> Option<&'static str> {
        match self {
            Self::Draft4 => Some("http://json-schema.org/draft-04/schema#"),
            Self::Draft6 => Some("http://json-schema.org/draft-06/schema#"),
            Self::Draft7 => Some("http://json-schema.org/draft-07/schema#"),
            Self::Draft201909 => Some("https://json-schema.org/draft/2019-09/schema"),
            Self::Draft202012 | Self::Swagger20 | Self::OpenApi30 | Self::OpenApi31 => None,
        }
    }

    /// The dialect of `OpenAPI` that a `$schema` means.
    pub(super) fn of_open_api(metaschema: &str) -> Option<Self> {
        let version = metaschema.strip_prefix("https://spec.openapis.org/oas/")?;
        let (version, kind) = version.split_once('/')?;
        match version {
            "3.0" if kind.starts_with("dialect") => Some(Self::OpenApi30),
            "3.1" | "3.2" if kind.starts_with("dialect") => Some(Self::OpenApi31),
            _ => None,
        }
    }

    /// Declares this dialect in a document.
    pub(super) fn declare(self, document: &mut Value) {
        if let Some(members) = document.as_object_mut() {
            match self.metaschema() {
                Some(metaschema) => drop(members.insert("$schema".to_owned(), json!(metaschema))),
                None => drop(members.remove("$schema")),
            }
        }
    }
}

named!(Dialect, "dialect", ParseDialectError);
