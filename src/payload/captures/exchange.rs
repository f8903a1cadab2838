//! Decides whether the response of an entry is validated, and decodes its body.

use std::borrow::Cow;
use std::io;
use std::path::PathBuf;

use base64::Engine;
use base64::alphabet::{STANDARD, URL_SAFE};
use base64::engine::{DecodePaddingMode, GeneralPurpose, GeneralPurposeConfig};
use serde_json::Value;

use super::beside::{self, Elsewhere};
use super::pattern::Pattern;
use crate::error::{Error, ErrorKind};
use crate::json;
use crate::origin::Origin;
use crate::payload::limit::too_large;
use crate::payload::stream::unreadable;
use crate::payload::{Item, NotValidated, Options, Payload, Request, Skipped, codecs};

/// A value in place of a status that is not one.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct NoStatus;

/// Why a response with a status of 1xx is skipped.
pub(super) const INFORMATIONAL: &str = "informational response";

/// Why a redirect is skipped that another exchange follows.
pub(super) const FOLLOWED: &str = "redirect that was followed";

/// A recorded request and its response.
#[derive(Debug)]
pub(super) struct Exchange {
    pub(super) request: Request,
    /// What the URL of the request fits, where the path is not known.
    pub(super) pattern: Option<Pattern>,
    /// Whether segments in braces in the path of the request match anything.
    pub(super) is_template: bool,
    /// 0 if there was no response.
    pub(super) status: Result<Option<u16>, NoStatus>,
    pub(super) body: Option<Vec<u8>>,
    pub(super) base64: bool,
    /// The file that the body was put in.
    pub(super) elsewhere: Option<Elsewhere>,
    /// The value of `Content-Encoding`.
    pub(super) coding: String,
    /// Whether it is a redirect, and another exchange came after it.
    pub(super) followed: bool,
    /// How many lines behind the beginning of the entry its text begins.
    pub(super) line: u64,
}

impl Default for Exchange {
    fn default() -> Self {
        Self {
            request: Request::default(),
            pattern: None,
            is_template: false,
            status: Ok(None),
            body: None,
            base64: false,
            elsewhere: None,
            coding: String::new(),
            followed: false,
            line: 0,
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
    pub(super) fn item(self, origin: &Origin, setting: &Setting) -> Result<Item, Error> {
        let max = setting.options.max_body;
        let is_ours = self.is_ours(&setting.options).map_err(|what| {
            let what = format!("has a URL pattern that {what}: whether it is selected is unknown");
            Error::new(ErrorKind::Input, origin.to_string(), what)
        })?;
        if let Some(why) = if is_ours { self.unanswered() } else { Some(Skipped::NOT_SELECTED) } {
            let what = self.request.name();
            return Ok(Item::Skipped(Skipped { origin: origin.clone(), what, why: why.into() }));
        }
        let Ok(status) = self.status else {
            let what = "has an invalid HTTP status: not validated, since success is unknown";
            return Err(Error::new(ErrorKind::Input, origin.to_string(), what));
        };
        if let Some(status) = status.filter(|status| NotValidated::of_status(*status).is_some()) {
            // Nobody looks at its body, so that it may be anything.
            let bytes = self.body.filter(|body| body.len() as u64 <= max).unwrap_or_default();
            let payload = Payload::new(origin.clone(), bytes).with_request(self.request);
            return Ok(Item::Payload(payload.with_status(status)));
        }
        self.validated(origin, setting, status).map(Item::Payload)
    }

    /// The payload that is to be validated.
    fn validated(
        mut self,
        origin: &Origin,
        setting: &Setting,
        status: Option<u16>,
    ) -> Result<Payload, Error> {
        let max = setting.options.max_body;
        let unread = |error: io::Error| unreadable(&origin.to_string(), error);
        if let (None, Some(file), Some(folder)) = (&self.body, &self.elsewhere, &setting.folder) {
            if let Some(path) = file.find(folder) {
                setting.options.before_beside.ask(&path)?;
                self.body = Some(beside::read(&path, max).map_err(unread)?);
            }
            self.base64 = false;
        }
        let elsewhere = self.elsewhere.is_some();
        let request = self.request.clone();
        let recorded = self.body.as_ref().is_some_and(|body| !body.is_empty());
        let bytes = self.bytes(max).map_err(unread)?;
        let payload = Payload::new(origin.clone(), bytes).with_request(request);
        let payload = match (recorded, elsewhere) {
            (true, _) => payload,
            (false, true) => payload.with_body_elsewhere(),
            (false, false) => payload.without_body(),
        };
        Ok(match status {
            Some(status) => payload.with_status(status),
            None => payload,
        })
    }

    /// Whether it is selected; else what is wrong with its pattern.
    fn is_ours(&self, options: &Options) -> Result<bool, &'static str> {
        let Some(selection) = &options.selection else { return Ok(true) };
        match &self.pattern {
            Some(pattern) => pattern.fits_any(selection.paths(&self.request)),
            None if self.is_template => Ok(selection.selects_template(&self.request)),
            None => Ok(selection.selects(&self.request)),
        }
    }

    /// Whether the response is a redirect.
    pub(super) fn is_redirect(&self) -> bool {
        matches!(self.status, Ok(Some(300..=303 | 305..=399)))
    }

    /// Why there is no response to a request for a body. A response without one is not validated, and counts.
    fn unanswered(&self) -> Option<&'static str> {
        match self.status {
            _ if matches!(&*self.request.method, "HEAD" | "OPTIONS") => Some("request for no body"),
            Ok(Some(0)) => Some("no response was recorded"),
            Ok(Some(100..=199)) => Some(INFORMATIONAL),
            _ => self.followed.then_some(FOLLOWED),
        }
    }

