//! Is this answer one to judge?

use std::fmt;
use std::io;
use std::path::PathBuf;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use fancy_regex::{Regex, RegexBuilder};
use serde::de::{Deserialize, Deserializer, Visitor};
use serde_json::Value;

use super::beside::Elsewhere;
use crate::error::{Error, ErrorKind};
use crate::json;
use crate::origin::Origin;
use crate::payload::limit::too_large;
use crate::payload::source::unreadable;
use crate::payload::{Item, Options, Payload, Request, Skipped, codecs};

/// Something that stands where a status should, and is none.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoStatus;

/// A request and what answered it, as somebody recorded them.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) request: Request,
    /// A regular expression that the path of the request fits, where the path is not known.
    pub(super) pattern: Option<String>,
    /// 0 where nothing answered.
    pub(super) status: Result<Option<u16>, NoStatus>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) base64: bool,
    /// The file that the body was put in.
    pub(super) elsewhere: Option<Elsewhere>,
    /// What `Content-Encoding` says.
    pub(super) coding: String,
    /// Whether it is a redirect, and another exchange came after it.
    pub(super) followed: bool,
}

impl Default for Exchange {
    fn default() -> Self {
        Self {
            request: Request::default(),
            pattern: None,
            status: Ok(None),
            body: None,
            base64: false,
            elsewhere: None,
            coding: String::new(),
            followed: false,
        }
    }
}

/// How the exchanges of a capture are read.
pub(super) struct Setting {
    pub(super) options: Options,
    /// The folder of the capture.
    pub(super) folder: Option<PathBuf>,
}

impl Exchange {
    /// The payload, or why there is none.
    pub(super) fn item(mut self, origin: &Origin, setting: &Setting) -> Result<Item, Error> {
        let most = setting.options.max_body;
        if let Some(why) =
            if self.is_ours(&setting.options) { self.unanswered() } else { Some("it is not asked for") }
        {
            let what = self.request.name();
            return Ok(Item::Skipped(Skipped { origin: origin.clone(), what, why: why.into() }));
        }
        let Ok(status) = self.status else {
            let what =
                "has a status that is none of HTTP: not validated, since nobody knows whether it succeeded";
            return Err(Error::new(ErrorKind::Input, origin.to_string(), what));
        };
        let unread = |error: io::Error| match error.kind() {
            io::ErrorKind::InvalidInput => {
                Error::new(ErrorKind::Input, origin.to_string(), error.to_string())
            }
            _ => unreadable(&origin.to_string(), error),
        };
        if let (None, Some(file), Some(folder)) = (&self.body, &self.elsewhere, &setting.folder) {
            self.body = file.read(folder, most).map_err(unread)?;
            self.base64 = false;
        }
        let elsewhere = self.elsewhere.is_some();
        let request = self.request.clone();
        let recorded = self.body.as_ref().is_some_and(|body| !body.is_empty());
        let bytes = self.bytes(most).map_err(unread)?;
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

    fn is_ours(&self, options: &Options) -> bool {
        let Some(selection) = &options.selection else { return true };
        match &self.pattern {
            None => selection.selects(&self.request),
            Some(pattern) => {
                let whole = compiled(pattern);
                let fits =
                    |path: &str| whole.as_ref().is_some_and(|whole| whole.is_match(path).unwrap_or(false));
                selection.selects_where(&self.request, fits)
            }
        }
    }

    /// Whether the response sends whoever asked to another place.
    pub(super) fn is_redirect(&self) -> bool {
        matches!(self.status, Ok(Some(300..=303 | 305..=399)))
    }

    /// Why there is no response to a request for a body. A response without one is not validated, and counts.
    fn unanswered(&self) -> Option<&'static str> {
        match self.status {
            _ if matches!(&*self.request.method, "HEAD" | "OPTIONS") => Some("it asks for no body"),
            Ok(Some(0)) => Some("no response was recorded"),
            _ => self.followed.then_some("its redirect was followed"),
        }
    }

    fn bytes(self, most: u64) -> io::Result<Vec<u8>> {
        let mut bytes = self.body.unwrap_or_default();
        if self.base64 {
            bytes = from_base64(bytes)?;
        }
        if bytes.len() as u64 > most {
            return Err(too_large(most));
        }
        codecs::body(bytes, &self.coding, most).map(|(bytes, _)| bytes)
    }
}

/// A regular expression for a whole path. One that is large or takes long fits nothing: a capture may come from anybody.
fn compiled(pattern: &str) -> Option<Regex> {
    const MAX_LENGTH: usize = 4 << 10;
    const MAX_SIZE: usize = 256 << 10;
    const MAX_STEPS: usize = 10_000;
    if pattern.len() > MAX_LENGTH {
        return None;
    }
    let mut builder = RegexBuilder::new(&format!("^(?:{pattern})$"));
    builder.delegate_size_limit(MAX_SIZE).backtrack_limit(MAX_STEPS).build().ok()
}

/// The bytes of a text that says it is base64. Firefox says so of text that it left as it is, too.
fn from_base64(text: Vec<u8>) -> io::Result<Vec<u8>> {
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let packed: Vec<u8> = text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect();
    let alphabets = [&STANDARD, &URL_SAFE].into_iter();
    let decoded =
        alphabets.map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(&packed)).find_map(Result::ok);
    match (decoded, packed.first()) {
        // A word or a number of JSON may be base64 as well.
        (Some(decoded), _) if json::is_complete(&decoded) || !json::is_complete(&text) => Ok(decoded),
        (Some(_), _) | (None, Some(b'{' | b'[' | b'"' | b'<')) => Ok(text),
        (None, _) if json::is_complete(&text) => Ok(text),
        (None, _) => {
            let what = "has a body that is not the base64 it says it is";
            Err(io::Error::new(io::ErrorKind::InvalidInput, what))
        }
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

/// A status, however it is written: a number, or a text that begins with one. `None` where nothing is said.
pub(super) fn status(value: Option<&Value>) -> Result<Option<u16>, NoStatus> {
    let code = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.split_whitespace().next().and_then(|code| code.parse().ok()),
        Some(Value::Number(number)) => number.as_f64(),
        Some(_) => None,
    };
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number below 1,000")]
    let whole =
        code.filter(|code| (0.0..1_000.0).contains(code) && code.fract() == 0.0).map(|code| code as u16);
    whole.map(Some).ok_or(NoStatus)
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
    match found {
        // A header that was sent several times.
        Some(Value::Array(values)) => values.iter().filter_map(Value::as_str).collect::<Vec<_>>().join(","),
        found => found.and_then(Value::as_str).unwrap_or_default().to_owned(),
    }
}
