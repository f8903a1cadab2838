//! `clients-contract proxy`: a reverse proxy that validates what passes.

use std::io::{self, Read};
use std::num::NonZeroUsize;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::thread;
use std::time::{Duration, Instant};

use clap::Args;
use clients_contract::live::{self, Address, Record, Timeouts};
use clients_contract::payload::{DEFAULT_MAX_BODY, Payload, Selection};
use clients_contract::run::{Observe, Session, Source, Stop};
use clients_contract::serve::{self, Copies, DEFAULT_MAX_BUFFER, ProxyOptions, Traffic};
use clients_contract::untrusted::path_text;
use clients_contract::validate::{Validation, Validator};
use clients_contract::{Error, ErrorKind};

use super::inputs::{byte_count, jobs, run as narrated};
use super::listen::{Listen, SERVER};
use super::live::{certificates, proxy as proxy_of_network};
use super::recording::Redacting;
use super::reporting::Reporting;
use super::subject::{Subject, Which};
use super::validate;
use crate::exit::Exit;
use crate::flags;
use crate::global_args::GlobalArgs;
use crate::interrupt;
use crate::narrator::Narrator;
use crate::output::{FILES, beside, note};
use crate::progress::When;

/// How often the command checks for signals.
const LOOK: Duration = Duration::from_millis(20);

/// How often the live line is renewed.
const RENEW: Duration = Duration::from_millis(500);

/// How often the number of responses that wait at the end is printed.
const REMIND: Duration = Duration::from_secs(5);

/// Forward requests to an instance; validate and record the responses
#[derive(Debug, Args)]
#[expect(clippy::struct_excessive_bools, reason = "as many flags")]
#[command(
    after_help = "Examples:\n  clients-contract proxy --target https://acme.example.com --record day.har\n  \
clients-contract proxy --target http://127.0.0.1:8080 --enforce\n  \
clients-contract proxy --target https://acme.example.com -o report.txt"
)]
pub struct Proxy {
    /// Scheme, host and port to forward to
    #[arg(long, value_name = "URL", help_heading = SERVER)]
    target: String,
    #[command(flatten)]
    listen: Listen,
    /// Record selected responses to this file (.ndjson or .har, optionally .gz or .zst)
    #[arg(long, value_name = "FILE", value_parser = beside(), help_heading = SERVER)]
    record: Option<PathBuf>,
    /// Append to an existing record of the same target (.ndjson)
    #[arg(long, requires = "record", help_heading = SERVER)]
    resume: bool,
    /// Record the values of secret properties, too
    #[arg(long, requires = "record", help_heading = SERVER)]
    record_secrets: bool,
    #[command(flatten)]
    pub redacting: Redacting,
    /// Answer 502 in place of selected responses with findings at or above --fail-on
    ///
    /// Each of them is held in memory until it is complete and validated.
    #[arg(long, help_heading = SERVER)]
    enforce: bool,
    /// Timeouts of the connection to the target and of each wait for it [default: connect=10s,read=30s]
    #[arg(long, value_name = "TIMES", value_parser = timeouts, help_heading = SERVER)]
    timeout: Option<Timeouts>,
    /// PEM file of additional certificate authorities to trust
    #[arg(long, value_name = "FILE", help_heading = SERVER)]
    cacert: Option<PathBuf>,
    /// Allow forwarding API keys over plain HTTP to another machine
    #[arg(long, help_heading = SERVER)]
    allow_http: bool,
    /// Validate and record responses to this method and path [default: those of the contract]; may be
    /// repeated
    ///
    /// The method is GET unless given; `*` matches any method, and `{id}` any one segment of the path:
    /// 'POST /graphql', '* /v1/things/{id}'.
    #[arg(long, value_name = "[METHOD ]PATH")]
    url_path: Vec<Selection>,
    /// Maximum size of a response that is validated [default: 256MiB]
    #[arg(long, value_name = "BYTES", value_parser = byte_count)]
    max_body: Option<u64>,
    /// Maximum size of all responses together that wait to be validated; at least --max-body [default: 256MiB]
    #[arg(long, value_name = "BYTES", value_parser = byte_count, help_heading = "Input")]
    max_buffer: Option<u64>,
    /// Number of threads that validate [default: 1]
    #[arg(short, long, value_name = "N", value_parser = jobs)]
    jobs: Option<NonZeroUsize>,
    #[command(flatten)]
    pub which: Which,
    #[command(flatten)]
    pub reporting: Reporting,
    /// Show values in snippets instead of their types
    #[arg(long)]
    show_values: bool,
    /// When to show a live line on stderr [default: auto]
    #[arg(long, value_name = "WHEN", value_enum)]
    progress: Option<When>,
}

