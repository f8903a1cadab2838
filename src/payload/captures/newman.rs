//! Reads the executions of a Newman run.

use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;

use super::entry::{Entry, Text};
use super::exchange::{Exchange, coding};
use super::postman_request::{self, Variable};

/// Whether it is an execution and not an item of a collection, in which `item` and `response` are lists.
#[derive(Deserialize)]
struct Kind<'e> {
    #[serde(borrow)]
    item: Option<&'e RawValue>,
    #[serde(borrow)]
    response: Option<&'e RawValue>,
}

/// A request as it was sent, and what came.
#[derive(Deserialize)]
struct Execution<'e> {
    #[serde(default)]
    request: Value,
    #[serde(borrow)]
    response: Option<Received<'e>>,
}

#[derive(Deserialize)]
struct Received<'e> {
    code: Option<Value>,
    status: Option<Value>,
    #[serde(default)]
    header: Value,
    stream: Option<Buffer>,
    #[serde(borrow)]
    body: Option<Text<'e>>,
}

/// A buffer of Node.js as JSON: its bytes as numbers.
#[derive(Deserialize)]
struct Buffer {
    data: Vec<u8>,
}

/// Whether this is an execution in the report of a run.
pub(super) fn is_execution(entry: &[u8]) -> bool {
    let is_object = |value: &&RawValue| value.get().starts_with('{');
    serde_json::from_slice(entry)
        .is_ok_and(|Kind { item, response }| [item, response].iter().flatten().any(is_object))
}

/// The response of an execution.
pub(super) fn exchange(entry: &Entry<'_>, variables: &[Variable]) -> serde_json::Result<Exchange> {
    let Execution { request, response } = serde_json::from_slice(entry.text())?;
    let request = postman_request::request(&request, &Value::Null, variables);
    let Some(Received { code, status, header, stream, body }) = response else {
        return Ok(Exchange { request, status: Ok(Some(0)), ..Exchange::default() });
    };
    let text = || body.map(|text| entry.bytes(text)).transpose();
    Ok(Exchange {
        request,
        is_template: true,
        status: postman_request::code(code.as_ref(), status.as_ref()),
        body: stream.map_or_else(text, |buffer| Ok(Some(buffer.data)))?,
        coding: coding(&header),
        ..Exchange::default()
    })
}
