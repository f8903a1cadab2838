//! What are payloads made to keep, or to break?

use std::path::Path;

use clients_contract::contract::clients;
use clients_contract::generate::{Catalogue, Choices, Recipe};
use clients_contract::{Contract, Error, ErrorKind, Schema, Validator};

use super::Manner;
use super::resources::Resources;

/// The built-in contract, or a schema that somebody brings.
pub enum Subject {
    Contract,
    Brought(Schema),
}

impl Subject {
    /// The schema of that file with the documents that it refers to, or the contract without one.
    pub fn of(path: Option<&Path>, resources: &Resources, manner: Manner) -> Result<Self, Error> {
        match path {
            Some(path) => resources.schema(path, manner).map(Self::Brought),
            None => resources.refuse().map(|()| Self::Contract),
        }
    }

    pub fn schema(&self) -> &Schema {
        match self {
            Self::Contract => Contract::clients().schema(),
            Self::Brought(schema) => schema,
        }
    }

    pub fn validator(&self) -> Result<Validator, Error> {
        match self {
            Self::Contract => Ok(Contract::clients().validator().clone()),
            Self::Brought(schema) => Validator::new(schema),
        }
    }

    /// How to build payloads; with so many clients each, if they have any.
    pub fn recipe(&self, clients: u32) -> Result<Recipe, Error> {
        match self {
            Self::Contract => clients::recipe(clients),
            Self::Brought(schema) => Recipe::new(schema).map_err(|error| error.within(schema.name())),
        }
    }

    /// What the schema is called.
    pub fn name(&self) -> &str {
        self.schema().name()
    }

    /// Every way to break it, in the smallest payload that can be made.
    ///
    /// A schema that no value keeps is an error: nothing breaks it in one place alone.
    pub fn catalogue(&self) -> Result<Catalogue, Error> {
        let Self::Brought(schema) = self else { return clients::catalogue() };
        let catalogue = Catalogue::new(schema)?;
        let base = catalogue.base().to_string();
        if !catalogue.is_baseless() && self.validator()?.validate(base.as_bytes()).valid {
            return Ok(catalogue);
        }
        match Recipe::new(schema).map_err(|error| error.within(schema.name())) {
            Ok(recipe) => Ok(catalogue.on(recipe.build(&mut Choices::replay(Vec::new())))),
            Err(error) if catalogue.is_baseless() || error.kind() == ErrorKind::Schema => Err(error),
            Err(_) => Ok(catalogue),
        }
    }
}
