//! Escapes and classes of a pattern.

use super::PatternError;
use super::classes::{self, Atom, Class};
use super::properties;
use super::syntax::{Parsed, Parser, Part, Reference, Target};

impl Parser<'_> {
    /// A name and the bracket behind it.
    pub(super) fn name(&mut self) -> Parsed<String> {
        let mut name = String::new();
        loop {
            let next = match self.next()? {
                '>' if !name.is_empty() => return Ok(name),
                '\\' => {
                    self.expect("u")?;
                    self.unicode()?.ok_or(PatternError::Invalid)?
                }
                other => other,
            };
            let fits = match next {
                '$' | '_' => true,
                '\u{200c}' | '\u{200d}' => !name.is_empty(),
                _ if name.is_empty() => next.is_alphabetic(),
                _ => next.is_alphanumeric(),
            };
            if !fits {
                return Err(PatternError::Invalid);
            }
            name.push(next);
        }
    }

    /// An escape outside a class; its backslash is read.
    pub(super) fn escape(&mut self, references: &mut Vec<Reference>) -> Parsed<Part> {
        let from = self.at;
        let target = match self.next()? {
            negated @ ('b' | 'B') => return Ok(Part::Boundary { negated: negated == 'B' }),
            'k' => {
                self.expect("<")?;
                Target::Name(self.name()?)
            }
            '1'..='9' => {
                self.at = from;
                Target::Number(self.digits()?.parse().unwrap_or(usize::MAX))
            }
            _ => {
                self.at = from;
                return Ok(Part::One(match self.class_escape()? {
                    Class::One(Some(one)) => classes::literal(one),
                    Class::One(None) => properties::NONE.to_owned(),
                    Class::Many(many) => format!("[{many}]"),
                }));
            }
        };
        references.push(Reference { target, at: from, branches: self.branches.clone() });
        Ok(Part::Reference(Vec::new()))
    }

    /// An escape that is the same inside and outside a class; its backslash is read. Half a surrogate pair is
    /// no character.
    fn class_escape(&mut self) -> Parsed<Class> {
        let one = match self.next()? {
            'f' => '\u{c}',
            'n' => '\n',
            'r' => '\r',
            't' => '\t',
            'v' => '\u{b}',
            'c' => {
                let letter = self.next()?;
                if !letter.is_ascii_alphabetic() {
                    return Err(PatternError::Invalid);
                }
                char::from(u8::try_from(letter).unwrap_or_default() % 32)
            }
            '0' if !self.peek().is_some_and(|next| next.is_ascii_digit()) => '\0',
            'x' => return self.hex(2).map(|code| Class::One(char::from_u32(code))),
            'u' => return self.unicode().map(Class::One),
            kind @ ('p' | 'P') => return self.property(kind == 'P').map(Class::Many),
            other if other.is_alphanumeric() => {
                let known = classes::named(other).ok_or(PatternError::Invalid)?;
                return Ok(Class::Many(known));
            }
            other => other,
        };
        Ok(Class::One(Some(one)))
    }

    fn hex(&mut self, digits: usize) -> Parsed<u32> {
        (0..digits)
            .try_fold(0, |code, _| Ok(code * 16 + self.next()?.to_digit(16).ok_or(PatternError::Invalid)?))
    }

    /// What is behind `\u`. Two halves of a surrogate pair are one character; `None` for half of one.
    fn unicode(&mut self) -> Parsed<Option<char>> {
        if self.eat("{") {
            let end = self.pattern[self.at..].find('}').ok_or(PatternError::Invalid)?;
            let digits = &self.pattern[self.at..self.at + end];
            self.at += end + 1;
            if digits.is_empty() || !digits.bytes().all(|digit| digit.is_ascii_hexdigit()) {
                return Err(PatternError::Invalid);
            }
            let digits = digits.trim_start_matches('0');
            let code = if digits.is_empty() { Ok(0) } else { u32::from_str_radix(digits, 16) };
            let code = code.ok().filter(|code| *code <= u32::from(char::MAX)).ok_or(PatternError::Invalid)?;
            return Ok(char::from_u32(code));
        }
        let high = self.hex(4)?;
        let behind = self.at;
        if (0xd800..0xdc00).contains(&high) && self.eat("\\u") {
            match self.hex(4) {
                Ok(low) if (0xdc00..0xe000).contains(&low) => {
                    return Ok(char::from_u32(0x10000 + ((high - 0xd800) << 10) + (low - 0xdc00)));
                }
                _ => self.at = behind,
            }
        }
        Ok(char::from_u32(high))
    }

    /// `{name}` or `{name=value}`.
    fn property(&mut self, negated: bool) -> Parsed<String> {
        self.expect("{")?;
        let end = self.pattern[self.at..].find('}').ok_or(PatternError::Invalid)?;
        let text = &self.pattern[self.at..self.at + end];
        self.at += end + 1;
        let (name, value) = text.split_once('=').map_or((text, None), |(name, value)| (name, Some(value)));
        properties::class(name, value, negated).ok_or(PatternError::Invalid)
    }

    /// A class; its bracket is open.
    pub(super) fn class(&mut self) -> Parsed<String> {
        let negated = self.eat("^");
        let mut members = String::new();
        while !self.eat("]") {
            let first = self.class_atom()?;
            let range =
                self.pattern[self.at..].starts_with('-') && !self.pattern[self.at..].starts_with("-]");
            if !range {
                first.add_to(&mut members);
                continue;
            }
            self.at += 1;
            let last = self.class_atom()?;
            classes::range(&first, &last, &mut members)?;
        }
        Ok(match (members.is_empty(), negated) {
            (true, false) => properties::NONE.to_owned(),
            (true, true) => properties::ALL.to_owned(),
            (false, false) => format!("[{members}]"),
            (false, true) => format!("[^{members}]"),
        })
    }

    fn class_atom(&mut self) -> Parsed<Atom> {
        Ok(match self.next()? {
            '\\' if self.eat("b") => Atom::Code(8),
            '\\' => {
                let before = self.at;
                match self.class_escape()? {
                    Class::One(Some(one)) => Atom::Code(u32::from(one)),
                    // Its number counts as the end of a range.
                    Class::One(None) => Atom::Code(self.surrogate(before)),
                    Class::Many(many) => Atom::Many(many),
                }
            }
            other => Atom::Code(u32::from(other)),
        })
    }

    /// The number of half a surrogate pair that was read from there.
    fn surrogate(&self, from: usize) -> u32 {
        let digits = self.pattern[from..self.at].trim_matches(['u', '{', '}']);
        u32::from_str_radix(digits, 16).unwrap_or(0xd800)
    }
}
