//! Parses ECMA-262 patterns.
//!
//! The grammar is that of patterns with the flag `u`. Of what only patterns without it may have, some is
//! read, too: `]` and `}` as themselves, a backslash before any character that is no letter and no digit, and
//! classes such as `[\w-x]`.

use super::PatternError;
use super::classes;
use super::properties;

/// Groups that may be open inside each other.
pub(super) const MAX_NESTED: usize = 60;

/// A number for a capturing group, from 0.
pub(super) type GroupId = usize;

/// A part of a pattern.
#[derive(Debug)]
pub(super) enum Part {
    /// A character, or a class, in the syntax of Rust's engines.
    One(String),
    Start {
        multiline: bool,
    },
    End {
        multiline: bool,
    },
    Boundary {
        negated: bool,
    },
    /// What was captured by the one of these groups that took part.
    Reference(Vec<GroupId>),
    Group(GroupId, Box<Part>),
    /// A group that does not capture, in which case matters or does not.
    Plain(Option<bool>, Box<Part>),
    Look {
        behind: bool,
        negated: bool,
        inner: Box<Part>,
    },
    Repeat {
        inner: Box<Part>,
        min: u32,
        max: Option<u32>,
        lazy: bool,
    },
    All(Vec<Part>),
    Any(Vec<Part>),
}

/// A capturing group.
#[derive(Debug)]
struct Group {
    name: Option<String>,
    /// The alternatives that it is in: for each disjunction around it, its number and that of the
    /// alternative.
    branches: Vec<(usize, usize)>,
    /// Whether it is inside a look-behind.
    behind: bool,
    /// Where it begins and ends in the pattern.
    start: usize,
    end: usize,
}

#[derive(Clone, Copy, Debug, Default)]
struct Flags {
    multiline: bool,
    dot_all: bool,
}

pub(super) struct Parser<'p> {
    pub(super) pattern: &'p str,
    pub(super) at: usize,
    nested: usize,
    behind: usize,
    flags: Flags,
    disjunctions: usize,
    pub(super) branches: Vec<(usize, usize)>,
    groups: Vec<Group>,
}

pub(super) type Parsed<T> = Result<T, PatternError>;

impl<'p> Parser<'p> {
    pub(super) fn new(pattern: &'p str) -> Self {
        Self {
            pattern,
            at: 0,
            nested: 0,
            behind: 0,
            flags: Flags::default(),
            disjunctions: 0,
            branches: Vec::new(),
            groups: Vec::new(),
        }
    }

    /// Reads the whole pattern.
    pub(super) fn whole(&mut self) -> Parsed<Part> {
        // References may come before their groups, which are therefore counted first.
        let mut references = Vec::new();
        let mut part = self.disjunction(&mut references)?;
        if self.at < self.pattern.len() {
            return Err(PatternError::Invalid);
        }
        let mut targets = Vec::with_capacity(references.len());
        let mut supported = true;
        for reference in &references {
            let (groups, known) = self.targets(reference)?;
            targets.push(groups);
            supported &= known;
        }
        if !supported {
            return Err(PatternError::Unsupported);
        }
        resolve(&mut part, &mut targets.into_iter());
        Ok(part)
    }

    /// The groups of which a reference may mean what they captured, and whether that is known. One that is
    /// not complete where the reference is captured nothing: it comes later, is around it, or in another
    /// alternative.
    fn targets(&self, reference: &Reference) -> Parsed<(Vec<GroupId>, bool)> {
        let ids = 0..self.groups.len();
        let mut found: Vec<GroupId> = match &reference.target {
            Target::Number(number) => ids.filter(|id| id + 1 == *number).collect(),
            Target::Name(name) => ids.filter(|id| self.groups[*id].name.as_ref() == Some(name)).collect(),
        };
        if found.is_empty() {
            return Err(PatternError::Invalid);
        }
        found.retain(|id| {
            let Group { branches, start, end, .. } = &self.groups[*id];
            !are_apart(branches, &reference.branches) && !(*start..*end).contains(&reference.at)
        });
        // A look-behind is matched from its end to its beginning, which changes what a group in it captures.
        let known = !found.iter().any(|id| self.groups[*id].behind);
        found.retain(|id| self.groups[*id].end <= reference.at);
        Ok((found, known))
    }

