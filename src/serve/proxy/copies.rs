//! Copies of responses are recorded, and become payloads.

use std::collections::VecDeque;
use std::io;
use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use hyper::HeaderMap;

use super::counts::Counters;
use super::keys::Keys;
use super::problems::Problems;
use super::queue::{Copied, Ending, Head, Held, Queue};
use crate::contract::Contract;
use crate::error::{Error, ErrorKind};
use crate::live::{Address, Exchange, Record, Recorder, coding, is_partial, kept, masked};
use crate::origin::Origin;
use crate::payload::{self, Item, NotValidated, Payload, Request, Skipped};
#[cfg(feature = "redact")]
use crate::redact::Recording;
use crate::validate::Secrets;

/// How long recorded responses outlive the process only, not a crash of the system.
const SYNC_TIME: Duration = Duration::from_secs(1);

/// The selected responses of a proxy as payloads, until it has ended: what a
/// [`Source`](crate::run::Source::arriving) takes. Each is recorded before it is given.
#[derive(Debug)]
pub struct Copies {
    received: Receiver<Copied>,
    server: String,
    secrets: Secrets,
    recorder: Option<Recorder>,
    keeps_secrets: bool,
    max_body: u64,
    counters: Arc<Counters>,
    keys: Keys,
    number: u64,
    synced: Option<Instant>,
    /// Why recording ended.
    problem: Option<Error>,
    problems: Problems,
    /// What is left to report at the end.
    lost: Option<VecDeque<Error>>,
}

impl Copies {
    pub(super) fn new(
        received: Receiver<Copied>,
        queue: &Queue,
        address: &Address,
        contract: &Contract,
        record: Option<&Record>,
    ) -> Result<Self, Error> {
        let opened = record.map(|record| Recorder::open(record, address, queue.max_body)).transpose()?;
        Ok(Self {
            received,
            server: address.server(),
            secrets: contract.secrets().clone(),
            recorder: opened.map(|(recorder, _)| recorder),
            keeps_secrets: record.is_some_and(|record| record.keep_secrets),
            max_body: queue.max_body,
            counters: Arc::clone(&queue.counters),
            keys: Keys::new(contract),
            number: 0,
            synced: None,
            problem: None,
            problems: Problems::default(),
            lost: None,
        })
    }

    /// Redacts responses before they are recorded.
    #[cfg(feature = "redact")]
    pub fn redact(&mut self, recording: Recording) {
        self.recorder = self.recorder.take().map(|recorder| recorder.redacting(Some(recording)));
    }

    /// The next copy, once there is one. Before it waits, what was recorded is put on the disk.
    fn receive(&mut self) -> Result<Option<Copied>, Error> {
        let since = self.synced.map_or(SYNC_TIME, |synced| synced.elapsed());
        match self.received.try_recv() {
            Ok(copied) if since < SYNC_TIME => return Ok(Some(copied)),
            Ok(copied) => return self.sync().map(|()| Some(copied)),
            Err(TryRecvError::Disconnected) => return self.sync().map(|()| None),
            Err(TryRecvError::Empty) => self.sync()?,
        }
        Ok(self.received.recv().ok())
    }

    fn sync(&mut self) -> Result<(), Error> {
        self.synced = Some(Instant::now());
        self.recorder.as_mut().map_or(Ok(()), Recorder::sync).inspect_err(|_| self.recorder = None)
    }

