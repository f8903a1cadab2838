//! Inputs from public bug reports and attacks, each with the expected result.

mod captures;
mod containers;
mod ecosystem;
mod findings;
mod hostile_schemas;
mod infer;
mod live;
mod mutate;
mod output;
mod schema_documents;
mod schemas;
mod suggest;
mod validated;
