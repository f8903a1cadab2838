//! The contract as types of TypeScript.

mod text;
mod types;

use super::{Notation, Options, type_name};
use crate::contract::{Contract, Envelope};
use crate::error::Error;
use crate::schema::bundle;
use text::comment;
use types::Module;

pub(super) static NOTATION: Notation = Notation {
    name: "typescript",
    help: "TypeScript interfaces; optional and nullable properties stay distinct",
    make,
};

fn make(contract: &Contract, envelope: &Envelope, _: &Options) -> Result<Vec<u8>, Error> {
    let (root, schemas) = bundle::components(envelope.schema(), &type_name(contract, envelope))?;
    let version = contract.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let heading = comment(&format!("Types of the responses of {}{version}.", contract.id));
    let types = Module::new(&root, &schemas).written();
    Ok(format!("{heading}\n{types}").into_bytes())
}
