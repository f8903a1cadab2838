//! The contract as a page: its objects and their properties, to read and to search.

mod objects;
mod outline;

use serde_json::Value;

use super::{Notation, Options, payload, small_payload};
use crate::contract::{Contract, Envelope};
use crate::error::{Error, ErrorKind};
use crate::generate::Choices;
use crate::report::document::{Anchor, Block, Cell, Document, Outline, Section, Table, Tone};
use crate::report::write_document;
use crate::schema::keywords::names;
use crate::schema::model::Model;
use crate::untrusted::{HtmlText, to_pretty_json};
use objects::{Object, Objects, Property, objects};

pub(super) static NOTATION: Notation = Notation {
    name: "html",
    help: "one page for people: objects, properties, types, nullability, sources and an example",
    make,
};

/// Lines of an example.
const MAX_LINES: usize = 400;

/// Of the typical payload: any one will do, but the same every time.
const SEED: u64 = 1;

/// Maximum number of properties listed that have an object.
const MAX_USERS: usize = 20;

/// The word for a property that may be null.
const NULLABLE: &str = "nullable";

/// Maximum number of examples of the schema itself.
const MAX_EXAMPLES: usize = 3;

fn make(contract: &Contract, envelope: &Envelope, _: &Options) -> Result<Vec<u8>, Error> {
    let model = Model::of(envelope.schema())?;
    let objects = objects(&model, envelope.schema());
    let mut page = Vec::new();
    let cannot = |error| Error::new(ErrorKind::Output, "html", "cannot be made").because(error);
    write_document(&document(contract, envelope, &objects), &mut page).map_err(cannot)?;
    Ok(page)
}

fn document(contract: &Contract, envelope: &Envelope, objects: &Objects) -> Document {
    let Objects { all, .. } = objects;
    let properties: usize = all.iter().map(|object| object.properties.len()).sum();
    let version = contract.version.as_deref().map(|version| format!(" {version}")).unwrap_or_default();
    let schema = envelope.schema().as_value();
    let said = |keyword| schema.get(keyword).and_then(Value::as_str);
    let figure = |name: &str, count: usize| (name.into(), count.to_string().into(), Tone::Plain);
    let mut sections: Vec<_> = structure(contract, objects).into_iter().collect();
    sections.extend([index(all), described(contract, all)]);
    sections.extend(examples(contract, envelope));
    sections.push(endpoint(contract, envelope));
    Document {
        kind: format!("{}{version}", contract.id).into(),
        title: said(names::TITLE).unwrap_or(&contract.name).into(),
        verdict: None,
        summary: said(names::DESCRIPTION).unwrap_or(&contract.summary).into(),
        figures: vec![figure("objects", all.len()), figure("listed properties", properties)],
        sections,
    }
}

/// The objects in each other, from the root.
fn structure(contract: &Contract, objects: &Objects) -> Option<Section> {
    let lines = outline::lines(objects, &|name| contract.secrets().holds(name));
    if lines.is_empty() {
        return None;
    }
    let text = "Each object is expanded once, where it is nearest to the root. Names link to properties, types \
                to objects.";
    let caption = "Properties from the root of a payload".into();
    let section = Section::new("structure", "Structure").with(Block::Text(text.into()));
    Some(section.with(Block::Outline(Outline { caption, lines })))
}

fn index(objects: &[Object]) -> Section {
    let row = |object: &Object| {
        let link = Cell::Link(object.anchor.clone(), object.name.as_str().into());
        let count = u64::try_from(object.properties.len()).unwrap_or_default();
        vec![link, Cell::count(count), Cell::text(&object.description)]
    };
    let table = Table::new("Objects", &["Object", "Properties", "Description"]);
    Section::new("objects", "Objects").with(Block::Table(table.rows(objects.iter().map(row))))
}

fn described(contract: &Contract, objects: &[Object]) -> Section {
    let mut section = Section::new("reference", "Properties").searched();
    for object in objects {
        let location =
            if object.location.is_empty() { String::new() } else { format!("`{}`", object.location) };
        let text = format!("{} {location}", object.description);
        let heading = Block::Heading(object.anchor.clone(), object.name.as_str().into(), text.trim().into());
        section.blocks.push(heading);
        section.blocks.push(used_by(object));
        let head = ["Property", "Type", "Required", "Null", "Constraints", "Description", "Source"];
        let table = Table::new(&format!("Properties of {}", object.name), &head);
        let rows = object.properties.iter().map(|one| property(one, contract.secrets().holds(&one.name)));
        section.blocks.push(Block::Table(table.rows(rows)));
    }
    section
}

/// Links to the properties that have an object, and to the list of all objects.
fn used_by(object: &Object) -> Block {
    let mut words = Vec::new();
    for (anchor, name) in object.used_by.iter().take(MAX_USERS) {
        words.push((None, HtmlText::from(if words.is_empty() { "Used by " } else { ", " })));
        words.push((Some(anchor.clone()), name.into()));
    }
    if let Some(more @ 1..) = object.used_by.len().checked_sub(MAX_USERS) {
        words.push((None, format!(" and {more} more properties").into()));
    }
    words.push((None, if words.is_empty() { "" } else { ". " }.into()));
    words.push((Some(Anchor::section("objects")), "All objects".into()));
    Block::Words(words)
}

