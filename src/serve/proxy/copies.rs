//! Copies of responses are recorded, and become payloads.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::sync::mpsc::{Receiver, TryRecvError};
use std::time::{Duration, Instant};

use hyper::HeaderMap;
use hyper::header::CONTENT_ENCODING;

use super::counts::Counters;
use super::fields;
use super::keys::Keys;
use super::queue::{Copied, Ending, Head, Held, Queue};
use crate::contract::Contract;
use crate::error::{Error, ErrorKind};
use crate::live::{Address, Exchange, Record, Recorder, kept, masked};
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
    problem: Option<Error>,
    ended: bool,
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
            ended: false,
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

    /// The payload of a copy, or why there is none.
    fn item(&mut self, copied: Copied) -> Result<Item, Error> {
        let Copied { head, body, ending } = copied;
        self.number += 1;
        let Head { method, target, secrets, fields: headers, mut exchange } = head;
        let keys = self.keys.of(secrets, &target);
        let url = keys.url(format!("{}{target}", self.server));
        let request = Request::new(&method, &url);
        let origin = Origin::file(format!("{}{}", self.server, request.path)).entry(self.number);
        let why = match ending {
            Ending::TooLarge | Ending::Dropped => {
                let error = payload::too_large(self.max_body);
                return Err(payload::unreadable(&origin.to_string(), error));
            }
            Ending::Abandoned => Some("the connection was closed before the end".to_owned()),
            Ending::Failed(why) => Some(why),
            Ending::Broken(why) => {
                exchange.broken = Some(keys.scrubbed(why));
                None
            }
            Ending::Complete => None,
        };
        if let Some(why) = why {
            let why = keys.scrubbed(why).into();
            return Ok(Item::Skipped(Skipped { origin, what: request.name(), why }));
        }
        let status = exchange.status.as_u16();
        let values = kept(&headers, &keys.keys).into_iter();
        exchange.headers = values.map(|(name, value)| (name, keys.scrubbed(value))).collect();
        exchange.length = body.bytes.len();
        let mut bytes = self.decoded(body, &headers, &mut exchange, &origin);
        if exchange.broken.is_some() {
            keys.scrub_cut(&mut bytes);
        } else {
            keys.scrub(&mut bytes);
        }
        if fields::is_partial(exchange.status, &headers) {
            let payload = Payload::new(origin, bytes).with_status(status).with_request(request);
            return Ok(Item::Payload(payload.with_partial_body()));
        }
        self.record(&method, &url, &exchange, &bytes);
        let is_empty = bytes.is_empty();
        let payload = Payload::new(origin, bytes).with_status(status).with_request(request);
        Ok(Item::Payload(if is_empty { payload.without_body() } else { payload }))
    }

    /// The body of a response. Of one that cannot be decoded, it is the beginning, and a problem is reported.
    fn decoded(
        &mut self,
        body: Arc<Held>,
        headers: &HeaderMap,
        exchange: &mut Exchange,
        of: &Origin,
    ) -> Vec<u8> {
        let held = Arc::try_unwrap(body).map(|held| held.bytes);
        let bytes = held.unwrap_or_else(|shared| Arc::clone(&shared.bytes));
        let (coding, is_partial) = (coding(headers), fields::is_partial(exchange.status, headers));
        if payload::is_plain(&bytes, &coding) {
            return Arc::unwrap_or_clone(bytes);
        }
        payload::decoded(bytes.to_vec(), &coding, self.max_body).unwrap_or_else(|error| {
            if NotValidated::of_status(exchange.status.as_u16()).is_none() && !is_partial {
                exchange.broken.get_or_insert_with(|| format!("could not be decoded: {error}"));
                self.problem = Some(payload::unreadable(&of.to_string(), error));
            }
            payload::decoded_beginning(&bytes, &coding, self.max_body)
        })
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

    /// Responses that were not validated, at the end.
    fn lost(&mut self) -> Option<Error> {
        self.ended = true;
        let dropped = self.counters.dropped.load(Ordering::Relaxed);
        let what = format!(
            "{dropped} responses were not validated: they came faster than they were validated (`max_buffer`)"
        );
        (dropped > 0).then(|| Error::new(ErrorKind::Unsupported, self.server.clone(), what))
    }
}

impl Iterator for Copies {
    type Item = Result<Item, Error>;

    fn next(&mut self) -> Option<Self::Item> {
        if let Some(problem) = self.problem.take() {
            return Some(Err(problem));
        }
        if self.ended {
            return None;
        }
        match self.receive() {
            Ok(Some(copied)) => Some(self.item(copied)),
            Ok(None) => self.lost().map(Err),
            Err(error) => Some(Err(error)),
        }
    }
}

/// The values of `Content-Encoding`.
pub(super) fn coding(headers: &HeaderMap) -> String {
    let values = headers.get_all(CONTENT_ENCODING).iter();
    values.filter_map(|value| value.to_str().ok()).collect::<Vec<_>>().join(",")
}
