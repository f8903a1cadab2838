//! The contract that a settings file describes.

use std::path::{Path, PathBuf};

use schemars::JsonSchema;
use serde::Deserialize;

/// A contract described in a settings file.
#[derive(Clone, Debug, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case")]
pub struct Described {
    /// The schema of a response: a file, JSON or YAML, relative to this one; `FILE#/definitions/X` is a part.
    pub schema: PathBuf,
    /// The name, as `--contract` takes it; `own` by default.
    pub name: Option<String>,
    pub version: Option<String>,
    /// The URL of an instance, with `{instance}` for its name.
    pub host: Option<String>,
    /// The method of its requests; GET by default.
    pub method: Option<String>,
    /// The path on any host; `{id}` is any one step of it.
    pub path: Option<String>,
    /// JSON Pointer to the items of a page.
    pub items: Option<String>,
    /// JSON Pointer to the object that says where a page is among the others.
    pub page_info: Option<String>,
    /// Members whose values are never shown.
    #[serde(default)]
    pub secrets: Vec<String>,
    pub paging: Option<Parameters>,
}

/// The query parameters for pages.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Parameters {
    pub page: Option<String>,
    pub count: Option<String>,
    pub cursor: Option<String>,
    pub per_page: Option<String>,
    pub query: Option<String>,
    pub sort: Option<String>,
}

/// The contract of a settings file.
#[derive(Clone, Debug)]
pub struct Own {
    pub described: Described,
    pub file: PathBuf,
    /// Whether a flag names the file.
    pub is_named: bool,
}

impl Own {
    pub fn new(described: Described, file: &Path, is_named: bool) -> Self {
        let folder = file.parent().unwrap_or(Path::new(""));
        let described = Described { schema: folder.join(&described.schema), ..described };
        Self { described, file: file.to_owned(), is_named }
    }

    /// Its name, as `--contract` takes it.
    pub fn name(&self) -> &str {
        self.described.name.as_deref().unwrap_or("own")
    }
}
