//! Header fields that are about one connection (RFC 9110, section 7.6.1).

use hyper::HeaderMap;
use hyper::header::{CONNECTION, CONTENT_LENGTH, HeaderName, HeaderValue, TE, TRANSFER_ENCODING};

/// Those of a request: without the fields of the connection and what it names. A consumer that takes
/// trailers still gets them.
pub(super) fn of_request(headers: HeaderMap, has_body: bool) -> HeaderMap {
    let takes_trailers = listed(&headers, &TE).any(|coding| coding.eq_ignore_ascii_case("trailers"));
    let mut headers = forwarded(headers, has_body);
    if takes_trailers {
        headers.insert(TE, HeaderValue::from_static("trailers"));
        headers.insert(CONNECTION, HeaderValue::from_static("te"));
    }
    headers
}

/// Those of any message. `Transfer-Encoding` stays where a body follows: its codings are not decoded.
pub(super) fn forwarded(mut headers: HeaderMap, has_body: bool) -> HeaderMap {
    let is_encoded = headers.contains_key(TRANSFER_ENCODING) && has_body;
    if is_encoded {
        // The codings of a message that has both decide.
        headers = retained(headers, |name| *name != CONTENT_LENGTH);
    }
    let is_of_connection = |name: &HeaderName| OF_CONNECTION.contains(&name.as_str());
    let is_needed = |name: &HeaderName| is_encoded && *name == TRANSFER_ENCODING;
    let named = named(&headers);
    let keep = |name: &HeaderName| is_needed(name) || !(is_of_connection(name) || named.contains(name));
    retained(headers, keep)
}

/// The fields that `Connection` names, but for those that a message needs to stay what it is.
fn named(headers: &HeaderMap) -> Vec<HeaderName> {
    let names = listed(headers, &CONNECTION).filter_map(|name| name.parse().ok());
    names.filter(|name: &HeaderName| !END_TO_END.contains(&name.as_str())).collect()
}

/// The members of a list.
fn listed<'h>(headers: &'h HeaderMap, name: &HeaderName) -> impl Iterator<Item = &'h str> {
    let values = headers.get_all(name).iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).map(str::trim)
}

/// The fields to keep, in their order, which removing others would change.
fn retained(headers: HeaderMap, keep: impl Fn(&HeaderName) -> bool) -> HeaderMap {
    if headers.keys().all(&keep) {
        return headers;
    }
    let mut kept = HeaderMap::with_capacity(headers.len());
    let mut last = None;
    for (name, value) in headers {
        // Further values of a field come without its name.
        last = name.or(last);
        if let Some(name) = last.as_ref().filter(|name| keep(name)) {
            kept.append(name.clone(), value);
        }
    }
    kept
}

const OF_CONNECTION: [&str; 8] = [
    "connection",
    "http2-settings",
    "keep-alive",
    "proxy-authorization",
    "proxy-connection",
    "te",
    "transfer-encoding",
    "upgrade",
];

const END_TO_END: [&str; 5] = ["authorization", "content-encoding", "content-length", "content-type", "host"];

#[cfg(test)]
mod tests {
    use super::*;

    const FIELDS: [(&str, &str); 14] = [
        ("x-three", "3"),
        ("connection", "close, X-One"),
        ("connection", "x-two, content-length, bad name"),
        ("x-one", "1"),
        ("x-two", "2"),
        ("content-length", "5"),
        ("keep-alive", "timeout=5"),
        ("x-three", "4"),
        ("proxy-connection", "keep-alive"),
        ("te", "trailers, deflate"),
        ("trailer", "x-sum"),
        ("transfer-encoding", "chunked"),
        ("upgrade", "websocket"),
        ("authorization", "Bearer x"),
    ];

    fn shown(headers: &HeaderMap) -> Vec<String> {
        headers.iter().map(|(name, value)| format!("{name}={}", value.to_str().unwrap())).collect()
    }

    #[test]
    fn fields_of_the_connection_are_not_forwarded_and_others_keep_their_order() {
        let mut all = HeaderMap::new();
        for (name, value) in FIELDS {
            all.append(HeaderName::from_static(name), value.parse().unwrap());
        }
        let end_to_end = ["x-three=3", "x-three=4", "content-length=5", "trailer=x-sum"];
        let sent = shown(&of_request(all.clone(), false));
        assert_eq!(sent[..4], end_to_end);
        assert_eq!(sent[4..], ["authorization=Bearer x", "te=trailers", "connection=te"]);
        let bodiless = shown(&forwarded(all.clone(), false));
        assert_eq!(
            (&bodiless[..4], &*bodiless[4]),
            (&end_to_end.map(str::to_owned)[..], "authorization=Bearer x")
        );
        let chunked = shown(&forwarded(all, true));
        assert_eq!(
            chunked,
            [
                "x-three=3",
                "x-three=4",
                "trailer=x-sum",
                "transfer-encoding=chunked",
                "authorization=Bearer x"
            ]
        );
    }
}