fn property(property: &Property, is_secret: bool) -> Vec<Cell> {
    let yes = |yes: bool, tone, word: &str| {
        if yes { Cell::Tag(tone, word.into()) } else { Cell::text("no") }
    };
    let constraints: Vec<String> = property.constraints.iter().map(|text| format!("`{text}`")).collect();
    let examples: Vec<String> = property.examples.iter().map(|text| format!("`{text}`")).collect();
    let description = match &examples[..] {
        [] => property.description.clone(),
        some => format!("{} Examples: {}", property.description, some.join(", ")).trim().to_owned(),
    };
    let tag = is_secret.then_some((Tone::Warning, "secret"));
    let words = property.kind.iter().map(|(anchor, word)| (anchor.clone(), HtmlText::from(word)));
    vec![
        Cell::Name(property.anchor.clone(), property.name.as_str().into(), tag),
        Cell::Words(words.collect()),
        yes(property.is_required, Tone::Info, names::REQUIRED),
        yes(property.is_nullable, Tone::Warning, NULLABLE),
        Cell::text(&constraints.join(", ")),
        Cell::text(&description),
        Cell::text(&property.source),
    ]
}

/// The examples of the schema, a payload with few properties, and a typical one, as far as they can be made.
fn examples(contract: &Contract, envelope: &Envelope) -> Option<Section> {
    let mut section = Section::new("example", "Examples");
    let written = envelope.schema().as_value().get(names::EXAMPLES).and_then(Value::as_array);
    for example in written.into_iter().flatten().take(MAX_EXAMPLES) {
        section.blocks.push(Block::Text("An example of the schema:".into()));
        section.blocks.push(Block::Code(code(example)));
    }
    let minimal = small_payload(contract, envelope);
    if let Some(payload) = &minimal {
        let text = "A generated payload with the properties that are required, and no others:";
        section.blocks.push(Block::Text(text.into()));
        section.blocks.push(Block::Code(code(payload)));
    }
    let typical = payload(contract, envelope, "typical", Choices::seeded(SEED));
    if let Some(payload) = typical.filter(|payload| minimal.as_ref() != Some(payload)) {
        section.blocks.push(Block::FoldedCode("A generated typical payload".into(), code(&payload)));
    }
    (!section.blocks.is_empty()).then_some(section)
}

/// The lines of a value.
fn code(value: &Value) -> Vec<HtmlText> {
    let text = to_pretty_json(value);
    let is_cut = text.lines().nth(MAX_LINES).is_some();
    text.lines().take(MAX_LINES).chain(is_cut.then_some("…")).map(HtmlText::from).collect()
}

/// How payloads are asked for.
fn endpoint(contract: &Contract, envelope: &Envelope) -> Section {
    let row = |name: &str, value: &str| vec![Cell::text(name), Cell::text(value)];
    let mut rows = Vec::new();
    if super::has_path(contract) {
        rows.push(row("Request", &format!("`{} {}`", contract.method, contract.path)));
    }
    if let Some(host) = &contract.host {
        rows.push(row("Host", &format!("`{host}`")));
    }
    if let Some(authentication) = &contract.authentication {
        rows.push(row("Authentication", &authentication.scheme));
    }
    for parameter in &contract.parameters {
        rows.push(row(&format!("Parameter `{}`", parameter.name), &parameter.meaning));
    }
    // A schema alone has one, of which nothing is known.
    let named =
        contract.envelopes().iter().filter(|one| contract.envelopes().len() > 1 || !one.summary.is_empty());
    for one in named {
        let shown = if one.name == envelope.name { "; the one on this page" } else { "" };
        rows.push(row(&format!("Envelope `{}`", one.name), &format!("{}{shown}", one.summary)));
    }
    for limit in &contract.rate_limits {
        let text = format!("{} requests a minute, bursts of {}", limit.per_minute, limit.burst);
        rows.push(row(&format!("Rate limit: {}", limit.plan), &text));
    }
    for error in &contract.errors {
        rows.push(row(
            &format!("Status {}", error.status),
            &format!("{} `{}`", error.meaning, error.example),
        ));
    }
    let secrets: Vec<String> = contract.secrets().iter().map(|name| format!("`{name}`")).collect();
    if !secrets.is_empty() {
        rows.push(row("Secrets, which are never shown", &secrets.join(", ")));
    }
    let section = Section::new("endpoint", "Endpoint");
    if rows.is_empty() {
        return section.with(Block::Text("Nothing is known of the endpoint.".into()));
    }
    section.with(Block::Table(Table::new("The endpoint", &["What", "Value"]).rows(rows).fixed()))
}
