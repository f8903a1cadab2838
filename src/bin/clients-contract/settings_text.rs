//! The text of a settings file, with the locations of its keys.

use std::ops::Range;

use clap::Command;
use clients_contract::finding::baseline::toml_error;
use clients_contract::finding::did_you_mean;
use clients_contract::schema::TomlSchema;
use clients_contract::{Error, ErrorKind};
use toml::de::DeTable;

/// How an API key is given.
pub const API_KEY: &str = "set CLIENTS_CONTRACT_API_KEY, or pass --api-key-file or --api-key-stdin";

/// The text of a settings file.
pub struct Text {
    name: String,
    contents: String,
    keys: Vec<Key>,
}

/// A key of the file, or of a table in it (`rules.null-value`).
struct Key {
    path: String,
    /// The key and its value.
    whole: Range<usize>,
    value: usize,
}

impl Text {
    pub fn new(name: String, text: String) -> Result<Self, Error> {
        let mut keys = Vec::new();
        match DeTable::parse(&text) {
            Ok(table) => collect("", table.get_ref(), &mut keys),
            Err(error) => {
                let at = error.span().map(|span| span.start);
                return Err(toml_error(&name, &text, at, error.message()));
            }
        }
        Ok(Self { name, contents: text, keys })
    }

    pub fn as_str(&self) -> &str {
        &self.contents
    }

    /// The error of reading a value, with its line and its key.
    pub fn refused(&self, error: &toml::de::Error) -> Error {
        let at = error.span().map(|span| span.start);
        let around = self.keys.iter().filter(|key| at.is_some_and(|at| key.whole.contains(&at)));
        let key = around.max_by_key(|key| key.path.len()).filter(|_| unknown_key(error.message()).is_none());
        self.error(at, key.map(|key| &*key.path), error.message())
    }

    /// What is wrong with the value of a key.
    pub fn wrong(&self, path: &str, message: &str) -> Error {
        let key = self.keys.iter().find(|key| key.path == path);
        self.error(key.map(|key| key.value), Some(path), message)
    }

    fn error(&self, at: Option<usize>, path: Option<&str>, message: &str) -> Error {
        let error = toml_error(&self.name, &self.contents, at, message);
        match path {
            Some(path) => {
                Error::new(ErrorKind::Usage, format!("{}: {path}", error.subject()), error.message())
            }
            None => error,
        }
    }
}

/// Adds the keys of a table and of the tables in it.
fn collect(around: &str, table: &DeTable<'_>, keys: &mut Vec<Key>) {
    for (key, value) in table {
        let path =
            if around.is_empty() { key.get_ref().to_string() } else { format!("{around}.{}", key.get_ref()) };
        if let Some(inner) = value.get_ref().as_table() {
            collect(&path, inner, keys);
        }
        let whole = key.span().start..value.span().end.max(key.span().end);
        keys.push(Key { path, whole, value: value.span().start });
    }
}

/// The key that is none, of the message of a parser.
pub fn unknown_key(message: &str) -> Option<&str> {
    message.strip_prefix("unknown field `")?.split('`').next()
}

/// What to do about an unknown key: there is a flag instead, or a key with a similar name.
pub fn unknown(key: &str, known: &TomlSchema, command: &Command) -> Option<String> {
    let name = key.replace('_', "-");
    let is_flag = |command: &Command| command.get_arguments().any(|arg| arg.get_long() == Some(&*name));
    let instead = match &*name {
        name if known.keys().any(|known| known == name) => None,
        "severity" => Some("use the table [rules]".to_owned()),
        // Also what is no flag, lest anybody look for another name under which a key goes into a file.
        name if name.starts_with("api-key") => Some(API_KEY.to_owned()),
        name => command.get_subcommands().any(is_flag).then(|| format!("pass --{name}")),
    };
    if let Some(instead) = instead {
        return Some(format!("`{key}` is not allowed in settings: {instead}"));
    }
    let near = did_you_mean(key, known.keys());
    (!near.is_empty()).then(|| format!("unknown key `{key}`{near}"))
}
