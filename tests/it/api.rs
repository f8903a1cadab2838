//! The library as it is met: what every public type can do, and the examples.

use std::error::Error;
use std::fmt::{Debug, Display};
use std::str::FromStr;

use clients_contract::finding::{Baseline, Groups, ParseRuleError, ParseSeverityError, Policy};
use clients_contract::generate::Style;
use clients_contract::live::{self, PagingMode, ParsePagingModeError, ParseProxyError, ParseRateError, Rate};
use clients_contract::payload::{
    ByteSize, Input, ParseByteSizeError, ParseInputError, ParseSelectionError, Selection,
};
use clients_contract::report::{Format, ParseFormatError, Report};
use clients_contract::run::{Destination, Events, Run, Session, Stop};
use clients_contract::schema::{Dialect, ParseDialectError, SchemaText};
use clients_contract::validate::{Counts, Engine, ParseEngineError, Promises, Secrets, Sequence, Verdict};
use clients_contract::{
    Contract, ErrorKind, Finding, Origin, Payload, Pointer, Rule, Schema, Severity, Validation,
    ValidationError, Validator, clients,
};
use serde_json::json;

use crate::live::server::{Answer, Server};

#[path = "../../examples/consumer_property.rs"]
mod consumer_property;
#[path = "../../examples/walk_instance.rs"]
mod walk_instance;

fn is_shared<T: Debug + Send + Sync + 'static>() {}

fn is_value<T: Debug + Clone + Send + Sync + 'static>() {}

fn is_error<E: Error + Clone + Send + Sync + 'static>() {}

#[test]
fn public_types_are_debug_and_shared_between_threads() {
    is_value::<Baseline>();
    is_value::<Counts>();
    is_value::<Events>();
    is_value::<Finding>();
    is_value::<Origin>();
    is_value::<Payload>();
    is_value::<Pointer>();
    is_value::<Policy>();
    is_value::<Promises>();
    is_value::<Schema>();
    is_value::<SchemaText>();
    is_value::<Secrets>();
    is_value::<Stop>();
    is_value::<Validation>();
    is_value::<Validator>();
    is_value::<Verdict>();
    is_value::<live::Address>();
    is_value::<live::Key>();
    is_value::<live::Timeouts>();
    is_value::<&'static Rule>();
    is_shared::<Contract>();
    is_shared::<Groups>();
    is_shared::<Report>();
    is_shared::<clients_contract::Error>();
    is_shared::<live::Options>();
}

#[test]
fn what_works_by_itself_is_sent_between_threads() {
    fn is_sent<T: Debug + Send>() {}
    is_sent::<Destination>();
    is_sent::<Run<'static>>();
    is_sent::<Sequence>();
    is_sent::<Session>();
    is_sent::<live::Walk>();
}

/// What is printed is read again, and what is neither printed nor read is an error of its own kind.
fn is_named<T, E>(all: &[T], wrong: &str)
where
    T: Display + FromStr<Err = E> + PartialEq + Debug,
    E: Error + Clone + Send + Sync + PartialEq + 'static,
{
    is_error::<E>();
    assert!(!all.is_empty());
    for one in all {
        assert_eq!(&one.to_string().parse::<T>().unwrap(), one);
    }
    let error = wrong.parse::<T>().unwrap_err();
    assert!(!error.to_string().is_empty() && error.source().is_none());
}

#[test]
fn names_are_read_and_printed() {
    is_named::<Severity, ParseSeverityError>(Severity::ALL, "Error");
    is_named::<Engine, ParseEngineError>(Engine::ALL, "");
    is_named::<Dialect, ParseDialectError>(Dialect::ALL, "draft-05");
    is_named::<Input, ParseInputError>(Input::ALL, "csv");
    is_named::<PagingMode, ParsePagingModeError>(PagingMode::ALL, "pages");
    let rates: Vec<Rate> = ["60/m", "5/s", "1000/h"].map(|rate| rate.parse().unwrap()).to_vec();
    is_named::<Rate, ParseRateError>(&rates, "60/0");
    let sizes: Vec<ByteSize> =
        ["1", "1000", "1KiB", "64MiB", "3GiB", "1025"].map(|size| size.parse().unwrap()).to_vec();
    is_named::<ByteSize, ParseByteSizeError>(&sizes, "1 mile");
    let selections: Vec<Selection> =
        ["/v1/things", "POST /graphql", "* /v1/things/{id}"].map(|text| text.parse().unwrap()).to_vec();
    is_named::<Selection, ParseSelectionError>(&selections, "GET");
    is_error::<ParseProxyError>();

    for rule in clients_contract::rules() {
        assert_eq!(rule.id.parse::<&Rule>(), Ok(rule));
    }
    let error: ParseRuleError = "nul-value".parse::<&Rule>().unwrap_err();
    assert_eq!(error.to_string(), "unknown rule `nul-value`; did you mean `null-value`?");
    for arguments in [&["rules", "sort-not-kept"][..], &["generate", "--invalid", "--rule", "sort-not-kept"]]
    {
        let output = crate::tool::run(arguments);
        assert_eq!(crate::tool::code(&output), 2);
        let message = "unknown rule `sort-not-kept`; did you mean `sort-order-mismatch`?";
        assert!(crate::tool::stderr(&output).contains(message), "{}", crate::tool::stderr(&output));
    }
    assert_eq!("sarif".parse::<&Format>().unwrap().to_string(), "sarif");
    let error: ParseFormatError = "sarf".parse::<&Format>().unwrap_err();
    assert!(error.to_string().contains("did you mean `sarif`?"), "{error}");
}