pub fn run(command: &Proxy, global: GlobalArgs) -> Result<Exit, Error> {
    let format = command.reporting.format()?;
    let narrator = Narrator::of_proxy(command.progress.unwrap_or(When::Auto), global);
    let subject = command.which.subject(global)?;
    let (mut proxy, copies, via) = command.proxy(&subject)?;
    proxy.name_settings(flags::in_text);
    let stop = Stop::default();
    let mut session = command.session(copies, &subject, &narrator, &stop, global)?;
    if command.enforce {
        let Some(min) = command.reporting.fail_on() else {
            return Err(Error::new(ErrorKind::Usage, "--enforce", "cannot be used with --fail-on never"));
        };
        let validator = session.validator().clone();
        proxy.enforce(&subject.contract_id().id, validator, session.policy.clone(), min);
    }
    let announcement = command.listen.prepare()?;
    proxy.start()?;
    interrupt::watch_twice();
    announcement.print(&proxy.url(), proxy.address())?;
    let target = format!("{}{via}", proxy.target());
    note(global.quiet, &format!("forwarding {} to {target}; end with Ctrl-C", proxy.url()));
    let (seen, ended) = (Seen::default(), AtomicBool::new(false));
    thread::scope(|scope| {
        let watching = scope.spawn(|| watch(&mut proxy, &seen, &ended, &stop, &narrator));
        yield_to_traffic();
        let validated = session.validate(Some(&seen));
        ended.store(true, Ordering::Relaxed);
        // A thread that panicked has ended as well.
        let _ = watching.join();
        validated
    })?;
    let traffic = proxy.traffic();
    session.allow_no_input();
    let (exit, _) = validate::finished(session, &narrator, format, global)?;
    note(global.quiet, &format!("ended after {}", seen.text(&traffic)));
    Ok(exit)
}

/// Lowers the priority of this thread and of those that it starts, which validate: on a busy machine,
/// connections come first, and copies that nobody has time for are dropped and counted.
fn yield_to_traffic() {
    // With the same priority, traffic is only slower.
    #[cfg(target_os = "linux")]
    let _ = rustix::process::setpriority_process(None, 19);
}

/// Shows what passes until a signal comes or the results have no reader any more; then drains the proxy, and
/// shows what is left to validate. A second signal ends all of that.
fn watch(proxy: &mut serve::Proxy, seen: &Seen, ended: &AtomicBool, stop: &Stop, narrator: &Narrator) {
    let mut shown = (Instant::now(), String::new());
    while !(interrupt::pressed() || ended.load(Ordering::Relaxed)) {
        thread::sleep(LOOK);
        if shown.0.elapsed() >= RENEW {
            let text = seen.text(&proxy.traffic());
            if text != shown.1 {
                narrator.live(&text);
            }
            shown = (Instant::now(), text);
        }
    }
    proxy.drain_until(interrupt::pressed_again);
    let mut reminded = Instant::now();
    while !ended.load(Ordering::Relaxed) {
        if interrupt::pressed_again() {
            stop.stop();
        } else if reminded.elapsed() >= REMIND {
            reminded = Instant::now();
            let left = proxy.traffic().waiting.max(1);
            let noun = if left == 1 { "response" } else { "responses" };
            narrator.line(&format!("validating {left} more {noun}; press Ctrl-C again to end without them"));
        }
        thread::sleep(LOOK);
    }
}

/// The timeouts that a proxy has: none is for the whole response, however long a body takes.
fn timeouts(text: &str) -> Result<Timeouts, String> {
    if text.split(',').any(|part| part.trim_start().starts_with("whole=")) {
        return Err(
            "a proxy has no timeout for the whole response; expected connect=TIME,read=TIME".to_owned()
        );
    }
    text.parse().map_err(|error: live::ParseTimeoutsError| error.to_string())
}

/// What was validated so far.
#[derive(Default)]
struct Seen {
    validated: AtomicU64,
    invalid: AtomicU64,
}

