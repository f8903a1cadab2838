//! Flags of live instances.

use std::env::{self, VarError};
use std::fs;
use std::io::{self, Read};
use std::iter;
use std::num::{NonZeroU32, NonZeroU64};
use std::path::{Path, PathBuf};
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clients_contract::live::{self, Address, Key, Options, PagingMode, Proxy, Rate, Record, Timeouts};
use clients_contract::run::Source;
use clients_contract::run::files::{self, MAX_TEXT};
use clients_contract::untrusted::path_text;
use clients_contract::{Contract, Error, ErrorKind};

use super::recording::Redacting;
use crate::output::{FILES, beside, note};
use crate::settings::LIVE;
use crate::settings_text::API_KEY;

/// Where the key is looked for without an option.
const VARIABLE: &str = "CLIENTS_CONTRACT_API_KEY";

/// Where a proxy is looked for. `HTTP_PROXY` is none for HTTPS, and without TLS no proxy may see the key.
const PROXIES: [&str; 4] = ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"];

/// Options for a live instance.
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "as many flags")]
#[command(next_help_heading = LIVE)]
pub struct Live {
    /// Name of the instance to walk, at the host that the contract defines
    #[arg(long, value_name = "NAME")]
    instance: Option<String>,
    /// Read the API key from this file [default: environment variable CLIENTS_CONTRACT_API_KEY]
    #[arg(long, value_name = "FILE", conflicts_with = "api_key_stdin")]
    api_key_file: Option<PathBuf>,
    /// Read the API key from standard input
    #[arg(long)]
    api_key_stdin: bool,
    /// Search query to send
    #[arg(long, value_name = "TEXT")]
    query: Option<String>,
    /// Property to sort by; the order is checked for name, slug, createdAt and updatedAt
    #[arg(long, value_name = "PROPERTY")]
    sort: Option<String>,
    /// Number of items per page to request [default: that of the server]
    #[arg(long, value_name = "N")]
    count: Option<NonZeroU32>,
    /// Page to begin with [default: 1]
    #[arg(long, value_name = "N")]
    page: Option<NonZeroU64>,
    /// How to request the next page [default: auto]
    #[arg(long, value_name = "HOW", value_parser = pagings())]
    paging: Option<String>,
    /// Maximum number of pages to request; reaching the default is a finding [default: 10000]
    #[arg(long, value_name = "N")]
    max_pages: Option<NonZeroU64>,
    /// Maximum request rate, such as 5/s, 60/m or 1000/h [default: 60/m]
    #[arg(long, value_name = "RATE")]
    rate_limit: Option<Rate>,
    /// Number of retries per page after 429, 5xx, a connection reset or a timeout [default: 5]
    #[arg(long, value_name = "N")]
    retries: Option<u32>,
    /// Initial retry delay; doubles with each attempt [default: 500ms]
    #[arg(long, value_name = "TIME", value_parser = live::duration)]
    retry_delay: Option<Duration>,
    /// Maximum `Retry-After` to wait for; a longer one ends the walk [default: 5m]
    #[arg(long, value_name = "TIME", value_parser = live::duration)]
    max_wait: Option<Duration>,
    /// Timeout of a whole request, or of its parts [default: connect=10s,read=30s,whole=2m]
    #[arg(long, value_name = "TIMES")]
    timeout: Option<Timeouts>,
    /// PEM file of additional certificate authorities to trust
    #[arg(long, value_name = "FILE")]
    cacert: Option<PathBuf>,
    /// Accept any TLS certificate; anyone on the network path can read the API key
    #[arg(long)]
    insecure: bool,
    /// Allow sending the API key over plain HTTP to another machine
    #[arg(long)]
    allow_http: bool,
    /// Record every response to this file before it is validated (.ndjson or .har, optionally .gz or .zst)
    #[arg(long, value_name = "FILE", value_parser = beside())]
    record: Option<PathBuf>,
    /// Record the values of secret properties, too
    #[arg(long, requires = "record")]
    record_secrets: bool,
    #[command(flatten)]
    pub redacting: Redacting,
    /// Resume after the last complete page of the record
    #[arg(long, requires = "record")]
    resume: bool,
}

