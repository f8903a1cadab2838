//! Rewrites URLs: hosts, segments of paths and values of parameters become others.

use percent_encoding::{AsciiSet, CONTROLS, percent_decode_str, utf8_percent_encode};

use super::outside::Outside;
use crate::redact::{Redactor, addresses};

/// What is encoded in a path and in a parameter.
const RESERVED: &AsciiSet = &CONTROLS
    .add(b' ')
    .add(b'"')
    .add(b'#')
    .add(b'%')
    .add(b'&')
    .add(b'+')
    .add(b'/')
    .add(b'<')
    .add(b'>')
    .add(b'=')
    .add(b'?')
    .add(b'[')
    .add(b'\\')
    .add(b']')
    .add(b'^')
    .add(b'`')
    .add(b'{')
    .add(b'|')
    .add(b'}');

/// Parameters that ask for an order.
const ORDERS: [&str; 6] = ["order", "orderBy", "order_by", "sort", "sortBy", "sort_by"];

/// Digits of a number in a parameter: more may be a telephone number.
const MAX_DIGITS: usize = 7;

/// Rewrites texts outside of bodies.
pub(super) struct Texts<'t> {
    pub(super) redactor: &'t mut Redactor,
    pub(super) outside: &'t Outside,
}

impl Texts<'_> {
    /// A text that is public: finding it is no leak.
    pub(super) fn keep(&mut self, text: &str) -> String {
        self.redactor.written_mut().kept(text);
        text.to_owned()
    }

    /// A URL, absolute or relative, or a path. Variables (`{{name}}`) stay variables.
    pub(super) fn url(&mut self, url: &str) -> String {
        let mut out = String::with_capacity(url.len());
        let until = url.find(['?', '#']).unwrap_or(url.len());
        let (address, rest) = url.split_at(until);
        // White space around an address does not count, and stays.
        let space = address.trim_start();
        out.push_str(&address[..address.len() - space.len()]);
        let (address, space) = space.split_at(space.trim_end().len());
        let mut path = 0;
        if let Some(from) = addresses::authority(address) {
            path = address[from..].find(['/', '\\']).map_or(address.len(), |at| from + at);
            match addresses::own_scheme(&address[..from]) {
                Some(scheme) => out.extend([self.redactor.text(scheme).as_ref(), "://"]),
                None => out.push_str(&address[..from]),
            }
            out.push_str(&self.host(&address[from..path]));
        } else if begins_with_host(address) {
            path = address.find('/').unwrap_or(address.len());
            out.push_str(&self.host(&address[..path]));
        }
        let segments = address[path..].split('/').map(|segment| self.segment(segment)).collect::<Vec<_>>();
        out.push_str(&segments.join("/"));
        out.push_str(space);
        let (query, fragment) =
            rest.split_once('#').map_or((rest, None), |(query, part)| (query, Some(part)));
        if let Some(query) = query.strip_prefix('?') {
            out.push('?');
            out.push_str(&self.query(query));
        }
        if let Some(fragment) = fragment {
            out.push('#');
            out.push_str(&self.segment(fragment));
        }
        if out == url {
            self.redactor.written_mut().kept(url);
        } else {
            self.redactor.written_mut().replaced(url, &out);
        }
        out
    }

    /// A host with variables, perhaps with a port and a user.
    pub(super) fn host(&mut self, host: &str) -> String {
        self.around_variables(
            host,
            |texts, part| {
                if part.is_empty() { String::new() } else { texts.redactor.host(part) }
            },
        )
    }

    /// A segment of a path.
    pub(super) fn segment(&mut self, segment: &str) -> String {
        self.around_variables(segment, Self::literal_segment)
    }

    /// Replaces the names of variables, and what is around them.
    fn around_variables(&mut self, text: &str, replace: fn(&mut Self, &str) -> String) -> String {
        let (mut out, mut rest) = (String::new(), text);
        while let Some((before, name, behind)) = variable(rest) {
            out.push_str(&replace(self, before));
            out.extend(["{{", &self.redactor.text(name), "}}"]);
            rest = behind;
        }
        out.push_str(&replace(self, rest));
        out
    }

    /// A segment without variables. Encoded or not, it is the same one.
    fn literal_segment(&mut self, segment: &str) -> String {
        let decoded = percent_decode_str(segment).decode_utf8_lossy();
        if segment.is_empty() || self.outside.has_segment(&decoded) {
            return self.keep(segment);
        }
        // A variable of a path.
        if let Some(name) = segment.strip_prefix(':') {
            return format!(":{}", self.encoded(name, |texts, name| texts.redactor.text(name)));
        }
        if let Some(name) = segment.strip_prefix('{').and_then(|name| name.strip_suffix('}')) {
            return format!("{{{}}}", self.redactor.text(name));
        }
        self.encoded(segment, |texts, segment| texts.redactor.text(segment))
    }

    /// Replaces what an encoded text says.
    fn encoded(&mut self, text: &str, replace: impl FnOnce(&mut Self, &str) -> String) -> String {
        if text.is_empty() {
            return String::new();
        }
        let decoded = percent_decode_str(text).decode_utf8_lossy();
        let replaced = replace(self, &decoded);
        if replaced == decoded {
            text.to_owned()
        } else {
            utf8_percent_encode(&replaced, RESERVED).to_string()
        }
    }

    /// The parameters behind a `?`, or of a form.
    pub(super) fn query(&mut self, query: &str) -> String {
        let mut pairs = Vec::new();
        for pair in query.split('&') {
            // A name without a value may as well be a value without a name: base64 ends with `=`.
            let named = pair.split_once('=').filter(|(name, value)| {
                !value.trim_matches('=').is_empty() || self.outside.has_parameter(name)
            });
            let Some((name, value)) = named else {
                pairs.push(self.encoded(pair, |texts, text| texts.redactor.text(text)));
                continue;
            };
            let (name, value) = (name.replace('+', " "), value.replace('+', " "));
            let decoded = percent_decode_str(&name).decode_utf8_lossy().into_owned();
            let mut dropped = false;
            let value = self.encoded(&value, |texts, value| {
                texts.parameter(&decoded, value).unwrap_or_else(|| {
                    dropped = true;
                    String::new()
                })
            });
            if !dropped {
                let name = self.encoded(&name, Self::parameter_name);
                pairs.push(format!("{name}={value}"));
            }
        }
        pairs.join("&")
    }

    /// The name of a parameter.
    pub(super) fn parameter_name(&mut self, name: &str) -> String {
        let is_kept = self.outside.has_parameter(name) || addresses::is_parameter(name);
        if is_kept { self.keep(name) } else { self.redactor.text(name) }
    }

    /// The value of a parameter; nothing where it asks for an order that pseudonyms do not have.
    pub(super) fn parameter(&mut self, name: &str, value: &str) -> Option<String> {
        if value.is_empty() {
            return Some(String::new());
        }
        if let Some((before, name, behind)) = variable(value) {
            let (before, behind) = (self.redactor.text(before), self.redactor.text(behind));
            return Some(format!("{before}{{{{{}}}}}{behind}", self.redactor.text(name)));
        }
        if !self.outside.has_parameter(name) {
            return Some(self.redactor.text(value));
        }
        let is_number = value.len() <= MAX_DIGITS && value.bytes().all(|byte| byte.is_ascii_digit());
        if is_number && self.outside.is_numeric(name) || matches!(value, "true" | "false") {
            return Some(self.keep(value));
        }
        if ORDERS.contains(&name) {
            if is_simple(value) && self.redactor.policy().keeps_order(property(value)) {
                return Some(self.keep(value));
            }
            self.redactor.summary_mut().unordered += 1;
            return None;
        }
        Some(self.redactor.text(value))
    }
}

