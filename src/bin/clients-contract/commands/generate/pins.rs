//! Which members are set, whatever else is made?

use std::sync::atomic::{AtomicU64, Ordering};

use clients_contract::Error;
use clients_contract::generate::Pin;
use serde_json::Value;

use super::Generate;
use crate::global_args::GlobalArgs;
use crate::output::note;

/// The members that are set in every payload, and how often each found no place.
pub struct Pins {
    pins: Vec<(Pin, AtomicU64)>,
    given: Vec<String>,
}

impl Pins {
    pub(super) fn new(command: &Generate, schema: &Value) -> Result<Self, Error> {
        let pins = command.with.iter().map(|text| Ok((Pin::new(schema, text)?, AtomicU64::new(0))));
        Ok(Self { pins: pins.collect::<Result<_, Error>>()?, given: command.with.clone() })
    }

    pub fn is_empty(&self) -> bool {
        self.pins.is_empty()
    }

    /// Sets them, and keeps no count.
    pub fn put_into(&self, payload: &mut Value) {
        for (pin, _) in &self.pins {
            pin.set(payload);
        }
    }

    pub fn set(&self, payload: &mut Value) {
        for (pin, without) in &self.pins {
            if pin.set(payload) == 0 {
                without.fetch_add(1, Ordering::Relaxed);
            }
        }
    }

    pub(super) fn tell(&self, global: GlobalArgs) {
        for ((_, without), given) in self.pins.iter().zip(&self.given) {
            let without = without.load(Ordering::Relaxed);
            if without > 0 {
                let pointer = given.split('=').next().unwrap_or_default();
                let payloads = if without == 1 { "payload has" } else { "payloads have" };
                note(global.quiet, &format!("--with {pointer}: {without} {payloads} no place for it"));
            }
        }
    }
}