impl Live {
    /// Notes which files are read, so that they are not written to.
    pub fn protect(&self) {
        self.api_key_file.iter().chain(&self.cacert).for_each(|path| FILES.protect(path));
    }

    pub fn key_from_stdin(&self) -> bool {
        self.api_key_stdin
    }

    /// The name of a flag that was given, and that only a live instance has.
    pub fn stray(&self) -> Option<&'static str> {
        let flags = [
            ("--api-key-file", self.api_key_file.is_some()),
            ("--api-key-stdin", self.api_key_stdin),
            ("--query", self.query.is_some()),
            ("--sort", self.sort.is_some()),
            ("--count", self.count.is_some()),
            ("--page", self.page.is_some()),
            ("--max-pages", self.max_pages.is_some()),
            ("--paging", self.paging.is_some()),
            ("--rate-limit", self.rate_limit.is_some()),
            ("--retries", self.retries.is_some()),
            ("--retry-delay", self.retry_delay.is_some()),
            ("--max-wait", self.max_wait.is_some()),
            ("--timeout", self.timeout.is_some()),
            ("--cacert", self.cacert.is_some()),
            ("--insecure", self.insecure),
            ("--allow-http", self.allow_http),
            ("--record", self.record.is_some()),
        ];
        flags.into_iter().find(|(_, given)| *given).map(|(name, _)| name)
    }

    /// The URL that `--instance` is short for.
    pub fn instance_url(&self, contract: &Contract) -> Result<Option<String>, Error> {
        let Some(name) = &self.instance else { return Ok(None) };
        let plain = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
        if name.is_empty() || name.starts_with('-') || !name.bytes().all(plain) {
            let what = "not an instance name: expected letters, digits and hyphens";
            return Err(Error::new(ErrorKind::Usage, "--instance", what));
        }
        let unknown = || {
            Error::new(
                ErrorKind::Usage,
                "--instance",
                "no host in the contract, or in a settings file that no flag names: pass a URL",
            )
        };
        let host = contract.host.as_ref().ok_or_else(unknown)?;
        Ok(Some(host.replace("{instance}", name)))
    }

    fn key(&self) -> Result<Key, Error> {
        if let Some(path) = &self.api_key_file {
            return key_in(path);
        }
        if self.api_key_stdin {
            let mut text = String::new();
            let read = io::stdin().lock().take(MAX_KEY_FILE).read_to_string(&mut text);
            read.map_err(|error| {
                Error::new(ErrorKind::Input, "--api-key-stdin", "no API key on standard input").because(error)
            })?;
            return Key::new(&text).map_err(|error| error.within("--api-key-stdin: "));
        }
        // What is no text must not be shown in the error either.
        let text = env::var(VARIABLE).map_err(|error| match error {
            VarError::NotPresent => Error::new(ErrorKind::Usage, "", format!("API key not set: {API_KEY}")),
            VarError::NotUnicode(_) => Error::new(ErrorKind::Usage, VARIABLE, "is not UTF-8"),
        })?;
        Key::new(&text).map_err(|error| error.within(&format!("{VARIABLE}: ")))
    }

    fn options(&self, address: &Address, (contract, max_body): (&Contract, u64)) -> Result<Options, Error> {
        let usual = Options::default();
        Ok(Options {
            query: self.query.clone(),
            sort: self.sort.clone(),
            count: self.count.map(NonZeroU32::get),
            first_page: self.page.map_or(usual.first_page, NonZeroU64::get),
            paging: self.paging.as_deref().and_then(|mode| mode.parse().ok()).unwrap_or(usual.paging),
            max_pages: self.max_pages.map(NonZeroU64::get),
            rate: self.rate_limit.unwrap_or(usual.rate),
            retries: self.retries.unwrap_or(usual.retries),
            retry_delay: self.retry_delay.unwrap_or(usual.retry_delay),
            max_wait: self.max_wait.unwrap_or(usual.max_wait),
            timeouts: self.timeout.unwrap_or(usual.timeouts),
            max_body,
            proxy: proxy(address)?,
            certificates: self.cacert.as_deref().map(certificates).transpose()?,
            insecure: self.insecure,
            allow_http: self.allow_http,
            record: self.record.as_ref().map(|path| Record {
                path: path.clone(),
                resume: self.resume,
                keep_secrets: self.record_secrets,
            }),
            redaction: self.redacting.recording(contract, iter::empty())?,
        })
    }
}

