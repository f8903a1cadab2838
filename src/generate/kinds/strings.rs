//! How is a string built?

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::contents::{self, Content};
use super::formats::Format;
use super::pattern::Pattern;
use crate::error::Error;
use crate::generate::choices::Choices;
use crate::generate::knowledge::{Hint, Shape};
use crate::generate::plan::{Form, Reader};
use crate::generate::recipe::Builder;
use crate::generate::style::Texts;
use crate::generate::words;

/// Longer strings than this are not built because a schema demands them.
const MAX_DEMANDED: u64 = 1_000_000;

/// The strings a schema admits.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) format: Option<Format>,
    judge: Option<Arc<jsonschema::Validator>>,
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

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, least, most, .. } = self;
        f.debug_struct("Text").field("format", format).field("least", least).field("most", most).finish()
    }
}

impl Text {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<Form, Error> {
        let least = reader.buildable_count("minLength", MAX_DEMANDED)?;
        let most = reader.counts("maxLength").min().unwrap_or(u64::MAX);
        if least > most {
            return Ok(reader.nothing("minLength", &format!("{least} is more than `maxLength` {most}")));
        }
        let formats = reader.all("format").filter_map(Value::as_str).filter_map(Format::named);
        let mut formats: Vec<Format> = formats.collect();
        formats.dedup_by_key(|format| format.name());
        let mut sources = Vec::new();
        for pattern in reader.all("pattern").filter_map(Value::as_str) {
            let Some(pattern) = Pattern::read(pattern) else {
                return Err(
                    reader.unsupported("pattern", "is not a regular expression that can be built for")
                );
            };
            reader.spend(1 + pattern.size() / 16)?;
            if pattern.effort() > MAX_DEMANDED {
                let message = format!("asks for more than {MAX_DEMANDED} characters or repetitions");
                return Err(reader.unsupported("pattern", &message));
            }
            sources.push(Source::Pattern(pattern));
        }
        if !sources.is_empty() {
            reader.check("pattern");
        }
        let contents: Vec<Content> = reader.all(contents::KEYWORD).filter_map(Content::of).collect();
        if !contents.is_empty() {
            reader.check(contents::KEYWORD);
            sources.extend(contents.into_iter().map(Source::Content));
        }
        let misfit = |format: &Format| {
            let (shortest, longest) = format.lengths();
            least > shortest || most < longest
        };
        if formats.len() > 1 || !sources.is_empty() && !formats.is_empty() || formats.iter().any(misfit) {
            reader.check("format");
            sources.extend(formats.iter().copied().map(Source::Format));
            sources.push(Source::Plain);
        }
        let format = formats.pop().filter(|_| sources.is_empty());
        let judge = format.and_then(|format| {
            let schema = json!({"format": format.name()});
            jsonschema::options().should_validate_formats(true).build(&schema).ok().map(Arc::new)
        });
        Ok(Form::Text(Self { format, judge, least, most, sources }))
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
            && self.judge.as_ref().is_none_or(|judge| judge.is_valid(&Value::String(text.to_owned())))
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
