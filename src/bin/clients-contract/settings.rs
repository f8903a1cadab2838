//! Settings files, and which of their values apply.

use std::collections::BTreeMap;
use std::env;
use std::error::Error as _;
use std::ffi::{OsStr, OsString};
use std::num::{NonZeroU32, NonZeroU64, NonZeroUsize};
use std::path::{Path, PathBuf};
use std::sync::LazyLock;

use clap::error::{ContextKind, ContextValue, ErrorKind as Refusal};
use clap::parser::ValueSource;
use clap::{Arg, ArgMatches, Command};
use clients_contract::finding::did_you_mean;
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::schema::TomlSchema;
use clients_contract::untrusted::path_text;
use clients_contract::{Error, ErrorKind, Rule, Severity};
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::Value;

use crate::described::{Described, Own};
use crate::output::FILES;
use crate::settings_text::{Text, unknown, unknown_key};

/// The name under which settings are looked for.
const NAME: &str = "clients-contract.toml";

/// The keys of a settings file. Every key except `rules` is the name of a flag, which defines its values and
/// its meaning; the setting is the default value of the flag. `rules` sets `--severity`.
///
/// Of a live instance they say only how it is asked: a file that is found by itself must not say where the
/// key comes from, who may see it, or what is written.
#[derive(Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
struct Keys {
    /// The JSON Schema of this file, for editors.
    #[serde(rename = "$schema")]
    schema_uri: Option<String>,
    input: Option<String>,
    url_path: Option<OneOrMore>,
    max_body: Option<Bytes>,
    schema: Option<PathBuf>,
    contract: Option<Named>,
    envelope: Option<OneOrMore>,
    format: Option<String>,
    report: Vec<String>,
    fail_on: Option<String>,
    show_values: Option<bool>,
    max_findings: Option<usize>,
    min_severity: Option<String>,
    max_depth: Option<usize>,
    baseline: Option<PathBuf>,
    engine: Option<String>,
    jobs: Option<NonZeroUsize>,
    progress: Option<String>,
    query: Option<String>,
    sort: Option<String>,
    count: Option<NonZeroU32>,
    page: Option<NonZeroU64>,
    max_pages: Option<NonZeroU64>,
    paging: Option<String>,
    rate_limit: Option<String>,
    retries: Option<u32>,
    retry_delay: Option<String>,
    max_wait: Option<String>,
    timeout: Option<String>,
    since: Option<PathBuf>,
    min_sample: Option<NonZeroU64>,
    min_coverage: Option<u64>,
    /// What `redact` keeps.
    redact: Redact,
    /// Severity of the findings of a rule, or `off`.
    rules: BTreeMap<String, String>,
}

/// What `redact` keeps, and what it does with fields.
#[derive(Clone, Debug, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields, rename_all = "kebab-case", default)]
pub struct Redact {
    /// Headers that are kept with their values, beside the usual ones.
    pub keep_headers: Vec<String>,
    /// Comments and vendor members (`_name`) of captures that are kept with their values.
    pub keep_members: Vec<String>,
    /// What is done with fields: patterns such as `courses/*/title`, each with `keep`, `mask`, `fake` or another
    /// treatment that `redact --explain` prints.
    pub fields: BTreeMap<String, String>,
}

/// The table that describes a contract.
#[derive(Debug, Deserialize)]
struct WithContract {
    contract: Described,
}

/// The name of a contract, or its description.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(
    untagged,
    expecting = "expected the name of a contract, or a table with `schema` and only known keys"
)]
#[expect(dead_code, reason = "says what is allowed")]
enum Named {
    Name(String),
    Described(Box<Described>),
}

/// A text, or a list of texts.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a string or an array of strings")]
#[expect(dead_code, reason = "says what is allowed")]
enum OneOrMore {
    One(String),
    More(Vec<String>),
}

/// A number of bytes, or a text of one with its unit.
#[derive(Debug, Deserialize, JsonSchema)]
#[serde(untagged, expecting = "expected a number of bytes, or a string of one with its unit")]
#[expect(dead_code, reason = "says what is allowed")]
enum Bytes {
    Number(u64),
    Text(String),
}

