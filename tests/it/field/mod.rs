//! Inputs from public bug reports and attacks, each with the expected result.

mod captures;
mod containers;
#[cfg(feature = "diff")]
mod diff;
mod ecosystem;
mod findings;
mod hostile_schemas;
mod infer;
mod learned;
mod live;
pub mod mutate;
mod output;
mod schema_documents;
mod schemas;
mod suggest;
mod validated;
