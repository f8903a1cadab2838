//! `clients-contract generate --invalid`: payloads that break the contract in one known place.

use std::fs;
use std::path::Path;

use clap::Args;
use clients_contract::generate::{Body, Catalogue, Choices, Generator, Labelled};
use clients_contract::{Contract, Error, ErrorKind, Pointer, Validator, clients};
use serde_json::{Value, json};

use super::Manner;
use crate::exit::Exit;
use crate::output::{Output, note};

/// What to break.
#[derive(Debug, Args)]
pub struct Breaking {
    /// Break the contract in exactly one place a payload, every property and rule equally likely, and say where.
    ///
    /// NDJSON: {"rule","pointer","what","payload"} a line, or {"rule","pointer","what","body"} with the text where no JSON
    /// value can stand for it. Files: the payload, and beside it NAME.breach.json.
    #[arg(long, conflicts_with_all = ["dataset", "with"])]
    invalid: bool,
    /// Break every property of the schema in every way, once each, in small payloads (NDJSON, always the same).
    #[arg(long, conflicts_with_all = ["seed", "dataset", "with"])]
    exhaustive: bool,
    /// Break only this rule; may be repeated.
    #[arg(long, value_name = "RULE", value_parser = rule, conflicts_with_all = ["dataset", "with"])]
    rule: Vec<&'static str>,
}

fn rule(id: &str) -> Result<&'static str, String> {
    let ids: Vec<&'static str> = clients_contract::rules().map(|rule| rule.id).collect();
    let known = ids.iter().find(|known| **known == id).copied();
    known.ok_or_else(|| format!("there is no such rule{}", crate::did_you_mean(id, &ids)))
}

impl Breaking {
    /// Whether breaches are asked for.
    pub fn asked(&self) -> bool {
        self.invalid || self.exhaustive || !self.rule.is_empty()
    }

    /// Whether every breach is to be made once.
    pub fn is_exhaustive(&self) -> bool {
        self.exhaustive
    }
}

/// Random breaches of generated responses, or all of the smallest.
pub struct Asked<'a> {
    pub breaking: &'a Breaking,
    pub number: u64,
    pub responses: Generator,
    pub seed: u64,
}

pub fn run(
    asked: Asked<'_>,
    folder: Option<&Path>,
    output: Option<&Path>,
    manner: Manner,
) -> Result<Exit, Error> {
    let Asked { breaking, number, responses, seed } = asked;
    let rules = &breaking.rule;
    let catalogue = clients::catalogue().only(|target| rules.is_empty() || rules.contains(&target.rule().id));
    if catalogue.targets().is_empty() {
        let place = format!("--rule {}", rules.join(" --rule "));
        let message =
            "no single payload breaks it: it speaks of several payloads, of other schemas, or of a capture";
        return Err(Error::new(ErrorKind::Usage, place, message));
    }
    let mut to = To::open(folder, output, number)?;
    if breaking.exhaustive {
        for breach in catalogue.smallest() {
            if !to.take(&breach)? {
                break;
            }
        }
    } else {
        let validator = Contract::clients().validator();
        for (count, response) in (0..number).zip(responses) {
            let mut choices = Choices::seeded(seed.wrapping_add(count.wrapping_mul(0x9e37_79b9_7f4a_7c15)));
            let breach = one(&catalogue, validator, &response, &mut choices);
            if !breach.map_or(Ok(true), |breach| to.take(&breach))? {
                break;
            }
        }
    }
    to.finish(manner)
}

/// A breach of the response; of the smallest payload where something else of the response (a page's numbers) would no
/// longer agree with what is broken.
fn one(
    catalogue: &Catalogue,
    validator: &Validator,
    response: &Value,
    choices: &mut Choices,
) -> Option<Labelled> {
    let target = catalogue.pick(choices)?;
    let breach = catalogue.breach(target, response, choices)?;
    let found = validator.validate(breach.body.to_text().as_bytes()).findings;
    if found.len() == 1 { Some(breach) } else { catalogue.least(target) }
}

/// Where breaches go.
enum To<'a> {
    Folder { folder: &'a Path, written: u64, digits: usize },
    One(Output),
}

impl<'a> To<'a> {
    fn open(folder: Option<&'a Path>, output: Option<&Path>, number: u64) -> Result<Self, Error> {
        let Some(folder) = folder else { return Output::open(output).map(Self::One) };
        fs::create_dir_all(folder).map_err(|error| {
            Error::new(ErrorKind::Output, folder.display().to_string(), "cannot be made").because(error)
        })?;
        Ok(Self::Folder { folder, written: 0, digits: number.to_string().len().max(5) })
    }

    /// Writes a breach; false when nobody reads any more.
    fn take(&mut self, breach: &Labelled) -> Result<bool, Error> {
        match self {
            Self::One(output) => {
                output.write(|out| writeln!(out, "{}", line(breach)))?;
                Ok(!output.is_closed())
            }
            Self::Folder { folder, written, digits } => {
                *written += 1;
                let name = format!("breach-{written:0digits$}");
                let text = match &breach.body {
                    Body::Payload(value) => format!("{value:#}\n"),
                    Body::Text(text) => text.clone(),
                };
                let label = format!("{}}}\n", label(breach.rule.id, &breach.pointer, &breach.what));
                write(&folder.join(format!("{name}.json")), &text)?;
                write(&folder.join(format!("{name}.breach.json")), &label)?;
                Ok(true)
            }
        }
    }

    fn finish(self, manner: Manner) -> Result<Exit, Error> {
        match self {
            Self::One(output) => output.finish()?,
            Self::Folder { folder, written, .. } => {
                note(
                    manner.quiet,
                    &format!("wrote {written} payloads and their labels to {}", folder.display()),
                );
            }
        }
        Ok(Exit::Fine)
    }
}

fn write(path: &Path, text: &str) -> Result<(), Error> {
    let mut output = Output::open(Some(path))?;
    output.write(|out| out.write_all(text.as_bytes()))?;
    output.finish()
}

/// The label, without its closing brace.
fn label(rule: &str, pointer: &Pointer, what: &str) -> String {
    let [rule, pointer, what] = [rule, &pointer.to_string(), what].map(|text| json!(text));
    format!("{{\"rule\":{rule},\"pointer\":{pointer},\"what\":{what}")
}

/// One breach as a line: the keys in the order in which they are best read.
pub fn line(breach: &Labelled) -> String {
    let label = label(breach.rule.id, &breach.pointer, &breach.what);
    match &breach.body {
        Body::Payload(value) => format!("{label},\"payload\":{value}}}"),
        Body::Text(text) => format!("{label},\"body\":{}}}", json!(text)),
    }
}