fn seats() -> Validator {
    let seats = json!({"properties": {"seats": {"items": {"type": "integer"}}}});
    Validator::new(&Schema::from_value(seats)).unwrap()
}

#[test]
fn a_payload_that_is_not_valid_is_an_error() {
    is_error::<ValidationError>();
    assert!(seats().validate(br#"{"seats": [1]}"#).into_result().is_ok());
    let found = seats().validate(br#"{"seats": ["a", null], "seats": ["a", null]}"#);
    let error = found.clone().into_result().unwrap_err();
    assert_eq!(
        error.to_string(),
        "invalid payload, 3 findings: <body>:1:34: error[type-mismatch] `/seats/0`: expected integer, found \
         a string",
        "the first one with the highest severity"
    );
    assert!(error.source().is_none());
    assert_eq!((error.validation(), error.clone().into_validation()), (&found, found.clone()));

    let refused = Payload::new(Origin::file("a.har"), b"{}".to_vec()).with_status(503);
    let error = seats().validate_payload(&refused).into_result().unwrap_err();
    assert!(error.to_string().starts_with("payload not validated, 1 finding: a.har"), "{error}");
}

#[test]
fn what_serializes_is_validated_as_it_is_written() {
    #[derive(serde::Serialize)]
    struct Event {
        seats: Vec<Option<u8>>,
        #[serde(flatten)]
        more: std::collections::BTreeMap<&'static str, u8>,
    }

    let event = Event { seats: vec![Some(1), None], more: [("seats", 7)].into() };
    let text = serde_json::to_vec(&event).unwrap();
    let found = seats().validate_serializable(&event).unwrap();
    assert_eq!(found, seats().validate(&text));
    assert_eq!(found.findings[0].rule.id, "duplicate-key", "as it is in the text");

    let unwritable = std::collections::BTreeMap::from([(vec![1], 1)]);
    let error = seats().validate_serializable(&unwritable).unwrap_err();
    assert_eq!(error.kind(), ErrorKind::Input);
    assert_eq!(error.to_string(), "value: cannot be written as JSON", "the cause is its source");
    assert!(error.source().is_some());
}

#[test]
fn validity_alone_does_not_depend_on_what_comes_later() {
    let schema = json!({"properties": {"a": {"type": "integer"}, "o": {"required": ["x"]}, "l": {"items": {"$ref": "#"}}}});
    let validator = Validator::new(&Schema::from_value(schema)).unwrap();
    for (body, valid) in [
        (r#"{"a": "x", "o": {"x": 1}}"#, false),
        (r#"{"a": "x", "o": {"x": 1}, "a": 1}"#, true),
        (r#"{"a": "x", "o": {"x": 1}, "\u0061": 1}"#, true),
        (r#"{"a": 1, "o": {"x": 1}, "a": "x"}"#, false),
        (r#"{"o": {}, "l": [], "o": {"x": 1}}"#, true),
        (r#"{"l": [{"a": "x"}, {"a": 1}]}"#, false),
        (r#"{"l": [{"a": "x"}, {}], "l": [{}]}"#, true),
        (r#"{"a": "x", "l": [{"a": 1}]}"#, false),
        (r#"{"a": "x", "l": [{"a": 1}]"#, false),
        (r#"{"a": 1e400, "l": [{}]}"#, false),
        (r#"{"a": 1e400, "l": [{}], "a": 1}"#, true),
    ] {
        for engine in [Engine::Auto, Engine::Reference] {
            let validator = validator.clone().engine(engine).unwrap();
            assert_eq!(validator.is_valid(body.as_bytes()), valid, "{body}");
            assert_eq!(validator.validate(body.as_bytes()).valid, valid, "{body}");
        }
    }
}

#[test]
fn validity_alone_ends_at_the_first_violation() {
    let schema = json!({"items": {"properties": {"name": {"type": "string"}}}});
    let seen = |body: &str| {
        let validator = Validator::new(&Schema::from_value(schema.clone())).unwrap();
        (validator.is_valid(body.as_bytes()), validator.counts().properties[0].seen)
    };
    let things = vec![r#"{"name": "a"}"#; 1_000].join(", ");
    assert_eq!(seen(&format!("[{things}]")), (true, 1_000));
    assert_eq!(seen(&format!(r#"[{{"name": 1}}, {things}]"#)), (false, 1), "nothing behind it is validated");
}

#[test]
fn the_walk_of_an_instance_works() {
    let dataset = clients::Dataset::new(7, 6, 2, Style::default()).unwrap();
    let server = Server::new(move |asked| Answer::json(dataset.page(asked.page).to_string()));
    let options = || live::Options { rate: "1000/s".parse().unwrap(), ..live::Options::default() };
    assert_eq!(walk_instance::walk(&server.url(), crate::live::KEY, options()).unwrap(), 3);

    let broken = Server::new(|_| Answer::json(r#"{"data": {"Clients": null}}"#));
    let error = walk_instance::walk(&broken.url(), crate::live::KEY, options()).unwrap_err();
    assert!(error.downcast_ref::<ValidationError>().is_some(), "{error}");
}

#[test]
fn the_property_test_of_a_consumer_works() {
    consumer_property::main().unwrap();
}