    pub(super) fn peek(&self) -> Option<char> {
        self.pattern[self.at..].chars().next()
    }

    pub(super) fn next(&mut self) -> Parsed<char> {
        let next = self.peek().ok_or(PatternError::Invalid)?;
        self.at += next.len_utf8();
        Ok(next)
    }

    pub(super) fn eat(&mut self, expected: &str) -> bool {
        let found = self.pattern[self.at..].starts_with(expected);
        if found {
            self.at += expected.len();
        }
        found
    }

    pub(super) fn expect(&mut self, expected: &str) -> Parsed<()> {
        if self.eat(expected) { Ok(()) } else { Err(PatternError::Invalid) }
    }

    fn disjunction(&mut self, references: &mut Vec<Reference>) -> Parsed<Part> {
        let disjunction = self.disjunctions;
        self.disjunctions += 1;
        let mut alternatives = Vec::new();
        loop {
            self.branches.push((disjunction, alternatives.len()));
            let mut parts = Vec::new();
            while !matches!(self.peek(), None | Some('|' | ')')) {
                parts.push(self.term(references)?);
            }
            self.branches.pop();
            alternatives.push(Part::All(parts));
            if !self.eat("|") {
                break;
            }
        }
        if alternatives.len() == 1 {
            return alternatives.pop().ok_or(PatternError::Invalid);
        }
        Ok(Part::Any(alternatives))
    }

    fn term(&mut self, references: &mut Vec<Reference>) -> Parsed<Part> {
        let part = match self.next()? {
            '^' => Part::Start { multiline: self.flags.multiline },
            '$' => Part::End { multiline: self.flags.multiline },
            '(' => self.group(references)?,
            '.' => Part::One(if self.flags.dot_all { properties::ALL } else { classes::DOT }.to_owned()),
            '[' => Part::One(self.class()?),
            '\\' => self.escape(references)?,
            '*' | '+' | '?' | '{' => return Err(PatternError::Invalid),
            other => Part::One(classes::literal(other)),
        };
        let assertion =
            matches!(part, Part::Start { .. } | Part::End { .. } | Part::Boundary { .. } | Part::Look { .. });
        let Some((min, max)) = self.quantifier()? else { return Ok(part) };
        if assertion || max.is_some_and(|max| max < min) {
            return Err(PatternError::Invalid);
        }
        let lazy = self.eat("?");
        Ok(Part::Repeat { inner: Box::new(part), min, max, lazy })
    }

    fn quantifier(&mut self) -> Parsed<Option<(u32, Option<u32>)>> {
        Ok(Some(match self.peek() {
            Some('*') => (0, None),
            Some('+') => (1, None),
            Some('?') => (0, Some(1)),
            Some('{') => {
                self.at += 1;
                return self.counts().map(Some);
            }
            _ => return Ok(None),
        })
        .inspect(|_| self.at += 1))
    }

    /// `n}`, `n,}` or `n,m}`.
    fn counts(&mut self) -> Parsed<(u32, Option<u32>)> {
        let least = self.digits()?;
        let most = match (self.eat(","), self.peek()) {
            (false, _) => Some(least),
            (true, Some('}')) => None,
            (true, _) => Some(self.digits()?),
        };
        self.expect("}")?;
        let count = |digits: &str| if digits.is_empty() { Ok(0) } else { digits.parse::<u32>() };
        if most.is_some_and(|most| (most.len(), most) < (least.len(), least)) {
            return Err(PatternError::Invalid);
        }
        let min = count(least).map_err(|_| PatternError::TooLarge)?;
        // No text is longer than what a number of 32 bits can count.
        Ok((min, most.and_then(|most| count(most).ok())))
    }

