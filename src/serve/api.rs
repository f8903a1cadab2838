//! The service of a mock server: routes requests to pages, errors and faults.

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use hyper::body::Incoming;
use hyper::http::request::Parts;
use hyper::{Method, Request, Response, StatusCode};

use super::admin::{self, Admin};
use super::dataset::Dataset;
use super::failure::Failure;
use super::hosts::Names;
use super::http::{Abort, Body, Service, Unread, discard};
use super::journal::{self, Journal, Received};
use super::masking::Secrets;
use super::options::Options;
use super::page::Page;
use super::preferences::{Fault, Preferences};
use super::rate::{Allowance, Limiter};
use super::render::Renderer;
use super::request::Parameters;
use super::{checks, defaults, reply};
use crate::contract::Contract;
use crate::error::{Error, ErrorKind};
use crate::payload::{self, Selection};

/// Maximum bytes of a request's body.
const MAX_BODY: u64 = 1 << 20;

/// Timeout of a request's body.
const BODY_TIME: Duration = Duration::from_secs(30);

/// Requests a minute and burst, where the contract has none.
const USUAL_LIMIT: (u32, u32) = (120, 20);

/// A mock of an API.
#[derive(Clone, Debug)]
pub(super) struct Api(Arc<State>);

#[derive(Debug)]
struct State {
    contract: &'static Contract,
    data: Dataset,
    options: Options,
    renderer: Arc<Renderer>,
    path: Selection,
    /// The methods of the path.
    methods: String,
    scheme: Option<String>,
    names: Names,
    limiter: Limiter,
    journal: Journal,
    requests: AtomicU64,
}

/// A response with the preferences that were applied.
struct Outcome {
    response: Response<Body>,
    applied: Vec<String>,
    fault: Option<Fault>,
}

impl From<Response<Body>> for Outcome {
    fn from(response: Response<Body>) -> Self {
        Self { response, applied: Vec::new(), fault: None }
    }
}

impl Api {
    /// The service of a server that accepts connections of this machine only, or of any.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] for an unknown envelope, and as [`checks::check`].
    pub(super) fn new(data: &Dataset, options: Options, is_loopback: bool) -> Result<Self, Error> {
        let contract = data.contract();
        let envelope = match &options.envelope {
            Some(name) => {
                checks::named(data, name).map_err(|what| Error::new(ErrorKind::Usage, "`envelope`", what))?
            }
            None => data.envelope(),
        };
        checks::check(data, envelope, &options)?;
        let plan = contract.rate_limits.first();
        let allowed = plan.map_or(USUAL_LIMIT, |plan| (plan.per_minute, plan.burst));
        let authentication = contract.authentication.as_ref();
        let scheme = authentication.map(|known| known.scheme.clone());
        let prefixes = authentication.map(|known| known.prefixes.iter().map(|(prefix, _)| prefix.clone()));
        let secrets = Secrets::new(&options.keys, prefixes.into_iter().flatten());
        let method = &contract.method;
        Ok(Self(Arc::new(State {
            contract,
            renderer: Arc::new(Renderer::new(data.clone(), envelope, options.seed)),
            data: data.clone(),
            path: Selection::new("*", &contract.path),
            methods: format!("{method}, {}", if method == "GET" { "HEAD, OPTIONS" } else { "OPTIONS" }),
            scheme: scheme.or_else(|| (!options.keys.is_empty()).then(|| "Bearer".to_owned())),
            names: Names { host: options.host.clone(), is_loopback },
            limiter: Limiter::new(options.limit, allowed),
            journal: Journal::new(secrets),
            requests: AtomicU64::new(0),
            options,
        })))
    }

    /// The number of requests since the last reset.
    pub(super) fn requests(&self) -> u64 {
        self.0.requests.load(Ordering::Relaxed)
    }
}

impl Admin for Api {
    fn served(&self) -> (&Contract, u64) {
        (self.0.contract, self.0.data.total())
    }

    fn received(&self) -> Vec<Received> {
        self.0.journal.received()
    }

    fn reset(&self) {
        self.0.journal.reset();
        self.0.limiter.reset();
        self.0.options.scenario.reset();
        self.0.requests.store(0, Ordering::Relaxed);
    }
}

impl Service for Api {
    type Body = Body;

    fn refusal_fields(&self) -> String {
        let Allowance { limit, remaining, reset, .. } = self.0.limiter.full();
        reply::limit_lines(limit, remaining, reset)
    }

