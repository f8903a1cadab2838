//! How is a string built?

use std::fmt;
use std::sync::Arc;

use serde_json::{Value, json};

use super::formats::Format;
use crate::error::Error;
use crate::generate::knowledge::{Hint, Shape};
use crate::generate::plan::{Form, Reader};
use crate::generate::recipe::Builder;
use crate::generate::words;

/// Longer strings than this are not built because a schema demands them.
const MOST_DEMANDED: u64 = 1_000_000;

/// The strings a schema admits.
#[derive(Clone)]
pub(crate) struct Text {
    pub(crate) format: Option<Format>,
    judge: Option<Arc<jsonschema::Validator>>,
    least: u64,
    most: u64,
}

impl fmt::Debug for Text {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { format, least, most, .. } = self;
        f.debug_struct("Text").field("format", format).field("least", least).field("most", most).finish()
    }
}

impl Text {
    pub(crate) fn read(reader: &mut Reader<'_, '_>) -> Result<Form, Error> {
        let least = reader.buildable_count("minLength", MOST_DEMANDED)?;
        let most = reader.count("maxLength")?.unwrap_or(u64::MAX);
        let format = reader.text("format")?.and_then(Format::named);
        if least > most {
            return Ok(Form::Never);
        }
        let mut judge = None;
        if let Some(format) = format {
            let (shortest, longest) = format.lengths();
            if least > shortest || most < longest {
                let message =
                    format!("with a length outside {shortest} to {longest} cannot be built for yet");
                return Err(reader.unsupported("format", &message));
            }
            let schema = json!({"format": format.name()});
            judge = jsonschema::options().should_validate_formats(true).build(&schema).ok().map(Arc::new);
        }
        Ok(Form::Text(Self { format, judge, least, most }))
    }

    /// Whether only the format says what the strings are.
    pub(crate) fn any_length(&self) -> bool {
        self.least == 0 && self.most == u64::MAX
    }

    pub(crate) fn admits(&self, text: &str) -> bool {
        let length = u64::try_from(text.chars().count()).unwrap_or(u64::MAX);
        (self.least..=self.most).contains(&length)
            && self.judge.as_ref().is_none_or(|judge| judge.is_valid(&Value::String(text.to_owned())))
    }

    pub(crate) fn build(&self, builder: &mut Builder<'_>, hint: &Hint) -> Value {
        let choices = &mut *builder.choices;
        if let Some(format) = self.format {
            return Value::String(format.build(choices));
        }
        if matches!(hint.shape, Some(Shape::OneOf(_) | Shape::Text(_))) {
            let drawn = choices.draw(99);
            let shaped = match hint.shape {
                _ if drawn < 5 => None,
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