/// Enough for any key, and no more is held of what is none.
const MAX_KEY_FILE: u64 = 64 << 10;

fn key_text(path: &Path) -> Result<String, Error> {
    let mut text = String::new();
    let file = fs::File::open(path).and_then(|file| file.take(MAX_KEY_FILE).read_to_string(&mut text));
    file.map(|_| text).map_err(|error| no_key(path, error))
}

/// The key in a file.
pub fn key_in(path: &Path) -> Result<Key, Error> {
    Key::new(&key_text(path)?).map_err(|error| error.within(&format!("{}: ", path_text(path))))
}

/// What is not there may be the key itself, passed for the name of its file.
fn no_key(path: &Path, error: io::Error) -> Error {
    if path.exists() {
        return Error::new(ErrorKind::Input, path_text(path), "no API key in the file").because(error);
    }
    let what = "file not found; its name is not shown, as it may be the key itself";
    Error::new(ErrorKind::Input, "--api-key-file", what)
}

/// The text of a file of certificates.
pub fn certificates(path: &Path) -> Result<Vec<u8>, Error> {
    files::read(path, MAX_TEXT, ErrorKind::Input)
}

/// The proxy that the environment names for this host.
pub fn proxy(address: &Address) -> Result<Option<Proxy>, Error> {
    let variable = |name: &&str| env::var(name).ok().filter(|value| !value.trim().is_empty());
    let spared = ["NO_PROXY", "no_proxy"].iter().find_map(variable).unwrap_or_default();
    if !address.is_secure() || address.is_loopback() || is_spared(address.host(), &spared) {
        return Ok(None);
    }
    let Some((name, value)) = PROXIES.iter().find_map(|name| Some((name, variable(name)?))) else {
        return Ok(None);
    };
    // The value may hold a password.
    let proxy = value.parse::<Proxy>();
    proxy.map(Some).map_err(|error| Error::new(ErrorKind::Usage, *name, error.to_string()))
}

/// Whether `NO_PROXY` names this host, or a domain that it is in.
fn is_spared(host: &str, spared: &str) -> bool {
    spared.split([',', ' ']).map(str::trim).filter(|name| !name.is_empty()).any(|name| {
        let name = name.trim_start_matches('*').trim_start_matches('.').to_ascii_lowercase();
        // Nothing is left of `*`.
        name.is_empty() || host == name || host.strip_suffix(&name).is_some_and(|rest| rest.ends_with('.'))
    })
}

/// An instance as a source; nothing is sent yet.
pub fn source(url: &str, live: &Live, (contract, max_body): (&Contract, u64)) -> Result<Source, Error> {
    if contract.method != "GET" {
        let what = format!("the contract is about {} requests: only GET is sent", contract.method);
        return Err(Error::new(ErrorKind::Usage, "URL", what));
    }
    let address = Address::parse(url, &contract.path)?;
    let warn = |text: &str| note(false, &format!("warning: {text}"));
    if live.insecure {
        warn("--insecure: certificates are not verified; anyone on the network path can read the API key");
    }
    if live.allow_http && !address.is_secure() && !address.is_loopback() {
        warn("--allow-http: the API key is sent over plain HTTP, everybody on the way can read it");
    }
    let options = live.options(&address, (contract, max_body))?;
    Ok(Source::instance(address, live.key()?, options))
}

fn pagings() -> PossibleValuesParser {
    let value = |mode: &PagingMode| PossibleValue::new(mode.name()).help(mode.help());
    PagingMode::ALL.iter().map(value).collect::<Vec<_>>().into()
}