    async fn answer(&self, request: Request<Incoming>) -> Result<Response<Body>, Abort> {
        let (parts, body) = request.into_parts();
        let state = &self.0;
        if parts.uri.path().starts_with(admin::PREFIX) {
            let mut response = if let Some(response) = state.unread(body).await {
                response
            } else {
                let check = state.names.check(&parts.headers);
                admin::respond(self, &parts.method, parts.uri.path(), check)
            };
            reply::add_limits(&mut response, state.limiter.fields(&state.limiter.full()));
            return Ok(response);
        }
        let number = state.requests.fetch_add(1, Ordering::Relaxed);
        let key = journal::key_of(&parts.headers, state.scheme.as_deref().unwrap_or("Bearer"));
        let allowance = state.limiter.count(key.unwrap_or_default());
        if let Some(latency) = state.options.latency {
            tokio::time::sleep(latency.of(state.options.seed, number)).await;
        }
        let Outcome { mut response, applied, fault } =
            match state.refused(&parts, body, key, &allowance).await {
                Some(response) => response.into(),
                None => state.served(&parts, number).await,
            };
        let limits = state.limiter.fields(&allowance);
        reply::finish(&mut response, &parts.headers, limits, &applied);
        let status = response.status();
        let response = match fault {
            None => Ok(response),
            Some(Fault::Reset) => Err(reply::ended(true)),
            Some(Fault::Empty) => Err(reply::ended(false)),
            Some(Fault::Garbage) => Err(reply::garbage(state.options.seed ^ number)),
            Some(Fault::Truncate) => Err(reply::truncated(&response)),
            Some(Fault::Slow) => Ok(response.map(|body| body.slowly(reply::SLOW.0, reply::SLOW.1))),
        };
        state.journal.add(number + 1, &parts, response.is_ok().then_some(status), applied);
        response
    }
}

impl State {
    /// The response to a request that gets no page, whatever it prefers.
    async fn refused(
        &self,
        parts: &Parts,
        body: Incoming,
        key: Option<&[u8]>,
        allowance: &Allowance,
    ) -> Option<Response<Body>> {
        if let Some(response) = self.unread(body).await {
            return Some(response);
        }
        let fail = |status, message: &str| Some(self.failed(&Failure::new(status, message)));
        let Contract { method, path, .. } = self.contract;
        let requested = parts.uri.path();
        if requested == "*" && parts.method != Method::OPTIONS {
            return fail(StatusCode::BAD_REQUEST, "the target `*` is for OPTIONS only");
        }
        let is_known = requested == path || {
            let request = payload::Request::new(parts.method.as_str(), requested);
            self.path.selects(&request) || requested == "*"
        };
        if !is_known {
            return fail(StatusCode::NOT_FOUND, &format!("unknown path; this is a mock of {method} {path}"));
        }
        if parts.method == Method::OPTIONS {
            return Some(reply::options(&parts.headers, &self.methods));
        }
        let is_allowed = parts.method.as_str() == method || method == "GET" && parts.method == Method::HEAD;
        if !is_allowed {
            return Some(reply::not_allowed(self.contract, &self.methods));
        }
        if self.scheme.is_some() && !key.is_some_and(|key| self.accepts(key)) {
            let what = if key.is_some() { "unknown key" } else { "no key in `Authorization`" };
            return fail(StatusCode::UNAUTHORIZED, what);
        }
        let wait = allowance.retry_after?;
        let mut failure = Failure::new(StatusCode::TOO_MANY_REQUESTS, "too many requests with this key");
        failure.retry_after = Some(wait.as_secs() + u64::from(wait.subsec_nanos() > 0));
        Some(self.failed(&failure))
    }

    /// The response to a request whose body is not read to its end.
    async fn unread(&self, body: Incoming) -> Option<Response<Body>> {
        let (status, what) = match discard(body, MAX_BODY, BODY_TIME).await {
            Ok(()) => return None,
            Err(Unread::TooLarge) => (StatusCode::PAYLOAD_TOO_LARGE, "the request's body exceeds 1 MiB"),
            Err(Unread::Late) => {
                (StatusCode::REQUEST_TIMEOUT, "the request's body was not complete after 30 seconds")
            }
            Err(Unread::Broken) => (StatusCode::BAD_REQUEST, "the request's body is malformed or incomplete"),
        };
        Some(self.failed(&Failure::new(status, what)))
    }

    fn accepts(&self, key: &[u8]) -> bool {
        let keys = &self.options.keys;
        keys.is_empty() || keys.iter().any(|known| known.is(key))
    }

    fn failed(&self, failure: &Failure) -> Response<Body> {
        reply::failure(failure, self.contract)
    }