/// Keys whose paths are relative to the settings file.
const BESIDE: [&str; 3] = ["schema", "baseline", "since"];

/// Keys that commands take which report no findings: with another meaning, they have some flags of the
/// others.
const OF_CONTRACT: [&str; 3] = ["contract", "envelope", "schema"];

/// Keys that some commands do not take, although they have the flag: the baseline is one of payloads.
const EXCEPT: [(&str, &str); 1] = [("diff", "baseline")];

/// A rule and its configured severity; `off` is `None`.
pub type Decision = (&'static Rule, Option<Severity>);

/// The settings of a file.
pub struct Settings {
    pub file: PathBuf,
    pub rules: Vec<Decision>,
    /// The contract that the file describes.
    pub own: Option<Own>,
    /// What `redact` keeps.
    pub redact: Redact,
    /// Keys, and their values as the flag takes them.
    values: Vec<(String, Vec<OsString>)>,
    text: Text,
}

impl Settings {
    /// Reads the settings in force for a command: the file that it names, or the nearest one from here up to
    /// the root of the repository. `None` where there are none, or the command takes none.
    pub fn of(given: &ArgMatches, command: fn() -> Command) -> Result<Option<Self>, Error> {
        let Ok(Some(none)) = given.try_get_one::<bool>("no_settings") else { return Ok(None) };
        let named = given.try_get_one("settings").ok().flatten().cloned();
        let is_named = named.is_some();
        let file = named.or_else(nearest).filter(|_| !none);
        file.map(|file| Self::read(file, is_named, command)).transpose()
    }

    fn read(file: PathBuf, is_named: bool, command: fn() -> Command) -> Result<Self, Error> {
        FILES.protect(&file);
        let name = path_text(&file).into_owned();
        let text = String::from_utf8(files::read(&file, MAX_TEXT, ErrorKind::Usage)?)
            .map_err(|error| Error::new(ErrorKind::Usage, &name, "cannot be read").because(error))?;
        let text = Text::new(name, text)?;
        let refused = |error: toml::de::Error| {
            let refused = text.refused(&error);
            let known = unknown_key(error.message()).and_then(|key| unknown(key, &KEYS, &command()));
            let message =
                known.unwrap_or_else(|| refused.message().replacen("unknown field", "unknown key", 1));
            Error::new(ErrorKind::Usage, refused.subject(), message)
        };
        let table: toml::Table = toml::from_str(text.as_str()).map_err(refused)?;
        let mut own = None;
        if let Some(toml::Value::Table(_)) = table.get("contract") {
            // As one of several forms, it would be refused without the name of the key.
            let described = toml::from_str::<WithContract>(text.as_str());
            let described = described.map_err(|error| text.refused(&error))?.contract;
            own = Some(Own::new(described, &file, is_named));
        }
        let redact = toml::from_str::<Keys>(text.as_str()).map_err(refused)?.redact;
        let mut settings = Self { file, rules: Vec::new(), own, redact, values: Vec::new(), text };
        for (key, value) in table {
            match value {
                toml::Value::Table(_) if key == "contract" || key == "redact" => {}
                toml::Value::Table(rules) => settings.rules = settings.decisions(&rules)?,
                toml::Value::Boolean(false) => {}
                _ if key == "$schema" => {}
                toml::Value::Array(values) => {
                    let values = values.iter().map(|value| text_of(value).into()).collect();
                    settings.values.push((key, values));
                }
                value => settings.values.push((key, vec![text_of(&value).into()])),
            }
        }
        let has = |key: &str| settings.values.iter().any(|(known, _)| known == key);
        if has("schema") && (has("contract") || settings.own.is_some()) {
            let what = "cannot be used with `contract`, which has its own schema";
            return Err(settings.text.wrong("schema", what));
        }
        let folder = settings.file.parent().unwrap_or(Path::new(""));
        for (_, values) in settings.values.iter_mut().filter(|(key, _)| BESIDE.contains(&&**key)) {
            for value in values {
                *value = folder.join(&*value).into();
            }
        }
        Ok(settings)
    }

    /// The rules of the file.
    fn decisions(&self, rules: &toml::Table) -> Result<Vec<Decision>, Error> {
        let decided = |(id, level): (&String, &toml::Value)| {
            let wrong = |message: String| self.text.wrong(&format!("rules.{id}"), &message);
            decision(id, &text_of(level)).map_err(wrong)
        };
        rules.iter().map(decided).collect()
    }

    /// The command line with these settings as default values of the flags of a command.
    pub fn as_defaults(
        &self,
        mut command: Command,
        name: &str,
        given: &ArgMatches,
    ) -> Result<Command, Error> {
        for (key, values) in &self.values {
            let Some(arg) = command.get_subcommands().find_map(|command| flag(command, key)) else {
                continue;
            };
            values
                .iter()
                .try_for_each(|value| checked(arg, value).map_err(|what| self.text.wrong(key, &what)))?;
            let Some(arg) = command.find_subcommand(name).and_then(|command| flag(command, key)) else {
                continue;
            };
            let id = arg.get_id().clone();
            let is_given = is_on_command_line(given, id.as_str());
            let is_unused = arg.get_help_heading() == Some(LIVE) && !is_live(given);
            // A contract has a schema of its own.
            let other = [("schema", "contract"), ("contract", "schema")].iter().find(|(one, _)| one == key);
            let is_replaced = other.is_some_and(|(_, other)| is_on_command_line(given, other));
            if is_given || is_unused || is_replaced || EXCEPT.contains(&(name, key)) {
                continue;
            }
            self.may_write(key, values, given)?;
            // The command line wants what lives as long as it does.
            let values: Vec<&'static OsStr> = values.iter().map(|value| &*value.clone().leak()).collect();
            command =
                command.mut_subcommand(name, |command| command.mut_arg(id, |arg| arg.default_values(values)));
        }
        Ok(command)
    }

    /// Refuses a file to write outside the folder of the settings: they may come with somebody else's
    /// repository.
    fn may_write(&self, key: &str, values: &[OsString], given: &ArgMatches) -> Result<(), Error> {
        let folder = self.file.parent().filter(|folder| !folder.as_os_str().is_empty());
        let folder = folder.unwrap_or(Path::new(".")).canonicalize().ok();
        for value in values {
            let path = match key {
                "report" => {
                    value.to_str().and_then(|text| text.split_once('=')).map(|(_, path)| Path::new(path))
                }
                "baseline" if given.get_flag("prune_baseline") => Some(Path::new(value)),
                _ => None,
            };
            let Some(path) = path else { continue };
            let inside =
                files::real(path).zip(folder.as_ref()).is_some_and(|(path, folder)| path.starts_with(folder));
            if !inside {
                let what = format!("outside the folder of the settings file: pass --{key} to write there");
                return Err(self.text.wrong(key, &format!("{} is {what}", path_text(path))));
            }
        }
        Ok(())
    }
}

/// The heading of the flags of a live instance.
pub const LIVE: &str = "Live instance";

/// Whether an argument is given, there or in the environment.
fn is_on_command_line(given: &ArgMatches, id: &str) -> bool {
    given.try_contains_id(id).is_ok()
        && given.value_source(id).is_some_and(|source| source != ValueSource::DefaultValue)
}

/// Whether there is an instance among the inputs.
fn is_live(given: &ArgMatches) -> bool {
    let paths = given.try_get_many::<PathBuf>("paths").ok().flatten();
    given.try_contains_id("instance").unwrap_or_default()
        || paths.into_iter().flatten().any(|path| is_url(path))
}

/// Whether a path is the URL of an instance.
pub fn is_url(path: &Path) -> bool {
    path.to_str().is_some_and(|text| text.starts_with("http://") || text.starts_with("https://"))
}

/// The flag of a key, where the command takes settings and has it.
fn flag<'c>(command: &'c Command, key: &str) -> Option<&'c Arg> {
    command.get_arguments().find(|arg| arg.get_id() == "no_settings")?;
    // The table is not the flag of this name.
    if key == "redact" {
        return None;
    }
    let reports = command.get_arguments().any(|arg| arg.get_id() == "fail_on");
    if !reports && !OF_CONTRACT.contains(&key) {
        return None;
    }
    command.get_arguments().find(|arg| arg.get_long() == Some(key))
}

