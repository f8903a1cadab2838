//! Presets: named extremes of payloads.

mod absent;
mod boundary;
mod empty;
mod large;
mod maximal;
mod minimal;
mod nulls;
mod quirks;
mod typical;
mod unicode;

use super::style::Style;
use crate::error::{Error, ErrorKind};

/// A named style. Several can be combined, as long as they do not contradict each other.
#[derive(Clone, Copy, Debug)]
pub struct Preset {
    /// The name.
    pub name: &'static str,
    /// What it does, as a sentence.
    pub help: &'static str,
    /// Presets that ask for the opposite.
    pub against: &'static [&'static str],
    change: fn(&mut Style),
}

impl Preset {
    /// Every preset.
    pub const ALL: &'static [Self] = &[
        typical::PRESET,
        minimal::PRESET,
        maximal::PRESET,
        nulls::PRESET,
        absent::PRESET,
        empty::PRESET,
        unicode::PRESET,
        boundary::PRESET,
        quirks::PRESET,
        large::PRESET,
    ];

    /// The style of the presets of these names, combined.
    ///
    /// # Errors
    ///
    /// `Usage` when there is no such preset, or two of them contradict each other.
    pub fn combine(names: &[&str]) -> Result<Style, Error> {
        let wrong = |message: String| Error::new(ErrorKind::Usage, "`preset`", message);
        let mut style = Style::default();
        for name in names {
            let preset = Self::ALL
                .iter()
                .find(|preset| preset.name == *name)
                .ok_or_else(|| wrong(format!("unknown preset `{name}`")))?;
            if let Some(other) = names.iter().find(|other| preset.against.contains(*other)) {
                return Err(wrong(format!("presets `{name}` and `{other}` contradict each other")));
            }
            (preset.change)(&mut style);
        }
        Ok(style)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn contradictions_are_mutual_and_name_presets() {
        for preset in Preset::ALL {
            for other in preset.against {
                let other = Preset::ALL.iter().find(|preset| preset.name == *other).unwrap();
                assert!(other.against.contains(&preset.name), "{} {}", preset.name, other.name);
            }
        }
    }
}
