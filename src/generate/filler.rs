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
#[inline]
pub(crate) fn word(choices: &mut Choices) -> &'static str {
    choices.pick(WORDS).copied().unwrap_or("alpha")
}

/// Appends a text of `least` to `most` characters: mostly a few plain words, sometimes any characters.
/// The simplest is the shortest. Returns whether JSON certainly has it as it is.
pub(crate) fn write(choices: &mut Choices, least: u64, most: u64, into: &mut String) -> bool {
    let start = into.len();
    let plain = match choices.draw(99) {
        0 => true,
        1..=87 => {
            words(choices, into);
            true
        }
        88..=93 => {
            characters(choices, plain, into);
            false
        }
        _ => {
            characters(choices, odd, into);
            false
        }
    };
    fit(into, start, least, most);
    plain
}

/// The text that [`write()`] appends.
pub(crate) fn text(choices: &mut Choices, least: u64, most: u64) -> String {
    let mut text = String::new();
    write(choices, least, most, &mut text);
    text
}

fn words(choices: &mut Choices, into: &mut String) {
    into.push_str(word(choices));
    for _ in 0..choices.draw(3) {
        into.push(' ');
        into.push_str(word(choices));
    }
}

fn characters(choices: &mut Choices, one: fn(&mut Choices) -> char, into: &mut String) {
    let length = choices.draw(12);
    into.extend((0..length).map(|_| one(choices)));
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

/// Appends a text of odd characters; one in twenty is long.
pub(crate) fn write_odd(choices: &mut Choices, least: u64, most: u64, into: &mut String) {
    let start = into.len();
    let length = if choices.draw(19) == 19 { 2_000 } else { choices.draw(12) };
    into.extend((0..length).map(|_| odd(choices)));
    fit(into, start, least, most);
}

/// Cuts or fills up what stands behind `start` to a length of `least` to `most` characters.
#[inline]
pub(crate) fn fit(into: &mut String, start: usize, least: u64, most: u64) {
    let bytes = (into.len() - start) as u64;
    if least == 0 && bytes <= most {
        return;
    }
    let length = into[start..].chars().count() as u64;
    if length > most {
        let cut = usize::try_from(most).ok().and_then(|most| into[start..].char_indices().nth(most));
        into.truncate(cut.map_or(into.len(), |(cut, _)| start + cut));
    }
    into.extend((length.min(most)..least).map(|_| 'a'));
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