fn text_of(value: &toml::Value) -> String {
    value.as_str().map_or_else(|| value.to_string(), str::to_owned)
}

/// Checks a value as the flag does.
fn checked(arg: &Arg, value: &OsStr) -> Result<(), String> {
    if !arg.get_action().takes_values() {
        return Ok(());
    }
    let parser = arg.get_value_parser().clone();
    let probe = Arg::new("value").long("value").value_parser(parser).ignore_case(arg.is_ignore_case_set());
    let command = Command::new("settings").no_binary_name(true).arg(probe);
    let mut argument = OsString::from("--value=");
    argument.push(value);
    let Err(error) = command.try_get_matches_from([argument]) else { return Ok(()) };
    let value = value.to_string_lossy();
    Err(match (error.kind(), error.get(ContextKind::ValidValue)) {
        (Refusal::InvalidValue, Some(ContextValue::Strings(names))) => {
            let names: Vec<&str> = names.iter().map(String::as_str).collect();
            format!("`{value}` is unknown; expected {}{}", names.join(", "), did_you_mean(&value, names))
        }
        _ => error.source().map_or_else(|| error.kind().to_string(), ToString::to_string),
    })
}

/// The keys and their types.
static KEYS: LazyLock<TomlSchema> = LazyLock::new(TomlSchema::of::<Keys>);