impl Seen {
    fn text(&self, traffic: &Traffic) -> String {
        let of = |counter: &AtomicU64| counter.load(Ordering::Relaxed);
        let validated = of(&self.validated);
        let responses = if validated == 1 { "response" } else { "responses" };
        let noun = if traffic.requests == 1 { "request" } else { "requests" };
        let mut text = format!(
            "{} {noun}: {validated} {responses} validated, {} invalid",
            traffic.requests,
            of(&self.invalid)
        );
        for (count, what) in [
            (traffic.refused, "refused"),
            (traffic.failed, "without a response"),
            (traffic.broken, "truncated"),
            (traffic.abandoned, "abandoned"),
            (traffic.dropped, "not validated (too fast)"),
            (traffic.waiting, "not yet validated"),
        ] {
            if count > 0 {
                text = format!("{text}, {count} {what}");
            }
        }
        text
    }
}

impl Seen {
    fn count(&self, validation: Validation) -> Validation {
        if validation.not_validated.is_none() {
            self.validated.fetch_add(1, Ordering::Relaxed);
            self.invalid.fetch_add(u64::from(!validation.valid), Ordering::Relaxed);
        }
        validation
    }
}

impl Observe for Seen {
    fn validate_payload(&self, validator: &Validator, payload: &Payload) -> Validation {
        self.count(validator.validate_payload(payload))
    }

    fn validate_reader(
        &self,
        validator: &Validator,
        location: &Payload,
        reader: &mut dyn Read,
    ) -> io::Result<Validation> {
        Ok(self.count(validator.validate_reader(location, reader)?))
    }
}

impl Proxy {
    /// The proxy, which does not accept connections yet, its responses, and the proxy on the way to the target as
    /// text.
    fn proxy(&self, subject: &Subject) -> Result<(serve::Proxy, Copies, String), Error> {
        let wrong = |what: &str| Error::new(ErrorKind::Usage, "--target", what);
        if self.target.contains(['?', '#']) {
            return Err(wrong("must not have a query or a fragment; requests bring their own"));
        }
        let address = Address::parse(&self.target, "/").map_err(|error| wrong(&error.message()))?;
        let network = proxy_of_network(&address)?;
        let via = network.as_ref().map(|proxy| format!(" through the proxy {}", proxy.server()));
        let made = serve::Proxy::new(subject.contract(), &address, self.options(network)?);
        let (proxy, mut copies) = made.map_err(|error| match &self.cacert {
            Some(path) if flags::in_subject(error.subject()) == "--cacert" => {
                Error::new(error.kind(), format!("--cacert: {}", path_text(path)), error.message())
            }
            _ => error,
        })?;
        let paths = self.url_path.iter().flat_map(Selection::templates);
        if let Some(recording) = self.redacting.recording(subject.contract(), paths)? {
            copies.redact(recording);
        }
        if self.allow_http && !address.is_secure() && !address.is_loopback() {
            note(
                false,
                "warning: --allow-http: API keys are forwarded over plain HTTP; anyone on the network path can read them",
            );
        }
        Ok((proxy, copies, via.unwrap_or_default()))
    }

    /// A run over the responses that pass.
    fn session(
        &self,
        copies: Copies,
        subject: &Subject,
        narrator: &Arc<Narrator>,
        stop: &Stop,
        global: GlobalArgs,
    ) -> Result<Session, Error> {
        // The end of the proxy ends it: what has passed by then is validated, unless there is no time for that.
        let run = narrated(narrator, subject.contract()).stop(stop);
        let run = run.source(Source::arriving(copies)).jobs(self.jobs.map_or(0, NonZeroUsize::get));
        let run = run.validator(subject.validator()?).against(subject.contract_id());
        self.reporting.run(run.show_values(self.show_values), global)?.open()
    }

    fn options(&self, proxy: Option<live::Proxy>) -> Result<ProxyOptions, Error> {
        self.cacert.iter().for_each(|path| FILES.protect(path));
        let certificates = self.cacert.as_deref().map(certificates).transpose();
        let certificates = certificates.map_err(|error| error.within("--cacert: "))?;
        self.record.as_ref().map(|path| FILES.claim(path)).transpose()?;
        Ok(ProxyOptions {
            host: self.listen.host.clone(),
            port: self.listen.port,
            selection: self.url_path.iter().cloned().reduce(Selection::or),
            max_body: self.max_body.unwrap_or(DEFAULT_MAX_BODY),
            max_buffer: self.max_buffer.unwrap_or(DEFAULT_MAX_BUFFER),
            timeouts: self.timeout.unwrap_or_default(),
            certificates,
            allow_http: self.allow_http,
            proxy,
            record: self.record.as_ref().map(|path| Record {
                path: path.clone(),
                resume: self.resume,
                keep_secrets: self.record_secrets,
            }),
        })
    }
}
