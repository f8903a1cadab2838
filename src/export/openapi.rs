//! The contract as a description of the API: `OpenAPI` 3.1.

mod parameters;

use serde_json::{Map, Value, json};

use super::{Notation, Options, has_path, small_payload, type_name};
use crate::contract::{Contract, Envelope, ErrorBody};
use crate::error::{Error, ErrorKind};
use crate::schema::bundle;
use crate::schema::keywords::names;
use crate::untrusted::to_pretty_json;
use parameters::parameters;

pub(super) static NOTATION: Notation = Notation {
    name: "openapi",
    help: "OpenAPI 3.1 in JSON: parameters, authentication, errors, rate limits, and an example for mocks",
    make,
};

/// The part of a host that is different for each instance.
const INSTANCE: &str = "instance";

/// The name of the schema of errors, of headers and of authentication in `components`.
const ERROR: &str = "Error";
const KEY: &str = "bearer";

fn make(contract: &Contract, envelope: &Envelope, options: &Options) -> Result<Vec<u8>, Error> {
    if !has_path(contract) {
        let what =
            "`openapi` describes an endpoint, and a schema has none: describe the contract, with its path";
        return Err(Error::new(ErrorKind::Usage, "path", what));
    }
    let (response, mut schemas) = bundle::components(envelope.schema(), &type_name(contract, envelope))?;
    let error = (!contract.errors.is_empty()).then(|| free_name(&schemas));
    if let Some(name) = &error {
        schemas.insert(name.clone(), error_schema(&contract.errors));
    }
    let mut components = Map::from_iter([("schemas".to_owned(), schemas.into())]);
    if let Some(authentication) = &contract.authentication {
        let prefixes = authentication.prefixes.iter().map(|(prefix, of)| format!("`{prefix}…` ({of})"));
        let mut scheme = json!({(names::TYPE): "http", "scheme": authentication.scheme.to_lowercase()});
        let prefixes: Vec<String> = prefixes.collect();
        if !prefixes.is_empty() {
            scheme[names::DESCRIPTION] = format!("Keys begin with {}.", prefixes.join(", ")).into();
        }
        components.insert("securitySchemes".to_owned(), json!({(KEY): scheme}));
    }
    let headers = headers(contract);
    if !headers.is_empty() {
        components.insert("headers".to_owned(), headers.into());
    }
    let description = json!({
        "openapi": "3.1.0",
        "info": info(contract),
        "servers": [server(contract, options)],
        "tags": [{"name": contract.name, (names::DESCRIPTION): one_line(&contract.summary, &contract.name)}],
        "paths": {(contract.path.as_str()): {
            (contract.method.to_lowercase()): operation(contract, envelope, &response, error.as_deref()),
        }},
        "components": components,
    });
    Ok(format!("{}\n", to_pretty_json(&description)).into_bytes())
}

fn free_name(schemas: &Map<String, Value>) -> String {
    let names =
        (1_u32..).map(|number| if number == 1 { ERROR.to_owned() } else { format!("{ERROR}{number}") });
    let free = names.into_iter().find(|name| !schemas.contains_key(name));
    free.unwrap_or_else(|| ERROR.to_owned())
}

fn info(contract: &Contract) -> Value {
    let summary = if contract.summary.is_empty() { &contract.name } else { &contract.summary };
    json!({
        (names::TITLE): contract.name,
        (names::DESCRIPTION): summary,
        "version": contract.version.as_deref().unwrap_or("0.0.0"),
    })
}

/// The server: the one of the options, or else that of the contract, or else the one of the description.
fn server(contract: &Contract, options: &Options) -> Value {
    match (&options.server, &contract.host) {
        (Some(url), _) => json!({"url": url}),
        (None, Some(host)) => {
            let parts = host.split('{').skip(1).filter_map(|rest| rest.split_once('}'));
            let variable = |name: &str| {
                let what = match name {
                    INSTANCE => "Name of the instance".to_owned(),
                    _ => format!("The part `{name}` of the URL"),
                };
                (name.to_owned(), json!({(names::DEFAULT): name, (names::DESCRIPTION): what}))
            };
            let variables: Map<_, _> = parts.map(|(name, _)| variable(name)).collect();
            if variables.is_empty() {
                json!({"url": host})
            } else {
                json!({"url": host, "variables": variables})
            }
        }
        (None, None) => json!({"url": "/"}),
    }
}

