//! Splits an input into the parts that a rewriting replaces, and what stands between them.

mod documents;
mod lines;
mod members;

use std::io::{self, Read};
use std::path::PathBuf;

pub(crate) use super::captures::saved::Saved;
use super::captures::saved::SavedResponses;
use super::stream::Reader;
use super::{Codec, Input, Opened, Options, captures, unreadable};
use crate::error::{Error, ErrorKind};
use crate::origin::Origin;
use documents::Documents;
use lines::Lines;
use members::Members;

/// A part of an input.
#[derive(Debug)]
pub(crate) enum Part {
    /// What is copied: brackets, commas, white space, keys of a format.
    Between(Vec<u8>),
    /// Lines with their ends, each a body or the request of the next.
    Lines(Vec<u8>),
    /// One body.
    Body(Vec<u8>),
    /// A value of a capture.
    Value(Value),
    /// A saved response.
    Saved(Saved),
    /// Something was left out, or the input is read no further.
    Problem(Error),
}

impl Part {
    /// The bytes that it holds.
    pub(crate) fn len(&self) -> usize {
        match self {
            Self::Between(bytes) | Self::Lines(bytes) | Self::Body(bytes) => bytes.len(),
            Self::Value(value) => value.before.len() + value.text.len(),
            Self::Saved(saved) => saved.head.len() + saved.body.len(),
            Self::Problem(_) => 0,
        }
    }
}

/// A value of a JSON capture.
#[derive(Debug)]
pub(crate) struct Value {
    /// What stands before it, which is copied.
    pub(crate) before: Vec<u8>,
    /// The keys that lead to it; `*` for an item.
    pub(crate) path: Vec<String>,
    pub(crate) text: Vec<u8>,
    /// The number of the entry that it is, from 1.
    pub(crate) number: u64,
}

/// Which members of a capture are written: by the keys that lead to one.
pub(crate) type Keeps = fn(Input, &[String]) -> bool;

enum Kind<'r> {
    Whole(Option<Reader<'r>>),
    Lines(Box<Lines<'r>>),
    Documents(Box<Documents<'r>>),
    Members(Box<Members<'r>>),
    Saved(Box<SavedResponses<'r>>),
    Ended,
}

/// The parts of one input, in its order.
pub(crate) struct Parts<'r> {
    kind: Kind<'r>,
    origin: Origin,
    options: Options,
    keeps: Keeps,
    /// The folder that the input is in, where it is a file.
    pub(crate) folder: Option<PathBuf>,
    /// Its format, once its first part was read.
    pub(crate) input: Input,
}

impl<'r> Opened<'r> {
    /// How it is compressed, the outermost codec first.
    pub(crate) fn layers(&self) -> &[Codec] {
        &self.layers
    }

    /// The parts, of which a capture has the members that are kept.
    pub(crate) fn parts(self, keeps: Keeps) -> Parts<'r> {
        let Self { origin, input, reader, begun, options, folder, .. } = self;
        let kind = match input {
            Input::Json => Kind::Whole(Some(reader)),
            Input::Ndjson => Kind::Lines(Box::new(Lines::new(reader, options.max_body))),
            Input::Documents => {
                let insisted = options.input.is_some();
                Kind::Documents(Box::new(Documents::new(reader, options.max_body, begun, insisted)))
            }
            Input::Har | Input::Postman | Input::WireMock => members(reader, input, &options, keeps),
            Input::Http => Kind::Saved(Box::new(SavedResponses::new(reader, options.max_body))),
        };
        Parts { kind, origin, options, keeps, folder, input }
    }
}

fn members<'r>(reader: Reader<'r>, input: Input, options: &Options, keeps: Keeps) -> Kind<'r> {
    Kind::Members(Box::new(Members::new(reader, input, options.max_body, keeps)))
}

/// What comes next, or why nothing does.
pub(super) enum Next<'r> {
    Part(Part),
    /// The input is a capture.
    Capture(Input, Reader<'r>),
    /// Something was left out.
    LeftOut(String),
    Stopped(io::Error),
    End,
}

impl Parts<'_> {
    /// The body that a capture stores in a file of its own.
    ///
    /// # Errors
    ///
    /// When the file may not or cannot be read.
    pub(crate) fn beside(
        folder: Option<&PathBuf>,
        options: &Options,
        name: &str,
        in_files: bool,
    ) -> Result<Option<Vec<u8>>, Error> {
        folder.map_or(Ok(None), |folder| captures::beside(name, in_files, folder, options))
    }

    /// How the input is read.
    pub(crate) fn options(&self) -> &Options {
        &self.options
    }

    fn advance(&mut self) -> Option<Part> {
        loop {
            let next = match &mut self.kind {
                Kind::Whole(reader) => match reader.take() {
                    Some(reader) => whole(reader, self.options.max_body),
                    None => Next::End,
                },
                Kind::Lines(lines) => lines.next(),
                Kind::Documents(documents) => documents.next(),
                Kind::Members(members) => members.next(),
                Kind::Saved(saved) => match saved.next() {
                    Ok(saved) => saved.map_or(Next::End, |saved| Next::Part(Part::Saved(saved))),
                    Err(error) => Next::Stopped(error),
                },
                Kind::Ended => return None,
            };
            match next {
                Next::Part(part) => return Some(part),
                Next::Capture(input, reader) => {
                    self.input = input;
                    self.kind = members(reader, input, &self.options, self.keeps);
                }
                Next::LeftOut(what) => {
                    return Some(Part::Problem(Error::new(ErrorKind::Input, self.origin.name(), what)));
                }
                Next::Stopped(error) => {
                    self.kind = Kind::Ended;
                    return Some(Part::Problem(unreadable(self.origin.name(), error)));
                }
                Next::End => self.kind = Kind::Ended,
            }
        }
    }
}

impl Iterator for Parts<'_> {
    type Item = Part;

    fn next(&mut self) -> Option<Part> {
        self.advance()
    }
}

/// The whole as one body.
fn whole(reader: Reader<'_>, max: u64) -> Next<'_> {
    let mut bytes = Vec::new();
    match reader.take(max.saturating_add(1)).read_to_end(&mut bytes) {
        Err(error) => Next::Stopped(error),
        Ok(_) if bytes.len() as u64 > max => Next::Stopped(super::limit::too_large(max)),
        Ok(_) => Next::Part(Part::Body(bytes)),
    }
}