    /// The payload of a copy; nothing if a problem is all that is reported of it.
    fn item(&mut self, copied: Copied) -> Option<Item> {
        let Copied { head, body, ending } = copied;
        self.number += 1;
        let Head { method, target, secrets, fields: headers, mut exchange } = head;
        let keys = self.keys.of(secrets, &target);
        let url = keys.url(format!("{}{target}", self.server));
        let request = Request::new(&method, &url);
        let origin = Origin::file(format!("{}{}", self.server, request.path)).entry(self.number);
        let why = match ending {
            Ending::TooLarge | Ending::Dropped => {
                self.problems.add(&request.method, payload::too_large(self.max_body).to_string(), &origin);
                return None;
            }
            Ending::Abandoned => Some("the connection was closed before the end".to_owned()),
            Ending::Malformed(why) => Some(why),
            Ending::Failed(why) => {
                let why = keys.scrubbed(why);
                self.problems.add(&request.method, why.clone(), &origin);
                Some(why)
            }
            Ending::Broken(why) => {
                let why = keys.scrubbed(why);
                self.problems.add(&request.method, why.clone(), &origin);
                exchange.broken = Some(why);
                None
            }
            Ending::Complete => None,
        };
        if let Some(why) = why {
            let why = keys.scrubbed(why).into();
            return Some(Item::Skipped(Skipped { origin, what: request.name(), why }));
        }
        let status = exchange.status.as_u16();
        let payload = |bytes| Payload::new(origin.clone(), bytes).with_status(status);
        if is_partial(exchange.status, &headers) {
            return Some(Item::Payload(payload(Vec::new()).with_request(request).with_partial_body()));
        }
        let is_payload = NotValidated::of_status(status).is_none();
        if !is_payload && !self.recorder.as_ref().is_some_and(Recorder::has_status) {
            return Some(Item::Payload(payload(Vec::new()).with_request(request)));
        }
        let values = kept(&headers, &keys.keys).into_iter();
        exchange.headers = values.map(|(name, value)| (name, keys.scrubbed(value))).collect();
        exchange.length = body.bytes.len();
        let (mut bytes, wrong) = self.decoded(body, &headers);
        if let Some(wrong) = wrong {
            // Of a truncated response, this is no wonder.
            if is_payload && exchange.broken.is_none() {
                self.problems.add(&request.method, wrong.to_string(), &origin);
            }
            if is_payload && wrong.kind() == io::ErrorKind::FileTooLarge {
                return None;
            }
            exchange.broken.get_or_insert_with(|| format!("could not be decoded: {wrong}"));
        }
        if exchange.broken.is_some() {
            keys.scrub_cut(&mut bytes);
        } else {
            keys.scrub(&mut bytes);
        }
        self.record(&method, &url, &exchange, &bytes);
        let is_blank = bytes.trim_ascii().is_empty();
        if is_payload && is_blank && exchange.broken.is_some() {
            return None;
        }
        let payload = payload(bytes).with_request(request);
        Some(Item::Payload(if is_blank { payload.without_body() } else { payload }))
    }

    /// The body of a response, as far as it can be decoded, and what is wrong with it.
    fn decoded(&self, body: Arc<Held>, headers: &HeaderMap) -> (Vec<u8>, Option<io::Error>) {
        let held = Arc::try_unwrap(body).map(|held| held.bytes);
        let bytes = held.unwrap_or_else(|shared| Arc::clone(&shared.bytes));
        let coding = coding(headers);
        if payload::is_plain(&bytes, &coding) {
            return (Arc::unwrap_or_clone(bytes), None);
        }
        match payload::as_sent(bytes.to_vec(), &coding, self.max_body) {
            Ok(decoded) => (decoded, None),
            Err(error) if error.kind() == io::ErrorKind::FileTooLarge => (Vec::new(), Some(error)),
            // The header may be wrong, and the body be whole.
            Err(error) if error.kind() == io::ErrorKind::Unsupported => {
                let bytes = payload::decoded(bytes.to_vec(), &coding, self.max_body);
                (bytes.unwrap_or_default(), Some(error))
            }
            Err(error) => (payload::decoded_beginning(&bytes, &coding, self.max_body), Some(error)),
        }
    }

    fn record(&mut self, method: &str, url: &str, exchange: &Exchange, bytes: &[u8]) {
        let Some(recorder) = &mut self.recorder else { return };
        let is_payload = NotValidated::of_status(exchange.status.as_u16()).is_none();
        if !(recorder.has_status() || is_payload && !bytes.trim_ascii().is_empty()) {
            return;
        }
        let added = if self.keeps_secrets {
            recorder.add_by(method, url, exchange, bytes, false)
        } else {
            recorder.add_by(method, url, exchange, &masked(bytes, &self.secrets), false)
        };
        if let Err(error) = added {
            // A full disk is reported once, and responses are still validated.
            self.recorder = None;
            self.problem = Some(error);
        }
    }

    /// Why responses were not validated, at the end.
    fn lost(&mut self) -> VecDeque<Error> {
        let dropped = self.counters.dropped.load(Ordering::Relaxed);
        let what = format!(
            "{dropped} responses were not validated: they came faster than they were validated (`max_buffer`)"
        );
        let dropped = (dropped > 0).then(|| Error::new(ErrorKind::Unsupported, self.server.clone(), what));
        std::mem::take(&mut self.problems).errors(&self.server).chain(dropped).collect()
    }
}

impl Iterator for Copies {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        loop {
            if let Some(problem) = self.problem.take() {
                return Some(Err(problem));
            }
            if let Some(lost) = &mut self.lost {
                return lost.pop_front().map(Err);
            }
            match self.receive() {
                Ok(Some(copied)) => {
                    let item = self.item(copied);
                    self.counters.waiting.fetch_sub(1, Ordering::Relaxed);
                    if let Some(item) = item {
                        return Some(Ok(item));
                    }
                }
                Ok(None) => self.lost = Some(self.lost()),
                Err(error) => return Some(Err(error)),
            }
        }
    }
}
