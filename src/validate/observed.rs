//! Validates payloads and records what the walk over them passes.

use std::io::{self, Read};

use super::findings::{PayloadText, not_validated};
use super::stream::{Passage, Recorder, Stream, Tape};
use super::{Lead, Limits, MAX_DEPTHS, Validation, Validator};
use crate::json::{self, LineColumn};
use crate::payload::Payload;

impl Validator {
    /// As [`Self::validate_payload`]. Nothing is recorded where the reference engine runs; what is recorded
    /// of a payload that is no response is to be thrown away.
    pub(crate) fn validate_recording(&self, payload: &Payload, tape: &mut Tape) -> Validation {
        tape.clear();
        self.observed(payload, &mut Recorder::new(tape))
    }

    /// As [`Self::validate_reader`], and hands on what is passed, with the envelope that the payload seems to
    /// be in. It counts for a payload of that envelope.
    pub(crate) fn validate_reader_recording(
        &self,
        location: &Payload,
        mut reader: impl Read,
        sink: &mut dyn FnMut(Option<&str>, Passage<'_>),
    ) -> io::Result<Validation> {
        let (body, mut tape) = (PayloadText::of(location), Tape::default());
        match self.lead(location, &mut reader)? {
            Lead::NotValidated(reason) => Ok(not_validated(body, reason, location.status())),
            Lead::Held(bytes) => {
                let held = PayloadText { bytes: &bytes, ..body };
                let validation = self.validation(held, &mut Recorder::new(&mut tape));
                let text = json::decode(&bytes).unwrap_or_default();
                if validation.answered {
                    tape.each_passage(text, &mut |passage| sink(validation.envelope.as_deref(), passage));
                }
                Ok(validation)
            }
            Lead::Walk(at, bytes) => {
                let name = self.envelopes.name(at).map(|name| &**name);
                let mut sink = |passage: Passage<'_>| sink(name, passage);
                let mut recorder = Recorder::handing_on(&mut tape, &mut sink);
                self.walk(body, at, bytes.as_slice().chain(reader), &mut recorder)
            }
        }
    }
}

impl Tape {
    /// Hands on what a walk over this text recorded, or else one that asks nothing of it; false where it is no
    /// JSON. A text with too many values to be recorded is walked over again, a window at a time.
    pub(crate) fn each_passage(&mut self, text: &[u8], sink: &mut dyn FnMut(Passage<'_>)) -> bool {
        let (max_depth, limits) = (*MAX_DEPTHS.end(), Limits::default());
        if self.is_blank()
            && Stream::open().validate(text, max_depth, limits, &mut Recorder::new(self)).is_err()
        {
            return false;
        }
        if self.is_full() {
            let mut recorder = Recorder::handing_on(self, sink);
            return matches!(
                Stream::open().validate_reader(text, LineColumn::START, max_depth, limits, &mut recorder),
                Ok(Ok(_))
            );
        }
        let passage = self.passage(text);
        passage.map(sink).is_some()
    }
}
