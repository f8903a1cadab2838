//! Every promise of the crate, one file a subject.
#![allow(clippy::unwrap_used, missing_docs)]

/// What people decide on findings: baselines, settings, severities, Ctrl-C.
#[cfg(feature = "cli")]
mod accepting;
/// The library as it is met: types, names, errors, examples.
#[cfg(feature = "cli")]
mod api;
/// No tests: what comes out of bytes.
#[cfg(feature = "cli")]
mod came;
/// Captured traffic: every shape, codec and kind of input gives the same verdicts as plain bodies.
#[cfg(feature = "cli")]
mod captures;
/// Two schemas compared.
#[cfg(feature = "diff")]
mod diff;
/// Traffic as a whole: profiles, claims, coverage, inference.
#[cfg(feature = "cli")]
mod drift;
/// The streaming engine against the reference engine.
#[cfg(feature = "generate")]
mod engines;
/// The same items in other envelopes.
#[cfg(feature = "cli")]
mod envelopes;
/// Contracts in other notations.
#[cfg(feature = "cli")]
mod export;
/// Inputs from public bug reports and attacks, each with the expected result.
#[cfg(feature = "cli")]
mod field;
/// The derived schema against the field table, row by row.
mod field_table;
/// Payloads in `fixtures/`: the valid ones pass, each invalid one breaks exactly its rule.
mod fixtures;
/// The format checks against those of the `jsonschema` crate.
mod formats;
/// Generated values keep the schema, broken ones break it at their place, seeds hold.
#[cfg(feature = "generate")]
mod generate;
/// The help and the manual pages: examples that run, flags under headings.
#[cfg(feature = "cli")]
mod help;
/// The house: rooms, arrows, law 4, registries equal folders.
mod house;
/// Pages: golden files, hostile text, sizes; histories.
#[cfg(feature = "cli")]
mod html;
/// Many threads, either engine, large bodies.
#[cfg(feature = "cli")]
mod jobs;
/// The JSON policy: what is a body at all, and where the text goes wrong.
mod json_policy;
/// A live instance: a hostile server, the key, records.
#[cfg(feature = "cli")]
pub(crate) mod live;
/// The tool as a process makes payloads: data sets, extremes, pins, violations.
#[cfg(feature = "cli")]
mod making;
/// Weaker contracts are noticed.
#[cfg(feature = "generate")]
mod mutate;
/// No tests: what `.ci/run` puts into the environment.
mod needed;
/// No tests: every object and twin as data, and values made from schemas.
mod objects;
/// Contracts that people describe.
#[cfg(feature = "cli")]
mod own_contract;
/// Schemas that people bring.
mod own_schema;
/// Types, schema, validator and generator say the same.
#[cfg(feature = "generate")]
mod promise;
/// The published schema file.
mod published;
/// The README and `docs/` show what the tool prints, and list every rule, flag and setting.
#[cfg(feature = "cli")]
mod readme;
/// Redacted bodies: the same findings, no value left, pseudonyms that hang together.
#[cfg(feature = "cli")]
mod redact;
/// Every report format: golden files, hostile text, official schemas, secrets.
#[cfg(feature = "cli")]
mod reports;
/// Random schemas, and other spellings of them.
#[cfg(feature = "cli")]
mod respell;
/// Runs of the library: what `validate` does, called from Rust.
#[cfg(feature = "cli")]
mod run;
/// The mock server.
#[cfg(feature = "cli")]
mod serve;
/// Settings: their keys are flags, their schema is published.
#[cfg(feature = "cli")]
mod settings;
/// Other spellings of schemas from real life give the same results.
#[cfg(feature = "cli")]
mod spelling;
/// The official JSON Schema test suite.
mod suite;
/// The tool as a process: exit codes, streams, help.
#[cfg(feature = "cli")]
mod tool;
/// Reading and writing against the schema: what is accepted, refused, kept.
mod types;
