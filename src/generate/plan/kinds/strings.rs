//! Builds strings.

use std::sync::Arc;

use regex_syntax::hir::Hir;
use serde_json::Value;

use super::contents::Content;
use super::formats::Format;
use super::intersection::{Intersection, NoIntersection};
use super::pattern::Pattern;
use crate::error::Error;
use crate::generate::choices::Choices;
use crate::generate::filler;
use crate::generate::knowledge::{Hint, Shape};
use crate::generate::plan::{Builder, Check, Reader, ValueSet};
use crate::generate::sink::Sink;
use crate::generate::style::Texts;
use crate::generate::text::TextSink;
use crate::schema::keywords::CONTENT;
use crate::schema::keywords::names::{FORMAT, MAX_LENGTH, MIN_LENGTH, PATTERN};
use crate::schema::types::TypeSet;

/// Longer strings than this are not built because a schema demands them.
const MAX_REQUIRED: u64 = 1_000_000;

/// At most this many candidates of a source are looked at, and so many are enough to take it.
const CANDIDATES: u64 = 12;
const ENOUGH: u64 = 4;
/// At most this many steps of an intersection are a step of planning.
const WALK_STEP: usize = 16;

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
    Intersection(Arc<Intersection>),
    Plain,
}

/// What is asked of strings besides their length.
struct Requested {
    patterns: Vec<Pattern>,
    contents: Vec<Content>,
    /// Formats, and whether they are asserted: others are wishes.
    formats: Vec<(Format, bool)>,
}

impl Requested {
    /// Where candidates may come from.
    fn sources(&self) -> impl Iterator<Item = Source> {
        let formats = self.formats.iter().map(|(format, _)| Source::Format(*format));
        let contents = self.contents.iter().copied().map(Source::Content);
        let patterns = self.patterns.iter().cloned().map(Source::Pattern);
        formats.chain(contents).chain(patterns).chain([Source::Plain])
    }

    /// Those whose candidates look like what is requested: what a pattern alone leads to is seldom of a
    /// format.
    fn natural(&self) -> impl Iterator<Item = Source> {
        let formatted = self.formats.len() + self.contents.len();
        let many = if formatted > 0 { formatted } else { usize::MAX };
        self.sources().take(many)
    }

    /// Whether strings outside of the languages are refused.
    fn is_exact(&self) -> bool {
        self.formats.iter().all(|(format, asserted)| !asserted || format.is_exact())
    }

    /// The regular expressions for all of it, with or without wishes.
    fn languages(&self, wishes: bool) -> Vec<Hir> {
        let formats = self.formats.iter().filter(|(_, asserted)| wishes || *asserted);
        let formats = formats.filter_map(|(format, _)| format.language());
        let contents = self.contents.iter().filter_map(|content| content.language());
        self.patterns.iter().map(|pattern| pattern.hir().clone()).chain(formats).chain(contents).collect()
    }
}

impl Text {
    pub(crate) fn read(reader: &mut Reader<'_>) -> Result<ValueSet, Error> {
        let flats = reader.flats.clone();
        let least = reader.least(TypeSet::STRING, MIN_LENGTH, MAX_REQUIRED)?;
        let most = flats.most(TypeSet::STRING);
        if least > most {
            return Ok(reader.nothing(MIN_LENGTH, &format!("{least} is more than `{MAX_LENGTH}` {most}")));
        }
        let mut formats: Vec<(Format, bool)> =
            flats.formats().filter_map(|(name, asserted)| Some((Format::named(name)?, asserted))).collect();
        formats.dedup_by_key(|(format, _)| format.name());
        let patterns = Self::patterns(reader)?;
        let contents: Vec<Content> = flats.contents().collect();
        let fits = |(format, _): &(Format, bool)| {
            let (shortest, longest) = format.lengths();
            least <= shortest && longest <= most
        };
        let is_simple = patterns.is_empty() && contents.is_empty();
        if is_simple && formats.iter().all(fits) && formats.len() < 2 {
            let format = formats.pop().map(|(format, _)| format);
            if format.is_some() {
                reader.intricate();
            }
            return Ok(ValueSet::Text(Self { format, least, most, sources: Vec::new() }));
        }
        let keyword = match (patterns.is_empty(), contents.is_empty()) {
            (false, _) => PATTERN,
            (true, false) => CONTENT[0],
            (true, true) => FORMAT,
        };
        reader.check(keyword);
        let requested = Requested { patterns, contents, formats };
        let text = Self { format: None, least, most, sources: Vec::new() };
        text.searched(reader, &requested, keyword)
    }

    fn patterns(reader: &mut Reader<'_>) -> Result<Vec<Pattern>, Error> {
        let mut patterns = Vec::new();
        for (pattern, _) in reader.flats.patterns() {
            let Some(pattern) = Pattern::read(pattern) else {
                return Err(reader.unsupported(PATTERN, "regular expression not supported by the generator"));
            };
            reader.spend(1 + pattern.size() / 16)?;
            if pattern.effort() > MAX_REQUIRED {
                let message = format!("asks for more than {MAX_REQUIRED} characters or repetitions");
                return Err(reader.unsupported(PATTERN, &message));
            }
            patterns.push(pattern);
        }
        Ok(patterns)
    }