fn operation(contract: &Contract, envelope: &Envelope, response: &str, error: Option<&str>) -> Value {
    let mut media = json!({"schema": reference("schemas", response)});
    if let Some(example) = small_payload(contract, envelope) {
        media[names::EXAMPLE] = example;
    }
    let mut success = json!({
        (names::DESCRIPTION): one_line(&contract.summary, "The response"),
        "content": {"application/json": media},
    });
    let limited: Vec<&str> = rate_limit_headers(contract).map(|(name, _)| name).collect();
    with_headers(&mut success, limited.iter().copied());
    let mut responses = Map::from_iter([("200".to_owned(), success)]);
    for failure in &contract.errors {
        let mut response = json!({(names::DESCRIPTION): one_line(&failure.meaning, "An error")});
        if let Some(error) = error {
            let mut media = json!({"schema": reference("schemas", error)});
            if let Ok(example) = serde_json::from_str::<Value>(&failure.example) {
                media[names::EXAMPLE] = example;
            }
            response["content"] = json!({"application/json": media});
        }
        let waits = [429, 503].contains(&failure.status).then_some(RETRY_AFTER.0);
        with_headers(&mut response, limited.iter().copied().chain(waits));
        responses.insert(failure.status.to_string(), response);
    }
    let mut operation = json!({
        "operationId": operation_id(contract),
        "summary": one_line(&contract.summary, &contract.name),
        (names::DESCRIPTION): described(contract),
        "tags": [contract.name],
        "parameters": parameters(contract),
        "responses": responses,
        "security": [],
    });
    if contract.authentication.is_some() {
        operation["security"] = json!([{(KEY): []}]);
    }
    operation
}

/// What else is known: the rate limits of each plan.
fn described(contract: &Contract) -> String {
    let limits = contract.rate_limits.iter();
    let limits: Vec<String> = limits
        .map(|one| format!("{}: {} requests a minute, bursts of {}", one.plan, one.per_minute, one.burst))
        .collect();
    let summary = one_line(&contract.summary, &contract.name);
    if limits.is_empty() { summary } else { format!("{summary}. Rate limits: {}.", limits.join("; ")) }
}

fn one_line(text: &str, otherwise: &str) -> String {
    let text = if text.is_empty() { otherwise } else { text };
    text.trim_end_matches('.').to_owned()
}

fn operation_id(contract: &Contract) -> String {
    format!("{}{}", contract.method.to_lowercase(), super::pascal_case(&contract.name))
}

const RETRY_AFTER: (&str, &str) = ("Retry-After", "Seconds to wait before the next request, or a date.");

/// The fields of responses where requests are limited.
fn rate_limit_headers(contract: &Contract) -> impl Iterator<Item = (&'static str, &'static str)> {
    let all = [
        ("X-RateLimit-Limit", "Requests a minute that the key may send."),
        ("X-RateLimit-Remaining", "Requests that are left."),
        ("X-RateLimit-Reset", "Time at which all requests are allowed again, in seconds of Unix time."),
    ];
    let is_limited = !contract.rate_limits.is_empty();
    all.into_iter().filter(move |_| is_limited)
}

/// The headers that responses refer to.
fn headers(contract: &Contract) -> Map<String, Value> {
    let numbers = rate_limit_headers(contract).map(|(name, text)| {
        let schema = json!({(names::TYPE): "integer", (names::MINIMUM): 0});
        (name.to_owned(), json!({(names::DESCRIPTION): text, "schema": schema}))
    });
    let waits = contract.errors.iter().any(|error| [429, 503].contains(&error.status));
    let schema = json!({(names::TYPE): "string"});
    let retry = json!({(names::DESCRIPTION): RETRY_AFTER.1, "schema": schema});
    numbers.chain(waits.then(|| (RETRY_AFTER.0.to_owned(), retry))).collect()
}

fn with_headers<'n>(response: &mut Value, headers: impl Iterator<Item = &'n str>) {
    let headers: Map<String, Value> =
        headers.map(|name| (name.to_owned(), reference("headers", name))).collect();
    if !headers.is_empty() {
        response["headers"] = headers.into();
    }
}

fn reference(kind: &str, name: &str) -> Value {
    json!({(names::REF): format!("#/components/{kind}/{name}")})
}

/// The properties of the documented bodies, by the types of their values. None of them is promised.
fn error_schema(errors: &[ErrorBody]) -> Value {
    let mut properties = Map::new();
    for error in errors {
        let Ok(Value::Object(example)) = serde_json::from_str(&error.example) else { continue };
        for (name, value) in example {
            let kind = match value {
                Value::Null => continue,
                Value::Bool(_) => "boolean",
                Value::Number(number) if number.is_f64() => "number",
                Value::Number(_) => "integer",
                Value::String(_) => "string",
                Value::Array(_) => "array",
                Value::Object(_) => "object",
            };
            properties.insert(name, json!({(names::TYPE): kind}));
        }
    }
    let description = "The body of an error.";
    json!({(names::DESCRIPTION): description, (names::TYPE): "object", (names::PROPERTIES): properties})
}
