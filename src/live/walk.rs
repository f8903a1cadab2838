//! The walk: an iterator over the pages of an instance.

use std::iter::Peekable;
use std::thread;
use std::time::Duration;

use super::address::Address;
use super::fetch::{Fetched, Fetcher, Response};
use super::key::Key;
use super::masking::masked;
use super::options::{DEFAULT_MAX_PAGES, Options};
use super::pace::{Pace, backoff};
use super::progress::{NextPage, Progress};
use super::record::{Earlier, Recorder};
use crate::contract::paging::Paging;
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::payload::{Item, Items, Payload, Request};
use crate::validate::Secrets;

/// Events of a walk.
#[derive(Clone, Debug)]
#[non_exhaustive]
pub enum Event {
    /// A page is requested; the total is known after the first one.
    Asking {
        /// The page.
        page: u64,
        /// Number of pages.
        of: Option<u64>,
    },
    /// The walk waits.
    Waiting {
        /// The reason.
        why: String,
        /// The duration.
        time: Duration,
    },
    /// Something unexpected that does not stop the walk.
    Odd(String),
}

/// An iterator over the pages of an instance.
///
/// A problem ends the walk and is its last item; what came before it is whole. A response with another status
/// than 2xx, or without a body, that ends it comes before the problem, as a payload that is not validated.
/// Each payload has its request, so that [`Validator::sequence`](crate::validate::Validator::sequence) can
/// validate the walk.
///
/// ```no_run
/// use clients_contract::contract;
/// use clients_contract::live::{Address, Key, Options, Walk};
///
/// let contract = contract::usual();
/// let address = Address::parse("https://acme.example.com", &contract.path)?;
/// let key = Key::new(&std::env::var("CLIENTS_CONTRACT_API_KEY")?)?;
/// for page in Walk::new(contract.paging(), contract.secrets(), address, key, Options::default())? {
///     println!("{}", contract.validator().validate_payload(&page?));
/// }
/// # Ok::<(), Box<dyn std::error::Error>>(())
/// ```
pub struct Walk {
    /// Nothing where a response is all there is.
    paging: Option<Paging>,
    next_page: NextPage,
    secrets: Secrets,
    address: Address,
    fetcher: Fetcher,
    options: Options,
    pace: Pace,
    /// A delay that the server requested in its last response.
    pause: Option<Duration>,
    recorder: Option<Recorder>,
    earlier: Option<Peekable<Items<'static>>>,
    watcher: Box<dyn FnMut(&Event) + Send>,
    page: u64,
    progress: Progress,
    problem: Option<Error>,
    done: bool,
}

/// Why there is no page, and the status of the response that is none, if there was one.
struct Failure {
    error: Error,
    status: Option<u16>,
}

impl From<Error> for Failure {
    fn from(error: Error) -> Self {
        Self { error, status: None }
    }
}

impl Walk {
    /// Begins a walk; nothing is sent yet.
    ///
    /// # Errors
    ///
    /// [`ErrorKind::Usage`] when the key would be sent over plain HTTP to another machine or to a proxy, and
    /// for a recording that has the wrong extension, is not empty, or is to be resumed with different options
    /// or from another server; [`ErrorKind::Output`] when it cannot be written.
    pub fn new(
        paging: Option<&Paging>,
        secrets: &Secrets,
        address: Address,
        key: Key,
        #[cfg_attr(not(feature = "redact"), expect(unused_mut, reason = "nothing is taken"))]
        mut options: Options,
    ) -> Result<Self, Error> {
        let next_page = NextPage::of(paging, &options)?;
        address.keep_key_private(options.allow_http)?;
        let fetcher = Fetcher::new(&address, key, &options)?;
        #[cfg(feature = "redact")]
        let redaction = options.redaction.take();
        let (recorder, earlier) = match &options.record {
            Some(record) => {
                let (recorder, earlier) = Recorder::open(record, &address, options.max_body)?;
                #[cfg(feature = "redact")]
                let recorder = recorder.redacting(redaction);
                (Some(recorder), earlier)
            }
            None => (None, None),
        };
        let mut walk = Self {
            paging: paging.cloned(),
            next_page,
            secrets: secrets.clone(),
            fetcher,
            pace: Pace::new(options.rate),
            pause: None,
            recorder,
            earlier: None,
            watcher: Box::new(|_| {}),
            page: options.first_page,
            progress: Progress::default(),
            problem: None,
            done: false,
            address,
            options,
        };
        if let Some(Earlier { first, items }) = earlier {
            if first.is_some_and(|first| first != Request::new("GET", &walk.url())) {
                let location = walk.options.record.map(|record| record.path.display().to_string());
                let what = "was recorded with different options; resume with the same options, or record to another file";
                return Err(Error::new(ErrorKind::Usage, location.unwrap_or_default(), what));
            }
            walk.earlier = Some(items.peekable());
        }
        Ok(walk)
    }