/// The settings that a command takes, for its help.
pub fn help(command: &Command) -> Option<String> {
    let is_taken = |key: &&str| !EXCEPT.contains(&(command.get_name(), key));
    let keys = KEYS.keys().filter(|key| flag(command, key).is_some()).filter(is_taken);
    let flags: Vec<String> = keys.map(|key| format!("--{key}")).collect();
    let all = flags.join(", ");
    let has_rules = command.get_arguments().any(|arg| arg.get_id() == "severity");
    let rules = if has_rules { "; the table [rules] sets --severity" } else { "" };
    let help = format!("Settings: {NAME} can set defaults for {all}{rules}.");
    (!flags.is_empty()).then_some(help)
}

/// The JSON Schema of a settings file. Descriptions and values are those of the flags.
pub fn schema(command: &Command) -> Value {
    let mut schema = KEYS.clone();
    schema.identify("urn:clients-contract:settings", NAME, "Default values of flags");
    for key in KEYS.keys() {
        let Some(arg) = command.get_subcommands().find_map(|command| flag(command, key)) else { continue };
        let values = arg.get_possible_values().into_iter().filter(|_| arg.get_action().takes_values());
        let values = values.map(|value| value.get_name().into()).collect();
        schema.describe(key, arg.get_help().map(ToString::to_string), values);
    }
    let levels = || ["error", "warning", "info", "off"].map(Value::from).to_vec();
    let rules = clients_contract::rules().map(|rule| (rule.id.to_owned(), rule.summary.to_owned(), levels()));
    schema.list("rules", rules);
    schema.into_value()
}

/// Reads the severity of a rule.
pub fn decision(id: &str, level: &str) -> Result<Decision, String> {
    let rule = id.parse::<&Rule>().map_err(|error| error.to_string())?;
    let severity = match level.to_ascii_lowercase().as_str() {
        "off" => None,
        level => Some(level.parse::<Severity>()),
    };
    let severity = severity.transpose();
    Ok((
        rule,
        severity.map_err(|_| format!("unknown level `{level}`; expected error, warning, info or off"))?,
    ))
}

/// From here upward, no further than the folder that holds `.git`; only here outside a repository.
fn nearest() -> Option<PathBuf> {
    let here = env::current_dir().ok()?;
    let repository = here.ancestors().find(|folder| folder.join(".git").exists());
    let last = repository.unwrap_or(&here);
    let within = here.ancestors().take_while(|folder| folder.starts_with(last));
    within.map(|folder| folder.join(NAME)).find(|file| file.is_file())
}
