//! The contract as JSON Schema of draft-07.

use super::{Notation, Options};
use crate::contract::{Contract, Envelope};
use crate::error::Error;
use crate::schema::bundle;
use crate::untrusted::to_pretty_json;

pub(super) static NOTATION: Notation = Notation {
    name: "draft-07",
    help: "JSON Schema draft-07 in one document, for tools that read nothing newer",
    make,
};

fn make(_: &Contract, envelope: &Envelope, _: &Options) -> Result<Vec<u8>, Error> {
    Ok(format!("{}\n", to_pretty_json(&bundle::draft_07(envelope.schema())?)).into_bytes())
}