    /// Sends events to `watcher`.
    #[must_use]
    pub fn watched(mut self, watcher: impl FnMut(&Event) + Send + 'static) -> Self {
        self.watcher = Box::new(watcher);
        self
    }

    /// The URL of the next page.
    fn url(&self) -> String {
        match self.query() {
            query if query.is_empty() => self.address.url(),
            query => format!("{}?{query}", self.address.url()),
        }
    }

    fn query(&self) -> String {
        let Some(paging) = &self.paging else { return String::new() };
        let Paging { numbers, cursors, .. } = paging;
        let Options { query, sort, count, .. } = &self.options;
        let (page, count) = (Some(self.page.to_string()), count.map(|count| count.to_string()));
        let [which, size] = match &self.next_page {
            NextPage::ByCursor(cursor) => [
                cursors.as_ref().map(|cursors| (&cursors.cursor, cursor)),
                cursors.as_ref().map(|cursors| (&cursors.count, &count)),
            ],
            _ => [
                numbers.as_ref().map(|numbers| (&numbers.page, &page)),
                numbers.as_ref().map(|numbers| (&numbers.count, &count)),
            ],
        };
        let rest =
            [paging.sort.as_ref().map(|name| (name, sort)), paging.query.as_ref().map(|name| (name, query))];
        let mut pairs = form_urlencoded::Serializer::new(String::new());
        for (name, value) in [which, size].into_iter().chain(rest).flatten() {
            if let Some(value) = value {
                pairs.append_pair(name, value);
            }
        }
        pairs.finish()
    }

    fn wait(&mut self, why: String, time: Duration) -> Result<(), Error> {
        if time > self.options.max_wait {
            let max = self.options.max_wait.as_secs();
            let what = format!(
                "{why}; server requested a wait of {} s, more than the maximum of {max} s (`max_wait`)",
                time.as_secs()
            );
            return Err(Error::new(ErrorKind::Network, self.address.url(), what));
        }
        (self.watcher)(&Event::Waiting { why, time });
        thread::sleep(time);
        Ok(())
    }

    /// The body of the page that is next.
    fn fetch(&mut self) -> Result<Response, Failure> {
        let (mut address, mut query) = (self.address.clone(), self.query());
        let (mut hops, mut tries) = (0, 0);
        if let Some(time) = self.pause.take().filter(|time| !time.is_zero()) {
            self.wait("server reports that no requests are left".to_owned(), time)?;
        }
        loop {
            let time = self.pace.wait();
            if !time.is_zero() {
                self.wait("the rate limit".to_owned(), time)?;
            }
            (self.watcher)(&Event::Asking { page: self.page, of: self.progress.of });
            let answer = self.fetcher.get(&address, &query, hops);
            self.pace.answered();
            let (why, named, status) = match answer {
                Fetched::Response(body) => return Ok(body),
                Fetched::Stop(error) => return Err(error.into()),
                Fetched::Refused(status, error) => return Err(Failure { error, status: Some(status) }),
                Fetched::Redirect(next, parameters) => {
                    address = next;
                    if !parameters.is_empty() {
                        query = parameters;
                    }
                    hops += 1;
                    continue;
                }
                Fetched::Again(why, named) => (why, named, None),
                Fetched::Busy(status, named) => {
                    (format!("server returned {status}"), named, Some(status.as_u16()))
                }
            };
            if tries >= self.options.retries {
                let what = format!("{why}; page {} was requested {} times", self.page, tries + 1);
                let error = Error::new(ErrorKind::Network, self.address.url(), what);
                return Err(Failure { error, status });
            }
            let time = named.unwrap_or_else(|| backoff(self.options.retry_delay, tries));
            tries += 1;
            self.wait(why, time).map_err(|error| Failure { error, status })?;
        }
    }

