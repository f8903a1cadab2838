//! Which settings are in force?

use std::collections::BTreeMap;
use std::env;
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};

use clients_contract::finding::baseline::{toml_error, unknown_rule};
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind, Rule, Severity};
use serde::Deserialize;

use crate::commands::OwnContract;
use crate::output::FILES;

/// The name under which settings are looked for.
const NAME: &str = "clients-contract.toml";

/// What a settings file may say; every key is also a flag, which wins.
#[derive(Debug, Default, Deserialize)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Settings {
    pub input: Option<String>,
    /// `[METHOD ]PATH`, or a list of them.
    pub url_path: Option<OneOrMore>,
    /// A number of bytes, or a text of one with its unit.
    pub max_body: Option<toml::Value>,
    pub schema: Option<PathBuf>,
    /// The name of a contract, or a description of one.
    pub contract: Option<OwnContract>,
    pub format: Option<String>,
    /// `FORMAT=FILE`, as `--report` takes it; files lie where the tool is run, inside the folder of the settings.
    pub report: Vec<String>,
    pub fail_on: Option<String>,
    pub show_values: Option<bool>,
    pub max_findings: Option<usize>,
    pub min_severity: Option<String>,
    pub max_depth: Option<usize>,
    pub baseline: Option<PathBuf>,
    pub engine: Option<String>,
    pub jobs: Option<NonZeroUsize>,
    pub progress: Option<String>,
    // Of a live instance only how it is asked: a file that is found by itself must not say where the key comes from, who
    // may see it, or what is written.
    pub query: Option<String>,
    pub sort: Option<String>,
    pub count: Option<NonZeroU32>,
    pub page: Option<NonZeroU64>,
    pub max_pages: Option<NonZeroU64>,
    pub paging: Option<String>,
    pub rate_limit: Option<String>,
    pub retries: Option<u32>,
    pub retry_delay: Option<String>,
    pub max_wait: Option<String>,
    pub timeout: Option<String>,
    /// A profile of earlier traffic.
    pub since: Option<PathBuf>,
    pub min_sample: Option<NonZeroU64>,
    pub min_coverage: Option<u64>,
    /// Severity by rule, or `off`.
    pub rules: BTreeMap<String, String>,
    /// The file they came from.
    #[serde(skip)]
    pub file: Option<PathBuf>,
}

/// A text, or a list of texts.
#[derive(Debug, Deserialize)]
#[serde(untagged, expecting = "expected a string or an array of strings")]
pub enum OneOrMore {
    One(String),
    More(Vec<String>),
}

impl OneOrMore {
    /// All of them.
    pub fn all(&self) -> &[String] {
        match self {
            Self::One(text) => std::slice::from_ref(text),
            Self::More(texts) => texts,
        }
    }
}

impl Settings {
    /// Reads the settings in force: the named file, or the nearest one from here up to the root of
    /// the repository, or none.
    pub fn load(named: Option<&Path>, none: bool) -> Result<Self, Error> {
        let file = match named {
            _ if none => None,
            Some(path) => Some(path.to_owned()),
            None => nearest(),
        };
        let Some(file) = file else { return Ok(Self::default()) };
        FILES.protect(&file);
        let name = path_text(&file).into_owned();
        let text = String::from_utf8(files::read(&file, MAX_TEXT, ErrorKind::Usage)?)
            .map_err(|error| Error::new(ErrorKind::Usage, &name, "cannot be read").because(error))?;
        let mut settings: Self = toml::from_str(&text).map_err(|error| toml_error(&name, &text, &error))?;
        let folder = file.parent().unwrap_or(Path::new("")).to_owned();
        let own = settings.contract.as_mut().and_then(OwnContract::schema_mut);
        let paths = [&mut settings.schema, &mut settings.baseline, &mut settings.since];
        for path in paths.into_iter().flatten().chain(own) {
            *path = folder.join(&*path);
        }
        settings.file = Some(file);
        Ok(settings)
    }

    /// Refuses a file to write outside the folder of the settings: they may come with somebody else's repository.
    pub fn may_write(&self, key: &str, path: &Path) -> Result<(), Error> {
        let settings = self.file.as_deref().unwrap_or(Path::new(NAME));
        let folder = settings.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
        let inside = files::real(path).zip(folder).is_some_and(|(path, folder)| path.starts_with(folder));
        if inside {
            return Ok(());
        }
        let what = "is outside the folder of the settings file: write there by the flag";
        Err(self.wrong(key, format!("{} {what} --{key}", path_text(path))))
    }

    /// What is wrong with the value of a key.
    pub fn wrong(&self, key: &str, message: String) -> Error {
        let file = path_text(self.file.as_deref().unwrap_or(Path::new(NAME)));
        Error::new(ErrorKind::Usage, format!("{file}: {key}"), message)
    }

    /// What the file says of rules.
    pub fn severities(&self) -> Result<Vec<(&'static Rule, Option<Severity>)>, Error> {
        let decided = |(id, level): (&String, &String)| {
            decision(id, level).map_err(|message| self.wrong("rules", message))
        };
        self.rules.iter().map(decided).collect()
    }
}

/// A rule and what somebody decided on its severity; `off` is `None`.
pub fn decision(id: &str, level: &str) -> Result<(&'static Rule, Option<Severity>), String> {
    let rule = clients_contract::rules().find(|rule| rule.id == id).ok_or_else(|| {
        let ids: Vec<&str> = clients_contract::rules().map(|rule| rule.id).collect();
        unknown_rule(id, &ids)
    })?;
    let severity = match level.to_ascii_lowercase().as_str() {
        "error" => Some(Severity::Error),
        "warning" => Some(Severity::Warning),
        "info" => Some(Severity::Info),
        "off" => None,
        _ => return Err(format!("`{level}` is none of error, warning, info and off")),
    };
    Ok((rule, severity))
}

/// From here upward, no further than the folder that holds `.git`; only here outside a repository.
fn nearest() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    let repository = here.ancestors().find(|folder| folder.join(".git").exists());
    let last = repository.unwrap_or(&here);
    let within = here.ancestors().take_while(|folder| folder.starts_with(last));
    within.map(|folder| folder.join(NAME)).find(|file| file.is_file())
}
