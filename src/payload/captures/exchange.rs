//! Is this answer one to judge?

use std::fmt;
use std::io;

use base64::Engine;
use base64::alphabet::STANDARD;
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::Value;

use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use crate::payload::limit::too_large;
use crate::payload::source::unreadable;
use crate::payload::{Item, Options, Payload, Request, Skipped, codecs};

/// A request and what answered it, as somebody recorded them.
#[derive(Debug, Default)]
pub(super) struct Exchange {
    pub(super) request: Request,
    /// 0 where nothing answered.
    pub(super) status: Option<u16>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) base64: bool,
    /// The file that the body was put in.
    pub(super) elsewhere: bool,
    /// What `Content-Encoding` says.
    pub(super) coding: String,
}

impl Exchange {
    /// The payload, or why there is none.
    pub(super) fn item(self, origin: &Origin, options: &Options) -> Result<Item, Error> {
        let not_ours = options.selection.as_ref().is_some_and(|selection| !selection.selects(&self.request));
        if let Some(why) = if not_ours { Some("it is not asked for") } else { self.unanswered() } {
            let what = self.request.name();
            return Ok(Item::Skipped(Skipped { origin: origin.clone(), what, why }));
        }
        let status = self.status;
        let request = self.request.clone();
        let (recorded, elsewhere) = (self.body.as_ref().is_some_and(|body| !body.is_empty()), self.elsewhere);
        let bytes = self.bytes(options.max_body).map_err(|error| match error.kind() {
            io::ErrorKind::InvalidInput => {
                Error::new(ErrorKind::Input, origin.to_string(), error.to_string())
            }
            _ => unreadable(&origin.to_string(), error),
        })?;
        let payload = Payload::new(origin.clone(), bytes).answering(request);
        let payload = match (recorded, elsewhere) {
            (true, _) => payload,
            (false, true) => payload.with_body_elsewhere(),
            (false, false) => payload.without_body(),
        };
        Ok(Item::Payload(match status {
            Some(status) => payload.with_status(status),
            None => payload,
        }))
    }

    /// Why there is no response to a request for a body. A response without one is not validated, and counts.
    fn unanswered(&self) -> Option<&'static str> {
        match self.status {
            _ if matches!(&*self.request.method, "HEAD" | "OPTIONS") => Some("it asks for no body"),
            Some(0) => Some("no response was recorded"),
            _ => None,
        }
    }

    fn bytes(self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = self.body.unwrap_or_default();
        if self.base64 {
            bytes.retain(|byte| !byte.is_ascii_whitespace());
            let lenient =
                GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
            let decoded = GeneralPurpose::new(&STANDARD, lenient).decode(&bytes);
            let what = "has a body that is not the base64 it says it is";
            bytes = decoded.map_err(|_| io::Error::new(io::ErrorKind::InvalidInput, what))?;
        }
        if bytes.len() as u64 > most {
            return Err(too_large(most));
        }
        codecs::body(bytes, &self.coding, most).map(|(bytes, _)| bytes)
    }
}

/// A text as its bytes. Recorders that keep text as UTF-16 write half a surrogate pair where a body
/// is no text; that makes a body that is not JSON, not a capture that cannot be read.
#[derive(Debug, Default)]
pub(super) struct Text(pub(super) Vec<u8>);

impl<'de> Deserialize<'de> for Text {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Bytes;

        impl Visitor<'_> for Bytes {
            type Value = Text;

            fn expecting(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                f.write_str("a text")
            }

            fn visit_bytes<E>(self, bytes: &[u8]) -> Result<Text, E> {
                Ok(Text(bytes.to_vec()))
            }

            fn visit_byte_buf<E>(self, bytes: Vec<u8>) -> Result<Text, E> {
                Ok(Text(bytes))
            }
        }

        deserializer.deserialize_byte_buf(Bytes)
    }
}

/// A status, however it is written.
pub(super) fn status(value: Option<&Value>) -> Option<u16> {
    match value? {
        Value::String(text) => text.trim().parse().ok(),
        other => other.as_u64().and_then(|status| u16::try_from(status).ok()),
    }
}

/// What a list or an object of headers says of `Content-Encoding`.
pub(super) fn coding(headers: &Value) -> String {
    let is_it = |name: &str| name.eq_ignore_ascii_case("content-encoding");
    let found = match headers {
        Value::Object(headers) => headers.iter().find(|(name, _)| is_it(name)).map(|(_, value)| value),
        Value::Array(headers) => headers
            .iter()
            .find(|header| {
                header.get("name").or(header.get("key")).and_then(Value::as_str).is_some_and(is_it)
            })
            .and_then(|header| header.get("value")),
        _ => None,
    };
    found.and_then(Value::as_str).unwrap_or_default().to_owned()
}
