//! How is a string built?

use serde_json::Value;

use super::contents::Content;
use super::formats::Format;
use super::pattern::Pattern;
use crate::error::Error;
use crate::generate::choices::Choices;
use crate::generate::knowledge::{Hint, Shape};
use crate::generate::plan::{Form, Reader};
use crate::generate::recipe::Builder;
use crate::generate::style::Texts;
use crate::generate::words;
use crate::schema::keywords::CONTENT;
use crate::schema::keywords::names::{FORMAT, MAX_LENGTH, MIN_LENGTH, PATTERN};
use crate::schema::types::TypeSet;

/// Longer strings than this are not built because a schema demands them.
const MAX_DEMANDED: u64 = 1_000_000;

/// The strings a schema admits.
#[derive(Clone, Debug)]
pub(crate) struct Text {
    pub(crate) format: Option<Format>,
    least: u64,
    most: u64,
    /// Where candidates come from, if they must be checked.
    sources: Vec<Source>,
}

/// Where a candidate comes from.
#[derive(Clone, Debug)]
enum Source {
    Pattern(Pattern),
    Format(Format),
    Content(Content),
    Plain,
}

impl Text {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Form, Error> {
        let flats = reader.flats.clone();
        let least = reader.least(TypeSet::STRING, MIN_LENGTH, MAX_DEMANDED)?;
        let most = flats.most(TypeSet::STRING);
        if least > most {
            return Ok(reader.nothing(MIN_LENGTH, &format!("{least} is more than `{MAX_LENGTH}` {most}")));
        }
        let mut formats: Vec<Format> = flats.formats().filter_map(|(name, _)| Format::named(name)).collect();
        formats.dedup_by_key(|format| format.name());
        let mut sources = Vec::new();
        for (pattern, _) in flats.patterns() {
            let Some(pattern) = Pattern::read(pattern) else {
                return Err(reader.unsupported(PATTERN, "is not a regular expression that can be built for"));
            };
            reader.spend(1 + pattern.size() / 16)?;
            if pattern.effort() > MAX_DEMANDED {
                let message = format!("asks for more than {MAX_DEMANDED} characters or repetitions");
                return Err(reader.unsupported(PATTERN, &message));
            }
            sources.push(Source::Pattern(pattern));
        }
        if !sources.is_empty() {
            reader.check(PATTERN);
        }
        let contents: Vec<Content> = flats.contents().collect();
        if !contents.is_empty() {
            reader.check(CONTENT[0]);
            sources.extend(contents.into_iter().map(Source::Content));
        }
        let misfit = |format: &Format| {
            let (shortest, longest) = format.lengths();
            least > shortest || most < longest
        };
        if formats.len() > 1 || !sources.is_empty() && !formats.is_empty() || formats.iter().any(misfit) {
            reader.check(FORMAT);
            sources.extend(formats.iter().copied().map(Source::Format));
            sources.push(Source::Plain);
        }
        let format = formats.pop().filter(|_| sources.is_empty());
        if format.is_some() {
            reader.intricate();
        }
        Ok(Form::Text(Self { format, least, most, sources }))
    }

    /// How many bytes the shortest text has at least.
    pub(crate) fn weight(&self) -> u64 {
        let patterns = self.sources.iter().map(|source| match source {
            Source::Pattern(pattern) => pattern.shortest(),
            _ => 0,
        });
        patterns.fold(self.least, u64::max)
    }

    fn candidate(&self, choices: &mut Choices) -> String {
        match choices.pick(&self.sources) {
            Some(Source::Pattern(pattern)) => pattern.build(self.least, self.most, choices),
            Some(Source::Format(format)) => format.build(choices),
            Some(Source::Content(content)) => content.build(self.least, self.most, choices),
            Some(Source::Plain) | None => words::text(choices, self.least, self.most),
        }
    }

    pub(crate) fn admits(&self, text: &str) -> bool {
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        (self.least..=self.most).contains(&length)
    }

    pub(crate) fn build(&self, builder: &mut Builder<'_>, hint: &Hint) -> Value {
        let (choices, style) = (&mut *builder.choices, builder.style);
        if !self.sources.is_empty() {
            return Value::String(self.candidate(choices));
        }
        if let Some(format) = self.format {
            let edge = style.picks().then(|| format.edge(style, choices)).flatten();
            return Value::String(edge.unwrap_or_else(|| format.build(choices)));
        }
        match builder.style.texts {
            Texts::Usual => {}
            Texts::Shortest => return Value::String(words::fit("", self.least, self.most)),
            Texts::Odd => return Value::String(words::odd_text(choices, self.least, self.most)),
        }
        if matches!(hint.shape, Some(Shape::OneOf(_) | Shape::Text(_))) {
            let drawn = choices.draw(99);
            let shaped = match hint.shape {
                _ if drawn < 5 && !builder.style.tidy => None,
                Some(Shape::OneOf(texts)) => choices.pick(texts).map(|text| (*text).to_owned()),
                Some(Shape::Text(shape)) => Some(shape(choices)),
                _ => None,
            };
            if let Some(text) = shaped.filter(|text| self.admits(text)) {
                return Value::String(text);
            }
            if drawn == 0 {
                return Value::String(words::fit("", self.least, self.most));
            }
        }
        Value::String(words::text(choices, self.least, self.most))
    }
}