    /// The form with a source of which enough candidates pass, or else an intersection through everything
    /// that is requested.
    fn searched(
        mut self,
        reader: &mut Reader<'_>,
        requested: &Requested,
        keyword: &'static str,
    ) -> Result<ValueSet, Error> {
        let check = reader.check_itself();
        for source in requested.natural() {
            self.sources = vec![source];
            if self.passes(reader, &check)? >= ENOUGH {
                return Ok(ValueSet::Text(self));
            }
        }
        let has_wishes = requested.formats.iter().any(|(_, asserted)| !asserted);
        for wishes in [true, false].into_iter().skip(usize::from(!has_wishes)) {
            let languages = requested.languages(wishes);
            let mut steps = 0;
            let intersection =
                Intersection::of(&languages.iter().collect::<Vec<_>>(), self.least, self.most, &mut steps);
            reader.spend(steps / WALK_STEP)?;
            match intersection {
                Ok(intersection) => {
                    self.sources = vec![Source::Intersection(Arc::new(intersection))];
                    if self.passes(reader, &check)? > 0 {
                        return Ok(ValueSet::Text(self));
                    }
                }
                Err(NoIntersection::Empty) if !wishes && requested.is_exact() => {
                    return Ok(reader.nothing(keyword, "matches no string that the other keywords admit"));
                }
                Err(_) => {}
            }
        }
        self.sources = requested.sources().collect();
        Ok(ValueSet::Text(self))
    }

    /// How many of some candidates pass.
    fn passes(&self, reader: &Reader<'_>, check: &Check) -> Result<u64, Error> {
        reader.spend(usize::try_from(CANDIDATES).unwrap_or(0))?;
        let passing = (0..CANDIDATES).filter(|seed| {
            let mut candidate = String::new();
            self.candidate(&mut Choices::seeded(*seed), &mut candidate);
            check.accepts(&Value::String(candidate))
        });
        Ok(passing.count() as u64)
    }

    /// How many bytes the shortest text has at least.
    pub(crate) fn weight(&self) -> u64 {
        let patterns = self.sources.iter().map(|source| match source {
            Source::Pattern(pattern) => pattern.shortest(),
            _ => 0,
        });
        patterns.fold(self.least, u64::max)
    }

    fn candidate(&self, choices: &mut Choices, into: &mut String) {
        match choices.pick(&self.sources) {
            Some(Source::Pattern(pattern)) => into.push_str(&pattern.build(self.least, self.most, choices)),
            Some(Source::Format(format)) => format.write(choices, into),
            Some(Source::Content(content)) => into.push_str(&content.build(self.least, self.most, choices)),
            Some(Source::Intersection(intersection)) => into.push_str(&intersection.build(choices)),
            Some(Source::Plain) | None => drop(filler::write(choices, self.least, self.most, into)),
        }
    }

    pub(crate) fn admits(&self, text: &str) -> bool {
        if self.least == 0 && text.len() as u64 <= self.most {
            return true;
        }
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        (self.least..=self.most).contains(&length)
    }

    pub(crate) fn build<S: Sink>(&self, builder: &mut Builder<'_>, hint: &Hint, sink: &mut S) {
        sink.text(|into| self.write(builder, hint, into));
    }

    /// Appends a text; returns whether JSON certainly has it as it is.
    fn write(&self, builder: &mut Builder<'_>, hint: &Hint, into: &mut String) -> bool {
        let (choices, style, start) = (&mut *builder.choices, builder.style, into.len());
        if !self.sources.is_empty() {
            self.candidate(choices, into);
            return false;
        }
        if let Some(format) = self.format {
            match style.picks().then(|| format.edge(style, choices)).flatten() {
                Some(edge) => into.push_str(edge),
                None => format.write(choices, into),
            }
            return true;
        }
        match style.texts {
            Texts::Usual => {}
            Texts::Shortest => {
                filler::fit(into, start, self.least, self.most);
                return true;
            }
            Texts::Odd => {
                filler::write_odd(choices, self.least, self.most, into);
                return false;
            }
        }
        if matches!(hint.shape, Some(Shape::OneOf(_) | Shape::Text(_))) {
            let drawn = choices.draw(99);
            let shaped = match hint.shape {
                _ if drawn < 5 && !style.tidy => false,
                Some(Shape::OneOf(texts)) => choices.pick(texts).map(|text| into.push_str(text)).is_some(),
                Some(Shape::Text(shape)) => {
                    shape(choices, &mut TextSink::of(into));
                    true
                }
                _ => false,
            };
            if shaped && self.admits(&into[start..]) {
                return false;
            }
            into.truncate(start);
            if drawn == 0 {
                filler::fit(into, start, self.least, self.most);
                return true;
            }
        }
        filler::write(choices, self.least, self.most, into)
    }
}
