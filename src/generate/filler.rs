//! Builds strings without a known meaning.

use super::choices::Choices;

const WORDS: &[&str] = &[
    "alpha", "amber", "basic", "birch", "blue", "bridge", "brook", "cedar", "clear", "cloud", "copper",
    "coral", "course", "daily", "delta", "early", "field", "first", "forest", "garden", "gentle", "global",
    "green", "guide", "harbor", "hazel", "history", "ivory", "journey", "lake", "learning", "letter",
    "level", "light", "maple", "meadow", "module", "morning", "north", "note", "ocean", "olive", "orchid",
    "outline", "paper", "pine", "planet", "practice", "primer", "quiet", "record", "review", "river", "rose",
    "sample", "season", "second", "silver", "simple", "spring", "stone", "story", "summer", "survey",
    "theme", "topic", "unit", "update", "valley", "willow",
];

/// Characters that have broken somebody's software before.
const ODD: &[char] = &[
    '"',
    '\\',
    '/',
    '\'',
    '<',
    '>',
    '&',
    '%',
    '~',
    '\u{0}',
    '\u{1}',
    '\t',
    '\n',
    '\r',
    '\u{1b}',
    '\u{7f}',
    '\u{a0}',
    '\u{ad}',
    'é',
    'ß',
    'İ',
    'ı',
    '\u{301}',
    '\u{200b}',
    '\u{200d}',
    '\u{202e}',
    '\u{2028}',
    '\u{2029}',
    '\u{feff}',
    '\u{fffd}',
    '\u{ffff}',
    '\u{d7ff}',
    '\u{e000}',
    '漢',
    '字',
    'あ',
    'ع',
    'ש',
    'ह',
    '\u{1f600}',
    '\u{1f468}',
    '\u{1f3fd}',
    '\u{1f1e9}',
    '\u{10ffff}',
];

/// One plain word.
pub(crate) fn word(choices: &mut Choices) -> &'static str {
    choices.pick(WORDS).copied().unwrap_or("alpha")
}

/// A text of `least` to `most` characters: mostly a few plain words, sometimes any characters.
/// The simplest is the shortest.
pub(crate) fn text(choices: &mut Choices, least: u64, most: u64) -> String {
    let drawn = match choices.draw(99) {
        0 => String::new(),
        1..=87 => words(choices),
        88..=93 => characters(choices, plain),
        _ => characters(choices, odd),
    };
    fit(&drawn, least, most)
}

fn words(choices: &mut Choices) -> String {
    let mut text = word(choices).to_owned();
    for _ in 0..choices.draw(3) {
        text.push(' ');
        text.push_str(word(choices));
    }
    text
}

fn characters(choices: &mut Choices, one: fn(&mut Choices) -> char) -> String {
    let length = choices.draw(12);
    (0..length).map(|_| one(choices)).collect()
}

fn plain(choices: &mut Choices) -> char {
    // The printable ASCII characters, from `a` round to `` ` ``.
    let drawn = u8::try_from(choices.draw(94)).unwrap_or(0);
    char::from(b' ' + (drawn + (b'a' - b' ')) % 95)
}

fn odd(choices: &mut Choices) -> char {
    if choices.draw(3) < 3 {
        return choices.pick(ODD).copied().unwrap_or('"');
    }
    let drawn = u32::try_from(choices.draw(0x0010_f7ff)).unwrap_or(0);
    let scalar = if drawn >= 0xd800 { drawn + 0x800 } else { drawn };
    char::from_u32(scalar).unwrap_or('\u{fffd}')
}

/// A text of odd characters; one in twenty is long.
pub(crate) fn odd_text(choices: &mut Choices, least: u64, most: u64) -> String {
    let length = if choices.draw(19) == 19 { 2_000 } else { choices.draw(12) };
    let drawn: String = (0..length).map(|_| odd(choices)).collect();
    fit(&drawn, least, most)
}

/// `text`, cut or filled up to a length of `least` to `most` characters.
pub(crate) fn fit(text: &str, least: u64, most: u64) -> String {
    let most = usize::try_from(most).unwrap_or(usize::MAX);
    let mut fitted: String = text.chars().take(most).collect();
    let length = u64::try_from(fitted.chars().count()).unwrap_or(u64::MAX);
    fitted.extend((length..least).map(|_| 'a'));
    fitted
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lengths_are_kept() {
        for seed in 0..200 {
            let length = text(&mut Choices::seeded(seed), 3, 5).chars().count();
            assert!((3..=5).contains(&length));
        }
        assert_eq!(text(&mut Choices::replay(Vec::new()), 2, 9), "aa");
    }
}