    /// The next page from the server. It is recorded before it is validated.
    fn ask(&mut self) -> Result<Payload, Error> {
        let body = match self.fetch() {
            Ok(body) => body,
            Err(Failure { error, status: Some(status) }) => return Ok(self.refused(status, error)),
            Err(Failure { error, status: None }) => return Err(error),
        };
        self.pause = body.pause;
        let url = self.url();
        if let Some(recorder) = &mut self.recorder {
            let keeps = self.options.record.as_ref().is_some_and(|record| record.keep_secrets);
            let recorded = if keeps {
                recorder.add(&url, &body.exchange, &body.bytes)
            } else {
                recorder.add(&url, &body.exchange, &masked(&body.bytes, &self.secrets))
            };
            self.problem = recorded.err();
        }
        if !body.kind.is_empty() && !body.kind.to_ascii_lowercase().contains("json") {
            (self.watcher)(&Event::Odd(format!(
                "page {} has content type {}, expected JSON",
                self.page, body.kind
            )));
        }
        Ok(self.payload(body.bytes, &url))
    }

    /// The response that ends the walk with an error, which comes behind it: received and not validated.
    fn refused(&mut self, status: u16, error: Error) -> Payload {
        (self.problem, self.done) = (Some(error), true);
        let origin = Origin::file(self.address.url()).entry(self.page);
        let request = Request::new("GET", &self.url());
        let payload = Payload::new(origin, Vec::new()).with_status(status).with_request(request);
        if status == 206 { payload.with_partial_body() } else { payload.without_body() }
    }

    /// Takes a page, and finds out whether there is a next one.
    fn payload(&mut self, bytes: Vec<u8>, url: &str) -> Payload {
        let next = match &self.paging {
            Some(paging) => self.progress.add(&bytes, paging, &mut self.next_page),
            None => Ok(false),
        };
        if self.paging.is_none() {
            self.progress.pages += 1;
        }
        let endless = matches!(next, Ok(true)) && self.is_at_default_limit();
        self.done = !matches!(next, Ok(true)) || endless || self.problem.is_some();
        let pages = self.progress.pages;
        let what = match next {
            Err(what) => Some(format!("page {} {what}", self.page)),
            Ok(_) if endless => Some(format!(
                "page {} promises more pages: walk stopped after {pages} pages; raise the limit with `max_pages`",
                self.page
            )),
            Ok(_) => None,
        };
        if let (Some(what), None) = (what, &self.problem) {
            self.problem = Some(Error::new(ErrorKind::Network, self.address.url(), what));
        }
        let origin = Origin::file(self.address.url()).entry(self.page);
        self.page += 1;
        let payload = Payload::new(origin, bytes).with_status(200).with_request(Request::new("GET", url));
        if endless { payload.with_page_limit(pages) } else { payload }
    }

    /// Whether there were as many pages as a walk has by default, and no recorded one is left.
    fn is_at_default_limit(&mut self) -> bool {
        self.options.max_pages.is_none()
            && self.progress.pages >= DEFAULT_MAX_PAGES
            && self.earlier.as_mut().is_none_or(|earlier| earlier.peek().is_none())
    }

    /// The next page that was recorded before.
    fn earlier(&mut self) -> Option<Result<Payload, Error>> {
        loop {
            match self.earlier.as_mut()?.next() {
                Some(Ok(Item::Payload(payload))) => {
                    let url = self.url();
                    return Some(Ok(self.payload(payload.bytes().to_vec(), &url)));
                }
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    self.done = true;
                    self.earlier = None;
                    return Some(Err(error));
                }
                None => self.earlier = None,
            }
        }
    }

    fn ended(&mut self) -> Option<Error> {
        self.done = true;
        self.problem.take()
    }
}

impl Iterator for Walk {
    type Item = Result<Payload, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(earlier) = self.earlier() {
            return Some(earlier);
        }
        let enough = self.options.max_pages.is_some_and(|max| self.progress.pages >= max);
        if self.done || enough {
            return self.ended().map(Err);
        }
        let page = self.ask();
        self.done |= page.is_err();
        Some(page)
    }
}

impl std::fmt::Debug for Walk {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Walk")
            .field("address", &self.address)
            .field("page", &self.page)
            .finish_non_exhaustive()
    }
}