/// What stands before, inside and behind the first variable (`{{name}}`).
fn variable(text: &str) -> Option<(&str, &str, &str)> {
    let (before, rest) = text.split_once("{{")?;
    let (name, behind) = rest.split_once("}}")?;
    Some((before, name, behind))
}

/// Whether a URL without a scheme begins with a host or a variable in its place.
fn begins_with_host(address: &str) -> bool {
    let first = address.split('/').next().unwrap_or_default();
    let is_port = |port: &str| !port.is_empty() && port.bytes().all(|byte| byte.is_ascii_digit());
    let has_port = first.rsplit_once(':').is_some_and(|(name, port)| !name.is_empty() && is_port(port));
    let last = first.rsplit_once('.').map_or("", |(_, last)| last);
    let is_domain =
        address.len() > first.len() && !last.is_empty() && last.bytes().all(|b| b.is_ascii_alphabetic());
    first.starts_with("{{") || first == "localhost" || has_port || is_domain
}

/// The property that an order is by: `name` in `-name` and `name:desc`.
fn property(order: &str) -> &str {
    let order = order.trim_start_matches(['-', '+']);
    order.split([':', ' ', ',']).next().unwrap_or_default()
}

/// Whether an order has no other property and nothing but a direction.
fn is_simple(order: &str) -> bool {
    let property = property(order);
    let direction = order.trim_start_matches(['-', '+']).strip_prefix(property).unwrap_or_default();
    matches!(&*direction.to_ascii_lowercase(), "" | ":asc" | ":desc" | " asc" | " desc")
}

/// Methods of HTTP, and what stands for any of them.
pub(super) const METHODS: [&str; 15] = [
    "ANY", "CONNECT", "DELETE", "GET", "HEAD", "OPTIONS", "PATCH", "POST", "PROPFIND", "PURGE", "PUT",
    "QUERY", "REPORT", "SEARCH", "TRACE",
];

impl Texts<'_> {
    /// The method of a request, in any case and with white space around it.
    pub(super) fn method(&mut self, method: &str) -> String {
        let is_known = METHODS.iter().any(|known| known.eq_ignore_ascii_case(method.trim()));
        if is_known { self.keep(method) } else { self.redactor.text(method) }
    }
}