    fn bytes(self, max: u64) -> io::Result<Vec<u8>> {
        body_bytes(self.body.unwrap_or_default(), self.base64, &self.coding, max)
    }
}

/// The bytes of a body, from base64 and decompressed: by the codecs that are named, and by its content.
pub(super) fn body_bytes(mut bytes: Vec<u8>, base64: bool, coding: &str, max: u64) -> io::Result<Vec<u8>> {
    if base64 {
        bytes = from_base64(bytes)?;
    }
    if bytes.len() as u64 > max {
        return Err(too_large(max));
    }
    codecs::body(bytes, coding, max).map(|(bytes, _)| bytes)
}

/// The bytes of a text that is marked as base64. Firefox marks text that it left as it is, too: that is
/// text which no base64 could be, or JSON.
pub(super) fn from_base64(text: Vec<u8>) -> io::Result<Vec<u8>> {
    const MARK: &[u8] = b"\xef\xbb\xbf";
    let lenient = GeneralPurposeConfig::new().with_decode_padding_mode(DecodePaddingMode::Indifferent);
    let behind_mark = text.strip_prefix(MARK).unwrap_or(&text);
    let packed = without_space(behind_mark);
    let alphabets = [&STANDARD, &URL_SAFE].into_iter();
    let decoded =
        alphabets.map(|alphabet| GeneralPurpose::new(alphabet, lenient).decode(&packed)).find_map(Result::ok);
    let is_other = |byte: &u8| !byte.is_ascii_alphanumeric() && !b"+/-_=".contains(byte);
    match decoded {
        // A word or a number of JSON may be base64 as well.
        Some(decoded) if !json::is_complete(behind_mark) || json::is_complete(&decoded) => Ok(decoded),
        Some(_) => Ok(text),
        None if packed.iter().any(is_other) || json::is_complete(behind_mark) => Ok(text),
        None => {
            let what = "has a body that is marked as base64 and is not base64";
            Err(io::Error::new(io::ErrorKind::InvalidData, what))
        }
    }
}

/// The text without white space, which base64 may have in lines.
fn without_space(text: &[u8]) -> Cow<'_, [u8]> {
    // All of it is looked at, so that many bytes are at once.
    match text.iter().filter(|byte| byte.is_ascii_whitespace()).count() {
        0 => Cow::Borrowed(text),
        _ => text.iter().copied().filter(|byte| !byte.is_ascii_whitespace()).collect(),
    }
}

/// A status, however it is written: a number, or a text that begins with one. `None` if there is none; 0
/// where nothing answered.
pub(super) fn status(value: Option<&Value>) -> Result<Option<u16>, NoStatus> {
    let code = match value {
        None | Some(Value::Null) => return Ok(None),
        Some(Value::String(text)) => text.split_whitespace().next().and_then(|code| code.parse().ok()),
        Some(Value::Number(number)) => number.as_f64(),
        Some(_) => None,
    };
    let code = code.filter(|code| (-1.0..1_000.0).contains(code) && code.fract() == 0.0).ok_or(NoStatus)?;
    // Playwright writes -1 where a request was given up.
    #[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss, reason = "a whole number below 1,000")]
    Ok(Some(code.max(0.0) as u16))
}

/// The values of `Content-Encoding` in a list or an object of headers, in the order of its lines.
pub(super) fn coding(headers: &Value) -> String {
    let is_it = |name: &str| name.eq_ignore_ascii_case("content-encoding");
    let is_named =
        |header: &&Value| header.get("name").or(header.get("key")).and_then(Value::as_str).is_some_and(is_it);
    let found: Vec<&Value> = match headers {
        Value::Object(headers) => {
            headers.iter().filter(|(name, _)| is_it(name)).map(|(_, value)| value).collect()
        }
        Value::Array(headers) => {
            headers.iter().filter(is_named).filter_map(|header| header.get("value")).collect()
        }
        _ => Vec::new(),
    };
    // Each may be several.
    let values = found
        .into_iter()
        .flat_map(|value| value.as_array().map_or(std::slice::from_ref(value), Vec::as_slice));
    values.filter_map(Value::as_str).collect::<Vec<_>>().join(",")
}
