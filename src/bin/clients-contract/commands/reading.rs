//! How are payloads taken out of the inputs?

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clients_contract::Error;
use clients_contract::contract::clients::ENDPOINT;
use clients_contract::payload::{DEFAULT_MAX_BODY, Input, Options, Selection};

use super::set::Set;
use crate::files;

/// Flags about inputs, of every command that takes payloads.
#[derive(Debug, Args)]
pub struct Reading {
    /// Format of the input, instead of what content and name say
    #[arg(long, value_name = "KIND", value_parser = inputs())]
    input: Option<String>,
    /// Read responses to this method and path in captures, on any host, instead of the contract's; may be repeated
    ///
    /// GET unless a method is given; `*` is any method, and `{id}` any part of the path: 'POST /graphql',
    /// '* /v1/things/{id}'.
    #[arg(long, value_name = "[METHOD ]PATH", value_parser = url_path)]
    url_path: Vec<Selection>,
    /// Maximum size of a body that has to be decoded or held (64MiB, 2GB, ...) [default: 256MiB]
    ///
    /// Without this option a body that lies in its file as it is may have any size where it can be validated while it is
    /// read: not by the reference engine, and not for mutation testing.
    #[arg(long, value_name = "BYTES", value_parser = byte_count)]
    max_body: Option<u64>,
}

impl Reading {
    /// What the flags say, or else the settings, or else the contract.
    pub(super) fn options(&self, set: &Set<'_>) -> Result<Options, Error> {
        let settings = set.settings;
        let input = match (&self.input, &settings.input) {
            (None, Some(name)) => {
                Some(set.known(name, "input", Input::ALL.iter().map(|input| input.name()))?)
            }
            (flag, _) => flag.as_deref(),
        };
        let text = |value: &toml::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let set_body = settings.max_body.as_ref().map(|value| byte_count(&text(value))).transpose();
        let set_body = set_body.map_err(|message| set.wrong("max-body", message))?;
        let set_paths = settings.url_path.as_ref().map_or(&[][..], |paths| paths.all()).iter();
        let set_paths = set_paths.map(|text| url_path(text)).collect::<Result<Vec<_>, _>>();
        let set_paths = set_paths.map_err(|message| set.wrong("url-path", message))?;
        let paths = if self.url_path.is_empty() { set_paths } else { self.url_path.clone() };
        let selection = paths.into_iter().reduce(Selection::or);
        Ok(Options {
            input: input.and_then(Input::named),
            selection: Some(selection.unwrap_or_else(|| Selection::new(ENDPOINT.0, ENDPOINT.1))),
            max_body: self.max_body.or(set_body).unwrap_or(DEFAULT_MAX_BODY),
            pass_large: false,
            before_beside: files::read_beside,
        })
    }
}

fn inputs() -> PossibleValuesParser {
    let value = |input: &Input| PossibleValue::new(input.name()).help(input.help());
    Input::ALL.iter().map(value).collect::<Vec<_>>().into()
}

/// Which entries of captures are meant, as `--url-path` says it.
fn url_path(text: &str) -> Result<Selection, String> {
    Selection::parse(text).map_err(|error| format!("it {}", error.message()))
}

/// A number of bytes, also with a unit.
pub(super) fn byte_count(text: &str) -> Result<u64, String> {
    let digits = text.trim_end_matches(|character: char| !character.is_ascii_digit());
    let unit = match text[digits.len()..].trim().to_ascii_lowercase().as_str() {
        "" | "b" => Some(1),
        "kb" => Some(1_000),
        "k" | "kib" => Some(1 << 10),
        "mb" => Some(1_000_000),
        "m" | "mib" => Some(1 << 20),
        "gb" => Some(1_000_000_000),
        "g" | "gib" => Some(1 << 30),
        _ => None,
    };
    let count = digits.parse::<u64>().ok().filter(|count| *count > 0);
    let bytes = count.zip(unit).and_then(|(count, unit)| count.checked_mul(unit));
    bytes.ok_or_else(|| "not a number of bytes such as 1000000 or 64MiB".to_owned())
}
