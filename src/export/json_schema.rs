//! The contract as JSON Schema of draft 2020-12.

use super::{Notation, Options};
use crate::contract::{Contract, Envelope};
use crate::error::Error;
use crate::schema::bundle;
use crate::untrusted::to_pretty_json;

pub(super) static NOTATION: Notation = Notation {
    name: "json-schema",
    help: "JSON Schema 2020-12 in one document, whatever drafts and files it is written in",
    make,
};

fn make(_: &Contract, envelope: &Envelope, _: &Options) -> Result<Vec<u8>, Error> {
    Ok(format!("{}\n", to_pretty_json(&bundle::draft_2020_12(envelope.schema())?)).into_bytes())
}