    /// Digits, without zeros in front.
    pub(super) fn digits(&mut self) -> Parsed<&'p str> {
        let rest = &self.pattern[self.at..];
        let length = rest.bytes().take_while(u8::is_ascii_digit).count();
        if length == 0 {
            return Err(PatternError::Invalid);
        }
        self.at += length;
        Ok(rest[..length].trim_start_matches('0'))
    }

    /// A group; its parenthesis is open.
    fn group(&mut self, references: &mut Vec<Reference>) -> Parsed<Part> {
        self.nested += 1;
        if self.nested > MAX_NESTED {
            return Err(PatternError::TooDeep);
        }
        let flags = self.flags;
        let part = if !self.eat("?") {
            self.capturing(None, references)?
        } else if self.eat(":") {
            Part::Plain(None, Box::new(self.disjunction(references)?))
        } else if self.eat("=") {
            self.look(false, false, references)?
        } else if self.eat("!") {
            self.look(false, true, references)?
        } else if self.eat("<=") {
            self.look(true, false, references)?
        } else if self.eat("<!") {
            self.look(true, true, references)?
        } else if self.eat("<") {
            let name = self.name()?;
            self.capturing(Some(name), references)?
        } else {
            let case = self.modifiers()?;
            Part::Plain(case, Box::new(self.disjunction(references)?))
        };
        self.expect(")")?;
        if let Part::Group(id, _) = part {
            self.groups[id].end = self.at;
        }
        self.flags = flags;
        self.nested -= 1;
        Ok(part)
    }

    fn capturing(&mut self, name: Option<String>, references: &mut Vec<Reference>) -> Parsed<Part> {
        let branches = self.branches.clone();
        let clashes = |other: &Group| other.name == name && !are_apart(&other.branches, &branches);
        if name.is_some() && self.groups.iter().any(clashes) {
            return Err(PatternError::Invalid);
        }
        let id = self.groups.len();
        self.groups.push(Group { name, branches, behind: self.behind > 0, start: self.at, end: usize::MAX });
        Ok(Part::Group(id, Box::new(self.disjunction(references)?)))
    }

    fn look(&mut self, behind: bool, negated: bool, references: &mut Vec<Reference>) -> Parsed<Part> {
        self.behind += usize::from(behind);
        let inner = Box::new(self.disjunction(references)?);
        self.behind -= usize::from(behind);
        Ok(Part::Look { behind, negated, inner })
    }

    /// `ims-ims:`; says whether case is ignored inside, if that changes.
    fn modifiers(&mut self) -> Parsed<Option<bool>> {
        let (mut known, mut on, mut case) = (String::new(), true, None);
        loop {
            let flag = self.next()?;
            match flag {
                ':' if known.is_empty() => return Err(PatternError::Invalid),
                ':' => return Ok(case),
                '-' if on => {
                    on = false;
                    continue;
                }
                _ if known.contains(flag) => return Err(PatternError::Invalid),
                'i' => case = Some(on),
                'm' => self.flags.multiline = on,
                's' => self.flags.dot_all = on,
                _ => return Err(PatternError::Invalid),
            }
            known.push(flag);
        }
    }
}

/// A back-reference, and where it is.
pub(super) struct Reference {
    pub(super) target: Target,
    pub(super) at: usize,
    pub(super) branches: Vec<(usize, usize)>,
}

pub(super) enum Target {
    Number(usize),
    Name(String),
}

/// Whether two parts are in different alternatives of one disjunction.
fn are_apart(one: &[(usize, usize)], other: &[(usize, usize)]) -> bool {
    one.iter().zip(other).any(|(one, other)| one.0 == other.0 && one.1 != other.1)
}

/// Puts the targets into the references, in the order in which they were read.
fn resolve(part: &mut Part, targets: &mut impl Iterator<Item = Vec<GroupId>>) {
    match part {
        Part::Reference(groups) => *groups = targets.next().unwrap_or_default(),
        Part::Group(_, inner)
        | Part::Plain(_, inner)
        | Part::Look { inner, .. }
        | Part::Repeat { inner, .. } => resolve(inner, targets),
        Part::All(parts) | Part::Any(parts) => {
            for part in parts {
                resolve(part, targets);
            }
        }
        Part::One(_) | Part::Start { .. } | Part::End { .. } | Part::Boundary { .. } => {}
    }
}
