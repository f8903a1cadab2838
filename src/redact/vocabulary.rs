//! Words that identify nobody: languages, currencies, colours.

/// A vocabulary of public words.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Vocabulary {
    /// These words.
    Words(&'static [&'static str]),
    /// Language tags such as `en` and `pt-BR`.
    Language,
    /// Currency codes such as `USD`.
    Currency,
    /// Two letters for a country or one of its states.
    Country,
    /// Colours such as `#c0ffee`.
    Color,
    /// Names of the time zone database, such as `Europe/Berlin`.
    TimeZone,
}

/// The areas of the time zone database.
const AREAS: [&str; 11] = [
    "Africa",
    "America",
    "Antarctica",
    "Arctic",
    "Asia",
    "Atlantic",
    "Australia",
    "Etc",
    "Europe",
    "Indian",
    "Pacific",
];

/// Languages whose codes have three letters, which a first name has as well: those of common locales.
const LANGUAGES: [&str; 8] = ["ceb", "fil", "haw", "hmn", "kok", "mul", "und", "yue"];

impl Vocabulary {
    /// What its words are.
    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::Words(_) => "words of the API",
            Self::Language => "languages",
            Self::Currency => "currencies",
            Self::Country => "countries and states",
            Self::Color => "colors",
            Self::TimeZone => "time zones",
        }
    }

    /// Whether a text is one of its words.
    #[must_use]
    pub fn has(self, text: &str) -> bool {
        let all = |text: &str, lengths: std::ops::RangeInclusive<usize>, is: fn(&u8) -> bool| {
            lengths.contains(&text.len()) && text.bytes().all(|byte| is(&byte))
        };
        match self {
            Self::Words(words) => words.contains(&text),
            Self::Language => {
                let (language, region) = text.split_once('-').unwrap_or((text, "ZZ"));
                let is_script = all(region, 4..=4, u8::is_ascii_alphabetic);
                let is_language =
                    all(language, 2..=2, u8::is_ascii_lowercase) || LANGUAGES.contains(&language);
                is_language && (is_script || all(region, 2..=2, u8::is_ascii_uppercase))
            }
            Self::Currency => all(text, 3..=3, u8::is_ascii_uppercase),
            Self::Country => all(text, 2..=2, u8::is_ascii_uppercase),
            Self::Color => {
                let digits = text.strip_prefix('#').unwrap_or_default();
                matches!(digits.len(), 3 | 4 | 6 | 8) && all(digits, 3..=8, u8::is_ascii_hexdigit)
            }
            Self::TimeZone => {
                let is_place = |place: &str| {
                    let is_letter =
                        |byte: u8| byte.is_ascii_alphabetic() || b"_-+0123456789/".contains(&byte);
                    place.len() <= 30 && place.bytes().all(is_letter)
                };
                let area = text.split_once('/');
                text == "UTC" || area.is_some_and(|(area, place)| AREAS.contains(&area) && is_place(place))
            }
        }
    }
}
