//! Which extremes can be asked for by name?

use super::style::{Extent, Style, Texts};
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
        Self {
            name: "typical",
            help: "What real payloads look like; the default.",
            against: &[],
            change: |_| {},
        },
        Self {
            name: "minimal",
            help: "Only what is required, and arrays as short as they may be.",
            against: &["maximal", "nulls"],
            change: |style| (style.members, style.items) = (Extent::Least, Extent::Least),
        },
        Self {
            name: "maximal",
            help: "Every member, six objects deep, no nulls on purpose, arrays as long as they usually get.",
            against: &["minimal", "nulls", "absent", "empty"],
            change: |style| (style.members, style.items) = (Extent::Most, Extent::Most),
        },
        Self {
            name: "nulls",
            help: "Every member that may be null is there, and null.",
            against: &["minimal", "maximal", "absent"],
            change: |style| (style.members, style.null) = (Extent::Most, true),
        },
        Self {
            name: "absent",
            help: "Every optional member is missing; the rest is typical.",
            against: &["maximal", "nulls"],
            change: |style| style.members = Extent::Least,
        },
        Self {
            name: "empty",
            help: "Empty arrays, empty objects where anything is allowed, empty strings.",
            against: &["maximal", "unicode"],
            change: |style| (style.items, style.texts) = (Extent::Least, Texts::Shortest),
        },
        Self {
            name: "unicode",
            help: "Right-to-left, emoji, combining, quotes, controls, U+2028, and long texts.",
            against: &["empty"],
            change: |style| style.texts = Texts::Odd,
        },
        Self {
            name: "boundary",
            help: "Numbers at their bounds, 0, -0.0 and 1.0; leap seconds, far offsets and years; odd UUIDs.",
            against: &[],
            change: |style| style.edges = true,
        },
        Self { name: "large", help: "Grows to the bytes that --size says.", against: &[], change: |_| {} },
    ];

    /// The style of the presets of these names, combined.
    ///
    /// # Errors
    ///
    /// `Usage` when there is no such preset, or two of them contradict each other.
    pub fn combine(names: &[&str]) -> Result<Style, Error> {
        let wrong = |message: String| Error::new(ErrorKind::Usage, "--preset", message);
        let mut style = Style::default();
        for name in names {
            let preset = Self::ALL
                .iter()
                .find(|preset| preset.name == *name)
                .ok_or_else(|| wrong(format!("`{name}` is no preset")))?;
            if let Some(other) = names.iter().find(|other| preset.against.contains(*other)) {
                return Err(wrong(format!("`{name}` and `{other}` contradict each other")));
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
