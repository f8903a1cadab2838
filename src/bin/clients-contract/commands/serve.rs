//! `clients-contract serve`: a mock server of the API.

use std::path::PathBuf;
use std::thread;
use std::time::Duration;

use clap::Args;
use clap::builder::{PossibleValue, PossibleValuesParser};
use clients_contract::Error;
use clients_contract::generate::Preset;
use clients_contract::serve::{Dataset, DefaultFault, Latency, Mock, Options, RequestLimit, Scenario};
use clients_contract::validate::ANY_ENVELOPE;

use super::inputs::Reading;
use super::listen::{Listen, SERVER};
use super::live;
use super::subject::{Subject, Where, Which};
use crate::exit::Exit;
use crate::flags;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::output::{FILES, note};

/// Interval at which signals are checked.
const INTERVAL: Duration = Duration::from_millis(20);

/// Headings of flags.
const DATA_SET: &str = "Data set";

/// Totals are 32-bit integers in responses.
const MAX_TOTAL: u64 = 0x7fff_ffff;

const FAILURES: &str = "Failures";

/// What flags of all commands mean here, where nothing is validated.
const CONTRACT: &str = "Contract of the API to serve; `clients-contract contracts` lists them";
const ENVELOPE: &str = "Envelope of responses [default: that of recorded pages, or else documented]";
const PATHS: &str = "Serve responses to this method and path in captures, from any host [default: those of the \
                     contract]; may be repeated";
const PATTERNS: &str = "The method is GET unless given; `*` matches any method, and `{id}` any one segment of the \
                        path: 'POST /graphql', '* /v1/things/{id}'.";

/// Serve the API on this machine: one consistent data set, generated or recorded, with failures on demand
#[derive(Debug, Args)]
#[command(mut_arg("contract", |arg| arg.help(CONTRACT)), mut_arg("envelope", |arg| arg.help(ENVELOPE)))]
#[command(mut_arg("url_path", |arg| arg.help(PATHS).long_help(format!("{PATHS}\n\n{PATTERNS}"))))]
#[command(after_help = "Examples:\n  clients-contract serve --total 137 --seed 7\n  \
clients-contract serve captures/ --port 0 --ready-file url.txt\n  \
clients-contract serve --fault 10%:429 --fault 5%:reset --latency 50..200ms")]
pub struct Serve {
    /// Recorded pages to serve instead of generated ones: files, directories or glob patterns
    #[arg(value_name = "PATH", conflicts_with_all = ["total", "presets"])]
    paths: Vec<PathBuf>,
    #[command(flatten)]
    reading: Reading,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    settings: Where,
    /// Number of items in the generated data set
    #[arg(long, value_name = "N", default_value_t = 100, value_parser = clap::value_parser!(u64).range(..=MAX_TOTAL), help_heading = DATA_SET)]
    total: u64,
    /// Seed of the generated data set, and of faults, delays and violations
    #[arg(long, default_value_t = 0, help_heading = DATA_SET)]
    seed: u64,
    /// Kind of values to prefer; several can be combined unless they contradict each other
    #[arg(long = "preset", value_name = "NAME", value_delimiter = ',', default_value = "typical", value_parser = presets(), help_heading = DATA_SET)]
    presets: Vec<String>,
    #[command(flatten)]
    listen: Listen,
    /// Accept only the key in this file [default: any key]
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    api_key_file: Option<PathBuf>,
    /// Answer 429 beyond this rate for each key, such as 120/m, or 120/m:20 with a burst of 20
    #[arg(long, value_name = "RATE[:BURST]", help_heading = SERVER)]
    rate_limit: Option<RequestLimit>,
    /// Default fault for a share of all requests, such as 5%:reset or 10%:429; may be repeated
    ///
    /// Faults are reset, truncate, garbage, empty and slow; a number is a status. Any preference of a request
    /// can have a share, too: 1%:violation=null-value.
    #[arg(long, value_name = "SHARE:FAULT", help_heading = FAILURES)]
    fault: Vec<DefaultFault>,
    /// Latency of every response, fixed or random, such as 200ms or 50..200ms
    #[arg(long, value_name = "TIME", help_heading = FAILURES)]
    latency: Option<Latency>,
    /// Scenario: a TOML file with failures of selected requests, in steps
    #[arg(long, value_name = "FILE", help_heading = FAILURES)]
    scenario: Option<PathBuf>,
}

pub fn run(command: &Serve, global: GlobalArgs) -> Result<Exit, Error> {
    let subject = command.which.subject(global)?;
    command.api_key_file.iter().chain(&command.scenario).for_each(|path| FILES.protect(path));
    let options = command.options(&subject)?;
    let data = command.data(&subject)?;
    data.notes().iter().for_each(|text| note(global.quiet, text));
    let announcement = command.listen.prepare()?;
    let mock = Mock::with(&data, options)?;
    interrupt::watch();
    announcement.print(&mock.url(), mock.address())?;
    let contract = subject.contract();
    let [one, many] = &contract.nouns;
    let noun = if data.total() == 1 { one } else { many };
    let what = format!("serving {} {}: {} {noun}", contract.method, mock.endpoint(), data.total());
    note(global.quiet, &format!("{what}; end with Ctrl-C"));
    while !interrupt::pressed() {
        thread::sleep(INTERVAL);
    }
    let requests = mock.served();
    mock.drain();
    let noun = if requests == 1 { "request" } else { "requests" };
    note(global.quiet, &format!("ended after {requests} {noun}"));
    Ok(Exit::Fine)
}

/// The presets of data sets.
fn presets() -> PossibleValuesParser {
    // The preset `large` is for single payloads of a size.
    let presets = Preset::ALL.iter().filter(|preset| preset.name != "large");
    let value = |preset: &Preset| PossibleValue::new(preset.name).help(flags::in_text(preset.help));
    presets.map(value).collect::<Vec<_>>().into()
}

impl Serve {
    fn options(&self, subject: &Subject) -> Result<Options, Error> {
        let mut options = Options::default().address(&self.listen.host, self.listen.port).seed(self.seed);
        // Any envelope is that of the data set.
        let accepted = subject.accepted();
        if !accepted.is_empty() && !accepted.contains(&ANY_ENVELOPE) {
            options = options.envelope(&subject.envelope().name);
        }
        if let Some(path) = &self.api_key_file {
            options = options.key(live::key_in(path)?);
        }
        if let Some(limit) = self.rate_limit {
            options = options.rate_limit(limit);
        }
        for fault in &self.fault {
            options = options.fault(fault.clone())?;
        }
        if let Some(latency) = self.latency {
            options = options.latency(latency);
        }
        if let Some(path) = &self.scenario {
            options = options.scenario(Scenario::read(path)?);
        }
        Ok(options)
    }

    fn data(&self, subject: &Subject) -> Result<Dataset, Error> {
        if !self.paths.is_empty() {
            return Dataset::recorded(subject.contract(), &self.paths, &self.reading.options());
        }
        let names: Vec<&str> = self.presets.iter().map(String::as_str).collect();
        Dataset::styled(subject.contract(), self.total, self.seed, Preset::combine(&names)?)
    }
}