    /// The preferences of a request: its own, then those of the scenario, then a default fault.
    fn preferences(&self, parts: &Parts, number: u64) -> Result<Preferences, Failure> {
        let mut all = Preferences::default();
        for header in parts.headers.get_all("prefer") {
            all.add_header(header.to_str().unwrap_or_default()).map_err(Failure::wrong)?;
        }
        let query = parts.uri.query().unwrap_or_default();
        let Options { scenario, faults, seed, .. } = &self.options;
        if query.contains("__") || !scenario.is_empty() {
            let parameters = Parameters::of(query);
            for (name, value) in parameters.preferences() {
                all.add(name, value).map_err(Failure::wrong)?;
            }
            let page =
                self.contract.paging().and_then(|paging| paging.numbers.as_ref()).map(|one| &*one.page);
            let parameter = |name: &str| {
                // Without a number, it is the first page.
                let first = (page == Some(name)).then_some("1");
                parameters.get(name).or(first).map(str::to_owned)
            };
            if let Some(next) = scenario.next(parameter) {
                all.add_all(next);
            }
        }
        if let Some(fault) = defaults::drawn(faults, *seed, number) {
            all.add_all(fault);
        }
        Ok(all)
    }

    /// The page, or the status that is preferred.
    async fn served(&self, parts: &Parts, number: u64) -> Outcome {
        let preferences = match self.preferences(parts, number) {
            Ok(preferences) => preferences,
            Err(failure) => return self.failed(&failure).into(),
        };
        if let Some(wait) = preferences.wait {
            tokio::time::sleep(wait).await;
        }
        let code = preferences.code.and_then(|code| StatusCode::from_u16(code).ok());
        let has_page = |code: StatusCode| {
            code.is_success() && ![StatusCode::NO_CONTENT, StatusCode::RESET_CONTENT].contains(&code)
        };
        // The preferences that the response is made with, but for the fault.
        let (response, made_with): (_, &[&str]) = match code.filter(|code| !has_page(*code)) {
            Some(code) => (self.status(parts, code), &["wait", "code"]),
            None => match self.page(parts, &preferences).await {
                Ok(page) => {
                    let all = &["wait", "code", "violation", "preset", "drift", "envelope"];
                    (reply::page(&page, &parts.headers, code), all)
                }
                Err(failure) => (self.failed(&failure), &["wait"]),
            },
        };
        let has_body = parts.method != Method::HEAD && !response.body().bytes().is_empty();
        let needs_body = |fault: &Fault| matches!(fault, Fault::Truncate | Fault::Slow);
        let fault = preferences.fault.filter(|fault| has_body || !needs_body(fault));
        let is_applied = |name: &str| made_with.contains(&name) || name == "fault" && fault.is_some();
        Outcome { response, applied: preferences.applied(is_applied), fault }
    }

    /// The response with a preferred status that has no page.
    fn status(&self, parts: &Parts, code: StatusCode) -> Response<Body> {
        let mut failure = Failure::new(code, "requested by a preference or a scenario");
        let waits = [StatusCode::TOO_MANY_REQUESTS, StatusCode::SERVICE_UNAVAILABLE].contains(&code);
        failure.retry_after = waits.then_some(1);
        let mut response = self.failed(&failure);
        if [301, 302, 303, 307, 308].contains(&code.as_u16()) {
            reply::redirect(&mut response, parts.uri.path(), parts.uri.query().unwrap_or_default());
        }
        if code == StatusCode::METHOD_NOT_ALLOWED {
            reply::allow(&mut response, &self.methods);
        }
        response
    }

    async fn page(&self, parts: &Parts, preferences: &Preferences) -> Result<Arc<Page>, Failure> {
        let (path, query) = (parts.uri.path(), parts.uri.query().unwrap_or_default());
        let zips = reply::accepts_gzip(&parts.headers);
        let cached = self.renderer.cached(path, query, preferences);
        if let Some(page) = cached.filter(|page| !zips || page.compressed().is_some()) {
            return Ok(page);
        }
        // It may take a while; other requests must not wait for it.
        let renderer = Arc::clone(&self.renderer);
        let (path, query, preferences) = (path.to_owned(), query.to_owned(), preferences.clone());
        let made = tokio::task::spawn_blocking(move || {
            let cached = renderer.cached(&path, &query, &preferences);
            let page = cached.map_or_else(|| renderer.page(&path, &query, &preferences), Ok)?;
            if zips {
                page.compress();
            }
            Ok(page)
        });
        let ended = |_| Failure::new(StatusCode::INTERNAL_SERVER_ERROR, "the page could not be rendered");
        made.await.map_err(ended)?
    }
}
